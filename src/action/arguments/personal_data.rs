//! `PiiDetector`: personal and secret data in the strings of arguments, found by patterns (section 1.2).
//!
//! A number is read only as the number of a card, and only where it begins as those of the payment networks do: clocks that
//! count in milliseconds begin with 1. The names of fields are not read.

use super::card_numbers;
use super::decimal::Decimal;
use super::field_path::FieldPath;
use super::patterns::Pattern;
use super::walk::each_leaf;
use crate::action::policy::errors::{PathPart, PolicyError, PolicyErrorCode};
use crate::action::policy::{PiiCategory, PiiRule};
use crate::limits;
use crate::sorted::InOrder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PiiMatch {
    /// What it is: a word of the categories, or the name of a pattern of the rule.
    pub category: String,
    /// Where it stands, such as `to` or `l[0].c`.
    pub field_path: String,
    /// Its first two and last two characters with stars between them; stars alone where it is short, nothing where the rule
    /// shows nothing.
    pub matched_text: String,
    /// How bad it is.
    pub severity: PiiSeverity,
}

/// How bad what was found is: always high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum PiiSeverity {
    /// High.
    High,
}

/// A rule that can be asked.
#[derive(Debug, Clone)]
pub struct PiiDetector {
    built_in: Vec<(PiiCategory, BuiltIn)>,
    extra: Vec<(String, Pattern)>,
    shows_ends: bool,
}

/// Characters of a preview at most: a key may be of any length.
const PREVIEW_CHARS: usize = 80;

impl PiiDetector {
    /// Reads a rule.
    ///
    /// # Errors
    /// Every pattern of `extra_patterns` that is no regular expression, or that finds something in nothing.
    pub fn compile(rule: &PiiRule) -> Result<Self, Vec<PolicyError>> {
        let is_allowed = |category: &str| rule.allow_categories.iter().any(|allowed| allowed == category);
        let mut errors = Vec::new();
        let mut built_in = Vec::new();
        for category in PiiCategory::all() {
            if rule.categories.contains(&category) && !is_allowed(category.as_str()) {
                match BuiltIn::of(category) {
                    Ok(search) => built_in.push((category, search)),
                    Err(why) => errors.push(bad_regex(vec!["categories".into()], why.to_owned(), None)),
                }
            }
        }
        let mut extra = Vec::new();
        for (name, text) in &rule.extra_patterns {
            let path = || vec!["extra_patterns".into(), name.as_str().into()];
            match extra_pattern(text) {
                Ok(pattern) if !is_allowed(name) => extra.push((name.clone(), pattern)),
                Ok(_) => {}
                Err(why) => errors.push(bad_regex(path(), why, Some(text))),
            }
        }
        if errors.is_empty() { Ok(Self { built_in, extra, shows_ends: rule.redact_preview }) } else { Err(errors) }
    }

    /// What is found in these arguments, by field path and then by category. Of very much the first, and of each category at
    /// least one.
    pub fn find(&self, arguments: &Map<String, Value>) -> Vec<PiiMatch> {
        let mut found = Found { matches: Vec::new(), shows_ends: self.shows_ends };
        each_leaf(arguments, &mut |at, value| match value {
            Value::String(text) => self.in_text(text, at, &mut found),
            Value::Number(number) if number.as_str().len() >= 13 && self.looks_for(PiiCategory::CreditCard) => {
                let mut text = String::new();
                Decimal::new(number).write(&mut text);
                let digits = text.strip_prefix('-').unwrap_or(&text);
                if digits.starts_with(['2', '3', '4', '5', '6']) && card_numbers::is_card_number(digits) {
                    found.add(PiiCategory::CreditCard.as_str(), at, digits);
                }
            }
            _ => {}
        });
        found
            .matches
            .order_by(|left, right| (&left.field_path, &left.category).cmp(&(&right.field_path, &right.category)));
        found.matches
    }

    fn looks_for(&self, category: PiiCategory) -> bool {
        self.built_in.iter().any(|(known, _)| *known == category)
    }

    fn in_text(&self, text: &str, at: FieldPath, found: &mut Found) {
        let shape = Shape::of(text);
        for (category, search) in self.built_in.iter().filter(|(category, _)| shape.may_hold(*category, text)) {
            let word = category.as_str();
            let is_one = |text: &&str| *category != PiiCategory::UsSsn || is_social_security_number(text);
            found.add_all(word, at, search.find(text).filter(is_one));
        }
        for (name, pattern) in &self.extra {
            found.add_all(name, at, pattern.find_iter(text).map(|(_, text)| text));
        }
    }
}

