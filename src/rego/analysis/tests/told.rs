//! Stages, OPA's places, and for whom a finding is.

use super::{Dialect, Finding, Options, Told, findings};
use crate::rego::stage::Stage;

fn of(text: &str) -> Vec<Finding> {
    findings(text, Dialect::V1, &Options { strict: true, ..Options::default() })
}

/// The line under which OPA reports each finding, with its words.
fn lines(text: &str) -> Vec<(usize, String)> {
    let modules: Vec<&str> = text.split("\n===\n").collect();
    of(text)
        .into_iter()
        .filter(|finding| finding.told != Told::ByUs)
        .map(|finding| {
            let (module, byte) = finding.opa_place();
            (modules[module][..byte as usize].matches('\n').count() + 1, finding.message)
        })
        .collect()
}

#[test]
fn every_stage_is_reached_whatever_was_found_before() {
    let text = "package p
import data.unused
q if { x := 1; x := 2; x > 0 }
r if nothing(1)
s if y > 1
t if t
u := any([true])
default v := 1
default v := 2
w if true with foo.bar as 1
a contains b if true
input := 1";
    let mut stages: Vec<Stage> = of(text).into_iter().map(|finding| finding.stage).collect();
    stages.sort();
    assert_eq!(
        stages,
        [
            Stage::ResolveRefs,
            Stage::CheckKeywordOverrides,
            Stage::RewriteLocalVars,
            Stage::RewriteWithValues,
            Stage::CheckRuleConflicts,
            Stage::CheckUndefinedFuncs,
            Stage::CheckSafetyRuleHeads,
            Stage::CheckSafetyRuleBodies,
            Stage::CheckRecursion,
            Stage::CheckDeprecatedBuiltins,
        ]
    );
}

#[test]
fn opa_reports_other_places() {
    let line = |text: &str| lines(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(line("package p\n\ndefault q := 1\ndefault q := 2"), [1], "the package");
    assert_eq!(line("package p\n\nq := 1\n\nq contains 2"), [3], "the first rule");
    assert_eq!(line("package p\nq contains\n x if input.y"), [2], "the rule");
    assert_eq!(line("package p\nq if {\n input.x ==\n  y\n}"), [3], "the statement");
    assert_eq!(line("package p\nq if {\n x := {\n  \"a\": count(y)}\n x != {} }"), [3, 4], "the call");
    assert_eq!(line("package p\nf(\n x\n) := 1"), [2], "the head");
    assert_eq!(line("package p\nq := 1 if { input.x\n} else := y"), [3], "the branch");
}

#[test]
fn what_follows_from_another_finding_is_told_by_opa_alone() {
    let told = |text: &str| of(text).into_iter().map(|finding| (finding.message, finding.told)).collect::<Vec<_>>();
    assert_eq!(
        told("package p\nq if { y := x + 1; y > 2 }"),
        [("var y is unsafe".to_owned(), Told::ByOpa), ("var x is unsafe".to_owned(), Told::Always)]
    );
    assert_eq!(
        told("package p\nq if print(x, x)"),
        [("var x is undeclared".to_owned(), Told::Always), ("var x is undeclared".to_owned(), Told::ByOpa)]
    );
    assert_eq!(
        told("package p\nq if { f := 1; f(f) }"),
        [("undefined function f".to_owned(), Told::ByOpa), ("called function f shadowed".to_owned(), Told::ByUs)]
    );
    let recursive = told("package p\nq if r\nr if q");
    assert_eq!(recursive.iter().map(|(_, told)| *told).collect::<Vec<_>>(), [Told::Always, Told::ByOpa]);
    let conflicts = told("package p\nq := 1\n===\npackage p.q\nr := 1");
    assert_eq!(conflicts.iter().map(|(_, told)| *told).collect::<Vec<_>>(), [Told::ByOpa, Told::Always]);
}

#[test]
fn what_opa_does_not_get_to_is_told_to_an_author() {
    let told = of("package p\nq if { x := 1; y := [1 | z := 2] }");
    let told: Vec<_> = told.iter().map(|finding| (finding.message.as_str(), finding.told)).collect();
    assert_eq!(
        told,
        [
            ("assigned var x unused", Told::ByUs),
            ("assigned var y unused", Told::ByUs),
            ("assigned var z unused", Told::Always)
        ]
    );
}

#[test]
fn a_package_or_path_has_one_block_of_annotations() {
    let module = "# METADATA\n# title: a\npackage p\n\n# METADATA\n# scope: document\n# title: q\nq := 1\n";
    let text = format!("{module}\n===\n{module}\n# METADATA\n# title: r\nr := 1");
    let found: Vec<_> =
        of(&text).into_iter().map(|finding| (finding.module, finding.span.start, finding.message)).collect();
    assert_eq!(
        found,
        [
            (1, 0, "package annotation redeclared: 0.rego:1".to_owned()),
            (1, 33, "document annotation redeclared: 0.rego:5".to_owned()),
        ]
    );
}
