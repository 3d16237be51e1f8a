//! Values of what has been collected.

use super::code::Collection;
use super::machine::Stop;
use crate::rego::value::{Kind, Space, Stores, Value, sort_by};

/// An object of keys and values in turn. Two values under one key are an error.
pub fn object(stores: &mut Stores, parts: &[Value]) -> Result<Value, Stop> {
    let mut pairs = parts.as_chunks::<2>().0.to_vec();
    sort_by(&mut pairs, |[a, _], [b, _]| stores.compare(*a, *b));
    for pair in pairs.windows(2) {
        if let [[key, value], [next, other]] = *pair
            && stores.equals(key, next)
            && !stores.equals(value, other)
        {
            return Err(Stop::conflict("object keys must be unique"));
        }
    }
    Ok(stores.make_object(Space::Heap, &mut pairs)?)
}

/// An object from key to all that stands under it in keys and values in turn: of arrays, in the order of the values, or of sets.
pub fn index(stores: &mut Stores, parts: &[Value], of: Collection) -> Result<Value, Stop> {
    let mut pairs = parts.as_chunks::<2>().0.to_vec();
    // A stable sort: values of one key stay in their order.
    sort_by(&mut pairs, |[a, _], [b, _]| stores.compare(*a, *b));
    let mut entries: Vec<[Value; 2]> = Vec::new();
    let mut rest = pairs.as_slice();
    while let Some([key, _]) = rest.first() {
        let count = rest.partition_point(|[other, _]| stores.compare(*other, *key).is_le());
        let (same, behind) = rest.split_at(count.max(1));
        let mut values: Vec<Value> = same.iter().map(|[_, value]| *value).collect();
        let value = match of {
            Collection::Set => stores.make_set(Space::Heap, &mut values)?,
            _ => stores.make_array(Space::Heap, &values)?,
        };
        entries.push([*key, value]);
        rest = behind;
    }
    Ok(stores.make_object(Space::Heap, &mut entries)?)
}

/// Steps of a path with those of a head; a compiled program has no longer one.
const LONGEST_PATH: usize = 512;

/// One entry of a tree: the steps to it, whether it is an element of a set there, and the value.
#[derive(Clone, Copy)]
struct Entry {
    path: Value,
    is_element: bool,
    value: Value,
}

/// An object of objects, of paths, kinds of ends and values in turn.
pub fn tree(stores: &mut Stores, parts: &[Value]) -> Result<Value, Stop> {
    let mut entries: Vec<Entry> = parts
        .as_chunks::<3>()
        .0
        .iter()
        .map(|[path, is_element, value]| Entry { path: *path, is_element: is_element.holds(), value: *value })
        .collect();
    sort_by(&mut entries, |a, b| stores.compare(a.path, b.path));
    subtree(stores, &entries, 0)
}

fn step(stores: &Stores, entry: &Entry, level: usize) -> Option<Value> {
    match entry.path.kind() {
        Kind::Array(steps) => stores.items(steps).get(level).copied(),
        _ => None,
    }
}

/// What entries make that have the same steps above this level.
fn subtree(stores: &mut Stores, entries: &[Entry], level: usize) -> Result<Value, Stop> {
    // INVARIANT (depth): no path is longer than that of a rule with its head; code that was not compiled here may say otherwise.
    if level > LONGEST_PATH {
        return Err(Stop::internal("a path is longer than that of a rule can be"));
    }
    let ends = entries.iter().take_while(|entry| step(stores, entry, level).is_none()).count();
    let (here, below) = entries.split_at(ends);
    if let Some(first) = here.first() {
        if !below.is_empty() {
            return Err(Stop::conflict("object keys must be unique"));
        }
        if here.iter().all(|entry| entry.is_element) {
            let mut elements: Vec<Value> = here.iter().map(|entry| entry.value).collect();
            return Ok(stores.make_set(Space::Heap, &mut elements)?);
        }
        let is_one = here.iter().all(|entry| !entry.is_element && stores.equals(entry.value, first.value));
        return if is_one { Ok(first.value) } else { Err(Stop::conflict("object keys must be unique")) };
    }
    let mut pairs = Vec::new();
    let mut rest = below;
    while let Some(key) = rest.first().and_then(|first| step(stores, first, level)) {
        let same =
            rest.iter().take_while(|entry| step(stores, entry, level).is_some_and(|own| stores.equals(own, key)));
        let (own, others) = rest.split_at(same.count());
        pairs.push([key, subtree(stores, own, level + 1)?]);
        rest = others;
    }
    Ok(stores.make_object(Space::Heap, &mut pairs)?)
}

/// The parts of both documents; where both have one that is no object, that of `over`.
pub fn merged(stores: &mut Stores, under: Value, over: Value, levels: u64) -> Result<Value, Stop> {
    let (Kind::Object(a), Kind::Object(b)) = (under.kind(), over.kind()) else {
        return Ok(if over.is_defined() { over } else { under });
    };
    if a.len == 0 || b.len == 0 {
        return Ok(if a.len == 0 { over } else { under });
    }
    if levels == 0 {
        return Err(Stop::Limit("data_nesting"));
    }
    let mut pairs = stores.pairs(a).to_vec();
    for [key, value] in stores.pairs(b).to_vec() {
        let before = stores.get(under, key);
        pairs.push([key, merged(stores, before, value, levels - 1)?]);
    }
    Ok(stores.make_object(Space::Heap, &mut pairs)?)
}
