//! Calls of functions of the host: what a program needs to be told, and what it is told.

use crate::sorted;
#[cfg(feature = "network")]
use serde_json::Value;

/// A call of a function that the host has declared, or of a builtin for which it answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostCall {
    /// The function.
    pub function: String,
    /// Its arguments, as the text of a JSON array; sets are arrays in their order.
    pub arguments: String,
}

impl HostCall {
    /// What has one answer for a whole evaluation: the call, but for the headers of a request that it names in
    /// `cache_ignored_headers`. Of calls that differ in those, the first that is come to is asked.
    pub fn identity(self) -> Self {
        #[cfg(feature = "network")]
        if self.function == "http.send" {
            return self.without_ignored_headers();
        }
        self
    }

    #[cfg(feature = "network")]
    fn without_ignored_headers(self) -> Self {
        // That field is the last of a request.
        if self.arguments.ends_with(r#""cache_ignored_headers":[]}]"#) {
            return self;
        }
        // What is no request is what it says.
        let Ok(mut arguments) = serde_json::from_str::<Value>(&self.arguments) else { return self };
        let Some(request) = arguments.get_mut(0).and_then(Value::as_object_mut) else { return self };
        let Some(Value::Array(ignored)) = request.remove("cache_ignored_headers") else { return self };
        if let Some(headers) = request.get_mut("headers").and_then(Value::as_object_mut) {
            headers.retain(|name, _| !ignored.iter().any(|ignored| ignored == name.as_str()));
        }
        request.insert("cache_ignored_headers".to_owned(), Value::Array(Vec::new()));
        Self { arguments: arguments.to_string(), ..self }
    }
}

/// What the host says to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostAnswer {
    /// The value of the function, as JSON text.
    Value(String),
    /// The function has no value for these arguments.
    Undefined,
    /// The function failed, and why. The evaluation ends with that; of a builtin it is the failure of the builtin.
    Failed(String),
    /// The same, where the host has not tried: it does not allow what is asked.
    Refused(String),
}

/// What the host has said so far. A call has one answer for a whole evaluation.
#[derive(Debug, Clone, Default)]
pub struct HostAnswers(sorted::Map<HostCall, HostAnswer>);

impl HostAnswers {
    /// Keeps the answer to a call. The first one holds.
    pub fn insert(&mut self, call: HostCall, answer: HostAnswer) {
        self.0.entry(call.identity()).or_insert(answer);
    }

    /// The answer to what is one call.
    pub fn get(&self, identity: &HostCall) -> Option<&HostAnswer> {
        self.0.get(identity)
    }
}
