//! What a `cert` says that is to be trusted: the keys in it, or the text, where the driver reads it.

#[cfg(feature = "signatures")]
pub use super::signatures::keys_of;

/// Keys to verify with.
#[cfg(feature = "signatures")]
pub type Keys = Vec<super::signatures::VerificationKey>;

/// The text of keys to verify with, which nobody has read.
#[cfg(not(feature = "signatures"))]
pub type Keys = String;

/// The keys of a text.
///
/// # Errors
/// None: whoever verifies reads them.
#[cfg(not(feature = "signatures"))]
pub fn keys_of(
    _: &mut crate::rego::vm::functions::Context<'_>,
    text: &str,
) -> Result<Keys, crate::rego::vm::functions::Failure> {
    Ok(text.to_owned())
}
