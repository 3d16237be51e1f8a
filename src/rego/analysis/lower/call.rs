//! Calls: of functions, of operators, and of what stands for a call.

use super::super::finding::{Finding, Told, code};
use super::super::known;
use super::super::lowered::{Body, Call, Expr, ExprKind, Function, PathId, Reached, Term, TermKind};
use super::super::rule_tree::NodeId;
use super::super::written::push_name;
use super::Lowering;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::{self, Span};

/// How a call is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Inside of a term.
    Value,
    /// As a whole statement.
    Statement,
}

/// A name with what follows it behind dots, as far as that is constant.
struct Named<'s> {
    name: &'s str,
    rest: Vec<&'s str>,
    /// Whether everything that follows is a constant string.
    is_constant: bool,
}

impl<'s> Named<'s> {
    fn of(function: &'s tree::Term<'s>) -> Option<Self> {
        match &function.kind {
            tree::TermKind::Var(name) => Some(Self { name, rest: Vec::new(), is_constant: true }),
            tree::TermKind::Ref(reference) => {
                let name = reference.head.as_var()?;
                let rest: Vec<&str> = reference.parts.iter().map_while(|part| part.term.as_string()).collect();
                let is_constant = rest.len() == reference.parts.len();
                Some(Self { name, rest, is_constant })
            }
            _ => None,
        }
    }

    fn written(&self) -> String {
        let mut text = self.name.to_owned();
        self.rest.iter().for_each(|part| push_name(&mut text, part));
        text
    }

    fn unknown(&self, told: Option<Told>) -> Function<'s> {
        Function::Unknown { path: None, name: self.name, rest: self.rest.clone(), told }
    }
}

impl<'s> Lowering<'_, '_, 's> {
    /// A call inside of a term: it is asked before, and its result stands in its place.
    pub(super) fn call_for_value(&mut self, term: &'s tree::Term<'s>, before: &mut Body<'s>) -> Term<'s> {
        let place = (term.span, term.opa_start());
        let Some(mut call) = self.call(term, Use::Value, before) else {
            return Term { span: term.span, opa: place.1, kind: TermKind::Broken };
        };
        if let Function::Builtin(name) = call.function
            && known::is_void(name)
        {
            let message = format!("{} used as value", term.span.text(self.context.source));
            let finding = Finding::error(Stage::CheckVoidCalls, code::TYPE, self.context.module, term.span, message);
            self.refuse(finding.at(place.1).help(format!("make `{name}` a statement of its own")));
            call.function = Function::Unknown { path: None, name, rest: Vec::new(), told: None };
        }
        self.value_of(call, place, before)
    }

    /// Puts a call before a term, and gives the variable with its result.
    pub(super) fn value_of(&mut self, mut call: Call<'s>, (span, opa): (Span, u32), before: &mut Body<'s>) -> Term<'s> {
        let made = Term { span, opa, kind: TermKind::Var(self.made(span)) };
        call.args.push(made.clone());
        let kind = ExprKind::Call(call);
        before.push(Expr { span, opa, is_negated: false, is_made: true, kind, with: None });
        made
    }

