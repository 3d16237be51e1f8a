//! Private keys as PEM has them, with the words of Go for what is wrong with one.

use super::curves::Curve;
use super::der::{NULL, OCTET_STRING, Reader, context_with_parts, dotted};
use super::public::{EC, ED25519, RSA, X25519, algorithm};
use super::{PrivateKey, charge_product, ecdsa, ed25519, rsa};
use crate::rego::vm::functions::{Context, Failure};
use num_bigint::BigUint;

fn wrong(message: impl Into<String>) -> Failure {
    Failure::of_builtin(message)
}

/// The key of a block `RSA PRIVATE KEY`.
///
/// # Errors
/// It is none, or there are not enough steps.
pub fn of_pkcs1(context: &mut Context<'_>, bytes: &[u8]) -> Result<PrivateKey, Failure> {
    let malformed = || wrong("asn1: structure error: malformed RSA private key");
    let mut reader = Reader::new(bytes);
    let mut parts = reader.list().ok_or_else(malformed)?;
    if !reader.is_empty() {
        return Err(wrong("asn1: syntax error: trailing data"));
    }
    let version = parts.small().ok_or_else(malformed)?;
    if version > 1 {
        return Err(wrong("x509: unsupported private key version"));
    }
    let mut numbers = Vec::new();
    for _ in 0..8 {
        let bytes = parts.natural().filter(|bytes| !bytes.is_empty());
        let bytes = bytes.ok_or_else(|| wrong("x509: private key contains zero or negative value"))?;
        if bytes.len() as u64 * 8 > rsa::MOST_BITS {
            return Err(wrong(format!("x509: a number of the RSA key has more than {} bits", rsa::MOST_BITS)));
        }
        numbers.push(BigUint::from_bytes_be(bytes));
    }
    // A key of more than two primes lists the others. Go has given them up, but for those that are well formed.
    if !parts.is_empty() {
        return Err(wrong("x509: RSA keys of more than two primes are not supported"));
    }
    let [n, e, d, p, q, ..] = <[BigUint; 8]>::try_from(numbers).map_err(|_| malformed())?;
    check_rsa(context, &n, &e, &d, [&p, &q])?;
    Ok(PrivateKey::Rsa(rsa::PrivateKey { public: rsa::PublicKey { n, e }, d, primes: vec![p, q] }))
}

/// Whether the numbers of a key belong together.
fn check_rsa(
    context: &mut Context<'_>,
    n: &BigUint,
    e: &BigUint,
    d: &BigUint,
    primes: [&BigUint; 2],
) -> Result<(), Failure> {
    let [p, q] = primes;
    let bits = [n, e, d, p, q].iter().map(|number| number.bits()).max().unwrap_or(0);
    charge_product(context, bits, 8)?;
    let one = BigUint::from(1_u8);
    if primes.iter().any(|prime| **prime <= one) {
        return Err(wrong("crypto/rsa: invalid prime value"));
    }
    if p * q != *n {
        return Err(wrong("crypto/rsa: invalid modulus"));
    }
    let product = d * e;
    if primes.iter().any(|prime| &product % (*prime - &one) != one) {
        return Err(wrong("crypto/rsa: invalid exponents"));
    }
    Ok(())
}

