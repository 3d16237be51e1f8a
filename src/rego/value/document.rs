//! `Document`: data or input that has been read, and the store that it lies in.

use super::reach::Reach;
use super::{Form, Kind, ReadError, Slice, Space, Store, Stores, Value, read, read_reached, read_tape, write};
#[cfg(not(feature = "trees"))]
use crate::typed::json::{Value as Tree, number};
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
        let mut text = text;
        Self::read_reached(Store::default(), space, &mut text, levels, &Reach::default())
    }

    /// The same into an empty store, of which only what can be reached is kept. The text is taken where it could be read.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read_reached(
        mut store: Store,
        space: Space,
        text: &mut String,
        levels: usize,
        reach: &Reach,
    ) -> Result<Self, ReadError> {
        let value = read_reached(&mut store, space, text, levels, reach)?;
        Ok(Self { store: Rc::new(store), value })
    }

    /// Reads a tape with the text that holds its strings, for a document that is to lie in `space`, and no deeper than `levels`. Its
    /// records are those of what can be reached.
    ///
    /// # Errors
    /// As [`read_tape`].
    pub fn read_tape(
        space: Space,
        tape: &[u32],
        text: String,
        levels: usize,
        reach: &Reach,
    ) -> Result<Self, ReadError> {
        let (store, value) = read_tape(space, tape, text, levels, reach)?;
        Ok(Self { store: Rc::new(store), value })
    }

    /// The document as a tree.
    #[cfg(not(feature = "trees"))]
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.tree_of(self.value)
    }

    // A document is no deeper than it was allowed to be when it was read.
    #[cfg(not(feature = "trees"))]
    fn tree_of(&self, value: Value) -> Tree {
        match value.kind() {
            Kind::Boolean(value) => Tree::Bool(value),
            Kind::Integer(number) => Tree::from(number),
            Kind::Number(digits) => {
                number(&with_signed_exponent(self.store.text(digits))).map_or(Tree::Null, Tree::Number)
            }
            Kind::String(text) => Tree::String(self.store.text(text).to_owned()),
            Kind::Array(items) => Tree::Array(self.store.items(items).iter().map(|&item| self.tree_of(item)).collect()),
            Kind::Object(pairs) => {
                let entries = self.store.pairs(pairs).iter();
                Tree::Object(entries.map(|&[key, value]| (self.key_of(key), self.tree_of(value))).collect())
            }
            _ => Tree::Null,
        }
    }

    #[cfg(not(feature = "trees"))]
    fn key_of(&self, key: Value) -> String {
        match key.kind() {
            Kind::String(text) => self.store.text(text).to_owned(),
            _ => String::new(),
        }
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
        let pairs = self.store.pairs(pairs);
        // Keys of a document are strings, whose order is that of their bytes.
        let at = pairs.binary_search_by(|[key, _]| match key.kind() {
            Kind::String(text) => self.store.text(text).cmp(name),
            _ => std::cmp::Ordering::Less,
        });
        at.ok().and_then(|at| pairs.get(at)).map(|[_, value]| *value)
    }

    /// Puts a part at a path of keys, or takes away what stands there. Objects that are missing on the way are made.
    /// All else stays where it lies, so that it takes as long as the part and the objects on the way are large; what was
    /// replaced stays in the store. `space` is where the document lies.
    ///
    /// # Errors
    /// The part is no value, or would lie too deep. Then nothing has changed.
    pub fn set_part(
        &mut self,
        space: Space,
        path: &[String],
        part: Option<String>,
        levels: usize,
    ) -> Result<(), ReadError> {
        let mut stores = Stores::default();
        stores.put(space, std::mem::take(&mut self.store));
        let changed = changed(&mut stores, space, self.value, path, part, levels);
        self.store = stores.take(space);
        self.value = changed?;
        Ok(())
    }

    /// Its JSON text.
    #[must_use]
    pub fn text(&self, space: Space) -> String {
        let mut stores = Stores::default();
        stores.put(space, Rc::clone(&self.store));
        let mut text = String::new();
        // INVARIANT (short): no document is longer than a value may be.
        let _ = write(&stores, self.value, Form::Json, &mut text, usize::MAX);
        text
    }

    /// The bytes and words that its store takes, those of parts that updates have left behind among them.
    #[must_use]
    pub fn size(&self) -> usize {
        let (bytes, words) = self.store.size();
        bytes + 8 * words
    }
}

/// A document with a part at a path, beside its store.
fn changed(
    stores: &mut Stores,
    space: Space,
    document: Value,
    path: &[String],
    part: Option<String>,
    levels: usize,
) -> Result<Value, ReadError> {
    let levels = levels.checked_sub(path.len()).ok_or(ReadError::TooDeep { at: 0 })?;
    let mut inner = match part {
        Some(text) => Some(read(stores, space, text, levels)?),
        None => None,
    };
    let mut above = Vec::with_capacity(path.len());
    let mut at = document;
    for step in path {
        let key = stores.make_string(space, step)?;
        above.push((at, key));
        at = stores.get(at, key);
    }
    if inner.is_none() && !at.is_defined() {
        return Ok(document);
    }
    for (outer, key) in above.into_iter().rev() {
        let mut pairs = match outer.kind() {
            Kind::Object(slice) => stores.pairs(slice).to_vec(),
            _ => Vec::new(),
        };
        match inner {
            Some(value) => pairs.push([key, value]),
            None => pairs.retain(|[own, _]| !stores.equals(*own, key)),
        }
        inner = Some(stores.make_object(space, &mut pairs)?);
    }
    Ok(inner.unwrap_or(Value::UNDEFINED))
}

/// A number with its exponent as `serde_json` keeps it, and `JSON.stringify` writes it: `1e+400`. What a host answers is the same in all
/// builds then.
#[cfg(not(feature = "trees"))]
fn with_signed_exponent(number: &str) -> String {
    match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) if exponent.starts_with(['+', '-']) => format!("{mantissa}e{exponent}"),
        Some((mantissa, exponent)) => format!("{mantissa}e+{exponent}"),
        None => number.to_owned(),
    }
}
