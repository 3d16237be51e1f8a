//! The engine's own builtins behind a check: a builtin that is replaced cannot be called any more, so another engine, in
//! which it is not, is asked.

use super::{EngineError, Interpreter, Value, failure};
use crate::rego::meter;
use std::cell::RefCell;

/// Asks a rule of the module below about operands.
pub fn ask(rule: &str, operands: Vec<Value>) -> Result<Value, EngineError> {
    const MODULE: &str = "package aside

formatted := sprintf(input[0], input[1])

shifted := bits.lsh(input[0], input[1])

number := to_number(input[0])

from_json := json.unmarshal(input[0])

from_yaml := yaml.unmarshal(input[0])

replaced := replace(input[0], input[1], input[2])

replaced_by_table := strings.replace_n(input[0], input[1])

joined := concat(input[0], input[1])

indexes := indexof_n(input[0], input[1])

index := indexof(input[0], input[1])

to_json_as := json.marshal_with_options(input[0], input[1])

united := object.union(input[0], input[1])

all_united := object.union_n(input[0])

multiplied := product(input[0])

units := units.parse(input[0])

bytes := units.parse_bytes(input[0])

globbed := glob.match(input[0], input[1], input[2])

trimmed := trim(input[0], input[1])

trimmed_left := trim_left(input[0], input[1])

trimmed_right := trim_right(input[0], input[1])

any_prefix := strings.any_prefix_match(input[0], input[1])

any_suffix := strings.any_suffix_match(input[0], input[1])

filtered := json.filter(input[0], input[1])

removed := json.remove(input[0], input[1])

to_json := json.marshal(input[0])

to_yaml := yaml.marshal(input[0])

patched := json.patch(input[0], input[1])

paths := graph.reachable_paths(input[0], input[1])
";
    thread_local! {
        static ASIDE: RefCell<Option<Interpreter>> = const { RefCell::new(None) };
    }
    ASIDE.with(|aside| {
        let mut aside = aside.try_borrow_mut()?;
        let engine = match aside.as_mut() {
            Some(engine) => engine,
            None => {
                let mut engine = Interpreter::new();
                engine.add_policy("aside".to_owned(), MODULE.to_owned())?;
                aside.insert(engine)
            }
        };
        engine.set_strict_builtin_errors(meter::allowance().strict_builtin_errors);
        engine.set_input(Value::from(operands));
        let answer = engine.eval_rule(format!("data.aside.{rule}"));
        engine.set_input(Value::Undefined);
        if answer.is_err() {
            // What a failure leaves in an engine is not known.
            *aside = None;
        }
        // Its words alone: the place that it names is not one of the author's.
        answer.map_err(|error| EngineError::msg(failure(&error).message))
    })
}
