//! regorus as someone would call it from JS without Regate: texts in, JSON text out, no limits and no diagnostics.

use indexmap as _;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::rvm::program::{DeserializationResult, Program};
use regorus::{Engine, PolicyLengthConfig, Rc, Value};
use std::num::{NonZeroU32, NonZeroUsize};
use wasm_bindgen::prelude::*;

/// The interpreter with one module and its data.
#[wasm_bindgen]
pub struct Interpreter(Engine);

#[wasm_bindgen]
impl Interpreter {
    /// Parses the module, reads the data and analyses both.
    #[wasm_bindgen(constructor)]
    pub fn new(source: String, data: Option<String>) -> Result<Self, String> {
        let mut engine = with_module(source)?;
        if let Some(data) = data {
            engine.add_data(Value::from_json_str(&data).map_err(words)?).map_err(words)?;
        }
        engine.eval_query("true".to_owned(), false).map_err(words)?;
        Ok(Self(engine))
    }

    /// Asks `data.a.b`. Undefined is `undefined`.
    pub fn ask(&mut self, rule: &str, input: &str) -> Result<Option<String>, String> {
        self.0.set_input(Value::from_json_str(input).map_err(words)?);
        answer(self.0.eval_rule(rule.to_owned()).map_err(words)?)
    }
}

/// Parses a module and keeps nothing.
#[wasm_bindgen]
pub fn parse(source: String) -> Result<(), String> {
    with_module(source).map(drop)
}

/// Compiles a module to the bytes of a program for the virtual machine. `rules` are separated by blanks.
#[wasm_bindgen]
pub fn compile_to_bytes(source: String, rules: &str) -> Result<Vec<u8>, String> {
    let rules: Vec<&str> = rules.split(' ').collect();
    let first: Rc<str> = rules.first().copied().unwrap_or_default().into();
    let policy = with_module(source)?.compile_with_entrypoint(&first).map_err(words)?;
    let program = Compiler::compile_from_policy(&policy, &rules).map_err(|error| error.to_string())?;
    program.serialize_binary()
}

/// The virtual machine with one program and its data.
#[wasm_bindgen]
pub struct Machine(RegoVM);

#[wasm_bindgen]
impl Machine {
    /// Loads the bytes of a program.
    #[wasm_bindgen(constructor)]
    pub fn new(program: &[u8], data: Option<String>) -> Result<Self, String> {
        let DeserializationResult::Complete(program) = Program::deserialize_binary(program)? else {
            return Err("the program is damaged".to_owned());
        };
        let mut machine = RegoVM::new();
        machine.set_max_instructions(usize::MAX);
        machine.load_program(program.into());
        if let Some(data) = data {
            let data = Value::from_json_str(&data).map_err(words)?;
            machine.set_data(data).map_err(|error| error.to_string())?;
        }
        Ok(Self(machine))
    }

    /// Asks one of the rules that the program was compiled for. Undefined is `undefined`.
    pub fn ask(&mut self, rule: &str, input: &str) -> Result<Option<String>, String> {
        self.0.set_input(Value::from_json_str(input).map_err(words)?);
        answer(self.0.execute_entry_point_by_name(rule).map_err(|error| error.to_string())?)
    }
}

fn with_module(source: String) -> Result<Engine, String> {
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(false);
    engine.set_policy_length_config(PolicyLengthConfig {
        max_col: NonZeroU32::MAX,
        max_file_bytes: NonZeroUsize::MAX,
        max_lines: NonZeroUsize::MAX,
    });
    engine.add_policy("policy.rego".to_owned(), source).map_err(words)?;
    Ok(engine)
}

fn answer(value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Undefined => Ok(None),
        value => value.to_json_str().map(Some).map_err(words),
    }
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
