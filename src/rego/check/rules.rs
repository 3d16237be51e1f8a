//! Rules that cannot stand beside one another: two defaults, two kinds.

use super::outline::{Outline, Rule, RuleKind};
use crate::rego::diagnostic::{Diagnostic, Text};
use std::collections::BTreeMap;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut by_name: BTreeMap<String, Vec<(&Text<'_>, &Rule)>> = BTreeMap::new();
    // The first rule of a name is the one in the first module by path, whatever the order of the bundle.
    let mut modules: Vec<_> = bundle.iter().collect();
    modules.sort_by_key(|(text, _)| text.path());
    for (text, outline) in modules {
        for rule in &outline.rules {
            by_name.entry(outline.full_name(&rule.path)).or_default().push((text, rule));
        }
    }
    for (name, rules) in &by_name {
        let mut defaults = rules.iter().filter(|(_, rule)| rule.is_default);
        defaults.next();
        for (text, rule) in defaults {
            findings.push(
                Diagnostic::error(
                    text,
                    rule.name_range.clone(),
                    "rego_type_error",
                    format!("multiple default rules {name} found"),
                )
                .with_help("keep one of them"),
            );
        }
        findings.extend(two_kinds(name, rules));
    }
    findings
}

/// One finding for all rules of a name, at the first of them; it says where the first of another kind stands.
fn two_kinds(name: &str, rules: &[(&Text<'_>, &Rule)]) -> Option<Diagnostic> {
    let &(text, first) = rules.first()?;
    let (_, reference) = rules.iter().find(|(_, rule)| !rule.is_default)?;
    let (other_text, other) = rules.iter().find(|(_, rule)| !rule.is_default && rule.kind != reference.kind)?;
    let (place, _) = other_text.places(other.name_range.clone());
    Some(
        Diagnostic::error(text, first.name_range.clone(), "rego_type_error", format!("conflicting rules {name} found")).with_help(format!(
            "it is {} here and {} at {}:{}: a name makes one value, a set, an object or a function of so many arguments",
            kind(reference.kind),
            kind(other.kind),
            other_text.path(),
            place.line
        )),
    )
}

fn kind(kind: RuleKind) -> String {
    match kind {
        RuleKind::Complete => "one value".to_owned(),
        RuleKind::PartialSet => "a set".to_owned(),
        RuleKind::PartialObject => "an object".to_owned(),
        RuleKind::Function { arguments: 1 } => "a function of one argument".to_owned(),
        RuleKind::Function { arguments } => format!("a function of {arguments} arguments"),
    }
}
