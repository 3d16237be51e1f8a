//! Safety: every variable has a value when it is needed, in some order of the expressions. That order is made here.

mod clauses;
mod heads;
mod marks;
mod report;
mod schedule;
mod undeclared;

pub use heads::check as check_heads;
pub use undeclared::{Reported, check as check_undeclared};

use super::finding::Finding;
use super::functions;
use super::known::Known;
use super::lowered::{Body, Bundle, Comprehension, Expr, ExprKind, Origin, Reached, Term, TermKind, VarId, Variable};
use super::walk::{self, Skip};
use crate::rego::syntax::tree::Span;
use crate::sorted::{self, InOrder};
use marks::Marks;
use report::{Lack, Lacks};
use schedule::Schedule;
use std::cmp::Reverse;

/// Orders all bodies. A branch with something unsafe keeps the order of its text.
pub fn check(bundle: &mut Bundle<'_>, known: &Known<'_>, reported: &Reported, findings: &mut Vec<Finding>) {
    for id in 0..bundle.rules.len() {
        let Some(rule) = bundle.rules.get_mut(id).filter(|rule| !rule.is_broken) else { continue };
        let module = rule.module;
        let mut bodies: Vec<Body<'_>> =
            rule.branches.iter_mut().map(|branch| std::mem::take(&mut branch.body)).collect();
        let before = findings.len();
        if let Some(rule) = bundle.rules.get(id) {
            let mut safety = Safety::new(bundle, known, module, &rule.variables);
            for arg in &rule.args {
                walk::variables(arg, Skip::default(), &mut |id, _| safety.outside.add(id));
            }
            reported.get(&id).into_iter().flatten().for_each(|&variable| safety.outside.add(variable));
            for body in &mut bodies {
                safety.body(body, Heard::ByOpa);
                std::mem::take(&mut safety.lacks).into_findings(bundle, module, &rule.variables, findings);
            }
        }
        let Some(rule) = bundle.rules.get_mut(id) else { continue };
        rule.is_refused |= findings.len() > before;
        for (branch, body) in rule.branches.iter_mut().zip(bodies) {
            branch.body = body;
        }
    }
}

/// Whether OPA gets as far as a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    ByOpa,
    ByUs,
}

/// The bodies of one branch.
struct Safety<'b, 's> {
    bundle: &'b Bundle<'s>,
    known: &'b Known<'b>,
    variables: &'b [Variable<'s>],
    /// Whether names without a declaration may be those of rules in text that could not be read.
    trusts_names: bool,
    /// The variables that have values around the body that is looked at.
    outside: Marks,
    lacks: Lacks,
}

