//! What a YAML scalar means to the builtins: the words and numbers of YAML 1.1 as OPA's reader knows them, with some of
//! YAML 1.2. `yes` is true, `017` and `0o17` are octal, `1_000` is a number, and `1:30` is a text.

use crate::rego::syntax::yaml::moment::Moment;
use crate::rego::syntax::yaml::numbers::{float, whole};
use crate::rego::value::double;

/// What a scalar means.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// `null`, `~` or nothing.
    Null,
    /// A word for true or false.
    Flag(bool),
    /// An integer of 64 bits, with or without a sign: its decimal digits.
    Whole(String),
    /// Any other number, and what is none: `.inf` and `.nan`.
    Float(f64),
    /// The text that it is.
    Text,
}

impl Scalar {
    /// The tag of YAML that it has.
    pub const fn tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Flag(_) => "!!bool",
            Self::Whole(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Text => "!!str",
        }
    }
}

/// What a scalar without quotes and tag means. A date is a text.
pub fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Scalar::Flag(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Scalar::Flag(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let number = match text.as_bytes() {
        // Behind a point, an underscore stands between digits or makes a text.
        [b'.', ..] if are_underscores_inside(text) => float(&text.replace('_', "")).map(Scalar::Float),
        [b'0'..=b'9' | b'+' | b'-', ..] => {
            let digits = text.replace('_', "");
            let found = whole(&digits).map(Scalar::Whole);
            found.or_else(|| float(&digits).map(Scalar::Float)).or_else(|| signed_bits(&digits))
        }
        _ => None,
    };
    number.unwrap_or(Scalar::Text)
}

/// What a scalar with a tag of YAML's own means. Other tags make a text.
///
/// # Errors
/// It has another kind than the tag says; why, in the words of OPA's reader.
pub fn tagged(tag: &str, text: &str) -> Result<Scalar, String> {
    if tag == "!!timestamp" && Moment::read(text).is_some() {
        return Ok(Scalar::Text);
    }
    if !matches!(tag, "!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp") {
        return Ok(Scalar::Text);
    }
    match resolve(text) {
        // An integer that needs all of its 64 bits is not taken for a float.
        Scalar::Whole(digits) if tag == "!!float" && digits.parse::<i64>().is_ok() => {
            Ok(Scalar::Float(double::read(&digits).unwrap_or_default()))
        }
        scalar if scalar.tag() == tag => Ok(scalar),
        scalar => Err(format!("yaml: cannot decode {} `{text}` as a {tag}", scalar.tag())),
    }
}

/// Whether a text means itself where it stands without quotes, to readers of YAML 1.1 also where OPA's is not one of them.
pub fn is_plain_text(text: &str) -> bool {
    resolve(text) == Scalar::Text && Moment::read(text).is_none() && !is_sexagesimal(text)
}

/// A number to the base of 60 with a `:` between digits, of which OPA's reader knows nothing.
fn is_sexagesimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut parts = digits.split(':');
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let is_first =
        parts.next().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()) && are_digits(first));
    let mut count = 0;
    let is_each = parts.all(|part| {
        count += 1;
        matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    is_first && is_each && count > 0 && are_digits(fraction)
}

/// Whether every underscore stands between two digits.
fn are_underscores_inside(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    text.match_indices('_').all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)))
}

/// Binary digits with a sign behind the `0b`, which OPA's reader takes.
fn signed_bits(digits: &str) -> Option<Scalar> {
    let value = i64::from_str_radix(digits.strip_prefix("0b")?, 2).ok()?;
    Some(Scalar::Whole(value.to_string()))
}
