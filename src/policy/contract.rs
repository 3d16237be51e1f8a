//! `Contract`: what a kind of policy must declare, what its rules yield, what it may call. Contracts are data.

use crate::error::{Error, ErrorCode};
use crate::rego::source::{Dialect, DialectRule};
use crate::typed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What policies of one kind have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The name that messages use.
    pub name: String,
    /// The package that a policy declares, exactly, without `data`.
    pub package: String,
    /// How the dialect of a policy is found.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub dialect: ContractDialect,
    /// The rules that are asked. A policy declares at least one.
    pub rules: Vec<RuleContract>,
    /// Builtins that a policy may not call.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub refused_builtins: Vec<String>,
    /// The input that a policy is run on while it is validated. Absent: it is not run.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "unknown", optional))]
    pub stub_input: Option<Value>,
}

/// How the dialect of a policy is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ContractDialect {
    /// v0.
    V0,
    /// v1.
    #[default]
    V1,
    /// v1 when the policy parses as v1, else v0.
    V1ThenV0,
}

impl From<ContractDialect> for DialectRule {
    fn from(dialect: ContractDialect) -> Self {
        match dialect {
            ContractDialect::V0 => Self::Fixed(Dialect::V0),
            ContractDialect::V1 => Self::V1,
            ContractDialect::V1ThenV0 => Self::V1ThenV0,
        }
    }
}

/// One rule of a contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct RuleContract {
    /// The name of the rule.
    pub name: String,
    /// What it yields.
    pub yields: Yields,
}

/// What a rule yields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Yields {
    /// Any value.
    Anything,
    /// A set or array of strings.
    Strings,
    /// A set or array of objects; keys that are not listed are ignored.
    Objects(Vec<Field>),
}

/// One key of a yielded object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key.
    pub name: String,
    /// The kind of its value.
    pub kind: FieldKind,
    /// Whether it must be there.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub required: bool,
    /// The least value of an integer.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number", optional))]
    pub minimum: Option<u64>,
}

/// The kind of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A string that is not empty.
    Name,
    /// Any string.
    String,
    /// A whole number, not below the minimum, and not above what every JS number holds.
    Integer,
}

/// What a rule yielded. INVARIANT (nothing dropped): an element of the contract's shape counts, whatever stands beside it.
#[derive(Debug, Default)]
pub struct Elements {
    /// The elements of the contract's shape.
    pub fitting: Vec<Value>,
    /// What is wrong with the first that is not, or with the answer: what the rule yielded, and what it must yield.
    pub problem: Option<String>,
}

/// The largest integer that every JS number holds exactly: an answer that names a larger one could not be kept as JSON.
pub const INTEGER_MOST: u64 = (1 << 53) - 1;

impl FieldKind {
    /// The words for it in a message.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Name => "a string that is not empty",
            Self::String => "a string",
            Self::Integer => "a whole number",
        }
    }
}

impl Contract {
    /// Reads a contract from JSON.
    ///
    /// # Errors
    /// `invalid_configuration` with what is wrong with it.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let tree = serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorCode::InvalidConfiguration, format!("the contract cannot be read: {error}"))
        })?;
        let contract: Self = typed::read(tree, ErrorCode::InvalidConfiguration, "the contract cannot be read")?;
        contract.check()?;
        Ok(contract)
    }

    /// Whether the contract asks for anything: policies of one that does not would all be valid, and never asked.
    ///
    /// # Errors
    /// `invalid_configuration` with the path to the value.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = |path: &str, message: &str| {
            Err(Error::new(ErrorCode::InvalidConfiguration, message.to_owned()).at(path.to_owned()))
        };
        if self.package.split('.').any(|part| part.trim() != part || part.is_empty()) {
            return wrong("/package", "the package of a contract is a path of names such as `shop.policy`");
        }
        if self.rules.is_empty() {
            return wrong("/rules", "a contract names at least one rule");
        }
        let names: Vec<&str> = self.rules.iter().map(|rule| rule.name.as_str()).collect();
        for (at, name) in names.iter().enumerate() {
            if name.trim().is_empty() || names.iter().take(at).any(|other| other == name) {
                return wrong(&format!("/rules/{at}/name"), "the rules of a contract have names, each of its own");
            }
        }
        Ok(())
    }

    /// The rule of this name.
    pub fn rule(&self, name: &str) -> Option<&RuleContract> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// The names of the rules for a message: `deny` or `require_approval`.
    pub fn rule_names(&self) -> String {
        let names: Vec<String> = self.rules.iter().map(|rule| format!("`{}`", rule.name)).collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => names.join(""),
        }
    }

    /// The entrypoint of a rule.
    pub fn entrypoint(&self, rule: &str) -> String {
        format!("{}/{rule}", self.package.replace('.', "/"))
    }
}

