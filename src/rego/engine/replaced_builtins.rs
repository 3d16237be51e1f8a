//! Builtins that the engine must not answer itself: those of clock and chance, which the request answers, and those
//! that would hang or trap it.

use crate::limits;
use crate::rego::document;
use crate::rego::meter::{self, Stopped};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

/// A builtin of ours: its name, its number of arguments and what it does. `Ok(None)` is undefined.
pub type Replaced = (&'static str, u8, fn(&[Value]) -> Result<Option<Value>, String>);

/// All of them.
pub const REPLACED: [Replaced; 8] = [
    ("json.is_valid", 1, json_is_valid),
    ("numbers.range", 2, |arguments| range(arguments, None)),
    ("numbers.range_step", 3, |arguments| range(arguments, arguments.get(2))),
    ("strings.count", 2, strings_count),
    ("time.now_ns", 0, now_ns),
    ("time.parse_duration_ns", 1, parse_duration_ns),
    ("rand.intn", 2, rand_intn),
    ("uuid.rfc4122", 1, uuid),
];

fn range(arguments: &[Value], step: Option<&Value>) -> Result<Option<Value>, String> {
    let (Some(from), Some(to)) = (integer(arguments.first()), integer(arguments.get(1))) else {
        return Err("numbers.range: operands must be integer numbers".to_owned());
    };
    let step = match step {
        None => 1,
        Some(step) => match integer(Some(step)) {
            Some(step) if step > 0 => step,
            _ => return Err("numbers.range_step: step must be a positive integer".to_owned()),
        },
    };
    let elements = (from.abs_diff(to) / step.unsigned_abs()).saturating_add(1);
    if elements > u128::from(limits::RANGE_ELEMENTS) {
        meter::stop(Stopped::RangeElements);
        return Ok(None);
    }
    // Counted, not compared with the end: behind the last integer there is none that would be beyond it.
    let mut at = from;
    let mut numbers = Vec::new();
    for _ in 0..elements {
        numbers.push(big_number(at));
        at = if from <= to { at.saturating_add(step) } else { at.saturating_sub(step) };
    }
    Ok(Some(Value::Array(numbers)))
}

/// OPA counts without overlap; an empty text is found once before each character and once at the end.
fn strings_count(arguments: &[Value]) -> Result<Option<Value>, String> {
    match (arguments.first().and_then(Value::as_str), arguments.get(1).and_then(Value::as_str)) {
        (Some(text), Some(part)) => Ok(Some(Value::from(text.matches(part).count()))),
        _ => Err("strings.count: operands must be strings".to_owned()),
    }
}

/// What is no text is no JSON text either: false, where the engine fails.
fn json_is_valid(arguments: &[Value]) -> Result<Option<Value>, String> {
    let text = arguments.first().and_then(Value::as_str);
    let is_valid =
        text.is_some_and(|text| document::check_nesting(text).and_then(|()| document::value_of_text(text)).is_ok());
    Ok(Some(Value::Bool(is_valid)))
}

fn now_ns(_: &[Value]) -> Result<Option<Value>, String> {
    match meter::allowance().now_ms {
        Some(now_ms) => Ok(Some(big_number(i128::from(now_ms) * 1_000_000))),
        None => Err("time.now_ns: the request carries no time; pass `now_ms`".to_owned()),
    }
}

/// A duration as Go writes it, such as `1h15m30.918s`: the engine ends for a text that breaks off, or a letter of another script.
fn parse_duration_ns(arguments: &[Value]) -> Result<Option<Value>, String> {
    let Some(text) = arguments.first().and_then(Value::as_str) else {
        return Err("time.parse_duration_ns: operand must be a string".to_owned());
    };
    duration_ns(text)
        .map(|ns| Some(big_number(ns)))
        .ok_or_else(|| format!("time.parse_duration_ns: time: invalid duration {}", Value::from(text)))
}

fn duration_ns(text: &str) -> Option<i128> {
    const UNITS: [(&str, i128); 8] = [
        ("ns", 1),
        ("us", 1_000),
        ("\u{b5}s", 1_000),
        ("\u{3bc}s", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = 0_i128;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&end| end > 0)?;
        let (number, behind) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // Nineteen digits are more than any duration has.
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || whole.len() > 19 {
            return None;
        }
        let end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (name, next) = behind.split_at(end);
        let (_, unit) = UNITS.iter().find(|(unit, _)| *unit == name)?;
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let fraction: f64 = format!("0.{fraction}0").parse().ok()?;
        #[allow(clippy::cast_possible_truncation, reason = "less than an hour in nanoseconds")]
        #[allow(clippy::cast_precision_loss, reason = "an hour in nanoseconds is exact")]
        let part = (fraction * *unit as f64) as i128;
        sum = sum.checked_add(whole.checked_mul(*unit)?.checked_add(part)?)?;
        rest = next;
        if rest.is_empty() {
            break;
        }
    }
    i64::try_from(sign * sum).ok().map(i128::from)
}

fn rand_intn(arguments: &[Value]) -> Result<Option<Value>, String> {
    let (Some(name), Some(bound)) = (arguments.first().and_then(Value::as_str), integer(arguments.get(1))) else {
        return Err("rand.intn: operands must be a string and an integer".to_owned());
    };
    let bound = bound.unsigned_abs();
    if bound == 0 {
        return Ok(Some(Value::from(0)));
    }
    let bytes = seeded(&format!("rand.intn {bound} {name}"))?;
    let number = bytes.iter().take(8).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    Ok(Some(big_number(i128::try_from(number % bound).unwrap_or(0))))
}

/// A version 4 UUID from the request's seed: the same name in one request is the same UUID.
fn uuid(arguments: &[Value]) -> Result<Option<Value>, String> {
    let Some(name) = arguments.first().and_then(Value::as_str) else {
        return Err("uuid.rfc4122: operand must be a string".to_owned());
    };
    let mut bytes: Vec<u8> = seeded(&format!("uuid.rfc4122 {name}"))?.into_iter().take(16).collect();
    if let Some(version) = bytes.get_mut(6) {
        *version = *version & 0x0f | 0x40;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = *variant & 0x3f | 0x80;
    }
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(Some(Value::String(text)))
}

fn seeded(purpose: &str) -> Result<Vec<u8>, String> {
    match meter::allowance().seed {
        Some(seed) => Ok(Sha256::digest(format!("{seed} {purpose}")).to_vec()),
        None => Err("the request carries no random seed; pass `seed`".to_owned()),
    }
}

fn integer(value: Option<&Value>) -> Option<i128> {
    let number = value?.as_number()?;
    let text = number.to_string();
    if let Ok(integer) = text.parse::<i128>() {
        return Some(integer);
    }
    let float = number.as_f64()?;
    #[allow(clippy::cast_possible_truncation, reason = "whole and below 2^53, so exact")]
    (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0).then_some(float as i128)
}

fn big_number(number: i128) -> Value {
    number.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}
