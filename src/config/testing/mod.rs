//! Tests of policies (section 5): files in YAML that say what is decided on which input, each test with cases that change it.
//!
//! From the files ([`file`]) by inheritance ([`merge`]) to one decision after the other ([`run`]), each compared with what was expected
//! ([`text_diff`]); and beside them the test rules of the policies themselves ([`unit`]).

pub mod file;
pub mod merge;
pub mod run;
pub mod text_diff;
pub mod unit;

pub use run::{TestResult, TestRun, Turn};
