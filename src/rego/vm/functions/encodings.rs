//! Bytes as text: base64 and hexadecimal digits.

use super::texts::{read, steps_of};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::quotes::is_printed;
use crate::rego::value::{Space, Value};
use base64::DecodeError;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine};

/// As Go decodes: what is left of the last character need not be zero.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
pub const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);
const URL_BARE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG.with_encode_padding(false));

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "base64.encode" => Function::One(|context, text| encode(context, text, &PLAIN)),
        "base64.decode" => Function::One(|context, text| {
            let [text] = read(context, [text])?;
            context.room(3 * u64::from(text.len))?;
            let bytes = decoded(context.stores.text(text), &PLAIN)?;
            string_of_bytes(context, &bytes)
        }),
        "base64.is_valid" => Function::One(is_base64),
        "base64url.encode" => Function::One(|context, text| encode(context, text, &URL)),
        "base64url.encode_no_pad" => Function::One(|context, text| encode(context, text, &URL_BARE)),
        "base64url.decode" => Function::One(decode_url),
        "hex.encode" => Function::One(encode_hexadecimal),
        "hex.decode" => Function::One(decode_hexadecimal),
        _ => return None,
    })
}

/// A string of bytes. Strings hold characters alone: each byte that is of none stands for the one that says so, as in the
/// JSON that OPA answers with.
pub fn string_of_bytes(context: &mut Context<'_>, bytes: &[u8]) -> Answer {
    let text = characters(bytes);
    context.charge(text.len() as u64 / 32)?;
    Ok(context.stores.make_string(Space::Heap, &text)?)
}

/// The characters of bytes.
pub fn characters(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, chunk.invalid().len()));
    }
    text
}

fn encode(context: &mut Context<'_>, text: Value, engine: &GeneralPurpose) -> Answer {
    let [text] = read(context, [text])?;
    context.room(4 + u64::from(text.len) * 4 / 3)?;
    let encoded = engine.encode(context.stores.text(text));
    Ok(context.stores.make_string(Space::Heap, &encoded)?)
}

/// The bytes of a text in base64, in which ends of lines count for nothing.
pub fn decoded(text: &str, engine: &GeneralPurpose) -> Result<Vec<u8>, Failure> {
    let is_end = |c: char| c == '\r' || c == '\n';
    let joined;
    let text = if text.contains(is_end) {
        joined = text.replace(is_end, "");
        &joined
    } else {
        text
    };
    engine.decode(text).map_err(|error| {
        let at = match error {
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => at,
            DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => text.len(),
        };
        Failure::of_builtin(format!("illegal base64 data at input byte {at}"))
    })
}

fn is_base64(context: &mut Context<'_>, text: Value) -> Answer {
    if context.stores.as_str(text).is_none() {
        return Ok(Value::FALSE);
    }
    let [text] = read(context, [text])?;
    context.room(2 * u64::from(text.len))?;
    Ok(Value::boolean(decoded(context.stores.text(text), &PLAIN).is_ok()))
}

fn decode_url(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    context.room(3 * u64::from(text.len))?;
    let bytes = decoded_url(context.stores.text(text))?;
    string_of_bytes(context, &bytes)
}

/// The bytes of a text in the base64 of URLs. The padding may be missing.
pub fn decoded_url(text: &str) -> Result<Vec<u8>, Failure> {
    let padding = match text.len() % 4 {
        _ if text.ends_with('=') => "",
        0 => "",
        2 => "==",
        3 => "=",
        _ => return Err(Failure::of_builtin(format!("illegal base64url string: {text}"))),
    };
    decoded(&format!("{text}{padding}"), &URL)
}

/// Bytes in base64.
#[cfg(feature = "signatures")]
pub fn plain(bytes: &[u8]) -> String {
    PLAIN.encode(bytes)
}

/// Bytes in the base64 of URLs, without padding.
#[cfg(feature = "signatures")]
pub fn encoded_url(bytes: &[u8]) -> String {
    URL_BARE.encode(bytes)
}

fn encode_hexadecimal(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    context.room(2 * u64::from(text.len))?;
    context.charge(steps_of(2 * u64::from(text.len)))?;
    let encoded = digits(context.stores.text(text).as_bytes());
    Ok(context.stores.make_string(Space::Heap, &encoded)?)
}

/// Bytes in hexadecimal digits.
pub fn digits(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn decode_hexadecimal(context: &mut Context<'_>, text: Value) -> Answer {
    let [text] = read(context, [text])?;
    context.room(3 * u64::from(text.len))?;
    context.charge(steps_of(2 * u64::from(text.len)))?;
    let text = context.stores.text(text);
    let mut digits = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        let Some(digit) = char::from(byte).to_digit(16) else {
            let c = char::from(byte);
            let letter = if is_printed(c) { format!(" '{c}'") } else { String::new() };
            return Err(Failure::of_builtin(format!("encoding/hex: invalid byte: U+{byte:04X}{letter}")));
        };
        digits.push(digit as u8);
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Failure::of_builtin("encoding/hex: odd length hex string"));
    }
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    string_of_bytes(context, &bytes)
}
