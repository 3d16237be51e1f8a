//! Whether code that was not compiled here is code: everything that it names is there.
//!
//! What runs it would end with an error where something is not; a program that was put together wrongly is to be refused before
//! anybody asks it.

use super::code::{Below, Callee, Code, Instruction, Label, Operand, ProcedureId, Replacement, Source};
use crate::rego::analysis::types::Type;
use crate::rego::value::{Kind, Space, Store, Value};

/// Whether everything is there that code names.
///
/// # Errors
/// What is not.
pub fn verify(code: &Code, constants: &Store) -> Result<(), &'static str> {
    let all = usize::MAX;
    let is_value = |value: Value| match value.kind() {
        Kind::Undefined => true,
        Kind::Place(place) => (place as usize) < code.places.len(),
        _ => constants.holds(value, Space::Program, all),
    };
    if !constants.is_sound(Space::Program) || !code.constants.iter().copied().all(is_value) {
        return Err("a constant is none");
    }
    let ends = code
        .instructions
        .last()
        .is_none_or(|last| matches!(last, Instruction::Jump { .. } | Instruction::Return { .. } | Instruction::Fail));
    if !ends {
        return Err("the last instruction leads beyond the end");
    }
    let names = Names { code };
    if !code.instructions.iter().all(|instruction| names.knows(instruction)) {
        return Err("an instruction names what is not there");
    }
    let procedures = code.procedures.iter().all(|own| names.label(own.start) && names.operand(own.path));
    let places = code.places.iter().all(|place| {
        let below = place.below.iter().all(|(key, below)| {
            names.operand(*key)
                && match below {
                    Below::Place(place) => (*place as usize) < code.places.len(),
                    Below::Rules(procedure) => names.procedure(*procedure),
                }
        });
        names.operand(place.path) && names.procedure(place.document) && below
    });
    let replacements = code.replacements.iter().all(|replacement| match replacement {
        Replacement::Input { path } => names.operand(*path),
        Replacement::Data { path, hidden } => names.operand(*path) && hidden.iter().all(|own| names.procedure(*own)),
        Replacement::Function { of, by } => names.callee(*of) && by.is_none_or(|by| names.callee(by)),
    });
    let entrypoints = code.entrypoints.iter().all(|entry| names.procedure(entry.procedure));
    if procedures && places && replacements && entrypoints { Ok(()) } else { Err("a procedure or a place is missing") }
}

struct Names<'a> {
    code: &'a Code,
}

impl Names<'_> {
    fn label(&self, label: Label) -> bool {
        (label.0 as usize) < self.code.instructions.len()
    }

    fn operand(&self, operand: Operand) -> bool {
        match operand.source() {
            Source::Constant(index) => (index as usize) < self.code.constants.len(),
            Source::Register(_) => true,
        }
    }

    fn procedure(&self, procedure: ProcedureId) -> bool {
        (procedure.0 as usize) < self.code.procedures.len()
    }

    fn builtin(&self, builtin: u16) -> bool {
        usize::from(builtin) < self.code.builtins.len()
    }

    fn host(&self, function: u16) -> bool {
        let import = self.code.host_functions.get(usize::from(function));
        import.is_some_and(|import| import.result.parse::<Type>().is_ok())
    }

    fn callee(&self, callee: Callee) -> bool {
        match callee {
            Callee::Procedure(procedure) => self.procedure(procedure),
            Callee::Builtin(builtin) => self.builtin(builtin),
            Callee::Host(function) => self.host(function),
        }
    }

    fn knows(&self, instruction: &Instruction) -> bool {
        let mut instruction = *instruction;
        if instruction.label_mut().is_some_and(|label| !self.label(*label)) {
            return false;
        }
        match instruction {
            Instruction::Move { from: value, .. }
            | Instruction::Holds { value, .. }
            | Instruction::Document { of: value, .. }
            | Instruction::Keys { of: value, .. }
            | Instruction::Data { path: value, .. }
            | Instruction::IsArray { value, .. }
            | Instruction::IsObject { value, .. }
            | Instruction::Iterate { over: value, .. }
            | Instruction::Push { value }
            | Instruction::Define { value, .. }
            | Instruction::Return { value } => self.operand(value),
            Instruction::Compare { left: a, right: b, .. }
            | Instruction::Lookup { of: a, key: b, .. }
            | Instruction::LookupPlace { of: a, key: b, .. }
            | Instruction::Merge { under: a, over: b, .. } => self.operand(a) && self.operand(b),
            Instruction::Ask { procedure, .. } | Instruction::Call { procedure, .. } => self.procedure(procedure),
            Instruction::AskElement { procedure, whole, key, .. } => {
                self.procedure(procedure) && self.procedure(whole) && self.operand(key)
            }
            Instruction::CallHost { function, .. } => self.host(function),
            Instruction::CallBuiltin { builtin, .. } => self.builtin(builtin),
            Instruction::Replace { first, count, .. } => {
                first as usize + usize::from(count) <= self.code.replacements.len()
            }
            _ => true,
        }
    }
}
