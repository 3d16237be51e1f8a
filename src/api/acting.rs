//! The operations on action policies that keep nothing: one is compiled, several are merged.

use super::wire::whatever_is_there;
use crate::action::policy::compile::{self, CompileOptions, Compiled};
use crate::error::{Error, ErrorCode};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A text with its format, or the fields of a policy that is an object already.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileActionPolicyRequest {
    pub source: Option<String>,
    pub source_format: Option<String>,
    #[serde(default, deserialize_with = "whatever_is_there")]
    pub fields: Option<Value>,
    pub name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeActionPoliciesRequest {
    pub policies: Vec<Map<String, Value>>,
}

pub(super) fn compile_action_policy(request: CompileActionPolicyRequest) -> Result<Compiled, Error> {
    let options = CompileOptions { name: request.name.as_deref() };
    match (request.source, request.source_format, request.fields) {
        (Some(source), Some(format), None) => Ok(compile::compile(&source, &format, options)),
        (None, None, Some(fields)) => Ok(compile::check(fields, options).into()),
        _ => Err(Error::new(
            ErrorCode::MalformedRequest,
            "a policy is given as `source` with its `source_format`, or as `fields`",
        )),
    }
}
