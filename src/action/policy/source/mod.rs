//! A policy as it is written: YAML, JSON or an object become one tree whose values know their places.

mod json;
mod object;
mod scalar;
pub mod tree;
mod yaml;

pub use json::read as read_json;
pub use object::read as read_object;
pub use yaml::read as read_yaml;
