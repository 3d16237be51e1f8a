//! RSA: signatures with both of its paddings, over integers of any size.

use super::charge_product;
use crate::rego::vm::functions::hashes::Hash;
use crate::rego::vm::functions::{Context, Failure};
use num_bigint::BigUint;

/// Bits that the modulus of a key may have at the most, and must have at the least to sign or verify with, as in Go.
pub const MOST_BITS: u64 = 16_384;
const LEAST_BITS: u64 = 1_024;
/// Products that a power takes before the first bit of its exponent is looked at.
const POWER_TABLE: u64 = 24;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// The modulus.
    pub n: BigUint,
    /// The public exponent.
    pub e: BigUint,
}

/// A private key.
#[derive(Clone)]
pub struct PrivateKey {
    /// The public part.
    pub public: PublicKey,
    /// The private exponent.
    pub d: BigUint,
    /// The primes, where they are known.
    pub primes: Vec<BigUint>,
}

/// How the hash is made as long as the modulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// PKCS #1, version 1.5.
    Pkcs1,
    /// PSS, with a salt as long as the hash, or of any length.
    Pss {
        /// Whether the salt may have any length.
        any_salt: bool,
    },
}

impl PublicKey {
    fn bytes(&self) -> usize {
        usize::try_from(self.n.bits().div_ceil(8)).unwrap_or(usize::MAX)
    }

    /// Why it is no key to sign or verify with, if it is none.
    fn refusal(&self) -> Option<String> {
        let bits = self.n.bits();
        if bits > MOST_BITS {
            return Some(format!("crypto/rsa: the key has {bits} bits, and may have {MOST_BITS}"));
        }
        if bits < LEAST_BITS {
            return Some(format!("crypto/rsa: {bits}-bit keys are insecure"));
        }
        let is_sound = self.n.bit(0) && self.e.bit(0) && self.e > BigUint::from(1_u8) && self.e.bits() <= 31;
        (!is_sound).then(|| "crypto/rsa: invalid public key".to_owned())
    }

    /// Whether a signature of a hash was made with the key that belongs to this one. False also where it is no key to verify with.
    ///
    /// # Errors
    /// There are not enough steps.
    pub fn verifies(
        &self,
        context: &mut Context<'_>,
        padding: Padding,
        hash: Hash,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<bool, Failure> {
        if self.refusal().is_some() || signature.len() != self.bytes() {
            return Ok(false);
        }
        let s = BigUint::from_bytes_be(signature);
        if s >= self.n {
            return Ok(false);
        }
        charge_product(context, self.n.bits(), POWER_TABLE + 2 * self.e.bits())?;
        let opened = s.modpow(&self.e, &self.n);
        Ok(match padding {
            Padding::Pkcs1 => {
                let wanted = pkcs1(hash, digest, self.bytes());
                wanted.is_some_and(|wanted| padded(&opened, self.bytes()).is_some_and(|opened| opened == wanted))
            }
            Padding::Pss { any_salt } => {
                let bits = self.n.bits() - 1;
                let length = usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX);
                padded(&opened, length)
                    .is_some_and(|encoded| is_pss(hash, digest, encoded, bits, any_salt).unwrap_or(false))
            }
        })
    }
}

impl PrivateKey {
    /// The exponents for each of two primes, and the inverse of the second modulo the first.
    pub fn remainders(&self) -> Option<[BigUint; 3]> {
        let [p, q] = self.primes.as_slice() else { return None };
        let one = BigUint::from(1_u8);
        if *p <= one || *q <= one {
            return None;
        }
        let inverse = q.modinv(p)?;
        Some([&self.d % (p - &one), &self.d % (q - &one), inverse])
    }

