//! The texts and actions of a template, and what stands in an action.

use crate::rego::value::double;

/// What stands in an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Space,
    /// `{{`
    Open,
    /// `}}`
    Close,
    Text(String),
    /// A keyword or the name of a function.
    Word(String),
    /// `.name`
    Field(String),
    Dot,
    /// `$name`
    Variable(String),
    String(String),
    Integer(i64),
    Float(f64),
    Declare,
    Assign,
    Pipe,
    OpenParen,
    CloseParen,
    Comma,
    End,
}

/// A token, and the byte at which it begins.
pub type Placed = (usize, Token);

/// Takes a template apart.
///
/// # Errors
/// Where and why it is none.
pub fn scan(source: &str) -> Result<Vec<Placed>, (usize, String)> {
    let mut scanner = Scanner { source, at: 0, tokens: Vec::new(), parens: 0 };
    scanner.texts()?;
    Ok(scanner.tokens)
}

struct Scanner<'s> {
    source: &'s str,
    at: usize,
    tokens: Vec<Placed>,
    parens: u32,
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

impl<'s> Scanner<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn put(&mut self, at: usize, token: Token) {
        self.tokens.push((at, token));
    }

    fn texts(&mut self) -> Result<(), (usize, String)> {
        // Whether the action before says that blanks behind it do not count.
        let mut trims = false;
        loop {
            let rest = self.rest();
            let end = rest.find("{{").unwrap_or(rest.len());
            let (text, action) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let trims_before = action.strip_prefix("{{-").is_some_and(|behind| behind.starts_with(BLANKS));
            let mut kept = text;
            if trims {
                kept = kept.trim_start_matches(BLANKS);
            }
            if trims_before {
                kept = kept.trim_end_matches(BLANKS);
            }
            if !kept.is_empty() {
                self.put(self.at, Token::Text(kept.to_owned()));
            }
            self.at += end;
            if action.is_empty() {
                self.put(self.at, Token::End);
                return Ok(());
            }
            let start = self.at;
            // The blank behind the mark belongs to it.
            self.at += if trims_before { 4 } else { 2 };
            trims = if self.rest().starts_with("/*") {
                self.comment(start)?
            } else {
                self.put(start, Token::Open);
                self.action()?
            };
        }
    }

    /// Goes on behind a comment.
    fn comment(&mut self, start: usize) -> Result<bool, (usize, String)> {
        let Some(end) = self.rest().find("*/") else { return Err((start, "unclosed comment".to_owned())) };
        self.at += end + 2;
        self.close().ok_or_else(|| (start, "comment ends before closing delimiter".to_owned()))
    }

    /// Goes on behind what ends an action, where it stands here: whether blanks behind it do not count.
    fn close(&mut self) -> Option<bool> {
        let rest = self.rest();
        let trimmed = rest.strip_prefix(BLANKS).is_some_and(|behind| behind.starts_with("-}}"));
        if trimmed {
            self.at += 4;
            return Some(true);
        }
        rest.starts_with("}}").then(|| {
            self.at += 2;
            false
        })
    }

    fn action(&mut self) -> Result<bool, (usize, String)> {
        self.parens = 0;
        loop {
            let at = self.at;
            if let Some(trims) = self.close() {
                if self.parens > 0 {
                    return Err((at, "unclosed left paren".to_owned()));
                }
                self.put(at, Token::Close);
                return Ok(trims);
            }
            let rest = self.rest();
            let Some(c) = rest.chars().next() else { return Err((at, "unclosed action".to_owned())) };
            let behind = rest.get(c.len_utf8()..).unwrap_or_default();
            match c {
                ' ' | '\t' | '\r' | '\n' => self.space(),
                ':' if behind.starts_with('=') => self.sign(2, Token::Declare),
                ':' => return Err((at, "expected :=".to_owned())),
                '=' => self.sign(1, Token::Assign),
                '|' => self.sign(1, Token::Pipe),
                ',' => self.sign(1, Token::Comma),
                '(' => {
                    self.parens += 1;
                    self.sign(1, Token::OpenParen);
                }
                ')' => {
                    self.parens =
                        self.parens.checked_sub(1).ok_or_else(|| (at, "unexpected right paren".to_owned()))?;
                    self.sign(1, Token::CloseParen);
                }
                '"' => self.quoted()?,
                '`' => {
                    let end = behind.find('`').ok_or_else(|| (at, "unterminated raw quoted string".to_owned()))?;
                    let text = behind.get(..end).unwrap_or_default().to_owned();
                    self.sign(end + 2, Token::String(text));
                }
                '\'' => self.character()?,
                '$' => {
                    let name = name_at(behind);
                    self.sign(1 + name.len(), Token::Variable(format!("${name}")));
                    self.terminator()?;
                }
                '.' if !behind.starts_with(|c: char| c.is_ascii_digit()) => {
                    let name = name_at(behind);
                    let token = if name.is_empty() { Token::Dot } else { Token::Field(name.to_owned()) };
                    self.sign(1 + name.len(), token);
                    self.terminator()?;
                }
                '+' | '-' | '.' | '0'..='9' => self.number()?,
                c if c.is_alphabetic() || c == '_' => {
                    let name = name_at(rest);
                    self.sign(name.len(), Token::Word(name.to_owned()));
                    self.terminator()?;
                }
                c => return Err((at, format!("unrecognized character in action: U+{:04X}", u32::from(c)))),
            }
        }
    }

    fn sign(&mut self, length: usize, token: Token) {
        self.put(self.at, token);
        self.at += length;
    }

    fn space(&mut self) {
        let at = self.at;
        // A blank before a mark belongs to the mark.
        while self.rest().starts_with(BLANKS) && !self.rest().get(1..).is_some_and(|rest| rest.starts_with("-}}")) {
            self.at += 1;
        }
        if self.at > at {
            self.put(at, Token::Space);
        }
    }

    /// What follows a name has to end it.
    fn terminator(&self) -> Result<(), (usize, String)> {
        let rest = self.rest();
        match rest.chars().next() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => Ok(()),
            Some(_) if rest.starts_with("}}") => Ok(()),
            Some(c) => Err((self.at, format!("bad character U+{:04X} '{c}'", u32::from(c)))),
        }
    }

    fn quoted(&mut self) -> Result<(), (usize, String)> {
        let at = self.at;
        let rest = self.rest().get(1..).unwrap_or_default();
        let mut text = String::new();
        let mut left = rest;
        loop {
            let mut characters = left.chars();
            match characters.next() {
                None | Some('\n') => return Err((at, "unterminated quoted string".to_owned())),
                Some('"') => break,
                Some('\\') => {
                    let (c, behind) = escape(characters.as_str(), '"').ok_or((at, "invalid syntax".to_owned()))?;
                    text.push(c);
                    left = behind;
                }
                Some(c) => {
                    text.push(c);
                    left = characters.as_str();
                }
            }
        }
        let length = rest.len() - left.len() + 2;
        self.sign(length, Token::String(text));
        Ok(())
    }

    fn character(&mut self) -> Result<(), (usize, String)> {
        let at = self.at;
        let wrong = || (at, "malformed character constant".to_owned());
        let rest = self.rest().get(1..).unwrap_or_default();
        let mut characters = rest.chars();
        let (c, behind) = match characters.next() {
            Some('\\') => escape(characters.as_str(), '\'').ok_or_else(wrong)?,
            Some('\'' | '\n') | None => return Err(wrong()),
            Some(c) => (c, characters.as_str()),
        };
        if !behind.starts_with('\'') {
            return Err(wrong());
        }
        let length = rest.len() - behind.len() + 2;
        self.sign(length, Token::Integer(i64::from(u32::from(c))));
        Ok(())
    }

    fn number(&mut self) -> Result<(), (usize, String)> {
        let at = self.at;
        let rest = self.rest();
        let sign = usize::from(rest.starts_with(['+', '-']));
        let unsigned = rest.get(sign..).unwrap_or_default();
        let is_hex = unsigned.starts_with("0x") || unsigned.starts_with("0X");
        let mut before = ' ';
        let is_inside = |c: char| {
            let is_sign_of_exponent = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !is_hex;
            before = c;
            c.is_alphanumeric() || matches!(c, '.' | '_') || is_sign_of_exponent
        };
        let mut is_inside = is_inside;
        let length = unsigned.find(|c| !is_inside(c)).unwrap_or(unsigned.len());
        let text = rest.get(..sign + length).unwrap_or_default();
        let token = number(text).ok_or_else(|| (at, format!("bad number syntax: \"{text}\"")))?;
        self.sign(text.len(), token);
        Ok(())
    }
}

fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// A number as Go writes it; nothing of one that is imaginary or does not fit.
fn number(text: &str) -> Option<Token> {
    let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let unsigned = unsigned.strip_prefix('+').unwrap_or(unsigned);
    let lower = unsigned.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', _, ..] if !lower.contains(['.', 'e']) => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    let has_loose_marks = digits.is_empty() || digits.ends_with('_') || digits.contains("__");
    if has_loose_marks || radix == 10 && digits.starts_with('_') {
        return None;
    }
    let digits = digits.replace('_', "");
    if radix == 10 && digits.contains(['.', 'e']) {
        let value = double::read(&digits).filter(|value| value.is_finite())?;
        return Some(Token::Float(if is_negative { -value } else { value }));
    }
    let signed = if is_negative { format!("-{digits}") } else { digits };
    i64::from_str_radix(&signed, radix).ok().map(Token::Integer)
}

/// The character that an escape stands for, and what follows it. A byte that is no character stands for one that is.
fn escape(text: &str, mark: char) -> Option<(char, &str)> {
    let mut characters = text.chars();
    let c = match characters.next()? {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        c if c == mark => c,
        c @ ('x' | 'u' | 'U' | '0'..='7') => {
            let (from, length, radix) = match c {
                'x' => (1, 2, 16),
                'u' => (1, 4, 16),
                'U' => (1, 8, 16),
                _ => (0, 3, 8),
            };
            let digits = text.get(from..from + length)?;
            let code = u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?;
            let is_byte = matches!(c, 'x' | '0'..='7');
            if is_byte && code > 0xff {
                return None;
            }
            let c = if is_byte && code > 0x7f { char::REPLACEMENT_CHARACTER } else { char::from_u32(code)? };
            return Some((c, text.get(from + length..)?));
        }
        _ => return None,
    };
    Some((c, characters.as_str()))
}
