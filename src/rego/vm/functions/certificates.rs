//! `crypto.x509.*` and `crypto.parse_private_keys`: certificates, requests for them, and keys.

mod chain;
mod constraints;
mod extensions;
mod hosts;
mod names;
mod objects;
mod options;
mod pairs;
mod parse;
mod requests;
mod signature;
mod times;
mod uses;

use super::encodings::{PLAIN, characters, decoded};
use super::keys::pem::{self, begins_block};
use super::keys::{PrivateKey, PublicKey, jwk, private};
use super::operands::{object, string};
use super::texts::steps_of;
use super::tree::Tree;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Space, Value};
use chain::Options;
use parse::Certificate;

/// Bytes of certificates or keys in one text, and how many of them there may be.
const MOST_BYTES: usize = 4 << 20;
const MOST_CERTIFICATES: usize = 2_000;
const MOST_KEYS: usize = 256;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "crypto.x509.parse_certificates" => Function::One(parse_certificates),
        "crypto.x509.parse_and_verify_certificates" => Function::One(parse_and_verify),
        "crypto.x509.parse_and_verify_certificates_with_options" => Function::Two(parse_and_verify_with_options),
        "crypto.x509.parse_certificate_request" => Function::One(parse_request),
        "crypto.x509.parse_keypair" => Function::Two(pairs::parse_keypair),
        "crypto.x509.parse_rsa_private_key" => Function::One(parse_rsa_private_key),
        "crypto.parse_private_keys" => Function::One(parse_private_keys),
        _ => return None,
    })
}

/// The key of the one certificate in bytes.
///
/// # Errors
/// It is none, or there are not enough steps.
pub fn public_key(context: &mut Context<'_>, bytes: &[u8]) -> Result<PublicKey, Failure> {
    charge_parse(context, bytes)?;
    parse::certificate(bytes).map(|certificate| certificate.key).map_err(Failure::of_builtin)
}

/// Takes the steps for taking certificates or keys apart.
fn charge_parse(context: &mut Context<'_>, bytes: &[u8]) -> Result<(), Failure> {
    context.room(8 * bytes.len() as u64)?;
    context.charge(64 + bytes.len() as u64 / 4)
}

/// The text of an operand, which is no longer than those may be.
fn bounded(context: &mut Context<'_>, value: Value, at: usize) -> Result<String, Failure> {
    let text = string(context, value, at)?;
    if text.len() > MOST_BYTES {
        return Err(Failure::of_builtin(format!("operand {at} has {} bytes, and may have {MOST_BYTES}", text.len())));
    }
    context.room(4 * text.len() as u64)?;
    context.charge(steps_of(2 * text.len() as u64))?;
    Ok(text)
}

/// The bytes of certificates, one after the other, in PEM, in DER, or in the base64 of one.
fn der(context: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Failure> {
    if begins_block(text) {
        return der_of_blocks(context, text);
    }
    let bytes = decoded(text, &PLAIN)?;
    if bytes.starts_with(b"-----BEGIN") {
        return der_of_blocks(context, &characters(&bytes));
    }
    Ok(bytes)
}

fn der_of_blocks(context: &mut Context<'_>, text: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut rest = text;
    // Each block is followed by the search for the next one.
    pem::charge_blocks(context, text)?;
    while let Some((block, behind)) = pem::first_block(rest) {
        if block.label != "CERTIFICATE" {
            let message = format!("PEM block type is '{}', expected CERTIFICATE", block.label);
            return Err(Failure::of_builtin(message));
        }
        bytes.extend(block.bytes);
        rest = behind;
    }
    Ok(bytes)
}

fn certificates<'a>(context: &mut Context<'_>, bytes: &'a [u8]) -> Result<Vec<Certificate<'a>>, Failure> {
    charge_parse(context, bytes)?;
    parse::certificates(bytes, MOST_CERTIFICATES).map_err(Failure::of_builtin)
}

/// The objects of certificates. They hold the bytes four times, in base64.
fn trees<'c, 'a: 'c>(
    context: &mut Context<'_>,
    certificates: impl IntoIterator<Item = &'c Certificate<'a>>,
    has_uri_strings: bool,
) -> Answer {
    let mut values = Vec::new();
    for certificate in certificates {
        context.room(8 * certificate.raw.len() as u64)?;
        let mut fields = objects::certificate(certificate);
        if has_uri_strings {
            fields.push(("URIStrings", objects::uri_strings(certificate)));
        }
        values.push(Tree::Object(fields).make(context)?);
    }
    Ok(context.stores.make_array(Space::Heap, &values)?)
}

fn parse_certificates(context: &mut Context<'_>, text: Value) -> Answer {
    let text = bounded(context, text, 1)?;
    let bytes = der(context, &text)?;
    let certificates = certificates(context, &bytes)?;
    trees(context, &certificates, true)
}

