//! `sprintf`: a format as Go reads it, with all that Go answers to verbs and values that do not go together.
//!
//! INVARIANT (bounded): a width or precision beyond [`limits::FORMAT_WIDTH`] ends the evaluation, and what is written is a
//! [`Draft`].

use super::integers::written;
use super::operands::{array, string};
use super::text_verbs::{self, Argument, Flags};
use super::texts::{self, Draft, read, steps_of};
use super::{Answer, Context, Failure, Function};
use crate::limits;
use crate::rego::value::{Form, Kind, Value, double};
use crate::rego::vm::machine::Stop;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    match name {
        "sprintf" => Some(Function::Two(sprintf)),
        _ => None,
    }
}

fn sprintf(context: &mut Context<'_>, format: Value, values: Value) -> Answer {
    let [format] = read(context, [format])?;
    let values = array(values, 2)?;
    context.charge(u64::from(values.len))?;
    let mut arguments = Vec::with_capacity(values.len as usize);
    // What the values are as texts has to fit beside what is made of them.
    let mut bytes = 0_u64;
    for value in context.stores.items(values).to_vec() {
        let argument = argument(context, value)?;
        bytes = bytes.saturating_add(argument.bytes());
        context.room(bytes)?;
        arguments.push(argument);
    }
    Draft::make(context, |context, draft| Printer::new(context.stores.text(format), &arguments).print(draft))
}

/// A format filled in.
#[cfg(feature = "templates")]
pub fn format(context: &mut Context<'_>, format: &str, arguments: &[Argument]) -> Result<String, Failure> {
    Draft::write(context, |_, draft| Printer::new(format, arguments).print(draft))
}

/// What OPA gives to Go for a value: an integer of 64 bits, a larger one, a float, or else a text.
fn argument(context: &mut Context<'_>, value: Value) -> Result<Argument, Failure> {
    Ok(match value.kind() {
        Kind::Integer(value) => Argument::Integer(value),
        Kind::Number(text) => {
            context.charge(steps_of(u64::from(text.len)))?;
            texts::check_number(context.stores.text(text))?;
            if let Ok(integer) = context.stores.text(text).parse() {
                return Ok(Argument::Integer(integer));
            }
            if let Some(large) = written(context, value)? {
                return Ok(Argument::Large(large));
            }
            let text = context.stores.text(text);
            match double::read(text) {
                Some(float) if float.is_finite() => {
                    context.charge(double::work(float))?;
                    Argument::Float(float)
                }
                _ => Argument::Text(text.to_owned()),
            }
        }
        Kind::String(_) => Argument::Text(string(context, value, 2)?),
        _ => {
            let text = Draft::write(context, |context, draft| draft.push_value(context.stores, value, Form::Rego))?;
            Argument::Text(text)
        }
    })
}

/// Where a format is read.
struct Printer<'a> {
    rest: &'a str,
    arguments: &'a [Argument],
    next: usize,
    /// Whether an argument was named by its number: then none is too many.
    is_reordered: bool,
    /// Whether the verb that is read names an argument that there is.
    is_good: bool,
    /// Whether a bracket may close in what is left: where none does, none is looked for again.
    may_close: bool,
}

impl<'a> Printer<'a> {
    fn new(format: &'a str, arguments: &'a [Argument]) -> Self {
        Self { rest: format, arguments, next: 0, is_reordered: false, is_good: true, may_close: true }
    }

    fn print(&mut self, draft: &mut Draft) -> Result<(), Failure> {
        while let Some((text, behind)) = self.rest.split_once('%') {
            draft.push(text)?;
            self.rest = behind;
            if !self.verb(draft)? {
                self.rest = "";
                break;
            }
        }
        draft.push(self.rest)?;
        if self.is_reordered {
            return Ok(());
        }
        let extra = self.arguments.get(self.next..).unwrap_or_default();
        for (at, argument) in extra.iter().enumerate() {
            draft.push(if at == 0 { "%!(EXTRA " } else { ", " })?;
            draft.push(argument.type_name())?;
            draft.push("=")?;
            text_verbs::print(draft, argument, 'v', &Flags::default())?;
        }
        if extra.is_empty() { Ok(()) } else { draft.push(")") }
    }

