//! Every operation in one `match`: JSON text in, JSON text out. The whole surface stands in [`Engine::call`].
//!
//! A build may leave operations out: the features `compiler`, `governance`, `config` and `actions`. What is left of the smallest runs programs.

#[cfg(feature = "actions")]
mod acting;
#[cfg(feature = "compiler")]
mod authoring;
#[cfg(feature = "compiler")]
mod authoring_requests;
#[cfg(feature = "config")]
mod config_testing;
#[cfg(feature = "config")]
mod configuring;
mod evaluation;
#[cfg(feature = "governance")]
mod governing;
mod outcome;
#[cfg(feature = "compiler")]
mod query;
mod reads;
#[cfg(all(test, not(feature = "trees")))]
mod requests_tests;
#[cfg(feature = "compiler")]
mod testing;
#[cfg(all(test, feature = "governance", feature = "actions", feature = "config"))]
mod types;
mod wire;

#[cfg(feature = "actions")]
use crate::action::{
    merged::Merged,
    service::{ActionService, setup},
    simulation,
};
#[cfg(feature = "config")]
use crate::config::{ConfigPolicies, service as config_service};
use crate::error::{Error, ErrorCode};
#[cfg(feature = "governance")]
use crate::governance::{Administration, Governance, Runs, plan::Plan, runs::prepared};
use crate::limits;
use crate::rego::{self, Program, Room};
use crate::sorted;
use crate::typed;
use crate::typed::json::Value;
use outcome::Waiting;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::{
    BuiltinAvailable, CapabilitiesAnswer, HandleRequest, LoadAnswer, NoFields, SetDataAnswer, UpdateDataRequest,
};

pub use outcome::Outcome;

