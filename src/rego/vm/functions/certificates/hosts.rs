//! Names of hosts and addresses of mail, and whether they are those that certificates are for.

use super::constraints::is_host_within;
use super::extensions::AlternativeNames;
use crate::rego::vm::functions::{Context, Failure};
use core::net::IpAddr;

/// The labels of a host name from the last to the first; nothing where it has none, or signs that no label has.
pub fn labels(name: &str) -> Option<Vec<&str>> {
    if name.is_empty() {
        return Some(Vec::new());
    }
    let labels: Vec<&str> = name.rsplit('.').collect();
    let is_sound = |label: &&str| !label.is_empty() && label.bytes().all(|byte| (33..=126).contains(&byte));
    labels.iter().all(is_sound).then_some(labels)
}

/// An address of mail.
#[derive(Debug, PartialEq, Eq)]
pub struct Mailbox {
    local: String,
    host: String,
}

impl Mailbox {
    /// The address that a text says, as the standard of mail has it.
    pub fn of_text(text: &str) -> Option<Self> {
        let (local, host) = match text.strip_prefix('"') {
            Some(quoted) => quoted_local(quoted)?,
            None => plain_local(text)?,
        };
        let host = host.strip_prefix('@')?;
        labels(host)?;
        Some(Self { local, host: host.to_owned() })
    }

    /// Whether it is the one of a constraint, or of a host that a constraint names; nothing where they cannot be compared.
    pub fn is_within(&self, constraint: &str) -> Option<bool> {
        if constraint.contains('@') {
            let wanted = Self::of_text(constraint)?;
            return Some(self.local == wanted.local && self.host.eq_ignore_ascii_case(&wanted.host));
        }
        is_host_within(&self.host, constraint)
    }
}

/// The part of an address in quotation marks, and what stands behind those.
fn quoted_local(text: &str) -> Option<(String, &str)> {
    let mut local = String::new();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return Some((local, text.get(at + 1..)?)),
            '\\' => match rest.next()?.1 {
                c if c.is_ascii() && !matches!(c, '\0' | '\n' | '\r') => local.push(c),
                _ => return None,
            },
            c if c.is_ascii() && !matches!(c, '\0' | '\t' | '\n' | '\r') => local.push(c),
            _ => return None,
        }
    }
    None
}

fn plain_local(text: &str) -> Option<(String, &str)> {
    let mut local = String::new();
    let mut rest = text;
    loop {
        let mut characters = rest.chars();
        match characters.next() {
            Some('\\') => {
                let c = characters.next().filter(char::is_ascii)?;
                local.push(c);
            }
            Some(c) if c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) => local.push(c),
            _ => break,
        }
        rest = characters.as_str();
    }
    let is_sound = !local.is_empty() && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    is_sound.then_some((local, rest))
}

/// Whether a certificate with these names is one of a host. No host has a name that is longer than the system of names takes.
///
/// # Errors
/// There are not enough steps.
pub fn are_of_host(context: &mut Context<'_>, names: &AlternativeNames, host: &str) -> Result<bool, Failure> {
    /// Bytes of a name, without the dot behind it.
    const MOST_BYTES: usize = 253;
    /// Bytes of names that are compared in the time of one step.
    const BYTES_OF_STEP: u64 = 4;
    let bytes: usize = names.hosts.iter().map(String::len).sum();
    context.charge(1 + (names.hosts.len() + names.addresses.len()) as u64 + bytes as u64 / BYTES_OF_STEP)?;
    let bare = host.strip_suffix('.').unwrap_or(host);
    if bare.len() > MOST_BYTES {
        return Ok(false);
    }
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = address.parse::<IpAddr>() {
        let bytes = match address.to_canonical() {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        return Ok(names.addresses.contains(&bytes));
    }
    let is_host = is_host(bare, false);
    Ok(names.hosts.iter().any(|name| {
        if is_host && self::is_host(name, true) {
            is_matched(name, bare)
        } else {
            let is_name = |name: &str| !matches!(name, "" | ".");
            is_name(name) && is_name(host) && name.eq_ignore_ascii_case(host)
        }
    }))
}

/// Whether a text is a host name, or a pattern of some whose first label is a star.
fn is_host(text: &str, may_be_pattern: bool) -> bool {
    let is_label = |(at, label): (usize, &str)| {
        may_be_pattern && at == 0 && label == "*"
            || !label.is_empty()
                && !label.starts_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.split('.').enumerate().all(is_label)
}

/// Whether a host is one that a pattern stands for: a star stands for one label, the first.
fn is_matched(pattern: &str, host: &str) -> bool {
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(behind), Some((_, below))) => behind.eq_ignore_ascii_case(below),
        (Some(_), None) => false,
        // A star alone is a pattern of hosts with one label.
        (None, None) if pattern == "*" => true,
        (None, _) => pattern.eq_ignore_ascii_case(host),
    }
}
