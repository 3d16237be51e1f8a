//! Every operation in one `match`: JSON text in, JSON text out. The whole surface stands in [`Engine::call`].

mod evaluation;
mod outcome;
mod testing;
#[cfg(test)]
mod types;
mod wire;

use crate::action;
use crate::action::merged::Merged;
use crate::action::policy::compile::{CompileOptions, Compiled};
use crate::action::service::{ActionService, setup};
use crate::action::simulation;
use crate::error::{Error, ErrorCode};
use crate::governance::plan::Plan;
use crate::governance::runs::prepared::Cache;
use crate::governance::{self, Administration, Governance, GovernanceConfig, GovernanceRequest, Runs, playground};
use crate::limits;
use crate::policy::{self, Contract};
use crate::rego::builtins::{HostFunction, HostFunctionDeclaration, read_granted, read_host_functions};
use crate::rego::bundle::{Bundle, Bundles};
use crate::rego::{self, Allowance, Capabilities, Carried, Compilation, Dialect, DialectRule, Module, Program};
use crate::sorted;
use crate::typed;
use base64::Engine as _;
use outcome::Waiting;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use wire::{
    BuiltinAvailable, BundlePart, Bytes, CapabilitiesAnswer, CheckAnswer, CheckRequest, CompileActionPolicyRequest,
    CompileAnswer, CompileBundlesRequest, CompileRequest, ContractName, FormatAnswer, FormatRequest, HandleRequest,
    MergeActionPoliciesRequest, NoFields, PlaygroundRequest, PreparedAnswer, SetDataAnswer, ToBytesRequest,
    UpdateDataRequest, ValidateRequest,
};

pub use outcome::Outcome;

/// One engine: the programs and configurations that its caller holds handles to.
#[derive(Default)]
pub struct Engine {
    programs: BTreeMap<u32, Program>,
    governance: BTreeMap<u32, Governance>,
    prepared_organisations: Cache,
    prepared_actions: setup::Cache,
    last_handle: u32,
    waiting: Waiting,
}

impl Engine {
    /// An engine that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Performs an operation. `document` is the one large thing of a call: an input, a data document, a plan, a program.
    ///
    /// The answer is `{"ok": …}` or `{"error": {"code", "message", …}}`, always JSON, whatever comes in.
    pub fn call(&mut self, operation: &str, request: &str, document: Option<&[u8]>) -> String {
        let answer = match operation {
            "check" => read(request).and_then(|request| to_text(check(request))),
            "format" => read(request).and_then(|request| to_text(format(request))),
            "validate" => read(request).and_then(|request| to_text(validate(request))),
            "compile" => read(request).and_then(|request| to_text(self.compile(request, document))),
            "compile_bundles" => {
                read(request).and_then(|request| to_text(self.compile_bundles(&request, document.unwrap_or_default())))
            }
            "to_bytes" => read(request).and_then(|request| to_text(self.to_bytes(&request))),
            "from_bytes" => read::<NoFields>(request).and_then(|_| to_text(self.load(document))),
            "set_data" => read(request).and_then(|request| to_text(self.set_data(&request, document))),
            "update_data" => read(request).and_then(|request| to_text(self.update_data(&request, document))),
            "release" => read(request).and_then(|request| to_text(self.release(&request))),
            "evaluate" => read(request).and_then(|request| self.evaluate(request, document)),
            "query" => read(request).and_then(|request| self.query(request, document)),
            "test" => read(request).and_then(|request| to_text(testing::test(request, document))),
            "test_bundles" => {
                read(request).and_then(|request| to_text(testing::test_bundles(request, document.unwrap_or_default())))
            }
            "read_plan" => read::<NoFields>(request)
                .and_then(|_| to_text(Plan::read(document.unwrap_or_default()).map(|plan| plan.summary()))),
            "playground" => read(request).and_then(|request| to_text(play(&request, document))),
            "prepare_governance" => read(request).and_then(|request| to_text(self.prepare_governance(request))),
            "govern" => read(request).and_then(|request| to_text(self.govern(request, document))),
            "compile_action_policy" => read(request).and_then(|request| to_text(compile_action_policy(request))),
            "merge_action_policies" => read::<MergeActionPoliciesRequest>(request)
                .and_then(|request| to_text(Merged::of_values(request.policies))),
            "administer" => read_operation(request).and_then(|request| to_text(Administration::run(request))),
            "perform_run" => read_operation(request)
                .and_then(|request| to_text(Runs::run(request, document, &mut self.prepared_organisations))),
            "perform_action" => read_operation(request)
                .and_then(|request| to_text(ActionService::run(request, &mut self.prepared_actions))),
            "check_action" => read(request).and_then(|request| to_text(simulation::check::check(request))),
            "simulate_actions" => read(request).and_then(|request| to_text(simulation::simulate::simulate(request))),
            "replay_action_decisions" => {
                read(request).and_then(|request| to_text(simulation::redecision::redecide(request)))
            }
            "open_replay" => read(request).and_then(|request| to_text(simulation::outputs::open(request))),
            "replay_calls" => read(request).and_then(|request| to_text(simulation::outputs::play(request))),
            "capabilities" => read::<NoFields>(request).and_then(|_| to_text(Ok(capabilities()))),
            unknown => Err(Error::new(ErrorCode::UnknownOperation, format!("there is no operation `{unknown}`"))),
        };
        finish(answer)
    }

