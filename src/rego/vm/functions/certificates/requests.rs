//! Requests for certificates.

use super::extensions::AlternativeNames;
use super::names::Name;
use super::objects::{Fields, extensions, names, public_key};
use super::parse::{extension_list, signature_algorithm};
use super::signature::kind_number;
use crate::rego::vm::functions::keys::der::{BOOLEAN, OCTET_STRING, Part, Reader, SEQUENCE, SET, context_with_parts};
use crate::rego::vm::functions::keys::public;
use crate::rego::vm::functions::tree::Tree;

/// The attribute that asks for extensions.
const EXTENSIONS: [u32; 7] = [1, 2, 840, 113_549, 1, 9, 14];

/// The fields of the request in bytes. Its signature is not checked.
///
/// # Errors
/// It is none.
pub fn request(bytes: &[u8]) -> Result<Fields, String> {
    let malformed = || "asn1: structure error: malformed certificate request".to_owned();
    let mut reader = Reader::new(bytes);
    let whole = reader.take_part(SEQUENCE).ok_or_else(malformed)?;
    if !reader.is_empty() {
        return Err("asn1: syntax error: trailing data".to_owned());
    }
    let mut parts = Reader::new(whole.content);
    let signed = parts.take_part(SEQUENCE).ok_or_else(malformed)?;
    let algorithm = signature_algorithm(parts.take(SEQUENCE).ok_or_else(malformed)?)?;
    let signature = parts.aligned_bits().ok_or_else(malformed)?;
    let mut fields = Reader::new(signed.content);
    let version = fields.small().ok_or_else(malformed)?;
    let raw_subject = fields.take_part(SEQUENCE).ok_or_else(malformed)?.whole;
    let subject = Name::of_der(raw_subject)?;
    let key_info = fields.take_part(SEQUENCE).ok_or_else(malformed)?;
    let key = public::of_parts(Reader::new(key_info.content))?;
    let attributes = fields.take(context_with_parts(0)).ok_or_else(malformed)?;
    let asked = asked(attributes).ok_or_else(malformed)?;
    let asked = if asked.is_empty() { Vec::new() } else { extension_list(asked)? };
    let alternative = asked.iter().find(|extension| extension.id.as_slice() == [2, 5, 29, 17]);
    let alternative =
        alternative.map_or_else(|| Ok(AlternativeNames::default()), |found| AlternativeNames::of(found.value))?;
    let mut tree = vec![
        ("Raw", Tree::bytes(whole.whole)),
        ("RawTBSCertificateRequest", Tree::bytes(signed.whole)),
        ("RawSubjectPublicKeyInfo", Tree::bytes(key_info.whole)),
        ("RawSubject", Tree::bytes(raw_subject)),
        ("Version", Tree::Number(version)),
        ("Signature", Tree::bytes(&signature)),
        ("SignatureAlgorithm", Tree::Number(i64::from(algorithm.0))),
        ("PublicKeyAlgorithm", Tree::Number(i64::from(kind_number(&key.kind)))),
        ("PublicKey", public_key(&key.key)),
        ("Subject", subject.tree()),
        ("Attributes", Tree::list(attributes_of(attributes).ok_or_else(malformed)?)),
        ("Extensions", extensions(&asked)),
        ("ExtraExtensions", Tree::Null),
    ];
    tree.extend(names(&alternative));
    Ok(tree)
}

/// The list of extensions that attributes ask for; empty where they ask for none. What is no attribute is passed over, as in Go.
fn asked(attributes: &[u8]) -> Option<&[u8]> {
    let mut list = Reader::new(attributes);
    while !list.is_empty() {
        let mut attribute = Reader::new(list.part()?.content);
        if attribute.object_id().is_some_and(|id| id == EXTENSIONS)
            && let Some(asked) = attribute.take(SET)
        {
            return Some(asked);
        }
    }
    Some(&[])
}

/// The attributes that are lists of pairs, as that for extensions is. Others are left out, as by Go.
fn attributes_of(attributes: &[u8]) -> Option<Vec<Tree>> {
    let mut list = Reader::new(attributes);
    let mut found = Vec::new();
    while !list.is_empty() {
        if let Some(attribute) = attribute(list.part()?) {
            found.push(attribute);
        }
    }
    Some(found)
}

fn attribute(part: Part<'_>) -> Option<Tree> {
    let mut parts = Reader::new(part.content);
    let id = parts.object_id().filter(|_| part.tag == SEQUENCE)?;
    let mut values = Reader::new(parts.take(SET)?);
    let mut lists = Vec::new();
    while !values.is_empty() {
        let mut list = values.list()?;
        let mut pairs = Vec::new();
        while !list.is_empty() {
            let mut pair = list.list()?;
            let id = pair.object_id()?;
            pairs.push(Tree::Object(vec![("Type", Tree::numbers(&id)), ("Value", value(pair)?)]));
        }
        lists.push(Tree::List(pairs));
    }
    Some(Tree::Object(vec![("Type", Tree::numbers(&id)), ("Value", Tree::List(lists))]))
}

/// What is next, where it is one of the kinds that extensions have there: whether it is critical stands where its bytes would.
fn value(mut pair: Reader<'_>) -> Option<Tree> {
    match pair.tag()? {
        BOOLEAN => pair.boolean().map(Tree::Boolean),
        OCTET_STRING => pair.take(OCTET_STRING).map(Tree::bytes),
        _ => None,
    }
}
