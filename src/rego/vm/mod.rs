//! The runtime: it runs code over values.
//!
//! A [`Machine`] holds the data document and is asked for what any [`Executable`] says, again and again. What an evaluation makes
//! lies in the heap and is forgotten before the next one.

mod by_number;
pub mod bytes;
pub mod code;
mod collect;
mod executable;
mod frames;
mod functions;
pub mod instruction;
mod machine;
#[cfg(feature = "compiler")]
mod reads;
pub mod rule_index;
mod shape;
mod verify;
mod world;

pub use executable::Executable;
#[cfg(feature = "yaml")]
pub use functions::yaml::{NotRead as NotYaml, json_text as json_of_yaml};
/// How texts and keys are written in YAML.
#[cfg(feature = "yaml")]
pub mod yaml_style {
    pub use super::functions::yaml::{Style, compare_keys, escape_of, is_printed, is_simple_key, style_of};
}
pub use machine::{Cost, Machine, Print, Request, Stop};
#[cfg(feature = "compiler")]
pub use reads::reach;

/// Whether this build knows what to ask a host for the builtin of a name, once the host grants it.
pub fn is_asked(name: &str) -> bool {
    functions::find_asked(name).is_some()
}

/// Whether there is a builtin of this name. The checks put another one in the place of `print`, and the compiler what they say in that
/// of those which look at metadata.
pub fn evaluates(name: &str) -> bool {
    matches!(name, "print" | "rego.metadata.chain" | "rego.metadata.rule") || functions::Callable::find(name).is_some()
}
