//! The tokens of a document.

use super::tree::{Place, Text};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Invalid,
    End,
    Bang,
    Dollar,
    Ampersand,
    OpenParen,
    CloseParen,
    Spread,
    Colon,
    Equals,
    At,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Pipe,
    Name,
    Integer,
    Float,
    String,
    Block,
    Comment,
}

impl TokenKind {
    /// How errors call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Invalid => "<Invalid>",
            Self::End => "<EOF>",
            Self::Bang => "!",
            Self::Dollar => "$",
            Self::Ampersand => "&",
            Self::OpenParen => "(",
            Self::CloseParen => ")",
            Self::Spread => "...",
            Self::Colon => ":",
            Self::Equals => "=",
            Self::At => "@",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
            Self::OpenBrace => "{",
            Self::CloseBrace => "}",
            Self::Pipe => "|",
            Self::Name => "Name",
            Self::Integer => "Int",
            Self::Float => "Float",
            Self::String => "String",
            Self::Block => "BlockString",
            Self::Comment => "Comment",
        }
    }

    /// The token that one sign is.
    pub const fn of_sign(byte: u8) -> Option<Self> {
        Some(match byte {
            b'!' => Self::Bang,
            b'$' => Self::Dollar,
            b'&' => Self::Ampersand,
            b'(' => Self::OpenParen,
            b')' => Self::CloseParen,
            b':' => Self::Colon,
            b'=' => Self::Equals,
            b'@' => Self::At,
            b'[' => Self::OpenBracket,
            b']' => Self::CloseBracket,
            b'{' => Self::OpenBrace,
            b'}' => Self::CloseBrace,
            b'|' => Self::Pipe,
            _ => return None,
        })
    }
}

/// A token.
#[derive(Debug, Clone)]
pub struct Token<'s> {
    pub kind: TokenKind,
    /// What it says, where that is more than its kind.
    pub text: Text<'s>,
    pub at: Place,
}

/// Why a text has no further tokens.
#[derive(Debug, Clone)]
pub struct Mistake {
    pub at: Place,
    pub message: String,
}
