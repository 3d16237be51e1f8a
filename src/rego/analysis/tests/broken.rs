//! Texts with parts that could not be read: what can be read is checked, and nothing is said of the rest.

use super::{TYPE, UNSAFE_VAR, accepted, refused};

#[test]
fn a_broken_rule_has_no_findings_and_the_others_have_theirs() {
    refused("q if { x := y + }\nr if { a := 1; ‹a› := 2; a > 0 }", &[("rego_compile_error", "var a assigned above")]);
    refused("q if { x := z; x := ; f(1) }\nr if { not input[‹_›] }", &[(UNSAFE_VAR, "var _ is unsafe")]);
}

#[test]
fn a_name_that_may_stand_in_a_broken_part_is_not_undefined() {
    accepted("q if helper(1)\nhelper(x) = = x");
    accepted("q if helper.x > 1\n) helper := {\"x\": 2}");
    accepted("import data.lib\nq if lib.f(1)\n===\npackage lib\nf(x) :=");
}

#[test]
fn a_module_with_an_error_does_not_silence_another() {
    refused("q if ‹x› > 1\n===\npackage other\nr if {", &[(UNSAFE_VAR, "var x is unsafe")]);
    refused("q := 1\n‹q contains 1›\n= {", &[(TYPE, "conflicting rules data.p.q found")]);
}

#[test]
fn a_module_whose_package_could_not_be_read_has_no_place() {
    accepted("q := 1\n===\npackag p\np := 1\np contains 2");
    accepted("q if r(1)\n===\npackag p\nr(x) := x");
}

#[test]
fn what_is_left_of_a_broken_statement_is_no_rule() {
    accepted("q if\n\tdata.x[_] = y\n}");
    accepted("q := \n\tcount([1], x)\n}");
    accepted("import foo.lib\nq if lib.f(1)");
}
