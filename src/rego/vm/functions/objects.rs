//! Objects.

use super::operands::{array, object, wrong_element, wrong_type};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Slice, Space, UNITS_OF_WORD, Value, sort_by};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "object.get" => Function::Three(get),
        "object.keys" => Function::One(keys),
        "object.remove" => Function::Two(|context, of, keys| with_keys(context, of, keys, false)),
        "object.filter" => Function::Two(|context, of, keys| with_keys(context, of, keys, true)),
        "object.union" => Function::Two(union),
        "object.union_n" => Function::One(union_n),
        _ => return None,
    })
}

/// What stands under a key, or at the end of a path of keys.
fn get(context: &mut Context<'_>, of: Value, path: Value, default: Value) -> Answer {
    object(of, 1)?;
    let Kind::Array(keys) = path.kind() else {
        let found = context.stores.get(of, path);
        return Ok(if found.is_defined() { found } else { default });
    };
    context.charge(u64::from(keys.len))?;
    let mut found = of;
    for key in context.stores.items(keys) {
        found = context.stores.get(found, *key);
        if !found.is_defined() {
            return Ok(default);
        }
    }
    Ok(found)
}

fn keys(context: &mut Context<'_>, of: Value) -> Answer {
    let pairs = object(of, 1)?;
    context.charge(u64::from(pairs.len))?;
    let mut keys: Vec<Value> = context.stores.pairs(pairs).iter().map(|[key, _]| *key).collect();
    Ok(context.stores.make_set(Space::Heap, &mut keys)?)
}

/// The pairs whose key is among others, or is not.
fn with_keys(context: &mut Context<'_>, of: Value, among: Value, keeps: bool) -> Answer {
    let pairs = object(of, 1)?;
    context.charge(u64::from(pairs.len))?;
    let among = match among.kind() {
        Kind::Object(_) | Kind::Set(_) => among,
        Kind::Array(items) => {
            context.charge(u64::from(items.len))?;
            let mut keys = context.stores.items(items).to_vec();
            context.stores.make_set(Space::Heap, &mut keys)?
        }
        _ => return Err(wrong_type(2, among, &["object", "set", "array"])),
    };
    let stores = &*context.stores;
    let is_kept = |[key, _]: &&[Value; 2]| stores.get(among, *key).is_defined() == keeps;
    let mut kept: Vec<[Value; 2]> = stores.pairs(pairs).iter().filter(is_kept).copied().collect();
    Ok(context.stores.make_object(Space::Heap, &mut kept)?)
}

fn union(context: &mut Context<'_>, under: Value, over: Value) -> Answer {
    let objects = [object(under, 1)?, object(over, 2)?];
    // Most unions are with what is the same, or empty.
    match objects {
        [_, Slice { len: 0, .. }] => Ok(under),
        [Slice { len: 0, .. }, _] => Ok(over),
        _ if under == over => Ok(under),
        _ => united(context, &objects),
    }
}

fn union_n(context: &mut Context<'_>, of: Value) -> Answer {
    let objects = array(of, 1)?;
    context.charge(u64::from(objects.len))?;
    let of_object = |item: &Value| object(*item, 1).map_err(|_| wrong_element(1, of, *item, &["object"]));
    let objects = context.stores.items(objects).iter().map(of_object).collect::<Result<Vec<_>, _>>()?;
    united(context, &objects)
}

/// A union of which some keys are done.
struct Open {
    /// The pairs of all objects in the order of their keys, those of one key in the order of the objects.
    pairs: Vec<[Value; 2]>,
    next: usize,
    made: Vec<[Value; 2]>,
}

impl Open {
    fn of(context: &mut Context<'_>, objects: &[Slice]) -> Result<Self, Failure> {
        let count: u64 = objects.iter().map(|pairs| u64::from(pairs.len)).sum();
        // Each pair is compared with a few of those of the other objects.
        let comparisons = 1 + u64::from(objects.len().max(1).ilog2()) / 2;
        context.charge(count.saturating_mul(comparisons).saturating_add(objects.len() as u64))?;
        context.room(count.saturating_mul(2 * UNITS_OF_WORD))?;
        let stores = &*context.stores;
        let mut pairs: Vec<[Value; 2]> = objects.iter().flat_map(|pairs| stores.pairs(*pairs)).copied().collect();
        sort_by(&mut pairs, |[a, _], [b, _]| stores.compare(*a, *b));
        Ok(Self { pairs, next: 0, made: Vec::new() })
    }
}

/// The union of objects. Of the values under one key the last stays, united with those before it as far as all of them
/// are objects.
fn united(context: &mut Context<'_>, objects: &[Slice]) -> Answer {
    // INVARIANT (depth): what is being united stands in a list, and nothing recurses.
    let mut open = vec![Open::of(context, objects)?];
    loop {
        let Some(top) = open.last_mut() else { return Ok(Value::UNDEFINED) };
        let rest = top.pairs.get(top.next..).unwrap_or_default();
        let Some(&[key, _]) = rest.first() else {
            let object = context.stores.make_object(Space::Heap, &mut top.made)?;
            open.pop();
            let Some(below) = open.last_mut() else { return Ok(object) };
            // Its key was put there when it was opened.
            if let Some([_, value]) = below.made.last_mut() {
                *value = object;
            }
            continue;
        };
        let same = rest.iter().take_while(|[other, _]| context.stores.equals(*other, key)).count();
        let values = rest.get(..same).unwrap_or_default();
        let last = values.last().map_or(Value::UNDEFINED, |[_, value]| *value);
        let inner = values.iter().rev().map_while(|[_, value]| match value.kind() {
            Kind::Object(pairs) => Some(pairs),
            _ => None,
        });
        let mut inner: Vec<Slice> = inner.collect();
        inner.reverse();
        inner.dedup();
        top.next += same;
        top.made.push([key, last]);
        if inner.len() > 1 {
            let inner = Open::of(context, &inner)?;
            open.push(inner);
        }
    }
}
