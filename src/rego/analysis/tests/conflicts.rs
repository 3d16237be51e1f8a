//! Rules of one path.

use super::{TYPE, accepted, refused};

#[test]
fn rules_of_a_path_are_of_one_kind() {
    let conflict = [(TYPE, "conflicting rules data.p.q found")];
    refused("q contains 1\n‹q := 1›", &conflict);
    refused("q := 1\n‹q contains 1›", &conflict);
    refused("f(x) := x\n‹f := 1›", &[(TYPE, "conflicting rules data.p.f found")]);
    refused("q := 1\n‹q[x] := 2› if x := 1", &[(TYPE, "conflicting rules data.p.q[x] found")]);
    refused("q[x] := 2 if x := 1\n‹q contains 1›", &conflict);
    refused("a.q := 1\n===\npackage p.a\n‹q(x) := x›", &[(TYPE, "conflicting rules data.p.a.q found")]);
    accepted("q := 1 if input.x\nq := 2 if input.y\nr contains 1\nr contains 2\ns[x] := 1 if x := 1\ns.y := 2");
}

#[test]
fn functions_of_a_path_take_one_number_of_arguments() {
    refused("f(x) := x\n‹f(x, y) := x + y›", &[(TYPE, "conflicting rules data.p.f found")]);
    refused("default f(_) := 1\n‹f(x, y) := x + y›", &[(TYPE, "conflicting rules data.p.f found")]);
    accepted("f(1) := 1\nf(2) := 2\ndefault f(_) := 3");
}

#[test]
fn a_path_has_one_default() {
    refused(
        "default q := 1\ndefault ‹q := 2›",
        &[(TYPE, "multiple default rules data.p.q found at 0.rego:2, 0.rego:3")],
    );
    refused(
        "default q := 1\n===\npackage p\n\ndefault ‹q := 2›",
        &[(TYPE, "multiple default rules data.p.q found at 0.rego:2, 1.rego:3")],
    );
    accepted("default q := 1\nq := 2 if input.x\ndefault r := 1");
}

#[test]
fn no_rule_stands_below_a_whole_value() {
    refused("‹q.r› := 1\nq.r.s := 2", &[(TYPE, "rule data.p.q.r conflicts with [data.p.q.r.s]")]);
    refused("‹q› contains 1\nq.r := 2\nq.s := 3", &[(TYPE, "rule data.p.q conflicts with [data.p.q.r data.p.q.s]")]);
    refused("‹f›(x) := x\nf.g(x) := x", &[(TYPE, "rule data.p.f conflicts with [data.p.f.g]")]);
    refused("‹q› := 1\n===\npackage p.q\nr := 2", &[(TYPE, "rule data.p.q conflicts with [data.p.q.r]")]);
    accepted("q[x] := 1 if x := 1\nq.r.s := 2");
    accepted("q[x] := 1 if x := 1\n===\npackage p.q\nr := 2");
}

#[test]
fn a_rule_has_not_the_path_of_a_package() {
    refused("‹q.r› := 1\n===\npackage p.q.r", &[(TYPE, "package p.q.r conflicts with rule q.r defined at 0.rego:2")]);
    accepted("q[x] := 1 if x := \"r\"\n===\npackage p.q.r");
}
