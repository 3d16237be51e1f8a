//! Calls of functions of the host: what a program needs to be told, and what it is told.

use std::collections::BTreeMap;

/// A call of a function that the host has declared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostCall {
    /// The function.
    pub function: String,
    /// Its arguments, as the text of a JSON array; sets are arrays in their order.
    pub arguments: String,
}

/// What the host says to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostAnswer {
    /// The value of the function, as JSON text.
    Value(String),
    /// The function has no value for these arguments.
    Undefined,
    /// The function failed, and why: the evaluation ends with that.
    Failed(String),
}

/// What the host has said so far. A call has one answer for a whole evaluation.
#[derive(Debug, Clone, Default)]
pub struct HostAnswers(BTreeMap<HostCall, HostAnswer>);

impl HostAnswers {
    /// Keeps the answer to a call. The first one holds.
    pub fn insert(&mut self, call: HostCall, answer: HostAnswer) {
        self.0.entry(call).or_insert(answer);
    }

    /// The answer to a call.
    pub fn get(&self, call: &HostCall) -> Option<&HostAnswer> {
        self.0.get(call)
    }
}
