//! Whether a value is of a type that was declared for it.

use super::machine::Stop;
use crate::rego::analysis::types::{Key, Object, Type};
use crate::rego::value::{Kind, Stores, Value};
use std::cmp::Ordering;

/// Whether a value that JSON can say is of a type. `charge` takes a step for each part that is looked at: unions have each of their members
/// look at it.
///
/// # Errors
/// That of `charge`.
pub fn is_of(
    stores: &Stores,
    value: Value,
    kind: &Type,
    charge: &mut impl FnMut() -> Result<(), Stop>,
) -> Result<bool, Stop> {
    charge()?;
    Ok(match (kind, value.kind()) {
        (Type::Any, _)
        | (Type::Null, Kind::Null)
        | (Type::Boolean, Kind::Boolean(_))
        | (Type::Number, Kind::Integer(_) | Kind::Number(_))
        | (Type::String, Kind::String(_)) => true,
        (Type::Array(array), Kind::Array(items)) => {
            let items = stores.items(items);
            if items.len() < array.items.len() || (array.rest.is_none() && items.len() > array.items.len()) {
                return Ok(false);
            }
            let kinds = array.items.iter().chain(std::iter::repeat(array.rest.as_ref()).map_while(|rest| rest));
            all(items.iter().zip(kinds), |(item, kind)| is_of(stores, *item, kind, charge))?
        }
        (Type::Object(object), Kind::Object(pairs)) => {
            let pairs = stores.pairs(pairs);
            if pairs.len() < object.fields.len() {
                return Ok(false);
            }
            let mut declared = 0;
            let are_of = all(pairs.iter(), |[key, value]| match (field(stores, object, *key), &object.rest) {
                (Some(kind), _) => {
                    declared += 1;
                    is_of(stores, *value, kind, charge)
                }
                (None, Some((keys, values))) => {
                    Ok(is_of(stores, *key, keys, charge)? && is_of(stores, *value, values, charge)?)
                }
                (None, None) => Ok(false),
            })?;
            are_of && declared == object.fields.len()
        }
        (Type::Union(union), _) => !all(union.members.iter(), |kind| Ok(!is_of(stores, value, kind, charge)?))?,
        _ => false,
    })
}

/// The type that is declared for what stands under a key. Declared fields stand in the order of their keys.
fn field<'t>(stores: &Stores, object: &'t Object, key: Value) -> Option<&'t Type> {
    let name = stores.as_str(key)?;
    let found = object.fields.binary_search_by(|(own, _)| match own {
        Key::Null | Key::Boolean(_) | Key::Number(_) => Ordering::Less,
        Key::String(own) => (**own).cmp(name),
        Key::Array(_) | Key::Object(_) => Ordering::Greater,
    });
    found.ok().and_then(|at| object.fields.get(at)).map(|(_, kind)| kind)
}

/// Whether all are so, as far as it has to be looked.
fn all<T>(items: impl Iterator<Item = T>, mut is_so: impl FnMut(T) -> Result<bool, Stop>) -> Result<bool, Stop> {
    for item in items {
        if !is_so(item)? {
            return Ok(false);
        }
    }
    Ok(true)
}
