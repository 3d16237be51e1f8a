//! The variables that may be named at a place of a template.

use crate::sorted;
use std::rc::Rc;

/// Names in the order in which they were declared. Whether one is among them is found without looking at all: a text may declare as many
/// as it has room for, and name one as often.
#[derive(Default)]
pub struct Variables {
    declared: Vec<Rc<str>>,
    /// How often each of them was.
    times: sorted::Map<Rc<str>, usize>,
}

impl Variables {
    /// How many declarations there are.
    pub fn len(&self) -> usize {
        self.declared.len()
    }

    /// Whether a name is declared. That of the data always is.
    pub fn has(&self, name: &str) -> bool {
        name == "$" || self.times.contains_key(name)
    }

    /// Declares a name, which may be there.
    pub fn declare(&mut self, name: &str) {
        let name: Rc<str> = name.into();
        *self.times.entry(Rc::clone(&name)).or_default() += 1;
        self.declared.push(name);
    }

    /// Forgets the last declarations, so that there are so many.
    pub fn truncate(&mut self, len: usize) {
        for name in self.declared.drain(len.min(self.declared.len())..) {
            if let Some(times) = self.times.get_mut(&name) {
                *times -= 1;
                if *times == 0 {
                    self.times.remove(&name);
                }
            }
        }
    }
}
