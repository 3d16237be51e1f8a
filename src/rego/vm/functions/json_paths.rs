//! `json.filter` and `json.remove`: documents without what some paths lead to, or without anything else.

use super::operands::{object, wrong_type};
use super::{Answer, Context, Failure, Function, paths};
use crate::rego::value::{Kind, Space, Stores, Value, sort_by};
use crate::sorted;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "json.filter" => Function::Two(|context, of, paths| along(context, of, paths, Keeps::Paths)),
        "json.remove" => Function::Two(|context, of, paths| along(context, of, paths, Keeps::Rest)),
        _ => return None,
    })
}

/// What stays of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// What the paths lead to.
    Paths,
    /// What they do not lead to.
    Rest,
}

/// Where paths go on from one part of them.
#[derive(Clone, Copy)]
enum Next {
    /// Here one ends.
    End,
    /// At a place with further parts.
    Place(usize),
}

/// Paths that have their beginnings in common: of each place the parts that go on from there, in order.
struct Tree {
    places: Vec<Vec<(Value, Next)>>,
}

impl Tree {
    fn of(context: &mut Context<'_>, paths: Value) -> Result<Self, Failure> {
        let slice = match paths.kind() {
            Kind::Array(slice) | Kind::Set(slice) => slice,
            _ => return Err(wrong_type(2, paths, &["set", "array"])),
        };
        context.charge(u64::from(slice.len))?;
        let mut paths = Vec::with_capacity(slice.len as usize);
        for path in context.stores.items(slice).to_vec() {
            paths.push(paths::parts(context, path)?);
        }
        // In their order each part is put behind the others of its place, and none of them is moved.
        context.charge(u64::from(slice.len) * u64::from(slice.len.max(1).ilog2()))?;
        let stores = &*context.stores;
        let mut in_order: Vec<&[Value]> = paths.iter().map(Vec::as_slice).collect();
        sort_by(&mut in_order, |a, b| {
            let mut parts = a.iter().zip(*b).map(|(a, b)| stores.compare(*a, *b));
            parts.find(|found| found.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
        });
        let mut tree = Self { places: vec![Vec::new()] };
        for parts in in_order {
            tree.insert(stores, parts);
        }
        Ok(tree)
    }

    fn insert(&mut self, stores: &Stores, parts: &[Value]) {
        let Some((last, before)) = parts.split_last() else { return };
        let mut place = 0;
        for part in before {
            match self.next_of(stores, place, *part) {
                Some(Next::Place(next)) => place = next,
                // What is behind the end of another path is with it.
                Some(Next::End) => return,
                None => {
                    let next = self.places.len();
                    self.places.push(Vec::new());
                    self.put(stores, place, *part, Next::Place(next));
                    place = next;
                }
            }
        }
        self.put(stores, place, *last, Next::End);
    }

    fn put(&mut self, stores: &Stores, place: usize, part: Value, next: Next) {
        let Some(place) = self.places.get_mut(place) else { return };
        match place.binary_search_by(|(own, _)| stores.compare(*own, part)) {
            Ok(at) => {
                if let Some(found) = place.get_mut(at) {
                    found.1 = next;
                }
            }
            Err(at) => place.insert(at, (part, next)),
        }
    }

    fn next_of(&self, stores: &Stores, place: usize, part: Value) -> Option<Next> {
        let place = self.places.get(place)?;
        let at = place.binary_search_by(|(own, _)| stores.compare(*own, part)).ok()?;
        place.get(at).map(|(_, next)| *next)
    }

    /// Where paths go on from a place by a number: it is written as a string.
    fn numbers(&self, stores: &Stores, place: usize) -> sorted::Map<usize, Next> {
        let parts = self.places.get(place).map(Vec::as_slice).unwrap_or_default();
        let number = |(part, next): &(Value, Next)| {
            let text = stores.as_str(*part)?;
            let number: usize = text.parse().ok()?;
            (number.to_string() == text).then_some((number, *next))
        };
        sorted::Map::from_iter(parts.iter().filter_map(number))
    }
}

fn along(context: &mut Context<'_>, of: Value, paths: Value, keeps: Keeps) -> Answer {
    object(of, 1)?;
    let tree = Tree::of(context, paths)?;
    rebuilt(context, of, &tree, 0, keeps)
}

/// A value as the paths from a place leave it. INVARIANT (short paths): it recurses along them.
fn rebuilt(context: &mut Context<'_>, of: Value, tree: &Tree, place: usize, keeps: Keeps) -> Answer {
    match of.kind() {
        Kind::Object(slice) => {
            let mut kept = Vec::new();
            for [key, value] in parts_of(context, slice.len, |stores| stores.pairs(slice))? {
                let next = tree.next_of(context.stores, place, key);
                if let Some(value) = part(context, value, next, tree, keeps)? {
                    kept.push([key, value]);
                }
            }
            Ok(context.stores.make_object(Space::Heap, &mut kept)?)
        }
        Kind::Set(slice) => {
            let mut kept = Vec::new();
            for element in parts_of(context, slice.len, |stores| stores.items(slice))? {
                let next = tree.next_of(context.stores, place, element);
                kept.extend(part(context, element, next, tree, keeps)?);
            }
            Ok(context.stores.make_set(Space::Heap, &mut kept)?)
        }
        Kind::Array(slice) => {
            let numbers = tree.numbers(context.stores, place);
            let mut kept = Vec::new();
            for (at, item) in parts_of(context, slice.len, |stores| stores.items(slice))?.into_iter().enumerate() {
                kept.extend(part(context, item, numbers.get(&at).copied(), tree, keeps)?);
            }
            Ok(context.stores.make_array(Space::Heap, &kept)?)
        }
        // A path that leads into what has no parts leads nowhere.
        _ => Ok(of),
    }
}

/// A copy of parts, so that others can be made while they are walked.
fn parts_of<T: Copy>(
    context: &mut Context<'_>,
    len: u32,
    parts: impl FnOnce(&Stores) -> &[T],
) -> Result<Vec<T>, Failure> {
    context.charge(u64::from(len))?;
    Ok(parts(context.stores).to_vec())
}

/// What stays of a part that paths go on to.
fn part(
    context: &mut Context<'_>,
    value: Value,
    next: Option<Next>,
    tree: &Tree,
    keeps: Keeps,
) -> Result<Option<Value>, Failure> {
    Ok(match next {
        None => (keeps == Keeps::Rest).then_some(value),
        Some(Next::End) => (keeps == Keeps::Paths).then_some(value),
        Some(Next::Place(place)) => Some(rebuilt(context, value, tree, place, keeps)?),
    })
}
