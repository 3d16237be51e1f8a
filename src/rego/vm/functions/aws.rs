//! `providers.aws.sign_req`: requests signed as AWS asks for it, with version 4 of its signatures.

use super::asked::http_fields;
use super::encodings::digits;
use super::hashes::{Hash, charge_hash};
use super::integers::small;
use super::json_writer::Writer;
use super::operands::{member, object, string, wrong_type};
use super::texts::Draft;
use super::time::calendar::Civil;
use super::uris::Uri;
use super::{Answer, Context, Failure, Function};
use crate::rego::letters;
use crate::rego::value::{Kind, Space, Value};
use crate::sorted;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    (name == "providers.aws.sign_req").then_some(Function::Three(sign))
}

/// What has to be known of whoever signs, in the order of the names.
const NEEDED: [&str; 4] = ["aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"];

/// Headers that are changed on the way, and so are not signed.
const UNSIGNED: [&str; 3] = ["authorization", "user-agent", "x-amzn-trace-id"];

/// Who signs, and what for.
struct Credentials {
    access_key: String,
    secret_key: String,
    region: String,
    service: String,
    session_token: String,
    signs_payload: bool,
}

/// What is signed.
struct Request {
    method: String,
    url: Uri,
    headers: sorted::Map<String, String>,
    body: String,
}

fn sign(context: &mut Context<'_>, request: Value, credentials: Value, time: Value) -> Answer {
    object(request, 1)?;
    // In OPA this is told of as the first operand as well.
    object(credentials, 1)?;
    let mut credentials_read = read_credentials(context, credentials)?;
    if !matches!(time.kind(), Kind::Integer(_) | Kind::Number(_)) {
        return Err(wrong_type(1, time, &["number"]));
    }
    let ns = small(context.stores, time)
        .ok_or_else(|| Failure::of_type("operand 3 could not convert time_ns value into a unix timestamp"))?;
    let signed = read_request(context, request)?;
    let flag = member(context, credentials, "disable_payload_signing")?;
    credentials_read.signs_payload = match flag.kind() {
        Kind::Undefined => true,
        Kind::Boolean(disables) => !disables,
        _ => {
            return Err(Failure::of_type("operand 2 invalid value for 'disable_payload_signing' in AWS config"));
        }
    };
    let headers = signed_headers(context, &signed, &credentials_read, ns)?;
    let mut pairs = Vec::new();
    for (name, text) in headers {
        let name = context.stores.make_string(Space::Heap, &name)?;
        pairs.push([name, context.stores.make_string(Space::Heap, &text)?]);
    }
    let headers = context.stores.make_object(Space::Heap, &mut pairs)?;
    let name = context.stores.make_string(Space::Heap, "headers")?;
    let own = object(request, 1)?;
    context.charge(u64::from(own.len))?;
    let own = context.stores.pairs(own).to_vec();
    let mut pairs: Vec<[Value; 2]> =
        own.into_iter().filter(|[key, _]| context.stores.as_str(*key) != Some("headers")).collect();
    pairs.push([name, headers]);
    Ok(context.stores.make_object(Space::Heap, &mut pairs)?)
}

/// Names as OPA writes a set of them.
fn set_of(names: &[&str]) -> String {
    format!("{{{}}}", names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", "))
}

