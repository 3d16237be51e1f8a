//! `io.jwt.encode_sign*`: tokens that are made.
//!
//! Nothing is by chance: what ECDSA and PSS need of it follows from key and token, so that a decision can be replayed, and no seed says
//! anything of a key.

use super::signatures::{Algorithm, hash_of};
use crate::rego::value::{Kind, Space, Value};
use crate::rego::vm::functions::encodings::encoded_url;
use crate::rego::vm::functions::hashes::charge_hash;
use crate::rego::vm::functions::json_texts::{is_json, value_of};
use crate::rego::vm::functions::json_writer::Writer;
use crate::rego::vm::functions::keys::PrivateKey;
use crate::rego::vm::functions::keys::jwk::{JsonWebKey, Material, keys_of_text, keys_of_value};
use crate::rego::vm::functions::keys::rsa::Padding;
use crate::rego::vm::functions::operands::{member, string, type_name};
use crate::rego::vm::functions::texts::{Draft, steps_of};
use crate::rego::vm::functions::{Answer, Context, Failure};

/// Signs a token of values.
pub fn encode_sign(context: &mut Context<'_>, headers: Value, payload: Value, key: Value) -> Answer {
    let headers = written(context, headers)?;
    let payload = written(context, payload)?;
    let keys = keys_of_value(context, key)?;
    signed(context, &headers, &payload, &keys)
}

/// Signs a token of JSON texts as they are.
pub fn encode_sign_raw(context: &mut Context<'_>, headers: Value, payload: Value, key: Value) -> Answer {
    let key = string(context, key, 3)?;
    let headers = string(context, headers, 1)?;
    let payload = string(context, payload, 2)?;
    let keys = keys_of_text(context, &key)?;
    signed(context, &headers, &payload, &keys)
}

fn written(context: &mut Context<'_>, value: Value) -> Result<String, Failure> {
    Draft::write(context, |context, draft| Writer::new(context.stores, draft, None).write(value))
}

fn signed(context: &mut Context<'_>, headers: &str, payload: &str, keys: &[JsonWebKey]) -> Answer {
    let key = keys.first().ok_or_else(|| Failure::of_builtin("no keys found in JWK set"))?;
    let name = match header(context, headers, "alg")? {
        Ok(name) => name,
        Err(why) => return Err(Failure::of_builtin(format!("missing or invalid 'alg' header: {why}"))),
    };
    let algorithm = Algorithm::named(&name);
    let algorithm = algorithm.ok_or_else(|| Failure::of_builtin(format!("unknown JWS algorithm: {name}")))?;
    let is_token = header(context, headers, "typ")?.map_or(true, |typ| typ == "JWT");
    if is_token && !is_json(context, payload)? {
        return Err(Failure::of_builtin("type is JWT but payload is not JSON"));
    }
    let bytes = 2 + 4 * (headers.len() as u64 + payload.len() as u64);
    context.room(bytes)?;
    context.charge(steps_of(bytes))?;
    let mut token = format!("{}.{}", encoded_url(headers.as_bytes()), encoded_url(payload.as_bytes()));
    let signature = signature(context, algorithm, &name, &key.material, token.as_bytes())?;
    token.push('.');
    token.push_str(&encoded_url(&signature));
    Ok(context.stores.make_string(Space::Heap, &token)?)
}

/// A member of a header that is a text, or why there is none.
fn header(context: &mut Context<'_>, headers: &str, name: &str) -> Result<Result<String, String>, Failure> {
    let missing = || Ok(Err(format!("jwsbb: header \"{name}\" not found")));
    let headers = match value_of(context, headers) {
        Ok(headers) => headers,
        Err(Failure::Wrong { .. }) => return missing(),
        Err(stop) => return Err(stop),
    };
    let value = member(context, headers, name)?;
    match value.kind() {
        Kind::Undefined => missing(),
        Kind::String(_) => string(context, value, 1).map(Ok),
        _ => Ok(Err(format!("value doesn't contain string; it contains {}", type_name(value)))),
    }
}

fn signature(
    context: &mut Context<'_>,
    algorithm: Algorithm,
    name: &str,
    key: &Material,
    signed: &[u8],
) -> Result<Vec<u8>, Failure> {
    match (algorithm, key) {
        (Algorithm::Hmac(hash), Material::Secret(secret)) => {
            if secret.is_empty() {
                return Err(Failure::of_builtin("jwsbb.Sign: missing key while signing payload"));
            }
            charge_hash(context, secret.len() + signed.len())?;
            hash.mac(secret, signed)
        }
        (Algorithm::RsaPkcs1(hash), Material::Private(PrivateKey::Rsa(key), _)) => {
            let digest = hash_of(context, hash, signed)?;
            key.sign(context, Padding::Pkcs1, hash, &digest)
        }
        (Algorithm::RsaPss(hash), Material::Private(PrivateKey::Rsa(key), _)) => {
            let digest = hash_of(context, hash, signed)?;
            key.sign(context, Padding::Pss { any_salt: false }, hash, &digest)
        }
        (Algorithm::Ecdsa(hash), Material::Private(PrivateKey::Ec(key), _)) => {
            let digest = hash_of(context, hash, signed)?;
            key.sign(context, hash, &digest)
        }
        (Algorithm::EdDsa, Material::Private(PrivateKey::Ed25519(key), _)) => key.sign(context, signed),
        _ => {
            Err(Failure::of_builtin(format!("jwsbb.Sign: the key is of another kind than those that sign with {name}")))
        }
    }
}
