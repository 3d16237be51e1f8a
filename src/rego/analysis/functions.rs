//! Functions that are called exist, are there in this engine, and take that many arguments.

use super::finding::{Finding, code};
use super::known::{self, Known};
use super::lowered::{Bundle, Call, Expr, ExprKind, Function};
use super::{likely, walk, written};
use crate::limits;
use crate::rego::source::Dialect;
use crate::rego::stage::Stage;
use crate::sorted;

/// How many arguments a function takes, where there is such a function.
pub fn arity(bundle: &Bundle<'_>, known: &Known<'_>, function: &Function<'_>) -> Option<usize> {
    match function {
        Function::Builtin(name) => Some(known::arity(name)),
        Function::Host(at) => Some(known.host_arity(*at)),
        Function::Rules(node) => {
            let first = bundle.tree.rules(*node).first()?;
            bundle.rules.get(*first).map(|rule| rule.args.len())
        }
        Function::Unknown { .. } => None,
    }
}

/// Whether a call has as many arguments as its function takes, or one more for the result.
pub fn fits(call: &Call<'_>, is_made: bool, arity: usize) -> bool {
    call.args.len() == arity + 1 || (!is_made && call.args.len() == arity)
}

/// Findings in all rules; those with any are refused.
pub fn check(bundle: &mut Bundle<'_>, known: &Known<'_>, strict: bool, findings: &mut Vec<Finding>) {
    let mut refused = sorted::Set::new();
    let known_before = findings.len();
    for (id, rule) in bundle.rules.iter().enumerate().filter(|(_, rule)| !rule.is_broken) {
        let is_v1 = bundle.modules.get(rule.module).is_some_and(|module| module.dialect == Dialect::V1);
        walk::exprs(rule, &mut |expr| {
            let before = findings.len();
            if before - known_before > limits::DIAGNOSTICS {
                return false;
            }
            let ExprKind::Call(call) = &expr.kind else { return true };
            match arity(bundle, known, &call.function) {
                None => {
                    refused.insert(id);
                    findings.extend(unknown(bundle, rule.module, expr, call));
                }
                Some(arity) if !fits(call, expr.is_made, arity) => {
                    findings.push(wrong_count(bundle, known, rule.module, expr, call, arity));
                }
                Some(_) => {
                    if let Function::Builtin(name) = call.function {
                        of_builtin(name, known, strict || is_v1, rule.module, expr, call, findings);
                    }
                }
            }
            if findings.len() > before {
                refused.insert(id);
            }
            // What stands in the arguments of a call that cannot be made is not looked at.
            findings.len() == before
        });
    }
    for id in refused {
        if let Some(rule) = bundle.rules.get_mut(id) {
            rule.is_refused = true;
        }
    }
}

fn unknown(bundle: &Bundle<'_>, module: usize, expr: &Expr<'_>, call: &Call<'_>) -> Option<Finding> {
    let Function::Unknown { path, name, rest, told: Some(told) } = &call.function else { return None };
    let whole = written::unknown(bundle, *path, name, rest);
    let message = format!("undefined function {whole}");
    let dotted = std::iter::once(name).chain(rest).copied().collect::<Vec<_>>().join(".");
    let help = likely::of_function(if path.is_some() { &whole } else { &dotted }, rest);
    Some(
        Finding::error(Stage::CheckUndefinedFuncs, code::TYPE, module, call.function_span, message)
            .at(expr.opa)
            .help(help)
            .told(*told),
    )
}

fn wrong_count(
    bundle: &Bundle<'_>,
    known: &Known<'_>,
    module: usize,
    expr: &Expr<'_>,
    call: &Call<'_>,
    arity: usize,
) -> Finding {
    let given = call.args.len() - usize::from(expr.is_made);
    let message = match &call.function {
        Function::Builtin(name) => format!("{name}: arity mismatch"),
        Function::Host(at) => format!("{}: arity mismatch", known.host_name(*at)),
        Function::Rules(node) => {
            format!("function {} has arity {arity}, got {given} {}", written::node(bundle, *node), arguments(given))
        }
        Function::Unknown { name, .. } => format!("undefined function {name}"),
    };
    let more = match call.function {
        Function::Builtin("sprintf") => "; the values stand in an array: `sprintf(\"%v: %v\", [x, y])`",
        Function::Builtin("concat") => "; the texts stand in an array: `concat(\", \", [x, y])`",
        _ => "",
    };
    Finding::error(Stage::CheckUndefinedFuncs, code::TYPE, module, expr.span, message).at(expr.opa).help(format!(
        "it takes {arity} {}, and {given} {} given{more}",
        arguments(arity),
        if given == 1 { "is" } else { "are" }
    ))
}

fn arguments(count: usize) -> &'static str {
    if count == 1 { "argument" } else { "arguments" }
}

fn of_builtin(
    name: &str,
    known: &Known<'_>,
    refuses_deprecated: bool,
    module: usize,
    expr: &Expr<'_>,
    call: &Call<'_>,
    findings: &mut Vec<Finding>,
) {
    let span = call.function_span;
    if known.is_refused(name) {
        let message = format!("the builtin {name} is not allowed in this kind of policy");
        findings.push(
            Finding::error(Stage::CheckUnsafeBuiltins, code::NOT_ALLOWED, module, span, message)
                .at(expr.opa)
                .help("the host passes what a policy needs to know as input"),
        );
    } else if known.is_absent(name) {
        let message = format!("the builtin {name} is not available in this engine");
        findings.push(
            Finding::error(Stage::CheckUndefinedFuncs, code::NOT_AVAILABLE, module, span, message)
                .at(expr.opa)
                .help(known.where_available(name)),
        );
    } else if refuses_deprecated && known::is_deprecated(name) {
        let message = format!("deprecated built-in function calls in expression: {name}");
        findings.push(
            Finding::error(Stage::CheckDeprecatedBuiltins, code::TYPE, module, span, message)
                .at(expr.opa)
                .help("OPA keeps this builtin for old policies alone: write what it does in another way"),
        );
    }
}
