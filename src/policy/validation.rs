//! Validation of one policy against its contract: the text, what it declares, and how it behaves on the stub input.

use super::contract::{Contract, FieldKind, INTEGER_MOST, RuleContract, Yields};
use crate::error::{Error, ErrorCode};
use crate::limits::{self, EvaluationLimits};
use crate::rego::check::outline::{Literal, Outline, Rule, RuleKind, ScalarKind, Shape};
use crate::rego::diagnostic::{self, Text};
use crate::rego::{self, Allowance, Answer, Capabilities, Diagnostic, Dialect, Document, Module, Program};
use serde::Serialize;

/// What validation found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct Validation {
    /// Whether the policy may be used.
    pub valid: bool,
    /// The message of the first failing check, in the order text, package, rules, answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Every finding in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// The dialect that the policy was read in.
    pub dialect: Dialect,
}

/// A validated policy: its program when it is valid, and what it declares when it parses.
pub struct Validated {
    /// What was found.
    pub validation: Validation,
    /// The program, when the text compiles. A policy that is not valid may have one; it is not to be asked.
    pub program: Option<Program>,
    /// What the text declares, when it parses.
    pub outline: Option<Outline>,
}

/// The checks in the order in which their messages count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Check {
    Text,
    Package,
    Rules,
    Answers,
}

/// Validates one policy.
///
/// # Errors
/// `limit_exceeded` for a text that is too large. What is wrong with the policy is in the validation.
pub fn validate(module: Module, contract: &Contract) -> Result<Validated, Error> {
    let capabilities = Capabilities { refused: contract.refused_builtins.clone(), ..Capabilities::default() };
    let compilation = rego::compile(vec![module.clone()], None, contract.dialect.into(), &capabilities)?;
    let text = Text::new(&module.path, &module.source);
    let dialect = compilation.dialects.get(&module.path).copied().unwrap_or(Dialect::V1);
    let outline = compilation.outlines.into_iter().next().flatten();
    let mut findings: Vec<(Check, Diagnostic)> =
        compilation.diagnostics.into_iter().map(|finding| (Check::Text, finding)).collect();
    if let Some(outline) = &outline {
        declarations(&text, outline, contract, &mut findings);
    }
    if let (Some(program), Some(outline)) = (&compilation.program, &outline)
        && findings.iter().all(|(check, finding)| *check > Check::Package || !finding.is_error())
    {
        behaviour(&text, outline, program, contract, &mut findings)?;
    }
    let error = findings
        .iter()
        .filter(|(_, finding)| finding.is_error())
        .min_by_key(|(check, finding)| (*check, finding.start.byte))
        .map(|(_, finding)| {
            format!("{} (line {}, column {})", finding.message, finding.start.line, finding.start.column)
        });
    Ok(Validated {
        validation: Validation {
            valid: error.is_none(),
            error,
            diagnostics: diagnostic::in_source_order(findings.into_iter().map(|(_, finding)| finding).collect()),
            dialect,
        },
        program: compilation.program,
        outline,
    })
}

/// Package, rules, and literals of the wrong kind: what the text says without running it.
fn declarations(text: &Text<'_>, outline: &Outline, contract: &Contract, findings: &mut Vec<(Check, Diagnostic)>) {
    if outline.package_text() != contract.package {
        findings.push((
            Check::Package,
            Diagnostic::error(
                text,
                outline.package_range.clone(),
                "contract_package",
                format!(
                    "a {} policy declares `package {}`, not `package {}`",
                    contract.name,
                    contract.package,
                    outline.package_text()
                ),
            )
            .with_help(format!("write `package {}`", contract.package)),
        ));
    }
    let mut present = false;
    for rule in &contract.rules {
        for declared in outline.rules_named(&rule.name) {
            if matches!(declared.kind, RuleKind::Function { .. }) {
                findings.push((
                    Check::Rules,
                    Diagnostic::error(
                        text,
                        declared.name_range.clone(),
                        "contract_rule_kind",
                        format!("`{}` is a function; it must be a rule that yields {}", rule.name, rule.words()),
                    ),
                ));
                continue;
            }
            present = true;
            literals(text, rule, declared, findings);
        }
    }
    if !present {
        findings.push((
            Check::Rules,
            Diagnostic::error(
                text,
                outline.package_range.clone(),
                "contract_rule_missing",
                format!("a {} policy declares {}, and this one declares none", contract.name, contract.rule_names()),
            )
            .with_help("add a rule such as `deny contains \"why\" if { … }`"),
        ));
    }
}

fn literals(text: &Text<'_>, rule: &RuleContract, declared: &Rule, findings: &mut Vec<(Check, Diagnostic)>) {
    let mut wrong = |literal: &Literal, message: String| {
        findings
            .push((Check::Answers, Diagnostic::error(text, literal.range.clone(), "contract_answer_shape", message)));
    };
    if rule.yields == Yields::Anything {
        return;
    }
    let whole = |what: &str| format!("`{}` must yield {}, and here it is {what}", rule.name, rule.words());
    match declared.kind {
        // `deny.x` and `deny["x"]` make an object of `deny`, whatever stands under the key.
        _ if declared.kind == RuleKind::PartialObject || declared.path.len() > 1 => {
            let literal = Literal { shape: Shape::Unknown, range: declared.name_range.clone() };
            wrong(&literal, whole("an object"));
        }
        RuleKind::PartialSet => {
            for element in &declared.values {
                elements(rule, element, &mut wrong);
            }
        }
        RuleKind::Complete | RuleKind::PartialObject | RuleKind::Function { .. } => {
            for value in &declared.values {
                match &value.shape {
                    Shape::Scalar(kind) => wrong(value, whole(kind.word())),
                    Shape::Object(_) | Shape::ObjectComprehension => wrong(value, whole("an object")),
                    Shape::Collection(items) => items.iter().for_each(|item| elements(rule, item, &mut wrong)),
                    Shape::Comprehension(term) => elements(rule, term, &mut wrong),
                    Shape::Unknown => {}
                }
            }
        }
    }
}

