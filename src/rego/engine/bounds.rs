//! Bounds on what single builtins may be asked for: the engine does their whole work before it looks at the meter again.

use crate::limits;
use crate::rego::meter::{self, Stopped};
use crate::rego::syntax::numbers;
use crate::rego::syntax::tokens::{self, Kind};

/// Whether a text calls `sprintf` with a format that only evaluation knows, or with one that is too wide. Texts that do not
/// need no check while they run.
pub fn needs_format_check(source: &str) -> bool {
    let tokens = tokens::scan(source).tokens;
    tokens.iter().enumerate().any(|(at, token)| {
        if token.kind != Kind::Name || token.span.text(source) != "sprintf" {
            return false;
        }
        let opens = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::LeftParen);
        let format = tokens.get(at + 2).filter(|next| matches!(next.kind, Kind::String | Kind::RawString));
        // An escape could write any character, `%` among them.
        !opens || format.is_none_or(|format| may_be_too_much(format.span.text(source)))
    })
}

/// Whether a format is to be looked at where it is used: it is too wide, has so many verbs that the text may be many times
/// its operands, or is not what it seems.
fn may_be_too_much(format: &str) -> bool {
    const VERBS: usize = 8;
    format.contains("\\u")
        || is_too_wide(format)
        || has_foreign_digit(format)
        || format.contains("%[")
        || verbs(format).count() > VERBS
}

/// What stands behind the sign of each verb. Two signs are one that is written.
pub fn verbs(format: &str) -> impl Iterator<Item = &str> {
    let mut rest = format;
    std::iter::from_fn(move || {
        loop {
            let (_, behind) = rest.split_once('%')?;
            rest = behind;
            match behind.strip_prefix('%') {
                Some(written) => rest = written,
                None => return Some(behind),
            }
        }
    })
}

/// Whether a verb has a digit of another script than ours, where the engine reads a width.
pub fn has_foreign_digit(format: &str) -> bool {
    verbs(format).any(|verb| {
        let flags = verb.trim_start_matches(|c: char| c.is_ascii_digit() || "+-# [].*".contains(c));
        flags.chars().next().is_some_and(|c| !c.is_ascii() && c.is_numeric())
    })
}

/// Whether a format asks for more than [`limits::FORMAT_WIDTH`] characters in one place, or takes a width from its operands.
pub fn is_too_wide(format: &str) -> bool {
    let mut rest = format;
    while let Some((_, verb)) = rest.split_once('%') {
        let flags = verb.trim_start_matches(['+', '-', '#', ' ', '0', '[', ']']);
        let mut digits = 0_u64;
        for c in flags.chars() {
            match c {
                '0'..='9' => {
                    digits = digits.saturating_mul(10).saturating_add(u64::from(c.to_digit(10).unwrap_or(0)));
                    if digits > limits::FORMAT_WIDTH {
                        return true;
                    }
                }
                '*' => return true,
                '.' | '[' | ']' => digits = 0,
                _ => break,
            }
        }
        // `%%` is one verb, not the beginning of two.
        rest = verb.strip_prefix('%').unwrap_or(verb);
    }
    false
}

/// Whether a shift is longer than [`limits::SHIFT_BITS`]; the JSON text of a number that is no small integer is.
pub fn is_too_long(shift: &str) -> bool {
    shift.parse::<f64>().is_ok_and(|bits| bits > limits::SHIFT_BITS as f64)
}

/// Whether work that is the product of two sizes is within the steps that are left.
pub fn may_work(one: usize, other: usize) -> bool {
    /// Bytes that are compared in the time of one step.
    const A_STEP: u64 = 32;
    may_work_of(one, other, A_STEP)
}

/// The same of work of which a step is worth so much.
pub fn may_work_of(one: usize, other: usize, a_step: u64) -> bool {
    let work = (one as u64).saturating_mul(other as u64);
    !meter::charge(work / a_step.max(1))
}

/// Whether a path written as one text leads no deeper than a document may nest, and none of its parts is a number that
/// would be written out forever: the engine reads a part that leads into an array as JSON.
pub fn is_short_path(path: &str) -> bool {
    is_short_path_of(path.split('/').count(), path.split('/'))
}

