//! Calls of functions of the host. Nothing waits in here: where an answer is missing, the evaluation ends with the calls that it needs
//! answers to, and is begun again with them.
//!
//! A call without an answer fails, and the evaluation goes on: loops gather the calls of all their turns, rules and functions those of whatever
//! asks them. What is found from there on is no answer. Nothing follows from such a failure either: a negation, a comprehension or an `else` that
//! would go on with it fails as the call has, and so does whoever asks a procedure in which it stands. So the host is asked nothing with
//! arguments that come of what it has not said yet.
//!
//! Builtins for which the host answers are called here too, and what differs stands in `asked.rs`.

use super::super::code::{Label, Register};
use super::super::shape::is_of;
use super::{Machine, Run, Stop};
use crate::limits;
use crate::rego::analysis::types::Type;
use crate::rego::host::{HostAnswer, HostCall};
use crate::rego::value::{Cut, Form, ReadError, Space, Value, read, write};

impl Machine {
    pub(super) fn call_host(
        &mut self,
        run: &mut Run,
        function: u16,
        arguments: Register,
        to: Register,
        or: Label,
    ) -> Result<(), Stop> {
        let Some(import) = self.program.code.host_functions.get(usize::from(function)).cloned() else {
            return Err(Stop::internal("there is no such function of the host"));
        };
        if let Some(&Some(asked)) = self.program.asked.get(usize::from(function)) {
            let arguments = self.row(run, arguments, asked.arguments).to_vec();
            return self.call_asked(run, &import.name, asked, &arguments, to, or);
        }
        let mut text = String::from("[");
        for (at, argument) in self.row(run, arguments, usize::from(import.arguments)).iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            write(&self.stores, *argument, Form::Json, &mut text, limits::HOST_ARGUMENT_BYTES).map_err(|cut| {
                Stop::Limit(match cut {
                    Cut::TooLong => "host_argument_bytes",
                    Cut::KeysTooDeep => "key_nesting",
                })
            })?;
        }
        text.push(']');
        let call = self.made_call(run, import.name, text)?;
        let host = std::rc::Rc::clone(&run.host);
        match host.get(&call) {
            Some(HostAnswer::Value(text)) => {
                let value = self.read_host_value(run, &call.function, text)?;
                // The checks have trusted the type: of another value a builtin would have no answer, and `not` would hold.
                let kind = self.program.host_results.get(usize::from(function)).unwrap_or(&Type::Unknown);
                if !is_of(&self.stores, value, kind, &mut || run.charge(1))? {
                    return Err(failed(&call.function, &format!("what it gave is not of the type {}", import.result)));
                }
                self.set_or(run, to, value, or);
                Ok(())
            }
            // It is not as a builtin that fails: whoever forbids something where it holds would allow it where it is out of order.
            Some(HostAnswer::Failed(why) | HostAnswer::Refused(why)) => Err(failed(&call.function, why)),
            Some(HostAnswer::Undefined) => {
                run.go(or);
                Ok(())
            }
            None => self.lacks_answer(run, call.clone(), call, or),
        }
    }

    /// A call by its arguments, which are charged for.
    pub(super) fn made_call(&mut self, run: &mut Run, function: String, arguments: String) -> Result<HostCall, Stop> {
        run.charge(arguments.len() as u64 / 32 + 1)?;
        self.stores.charge(arguments.len() as u64)?;
        Ok(HostCall { function, arguments })
    }

    /// Reads what the host has given, which is charged for.
    pub(super) fn read_host_value(&mut self, run: &mut Run, function: &str, text: &str) -> Result<Value, Stop> {
        run.charge(text.len() as u64 / 32 + 1)?;
        self.stores.charge(text.len() as u64)?;
        let levels = usize::try_from(limits::DATA_NESTING).unwrap_or(usize::MAX);
        read(&mut self.stores, Space::Heap, text.to_owned(), levels).map_err(|error| match error {
            ReadError::TooDeep { .. } => Stop::Limit("data_nesting"),
            ReadError::Endless(bound) => Stop::Limit(bound.limit().0),
            ReadError::TooLarge => Stop::Limit("memory_units"),
            ReadError::Damaged => Stop::internal("a text is no tape"),
            ReadError::NotJson { why, .. } => failed(function, &format!("what it gave is no JSON: {why}")),
        })
    }

    /// Goes on behind a call to which the host has not said anything yet.
    pub(super) fn lacks_answer(
        &mut self,
        run: &mut Run,
        identity: HostCall,
        call: HostCall,
        or: Label,
    ) -> Result<(), Stop> {
        self.needs.entry(identity).or_insert(call);
        if self.needs.len() >= limits::HOST_CALLS {
            run.asking = Some(0);
            return Err(Stop::Needs);
        }
        self.goes_on_without(run, or);
        Ok(())
    }

    /// What the last evaluation needs to be told.
    pub fn take_needs(&mut self) -> Vec<HostCall> {
        std::mem::take(&mut self.needs).into_values().collect()
    }
}

pub(super) fn failed(function: &str, why: &str) -> Stop {
    Stop::Error { code: "eval_builtin_error", message: format!("{function}: {why}") }
}
