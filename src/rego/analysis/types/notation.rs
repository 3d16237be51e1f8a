//! Types and signatures as text: what the table of builtins is written in, and what a host declares its functions in.
//!
//! A type is written as errors print it: `string`, `any`, `array[string]`, `array<number, string>`, `set[any]`,
//! `object[string: any]`, `object<op: string, path: any>[any: any]`, `any<string, number>`. So there is one notation to
//! learn, and what a message says can be pasted into a declaration. A signature puts arguments before an arrow and the
//! result behind it, each with its name where it has one: `(format: string, values: array[any]) -> output: string`; an
//! argument that may stand any number of times ends with `...`, and a function without a result has no arrow.

use super::{Key, Type};
use crate::limits;
use std::fmt;

/// A function as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The arguments in their order.
    pub args: Vec<Operand>,
    /// What may follow them any number of times.
    pub more: Option<Operand>,
    /// What it answers with; absent where it has no result.
    pub result: Option<Operand>,
}

/// An argument or a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operand {
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// Of which type it is.
    pub of: Type,
}

/// A text that is no type or no signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotationError {
    /// What is wrong with it, in one sentence.
    pub message: String,
}

impl fmt::Display for NotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NotationError {}

impl std::str::FromStr for Type {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader::new(text);
        let read = reader.of_type(0)?;
        reader.end()?;
        Ok(read)
    }
}

impl std::str::FromStr for Operand {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader::new(text);
        let read = reader.operand()?;
        reader.end()?;
        Ok(read)
    }
}

impl std::str::FromStr for Signature {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader::new(text);
        let read = reader.signature()?;
        reader.end()?;
        Ok(read)
    }
}

impl Signature {
    /// The type of the function.
    #[must_use]
    pub fn function(&self) -> Type {
        Type::function(
            self.args.iter().map(|arg| arg.of.clone()).collect(),
            self.more.as_ref().map(|more| more.of.clone()),
            self.result.as_ref().map(|result| result.of.clone()),
        )
    }
}

/// As OPA names an argument in an error: `x: number`.
impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}: {}", self.of),
            None => self.of.fmt(f),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, rest: text }
    }

    fn fail<T>(&self, wanted: &str) -> Result<T, NotationError> {
        let found = self.rest.trim_start();
        let found = if found.is_empty() { "its end".to_owned() } else { format!("`{found}`") };
        Err(NotationError { message: format!("in `{}` {wanted} is expected instead of {found}", self.text) })
    }

    fn end(&self) -> Result<(), NotationError> {
        if self.rest.trim_start().is_empty() { Ok(()) } else { self.fail("nothing more") }
    }

    /// Whether this sign comes next; then it is read.
    fn eat(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn want(&mut self, sign: &str) -> Result<(), NotationError> {
        if self.eat(sign) { Ok(()) } else { self.fail(&format!("`{sign}`")) }
    }

    /// The characters up to the next sign.
    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let end = rest
            .find(|character: char| character.is_whitespace() || ",:<>[]().".contains(character))
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        self.rest = rest;
        word
    }

    fn signature(&mut self) -> Result<Signature, NotationError> {
        self.want("(")?;
        let mut args = Vec::new();
        let mut more = None;
        if !self.eat(")") {
            loop {
                let operand = self.operand()?;
                if self.eat("...") {
                    more = Some(operand);
                    break;
                }
                args.push(operand);
                if !self.eat(",") {
                    break;
                }
            }
            self.want(")")?;
        }
        let result = if self.eat("->") { Some(self.operand()?) } else { None };
        Ok(Signature { args, more, result })
    }

    fn operand(&mut self) -> Result<Operand, NotationError> {
        // A name may have blanks in it: OPA has `formatted timestamp`.
        let end = self.rest.find(|character: char| ",:<>[]().".contains(character));
        let (name, rest) = end.and_then(|end| self.rest.split_at_checked(end)).unwrap_or(("", ""));
        if let Some(rest) = rest.strip_prefix(':')
            && !name.trim().is_empty()
        {
            self.rest = rest;
            return Ok(Operand { name: Some(name.trim().to_owned()), of: self.of_type(0)? });
        }
        Ok(Operand { name: None, of: self.of_type(0)? })
    }

    fn of_type(&mut self, level: u16) -> Result<Type, NotationError> {
        if level > limits::TYPE_NESTING {
            return self.fail("a type that is less deep");
        }
        let before = self.rest;
        match self.word() {
            "null" => Ok(Type::Null),
            "boolean" => Ok(Type::Boolean),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            "any" => {
                if !self.eat("<") {
                    return Ok(Type::Any);
                }
                let members = self.listed(level)?;
                if members.iter().any(|member| matches!(member, Type::Any | Type::Union(_))) {
                    self.rest = before;
                    return self.fail("a union without `any` and without unions in it");
                }
                Ok(Type::union(members))
            }
            "set" => {
                self.want("[")?;
                let of = self.of_type(level + 1)?;
                self.want("]")?;
                Ok(Type::set(of))
            }
            "array" => {
                let items = if self.eat("<") { self.listed(level)? } else { Vec::new() };
                let rest = if self.eat("[") { Some(self.of_type(level + 1)?) } else { None };
                if rest.is_some() {
                    self.want("]")?;
                }
                Ok(Type::array(items, rest))
            }
            "object" => {
                let fields = if self.eat("<") { self.fields(level)? } else { Vec::new() };
                if !self.eat("[") {
                    return Ok(Type::object(fields, None));
                }
                let key = self.of_type(level + 1)?;
                self.want(":")?;
                let value = self.of_type(level + 1)?;
                self.want("]")?;
                Ok(Type::object(fields, Some((key, value))))
            }
            _ => {
                self.rest = before;
                self.fail("a type")
            }
        }
    }

    /// Types up to `>`.
    fn listed(&mut self, level: u16) -> Result<Vec<Type>, NotationError> {
        let mut types = vec![self.of_type(level + 1)?];
        while self.eat(",") {
            types.push(self.of_type(level + 1)?);
        }
        self.want(">")?;
        Ok(types)
    }

    /// Keys with the types of their values up to `>`.
    fn fields(&mut self, level: u16) -> Result<Vec<(Key, Type)>, NotationError> {
        let mut fields = Vec::new();
        loop {
            let key = self.word();
            if key.is_empty() {
                return self.fail("a key");
            }
            self.want(":")?;
            fields.push((Key::string(key), self.of_type(level + 1)?));
            if !self.eat(",") {
                break;
            }
        }
        self.want(">")?;
        Ok(fields)
    }
}
