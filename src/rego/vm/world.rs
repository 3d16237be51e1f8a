//! `World`: what an evaluation sees while nothing, or something, is replaced by `with`.

use super::by_number::ByNumber;
use super::code::{Callee, ProcedureId};
use crate::rego::value::{Kind, Space, Stores, TooLarge, UNITS_OF_WORD, Value};

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
    answers: ByNumber<Option<Value>>,
    /// The elements that procedures have been asked for, with their keys, by what [`hash`] says of those.
    elements: ByNumber<Elements>,
}

/// Elements that a procedure has been asked for.
#[derive(Debug, Default)]
struct Elements {
    count: usize,
    by_hash: ByNumber<Vec<(Value, Value)>>,
}

impl World {
    /// One in which nothing has been asked.
    pub fn new(input: Value, data: Value, hidden: Vec<ProcedureId>, functions: Vec<(Callee, Substitute)>) -> Self {
        Self { input, data, hidden, functions, answers: ByNumber::new(), elements: ByNumber::new() }
    }

    /// The value of a procedure, where it has been asked.
    pub fn answer(&self, of: ProcedureId) -> Option<Value> {
        self.answers.get(u64::from(of.0)).copied().flatten()
    }

    /// Keeps the value of a procedure.
    pub fn keep_answer(&mut self, of: ProcedureId, value: Value) {
        self.answers.change(u64::from(of.0), |answer| *answer = Some(value));
    }

    /// What it takes in the cost model of memory, before anything has been answered over it.
    pub fn units(&self) -> u64 {
        const OWN: u64 = 16;
        const OF_FUNCTION: u64 = 4;
        (OWN + self.hidden.len() as u64 + OF_FUNCTION * self.functions.len() as u64) * UNITS_OF_WORD
    }

    /// The element that a procedure has given for a key, where it was asked for it.
    pub fn element(&self, of: ProcedureId, key: Value, stores: &Stores) -> Option<Value> {
        let found = self.elements.get(u64::from(of.0))?.by_hash.get(hash(stores, key))?;
        let mut found = found.iter().enumerate();
        // Short keys cost nothing to compare; many that hash alike would be compared for nothing.
        let same = found.find(|&(at, (own, _))| (at == 0 || stores.count_work()) && stores.equals(*own, key));
        same.map(|(_, (_, element))| *element)
    }

    /// How many elements a procedure has been asked for.
    pub fn elements_of(&self, procedure: ProcedureId) -> usize {
        self.elements.get(u64::from(procedure.0)).map_or(0, |elements| elements.count)
    }

    /// Keeps what a procedure has given for a key.
    pub fn keep_element(&mut self, of: ProcedureId, key: Value, element: Value, stores: &Stores) {
        self.elements.change(u64::from(of.0), |elements| {
            elements.count += 1;
            elements.by_hash.change(hash(stores, key), |same| same.push((key, element)));
        });
    }
}

/// A number that is the same for values which are written alike, on every machine. It looks at so many parts, and so many bytes of each, that
/// it takes no longer than an instruction may; others are told apart by comparing them, which is counted.
fn hash(stores: &Stores, key: Value) -> u64 {
    const PARTS: usize = 24;
    const BYTES: usize = 32;
    const SEED: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let with_bytes =
        |hash: u64, bytes: &[u8]| bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    let with_text = |hash: u64, kind: u8, text: &[u8]| {
        let hash = with_bytes(with_bytes(hash, &[kind]), &(text.len() as u64).to_le_bytes());
        let first = text.get(..BYTES).unwrap_or(text);
        let last = text.get(text.len().saturating_sub(BYTES)..).unwrap_or(text);
        with_bytes(with_bytes(hash, first), last)
    };
    let mut hash = SEED;
    // Parts after what they are parts of. What has none takes no memory.
    let mut waiting = Vec::new();
    let mut at = 0;
    let mut next = Some(key);
    while let Some(part) = next {
        let room = PARTS.saturating_sub(waiting.len() + 1);
        hash = match part.kind() {
            Kind::String(text) => with_text(hash, 1, stores.text(text).as_bytes()),
            Kind::Number(text) => with_text(hash, 2, stores.text(text).as_bytes()),
            Kind::Integer(value) => with_bytes(hash, &value.to_le_bytes()),
            Kind::Boolean(value) => with_bytes(hash, &[3, u8::from(value)]),
            Kind::Array(items) | Kind::Set(items) => {
                waiting.extend(stores.items(items).iter().take(room));
                with_bytes(hash, &items.len.to_le_bytes())
            }
            Kind::Object(pairs) => {
                waiting.extend(stores.pairs(pairs).iter().flatten().take(room));
                with_bytes(hash, &pairs.len.to_le_bytes())
            }
            Kind::Undefined | Kind::Null | Kind::Place(_) => with_bytes(hash, &[4]),
        };
        next = waiting.get(at).copied();
        at += 1;
    }
    hash
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