    fn compile(&mut self, request: CompileRequest, document: Option<&[u8]>) -> Result<CompileAnswer, Error> {
        let contract = request.contract.map(named_contract).transpose()?;
        let capabilities = Capabilities {
            strict: request.strict,
            host_functions: functions_of_host(&request.host_functions, &request.host_builtins)?,
            ..capabilities_under(contract.as_ref())
        };
        let data = one_data(request.data, document)?;
        let data = data.as_deref();
        let rule = dialect_rule(request.dialect, contract.as_ref());
        let compilation = rego::compile(request.modules, data, rule, &capabilities)?;
        Ok(self.answer_of(compilation))
    }

    fn compile_bundles(&mut self, request: &CompileBundlesRequest, document: &[u8]) -> Result<CompileAnswer, Error> {
        let capabilities = Capabilities {
            strict: request.strict,
            host_functions: functions_of_host(&request.host_functions, &request.host_builtins)?,
            ..Capabilities::default()
        };
        Ok(self.answer_of(read_bundles(&request.bundles, document)?.compile(&capabilities)?))
    }

    fn answer_of(&mut self, compilation: Compilation) -> CompileAnswer {
        let mut answer = CompileAnswer {
            handle: None,
            revision: None,
            entrypoints: Vec::new(),
            builtins: Vec::new(),
            host_functions: Vec::new(),
            dialects: compilation.dialects,
            diagnostics: compilation.diagnostics,
        };
        if let Some(program) = compilation.program {
            answer.revision = Some(program.revision().to_owned());
            answer.entrypoints = program.entrypoints();
            answer.builtins = program.builtins();
            answer.host_functions = program.host_functions();
            answer.handle = Some(self.hold(program));
        }
        answer
    }

    fn hold(&mut self, program: Program) -> u32 {
        self.last_handle = self.last_handle.wrapping_add(1);
        self.programs.insert(self.last_handle, program);
        self.last_handle
    }

    fn program(&self, handle: u32) -> Result<&Program, Error> {
        self.programs.get(&handle).ok_or_else(|| unknown_handle(handle))
    }

    fn to_bytes(&self, request: &ToBytesRequest) -> Result<Bytes, Error> {
        let carried = Carried { sources: request.sources, positions: request.positions };
        let bytes = self.program(request.handle)?.to_bytes(carried)?;
        Ok(Bytes { bytes: base64::engine::general_purpose::STANDARD.encode(bytes) })
    }

    fn load(&mut self, document: Option<&[u8]>) -> Result<CompileAnswer, Error> {
        let program = Program::from_bytes(document.unwrap_or_default())?;
        Ok(CompileAnswer {
            revision: Some(program.revision().to_owned()),
            entrypoints: program.entrypoints(),
            builtins: program.builtins(),
            host_functions: program.host_functions(),
            dialects: program.dialects(),
            diagnostics: Vec::new(),
            handle: Some(self.hold(program)),
        })
    }

    fn set_data(&mut self, request: &HandleRequest, document: Option<&[u8]>) -> Result<SetDataAnswer, Error> {
        let data = document.ok_or_else(|| Error::new(ErrorCode::InputNotJson, "there is no data document"))?;
        let program = self.program(request.handle)?.with_data(data)?;
        let revision = program.revision().to_owned();
        self.programs.insert(request.handle, program);
        Ok(SetDataAnswer { handle: request.handle, revision })
    }

    fn update_data(&mut self, request: &UpdateDataRequest, document: Option<&[u8]>) -> Result<SetDataAnswer, Error> {
        if request.remove == document.is_some() {
            let message = "either a document is put at the path, or `remove` takes away what stands there";
            return Err(Error::new(ErrorCode::MalformedRequest, message).at("/remove"));
        }
        let handle = request.handle;
        let program = self.programs.get_mut(&handle).ok_or_else(|| unknown_handle(handle))?;
        program.update_data(&request.path, document)?;
        Ok(SetDataAnswer { handle, revision: program.revision().to_owned() })
    }

