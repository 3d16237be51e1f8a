//! What may be asked of a chain of certificates.

use super::chain::Options;
use super::uses::{self, Uses};
use crate::rego::value::{Kind, Slice, Value};
use crate::rego::vm::functions::integers::small;
use crate::rego::vm::functions::operands::string;
use crate::rego::vm::functions::{Context, Failure};

/// What the pairs of an object ask.
///
/// # Errors
/// It asks for something that is not known.
pub fn read(context: &mut Context<'_>, pairs: Slice) -> Result<Options, Failure> {
    context.charge(u64::from(pairs.len))?;
    let pairs = context.stores.pairs(pairs).to_vec();
    let mut options = Options::default();
    for [key, value] in pairs {
        // Keys that are no texts are passed over, as in OPA.
        let Some(name) = context.stores.as_str(key).map(ToOwned::to_owned) else { continue };
        match name.as_str() {
            "DNSName" => {
                if context.stores.as_str(value).is_none() {
                    return Err(Failure::of_builtin("'DNSName' should be a string"));
                }
                string(context, value, 2)?.trim_matches('"').clone_into(&mut options.host);
            }
            "CurrentTime" => options.now_ns = Some(number(context, value, "CurrentTime", "int64 number")?),
            "MaxConstraintComparisons" => {
                options.most_comparisons = number(context, value, "MaxConstraintComparisons", "number")?;
            }
            "KeyUsages" => options.uses = uses(context, value)?,
            _ => return Err(Failure::of_builtin("invalid key option")),
        }
    }
    Ok(options)
}

fn number(context: &Context<'_>, value: Value, name: &str, valid: &str) -> Result<i64, Failure> {
    if !matches!(value.kind(), Kind::Integer(_) | Kind::Number(_)) {
        return Err(Failure::of_builtin(format!("'{name}' should be a number")));
    }
    small(context.stores, value).ok_or_else(|| Failure::of_builtin(format!("'{name}' should be a valid {valid}")))
}

fn uses(context: &mut Context<'_>, value: Value) -> Result<Uses, Failure> {
    let (Kind::Array(items) | Kind::Set(items)) = value.kind() else {
        return Err(Failure::of_builtin("'KeyUsages' should be an Array or Set"));
    };
    context.charge(4 * u64::from(items.len))?;
    context.room(64 * u64::from(items.len))?;
    let (mut uses, mut unknown) = (Uses::default(), Vec::new());
    for item in context.stores.items(items) {
        let Some(name) = context.stores.as_str(*item) else { continue };
        let name = name.trim_matches('"');
        match uses::NAMES.iter().position(|known| *known == name) {
            Some(number) => uses.add(number),
            None => unknown.push(name),
        }
    }
    if unknown.is_empty() {
        return Ok(uses);
    }
    let shown: Vec<String> = unknown.iter().take(16).map(|name| name.chars().take(64).collect()).collect();
    Err(Failure::of_builtin(format!("invalid entries for 'KeyUsages' found: [{}]", shown.join(" "))))
}
