//! What is to be by chance: the request says a seed, and all that is drawn follows from it and what it is drawn for.

use super::integers::{make_word, word};
use super::operands::string;
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Form, Space, Value, write};
use sha2::{Digest, Sha256};

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "rand.intn" => Function::Two(intn),
        "uuid.rfc4122" => Function::One(rfc4122),
        "uuid.parse" => Function::One(parse),
        _ => return None,
    })
}

/// Bytes that are always the same for a builtin and a purpose in one evaluation.
fn drawn(context: &mut Context<'_>, builtin: &str, purpose: &str) -> Result<[u8; 32], Failure> {
    /// Bytes that are digested in the time of one step.
    const DIGESTED_A_STEP: u64 = 8;
    context.charge(16 + purpose.len() as u64 / DIGESTED_A_STEP)?;
    match context.request.seed {
        Some(seed) => Ok(Sha256::digest(format!("{seed} {builtin} {purpose}")).into()),
        None => Err(Failure::of_request(builtin, "random seed; pass `seed`")),
    }
}

/// An integer from zero to before a bound.
fn intn(context: &mut Context<'_>, name: Value, bound: Value) -> Answer {
    let (name, bound) = (string(context, name, 1)?, word(context, bound, 2)?.unsigned_abs());
    if bound == 0 {
        return Ok(Value::count(0));
    }
    let bytes = drawn(context, "rand.intn", &format!("{bound} {name}"))?;
    let number = bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    make_word(context, i64::try_from(number % bound).unwrap_or(0))
}

/// A UUID of version 4.
fn rfc4122(context: &mut Context<'_>, name: Value) -> Answer {
    /// Bytes of a name that is no string.
    const LONGEST: usize = 1 << 16;
    let name = match context.stores.as_str(name) {
        Some(name) => name.to_owned(),
        None => {
            context.charge(LONGEST as u64 / 32)?;
            let mut text = String::new();
            if write(context.stores, name, Form::Rego, &mut text, LONGEST).is_err() {
                return Err(Failure::of_builtin("the name of the UUID is too long"));
            }
            text
        }
    };
    let bytes = drawn(context, "uuid.rfc4122", &name)?;
    let mut text = String::new();
    for (at, byte) in bytes.iter().take(16).enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let byte = match at {
            6 => byte & 0x0f | 0x40,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(context.stores.make_string(Space::Heap, &text)?)
}

/// What a UUID says: undefined where it is none.
fn parse(context: &mut Context<'_>, text: Value) -> Answer {
    let text = string(context, text, 1)?;
    let Some(uuid) = uuid_of(&text) else { return Ok(Value::UNDEFINED) };
    let bytes = uuid.to_be_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let version = i64::from(byte(6) >> 4);
    let variant = match byte(8) {
        variant if variant & 0xc0 == 0x80 => "RFC4122",
        variant if variant & 0xe0 == 0xc0 => "Microsoft",
        variant if variant & 0xe0 == 0xe0 => "Future",
        _ => "Reserved",
    };
    let mut fields = vec![("version", Field::Number(version)), ("variant", Field::Text(variant.to_owned()))];
    if matches!(version, 1 | 2) {
        let cast = match byte(10) & 3 {
            3 => "local:multicast",
            1 => "global:multicast",
            2 => "local:unicast",
            _ => "global:unicast",
        };
        let node: Vec<String> = (10..16).map(|at| format!("{:02x}", byte(at))).collect();
        fields.push(("nodeid", Field::Text(node.join("-"))));
        fields.push(("macvariables", Field::Text(cast.to_owned())));
        fields.push(("time", Field::Number(time_ns(uuid))));
        fields.push(("clocksequence", Field::Number((uuid >> 48 & 0x3fff) as i64)));
    }
    if version == 2 {
        let domain = match byte(9) {
            0 => "Person".to_owned(),
            1 => "Group".to_owned(),
            2 => "Org".to_owned(),
            other => format!("Domain{other}"),
        };
        fields.push(("domain", Field::Text(domain)));
        fields.push(("id", Field::Number((uuid >> 96) as i64)));
    }
    let mut pairs = Vec::new();
    for (name, field) in fields {
        let name = context.stores.make_string(Space::Heap, name)?;
        let value = match field {
            Field::Number(number) => make_word(context, number)?,
            Field::Text(text) => context.stores.make_string(Space::Heap, &text)?,
        };
        pairs.push([name, value]);
    }
    Ok(context.stores.make_object(Space::Heap, &mut pairs)?)
}

enum Field {
    Number(i64),
    Text(String),
}

/// The time in a UUID, in nanoseconds since 1970. It wraps around, as that of OPA does.
fn time_ns(uuid: u128) -> i64 {
    /// Units of 100 nanoseconds from the first day of the Gregorian calendar to 1970.
    const FROM_1582: i64 = 0x01b2_1dd2_1381_4000;
    let (low, mid, high) = (uuid >> 96, uuid >> 80 & 0xffff, uuid >> 64 & 0xfff);
    let time = (high << 48 | mid << 32 | low) as i64;
    time.wrapping_sub(FROM_1582).wrapping_mul(100)
}

/// The 128 bits that a UUID is written for: with or without hyphens, in braces, or behind `urn:uuid:`.
fn uuid_of(text: &str) -> Option<u128> {
    let text = match text.len() {
        32 => return hexadecimal(text),
        36 => text,
        // What encloses it is not looked at.
        38 => text.get(1..37)?,
        45 => text.get(9..).filter(|_| text.get(..9).is_some_and(|urn| urn.eq_ignore_ascii_case("urn:uuid:")))?,
        _ => return None,
    };
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths == [8, 4, 4, 4, 12] { hexadecimal(&groups.concat()) } else { None }
}

fn hexadecimal(digits: &str) -> Option<u128> {
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digits { u128::from_str_radix(digits, 16).ok() } else { None }
}
