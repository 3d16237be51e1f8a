//! Variables that nothing gives a value, where the engine finds them only when it evaluates: `x := y` for a `y` that is nowhere else.

use super::outline::Outline;
use crate::rego::diagnostic::{Diagnostic, Text};
use std::collections::BTreeSet;

/// Findings over all modules of a bundle.
pub fn findings(bundle: &[(&Text<'_>, &Outline)]) -> Vec<Diagnostic> {
    let declared: BTreeSet<&String> =
        bundle.iter().flat_map(|(_, outline)| &outline.rules).filter_map(|rule| rule.path.first()).collect();
    let mut findings = Vec::new();
    for (text, outline) in bundle {
        for copied in &outline.copied {
            let Some(name) = copied.path.first() else { continue };
            // Another place of the rule may give it a value: then the engine knows better.
            let places = outline
                .references
                .iter()
                .filter(|reference| reference.rule == copied.rule)
                .filter(|reference| reference.parts.first().is_some_and(|part| part.as_ref() == Some(name)))
                .count();
            let is_local = outline.rules.get(copied.rule).is_some_and(|rule| rule.locals.contains(name));
            let is_known = name == "input"
                || name == "data"
                || name == "_"
                || declared.contains(name)
                || outline.imports.iter().any(|import| import.name == *name);
            if places <= 1 && !is_local && !is_known {
                findings.push(
                    Diagnostic::error(
                        text,
                        copied.range.clone(),
                        "rego_unsafe_var_error",
                        format!("var {name} is unsafe"),
                    )
                    .with_help(format!("give `{name}` a value in the body, or check its name")),
                );
            }
        }
    }
    findings
}
