//! `object.subset`: whether one value is a part of another.

use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Slice, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "object.subset").then_some(Function::Two(subset))
}

fn subset(context: &mut Context<'_>, all: Value, some: Value) -> Answer {
    let is_part = match (all.kind(), some.kind()) {
        (Kind::Object(all), Kind::Object(some)) => has_object(context, all, some)?,
        (Kind::Set(_), Kind::Set(some)) => has_elements(context, all, some)?,
        (Kind::Array(all), Kind::Array(some)) => has_row(context, all, some)?,
        (Kind::Array(all), Kind::Set(some)) => has_items(context, all, some)?,
        _ => {
            let message = "both arguments object.subset must be of the same type or array and set";
            return Err(Failure::of_type(message));
        }
    };
    Ok(Value::boolean(is_part))
}

/// Whether each key of an object is in another, with a value that is equal, or in what the other has there.
fn has_object(context: &mut Context<'_>, all: Slice, some: Slice) -> Result<bool, Failure> {
    // INVARIANT (depth): the objects that are not looked at yet stand in a list, and nothing recurses.
    let mut open = vec![(all, some)];
    while let Some((all, some)) = open.pop() {
        context.charge(u64::from(some.len))?;
        for at in 0..some.len as usize {
            let Some(&[key, value]) = context.stores.pairs(some).get(at) else { continue };
            let pairs = context.stores.pairs(all);
            let found = pairs.binary_search_by(|[own, _]| context.stores.compare(*own, key)).ok();
            let Some(&[_, other]) = found.and_then(|at| pairs.get(at)) else { return Ok(false) };
            let is_part = match (other.kind(), value.kind()) {
                (Kind::Object(all), Kind::Object(some)) => {
                    if all != some {
                        open.push((all, some));
                    }
                    true
                }
                (Kind::Set(_), Kind::Set(some)) => has_elements(context, other, some)?,
                (Kind::Array(all), Kind::Array(some)) => has_row(context, all, some)?,
                _ => context.stores.equals(other, value),
            };
            if !is_part {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn has_elements(context: &mut Context<'_>, all: Value, some: Slice) -> Result<bool, Failure> {
    context.charge(u64::from(some.len))?;
    let stores = &*context.stores;
    Ok(stores.items(some).iter().all(|element| stores.get(all, *element).is_defined()))
}

/// Whether the items of an array stand in another, one behind the other.
fn has_row(context: &mut Context<'_>, all: Slice, some: Slice) -> Result<bool, Failure> {
    let Some(places) = all.len.checked_sub(some.len) else { return Ok(false) };
    for place in 0..=places as usize {
        let (all, some) = (context.stores.items(all), context.stores.items(some));
        let row = all.get(place..).unwrap_or_default().iter().zip(some);
        let equal = row.take_while(|(item, wanted)| context.stores.equals(**item, **wanted)).count();
        let is_here = equal == some.len();
        context.charge(1 + equal as u64)?;
        if is_here {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether each element of a set is an item of an array.
fn has_items(context: &mut Context<'_>, all: Slice, some: Slice) -> Result<bool, Failure> {
    context.charge(u64::from(all.len) + u64::from(some.len))?;
    let stores = &*context.stores;
    let elements = stores.items(some);
    let mut is_found = vec![false; elements.len()];
    for item in stores.items(all) {
        let at = elements.binary_search_by(|element| stores.compare(*element, *item)).ok();
        if let Some(is_found) = at.and_then(|at| is_found.get_mut(at)) {
            *is_found = true;
        }
    }
    Ok(is_found.into_iter().all(|is_found| is_found))
}
