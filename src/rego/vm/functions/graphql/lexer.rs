//! From text to tokens, one at a time. Errors are in the words of OPA's reader, whose columns count characters.

use super::tokens::{Mistake, Token, TokenKind};
use super::tree::{Place, Text};
use std::borrow::Cow;

/// A text that is read.
pub struct Lexer<'s> {
    source: &'s str,
    is_prelude: bool,
    /// The byte that is read next, and its number in characters.
    at: usize,
    column: i64,
    /// Where the token begins.
    start: usize,
    start_column: i64,
    line: u32,
    /// The number in characters of the first of the line.
    line_start: i64,
}

type Read<'s> = (Token<'s>, Option<Mistake>);

impl<'s> Lexer<'s> {
    pub const fn new(source: &'s str, is_prelude: bool) -> Self {
        Self { source, is_prelude, at: 0, column: 0, start: 0, start_column: 0, line: 1, line_start: 0 }
    }

    /// The next token, and what is wrong with it.
    pub fn next(&mut self) -> Read<'s> {
        self.skip_space();
        self.start = self.at;
        self.start_column = self.column;
        let Some(byte) = self.peek() else { return self.token(TokenKind::End, Cow::Borrowed("")) };
        if let Some(kind) = TokenKind::of_sign(byte) {
            self.step(1);
            return self.token(kind, Cow::Borrowed(""));
        }
        match byte {
            b'.' if self.rest().starts_with("...") => {
                self.step(3);
                self.token(TokenKind::Spread, Cow::Borrowed(""))
            }
            b'#' => {
                let is_inside = |c: char| c > '\u{1f}' || c == '\t';
                self.take_while(is_inside);
                self.whole(TokenKind::Comment)
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
                self.whole(TokenKind::Name)
            }
            b'-' | b'0'..=b'9' => self.number(),
            b'"' if self.rest().starts_with("\"\"\"") => self.block(),
            b'"' => self.string(),
            b'\'' => self
                .mistake("Unexpected single quote character ('), did you mean to use a double quote (\")?".to_owned()),
            _ if byte < b' ' => self.mistake(format!("Cannot contain the invalid character \"\\u{byte:04}\"")),
            _ => self.mistake(format!("Cannot parse the unexpected character \"{}\".", char::from(byte))),
        }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    /// Goes on over characters of one byte.
    const fn step(&mut self, count: usize) {
        self.at += count;
        self.column += count as i64;
    }

    fn step_over(&mut self, c: char) {
        self.at += c.len_utf8();
        self.column += 1;
    }

    fn take_while(&mut self, is_inside: impl Fn(char) -> bool) -> usize {
        let before = self.at;
        for c in self.rest().chars().take_while(|c| is_inside(*c)) {
            self.step_over(c);
        }
        self.at - before
    }

    fn new_line(&mut self) {
        self.line += 1;
        self.line_start = self.column;
    }

    fn token(&self, kind: TokenKind, text: Text<'s>) -> Read<'s> {
        let column = self.start_column - self.line_start + 1;
        let at = Place { line: self.line, column, is_in_prelude: self.is_prelude };
        (Token { kind, text, at }, None)
    }

    /// All that was read is the token.
    fn whole(&self, kind: TokenKind) -> Read<'s> {
        self.token(kind, Cow::Borrowed(self.source.get(self.start..self.at).unwrap_or_default()))
    }

