//! `Needs`: what one expression needs to be asked, and what it gives.
//!
//! What it gives depends on what is there: of `[x, y] = z` both come from `z`, or `z` comes from both. That is
//! written down as clauses (when all of these are known, those are), and each clause counts what it still lacks, so
//! that all that is done for an expression is linear in its size, in whatever order variables become known.

use super::super::lowered::{Call, Expr, ExprKind, Ref, RefHead, Term, TermKind, VarId};
use super::super::rule_tree::Constant;
use super::super::walk::{self, Skip};
use crate::rego::syntax::tree::Span;
use crate::sorted::{self, InOrder};

/// How far a variable is known to an expression, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    /// It had its value before.
    Before,
    /// A look-up in the expression gives it one: `x` in `data.a[x]`.
    LookedUp,
    /// The expression matches it with a value. What is looked up in such a variable is not known yet.
    Matched,
    /// Not at all.
    Not,
}

/// What an expression needs and gives.
#[derive(Debug)]
pub struct Needs {
    /// Its variables, those of closures included, in the order of their numbers.
    variables: Vec<VarId>,
    states: Vec<State>,
    clauses: Vec<Clause>,
    /// The clauses that wait for each variable, with how well it has to be known.
    waiting: Vec<Vec<(Known, usize)>>,
    /// How many variables are not known that have to be.
    missing: usize,
}

#[derive(Debug, Clone, Copy)]
struct State {
    known: Known,
    /// How well it has to be known before the expression can be asked; not at all, for a helper.
    wanted: Option<Known>,
    is_in_closure: bool,
}

#[derive(Debug)]
struct Clause {
    lacks: usize,
    gives: Vec<(usize, Known)>,
}

/// Variables that do not count inside of sets, keys, closures, and as the beginning of references.
const PATTERN: Skip = Skip { ref_heads: true, object_keys: true, closures: true, sets: false };
const INPUT: Skip = Skip { sets: true, ..PATTERN };
const NEEDED: Skip = Skip { ref_heads: false, object_keys: false, closures: true, sets: false };

/// The variables that an expression has outside of closures.
pub fn needed(expr: &Expr<'_>, each: &mut impl FnMut(VarId, Span)) {
    walk::variables_of_expr(expr, NEEDED, each);
}

/// The variables inside of the closures of an expression.
pub fn in_closures(expr: &Expr<'_>, each: &mut impl FnMut(VarId, Span)) {
    if let ExprKind::Every(every) = &expr.kind {
        for expr in &every.body {
            walk::variables_of_expr(expr, Skip::default(), each);
        }
        return;
    }
    for term in walk::terms_of(expr) {
        walk::comprehensions(term, &mut |inner| {
            inner.key.iter().chain([&inner.value]).for_each(|term| walk::variables(term, Skip::default(), each));
            inner.body.iter().for_each(|expr| walk::variables_of_expr(expr, Skip::default(), each));
        });
    }
}

impl Needs {
    /// The needs of an expression. Of what its closures use, those variables count that `is_of_body` names. The arity
    /// is that of the function that it calls; without one nothing is asked of it.
    pub fn new(expr: &Expr<'_>, arity: Option<usize>, is_of_body: impl Fn(VarId) -> bool) -> Self {
        let mut outside = Vec::new();
        needed(expr, &mut |id, _| outside.push(id));
        let mut inside = Vec::new();
        in_closures(expr, &mut |id, _| inside.push(id));
        inside.retain(|&id| is_of_body(id));
        outside.order();
        outside.dedup();
        inside.order();
        inside.dedup();
        let mut variables: Vec<VarId> = outside.iter().chain(&inside).copied().collect();
        variables.order();
        variables.dedup();
        let states = variables
            .iter()
            .map(|id| {
                let is_in_closure = inside.binary_search(id).is_ok();
                let wanted = if is_in_closure { Known::Before } else { Known::Matched };
                State { known: Known::Not, wanted: Some(wanted), is_in_closure }
            })
            .collect();
        let missing = variables.len();
        let waiting = vec![Vec::new(); variables.len()];
        let mut needs = Self { variables, states, clauses: Vec::new(), waiting, missing };
        let asks_nothing =
            matches!(expr.kind, ExprKind::Broken) || (matches!(expr.kind, ExprKind::Call(_)) && arity.is_none());
        if asks_nothing {
            needs.give_all();
        } else if !expr.is_negated {
            needs.read(expr, arity.unwrap_or(0));
        }
        needs.start();
        needs
    }

    /// Its variables.
    pub fn variables(&self) -> &[VarId] {
        &self.variables
    }

    /// Whether it can be asked.
    pub fn is_ready(&self) -> bool {
        self.missing == 0
    }

    /// A variable has its value from now on.
    pub fn know(&mut self, id: VarId) {
        if let Some(at) = self.at(id) {
            self.set(at, Known::Before);
        }
    }

