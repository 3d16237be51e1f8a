//! `Pattern`: a regular expression of a policy, searched in linear time. The only file that names the crate behind it.

use crate::limits;
use regex::{Error, Regex, RegexBuilder};

/// A regular expression. Matching takes time in proportion to the text, whatever the pattern (decision 18).
///
/// The classes `\d`, `\w`, `\s` and the boundary `\b` are those of ASCII, as in RE2 and JavaScript; `.` is any character but
/// the end of a line. There is no look-around, no back reference and no `\p{…}`.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    regex: Regex,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// One sentence for people: what is wrong with the pattern.
    pub fn new(text: &str) -> Result<Self, String> {
        let size = usize::try_from(limits::REGEX_BYTES).unwrap_or(usize::MAX);
        match RegexBuilder::new(&in_ascii(text)?).size_limit(size).build() {
            Ok(regex) => Ok(Self { text: text.into(), regex }),
            Err(error) => Err(in_words(&error)),
        }
    }

    /// The pattern as its author wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches anywhere in a text; `^` and `$` bind it to the ends.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// What it matches, from left to right without overlaps, each with the byte at which it begins.
    pub fn find_iter<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        self.regex.find_iter(text).map(|found| (found.start(), found.as_str()))
    }
}

/// The last line of the crate's error; those before it draw the pattern, and not as the author wrote it.
fn in_words(error: &Error) -> String {
    match error {
        Error::CompiledTooBig(_) => format!(
            "the pattern takes more than {} bytes when it is compiled; make its repetitions shorter",
            limits::REGEX_BYTES
        ),
        other => {
            let text = other.to_string();
            let why = text.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or(&text);
            format!("the pattern is no regular expression that can be searched in linear time: {why}")
        }
    }
}

/// The pattern with its classes of Unicode replaced by those of ASCII: they are what is meant, a hundredth as large, and the
/// tables of the others need not be shipped.
fn in_ascii(pattern: &str) -> Result<String, String> {
    let mut written = String::with_capacity(pattern.len());
    let mut rest = pattern.chars().peekable();
    // How many brackets of classes are open.
    let mut depth = 0_usize;
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('d') => written.push_str("[0-9]"),
                Some('D') => written.push_str("[^0-9]"),
                Some('w') => written.push_str("[0-9A-Za-z_]"),
                Some('W') => written.push_str("[^0-9A-Za-z_]"),
                Some('s') => written.push_str(r"[\t\n\v\f\r\x20]"),
                Some('S') => written.push_str(r"[^\t\n\v\f\r\x20]"),
                Some(boundary @ ('b' | 'B' | '<' | '>')) if depth == 0 => {
                    written.push_str(r"(?-u:\");
                    written.push(boundary);
                    // `\b{start}` and its like; a number there repeats the boundary.
                    let mut ahead = rest.clone();
                    if ahead.next() == Some('{') && ahead.next().is_some_and(|c| c.is_ascii_alphabetic()) {
                        for c in rest.by_ref() {
                            written.push(c);
                            if c == '}' {
                                break;
                            }
                        }
                    }
                    written.push(')');
                }
                Some('p' | 'P') => {
                    return Err(r"the pattern uses a class of Unicode, `\p`, which is not supported; list the characters, as in `[A-Za-z]`".to_owned());
                }
                Some(other) => written.extend(['\\', other]),
                None => written.push('\\'),
            },
            '[' => {
                written.push('[');
                depth += 1;
                if let Some(negation) = rest.next_if_eq(&'^') {
                    written.push(negation);
                }
                // A bracket that closes nothing yet stands for itself.
                if let Some(literal) = rest.next_if_eq(&']') {
                    written.push(literal);
                }
            }
            ']' => {
                written.push(']');
                depth = depth.saturating_sub(1);
            }
            other => written.push(other),
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
    use super::Pattern;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap().is_match(text)
    }

    #[test]
    fn a_pattern_is_searched_anywhere() {
        assert!(matches("b+", "abbc"));
        assert!(!matches("^b", "abc"));
        assert!(matches("", ""));
        assert!(matches("^.{3}$", "\u{e4}\u{f6}\u{1f6a7}"));
        assert!(!matches("^a$", "a\n"));
    }

    #[test]
    fn classes_are_those_of_ascii() {
        let texts = ["7", "\u{0667}", "_", "\u{e9}", "\u{a0}", "\t", "]", "-", "z"];
        for (pattern, which) in [
            (r"^\d$", vec!["7"]),
            (r"^\D$", vec!["\u{0667}", "_", "\u{e9}", "\u{a0}", "\t", "]", "-", "z"]),
            (r"^\w$", vec!["7", "_", "z"]),
            (r"^[^\w]$", vec!["\u{0667}", "\u{e9}", "\u{a0}", "\t", "]", "-"]),
            (r"^[\W\d]$", vec!["7", "\u{0667}", "\u{e9}", "\u{a0}", "\t", "]", "-"]),
            (r"^\s$", vec!["\t"]),
            (r"^[^\S]$", vec!["\t"]),
            (r"^[]\d]$", vec!["7", "]"]),
            (r"^[^]\d\D&&\w]$", vec!["\u{0667}", "\u{e9}", "\u{a0}", "\t", "]", "-"]),
            (r"^[\d-]$", vec!["7", "-"]),
            (r"^[\d_-z]$", vec!["7", "_", "z"]),
            (r"^[[:digit:]\]]$", vec!["7", "]"]),
            (r"^\bz\b$", vec!["z"]),
            (r"^\b{start}z\b{end}$", vec!["z"]),
            (r"^(?x) \s # white", vec!["\t"]),
            (r"^\\?\d$", vec!["7"]),
        ] {
            let found: Vec<&str> = texts.into_iter().filter(|text| matches(pattern, text)).collect();
            assert_eq!(found, which, "{pattern}");
        }
        assert!(matches(r"^\w{1,64}$", "user_name"));
        assert!(matches(r"\bcaf\b", "caf\u{e9}"));
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for (pattern, why) in [
            ("(a", "unclosed group"),
            ("[a", "unclosed character class"),
            ("a{2,1}", "invalid repetition count range"),
            ("\\", "incomplete escape sequence"),
            ("(?=a)", "look-around"),
            (r"(a)\1", "backreferences are not supported"),
            (r"\p{L}", "list the characters"),
            (r"[\b]", "escape"),
            ("((a{100}){100}){100}", "more than 102400 bytes"),
        ] {
            let message = Pattern::new(pattern).unwrap_err();
            assert!(message.contains(why) && !message.contains('\n'), "{pattern}: {message}");
        }
    }

    #[test]
    fn a_pattern_that_others_hang_on_takes_no_time() {
        assert!(!matches("^(a+)+$", &format!("{}b", "a".repeat(100_000))));
    }

    #[test]
    fn matches_come_with_their_places() {
        let digits = Pattern::new(r"\d+").unwrap();
        assert_eq!(digits.find_iter("a12\u{e9}3").collect::<Vec<_>>(), [(1, "12"), (5, "3")]);
    }
}
