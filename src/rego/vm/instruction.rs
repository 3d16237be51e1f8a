//! `Instruction`: the steps of which procedures are made, and the numbers that they are in the bytes of programs.
//!
//! A program has thousands of them. As numbers they are read by one loop; what serde compiles for a type with so many forms is 2 KB after gzip.

use super::code::{Collection, Comparison, Label, Operand, ProcedureId, Register};

/// What a number of an instruction says.
trait Word: Sized {
    fn word(self) -> u32;
    fn of_word(word: u32) -> Option<Self>;
}

macro_rules! words {
    ($($type:ty: $to:expr, $of:expr;)*) => {
        $(impl Word for $type {
            fn word(self) -> u32 {
                let to: fn(Self) -> u32 = $to;
                to(self)
            }
            fn of_word(word: u32) -> Option<Self> {
                let of: fn(u32) -> Option<Self> = $of;
                of(word)
            }
        })*
    };
}

words! {
    u32: |word| word, Some;
    u16: u32::from, |word| Self::try_from(word).ok();
    bool: u32::from, |word| [false, true].get(word as usize).copied();
    // One that is none is none of a frame either, which is verified.
    Register: |register| u32::from(register.0), |word| Some(Self(u16::try_from(word).unwrap_or(u16::MAX)));
    Label: |label| label.0, |word| Some(Self(word));
    ProcedureId: |procedure| procedure.0, |word| Some(Self(word));
    Operand: Self::to_word, |word| Some(Self::from_word(word));
    Comparison: |how| how as u32, |word| {
        let all = [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];
        all.get(word as usize).copied()
    };
    Collection: |what| what as u32, |word| [Self::Array, Self::Set, Self::Object].get(word as usize).copied();
}

/// No instruction has more fields.
const MOST_FIELDS: usize = 5;

