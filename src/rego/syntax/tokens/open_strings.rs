//! Strings that their line does not close.

use super::{Kind, Scanner};

impl Scanner<'_> {
    /// A string that its line does not close. The templates around it end with it, as far as a line ends them. Where it was
    /// written over several lines all of it is the one mistake.
    pub(super) fn open_string(&mut self, start: usize) -> Kind {
        while self.templates.last().is_some_and(|template| !template.is_raw) {
            self.templates.pop();
        }
        self.at = self.end_in_later_line().unwrap_or(self.at);
        self.illegal(start, "non-terminated string")
    }

    /// Behind the first quotation mark in the lines that follow, where it looks like one that closes: what opens a string has
    /// white space or a sign before it, and something to say behind it. Only a few lines are looked at, so that the time stays
    /// linear.
    fn end_in_later_line(&self) -> Option<usize> {
        const LINES: usize = 20;
        const BYTES: usize = 4096;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut at = rest.iter().take(BYTES).position(|&byte| byte == b'"')?;
        let before = rest.get(..at).unwrap_or_default();
        if before.contains(&b'`') || before.iter().filter(|&&byte| byte == b'\n').count() > LINES {
            return None;
        }
        let follows_text =
            before.last().is_some_and(|&byte| !byte.is_ascii_whitespace() && !b"$([{,:=<>+-*/|&;".contains(&byte));
        at += 1;
        let behind = rest.get(at..).unwrap_or_default();
        let line = match behind.iter().take(BYTES).position(|&byte| byte == b'\n') {
            Some(end) => behind.get(..end).unwrap_or_default(),
            None if behind.len() <= BYTES => behind,
            None => return None,
        };
        let ends_statement = line.trim_ascii_start().first().is_none_or(|byte| b")]},;".contains(byte));
        // What is left of its line has whole strings alone.
        let has_pairs = line.iter().filter(|&&byte| byte == b'"').count() % 2 == 0;
        (has_pairs && (follows_text || ends_statement)).then_some(self.at + at)
    }
}
