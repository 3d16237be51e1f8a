//! Certificates: their bytes as fields, with the words of Go for what is wrong with them.

use super::extensions::{Extension, Extensions};
use super::names::Name;
use super::signature::{SignatureAlgorithm, kind_number};
use super::times;
use crate::rego::vm::functions::keys::PublicKey;
use crate::rego::vm::functions::keys::der::{OCTET_STRING, Reader, SEQUENCE, context, context_with_parts, dotted};
use crate::rego::vm::functions::keys::public;
use crate::sorted;

/// A certificate. Its parts are slices of the bytes that it was read from.
#[derive(Debug)]
pub struct Certificate<'a> {
    /// All of its bytes.
    pub raw: &'a [u8],
    /// What is signed.
    pub signed: &'a [u8],
    /// The public key with what it says of itself.
    pub key_info: &'a [u8],
    /// Whom it is for.
    pub raw_subject: &'a [u8],
    /// Who made it.
    pub raw_issuer: &'a [u8],
    /// The signature.
    pub signature: Vec<u8>,
    /// How it is signed.
    pub algorithm: SignatureAlgorithm,
    /// The number that Go has for the kind of key; 0 where it is not known.
    pub key_kind: u8,
    /// The key; other than those that are known where Go has none.
    pub key: PublicKey,
    /// From 1.
    pub version: i64,
    /// The bytes of the serial number, which is not negative.
    pub serial: &'a [u8],
    /// Who made it.
    pub issuer: Name,
    /// Whom it is for.
    pub subject: Name,
    /// The first second at which it is valid, since 1970.
    pub not_before: i64,
    /// The last one.
    pub not_after: i64,
    /// What else it says.
    pub extensions: Vec<Extension<'a>>,
    /// What of that is understood.
    pub known: Extensions<'a>,
}

/// The certificates in bytes, one after the other, at the most as many as may be.
///
/// # Errors
/// What is wrong with one of them.
pub fn certificates(mut bytes: &[u8], most: usize) -> Result<Vec<Certificate<'_>>, String> {
    let mut certificates = Vec::new();
    while !bytes.is_empty() {
        if certificates.len() == most {
            return Err(format!("x509: there may be {most} certificates"));
        }
        let (certificate, rest) = first(bytes)?;
        certificates.push(certificate);
        bytes = rest;
    }
    Ok(certificates)
}

/// The one certificate in bytes.
///
/// # Errors
/// What is wrong with it.
pub fn certificate(bytes: &[u8]) -> Result<Certificate<'_>, String> {
    match first(bytes)? {
        (certificate, []) => Ok(certificate),
        _ => Err("x509: trailing data".to_owned()),
    }
}

fn first(bytes: &[u8]) -> Result<(Certificate<'_>, &[u8]), String> {
    let mut reader = Reader::new(bytes);
    let whole = reader.take_part(SEQUENCE).ok_or("x509: malformed certificate")?;
    let mut parts = Reader::new(whole.content);
    let signed = parts.take_part(SEQUENCE).ok_or("x509: malformed tbs certificate")?;
    let mut fields = Reader::new(signed.content);
    let version = version(&mut fields)?;
    let serial = fields.integer().ok_or("x509: malformed serial number")?;
    if serial.first().is_some_and(|first| *first >= 0x80) {
        return Err("x509: negative serial number".to_owned());
    }
    let algorithm = fields.take(SEQUENCE).ok_or("x509: malformed signature algorithm identifier")?;
    if parts.take(SEQUENCE).ok_or("x509: malformed algorithm identifier")? != algorithm {
        return Err("x509: inner and outer signature algorithm identifiers don't match".to_owned());
    }
    let algorithm = signature_algorithm(algorithm)?;
    let raw_issuer = fields.take_part(SEQUENCE).ok_or("x509: malformed issuer")?.whole;
    let issuer = Name::of_der(raw_issuer)?;
    let mut validity = fields.list().ok_or("x509: malformed validity")?;
    let (not_before, not_after) = (times::second(&mut validity)?, times::second(&mut validity)?);
    let raw_subject = fields.take_part(SEQUENCE).ok_or("x509: malformed issuer")?.whole;
    let subject = Name::of_der(raw_subject)?;
    let key_info = fields.take_part(SEQUENCE).ok_or("x509: malformed spki")?;
    let key = public::of_parts(Reader::new(key_info.content))?;
    let extensions = if version > 1 { extensions(&mut fields, version)? } else { Vec::new() };
    let known = Extensions::of(&extensions)?;
    let signature = parts.aligned_bits().ok_or("x509: malformed signature")?;
    let certificate = Certificate {
        raw: whole.whole,
        signed: signed.whole,
        key_info: key_info.whole,
        raw_subject,
        raw_issuer,
        signature,
        algorithm,
        key_kind: kind_number(&key.kind),
        key: key.key,
        version,
        serial,
        issuer,
        subject,
        not_before,
        not_after,
        extensions,
        known,
    };
    Ok((certificate, reader.rest()))
}