    /// Prints one verb, behind its sign. False where the format ends before it.
    fn verb(&mut self, draft: &mut Draft) -> Result<bool, Failure> {
        draft.work(1)?;
        self.is_good = true;
        let mut flags = Flags::default();
        loop {
            let set = match self.rest.bytes().next() {
                Some(b'#') => &mut flags.sharp,
                Some(b'0') => &mut flags.zero,
                Some(b'+') => &mut flags.plus,
                Some(b'-') => &mut flags.minus,
                Some(b' ') => &mut flags.space,
                _ => break,
            };
            *set = true;
            self.skip(1);
        }
        let mut is_behind_number = self.argument_number()?;
        if self.skip_sign('*') {
            let width = self.count_of_argument()?;
            if width.is_none() {
                draft.push("%!(BADWIDTH)")?;
            }
            if width.is_some_and(|width| width < 0) {
                flags.minus = true;
                flags.zero = false;
            }
            flags.width = width.map(|width| width.unsigned_abs() as usize);
            is_behind_number = false;
        } else {
            flags.width = self.count()?;
            if is_behind_number && flags.width.is_some() {
                self.is_good = false;
            }
        }
        // A point at the very end is the verb.
        if self.rest.len() > 1 && self.skip_sign('.') {
            if is_behind_number {
                self.is_good = false;
            }
            is_behind_number = self.argument_number()?;
            if self.skip_sign('*') {
                flags.precision = self.count_of_argument()?.and_then(|precision| usize::try_from(precision).ok());
                if flags.precision.is_none() {
                    draft.push("%!(BADPREC)")?;
                }
                is_behind_number = false;
            } else {
                flags.precision = Some(self.count()?.unwrap_or(0));
            }
        }
        if !is_behind_number {
            self.argument_number()?;
        }
        let Some(verb) = self.rest.chars().next() else {
            draft.push("%!(NOVERB)")?;
            return Ok(false);
        };
        self.skip(verb.len_utf8());
        let wrong = if verb == '%' {
            draft.push("%")?;
            return Ok(true);
        } else if !self.is_good {
            "(BADINDEX)"
        } else if let Some(argument) = self.arguments.get(self.next) {
            self.next += 1;
            text_verbs::print(draft, argument, verb, &flags.of(verb))?;
            return Ok(true);
        } else {
            "(MISSING)"
        };
        draft.push("%!")?;
        draft.push_char(verb)?;
        draft.push(wrong)?;
        Ok(true)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn skip_sign(&mut self, sign: char) -> bool {
        let behind = self.rest.strip_prefix(sign);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    /// A number in digits, where one stands here.
    fn count(&mut self) -> Result<Option<usize>, Failure> {
        let behind = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = self.rest.get(..self.rest.len() - behind.len()).unwrap_or_default();
        self.rest = behind;
        if digits.is_empty() { Ok(None) } else { within(digits.parse().unwrap_or(u64::MAX)).map(Some) }
    }

    /// The number that the next argument is, where it is an integer.
    fn count_of_argument(&mut self) -> Result<Option<i64>, Failure> {
        /// What is larger is no width in Go.
        const LARGEST: u64 = 1_000_000;
        let argument = self.arguments.get(self.next);
        self.next += usize::from(argument.is_some());
        match argument {
            Some(Argument::Integer(value)) if value.unsigned_abs() <= LARGEST => {
                within(value.unsigned_abs())?;
                Ok(Some(*value))
            }
            _ => Ok(None),
        }
    }

    /// Reads the number of an argument in brackets, where one stands here. True where it is a number.
    fn argument_number(&mut self) -> Result<bool, Failure> {
        let Some(inside) = self.rest.strip_prefix('[') else { return Ok(false) };
        self.is_reordered = true;
        // Go looks for no bracket in what is shorter than a number in brackets.
        let closed = if self.may_close { inside.split_once(']') } else { None };
        self.may_close = closed.is_some();
        let Some((digits, behind)) = closed.filter(|_| inside.len() > 1) else {
            self.is_good = false;
            self.rest = inside;
            return Ok(false);
        };
        self.rest = behind;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<usize>().unwrap_or(usize::MAX);
        match number.checked_sub(1) {
            Some(number) if is_number && number < self.arguments.len() => self.next = number,
            _ => self.is_good = false,
        }
        Ok(is_number)
    }
}

/// A width or precision that may be printed.
fn within(count: u64) -> Result<usize, Failure> {
    if count > limits::FORMAT_WIDTH {
        return Err(Failure::Stop(Stop::Limit("format_width")));
    }
    Ok(count as usize)
}

#[cfg(test)]
#[path = "text_format_tests.rs"]
mod tests;
