//! What is printed or stands in a template string has a value there, without going through the body again: of `print`
//! from the statements before it, of a template from all statements around it, each read once.

use super::super::finding::{Finding, Told, code};
use super::super::known::Known;
use super::super::lowered::{
    Body, Bundle, Call, Comprehension, Expr, ExprKind, Function, Origin, RuleId, Term, TermKind, VarId, Variable,
};
use super::super::walk::{self, Skip};
use super::clauses::{Needs, needed};
use super::marks::Marks;
use crate::rego::stage::Stage;
use crate::rego::syntax::tree::Span;
use crate::sorted;

/// The variables of each rule that have been reported here, and of which nothing more is said.
pub type Reported = sorted::Map<RuleId, sorted::Set<VarId>>;

/// Findings in all rules.
pub fn check(bundle: &mut Bundle<'_>, known: &Known<'_>, findings: &mut Vec<Finding>) -> Reported {
    let mut reported = Reported::new();
    for (id, rule) in bundle.rules.iter().enumerate().filter(|(_, rule)| !rule.is_broken) {
        let mut has_any = false;
        walk::exprs(rule, &mut |expr| {
            has_any |= of_call(expr).is_some();
            !has_any
        });
        if !has_any {
            continue;
        }
        let mut of_rule = sorted::Set::new();
        let mut checking = Checking {
            bundle,
            known,
            module: rule.module,
            variables: &rule.variables,
            trusts_names: super::trusts_names(bundle, rule.module),
            for_print: Marks::new(rule.variables.len()),
            for_template: Marks::new(rule.variables.len()),
            has_printed: false,
            reported: &mut of_rule,
            findings,
        };
        for arg in &rule.args {
            walk::variables(arg, Skip::default(), &mut |id, _| {
                checking.for_print.add(id);
                checking.for_template.add(id);
            });
        }
        for branch in &rule.branches {
            checking.has_printed = false;
            checking.body(&branch.body);
        }
        if !of_rule.is_empty() {
            reported.insert(id, of_rule);
        }
    }
    for &id in reported.keys() {
        if let Some(rule) = bundle.rules.get_mut(id) {
            rule.is_refused = true;
        }
    }
    reported
}

/// The pieces of a call of `print` or of a template, and which of the two it is.
fn of_call<'e, 's>(expr: &'e Expr<'s>) -> Option<(Stage, &'e [Term<'s>])> {
    let ExprKind::Call(Call { function: Function::Builtin(name), args, .. }) = &expr.kind else { return None };
    let stage = match *name {
        "internal.print" => Stage::RewritePrintCalls,
        "internal.template_string" => Stage::RewriteTemplateStrings,
        _ => return None,
    };
    match args.first().map(|arg| &arg.kind) {
        Some(TermKind::Array(pieces)) => Some((stage, pieces)),
        _ => None,
    }
}

struct Checking<'c, 's> {
    bundle: &'c Bundle<'s>,
    known: &'c Known<'c>,
    module: usize,
    variables: &'c [Variable<'s>],
    trusts_names: bool,
    /// The variables that have values around the body for `print`, and for templates.
    for_print: Marks,
    for_template: Marks,
    /// Whether something printed has been reported: OPA goes no further then.
    has_printed: bool,
    reported: &'c mut sorted::Set<VarId>,
    findings: &'c mut Vec<Finding>,
}

impl<'s> Checking<'_, 's> {
    fn body(&mut self, body: &Body<'s>) {
        let given = self.given(body);
        let around = (self.for_print.len(), self.for_template.len());
        for &id in given.iter().flatten() {
            self.for_template.add(id);
        }
        for (expr, given) in body.iter().zip(&given) {
            if let Some((stage, pieces)) = of_call(expr) {
                self.pieces(stage, pieces);
            }
            self.closures(expr);
            for &id in given {
                self.for_print.add(id);
            }
            // What is declared counts as soon as it stands anywhere before.
            walk::variables_of_expr(expr, Skip::default(), &mut |id, _| {
                let variable = self.variables.get(id.0 as usize);
                if variable.is_some_and(|variable| {
                    variable.is_generated() || !matches!(variable.origin, Origin::Used | Origin::Wildcard)
                }) {
                    self.for_print.add(id);
                }
            });
        }
        self.for_print.truncate(around.0);
        self.for_template.truncate(around.1);
    }

    /// What each expression gives, when each is read once, in the order of the text.
    fn given(&self, body: &Body<'s>) -> Vec<Vec<VarId>> {
        let mut known: sorted::Set<VarId> = sorted::Set::new();
        body.iter()
            .map(|expr| {
                let mut needs = Needs::new(expr, super::arity(self.bundle, self.known, expr), |_| false);
                let has: Vec<VarId> = needs.variables().to_vec();
                for id in has {
                    if known.contains(&id) || self.for_template.has(id) {
                        needs.know(id);
                    }
                }
                let given: Vec<VarId> = needs.given().collect();
                known.extend(given.iter().copied());
                given
            })
            .collect()
    }

    fn pieces(&mut self, stage: Stage, pieces: &[Term<'s>]) {
        let before = self.findings.len();
        for piece in pieces {
            let TermKind::SetComprehension(inner) = &piece.kind else { continue };
            let mut missing: sorted::Map<VarId, Span> = sorted::Map::new();
            for expr in &inner.body {
                needed(expr, &mut |id, span| {
                    if !self.is_known(stage, id) {
                        missing.entry(id).or_insert(span);
                    }
                });
            }
            for (id, span) in missing {
                self.report(stage, id, span, piece.opa);
            }
        }
        if stage == Stage::RewritePrintCalls && self.findings.len() > before {
            self.has_printed = true;
        }
    }

    fn is_known(&self, stage: Stage, id: VarId) -> bool {
        let list = if stage == Stage::RewritePrintCalls { &self.for_print } else { &self.for_template };
        let is_trusted = |variable: &Variable<'_>| {
            let origin = variable.origin;
            variable.is_told || origin == Origin::Made || (self.trusts_names && origin == Origin::Used)
        };
        list.has(id) || self.variables.get(id.0 as usize).is_some_and(is_trusted)
    }

    fn report(&mut self, stage: Stage, id: VarId, span: Span, opa: u32) {
        let Some(variable) = self.variables.get(id.0 as usize) else { return };
        let name = variable.name;
        let is_new = self.reported.insert(id);
        let is_heard = !(self.has_printed && stage == Stage::RewritePrintCalls);
        let told = match (is_heard, is_new) {
            (true, true) => Told::Always,
            (true, false) => Told::ByOpa,
            (false, true) => Told::ByUs,
            (false, false) => return,
        };
        self.findings.push(
            Finding::error(stage, code::COMPILE, self.module, span, format!("var {name} is undeclared"))
                .at(opa)
                .help(format!("give `{name}` a value before"))
                .told(told),
        );
    }

    fn closures(&mut self, expr: &Expr<'s>) {
        if let ExprKind::Every(every) = &expr.kind {
            for term in [&every.key, &every.value] {
                walk::variables(term, Skip::default(), &mut |id, _| {
                    self.for_print.add(id);
                    self.for_template.add(id);
                });
            }
            self.body(&every.body);
        }
        for term in walk::terms_of(expr) {
            walk::comprehensions(term, &mut |inner: &Comprehension<'s>| self.body(&inner.body));
        }
    }
}
