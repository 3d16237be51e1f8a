//! Programs as bytes: a header with the format and a digest, then the code with all that is known of the modules.

use super::builtins;
use super::builtins::{HostFunction, HostFunctionDeclaration, read_granted, read_host_functions};
use super::check::outline::Outline;
use super::check::{self, Capabilities};
use super::engine::Prepared;
use super::program::{Parts, Program, read_data};
use super::revision::Revision;
use super::source::{self, Dialect, Module};
use super::vm;
use crate::error::{Error, ErrorCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The first bytes of every program.
const MAGIC: &[u8; 6] = b"REGATE";
/// The version of the format that this build writes and reads.
const FORMAT: u16 = 5;
/// Magic, format, digest of the payload.
const HEADER_BYTES: usize = 6 + 2 + 32;

/// What goes into the bytes of a program beside its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// The texts of the modules. Without them the program cannot be asked queries.
    pub sources: bool,
    /// Where in the texts the code stands. Without it errors do not say where they are.
    pub positions: bool,
}

impl Carried {
    /// All of it.
    pub const ALL: Self = Self { sources: true, positions: true };
}

#[derive(Serialize, Deserialize)]
struct Payload {
    paths: Vec<String>,
    dialects: Vec<Dialect>,
    sources: Option<Vec<String>>,
    outlines: Vec<Outline>,
    revision: Revision,
    /// That of the modules with the data, which may have been updated part by part.
    whole_revision: String,
    data: Option<String>,
    /// The builtins that the program calls, so that a build that lacks one can name it.
    builtins: Vec<String>,
    /// The builtins that it may not call: a query of it may not either.
    refused: Vec<String>,
    /// The functions of the host that it may call.
    host_functions: Vec<HostFunctionDeclaration>,
    /// The builtins among them, for which the host answers, by their names.
    host_builtins: Vec<String>,
    /// What the runtime runs.
    code: Vec<u8>,
}

fn damaged(what: &str) -> Error {
    Error::new(ErrorCode::ProgramDamaged, format!("these bytes are no Regate program: {what}"))
        .with_help("compile the policy again, or load the bytes again from where they were stored")
}

impl Program {
    /// The program as bytes.
    ///
    /// # Errors
    /// `sources_missing` where the sources are to be carried and are not there.
    pub fn to_bytes(&self, carried: Carried) -> Result<Vec<u8>, Error> {
        let parts = &self.parts;
        let code = self
            .prepared
            .to_bytes(carried.positions)
            .ok_or_else(|| Error::new(ErrorCode::EvalInternalError, "the code of the program cannot be written"))?;
        if carried.sources && !parts.has_sources {
            return Err(Error::new(ErrorCode::SourcesMissing, "the program was loaded without its sources")
                .with_help("write it without them, as it was written before"));
        }
        let is_builtin = |function: &&HostFunction| builtins::find(&function.name).is_some();
        let of_host = &parts.capabilities.host_functions;
        let (granted, declared): (Vec<_>, Vec<_>) = of_host.iter().partition(is_builtin);
        let payload = postcard::to_allocvec(&Payload {
            paths: parts.modules.iter().map(|module| module.path.clone()).collect(),
            dialects: parts.dialects.clone(),
            sources: carried.sources.then(|| parts.modules.iter().map(|module| module.source.clone()).collect()),
            outlines: parts.outlines.clone(),
            revision: parts.revision,
            whole_revision: self.revision().to_owned(),
            data: self.data_text().map(Cow::into_owned),
            builtins: self.builtins(),
            refused: parts.capabilities.refused.clone(),
            host_functions: declared.into_iter().map(HostFunction::declaration).collect(),
            host_builtins: granted.into_iter().map(|function| function.name.clone()).collect(),
            code,
        })
        .map_err(|error| Error::new(ErrorCode::EvalInternalError, error.to_string()))?;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_be_bytes());
        bytes.extend_from_slice(&Sha256::digest(&payload));
        bytes.extend_from_slice(&payload);
        Ok(bytes)
    }

    /// The program that [`Program::to_bytes`] wrote.
    ///
    /// # Errors
    /// `program_damaged` for bytes that are no program or were changed, `program_version` for another format,
    /// `builtin_not_available` naming each builtin that this build lacks, `limit_exceeded` for a bundle too large.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let payload = payload(bytes)?;
        let count = payload.paths.len();
        let sources = payload.sources.as_ref();
        if [payload.dialects.len(), payload.outlines.len(), sources.map_or(count, Vec::len)] != [count; 3] {
            return Err(damaged("what they say of modules differs in number"));
        }
        let is_lacking = |name: &&String| builtins::is_missing(name) || builtins::find(name).is_none();
        let is_unknown = |name: &&String| !vm::is_asked(name);
        let missing = payload.builtins.iter().filter(is_lacking);
        let missing = missing.chain(payload.host_builtins.iter().filter(is_unknown)).map(String::as_str);
        let missing: Vec<&str> = missing.collect();
        if !missing.is_empty() {
            let message = format!("the program calls builtins that this build lacks: {}", missing.join(", "));
            return Err(Error::new(ErrorCode::BuiltinNotAvailable, message)
                .with_help("`capabilities()` lists the builtins of this build"));
        }
        let mut host_functions = read_host_functions(&payload.host_functions)?;
        host_functions.extend(read_granted(&payload.host_builtins)?);
        let has_sources = payload.sources.is_some();
        let sources = payload.sources.unwrap_or_else(|| vec![String::new(); count]);
        let modules = payload.paths.into_iter().zip(sources);
        let parts = Parts {
            modules: modules.map(|(path, source)| Module { path, source }).collect(),
            has_sources,
            dialects: payload.dialects,
            outlines: payload.outlines,
            capabilities: Capabilities { refused: payload.refused, host_functions, ..Capabilities::default() },
            revision: payload.revision,
        };
        source::check_bundle(&parts.modules)?;
        let text = payload.data.as_deref();
        let data = text.map(read_data).transpose()?;
        if let Some(data) = &data {
            check::data::conflict(parts.outlines.iter(), data)?;
        }
        let prepared = Prepared::of_bytes(&payload.code, count, data.as_ref()).map_err(damaged)?;
        let mut program = Self::new(parts, payload.data, prepared);
        program.set_revision(payload.whole_revision);
        Ok(program)
    }
}

fn payload(bytes: &[u8]) -> Result<Payload, Error> {
    let (header, payload) = bytes.split_at_checked(HEADER_BYTES).ok_or_else(|| damaged("they are too short"))?;
    let rest = header.strip_prefix(MAGIC).ok_or_else(|| damaged("they do not begin with `REGATE`"))?;
    let (format, digest) = rest.split_first_chunk::<2>().ok_or_else(|| damaged("they are too short"))?;
    let format = u16::from_be_bytes(*format);
    if format != FORMAT {
        let message = format!("the program is of format {format}, and this build reads format {FORMAT}");
        return Err(Error::new(ErrorCode::ProgramVersion, message)
            .with_help("compile the policy again with the version that runs it"));
    }
    if Sha256::digest(payload).as_slice() != digest {
        return Err(damaged("their digest does not match"));
    }
    match postcard::take_from_bytes(payload) {
        Ok((payload, [])) => Ok(payload),
        Ok(_) => Err(damaged("there is more behind the program")),
        Err(_) => Err(damaged("what is in them cannot be read")),
    }
}
