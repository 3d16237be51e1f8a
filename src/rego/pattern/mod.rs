//! `Pattern`: a regular expression of Rego, which is one of RE2, searched in linear time.
//!
//! What a pattern means is what OPA says: `\d`, `\w`, `\s` and `\b` are of ASCII, `(?i)` and `\p{…}` of Unicode.

pub mod compiled;
mod folded;
mod re2;
mod replacement;
mod template;

use crate::limits;
use crate::sorted;
use compiled::{Captures, NotCompiled, Regex, compiled};
use re2::NotTranslated;
use std::cell::RefCell;
use std::rc::Rc;
pub use template::of_template;

/// Why a text is no pattern that can be searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is none; OPA says so too. One sentence.
    NotAPattern(String),
    /// It takes more than [`limits::REGEX_BYTES`] when it is compiled.
    TooLarge,
    /// Its parts are nested deeper than [`limits::REGEX_NESTING`], or whatever else the crate does not do of what RE2 does.
    TooDeep,
    /// It asks for what only a build with the feature `unicode-patterns` knows: this, in words.
    UnknownHere(String),
}

impl Refused {
    /// One sentence for people.
    pub fn in_words(&self) -> String {
        match self {
            Self::NotAPattern(why) => why.clone(),
            Self::TooLarge => format!(
                "the pattern takes more than {} bytes when it is compiled; make its repetitions shorter",
                limits::REGEX_BYTES
            ),
            Self::TooDeep => {
                format!("the parts of the pattern are nested more than {} deep", limits::REGEX_NESTING)
            }
            Self::UnknownHere(what) => format!("this build does not know {what}; the full build does"),
        }
    }
}

impl From<NotTranslated> for Refused {
    fn from(why: NotTranslated) -> Self {
        match why {
            NotTranslated::NotAPattern(why) => Self::NotAPattern(why),
            NotTranslated::Unknown(what) => Self::UnknownHere(what),
        }
    }
}

/// A pattern that compiles.
#[derive(Debug)]
pub struct Pattern {
    regex: Regex,
    /// The names of groups with their numbers.
    names: Vec<(String, usize)>,
}

impl Pattern {
    /// Compiles a pattern, or takes it from those that were compiled before.
    ///
    /// # Errors
    /// Why it cannot be searched for.
    pub fn of(text: &str) -> Result<Rc<Self>, Refused> {
        /// So many patterns are kept. With more in use they are compiled again and again, which is slow and not wrong.
        const KEPT: usize = 256;
        type Kept = sorted::Map<Box<str>, Result<Rc<Pattern>, Refused>>;
        thread_local! {
            static PATTERNS: RefCell<Kept> = const { RefCell::new(Kept::new()) };
        }
        PATTERNS.with_borrow_mut(|patterns| {
            if let Some(known) = patterns.get(text) {
                return known.clone();
            }
            if patterns.len() >= KEPT {
                patterns.clear();
            }
            let pattern = Self::compile(text).map(Rc::new);
            // The text of what is too large may itself be.
            if pattern != Err(Refused::TooLarge) {
                patterns.insert(text.into(), pattern.clone());
            }
            pattern
        })
    }

    fn compile(text: &str) -> Result<Self, Refused> {
        // Hardly any text takes less than itself when it is compiled.
        if text.len() as u64 > limits::REGEX_BYTES {
            return Err(Refused::TooLarge);
        }
        let translated = re2::translated(text, |class| compiled(class).is_ok())?;
        let regex = compiled(&translated.text).map_err(|why| match why {
            NotCompiled::TooLarge => Refused::TooLarge,
            // What is no pattern of RE2 has been found by now.
            NotCompiled::Other(_) => Refused::TooDeep,
        })?;
        Ok(Self { regex, names: translated.names })
    }

    /// Whether it matches anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// What it matches, from left to right without overlaps.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        self.regex.find_iter(text).map(|found| found.as_str())
    }

    /// The same, each with what its groups match; a group that takes no part has matched nothing.
    pub fn find_groups<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
        self.regex
            .captures_iter(text)
            .map(|found| found.iter().map(|group| group.map_or("", |group| group.as_str())).collect())
    }

    /// The parts of a text between what it matches. Between two characters an empty match separates, before the first and
    /// behind the last it does not.
    pub fn split<'a>(&'a self, text: &'a str) -> Vec<&'a str> {
        let (mut parts, mut begin, mut end) = (Vec::new(), 0, 0);
        if text.is_empty() && !self.regex.as_str().is_empty() {
            return vec![""];
        }
        for found in self.regex.find_iter(text) {
            end = found.start();
            if found.end() != 0 {
                parts.extend(text.get(begin..end));
            }
            begin = found.end();
        }
        if end != text.len() {
            parts.extend(text.get(begin..));
        }
        parts
    }

    /// The text with every match replaced. In what replaces it, `$1`, `${1}`, `$name` and `${name}` are what groups match.
    pub fn replace(&self, text: &str, replacement: &str) -> String {
        let parts = replacement::parts(replacement, &self.names);
        self.regex.replace_all(text, |found: &Captures<'_>| replacement::filled_in(&parts, found)).into_owned()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str() && self.names == other.names
    }
}

#[cfg(test)]
mod tests;
