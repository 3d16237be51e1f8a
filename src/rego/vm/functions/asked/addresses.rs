//! `net.lookup_ip_addr`: the addresses of a name.

use super::{Answer, Context, Failure, Question, Value};
use crate::rego::value::{Form, Kind, Space};
use crate::rego::vm::functions::texts::{Draft, string};
use crate::rego::vm::machine::Stop;

/// What the host is asked: the name.
pub fn ask(context: &mut Context<'_>, name: Value) -> Result<Question, Failure> {
    string(name, 1)?;
    let question = Draft::write(context, |context, draft| {
        draft.push("[")?;
        draft.push_value(context.stores, name, Form::Json)?;
        draft.push("]")
    });
    question.map(Question::Host)
}

/// A set of what the host gives, which is an array of texts.
///
/// # Errors
/// The evaluation ends where it is anything else: nobody has looked the name up.
pub fn value(context: &mut Context<'_>, given: Value) -> Answer {
    let wrong = || {
        let message = "net.lookup_ip_addr: what the host gave is no array of texts";
        Failure::Stop(Stop::Error { code: "eval_builtin_error", message: message.to_owned() })
    };
    let Kind::Array(items) = given.kind() else { return Err(wrong()) };
    context.charge(u64::from(items.len))?;
    let mut addresses = context.stores.items(items).to_vec();
    if addresses.iter().any(|address| context.stores.as_str(*address).is_none()) {
        return Err(wrong());
    }
    Ok(context.stores.make_set(Space::Heap, &mut addresses)?)
}

/// A name that is not found is a builtin that fails, as in OPA. A lookup that took too long ends the evaluation, there too.
pub fn failure(why: &str) -> Answer {
    let is_given_up = why.contains("i/o timeout") || why.contains("operation was canceled");
    if is_given_up {
        let message = format!("net.lookup_ip_addr: {why}");
        return Err(Failure::Stop(Stop::Error { code: "eval_builtin_error", message }));
    }
    Err(Failure::of_builtin(why))
}