/// Declares the instructions, and how each is a number for what it is with one for each of its fields.
macro_rules! instructions {
    ($($(#[$of_one:meta])* $name:ident $({ $($field:ident: $type:ty),* })?,)*) => {
        /// One step. `to` is the register that it writes, and `or` where it goes on where the step fails.
        #[allow(missing_docs, reason = "the fields of a step are what its description speaks of")]
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Instruction {
            $($(#[$of_one])* $name $({ $($field: $type),* })?,)*
        }

        /// Instructions without their fields, numbered in the order in which they are declared.
        #[derive(Clone, Copy)]
        enum Opcode {
            $($name,)*
        }

        #[allow(non_upper_case_globals, reason = "each has the name of its instruction")]
        mod opcode {
            $(pub const $name: u32 = super::Opcode::$name as u32;)*
        }

        impl Instruction {
            fn write(self, numbers: &mut Vec<u32>) {
                match self {
                    $(Self::$name $({ $($field),* })? => {
                        numbers.push(opcode::$name);
                        $($(numbers.push($field.word());)*)?
                    })*
                }
            }

            fn read(numbers: &mut std::slice::Iter<'_, u32>) -> Option<Self> {
                const FIELDS: &[usize] = &[$(<[&str]>::len(&[$($(stringify!($field)),*)?])),*];
                let opcode = *numbers.next()?;
                let mut fields = [0; MOST_FIELDS];
                for field in fields.iter_mut().take(*FIELDS.get(opcode as usize)?) {
                    *field = *numbers.next()?;
                }
                Some(match opcode {
                    $(opcode::$name => {
                        let [$($($field,)*)? ..] = fields;
                        Self::$name $({ $($field: Word::of_word($field)?),* })?
                    })*
                    _ => return None,
                })
            }
        }
    };
}

instructions! {
    /// Goes on somewhere else.
    Jump { to: Label },
    /// Copies a value.
    Move { to: Register, from: Operand },
    /// Fails without a value, and with `false`.
    Holds { value: Operand, or: Label },
    /// Fails without a value.
    IsDefined { value: Register, or: Label },
    /// Fails where the comparison does not hold.
    Compare { how: Comparison, left: Operand, right: Operand, or: Label },
    /// What a place below `data` has under a key: another place, what rules give, or data.
    LookupPlace { to: Register, of: Operand, key: Operand, or: Label },
    /// The keys of what may be a place, as an array.
    Keys { to: Register, of: Operand, or: Label },
    /// All of the document at what may be a place.
    Document { to: Register, of: Operand, or: Label },
    /// What stands under a key.
    Lookup { to: Register, of: Operand, key: Operand, or: Label },
    /// The input document.
    Input { to: Register, or: Label },
    /// What the data document has under a constant path, an array.
    Data { to: Register, path: Operand, or: Label },
    /// The value of a procedure without arguments, which is asked once.
    Ask { to: Register, procedure: ProcedureId, or: Label },
    /// A part of what partial rules give, as an index into [`Code::elements`], and goes on behind as many instructions as it has steps;
    /// or all of what they give, in which those instructions look the part up. The key is that of the one step, or an array of the keys.
    AskElement { to: Register, element: u32, key: Operand, or: Label },
    /// The value of a function, whose arguments stand in registers one after the other.
    Call { to: Register, procedure: ProcedureId, arguments: Register, or: Label },
    /// The value of a builtin.
    CallBuiltin { to: Register, builtin: u16, arguments: Register, or: Label },
    /// The value of a function of the host, as an index into [`Code::host_functions`].
    CallHost { to: Register, function: u16, arguments: Register, or: Label },
    /// An array of what stands in registers, one after the other.
    MakeArray { to: Register, first: Register, count: u16 },
    /// A set of them.
    MakeSet { to: Register, first: Register, count: u16 },
    /// An object of keys and values in turn. Of equal keys, the value of the last stays.
    MakeObject { to: Register, first: Register, pairs: u16 },
    /// Fails unless it is an array of as many items.
    IsArray { value: Operand, count: u32, or: Label },
    /// Fails unless it is an object of as many pairs.
    IsObject { value: Operand, pairs: u32, or: Label },
    /// Begins to try the rules of an index, as an index into [`Code::indexes`]. The state takes this register and one for each of its tests,
    /// in which the values stand that are tested.
    Candidates { index: u32, state: Register },
    /// Goes on at the next rule of an index that can hold, in the order of the rules.
    NextCandidate { index: u32, state: Register, or: Label },
    /// Begins to walk what has parts. The state takes this register and the next one.
    Iterate { state: Register, over: Operand, or: Label },
    /// The next key and value of what is walked.
    Next { state: Register, key: Register, value: Register, or: Label },
    /// Begins to collect values. The register says where those of before end.
    Collect { mark: Register },
    /// Collects a value.
    Push { value: Operand },
    /// What has been collected, as an array.
    CollectedArray { to: Register, mark: Register },
    /// What has been collected, as a set.
    CollectedSet { to: Register, mark: Register },
    /// What has been collected, keys and values in turn, as an object. Two values under one key are an error.
    CollectedObject { to: Register, mark: Register },
    /// What has been collected, paths, kinds of ends and values in turn, as an object of objects.
    CollectedTree { to: Register, mark: Register },
    /// What has been collected, keys and values in turn, as an object from key to all that stood under it.
    CollectedIndex { to: Register, mark: Register, of: Collection },
    /// Says the value of a rule, or of one key of it; another one than before is an error.
    Define { to: Register, value: Operand, is_of_key: bool },
    /// The parts of both objects, of `over` where both have one that is no object.
    Merge { to: Register, under: Operand, over: Operand },
    /// Replaces documents and functions: as many entries from this one of [`Code::replacements`], whose values stand in
    /// registers one after the other.
    Replace { first: u32, count: u16, values: Register },
    /// Ends the last replacement.
    Restore,
    /// How many calls the host has not answered so far.
    Unanswered { to: Register },
    /// Fails where there have been more since: what follows would follow from that.
    NoneUnanswered { since: Register, or: Label },
    /// Ends the procedure with a value, or without one.
    Return { value: Operand },
    /// Ends the procedure without a value.
    Fail,
}

impl Instruction {
    /// The place that it names, where it names one.
    pub fn label_mut(&mut self) -> Option<&mut Label> {
        match self {
            Self::Jump { to } => Some(to),
            Self::Holds { or, .. }
            | Self::IsDefined { or, .. }
            | Self::Compare { or, .. }
            | Self::LookupPlace { or, .. }
            | Self::Keys { or, .. }
            | Self::Document { or, .. }
            | Self::Lookup { or, .. }
            | Self::Input { or, .. }
            | Self::Data { or, .. }
            | Self::Ask { or, .. }
            | Self::AskElement { or, .. }
            | Self::Call { or, .. }
            | Self::CallBuiltin { or, .. }
            | Self::CallHost { or, .. }
            | Self::NoneUnanswered { or, .. }
            | Self::NextCandidate { or, .. }
            | Self::IsArray { or, .. }
            | Self::IsObject { or, .. }
            | Self::Iterate { or, .. }
            | Self::Next { or, .. } => Some(or),
            _ => None,
        }
    }
}

/// Instructions one behind the other, as one list of numbers.
pub mod words {
    use super::Instruction;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes them.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(instructions: &[Instruction], serializer: S) -> Result<S::Ok, S::Error> {
        let mut numbers = Vec::new();
        instructions.iter().for_each(|instruction| instruction.write(&mut numbers));
        numbers.serialize(serializer)
    }

    /// Reads them.
    ///
    /// # Errors
    /// Those of the format, and numbers that are no instructions.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Instruction>, D::Error> {
        let numbers = Vec::<u32>::deserialize(deserializer)?;
        let mut numbers = numbers.iter();
        let mut instructions = Vec::new();
        while !numbers.as_slice().is_empty() {
            instructions.push(Instruction::read(&mut numbers).ok_or_else(|| D::Error::custom("no instruction"))?);
        }
        Ok(instructions)
    }
}
