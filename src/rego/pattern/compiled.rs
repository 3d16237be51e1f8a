//! The crate that searches, in time in proportion to the text: the only file that names it.

use crate::limits;
pub use regex::{Captures, Regex};
use regex::{Error, RegexBuilder};

/// Why the crate does not compile a pattern.
#[derive(Debug)]
pub enum NotCompiled {
    /// It would take more than [`limits::REGEX_BYTES`].
    TooLarge,
    /// Anything else, in the crate's words.
    Other(String),
}

/// Compiles a pattern in the crate's syntax, within our limits.
///
/// # Errors
/// Why it does not compile.
pub fn compiled(pattern: &str) -> Result<Regex, NotCompiled> {
    RegexBuilder::new(pattern)
        .size_limit(usize::try_from(limits::REGEX_BYTES).unwrap_or(usize::MAX))
        .nest_limit(u32::try_from(limits::REGEX_NESTING).unwrap_or(u32::MAX))
        .build()
        .map_err(|error| match error {
            Error::CompiledTooBig(_) => NotCompiled::TooLarge,
            other => NotCompiled::Other(other.to_string()),
        })
}
