//! How mistakes of types are told.

use super::super::finding::{Finding, code};
use super::super::lowered::{Call, Expr, Function, Term, TermKind, With};
use super::super::types::{Key, Type};
use super::super::written;
use super::references::Step;
use super::scene::Scene;
use super::{Callee, constant_of};
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::Span;

/// A mistake that is told unless it follows from another one.
pub(super) struct Mistake {
    pub finding: Finding,
    /// Whether a type in it is unknown.
    pub is_of_unknown: bool,
}

/// What is wrong with a step of a reference.
pub(super) enum Wrong {
    /// Nothing can be looked up in what the steps before it give.
    NothingInside(Type),
    /// What is looked up cannot be there.
    NotThere {
        /// The type of the step, where the step itself does not say it.
        have: Option<Type>,
        /// The type of what could be looked up.
        want: Type,
        /// What could be looked up, where that is known one by one.
        one_of: Vec<Key>,
    },
}

/// Characters of one line of a message that has types in it.
const LINE: usize = 2_000;

impl<'s> Scene<'_, '_, 's> {
    fn finding(&self, span: Span, opa: u32, message: String, lines: Vec<String>) -> Finding {
        let lines: Vec<String> = lines.into_iter().map(|line| cut(line, LINE)).collect();
        Finding::error(Stage::CheckTypes, code::TYPE, self.rule.module, span, message).at(opa).help(lines.join("\n"))
    }

    /// Two sides of a match have no value in common.
    pub(super) fn mistake_of_match(&self, expr: &Expr<'s>, left: &Type, right: &Type) -> Mistake {
        let lines = vec![format!("left  : {left}"), format!("right : {right}")];
        Mistake {
            finding: self.finding(expr.span, expr.opa, "match error".to_owned(), lines),
            is_of_unknown: left.has_unknown() || right.has_unknown(),
        }
    }

    /// An argument, or what the result is matched with, cannot be what the function takes or gives.
    pub(super) fn mistake_of_call(
        &self,
        expr: &Expr<'s>,
        call: &Call<'s>,
        have: &[Type],
        callee: &Callee<'_>,
    ) -> Mistake {
        let message = format!("{}: invalid argument(s)", self.name(&call.function));
        let lines = vec![have_line(have), want_line(callee, true)];
        Mistake {
            finding: self.finding(expr.span, expr.opa, message, lines),
            is_of_unknown: have.iter().any(Type::has_unknown),
        }
    }

    /// What is called is a rule without arguments.
    pub(super) fn mistake_of_no_function(&self, expr: &Expr<'s>, call: &Call<'s>) -> Mistake {
        let name = self.name(&call.function);
        let message = format!("undefined function {name}");
        let help = format!("`{name}` takes no arguments: write it without brackets");
        Mistake { finding: self.finding(call.function_span, expr.opa, message, vec![help]), is_of_unknown: false }
    }

    /// A function is replaced by one that takes other arguments.
    pub(super) fn mistake_of_replacement(
        &self,
        with: &With<'s>,
        target: &Function<'s>,
        replaced: &Callee<'_>,
        by: &Type,
    ) -> Mistake {
        let message = format!("{}: arity mismatch", self.name(target));
        let have = by.as_function().map(|function| function.args.as_slice()).unwrap_or_default();
        let lines = vec![have_line(have), want_line(replaced, false)];
        Mistake { finding: self.finding(with.value_span, with.span.start, message, lines), is_of_unknown: false }
    }

