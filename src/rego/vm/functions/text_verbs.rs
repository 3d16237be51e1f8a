//! The verbs of a format: one value printed as Go prints it.

use super::Failure;
use super::integers::steps_of_digits;
use super::text_floats;
use super::texts::Draft;
use crate::rego::value::quotes::{is_printed, quoted, quoted_character};
use num_bigint::{BigInt, Sign};

/// What stands between the sign and the verb.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags {
    /// `#`: another form.
    pub sharp: bool,
    /// `0`: zeros in place of blanks.
    pub zero: bool,
    /// `+`: a sign also where there is none, or ASCII alone.
    pub plus: bool,
    /// `-`: blanks behind.
    pub minus: bool,
    /// A blank: room for a sign, or blanks between bytes.
    pub space: bool,
    /// Characters, at the least.
    pub width: Option<usize>,
    /// Digits or characters.
    pub precision: Option<usize>,
    /// `#` before `v`: quotation marks around strings.
    pub quotes: bool,
    /// `+` before `v`: a sign, of large integers alone.
    pub large_plus: bool,
}

impl Flags {
    /// What they say for a verb: before `v` and `w` two of them have another meaning.
    pub const fn of(mut self, verb: char) -> Self {
        if matches!(verb, 'v' | 'w') {
            (self.quotes, self.large_plus) = (self.sharp, self.plus);
            (self.sharp, self.plus) = (false, false);
        }
        self
    }
}

/// A value as Go is given it.
#[derive(Debug)]
pub enum Argument {
    /// `int`
    Integer(i64),
    /// `*big.Int`
    Large(BigInt),
    /// `float64`
    Float(f64),
    /// `string`
    Text(String),
    /// `bool`
    #[cfg(feature = "templates")]
    Boolean(bool),
}

impl Argument {
    /// How much it takes, about.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Large(large) => large.bits() / 8,
            Self::Integer(_) | Self::Float(_) => 8,
            #[cfg(feature = "templates")]
            Self::Boolean(_) => 8,
        }
    }

    /// The name of its type in Go.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Integer(_) => "int",
            Self::Large(_) => "*big.Int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            #[cfg(feature = "templates")]
            Self::Boolean(_) => "bool",
        }
    }
}

/// Prints a value by a verb.
pub fn print(draft: &mut Draft, argument: &Argument, verb: char, flags: &Flags) -> Result<(), Failure> {
    if verb == 'T' {
        return pad(draft, cut(argument.type_name(), flags), flags);
    }
    match (argument, verb) {
        (Argument::Integer(value), 'v') => integer(draft, *value, 'd', flags),
        (Argument::Integer(value), 'd' | 'b' | 'o' | 'O' | 'x' | 'X') => integer(draft, *value, verb, flags),
        (Argument::Integer(value), 'c') => pad(draft, character(*value).encode_utf8(&mut [0; 4]), flags),
        (Argument::Integer(value), 'q') => pad(draft, &quoted_character(character(*value), flags.plus), flags),
        (Argument::Integer(value), 'U') => code_point(draft, *value, flags),
        (Argument::Large(value), 'd' | 's' | 'v' | 'b' | 'o' | 'O' | 'x' | 'X') => large(draft, value, verb, flags),
        (Argument::Large(value), 'w') => {
            draft.room(4 * argument.bytes() as usize)?;
            let words = value.iter_u64_digits().map(|word| word.to_string()).collect::<Vec<_>>().join(" ");
            draft.push(&format!("%!w(*big.Int=&{{{} [{words}]}})", value.sign() == Sign::Minus))
        }
        (Argument::Large(value), _) => {
            work_of_digits(draft, value)?;
            draft.push(&format!("%!{verb}(big.Int={value})"))
        }
        (Argument::Float(value), 'v') => text_floats::print(draft, *value, 'g', flags),
        (Argument::Float(value), 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') => {
            text_floats::print(draft, *value, verb, flags)
        }
        #[cfg(feature = "templates")]
        (Argument::Boolean(value), 'v' | 't') => pad(draft, if *value { "true" } else { "false" }, flags),
        (Argument::Text(text), 'v') if flags.quotes => quote(draft, text, flags),
        (Argument::Text(text), 'v' | 's') => pad(draft, cut(text, flags), flags),
        (Argument::Text(text), 'q') => quote(draft, text, flags),
        (Argument::Text(text), 'x' | 'X') => hexadecimal(draft, text, verb == 'X', flags),
        _ => {
            draft.push("%!")?;
            draft.push_char(verb)?;
            draft.push("(")?;
            draft.push(argument.type_name())?;
            draft.push("=")?;
            print(draft, argument, 'v', flags)?;
            draft.push(")")
        }
    }
}

/// Prints a text at its width.
pub fn pad(draft: &mut Draft, text: &str, flags: &Flags) -> Result<(), Failure> {
    let missing = flags.width.unwrap_or(0).saturating_sub(text.chars().count());
    if flags.minus {
        draft.push(text)?;
        return draft.fill(' ', missing);
    }
    draft.fill(if flags.zero { '0' } else { ' ' }, missing)?;
    draft.push(text)
}

/// The first characters, as many as the precision says.
fn cut<'t>(text: &'t str, flags: &Flags) -> &'t str {
    let end = flags.precision.and_then(|count| text.char_indices().nth(count));
    end.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