fn parse_and_verify(context: &mut Context<'_>, text: Value) -> Answer {
    let text = bounded(context, text, 1)?;
    verified(context, &text, "crypto.x509.parse_and_verify_certificates", true, |_| Ok(Options::default()))
}

fn parse_and_verify_with_options(context: &mut Context<'_>, text: Value, asked: Value) -> Answer {
    let text = bounded(context, text, 1)?;
    let asked = object(asked, 2)?;
    verified(context, &text, "crypto.x509.parse_and_verify_certificates_with_options", false, |context| {
        options::read(context, asked)
    })
}

/// Whether certificates are a chain, and the certificates of that from the last to the first.
fn verified(
    context: &mut Context<'_>,
    text: &str,
    builtin: &str,
    has_uri_strings: bool,
    options: impl FnOnce(&mut Context<'_>) -> Result<Options, Failure>,
) -> Answer {
    let bytes = match der(context, text) {
        Ok(bytes) => bytes,
        Err(Failure::Wrong { .. }) => return unverified(context),
        Err(stop) => return Err(stop),
    };
    let certificates = match certificates(context, &bytes) {
        Ok(certificates) => certificates,
        Err(Failure::Wrong { .. }) => return unverified(context),
        Err(stop) => return Err(stop),
    };
    let options = options(context)?;
    let Some(chain) = chain::chain(context, builtin, &certificates, &options)? else { return unverified(context) };
    let certificates = trees(context, chain, has_uri_strings)?;
    Ok(context.stores.make_array(Space::Heap, &[Value::TRUE, certificates])?)
}

fn unverified(context: &mut Context<'_>) -> Answer {
    let empty = context.stores.make_array(Space::Heap, &[])?;
    Ok(context.stores.make_array(Space::Heap, &[Value::FALSE, empty])?)
}

fn parse_request(context: &mut Context<'_>, text: Value) -> Answer {
    let text = bounded(context, text, 1)?;
    let bytes = if text.starts_with("-----BEGIN CERTIFICATE REQUEST-----") {
        text.into_bytes()
    } else {
        decoded(&text, &PLAIN)?
    };
    let text = characters(&bytes);
    pem::charge_blocks(context, &text)?;
    let bytes = match pem::first_block(&text) {
        Some((block, _)) if block.label == "CERTIFICATE REQUEST" => block.bytes,
        Some(_) => return Err(Failure::of_builtin("invalid PEM-encoded certificate signing request")),
        // A block that cannot be read is no request either.
        None => bytes,
    };
    charge_parse(context, &bytes)?;
    let fields = requests::request(&bytes).map_err(Failure::of_builtin)?;
    Tree::Object(fields).make(context)
}

/// The private keys of a text in PEM, or in the base64 of that. Blocks of other kinds are passed over.
fn private_keys(context: &mut Context<'_>, text: &str) -> Result<Vec<PrivateKey>, Failure> {
    let decoded = decoded(text, &PLAIN).ok().map(|bytes| characters(&bytes));
    let text = decoded.as_deref().unwrap_or(text);
    pem::charge_blocks(context, text)?;
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some((block, behind)) = pem::first_block(rest) {
        rest = behind;
        charge_parse(context, &block.bytes)?;
        let key = match block.label.as_str() {
            "RSA PRIVATE KEY" => private::of_pkcs1(context, &block.bytes)?,
            "PRIVATE KEY" => private::of_pkcs8(context, &block.bytes)?,
            "EC PRIVATE KEY" => private::of_sec1(context, &block.bytes)?,
            _ => continue,
        };
        if keys.len() == MOST_KEYS {
            return Err(Failure::of_builtin(format!("there may be {MOST_KEYS} keys")));
        }
        keys.push(key);
    }
    Ok(keys)
}

fn parse_rsa_private_key(context: &mut Context<'_>, text: Value) -> Answer {
    let text = bounded(context, text, 1)?;
    if text.is_empty() {
        return Err(Failure::of_builtin("input PEM data was empty"));
    }
    let text = if begins_block(&text) { text } else { characters(&decoded(&text, &PLAIN)?) };
    let keys = private_keys(context, &text)?;
    match keys.first() {
        None => Ok(Value::NULL),
        Some(key) => {
            let fields = jwk::fields_of(context, key)?;
            Tree::Object(fields).make(context)
        }
    }
}

fn parse_private_keys(context: &mut Context<'_>, text: Value) -> Answer {
    let text = bounded(context, text, 1)?;
    if text.is_empty() {
        return Ok(Value::NULL);
    }
    let keys = private_keys(context, &text)?;
    let mut values = Vec::new();
    for key in &keys {
        values.push(pairs::tree(context, key)?.make(context)?);
    }
    Ok(context.stores.make_array(Space::Heap, &values)?)
}
