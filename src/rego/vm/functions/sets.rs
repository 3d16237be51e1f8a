//! Sets, and what is in what.

use super::operands::{set, wrong_type};
use super::{Answer, Context, Failure, Function, take_steps};
use crate::rego::value::{Kind, Slice, Space, Stores, UNITS_OF_WORD, Value};
use std::cmp::Ordering;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "count" => Function::One(count),
        "and" => Function::Two(|context, a, b| {
            both(context, a, b, |stores, a, b| {
                a.iter().copied().filter(|&element| stores.get(b, element).is_defined()).collect()
            })
        }),
        "or" => Function::Two(|context, a, b| {
            both(context, a, b, |stores, a, b| match b.kind() {
                Kind::Set(b) => a.iter().chain(stores.items(b)).copied().collect(),
                _ => Vec::new(),
            })
        }),
        "set_diff" => Function::Two(difference),
        "union" => Function::One(union),
        "intersection" => Function::One(intersection),
        "internal.member_2" => Function::Two(member_2),
        "internal.member_3" => Function::Three(member_3),
        "equal" => Function::Two(|context, a, b| compare(context, a, b, Ordering::is_eq)),
        "neq" => Function::Two(|context, a, b| compare(context, a, b, Ordering::is_ne)),
        "lt" => Function::Two(|context, a, b| compare(context, a, b, Ordering::is_lt)),
        "lte" => Function::Two(|context, a, b| compare(context, a, b, Ordering::is_le)),
        "gt" => Function::Two(|context, a, b| compare(context, a, b, Ordering::is_gt)),
        "gte" => Function::Two(|context, a, b| compare(context, a, b, Ordering::is_ge)),
        _ => return None,
    })
}

fn compare(context: &mut Context<'_>, left: Value, right: Value, holds: fn(Ordering) -> bool) -> Answer {
    Ok(Value::boolean(holds(context.stores.compare(left, right))))
}

fn count(context: &mut Context<'_>, of: Value) -> Answer {
    if let Some(count) = context.stores.len(of) {
        return Ok(Value::count(count as usize));
    }
    match of.kind() {
        Kind::String(text) => {
            /// Bytes whose characters are counted in the time of one step.
            const COUNTED_A_STEP: u32 = 256;
            context.charge(u64::from(text.len / COUNTED_A_STEP))?;
            Ok(Value::count(context.stores.text(text).chars().count()))
        }
        _ => Err(wrong_type(1, of, &["array", "object", "set", "string"])),
    }
}

/// The elements of the first set that are not in the second.
pub fn difference(context: &mut Context<'_>, left: Value, right: Value) -> Answer {
    both(context, left, right, |stores, a, b| {
        a.iter().copied().filter(|&element| !stores.get(b, element).is_defined()).collect()
    })
}

fn both(
    context: &mut Context<'_>,
    left: Value,
    right: Value,
    make: fn(&Stores, &[Value], Value) -> Vec<Value>,
) -> Answer {
    let (a, b) = (set(left, 1)?, set(right, 2)?);
    context.charge(u64::from(a.len) + u64::from(b.len))?;
    let mut elements = make(context.stores, context.stores.items(a), right);
    Ok(context.stores.make_set(Space::Heap, &mut elements)?)
}

/// The sets that are the elements of a set.
fn sets_of(context: &mut Context<'_>, of: Value) -> Result<Vec<Slice>, Failure> {
    let sets = set(of, 1)?;
    context.charge(u64::from(sets.len))?;
    let sets = context.stores.items(sets).iter().map(|element| set(*element, 1)).collect::<Result<Vec<_>, _>>()?;
    let elements: u64 = sets.iter().map(|set| u64::from(set.len)).sum();
    // Each is compared with a few of those of the other sets.
    context.charge(elements.saturating_mul(1 + u64::from(sets.len().max(1).ilog2()) / 2))?;
    context.room(elements.saturating_mul(UNITS_OF_WORD))?;
    Ok(sets)
}

fn union(context: &mut Context<'_>, of: Value) -> Answer {
    let sets = sets_of(context, of)?;
    let mut elements: Vec<Value> = Vec::new();
    for set in sets {
        elements.extend_from_slice(context.stores.items(set));
    }
    Ok(context.stores.make_set(Space::Heap, &mut elements)?)
}

/// What is in all sets: nothing where there are none.
fn intersection(context: &mut Context<'_>, of: Value) -> Answer {
    let sets = sets_of(context, of)?;
    // The smallest is looked up in the others.
    let smallest = sets.iter().min_by_key(|set| set.len).copied();
    let mut elements = smallest.map_or_else(Vec::new, |set| context.stores.items(set).to_vec());
    for other in sets {
        let stores = &*context.stores;
        let items = stores.items(other);
        elements.retain(|element| items.binary_search_by(|own| stores.compare(*own, *element)).is_ok());
    }
    Ok(context.stores.make_set(Space::Heap, &mut elements)?)
}

fn member_2(context: &mut Context<'_>, value: Value, of: Value) -> Answer {
    let stores = &*context.stores;
    Ok(Value::boolean(match of.kind() {
        Kind::Set(_) => stores.get(of, value).is_defined(),
        Kind::Array(items) => any(context.steps, stores.items(items), |item| stores.equals(*item, value))?,
        Kind::Object(pairs) => any(context.steps, stores.pairs(pairs), |[_, own]| stores.equals(*own, value))?,
        _ => false,
    }))
}

/// Whether some part is one. The parts are charged for a few at a time: most that are looked for are found early.
fn any<T>(steps: &mut u64, parts: &[T], is: impl Fn(&T) -> bool) -> Result<bool, Failure> {
    const PARTS: usize = 64;
    for few in parts.chunks(PARTS) {
        take_steps(steps, few.len() as u64 / 4)?;
        if few.iter().any(&is) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn member_3(context: &mut Context<'_>, key: Value, value: Value, of: Value) -> Answer {
    let found = context.stores.get(of, key);
    Ok(Value::boolean(found.is_defined() && context.stores.equals(found, value)))
}
