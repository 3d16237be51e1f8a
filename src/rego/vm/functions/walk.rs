//! `walk`: all values inside of one, with their paths.

use super::{Answer, Context, Function};
use crate::rego::value::{Kind, Slice, Space, Value};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "walk").then_some(Function::One(walk))
}

/// What has parts, of which some have not been walked.
struct Open {
    kind: Kind,
    slice: Slice,
    next: usize,
}

/// An array of `[path, value]`, each before what is inside of it.
fn walk(context: &mut Context<'_>, of: Value) -> Answer {
    let mut results = Vec::new();
    let mut path: Vec<Value> = Vec::new();
    // INVARIANT (depth): what is being walked stands in a list, one for each part of the path, and nothing recurses.
    let mut open: Vec<Open> = Vec::new();
    let mut value = of;
    loop {
        context.charge(1 + path.len() as u64 / 4)?;
        let own = context.stores.make_array(Space::Heap, &path)?;
        results.push(context.stores.make_array(Space::Heap, &[own, value])?);
        if let kind @ (Kind::Array(slice) | Kind::Object(slice) | Kind::Set(slice)) = value.kind() {
            open.push(Open { kind, slice, next: 0 });
            path.push(Value::UNDEFINED);
        }
        value = loop {
            let Some(top) = open.last_mut() else { return Ok(context.stores.make_array(Space::Heap, &results)?) };
            let next = top.next;
            top.next += 1;
            let found = match top.kind {
                Kind::Object(pairs) => context.stores.pairs(pairs).get(next).copied(),
                Kind::Array(items) => context.stores.items(items).get(next).map(|item| [Value::count(next), *item]),
                _ => context.stores.items(top.slice).get(next).map(|element| [*element; 2]),
            };
            match found {
                Some([key, value]) => {
                    if let Some(last) = path.last_mut() {
                        *last = key;
                    }
                    break value;
                }
                None => {
                    open.pop();
                    path.pop();
                }
            }
        };
    }
}
