//! The operations on texts: `check`, `format`, `validate`, `compile` and `to_bytes`. A build without a compiler has none of them.

use super::Engine;
use super::authoring_requests::{
    BundlePart, Bytes, CheckAnswer, CheckRequest, CompileBundlesRequest, CompileRequest, ContractName, FormatAnswer,
    FormatRequest, ToBytesRequest, ValidateRequest,
};
use super::wire::CompileAnswer;
use crate::error::{Error, ErrorCode};
#[cfg(feature = "governance")]
use crate::governance;
use crate::policy::{self, Contract};
use crate::rego::builtins::{HostFunction, HostFunctionDeclaration, read_granted, read_host_functions};
use crate::rego::bundle::{Bundle, Bundles};
use crate::rego::{self, Capabilities, Carried, Compilation, Dialect, DialectRule, Module};
use base64::Engine as _;
use serde_json::Value;
use std::borrow::Cow;

impl Engine {
    pub(super) fn compile(&mut self, request: CompileRequest, document: Option<&[u8]>) -> Result<CompileAnswer, Error> {
        let contract = request.contract.map(named_contract).transpose()?;
        let capabilities = Capabilities {
            strict: request.strict,
            target: request.target,
            host_functions: functions_of_host(&request.host_functions, &request.host_builtins)?,
            ..capabilities_under(contract.as_ref())
        };
        let data = one_data(request.data, document)?;
        let data = data.as_deref();
        let rule = dialect_rule(request.dialect, contract.as_ref());
        let compilation = rego::compile(request.modules, data, rule, &capabilities)?;
        Ok(self.answer_of(compilation))
    }

    pub(super) fn compile_bundles(
        &mut self,
        request: &CompileBundlesRequest,
        document: &[u8],
    ) -> Result<CompileAnswer, Error> {
        let capabilities = Capabilities {
            strict: request.strict,
            target: request.target,
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

    pub(super) fn to_bytes(&self, request: &ToBytesRequest) -> Result<Bytes, Error> {
        let carried = Carried { sources: request.sources, positions: request.positions };
        let bytes = self.program(request.handle)?.to_bytes(carried)?;
        Ok(Bytes { bytes: base64::engine::general_purpose::STANDARD.encode(bytes) })
    }
}

pub(super) fn check(request: CheckRequest) -> Result<CheckAnswer, Error> {
    let contract = request.contract.map(named_contract).transpose()?;
    let rule = dialect_rule(request.dialect, contract.as_ref());
    let capabilities = Capabilities {
        strict: request.strict,
        target: request.target,
        host_functions: functions_of_host(&request.host_functions, &request.host_builtins)?,
        ..capabilities_under(contract.as_ref())
    };
    let findings = rego::find(&request.modules, rule, &capabilities)?;
    Ok(CheckAnswer { diagnostics: findings.diagnostics, dialects: findings.dialects })
}

pub(super) fn format(request: FormatRequest) -> Result<FormatAnswer, Error> {
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

pub(super) fn validate(request: ValidateRequest) -> Result<policy::Validation, Error> {
    let contract = named_contract(request.contract.unwrap_or_else(|| ContractName::Name("governance".to_owned())))?;
    let module = Module { path: request.path.unwrap_or_else(|| "policy.rego".to_owned()), source: request.rego_source };
    Ok(policy::validate(module, &contract)?.validation)
}

/// Data from the request or from the document, never from both.
pub(super) fn one_data(data: Option<Value>, document: Option<&[u8]>) -> Result<Option<Cow<'_, [u8]>>, Error> {
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

pub(super) fn named_contract(contract: ContractName) -> Result<Contract, Error> {
    match contract {
        ContractName::Contract(contract) => contract.check().map(|()| *contract),
        #[cfg(feature = "governance")]
        ContractName::Name(name) if name == "governance" => governance::contract::contract(),
        ContractName::Name(name) => {
            Err(Error::new(ErrorCode::MalformedRequest, format!("there is no contract `{name}`"))
                .at("/contract")
                .with_help("name `governance`, or pass a contract as an object"))
        }
    }
}

/// The functions that a host declares, and those behind the builtins that it grants.
pub(super) fn functions_of_host(
    declared: &[HostFunctionDeclaration],
    granted: &[String],
) -> Result<Vec<HostFunction>, Error> {
    let mut functions = read_host_functions(declared)?;
    functions.extend(read_granted(granted)?);
    Ok(functions)
}

/// What may be called under a contract.
pub(super) fn capabilities_under(contract: Option<&Contract>) -> Capabilities {
    let refused = contract.map(|contract| contract.refused_builtins.clone()).unwrap_or_default();
    Capabilities { refused, ..Capabilities::default() }
}

/// The bundles that a document holds one after the other.
pub(super) fn read_bundles(parts: &[BundlePart], document: &[u8]) -> Result<Bundles, Error> {
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
pub(super) fn dialect_rule(dialect: Option<Dialect>, contract: Option<&Contract>) -> DialectRule {
    match (dialect, contract) {
        (Some(dialect), _) => DialectRule::Fixed(dialect),
        (None, Some(contract)) => contract.dialect.into(),
        (None, None) => DialectRule::V1,
    }
}