    /// The variables that are known now: those that were, and those that the expression gives.
    pub fn given(&self) -> impl Iterator<Item = VarId> + '_ {
        let known = self.variables.iter().zip(&self.states).filter(|(_, state)| state.known < Known::Not);
        known.map(|(&id, _)| id)
    }

    /// What is missing: of closures first, as OPA has it.
    pub fn missing(&self) -> Vec<VarId> {
        let missing = |is_in_closure: bool| -> Vec<VarId> {
            self.variables
                .iter()
                .zip(&self.states)
                .filter(|(_, state)| state.is_in_closure == is_in_closure)
                .filter(|(_, state)| state.wanted.is_some_and(|wanted| state.known > wanted))
                .map(|(&id, _)| id)
                .collect()
        };
        let of_closures = missing(true);
        if of_closures.is_empty() { missing(false) } else { of_closures }
    }

    fn at(&self, id: VarId) -> Option<usize> {
        self.variables.binary_search(&id).ok()
    }

    fn give_all(&mut self) {
        let gives = (0..self.variables.len()).map(|at| (at, Known::Before)).collect();
        self.clauses.push(Clause { lacks: 0, gives });
    }

    /// Fires the clauses that lack nothing.
    fn start(&mut self) {
        let ready: Vec<(usize, Known)> =
            self.clauses.iter().filter(|clause| clause.lacks == 0).flat_map(|clause| clause.gives.clone()).collect();
        for (at, known) in ready {
            self.set(at, known);
        }
    }

    /// Makes a variable better known, and all that follows.
    fn set(&mut self, at: usize, known: Known) {
        let mut open = vec![(at, known)];
        while let Some((at, known)) = open.pop() {
            let Some(state) = self.states.get_mut(at) else { continue };
            let before = state.known;
            if before <= known {
                continue;
            }
            state.known = known;
            if state.wanted.is_some_and(|wanted| before > wanted && known <= wanted) {
                self.missing -= 1;
            }
            for &(wanted, clause) in self.waiting.get(at).into_iter().flatten() {
                if known <= wanted
                    && before > wanted
                    && let Some(clause) = self.clauses.get_mut(clause)
                {
                    clause.lacks -= 1;
                    if clause.lacks == 0 {
                        open.extend(clause.gives.iter().copied());
                    }
                }
            }
        }
    }

    /// Writes down: when all of `lacks` are known that well, all of `gives` are.
    fn clause(&mut self, mut lacks: Vec<(VarId, Known)>, mut gives: Vec<(VarId, Known)>, gate: Option<usize>) {
        for list in [&mut lacks, &mut gives] {
            list.order();
            list.dedup();
        }
        let gives: Vec<(usize, Known)> = gives.iter().filter_map(|&(id, known)| Some((self.at(id)?, known))).collect();
        if gives.is_empty() {
            return;
        }
        let lacks: Vec<(usize, Known)> = lacks.iter().filter_map(|&(id, known)| Some((self.at(id)?, known))).collect();
        self.add(lacks.into_iter().chain(gate.map(|gate| (gate, Known::Matched))).collect(), gives);
    }

    fn add(&mut self, lacks: Vec<(usize, Known)>, gives: Vec<(usize, Known)>) {
        let clause = self.clauses.len();
        self.clauses.push(Clause { lacks: lacks.len(), gives });
        for (at, known) in lacks {
            if let Some(waiting) = self.waiting.get_mut(at) {
                waiting.push((known, clause));
            }
        }
    }

    /// A helper that is known when all that takes the place of something has its value: nothing is given before.
    fn gate(&mut self, expr: &Expr<'_>) -> Option<usize> {
        let mut of_with = Vec::new();
        walk::variables_of_with(expr, NEEDED, &mut |id, _| of_with.push(id));
        if of_with.is_empty() {
            return None;
        }
        of_with.order();
        of_with.dedup();
        let gate = self.states.len();
        self.states.push(State { known: Known::Not, wanted: None, is_in_closure: false });
        self.waiting.push(Vec::new());
        let lacks = of_with.iter().filter_map(|&id| Some((self.at(id)?, Known::Before))).collect();
        self.add(lacks, vec![(gate, Known::Matched)]);
        Some(gate)
    }

    fn read(&mut self, expr: &Expr<'_>, arity: usize) {
        let gate = self.gate(expr);
        for term in walk::terms_of(expr) {
            self.look_ups(term, gate);
        }
        match &expr.kind {
            ExprKind::Call(call) => self.call(call, arity, gate),
            ExprKind::Unify(left, right) => self.unify(left, right, gate),
            ExprKind::Term(_) | ExprKind::Every(_) | ExprKind::Broken => {}
        }
    }

    /// What references give that are in no closure and in no other reference.
    fn look_ups(&mut self, term: &Term<'_>, gate: Option<usize>) {
        match &term.kind {
            TermKind::Ref(reference) => {
                let skip = Skip { ref_heads: true, ..Skip::default() };
                let mut gives = Vec::new();
                for part in &reference.parts {
                    walk::variables(part, skip, &mut |id, _| gives.push((id, Known::LookedUp)));
                }
                self.clause(head(reference, Known::Before), gives, gate);
            }
            TermKind::Array(items) | TermKind::Set(items) => items.iter().for_each(|item| self.look_ups(item, gate)),
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.look_ups(key, gate);
                    self.look_ups(value, gate);
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &Call<'_>, arity: usize, gate: Option<usize>) {
        let (inputs, outputs) = call.args.split_at(arity.min(call.args.len()));
        let mut lacks = Vec::new();
        inputs.iter().for_each(|arg| walk::variables(arg, INPUT, &mut |id, _| lacks.push((id, Known::LookedUp))));
        let mut gives = Vec::new();
        outputs.iter().for_each(|arg| walk::variables(arg, INPUT, &mut |id, _| gives.push((id, Known::Matched))));
        self.clause(lacks, gives, gate);
    }

    fn unify(&mut self, left: &Term<'_>, right: &Term<'_>, gate: Option<usize>) {
        use TermKind as K;
        match (&left.kind, &right.kind) {
            (K::Var(a), K::Var(b)) => {
                self.clause(vec![(*a, Known::Matched)], vec![(*b, Known::Matched)], gate);
                self.clause(vec![(*b, Known::Matched)], vec![(*a, Known::Matched)], gate);
            }
            (K::Var(id), K::Array(_) | K::Object(_)) => self.collection(*id, right, gate),
            (K::Array(_) | K::Object(_), K::Var(id)) => self.collection(*id, left, gate),
            (K::Var(_) | K::Array(_) | K::Object(_), K::Ref(reference)) => self.pattern(reference, left, gate),
            (K::Ref(reference), K::Var(_) | K::Array(_) | K::Object(_)) => self.pattern(reference, right, gate),
            (K::ArrayComprehension(_), K::Array(_)) | (K::ObjectComprehension(_), K::Object(_)) => {
                self.clause(Vec::new(), pattern_of(right), gate)
            }
            (K::Array(_), K::ArrayComprehension(_) | K::ObjectComprehension(_) | K::SetComprehension(_)) => {
                self.clause(Vec::new(), pattern_of(left), gate);
            }
            (K::Array(a), K::Array(b)) if a.len() == b.len() => {
                a.iter().zip(b).for_each(|(left, right)| self.unify(left, right, gate));
            }
            (K::Object(a), K::Object(b)) if a.len() == b.len() => self.objects(a, b, gate),
            (K::Array(_) | K::Object(_) | K::Ref(_), _) => {}
            (K::Var(id), _) | (_, K::Var(id)) => self.clause(Vec::new(), vec![(*id, Known::Matched)], gate),
            _ => {}
        }
    }

    /// A variable that is matched with a collection: it gives all that is in it, or all that is in it gives it.
    fn collection(&mut self, id: VarId, term: &Term<'_>, gate: Option<usize>) {
        let inner = pattern_of(term);
        self.clause(vec![(id, Known::Matched)], inner.clone(), gate);
        self.clause(inner, vec![(id, Known::Matched)], gate);
    }

    /// A pattern that is matched with a document.
    fn pattern(&mut self, reference: &Ref<'_>, term: &Term<'_>, gate: Option<usize>) {
        self.clause(head(reference, Known::LookedUp), pattern_of(term), gate);
    }

    fn objects(&mut self, left: &[(Term<'_>, Term<'_>)], right: &[(Term<'_>, Term<'_>)], gate: Option<usize>) {
        let mut by_key = sorted::Map::new();
        let mut by_variable = sorted::Map::new();
        for (key, value) in right {
            if let Some(constant) = Constant::of(key) {
                by_key.insert(constant, value);
            } else if let Some(id) = key.as_var() {
                by_variable.insert(id, value);
            }
        }
        for (key, value) in left {
            let constant = Constant::of(key);
            let other = match (&constant, key.as_var()) {
                (Some(constant), _) => by_key.get(constant),
                (None, Some(id)) => by_variable.get(&id),
                (None, None) => None,
            };
            if let Some(other) = other {
                self.unify(value, other, gate);
            }
        }
    }
}

/// The variable that a reference begins with, where it does.
fn head(reference: &Ref<'_>, known: Known) -> Vec<(VarId, Known)> {
    match reference.head {
        RefHead::Var(id) => vec![(id, known)],
        RefHead::Path(_) => Vec::new(),
    }
}

/// The variables that a pattern gives values.
fn pattern_of(term: &Term<'_>) -> Vec<(VarId, Known)> {
    let mut variables = Vec::new();
    walk::variables(term, PATTERN, &mut |id, _| variables.push((id, Known::Matched)));
    variables
}
