//! The text before it is parsed: tokens that never fail, the limits that keep a parser from hanging, and the top-level statements.

pub mod guard;
pub mod lexer;
pub mod numbers;
pub mod statements;
