//! The two engines, each asked the same.

use regate::error::ErrorCode;
use regate::rego::second_opinion::{Said, SecondOpinion};
use regate::rego::{self, Allowance, Capabilities, Dialect, DialectRule, Document, Module, Program};
use serde_json::Value;

/// Whether both are values, both errors, or both neither.
pub fn are_alike(one: &Said, other: &Said) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// Modules, data and input.
#[derive(Debug, Clone)]
pub struct Case {
    pub modules: Vec<String>,
    pub data: Value,
    pub input: Value,
    /// Whether a builtin that fails is an error.
    pub is_strict: bool,
}

/// Our engine, where the checks accept the modules.
pub struct Ours {
    program: Program,
    input: Document,
    is_strict: bool,
}

impl Ours {
    /// The engine, or the modules by number and the lines in which something is refused.
    pub fn read(case: &Case) -> Result<Self, Vec<(usize, u32)>> {
        let path = |at: usize| format!("m{at}.rego");
        let modules = case.modules.iter().enumerate();
        let modules = modules.map(|(at, source)| Module { path: path(at), source: source.clone() }).collect();
        let data = case.data.to_string();
        let capabilities = Capabilities { strict: false, ..Capabilities::default() };
        let compilation =
            rego::compile(modules, Some(data.as_bytes()), DialectRule::V1, &capabilities).map_err(|_| Vec::new())?;
        match compilation.program {
            Some(program) => {
                let input = Document::read(case.input.to_string().as_bytes()).map_err(|_| Vec::new())?;
                Ok(Self { program, input, is_strict: case.is_strict })
            }
            None => Err(compilation
                .diagnostics
                .iter()
                .filter(|finding| finding.is_error())
                .filter_map(|finding| {
                    let module = (0..case.modules.len()).find(|&at| path(at) == finding.file)?;
                    Some((module, finding.start.line))
                })
                .collect()),
        }
    }

    /// The answer under a path, `data.p.x`; none where there is no such rule.
    pub fn ask(&self, path: &str) -> Option<Said> {
        let entrypoint = path.trim_start_matches("data.").replace('.', "/");
        let allowance =
            Allowance { now_ms: Some(0), seed: Some(1), strict_builtin_errors: self.is_strict, ..Allowance::default() };
        match self.program.evaluate(&entrypoint, Some(&self.input), allowance) {
            Err(error) if error.code == ErrorCode::UnknownEntrypoint => None,
            evaluated => Some(Said::of_ours(evaluated.as_ref().map(|evaluation| &evaluation.answer))),
        }
    }
}

/// regorus, where it reads the modules.
pub struct Theirs {
    engine: SecondOpinion,
    input: String,
    is_strict: bool,
}

impl Theirs {
    pub fn new(case: &Case) -> Result<Self, String> {
        let paths: Vec<String> = (0..case.modules.len()).map(|at| format!("m{at}.rego")).collect();
        let modules = paths.iter().zip(&case.modules);
        let modules = modules.map(|(path, source)| (path.as_str(), source.as_str(), Dialect::V1));
        let engine = SecondOpinion::new(modules, Some(&case.data.to_string()))?;
        Ok(Self { engine, input: case.input.to_string(), is_strict: case.is_strict })
    }

    /// The answer under a path.
    pub fn ask(&self, path: &str) -> Said {
        self.engine.ask(path, Some(&self.input), self.is_strict)
    }
}
