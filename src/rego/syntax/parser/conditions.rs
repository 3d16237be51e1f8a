//! Statements of a module that belong to what stands above them: conditions that lack their braces, and the rest of what could not
//! be read.

use super::super::help;
use super::super::tokens::{Gap, Kind};
use super::super::tree::{Span, Statement, Tree};
use super::Parser;
use crate::sorted::InOrder;
use std::borrow::Cow;

/// The statement that conditions may stand below.
pub(super) struct Above {
    /// Its first token.
    token: usize,
    indentation: u32,
    /// How far its body is indented, where that begins in a line of its own and has no braces.
    body: Option<u32>,
    /// Whether what stands in its line belongs to it.
    is_rule: bool,
    /// Whether something is wrong with it, so that what stands below it is not told.
    is_told: bool,
}

/// A statement of the module that seems to be a condition of the rule above it.
pub(super) struct Condition {
    statement: usize,
    /// The first token of the statement above.
    above: usize,
    is_told: bool,
}

impl<'s> Parser<'s, '_> {
    /// Whether a token begins no statement, but the rest of one before it that could not be read.
    pub(super) fn is_rest(&self, tree: &Tree<'s>, from: usize) -> bool {
        let token = self.raw(from);
        if token.gap != Gap::Newline {
            return self.was_rest;
        }
        let is_part = matches!(token.kind, Kind::String | Kind::RawString | Kind::Number);
        let is_rest = is_part && self.rest_follows || token.kind.closes() && self.was_rest;
        is_rest && matches!(tree.statements.last(), Some(Statement::Broken(_)))
    }

    /// Notes whether a statement is a condition of the rule before it: it is indented deeper or as deep as the body of that, or stands
    /// in its line, or asks for what no rule can define.
    pub(super) fn note_condition(&mut self, tree: &Tree<'s>, from: usize) {
        let Some(statement) = tree.statements.last() else { return };
        let token = self.raw(from);
        let asks = match statement {
            Statement::Package(_) | Statement::Import(_) => false,
            Statement::Rule(rule) => !rule.is_default && matches!(rule.head.name(), "input" | "data"),
            Statement::Broken(_) => matches!(self.text(token), "input" | "data"),
        };
        let indentation = self.indentation(token);
        let is_below = match &self.above {
            Some(above) if token.gap == Gap::Newline => {
                indentation > above.indentation || above.body.is_some_and(|body| indentation >= body)
            }
            Some(above) => above.is_rule,
            None => false,
        };
        if asks || is_below {
            let above = self.above.as_ref();
            let condition = Condition {
                statement: tree.statements.len() - 1,
                above: above.map_or(from, |above| above.token),
                is_told: above.is_some_and(|above| above.is_told),
            };
            self.conditions.push(condition);
            return;
        }
        self.above = match statement {
            Statement::Package(_) | Statement::Import(_) => None,
            Statement::Broken(_) => Some(Above { token: from, indentation, body: None, is_rule: false, is_told: true }),
            Statement::Rule(rule) => {
                let line = self.line(rule.span.start);
                let body = rule.body.as_ref().filter(|body| !body.has_braces && self.line(body.span.start) > line);
                let body = body.map(|body| self.indentation_of(body.span));
                // `default p 1` is a default without its `:=`.
                let is_rule = !rule.is_default || rule.head.value.is_some();
                Some(Above { token: from, indentation, body, is_rule, is_told: false })
            }
        };
    }

    /// What seems to be a condition is no rule that lacks something: what would make one of it takes the condition away. It is told
    /// once for each rule.
    pub(super) fn conditions_without_braces(&mut self, tree: &mut Tree<'s>) {
        self.late.order_by_key(|late| late.span);
        let mut told = None;
        for condition in std::mem::take(&mut self.conditions) {
            let Some(span) = tree.statements.get(condition.statement).map(Statement::span) else { continue };
            let first = self.late.partition_point(|late| late.span.start < span.start);
            let behind = self.late.partition_point(|late| late.span.start < span.end);
            let (help, is_call) = self.help_for_condition(span);
            for late in self.late.get_mut(first..behind).unwrap_or_default() {
                if condition.is_told || told == Some(condition.above) {
                    late.is_opa_only = true;
                } else if !late.is_opa_only {
                    told = Some(condition.above);
                    late.help = Some(help.clone());
                }
            }
            let before = condition.statement.checked_sub(1).filter(|_| is_call && first < behind);
            if let Some(before) = before.and_then(|at| tree.statements.get_mut(at)) {
                *before = Statement::Broken(before.span());
            }
        }
    }

    /// How a condition is written, and whether it is the argument of a call without brackets.
    fn help_for_condition(&self, span: Span) -> (Cow<'static, str>, bool) {
        let first = self.tokens.tokens.partition_point(|token| token.span.start < span.start);
        let token = self.raw(first);
        if self.is_end_of_template(first) {
            return (help::TEMPLATE.into(), false);
        }
        let function = first.checked_sub(1).map(|at| self.text(self.raw(at))).filter(|_| token.gap == Gap::Space);
        match function.filter(|name| crate::rego::builtins::find(name).is_some()) {
            Some(name) => {
                (format!("the arguments of a call stand in brackets right behind its name: `{name}(…)`").into(), true)
            }
            None => (help::condition(self.text(token), self.keywords.r#if), false),
        }
    }

    /// `role: "x"` below a head: no rule is to be made of a condition.
    pub(super) fn refused_condition(&mut self, tree: &Tree<'s>, errors: usize) {
        let at = tree.statements.len().checked_sub(2);
        let is_condition = self.conditions.last().is_some_and(|condition| Some(condition.statement) == at);
        let span = at.and_then(|at| tree.statements.get(at)).map(Statement::span).filter(|_| is_condition);
        let Some(help) = span.map(|span| self.help_for_condition(span).0) else { return };
        if let Some(error) = self.errors.get_mut(errors).filter(|error| error.span.text(self.source) == ":") {
            error.help = Some(help);
        }
    }
}
