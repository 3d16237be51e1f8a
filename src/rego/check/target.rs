//! What the build lacks for which a program is meant: it would be refused there.

use super::{Capabilities, Target};
use crate::rego::analysis::Bundle;
use crate::rego::analysis::lowered::{ExprKind, Function};
use crate::rego::analysis::walk;
use crate::rego::builtins::{self, Carrier};
use crate::rego::diagnostic::{Diagnostic, Severity, Text};

/// A warning for each call of a builtin that the edge build lacks unless it was built with the feature for it.
pub fn findings(texts: &[Text<'_>], bundle: &Bundle<'_>, capabilities: &Capabilities) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if capabilities.target == Target::Full {
        return findings;
    }
    for rule in bundle.rules.iter().filter(|rule| !rule.is_broken) {
        let Some(text) = texts.get(rule.module) else { continue };
        walk::exprs(rule, &mut |expr| {
            let ExprKind::Call(call) = &expr.kind else { return true };
            let name = match &call.function {
                Function::Builtin(name) => name,
                Function::Host(at) => capabilities.host_functions.get(*at).map_or("", |own| own.name.as_str()),
                Function::Rules(_) | Function::Unknown { .. } => "",
            };
            let is_lacking = builtins::find(name)
                .is_some_and(|builtin| builtin.is_evaluated() || builtin.carrier == Carrier::Host)
                && !builtins::is_in_edge(name);
            if is_lacking {
                let message = format!("the edge build lacks the builtin {name}, and refuses a program that calls it");
                let mut finding = Diagnostic::error(text, call.function_span.range(), "builtin_not_in_target", message)
                    .with_help("run it in the full build, or build an edge module with the feature that carries it");
                finding.severity = Severity::Warning;
                findings.push(finding);
            }
            true
        });
    }
    findings
}