fn read_credentials(context: &mut Context<'_>, of: Value) -> Result<Credentials, Failure> {
    let (mut missing, mut invalid, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for name in NEEDED {
        let value = member(context, of, name)?;
        match value.kind() {
            Kind::Undefined => missing.push(name),
            Kind::String(_) => found.push(string(context, value, 2)?),
            _ => invalid.push(name),
        }
    }
    for (names, what) in [(missing, "missing"), (invalid, "invalid values for")] {
        if !names.is_empty() {
            let message = format!("operand 2 {what} required AWS config parameters(s): {}", set_of(&names));
            return Err(Failure::of_type(message));
        }
    }
    let token = member(context, of, "aws_session_token")?;
    let session_token = text(context, token)?;
    let [access_key, region, secret_key, service] = <[String; 4]>::try_from(found).unwrap_or_default();
    Ok(Credentials { access_key, secret_key, region, service, session_token, signs_payload: true })
}

/// A text; empty where it is none, as in OPA.
fn text(context: &mut Context<'_>, value: Value) -> Result<String, Failure> {
    if context.stores.as_str(value).is_some() { string(context, value, 1) } else { Ok(String::new()) }
}

fn read_request(context: &mut Context<'_>, of: Value) -> Result<Request, Failure> {
    let pairs = object(of, 1)?;
    context.charge(4 * u64::from(pairs.len))?;
    let is_allowed = |name: Option<&str>| name.is_some_and(|name| http_fields::NAMES.contains(&name));
    let stores = &*context.stores;
    let keys = stores.pairs(pairs).iter().map(|[key, _]| *key);
    let unknown: Vec<Value> = keys.filter(|key| !is_allowed(stores.as_str(*key))).collect();
    if !unknown.is_empty() {
        let set = context.stores.make_set(Space::Heap, &mut unknown.clone())?;
        let message = Draft::write(context, |context, draft| {
            draft.push("operand 1 invalid request parameters(s): ")?;
            draft.push_value(context.stores, set, crate::rego::value::Form::Rego)
        });
        return Err(Failure::of_type(message?));
    }
    let (method, url) = (member(context, of, "method")?, member(context, of, "url")?);
    let named = [("method", method), ("url", url)];
    let of_kind = |is_meant: fn(Kind) -> bool| -> Vec<&str> {
        named.iter().filter(|(_, value)| is_meant(value.kind())).map(|(name, _)| *name).collect()
    };
    let missing = of_kind(|kind| matches!(kind, Kind::Undefined));
    if !missing.is_empty() {
        let message = format!("operand 1 missing required request parameters(s): {}", set_of(&missing));
        return Err(Failure::of_type(message));
    }
    let headers = member(context, of, "headers")?;
    if !matches!(headers.kind(), Kind::Object(_) | Kind::Undefined) {
        return Err(wrong_type(0, headers, &["object"]));
    }
    let invalid = of_kind(|kind| !matches!(kind, Kind::String(_)));
    if !invalid.is_empty() {
        let message = format!("operand 1 invalid values for required request parameters(s): {}", set_of(&invalid));
        return Err(Failure::of_type(message));
    }
    let url = string(context, url, 1)?;
    context.room(8 * url.len() as u64)?;
    context.charge(url.len() as u64 / 8)?;
    let url = Uri::of_text(&url).map_err(Failure::of_builtin)?;
    let method = string(context, method, 1)?;
    let (raw_body, body) = (member(context, of, "raw_body")?, member(context, of, "body")?);
    let body = match (raw_body.kind(), body.kind()) {
        (Kind::Undefined, Kind::Undefined) => String::new(),
        (Kind::Undefined, _) => {
            Draft::write(context, |context, draft| Writer::new(context.stores, draft, None).write(body))?
        }
        _ => text(context, raw_body)?,
    };
    Ok(Request { method, url, headers: read_headers(context, headers)?, body })
}

fn read_headers(context: &mut Context<'_>, of: Value) -> Result<sorted::Map<String, String>, Failure> {
    let mut headers = sorted::Map::new();
    let Kind::Object(pairs) = of.kind() else { return Ok(headers) };
    context.charge(4 * u64::from(pairs.len))?;
    let pairs = context.stores.pairs(pairs).to_vec();
    let mut bytes = 0;
    for [name, value] in pairs {
        let (name, value) = (text(context, name)?, text(context, value)?);
        // Each is held three times: as it was, to be signed, and in what is signed.
        bytes += 4 * (name.len() + value.len()) as u64;
        context.room(bytes)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The headers of a request with those that sign it.
fn signed_headers(
    context: &mut Context<'_>,
    request: &Request,
    credentials: &Credentials,
    ns: i64,
) -> Result<sorted::Map<String, String>, Failure> {
    charge_hash(context, request.body.len())?;
    let body = if credentials.signs_payload {
        digits(&Hash::Sha256.of(request.body.as_bytes()))
    } else {
        "UNSIGNED-PAYLOAD".to_owned()
    };
    let now = Civil::of_ns(i128::from(ns));
    let date = format!("{:04}{:02}{:02}", now.year, now.month, now.day);
    let time = format!("{date}T{:02}{:02}{:02}Z", now.hour, now.minute, now.second);
    let mut own = sorted::Map::from([("host", request.url.host.clone()), ("x-amz-date", time.clone())]);
    if matches!(credentials.service.as_str(), "s3" | "glacier") {
        own.insert("x-amz-content-sha256", body.clone());
    }
    if !credentials.session_token.is_empty() {
        own.insert("x-amz-security-token", credentials.session_token.clone());
    }
    let mut signed: sorted::Map<String, &str> =
        own.iter().map(|(name, text)| ((*name).to_owned(), text.as_str())).collect();
    // What the request says itself is signed as it says it, as in OPA, also where another value is sent.
    for (name, text) in &request.headers {
        let name = letters::in_small(name);
        if !UNSIGNED.contains(&name.as_str()) {
            signed.insert(name, text);
        }
    }
    let names = signed.keys().map(String::as_str).collect::<Vec<_>>().join(";");
    let lines: String = signed.iter().map(|(name, text)| format!("{name}:{text}\n")).collect();
    let (path, query) = (request.url.escaped_path(), &request.url.raw_query);
    let canonical = format!("{}\n{path}\n{query}\n{lines}\n{names}\n{body}", request.method);
    charge_hash(context, canonical.len() + credentials.secret_key.len())?;
    charge_hash(context, credentials.region.len() + credentials.service.len())?;
    let scope = format!("{date}/{}/{}/aws4_request", credentials.region, credentials.service);
    let hash = digits(&Hash::Sha256.of(canonical.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hash}");
    let mut key = format!("AWS4{}", credentials.secret_key).into_bytes();
    for part in [date.as_str(), &credentials.region, &credentials.service, "aws4_request", &to_sign] {
        key = Hash::Sha256.mac(&key, part.as_bytes())?;
    }
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={}",
        credentials.access_key,
        digits(&key)
    );
    let mut headers = request.headers.clone();
    headers.insert("Authorization".to_owned(), authorization);
    headers.extend(own.into_iter().map(|(name, text)| (name.to_owned(), text)));
    Ok(headers)
}
