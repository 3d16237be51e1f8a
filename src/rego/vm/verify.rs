//! Whether code that was not compiled here is code: everything that it names is there.
//!
//! What runs it would end with an error where something is not, and find nothing in a set that is in no order; a program that was put
//! together wrongly is to be refused before anybody asks it.

use super::code::{
    Below, Callee, Code, Element, HostImport, Instruction, Label, Many, Operand, ProcedureId, Register, Replacement,
    Source,
};
use super::frames::{Frame, frames};
use super::functions;
use super::rule_index::RuleIndex;
use crate::rego::analysis::types::Type;
use crate::rego::value::{Kind, Space, Store, Value};
use std::rc::Rc;

/// Whether everything is there that code names.
///
/// # Errors
/// What is not.
pub fn verify(code: &Code, constants: &Rc<Store>) -> Result<(), &'static str> {
    let all = usize::MAX;
    let is_value = |value: Value| match value.kind() {
        Kind::Undefined => value.is_only_word(),
        Kind::Place(place) => (place as usize) < code.places.len() && value.is_only_word(),
        _ => constants.holds(value, Space::Program, all),
    };
    if !constants.is_sound(Space::Program) || !code.constants.iter().copied().all(is_value) {
        return Err("a constant is none");
    }
    if !constants.is_in_order(Space::Program, &code.constants) {
        return Err("the parts of a constant are in no order");
    }
    if !code.host_functions.iter().all(|import: &HostImport| import.result.parse::<Type>().is_ok()) {
        return Err("a function of the host is of no type");
    }
    let is_called_rightly = |import: &HostImport| {
        functions::find_asked(&import.name).is_none_or(|asked| asked.arguments == usize::from(import.arguments))
    };
    if !code.host_functions.iter().all(is_called_rightly) {
        return Err("a builtin takes another number of arguments");
    }
    let frames = frames(code).ok_or("a procedure has no end")?;
    let names = Names { code, builtins: code.builtins.iter().map(|name| functions::Callable::find(name)).collect() };
    if !code.indexes.iter().all(|index| names.index(index, &frames, constants)) {
        return Err("an index of rules is none");
    }
    if !frames.iter().all(|frame| names.knows_all(frame)) {
        return Err("an instruction names what is not there");
    }
    let procedures = code.procedures.iter().all(|own| names.constant(own.path));
    let places = code.places.iter().all(|place| {
        let below = place.below.iter().all(|(key, below)| {
            names.constant(*key)
                && match below {
                    Below::Place(place) => (*place as usize) < code.places.len(),
                    Below::Rules(procedure) => names.document(*procedure),
                }
        });
        names.constant(place.path) && names.document(place.document) && below
    });
    let replacements = code.replacements.iter().all(|replacement| names.replaces(replacement));
    let entrypoints = code.entrypoints.iter().all(|entry| names.document(entry.procedure));
    let elements = code.elements.iter().all(|element| names.element(element));
    if procedures && places && replacements && entrypoints && elements {
        Ok(())
    } else {
        Err("a procedure or a place is missing")
    }
}

struct Names<'a> {
    code: &'a Code,
    /// The functions behind the names of builtins, where this build has them.
    builtins: Vec<Option<functions::Callable>>,
}

