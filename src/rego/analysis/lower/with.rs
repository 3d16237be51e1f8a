//! `with`: what is replaced, and by what.

use super::super::finding::{Finding, code};
use super::super::known;
use super::super::lowered::{
    Body, Function, PathId, Reached, Ref, RefHead, Replacement, Root, Target, Term, TermKind, With,
};
use super::super::rule_tree::{Constant, NodeId};
use super::Lowering;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree;

impl<'s> Lowering<'_, '_, 's> {
    /// One replacement. What its value needs is put before.
    pub(super) fn replacement(&mut self, with: &'s tree::With<'s>, before: &mut Body<'s>) -> With<'s> {
        let target = self.target(&with.target, before);
        let value = self.replacing(&with.value, &target, before);
        With { span: with.span, target, target_span: with.target.span, value, value_span: with.value.span }
    }

    fn target(&mut self, term: &'s tree::Term<'s>, before: &mut Body<'s>) -> Target<'s> {
        let (span, opa) = (term.span, term.opa_start());
        let (name, name_span, parts) = match &term.kind {
            tree::TermKind::Var(name) => (*name, span, [].as_slice()),
            tree::TermKind::Ref(reference) => match reference.head.as_var() {
                Some(name) => (name, reference.head.span, reference.parts.as_slice()),
                None => return self.no_target(term, before),
            },
            tree::TermKind::Broken => {
                self.is_broken = true;
                return Target::Refused(Term { span, opa, kind: TermKind::Broken });
            }
            _ => return self.no_target(term, before),
        };
        // What is replaced is the document `input`, also where a variable has its name.
        let path = match self.path_of(name) {
            Some(path) => path,
            None if name == "input" => PathId::INPUT,
            None if name == "data" && self.declaration(name).is_none() => PathId::DATA,
            None => return self.builtin_target(term, name, parts, before),
        };
        let mut reference = Ref { head: RefHead::Path(path), head_span: name_span, parts: Vec::new() };
        for part in parts {
            let part = self.term(&part.term, before);
            reference.parts.push(part);
        }
        if self.context.paths.root(path) == Root::Input {
            Target::Document(reference)
        } else {
            self.data_target(reference, span, opa)
        }
    }

    /// What is replaced in `data`: no part of what a rule gives, and a function where one stands there.
    fn data_target(&mut self, reference: Ref<'s>, span: tree::Span, opa: u32) -> Target<'s> {
        let RefHead::Path(path) = reference.head else { return Target::Document(reference) };
        let (mut node, mut is_whole) = match self.context.paths.reached(path) {
            Reached::Whole(node) => (node, true),
            Reached::Part(node) => (node, false),
            Reached::Nothing => return Target::Document(reference),
        };
        let mut passes_rule = self.rule_above(node) || (!is_whole && self.has_rules(node));
        for part in &reference.parts {
            if !is_whole {
                break;
            }
            passes_rule |= self.has_rules(node);
            match Constant::of(part).and_then(|key| self.context.tree.child(node, &key)) {
                Some(child) => node = child,
                None => is_whole = false,
            }
        }
        if passes_rule {
            self.refuse_with(
                code::COMPILE,
                span,
                opa,
                "with keyword cannot partially replace virtual document(s)".to_owned(),
                "replace the whole rule, or the data that it reads",
            );
        }
        if is_whole && self.has_function(node) {
            Target::Function(Function::Rules(node))
        } else {
            Target::Document(reference)
        }
    }

    fn has_rules(&self, node: NodeId) -> bool {
        !self.context.tree.rules(node).is_empty()
    }

    /// Whether rules stand above a node.
    fn rule_above(&self, node: NodeId) -> bool {
        let mut at = node;
        while let Some(above) = self.context.tree.node(at).filter(|node| node.key.is_some()).map(|node| node.parent) {
            if self.has_rules(above) {
                return true;
            }
            at = above;
        }
        false
    }

    fn has_function(&self, node: NodeId) -> bool {
        self.context.tree.node(node).is_some_and(|node| node.has_function)
    }

    fn builtin_target(
        &mut self,
        term: &'s tree::Term<'s>,
        name: &'s str,
        parts: &'s [tree::Part<'s>],
        before: &mut Body<'s>,
    ) -> Target<'s> {
        let is_variable = self.declaration(name).is_some();
        let full = full_name(name, parts);
        let Some(function) = full.filter(|_| !is_variable).and_then(|full| self.context.known.find(&full)) else {
            return self.no_target(term, before);
        };
        if let Function::Builtin(name) = function {
            let problem = if self.context.known.is_refused(name) {
                Some(format!("target must not be unsafe: {name:?}"))
            } else if matches!(name, "eq" | "rego.metadata.chain" | "rego.metadata.rule") {
                Some(format!("replacement of {name:?} invalid"))
            } else if name.starts_with("internal.") {
                Some(format!("replacement of internal function {name:?} invalid"))
            } else if known::is_relation(name) {
                Some("target must not be a relation".to_owned())
            } else if known::is_void(name) {
                Some("target must not be a void function".to_owned())
            } else {
                None
            };
            if let Some(problem) = problem {
                self.refuse_with(
                    code::COMPILE,
                    term.span,
                    term.opa_start(),
                    format!("with keyword replacing built-in function: {problem}"),
                    "call it from a function of your own, and replace that",
                );
            }
        }
        Target::Function(function)
    }

    fn no_target(&mut self, term: &'s tree::Term<'s>, before: &mut Body<'s>) -> Target<'s> {
        let lowered = self.term(term, before);
        if !self.is_broken {
            self.refuse_with(
                code::TYPE,
                term.span,
                term.opa_start(),
                "with keyword target must reference existing input, data, or a function".to_owned(),
                "begin with `input` or `data`, or name a function",
            );
        }
        Target::Refused(lowered)
    }

    fn replacing(&mut self, value: &'s tree::Term<'s>, target: &Target<'s>, before: &mut Body<'s>) -> Replacement<'s> {
        let (name, parts) = match &value.kind {
            tree::TermKind::Var(name) => (Some(*name), [].as_slice()),
            tree::TermKind::Ref(reference) => (reference.head.as_var(), reference.parts.as_slice()),
            _ => (None, [].as_slice()),
        };
        if let Some(name) = name
            && let Some(function) = self.replacing_function(name, parts, value, target)
        {
            return Replacement::Function(function);
        }
        let lowered = self.term(value, before);
        // A rule in the place of a function is asked when the function is called, and not before.
        if matches!(target, Target::Function(_)) && self.is_rule(&lowered) {
            return Replacement::Value(lowered);
        }
        Replacement::Value(self.evaluated(lowered, before))
    }

    /// Whether a term is the full path of rules or of a package.
    fn is_rule(&self, term: &Term<'s>) -> bool {
        let TermKind::Ref(reference) = &term.kind else { return false };
        let RefHead::Path(path) = reference.head else { return false };
        let Reached::Whole(mut node) = self.context.paths.reached(path) else { return false };
        for part in &reference.parts {
            let child = Constant::of(part).and_then(|key| self.context.tree.child(node, &key));
            let Some(child) = child else { return false };
            node = child;
        }
        true
    }

    /// The function that a name means as a replacement: a rule that is one, or for a function also a builtin.
    fn replacing_function(
        &mut self,
        name: &'s str,
        parts: &'s [tree::Part<'s>],
        value: &'s tree::Term<'s>,
        target: &Target<'s>,
    ) -> Option<Function<'s>> {
        let path = match self.path_of(name) {
            Some(path) => Some(path),
            None if name == "data" => Some(PathId::DATA),
            None => None,
        };
        if let Some(path) = path {
            let rest: Vec<&str> = parts.iter().map_while(|part| part.term.as_string()).collect();
            let node = self.rules_at(path, &rest).filter(|_| rest.len() == parts.len())?;
            return self.has_function(node).then_some(Function::Rules(node));
        }
        let is_variable = self.declaration(name).is_some();
        if is_variable || matches!(target, Target::Document(_)) {
            return None;
        }
        let function = self.context.known.find(&full_name(name, parts)?)?;
        if let Function::Builtin(name) = function
            && self.context.known.is_refused(name)
        {
            self.refuse_with(
                code::COMPILE,
                value.span,
                value.opa_start(),
                format!("with keyword replacing built-in function: target must not be unsafe: {name:?}"),
                "the host does not allow this builtin",
            );
        }
        if let Function::Builtin(name) = function
            && self.context.known.is_absent(name)
        {
            let message = format!("the builtin {name} is not available in this engine");
            let (stage, module) = (Stage::CheckUndefinedFuncs, self.context.module);
            let finding = Finding::error(stage, code::NOT_AVAILABLE, module, value.span, message);
            self.refuse(finding.at(value.opa_start()).help(self.context.known.where_available(name)));
        }
        Some(function)
    }
}

/// A name with what follows it, joined with dots, where all of it is constant.
fn full_name(name: &str, parts: &[tree::Part<'_>]) -> Option<String> {
    let mut full = name.to_owned();
    for part in parts {
        full.push('.');
        full.push_str(part.term.as_string()?);
    }
    Some(full)
}
