//! `Scopes`: which names mean variables of their own in the bodies that are open, and how each came to do so.

use super::lowered::VarId;
use crate::rego::syntax::tree::Span;
use crate::sorted;

/// How a name first occurred in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// As an argument of the function.
    Argument,
    /// In a term, without a declaration.
    Seen,
    /// To the left of `:=`.
    Assigned,
    /// Behind `some` or `every`.
    Declared,
}

/// A name in a scope.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The variable that was declared under it; none where it was only seen.
    pub variable: Option<VarId>,
    /// How it occurred.
    pub occurrence: Occurrence,
}

/// A declaration that is not used for as long as nothing names it.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The variable.
    pub variable: VarId,
    /// Where its name stands.
    pub span: Span,
    /// Where OPA reports it.
    pub opa: u32,
    /// Assigned or declared.
    pub occurrence: Occurrence,
}

/// The scopes that are open, the innermost last. Without any, names are looked up and not remembered.
#[derive(Debug, Default)]
pub struct Scopes<'s> {
    names: sorted::Map<&'s str, Vec<(usize, Entry)>>,
    scopes: Vec<Scope<'s>>,
}

#[derive(Debug, Default)]
struct Scope<'s> {
    names: Vec<&'s str>,
    declarations: Vec<Declaration>,
}

/// What a scope held when it was closed.
#[derive(Debug, Default)]
pub struct Closed<'s> {
    /// What was declared in it.
    pub declarations: Vec<Declaration>,
    /// The names that were only seen in it.
    pub seen: Vec<&'s str>,
    /// The names with variables.
    pub variables: Vec<(&'s str, VarId)>,
}

impl<'s> Scopes<'s> {
    /// Opens a scope.
    pub fn open(&mut self) {
        self.scopes.push(Scope::default());
    }

    /// Closes the innermost scope.
    pub fn close(&mut self) -> Closed<'s> {
        let Some(scope) = self.scopes.pop() else { return Closed::default() };
        let mut closed = Closed { declarations: scope.declarations, ..Closed::default() };
        for name in scope.names {
            let Some((_, entry)) = self.names.get_mut(name).and_then(Vec::pop) else { continue };
            match entry.variable {
                Some(variable) => closed.variables.push((name, variable)),
                None => closed.seen.push(name),
            }
        }
        closed
    }

    /// How many scopes are open.
    pub fn depth(&self) -> usize {
        self.scopes.len()
    }

    /// The nearest entry of a name.
    pub fn find(&self, name: &str) -> Option<Entry> {
        self.names.get(name)?.last().map(|&(_, entry)| entry)
    }

    /// How a name occurred in the innermost scope.
    pub fn here(&self, name: &str) -> Option<Occurrence> {
        let &(depth, entry) = self.names.get(name)?.last()?;
        (depth == self.scopes.len()).then_some(entry.occurrence)
    }

    /// Remembers that a name was seen, where nothing is known of it.
    pub fn see(&mut self, name: &'s str) {
        if !self.scopes.is_empty() && self.find(name).is_none() {
            self.insert(name, Entry { variable: None, occurrence: Occurrence::Seen });
        }
    }

    /// Gives a name a variable in the innermost scope.
    pub fn declare(&mut self, name: &'s str, variable: VarId, occurrence: Occurrence) {
        self.insert(name, Entry { variable: Some(variable), occurrence });
    }

    /// Remembers a declaration until its scope is closed.
    pub fn expect_use(&mut self, declaration: Declaration) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.declarations.push(declaration);
        }
    }

    fn insert(&mut self, name: &'s str, entry: Entry) {
        let depth = self.scopes.len();
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.push(name);
            self.names.entry(name).or_default().push((depth, entry));
        }
    }
}

/// The names that do not mean rules or imports in the bodies that are open, because something there declares them.
#[derive(Debug, Default)]
pub struct Ignored<'s> {
    counts: sorted::Map<&'s str, usize>,
    open: Vec<Vec<&'s str>>,
}

impl<'s> Ignored<'s> {
    /// Ignores names until [`Self::close`].
    pub fn open(&mut self, names: Vec<&'s str>) {
        for name in &names {
            *self.counts.entry(name).or_default() += 1;
        }
        self.open.push(names);
    }

    /// Ends what was opened last.
    pub fn close(&mut self) {
        for name in self.open.pop().unwrap_or_default() {
            if let Some(count) = self.counts.get_mut(name) {
                *count -= 1;
            }
        }
    }

    /// Whether a name is ignored.
    pub fn contains(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|&count| count > 0)
    }
}