/// The same of a path in parts: their number, and those that are texts.
pub fn is_short_path_of<'a>(length: usize, mut parts: impl Iterator<Item = &'a str>) -> bool {
    if length as u64 > limits::DATA_NESTING {
        meter::stop(Stopped::DataNesting);
        return false;
    }
    match parts.find_map(|part| numbers::endless(part, numbers::Strings::AreQuoted)) {
        Some(bound) => meter::stop(bound.into()),
        None => return true,
    }
    false
}

/// A text that is written, and ends where it would be larger than a bound.
pub struct Text {
    bytes: Vec<u8>,
    bound: u64,
}

impl Text {
    /// An empty text of at most so many bytes.
    pub const fn new(bound: u64) -> Self {
        Self { bytes: Vec::new(), bound }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl std::io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if (self.bytes.len() + bytes.len()) as u64 > self.bound {
            meter::stop(Stopped::Memory);
            return Err(std::io::Error::other("it is larger than the heap"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What was made, or that it would be larger than the evaluation's heap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measured<T> {
    /// The result.
    Made(T),
    /// Nothing was made.
    TooLarge,
}

impl<T> Measured<T> {
    /// The same with another result.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Self::Made(value) => Measured::Made(change(value)),
            Self::TooLarge => Measured::TooLarge,
        }
    }
}

fn fits(bytes: usize) -> bool {
    bytes as u64 <= meter::allowance().limits.memory_bytes
}

/// A text with every part of it replaced.
pub fn replaced(text: &str, old: &str, new: &str) -> Measured<String> {
    let grows = new.len().saturating_sub(old.len());
    let is_small = grows == 0 || fits(text.len().saturating_add((text.len() + 1).saturating_mul(grows)));
    if is_small || fits(text.len().saturating_add(text.matches(old).count().saturating_mul(grows))) {
        Measured::Made(text.replace(old, new))
    } else {
        Measured::TooLarge
    }
}

/// Whether so many matches of a pattern replaced could be too large. A group in the replacement stands for at most the
/// match, and all matches together are at most the text.
pub fn is_too_large_replaced(text: &str, new: &str, matches: usize) -> bool {
    let groups = new.bytes().filter(|&byte| byte == b'$').count();
    !fits(text.len().saturating_mul(groups + 1).saturating_add(new.len().saturating_mul(matches)))
}

/// Texts joined by a delimiter.
pub fn joined(parts: &[&str], delimiter: &str) -> Measured<String> {
    let texts = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    let delimiters = delimiter.len().saturating_mul(parts.len().saturating_sub(1));
    if fits(texts.saturating_add(delimiters)) { Measured::Made(parts.join(delimiter)) } else { Measured::TooLarge }
}

/// Where a part stands in a text, in characters; places may overlap. Linear in both: no text is read twice.
pub fn indexes(text: &str, part: &str) -> Vec<u64> {
    let part = part.as_bytes();
    // How long a beginning of the part ends at each of its bytes.
    let mut borders = vec![0_usize; part.len()];
    let mut length = 0;
    for at in 1..part.len() {
        length = longer(part, &borders, length, part.get(at));
        if let Some(border) = borders.get_mut(at) {
            *border = length;
        }
    }
    let mut indexes = Vec::new();
    let (mut length, mut character) = (0, 0);
    // Characters whose place may still be asked for: those that the match in hand covers.
    let mut starts = std::collections::VecDeque::new();
    for (at, byte) in text.bytes().enumerate() {
        if text.is_char_boundary(at) {
            starts.push_back((at, character));
            character += 1;
            if part.is_empty() {
                indexes.push(character - 1);
            }
        }
        if length == part.len() {
            length = length.checked_sub(1).and_then(|last| borders.get(last).copied()).unwrap_or(0);
        }
        length = longer(part, &borders, length, Some(&byte));
        let begin = at + 1 - length.min(at + 1);
        while starts.front().is_some_and(|&(start, _)| start < begin) {
            starts.pop_front();
        }
        if length == part.len()
            && !part.is_empty()
            && let Some(&(start, index)) = starts.front()
            && start == begin
        {
            indexes.push(index);
        }
    }
    indexes
}

/// The length of the beginning of the part that ends with this byte, from the one that ended before it.
fn longer(part: &[u8], borders: &[usize], mut length: usize, byte: Option<&u8>) -> usize {
    loop {
        if length < part.len() && part.get(length) == byte {
            return length + 1;
        }
        match length.checked_sub(1).and_then(|last| borders.get(last).copied()) {
            Some(shorter) => length = shorter,
            None => return 0,
        }
    }
}
