//! Rules that cannot stand beside one another: two defaults, two kinds.

use super::outline::{Outline, Rule, RuleKind};
use crate::rego::diagnostic::{Diagnostic, Text};
use std::collections::BTreeMap;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut by_name: BTreeMap<String, Vec<(&Text<'_>, &Rule)>> = BTreeMap::new();
    for (text, outline) in bundle {
        for rule in &outline.rules {
            let name = format!("data.{}.{}", outline.package_text(), rule.path.join("."));
            by_name.entry(name).or_default().push((text, rule));
        }
    }
    for (name, rules) in &by_name {
        let mut defaults = rules.iter().filter(|(_, rule)| rule.is_default);
        defaults.next();
        for (text, rule) in defaults {
            findings.push(
                Diagnostic::error(text, rule.name_range.clone(), "rego_type_error", format!("multiple default rules {name} found"))
                    .with_help("keep one of them"),
            );
        }
        let mut kinds = rules.iter().filter(|(_, rule)| !rule.is_default);
        let Some((_, first)) = kinds.next() else { continue };
        for (text, rule) in kinds {
            let message = match (first.kind, rule.kind) {
                (RuleKind::Function { arguments: a }, RuleKind::Function { arguments: b }) if a != b => {
                    format!("conflicting rules {name} found: one takes {a} arguments, the other {b}")
                }
                (a, b) if std::mem::discriminant(&a) != std::mem::discriminant(&b) => format!("conflicting rules {name} found"),
                _ => continue,
            };
            findings.push(
                Diagnostic::error(text, rule.name_range.clone(), "rego_type_error", message)
                    .with_help("a name makes one value, a set, an object or a function: give the others names of their own"),
            );
        }
    }
    findings
}
