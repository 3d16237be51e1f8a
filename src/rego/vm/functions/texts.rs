//! Texts that builtins are given, and texts that they make.

use super::operands::{wrong_element, wrong_type};
use super::{Answer, Context, Failure};
use crate::rego::syntax::numbers::{self, Strings};
use crate::rego::value::{self, Cut, Form, Kind, Slice, Space, Stores, Value, write};
use crate::rego::vm::machine::Stop;

/// Bytes that are looked at in the time of one step.
const BYTES_A_STEP: u64 = 32;

/// Steps for reading so many bytes.
pub fn steps_of(bytes: u64) -> u64 {
    1 + bytes / BYTES_A_STEP
}

/// Strings, in the order of the operands. Reading them is charged for.
pub fn read<const COUNT: usize>(context: &mut Context<'_>, values: [Value; COUNT]) -> Result<[Slice; COUNT], Failure> {
    let mut slices = [Slice { space: Space::Heap, at: 0, len: 0 }; COUNT];
    let mut bytes = 0;
    for (at, (slice, value)) in slices.iter_mut().zip(values).enumerate() {
        *slice = string(value, at + 1)?;
        bytes += u64::from(slice.len);
    }
    context.charge(steps_of(bytes))?;
    Ok(slices)
}

/// A string.
pub fn string(value: Value, at: usize) -> Result<Slice, Failure> {
    match value.kind_in_place() {
        Kind::String(slice) => Ok(slice),
        _ => Err(wrong_type(at, value, &["string"])),
    }
}

/// A number that is written as an integer of 64 bits.
pub fn integer(stores: &Stores, value: Value, at: usize) -> Result<i64, Failure> {
    let found = match value.kind_in_place() {
        Kind::Integer(found) => Some(found),
        Kind::Number(text) => stores.text(text).parse().ok(),
        _ => return Err(wrong_type(at, value, &["number"])),
    };
    found.ok_or_else(|| Failure::of_type(format!("operand {at} must be integer number but got floating-point number")))
}

/// The strings of an array or a set. `wanted` are the types that the operand may have.
pub fn strings(context: &mut Context<'_>, value: Value, at: usize, wanted: &[&str]) -> Result<Vec<Slice>, Failure> {
    let (Kind::Array(items) | Kind::Set(items)) = value.kind_in_place() else {
        return Err(wrong_type(at, value, wanted));
    };
    context.charge(u64::from(items.len))?;
    let mut bytes = 0;
    let mut slices = Vec::with_capacity(items.len as usize);
    for item in context.stores.items(items) {
        let Kind::String(slice) = item.kind_in_place() else {
            return Err(wrong_element(at, value, *item, &["string"]));
        };
        bytes += u64::from(slice.len);
        slices.push(slice);
    }
    context.charge(steps_of(bytes))?;
    Ok(slices)
}

/// A part of a string, which lies where that lies: nothing is copied.
pub fn part(of: Slice, text: &str, part: &str) -> Value {
    let at = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    match u32::try_from(at) {
        // What is not inside of the text is empty: a group that takes no part in a match.
        Ok(at) if !part.is_empty() && at <= of.len => {
            Value::string(Slice { space: of.space, at: of.at + at, len: part.len() as u32 })
        }
        _ => Value::string(Slice { space: of.space, at: of.at, len: 0 }),
    }
}

/// A text that is being made. INVARIANT (bounded): it never has more bytes than may be made, or than there are steps for;
/// what is done for it beside writing it counts as well. INVARIANT (charged): there is none outside of the functions that are given what
/// writes it, and they charge for what it did also where it fails: a builtin that fails late has done as much as one that does not.
pub struct Draft {
    text: String,
    /// Bytes that it may have.
    units: u64,
    /// Steps for all that is done for it.
    steps: u64,
    /// Those that are used for anything but its bytes.
    work: u64,
}

