//! `Pattern`: a regular expression of a policy, searched in linear time. Patterns of Rego are read otherwise, in `rego/pattern`.

use super::pattern_text::in_ascii;
use crate::limits;
use crate::rego::pattern::compiled::{NotCompiled, Regex, compiled};

/// A regular expression. Matching takes time in proportion to the text, whatever the pattern (decision 18).
///
/// The classes `\d`, `\w`, `\s`, the boundary `\b` and letters under `(?i)` are those of ASCII; `.` is any character but the end of
/// a line. There is no look-around, no back reference, no `\p{…}` and no verbose form.
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
        let ascii = in_ascii(text).map_err(|why| format!("the pattern cannot be used: {why}"))?;
        let regex = compiled(&ascii).map_err(|why| in_words(&why))?;
        Ok(Self { text: text.into(), regex })
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
fn in_words(why: &NotCompiled) -> String {
    match why {
        NotCompiled::TooLarge => format!(
            "the pattern takes more than {} bytes when it is compiled; make its repetitions shorter",
            limits::REGEX_BYTES
        ),
        NotCompiled::Other(words) => {
            let why = words.lines().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or(words);
            format!("the pattern cannot be used: {why}")
        }
    }
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
            (r"^[\w--\d]$", vec!["_", "z"]),
            (r"^[\d_-z]$", vec!["7", "_", "z"]),
            (r"^[[:digit:]\]]$", vec!["7", "]"]),
            (r"^\bz\b$", vec!["z"]),
            (r"^\b{start}z\b{end}$", vec!["z"]),
            (r"^\\?\d$", vec!["7"]),
        ] {
            let found: Vec<&str> = texts.into_iter().filter(|text| matches(pattern, text)).collect();
            assert_eq!(found, which, "{pattern}");
        }
        assert!(matches(r"^\w{1,64}$", "user_name"));
        assert!(matches(r"\bcaf\b", "caf\u{e9}"));
    }

    #[test]
    fn case_is_ignored_where_that_is_asked_for() {
        for (pattern, text, expected) in [
            ("(?i)confidential", "ConfiDENTIAL", true),
            ("a(?i)b(?-i)c", "aBc", true),
            ("a(?i)b(?-i)c", "aBC", false),
            ("a(?i)b(?-i)c", "Abc", false),
            ("(?:(?i)a)b", "Ab", true),
            ("(?:(?i)a)b", "AB", false),
            ("(?i:a)b", "Ab", true),
            ("(?i:a)b", "AB", false),
            ("(?i)(?P<name>a)(?<other>b)(c)", "ABC", true),
            ("(?is-m:^a.b$)", "A\nB", true),
            ("(?i)^[a-c]$", "B", true),
            ("(?i)^[^a-c]$", "B", false),
            ("(?i)^[a-c-]$", "-", true),
            ("(?i)^[W-b]$", "x", true),
            ("(?i)^[!-B]$", "b", true),
            ("(?i)^[!-B]$", "c", false),
            (r"(?i)^[\!-B]$", "b", true),
            ("(?i)^[[:lower:]]$", "B", true),
            ("(?i)^[[:^lower:]]$", "B", false),
            ("(?i)^[[:a-c]]$", "B", true),
            ("(?i)^[[:alpha]]$", "L", true),
            ("(?i)^[>-[b]$", "d", true),
            ("(?i)^[--{]$", "d", false),
            ("(?i)^[a-z&&[^b]]$", "B", false),
            ("(?i)^[a-z--b]$", "B", false),
            ("(?i)^[a-z--b]$", "C", true),
            (r"(?i)^[\w\n-]$", "-", true),
            (r"(?i)\bfoo\b", "a Foo b", true),
            ("(?i)\u{4e00}a", "\u{4e00}A", true),
            ("(?i)^[\u{4e00}-\u{4e09}a]$", "A", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} in {text}");
        }
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
            (r"(?x) a", "verbose"),
            (r"(?i)\x41", "write the character itself"),
            (r"(?i)[\x41-\x5a]", "write the character itself"),
            (r"(?i)[\n-M]", "write the character itself"),
            (r"[+-\d]", "cannot be an end of a range"),
            (r"[\n-\d]", "cannot be an end of a range"),
            ("(?i)gr\u{f6}sse", "write both cases"),
            ("(?i)[\u{e0}-\u{fc}]", "write both cases"),
            ("(?i", "unclosed group"),
            ("(?", "unclosed group"),
            ("(?)", "missing expression"),
            ("(?P<a", "unclosed capture group name"),
            ("(?-)", "dangling"),
            (")", "unopened group"),
            ("(?i)[a-", "unclosed character class"),
            ("(?i)[z-a]", "invalid character class range"),
            ("(?i)[[:lower", "unclosed character class"),
            ("((a{100}){100}){100}", "more than 262144 bytes"),
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
