//! Which instructions are those of a procedure, and which registers they may name.

use super::code::{Code, Instruction, Label, Register};
use crate::sorted::InOrder;

/// A procedure with its instructions.
pub struct Frame<'c> {
    /// The place of its first instruction.
    pub start: usize,
    /// Its instructions.
    pub instructions: &'c [Instruction],
    registers: usize,
}

/// The procedures in the order of their instructions; `None` where an instruction is of none, where one procedure leads into another, or
/// has more arguments than registers.
pub fn frames(code: &Code) -> Option<Vec<Frame<'_>>> {
    let mut procedures: Vec<_> = code.procedures.iter().collect();
    procedures.order_by_key(|procedure| procedure.start.0);
    let starts = procedures.iter().map(|procedure| procedure.start.0 as usize);
    let ends = starts.clone().skip(1).chain([code.instructions.len()]);
    let are_all = starts.clone().next().unwrap_or(code.instructions.len()) == 0;
    let frames: Option<Vec<Frame<'_>>> = procedures
        .iter()
        .zip(starts.zip(ends))
        .map(|(procedure, (start, end))| {
            let instructions = code.instructions.get(start..end)?;
            let last = instructions.last()?;
            let ends = matches!(last, Instruction::Jump { .. } | Instruction::Return { .. } | Instruction::Fail);
            let frame = Frame { start, instructions, registers: usize::from(procedure.registers) };
            (ends && procedure.arguments <= procedure.registers).then_some(frame)
        })
        .collect();
    frames.filter(|_| are_all)
}

impl Frame<'_> {
    /// Whether it has an instruction at a place.
    pub fn has_instruction(&self, at: usize) -> bool {
        at.checked_sub(self.start).is_some_and(|at| at < self.instructions.len())
    }

    /// Whether a place in it is named.
    pub fn has_label(&self, label: Label) -> bool {
        self.has_instruction(label.0 as usize)
    }

    /// Whether it has a register.
    pub fn has(&self, register: Register) -> bool {
        self.has_row(register, 1)
    }

    /// Whether as many registers one after the other are there.
    pub fn has_row(&self, first: Register, count: usize) -> bool {
        usize::from(first.0) + count <= self.registers
    }
}
