//! Imports, and the names that cannot be given to something else.

use super::{COMPILE, Dialect, Options, accepted, accepted_strict, refused, refused_strict, refused_with};

#[test]
fn an_import_that_nothing_uses_is_refused_when_strict() {
    let unused = [(COMPILE, "import data.a.b unused")];
    refused_strict("‹import data.a.b›\nq := input.b", &unused);
    refused_strict("‹import data.a.b›\nq := data.a.b", &unused);
    refused_strict("‹import data.a.b›\nq if { b := 1; b > 0 }", &unused);
    refused_strict("‹import data.a.b›\nf(b) := b", &unused);
    refused_strict("‹import data.a.b›\nq if { every b in [1] { b > 0 } }", &unused);
    refused_strict("‹import data.a[\"b c\"] as d›\nq := 1", &[(COMPILE, "import data.a[\"b c\"] as d unused")]);
    accepted("import data.a.b\nq := 1");
}

#[test]
fn an_import_is_used_wherever_its_name_stands() {
    for rule in [
        "q := b",
        "q contains b",
        "q[b] := 1",
        "q if b",
        "q if not b.c",
        "q if b.f(1) == 2",
        "q if { x := input[b]; x > 1 }",
        "q := [x | x := b[_]]",
        "q if { some x in b; x > 1 }",
        "q if { every x in b { x > 1 } }",
        "q if { every x in [1] { x > b } }",
        "q if true with b.c as 1",
        "q if true with input as b",
        "q := $\"{b}\"",
        "q if { input.x } else := b",
    ] {
        accepted_strict(&format!("import data.a.b\n{rule}\n===\npackage a.b\nf(x) := x"));
    }
    accepted_strict("import rego.v1\nq := 1");
}

#[test]
fn two_imports_have_two_names() {
    refused(
        "import data.a.x\n‹import input.x›\n‹import data.x.y as x›\nq := x",
        &[(COMPILE, "import must not shadow import data.a.x"), (COMPILE, "import must not shadow import data.a.x")],
    );
    let v0 = "package p\nimport data.a.x\n‹import input.x›\nq = x";
    let strict = Options { strict: true, ..Options::default() };
    refused_with(v0, Dialect::V0, &strict, &[(COMPILE, "import must not shadow import data.a.x")]);
    refused_with(&v0.replace(['‹', '›'], ""), Dialect::V0, &Options::default(), &[]);
}

#[test]
fn input_and_data_are_no_names_for_something_else() {
    refused("‹input› := 1", &[(COMPILE, "rules must not shadow input (use a different rule name)")]);
    refused("‹data›.x := 1", &[(COMPILE, "rules must not shadow data (use a different rule name)")]);
    refused(
        "q if { ‹input› := 1; input > 0 }",
        &[(COMPILE, "variables must not shadow input (use a different variable name)")],
    );
    refused(
        "q := [x | ‹data› := 1; x := data]",
        &[(COMPILE, "variables must not shadow data (use a different variable name)")],
    );
    refused("f(‹input›) := 1", &[(COMPILE, "args must not shadow input (use a different variable name)")]);
    refused("f([{\"a\": ‹data›}]) := 1", &[(COMPILE, "args must not shadow data (use a different variable name)")]);
    let v0 = "package p\nq { input := 1; input.x == 1 }";
    refused_with(v0, Dialect::V0, &Options::default(), &[]);
}

#[test]
fn a_rule_of_the_package_may_stand_in_another_module() {
    accepted("q if r.s == 1\n===\npackage p\nr.s := 1");
    refused("q if ‹r›.s == 1\n===\npackage other\nr.s := 1", &[("rego_unsafe_var_error", "var r is unsafe")]);
}

#[test]
fn an_import_goes_before_a_rule_of_its_name() {
    accepted("import data.other.f\nq := f(1)\nf(x, y) := x + y\n===\npackage other\nf(x) := x");
}
