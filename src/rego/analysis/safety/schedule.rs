//! `Schedule`: the order in which the expressions of one body can be asked.
//!
//! The order is OPA's: it goes through the body again and again, and takes each expression as soon as everything that
//! it needs has a value. Here an expression is looked at again only when something that it waits for has come.

use super::super::lowered::{Expr, VarId};
use super::clauses::{Needs, needed};
use crate::sorted;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The order of one body, as far as it has been found.
pub struct Schedule {
    needs: Vec<Needs>,
    /// The expressions that have each variable.
    having: sorted::Map<VarId, Vec<usize>>,
    known: sorted::Set<VarId>,
    /// The expressions that are to be looked at, by the round and then by their place.
    open: BinaryHeap<Reverse<(usize, usize)>>,
    is_open: Vec<bool>,
    news: Vec<Vec<VarId>>,
    is_placed: Vec<bool>,
    round: usize,
    /// The expressions in the order that was found.
    pub order: Vec<usize>,
}

impl Schedule {
    /// Begins with the variables that have values outside of the body.
    pub fn new<'s>(
        body: &[Expr<'s>],
        arity: impl Fn(&Expr<'s>) -> Option<usize>,
        is_known_outside: impl Fn(VarId) -> bool,
    ) -> Self {
        let mut of_body = sorted::Set::new();
        for expr in body {
            needed(expr, &mut |id, _| {
                of_body.insert(id);
            });
        }
        let needs: Vec<Needs> = body
            .iter()
            .map(|expr| Needs::new(expr, arity(expr), |id| of_body.contains(&id) && !is_known_outside(id)))
            .collect();
        let mut having: sorted::Map<VarId, Vec<usize>> = sorted::Map::new();
        for (at, needs) in needs.iter().enumerate() {
            for &id in needs.variables() {
                having.entry(id).or_default().push(at);
            }
        }
        let mut schedule = Self {
            having,
            known: sorted::Set::new(),
            open: (0..needs.len()).map(|at| Reverse((0, at))).collect(),
            is_open: vec![true; needs.len()],
            news: vec![Vec::new(); needs.len()],
            is_placed: vec![false; needs.len()],
            round: 0,
            order: Vec::new(),
            needs,
        };
        for id in of_body.into_iter().filter(|&id| is_known_outside(id)) {
            schedule.learn(id, None);
        }
        schedule
    }

    /// Whether every expression has its place.
    pub fn is_complete(&self) -> bool {
        self.order.len() == self.needs.len()
    }

    /// The expressions without a place, each with the variables that it lacks.
    pub fn lacking(&self) -> impl Iterator<Item = (usize, Vec<VarId>)> + '_ {
        self.needs
            .iter()
            .enumerate()
            .filter(|&(at, _)| self.is_placed.get(at) == Some(&false))
            .map(|(at, needs)| (at, needs.missing()))
    }

    /// Whether a variable has its value.
    pub fn knows(&self, id: VarId) -> bool {
        self.known.contains(&id)
    }

    /// Takes it that a variable has a value.
    pub fn assume(&mut self, id: VarId) {
        self.round += 1;
        self.learn(id, None);
    }

    /// Goes on until no expression more can be placed.
    pub fn run(&mut self) {
        while let Some(Reverse((round, at))) = self.open.pop() {
            self.round = round;
            if let Some(is_open) = self.is_open.get_mut(at) {
                *is_open = false;
            }
            let news = self.news.get_mut(at).map(std::mem::take).unwrap_or_default();
            let Some(needs) = self.needs.get_mut(at) else { continue };
            news.into_iter().for_each(|id| needs.know(id));
            if !needs.is_ready() || self.is_placed.get(at) == Some(&true) {
                continue;
            }
            let gives = needs.variables().to_vec();
            self.order.push(at);
            if let Some(is_placed) = self.is_placed.get_mut(at) {
                *is_placed = true;
            }
            for id in gives {
                self.learn(id, Some(at));
            }
        }
    }

    /// A variable has its value: who waits for it is looked at, in this round where it comes behind, else in the next.
    fn learn(&mut self, id: VarId, from: Option<usize>) {
        if !self.known.insert(id) {
            return;
        }
        for &at in self.having.get(&id).into_iter().flatten() {
            if self.is_placed.get(at) == Some(&true) {
                continue;
            }
            if let Some(news) = self.news.get_mut(at) {
                news.push(id);
            }
            if self.is_open.get(at) == Some(&false) {
                let round = if from.is_none_or(|from| at > from) { self.round } else { self.round + 1 };
                self.open.push(Reverse((round, at)));
                if let Some(is_open) = self.is_open.get_mut(at) {
                    *is_open = true;
                }
            }
        }
    }
}
