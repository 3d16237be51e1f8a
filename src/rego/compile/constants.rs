//! Constants: what a program holds from the start, each once.

use super::{CompileError, Compiled};
use crate::limits;
use crate::rego::analysis::lowered::{Term, TermKind};
use crate::rego::analysis::rule_tree::Constant;
use crate::rego::value::{Form, Space, Store, Stores, TooLarge, Value, read, write};
use crate::rego::vm::code::{Operand, Source};
use crate::sorted;
use std::cmp::Ordering;

/// The constants so far.
#[derive(Default)]
pub struct Constants {
    stores: Stores,
    values: Vec<Value>,
    /// By how they are written, which tells `1` from `1.0`.
    known: sorted::Map<String, Operand>,
}

impl From<TooLarge> for CompileError {
    fn from(_: TooLarge) -> Self {
        Self::new("a constant is too large")
    }
}

impl Constants {
    /// The store and the constants in it.
    pub fn into_parts(mut self) -> (Store, Vec<Value>) {
        (std::mem::take(self.stores.store_mut(Space::Program)), self.values)
    }

    /// A constant as an operand.
    fn keep(&mut self, value: Value) -> Compiled<Operand> {
        let mut text = String::new();
        write(&self.stores, value, Form::Rego, &mut text, usize::MAX)
            .map_err(|_| CompileError::new("a constant is too deep"))?;
        if let Some(&known) = self.known.get(&text) {
            return Ok(known);
        }
        let index = u32::try_from(self.values.len()).ok().filter(|&index| index < 1 << 30);
        let operand = Operand::constant(index.ok_or(TooLarge)?);
        self.values.push(value);
        self.known.insert(text, operand);
        Ok(operand)
    }

    /// What is no value.
    pub fn undefined(&mut self) -> Compiled<Operand> {
        if let Some(&known) = self.known.get("") {
            return Ok(known);
        }
        let operand = Operand::constant(u32::try_from(self.values.len()).map_err(|_| TooLarge)?);
        self.values.push(Value::UNDEFINED);
        self.known.insert(String::new(), operand);
        Ok(operand)
    }

    /// A place below `data`.
    pub fn place(&mut self, number: u32) -> Compiled<Operand> {
        let key = format!("place {number}");
        if let Some(&known) = self.known.get(&key) {
            return Ok(known);
        }
        let operand = Operand::constant(u32::try_from(self.values.len()).map_err(|_| TooLarge)?);
        self.values.push(Value::place(number));
        self.known.insert(key, operand);
        Ok(operand)
    }

    /// A boolean.
    pub fn boolean(&mut self, value: bool) -> Compiled<Operand> {
        self.keep(Value::boolean(value))
    }

    /// A count.
    pub fn count(&mut self, value: usize) -> Compiled<Operand> {
        self.keep(Value::count(value))
    }

    /// A scalar that is kept.
    pub fn scalar(&mut self, constant: &Constant<'_>) -> Compiled<Value> {
        match self.step_operand(constant)?.source() {
            Source::Constant(at) => Ok(self.values.get(at as usize).copied().unwrap_or(Value::UNDEFINED)),
            Source::Register(_) => Err(CompileError::new("a constant is to stand here")),
        }
    }

    /// Which of two values that are kept comes first.
    pub fn compare(&self, a: Value, b: Value) -> Ordering {
        self.stores.compare(a, b)
    }

    /// A set of values that are kept, as an index into the constants.
    pub fn set(&mut self, mut values: Vec<Value>) -> Compiled<u32> {
        let value = self.stores.make_set(Space::Program, &mut values)?;
        match self.keep(value)?.source() {
            Source::Constant(at) => Ok(at),
            Source::Register(_) => Err(CompileError::new("a constant is to stand here")),
        }
    }

    /// A JSON value.
    pub fn json(&mut self, value: &serde_json::Value) -> Compiled<Operand> {
        let levels = usize::try_from(limits::DATA_NESTING).unwrap_or(usize::MAX);
        let value = read(&mut self.stores, Space::Program, value.to_string(), levels)
            .map_err(|_| CompileError::new("a constant is too deep"))?;
        self.keep(value)
    }

    /// An array of steps.
    pub fn path(&mut self, steps: &[Constant<'_>]) -> Compiled<Operand> {
        let steps = steps.iter().map(|step| self.step(step)).collect::<Compiled<Vec<Value>>>()?;
        let value = self.stores.make_array(Space::Program, &steps)?;
        self.keep(value)
    }

    /// One step of a path.
    pub fn step_operand(&mut self, step: &Constant<'_>) -> Compiled<Operand> {
        let value = self.step(step)?;
        self.keep(value)
    }

    fn step(&mut self, step: &Constant<'_>) -> Compiled<Value> {
        Ok(match step {
            Constant::Null => Value::NULL,
            Constant::Boolean(value) => Value::boolean(*value),
            Constant::Number(digits) => self.stores.make_number(Space::Program, digits)?,
            Constant::String(text) => self.stores.make_string(Space::Program, text)?,
        })
    }

    /// A term in which nothing has to be evaluated and no variable stands; `None` of any other.
    pub fn of_term(&mut self, term: &Term<'_>) -> Compiled<Option<Operand>> {
        match self.value(term)? {
            Some(value) => self.keep(value).map(Some),
            None => Ok(None),
        }
    }

    fn value(&mut self, term: &Term<'_>) -> Compiled<Option<Value>> {
        Ok(Some(match &term.kind {
            TermKind::Null => Value::NULL,
            TermKind::Boolean(value) => Value::boolean(*value),
            TermKind::Number(digits) => self.stores.make_number(Space::Program, digits)?,
            TermKind::String(text) => self.stores.make_string(Space::Program, text)?,
            TermKind::Array(items) => match self.values(items)? {
                Some(items) => self.stores.make_array(Space::Program, &items)?,
                None => return Ok(None),
            },
            TermKind::Set(items) => match self.values(items)? {
                Some(mut items) => self.stores.make_set(Space::Program, &mut items)?,
                None => return Ok(None),
            },
            TermKind::Object(pairs) => {
                let mut values = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let (Some(key), Some(value)) = (self.value(key)?, self.value(value)?) else { return Ok(None) };
                    values.push([key, value]);
                }
                self.stores.make_object(Space::Program, &mut values)?
            }
            _ => return Ok(None),
        }))
    }

    fn values(&mut self, terms: &[Term<'_>]) -> Compiled<Option<Vec<Value>>> {
        terms.iter().map(|term| self.value(term)).collect()
    }
}