impl<'b, 's> Safety<'b, 's> {
    fn new(bundle: &'b Bundle<'s>, known: &'b Known<'b>, module: usize, variables: &'b [Variable<'s>]) -> Self {
        let trusts_names = trusts_names(bundle, module);
        let outside = Marks::new(variables.len());
        Self { bundle, known, variables, trusts_names, outside, lacks: Lacks::default() }
    }

    fn is_outside(&self, id: VarId) -> bool {
        let is_trusted =
            |variable: &Variable<'_>| variable.is_told || (self.trusts_names && variable.origin == Origin::Used);
        self.outside.has(id) || self.variables.get(id.0 as usize).is_some_and(is_trusted)
    }

    /// Orders a body, then the bodies in its closures.
    fn body(&mut self, body: &mut Body<'s>, heard: Heard) {
        let arity = |expr: &Expr<'s>| arity(self.bundle, self.known, expr);
        let mut schedule = Schedule::new(body, arity, |id| self.is_outside(id));
        schedule.run();
        let heard_count = schedule.order.len();
        let is_safe = schedule.is_complete();
        if !is_safe {
            self.report(body, &mut schedule, heard);
        }
        let mut places = vec![usize::MAX; body.len()];
        for (place, &at) in schedule.order.iter().enumerate() {
            if let Some(entry) = places.get_mut(at) {
                *entry = place;
            }
        }
        let mut ordered: Vec<(usize, usize, Expr<'s>)> = std::mem::take(body)
            .into_iter()
            .zip(places)
            .enumerate()
            .map(|(at, (expr, place))| (place, at, expr))
            .collect();
        ordered.order_by_key(|&(place, at, _)| (place, at));
        let outside = self.outside.len();
        for (place, _, expr) in &mut ordered {
            let heard = if *place < heard_count { heard } else { Heard::ByUs };
            self.closures(expr, heard);
            clauses::needed(expr, &mut |id, _| self.outside.add(id));
        }
        self.outside.truncate(outside);
        if !is_safe {
            ordered.order_by_key(|&(_, at, _)| at);
        }
        *body = ordered.into_iter().map(|(_, _, expr)| expr).collect();
    }

    /// Says what is unsafe, and which of it follows from something else.
    fn report(&mut self, body: &Body<'s>, schedule: &mut Schedule, heard: Heard) {
        let mut found: Vec<(bool, Lack)> = Vec::new();
        for (at, missing) in schedule.lacking() {
            let Some(expr) = body.get(at) else { continue };
            let places = places(expr);
            found.extend(missing.into_iter().map(|variable| {
                let (span, is_head) = places.get(&variable).copied().unwrap_or((expr.span, false));
                let is_heard = heard == Heard::ByOpa;
                (is_head, Lack { variable, span, expr: expr.span, opa: expr.opa, is_heard, is_root: false })
            }));
        }
        // Of `x = y[z]` an author means that `x` and `z` have their values from `y`, and of `x = y` that `x` has it.
        found.order_by_key(|&(is_head, lack)| {
            (self.rank(lack.variable), lack.opa, !is_head, Reverse(lack.span), lack.variable)
        });
        let mut found: Vec<Lack> = found.into_iter().map(|(_, lack)| lack).collect();
        for lack in &mut found {
            if !schedule.knows(lack.variable) {
                lack.is_root = true;
                schedule.assume(lack.variable);
                schedule.run();
            }
        }
        self.lacks.extend(found);
    }

    /// What an author has to give a value comes before what only passes it on.
    fn rank(&self, id: VarId) -> u8 {
        match self.variables.get(id.0 as usize).map(|variable| variable.origin) {
            Some(Origin::Used | Origin::Wildcard) => 0,
            Some(Origin::Declared | Origin::Argument) => 1,
            Some(Origin::Assigned) => 2,
            Some(Origin::Made) | None => 3,
        }
    }

    fn closures(&mut self, expr: &mut Expr<'s>, heard: Heard) {
        let place = (expr.span, expr.opa);
        match &mut expr.kind {
            ExprKind::Term(term) => self.closures_in(term, place, heard),
            ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| self.closures_in(arg, place, heard)),
            ExprKind::Unify(left, right) => {
                self.closures_in(left, place, heard);
                self.closures_in(right, place, heard);
            }
            ExprKind::Every(every) => {
                for term in [&every.key, &every.value] {
                    walk::variables(term, Skip::default(), &mut |id, _| self.outside.add(id));
                }
                self.body(&mut every.body, heard);
            }
            ExprKind::Broken => {}
        }
    }

    fn closures_in(&mut self, term: &mut Term<'s>, place: (Span, u32), heard: Heard) {
        match &mut term.kind {
            TermKind::Ref(reference) => {
                reference.parts.iter_mut().for_each(|part| self.closures_in(part, place, heard));
            }
            TermKind::Array(items) | TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.closures_in(item, place, heard));
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.closures_in(key, place, heard);
                    self.closures_in(value, place, heard);
                }
            }
            TermKind::ArrayComprehension(inner)
            | TermKind::SetComprehension(inner)
            | TermKind::ObjectComprehension(inner) => self.comprehension(inner, place, heard),
            TermKind::Null
            | TermKind::Boolean(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Broken => {}
        }
    }

    /// What a comprehension collects is known from its body or around it.
    fn comprehension(&mut self, inner: &mut Comprehension<'s>, (expr, opa): (Span, u32), heard: Heard) {
        let mut of_body = sorted::Set::new();
        for expr in &inner.body {
            clauses::needed(expr, &mut |id, _| {
                of_body.insert(id);
            });
        }
        let mut lacks = Vec::new();
        for term in inner.key.iter().chain([&inner.value]) {
            walk::variables(term, Skip::default(), &mut |variable, span| {
                if !of_body.contains(&variable) && !self.is_outside(variable) {
                    let is_heard = heard == Heard::ByOpa;
                    lacks.push(Lack { variable, span, expr, opa, is_heard, is_root: true });
                }
            });
        }
        self.lacks.extend(lacks);
        self.body(&mut inner.body, heard);
    }
}

/// How many arguments the function takes that an expression calls, where it can be called so.
fn arity(bundle: &Bundle<'_>, known: &Known<'_>, expr: &Expr<'_>) -> Option<usize> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    functions::arity(bundle, known, &call.function).filter(|&arity| functions::fits(call, expr.is_made, arity))
}

/// Whether names without a declaration may be those of rules in text that could not be read.
fn trusts_names(bundle: &Bundle<'_>, module: usize) -> bool {
    let package = bundle.modules.get(module).map(|module| bundle.paths.reached(module.package));
    matches!(package, Some(Reached::Whole(node)) if bundle.tree.has_unread(node))
}

/// Where each variable of an expression stands first, and whether something is looked up in it there.
fn places(expr: &Expr<'_>) -> sorted::Map<VarId, (Span, bool)> {
    let mut places = sorted::Map::new();
    let without_heads = Skip { ref_heads: true, ..Skip::default() };
    walk::variables_of_expr(expr, without_heads, &mut |id, span| {
        places.entry(id).or_insert((span, false));
    });
    walk::variables_of_expr(expr, Skip::default(), &mut |id, span| {
        let (first, is_head) = places.entry(id).or_insert((span, true));
        if span < *first {
            (*first, *is_head) = (span, true);
        }
    });
    places
}
