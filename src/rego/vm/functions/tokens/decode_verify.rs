//! `io.jwt.decode_verify`: whether a token is all that is asked, and what it says if it is.

use super::compact::{Compact, object_of_text};
use super::constraints::Constraints;
use super::header::Header;
use crate::rego::value::{Kind, Space, Value};
use crate::rego::vm::functions::operands::{member, string};
use crate::rego::vm::functions::texts::steps_of;
use crate::rego::vm::functions::{Answer, Context, Failure};
use std::cmp::Ordering;

/// Whether all holds that is asked of a token, then its header and payload, both empty where it does not. `verifies` is given the header
/// of a token, what is signed and the signature: of each token that lies in another.
pub fn decoded_where(
    context: &mut Context<'_>,
    token: Value,
    constraints: &Constraints,
    verifies: impl FnMut(&mut Context<'_>, &Header, &[u8], &[u8]) -> Result<bool, Failure>,
) -> Answer {
    let text = string(context, token, 1)?;
    let Some((header, payload)) = opened(context, text, constraints, verifies)? else { return unverified(context) };
    if !is_as_asked(context, constraints, payload)? {
        return unverified(context);
    }
    Ok(context.stores.make_array(Space::Heap, &[Value::TRUE, header, payload])?)
}

fn unverified(context: &mut Context<'_>) -> Answer {
    let empty = context.stores.make_object(Space::Heap, &mut Vec::new())?;
    Ok(context.stores.make_array(Space::Heap, &[Value::FALSE, empty, empty])?)
}

/// Header and payload of the innermost token, where each around it verifies.
fn opened(
    context: &mut Context<'_>,
    mut text: String,
    constraints: &Constraints,
    mut verifies: impl FnMut(&mut Context<'_>, &Header, &[u8], &[u8]) -> Result<bool, Failure>,
) -> Result<Option<(Value, Value)>, Failure> {
    loop {
        let token = Compact::of_text(context, &text)?;
        let object = token.header(context)?;
        let header = Header::of_object(context, object)?;
        if !is_wanted(&header, constraints) {
            return Ok(None);
        }
        let signature = token.signature(context)?;
        if !verifies(context, &header, token.signed().as_bytes(), &signature)? {
            return Ok(None);
        }
        let payload = token.payload(context)?;
        if !header.cty.eq_ignore_ascii_case("JWT") {
            let payload = object_of_text(context, &payload)?;
            return Ok(Some((object, payload)));
        }
        // A token in a token is shorter than that, so that this ends.
        text = payload;
    }
}

/// Whether a header is one of a token that may be looked at.
fn is_wanted(header: &Header, constraints: &Constraints) -> bool {
    header.is_valid() && (constraints.alg.is_empty() || constraints.alg == header.alg)
}

/// Whether a payload is from whom, for whom and in the time that is asked.
fn is_as_asked(context: &mut Context<'_>, constraints: &Constraints, payload: Value) -> Result<bool, Failure> {
    if !constraints.iss.is_empty() {
        let issuer = member(context, payload, "iss")?;
        if context.stores.as_str(issuer) != Some(constraints.iss.as_str()) {
            return Ok(false);
        }
    }
    let audience = member(context, payload, "aud")?;
    let is_for = match audience.kind() {
        Kind::Undefined => constraints.aud.is_empty(),
        Kind::String(_) => context.stores.as_str(audience) == Some(constraints.aud.as_str()),
        Kind::Array(items) => {
            context.charge(u64::from(items.len) + steps_of(constraints.aud.len() as u64))?;
            let mut items = context.stores.items(items).iter();
            items.any(|item| context.stores.as_str(*item) == Some(constraints.aud.as_str()))
        }
        _ => false,
    };
    if !is_for {
        return Ok(false);
    }
    let is_before = compare_with_now(context, constraints, payload, "exp")?.is_none_or(Ordering::is_lt);
    if !is_before {
        return Ok(false);
    }
    Ok(compare_with_now(context, constraints, payload, "nbf")?.is_none_or(Ordering::is_ge))
}

/// Whether now is before, at or after a moment of the payload; nothing where it does not have that moment.
fn compare_with_now(
    context: &mut Context<'_>,
    constraints: &Constraints,
    payload: Value,
    name: &str,
) -> Result<Option<Ordering>, Failure> {
    let moment = member(context, payload, name)?;
    match moment.kind() {
        Kind::Undefined => Ok(None),
        Kind::Integer(_) | Kind::Number(_) => {
            let now = constraints.seconds(context)?;
            Ok(Some(context.stores.compare(now, moment)))
        }
        _ => Err(Failure::of_builtin(format!("{name} value must be a number"))),
    }
}
