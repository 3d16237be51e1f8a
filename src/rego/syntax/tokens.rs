//! From text to tokens: one pass, which never fails. What is no token is an illegal one, with its reason.

mod open_strings;

use super::tree::{Operator, Span};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The end of the text.
    End,
    /// A name.
    Name,
    /// `package`
    Package,
    /// `import`
    Import,
    /// `as`
    As,
    /// `default`
    Default,
    /// `else`
    Else,
    /// `not`
    Not,
    /// `some`
    Some,
    /// `with`
    With,
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// `in`, where it is a keyword.
    In,
    /// `every`, where it is a keyword.
    Every,
    /// `contains`, where it is a keyword.
    Contains,
    /// `if`, where it is a keyword.
    If,
    /// Digits, without a sign.
    Number,
    /// A string in quotation marks.
    String,
    /// A string in back quotes.
    RawString,
    /// A piece of a template string up to and with the `{` of an expression.
    TemplatePart,
    /// The last piece of a template string.
    TemplateEnd,
    /// The same in back quotes.
    RawTemplatePart,
    /// The same in back quotes.
    RawTemplateEnd,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `:=`
    Assign,
    /// `=`
    Unify,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `&`
    And,
    /// `|`
    Or,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// What is no token; [`Tokens::reason`] may say why.
    Illegal,
}

impl Kind {
    /// What a word is: a keyword of one of the dialects, or a name.
    pub const fn of_word(word: &[u8]) -> Self {
        match word {
            b"package" => Self::Package,
            b"import" => Self::Import,
            b"as" => Self::As,
            b"default" => Self::Default,
            b"else" => Self::Else,
            b"not" => Self::Not,
            b"some" => Self::Some,
            b"with" => Self::With,
            b"null" => Self::Null,
            b"true" => Self::True,
            b"false" => Self::False,
            b"in" => Self::In,
            b"every" => Self::Every,
            b"contains" => Self::Contains,
            b"if" => Self::If,
            _ => Self::Name,
        }
    }

    /// The name that OPA has for it in its messages.
    pub const fn opa_name(self) -> &'static str {
        match self {
            Self::End => "eof",
            Self::Name => "identifier",
            Self::Package => "package",
            Self::Import => "import",
            Self::As => "as",
            Self::Default => "default",
            Self::Else => "else",
            Self::Not => "not",
            Self::Some => "some",
            Self::With => "with",
            Self::Null => "null",
            Self::True => "true",
            Self::False => "false",
            Self::In => "in",
            Self::Every => "every",
            Self::Contains => "contains",
            Self::If => "if",
            Self::Number => "number",
            Self::String | Self::RawString => "string",
            Self::TemplatePart => "template-string-part",
            Self::TemplateEnd => "template-string-end",
            Self::RawTemplatePart => "raw-template-string-part",
            Self::RawTemplateEnd => "raw-template-string-end",
            Self::LeftBracket => "[",
            Self::RightBracket => "]",
            Self::LeftBrace => "{",
            Self::RightBrace => "}",
            Self::LeftParen => "(",
            Self::RightParen => ")",
            Self::Comma => ",",
            Self::Colon => ":",
            Self::Semicolon => ";",
            Self::Dot => ".",
            Self::Assign => "assign",
            Self::Unify => "eq",
            Self::Illegal => "illegal",
            // Signs are called by the builtins behind them.
            _ => match self.operator() {
                Some(operator) => operator.builtin(),
                None => "",
            },
        }
    }

    /// The operator between two terms that it is.
    pub const fn operator(self) -> Option<Operator> {
        let operator = match self {
            Self::Plus => Operator::Plus,
            Self::Minus => Operator::Minus,
            Self::Times => Operator::Times,
            Self::Divide => Operator::Divide,
            Self::Remainder => Operator::Remainder,
            Self::And => Operator::And,
            Self::Or => Operator::Or,
            Self::Equal => Operator::Equal,
            Self::NotEqual => Operator::NotEqual,
            Self::Less => Operator::Less,
            Self::LessOrEqual => Operator::LessOrEqual,
            Self::Greater => Operator::Greater,
            Self::GreaterOrEqual => Operator::GreaterOrEqual,
            _ => return None,
        };
        Some(operator)
    }

    /// Whether it is a word of the language.
    pub const fn is_keyword(self) -> bool {
        matches!(
            self,
            Self::Package
                | Self::Import
                | Self::As
                | Self::Default
                | Self::Else
                | Self::Not
                | Self::Some
                | Self::With
                | Self::Null
                | Self::True
                | Self::False
                | Self::In
                | Self::Every
                | Self::Contains
                | Self::If
        )
    }

    /// Whether it closes a bracket.
    pub const fn closes(self) -> bool {
        matches!(self, Self::RightBracket | Self::RightBrace | Self::RightParen)
    }

    /// Whether it opens a bracket.
    pub const fn opens(self) -> bool {
        matches!(self, Self::LeftBracket | Self::LeftBrace | Self::LeftParen)
    }
}

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing.
    None,
    /// White space or a comment, in one line.
    Space,
    /// At least one end of a line.
    Newline,
}

