//! From the tree of a policy to its fields: every type, range and rule of section 6.3, all mistakes at once.

mod circles;
mod fields;
mod names;
pub mod ranges;
mod rules;
mod values;
mod warnings;

pub use fields::read;