impl Names<'_> {
    fn constant(&self, operand: Operand) -> bool {
        matches!(operand.source(), Source::Constant(index) if (index as usize) < self.code.constants.len())
    }

    /// How many arguments a procedure takes, where it is one.
    fn arguments(&self, procedure: ProcedureId) -> Option<usize> {
        self.code.procedures.get(procedure.0 as usize).map(|procedure| usize::from(procedure.arguments))
    }

    /// Whether it is a procedure without arguments.
    fn document(&self, procedure: ProcedureId) -> bool {
        self.arguments(procedure) == Some(0)
    }

    /// How many arguments a builtin takes, where it is named; none where this build lacks it, which nobody can call.
    fn of_builtin(&self, builtin: u16) -> Option<usize> {
        self.builtins.get(usize::from(builtin)).map(|function| function.map_or(0, functions::Callable::arguments))
    }

    fn of_host(&self, function: u16) -> Option<usize> {
        self.code.host_functions.get(usize::from(function)).map(|import| usize::from(import.arguments))
    }

    fn of_callee(&self, callee: Callee) -> Option<usize> {
        match callee {
            Callee::Procedure(procedure) => self.arguments(procedure),
            Callee::Builtin(builtin) => self.of_builtin(builtin),
            Callee::Host(function) => self.of_host(function),
        }
    }

    fn replaces(&self, replacement: &Replacement) -> bool {
        match replacement {
            Replacement::Input { path } => self.constant(*path),
            Replacement::Data { path, hidden } => {
                self.constant(*path) && hidden.iter().all(|own| self.arguments(*own).is_some())
            }
            Replacement::Function { of, by } => match (self.of_callee(*of), by.map(|by| self.of_callee(by))) {
                (Some(_), None) => true,
                // What takes its place finds its arguments where those of the other stand.
                (Some(of), Some(Some(by))) => by <= of,
                _ => false,
            },
        }
    }

    fn element(&self, element: &Element) -> bool {
        let of_many = match element.many {
            Many::OneByOne | Many::Whole => true,
            Many::By(procedure) => self.arguments(procedure) == Some(1),
        };
        element.steps > 0 && self.arguments(element.procedure) == Some(1) && self.document(element.whole) && of_many
    }

    fn index(&self, index: &RuleIndex, frames: &[Frame<'_>], constants: &Store) -> bool {
        let are_keys = |(test, (keys, starts)): (usize, (&u32, &Vec<u32>))| {
            let keys = self.code.constants.get(*keys as usize).map(|keys| keys.kind());
            let Some(Kind::Set(keys)) = keys else { return false };
            let is_text = |key: &Value| matches!(key.kind(), Kind::String(_));
            let is_key = |key: &Value| key.is_scalar() && (is_text(key) || !index.is_by_prefix(test));
            keys.len as usize == starts.len() && constants.items(keys).iter().all(is_key)
        };
        // INVARIANT (one frame): an instruction that names an index is in the procedure of its first rule, and so are all of them.
        let first = index.rules.first().copied().unwrap_or(0) as usize;
        let behind = frames.partition_point(|frame| frame.start <= first);
        let frame = behind.checked_sub(1).and_then(|at| frames.get(at));
        frame.is_some_and(|frame| index.rules.iter().all(|rule| frame.has_label(Label(*rule))))
            && index.is_whole()
            && index.keys.iter().zip(&index.starts).enumerate().all(are_keys)
    }

    /// Whether an instruction of a procedure may name an index, with these registers for its state.
    fn has_index(&self, frame: &Frame<'_>, index: u32, state: Register) -> bool {
        self.code.indexes.get(index as usize).is_some_and(|index| {
            let is_here = index.rules.first().is_some_and(|first| frame.has_label(Label(*first)));
            is_here && frame.has_row(state, 1 + index.keys.len())
        })
    }

    fn knows_all(&self, frame: &Frame<'_>) -> bool {
        frame.instructions.iter().zip(frame.start..).all(|(instruction, at)| self.knows(instruction, at, frame))
    }

    fn knows(&self, instruction: &Instruction, at: usize, frame: &Frame<'_>) -> bool {
        let mut instruction = *instruction;
        if instruction.label_mut().is_some_and(|label| !frame.has_label(*label)) {
            return false;
        }
        let operand = |operand: Operand| match operand.source() {
            Source::Constant(_) => self.constant(operand),
            Source::Register(register) => frame.has(register),
        };
        match instruction {
            Instruction::Jump { .. } | Instruction::Restore | Instruction::Fail => true,
            Instruction::Move { to, from: value }
            | Instruction::Document { to, of: value, .. }
            | Instruction::Keys { to, of: value, .. }
            | Instruction::Define { to, value, .. } => frame.has(to) && operand(value),
            Instruction::Data { to, path, .. } => frame.has(to) && operand(path),
            Instruction::Holds { value, .. }
            | Instruction::IsArray { value, .. }
            | Instruction::IsObject { value, .. }
            | Instruction::Push { value }
            | Instruction::Return { value } => operand(value),
            Instruction::IsDefined { value, .. } => frame.has(value),
            Instruction::Compare { left, right, .. } => operand(left) && operand(right),
            Instruction::Lookup { to, of: a, key: b, .. }
            | Instruction::LookupPlace { to, of: a, key: b, .. }
            | Instruction::Merge { to, under: a, over: b } => frame.has(to) && operand(a) && operand(b),
            Instruction::Input { to, .. }
            | Instruction::Collect { mark: to }
            | Instruction::Unanswered { to }
            | Instruction::NoneUnanswered { since: to, .. } => frame.has(to),
            Instruction::Ask { to, procedure, .. } => frame.has(to) && self.document(procedure),
            Instruction::AskElement { to, element, key, .. } => {
                let steps = self.code.elements.get(element as usize).map(|element| usize::from(element.steps));
                let ends_here = steps.is_some_and(|steps| frame.has_instruction(at + 1 + steps));
                frame.has(to) && operand(key) && ends_here
            }
            Instruction::Call { to, procedure, arguments, .. } => {
                frame.has(to) && self.arguments(procedure).is_some_and(|count| frame.has_row(arguments, count))
            }
            Instruction::CallBuiltin { to, builtin, arguments, .. } => {
                frame.has(to) && self.of_builtin(builtin).is_some_and(|count| frame.has_row(arguments, count))
            }
            Instruction::CallHost { to, function, arguments, .. } => {
                frame.has(to) && self.of_host(function).is_some_and(|count| frame.has_row(arguments, count))
            }
            Instruction::MakeArray { to, first, count } | Instruction::MakeSet { to, first, count } => {
                frame.has(to) && frame.has_row(first, usize::from(count))
            }
            Instruction::MakeObject { to, first, pairs } => {
                frame.has(to) && frame.has_row(first, 2 * usize::from(pairs))
            }
            Instruction::Candidates { index, state } | Instruction::NextCandidate { index, state, .. } => {
                self.has_index(frame, index, state)
            }
            Instruction::Iterate { state, over, .. } => frame.has_row(state, 2) && operand(over),
            Instruction::Next { state, key, value, .. } => {
                frame.has_row(state, 2) && frame.has(key) && frame.has(value)
            }
            Instruction::CollectedArray { to, mark }
            | Instruction::CollectedSet { to, mark }
            | Instruction::CollectedObject { to, mark }
            | Instruction::CollectedTree { to, mark }
            | Instruction::CollectedIndex { to, mark, .. } => frame.has(to) && frame.has(mark),
            Instruction::Replace { first, count, values } => {
                let end = u64::from(first) + u64::from(count);
                end <= self.code.replacements.len() as u64 && frame.has_row(values, usize::from(count))
            }
        }
    }
}
