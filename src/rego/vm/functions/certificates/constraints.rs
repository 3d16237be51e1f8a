//! Which names certificates may have that an authority signed.

use super::extensions::AlternativeNames;
use super::hosts::{Mailbox, labels};
use crate::rego::value::quotes::quoted;
use crate::rego::vm::functions::keys::der::{Reader, SEQUENCE, context_with_parts};
use crate::rego::vm::functions::uris::Uri;
use crate::rego::vm::functions::{Context, Failure};
use core::net::IpAddr;

/// The names of a kind that are permitted, or excluded.
#[derive(Debug, Default)]
pub struct Subtrees {
    /// Host names, each with all below it.
    pub hosts: Vec<String>,
    /// Networks: an address and a mask of the same length.
    pub networks: Vec<(Vec<u8>, Vec<u8>)>,
    /// Addresses of mail, or the hosts of them.
    pub mails: Vec<String>,
    /// Hosts of URLs.
    pub uris: Vec<String>,
}

/// What an authority constrains.
#[derive(Debug, Default)]
pub struct Constraints {
    /// What names have to be in, where there is anything of their kind.
    pub permitted: Subtrees,
    /// What they must not be in.
    pub excluded: Subtrees,
}

impl Constraints {
    /// What an extension says, and whether all of it is understood.
    ///
    /// # Errors
    /// It is malformed, in the words of Go.
    pub fn of(value: &[u8]) -> Result<(Self, bool), String> {
        let invalid = || "x509: invalid NameConstraints extension".to_owned();
        let mut outer = Reader::new(value);
        let mut parts = outer.list().ok_or_else(invalid)?;
        let permitted = parts.take_optional(context_with_parts(0)).ok_or_else(invalid)?;
        let excluded = parts.take_optional(context_with_parts(1)).ok_or_else(invalid)?;
        if !outer.is_empty() || !parts.is_empty() {
            return Err(invalid());
        }
        if permitted.is_none() && excluded.is_none() {
            return Err("x509: empty name constraints extension".to_owned());
        }
        if permitted.is_some_and(<[u8]>::is_empty) || excluded.is_some_and(<[u8]>::is_empty) {
            return Err("x509: empty name constraints subtree sequence".to_owned());
        }
        let (permitted, all_permitted) = subtrees(permitted.unwrap_or_default())?;
        let (excluded, all_excluded) = subtrees(excluded.unwrap_or_default())?;
        Ok((Self { permitted, excluded }, all_permitted && all_excluded))
    }

