//! Public keys as certificates and PEM have them, with the words of Go for what is wrong with one.

use super::PublicKey;
use super::curves::Curve;
use super::der::{NULL, Reader};
use super::rsa;
use num_bigint::BigUint;

/// A key with what it says of itself.
#[derive(Debug, Clone)]
pub struct SubjectKey {
    /// The object identifier of the kind of key.
    pub kind: Vec<u32>,
    /// The key.
    pub key: PublicKey,
}

/// The identifier of RSA keys.
pub const RSA: &[u32] = &[1, 2, 840, 113_549, 1, 1, 1];
/// That of keys on a curve.
pub const EC: &[u32] = &[1, 2, 840, 10_045, 2, 1];
/// That of keys of DSA.
pub const DSA: &[u32] = &[1, 2, 840, 10_040, 4, 1];
/// That of keys of Ed25519.
pub const ED25519: &[u32] = &[1, 3, 101, 112];
/// That of keys of X25519.
pub const X25519: &[u32] = &[1, 3, 101, 110];

/// An algorithm: its object identifier, and the bytes of its parameters, which may be none.
pub fn algorithm<'a>(reader: &mut Reader<'a>) -> Option<(Vec<u32>, &'a [u8])> {
    let mut parts = reader.list()?;
    let id = parts.object_id()?;
    let parameters = if parts.is_empty() { &[][..] } else { parts.part()?.whole };
    Some((id, parameters))
}

/// The key of the bytes in a block `PUBLIC KEY`.
///
/// # Errors
/// What is wrong with it.
pub fn of_block(bytes: &[u8]) -> Result<PublicKey, String> {
    let mut reader = Reader::new(bytes);
    let part = reader.list().ok_or("asn1: structure error: malformed public key")?;
    if !reader.is_empty() {
        return Err("x509: trailing data after ASN.1 of public-key".to_owned());
    }
    let key = of_parts(part)?;
    match key.kind.as_slice() {
        RSA | EC | ED25519 | X25519 | DSA => Ok(key.key),
        _ => Err("x509: unknown public key algorithm".to_owned()),
    }
}

/// The key in a list of its kind and its bits.
///
/// # Errors
/// What is wrong with it.
pub fn of_parts(mut parts: Reader<'_>) -> Result<SubjectKey, String> {
    let mut named = parts.list().ok_or("x509: malformed public key algorithm identifier")?;
    let kind = named.object_id().ok_or("x509: malformed OID")?;
    let parameters = if named.is_empty() { &[][..] } else { named.part().ok_or("x509: malformed parameters")?.whole };
    let key_bytes = parts.aligned_bits().ok_or("x509: malformed subjectPublicKey")?;
    let key_bytes = key_bytes.as_slice();
    let key = match kind.as_slice() {
        RSA => rsa_key(parameters, key_bytes)?,
        EC => {
            let id = Reader::new(parameters).object_id().ok_or("x509: invalid ECDSA parameters")?;
            let curve = Curve::of_id(&id).ok_or("x509: unsupported elliptic curve")?;
            let point = curve.point_of_bytes(key_bytes);
            PublicKey::Ec(point.ok_or("x509: failed to unmarshal elliptic curve point")?)
        }
        ED25519 if !parameters.is_empty() => {
            return Err("x509: Ed25519 key encoded with illegal parameters".to_owned());
        }
        ED25519 => {
            PublicKey::Ed25519(key_bytes.try_into().map_err(|_| "x509: wrong Ed25519 public key size".to_owned())?)
        }
        _ => PublicKey::Other,
    };
    Ok(SubjectKey { kind, key })
}

fn rsa_key(parameters: &[u8], bytes: &[u8]) -> Result<PublicKey, String> {
    if parameters != [NULL, 0] {
        return Err("x509: RSA key missing NULL parameters".to_owned());
    }
    let mut parts = Reader::new(bytes).list().ok_or("x509: invalid RSA public key")?;
    let mut number = |invalid: &str, not_positive: &str| {
        let bytes = parts.integer().ok_or_else(|| invalid.to_owned())?;
        if bytes.first().is_none_or(|first| *first >= 0x80) || bytes == [0] {
            return Err(not_positive.to_owned());
        }
        Ok(BigUint::from_bytes_be(bytes))
    };
    let n = number("x509: invalid RSA modulus", "x509: RSA modulus is not a positive number")?;
    let e = number("x509: invalid RSA public exponent", "x509: RSA public exponent is not a positive number")?;
    if n.bits() > rsa::MOST_BITS {
        return Err(format!("x509: the RSA modulus has {} bits, and may have {}", n.bits(), rsa::MOST_BITS));
    }
    if e.bits() > 63 {
        return Err("x509: invalid RSA public exponent".to_owned());
    }
    Ok(PublicKey::Rsa(rsa::PublicKey { n, e }))
}
