//! Every variable has a value when it is needed.

use super::{UNSAFE_VAR, accepted, refused};

fn unsafe_variable(marked: &str, name: &str) {
    refused(marked, &[(UNSAFE_VAR, &format!("var {name} is unsafe"))]);
}

#[test]
fn what_is_needed_has_a_value() {
    unsafe_variable("q if ‹x›", "x");
    unsafe_variable("q if ‹x›.y.z", "x");
    unsafe_variable("q if ‹x› > 1", "x");
    unsafe_variable("q if count([1, ‹x›]) > 1", "x");
    unsafe_variable("q if { y := ‹x› + 1; y > 2 }", "x");
    unsafe_variable("q := ‹x› + 1", "x");
    unsafe_variable("q if input[_] == ‹x›", "x");
    unsafe_variable("q if {‹x›} = {1}", "x");
    refused(
        "q if { {‹x›: ‹y›} = {\"a\": 1}; y > 0 }",
        &[(UNSAFE_VAR, "var x is unsafe"), (UNSAFE_VAR, "var y is unsafe")],
    );
    unsafe_variable("q if { some x in ‹xs›; x > 1 }", "xs");
    unsafe_variable("q if { every x in ‹xs› { x > 1 } }", "xs");
    unsafe_variable("f(x) := ‹y› + x", "y");
    unsafe_variable("q if { input.x } else := 2 if { ‹y› > 1 }", "y");
    unsafe_variable("q if true with input as {\"a\": ‹x›}", "x");
}

#[test]
fn values_come_from_matching_and_looking_up() {
    accepted("q if { x = 1; x > 0 }");
    accepted("q if { 1 = x; x > 0 }");
    accepted("q if { input.a[x][y]; x > y }");
    accepted("q if { [x, {\"a\": y}, _] = input.z; x > y }");
    accepted("q if { {\"a\": x, \"b\": [y]} = {\"b\": [1], \"a\": 2}; x > y }");
    accepted("q if { [x, 1] = [2, y]; x > y }");
    accepted("q if { x = {y}; y = 1; x != set() }");
    accepted("q if { [x] = [z | z := 1]; x > 0 }");
    accepted("q if { walk(input, [path, value]); path != value }");
    accepted("q if { split(\"a.b\", \".\", [x, y]); x != y }");
    accepted("q if { f(1, x); x > 0 }\nf(x) := x");
    accepted("import data.lib.f as g\nq if { g(1, x); x > 0 }\n===\npackage lib\nf(x) := x");
    accepted("q if { input.x[i] = input.y[i] }");
    accepted("q if { x = y; y = z; z = 1; x > 0 }");
}

#[test]
fn the_order_of_the_text_does_not_matter() {
    accepted("q if { x > 0; x = y; y = input.z }");
    accepted("q if { y = x + 1; x = 1; y > 0 }");
    accepted("q if { not input.bad[x]; input.good[x] }");
    accepted("q if { z := [y | y := x + 1]; x = 1; z != [] }");
    accepted("q if { every y in [1] { y > x }; x = 0 }");
    accepted("q if { r with input as x; x = 1 }\nr := input");
}

#[test]
fn what_is_negated_gives_nothing() {
    unsafe_variable("q if not input[‹x›]", "x");
    unsafe_variable("q if { not ‹x› = 1 }", "x");
    refused("q if { not input[‹x›] = ‹y› }", &[(UNSAFE_VAR, "var x is unsafe"), (UNSAFE_VAR, "var y is unsafe")]);
    unsafe_variable("q if not input[‹_›].x == data.y[_]".replace("data.y[_]", "1").as_str(), "_");
    accepted("q if { not [x | input[x]] == [] }");
}

#[test]
fn closures_see_what_stands_before_them() {
    unsafe_variable("q := [‹x› | true]", "x");
    unsafe_variable("q := {y: ‹x› | y := 1}", "x");
    unsafe_variable("q if { y := [x | x := 1 + ‹z›]; y != [] }", "z");
    unsafe_variable("q if { every y in [1] { y > ‹x› } }", "x");
    unsafe_variable("q if { every y in [1] { not input[‹x›] = y } }", "x");
    unsafe_variable("q if { x := [y | y = ‹z›]; count(x) > 0 }", "z");
    accepted("q if { x := 1; y := [z | z := x + 1]; y != [] }");
    accepted("q := [[x, y] | x := 1; y := [z | z := x]]");
    accepted("q if { every k, v in input { every w in v { w > k } } }");
}

#[test]
fn a_variable_that_needs_its_own_closure_is_unsafe() {
    unsafe_variable("q if { ‹x› = [x | x = 1] }", "x");
    unsafe_variable("q if { x = ‹y›; x = [y | y = 1] }", "y");
}

#[test]
fn heads_have_their_values_from_the_body() {
    unsafe_variable("q contains ‹x› if input.y", "x");
    unsafe_variable("q[‹x›] := 1 if input.y", "x");
    unsafe_variable("q[‹x›].r := 1 if input.y", "x");
    unsafe_variable("q := ‹x› if input.y", "x");
    unsafe_variable("q := [1, ‹x›] if input.y", "x");
    unsafe_variable("q if { input.y } else := ‹x›", "x");
    accepted("q contains x if input[x]");
    accepted("q[x] := y if input[x] = y");
    accepted("q[x.y].z := 1 if x := input");
    accepted("f(x) := x");
    accepted("q := input[x] if input.y[x]");
}

#[test]
fn one_mistake_is_told_once() {
    unsafe_variable("q if { y := ‹x› + 1; z := y * 2; z > y }", "x");
    unsafe_variable("q contains z if { y := f(‹x›); z := [w | w := y] }\nf(x) := x", "x");
    refused("q if { ‹x› > 1; ‹y› > 2; x < 3 }", &[(UNSAFE_VAR, "var x is unsafe"), (UNSAFE_VAR, "var y is unsafe")]);
}

#[test]
fn a_word_that_was_not_imported_is_named() {
    use super::{Dialect, Options, refused_with};
    let message = "var in is unsafe (hint: `import future.keywords.in` to import a future keyword)";
    refused_with("package p\nq { x := ‹in›; x }", Dialect::V0, &Options::default(), &[(UNSAFE_VAR, message)]);
}

#[test]
fn what_has_no_name_is_told_by_its_expression() {
    refused("q if { ‹__local0__ > 1› }", &[(UNSAFE_VAR, "expression is unsafe")]);
}