    /// The call that a term is.
    pub(super) fn call(&mut self, term: &'s tree::Term<'s>, used: Use, before: &mut Body<'s>) -> Option<Call<'s>> {
        let place = (term.span, term.opa_start());
        match &term.kind {
            tree::TermKind::Call(call) => {
                let function = self.function(&call.function, used, place, before);
                if used == Use::Statement && function == Function::Builtin("print") {
                    return Some(self.print(call));
                }
                let args = self.terms(&call.args, before);
                Some(Call { function, function_span: call.function.span, args })
            }
            tree::TermKind::Infix(infix) => {
                let function = self.operator(infix.operator.builtin(), used, place);
                let args = vec![self.term(&infix.left, before), self.term(&infix.right, before)];
                Some(Call { function, function_span: infix.operator_span, args })
            }
            tree::TermKind::In(domain) => {
                let name = if domain.key.is_some() { "internal.member_3" } else { "internal.member_2" };
                let mut args = Vec::new();
                for arg in domain.key.iter().chain([&domain.value, &domain.collection]) {
                    args.push(self.term(arg, before));
                }
                Some(Call { function: Function::Builtin(name), function_span: domain.operator, args })
            }
            _ => None,
        }
    }

    /// The builtin of an operator, unless its name means something else here.
    fn operator(&mut self, name: &'static str, used: Use, place: (Span, u32)) -> Function<'s> {
        self.named(&Named { name, rest: Vec::new(), is_constant: true }, used, place)
    }

    fn function(
        &mut self,
        function: &'s tree::Term<'s>,
        used: Use,
        place: (Span, u32),
        before: &mut Body<'s>,
    ) -> Function<'s> {
        let Some(named) = Named::of(function) else {
            self.is_broken = true;
            return Function::Unknown { path: None, name: "", rest: Vec::new(), told: None };
        };
        if let tree::TermKind::Ref(reference) = &function.kind
            && !named.is_constant
        {
            // The parts are read for their names; nothing can be called so.
            let written = function.span.text(self.context.source);
            self.reference(reference, before);
            return Function::Unknown { path: None, name: written, rest: Vec::new(), told: Some(Told::Always) };
        }
        self.named(&named, used, place)
    }

    fn named(&mut self, named: &Named<'s>, used: Use, (span, opa): (Span, u32)) -> Function<'s> {
        if let Some(path) = self.path_of(named.name) {
            return self.function_at(path, named);
        }
        if self.declaration(named.name).is_some() {
            let message = format!("called function {} shadowed", named.written());
            let help = match named.rest.last() {
                Some(last) => format!("a value has no functions: write `{last}({}, …)`", named.name),
                None => format!("give the variable `{}` another name", named.name),
            };
            if used == Use::Value {
                self.refuse_variable(span, opa, message, &help);
                return named.unknown(None);
            }
            // Of a whole statement OPA says that there is no such function.
            let (stage, module) = (Stage::RewriteLocalVars, self.context.module);
            self.refuse(Finding::error(stage, code::COMPILE, module, span, message).help(help).told(Told::ByUs));
            return named.unknown(Some(Told::ByOpa));
        }
        self.see(named.name);
        if named.name == "data" {
            return self.function_at(PathId::DATA, named);
        }
        let mut full = named.name.to_owned();
        for part in &named.rest {
            full.push('.');
            full.push_str(part);
        }
        self.context.known.find(&full).unwrap_or_else(|| {
            let is_told = self.context.has_unread;
            named.unknown((!is_told).then_some(Told::Always))
        })
    }

    /// The function at a path, where rules stand there.
    fn function_at(&self, path: PathId, named: &Named<'s>) -> Function<'s> {
        let (name, rest) = (named.name, &named.rest);
        match self.rules_at(path, rest) {
            Some(node) => Function::Rules(node),
            None => {
                let is_told = self.context.names.is_lost(name) || self.is_told(self.context.paths.reached(path), rest);
                let told = (!is_told).then_some(Told::Always);
                Function::Unknown { path: Some(path), name, rest: rest.clone(), told }
            }
        }
    }

    /// Whether what a path leads to may stand in text that could not be read.
    fn is_told(&self, reached: Reached, rest: &[&str]) -> bool {
        let tree = self.context.tree;
        let mut at = match reached {
            Reached::Nothing => return false,
            Reached::Part(node) => node,
            Reached::Whole(mut node) => {
                for name in rest {
                    let Some(child) = tree.named(node, name) else { break };
                    node = child;
                }
                node
            }
        };
        while let Some(node) = tree.node(at) {
            if node.is_broken {
                return true;
            }
            if node.key.is_none() {
                break;
            }
            at = node.parent;
        }
        false
    }

    /// The node at a path, where rules stand there.
    pub(super) fn rules_at(&self, path: PathId, rest: &[&str]) -> Option<NodeId> {
        let Reached::Whole(mut node) = self.context.paths.reached(path) else { return None };
        for name in rest {
            node = self.context.tree.named(node, name)?;
        }
        (!self.context.tree.rules(node).is_empty()).then_some(node)
    }

    /// `print(…)`: each argument is a set that is empty where the argument is undefined.
    fn print(&mut self, call: &'s tree::Call<'s>) -> Call<'s> {
        let mut pieces = Vec::new();
        for arg in &call.args {
            let mut body = Body::new();
            let value = self.term(arg, &mut body);
            let value = self.variable_for(value, &mut body);
            pieces.push(self.set_of(value, body));
        }
        let span = call.args.first().map_or(call.function.span, |first| {
            first.outer().to(call.args.last().map_or(first.outer(), tree::Term::outer))
        });
        let array = Term { span, opa: call.function.opa_start(), kind: TermKind::Array(pieces) };
        Call { function: Function::Builtin("internal.print"), function_span: call.function.span, args: vec![array] }
    }

    /// Builtins with several results have no place in a template.
    pub(super) fn no_relation_in_template(&mut self, term: &'s tree::Term<'s>) {
        let tree::TermKind::Call(call) = &term.kind else { return };
        let Some(named) = Named::of(&call.function) else { return };
        if known::is_relation(named.name) && named.rest.is_empty() && self.context.names.peek(named.name).is_none() {
            let message = format!("illegal call to relation built-in '{}' that may cause multiple outputs", named.name);
            let finding =
                Finding::error(Stage::RewriteTemplateStrings, code::COMPILE, self.context.module, term.span, message);
            self.refuse(finding.at(term.opa_start()).help("collect its results in a comprehension before"));
        }
    }
}
