//! Tokens of a Rego text. Reading never fails: what is no token is an `Unknown` of one character.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    /// A number.
    Number,
    /// A string in double quotes; `closed` is false when its line or the text ends first.
    String {
        /// Whether the closing quote is there.
        closed: bool,
    },
    /// A string in backquotes, over any number of lines.
    RawString {
        /// Whether the closing quote is there.
        closed: bool,
    },
    /// `{`, `[` or `(`.
    Open,
    /// `}`, `]` or `)`.
    Close,
    /// An operator, an assignment, a comma, a dot, a semicolon or a colon.
    Symbol,
    /// From `#` to the end of the line.
    Comment,
    /// The end of a line.
    Newline,
    /// A character that no Rego text has outside of strings and comments.
    Unknown,
}

/// A token: its kind and the bytes that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// The bytes that it covers.
    pub range: Range<usize>,
}

impl Token {
    /// The text of the token.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.range.clone()).unwrap_or("")
    }
}

/// The tokens of `source` in order. Blanks are left out; comments and line ends are kept.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = source.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let (kind, end) = match first {
            ' ' | '\t' | '\r' | '\u{feff}' => continue,
            '\n' => (Kind::Newline, start + 1),
            '#' => (Kind::Comment, take_while(&mut chars, start + 1, |c| c != '\n')),
            '"' => string(&mut chars, start),
            '`' => raw_string(&mut chars, start),
            '{' | '[' | '(' => (Kind::Open, start + 1),
            '}' | ']' | ')' => (Kind::Close, start + 1),
            c if c.is_ascii_alphabetic() || c == '_' => {
                (Kind::Word, take_while(&mut chars, start + 1, |c| c.is_ascii_alphanumeric() || c == '_'))
            }
            c if c.is_ascii_digit() => {
                (Kind::Number, take_while(&mut chars, start + 1, |c| c.is_ascii_alphanumeric() || c == '.'))
            }
            ':' | '=' | '!' | '<' | '>' => match chars.peek() {
                Some(&(_, '=')) => {
                    chars.next();
                    (Kind::Symbol, start + 2)
                }
                _ => (Kind::Symbol, start + 1),
            },
            '+' | '-' | '*' | '/' | '%' | '&' | '|' | ',' | ';' | '.' => (Kind::Symbol, start + 1),
            other => (Kind::Unknown, start + other.len_utf8()),
        };
        tokens.push(Token { kind, range: start..end });
    }
    tokens
}

type Chars<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

fn take_while(chars: &mut Chars<'_>, mut end: usize, belongs: impl Fn(char) -> bool) -> usize {
    while let Some(&(at, c)) = chars.peek() {
        if !belongs(c) {
            break;
        }
        end = at + c.len_utf8();
        chars.next();
    }
    end
}

fn string(chars: &mut Chars<'_>, start: usize) -> (Kind, usize) {
    let mut end = start + 1;
    while let Some(&(at, c)) = chars.peek() {
        if c == '\n' {
            return (Kind::String { closed: false }, end);
        }
        chars.next();
        end = at + c.len_utf8();
        if c == '"' {
            return (Kind::String { closed: true }, end);
        }
        if c == '\\'
            && let Some(&(at, escaped)) = chars.peek()
            && escaped != '\n'
        {
            chars.next();
            end = at + escaped.len_utf8();
        }
    }
    (Kind::String { closed: false }, end)
}

fn raw_string(chars: &mut Chars<'_>, start: usize) -> (Kind, usize) {
    let mut end = start + 1;
    for (at, c) in chars.by_ref() {
        end = at + c.len_utf8();
        if c == '`' {
            return (Kind::RawString { closed: true }, end);
        }
    }
    (Kind::RawString { closed: false }, end)
}
