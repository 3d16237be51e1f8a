//! `Document`: data or input that has been read, and the store that it lies in.

use super::{Kind, ReadError, Slice, Space, Store, Stores, Value, read};
use std::rc::Rc;

/// A document beside its store. It is cheap to clone, and any number of programs may be asked over it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it lies.
    pub store: Rc<Store>,
    /// What it is; undefined where there is none.
    pub value: Value,
}

impl Document {
    /// No document.
    #[must_use]
    pub fn none() -> Self {
        Self { store: Rc::default(), value: Value::UNDEFINED }
    }

    /// Reads a text that is to lie in `space`, and no deeper than `levels`.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(space: Space, text: String, levels: usize) -> Result<Self, ReadError> {
        let mut stores = Stores::default();
        let value = read(&mut stores, space, text, levels)?;
        Ok(Self { store: stores.take(space), value })
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self.value.kind(), Kind::Object(_))
    }

    /// How many steps of a path lead through it, object by object, and whether an object stands at the end.
    #[must_use]
    pub fn depth_of<'a>(&self, path: impl Iterator<Item = &'a str>) -> (usize, bool) {
        let mut at = self.value;
        let mut depth = 0;
        for step in path {
            let Kind::Object(pairs) = at.kind() else { break };
            let Some(next) = self.member(pairs, step) else { break };
            at = next;
            depth += 1;
        }
        (depth, matches!(at.kind(), Kind::Object(_)))
    }

    fn member(&self, pairs: Slice, name: &str) -> Option<Value> {
        let found = self.store.pairs(pairs).iter().find(|[key, _]| match key.kind() {
            Kind::String(text) => self.store.text(text) == name,
            _ => false,
        });
        found.map(|[_, value]| *value)
    }
}