fn elements(rule: &RuleContract, element: &Literal, wrong: &mut impl FnMut(&Literal, String)) {
    let yields = |what: &str| format!("`{}` must yield {}, and here it yields {what}", rule.name, rule.words());
    match (&rule.yields, &element.shape) {
        (_, Shape::Unknown) | (Yields::Anything, _) | (Yields::Strings, Shape::Scalar(ScalarKind::String { .. })) => {}
        (_, Shape::Scalar(kind)) => wrong(element, yields(kind.word())),
        (_, Shape::Collection(_) | Shape::Comprehension(_)) => wrong(element, yields("an array or set")),
        (Yields::Strings, Shape::Object(_) | Shape::ObjectComprehension) => wrong(element, yields("an object")),
        (Yields::Objects(_), Shape::ObjectComprehension) => {}
        (Yields::Objects(fields), Shape::Object(written)) => {
            let keys_known = written.iter().all(|(key, _)| key.is_some());
            for field in fields {
                let value = written.iter().find(|(key, _)| key.as_deref() == Some(&field.name));
                match value {
                    None if field.required && keys_known => {
                        wrong(
                            element,
                            format!(
                                "an object of `{}` has no `{}`, which must be {}",
                                rule.name,
                                field.name,
                                field.kind.words()
                            ),
                        );
                    }
                    None => {}
                    Some((_, value)) if fits(field.kind, field.minimum, &value.shape) => {}
                    Some((_, value)) => wrong(
                        value,
                        format!(
                            "`{}` in an object of `{}` must be {}{}",
                            field.name,
                            rule.name,
                            field.kind.words(),
                            at_least(field.minimum)
                        ),
                    ),
                }
            }
        }
    }
}

fn at_least(minimum: Option<u64>) -> String {
    minimum.map_or(String::new(), |minimum| format!(" of at least {minimum}"))
}

/// Whether a literal may be a value of the kind. What only evaluation shows may.
fn fits(kind: FieldKind, minimum: Option<u64>, shape: &Shape) -> bool {
    match (kind, shape) {
        (_, Shape::Unknown) | (FieldKind::String, Shape::Scalar(ScalarKind::String { .. })) => true,
        (FieldKind::Name, Shape::Scalar(ScalarKind::String { is_blank })) => !is_blank,
        (FieldKind::Integer, Shape::Scalar(ScalarKind::Number { natural })) => {
            natural.is_some_and(|value| value >= minimum.unwrap_or(0) && value <= INTEGER_MOST)
        }
        _ => false,
    }
}

/// Runs the rules of the contract that nothing was found about on its stub input.
fn behaviour(
    text: &Text<'_>,
    outline: &Outline,
    program: &Program,
    contract: &Contract,
    findings: &mut Vec<(Check, Diagnostic)>,
) -> Result<(), Error> {
    let Some(stub) = &contract.stub_input else { return Ok(()) };
    let stub = Document::read(stub.to_string().as_bytes())?;
    let allowance = Allowance {
        limits: EvaluationLimits { steps: limits::VALIDATION_STEPS, ..EvaluationLimits::default() },
        now_ms: Some(0),
        seed: Some(0),
        strict_builtin_errors: false,
    };
    for rule in &contract.rules {
        // One finding about a rule is enough: what it answers follows from it.
        let is_found = outline.rules_named(&rule.name).any(|declared| {
            findings.iter().any(|(_, finding)| declared.range.contains(&(finding.start.byte as usize)))
        });
        if is_found {
            continue;
        }
        let Some(declared) =
            outline.rules_named(&rule.name).find(|rule| !matches!(rule.kind, RuleKind::Function { .. }))
        else {
            continue;
        };
        let at = |code: &str, message: String| {
            (Check::Answers, Diagnostic::error(text, declared.name_range.clone(), code, message))
        };
        match program.evaluate(&contract.entrypoint(&rule.name), Some(&stub), allowance) {
            Ok(evaluation) => {
                if let Answer::Value(_) = &evaluation.answer
                    && let Some(value) = evaluation.answer.to_value()?
                    && let Some(message) = rule.elements(&value).problem
                {
                    findings.push(at("contract_answer_shape", format!("{message} (on the stub input)")));
                }
            }
            Err(error) => {
                let message = format!("on the stub input: {}", error.message);
                let (check, mut finding) = at(error.code.as_str(), message);
                if let (ErrorCode::LimitExceeded, Some(limit)) = (error.code, &error.limit) {
                    finding = finding.with_limit(&limit.name, limit.value);
                }
                findings.push((check, finding));
            }
        }
    }
    Ok(())
}