/// The key of a block `PRIVATE KEY`.
///
/// # Errors
/// It is none, or there are not enough steps.
pub fn of_pkcs8(context: &mut Context<'_>, bytes: &[u8]) -> Result<PrivateKey, Failure> {
    let malformed = || wrong("asn1: structure error: malformed PKCS#8 private key");
    let mut parts = Reader::new(bytes).list().ok_or_else(malformed)?;
    let _version = parts.small().ok_or_else(malformed)?;
    let (kind, parameters) = algorithm(&mut parts).ok_or_else(malformed)?;
    let key = parts.take(OCTET_STRING).ok_or_else(malformed)?;
    match kind.as_slice() {
        RSA => of_pkcs1(context, key)
            .map_err(|failure| failure.behind("x509: failed to parse RSA private key embedded in PKCS#8")),
        EC => {
            let curve = Reader::new(parameters).object_id().and_then(|id| Curve::of_id(&id));
            ec(context, key, curve)
                .map_err(|failure| failure.behind("x509: failed to parse EC private key embedded in PKCS#8"))
        }
        ED25519 | X25519 => {
            let name = if kind.as_slice() == ED25519 { "Ed25519" } else { "X25519" };
            if !parameters.is_empty() {
                return Err(wrong(format!("x509: invalid {name} private key parameters")));
            }
            let mut reader = Reader::new(key);
            let seed = reader.take(OCTET_STRING).ok_or_else(|| wrong(format!("x509: invalid {name} private key")))?;
            let length = seed.len();
            let seed: [u8; 32] =
                seed.try_into().map_err(|_| wrong(format!("x509: invalid {name} private key length: {length}")))?;
            if kind.as_slice() == ED25519 {
                Ok(PrivateKey::Ed25519(ed25519::PrivateKey::of_seed(context, seed)?))
            } else {
                Ok(PrivateKey::Other)
            }
        }
        _ => {
            Err(wrong(format!("x509: PKCS#8 wrapping contained private key with unknown algorithm: {}", dotted(&kind))))
        }
    }
}

/// The key of a block `EC PRIVATE KEY`.
///
/// # Errors
/// It is none, or there are not enough steps.
pub fn of_sec1(context: &mut Context<'_>, bytes: &[u8]) -> Result<PrivateKey, Failure> {
    ec(context, bytes, None)
}

/// A key on a curve, which is said around it or in it.
fn ec(context: &mut Context<'_>, bytes: &[u8], curve: Option<Curve>) -> Result<PrivateKey, Failure> {
    let malformed = || wrong("x509: failed to parse EC private key: asn1: structure error");
    let mut parts = Reader::new(bytes).list().ok_or_else(malformed)?;
    let version = parts.small().ok_or_else(malformed)?;
    if version != 1 {
        return Err(wrong(format!("x509: unknown EC private key version {version}")));
    }
    let secret = parts.take(OCTET_STRING).ok_or_else(malformed)?;
    let within = parts.take_optional(context_with_parts(0)).ok_or_else(malformed)?;
    let named = within.and_then(|id| Reader::new(id).object_id()).and_then(|id| Curve::of_id(&id));
    let curve = curve.or(named).ok_or_else(|| wrong("x509: unknown elliptic curve"))?;
    // The point follows from the key: what is said of it has to be well-formed, and is not looked at.
    let point = parts.take_optional(context_with_parts(1)).ok_or_else(malformed)?;
    if point.is_some_and(|point| Reader::new(point).bits().is_none()) {
        return Err(malformed());
    }
    // Some writers put zeros in front.
    let zeros = secret.len().saturating_sub(curve.bytes());
    let (zeros, secret) = secret.split_at_checked(zeros).unwrap_or((&[], secret));
    if zeros.iter().any(|byte| *byte != 0) {
        return Err(wrong("x509: invalid private key length"));
    }
    let d = BigUint::from_bytes_be(secret);
    let key = ecdsa::PrivateKey::of_scalar(context, curve, d)?;
    key.map(PrivateKey::Ec).ok_or_else(|| wrong("x509: invalid elliptic curve private key value"))
}

/// The key in bytes that may be of any kind, as servers read theirs.
///
/// # Errors
/// It is none, or there are not enough steps.
pub fn of_any(context: &mut Context<'_>, bytes: &[u8]) -> Result<PrivateKey, Failure> {
    for read in [of_pkcs1, of_pkcs8, of_sec1] {
        match read(context, bytes) {
            Err(Failure::Wrong { .. }) => {}
            Ok(PrivateKey::Other) => return Err(wrong("tls: found unknown private key type in PKCS#8 wrapping")),
            other => return other,
        }
    }
    Err(wrong("tls: failed to parse private key"))
}

/// The parameters of a signature that has none: they are left out, or null.
pub fn is_none_or_null(parameters: &[u8]) -> bool {
    parameters.is_empty() || parameters == [NULL, 0]
}
