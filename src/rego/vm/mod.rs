//! The runtime: it runs code over values.
//!
//! A [`Machine`] holds the data document and is asked for what any [`Executable`] says, again and again. What an evaluation makes
//! lies in the heap and is forgotten before the next one.

pub mod bytes;
pub mod code;
mod collect;
mod executable;
mod functions;
mod machine;
mod verify;
mod world;

pub use executable::Executable;
pub use machine::{Machine, Print, Request, Stop};

/// Whether there is a builtin of this name; `print` is one that the checks put another in the place of.
pub fn evaluates(name: &str) -> bool {
    name == "print" || functions::find(name).is_some()
}
