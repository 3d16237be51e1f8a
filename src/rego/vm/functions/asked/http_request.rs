//! The request of `http.send`: from what a policy gives to what every host is asked.
//!
//! The host gets one object, whose fields are always all there:
//!
//! | field | is |
//! | --- | --- |
//! | `method` | in upper case; `GET` where the policy gives none |
//! | `url` | as the policy has it |
//! | `headers` | names as HTTP writes them (`Content-Type`) to texts |
//! | `body` | the text to send; null for none |
//! | `timeout_ms` | how long all of it may take; 0 where the policy sets no bound |
//! | `enable_redirect` | whether redirects are followed |
//! | `max_retry_attempts` | how often it is tried again where there is no response |
//! | `tls` | what the policy asks of TLS by the names of OPA without `tls_`; empty where it asks nothing |
//! | `cache` | whether a response to an earlier evaluation may be given, as far as its headers allow |
//! | `force_cache_seconds` | for how long it may be, whatever they say; null where they decide |
//! | `cache_ignored_headers` | the names of headers that do not tell requests apart |
//!
//! How a response is decoded and what becomes of a failure is no part of it: requests that differ in that alone are one.

use super::http_fields::{Fields, boolean, internal_error, rego_text, text};
use super::{Context, Failure, Question, Value};
use crate::rego::letters;
use crate::rego::value::{Kind, quotes::quoted};
use crate::rego::vm::functions::json_texts;
use crate::rego::vm::functions::json_writer::Writer;
use crate::rego::vm::functions::operands::{object, type_name};
use crate::rego::vm::functions::texts::{Draft, steps_of};
use crate::rego::vm::functions::time::duration;
use crate::sorted;

/// How long a request may take that does not say it.
const TIMEOUT_MS: u64 = 5_000;

/// What the host is asked.
///
/// # Errors
/// What is wrong with the request, unless it says `raise_error: false`: then that is its answer.
pub fn ask(context: &mut Context<'_>, request: Value) -> Result<Question, Failure> {
    let fields = Fields::of(context, object(request, 1)?)?;
    let raises = fields.raises()?;
    match written(context, &fields) {
        Ok(text) => Ok(Question::Host(text)),
        Err(Failure::Wrong { code, message }) if !raises => {
            internal_error(context, code, &message).map(Question::Answered)
        }
        Err(failure) => Err(failure),
    }
}

