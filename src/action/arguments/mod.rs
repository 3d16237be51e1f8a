//! What is said of the arguments of a call: their schema, their grounds, personal data in them, and their digest.

mod card_numbers;
pub mod decimal;
pub mod digest;
pub mod equality;
pub mod field_path;
pub mod grounding;
pub mod paths;
mod pattern_text;
pub mod patterns;
pub mod personal_data;
pub mod schema;
pub mod walk;
