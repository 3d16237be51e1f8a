//! `with`: what can be replaced, and by what.

use super::{COMPILE, TYPE, UNSAFE_VAR, accepted, refused};

#[test]
fn documents_are_replaced() {
    accepted("q if { r with input as 1 }\nr := input");
    accepted("q if { r with input.x[\"y z\"] as 1 with data.outside as {\"a\": [1]} }\nr := input");
    accepted("q if { x := \"a\"; r with input[x].b as x }\nr := input");
    accepted("q if { r with data.p.r as 2 }\nr := 1");
    accepted("import input.x as y\nq if { r with y as 2 }\nr := 1");
}

#[test]
fn no_part_of_what_a_rule_gives_is_replaced() {
    let part = [(COMPILE, "with keyword cannot partially replace virtual document(s)")];
    refused("q if { r with ‹r.a› as 2 }\nr := {\"a\": 1}", &part);
    refused("q if { r with ‹data.p.r.a.b› as 2 }\nr := {\"a\": 1}", &part);
    refused("import data.p.r.a\nq if { r with ‹a› as 2 }\nr := {\"a\": 1}", &part);
    accepted("q if { r.s with r as 2 }\nr.s := {\"a\": 1}");
}

#[test]
fn functions_are_replaced_by_functions_and_values() {
    accepted("q if { count([1]) == 2 with count as 2 }");
    accepted("q if { count([1]) == 2 with count as f }\nf(x) := 2");
    accepted("q if { f(1) == 2 with f as count }\nf(x) := 2");
    accepted("q if { f(1) == 2 with f as data.p.r }\nf(x) := 2\nr := 1");
    accepted("q if { time.now_ns() == 1 with time.now_ns as 1 }");
    accepted("q if { x := 2; f(1) == 2 with f as x }\nf(x) := 2");
    refused("q if { f(1) == 2 with f as ‹g› }\nf(x) := 2", &[(UNSAFE_VAR, "var g is unsafe")]);
    refused("q if { true with input as ‹x› }", &[(UNSAFE_VAR, "var x is unsafe")]);
}

#[test]
fn some_builtins_are_not_replaced() {
    for (name, problem) in [
        ("walk", "target must not be a relation"),
        ("print", "target must not be a void function"),
        ("eq", "replacement of \"eq\" invalid"),
        ("rego.metadata.chain", "replacement of \"rego.metadata.chain\" invalid"),
        ("internal.print", "replacement of internal function \"internal.print\" invalid"),
    ] {
        refused(
            &format!("q if {{ true with ‹{name}› as 1 }}"),
            &[(COMPILE, &format!("with keyword replacing built-in function: {problem}"))],
        );
    }
}

#[test]
fn what_is_replaced_exists() {
    let nothing = [(TYPE, "with keyword target must reference existing input, data, or a function")];
    refused("q if { true with ‹r.s› as 1 }", &nothing);
    refused("q if { true with ‹r› as 1 }", &nothing);
    refused("q if { x := 1; x > 0 with ‹x› as 1 }", &nothing);
    accepted("q if { true with data.r as 1 }");
}
