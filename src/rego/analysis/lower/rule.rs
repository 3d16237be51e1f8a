//! Rules: heads and branches.

use super::super::declared::names_declared;
use super::super::finding::{Finding, Told, code};
use super::super::lowered::{Body, Branch, Origin, Rule, Term, TermKind, VarId};
use super::super::rule_tree::{Constant, NodeId};
use super::Lowering;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{self, Else, RuleKind, Span};
use crate::sorted;
use std::borrow::Cow;

/// The part of a rule that becomes a rule of its own: all of it, or one of the bodies that v0 chains.
#[derive(Clone, Copy)]
pub(super) struct Part<'s> {
    pub statement: usize,
    pub chained: Option<usize>,
    pub is_broken: bool,
    pub span: Span,
    pub body: Option<&'s tree::Body<'s>>,
    pub elses: &'s [Else<'s>],
}

/// A body with its value.
#[derive(Clone, Copy)]
struct Source<'s> {
    span: Span,
    body: Option<&'s tree::Body<'s>>,
    value: Option<&'s tree::HeadValue<'s>>,
}

impl<'s> Lowering<'_, '_, 's> {
    pub(super) fn rule(mut self, rule: &'s tree::Rule<'s>, part: Part<'s>) -> Rule<'s> {
        let head = &rule.head;
        self.is_broken = part.is_broken;
        self.no_root_name(head, part.span);
        let patterns: Vec<&'s tree::Term<'s>> = head.args.iter().flatten().collect();
        self.no_root_arguments(&patterns, part.span.start);
        let mut names = Vec::new();
        let mut evaluated = Vec::new();
        let args: Vec<Term<'s>> =
            patterns.iter().map(|pattern| self.argument(pattern, &mut names, &mut evaluated)).collect();
        self.ignored.open(names);
        let mut branches = Vec::new();
        let first = Source { span: part.span, body: part.body, value: head.value.as_ref() };
        let others = part.elses.iter().map(|branch| Source {
            span: branch.span,
            body: branch.body.as_ref(),
            value: branch.value.as_ref(),
        });
        for source in [first].into_iter().chain(others) {
            let branch = self.branch(head, source, &evaluated);
            branches.push(branch);
        }
        self.ignored.close();
        self.unused_arguments(head);
        let name_span = name_span(head, self.context.source);
        let kind = self.kind(head, &branches);
        if self.is_broken {
            self.findings.clear();
            self.is_refused = true;
        }
        self.context.findings.append(&mut self.findings);
        Rule {
            module: self.context.module,
            statement: part.statement,
            chained: part.chained,
            // The tree says where it stands; see [`super::super::bundle`].
            node: NodeId::DATA,
            kind,
            is_default: rule.is_default,
            span: part.span,
            head_span: head.span,
            name_span,
            variables: self.variables,
            args,
            branches,
            is_refused: self.is_refused,
            is_broken: self.is_broken,
        }
    }

    fn kind(&self, head: &tree::Head<'s>, branches: &[Branch<'s>]) -> RuleKind {
        let is_constant = |branch: &Branch<'s>| branch.reference.iter().all(|part| Constant::of(part).is_some());
        if head.args.is_some() {
            RuleKind::Function
        } else if head.key.is_some() {
            RuleKind::PartialSet
        } else if branches.first().is_none_or(is_constant) {
            RuleKind::Complete
        } else {
            RuleKind::PartialObject
        }
    }

