//! `Code`: what a bundle is compiled to.
//!
//! A procedure is a straight list of instructions over numbered registers. Whatever can fail names the place where it
//! goes on then: behind a statement that fails stands the next element of the innermost loop, the next rule, or the end.
//! So there is nothing to unwind, and no instruction runs another one inside of itself: calls stand in a list of frames.

use super::instruction;
pub use super::instruction::Instruction;
use super::rule_index::RuleIndex;
use crate::rego::value::{Store, Value};
use serde::{Deserialize, Serialize};

/// A register of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register(pub u16);

/// A place in [`Code::instructions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label(pub u32);

/// A procedure, as an index into [`Code::procedures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcedureId(pub u32);

/// What an instruction works on: a register, or a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OperandBytes", into = "OperandBytes")]
pub struct Operand(u32);

/// An operand as it is written: whether it is a constant stands in the lowest bit, so that small numbers stay small.
#[derive(Serialize, Deserialize)]
struct OperandBytes(u32);

impl From<Operand> for OperandBytes {
    fn from(operand: Operand) -> Self {
        Self(operand.to_word())
    }
}

impl From<OperandBytes> for Operand {
    fn from(bytes: OperandBytes) -> Self {
        Self::from_word(bytes.0)
    }
}

/// What an operand names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A register of the frame.
    Register(Register),
    /// A constant, as an index into [`Code::constants`].
    Constant(u32),
}

impl Operand {
    const CONSTANT: u32 = 1 << 31;

    /// As it is written.
    pub const fn to_word(self) -> u32 {
        self.0.rotate_left(1)
    }

    /// What was written.
    pub const fn from_word(word: u32) -> Self {
        Self(word.rotate_right(1))
    }

    /// A constant.
    pub const fn constant(index: u32) -> Self {
        Self(index | Self::CONSTANT)
    }

    /// What it names.
    #[cfg_attr(feature = "compiler", inline(always))]
    pub const fn source(self) -> Source {
        if self.0 & Self::CONSTANT == 0 {
            Source::Register(Register(self.0 as u16))
        } else {
            Source::Constant(self.0 & !Self::CONSTANT)
        }
    }
}

impl From<Register> for Operand {
    fn from(register: Register) -> Self {
        Self(u32::from(register.0))
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// What is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// An array.
    Array,
    /// A set.
    Set,
    /// An object.
    Object,
}

/// A list of instructions that is asked, or called.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Procedure {
    /// Its first instruction.
    pub start: Label,
    /// The registers that it takes.
    pub registers: u16,
    /// How many of those, from the first, are its arguments.
    pub arguments: u16,
    /// The path of what it gives, as an array among the constants.
    pub path: Operand,
}

/// How a part of what partial rules give is asked for by itself. Its procedures take the key as their only argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// How many steps lead to it.
    pub steps: u16,
    /// What gives it.
    pub procedure: ProcedureId,
    /// What gives all of which it is a part.
    pub whole: ProcedureId,
    /// What is done once many were asked for.
    pub many: Many,
}

/// What is done where many parts of one thing are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Many {
    /// One by one: in what nobody asks for, something may fail.
    OneByOne,
    /// All of it is asked for.
    Whole,
    /// This procedure gives them, and evaluates the bodies of the rules once for all.
    By(ProcedureId),
}

/// What takes the place of what, while something is asked.
#[allow(missing_docs, reason = "the fields are what the description speaks of")]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Replacement {
    /// A part of the input, by its path.
    Input { path: Operand },
    /// A part of the data, by its path, and the procedures whose values lie there.
    Data { path: Operand, hidden: Vec<ProcedureId> },
    /// A function, by a value or by another function.
    Function { of: Callee, by: Option<Callee> },
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Callee {
    /// One of the bundle.
    Procedure(ProcedureId),
    /// A builtin, as an index into [`Code::builtins`].
    Builtin(u16),
    /// A function of the host, as an index into [`Code::host_functions`].
    Host(u16),
}

/// A function of the host that is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostImport {
    /// Its name.
    pub name: String,
    /// How many arguments it takes.
    pub arguments: u16,
    /// The type of its result, in the notation in which errors print types.
    pub result: String,
}

/// A place below `data` at which no rule stands, and below which some do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// Its path.
    pub path: Operand,
    /// What stands one step below it, in the order of the keys.
    pub below: Vec<(Operand, Below)>,
    /// All of the document there.
    pub document: ProcedureId,
}

