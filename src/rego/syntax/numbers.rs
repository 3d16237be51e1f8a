//! Bounds on numbers in a text, before it is read: the engine writes a number out in full, whatever its exponent.

use crate::limits;

/// What a number breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// [`limits::NUMBER_EXPONENT`].
    Exponent,
    /// [`limits::NUMBER_DIGITS`].
    Digits,
}

impl Bound {
    /// The limit by name and value.
    pub const fn limit(self) -> (&'static str, u64) {
        match self {
            Self::Exponent => ("number_exponent", limits::NUMBER_EXPONENT),
            Self::Digits => ("number_digits", limits::NUMBER_DIGITS),
        }
    }

    /// What was found, in words.
    pub fn words(self) -> String {
        match self {
            Self::Exponent => format!("a number whose exponent is beyond {}", limits::NUMBER_EXPONENT),
            Self::Digits => format!("a number of more than {} digits", limits::NUMBER_DIGITS),
        }
    }
}

/// What a quotation mark means in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strings {
    /// JSON: what stands between quotation marks is no number.
    AreQuoted,
    /// YAML and single terms: only a number right behind a quotation mark is none.
    MayBeBare,
}

/// The first bound that a number of the text breaks.
pub fn endless(text: &str, strings: Strings) -> Option<Bound> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut before = b' ';
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' && strings == Strings::AreQuoted {
            at = behind_string(bytes, at + 1);
            before = b'"';
        } else if byte.is_ascii_digit() {
            let end = behind_number(bytes, at);
            // Digits inside a word or a string are no number.
            let is_number = !(before.is_ascii_alphabetic() || matches!(before, b'_' | b'"' | b'\'' | b'\\'));
            if is_number && let Some(bound) = text.get(at..end).and_then(of_number) {
                return Some(bound);
            }
            before = bytes.get(end.saturating_sub(1)).copied().unwrap_or(b' ');
            at = end;
        } else {
            before = byte;
            at += 1;
        }
    }
    None
}

/// The bound that the number at a byte of the text breaks.
pub fn at(text: &str, byte: usize) -> Option<Bound> {
    text.get(byte..behind_number(text.as_bytes(), byte)).and_then(of_number)
}

/// The bound that one number breaks, from its text without a sign.
pub fn of_number(number: &str) -> Option<Bound> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, ""));
    let exponent = exponent.trim_start_matches(['+', '-']).trim_start_matches(['0', '_']);
    // Digits that do not fit into the type are too many for the limit as well.
    let is_beyond =
        !exponent.is_empty() && exponent.parse::<u64>().map_or(true, |value| value > limits::NUMBER_EXPONENT);
    if is_beyond && exponent.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return Some(Bound::Exponent);
    }
    (mantissa.len() as u64 > limits::NUMBER_DIGITS).then_some(Bound::Digits)
}

fn behind_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

/// The end of a number: digits, dots and underscores, and an exponent with its sign.
fn behind_number(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'.' | b'_' => at += 1,
            b'e' | b'E' => {
                at += 1;
                if matches!(bytes.get(at), Some(b'+' | b'-')) {
                    at += 1;
                }
            }
            _ => break,
        }
    }
    at
}