fn character(value: i64) -> char {
    u32::try_from(value).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn integer(draft: &mut Draft, value: i64, verb: char, flags: &Flags) -> Result<(), Failure> {
    let without_zeros = Flags { zero: false, ..*flags };
    if flags.precision == Some(0) && value == 0 {
        return pad(draft, "", &without_zeros);
    }
    let magnitude = value.unsigned_abs();
    let digits = match verb {
        'b' => format!("{magnitude:b}"),
        'o' | 'O' => format!("{magnitude:o}"),
        'x' => format!("{magnitude:x}"),
        'X' => format!("{magnitude:X}"),
        _ => magnitude.to_string(),
    };
    let sign = sign(value < 0, flags);
    let digits_wanted = match (flags.precision, flags.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(sign.len()),
        _ => 0,
    };
    let zeros = "0".repeat(digits_wanted.saturating_sub(digits.len()));
    let prefix = match verb {
        'b' if flags.sharp => "0b",
        'o' if flags.sharp && zeros.is_empty() && !digits.starts_with('0') => "0",
        'O' if flags.sharp && zeros.is_empty() && !digits.starts_with('0') => "0o0",
        'O' => "0o",
        'x' if flags.sharp => "0x",
        'X' if flags.sharp => "0X",
        _ => "",
    };
    pad(draft, &format!("{sign}{prefix}{zeros}{digits}"), &without_zeros)
}

/// What stands before a number.
fn sign(is_negative: bool, flags: &Flags) -> &'static str {
    match (is_negative, flags.plus, flags.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// Large integers print themselves, and a little differently: zeros stand behind what tells the base.
fn large(draft: &mut Draft, value: &BigInt, verb: char, flags: &Flags) -> Result<(), Failure> {
    let (radix, prefix) = match (verb, flags.sharp) {
        ('b', true) => (2, "0b"),
        ('b', false) => (2, ""),
        ('o', true) => (8, "0"),
        ('o', false) => (8, ""),
        ('O', _) => (8, "0o"),
        ('x', true) => (16, "0x"),
        ('X', true) => (16, "0X"),
        ('x' | 'X', false) => (16, ""),
        _ => (10, ""),
    };
    work_of_digits(draft, value)?;
    let mut digits = value.magnitude().to_str_radix(radix);
    if verb == 'X' {
        digits.make_ascii_uppercase();
    }
    let sign = sign(value.sign() == Sign::Minus, &Flags { plus: flags.plus || flags.large_plus, ..*flags });
    let mut zeros = flags.precision.unwrap_or(0).saturating_sub(digits.len());
    if let Some(width) = flags.width
        && flags.zero
        && !flags.minus
        && flags.precision.is_none()
    {
        zeros = width.saturating_sub(sign.len() + prefix.len() + digits.len());
    }
    let zeros = "0".repeat(zeros);
    pad(draft, &format!("{sign}{prefix}{zeros}{digits}"), &Flags { zero: false, ..*flags })
}

/// Counts what it takes to write a large integer: the square of its digits.
fn work_of_digits(draft: &mut Draft, value: &BigInt) -> Result<(), Failure> {
    draft.room(value.bits() as usize)?;
    draft.work(steps_of_digits(value.bits() / 3))
}

fn code_point(draft: &mut Draft, value: i64, flags: &Flags) -> Result<(), Failure> {
    let digits = format!("{:X}", value as u64);
    let zeros = "0".repeat(flags.precision.unwrap_or(0).max(4).saturating_sub(digits.len()));
    let letter = match u32::try_from(value).ok().and_then(char::from_u32) {
        Some(c) if flags.sharp && is_printed(c) => format!(" '{c}'"),
        _ => String::new(),
    };
    pad(draft, &format!("U+{zeros}{digits}{letter}"), &Flags { zero: false, ..*flags })
}

fn quote(draft: &mut Draft, text: &str, flags: &Flags) -> Result<(), Failure> {
    let text = cut(text, flags);
    // Each byte may be written as ten.
    draft.room(text.len().saturating_mul(10))?;
    draft.work(text.len() as u64 / 2)?;
    let may_be_raw = |c: char| !matches!(c, '`' | '\u{feff}' | '\u{7f}') && (c >= ' ' || c == '\t');
    let quoted =
        if flags.sharp && text.chars().all(may_be_raw) { format!("`{text}`") } else { quoted(text, flags.plus) };
    pad(draft, &quoted, flags)
}

/// The bytes of a text, two digits each.
fn hexadecimal(draft: &mut Draft, text: &str, is_large: bool, flags: &Flags) -> Result<(), Failure> {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..flags.precision.unwrap_or(bytes.len())).unwrap_or(bytes);
    draft.room(bytes.len().saturating_mul(5))?;
    draft.work(bytes.len() as u64)?;
    let prefix = match (flags.sharp, is_large) {
        (true, true) => "0X",
        (true, false) => "0x",
        _ => "",
    };
    let mut written = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 && flags.space {
            written.push(' ');
        }
        if at == 0 || flags.space {
            written.push_str(prefix);
        }
        written.push_str(&if is_large { format!("{byte:02X}") } else { format!("{byte:02x}") });
    }
    pad(draft, &written, flags)
}
