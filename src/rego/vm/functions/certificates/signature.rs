//! How certificates are signed, and whether one was signed with the key of another.

use crate::rego::vm::functions::hashes::{Hash, charge_hash};
use crate::rego::vm::functions::keys::der::{Reader, context_with_parts};
use crate::rego::vm::functions::keys::private::is_none_or_null;
use crate::rego::vm::functions::keys::public::{DSA, EC, ED25519, RSA};
use crate::rego::vm::functions::keys::rsa::Padding;
use crate::rego::vm::functions::keys::{PublicKey, ecdsa, ed25519, public};
use crate::rego::vm::functions::{Context, Failure};
use num_bigint::BigUint;

/// An algorithm, as the number that Go has for it; 0 where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureAlgorithm(pub u8);

const RSA_PSS: &[u32] = &[1, 2, 840, 113_549, 1, 1, 10];
const MGF1: &[u32] = &[1, 2, 840, 113_549, 1, 1, 8];

/// The number that Go has for a kind of key.
pub fn kind_number(kind: &[u32]) -> u8 {
    match kind {
        RSA => 1,
        DSA => 2,
        EC => 3,
        ED25519 => 4,
        _ => 0,
    }
}

impl SignatureAlgorithm {
    /// The algorithm of an identifier with its parameters.
    pub fn of(id: &[u32], parameters: &[u8]) -> Self {
        Self(match id {
            [1, 2, 840, 113_549, 1, 1, 4] => 2,
            [1, 2, 840, 113_549, 1, 1, 5] | [1, 3, 14, 3, 2, 29] => 3,
            [1, 2, 840, 113_549, 1, 1, 11] => 4,
            [1, 2, 840, 113_549, 1, 1, 12] => 5,
            [1, 2, 840, 113_549, 1, 1, 13] => 6,
            [1, 2, 840, 10_040, 4, 3] => 7,
            [2, 16, 840, 1, 101, 3, 4, 3, 2] => 8,
            [1, 2, 840, 10_045, 4, 1] => 9,
            [1, 2, 840, 10_045, 4, 3, 2] => 10,
            [1, 2, 840, 10_045, 4, 3, 3] => 11,
            [1, 2, 840, 10_045, 4, 3, 4] => 12,
            RSA_PSS => match pss_hash(parameters) {
                Some(Hash::Sha256) => 13,
                Some(Hash::Sha384) => 14,
                Some(Hash::Sha512) => 15,
                _ => 0,
            },
            ED25519 if parameters.is_empty() => 16,
            _ => 0,
        })
    }
}

/// The hash that parameters of PSS name, where everything else in them follows from it.
fn pss_hash(parameters: &[u8]) -> Option<Hash> {
    let mut parts = Reader::new(parameters).list()?;
    let named = |bytes: &[u8]| {
        let (id, parameters) = public::algorithm(&mut Reader::new(bytes))?;
        match id.as_slice() {
            _ if !is_none_or_null(parameters) => None,
            [2, 16, 840, 1, 101, 3, 4, 2, 1] => Some(Hash::Sha256),
            [2, 16, 840, 1, 101, 3, 4, 2, 2] => Some(Hash::Sha384),
            [2, 16, 840, 1, 101, 3, 4, 2, 3] => Some(Hash::Sha512),
            _ => None,
        }
    };
    let hash = named(parts.take(context_with_parts(0))?)?;
    let (mask, of_mask) = public::algorithm(&mut Reader::new(parts.take(context_with_parts(1))?))?;
    let salt = Reader::new(parts.take(context_with_parts(2))?).small()?;
    let trailer = match parts.take_optional(context_with_parts(3))? {
        Some(trailer) => Reader::new(trailer).small()?,
        None => 1,
    };
    let length = match hash {
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        _ => 64,
    };
    let is_bound = mask == MGF1 && named(of_mask) == Some(hash) && salt == length && trailer == 1;
    is_bound.then_some(hash)
}

/// Whether bytes were signed with the key that belongs to a public one. Never by a hash that is broken.
///
/// # Errors
/// There are not enough steps.
pub fn verifies(
    context: &mut Context<'_>,
    algorithm: SignatureAlgorithm,
    key: &PublicKey,
    signed: &[u8],
    signature: &[u8],
) -> Result<bool, Failure> {
    let hash = match algorithm.0 {
        4 | 10 | 13 => Hash::Sha256,
        5 | 11 | 14 => Hash::Sha384,
        6 | 12 | 15 => Hash::Sha512,
        16 => {
            return match key {
                PublicKey::Ed25519(key) => ed25519::verifies(context, key, signed, signature),
                _ => Ok(false),
            };
        }
        _ => return Ok(false),
    };
    charge_hash(context, signed.len())?;
    let digest = hash.of(signed);
    match (algorithm.0, key) {
        (4..=6, PublicKey::Rsa(key)) => key.verifies(context, Padding::Pkcs1, hash, &digest, signature),
        (13..=15, PublicKey::Rsa(key)) => {
            key.verifies(context, Padding::Pss { any_salt: false }, hash, &digest, signature)
        }
        (10..=12, PublicKey::Ec(key)) => match numbers(signature) {
            Some((r, s)) => ecdsa::verifies(context, key, &digest, &r, &s),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}

/// The numbers of a signature of ECDSA.
fn numbers(signature: &[u8]) -> Option<(BigUint, BigUint)> {
    let mut reader = Reader::new(signature);
    let mut parts = reader.list()?;
    let (r, s) = (parts.natural()?, parts.natural()?);
    let is_all = reader.is_empty() && parts.is_empty();
    is_all.then(|| (BigUint::from_bytes_be(r), BigUint::from_bytes_be(s)))
}