    fn branch(
        &mut self,
        head: &'s tree::Head<'s>,
        source: Source<'s>,
        evaluated: &[(VarId, &'s tree::Term<'s>)],
    ) -> Branch<'s> {
        self.is_wrong = false;
        self.undeclared.clear();
        self.late.clear();
        self.scopes.open();
        self.is_in_body = true;
        self.ignored.open(source.body.map(names_declared).unwrap_or_default());
        let mut body = source.body.map(|body| self.body(body)).unwrap_or_default();
        let mut reference: Vec<Option<Term<'s>>> =
            head.reference.iter().enumerate().map(|(at, part)| self.made_part(at, &part.term, &mut body)).collect();
        // The head is read with what the body declares, but not as a part of it.
        let closed = self.scopes.close();
        self.is_in_body = false;
        self.of_body = sorted::Map::from_iter(closed.variables.iter().copied());
        for (part, lowered) in head.reference.iter().zip(&mut reference) {
            if lowered.is_none() {
                *lowered = Some(self.term(&part.term, &mut body));
            }
        }
        let key = head.key.as_ref().map(|key| self.term(key, &mut body));
        let value = match source.value {
            Some(value) => Some(self.term(&value.term, &mut body)),
            None if key.is_some() => None,
            None => Some(Term { span: head.span, opa: head.span.start, kind: TermKind::Boolean(true) }),
        };
        let key = key.map(|key| self.evaluated(key, &mut body));
        let value = value.map(|value| self.evaluated(value, &mut body));
        for &(id, pattern) in evaluated {
            let value = self.term(pattern, &mut body);
            self.unified(id, value, &mut body);
        }
        self.unused(&closed);
        self.of_body.clear();
        self.ignored.close();
        Branch {
            span: source.span,
            opa: source.span.start,
            reference: reference.into_iter().flatten().collect(),
            key,
            value,
            body,
        }
    }

    /// A part of the reference of a head that is neither a constant nor a name: the body gives a variable its value.
    fn made_part(&mut self, at: usize, part: &'s tree::Term<'s>, body: &mut Body<'s>) -> Option<Term<'s>> {
        let (span, opa) = (part.span, part.opa_start());
        match &part.kind {
            tree::TermKind::Var(name) if at == 0 => {
                Some(Term { span, opa, kind: TermKind::String(Cow::Borrowed(name)) })
            }
            tree::TermKind::Var(name) if *name == "_" || (self.path_is_none(name) && !is_root(name)) => None,
            tree::TermKind::Null
            | tree::TermKind::Boolean(_)
            | tree::TermKind::Number(_)
            | tree::TermKind::String(_) => None,
            _ => {
                let value = self.term(part, body);
                Some(self.variable_for(value, body))
            }
        }
    }

    fn path_is_none(&mut self, name: &str) -> bool {
        self.path_of(name).is_none()
    }

    /// An argument: its names become variables, and do not mean rules or imports in the rule. What has to be
    /// evaluated to be matched gets a variable, to which each branch gives its value.
    fn argument(
        &mut self,
        term: &'s tree::Term<'s>,
        names: &mut Vec<&'s str>,
        evaluated: &mut Vec<(VarId, &'s tree::Term<'s>)>,
    ) -> Term<'s> {
        let (span, opa) = (term.span, term.opa_start());
        let kind = match &term.kind {
            tree::TermKind::Var("_") => TermKind::Var(self.new_variable("_", span, Origin::Wildcard)),
            tree::TermKind::Var(name) => TermKind::Var(self.argument_name(name, span, names)),
            tree::TermKind::Array(items) => {
                TermKind::Array(items.iter().map(|item| self.argument(item, names, evaluated)).collect())
            }
            tree::TermKind::Object(pairs) => TermKind::Object(
                pairs
                    .iter()
                    .map(|(key, value)| (self.constant_key(key), self.argument(value, names, evaluated)))
                    .collect(),
            ),
            tree::TermKind::Call(_) | tree::TermKind::Infix(_) | tree::TermKind::In(_) => {
                self.refuse_variable(
                    span,
                    opa,
                    "rule arguments cannot contain calls".to_owned(),
                    "take the value as an argument, and compare it in the body",
                );
                TermKind::Broken
            }
            tree::TermKind::Ref(_)
            | tree::TermKind::Template(_)
            | tree::TermKind::ArrayComprehension(_)
            | tree::TermKind::SetComprehension(_)
            | tree::TermKind::ObjectComprehension(_) => {
                if let tree::TermKind::Ref(reference) = &term.kind {
                    for part in [&reference.head].into_iter().chain(reference.parts.iter().map(|part| &part.term)) {
                        if let Some(name) = part.as_var().filter(|&name| name != "_") {
                            self.argument_name(name, part.span, names);
                        }
                    }
                }
                let id = self.made(span);
                evaluated.push((id, term));
                TermKind::Var(id)
            }
            tree::TermKind::Null
            | tree::TermKind::Boolean(_)
            | tree::TermKind::Number(_)
            | tree::TermKind::String(_)
            | tree::TermKind::Set(_)
            | tree::TermKind::Broken => return self.constant_key(term),
        };
        Term { span, opa, kind }
    }

    fn argument_name(&mut self, name: &'s str, span: Span, names: &mut Vec<&'s str>) -> VarId {
        names.push(name);
        if let Some(&id) = self.arguments.get(name) {
            return self.used(id);
        }
        let id = self.new_variable(name, span, Origin::Argument);
        self.arguments.insert(name, id);
        id
    }

    /// A part of an argument that is no pattern. A call in it is lost: there is no body yet that could ask it.
    fn constant_key(&mut self, term: &'s tree::Term<'s>) -> Term<'s> {
        let mut before = Body::new();
        let lowered = self.term(term, &mut before);
        if before.is_empty() {
            return lowered;
        }
        let (span, opa) = (lowered.span, lowered.opa);
        self.refuse_variable(
            span,
            opa,
            "rule arguments cannot contain calls".to_owned(),
            "take the value as an argument, and compare it in the body",
        );
        Term { span, opa, kind: TermKind::Broken }
    }

    /// `input` and `data` are no names for rules.
    fn no_root_name(&mut self, head: &'s tree::Head<'s>, rule: Span) {
        let Some(first) = head.reference.first().filter(|_| self.context.keeps_roots) else { return };
        if let Some(name @ ("input" | "data")) = first.term.as_var() {
            let message = format!("rules must not shadow {name} (use a different rule name)");
            let span = first.term.span;
            let finding =
                Finding::error(Stage::CheckKeywordOverrides, code::COMPILE, self.context.module, span, message);
            self.refuse(finding.at(rule.start).help("give the rule another name"));
        }
    }

    /// `input` and `data` are no names for arguments.
    fn no_root_arguments(&mut self, patterns: &[&'s tree::Term<'s>], opa: u32) {
        let mut roots = Vec::new();
        for pattern in patterns {
            roots_in(pattern, &mut roots);
        }
        if let Some(&(name, span)) = roots.first() {
            let message = format!("args must not shadow {name} (use a different variable name)");
            let finding = Finding::error(Stage::ResolveRefs, code::COMPILE, self.context.module, span, message);
            self.refuse(finding.at(opa).help("give the argument another name"));
        }
    }

    fn unused_arguments(&mut self, head: &'s tree::Head<'s>) {
        if !self.context.strict {
            return;
        }
        for (&name, &id) in &self.arguments {
            if !self.is_unused(id) {
                continue;
            }
            let Some(span) = self.variables.get(id.0 as usize).map(|variable| variable.span) else { continue };
            let message = format!("unused argument {name}. (hint: use _ (wildcard variable) instead)");
            let finding = Finding::error(Stage::RewriteLocalVars, code::COMPILE, self.context.module, span, message);
            let finding = finding.at(head.span.start).help("name the argument `_`, or remove it").told(Told::Always);
            self.findings.push(finding);
        }
    }
}

