//! Variables that are declared: once, before they are used, and for something.

use super::{COMPILE, UNSAFE_VAR, accepted, accepted_strict, refused, refused_strict};

#[test]
fn a_name_is_declared_once_in_a_body() {
    refused("q if { x := 1; ‹x› := 2; x > 0 }", &[(COMPILE, "var x assigned above")]);
    refused("q if { x := 1; some ‹x›; x > 0 }", &[(COMPILE, "var x assigned above")]);
    refused("q if { some x; ‹x› := 2; x > 0 }", &[(COMPILE, "var x declared above")]);
    refused("q if { some x in [1]; some ‹x› in [2]; x > 0 }", &[(COMPILE, "var x declared above")]);
    refused("q if { [x, ‹x›] := [1, 2]; x > 0 }", &[(COMPILE, "var x assigned above")]);
    refused("q if { every k, ‹k› in [1] { k > 0 } }", &[(COMPILE, "var k declared above")]);
    refused("f(x) if { ‹x› := 1; x > 0 }", &[(COMPILE, "arg x redeclared")]);
    refused("q := [y | y := 1; ‹y› := 2]", &[(COMPILE, "var y assigned above")]);
    refused("q if { a := 1; a > 0 } else := 2 if { b := 1; ‹b› := 2; b > 0 }", &[(COMPILE, "var b assigned above")]);
}

#[test]
fn a_body_inside_of_another_has_names_of_its_own() {
    accepted("q if { x := 1; y := [x | x := 2]; y == [x] }");
    accepted("q if { x := 1; every x in [1] { x > 0 }; x > 0 }");
    accepted("f(x) := [x | x := 1]");
    accepted("q if { x := 1; x > 0 } else := 2 if { x := 2; x > 0 }");
}

#[test]
fn a_name_is_declared_before_it_is_used() {
    refused("q if { x > 0; ‹x› := 1 }", &[(COMPILE, "var x referenced above")]);
    refused("q if { x.y; ‹x› := {\"y\": 1} }", &[(COMPILE, "var x referenced above")]);
    refused("q if { count(x) > 0; some ‹x› in [[1]] }", &[(COMPILE, "var x referenced above")]);
    refused("q if { y := count([1]); ‹count› := y; count > 0 }", &[(COMPILE, "var count referenced above")]);
    refused("q if { every y in [1] { y > x }; ‹x› := 1 }", &[(COMPILE, "var x referenced above")]);
    // A declaration behind it hides the rule from a comprehension, and does not reach into it.
    refused("q if { y := [z | z := ‹x› + 1]; x := 1; y == [x] }\nx := 3", &[(UNSAFE_VAR, "var x is unsafe")]);
    accepted("q if { y := x; y > 0 }\nx := 1");
}

#[test]
fn new_names_alone_are_assigned() {
    for (term, kind) in [
        ("1", "number"),
        ("\"a\"", "string"),
        ("true", "boolean"),
        ("null", "null"),
        ("{1}", "set"),
        ("input.x", "ref"),
        ("count([1])", "call"),
        ("[1 | true]", "arraycomprehension"),
        ("{1 | true}", "setcomprehension"),
        ("{1: 2 | true}", "objectcomprehension"),
    ] {
        refused(&format!("q if {{ ‹{term}› := 1 }}"), &[(COMPILE, &format!("cannot assign to {kind}"))]);
    }
    refused("q if { [x, ‹1›] := [2, 1]; x > 0 }", &[(COMPILE, "cannot assign to number")]);
    refused("q if { ‹not x := 1› }", &[(COMPILE, "cannot assign vars inside negated expression")]);
    accepted("q if { {\"a\": x, \"b\": [y, _]} := input; x > y }");
}

#[test]
fn some_and_every_declare_what_is_used() {
    refused("q if { some ‹x›; true }", &[(COMPILE, "declared var x unused")]);
    refused("q if { some x, ‹y›; input[x] }", &[(COMPILE, "declared var y unused")]);
    refused("q if { every ‹k›, v in [1] { v > 0 } }", &[(COMPILE, "declared var k unused")]);
    refused("q if { every ‹v› in [1] { true } }", &[(COMPILE, "declared var v unused")]);
    refused("q := [1 | some ‹x›; true]", &[(COMPILE, "declared var x unused")]);
    accepted("q if { some x in [1]; true }");
    accepted("q if { every _ in [1] { true } }");
    accepted("q contains x if { some x; x = 1 }");
    accepted("q[x] := y if { some x, y; input[x] = y }");
    accepted("q := {x: y | some x, y; input[x] = y}");
}

#[test]
fn what_is_assigned_is_used_when_strict() {
    refused_strict("q if { ‹x› := 1; y := 2; y > 0 }", &[(COMPILE, "assigned var x unused")]);
    refused_strict("q if { [x, ‹y›] := [1, 2]; x > 0 }", &[(COMPILE, "assigned var y unused")]);
    refused_strict("q := [1 | ‹x› := 1]", &[(COMPILE, "assigned var x unused")]);
    refused_strict("q := 1 if { every v in [1] { ‹x› := v } }", &[(COMPILE, "assigned var x unused")]);
    accepted_strict("q if { _ := 1 }");
    accepted_strict("q := x if { x := 1 }");
    accepted_strict("q[x].r[y] := 1 if { x := 1; y := 2 }");
    accepted_strict("q := $\"{x}\" if { x := 1 }");
    accepted("q if { x := 1 }");
}

#[test]
fn arguments_are_used_when_strict() {
    let unused = [(COMPILE, "unused argument x. (hint: use _ (wildcard variable) instead)")];
    refused_strict("f(‹x›, y) := y", &unused);
    refused_strict("f({\"a\": [‹x›]}) := 1", &unused);
    accepted_strict("f(_, y) := y");
    accepted_strict("f(x) := 1 if { x > 0 }");
    accepted_strict("f(x) := 1 if { input.y } else := x");
    accepted_strict("f(x) := [y | y := x]");
    accepted_strict("f(x, x) := 1");
    accepted("f(x) := 1");
}

#[test]
fn arguments_are_patterns_and_hold_no_calls() {
    refused("f(‹g(1)›) := 1\ng(x) := x", &[(COMPILE, "rule arguments cannot contain calls")]);
    refused("f(‹1 + 1›) := 1", &[(COMPILE, "rule arguments cannot contain calls")]);
    accepted("f([x, {\"a\": y}], 1, \"a\", null) := x + y");
    accepted("f($\"{x}\") := 1 if { x := \"a\" }");
}
