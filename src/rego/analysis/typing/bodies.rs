//! The statements of a body, one after the other.

use super::super::finding::Told;
use super::super::lowered::{Call, Expr, ExprKind, Function, Replacement, Target, Term};
use super::super::types::Type;
use super::messages::Mistake;
use super::scene::Scene;
use super::{Callee, walk};
use crate::limits;

impl<'a, 's> Scene<'a, '_, 's> {
    /// Looks at the statements of a body. Answers whether all are right.
    pub(super) fn check_body(&mut self, body: &[Expr<'s>]) -> bool {
        let before = self.findings.len();
        for expr in body {
            if self.findings.len() >= limits::DIAGNOSTICS {
                break;
            }
            self.check_expr(expr);
        }
        self.findings.len() == before
    }

    fn check_expr(&mut self, expr: &Expr<'s>) {
        let before = self.findings.len();
        for comprehension in walk::comprehensions(expr) {
            self.type_of(comprehension);
        }
        for reference in walk::references(expr) {
            self.check_reference(reference);
        }
        let is_right = self.findings.len() == before;
        match self.check_replacements(expr).or_else(|| self.check_use(expr)) {
            Some(mistake) if is_right => self.findings.push(mistake.finding),
            // It follows from what is wrong with a part. OPA says it too, unless all there is to say is that nothing is
            // known of that part.
            Some(mistake) if !mistake.is_of_unknown => self.findings.push(mistake.finding.told(Told::ByOpa)),
            _ => {}
        }
    }

    /// Functions take the place of functions that take the same. What was taken out of a statement has its replacements
    /// too: they are looked at with the statement.
    fn check_replacements(&mut self, expr: &Expr<'s>) -> Option<Mistake> {
        if expr.is_made {
            return None;
        }
        expr.replacements().iter().find_map(|with| {
            let (Target::Function(target), Replacement::Function(replacement)) = (&with.target, &with.value) else {
                return None;
            };
            let (replaced, by) = (self.callee(target)?, self.callee(replacement)?);
            let (Type::Function(_), Type::Function(_)) = (&replaced.of, &by.of) else { return None };
            (!self.unifies(&replaced.of, &by.of)).then(|| self.mistake_of_replacement(with, target, &replaced, &by.of))
        })
    }

    fn check_use(&mut self, expr: &Expr<'s>) -> Option<Mistake> {
        match &expr.kind {
            ExprKind::Call(call) => self.check_call(expr, call),
            ExprKind::Unify(left, right) => self.check_match(expr, left, right),
            ExprKind::Term(_) | ExprKind::Every(_) | ExprKind::Broken => None,
        }
    }

    fn check_match(&mut self, expr: &Expr<'s>, left: &Term<'s>, right: &Term<'s>) -> Option<Mistake> {
        let (of_left, of_right) = (self.type_of(left), self.type_of(right));
        if self.match_terms(left, &of_left, right, &of_right) {
            return None;
        }
        Some(self.mistake_of_match(expr, &of_left, &of_right))
    }

    /// Nothing is said of functions that are unknown, or are called with another number of arguments: that is found in
    /// an earlier stage.
    fn check_call(&mut self, expr: &Expr<'s>, call: &Call<'s>) -> Option<Mistake> {
        if self.is_no_function(&call.function) {
            return Some(self.mistake_of_no_function(expr, call));
        }
        let callee = self.callee(&call.function)?;
        let function = callee.of.as_function()?;
        let given = call.args.len();
        let takes = function.args.len();
        if given < takes || (given > takes + usize::from(function.result.is_some()) && function.more.is_none()) {
            return None;
        }
        let is_right = call.args.iter().enumerate().all(|(at, arg)| match function.operand(at) {
            None | Some(Type::Unknown) => true,
            Some(wanted) => self.match_type(arg, wanted, false),
        });
        if is_right {
            return None;
        }
        let have: Vec<Type> = call.args.iter().map(|arg| self.type_of(arg)).collect();
        Some(self.mistake_of_call(expr, call, &have, &callee))
    }

    /// Whether rules without arguments stand where a function is called. With no more than a result, such a call has the
    /// right number of arguments.
    fn is_no_function(&self, function: &Function<'s>) -> bool {
        let Function::Rules(node) = function else { return false };
        match self.documents.value(*node) {
            Some(Type::Any | Type::Function(_)) => false,
            Some(_) => true,
            None => self.documents.is_present(*node),
        }
    }

    /// What is known of a function.
    fn callee(&self, function: &Function<'s>) -> Option<Callee<'a>> {
        match function {
            Function::Rules(node) => Some(Callee { of: self.documents.value(*node)?.clone(), declared: None }),
            other => self.world.functions.find(other),
        }
    }
}
