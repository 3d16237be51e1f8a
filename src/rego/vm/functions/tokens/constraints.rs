//! What a token is asked to be.

use super::trusted::{Keys, keys_of};
use crate::rego::value::{Kind, Space, Value, double};
use crate::rego::vm::functions::integers::charge_number;
use crate::rego::vm::functions::operands::{object, string, type_name};
use crate::rego::vm::functions::{Context, Failure};

/// What is asked. Texts that are empty ask for nothing.
#[derive(Default)]
pub struct Constraints {
    /// The keys, one of which has to verify.
    pub keys: Option<Keys>,
    /// The secret that has to verify.
    pub secret: String,
    /// The algorithm.
    pub alg: String,
    /// Who made the token.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// The time at which it is looked at, in nanoseconds since 1970; that of the request where it is not said.
    time_ns: Option<f64>,
}

impl Constraints {
    /// What an object asks.
    ///
    /// # Errors
    /// It asks for something that is not known, for nothing to verify with, or for both a key and a secret.
    pub fn of_value(context: &mut Context<'_>, value: Value) -> Result<Self, Failure> {
        let pairs = object(value, 2)?;
        context.charge(u64::from(pairs.len))?;
        let pairs = context.stores.pairs(pairs).to_vec();
        let mut constraints = Self::default();
        for [key, value] in pairs {
            let Some(name) = context.stores.as_str(key).map(ToOwned::to_owned) else {
                let found = type_name(key);
                return Err(Failure::of_builtin(format!(
                    "unknown token validation constraint: a key that is a {found}"
                )));
            };
            let wanted = match name.as_str() {
                "cert" => {
                    let text = text(context, "cert", value)?;
                    constraints.keys = Some(keys_of(context, &text)?);
                    continue;
                }
                "time" => {
                    constraints.time_ns = Some(time(context, value)?);
                    continue;
                }
                "secret" => &mut constraints.secret,
                "alg" => &mut constraints.alg,
                "iss" => &mut constraints.iss,
                "aud" => &mut constraints.aud,
                _ => return Err(Failure::of_builtin(format!("unknown token validation constraint: {name}"))),
            };
            *wanted = text(context, &name, value)?;
        }
        match (&constraints.keys, constraints.secret.as_str()) {
            (None, "") => Err(Failure::of_builtin("no key constraint")),
            (Some(_), secret) if !secret.is_empty() => Err(Failure::of_builtin("duplicate key constraints")),
            _ => Ok(constraints),
        }
    }

    /// The time at which the token is looked at, in seconds since 1970, as a number to compare with.
    ///
    /// # Errors
    /// Nobody says what time it is.
    pub fn seconds(&self, context: &mut Context<'_>) -> Result<Value, Failure> {
        let ns = match (self.time_ns, context.request.now_ns) {
            (Some(ns), _) => ns,
            (None, Some(ns)) if ns < 0 => {
                return Err(Failure::of_builtin("token time constraint: must not be negative"));
            }
            (None, Some(ns)) => ns as f64,
            (None, None) => return Err(Failure::of_request("io.jwt.decode_verify", "time; pass `now_ms`")),
        };
        Ok(context.stores.make_number(Space::Heap, &double::plain(ns / 1e9))?)
    }
}

fn text(context: &mut Context<'_>, name: &str, value: Value) -> Result<String, Failure> {
    if context.stores.as_str(value).is_none() {
        return Err(Failure::of_builtin(format!("{name} constraint: must be a string")));
    }
    string(context, value, 2)
}

fn time(context: &mut Context<'_>, value: Value) -> Result<f64, Failure> {
    let wrong = |how: &str| Failure::of_builtin(format!("token time constraint: {how}"));
    let ns = match value.kind() {
        Kind::Integer(ns) => ns as f64,
        Kind::Number(text) => {
            charge_number(context, text)?;
            double::read(context.stores.text(text)).unwrap_or(f64::INFINITY)
        }
        _ => return Err(wrong("must be a number")),
    };
    if !ns.is_finite() {
        return Err(wrong("unvalid float64"));
    }
    if ns < 0.0 { Err(wrong("must not be negative")) } else { Ok(ns) }
}
