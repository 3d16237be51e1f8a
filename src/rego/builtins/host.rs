//! Functions that a host adds to the builtins, and how it declares them.
//!
//! Types are declared in the notation that errors print, such as `object[string: any]`, and not as the JSON objects of
//! OPA's capabilities: a person writes a declaration by hand, a type is one line of text instead of a tree, what an
//! error says can be pasted back, and the table of builtins is read by the same few lines of code.

use crate::error::{Error, ErrorCode};
use crate::rego::analysis::types::{NotationError, Operand, Signature, Type};
use crate::rego::syntax::tokens::Kind;
use crate::sorted;
use serde::{Deserialize, Serialize};

/// How a host declares a function of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "HostFunction"))]
#[serde(deny_unknown_fields)]
pub struct HostFunctionDeclaration {
    /// The name that a policy calls: words with dots between them.
    pub name: String,
    /// The type of each argument, with a name before it or without one: `id: string`, `array[number]`.
    pub arguments: Vec<String>,
    /// The type of the result, with a name before it or without one.
    pub result: String,
}

/// A function of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFunction {
    /// The name that a policy calls.
    pub name: String,
    /// What it takes and gives.
    pub signature: Signature,
    /// The type of the function.
    pub function: Type,
}

impl HostFunction {
    /// As it is declared.
    pub fn declaration(&self) -> HostFunctionDeclaration {
        HostFunctionDeclaration {
            name: self.name.clone(),
            arguments: self.signature.args.iter().map(ToString::to_string).collect(),
            result: self.signature.result.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string),
        }
    }
}

impl HostFunctionDeclaration {
    /// The function that is declared.
    ///
    /// # Errors
    /// `malformed_request` for a name that no policy can call or that a builtin has, and for a type that cannot be
    /// read.
    pub fn read(&self) -> Result<HostFunction, Error> {
        let name = &self.name;
        if !name.split('.').all(is_word) {
            return Err(refused(name, "its name is not made of words with dots between them", "name"));
        }
        let first = name.split('.').next().unwrap_or_default();
        if matches!(first, "data" | "input") || is_keyword(first) {
            return Err(refused(
                name,
                "no policy can call it by that name: `data`, `input` and keywords mean something else",
                "name",
            ));
        }
        if super::find(name).is_some() {
            return Err(refused(name, "a builtin has that name", "name")
                .with_help("give it a name of your own, such as `acme.lookup`"));
        }
        let operand = |text: &str, place: &str| {
            text.parse::<Operand>().map_err(|NotationError { message }| {
                refused(name, &message, place)
                    .with_help("write types as `string`, `array[number]`, `object[string: any]`")
            })
        };
        let args = self
            .arguments
            .iter()
            .enumerate()
            .map(|(at, text)| operand(text, &format!("arguments/{at}")))
            .collect::<Result<Vec<_>, _>>()?;
        let result = operand(&self.result, "result")?;
        if holds_sets(&result.of) {
            return Err(refused(name, "the host answers in JSON, which has no sets", "result")
                .with_help("declare an array, and make a set of it where one is needed"));
        }
        let signature = Signature { args, more: None, result: Some(result) };
        Ok(HostFunction { name: name.clone(), function: signature.function(), signature })
    }
}

/// Several functions.
///
/// # Errors
/// As [`HostFunctionDeclaration::read`], with the place in the list, and for one that is declared twice.
pub fn read_all(declared: &[HostFunctionDeclaration]) -> Result<Vec<HostFunction>, Error> {
    let mut names = sorted::Set::new();
    let read = declared.iter().enumerate().map(|(at, function)| {
        let is_first = names.insert(function.name.as_str());
        let read =
            if is_first { function.read() } else { Err(refused(&function.name, "it is declared twice", "name")) };
        read.map_err(|mut error| {
            error.path = Some(format!("/host_functions/{at}{}", error.path.unwrap_or_default()));
            error
        })
    });
    read.collect()
}

fn is_keyword(word: &str) -> bool {
    Kind::of_word(word.as_bytes()).is_keyword()
}

fn holds_sets(kind: &Type) -> bool {
    match kind {
        Type::Set(_) => true,
        Type::Array(array) => array.items.iter().chain(&array.rest).any(holds_sets),
        Type::Object(object) => {
            let rest = object.rest.iter().flat_map(|(key, value)| [key, value]);
            object.fields.iter().map(|(_, value)| value).chain(rest).any(holds_sets)
        }
        Type::Union(union) => union.members.iter().any(holds_sets),
        _ => false,
    }
}

fn refused(name: &str, why: &str, place: &str) -> Error {
    Error::new(ErrorCode::MalformedRequest, format!("the function `{name}` of the host: {why}")).at(format!("/{place}"))
}

/// Whether it is a word that may stand between dots.
fn is_word(word: &str) -> bool {
    word.chars().enumerate().all(|(at, character)| {
        character == '_' || character.is_ascii_alphabetic() || (at > 0 && character.is_ascii_digit())
    }) && !word.is_empty()
}
