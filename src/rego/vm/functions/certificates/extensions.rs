//! What certificates say beside whom they are for, as far as it is understood.

use super::constraints::Constraints;
use super::hosts::labels;
use super::uses::{self, Uses};
use crate::rego::value::quotes::quoted;
use crate::rego::vm::functions::keys::der::{
    BOOLEAN, INTEGER, OBJECT_ID, OCTET_STRING, Reader, context, context_with_parts,
};
use crate::rego::vm::functions::uris::Uri;
use crate::sorted;

/// An extension as it is written.
#[derive(Debug)]
pub struct Extension<'a> {
    /// What it is.
    pub id: Vec<u32>,
    /// Whether the certificate is to be refused by whoever does not understand it.
    pub is_critical: bool,
    /// What it says.
    pub value: &'a [u8],
}

/// What the extensions of a certificate say.
#[derive(Debug, Default)]
pub struct Extensions<'a> {
    /// A bit for each use of the key; 0 where nothing is said.
    pub key_usage: i64,
    /// Whether there are basic constraints.
    pub has_basic_constraints: bool,
    /// Whether it may sign certificates.
    pub is_authority: bool,
    /// How many certificates may stand between it and the last one; -1 where that is not said.
    pub longest_path: i64,
    /// Other names of whom it is for.
    pub names: AlternativeNames,
    /// The names that certificates below it may have.
    pub constraints: Option<Constraints>,
    /// Whether those have kinds that are not understood.
    pub constraints_critical: bool,
    /// Where to ask what was withdrawn.
    pub revocation_lists: Vec<String>,
    /// The name of the key that signed it.
    pub authority_key: Option<&'a [u8]>,
    /// The name of its key.
    pub subject_key: Option<&'a [u8]>,
    /// What it may be used for, as the numbers of Go.
    pub extended_usage: Vec<u8>,
    /// The same uses, each once.
    pub uses: Uses,
    /// Uses that Go has no number for.
    pub unknown_usage: Vec<Vec<u32>>,
    /// The policies that it was made by; nothing where it does not say.
    pub policies: Option<Vec<Vec<u32>>>,
    /// Pairs of policies that stand for each other.
    pub policy_mappings: Vec<[Vec<u32>; 2]>,
    /// How many certificates may follow without a policy.
    pub require_explicit_policy: Option<i64>,
    /// How many may follow before policies no longer stand for each other.
    pub inhibit_policy_mapping: Option<i64>,
    /// How many may follow before the policy that stands for all no longer does.
    pub inhibit_any_policy: Option<i64>,
    /// Where to ask whether it is still valid.
    pub status_servers: Vec<String>,
    /// Where the certificate is that signed it.
    pub issuers: Vec<String>,
    /// Critical extensions that are not understood.
    pub unhandled: Vec<Vec<u32>>,
}

/// Other names.
#[derive(Debug, Default)]
pub struct AlternativeNames {
    /// Host names.
    pub hosts: Vec<String>,
    /// Addresses of mail.
    pub mails: Vec<String>,
    /// Addresses of the internet protocol, 4 or 16 bytes each.
    pub addresses: Vec<Vec<u8>>,
    /// Identifiers of resources.
    pub uris: Vec<Uri>,
}