    fn mistake(&self, message: String) -> Read<'s> {
        let column = self.column - self.line_start + 1;
        let at = Place { line: self.line, column, is_in_prelude: self.is_prelude };
        (Token { kind: TokenKind::Invalid, text: Cow::Borrowed(""), at }, Some(Mistake { at, message }))
    }

    fn skip_space(&mut self) {
        loop {
            match self.peek() {
                Some(b'\t' | b' ' | b',') => self.step(1),
                Some(b'\n') => {
                    self.step(1);
                    self.new_line();
                }
                Some(b'\r') => {
                    self.step(1);
                    self.new_line();
                    // The line begins before the line feed, as columns have it there.
                    if self.peek() == Some(b'\n') {
                        self.step(1);
                    }
                }
                Some(0xef) if self.rest().starts_with('\u{feff}') => self.step_over('\u{feff}'),
                _ => return,
            }
        }
    }

    fn accept(&mut self, bytes: &[u8]) -> bool {
        let is_there = self.peek().is_some_and(|byte| bytes.contains(&byte));
        if is_there {
            self.step(1);
        }
        is_there
    }

    fn digits(&mut self) -> usize {
        self.take_while(|c| c.is_ascii_digit())
    }

    fn number(&mut self) -> Read<'s> {
        let mut kind = TokenKind::Integer;
        self.accept(b"-");
        if self.accept(b"0") {
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.mistake(format!("Invalid number, unexpected digit after 0: {}.", self.described()));
            }
        } else if self.digits() == 0 {
            return self.expected_digit();
        }
        if self.accept(b".") {
            kind = TokenKind::Float;
            if self.digits() == 0 {
                return self.expected_digit();
            }
        }
        if self.accept(b"eE") {
            kind = TokenKind::Float;
            self.accept(b"-+");
            if self.digits() == 0 {
                return self.expected_digit();
            }
        }
        self.whole(kind)
    }

    fn expected_digit(&self) -> Read<'s> {
        self.mistake(format!("Invalid number, expected digit but got: {}.", self.described()))
    }

    /// What stands next: its first byte, as if it were a character.
    fn described(&self) -> String {
        self.peek().map_or_else(|| "<EOF>".to_owned(), |byte| format!("\"{}\"", char::from(byte)))
    }

    fn string(&mut self) -> Read<'s> {
        self.step(1);
        self.start += 1;
        self.start_column += 1;
        // Made when the first escape is met: without one, the value is a part of the text.
        let mut made: Option<String> = None;
        let mut plain = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' | b'\r' => break,
                b'"' => {
                    let last = self.source.get(plain..self.at).unwrap_or_default();
                    let text = match made {
                        Some(made) => Cow::Owned(made + last),
                        None => Cow::Borrowed(last),
                    };
                    let token = self.token(TokenKind::String, text);
                    self.step(1);
                    return token;
                }
                b'\\' => {
                    let before = self.source.get(plain..self.at).unwrap_or_default();
                    let made = made.get_or_insert_default();
                    made.push_str(before);
                    match self.escape() {
                        Ok((c, length)) => {
                            made.push(c);
                            self.step(length);
                        }
                        Err(message) => {
                            self.step(1);
                            return self.mistake(message);
                        }
                    }
                    plain = self.at;
                }
                _ if byte < b' ' && byte != b'\t' => {
                    return self.mistake(format!("Invalid character within String: \"\\u{byte:04}\"."));
                }
                _ => {
                    let c = self.rest().chars().next().unwrap_or_default();
                    self.step_over(c);
                }
            }
        }
        self.mistake("Unterminated string.".to_owned())
    }

    /// The character that an escape stands for, and how long the escape is.
    fn escape(&self) -> Result<(char, usize), String> {
        let bytes = self.source.as_bytes().get(self.at + 1..).unwrap_or_default();
        let wrong = |shown: &[u8]| format!("Invalid character escape sequence: \\{}.", String::from_utf8_lossy(shown));
        match bytes.first() {
            None => Err("Invalid character escape sequence.".to_owned()),
            Some(b'u') => {
                let (Some(digits), Some(_)) = (bytes.get(1..5), bytes.get(5)) else { return Err(wrong(bytes)) };
                let code = std::str::from_utf8(digits)
                    .ok()
                    .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
                    .and_then(|digits| u32::from_str_radix(digits, 16).ok());
                let code = code.ok_or_else(|| wrong(bytes.get(..5).unwrap_or_default()))?;
                Ok((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
            }
            Some(b'b') => Ok(('\u{8}', 2)),
            Some(b'f') => Ok(('\u{c}', 2)),
            Some(b'n') => Ok(('\n', 2)),
            Some(b'r') => Ok(('\r', 2)),
            Some(b't') => Ok(('\t', 2)),
            Some(&byte @ (b'"' | b'/' | b'\\')) => Ok((char::from(byte), 2)),
            Some(&byte) => Err(format!("Invalid character escape sequence: \\{}.", char::from(byte))),
        }
    }

    fn block(&mut self) -> Read<'s> {
        self.step(3);
        self.start += 3;
        self.start_column += 3;
        let mut raw = String::new();
        while let Some(byte) = self.peek() {
            let rest = self.rest();
            if byte == b'"' {
                let marks = rest.bytes().take_while(|&byte| byte == b'"').count();
                if marks >= 3 {
                    raw.extend(std::iter::repeat_n('"', marks - 3));
                    let token = self.token(TokenKind::Block, Cow::Owned(dedented(&raw)));
                    self.step(marks);
                    return token;
                }
            }
            match byte {
                b'\r' => {
                    self.step(if rest.starts_with("\r\n") { 2 } else { 1 });
                    raw.push('\n');
                    self.new_line();
                }
                b'\n' => {
                    self.step(1);
                    raw.push('\n');
                    self.new_line();
                }
                b'\\' if rest.starts_with("\\\"\"\"") => {
                    self.step(4);
                    raw.push_str("\"\"\"");
                }
                _ if byte < b' ' && byte != b'\t' => {
                    return self.mistake(format!("Invalid character within String: \"\\u{byte:04}\"."));
                }
                _ => {
                    let c = rest.chars().next().unwrap_or_default();
                    raw.push(c);
                    self.step_over(c);
                }
            }
        }
        self.mistake("Unterminated string.".to_owned())
    }
}

/// The value of a block string: without the blanks that all its lines begin with, and without blank lines around it. Its first line
/// counts as well, but keeps its blanks.
fn dedented(raw: &str) -> String {
    let blanks = |line: &str| line.find(|c| c != ' ' && c != '\t');
    let common = raw.split('\n').filter_map(blanks).min().unwrap_or(0);
    let mut lines: Vec<&str> = raw.split('\n').collect();
    for line in lines.iter_mut().skip(1) {
        *line = line.get(common..).unwrap_or_default();
    }
    let first = lines.iter().position(|line| blanks(line).is_some()).unwrap_or(lines.len());
    let behind = lines.iter().rposition(|line| blanks(line).is_some()).map_or(first, |at| at + 1);
    lines.get(first..behind).unwrap_or_default().join("\n")
}