impl RuleContract {
    /// The elements of an answer. A rule that is undefined has no elements; see where it is asked.
    pub fn elements(&self, answer: &Value) -> Elements {
        if self.yields == Yields::Anything {
            return Elements { fitting: vec![answer.clone()], problem: None };
        }
        let name = &self.name;
        let Value::Array(elements) = answer else {
            let problem = format!("`{name}` must yield {}, and it is {}", self.words(), kind_of(answer));
            return Elements { fitting: Vec::new(), problem: Some(problem) };
        };
        let mut found = Elements::default();
        for element in elements {
            match self.check_element(element) {
                Ok(()) => found.fitting.push(element.clone()),
                Err(problem) => found.problem = found.problem.or(Some(problem)),
            }
        }
        found
    }

    fn check_element(&self, element: &Value) -> Result<(), String> {
        let name = &self.name;
        let wrong = || format!("`{name}` must yield {}, and it yields {}", self.words(), kind_of(element));
        match &self.yields {
            Yields::Anything => Ok(()),
            Yields::Strings if element.is_string() => Ok(()),
            Yields::Strings => Err(wrong()),
            Yields::Objects(fields) => {
                let Value::Object(object) = element else { return Err(wrong()) };
                for field in fields {
                    match object.get(&field.name) {
                        None if field.required => {
                            return Err(format!(
                                "an object of `{name}` has no `{}`, which must be {}",
                                field.name,
                                field.kind.words()
                            ));
                        }
                        None => {}
                        Some(value) => field.check(name, value)?,
                    }
                }
                Ok(())
            }
        }
    }

    /// The words for what it yields.
    pub const fn words(&self) -> &'static str {
        match self.yields {
            Yields::Anything => "any value",
            Yields::Strings => "a set or array of strings",
            Yields::Objects(_) => "a set or array of objects",
        }
    }
}

impl Field {
    fn check(&self, rule: &str, value: &Value) -> Result<(), String> {
        let fits = match self.kind {
            FieldKind::Name => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            FieldKind::String => value.is_string(),
            FieldKind::Integer => value.as_u64().is_some_and(|value| value <= INTEGER_MOST),
        };
        if !fits {
            if let (FieldKind::Integer, Some(_)) = (self.kind, value.as_u64()) {
                return Err(format!(
                    "`{}` in an object of `{rule}` must be at most {INTEGER_MOST}, and it is {value}",
                    self.name
                ));
            }
            let is = match (self.kind, value) {
                (FieldKind::Integer, Value::Number(number)) => number.to_string(),
                _ => kind_of(value).to_owned(),
            };
            return Err(format!(
                "`{}` in an object of `{rule}` must be {}, and it is {is}",
                self.name,
                self.kind.words(),
            ));
        }
        match (self.minimum, value.as_u64()) {
            (Some(minimum), Some(number)) if number < minimum => {
                Err(format!("`{}` in an object of `{rule}` must be at least {minimum}, and it is {number}", self.name))
            }
            _ => Ok(()),
        }
    }
}

/// The kind of a value in a message. The value itself may be secret and is not shown.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(text) if text.is_empty() => "an empty string",
        Value::String(_) => "a string",
        Value::Array(_) => "an array or set",
        Value::Object(_) => "an object",
    }
}