/// A token.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// What stands before it.
    pub gap: Gap,
    /// Where it is.
    pub span: Span,
}

/// The tokens of a text, the last of which is its end, and its comments.
///
/// INVARIANT (nothing lost): tokens and comments are in the order of the text and do not overlap, but for a comment with a
/// forbidden character, which is a token as well. Between them is
/// white space only.
#[derive(Debug, Default)]
pub struct Tokens {
    /// All but comments.
    pub tokens: Vec<Token>,
    /// From the `#` to the end of the line, without it.
    pub comments: Vec<Span>,
    /// Why tokens are illegal, by their start, in order.
    reasons: Vec<(u32, &'static str)>,
}

impl Tokens {
    /// Why a token is illegal, in OPA's words.
    pub fn reason(&self, token: Token) -> Option<&'static str> {
        let at = self.reasons.binary_search_by_key(&token.span.start, |&(start, _)| start).ok()?;
        self.reasons.get(at).map(|&(_, reason)| reason)
    }
}

/// A template string that is open: whether it is raw, and how many braces are open in its expression.
struct Template {
    is_raw: bool,
    braces: u32,
}

struct Scanner<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    tokens: Tokens,
    templates: Vec<Template>,
    /// Whether there is a character somewhere that may stand nowhere, not even in a comment.
    has_forbidden: bool,
}

/// Reads the tokens of `source`, whose length fits into 32 bits.
pub fn scan(source: &str) -> Tokens {
    let mut scanner = Scanner {
        source,
        bytes: source.as_bytes(),
        at: 0,
        tokens: Tokens { tokens: Vec::with_capacity(source.len() / 4), ..Tokens::default() },
        templates: Vec::new(),
        has_forbidden: source.char_indices().any(|(at, c)| forbidden(at, c).is_some()),
    };
    if source.starts_with('\u{feff}') {
        scanner.at = '\u{feff}'.len_utf8();
    }
    scanner.run();
    scanner.tokens
}

