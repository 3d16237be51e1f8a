//! `io.jwt.*`: JSON web tokens.

mod compact;
mod constraints;
mod decode_verify;
#[cfg(not(feature = "signatures"))]
mod delegated;
mod header;
#[cfg(feature = "signatures")]
mod signatures;
#[cfg(feature = "signatures")]
mod signing;
mod trusted;

use super::encodings::digits;
use super::hashes::{Hash, charge_hash, is_same_code};
use super::json_texts::value_of;
use super::operands::{member, string, type_name};
use super::texts::steps_of;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Kind, Space, Value};
use compact::{Compact, object_of_text};
#[cfg(not(feature = "signatures"))]
pub use delegated::find as find_asked;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "io.jwt.decode" => Function::One(decode),
        "io.jwt.verify_hs256" => Function::Two(|context, token, secret| verify(context, token, secret, Hash::Sha256)),
        "io.jwt.verify_hs384" => Function::Two(|context, token, secret| verify(context, token, secret, Hash::Sha384)),
        "io.jwt.verify_hs512" => Function::Two(|context, token, secret| verify(context, token, secret, Hash::Sha512)),
        #[cfg(feature = "signatures")]
        name => return signatures::find(name),
        #[cfg(not(feature = "signatures"))]
        _ => return None,
    })
}

/// Header, payload and signature of a token that nobody has checked.
fn decode(context: &mut Context<'_>, token: Value) -> Answer {
    let mut text = string(context, token, 1)?;
    loop {
        let token = Compact::of_text(context, &text)?;
        let header = token.header(context)?;
        let payload = token.payload(context)?;
        let content_type = member(context, header, "cty")?;
        let is_nested = match content_type.kind() {
            Kind::Undefined => false,
            Kind::String(name) => context.stores.text(name) == "JWT",
            _ => return Err(Failure::of_builtin(format!("cty: must be a string, and is {}", type_name(content_type)))),
        };
        if is_nested {
            // A token in a token is shorter than that, so that this ends.
            text = payload.trim_matches(['"', '\'']).to_owned();
            continue;
        }
        let payload = object_of_text(context, &payload)?;
        let signature = token.signature(context);
        let signature = signature.map_err(|failure| failure.behind("JWT signature had invalid encoding"))?;
        context.room(2 * signature.len() as u64)?;
        context.charge(steps_of(2 * signature.len() as u64))?;
        let signature = context.stores.make_string(Space::Heap, &digits(&signature))?;
        return Ok(context.stores.make_array(Space::Heap, &[header, payload, signature])?);
    }
}

/// Whether a token was signed with a secret. Its header is not looked at, as in OPA: hash and secret are those of the call.
fn verify(context: &mut Context<'_>, token: Value, secret: Value, hash: Hash) -> Answer {
    let (token, secret) = (string(context, token, 1)?, string(context, secret, 2)?);
    let token = Compact::of_text(context, &token)?;
    check_secret(context, &secret)?;
    if secret.is_empty() {
        return Err(Failure::of_builtin("the secret is empty"));
    }
    let signed = token.signed();
    charge_hash(context, signed.len() + secret.len())?;
    let code = hash.mac(secret.as_bytes(), signed.as_bytes())?;
    let signature = token.signature(context)?;
    Ok(Value::boolean(is_same_code(&signature, &code)))
}

/// Refuses what everybody may know as a secret: what says anywhere that it is a public key or a certificate, and JSON web keys, unless it is
/// one that is a secret. OPA does not: whoever mixes up the two lets everybody sign.
fn check_secret(context: &mut Context<'_>, secret: &str) -> Result<(), Failure> {
    context.charge(steps_of(2 * secret.len() as u64))?;
    let is_public = |label: &str| {
        let line = label.split(['\r', '\n']).next().unwrap_or(label);
        line.contains("CERTIFICATE") || line.contains("PUBLIC KEY")
    };
    if secret.split("-----BEGIN ").skip(1).any(is_public) {
        return Err(Failure::of_builtin("the secret is a public key or a certificate"));
    }
    if is_other_web_key(context, secret)? {
        return Err(Failure::of_builtin("the secret is a JSON web key of another kind, or a set of keys"));
    }
    Ok(())
}

/// Whether a text is a JSON web key that is no secret, or a set of keys.
fn is_other_web_key(context: &mut Context<'_>, text: &str) -> Result<bool, Failure> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('{') {
        return Ok(false);
    }
    let value = match value_of(context, text) {
        Ok(value) => value,
        Err(Failure::Wrong { .. }) => return Ok(false),
        Err(stop) => return Err(stop),
    };
    let (kind, keys) = (member(context, value, "kty")?, member(context, value, "keys")?);
    Ok(keys != Value::UNDEFINED || kind != Value::UNDEFINED && context.stores.as_str(kind) != Some("oct"))
}

/// The hash of an algorithm that signs with a secret.
fn hmac_of(algorithm: &str) -> Option<Hash> {
    Some(match algorithm {
        "HS256" => Hash::Sha256,
        "HS384" => Hash::Sha384,
        "HS512" => Hash::Sha512,
        _ => return None,
    })
}

/// Whether a secret verifies a signature: an empty one verifies nothing.
///
/// # Errors
/// The secret is one that everybody may know, or there are not enough steps.
fn verifies_with_mac(
    context: &mut Context<'_>,
    hash: Hash,
    secret: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<bool, Failure> {
    if let Ok(secret) = std::str::from_utf8(secret) {
        check_secret(context, secret)?;
    }
    if secret.is_empty() {
        return Ok(false);
    }
    charge_hash(context, secret.len() + signed.len())?;
    Ok(is_same_code(&hash.mac(secret, signed)?, signature))
}
