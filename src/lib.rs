#![doc = include_str!("ARCHITECTURE.md")]

// In reading order: each module imports only from those above it.
pub mod error;
pub mod limits;
pub mod rego;
pub mod policy;
pub mod decision;
pub mod governance;
pub mod api;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
