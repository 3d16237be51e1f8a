//! Comparisons, which Go makes between values of one family only.

use super::super::{Context, Failure};
use super::items::{Family, Item};

/// Whether two items are equal, or why nobody can say.
pub fn are_equal(context: &mut Context<'_>, a: &Item, b: &Item) -> Result<Result<bool, String>, Failure> {
    let families = (a.family(), b.family());
    Ok(match families {
        (Family::Nothing, Family::Nothing) => Ok(true),
        (Family::Nothing, _) | (_, Family::Nothing) => Ok(false),
        (Family::Collection, Family::Collection) => Err(format!("non-comparable type {}", b.type_name())),
        (of_a, of_b) if of_a != of_b => Err("incompatible types for comparison".to_owned()),
        (Family::Text, _) => Ok(a.as_text(context)? == b.as_text(context)?),
        (Family::Boolean, _) => Ok(a.as_bool() == b.as_bool()),
        _ => Ok(match (a, b) {
            (Item::Integer(a), Item::Integer(b)) => a == b,
            (Item::Float(a), Item::Float(b)) => a == b,
            _ => false,
        }),
    })
}

/// Whether one item is less than another, or why nobody can say.
pub fn is_less(context: &mut Context<'_>, a: &Item, b: &Item) -> Result<Result<bool, String>, Failure> {
    let families = (a.family(), b.family());
    let has_no_order = |family| matches!(family, Family::Nothing | Family::Collection);
    Ok(match families {
        (of_a, of_b) if has_no_order(of_a) || has_no_order(of_b) => Err("invalid type for comparison".to_owned()),
        (of_a, of_b) if of_a != of_b => Err("incompatible types for comparison".to_owned()),
        (Family::Boolean, _) => Err("invalid type for comparison".to_owned()),
        (Family::Text, _) => Ok(a.as_text(context)? < b.as_text(context)?),
        _ => Ok(match (a, b) {
            (Item::Integer(a), Item::Integer(b)) => a < b,
            (Item::Float(a), Item::Float(b)) => a < b,
            _ => false,
        }),
    })
}