/// The version, from 1. Where none is said it is the first.
fn version(fields: &mut Reader<'_>) -> Result<i64, String> {
    let malformed = || "x509: malformed version".to_owned();
    let version = match fields.take_optional(context_with_parts(0)).ok_or_else(malformed)? {
        Some(version) => {
            let mut reader = Reader::new(version);
            reader.small().filter(|_| reader.is_empty()).ok_or_else(malformed)?
        }
        None => 0,
    };
    match version {
        0..=2 => Ok(version + 1),
        3 => Err("x509: invalid version".to_owned()),
        _ => Err(malformed()),
    }
}

/// The algorithm in the content of a list of its identifier and parameters.
///
/// # Errors
/// It is not written as one.
pub fn signature_algorithm(content: &[u8]) -> Result<SignatureAlgorithm, String> {
    let mut parts = Reader::new(content);
    let id = parts.object_id().ok_or("x509: malformed OID")?;
    let parameters = if parts.is_empty() { &[][..] } else { parts.part().ok_or("x509: malformed parameters")?.whole };
    Ok(SignatureAlgorithm::of(&id, parameters))
}

fn extensions<'a>(fields: &mut Reader<'a>, version: i64) -> Result<Vec<Extension<'a>>, String> {
    fields.take_optional(context(1)).ok_or("x509: malformed issuerUniqueID")?;
    fields.take_optional(context(2)).ok_or("x509: malformed subjectUniqueID")?;
    if version < 3 {
        return Ok(Vec::new());
    }
    match fields.take_optional(context_with_parts(3)).ok_or("x509: malformed extensions")? {
        Some(list) => extension_list(list),
        None => Ok(Vec::new()),
    }
}

/// The extensions in bytes, each once.
///
/// # Errors
/// One of them is malformed, or there twice.
pub fn extension_list(bytes: &[u8]) -> Result<Vec<Extension<'_>>, String> {
    /// Extensions of one certificate: each is sought among those before it.
    const MOST: usize = 256;
    let mut list = Reader::new(bytes).list().ok_or("x509: malformed extensions")?;
    let mut extensions: Vec<Extension<'_>> = Vec::new();
    // As bytes, which are compared faster than numbers: identifiers may be long.
    let mut seen = sorted::Set::new();
    while !list.is_empty() {
        let mut parts = list.list().ok_or("x509: malformed extension")?;
        let (id, written) = parts.object_id_as_written().ok_or("x509: malformed extension OID field")?;
        let is_critical = match parts.tag() {
            Some(crate::rego::vm::functions::keys::der::BOOLEAN) => {
                parts.boolean().ok_or("x509: malformed extension critical field")?
            }
            _ => false,
        };
        let value = parts.take(OCTET_STRING).ok_or("x509: malformed extension value field")?;
        if !seen.insert(written) {
            return Err(format!("x509: certificate contains duplicate extension with OID \"{}\"", dotted(&id)));
        }
        if extensions.len() == MOST {
            return Err(format!("x509: a certificate may have {MOST} extensions"));
        }
        extensions.push(Extension { id, is_critical, value });
    }
    Ok(extensions)
}