impl Scanner<'_> {
    fn run(&mut self) {
        loop {
            let gap = self.gap();
            let start = self.at;
            let mut kind = self.token();
            if self.has_forbidden {
                kind = self.without_forbidden(start, kind);
            }
            let span = span(start, self.at);
            self.tokens.tokens.push(Token { kind, gap, span });
            if kind == Kind::End {
                return;
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// White space and comments.
    fn gap(&mut self) -> Gap {
        let mut gap = Gap::None;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => gap = Gap::Newline,
                b' ' | b'\t' | b'\r' => gap = gap.max(Gap::Space),
                b'#' => {
                    gap = gap.max(Gap::Space);
                    self.comment();
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        gap
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        self.at = rest.iter().position(|&byte| byte == b'\n').map_or(self.bytes.len(), |length| start + length);
        let end =
            if self.at > start + 1 && self.bytes.get(self.at - 1) == Some(&b'\r') { self.at - 1 } else { self.at };
        self.tokens.comments.push(span(start, end));
        if self.has_forbidden && self.without_forbidden(start, Kind::End) == Kind::Illegal {
            self.tokens.tokens.push(Token { kind: Kind::Illegal, gap: Gap::Space, span: span(start, end) });
        }
    }

    /// The kind of what was read from a byte on, unless a character in it is forbidden everywhere.
    fn without_forbidden(&mut self, start: usize, kind: Kind) -> Kind {
        let text = self.source.get(start..self.at).unwrap_or("");
        match text.char_indices().find_map(|(at, c)| forbidden(start + at, c)) {
            Some(reason) => self.illegal(start, reason),
            None => kind,
        }
    }

    fn illegal(&mut self, start: usize, reason: &'static str) -> Kind {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        // The first reason of a token is the one that is told.
        if self.tokens.reasons.last().is_none_or(|&(known, _)| known != start) {
            self.tokens.reasons.push((start, reason));
        }
        Kind::Illegal
    }

    fn token(&mut self) -> Kind {
        let start = self.at;
        let Some(byte) = self.peek() else { return Kind::End };
        if is_letter(byte) {
            return self.word();
        }
        if byte.is_ascii_digit() {
            return self.number();
        }
        self.at += 1;
        match byte {
            b'"' => self.string(start),
            b'`' => self.raw_string(start),
            b'$' => match self.peek() {
                Some(b'"') => self.template_begins(start, false),
                Some(b'`') => self.template_begins(start, true),
                _ => self.illegal(start, "illegal $ character"),
            },
            b'[' => Kind::LeftBracket,
            b']' => Kind::RightBracket,
            b'{' => {
                if let Some(template) = self.templates.last_mut() {
                    template.braces += 1;
                }
                Kind::LeftBrace
            }
            b'}' => match self.templates.last_mut() {
                Some(template) if template.braces == 0 => {
                    let is_raw = template.is_raw;
                    self.template_piece(start, is_raw)
                }
                Some(template) => {
                    template.braces -= 1;
                    Kind::RightBrace
                }
                None => Kind::RightBrace,
            },
            b'(' => Kind::LeftParen,
            b')' => Kind::RightParen,
            b',' => Kind::Comma,
            b';' => Kind::Semicolon,
            b'.' => Kind::Dot,
            b'+' => Kind::Plus,
            b'-' => Kind::Minus,
            b'*' => Kind::Times,
            b'/' => Kind::Divide,
            b'%' => Kind::Remainder,
            b'&' => Kind::And,
            b'|' => Kind::Or,
            b':' => self.with_equals(Kind::Assign, Kind::Colon),
            b'=' => self.with_equals(Kind::Equal, Kind::Unify),
            b'<' => self.with_equals(Kind::LessOrEqual, Kind::Less),
            b'>' => self.with_equals(Kind::GreaterOrEqual, Kind::Greater),
            b'!' if self.peek() == Some(b'=') => self.with_equals(Kind::NotEqual, Kind::NotEqual),
            b'!' => self.illegal(start, "illegal ! character"),
            _ => self.other(start),
        }
    }

    fn with_equals(&mut self, with: Kind, without: Kind) -> Kind {
        if self.peek() == Some(b'=') {
            self.at += 1;
            with
        } else {
            without
        }
    }

    /// A character that begins no token.
    fn other(&mut self, start: usize) -> Kind {
        let character = self.source.get(start..).and_then(|rest| rest.chars().next());
        self.at = start + character.map_or(1, char::len_utf8);
        Kind::Illegal
    }

    /// Letters, digits and underscores.
    fn skip_word(&mut self) {
        while let Some(byte) = self.peek() {
            if is_letter(byte) || byte.is_ascii_digit() {
                self.at += 1;
                continue;
            }
            let digit =
                self.source.get(self.at..).and_then(|rest| rest.chars().next()).filter(|&c| is_foreign_digit(c));
            match digit {
                Some(digit) => self.at += digit.len_utf8(),
                None => break,
            }
        }
    }

    fn word(&mut self) -> Kind {
        let start = self.at;
        self.skip_word();
        Kind::of_word(self.bytes.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        let mut kind = Kind::Number;
        self.digits();
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.digits() {
                kind = self.illegal(start, "expected fraction");
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.digits() {
                kind = self.illegal(start, "expected exponent");
            }
        }
        if self.peek().is_some_and(is_letter) {
            kind = self.illegal(start, "illegal number format");
            self.skip_word();
        }
        kind
    }

    /// Behind the opening quotation mark.
    fn string(&mut self, start: usize) -> Kind {
        let mut kind = Kind::String;
        loop {
            match self.peek() {
                None | Some(b'\n') => return self.open_string(start),
                Some(b'"') => {
                    self.at += 1;
                    return kind;
                }
                Some(b'\\') => {
                    self.at += 1;
                    if !self.escape(false) {
                        kind = self.illegal(start, "illegal escape sequence");
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// Behind the back slash of an escape.
    fn escape(&mut self, in_template: bool) -> bool {
        let is_known = match self.peek() {
            Some(b'\\' | b'"' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') => true,
            Some(b'{') => in_template,
            _ => false,
        };
        if is_known {
            self.at += 1;
        }
        is_known
    }

    fn raw_string(&mut self, start: usize) -> Kind {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        match rest.iter().position(|&byte| byte == b'`') {
            Some(length) => {
                self.at += length + 1;
                Kind::RawString
            }
            None => {
                self.at = self.bytes.len();
                self.illegal(start, "non-terminated string")
            }
        }
    }

    fn template_begins(&mut self, start: usize, is_raw: bool) -> Kind {
        self.at += 1;
        self.templates.push(Template { is_raw, braces: 0 });
        self.template_piece(start, is_raw)
    }

    /// A piece of the innermost template string, behind what opens it.
    fn template_piece(&mut self, start: usize, is_raw: bool) -> Kind {
        let (part, end, quote) = if is_raw {
            (Kind::RawTemplatePart, Kind::RawTemplateEnd, b'`')
        } else {
            (Kind::TemplatePart, Kind::TemplateEnd, b'"')
        };
        let mut illegal = None;
        loop {
            match self.peek() {
                None => {
                    self.templates.pop();
                    return self.illegal(start, "non-terminated string");
                }
                Some(b'\n') if !is_raw => return self.open_string(start),
                Some(byte) if byte == quote => {
                    self.at += 1;
                    self.templates.pop();
                    return illegal.unwrap_or(end);
                }
                Some(b'{') => {
                    self.at += 1;
                    return illegal.unwrap_or(part);
                }
                Some(b'\\') => {
                    self.at += 1;
                    if is_raw {
                        if self.peek() == Some(b'{') {
                            self.at += 1;
                        }
                    } else if !self.escape(true) {
                        illegal = Some(self.illegal(start, "illegal escape sequence"));
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }
}

/// Why a character may stand nowhere in a text.
fn forbidden(at: usize, character: char) -> Option<&'static str> {
    match character {
        '\0' => Some("illegal null character"),
        '\u{feff}' if at > 0 => Some("illegal byte-order mark"),
        _ => None,
    }
}

/// Whether a character beyond ASCII is a decimal digit: those of a script stand beside one another, ten of them.
fn is_foreign_digit(character: char) -> bool {
    const ZEROS: [u32; 41] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
        0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
        0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    ];
    let code = u32::from(character);
    let script = ZEROS.partition_point(|&zero| zero <= code);
    script.checked_sub(1).and_then(|at| ZEROS.get(at)).is_some_and(|zero| code - zero < 10)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn span(start: usize, end: usize) -> Span {
    let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    Span { start: place(start), end: place(end) }
}
