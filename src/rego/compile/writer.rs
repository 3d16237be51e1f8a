//! Writing the instructions of one procedure: registers, and places that are named before they are known.

use super::{CompileError, Compiled};
use crate::rego::syntax::tree::Span;
use crate::rego::vm::code::{Instruction, Label, Operand, Position, Positions, Register};

/// A place in a procedure that may not be known yet, as an index into the places of its writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// As it stands in an instruction, until all places are known.
    pub const fn label(self) -> Label {
        Label(self.0)
    }
}

/// The instructions of a procedure.
#[derive(Default)]
pub struct Writer {
    instructions: Vec<Instruction>,
    places: Vec<Option<u32>>,
    /// The text that the next instruction stands for.
    position: Option<Position>,
    positions: Positions,
    next: u16,
    most: u16,
    /// How many registers, from the first, are arguments.
    pub arguments: u16,
    /// The indexes of rules whose places are in this procedure, by their numbers.
    pub indexes: Vec<u32>,
}

impl Writer {
    /// Puts an instruction behind the others.
    pub fn push(&mut self, instruction: Instruction) {
        let at = u32::try_from(self.instructions.len()).unwrap_or(u32::MAX);
        self.positions.push(at, self.position);
        self.instructions.push(instruction);
    }

    /// Says which text of a module the next instructions stand for. Answers which one it was before.
    pub fn stands_for(&mut self, module: usize, span: Span) -> Option<Position> {
        let module = u32::try_from(module).unwrap_or(u32::MAX);
        self.position.replace(Position { module, start: span.start, end: span.end })
    }

    /// Goes back to the text of before.
    pub fn stands_for_again(&mut self, position: Option<Position>) {
        self.position = position;
    }

    /// The texts that the instructions stand for.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// A place that will be known later.
    pub fn place(&mut self) -> Place {
        self.places.push(None);
        Place(u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX))
    }

    /// Says that a place is here.
    pub fn here(&mut self, place: Place) {
        let at = u32::try_from(self.instructions.len()).unwrap_or(u32::MAX);
        if let Some(known) = self.places.get_mut(place.0 as usize) {
            *known = Some(at);
        }
    }

    /// A place that is here.
    pub fn place_here(&mut self) -> Place {
        let place = self.place();
        self.here(place);
        place
    }

    /// As many registers in a row that nothing else uses.
    pub fn registers_in_a_row(&mut self, count: usize) -> Compiled<Register> {
        let first = self.next;
        let next = u16::try_from(usize::from(first) + count);
        self.next = next.map_err(|_| CompileError::new("a rule has more variables than can be compiled"))?;
        self.most = self.most.max(self.next);
        Ok(Register(first))
    }

    /// A register that nothing else uses.
    pub fn register(&mut self) -> Compiled<Register> {
        self.registers_in_a_row(1)
    }

    /// How many registers are in use.
    pub fn in_use(&self) -> u16 {
        self.next
    }

    /// Frees the registers behind these.
    pub fn free_behind(&mut self, in_use: u16) {
        self.next = in_use;
    }

    /// The registers that the procedure takes.
    pub fn registers(&self) -> u16 {
        self.most
    }

    /// The instructions, with the places that they name counted from `start`.
    pub fn instructions_from(&self, start: Label) -> Compiled<Vec<Instruction>> {
        let mut instructions = self.instructions.clone();
        for instruction in &mut instructions {
            if let Some(label) = instruction.label_mut() {
                *label = self.label_from(start, *label)?;
            }
        }
        Ok(instructions)
    }

    /// A label in which a place stands, counted from `start`.
    pub fn label_from(&self, start: Label, place: Label) -> Compiled<Label> {
        let known = self.places.get(place.0 as usize).copied().flatten();
        let known = known.ok_or_else(|| CompileError::new("a place in the code is not known"))?;
        Ok(Label(start.0 + known))
    }
}

/// The register at a distance from another.
pub fn behind(register: Register, by: usize) -> Register {
    Register(register.0.saturating_add(u16::try_from(by).unwrap_or(u16::MAX)))
}

/// An operand that is a register.
pub fn read(register: Register) -> Operand {
    register.into()
}
