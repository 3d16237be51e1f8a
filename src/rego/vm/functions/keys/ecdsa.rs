//! ECDSA: signatures over the curves of NIST.
//!
//! P-256, with which most are made, is that of a crate, and takes the same time whatever the key is.

use super::curves::{Curve, Point, hidden};
use crate::rego::vm::functions::hashes::Hash;
use crate::rego::vm::functions::{Context, Failure};
use num_bigint::BigUint;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};

/// A private key.
#[derive(Clone)]
pub struct PrivateKey {
    /// The multiple of the generator.
    pub d: BigUint,
    /// The point that it stands for.
    pub public: Point,
}

/// Takes the steps for the crate's work with points.
///
/// # Errors
/// There are not as many.
fn charge_p256(context: &mut Context<'_>) -> Result<(), Failure> {
    context.charge(100 * Curve::P256.bits())
}

/// Takes the steps for a sum of multiples of so many points in our arithmetic.
///
/// # Errors
/// There are not as many.
fn charge_sum(context: &mut Context<'_>, curve: Curve, points: u64) -> Result<(), Failure> {
    // For each bit the sum is doubled, and each point is added.
    let steps_of_addition = if curve == Curve::P521 { 150 } else { 100 };
    context.charge(curve.bits() * (1 + points) * steps_of_addition)
}

impl PrivateKey {
    /// The key that is this multiple of the generator; nothing where that is none.
    ///
    /// # Errors
    /// There are not enough steps.
    pub fn of_scalar(context: &mut Context<'_>, curve: Curve, d: BigUint) -> Result<Option<Self>, Failure> {
        charge_sum(context, curve, 1)?;
        Ok(curve.public_of(&d).map(|public| Self { d, public }))
    }

    /// Signs a hash. What has to be by chance follows from key and hash (RFC 6979), so that the same call always answers the same.
    /// The signature is both of its numbers, each as long as a coordinate.
    ///
    /// # Errors
    /// The key is none of the curve, or there are not enough steps.
    pub fn sign(&self, context: &mut Context<'_>, hash: Hash, digest: &[u8]) -> Result<Vec<u8>, Failure> {
        let curve = self.public.curve;
        let signature = match curve {
            Curve::P256 => {
                charge_p256(context)?;
                sign_p256(&self.d, digest)
            }
            _ => {
                charge_sum(context, curve, 1)?;
                sign(curve, &self.d, hash, digest)?
            }
        };
        signature.ok_or_else(|| Failure::of_builtin("ecdsa: invalid private key"))
    }
}

/// Whether a signature of a hash was made with the key that belongs to a point.
///
/// # Errors
/// There are not enough steps.
pub fn verifies(
    context: &mut Context<'_>,
    key: &Point,
    digest: &[u8],
    r: &BigUint,
    s: &BigUint,
) -> Result<bool, Failure> {
    let verifies = match key.curve {
        Curve::P256 => {
            charge_p256(context)?;
            verifies_p256(key, digest, r, s)
        }
        curve => {
            charge_sum(context, curve, 2)?;
            verifies_any(key, digest, r, s)
        }
    };
    Ok(verifies.unwrap_or(false))
}

/// The bytes of a number, as long as a coordinate of the curve.
pub fn field_bytes(number: &BigUint, curve: Curve) -> Option<Vec<u8>> {
    let bytes = number.to_bytes_be();
    let mut padded = vec![0; curve.bytes().checked_sub(bytes.len())?];
    padded.extend(bytes);
    Some(padded)
}

/// The integer that a hash stands for: its first bits, as many as the order has.
fn integer_of_hash(digest: &[u8], curve: Curve) -> BigUint {
    let bits = 8 * digest.len() as u64;
    BigUint::from_bytes_be(digest) >> bits.saturating_sub(curve.bits())
}

fn verifies_p256(key: &Point, digest: &[u8], r: &BigUint, s: &BigUint) -> Option<bool> {
    let (x, y) = (field_bytes(&key.x, Curve::P256)?, field_bytes(&key.y, Curve::P256)?);
    let mut point = vec![4];
    point.extend(x);
    point.extend(y);
    let mut signature = field_bytes(r, Curve::P256)?;
    signature.extend(field_bytes(s, Curve::P256)?);
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
    // It refuses numbers that are zero or not below the order.
    let signature = p256::ecdsa::Signature::from_slice(&signature).ok()?;
    Some(key.verify_prehash(digest, &signature).is_ok())
}

