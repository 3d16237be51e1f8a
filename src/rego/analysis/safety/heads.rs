//! Every variable of a head stands in its body.

use super::super::finding::{Finding, code};
use super::super::likely;
use super::super::lowered::{Bundle, Origin};
use super::super::walk::{self, Skip};
use super::clauses::needed;
use crate::limits;
use crate::rego::stage::Stage;
use crate::sorted;

/// Findings over all heads. Such rules are refused, and their bodies still looked at.
pub fn check(bundle: &mut Bundle<'_>, findings: &mut Vec<Finding>) {
    let mut refused = sorted::Set::new();
    for (id, rule) in bundle.rules.iter().enumerate().filter(|(_, rule)| !rule.is_broken) {
        let trusts_names = super::trusts_names(bundle, rule.module);
        let mut of_args = sorted::Set::new();
        for arg in &rule.args {
            walk::variables(arg, Skip::default(), &mut |id, _| {
                of_args.insert(id);
            });
        }
        for branch in &rule.branches {
            let mut has = sorted::Set::new();
            for expr in &branch.body {
                needed(expr, &mut |id, _| {
                    has.insert(id);
                });
            }
            let head = branch.reference.iter().skip(1).chain(&branch.key).chain(&branch.value);
            for term in head {
                walk::variables(term, Skip::default(), &mut |variable, span| {
                    let Some(named) = rule.variables.get(variable.0 as usize) else { return };
                    if of_args.contains(&variable) || !has.insert(variable) || named.is_generated() || named.is_told {
                        return;
                    }
                    if trusts_names && named.origin == Origin::Used {
                        return;
                    }
                    refused.insert(id);
                    let name = named.name;
                    let likely = (findings.len() < limits::DIAGNOSTICS)
                        .then(|| likely::of_variable(bundle, rule.module, name, span))
                        .flatten();
                    findings.push(
                        Finding::error(
                            Stage::CheckSafetyRuleHeads,
                            code::UNSAFE_VAR,
                            rule.module,
                            span,
                            format!("var {name} is unsafe"),
                        )
                        .at(branch.opa)
                        .help(likely.unwrap_or_else(|| format!("give `{name}` a value in the body of the rule"))),
                    );
                });
            }
        }
    }
    for id in refused {
        if let Some(rule) = bundle.rules.get_mut(id) {
            rule.is_refused = true;
        }
    }
}