/// From the first part of a head's reference to the end of its last, with the bracket behind it.
fn name_span(head: &tree::Head<'_>, source: &str) -> Span {
    let first = head.reference.first().map_or(head.span, |first| first.term.span);
    let Some(last) = head.reference.last().filter(|_| head.reference.len() > 1) else { return first };
    let whole = first.to(last.term.outer());
    let behind = source.get(whole.range().end..).unwrap_or("");
    let blanks = behind.len() - behind.trim_start().len();
    if last.is_dotted || !behind.trim_start().starts_with(']') {
        return whole;
    }
    Span { end: u32::try_from(whole.range().end + blanks + 1).unwrap_or(whole.end), ..whole }
}

fn is_root(name: &str) -> bool {
    matches!(name, "data" | "input")
}

/// Where `input` and `data` stand as names in patterns.
fn roots_in(term: &tree::Term<'_>, roots: &mut Vec<(&'static str, Span)>) {
    match &term.kind {
        tree::TermKind::Var("input") => roots.push(("input", term.span)),
        tree::TermKind::Var("data") => roots.push(("data", term.span)),
        tree::TermKind::Array(items) => items.iter().for_each(|item| roots_in(item, roots)),
        tree::TermKind::Object(pairs) => pairs.iter().for_each(|(_, value)| roots_in(value, roots)),
        _ => {}
    }
}