impl<'a> Extensions<'a> {
    /// What a list says.
    ///
    /// # Errors
    /// One that is known is malformed, in the words of Go.
    pub fn of(list: &[Extension<'a>]) -> Result<Self, String> {
        let mut known = Self::default();
        for extension in list {
            let is_handled = known.add(extension)?;
            if extension.is_critical && !is_handled {
                known.unhandled.push(extension.id.clone());
            }
        }
        Ok(known)
    }

    /// Adds what one says; whether it is understood.
    fn add(&mut self, extension: &Extension<'a>) -> Result<bool, String> {
        let value = Reader::new(extension.value);
        match extension.id.as_slice() {
            [2, 5, 29, 14] => self.subject_key = Some(subject_key(extension)?),
            [2, 5, 29, 15] => self.key_usage = key_usage(value)?,
            [2, 5, 29, 17] => {
                self.names = AlternativeNames::of(extension.value)?;
                return Ok(!self.names.is_empty());
            }
            [2, 5, 29, 19] => self.basic_constraints(value)?,
            [2, 5, 29, 30] => {
                let (constraints, is_handled) = Constraints::of(extension.value)?;
                self.constraints = Some(constraints);
                self.constraints_critical = extension.is_critical;
                return Ok(is_handled);
            }
            [2, 5, 29, 31] => self.revocation_lists = revocation_lists(value)?,
            [2, 5, 29, 32] => self.policies = Some(policies(value)?),
            [2, 5, 29, 33] => self.policy_mappings = policy_mappings(value)?,
            [2, 5, 29, 35] => self.authority_key = authority_key(extension)?,
            [2, 5, 29, 36] => self.policy_constraints(value)?,
            [2, 5, 29, 37] => self.extended_usage(value)?,
            [2, 5, 29, 54] => {
                let count = { value }.small().ok_or("x509: invalid inhibit any policy extension")?;
                self.inhibit_any_policy = Some(count);
            }
            [1, 3, 6, 1, 5, 5, 7, 1, 1] => self.authority_access(extension)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn basic_constraints(&mut self, mut value: Reader<'_>) -> Result<(), String> {
        let invalid = || "x509: invalid basic constraints".to_owned();
        let mut parts = value.list().ok_or_else(invalid)?;
        self.has_basic_constraints = true;
        self.is_authority = match parts.tag() {
            Some(BOOLEAN) => parts.boolean().ok_or_else(invalid)?,
            _ => false,
        };
        self.longest_path = match parts.tag() {
            Some(INTEGER) => parts.small().filter(|length| *length >= 0).ok_or_else(invalid)?,
            _ => -1,
        };
        Ok(())
    }

    fn extended_usage(&mut self, mut value: Reader<'_>) -> Result<(), String> {
        let invalid = || "x509: invalid extended key usages".to_owned();
        let mut parts = value.list().ok_or_else(invalid)?;
        while !parts.is_empty() {
            let usage = parts.object_id().ok_or_else(invalid)?;
            match uses::IDS.iter().position(|known| *known == usage) {
                Some(number) => {
                    self.extended_usage.push(number as u8);
                    self.uses.add(number);
                }
                None => self.unknown_usage.push(usage),
            }
        }
        Ok(())
    }

    fn policy_constraints(&mut self, mut value: Reader<'_>) -> Result<(), String> {
        let mut parts = value.list().ok_or("x509: invalid policy constraints extension")?;
        for (number, count) in [(0, &mut self.require_explicit_policy), (1, &mut self.inhibit_policy_mapping)] {
            let found = parts.take_optional(context(number)).ok_or("x509: invalid policy constraints extension")?;
            if let Some(bytes) = found {
                let fits = !bytes.is_empty() && bytes.len() <= 4 && bytes.first().is_some_and(|first| *first < 0x80);
                if !fits {
                    return Err("x509: invalid policy constraints extension".to_owned());
                }
                *count = Some(bytes.iter().fold(0, |count, byte| count << 8 | i64::from(*byte)));
            }
        }
        Ok(())
    }

    fn authority_access(&mut self, extension: &Extension<'_>) -> Result<(), String> {
        if extension.is_critical {
            return Err("x509: authority info access incorrectly marked critical".to_owned());
        }
        let invalid = || "x509: invalid authority info access".to_owned();
        let mut parts = Reader::new(extension.value).list().ok_or_else(invalid)?;
        while !parts.is_empty() {
            let mut access = parts.list().ok_or_else(invalid)?;
            let method = access.object_id().ok_or_else(invalid)?;
            if access.tag() != Some(context(6)) {
                continue;
            }
            let place = access.take(context(6)).ok_or_else(invalid)?;
            let place = String::from_utf8_lossy(place).into_owned();
            match method.as_slice() {
                [1, 3, 6, 1, 5, 5, 7, 48, 1] => self.status_servers.push(place),
                [1, 3, 6, 1, 5, 5, 7, 48, 2] => self.issuers.push(place),
                _ => {}
            }
        }
        Ok(())
    }
}

impl AlternativeNames {
    /// The names of an extension.
    ///
    /// # Errors
    /// One is malformed, in the words of Go.
    pub fn of(value: &[u8]) -> Result<Self, String> {
        let mut parts = Reader::new(value).list().ok_or("x509: invalid subject alternative names")?;
        let mut names = Self::default();
        while !parts.is_empty() {
            let name = parts.part().ok_or("x509: invalid subject alternative name")?;
            let text = |what: &str| match std::str::from_utf8(name.content) {
                Ok(text) if text.is_ascii() => Ok(text.to_owned()),
                _ => Err(format!("x509: SAN {what} is malformed")),
            };
            match name.tag {
                // Parts of other kinds are passed over, as in Go.
                0x81 => names.mails.push(text("rfc822Name")?),
                0x82 => names.hosts.push(text("dNSName")?),
                0x86 => names.uris.push(uri(&text("uniformResourceIdentifier")?)?),
                0x87 => match name.content {
                    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, _, _, _, _] => {
                        return Err("x509: SAN iPAddress contains IPv4-mapped IPv6 address".to_owned());
                    }
                    address if matches!(address.len(), 4 | 16) => names.addresses.push(address.to_vec()),
                    address => return Err(format!("x509: cannot parse IP address of length {}", address.len())),
                },
                _ => {}
            }
        }
        Ok(names)
    }

    fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.mails.is_empty() && self.addresses.is_empty() && self.uris.is_empty()
    }
}

fn uri(text: &str) -> Result<Uri, String> {
    let uri = Uri::of_text(text).map_err(|why| format!("x509: cannot parse URI {}: {why}", quoted(text, false)))?;
    let is_domain = uri.host.is_empty() || labels(&uri.host).is_some();
    if is_domain { Ok(uri) } else { Err(format!("x509: cannot parse URI {}: invalid domain", quoted(text, false))) }
}

fn subject_key<'a>(extension: &Extension<'a>) -> Result<&'a [u8], String> {
    if extension.is_critical {
        return Err("x509: subject key identifier incorrectly marked critical".to_owned());
    }
    let key = Reader::new(extension.value).take(OCTET_STRING);
    key.ok_or_else(|| "x509: invalid subject key identifier".to_owned())
}

