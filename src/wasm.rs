//! The JS door: the only file that names `wasm_bindgen`. It passes texts and bytes on, and holds no logic.

use crate::api;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// One engine. The package's driver owns it; programs are handles inside it.
#[wasm_bindgen]
pub struct Engine(RefCell<api::Engine>);

#[wasm_bindgen]
impl Engine {
    /// An engine that holds nothing. Panics show their message in the console, for us to mend: a panic is a bug.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "JS calls the constructor; Rust has `api::Engine`")]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self(RefCell::new(api::Engine::new()))
    }

    /// Performs an operation: see `api.rs`. No JS runs inside it, so it cannot be entered twice.
    pub fn call(&self, operation: &str, request: &str, document: Option<Vec<u8>>) -> String {
        self.0.borrow_mut().call(operation, request, document.as_deref())
    }

    /// The fast path of the operation `evaluate`.
    pub fn evaluate(&self, handle: u32, entrypoint: &str, document: &[u8], now_ms: f64) -> String {
        self.0.borrow().evaluate_directly(handle, entrypoint, document, whole(now_ms))
    }

    /// The same for a tape of a JS value and the text of its strings.
    pub fn evaluate_tape(&self, handle: u32, entrypoint: &str, tape: &[u32], text: Vec<u8>, now_ms: f64) -> String {
        self.0.borrow().evaluate_tape(handle, entrypoint, tape, text, whole(now_ms))
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a JS time in milliseconds; the cast saturates"
)]
const fn whole(now_ms: f64) -> u64 {
    now_ms as u64
}

/// Traps on purpose. Only in test builds, to show that the driver survives it.
#[cfg(feature = "trap")]
#[wasm_bindgen]
pub fn trap() {
    std::process::abort();
}
