//! Which signature a token has, and whether a key verifies it.

use super::compact::Compact;
use super::constraints::Constraints;
use super::decode_verify::decoded_where;
use super::header::Header;
use super::{hmac_of, signing, verifies_with_mac};
use crate::rego::value::Value;
use crate::rego::vm::functions::certificates;
use crate::rego::vm::functions::hashes::{Hash, charge_hash};
use crate::rego::vm::functions::keys::jwk::{Material, keys_of_text};
use crate::rego::vm::functions::keys::rsa::Padding;
use crate::rego::vm::functions::keys::{PublicKey, ecdsa, ed25519, pem, public};
use crate::rego::vm::functions::operands::string;
use crate::rego::vm::functions::{Answer, Context, Failure, Function};
use num_bigint::BigUint;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "io.jwt.verify_rs256" => Function::Two(|context, token, key| verify(context, token, key, "RS256")),
        "io.jwt.verify_rs384" => Function::Two(|context, token, key| verify(context, token, key, "RS384")),
        "io.jwt.verify_rs512" => Function::Two(|context, token, key| verify(context, token, key, "RS512")),
        "io.jwt.verify_ps256" => Function::Two(|context, token, key| verify(context, token, key, "PS256")),
        "io.jwt.verify_ps384" => Function::Two(|context, token, key| verify(context, token, key, "PS384")),
        "io.jwt.verify_ps512" => Function::Two(|context, token, key| verify(context, token, key, "PS512")),
        "io.jwt.verify_es256" => Function::Two(|context, token, key| verify(context, token, key, "ES256")),
        "io.jwt.verify_es384" => Function::Two(|context, token, key| verify(context, token, key, "ES384")),
        "io.jwt.verify_es512" => Function::Two(|context, token, key| verify(context, token, key, "ES512")),
        "io.jwt.verify_eddsa" => Function::Two(|context, token, key| verify(context, token, key, "EdDSA")),
        "io.jwt.decode_verify" => Function::Two(decode_verify),
        "io.jwt.encode_sign" => Function::Three(signing::encode_sign),
        "io.jwt.encode_sign_raw" => Function::Three(signing::encode_sign_raw),
        _ => return None,
    })
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// With a secret.
    Hmac(Hash),
    /// RSA with the padding of PKCS #1.
    RsaPkcs1(Hash),
    /// RSA with PSS.
    RsaPss(Hash),
    /// ECDSA, on any curve.
    Ecdsa(Hash),
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// The algorithm of a name. `none` is none.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::RsaPkcs1(Hash::Sha256),
            "RS384" => Self::RsaPkcs1(Hash::Sha384),
            "RS512" => Self::RsaPkcs1(Hash::Sha512),
            "PS256" => Self::RsaPss(Hash::Sha256),
            "PS384" => Self::RsaPss(Hash::Sha384),
            "PS512" => Self::RsaPss(Hash::Sha512),
            "ES256" => Self::Ecdsa(Hash::Sha256),
            "ES384" => Self::Ecdsa(Hash::Sha384),
            "ES512" => Self::Ecdsa(Hash::Sha512),
            "EdDSA" => Self::EdDsa,
            _ => return hmac_of(name).map(Self::Hmac),
        })
    }
}

/// How exactly a signature has to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As its standard says: the salt of PSS as long as the hash, and the numbers of ECDSA as long as a coordinate.
    Exact,
    /// As the builtins of OPA that verify alone take it: a salt of any length, and the numbers as the halves.
    Loose,
}

/// A key to verify with.
pub struct VerificationKey {
    /// What it verifies with.
    pub material: Material,
    /// The algorithm that it is for; empty where that is not said.
    pub alg: String,
    /// Its name; empty where it has none.
    pub kid: String,
}

/// The keys of a certificate, a public key or JSON web keys. Those for an algorithm that nobody knows are left out.
///
/// # Errors
/// It is none of these.
pub fn keys_of(context: &mut Context<'_>, text: &str) -> Result<Vec<VerificationKey>, Failure> {
    pem::charge_blocks(context, text)?;
    if let Some((block, rest)) = pem::first_block(text) {
        if !rest.is_empty() {
            return Err(Failure::of_builtin("extra data after a PEM certificate block"));
        }
        let key = match block.label.as_str() {
            "CERTIFICATE" => certificates::public_key(context, &block.bytes)
                .map_err(|failure| failure.behind("failed to parse a PEM certificate"))?,
            "PUBLIC KEY" => public::of_block(&block.bytes)
                .map_err(|why| Failure::of_builtin(format!("failed to parse a PEM public key: {why}")))?,
            _ => return Err(Failure::of_builtin("failed to extract a Key from the PEM certificate")),
        };
        let material = Material::Public(key);
        return Ok(vec![VerificationKey { material, alg: String::new(), kid: String::new() }]);
    }
    let keys = keys_of_text(context, text).map_err(|failure| failure.behind("failed to parse a JWK key (set)"))?;
    let is_known = |alg: &str| alg.is_empty() || Algorithm::named(alg).is_some();
    let keys = keys.into_iter().filter(|key| is_known(&key.alg));
    Ok(keys.map(|key| VerificationKey { material: key.material, alg: key.alg, kid: key.kid }).collect())
}