    fn release(&mut self, request: &HandleRequest) -> Result<NoFields, Error> {
        let program = self.programs.remove(&request.handle).is_some();
        let governance = self.governance.remove(&request.handle).is_some();
        if program || governance { Ok(NoFields {}) } else { Err(unknown_handle(request.handle)) }
    }

    fn prepare_governance(&mut self, config: GovernanceConfig) -> Result<PreparedAnswer, Error> {
        let governance = Governance::prepare(config)?;
        self.last_handle = self.last_handle.wrapping_add(1);
        let answer = PreparedAnswer {
            handle: self.last_handle,
            revision: governance.revision().to_owned(),
            diagnostics: governance.diagnostics().to_vec(),
        };
        self.governance.insert(self.last_handle, governance);
        Ok(answer)
    }

    /// The request is a handle beside the fields of a [`GovernanceRequest`].
    fn govern(&self, mut request: Value, document: Option<&[u8]>) -> Result<governance::GovernanceStep, Error> {
        let handle = request.as_object_mut().and_then(|fields| fields.remove("handle"));
        let handle: u32 = from_value(handle.unwrap_or_default()).map_err(|error| error.at("/handle"))?;
        let governance = self.governance.get(&handle).ok_or_else(|| unknown_handle(handle))?;
        let question: GovernanceRequest = from_value(request)?;
        governance.evaluate(&question, document.unwrap_or_default())
    }
}

fn check(request: CheckRequest) -> Result<CheckAnswer, Error> {
    let contract = request.contract.map(named_contract).transpose()?;
    let rule = dialect_rule(request.dialect, contract.as_ref());
    let capabilities = Capabilities {
        strict: request.strict,
        host_functions: functions_of_host(&request.host_functions, &request.host_builtins)?,
        ..capabilities_under(contract.as_ref())
    };
    let findings = rego::find(&request.modules, rule, &capabilities)?;
    Ok(CheckAnswer { diagnostics: findings.diagnostics, dialects: findings.dialects })
}

fn format(request: FormatRequest) -> Result<FormatAnswer, Error> {
    let contract = request.contract.map(named_contract).transpose()?;
    let rule = dialect_rule(request.dialect, contract.as_ref());
    let module = Module { path: request.path.unwrap_or_else(|| "policy.rego".to_owned()), source: request.source };
    let formatted = rego::format(&module, rule)?;
    Ok(FormatAnswer {
        changed: formatted.text != module.source,
        formatted: formatted.text,
        dialect: formatted.dialect,
        diagnostics: formatted.diagnostics,
    })
}

fn validate(request: ValidateRequest) -> Result<policy::Validation, Error> {
    let contract = named_contract(request.contract.unwrap_or_else(|| ContractName::Name("governance".to_owned())))?;
    let module = Module { path: request.path.unwrap_or_else(|| "policy.rego".to_owned()), source: request.rego_source };
    Ok(policy::validate(module, &contract)?.validation)
}

/// Data from the request or from the document, never from both.
fn one_data(data: Option<Value>, document: Option<&[u8]>) -> Result<Option<Cow<'_, [u8]>>, Error> {
    match (data, document) {
        (Some(_), Some(_)) => {
            Err(Error::new(ErrorCode::MalformedRequest, "the request holds data, and a data document stands beside it")
                .at("/data")
                .with_help("pass data in one of the two places"))
        }
        (Some(data), None) => Ok(Some(Cow::Owned(data.to_string().into_bytes()))),
        (None, document) => Ok(document.map(Cow::Borrowed)),
    }
}

fn play(request: &PlaygroundRequest, document: Option<&[u8]>) -> Result<playground::PlaygroundAnswer, Error> {
    let allowance = Allowance { now_ms: request.now_ms, seed: request.seed, ..Allowance::default() };
    playground::evaluate(&request.rego_source, document.unwrap_or(b"{}"), allowance)
}

fn compile_action_policy(request: CompileActionPolicyRequest) -> Result<Compiled, Error> {
    let options = CompileOptions { name: request.name.as_deref() };
    match (request.source, request.source_format, request.fields) {
        (Some(source), Some(format), None) => Ok(action::policy::compile::compile(&source, &format, options)),
        (None, None, Some(fields)) => Ok(action::policy::compile::check(fields, options).into()),
        _ => Err(Error::new(
            ErrorCode::MalformedRequest,
            "a policy is given as `source` with its `source_format`, or as `fields`",
        )),
    }
}

