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

    /// Makes room for the bytes of an input, and says where in the memory of the module it begins. It is there until the next call.
    pub fn reserve(&self, bytes: usize) -> usize {
        self.0.borrow_mut().reserve(bytes).as_ptr().addr()
    }

    /// The fast path of the operation `evaluate`, for as many bytes as were written into that room. The number is an `Outcome`.
    pub fn evaluate(&self, handle: u32, entrypoint: &str, bytes: usize, now_ms: f64) -> u32 {
        self.0.borrow_mut().evaluate_reserved(handle, entrypoint, bytes, whole(now_ms)) as u32
    }

    /// The same for a tape of a JS value and the text of its strings.
    pub fn evaluate_tape(&self, handle: u32, entrypoint: &str, tape: &[u32], text: Vec<u8>, now_ms: f64) -> u32 {
        self.0.borrow_mut().evaluate_tape(handle, entrypoint, tape, text, whole(now_ms)) as u32
    }

    /// The text behind the outcome of the last evaluation, where one is.
    pub fn take_text(&self) -> String {
        self.0.borrow_mut().take_text()
    }

    /// The steps of the last evaluation, where it gave an answer.
    pub fn steps(&self) -> f64 {
        number(self.0.borrow().cost().steps)
    }

    /// Its units of memory.
    pub fn memory_units(&self) -> f64 {
        number(self.0.borrow().cost().memory_units)
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

#[allow(clippy::cast_precision_loss, reason = "limits on what is counted are far below what a JS number holds exactly")]
const fn number(count: u64) -> f64 {
    count as f64
}

/// Traps on purpose. Only in test builds, to show that the driver survives it.
#[cfg(feature = "trap")]
#[wasm_bindgen]
pub fn trap() {
    std::process::abort();
}
