//! What is printed, and what stands in templates.

use super::{COMPILE, accepted, refused};

#[test]
fn what_is_printed_has_a_value_before() {
    refused("q if { print(‹x›) }", &[(COMPILE, "var x is undeclared")]);
    refused("q if { print(‹x›); x = 7 }", &[(COMPILE, "var x is undeclared")]);
    refused("q if { print(input[‹_›]) }", &[(COMPILE, "var _ is undeclared")]);
    refused("q if { y := [1 | print(‹x›)]; y != [] }", &[(COMPILE, "var x is undeclared")]);
    accepted("q if { x = 7; print(x, input.y) }");
    accepted("q if { x := split(\"abc\", \"\")[y]; print(x, y) }");
    accepted("f(x) if { every y in x { print(x, y) } }");
    accepted("q contains x if { [_, x] := [1, 2]; print(x) }");
}

#[test]
fn what_stands_in_a_template_has_a_value_around_it() {
    refused("q := $\"{‹x›}\"", &[(COMPILE, "var x is undeclared")]);
    refused("q := $\"a{[1][‹i›]}\"", &[(COMPILE, "var i is undeclared")]);
    refused("q := x if { x := $\"{input.a[‹_›]}\" }", &[(COMPILE, "var _ is undeclared")]);
    refused("q := [x | x := $\"{input.a[‹_›]}\"]", &[(COMPILE, "var _ is undeclared")]);
    refused("q if { every x in [1] { x != $\"{‹y›}\" } }", &[(COMPILE, "var y is undeclared")]);
    refused("q := $\"{$\"{‹x›}\"}\"", &[(COMPILE, "var x is undeclared")]);
    accepted("q := x if { x := $\"{y}\"; y = 42 }");
    accepted("q contains $\"{x}\" if { some x in [1, $\"{1 + 1}\"] }");
    accepted("f(x) := $\"{x} {input.y} {count([x])} {[z | z := x]}\"");
    accepted("q := $\"{r with input as 1}\"\nr := input");
    accepted("q := $\"{1} {\"a\"} {null}\"");
}

#[test]
fn what_has_no_value_is_told_once() {
    let undeclared = [(COMPILE, "var x is undeclared")];
    refused("q if { print(‹x›, x) }", &undeclared);
    refused("q if { print(‹x›); print([x]) }", &undeclared);
    refused("q if { print($\"{x}\", ‹x›) }", &undeclared);
    refused("q := $\"{‹x›} {x}\"", &undeclared);
    refused("q if { y := $\"{‹x›}\"; z := [$\"{x}\" | y]; y != z }", &undeclared);
    refused("q if { print(‹x›) } else if { print(‹x›) }", &[undeclared[0], undeclared[0]]);
}

#[test]
fn a_declaration_that_comes_too_late_is_the_mistake() {
    let late = [(COMPILE, "var x referenced above")];
    refused("q if { print(x); ‹x› := 1 }", &late);
    refused("q if { print(x); some ‹x› in [1] }", &late);
    refused("q if { y := $\"{‹x›}\"; x := 1; y != x }", &[(COMPILE, "var x is undeclared")]);
    refused("q := [x | not x; ‹x› := 1]", &late);
    refused("q if { ‹x› := x + 1 }", &late);
    refused("q if { print(x, ‹y›); ‹x› := 1 }", &[(COMPILE, "var y is undeclared"), late[0]]);
}

#[test]
fn builtins_with_several_results_have_no_place_in_a_template() {
    refused(
        "q := $\"{‹walk(input)›}\"",
        &[(COMPILE, "illegal call to relation built-in 'walk' that may cause multiple outputs")],
    );
    accepted("q := $\"{[x | walk(input, x)]}\"");
}