    /// Whether names are as they have to be. Comparisons are counted, and refused behind the most that there may be.
    ///
    /// # Errors
    /// There are not enough steps.
    pub fn permit(
        &self,
        context: &mut Context<'_>,
        names: &AlternativeNames,
        count: &mut i64,
        most: i64,
    ) -> Result<bool, Failure> {
        // Each constraint is compared with all of the name.
        let mut is_counted = |name: usize, constraints: [(usize, usize); 2]| -> Result<bool, Failure> {
            let [comparisons, bytes] = constraints.iter().fold([0_u64; 2], |[comparisons, bytes], (length, all)| {
                [comparisons + *length as u64, bytes + *all as u64]
            });
            let work = comparisons.saturating_mul(name as u64).saturating_add(bytes);
            context.charge(1 + 4 * comparisons + work / 8)?;
            *count = count.saturating_add(comparisons as i64);
            Ok(*count <= most)
        };
        let size = |texts: &[String]| (texts.len(), texts.iter().map(String::len).sum());
        for name in &names.mails {
            let Some(mailbox) = Mailbox::of_text(name) else { return Ok(false) };
            let counted = is_counted(name.len(), [size(&self.excluded.mails), size(&self.permitted.mails)])?;
            let matches = |constraint: &String| mailbox.is_within(constraint);
            if !counted || !is_permitted(&self.permitted.mails, &self.excluded.mails, matches, matches) {
                return Ok(false);
            }
        }
        for name in &names.hosts {
            let counted = is_counted(name.len(), [size(&self.excluded.hosts), size(&self.permitted.hosts)])?;
            let permits = |constraint: &String| is_within(name, constraint);
            let excludes = |constraint: &String| Some(is_within(name, constraint)? || covers(name, constraint)?);
            let is_fine = || is_permitted(&self.permitted.hosts, &self.excluded.hosts, permits, excludes);
            if labels(name).is_none() || !counted || !is_fine() {
                return Ok(false);
            }
        }
        for uri in &names.uris {
            let counted = is_counted(uri.text.len(), [size(&self.excluded.uris), size(&self.permitted.uris)])?;
            let matches = |constraint: &String| uri_is_within(uri, constraint);
            if !counted || !is_permitted(&self.permitted.uris, &self.excluded.uris, matches, matches) {
                return Ok(false);
            }
        }
        for address in &names.addresses {
            let counted =
                is_counted(address.len(), [(self.excluded.networks.len(), 0), (self.permitted.networks.len(), 0)])?;
            let matches = |network: &(Vec<u8>, Vec<u8>)| Some(address_is_within(address, network));
            if !counted || !is_permitted(&self.permitted.networks, &self.excluded.networks, matches, matches) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether a name is in none that is excluded, and in one that is permitted where there is any. What cannot be compared is not permitted.
fn is_permitted<T>(
    permitted: &[T],
    excluded: &[T],
    permits: impl Fn(&T) -> Option<bool>,
    excludes: impl Fn(&T) -> Option<bool>,
) -> bool {
    if excluded.iter().any(|constraint| excludes(constraint) != Some(false)) {
        return false;
    }
    for constraint in permitted {
        match permits(constraint) {
            Some(true) => return true,
            Some(false) => {}
            None => return false,
        }
    }
    permitted.is_empty()
}

/// Whether a host is the one of a constraint or below it; nothing where they cannot be compared.
pub fn is_within(host: &str, constraint: &str) -> Option<bool> {
    if constraint.is_empty() {
        return Some(true);
    }
    let host = labels(host)?;
    let (is_below, constraint) = match constraint.strip_prefix('.') {
        Some(constraint) => (true, labels(constraint)?),
        None => (false, labels(constraint)?),
    };
    let is_long = host.len() > constraint.len() || !is_below && host.len() == constraint.len();
    Some(is_long && constraint.iter().zip(&host).all(|(wanted, label)| wanted.eq_ignore_ascii_case(label)))
}

/// Whether a pattern stands for the host of a constraint too; nothing where they cannot be compared. A pattern stands for names with as many
/// labels as it has, of which all but the first are its own.
fn covers(pattern: &str, constraint: &str) -> Option<bool> {
    // Of a constraint with a dot in front the host itself is none, and no pattern stands for what is two labels longer.
    let pattern = pattern.strip_prefix("*.").filter(|_| !constraint.starts_with('.'));
    let Some(behind) = pattern else { return Some(false) };
    let (behind, constraint) = (labels(behind)?, labels(constraint)?);
    let is_of_length = constraint.len() == behind.len() + 1;
    Some(is_of_length && behind.iter().zip(&constraint).all(|(label, wanted)| label.eq_ignore_ascii_case(wanted)))
}

/// Whether a host of a mail or a URL is one of a constraint; nothing where they cannot be compared. There, unlike for the names of hosts,
/// a constraint is that one host, and with a dot in front all below it.
pub fn is_host_within(host: &str, constraint: &str) -> Option<bool> {
    let is_within = is_within(host, constraint)?;
    let may_be_below = constraint.is_empty() || constraint.starts_with('.');
    Some(is_within && (may_be_below || host.eq_ignore_ascii_case(constraint)))
}

/// The name of a host that a URL has, without port; nothing where that is none, or an address.
fn host_name(uri: &Uri) -> Option<&str> {
    let (name, port) = uri.host.split_once(':').unwrap_or((&uri.host, ""));
    // What begins with a bracket is an address. Of two colons none says where the name ends.
    let is_name = !name.is_empty() && !name.starts_with('[') && !port.contains(':') && name.parse::<IpAddr>().is_err();
    is_name.then_some(name)
}

fn uri_is_within(uri: &Uri, constraint: &str) -> Option<bool> {
    is_host_within(host_name(uri)?, constraint)
}

fn address_is_within(address: &[u8], (network, mask): &(Vec<u8>, Vec<u8>)) -> bool {
    address.len() == network.len()
        && address.iter().zip(network).zip(mask).all(|((byte, network), mask)| byte & mask == network & mask)
}

fn subtrees(bytes: &[u8]) -> Result<(Subtrees, bool), String> {
    let invalid = || "x509: invalid NameConstraints extension".to_owned();
    let mut list = Reader::new(bytes);
    let mut subtrees = Subtrees::default();
    let mut is_handled = true;
    while !list.is_empty() {
        let mut parts = Reader::new(list.take(SEQUENCE).ok_or_else(invalid)?);
        let name = parts.part().ok_or_else(invalid)?;
        let text = || match std::str::from_utf8(name.content) {
            Ok(text) if text.is_ascii() => Ok(text.to_owned()),
            _ => Err("x509: invalid constraint value: it is not ASCII".to_owned()),
        };
        let host = |kind: &str| {
            let host = text()?;
            let bare = host.strip_prefix('.').unwrap_or(&host);
            let is_sound = host.is_empty() || !bare.is_empty() && labels(bare).is_some();
            if is_sound {
                Ok(host)
            } else {
                Err(format!("x509: failed to parse {kind} constraint {}", quoted(&host, false)))
            }
        };
        match name.tag {
            0x82 => subtrees.hosts.push(host("dnsName")?),
            0x87 => subtrees.networks.push(network(name.content)?),
            0x81 => {
                let constraint = text()?;
                let is_mailbox = constraint.contains('@');
                if is_mailbox && Mailbox::of_text(&constraint).is_none() {
                    let shown = quoted(&constraint, false);
                    return Err(format!("x509: failed to parse rfc822Name constraint {shown}"));
                }
                subtrees.mails.push(if is_mailbox { constraint } else { host("rfc822Name")? });
            }
            0x86 => {
                let host = host("URI")?;
                if host.parse::<IpAddr>().is_ok() {
                    return Err(format!(
                        "x509: failed to parse URI constraint {}: cannot be IP address",
                        quoted(&host, false)
                    ));
                }
                subtrees.uris.push(host);
            }
            _ => is_handled = false,
        }
    }
    Ok((subtrees, is_handled))
}

fn network(bytes: &[u8]) -> Result<(Vec<u8>, Vec<u8>), String> {
    if !matches!(bytes.len(), 8 | 32) {
        return Err(format!("x509: IP constraint contained value of length {}", bytes.len()));
    }
    let (address, mask) = bytes.split_at_checked(bytes.len() / 2).unwrap_or_default();
    let bits = mask.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte)) << (128 - 8 * mask.len().min(16));
    if bits.leading_ones() + bits.trailing_zeros() != 128 {
        return Err("x509: IP constraint contained invalid mask".to_owned());
    }
    if matches!(address, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, _, _, _, _]) {
        return Err("x509: IP constraint contained IPv4-mapped IPv6 address".to_owned());
    }
    Ok((address.to_vec(), mask.to_vec()))
}
