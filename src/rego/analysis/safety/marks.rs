//! `Marks`: a set of variables that grows with the bodies that are entered and shrinks when they are left.

use super::super::lowered::VarId;

/// A set of variables of one rule.
#[derive(Debug, Default)]
pub struct Marks {
    is_marked: Vec<bool>,
    in_order: Vec<VarId>,
}

impl Marks {
    /// An empty set for a rule with so many variables.
    pub fn new(variables: usize) -> Self {
        Self { is_marked: vec![false; variables], in_order: Vec::new() }
    }

    /// Whether a variable is in the set.
    pub fn has(&self, id: VarId) -> bool {
        self.is_marked.get(id.0 as usize) == Some(&true)
    }

    /// Adds a variable.
    pub fn add(&mut self, id: VarId) {
        if let Some(entry) = self.is_marked.get_mut(id.0 as usize)
            && !*entry
        {
            *entry = true;
            self.in_order.push(id);
        }
    }

    /// How many variables are in the set.
    pub fn len(&self) -> usize {
        self.in_order.len()
    }

    /// Takes out what came after the first `len`.
    pub fn truncate(&mut self, len: usize) {
        for id in self.in_order.drain(len.min(self.in_order.len())..) {
            if let Some(entry) = self.is_marked.get_mut(id.0 as usize) {
                *entry = false;
            }
        }
    }
}
