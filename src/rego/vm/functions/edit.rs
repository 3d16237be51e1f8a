//! A document that is being edited: only what the edits lead through is taken apart.

use super::{Answer, Context, Failure};
use crate::rego::value::{Kind, Space, Stores, TooLarge, Value};

/// A document, or a part of one.
#[derive(Clone, Copy)]
enum Part {
    /// As it is.
    Whole(Value),
    /// Taken apart: a place in [`Document::opened`].
    Opened(usize),
}

/// What a part takes while it is taken apart.
const BYTES_OF_PART: u64 = 24;

/// What has been taken apart.
enum Opened {
    Array(Vec<Part>),
    /// In the order of the keys.
    Object(Vec<(Value, Part)>),
    /// Each element under what it was when it was taken apart, in the order of those.
    Set(Vec<(Value, Part)>),
}

/// Why there is no such edit: all that a policy sees of it is that the patch has no result.
pub enum Refused {
    /// A path leads nowhere, or what is put there does not belong there.
    Path,
    /// The evaluation ends.
    Failure(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<TooLarge> for Refused {
    fn from(too_large: TooLarge) -> Self {
        Self::Failure(too_large.into())
    }
}

/// A document that is being edited.
pub struct Document {
    /// Nothing, where it was removed.
    root: Option<Part>,
    opened: Vec<Opened>,
}

impl Document {
    /// A document as it is.
    pub fn new(value: Value) -> Self {
        Self { root: Some(Part::Whole(value)), opened: Vec::new() }
    }

    /// The value of the document.
    pub fn value(&self, context: &mut Context<'_>) -> Answer {
        self.root.map_or(Ok(Value::UNDEFINED), |root| self.rendered(context, root))
    }

    /// The value at the end of a path.
    pub fn value_at(&mut self, context: &mut Context<'_>, path: &[Value]) -> Result<Value, Refused> {
        let Some((last, before)) = path.split_last() else {
            let root = self.root.ok_or(Refused::Path)?;
            return Ok(self.rendered(context, root)?);
        };
        let at = self.open_along(context, before)?;
        let part = self.part(context, at, *last)?;
        Ok(self.rendered(context, part)?)
    }

    /// Puts a value at the end of a path: before the item there, or in place of what is under the key.
    pub fn insert(&mut self, context: &mut Context<'_>, path: &[Value], value: Value) -> Result<(), Refused> {
        let value = Part::Whole(value);
        let Some((last, before)) = path.split_last() else {
            self.root = Some(value);
            return Ok(());
        };
        let at = self.open_along(context, before)?;
        self.close_elements(context, at, *last)?;
        match self.opened.get_mut(at).ok_or(Refused::Path)? {
            Opened::Array(items) => {
                let at = index(context.stores, *last, items.len()).filter(|&at| at <= items.len());
                context.charge((items.len() / 16) as u64)?;
                context.stores.charge(BYTES_OF_PART)?;
                items.insert(at.ok_or(Refused::Path)?, value);
            }
            Opened::Object(pairs) => put(context, pairs, *last, value)?,
            Opened::Set(elements) => {
                let Part::Whole(element) = value else { return Err(Refused::Path) };
                if !context.stores.equals(element, *last) {
                    return Err(Refused::Path);
                }
                put(context, elements, *last, value)?;
            }
        }
        Ok(())
    }

    /// Removes what is at the end of a path.
    pub fn remove(&mut self, context: &mut Context<'_>, path: &[Value]) -> Result<(), Refused> {
        let Some((last, before)) = path.split_last() else {
            return self.root.take().map(|_| ()).ok_or(Refused::Path);
        };
        let at = self.open_along(context, before)?;
        self.close_elements(context, at, *last)?;
        match self.opened.get_mut(at).ok_or(Refused::Path)? {
            Opened::Array(items) => {
                let at = index(context.stores, *last, items.len()).filter(|&at| at < items.len());
                context.charge((items.len() / 16) as u64)?;
                items.remove(at.ok_or(Refused::Path)?);
            }
            Opened::Object(pairs) | Opened::Set(pairs) => {
                let at = search(context.stores, pairs, *last).map_err(|_| Refused::Path)?;
                context.charge((pairs.len() / 16) as u64)?;
                pairs.remove(at);
            }
        }
        Ok(())
    }

    /// Takes everything apart that a path leads through, and answers where its end is.
    fn open_along(&mut self, context: &mut Context<'_>, path: &[Value]) -> Result<usize, Refused> {
        let root = self.root.ok_or(Refused::Path)?;
        let mut at = self.open(context, root)?;
        self.root = Some(Part::Opened(at));
        for key in path {
            let part = self.part(context, at, *key)?;
            let inner = self.open(context, part)?;
            let own = match self.opened.get_mut(at) {
                Some(Opened::Array(items)) => {
                    let at = index(context.stores, *key, items.len());
                    at.and_then(|at| items.get_mut(at))
                }
                Some(Opened::Object(pairs) | Opened::Set(pairs)) => {
                    let at = search(context.stores, pairs, *key).ok();
                    at.and_then(|at| pairs.get_mut(at)).map(|(_, part)| part)
                }
                None => None,
            };
            *own.ok_or(Refused::Path)? = Part::Opened(inner);
            at = inner;
        }
        Ok(at)
    }

    fn open(&mut self, context: &mut Context<'_>, part: Part) -> Result<usize, Refused> {
        let value = match part {
            Part::Opened(at) => return Ok(at),
            Part::Whole(value) => value,
        };
        let len = context.stores.len(value).ok_or(Refused::Path)?;
        // What is taken apart is memory of the evaluation, and counts as what it makes.
        context.charge(u64::from(len))?;
        context.stores.charge(u64::from(len) * BYTES_OF_PART)?;
        let opened = match value.kind() {
            Kind::Array(items) => {
                Opened::Array(context.stores.items(items).iter().map(|item| Part::Whole(*item)).collect())
            }
            Kind::Object(pairs) => {
                let pairs = context.stores.pairs(pairs).iter();
                Opened::Object(pairs.map(|[key, value]| (*key, Part::Whole(*value))).collect())
            }
            Kind::Set(elements) => {
                let elements = context.stores.items(elements).iter();
                Opened::Set(elements.map(|element| (*element, Part::Whole(*element))).collect())
            }
            _ => return Err(Refused::Path),
        };
        self.opened.push(opened);
        Ok(self.opened.len() - 1)
    }

    /// What is under a key of what has been taken apart.
    fn part(&mut self, context: &mut Context<'_>, at: usize, key: Value) -> Result<Part, Refused> {
        self.close_elements(context, at, key)?;
        let found = match self.opened.get(at) {
            Some(Opened::Array(items)) => index(context.stores, key, items.len()).and_then(|at| items.get(at)).copied(),
            Some(Opened::Object(pairs) | Opened::Set(pairs)) => {
                let at = search(context.stores, pairs, key).ok();
                at.and_then(|at| pairs.get(at)).map(|(_, part)| *part)
            }
            None => None,
        };
        found.ok_or(Refused::Path)
    }

    /// Puts the elements of a set under what they have become, before one that has parts is looked for.
    fn close_elements(&mut self, context: &mut Context<'_>, at: usize, key: Value) -> Result<(), Refused> {
        let Some(Opened::Set(elements)) = self.opened.get(at) else { return Ok(()) };
        context.charge((elements.len() / 16) as u64)?;
        let is_edited = elements.iter().any(|(_, part)| matches!(part, Part::Opened(_)));
        if context.stores.len(key).is_none() || !is_edited {
            return Ok(());
        }
        let set = self.rendered(context, Part::Opened(at))?;
        let Kind::Set(slice) = set.kind() else { return Err(Refused::Path) };
        let elements = context.stores.items(slice).iter().map(|element| (*element, Part::Whole(*element))).collect();
        if let Some(opened) = self.opened.get_mut(at) {
            *opened = Opened::Set(elements);
        }
        Ok(())
    }

    /// The value of a part. INVARIANT (short paths): it recurses along those that edits have led along.
    fn rendered(&self, context: &mut Context<'_>, part: Part) -> Answer {
        let opened = match part {
            Part::Whole(value) => return Ok(value),
            Part::Opened(at) => self.opened.get(at),
        };
        match opened {
            Some(Opened::Array(items)) => {
                context.charge(items.len() as u64)?;
                let items = items.iter().map(|item| self.rendered(context, *item)).collect::<Result<Vec<_>, _>>()?;
                Ok(context.stores.make_array(Space::Heap, &items)?)
            }
            Some(Opened::Object(pairs)) => {
                context.charge(pairs.len() as u64)?;
                let pairs = pairs.iter().map(|(key, part)| Ok([*key, self.rendered(context, *part)?]));
                let mut pairs = pairs.collect::<Result<Vec<_>, Failure>>()?;
                Ok(context.stores.make_object(Space::Heap, &mut pairs)?)
            }
            Some(Opened::Set(elements)) => {
                context.charge(elements.len() as u64)?;
                let elements = elements.iter().map(|(_, part)| self.rendered(context, *part));
                let mut elements = elements.collect::<Result<Vec<_>, _>>()?;
                Ok(context.stores.make_set(Space::Heap, &mut elements)?)
            }
            None => Ok(Value::UNDEFINED),
        }
    }
}

fn search(stores: &Stores, pairs: &[(Value, Part)], key: Value) -> Result<usize, usize> {
    pairs.binary_search_by(|(own, _)| stores.compare(*own, key))
}

fn put(context: &mut Context<'_>, pairs: &mut Vec<(Value, Part)>, key: Value, part: Part) -> Result<(), Failure> {
    match search(context.stores, pairs, key) {
        Ok(at) => {
            if let Some(pair) = pairs.get_mut(at) {
                *pair = (key, part);
            }
        }
        Err(at) => {
            context.charge((pairs.len() / 16) as u64)?;
            context.stores.charge(BYTES_OF_PART)?;
            pairs.insert(at, (key, part));
        }
    }
    Ok(())
}

/// Which item of an array a part of a path names: a number, or its digits without zeros in front; `-` is behind the last.
fn index(stores: &Stores, part: Value, len: usize) -> Option<usize> {
    match part.kind() {
        Kind::Integer(at) => usize::try_from(at).ok(),
        Kind::String(_) => match stores.as_str(part)? {
            "-" => Some(len),
            text if text != "0" && text.starts_with('0') => None,
            text => usize::try_from(text.parse::<i64>().ok()?).ok(),
        },
        _ => None,
    }
}
