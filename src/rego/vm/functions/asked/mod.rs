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
#[cfg_attr(not(feature = "network"), allow(dead_code, reason = "a build without network has nothing to ask"))]
pub enum Question {
    /// The host is asked: the arguments, as the text of a JSON array.
    Host(String),
    /// The call has its value without the host.
    Answered(Value),
}

/// A builtin for which the host answers. Each part is given the arguments of the call.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// How many arguments it takes.
    pub arguments: usize,
    /// What the host is asked.
    pub ask: fn(&mut Context<'_>, &[Value]) -> Result<Question, Failure>,
    /// The value of the call, of what the host has given.
    pub value: fn(&mut Context<'_>, &[Value], Value) -> Answer,
    /// What the call gives where the host has failed, and why it has; at the end, whether it has refused to try.
    pub failure: fn(&mut Context<'_>, &[Value], &str, bool) -> Answer,
}

/// The builtin of a name, where it is one for which the host answers once it grants it.
pub fn find(name: &str) -> Option<Asked> {
    match name {
        #[cfg(feature = "network")]
        "http.send" => Some(Asked {
            arguments: 1,
            ask: |context, arguments| http_request::ask(context, first(arguments)),
            value: |context, arguments, given| http_response::value(context, first(arguments), given),
            failure: |context, arguments, why, is_refusal| {
                http_response::failure(context, first(arguments), why, is_refusal)
            },
        }),
        #[cfg(feature = "network")]
        "net.lookup_ip_addr" => Some(Asked {
            arguments: 1,
            ask: |context, arguments| addresses::ask(context, first(arguments)),
            value: |context, _, given| addresses::value(context, given),
            failure: |_, _, why, _| addresses::failure(why),
        }),
        _ => None,
    }
}

#[cfg(feature = "network")]
fn first(arguments: &[Value]) -> Value {
    arguments.first().copied().unwrap_or(Value::UNDEFINED)
}