/// Whether one of the keys verifies a signature: the one that the header names, where there is one, and else any that is for the algorithm
/// of the header or does not say what it is for.
///
/// # Errors
/// There are not enough steps.
pub fn verifies_with_any(
    keys: &[VerificationKey],
    header: &Header,
    mut verifies: impl FnMut(&Material) -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    if !header.kid.is_empty()
        && let Some(key) = keys.iter().find(|key| key.kid == header.kid)
    {
        return verifies(&key.material);
    }
    for key in keys {
        let may_be = key.alg.is_empty() || key.alg == header.alg;
        if may_be && verifies(&key.material)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a public key verifies a signature. A key of another kind than the algorithm's verifies nothing.
///
/// # Errors
/// There are not enough steps.
pub fn verifies(
    context: &mut Context<'_>,
    algorithm: Algorithm,
    key: &PublicKey,
    signed: &[u8],
    signature: &[u8],
    form: Form,
) -> Result<bool, Failure> {
    let any_salt = form == Form::Loose;
    match (algorithm, key) {
        (Algorithm::RsaPkcs1(hash), PublicKey::Rsa(key)) => {
            let digest = hash_of(context, hash, signed)?;
            key.verifies(context, Padding::Pkcs1, hash, &digest, signature)
        }
        (Algorithm::RsaPss(hash), PublicKey::Rsa(key)) => {
            let digest = hash_of(context, hash, signed)?;
            key.verifies(context, Padding::Pss { any_salt }, hash, &digest, signature)
        }
        (Algorithm::Ecdsa(hash), PublicKey::Ec(key)) => {
            if form == Form::Exact && signature.len() != 2 * key.curve.bytes() {
                return Ok(false);
            }
            let digest = hash_of(context, hash, signed)?;
            let (r, s) = signature.split_at_checked(signature.len() / 2).unwrap_or_default();
            ecdsa::verifies(context, key, &digest, &BigUint::from_bytes_be(r), &BigUint::from_bytes_be(s))
        }
        (Algorithm::EdDsa, PublicKey::Ed25519(key)) => ed25519::verifies(context, key, signed, signature),
        _ => Ok(false),
    }
}

/// Whether a secret verifies a signature.
///
/// # Errors
/// The secret is one that everybody may know, or there are not enough steps.
pub fn verifies_with_secret(
    context: &mut Context<'_>,
    algorithm: Algorithm,
    secret: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<bool, Failure> {
    let Algorithm::Hmac(hash) = algorithm else { return Ok(false) };
    verifies_with_mac(context, hash, secret, signed, signature)
}

/// A hash, which is charged for.
///
/// # Errors
/// There are not enough steps.
pub fn hash_of(context: &mut Context<'_>, hash: Hash, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    charge_hash(context, bytes.len())?;
    Ok(hash.of(bytes))
}

/// Whether a token has a signature that one of the keys verifies by this algorithm, whatever its header says of algorithms.
fn verify(context: &mut Context<'_>, token: Value, keys: Value, algorithm: &str) -> Answer {
    let token = string(context, token, 1)?;
    let token = Compact::of_text(context, &token)?;
    let keys = string(context, keys, 2)?;
    let keys = keys_of(context, &keys)?;
    let signature = token.signature(context)?;
    let header = token.header(context)?;
    let header = Header::of_object(context, header)?;
    let signed = token.signed();
    let Some(algorithm) = Algorithm::named(algorithm) else { return Ok(Value::FALSE) };
    let is_verified = verifies_with_any(&keys, &header, |material| match material {
        Material::Public(key) => verifies(context, algorithm, key, signed.as_bytes(), &signature, Form::Loose),
        // As in OPA: whoever has a private key here has mixed up the two.
        Material::Private(..) | Material::Secret(_) => Ok(false),
    })?;
    Ok(Value::boolean(is_verified))
}

/// `io.jwt.decode_verify`.
fn decode_verify(context: &mut Context<'_>, token: Value, constraints: Value) -> Answer {
    let constraints = Constraints::of_value(context, constraints)?;
    decoded_where(context, token, &constraints, |context, header, signed, signature| {
        is_signed(context, &constraints, header, signed, signature)
    })
}

/// Whether the signature is one by what is trusted. What is trusted decides which algorithms can be: a public key is never a secret.
fn is_signed(
    context: &mut Context<'_>,
    constraints: &Constraints,
    header: &Header,
    signed: &[u8],
    signature: &[u8],
) -> Result<bool, Failure> {
    let Some(algorithm) = Algorithm::named(&header.alg) else { return Ok(false) };
    let Some(keys) = &constraints.keys else {
        return verifies_with_secret(context, algorithm, constraints.secret.as_bytes(), signed, signature);
    };
    verifies_with_any(keys, header, |material| match material {
        Material::Public(key) | Material::Private(_, key) => {
            verifies(context, algorithm, key, signed, signature, Form::Exact)
        }
        // A JSON web key that is declared as a secret.
        Material::Secret(secret) => verifies_with_secret(context, algorithm, secret, signed, signature),
    })
}
