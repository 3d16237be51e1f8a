//! Keys: what is signed with them, and verified.

pub mod curves;
pub mod der;
pub mod ecdsa;
pub mod ed25519;
pub mod jwk;
pub mod pem;
pub mod private;
pub mod public;
pub mod rsa;
#[cfg(test)]
mod tests;

use super::{Context, Failure};
use curves::Point;

/// A key that signatures are verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// Of RSA.
    Rsa(rsa::PublicKey),
    /// A point on a curve of NIST.
    Ec(Point),
    /// Of Ed25519.
    Ed25519([u8; 32]),
    /// One that verifies nothing.
    Other,
}

/// A key that is signed with. It has no `Debug`, so that it comes into no message.
#[derive(Clone)]
pub enum PrivateKey {
    /// Of RSA.
    Rsa(rsa::PrivateKey),
    /// A multiple of the generator of a curve of NIST.
    Ec(ecdsa::PrivateKey),
    /// Of Ed25519.
    Ed25519(ed25519::PrivateKey),
    /// One that signs nothing.
    Other,
}

impl PrivateKey {
    /// The key that verifies what it signs.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.public.clone()),
            Self::Ec(key) => PublicKey::Ec(key.public.clone()),
            Self::Ed25519(key) => PublicKey::Ed25519(key.public),
            Self::Other => PublicKey::Other,
        }
    }
}

/// Takes the steps for as many products of integers with so many bits.
///
/// # Errors
/// There are not as many.
pub fn charge_product(context: &mut Context<'_>, bits: u64, products: u64) -> Result<(), Failure> {
    /// Products of 32 bits with 32 bits that are made in the time of one step.
    const PRODUCTS_OF_STEP: u64 = 32;
    let words = bits.div_ceil(32);
    context.charge(1 + (words.saturating_mul(words)).saturating_mul(products) / PRODUCTS_OF_STEP)
}

/// Takes the steps for a power modulo an integer with so many bits.
///
/// # Errors
/// There are not as many.
pub fn charge_power(context: &mut Context<'_>, bits: u64, exponent_bits: u64) -> Result<(), Failure> {
    /// Products for the powers that are made first, and for each word of the exponent, of which no bit is passed over.
    const PRODUCTS_BEFORE: u64 = 16;
    const PRODUCTS_OF_WORD: u64 = 40;
    let products = PRODUCTS_BEFORE + PRODUCTS_OF_WORD.saturating_mul(exponent_bits.div_ceil(32));
    // Each is made smaller again, in the time of another one.
    charge_product(context, bits, products.saturating_mul(2))
}