fn capabilities() -> CapabilitiesAnswer {
    CapabilitiesAnswer {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: rego::ENGINE_NAME.to_owned(),
        builtins: rego::builtins::all()
            .map(|builtin| BuiltinAvailable {
                name: builtin.name.to_owned(),
                arguments: builtin.arguments,
                signature: builtin.signature,
                about: builtin.about,
                operands: sorted::map(builtin.operands.iter().copied()),
                categories: builtin.categories,
                infix: builtin.infix,
                carrier: builtin.carrier,
                nondeterministic: builtin.is_nondeterministic,
                deprecated: builtin.is_deprecated,
                available: builtin.is_evaluated(),
            })
            .collect(),
        limits: sorted::map(limits::in_force().into_iter().map(|(name, value)| (name.to_owned(), value))),
    }
}

fn named_contract(contract: ContractName) -> Result<Contract, Error> {
    match contract {
        ContractName::Contract(contract) => contract.check().map(|()| *contract),
        ContractName::Name(name) if name == "governance" => governance::contract::contract(),
        ContractName::Name(name) => {
            Err(Error::new(ErrorCode::MalformedRequest, format!("there is no contract `{name}`"))
                .at("/contract")
                .with_help("name `governance`, or pass a contract as an object"))
        }
    }
}

/// The functions that a host declares, and those behind the builtins that it grants.
fn functions_of_host(declared: &[HostFunctionDeclaration], granted: &[String]) -> Result<Vec<HostFunction>, Error> {
    let mut functions = read_host_functions(declared)?;
    functions.extend(read_granted(granted)?);
    Ok(functions)
}

/// What may be called under a contract.
fn capabilities_under(contract: Option<&Contract>) -> Capabilities {
    let refused = contract.map(|contract| contract.refused_builtins.clone()).unwrap_or_default();
    Capabilities { refused, ..Capabilities::default() }
}

/// The bundles that a document holds one after the other.
fn read_bundles(parts: &[BundlePart], document: &[u8]) -> Result<Bundles, Error> {
    let mut rest = document;
    let mut bundles = Vec::new();
    for BundlePart { name, bytes } in parts {
        let (bundle, behind) = rest.split_at_checked(*bytes).ok_or_else(|| {
            Error::new(ErrorCode::MalformedRequest, "the document is shorter than the bundles in it").at("/bundles")
        })?;
        let read = Bundle::read(bundle).map_err(|mut error| {
            error.message = format!("{name}: {}", error.message);
            error
        })?;
        bundles.push((name.clone(), read));
        rest = behind;
    }
    if rest.is_empty() {
        return Bundles::of(bundles);
    }
    Err(Error::new(ErrorCode::MalformedRequest, "the document is longer than the bundles in it").at("/bundles"))
}

/// What the caller says, else what the contract says, else v1.
fn dialect_rule(dialect: Option<Dialect>, contract: Option<&Contract>) -> DialectRule {
    match (dialect, contract) {
        (Some(dialect), _) => DialectRule::Fixed(dialect),
        (None, Some(contract)) => contract.dialect.into(),
        (None, None) => DialectRule::V1,
    }
}

fn unknown_handle(handle: u32) -> Error {
    Error::new(ErrorCode::UnknownHandle, format!("the handle {handle} was released or never existed"))
}

/// Reads a request; an unknown or wrong field is named with its path.
///
/// It becomes a tree first: read straight from text, numbers of any size would not pass through tagged enums.
fn read<T: DeserializeOwned>(request: &str) -> Result<T, Error> {
    from_value(read_tree(request)?)
}

/// Reads a request whose operation is kept in records of a host.
fn read_operation<T: DeserializeOwned>(request: &str) -> Result<T, Error> {
    let value = read_tree(request)?;
    typed::check_sizes(value.get("operation").unwrap_or(&Value::Null), "/operation")?;
    from_value(value)
}

fn read_tree(request: &str) -> Result<Value, Error> {
    rego::document::value_of_text(request).map_err(|error| match error.limit {
        Some(_) => error,
        None => Error::new(ErrorCode::MalformedRequest, error.message.replace("the document", "the request")),
    })
}

fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    typed::read(value, ErrorCode::MalformedRequest, "the request cannot be read")
}

fn to_text<T: Serialize>(answer: Result<T, Error>) -> Result<String, Error> {
    Ok(typed::written(&answer?)?.to_string())
}

fn finish(answer: Result<String, Error>) -> String {
    match answer {
        Ok(text) => format!(r#"{{"ok":{text}}}"#),
        Err(error) => {
            let text = typed::written(&error).map(|error| error.to_string()).unwrap_or_else(|_| {
                r#"{"code":"eval_internal_error","message":"the error cannot be written"}"#.to_owned()
            });
            format!(r#"{{"error":{text}}}"#)
        }
    }
}
