//! Builtins for which the host answers, or the driver around this module.

use super::super::code::{Label, Register};
use super::super::functions::{Asked, Context, Question};
use super::host::failed;
use super::{Machine, Run, Stop};
use crate::limits;
use crate::rego::host::HostAnswer;
use crate::rego::value::Value;
use std::rc::Rc;

impl Machine {
    /// Calls one. A host that fails is a builtin that fails, and not the end of the evaluation as it is for its own functions: in OPA
    /// what cannot be reached is undefined, or with `raise_error: false` an answer, and policies are written for that. So a `not` around
    /// such a call holds where the network is out of order; whoever must not be answered then asks with `strict_builtin_errors`, or
    /// looks at the `error` that `raise_error: false` gives. What is no answer at all ends the evaluation.
    pub(super) fn call_asked(
        &mut self,
        run: &mut Run,
        name: &str,
        asked: Asked,
        arguments: &[Value],
        to: Register,
        or: Label,
    ) -> Result<(), Stop> {
        let question = self.with_context(run, |context| (asked.ask)(context, arguments));
        let text = match question {
            Ok(Question::Host(text)) => text,
            Ok(Question::Answered(value)) => {
                self.set_or(run, to, value, or);
                return Ok(());
            }
            Err(failure) => return run.fail(name, failure, or),
        };
        if text.len() > limits::HOST_ARGUMENT_BYTES {
            return Err(Stop::Limit("host_argument_bytes"));
        }
        let call = self.made_call(run, name.to_owned(), text)?;
        let identity = call.clone().identity();
        let host = Rc::clone(&run.host);
        let answer = match host.get(&identity) {
            None => return self.lacks_answer(run, identity, call, or),
            Some(HostAnswer::Undefined) => return Err(failed(name, "the host has given nothing")),
            Some(HostAnswer::Value(text)) => {
                let given = self.read_host_value(run, name, text)?;
                self.with_context(run, |context| (asked.value)(context, arguments, given))
            }
            Some(HostAnswer::Failed(why)) => {
                self.with_context(run, |context| (asked.failure)(context, arguments, why, false))
            }
            Some(HostAnswer::Refused(why)) => {
                self.with_context(run, |context| (asked.failure)(context, arguments, why, true))
            }
        };
        match answer {
            Ok(value) => {
                self.set_or(run, to, value, or);
                Ok(())
            }
            Err(failure) => run.fail(name, failure, or),
        }
    }

    fn with_context<T>(&mut self, run: &mut Run, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        // None of them prints.
        let mut prints = Vec::new();
        let mut context =
            Context { stores: &mut self.stores, steps: &mut run.steps, request: &run.request, prints: &mut prints };
        work(&mut context)
    }
}
