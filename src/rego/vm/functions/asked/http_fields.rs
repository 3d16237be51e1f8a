//! The fields of a request of `http.send`, as a policy gives them, and what is wrong with one in the words of OPA.

use super::{Context, Failure, Value};
use crate::rego::value::quotes::quoted;
use crate::rego::value::{Form, Kind, Slice, Space};
use crate::rego::vm::functions::texts::{Draft, steps_of};

/// The fields that a request may have, in the order of their names. Those that are signed for AWS may have the same.
pub const NAMES: [&str; 28] = [
    "body",
    "cache",
    "cache_ignored_headers",
    "caching_mode",
    "enable_redirect",
    "force_cache",
    "force_cache_duration_seconds",
    "force_json_decode",
    "force_yaml_decode",
    "headers",
    "max_retry_attempts",
    "method",
    "raise_error",
    "raw_body",
    "timeout",
    "tls_ca_cert",
    "tls_ca_cert_env_variable",
    "tls_ca_cert_file",
    "tls_client_cert",
    "tls_client_cert_env_variable",
    "tls_client_cert_file",
    "tls_client_key",
    "tls_client_key_env_variable",
    "tls_client_key_file",
    "tls_insecure_skip_verify",
    "tls_server_name",
    "tls_use_system_certs",
    "url",
];

/// The fields that are there, in the order of their names.
pub struct Fields {
    known: Vec<(&'static str, Value)>,
    unknown: Vec<Value>,
}

impl Fields {
    /// Those of an object.
    pub fn of(context: &mut Context<'_>, pairs: Slice) -> Result<Self, Failure> {
        context.charge(1 + u64::from(pairs.len))?;
        let mut fields = Self { known: Vec::new(), unknown: Vec::new() };
        for [key, value] in context.stores.pairs(pairs) {
            let name = context.stores.as_str(*key).and_then(|name| NAMES.iter().find(|known| **known == name));
            match name {
                Some(name) => fields.known.push((name, *value)),
                None => fields.unknown.push(*key),
            }
        }
        // Texts are looked at, and copied, more than once.
        let texts = fields.iter().filter_map(|(_, value)| context.stores.as_str(value)).map(str::len);
        let bytes = texts.map(|bytes| bytes as u64).sum();
        context.charge(steps_of(bytes))?;
        context.room(bytes)?;
        Ok(fields)
    }

    /// Every field that is known and there.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Value)> + '_ {
        self.known.iter().copied()
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The field is true. Where it is not there it is not.
    ///
    /// # Errors
    /// It is no boolean.
    pub fn is_true(&self, name: &str) -> Result<bool, Failure> {
        match self.get(name).map(Value::kind) {
            None => Ok(false),
            Some(Kind::Boolean(is_true)) => Ok(is_true),
            Some(_) => Err(Failure::of_builtin(format!("invalid value for {} field", quoted(name, false)))),
        }
    }

    /// Whether what goes wrong is a builtin that fails, as it is unless the request says otherwise.
    ///
    /// # Errors
    /// It says that with another value than a boolean.
    pub fn raises(&self) -> Result<bool, Failure> {
        match self.get("raise_error").map(Value::kind) {
            None => Ok(true),
            Some(Kind::Boolean(raises)) => Ok(raises),
            Some(_) => Err(Failure::of_builtin("invalid value for raise_error field")),
        }
    }

    /// Whether there is nothing but fields that are known, and all that must be there.
    ///
    /// # Errors
    /// What is unknown, or missing.
    pub fn check_names(&self, context: &mut Context<'_>) -> Result<(), Failure> {
        if !self.unknown.is_empty() {
            let names = Draft::write(context, |context, names| {
                self.unknown.iter().enumerate().try_for_each(|(at, key)| {
                    names.push(if at > 0 { ", " } else { "" })?;
                    names.push_value(context.stores, *key, Form::Rego)
                })
            })?;
            return Err(Failure::of_type(format!("operand 1 invalid request parameters(s): {{{names}}}")));
        }
        let missing: Vec<&str> = ["method", "url"].into_iter().filter(|name| self.get(name).is_none()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names = missing.iter().map(|name| quoted(name, false)).collect::<Vec<_>>().join(", ");
        Err(Failure::of_type(format!("operand 1 missing required request parameters(s): {{{names}}}")))
    }
}

/// The characters of a field that is a text, without quotation marks around it, which OPA takes away.
///
/// # Errors
/// It is no text.
pub fn text<'s>(context: &'s Context<'_>, name: &str, value: Value) -> Result<&'s str, Failure> {
    let text = context
        .stores
        .as_str(value)
        .ok_or_else(|| Failure::of_builtin(format!("{} must be a string", quoted(name, false))))?;
    Ok(text.trim_matches('"'))
}

/// A field that is true or false, also as 1 and 0.
///
/// # Errors
/// It is anything else.
pub fn boolean(context: &mut Context<'_>, value: Value) -> Result<bool, Failure> {
    match value.kind() {
        Kind::Boolean(is_true) => Ok(is_true),
        Kind::Integer(1) => Ok(true),
        Kind::Integer(0) => Ok(false),
        _ => {
            let written = rego_text(context, value)?;
            Err(Failure::of_builtin(format!("strconv.ParseBool: parsing {}: invalid syntax", quoted(&written, false))))
        }
    }
}

/// A value as Rego writes it.
pub fn rego_text(context: &mut Context<'_>, value: Value) -> Result<String, Failure> {
    Draft::write(context, |context, draft| draft.push_value(context.stores, value, Form::Rego))
}

/// What `http.send` gives in the place of a response where it is not to be a builtin that fails.
pub fn error_object(context: &mut Context<'_>, code: &str, message: &str) -> Result<Value, Failure> {
    let stores = &mut *context.stores;
    let mut text = |text: &str| stores.make_string(Space::Heap, text);
    let (code_key, code) = (text("code")?, text(code)?);
    let (message_key, message) = (text("message")?, text(message)?);
    let (error_key, status_key) = (text("error")?, text("status_code")?);
    let error = stores.make_object(Space::Heap, &mut vec![[code_key, code], [message_key, message]])?;
    let mut pairs = vec![[error_key, error], [status_key, Value::count(0)]];
    Ok(stores.make_object(Space::Heap, &mut pairs)?)
}

/// The same for what was wrong before anything was sent.
pub fn internal_error(context: &mut Context<'_>, code: &str, message: &str) -> Result<Value, Failure> {
    error_object(context, "eval_http_send_internal_error", &format!("{code}: http.send: {message}"))
}
