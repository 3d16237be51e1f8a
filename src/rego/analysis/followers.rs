//! Rules that stand behind another one in its line because a keyword was not imported.
//!
//! Without the import of `if`, `allow = true if { … }` is two rules of v0: one that always holds, and one whose name is `if`. OPA says nothing
//! of that, and neither is it wrong; but hardly anybody means it.

use super::finding::{Finding, Told};
use super::{Bundle, ModuleInput};
use crate::rego::diagnostic::Severity;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{Rule, Statement};

const WORD: &str = "if";

/// A warning for each of them.
pub fn findings(bundle: &Bundle<'_>, modules: &[ModuleInput<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, module) in modules.iter().enumerate().take(bundle.modules.len()) {
        for pair in module.parsed.tree.statements.windows(2) {
            let [Statement::Rule(before), Statement::Rule(rule)] = pair else { continue };
            if follows(module.source, before, rule) {
                found.push(Finding {
                    module: index,
                    span: rule.head.span,
                    opa: None,
                    code: "keyword_not_imported",
                    stage: Stage::Parse,
                    severity: Severity::Warning,
                    message: format!(
                        "`{WORD}` begins a rule of its own here: `{}`, in front of it, holds whatever stands behind",
                        before.head.name()
                    ),
                    help: Some(format!("`{WORD}` is a keyword of v1: `import rego.v1`, or check the module as v1")),
                    told: Told::ByUs,
                });
            }
        }
    }
    found
}

fn follows(source: &str, before: &Rule<'_>, rule: &Rule<'_>) -> bool {
    let between = source.get(before.span.range().end..rule.span.range().start).unwrap_or("\n");
    rule.head.name() == WORD && !between.is_empty() && between.chars().all(|space| matches!(space, ' ' | '\t'))
}