/// One engine: the programs and configurations that its caller holds handles to.
#[derive(Default)]
pub struct Engine {
    programs: sorted::Map<u32, Program>,
    #[cfg(feature = "governance")]
    governance: sorted::Map<u32, Governance>,
    #[cfg(feature = "governance")]
    prepared_organisations: prepared::Cache,
    #[cfg(feature = "actions")]
    prepared_actions: setup::Cache,
    #[cfg(feature = "config")]
    config_policies: sorted::Map<u32, ConfigPolicies>,
    #[cfg(feature = "config")]
    config_tests: sorted::Map<u32, config_testing::OpenTests>,
    #[cfg(feature = "config")]
    prepared_config: config_service::prepared::Cache,
    last_handle: u32,
    waiting: Waiting,
    room: Room,
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
            #[cfg(feature = "compiler")]
            "check" => read(request).and_then(|request| to_text(authoring::check(request))),
            #[cfg(feature = "compiler")]
            "format" => read(request).and_then(|request| to_text(authoring::format(request))),
            #[cfg(feature = "compiler")]
            "validate" => read(request).and_then(|request| to_text(authoring::validate(request))),
            #[cfg(feature = "compiler")]
            "compile" => read(request).and_then(|request| to_text(self.compile(request, document))),
            #[cfg(feature = "compiler")]
            "compile_bundles" => {
                read(request).and_then(|request| to_text(self.compile_bundles(&request, document.unwrap_or_default())))
            }
            #[cfg(feature = "compiler")]
            "to_bytes" => read(request).and_then(|request| to_text(self.to_bytes(&request))),
            "from_bytes" => read::<NoFields>(request).and_then(|_| to_text(self.load(document))),
            "set_data" => read(request).and_then(|request| to_text(self.set_data(&request, document))),
            "update_data" => read(request).and_then(|request| to_text(self.update_data(&request, document))),
            "release" => read(request).and_then(|request| to_text(self.release(&request))),
            "reads" => read(request).and_then(|request| self.reads(&request)),
            "evaluate" => read(request).and_then(|request| self.evaluate(request, document)),
            #[cfg(feature = "compiler")]
            "query" => read(request).and_then(|request| self.query(request, document)),
            #[cfg(feature = "compiler")]
            "test" => read(request).and_then(|request| to_text(testing::test(request, document))),
            #[cfg(feature = "compiler")]
            "test_bundles" => {
                read(request).and_then(|request| to_text(testing::test_bundles(request, document.unwrap_or_default())))
            }
            #[cfg(feature = "governance")]
            "read_plan" => read::<NoFields>(request)
                .and_then(|_| to_text(Plan::read(document.unwrap_or_default()).map(|plan| plan.summary()))),
            #[cfg(feature = "governance")]
            "playground" => read(request).and_then(|request| to_text(governing::play(&request, document))),
            #[cfg(feature = "governance")]
            "prepare_governance" => read(request).and_then(|request| to_text(self.prepare_governance(request))),
            #[cfg(feature = "governance")]
            "govern" => read(request).and_then(|request| to_text(self.govern(request, document))),
            #[cfg(feature = "actions")]
            "compile_action_policy" => {
                read(request).and_then(|request| to_text(acting::compile_action_policy(request)))
            }
            #[cfg(feature = "actions")]
            "merge_action_policies" => read::<acting::MergeActionPoliciesRequest>(request)
                .and_then(|request| to_text(Merged::of_values(request.policies))),
            #[cfg(feature = "governance")]
            "administer" => read_operation(request).and_then(|request| to_text(Administration::run(request))),
            #[cfg(feature = "governance")]
            "perform_run" => read_operation(request)
                .and_then(|request| to_text(Runs::run(request, document, &mut self.prepared_organisations))),
            #[cfg(feature = "actions")]
            "perform_action" => read_operation(request)
                .and_then(|request| to_text(ActionService::run(request, &mut self.prepared_actions))),
            #[cfg(feature = "actions")]
            "check_action" => read(request).and_then(|request| to_text(simulation::check::check(request))),
            #[cfg(feature = "actions")]
            "simulate_actions" => read(request).and_then(|request| to_text(simulation::simulate::simulate(request))),
            #[cfg(feature = "actions")]
            "replay_action_decisions" => {
                read(request).and_then(|request| to_text(simulation::redecision::redecide(request)))
            }
            #[cfg(feature = "actions")]
            "open_replay" => read(request).and_then(|request| to_text(simulation::outputs::open(request))),
            #[cfg(feature = "actions")]
            "replay_calls" => read(request).and_then(|request| to_text(simulation::outputs::play(request))),
            #[cfg(feature = "config")]
            "load_config_policies" => read(request).and_then(|request| to_text(self.load_config_policies(request))),
            #[cfg(feature = "config")]
            "decide_config" => read(request).and_then(|request| to_text(self.decide_config(request, document))),
            #[cfg(feature = "config")]
            "query_config" => read(request).and_then(|request| to_text(self.query_config(request, document))),
            #[cfg(feature = "config")]
            "read_config" => read(request).and_then(|request| to_text(configuring::read_config(&request, document))),
            #[cfg(feature = "config")]
            "open_config_tests" => read(request).and_then(|request| to_text(self.open_config_tests(request))),
            #[cfg(feature = "config")]
            "next_config_test" => read(request).and_then(|request| to_text(self.next_config_test(request))),
            #[cfg(feature = "config")]
            "run_config_unit_tests" => read(request).and_then(|request| to_text(self.run_config_unit_tests(&request))),
            #[cfg(feature = "config")]
            "perform_config" => read_operation(request).and_then(|request| {
                to_text(config_service::ConfigService::run(request, document, &mut self.prepared_config))
            }),
            "capabilities" => read::<NoFields>(request).and_then(|_| to_text(Ok(capabilities()))),
            // What a driver asks for before anything else: a part of the capabilities, which take as long as many decisions.
            "limits" => read::<NoFields>(request).and_then(|_| to_text(Ok(limits_in_force()))),
            unknown => Err(unknown_operation(unknown)),
        };
        finish(answer)
    }

    fn hold(&mut self, program: Program) -> u32 {
        self.last_handle = self.last_handle.wrapping_add(1);
        self.programs.insert(self.last_handle, program);
        self.last_handle
    }

    fn program(&self, handle: u32) -> Result<&Program, Error> {
        self.programs.get(&handle).ok_or_else(|| unknown_handle(handle))
    }

    fn load(&mut self, document: Option<&[u8]>) -> Result<LoadAnswer, Error> {
        let program = Program::from_bytes(document.unwrap_or_default())?;
        Ok(LoadAnswer {
            revision: program.revision().to_owned(),
            entrypoints: program.entrypoints(),
            builtins: program.builtins(),
            host_functions: program.host_functions(),
            handle: self.hold(program),
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
        let was_held = self.programs.remove(&request.handle).is_some();
        #[cfg(feature = "governance")]
        let was_held = was_held || self.governance.remove(&request.handle).is_some();
        #[cfg(feature = "config")]
        let was_held = was_held
            || self.config_policies.remove(&request.handle).is_some()
            || self.config_tests.remove(&request.handle).is_some();
        if was_held { Ok(NoFields {}) } else { Err(unknown_handle(request.handle)) }
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
                operands: sorted::Map::from_iter(builtin.operands.iter().copied()),
                categories: builtin.categories,
                infix: builtin.infix,
                carrier: builtin.carrier,
                nondeterministic: builtin.is_nondeterministic,
                deprecated: builtin.is_deprecated,
                available: builtin.is_evaluated(),
            })
            .collect(),
        limits: limits_in_force(),
    }
}

fn limits_in_force() -> sorted::Map<String, u64> {
    sorted::Map::from_iter(limits::in_force().into_iter().map(|(name, value)| (name.to_owned(), value)))
}

/// Neither this build nor any other knows it, or this one was built without it.
fn unknown_operation(name: &str) -> Error {
    let error = Error::new(ErrorCode::UnknownOperation, format!("there is no operation `{name}` in this build"));
    if cfg!(all(feature = "compiler", feature = "governance", feature = "actions", feature = "config")) {
        return error;
    }
    error.with_help("an edge build runs programs that the full build has compiled; what it lacks, the full build has")
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

#[cfg(any(feature = "governance", feature = "actions", feature = "config"))]
/// Reads a request whose operation is kept in records of a host.
fn read_operation<T: DeserializeOwned>(request: &str) -> Result<T, Error> {
    let value = read_tree(request)?;
    typed::check_sizes(value.get("operation").unwrap_or(&Value::Null), "/operation")?;
    from_value(value)
}

fn read_tree(request: &str) -> Result<Value, Error> {
    #[cfg(feature = "trees")]
    let tree = rego::document::value_of_text(request);
    #[cfg(not(feature = "trees"))]
    let tree = match request.strip_prefix('\u{feff}') {
        Some(_) => Err(rego::document::not_json_at(request, 0, "it begins with a byte order mark")),
        None => rego::Document::read(request.as_bytes()).map(|document| document.tree()),
    };
    tree.map_err(|error| match error.limit {
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