fn authority_key<'a>(extension: &Extension<'a>) -> Result<Option<&'a [u8]>, String> {
    if extension.is_critical {
        return Err("x509: authority key identifier incorrectly marked critical".to_owned());
    }
    let invalid = || "x509: invalid authority key identifier".to_owned();
    let mut parts = Reader::new(extension.value).list().ok_or_else(invalid)?;
    parts.take_optional(context(0)).ok_or_else(invalid)
}

fn key_usage(mut value: Reader<'_>) -> Result<i64, String> {
    let (bytes, count) = value.bits().ok_or("x509: invalid key usage")?;
    let is_set = |bit: usize| bytes.get(bit / 8).is_some_and(|byte| bit < count && byte & (0x80 >> (bit % 8)) != 0);
    Ok((0..9).filter(|bit| is_set(*bit)).map(|bit| 1 << bit).sum())
}

fn revocation_lists(mut value: Reader<'_>) -> Result<Vec<String>, String> {
    let invalid = || "x509: invalid CRL distribution point".to_owned();
    let mut points = value.list().ok_or("x509: invalid CRL distribution points")?;
    let mut places = Vec::new();
    while !points.is_empty() {
        let mut point = points.list().ok_or_else(invalid)?;
        let Some(name) = point.take_optional(context_with_parts(0)).ok_or_else(invalid)? else { continue };
        let mut names = Reader::new(Reader::new(name).take(context_with_parts(0)).ok_or_else(invalid)?);
        while names.tag() == Some(context(6)) {
            let place = names.take(context(6)).ok_or_else(invalid)?;
            places.push(String::from_utf8_lossy(place).into_owned());
        }
    }
    Ok(places)
}

fn policies(mut value: Reader<'_>) -> Result<Vec<Vec<u32>>, String> {
    /// Policies of one certificate: each is sought among those before it.
    const MOST: usize = 256;
    let invalid = || "x509: invalid certificate policies".to_owned();
    let mut parts = value.list().ok_or_else(invalid)?;
    // As bytes, which are compared faster than numbers: identifiers may be long.
    let (mut policies, mut seen) = (Vec::new(), sorted::Set::new());
    while !parts.is_empty() {
        let (policy, written) =
            parts.list().and_then(|mut policy| policy.object_id_as_written()).ok_or_else(invalid)?;
        if !seen.insert(written) || policies.len() == MOST {
            return Err(invalid());
        }
        policies.push(policy);
    }
    Ok(policies)
}

fn policy_mappings(mut value: Reader<'_>) -> Result<Vec<[Vec<u32>; 2]>, String> {
    let invalid = || "x509: invalid policy mappings extension".to_owned();
    let mut parts = value.list().ok_or_else(invalid)?;
    let mut mappings = Vec::new();
    while !parts.is_empty() {
        let mut pair = parts.list().ok_or_else(invalid)?;
        if pair.tag() != Some(OBJECT_ID) {
            return Err(invalid());
        }
        mappings.push([pair.object_id().ok_or_else(invalid)?, pair.object_id().ok_or_else(invalid)?]);
    }
    Ok(mappings)
}
