//! Rules that need themselves.

use super::{RECURSION, accepted, refused};

fn recursive(marked: &str, rule: &str, path: &[&str]) {
    let path: Vec<String> = path.iter().map(|part| format!("data.{part}")).collect();
    let message = format!("rule data.{rule} is recursive: {}", path.join(" -> "));
    refused(marked, &[(RECURSION, &message)]);
}

#[test]
fn no_rule_needs_itself() {
    recursive("‹q› if q", "p.q", &["p.q", "p.q"]);
    recursive("‹q› if not q", "p.q", &["p.q", "p.q"]);
    recursive("‹q› contains x if x := count(q)", "p.q", &["p.q", "p.q"]);
    recursive("‹q› := [x | x := q[_]]", "p.q", &["p.q", "p.q"]);
    recursive("‹q› if { every x in [1] { q[x] } }", "p.q", &["p.q", "p.q"]);
    recursive("‹q› := 1 if { input.x } else := 2 if { q == 1 }", "p.q", &["p.q", "p.q"]);
    recursive("‹q› if { true with input as q }", "p.q", &["p.q", "p.q"]);
    recursive("‹q› if { true with r as q }\nr := 1", "p.q", &["p.q", "p.q"]);
    accepted("q if r\nr if s\nr if t\ns if t\nt := 1");
}

#[test]
fn rules_need_one_another_through_rules_and_functions() {
    recursive("‹q› if r\nr if s\ns if q", "p.q", &["p.q", "p.r", "p.s", "p.q"]);
    recursive("‹f›(x) := f(x)", "p.f", &["p.f", "p.f"]);
    recursive("‹f›(x) := g(x)\ng(x) := h[x]\nh[x] := f(x) if x := 1", "p.f", &["p.f", "p.g", "p.h[x]", "p.f"]);
    recursive(
        "import data.other.r\n‹q› if r\n===\npackage other\nimport data.p\nr if p.q",
        "p.q",
        &["p.q", "other.r", "p.q"],
    );
}

#[test]
fn a_reference_needs_all_that_it_may_lead_to() {
    recursive("‹q› := data.p", "p.q", &["p.q", "p.q"]);
    recursive("‹q› := data", "p.q", &["p.q", "p.q"]);
    recursive("‹q› := data[x] if x := \"other\"", "p.q", &["p.q", "p.q"]);
    recursive("‹q› := data[x].q if x := \"other\"", "p.q", &["p.q", "p.q"]);
    recursive("‹q.r› if q[input.x]", "p.q.r", &["p.q.r", "p.q.r"]);
    recursive("‹q[x]› := q.y if x := 1", "p.q[x]", &["p.q[x]", "p.q[x]"]);
    accepted("q := data[x].r if x := \"other\"");
    accepted("q.r if q.s\nq.s := 1");
    accepted("q := data.other\n===\npackage other\nr := data.third");
}

#[test]
fn a_rule_beside_one_that_is_not_on_the_way_is_no_circle() {
    recursive("q[x] := 1 if x := \"a\"\n‹q.b› := 2 if r\nr if q.b == 3", "p.q.b", &["p.q.b", "p.r", "p.q.b"]);
    accepted("q := 1 if { input.x } else := r\nr := 2");
}