impl Draft {
    /// A text that is to be none of the values.
    pub fn write(
        context: &mut Context<'_>,
        write: impl FnOnce(&mut Context<'_>, &mut Self) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        // Most are short, and grow from nothing step by step otherwise.
        let text = String::with_capacity(64);
        let mut draft = Self { text, units: context.stores.units, steps: *context.steps, work: 0 };
        let written = write(context, &mut draft);
        let charged = context.charge(draft.spent());
        match written {
            // What ended the evaluation is said, and not that it took more steps than there are as well.
            Err(stop @ Failure::Stop(_)) => Err(stop),
            written => charged.and(written).map(|()| draft.text),
        }
    }

    /// A string.
    pub fn make(
        context: &mut Context<'_>,
        write: impl FnOnce(&mut Context<'_>, &mut Self) -> Result<(), Failure>,
    ) -> Answer {
        let text = Self::write(context, write)?;
        Ok(context.stores.make_string(Space::Heap, &text)?)
    }

    /// A text beside this one, which may be as long as this one may still grow. What is done for it is work for this one.
    pub fn beside(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<String, Failure> {
        let units = self.units.saturating_sub(self.text.len() as u64);
        let steps = self.steps.saturating_sub(self.spent());
        let mut draft = Self { text: String::new(), units, steps, work: 0 };
        let written = write(&mut draft);
        self.work = self.work.saturating_add(draft.spent());
        written.map(|()| draft.text)
    }

    /// Whether it has nothing yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The steps that it has taken.
    fn spent(&self) -> u64 {
        self.work + self.text.len() as u64 / BYTES_A_STEP
    }

    /// Whether so many bytes more are too many.
    pub fn room(&self, bytes: usize) -> Result<(), Failure> {
        let bytes = (self.text.len() as u64).saturating_add(bytes as u64);
        if bytes > self.units {
            return Err(value::TooLarge.into());
        }
        let fits = bytes / BYTES_A_STEP <= self.steps.saturating_sub(self.work);
        if fits { Ok(()) } else { Err(Failure::Stop(Stop::Limit("steps"))) }
    }

    /// Counts steps for what is about to be done beside writing.
    pub fn work(&mut self, steps: u64) -> Result<(), Failure> {
        self.work = self.work.saturating_add(steps);
        self.room(0)
    }

    /// Puts a text behind it.
    pub fn push(&mut self, text: &str) -> Result<(), Failure> {
        self.room(text.len())?;
        self.text.push_str(text);
        Ok(())
    }

    /// Puts a character behind it.
    pub fn push_char(&mut self, c: char) -> Result<(), Failure> {
        self.push(c.encode_utf8(&mut [0; 4]))
    }

    /// Puts the same character behind it so many times.
    pub fn fill(&mut self, c: char, times: usize) -> Result<(), Failure> {
        self.room(times.saturating_mul(c.len_utf8()))?;
        self.text.extend(std::iter::repeat_n(c, times));
        Ok(())
    }

    /// Puts a value behind it.
    pub fn push_value(&mut self, stores: &Stores, value: Value, form: Form) -> Result<(), Failure> {
        let by_steps = self.steps.saturating_sub(self.work).saturating_mul(BYTES_A_STEP);
        let most = usize::try_from(by_steps.min(self.units)).unwrap_or(usize::MAX);
        write(stores, value, form, &mut self.text, most).map_err(|cut| {
            Failure::Stop(match cut {
                Cut::TooLong if by_steps < self.units => Stop::Limit("steps"),
                Cut::TooLong => value::TooLarge.into(),
                Cut::KeysTooDeep => Stop::Limit("key_nesting"),
            })
        })
    }
}

impl Context<'_> {
    /// Whether so much may still be made. What is made for a while only is not charged for, but has to fit.
    pub fn room(&self, units: u64) -> Result<(), Failure> {
        if units <= self.stores.units { Ok(()) } else { Err(value::TooLarge.into()) }
    }
}

/// Whether a number may be written out: its exponent and its digits are within the limits.
pub fn check_number(text: &str) -> Result<(), Failure> {
    check_numbers(text, Strings::AreQuoted)
}

/// The same of every number in a text.
pub fn check_numbers(text: &str, strings: Strings) -> Result<(), Failure> {
    match numbers::endless(text, strings) {
        Some(bound) => Err(Failure::Stop(Stop::Limit(bound.limit().0))),
        None => Ok(()),
    }
}
