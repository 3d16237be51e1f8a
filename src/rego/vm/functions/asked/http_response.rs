//! The response of `http.send`: from what the host gives to what a policy gets.
//!
//! The host gives `status_code`, and may give `status` (`200 OK`), `headers` (names to a text or an array of texts) and
//! `raw_body`. The rest is made here, so that it is the same for every host.

use super::http_fields::{Fields, error_object, internal_error};
use super::http_status::reason;
use super::{Answer, Context, Failure, Value};
use crate::rego::letters;
use crate::rego::value::{Kind, Slice, Space};
use crate::rego::vm::functions::operands::object;
use crate::rego::vm::functions::texts::steps_of;
use crate::rego::vm::functions::{Function, find as find_builtin};
use crate::rego::vm::machine::Stop;
use crate::sorted;

/// What the host gives, part by part.
struct Given {
    status_code: i64,
    status: Option<Value>,
    headers: Option<Slice>,
    raw_body: Option<Value>,
}

/// What the policy gets.
///
/// # Errors
/// The evaluation ends where it is no response that the host gives: that is a mistake of the host, and no failure of the network.
pub fn value(context: &mut Context<'_>, request: Value, given: Value) -> Answer {
    let fields = Fields::of(context, object(request, 1)?)?;
    let given = read(context, given)?;
    let (headers, content_type) = headers(context, given.headers)?;
    let raw_body = match given.raw_body {
        Some(raw_body) => raw_body,
        None => context.stores.make_string(Space::Heap, "")?,
    };
    let body = if fields.is_true("force_json_decode")? || is_json(&content_type) {
        decoded(context, "json.unmarshal", raw_body)?
    } else if fields.is_true("force_yaml_decode")? || is_yaml(&content_type) {
        decoded(context, "yaml.unmarshal", raw_body)?
    } else {
        Value::NULL
    };
    let status = match (given.status, reason(given.status_code)) {
        (Some(status), _) => status,
        (None, Some(reason)) => context.stores.make_string(Space::Heap, &format!("{} {reason}", given.status_code))?,
        (None, None) => context.stores.make_string(Space::Heap, &given.status_code.to_string())?,
    };
    let status_code = Value::integer(given.status_code).unwrap_or(Value::NULL);
    let parts = [
        ("body", body),
        ("headers", headers),
        ("raw_body", raw_body),
        ("status", status),
        ("status_code", status_code),
    ];
    let mut pairs = Vec::with_capacity(parts.len());
    for (name, value) in parts {
        pairs.push([context.stores.make_string(Space::Heap, name)?, value]);
    }
    Ok(context.stores.make_object(Space::Heap, &mut pairs)?)
}

/// A host that has failed is the network that has; one that has refused to try is the engine that has, as in OPA.
pub fn failure(context: &mut Context<'_>, request: Value, why: &str, is_refusal: bool) -> Answer {
    let fields = Fields::of(context, object(request, 1)?)?;
    context.charge(steps_of(why.len() as u64))?;
    match (fields.raises()?, is_refusal) {
        (true, _) => Err(Failure::of_builtin(why)),
        (false, true) => internal_error(context, "eval_builtin_error", why),
        (false, false) => error_object(context, "eval_http_send_network_error", why),
    }
}

fn wrong(what: &str) -> Failure {
    let message = format!("http.send: what the host gave is no response: {what}");
    Failure::Stop(Stop::Error { code: "eval_builtin_error", message })
}

fn read(context: &mut Context<'_>, given: Value) -> Result<Given, Failure> {
    let Kind::Object(pairs) = given.kind() else { return Err(wrong("it is no object")) };
    context.charge(1 + u64::from(pairs.len))?;
    let stores = &*context.stores;
    let (mut status_code, mut status, mut headers, mut raw_body) = (None, None, None, None);
    for [key, value] in stores.pairs(pairs) {
        match (stores.as_str(*key).unwrap_or_default(), value.kind()) {
            ("status_code", Kind::Integer(code @ 100..=999)) => status_code = Some(code),
            ("status_code", _) => return Err(wrong("`status_code` is no number of three digits")),
            ("status", Kind::String(_)) => status = Some(*value),
            ("status", _) => return Err(wrong("`status` is no text")),
            ("headers", Kind::Object(pairs)) => headers = Some(pairs),
            ("headers", _) => return Err(wrong("`headers` is no object")),
            ("raw_body", Kind::String(_)) => raw_body = Some(*value),
            ("raw_body", _) => return Err(wrong("`raw_body` is no text")),
            (other, _) => {
                return Err(wrong(&format!("it has a field `{}`", other.chars().take(64).collect::<String>())));
            }
        }
    }
    let status_code = status_code.ok_or_else(|| wrong("it has no `status_code`"))?;
    Ok(Given { status_code, status, headers, raw_body })
}

/// The headers with their names in lower case, each with an array of its values; and the first content type.
fn headers(context: &mut Context<'_>, given: Option<Slice>) -> Result<(Value, String), Failure> {
    let mut by_name: sorted::Map<String, Vec<Value>> = sorted::Map::new();
    let count = given.map_or(0, |pairs| pairs.len as usize);
    let mut bytes = 0;
    for at in 0..count {
        let pair = given.and_then(|pairs| context.stores.pairs(pairs).get(at).copied());
        let Some([key, value]) = pair else { break };
        let name = letters::in_small(context.stores.as_str(key).unwrap_or_default());
        context.charge(2 + steps_of(name.len() as u64))?;
        let values = match value.kind() {
            Kind::String(_) => vec![value],
            Kind::Array(items) => {
                context.charge(u64::from(items.len))?;
                context.stores.items(items).to_vec()
            }
            _ => return Err(wrong("a header is no text and no array of texts")),
        };
        if values.iter().any(|value| context.stores.as_str(*value).is_none()) {
            return Err(wrong("a header is no text and no array of texts"));
        }
        bytes += name.len() as u64 + 8 * values.len() as u64;
        context.room(bytes)?;
        by_name.entry(name).or_default().extend(values);
    }
    let content_type = by_name.get("content-type").and_then(|values| values.first());
    let content_type = content_type.and_then(|value| context.stores.as_str(*value)).unwrap_or_default().to_owned();
    let mut pairs = Vec::with_capacity(by_name.len());
    for (name, values) in by_name {
        let name = context.stores.make_string(Space::Heap, &name)?;
        pairs.push([name, context.stores.make_array(Space::Heap, &values)?]);
    }
    Ok((context.stores.make_object(Space::Heap, &mut pairs)?, content_type))
}

/// What a builtin makes of a text; null where that is not what it is.
fn decoded(context: &mut Context<'_>, builtin: &str, text: Value) -> Answer {
    let Some(Function::One(decode)) = find_builtin(builtin) else {
        let message = format!("http.send: a body is read by {builtin}, which this build lacks");
        return Err(Failure::Stop(Stop::Error { code: "builtin_not_available", message }));
    };
    match decode(context, text) {
        Err(Failure::Wrong { .. }) => Ok(Value::NULL),
        answer => answer,
    }
}

/// `application/json`, or `application/` with `+json` at the end, whatever its parameters.
fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = media_type.strip_prefix("application/").unwrap_or_default();
    !subtype.contains('/') && (subtype == "json" || subtype.ends_with("+json"))
}

fn is_yaml(content_type: &str) -> bool {
    ["application/yaml", "application/x-yaml"].iter().any(|kind| content_type.contains(kind))
}