#[derive(Default)]
struct Request {
    method: String,
    body: Option<Value>,
    raw_body: Option<Value>,
    enable_redirect: bool,
    timeout_ms: Option<u64>,
    tls: Vec<(&'static str, Option<Value>)>,
    headers: Headers,
    cache: bool,
    force_cache_seconds: Option<i32>,
    retries: i64,
}

#[derive(Default)]
struct Headers {
    /// By the names under which they are sent.
    sent: sorted::Map<String, Value>,
    /// The names of the headers that do not tell requests apart, as they are sent.
    ignored: sorted::Set<String>,
}

/// The request as the text of an array of one object.
fn written(context: &mut Context<'_>, fields: &Fields) -> Result<String, Failure> {
    let request = read(context, fields)?;
    Draft::write(context, |context, draft| write(context, draft, fields, &request))
}

/// What the fields say. What is wrong is found in the order in which OPA finds it.
fn read(context: &mut Context<'_>, fields: &Fields) -> Result<Request, Failure> {
    fields.check_names(context)?;
    let ignored = ignored_headers(context, fields)?;
    let cache = fields.is_true("cache")?;
    let force_cache_seconds = if fields.is_true("force_cache")? { Some(cache_seconds(context, fields)?) } else { None };
    fields.is_true("force_json_decode")?;
    fields.is_true("force_yaml_decode")?;
    let request = checked(context, fields, &ignored)?;
    let retries = retries(context, fields)?;
    Ok(Request { cache, force_cache_seconds, retries, ..request })
}

fn write(context: &Context<'_>, draft: &mut Draft, fields: &Fields, request: &Request) -> Result<(), Failure> {
    draft.push("[{\"method\":")?;
    push_text(draft, &request.method)?;
    draft.push(",\"url\":")?;
    push_field(context, draft, "url", fields.get("url").unwrap_or(Value::NULL))?;
    draft.push(",\"headers\":{")?;
    for (at, (name, value)) in request.headers.sent.iter().enumerate() {
        draft.push(if at > 0 { "," } else { "" })?;
        push_text(draft, name)?;
        draft.push(":")?;
        push_text(draft, context.stores.as_str(*value).unwrap_or_default())?;
    }
    draft.push("},\"body\":")?;
    match (request.raw_body, request.body) {
        (Some(raw), _) => push_field(context, draft, "raw_body", raw)?,
        (None, Some(body)) => {
            let json = draft.beside(|json| Writer::new(context.stores, json, None).write(body))?;
            push_text(draft, &json)?;
        }
        (None, None) => draft.push("null")?,
    }
    let timeout_ms = request.timeout_ms.unwrap_or(TIMEOUT_MS);
    draft.push(&format!(
        ",\"timeout_ms\":{timeout_ms},\"enable_redirect\":{},\"max_retry_attempts\":{},\"tls\":{{",
        request.enable_redirect, request.retries
    ))?;
    for (at, (name, value)) in request.tls.iter().enumerate() {
        draft.push(if at > 0 { "," } else { "" })?;
        push_text(draft, name.trim_start_matches("tls_"))?;
        draft.push(":")?;
        match value {
            Some(value) => push_field(context, draft, name, *value)?,
            None => draft.push("true")?,
        }
    }
    // A duration of nothing forces nothing: then the headers of the response decide.
    let seconds = request.force_cache_seconds.filter(|seconds| *seconds > 0);
    let seconds = seconds.map_or_else(|| "null".to_owned(), |seconds| seconds.to_string());
    let is_cached = request.cache || request.force_cache_seconds.is_some();
    draft.push(&format!("}},\"cache\":{is_cached},\"force_cache_seconds\":{seconds},\"cache_ignored_headers\":["))?;
    for (at, name) in request.headers.ignored.iter().enumerate() {
        draft.push(if at > 0 { "," } else { "" })?;
        push_text(draft, name)?;
    }
    draft.push("]}]")
}

/// Looks at each field that says what is sent, in the order of their names, as OPA does.
fn checked(context: &mut Context<'_>, fields: &Fields, ignored: &sorted::Set<String>) -> Result<Request, Failure> {
    let mut request = Request::default();
    for (name, value) in fields.iter() {
        match name {
            "method" => request.method = letters::in_capitals(text(context, name, value)?),
            "url" => {
                text(context, name, value)?;
            }
            "raw_body" => {
                text(context, name, value)?;
                request.raw_body = Some(value);
            }
            "body" => request.body = Some(value),
            "enable_redirect" => request.enable_redirect = boolean(context, value)?,
            "timeout" => request.timeout_ms = Some(timeout_ms(context, value)?),
            "headers" => request.headers = headers(context, value, ignored)?,
            "tls_insecure_skip_verify" | "tls_use_system_certs" => {
                request.tls.extend(boolean(context, value)?.then_some((name, None)));
            }
            name if name.starts_with("tls_") => {
                let asks_nothing = text(context, name, value)?.is_empty();
                request.tls.extend((!asks_nothing).then_some((name, Some(value))));
            }
            _ => {}
        }
    }
    for value in request.headers.sent.values() {
        match value.kind() {
            Kind::String(_) => {}
            Kind::Integer(_) | Kind::Number(_) => {
                let shown = quoted(&rego_text(context, *value)?, false);
                return Err(Failure::of_builtin(format!("invalid type for headers value {shown}")));
            }
            _ => {
                let kind = type_name(*value);
                return Err(Failure::of_builtin(format!("invalid type for headers value: {kind}")));
            }
        }
    }
    if request.method.is_empty() {
        request.method.push_str("GET");
    }
    if !request.method.bytes().all(is_token) {
        let message = format!("net/http: invalid method {}", quoted(&request.method, false));
        return Err(Failure::of_builtin(message));
    }
    Ok(request)
}

/// The headers, by the names under which they are sent. Of names that are sent as one, the last in their order counts.
fn headers(context: &mut Context<'_>, value: Value, ignored: &sorted::Set<String>) -> Result<Headers, Failure> {
    let Kind::Object(pairs) = value.kind() else { return Err(Failure::of_builtin("invalid type for headers key")) };
    context.charge(2 * u64::from(pairs.len))?;
    let mut headers = Headers::default();
    let mut bytes = 0;
    for at in 0..pairs.len as usize {
        let Some(&[key, value]) = context.stores.pairs(pairs).get(at) else { break };
        let name = json_texts::key(context, key)?;
        bytes += 2 * name.len() as u64;
        context.room(bytes)?;
        let sent = canonical(&name);
        if ignored.contains(&name) {
            headers.ignored.insert(sent.clone());
        }
        headers.sent.insert(sent, value);
    }
    Ok(headers)
}

/// The names of headers that do not tell requests apart, as the policy has them. They count where there are headers.
fn ignored_headers(context: &mut Context<'_>, fields: &Fields) -> Result<sorted::Set<String>, Failure> {
    let wrong = || Failure::of_builtin("invalid value for \"cache_ignored_headers\" field");
    let (Some(ignored), Some(_)) = (fields.get("cache_ignored_headers"), fields.get("headers")) else {
        return Ok(sorted::Set::new());
    };
    let items = match ignored.kind() {
        Kind::Null => return Ok(sorted::Set::new()),
        Kind::Array(items) | Kind::Set(items) => items,
        _ => return Err(wrong()),
    };
    context.charge(2 * u64::from(items.len))?;
    let (mut names, mut bytes) = (sorted::Set::new(), 0);
    for at in 0..items.len as usize {
        let Some(&item) = context.stores.items(items).get(at) else { break };
        let name = context.stores.as_str(item).ok_or_else(wrong)?.to_owned();
        bytes += name.len() as u64;
        context.room(bytes)?;
        context.charge(steps_of(name.len() as u64))?;
        names.insert(name);
    }
    Ok(names)
}

/// For how many seconds a response is kept, whatever its headers say.
fn cache_seconds(context: &mut Context<'_>, fields: &Fields) -> Result<i32, Failure> {
    let Some(value) = fields.get("force_cache_duration_seconds") else {
        let message = "'force_cache' set but 'force_cache_duration_seconds' parameter is missing";
        return Err(Failure::of_builtin(message));
    };
    let written = rego_text(context, value)?;
    written.parse().map_err(|_| {
        let is_integer = matches!(value.kind(), Kind::Integer(_));
        let why = if is_integer { "value out of range" } else { "invalid syntax" };
        Failure::of_builtin(format!("strconv.ParseInt: parsing {}: {why}", quoted(&written, false)))
    })
}

/// How often it is tried again.
fn retries(context: &mut Context<'_>, fields: &Fields) -> Result<i64, Failure> {
    let Some(value) = fields.get("max_retry_attempts") else { return Ok(0) };
    match value.kind() {
        // No host tries as often, and each can hold the number.
        Kind::Integer(times) if times >= 0 => Ok(times.min(i64::from(u32::MAX))),
        _ => {
            let written = rego_text(context, value)?;
            Err(Failure::of_builtin(format!("invalid value {written} for field \"max_retry_attempts\"")))
        }
    }
}

/// A number of nanoseconds, or a text of one or of a duration such as `3s`, in milliseconds. What is over is one more.
fn timeout_ms(context: &mut Context<'_>, value: Value) -> Result<u64, Failure> {
    let ns = match value.kind() {
        Kind::Integer(ns) => ns,
        Kind::Number(number) => {
            let number = context.stores.text(number);
            let message = || format!("invalid timeout number value {number}, must be int64");
            number.parse().map_err(|_| Failure::of_builtin(message()))?
        }
        Kind::String(slice) => {
            context.charge(1 + u64::from(slice.len) / 4)?;
            let written = context.stores.text(slice);
            let parsed = written.parse::<i64>().or_else(|_| duration::parse(written));
            parsed.map_err(|why| {
                Failure::of_builtin(format!("invalid timeout value {}: {why}", quoted(written, false)))
            })?
        }
        _ => {
            let kind = type_name(value);
            let message = format!("operand 1 'timeout' must be one of {{string, number}} but got {kind}");
            return Err(Failure::of_type(message));
        }
    };
    // None of these is a bound in OPA either.
    Ok(u64::try_from(ns).unwrap_or_default().div_ceil(1_000_000))
}

/// A text of a field, in quotation marks.
fn push_field(context: &Context<'_>, draft: &mut Draft, name: &str, value: Value) -> Result<(), Failure> {
    push_text(draft, text(context, name, value)?)
}

/// A text as JSON.
fn push_text(draft: &mut Draft, text: &str) -> Result<(), Failure> {
    draft.room(text.len())?;
    draft.push(&serde_json::Value::from(text).to_string())
}

/// The name of a header as it is sent: `content-type` is `Content-Type`. What is no name stays as it is.
fn canonical(name: &str) -> String {
    if name.is_empty() || !name.bytes().all(is_token) {
        return name.to_owned();
    }
    let mut begins = true;
    let letter = |c: char| {
        let letter = if begins { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        begins = c == '-';
        letter
    };
    name.chars().map(letter).collect()
}

/// Whether a byte may stand in the name of a method or a header.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