/// A pattern of `extra_patterns`.
///
/// # Errors
/// One sentence for people: it is no regular expression, or it finds something in nothing.
pub fn extra_pattern(text: &str) -> Result<Pattern, String> {
    let pattern = Pattern::new(text)?;
    if pattern.is_match("") {
        return Err("the pattern matches where there is nothing, so it would find something in every text".to_owned());
    }
    Ok(pattern)
}

fn bad_regex(path: Vec<PathPart>, why: String, text: Option<&String>) -> PolicyError {
    let mut error = PolicyError::new(path, PolicyErrorCode::BadRegex, why);
    error.value = text.filter(|text| text.len() <= 80).map(|text| Value::from(text.as_str()));
    error
}

struct Found {
    matches: Vec<PiiMatch>,
    shows_ends: bool,
}

impl Found {
    /// Whether another one of this category would not be told.
    fn is_full(&self, category: &str) -> bool {
        self.matches.len() >= limits::ARGUMENT_FINDINGS && self.matches.iter().any(|found| found.category == category)
    }

    fn add_all<'a>(&mut self, category: &str, at: FieldPath, texts: impl Iterator<Item = &'a str>) {
        let mut texts = texts;
        while !self.is_full(category)
            && let Some(text) = texts.next()
        {
            self.add(category, at, text);
        }
    }

    fn add(&mut self, category: &str, at: FieldPath, text: &str) {
        if !self.is_full(category) {
            self.matches.push(PiiMatch {
                category: category.to_owned(),
                field_path: at.told(),
                matched_text: if self.shows_ends { masked(text) } else { String::new() },
                severity: PiiSeverity::High,
            });
        }
    }
}

/// The first two and the last two characters with stars between them; stars alone of at most four.
fn masked(text: &str) -> String {
    let length = text.chars().count();
    let stars = |count: usize| "*".repeat(count);
    if length <= 4 {
        return stars(length);
    }
    let (start, end) = (text.chars().take(2), text.chars().skip(length - 2));
    start.chain(stars((length - 4).min(PREVIEW_CHARS - 4)).chars()).chain(end).collect()
}

