//! The text of a YAML document while it is written: where in its line it ends, and scalars in each style.

use super::super::texts::Draft;
use super::super::{Failure, json_writer};
use super::scalar_style::{Style, escape_of, is_printed, of};
use crate::rego::value::{Slice, Stores, Value};

/// Spaces that a level is indented by.
const INDENT: usize = 2;

/// A line of words that is longer goes on in the next.
const BEST_WIDTH: usize = 80;

/// Where a document is written.
pub struct Emitter<'d> {
    draft: &'d mut Draft,
    /// Characters of the last line.
    column: usize,
    /// How far the innermost collection is indented; none around the root.
    pub indent: Option<usize>,
    /// Whether nothing has to be put between what ends here and what follows.
    has_space: bool,
    /// Whether the line has nothing yet but spaces and the signs of collections.
    pub is_at_start: bool,
}

impl<'d> Emitter<'d> {
    /// A document behind a draft.
    pub fn new(draft: &'d mut Draft) -> Self {
        Self { draft, column: 0, indent: None, has_space: true, is_at_start: true }
    }

    /// Counts steps for what is about to be done beside writing.
    pub fn work(&mut self, steps: u64) -> Result<(), Failure> {
        self.draft.work(steps)
    }

    /// The pairs of an object, with keys as JSON has them.
    pub fn pairs(&mut self, stores: &Stores, pairs: Slice) -> Result<Vec<(String, Value)>, Failure> {
        json_writer::Writer::new(stores, self.draft, None).pairs(pairs)
    }

    /// Goes one level further in. A list right behind the key that it belongs to stays where that is.
    pub fn enter(&mut self, is_flat: bool) {
        self.indent = Some(match self.indent {
            None => 0,
            Some(indent) if is_flat => indent,
            Some(indent) => indent + INDENT,
        });
    }

    /// Goes on where the innermost collection is indented to: on another line, if this one has something.
    pub fn line(&mut self) -> Result<(), Failure> {
        let indent = self.indent.unwrap_or(0);
        if !self.is_at_start || self.column > indent || (self.column == indent && !self.has_space) {
            self.end_line()?;
        }
        self.draft.fill(' ', indent.saturating_sub(self.column))?;
        self.column = self.column.max(indent);
        self.has_space = true;
        self.is_at_start = true;
        Ok(())
    }

    /// Writes the sign of an item, or of a key or value on a line of its own, which the first part may stand behind.
    pub fn open_sign(&mut self, sign: &str) -> Result<(), Failure> {
        self.space()?;
        self.put(sign)?;
        self.has_space = false;
        Ok(())
    }

    /// Writes a sign or a word that ends with itself.
    pub fn word(&mut self, word: &str) -> Result<(), Failure> {
        self.space()?;
        self.close_sign(word)
    }

    /// Writes a sign right behind what is there.
    pub fn close_sign(&mut self, sign: &str) -> Result<(), Failure> {
        self.put(sign)?;
        self.has_space = false;
        self.is_at_start = false;
        Ok(())
    }

    /// Writes a text. Those on a line with a `:` behind them do not go on in the next.
    pub fn text(&mut self, text: &str, is_key: bool) -> Result<(), Failure> {
        // It is looked at several times before it is written.
        self.work(1 + text.len() as u64 / 4)?;
        let outer = self.indent;
        self.indent = Some(outer.map_or(INDENT, |indent| indent + INDENT));
        match of(text) {
            Style::Plain => {
                self.space()?;
                self.words(text, is_key, false)?;
            }
            Style::Single => {
                self.word("'")?;
                self.words(text, is_key, true)?;
                self.close_sign("'")?;
            }
            Style::Double => self.double(text, is_key)?,
            Style::Literal => self.literal(text)?,
        }
        self.indent = outer;
        Ok(())
    }

    /// Words, of which a long line is broken at a single space between two.
    fn words(&mut self, text: &str, is_key: bool, is_quoted: bool) -> Result<(), Failure> {
        let mut is_behind_space = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, next)| next);
            if c == ' ' {
                let may_break = !is_quoted || (at > 0 && next.is_some());
                if may_break && !is_key && !is_behind_space && self.column > BEST_WIDTH && next != Some(' ') {
                    self.line()?;
                } else {
                    self.put(" ")?;
                }
            } else {
                if c == '\'' && is_quoted {
                    self.put("'")?;
                }
                self.put_char(c)?;
                self.is_at_start = false;
            }
            is_behind_space = c == ' ';
        }
        self.has_space = false;
        self.is_at_start = false;
        Ok(())
    }

    fn double(&mut self, text: &str, is_key: bool) -> Result<(), Failure> {
        self.word("\"")?;
        // Behind the mark of a byte order everything is an escape, in OPA.
        let is_all_escaped = text.starts_with('\u{feff}');
        let mut is_behind_space = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_all_escaped || !is_printed(c) || matches!(c, '\n' | '"' | '\\') {
                self.escape(c)?;
                is_behind_space = false;
                continue;
            }
            let next = chars.peek().map(|&(_, next)| next);
            if c == ' ' && !is_key && !is_behind_space && self.column > BEST_WIDTH && at > 0 && next.is_some() {
                self.line()?;
                if next == Some(' ') {
                    self.put("\\")?;
                }
            } else {
                self.put_char(c)?;
            }
            is_behind_space = c == ' ';
        }
        self.close_sign("\"")
    }

    fn escape(&mut self, c: char) -> Result<(), Failure> {
        self.put(&escape_of(c))
    }

    fn literal(&mut self, text: &str) -> Result<(), Failure> {
        self.word("|")?;
        if text.starts_with([' ', '\n']) {
            self.put("2")?;
        }
        // What is said of the line ends at its end: none, or several.
        match text.strip_suffix('\n') {
            None => self.put("-")?,
            Some("") => self.put("+")?,
            Some(rest) if rest.ends_with('\n') => self.put("+")?,
            Some(_) => {}
        }
        self.end_line()?;
        self.has_space = true;
        for line in text.split_inclusive('\n') {
            let words = line.strip_suffix('\n').unwrap_or(line);
            if !words.is_empty() {
                self.is_at_start = true;
                self.line()?;
                self.put(words)?;
                self.is_at_start = false;
            }
            if words.len() < line.len() {
                self.end_line()?;
            }
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), Failure> {
        self.draft.push("\n")?;
        self.column = 0;
        self.is_at_start = true;
        Ok(())
    }

    /// Puts a space before a word, where one is needed.
    fn space(&mut self) -> Result<(), Failure> {
        if self.has_space { Ok(()) } else { self.put(" ") }
    }

    fn put(&mut self, text: &str) -> Result<(), Failure> {
        self.draft.push(text)?;
        self.column += text.chars().count();
        Ok(())
    }

    fn put_char(&mut self, c: char) -> Result<(), Failure> {
        self.draft.push_char(c)?;
        self.column += 1;
        Ok(())
    }
}