    /// Signs a hash. The salt of PSS and what hides the exponent follow from key and hash, so that the same call always answers the same.
    ///
    /// # Errors
    /// It is no key to sign with, or there are not enough steps.
    pub fn sign(
        &self,
        context: &mut Context<'_>,
        padding: Padding,
        hash: Hash,
        digest: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let public = &self.public;
        if let Some(refusal) = public.refusal() {
            return Err(Failure::of_builtin(refusal));
        }
        let encoded = match padding {
            Padding::Pkcs1 => pkcs1(hash, digest, public.bytes()),
            Padding::Pss { .. } => {
                let secret = hash.mac(&self.d.to_bytes_be(), digest)?;
                pss(hash, digest, &secret, public.n.bits() - 1)
            }
        };
        let encoded = encoded.ok_or_else(|| Failure::of_builtin("crypto/rsa: message too long for RSA key size"))?;
        if self.d.bits() > public.n.bits() {
            return Err(wrong_key());
        }
        let powers_of_e = 2 * (POWER_TABLE + 2 * public.e.bits());
        charge_product(context, public.n.bits(), POWER_TABLE + 2 * self.d.bits() + powers_of_e)?;
        let message = BigUint::from_bytes_be(&encoded);
        // How long the power takes tells of the exponent and of what is raised: that is hidden behind a factor which only the key knows.
        let seed = Hash::Sha256.mac(&self.d.to_bytes_be(), &encoded)?;
        let factor = BigUint::from_bytes_be(&mask(Hash::Sha512, &seed, public.bytes())) % &public.n;
        let inverse = factor.modinv(&public.n).ok_or_else(wrong_key)?;
        let hidden = &message * factor.modpow(&public.e, &public.n) % &public.n;
        let signature = hidden.modpow(&self.d, &public.n) * inverse % &public.n;
        // A signature that does not verify would tell of the key.
        if signature.modpow(&public.e, &public.n) != message {
            return Err(wrong_key());
        }
        padded(&signature, public.bytes()).ok_or_else(wrong_key)
    }
}

fn wrong_key() -> Failure {
    Failure::of_builtin("crypto/rsa: invalid private key")
}

/// The bytes of an integer with zeros in front, as many as are wanted.
fn padded(integer: &BigUint, length: usize) -> Option<Vec<u8>> {
    let bytes = integer.to_bytes_be();
    let mut padded = vec![0; length.checked_sub(bytes.len())?];
    padded.extend(bytes);
    Some(padded)
}

/// A hash with what says which one it is, padded to a length.
fn pkcs1(hash: Hash, digest: &[u8], length: usize) -> Option<Vec<u8>> {
    let name: &[u8] = match hash {
        Hash::Md5 => &[0x30, 0x20, 0x30, 0x0c, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5, 5, 0, 4, 0x10],
        Hash::Sha1 => &[0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14],
        Hash::Sha256 => &[0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20],
        Hash::Sha384 => &[0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 0x30],
        Hash::Sha512 => &[0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x40],
    };
    let filler = length.checked_sub(name.len() + digest.len() + 3).filter(|filler| *filler >= 8)?;
    let mut encoded = vec![0, 1];
    encoded.extend(std::iter::repeat_n(0xff, filler));
    encoded.push(0);
    encoded.extend(name);
    encoded.extend(digest);
    Some(encoded)
}

/// MGF1: bytes that follow from a seed.
fn mask(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(length + 64);
    let mut count = 0_u32;
    while mask.len() < length {
        let mut counted = seed.to_vec();
        counted.extend(count.to_be_bytes());
        mask.extend(hash.of(&counted));
        count += 1;
    }
    mask.truncate(length);
    mask
}

/// What PSS hashes: the hash behind eight zeros, and the salt.
fn salted(hash: Hash, digest: &[u8], salt: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    bytes.extend(digest);
    bytes.extend(salt);
    hash.of(&bytes)
}

/// The bits of the first byte that count, where so many are used of all.
const fn first_bits(bits: u64) -> u8 {
    match bits % 8 {
        0 => 0xff,
        left => (1 << left) - 1,
    }
}

fn pss(hash: Hash, digest: &[u8], salt: &[u8], bits: u64) -> Option<Vec<u8>> {
    let length = usize::try_from(bits.div_ceil(8)).ok()?;
    let hashed = salted(hash, digest, salt);
    let body = length.checked_sub(hashed.len() + 1)?;
    let mut block = vec![0; body.checked_sub(salt.len() + 1)?];
    block.push(1);
    block.extend(salt);
    let mut encoded: Vec<u8> = block.iter().zip(mask(hash, &hashed, body)).map(|(byte, mask)| byte ^ mask).collect();
    if let Some(first) = encoded.first_mut() {
        *first &= first_bits(bits);
    }
    encoded.extend(hashed);
    encoded.push(0xbc);
    Some(encoded)
}

fn is_pss(hash: Hash, digest: &[u8], mut encoded: Vec<u8>, bits: u64, any_salt: bool) -> Option<bool> {
    if encoded.pop()? != 0xbc {
        return Some(false);
    }
    let hashed = encoded.split_off(encoded.len().checked_sub(digest.len())?);
    if encoded.first()? & !first_bits(bits) != 0 {
        return Some(false);
    }
    let mut block: Vec<u8> =
        encoded.iter().zip(mask(hash, &hashed, encoded.len())).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= first_bits(bits);
    let at = block.iter().position(|byte| *byte != 0)?;
    let salt = block.get(at + 1..)?;
    let is_sound = block.get(at) == Some(&1) && (any_salt || salt.len() == digest.len());
    Some(is_sound && salted(hash, digest, salt) == hashed)
}
