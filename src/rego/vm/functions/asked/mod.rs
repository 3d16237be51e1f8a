//! Builtins for which the host answers: what it is asked, and what becomes of what it says.

#[cfg(feature = "network")]
mod addresses;
#[cfg(feature = "network")]
pub mod http_fields;
#[cfg(feature = "network")]
mod http_request;
#[cfg(feature = "network")]
mod http_response;
#[cfg(feature = "network")]
mod http_status;

use super::{Answer, Context, Failure};
use crate::rego::value::Value;

/// What comes of a call before the host has said anything.
pub enum Question {
    /// The host is asked: the arguments, as the text of a JSON array.
    Host(String),
    /// The call has its value without the host.
    Answered(Value),
}

/// A builtin of one argument for which the host answers. Each part is given the argument of the call.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// What the host is asked.
    pub ask: fn(&mut Context<'_>, Value) -> Result<Question, Failure>,
    /// The value of the call, of what the host has given.
    pub value: fn(&mut Context<'_>, Value, Value) -> Answer,
    /// What the call gives where the host has failed, and why it has; at the end, whether it has refused to try.
    pub failure: fn(&mut Context<'_>, Value, &str, bool) -> Answer,
}

/// The builtin of a name, where it is one for which the host answers.
pub fn find(name: &str) -> Option<Asked> {
    match name {
        #[cfg(feature = "network")]
        "http.send" => {
            Some(Asked { ask: http_request::ask, value: http_response::value, failure: http_response::failure })
        }
        #[cfg(feature = "network")]
        "net.lookup_ip_addr" => {
            Some(Asked { ask: addresses::ask, value: addresses::value, failure: addresses::failure })
        }
        _ => None,
    }
}