fn sign_p256(d: &BigUint, digest: &[u8]) -> Option<Vec<u8>> {
    let key = p256::ecdsa::SigningKey::from_slice(&field_bytes(d, Curve::P256)?).ok()?;
    let signature: p256::ecdsa::Signature = key.sign_prehash(digest).ok()?;
    Some(signature.to_bytes().to_vec())
}

fn verifies_any(key: &Point, digest: &[u8], r: &BigUint, s: &BigUint) -> Option<bool> {
    let n = key.curve.order();
    let is_within = |number: &BigUint| *number != BigUint::ZERO && *number < n;
    if !is_within(r) || !is_within(s) {
        return Some(false);
    }
    let inverse = s.modinv(&n)?;
    let of_hash = integer_of_hash(digest, key.curve) * &inverse % &n;
    let of_r = r * inverse % &n;
    let point = key.curve.sum(&[(&of_hash, &key.curve.generator()), (&of_r, key)])?;
    Some(point.x % n == *r)
}

fn sign(curve: Curve, d: &BigUint, hash: Hash, digest: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    /// Numbers that are tried. That the first one will not do has a chance of one in 2^190.
    const MOST_TRIES: usize = 8;
    let n = curve.order();
    let of_hash = integer_of_hash(digest, curve);
    let mut nonces = Nonces::new(curve, d, hash, &(&of_hash % &n))?;
    for _ in 0..MOST_TRIES {
        let k = nonces.next()?;
        if k == BigUint::ZERO || k >= n {
            continue;
        }
        let Some(point) = curve.sum(&[(&hidden(&k, &n), &curve.generator())]) else { continue };
        let r = point.x % &n;
        // What is inverted is hidden behind a factor, because how long that takes tells of it.
        let factor = nonces.factor(&n)?;
        let Some(inverse) = (&k * &factor % &n).modinv(&n) else { continue };
        let s = (&of_hash + &r * d) % &n * factor % &n * inverse % &n;
        if r == BigUint::ZERO || s == BigUint::ZERO {
            continue;
        }
        let (Some(mut signature), Some(second)) = (field_bytes(&r, curve), field_bytes(&s, curve)) else { break };
        signature.extend(second);
        return Ok(Some(signature));
    }
    Ok(None)
}

/// The numbers that RFC 6979 draws for a key and a hash.
struct Nonces {
    curve: Curve,
    hash: Hash,
    key: Vec<u8>,
    value: Vec<u8>,
    is_first: bool,
}

impl Nonces {
    fn new(curve: Curve, d: &BigUint, hash: Hash, of_hash: &BigUint) -> Result<Self, Failure> {
        let length = hash.of(&[]).len();
        let mut nonces = Self { curve, hash, key: vec![0; length], value: vec![1; length], is_first: true };
        let mut seed = field_bytes(d, curve).unwrap_or_default();
        seed.extend(field_bytes(of_hash, curve).unwrap_or_default());
        nonces.stir(0, &seed)?;
        nonces.stir(1, &seed)?;
        Ok(nonces)
    }

    fn stir(&mut self, round: u8, seed: &[u8]) -> Result<(), Failure> {
        let mut bytes = self.value.clone();
        bytes.push(round);
        bytes.extend(seed);
        self.key = self.hash.mac(&self.key, &bytes)?;
        self.value = self.hash.mac(&self.key, &self.value)?;
        Ok(())
    }

    fn next(&mut self) -> Result<BigUint, Failure> {
        if !self.is_first {
            self.stir(0, &[])?;
        }
        self.is_first = false;
        let mut bytes = Vec::new();
        while bytes.len() < self.curve.bytes() {
            self.value = self.hash.mac(&self.key, &self.value)?;
            bytes.extend_from_slice(&self.value);
        }
        bytes.truncate(self.curve.bytes());
        let surplus = 8 * self.curve.bytes() as u64 - self.curve.bits();
        Ok(BigUint::from_bytes_be(&bytes) >> surplus)
    }

    /// A number that is not zero, of which nothing can be seen outside.
    fn factor(&self, n: &BigUint) -> Result<BigUint, Failure> {
        let bytes = self.hash.mac(&self.key, b"factor")?;
        Ok(BigUint::from_bytes_be(&bytes) % (n - 1_u8) + 1_u8)
    }
}
