//! The language: text, checked modules, program, answer. Nothing outside of this folder knows which engine evaluates.

mod allowance;
pub mod analysis;
mod artefact;
mod authoring;
pub mod builtins;
#[cfg(feature = "compiler")]
pub mod bundle;
pub mod check;
pub mod compile;
pub mod diagnostic;
pub mod document;
mod engine;
pub mod host;
mod letters;
mod memory;
pub mod pattern;
pub mod program;
mod query;
mod revision;
#[cfg(all(feature = "second-opinion", not(target_arch = "wasm32")))]
pub mod second_opinion;
pub mod source;
pub mod stage;
pub mod syntax;
pub mod testing;
pub mod value;
pub mod vm;
mod words;

pub use allowance::Allowance;
pub use artefact::Carried;
pub use authoring::{Findings, Formatted, check as find, format};
pub use check::{Capabilities, Target};
pub use diagnostic::{Diagnostic, Place, Severity};
pub use engine::{Document, NAME as ENGINE_NAME, Room};
pub use host::{HostAnswer, HostAnswers, HostCall};
pub use program::{Answer, Compilation, Evaluation, Program, Round, compile};
pub use revision::hex;
pub use source::{Dialect, DialectRule, Module};
pub use value::reach::Reach;
pub use vm::Cost;
