//! Rules that cannot stand beside one another: two defaults, two kinds.

use super::outline::{Outline, Rule, RuleKind};
use crate::limits;
use crate::rego::diagnostic::{Diagnostic, Text};
use std::collections::BTreeMap;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut by_name: BTreeMap<String, Vec<Declared<'_>>> = BTreeMap::new();
    // The first rule of a name is the one in the first module by path, whatever the order of the bundle.
    let mut modules: Vec<_> = bundle.iter().collect();
    modules.sort_by_key(|(text, _)| text.path());
    for &&(text, outline) in &modules {
        for rule in &outline.rules {
            let declared = Declared { text, outline, rule };
            by_name.entry(outline.full_name(&rule.path)).or_default().push(declared);
        }
    }
    for (name, rules) in &by_name {
        findings.extend(two_defaults(name, rules));
        findings.extend(two_kinds(name, rules));
    }
    findings
}

/// A rule where it is declared.
struct Declared<'a> {
    text: &'a Text<'a>,
    outline: &'a Outline,
    rule: &'a Rule,
}

impl Declared<'_> {
    /// `path:line` of its name.
    fn place(&self) -> String {
        let (start, _) = self.text.places(self.rule.name_range.clone());
        format!("{}:{}", self.text.path(), start.line)
    }
}

/// A finding at every default of a name but the first. OPA reports all of them at the package of the first.
fn two_defaults(name: &str, rules: &[Declared<'_>]) -> Vec<Diagnostic> {
    let defaults: Vec<&Declared<'_>> = rules.iter().filter(|declared| declared.rule.is_default).collect();
    let Some((first, others)) = defaults.split_first() else { return Vec::new() };
    let places: Vec<String> = defaults.iter().map(|declared| declared.place()).collect();
    let (package, _) = first.text.places(first.outline.package_range.clone());
    others
        .iter()
        .take(limits::DIAGNOSTICS)
        .map(|other| {
            let message = format!("multiple default rules {name} found at {}", places.join(", "));
            Diagnostic::error(other.text, other.rule.name_range.clone(), "rego_type_error", message)
                .with_help("keep one of them")
                .with_opa_place(first.text.path(), package.line)
        })
        .collect()
}

/// One finding for all rules of a name, at the first of them; it says where the first of another kind stands.
fn two_kinds(name: &str, rules: &[Declared<'_>]) -> Option<Diagnostic> {
    let first = rules.first()?;
    let reference = rules.iter().find(|declared| !declared.rule.is_default)?.rule.kind;
    let other = rules.iter().find(|declared| !declared.rule.is_default && declared.rule.kind != reference)?;
    let range = first.rule.name_range.clone();
    Some(Diagnostic::error(first.text, range, "rego_type_error", format!("conflicting rules {name} found")).with_help(
        format!(
            "it is {} here and {} at {}: a name makes one value, a set, an object or a function of so many arguments",
            kind(reference),
            kind(other.rule.kind),
            other.place()
        ),
    ))
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
