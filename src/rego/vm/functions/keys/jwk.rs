//! JSON web keys, and sets of them.

use super::curves::Curve;
use super::{PrivateKey, PublicKey, charge_product, ecdsa, ed25519, rsa};
use crate::rego::value::quotes::quoted;
use crate::rego::value::{Kind, Value};
use crate::rego::vm::functions::encodings::{decoded_url, encoded_url};
use crate::rego::vm::functions::json_texts::value_of;
use crate::rego::vm::functions::operands::{member, type_name};
use crate::rego::vm::functions::texts::steps_of;
use crate::rego::vm::functions::tree::Tree;
use crate::rego::vm::functions::{Context, Failure};
use num_bigint::BigUint;

/// Keys that a set may have.
const MOST_KEYS: u32 = 1_000;

/// A key with what else is said of it.
#[derive(Clone)]
pub struct JsonWebKey {
    /// The key.
    pub material: Material,
    /// The algorithm that it is for; empty where that is not said.
    pub alg: String,
    /// Its name; empty where it has none.
    pub kid: String,
}

/// What a JSON web key holds.
#[derive(Clone)]
pub enum Material {
    /// What verifies.
    Public(PublicKey),
    /// What signs, with what verifies.
    Private(PrivateKey, PublicKey),
    /// Bytes that both sides know.
    Secret(Vec<u8>),
}

/// The keys of a text: one, or a set.
///
/// # Errors
/// It is none.
pub fn keys_of_text(context: &mut Context<'_>, text: &str) -> Result<Vec<JsonWebKey>, Failure> {
    let value = value_of(context, text)?;
    keys_of_value(context, value)
}

/// The keys of a value: one, or a set.
///
/// # Errors
/// It is none.
pub fn keys_of_value(context: &mut Context<'_>, value: Value) -> Result<Vec<JsonWebKey>, Failure> {
    if !matches!(value.kind(), Kind::Object(_)) {
        return Err(Failure::of_builtin(format!(
            "failed to unmarshal JWK set: expected object, but got {}",
            type_name(value)
        )));
    }
    let keys = member(context, value, "keys")?;
    match keys.kind() {
        Kind::Undefined => {
            let key = key_of_value(context, value);
            Ok(vec![key.map_err(|failure| failure.behind("failed to parse sole key in key set"))?])
        }
        Kind::Array(items) if items.len <= MOST_KEYS => {
            let items = context.stores.items(items).to_vec();
            let keys = items.into_iter().enumerate().map(|(at, item)| {
                let key = key_of_value(context, item);
                key.map_err(|failure| failure.behind(&format!("failed to decode key #{at} in \"keys\"")))
            });
            keys.collect()
        }
        Kind::Array(_) => Err(Failure::of_builtin(format!("a JWK set may have {MOST_KEYS} keys"))),
        _ => Err(Failure::of_builtin("failed to decode \"keys\": it is no array")),
    }
}

/// A member that is a text; nothing where there is none.
fn text(context: &mut Context<'_>, object: Value, name: &str) -> Result<Option<String>, Failure> {
    let value = member(context, object, name)?;
    match value.kind() {
        Kind::Undefined | Kind::Null => Ok(None),
        Kind::String(text) => {
            context.charge(steps_of(u64::from(text.len)))?;
            context.room(2 * u64::from(text.len))?;
            Ok(Some(context.stores.text(text).to_owned()))
        }
        _ => Err(Failure::of_builtin(format!("failed to unmarshal JSON into key: \"{name}\" must be a string"))),
    }
}

/// A member that is bytes in base64, of which either alphabet will do; nothing where there is none.
fn bytes(context: &mut Context<'_>, object: Value, name: &str) -> Result<Option<Vec<u8>>, Failure> {
    let Some(text) = text(context, object, name)? else { return Ok(None) };
    let wrong = || Failure::of_builtin(format!("failed to unmarshal JSON into key: \"{name}\" is no base64"));
    let is_plain = text.contains(['+', '/']);
    if is_plain && text.contains(['-', '_']) {
        return Err(wrong());
    }
    let text = if is_plain { text.replace('+', "-").replace('/', "_") } else { text };
    decoded_url(&text).map(Some).map_err(|_| wrong())
}

fn needed(context: &mut Context<'_>, object: Value, name: &str) -> Result<Vec<u8>, Failure> {
    let found = bytes(context, object, name)?;
    found.ok_or_else(|| Failure::of_builtin(format!("required field {name} is missing")))
}

fn needed_number(context: &mut Context<'_>, object: Value, name: &str) -> Result<BigUint, Failure> {
    let bytes = needed(context, object, name)?;
    number(&bytes, name)
}

fn number(bytes: &[u8], name: &str) -> Result<BigUint, Failure> {
    if bytes.len() as u64 * 8 > rsa::MOST_BITS {
        return Err(Failure::of_builtin(format!("\"{name}\" has more than {} bits", rsa::MOST_BITS)));
    }
    Ok(BigUint::from_bytes_be(bytes))
}

fn key_of_value(context: &mut Context<'_>, value: Value) -> Result<JsonWebKey, Failure> {
    let kty = text(context, value, "kty")?.unwrap_or_default();
    let alg = text(context, value, "alg")?.unwrap_or_default();
    let kid = text(context, value, "kid")?.unwrap_or_default();
    let is_private = !matches!(member(context, value, "d")?.kind(), Kind::Undefined | Kind::Null);
    let material = match kty.as_str() {
        "RSA" => rsa_key(context, value, is_private)?,
        "EC" => ec_key(context, value, is_private)?,
        "OKP" => okp_key(context, value, is_private)?,
        "oct" => Material::Secret(needed(context, value, "k")?),
        _ => return Err(Failure::of_builtin(format!("invalid key type from JSON ({kty})"))),
    };
    Ok(JsonWebKey { material, alg, kid })
}

