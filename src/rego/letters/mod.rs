//! The small letter and the capital of a letter, by itself, as OPA gives them: one for one, wherever it stands.
//!
//! The tables are a twentieth of those of the standard library, which change words: there, one letter may become three.

mod cases;

use cases::{CAPITALS, SEVERAL, SMALL};

/// Letters that are equally far apart, and what is added to each for its other case.
struct Run {
    first: u32,
    last: u32,
    step: u32,
    other: i32,
}

/// The small letter of a character; itself where it has none.
#[must_use]
pub fn small(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { other(&SMALL, c) }
}

/// The capital of a character; itself where it has none. Where Unicode has several for one, those with an iota below have a capital of
/// their own, and others have none.
#[must_use]
pub fn capital(c: char) -> char {
    if c.is_ascii() { c.to_ascii_uppercase() } else { other(&CAPITALS, c) }
}

/// The small letters of a text, each by itself.
#[must_use]
pub fn in_small(text: &str) -> String {
    text.chars().map(small).collect()
}

/// The capitals of a text, each by itself.
#[cfg(feature = "network")]
#[must_use]
pub fn in_capitals(text: &str) -> String {
    text.chars().map(capital).collect()
}

/// Whether a character has another case, maybe one that is several characters.
#[must_use]
pub fn has_cases(c: char) -> bool {
    small(c) != c || capital(c) != c || SEVERAL.iter().any(|&(first, last)| (first..=last).contains(&u32::from(c)))
}

fn other(runs: &[Run], c: char) -> char {
    let code = u32::from(c);
    let run = runs.get(runs.partition_point(|run| run.last < code));
    match run.filter(|run| code >= run.first && (code - run.first).is_multiple_of(run.step)) {
        Some(run) => code.checked_add_signed(run.other).and_then(char::from_u32).unwrap_or(c),
        None => c,
    }
}

#[cfg(test)]
mod tests;