/// How a category is searched for. Only ASCII letters and digits beside a number or a key make it a part of something else: names
/// such as `ssn_123-45-6789` join with `_`.
#[derive(Debug, Clone, Copy)]
enum BuiltIn {
    /// What the pattern matches.
    Pattern(&'static Pattern),
    /// What the pattern matches between two `_`, which it never holds: so `\b` counts no `_` as a letter.
    BetweenUnderscores(&'static Pattern),
    /// What the pattern matches, without the one character in front that may be no letter or digit.
    Behind(&'static Pattern),
    CardNumbers,
}

/// A pattern that is compiled when the first rule needs it.
type Lazy = LazyLock<Result<Pattern, String>>;

static EMAIL: Lazy = Lazy::new(|| Pattern::new(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"));
static US_SSN: Lazy = Lazy::new(|| Pattern::new(r"\b\d{3}[ -]?\d{2}[ -]?\d{4}\b"));
/// The country, or a boundary; the area in parentheses or not; the exchange; the line.
static PHONE_US: Lazy = Lazy::new(|| {
    Pattern::new(
        r"(?:(?:\+1|\b1)[ .-]?(?:\([2-9]\d{2}\)|[2-9]\d{2}\)?)|\([2-9]\d{2}\)|\b[2-9]\d{2}\)?)[ .-]?[2-9]\d{2}[ .-]?\d{4}\b",
    )
});
static API_KEY_LIKE: Lazy =
    Lazy::new(|| Pattern::new(r"(?:^|[^A-Za-z0-9])(?:sk|pk|api|key|token)[_-][A-Za-z0-9_-]{24,}|[A-Za-z0-9]{40,}"));
static AWS_ACCESS_KEY: Lazy = Lazy::new(|| Pattern::new(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"));
static PRIVATE_KEY_BLOCK: Lazy =
    Lazy::new(|| Pattern::new("-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP|ENCRYPTED) )?PRIVATE KEY(?: BLOCK)?-----"));

impl BuiltIn {
    fn of(category: PiiCategory) -> Result<Self, &'static str> {
        let (search, pattern): (fn(&'static Pattern) -> Self, &'static Lazy) = match category {
            PiiCategory::CreditCard => return Ok(Self::CardNumbers),
            PiiCategory::Email => (Self::Pattern, &EMAIL),
            PiiCategory::UsSsn => (Self::BetweenUnderscores, &US_SSN),
            PiiCategory::PhoneUs => (Self::BetweenUnderscores, &PHONE_US),
            PiiCategory::ApiKeyLike => (Self::Behind, &API_KEY_LIKE),
            PiiCategory::AwsAccessKey => (Self::BetweenUnderscores, &AWS_ACCESS_KEY),
            PiiCategory::PrivateKeyBlock => (Self::Pattern, &PRIVATE_KEY_BLOCK),
        };
        pattern.as_ref().map(search).map_err(String::as_str)
    }

    /// What is found in a text, from left to right.
    fn find<'a>(self, text: &'a str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        let all = |pattern: &'static Pattern, text: &'a str| pattern.find_iter(text).map(|(_, found)| found);
        match self {
            Self::Pattern(pattern) => Box::new(all(pattern, text)),
            Self::BetweenUnderscores(pattern) => Box::new(text.split('_').flat_map(move |part| all(pattern, part))),
            Self::Behind(pattern) => {
                Box::new(all(pattern, text).map(|found| found.trim_start_matches(|c: char| !c.is_ascii_alphanumeric())))
            }
            Self::CardNumbers => Box::new(card_numbers::find(text).into_iter().filter_map(|range| text.get(range))),
        }
    }
}

/// What one look at a text tells: most texts are too plain for most patterns.
#[derive(Default)]
struct Shape {
    has_at: bool,
    /// The most digits with nothing between them but what may stand in a number for people.
    digits: usize,
    /// The longest run of letters, digits, `_` and `-`.
    longest_run: usize,
    /// The longest run of letters and digits.
    longest_word: usize,
    /// Whether a `_` or `-` follows an end of `sk`, `pk`, `api`, `key` or `token`.
    has_key_prefix: bool,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut shape = Self::default();
        let (mut digits, mut run, mut word) = (0, 0, 0);
        let mut before = (0, 0);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => (digits, run, word) = (digits + 1, run + 1, word + 1),
                b'A'..=b'Z' | b'a'..=b'z' => (digits, run, word) = (0, run + 1, word + 1),
                b'-' | b'_' => {
                    (run, word) = (run + 1, 0);
                    shape.has_key_prefix |= matches!(&before, (b's' | b'p', b'k') | (b'p', b'i') | (b'e', b'y' | b'n'));
                }
                b' ' | b'.' | b'(' | b')' | b'+' => (run, word) = (0, 0),
                other => {
                    (digits, run, word) = (0, 0, 0);
                    shape.has_at |= other == b'@';
                }
            }
            shape.digits = shape.digits.max(digits);
            shape.longest_run = shape.longest_run.max(run);
            shape.longest_word = shape.longest_word.max(word);
            before = (before.1, byte);
        }
        shape
    }

    /// INVARIANT: false only where the search would find nothing.
    fn may_hold(&self, category: PiiCategory, text: &str) -> bool {
        match category {
            PiiCategory::Email => self.has_at,
            PiiCategory::UsSsn => self.digits >= 9,
            PiiCategory::CreditCard => self.digits >= 13,
            PiiCategory::PhoneUs => self.digits >= 10,
            PiiCategory::ApiKeyLike => self.longest_word >= 40 || (self.longest_run >= 27 && self.has_key_prefix),
            PiiCategory::AwsAccessKey => self.longest_word >= 20,
            PiiCategory::PrivateKeyBlock => self.longest_run >= 10 && text.contains("PRIVATE KEY"),
        }
    }
}

/// Whether such a number can have been given to anybody.
fn is_social_security_number(text: &str) -> bool {
    let mut digits = text.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0'));
    let mut number = |count: usize| digits.by_ref().take(count).fold(0, |number, digit| number * 10 + digit);
    let (area, group, serial) = (number(3), number(2), number(4));
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0
}

#[cfg(test)]
mod tests;
