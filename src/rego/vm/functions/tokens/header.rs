//! What the header of a token says that matters for checking it.

use crate::rego::value::{Kind, Value};
use crate::rego::vm::functions::texts::steps_of;
use crate::rego::vm::functions::{Context, Failure};

/// The members that are known, and the names of the others.
#[derive(Debug, Default)]
pub struct Header {
    /// The algorithm; empty where none is said.
    pub alg: String,
    /// The name of the key; empty where none is said.
    pub kid: String,
    /// What the payload is; empty where that is not said.
    pub cty: String,
    critical: Vec<String>,
    unknown: Vec<String>,
}

impl Header {
    /// What an object says, looked at in the order of its keys.
    ///
    /// # Errors
    /// A member that is known has another type than it must have.
    pub fn of_object(context: &mut Context<'_>, object: Value) -> Result<Self, Failure> {
        let mut header = Self::default();
        let Kind::Object(pairs) = object.kind() else { return Ok(header) };
        context.charge(u64::from(pairs.len))?;
        let pairs = context.stores.pairs(pairs).to_vec();
        for [key, value] in pairs {
            let name = context.stores.as_str(key).unwrap_or_default().to_owned();
            context.charge(steps_of(name.len() as u64))?;
            let member = match name.as_str() {
                "alg" => &mut header.alg,
                "kid" => &mut header.kid,
                "cty" => &mut header.cty,
                // What a token calls itself decides nothing, and yet must be a text.
                "typ" => &mut String::new(),
                "crit" => {
                    header.critical = critical(context, value)?;
                    continue;
                }
                _ => {
                    header.unknown.push(name);
                    continue;
                }
            };
            let Kind::String(text) = value.kind() else {
                return Err(Failure::of_builtin(format!("{name}: must be a string")));
            };
            context.charge(steps_of(u64::from(text.len)))?;
            *member = context.stores.text(text).to_owned();
        }
        Ok(header)
    }

    /// Whether it names an algorithm, and nothing as critical that is not known here.
    pub fn is_valid(&self) -> bool {
        !self.alg.is_empty() && !self.unknown.iter().any(|name| self.critical.contains(name))
    }
}

fn critical(context: &mut Context<'_>, value: Value) -> Result<Vec<String>, Failure> {
    /// Names that a token may call critical: each member is compared with each of them.
    const MOST: u32 = 64;
    let Kind::Array(items) = value.kind() else { return Err(Failure::of_builtin("crit: must be a list")) };
    if items.len > MOST {
        return Err(Failure::of_builtin(format!("crit: must have {MOST} names at the most")));
    }
    let items = context.stores.items(items);
    let mut names = Vec::new();
    for item in items {
        let Some(name) = context.stores.as_str(*item) else {
            return Err(Failure::of_builtin("crit: must be a list of strings"));
        };
        names.push(name.to_owned());
    }
    if names.is_empty() {
        return Err(Failure::of_builtin("crit: must be a nonempty list"));
    }
    Ok(names)
}
