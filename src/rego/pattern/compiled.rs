//! The crate that searches, in time in proportion to the text: the only file that names it.
//!
//! There are two of one author and one interface. That of the full build knows the tables of Unicode and is several times as fast; the other is
//! a fifth of it, and searches where `unicode-patterns` is off.

use crate::limits;
#[cfg(feature = "unicode-patterns")]
pub use regex::{Captures, Regex};
#[cfg(feature = "unicode-patterns")]
use regex::{Error, RegexBuilder};
#[cfg(not(feature = "unicode-patterns"))]
pub use regex_lite::{Captures, Regex};
#[cfg(not(feature = "unicode-patterns"))]
use regex_lite::{Error, RegexBuilder};

/// Whether the crate knows letters beyond those of ASCII: their cases, categories and scripts.
pub const KNOWS_UNICODE: bool = cfg!(feature = "unicode-patterns");

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
        .map_err(not_compiled)
}

#[cfg(feature = "unicode-patterns")]
fn not_compiled(error: Error) -> NotCompiled {
    match error {
        Error::CompiledTooBig(_) => NotCompiled::TooLarge,
        other => NotCompiled::Other(other.to_string()),
    }
}

// It tells no kinds of errors apart.
#[cfg(not(feature = "unicode-patterns"))]
fn not_compiled(error: Error) -> NotCompiled {
    match error.to_string() {
        message if message.contains("size limit") || message.contains("too many states") => NotCompiled::TooLarge,
        message => NotCompiled::Other(message),
    }
}
