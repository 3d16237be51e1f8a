//! Ed25519.

use crate::rego::vm::functions::{Context, Failure};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};

/// A private key: the seed that all of it follows from.
#[derive(Clone)]
pub struct PrivateKey {
    /// The seed.
    pub seed: [u8; 32],
    /// The key that verifies what it signs.
    pub public: [u8; 32],
}

/// Takes the steps for one signature over so many bytes.
fn charge(context: &mut Context<'_>, bytes: usize) -> Result<(), Failure> {
    /// Those for work with points.
    const STEPS_OF_POINTS: u64 = 20_000;
    context.charge(STEPS_OF_POINTS + bytes as u64 / 4)
}

impl PrivateKey {
    /// The key that follows from a seed.
    ///
    /// # Errors
    /// There are not enough steps.
    pub fn of_seed(context: &mut Context<'_>, seed: [u8; 32]) -> Result<Self, Failure> {
        charge(context, 0)?;
        Ok(Self { seed, public: SigningKey::from_bytes(&seed).verifying_key().to_bytes() })
    }

    /// Signs a message.
    ///
    /// # Errors
    /// There are not enough steps.
    pub fn sign(&self, context: &mut Context<'_>, message: &[u8]) -> Result<Vec<u8>, Failure> {
        charge(context, message.len())?;
        Ok(SigningKey::from_bytes(&self.seed).sign(message).to_bytes().to_vec())
    }
}

/// Whether a signature of a message was made with the key that belongs to this one.
///
/// # Errors
/// There are not enough steps.
pub fn verifies(context: &mut Context<'_>, key: &[u8; 32], message: &[u8], signature: &[u8]) -> Result<bool, Failure> {
    charge(context, message.len())?;
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(key), Signature::from_slice(signature)) else {
        return Ok(false);
    };
    Ok(key.verify(message, &signature).is_ok())
}
