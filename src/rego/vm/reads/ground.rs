//! `Ground`: what is known of code before any of it is run, for all that is asked of it.

use crate::rego::vm::code::{Below, Callee, Code, ProcedureId, Replacement};
use crate::sorted::{self, InOrder};

/// Where procedures end, and what some instruction does that matters for all of them.
#[derive(Debug)]
pub struct Ground {
    /// For each procedure, the place behind its last instruction.
    pub ends: Vec<u32>,
    /// The functions that others may take the place of, and what those are.
    pub replaced: sorted::Map<Callee, Vec<Callee>>,
    /// All that a step into a place below `data` may ask for.
    pub places: Vec<ProcedureId>,
}

impl Ground {
    pub fn of(code: &Code) -> Self {
        let mut replaced: sorted::Map<Callee, Vec<Callee>> = sorted::Map::new();
        for replacement in &code.replacements {
            if let Replacement::Function { of, by } = replacement {
                replaced.entry(*of).or_default().extend(by);
            }
        }
        for by in replaced.values_mut() {
            by.order();
            by.dedup();
        }
        let mut places = sorted::Set::new();
        for place in &code.places {
            places.insert(place.document);
            places.extend(place.below.iter().filter_map(|(_, below)| match below {
                Below::Rules(procedure) => Some(*procedure),
                Below::Place(_) => None,
            }));
        }
        Self { ends: ends(code), replaced, places: places.into_iter().collect() }
    }
}

/// A procedure ends where the next one begins.
fn ends(code: &Code) -> Vec<u32> {
    let mut starts: Vec<u32> = code.procedures.iter().map(|procedure| procedure.start.0).collect();
    starts.order();
    let all = u32::try_from(code.instructions.len()).unwrap_or(u32::MAX);
    let end = |start: u32| starts.get(starts.partition_point(|other| *other <= start)).copied().unwrap_or(all);
    code.procedures.iter().map(|procedure| end(procedure.start.0)).collect()
}