/// What stands one step below a place.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Below {
    /// Another place, as an index into [`Code::places`].
    Place(u32),
    /// What rules give.
    Rules(ProcedureId),
}

/// A document that can be asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entrypoint {
    /// Its path below `data`.
    pub path: Vec<String>,
    /// All of it.
    pub procedure: ProcedureId,
    /// Whether no rule stands at the path itself: what is below it and has no entrypoint is data.
    pub holds_rules_only_below: bool,
}

/// A part of the text of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The module, by its number in the bundle.
    pub module: u32,
    /// Its first byte.
    pub start: u32,
    /// The byte behind it.
    pub end: u32,
}

/// Which text each instruction stands for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Positions {
    /// In order: an instruction, and what it stands for with those behind it.
    runs: Vec<(u32, Option<Position>)>,
}

impl Positions {
    /// Says what an instruction stands for, which comes behind those of which that has been said.
    pub fn push(&mut self, instruction: u32, position: Option<Position>) {
        if self.runs.last().is_none_or(|(_, last)| *last != position) {
            self.runs.push((instruction, position));
        }
    }

    /// Those of a procedure, whose first instruction is `start`.
    pub fn extend(&mut self, start: Label, positions: &Self) {
        for &(at, position) in &positions.runs {
            self.push(start.0.saturating_add(at), position);
        }
    }

    /// What an instruction stands for. Nothing in the text says the instructions that put a document together.
    pub fn of(&self, instruction: u32) -> Option<Position> {
        let at = self.runs.partition_point(|&(first, _)| first <= instruction);
        self.runs.get(at.checked_sub(1)?).and_then(|&(_, position)| position)
    }

    /// All that some instruction stands for: the number of its run, and the text.
    pub fn runs(&self) -> impl Iterator<Item = (u32, Position)> {
        self.runs.iter().filter_map(|&(first, position)| Some((first, position?)))
    }
}

/// Whether positions can be those of so many instructions, and lines those of what they stand in.
pub fn are_places(positions: &Positions, lines: &[Vec<u32>], instructions: usize) -> bool {
    let in_order = positions.runs.is_sorted_by(|(a, _), (b, _)| a < b);
    let in_text = positions.runs.iter().all(|(first, position)| {
        let is_there = |at: &Position| (at.module as usize) < lines.len() && at.start <= at.end;
        (*first as usize) < instructions && position.as_ref().is_none_or(is_there)
    });
    in_order && in_text && lines.iter().all(|starts| starts.is_sorted_by(|a, b| a < b))
}

/// A compiled bundle.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Code {
    /// Where the constants lie.
    #[serde(skip)]
    pub store: Store,
    /// What operands name.
    pub constants: Vec<Value>,
    /// All procedures, one after the other.
    #[serde(with = "instruction::words")]
    pub instructions: Vec<Instruction>,
    /// Where they begin.
    pub procedures: Vec<Procedure>,
    /// The names of the builtins that are called.
    pub builtins: Vec<String>,
    /// The functions of the host that are called.
    pub host_functions: Vec<HostImport>,
    /// The parts of partial rules that are asked for by themselves.
    pub elements: Vec<Element>,
    /// The rules of paths at which many stand, by what they test first.
    pub indexes: Vec<RuleIndex>,
    /// What `with` replaces.
    pub replacements: Vec<Replacement>,
    /// The places that references lead through whose next step only evaluation knows.
    pub places: Vec<Place>,
    /// What can be asked.
    pub entrypoints: Vec<Entrypoint>,
    /// What can be looked at of the input from an entrypoint, by its procedure, as the numbers of [`Reach`]; of others it is to be found.
    ///
    /// [`Reach`]: crate::rego::value::reach::Reach
    #[serde(skip)]
    pub reads: Vec<(ProcedureId, Vec<u32>)>,
    /// Which text the instructions stand for.
    #[serde(skip)]
    pub positions: Positions,
    /// The first byte of each line, by module.
    #[serde(skip)]
    pub lines: Vec<Vec<u32>>,
}

impl Code {
    /// The line of a position, from 1.
    pub fn line(&self, position: Position) -> usize {
        let starts = self.lines.get(position.module as usize);
        starts.map_or(1, |starts| starts.partition_point(|&start| start <= position.start).max(1))
    }
}
