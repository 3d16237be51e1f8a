//! The formats that OPA checks of strings; of others it takes everything.

mod addresses;
mod mail;

use super::super::cidr::address;
use super::super::patterns::Compiled;
use super::super::time::is_moment;
use super::super::{Context, Failure};
use crate::rego::value::Value;

/// Whether a value is as a format says. What is no string is.
///
/// # Errors
/// A limit was reached.
pub fn has_format(context: &mut Context<'_>, value: Value, format: &str) -> Result<bool, Failure> {
    let Some(text) = context.stores.as_str(value) else { return Ok(true) };
    let text = text.to_owned();
    context.charge(2 + text.len() as u64 / 4)?;
    Ok(match format {
        "date" => is_moment("2006-01-02", &text),
        "time" => is_any_moment(&TIMES, &text),
        "date-time" => is_any_moment(&MOMENTS, &text),
        "hostname" => is_hostname(&text),
        "email" | "idn-email" => mail::is_mail_address(&text),
        "ipv4" => address(&text).is_some() && text.contains('.'),
        "ipv6" => address(&text).is_some() && text.contains(':'),
        "uri" | "iri" => addresses::parse(&text).is_some_and(|found| found.has_scheme) && !text.contains('\\'),
        "uri-reference" | "iri-reference" => addresses::parse(&text).is_some() && !text.contains('\\'),
        "uri-template" => {
            addresses::parse(&text).is_some_and(|found| has_closed_braces(found.path)) && !text.contains('\\')
        }
        "uuid" => is_uuid(&text),
        "regex" => return is_pattern(context, &text),
        "json-pointer" => is_pointer(&text),
        "relative-json-pointer" => is_relative_pointer(&text),
        _ => true,
    })
}

const TIMES: [&str; 2] = ["15:04:05Z07:00", "15:04:05"];
const MOMENTS: [&str; 4] = ["15:04:05", "15:04:05Z07:00", "2006-01-02", "2006-01-02T15:04:05Z07:00"];

fn is_any_moment(layouts: &[&str], text: &str) -> bool {
    layouts.iter().any(|layout| is_moment(layout, text))
}

fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let is_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        bytes.len() <= 63
            && is_edge(bytes.first())
            && is_edge(bytes.last())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    text.len() < 256 && text.split('.').all(is_label)
}

/// Whether each opened brace of a path is closed behind it.
fn has_closed_braces(path: &str) -> bool {
    let mut rest = path;
    while let Some((_, behind)) = rest.split_once('{') {
        match behind.split_once('}') {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_pattern(context: &mut Context<'_>, text: &str) -> Result<bool, Failure> {
    match Compiled::of(context, text) {
        Ok(_) => Ok(true),
        Err(Failure::Wrong { .. }) => Ok(false),
        Err(stop) => Err(stop),
    }
}

fn is_pointer(text: &str) -> bool {
    let has_escapes = |text: &str| {
        let mut parts = text.split('~');
        parts.next();
        parts.all(|behind| behind.starts_with(['0', '1']))
    };
    text.is_empty() || text.starts_with('/') && has_escapes(text)
}

fn is_relative_pointer(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits).unwrap_or(("", text));
    let is_number = !number.is_empty() && (number == "0" || !number.starts_with('0'));
    is_number && (rest == "#" || is_pointer(rest))
}
