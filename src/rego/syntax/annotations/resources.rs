//! Related resources, and whether their addresses are such that OPA takes them.

use super::RelatedResource;
use super::fields::{ODD_KEY, Refused};
use super::value::{Item, Value, quoted};

const HELP: &str = "write an address such as `https://example.com/page`";

/// A related resource: a text with an address, or an object with `ref` and `description`.
pub(super) fn read(item: &Item) -> Result<RelatedResource, Refused> {
    if let Some(path) = item.path_of_odd_key() {
        return Err((format!("invalid map key type(s): {path}"), ODD_KEY));
    }
    let (address, description) = match &item.value {
        Value::Text(text) if text.is_empty() => return Err(("ref URL may not be empty string".to_owned(), HELP)),
        Value::Text(text) => (text.as_str(), ""),
        Value::Map(_) => match item.text_of("ref") {
            "" => return Err(("'ref' value required in object".to_owned(), "write `ref: https://…`")),
            address => (address, item.text_of("description")),
        },
        _ => {
            let why = "invalid value type, must be string or map";
            return Err((why.to_owned(), "write an address, or `ref: …` and `description: …`"));
        }
    };
    check(address).map_err(|why| (why, HELP))?;
    Ok(RelatedResource { address: address.to_owned(), description: description.to_owned() })
}

/// What OPA's reader of addresses refuses, in its words.
fn check(address: &str) -> Result<(), String> {
    let (before, fragment) = address.split_once('#').unwrap_or((address, ""));
    check_before_fragment(before).map_err(|why| format!("parse {}: {why}", quoted(before)))?;
    check_escapes(fragment).map_err(|why| format!("parse {}: {why}", quoted(address)))
}

fn check_before_fragment(address: &str) -> Result<(), String> {
    if address.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let (scheme, rest) = scheme(address)?;
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    if !path.starts_with('/') {
        if scheme.is_some() {
            return Ok(());
        }
        if path.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let is_relative_path = scheme.is_none() && path.starts_with("///");
    match path.strip_prefix("//").filter(|_| !is_relative_path) {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
            check_authority(authority)?;
            check_escapes(path)
        }
        None => check_escapes(path),
    }
}

/// The scheme where there is one, and what follows it.
fn scheme(address: &str) -> Result<(Option<&str>, &str), String> {
    let end = address.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')));
    match end.and_then(|end| address.split_at_checked(end)) {
        Some(("", rest)) if rest.starts_with(':') => Err("missing protocol scheme".to_owned()),
        Some((scheme, rest)) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Ok(rest.strip_prefix(':').map_or((None, address), |rest| (Some(scheme), rest)))
        }
        _ => Ok((None, address)),
    }
}

fn check_authority(authority: &str) -> Result<(), String> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    check_host(host)?;
    let Some(user) = user else { return Ok(()) };
    let is_of_user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(is_of_user) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    check_escapes(user)
}

fn check_host(host: &str) -> Result<(), String> {
    let port = if host.starts_with('[') {
        let Some((_, port)) = host.rsplit_once(']') else { return Err("missing ']' in host".to_owned()) };
        port
    } else {
        host.rfind(':').and_then(|colon| host.get(colon..)).unwrap_or_default()
    };
    let is_port =
        |port: &str| port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if !port.is_empty() && !is_port(port) {
        return Err(format!("invalid port {} after host", quoted(port)));
    }
    check_escapes(host)?;
    let is_of_host = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "!$&'()*+,;=:[]<>\"-_.~%".contains(c);
    match host.chars().find(|&c| !is_of_host(c)) {
        Some(character) => Err(format!("invalid character {} in host name", quoted(&character.to_string()))),
        None => Ok(()),
    }
}

/// Behind each `%` stand two hexadecimal digits.
fn check_escapes(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('%') {
        let rest = text.get(at..).unwrap_or_default();
        let mut digits = rest.chars().skip(1);
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_hexdigit());
        if !is_digit(digits.next()) || !is_digit(digits.next()) {
            let shown: String = rest.chars().take(3).collect();
            return Err(format!("invalid URL escape {}", quoted(&shown)));
        }
    }
    Ok(())
}
