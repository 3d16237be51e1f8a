#![doc = include_str!("ARCHITECTURE.md")]

// In reading order: each module imports only from those above it.
#[cfg(feature = "actions")]
pub mod action;
pub mod api;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "trees")]
pub mod decision;
pub mod error;
#[cfg(feature = "governance")]
pub mod governance;
pub mod limits;
#[cfg(feature = "trees")]
pub mod policy;
pub mod rego;
mod sorted;
pub mod typed;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