fn rsa_key(context: &mut Context<'_>, value: Value, is_private: bool) -> Result<Material, Failure> {
    let (n, e) = (needed_number(context, value, "n")?, needed_number(context, value, "e")?);
    let public = rsa::PublicKey { n, e };
    if !is_private {
        return Ok(Material::Public(PublicKey::Rsa(public)));
    }
    let d = needed_number(context, value, "d")?;
    let mut primes = Vec::new();
    for name in ["p", "q"] {
        if let Some(bytes) = bytes(context, value, name)? {
            primes.push(number(&bytes, name)?);
        }
    }
    let key = rsa::PrivateKey { public: public.clone(), d, primes };
    Ok(Material::Private(PrivateKey::Rsa(key), PublicKey::Rsa(public)))
}

fn ec_key(context: &mut Context<'_>, value: Value, is_private: bool) -> Result<Material, Failure> {
    let name = text(context, value, "crv")?.unwrap_or_default();
    let curve = [Curve::P256, Curve::P384, Curve::P521].into_iter().find(|curve| curve.name() == name);
    let curve = curve.ok_or_else(|| Failure::of_builtin(format!("invalid curve {}", quoted(&name, false))))?;
    let (x, y) = (needed_number(context, value, "x")?, needed_number(context, value, "y")?);
    context.charge(100)?;
    let public = curve.point(x, y).ok_or_else(|| Failure::of_builtin("invalid key: it is no point of its curve"))?;
    if !is_private {
        return Ok(Material::Public(PublicKey::Ec(public)));
    }
    let d = needed_number(context, value, "d")?;
    if d == BigUint::ZERO || d >= curve.order() {
        return Err(Failure::of_builtin("invalid key: `d` is no private key of its curve"));
    }
    // Whether the point is that of `d` is seen where something is signed.
    let key = ecdsa::PrivateKey { d, public: public.clone() };
    Ok(Material::Private(PrivateKey::Ec(key), PublicKey::Ec(public)))
}

fn okp_key(context: &mut Context<'_>, value: Value, is_private: bool) -> Result<Material, Failure> {
    let curve = text(context, value, "crv")?.unwrap_or_default();
    let x = needed(context, value, "x")?;
    let length = || Failure::of_builtin(format!("invalid key: a key of {curve} has 32 bytes"));
    match curve.as_str() {
        "Ed25519" => {
            let public: [u8; 32] = x.try_into().map_err(|_| length())?;
            if !is_private {
                return Ok(Material::Public(PublicKey::Ed25519(public)));
            }
            let seed: [u8; 32] = needed(context, value, "d")?.try_into().map_err(|_| length())?;
            let key = ed25519::PrivateKey::of_seed(context, seed)?;
            if key.public != public {
                return Err(Failure::of_builtin("invalid key: `x` does not belong to `d`"));
            }
            Ok(Material::Private(PrivateKey::Ed25519(key), PublicKey::Ed25519(public)))
        }
        "X25519" if is_private => Ok(Material::Private(PrivateKey::Other, PublicKey::Other)),
        "X25519" => Ok(Material::Public(PublicKey::Other)),
        _ => Err(Failure::of_builtin(format!("invalid curve {}", quoted(&curve, false)))),
    }
}

/// The fields of a private key as a JSON web key.
///
/// # Errors
/// There is no web key of its kind, or there are not enough steps.
pub fn fields_of(context: &mut Context<'_>, key: &PrivateKey) -> Result<Vec<(&'static str, Tree)>, Failure> {
    let number = |number: &BigUint| Tree::Text(encoded_url(&number.to_bytes_be()));
    let kind = |name: &str| ("kty", Tree::Text(name.to_owned()));
    match key {
        PrivateKey::Rsa(key) => {
            charge_product(context, key.public.n.bits(), 64)?;
            let mut fields =
                vec![kind("RSA"), ("n", number(&key.public.n)), ("e", number(&key.public.e)), ("d", number(&key.d))];
            if let ([p, q], Some(remainders)) = (key.primes.as_slice(), key.remainders()) {
                fields.extend([("p", number(p)), ("q", number(q))]);
                fields.extend(["dp", "dq", "qi"].into_iter().zip(remainders.iter().map(number)));
            }
            Ok(fields)
        }
        PrivateKey::Ec(key) => {
            let curve = key.public.curve;
            let number =
                |number: &BigUint| Tree::Text(encoded_url(&ecdsa::field_bytes(number, curve).unwrap_or_default()));
            Ok(vec![
                kind("EC"),
                ("crv", Tree::Text(curve.name().to_owned())),
                ("x", number(&key.public.x)),
                ("y", number(&key.public.y)),
                ("d", number(&key.d)),
            ])
        }
        PrivateKey::Ed25519(key) => Ok(vec![
            kind("OKP"),
            ("crv", Tree::Text("Ed25519".to_owned())),
            ("x", Tree::Text(encoded_url(&key.public))),
            ("d", Tree::Text(encoded_url(&key.seed))),
        ]),
        PrivateKey::Other => Err(Failure::of_builtin("there is no JSON web key of a key of this kind")),
    }
}
