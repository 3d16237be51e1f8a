//! Rules that stand behind another one in its line because a keyword was not imported.
//!
//! Without the import of `if`, `allow = true if { … }` is two rules of v0: one that always holds, and one whose name is `if`. OPA says nothing
//! of that, and neither is it wrong; but hardly anybody means it.

use super::finding::{Finding, Told};
use super::{Bundle, ModuleInput};
use crate::rego::diagnostic::Severity;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{Rule, Statement, Tree};

const WORD: &str = "if";

/// Whether there are any.
pub fn has_followers(source: &str, tree: &Tree<'_>) -> bool {
    followers(source, tree).next().is_some()
}

/// The rules, each behind the one that it follows.
fn followers<'t, 's>(source: &'s str, tree: &'t Tree<'s>) -> impl Iterator<Item = (&'t Rule<'s>, &'t Rule<'s>)> {
    tree.statements.windows(2).filter_map(move |pair| match pair {
        [Statement::Rule(before), Statement::Rule(rule)] if follows(source, before, rule) => Some((&**before, &**rule)),
        _ => None,
    })
}

/// A warning for each of them.
pub fn findings(bundle: &Bundle<'_>, modules: &[ModuleInput<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, module) in modules.iter().enumerate().take(bundle.modules.len()) {
        found.extend(followers(module.source, &module.parsed.tree).map(|(before, rule)| {
            let name = before.head.name();
            Finding {
                module: index,
                span: rule.head.span,
                opa: None,
                code: "keyword_not_imported",
                stage: Stage::Parse,
                severity: Severity::Warning,
                message: format!(
                    "`{WORD}` begins a rule of its own here: `{name}`, in front of it, holds whatever stands behind"
                ),
                help: Some(format!("`{WORD}` is a keyword of v1: `import rego.v1`, or check the module as v1")),
                told: Told::ByUs,
            }
        }));
    }
    found
}

fn follows(source: &str, before: &Rule<'_>, rule: &Rule<'_>) -> bool {
    let between = source.get(before.span.range().end..rule.span.range().start).unwrap_or("\n");
    rule.head.name() == WORD && !between.is_empty() && between.chars().all(|space| matches!(space, ' ' | '\t'))
}
