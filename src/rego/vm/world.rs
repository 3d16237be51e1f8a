//! `World`: what an evaluation sees while nothing, or something, is replaced by `with`.

use super::code::{Callee, ProcedureId};
use crate::rego::value::{Kind, Space, Stores, TooLarge, Value};
use std::collections::BTreeMap;

/// The documents and functions that are in force, and what procedures have answered over them.
#[derive(Debug)]
pub struct World {
    /// The input document; undefined where there is none.
    pub input: Value,
    /// The data document.
    pub data: Value,
    /// Procedures whose values are replaced by data, in order.
    pub hidden: Vec<ProcedureId>,
    /// Functions that are replaced, the last first.
    pub functions: Vec<(Callee, Substitute)>,
    /// The values of procedures that have been asked.
    pub answers: BTreeMap<ProcedureId, Value>,
}

/// What takes the place of a function.
#[derive(Debug, Clone, Copy)]
pub enum Substitute {
    /// A value.
    Value(Value),
    /// Another function; a procedure without arguments is asked.
    Function(Callee),
}

/// A document in which a value stands under a path, and everything else as before. What is in the way of the path gives
/// way.
pub fn with_path(stores: &mut Stores, document: Value, path: &[Value], value: Value) -> Result<Value, TooLarge> {
    // The objects on the way, from the outermost.
    let mut above = Vec::with_capacity(path.len());
    let mut at = document;
    for &step in path {
        above.push(at);
        at = stores.get(at, step);
    }
    let mut inner = value;
    for (&step, outer) in path.iter().zip(above).rev() {
        let mut pairs = match outer.kind() {
            Kind::Object(slice) => stores.pairs(slice).to_vec(),
            _ => Vec::new(),
        };
        pairs.push([step, inner]);
        inner = stores.make_object(Space::Heap, &mut pairs)?;
    }
    Ok(inner)
}
