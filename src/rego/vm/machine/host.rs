//! Calls of functions of the host. Nothing waits in here: where an answer is missing, the evaluation ends with the calls that it needs
//! answers to, and is begun again with them.
//!
//! The first call without an answer fails, and the evaluation goes on until the procedure that it stands in ends: a loop around it gathers
//! the calls of all its turns. What is found from there on is no answer.

use super::super::code::{Label, Register};
use super::{Machine, Run, Stop};
use crate::limits;
use crate::rego::host::{HostAnswer, HostCall};
use crate::rego::value::{Form, Space, read, write};

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
        let mut text = String::from("[");
        for (at, argument) in self.row(run, arguments, usize::from(import.arguments)).iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            if !write(&self.stores, *argument, Form::Json, &mut text, limits::HOST_ARGUMENT_BYTES) {
                return Err(Stop::Limit("host_argument_bytes"));
            }
        }
        text.push(']');
        run.charge(text.len() as u64 / 32 + 1)?;
        self.stores.charge(text.len() as u64)?;
        let call = HostCall { function: import.name, arguments: text };
        let host = std::rc::Rc::clone(&run.host);
        match host.get(&call) {
            Some(HostAnswer::Value(text)) => {
                run.charge(text.len() as u64 / 32 + 1)?;
                self.stores.charge(text.len() as u64)?;
                let levels = usize::try_from(limits::DATA_NESTING).unwrap_or(usize::MAX);
                match read(&mut self.stores, Space::Heap, text.clone(), levels) {
                    Ok(value) => {
                        self.set_or(run, to, value, or);
                        Ok(())
                    }
                    Err(error) => Err(Stop::Error {
                        code: "eval_builtin_error",
                        message: format!("{}: the host's answer is no value: {error:?}", call.function),
                    }),
                }
            }
            Some(HostAnswer::Failed(why)) if run.request.strict_builtin_errors => {
                let message = format!("{}: {why}", call.function);
                Err(Stop::Error { code: "eval_builtin_error", message })
            }
            Some(HostAnswer::Failed(_) | HostAnswer::Undefined) => {
                run.go(or);
                Ok(())
            }
            None => {
                if !self.needs.contains(&call) {
                    self.needs.push(call);
                }
                run.asking.get_or_insert(self.frames.len());
                if self.needs.len() >= limits::HOST_CALLS {
                    return Err(Stop::Needs);
                }
                run.go(or);
                Ok(())
            }
        }
    }

    /// What the last evaluation needs to be told.
    pub fn take_needs(&mut self) -> Vec<HostCall> {
        std::mem::take(&mut self.needs)
    }
}
