//! The runtime: it runs code over values.
//!
//! A [`Machine`] holds a program with its constants and the data document, and is asked again and again. What an
//! evaluation makes lies in the heap and is forgotten before the next one.

pub mod code;
mod collect;
mod functions;
mod machine;
mod world;

pub use machine::{Machine, Request, Stop};

/// Whether there is a builtin of this name; `print` is one that the checks put another in the place of.
pub fn evaluates(name: &str) -> bool {
    name == "print" || functions::find(name).is_some()
}