    /// A step of a reference leads nowhere. `head` is the name that it begins with.
    pub(super) fn tell_reference(
        &mut self,
        (head, head_span): (&str, Span),
        steps: &[Step<'_, 's>],
        at: usize,
        span: Span,
        wrong: &Wrong,
    ) {
        let mut whole = head.to_owned();
        let mut before = 0;
        let mut until = whole.chars().count();
        for (place, step) in steps.iter().enumerate() {
            if place == at {
                before = whole.chars().count();
            }
            self.push_step(&mut whole, step);
            if place < at {
                until = whole.chars().count();
            }
        }
        let message = format!("undefined ref: {whole}");
        let lines = match wrong {
            Wrong::NothingInside(have) => vec![whole, "^".repeat(until), format!("have: {have}")],
            Wrong::NotThere { have, want, one_of } => {
                let pad = " ".repeat(before + 1);
                let have = match (have, steps.get(at)) {
                    (Some(have), _) => format!("{pad}have (type): {have}"),
                    (None, Some(step)) => format!("{pad}have: {}", self.step_as_term(step)),
                    (None, None) => format!("{pad}have: {}", Type::Unknown),
                };
                let want = if one_of.is_empty() {
                    format!("{pad}want (type): {want}")
                } else {
                    let one_of: Vec<String> = one_of.iter().map(Key::as_term).collect();
                    format!("{pad}want (one of): [{}]", one_of.join(" "))
                };
                vec![whole, format!("{pad}^"), have, want]
            }
        };
        let finding = self.finding(span, head_span.start, message, lines);
        self.findings.push(finding);
    }

    fn push_step(&self, text: &mut String, step: &Step<'_, 's>) {
        match step {
            Step::Name(name) => written::push_name(text, name),
            Step::Term(Term { kind: TermKind::String(name), .. }) => written::push_name(text, name),
            Step::Term(term) => {
                text.push('[');
                self.push_term(text, term);
                text.push(']');
            }
        }
    }

    fn step_as_term(&self, step: &Step<'_, 's>) -> String {
        match step {
            Step::Name(name) => Key::string(name).as_term(),
            Step::Term(term) => match constant_of(term) {
                Some(key) => key.as_term(),
                None => {
                    let mut text = String::new();
                    self.push_term(&mut text, term);
                    text
                }
            },
        }
    }

    /// A term; a variable without a name as the text that it stands for.
    fn push_term(&self, text: &mut String, term: &Term<'s>) {
        const CHARS: usize = 40;
        let variable = term.as_var().and_then(|id| self.rule.variables.get(id.0 as usize));
        match (variable, self.world.bundle.modules.get(self.rule.module)) {
            (Some(variable), Some(module)) if variable.name.is_empty() => {
                text.push_str(&cut(variable.span.text(module.source).replace(['\n', '\t'], " "), CHARS));
            }
            _ => written::push_term(text, term, self.world.bundle, &self.rule.variables),
        }
    }

    fn name(&self, function: &Function<'s>) -> String {
        match function {
            Function::Builtin(name) => (*name).to_owned(),
            Function::Host(at) => self.world.functions.host.get(*at).map_or_else(String::new, |it| it.name.clone()),
            Function::Rules(node) => written::node(self.world.bundle, *node),
            Function::Unknown { name, .. } => name.to_string(),
        }
    }
}

fn have_line(have: &[Type]) -> String {
    let have: Vec<String> = have.iter().map(Type::to_string).collect();
    format!("have: ({})", have.join(", "))
}

/// What a function takes, with the names of its operands where it was declared with some; its result comes last.
fn want_line(callee: &Callee<'_>, with_result: bool) -> String {
    let mut want: Vec<String> = Vec::new();
    match (callee.declared, callee.of.as_function()) {
        (Some(declared), _) => {
            want.extend(declared.args.iter().map(ToString::to_string));
            want.extend(declared.result.iter().filter(|_| with_result).map(ToString::to_string));
            want.extend(declared.more.iter().map(|more| format!("{more}...")));
        }
        (None, Some(function)) => {
            want.extend(function.args.iter().map(ToString::to_string));
            want.extend(function.result.iter().filter(|_| with_result).map(ToString::to_string));
        }
        (None, None) => {}
    }
    format!("want: ({})", want.join(", "))
}

/// The beginning of a text that has more characters than these.
fn cut(text: String, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
