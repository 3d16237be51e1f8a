//! What the evaluation tells of itself.

use super::operands::{array, string};
use super::{Answer, Context, Function};
use crate::rego::value::{Space, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "trace" => Function::One(trace),
        // It tells whoever traces an evaluation: nothing follows from it.
        "internal.test_case" => Function::One(|_, named| array(named, 1).map(|_| Value::TRUE)),
        // There is nothing that a policy could learn of the host.
        "opa.runtime" => Function::Zero(|context| Ok(context.stores.make_object(Space::Heap, &mut Vec::new())?)),
        _ => return None,
    })
}

/// Notes go nowhere: what is wanted of them is that they hold.
fn trace(context: &mut Context<'_>, note: Value) -> Answer {
    string(context, note, 1).map(|_| Value::TRUE)
}
