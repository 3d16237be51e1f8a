//! From an author's text to something that can be asked: contracts, and validation against a stub input.

pub mod contract;
pub mod validation;

pub use contract::Contract;
pub use validation::{Validation, validate};
