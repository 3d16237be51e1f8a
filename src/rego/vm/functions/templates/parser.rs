//! From text to templates.

mod pipelines;
mod variables;

use super::tokens::{Placed, Token, scan};
use super::tree::{Action, Branch, List};
use crate::limits;
use crate::sorted;
use variables::Variables;

/// Why a text is no template.
#[derive(Debug)]
pub enum Refused {
    /// At a byte.
    Mistake(usize, String),
    /// Its parts lie deeper inside one another than they may.
    TooDeep,
}

type Parsed<T> = Result<T, Refused>;

/// The templates of a text, by their names. The text itself is the one of the name that is given.
pub type Templates = sorted::Map<String, List>;

/// Reads a text.
///
/// # Errors
/// Why it is no template.
pub fn parse(source: &str, name: &str) -> Parsed<Templates> {
    let tokens = scan(source).map_err(|(at, message)| Refused::Mistake(at, message))?;
    let mut parser =
        Parser { tokens, next: 0, templates: Templates::new(), variables: Variables::default(), loops: 0, levels: 0 };
    let (list, end) = parser.list(true)?;
    match end {
        Ending::Text => {}
        Ending::End | Ending::Else => return Err(parser.wrong("unexpected {{end}}")),
    }
    parser.define(name.to_owned(), list)?;
    Ok(parser.templates)
}

/// What a list ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Text,
    End,
    /// What follows the word is not read yet.
    Else,
}

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    templates: Templates,
    /// Those that may be named.
    variables: Variables,
    /// Loops inside one another.
    loops: u32,
    levels: u64,
}

impl Parser {
    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(at, _)| *at)
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn skip_space(&mut self) {
        while *self.peek() == Token::Space {
            self.next += 1;
        }
    }

    fn wrong(&self, message: impl Into<String>) -> Refused {
        Refused::Mistake(self.at(), message.into())
    }

    /// Goes down one level.
    fn enter(&mut self) -> Parsed<()> {
        // INVARIANT (depth): lists and pipelines inside one another come through here.
        self.levels += 1;
        if self.levels > limits::TEMPLATE_NESTING { Err(Refused::TooDeep) } else { Ok(()) }
    }

    fn define(&mut self, name: String, list: List) -> Parsed<()> {
        match self.templates.get(&name) {
            Some(known) if !known.is_empty() => {
                if !list.is_empty() {
                    return Err(self.wrong(format!("template: multiple definition of template \"{name}\"")));
                }
            }
            _ => {
                self.templates.insert(name, list);
            }
        }
        Ok(())
    }

    fn list(&mut self, is_top: bool) -> Parsed<(List, Ending)> {
        self.enter()?;
        let mut list = List::default();
        let end = loop {
            match self.take() {
                Token::End if is_top => break Ending::Text,
                Token::End => return Err(self.wrong("unexpected EOF")),
                Token::Text(text) => list.nodes.push(Action::Text(text)),
                _ => {
                    self.skip_space();
                    let word = match self.peek() {
                        Token::Word(word) => word.clone(),
                        _ => String::new(),
                    };
                    match word.as_str() {
                        "end" => {
                            self.next += 1;
                            self.close("end")?;
                            break Ending::End;
                        }
                        "else" => {
                            self.next += 1;
                            break Ending::Else;
                        }
                        "define" if is_top => {
                            self.next += 1;
                            self.definition()?;
                        }
                        _ => {
                            let action = self.action(&word)?;
                            list.nodes.push(action);
                        }
                    }
                }
            }
        };
        self.levels -= 1;
        Ok((list, end))
    }

    /// The end of an action in which nothing else may stand.
    fn close(&mut self, word: &str) -> Parsed<()> {
        self.skip_space();
        match self.take() {
            Token::Close => Ok(()),
            _ => Err(self.wrong(format!("unexpected token in {word}"))),
        }
    }

    fn template_name(&mut self, word: &str) -> Parsed<String> {
        self.skip_space();
        match self.take() {
            Token::String(name) => Ok(name),
            _ => Err(self.wrong(format!("unexpected token in {word} clause"))),
        }
    }

    /// A template of its own, in which no variables of others are known.
    fn definition(&mut self) -> Parsed<()> {
        let name = self.template_name("define")?;
        self.close("define clause")?;
        let list = self.body_apart()?;
        self.define(name, list)
    }

    fn body_apart(&mut self) -> Parsed<List> {
        let around = std::mem::take(&mut self.variables);
        let loops = std::mem::take(&mut self.loops);
        let (list, end) = self.list(false)?;
        self.variables = around;
        self.loops = loops;
        if end == Ending::End { Ok(list) } else { Err(self.wrong("unexpected {{else}}")) }
    }

    fn action(&mut self, word: &str) -> Parsed<Action> {
        let is_keyword =
            matches!(word, "block" | "break" | "continue" | "define" | "if" | "nil" | "range" | "template" | "with");
        if is_keyword && word != "nil" {
            self.next += 1;
        }
        match word {
            "if" => Ok(Action::If(self.branch("if")?)),
            "with" => Ok(Action::With(self.branch("with")?)),
            "range" => Ok(Action::Range(self.branch("range")?)),
            "define" => Err(self.wrong("unexpected {{define}}")),
            "break" | "continue" => {
                self.close(word)?;
                match (self.loops, word) {
                    (0, _) => Err(self.wrong(format!("{{{{{word}}}}} outside {{{{range}}}}"))),
                    (_, "break") => Ok(Action::Break),
                    _ => Ok(Action::Continue),
                }
            }
            "template" => {
                let name = self.template_name("template")?;
                self.skip_space();
                let pipeline = match self.peek() {
                    Token::Close => {
                        self.next += 1;
                        None
                    }
                    _ => Some(self.pipeline("template clause", &Token::Close)?),
                };
                Ok(Action::Template(name, pipeline))
            }
            "block" => {
                let name = self.template_name("block")?;
                let pipeline = self.pipeline("block clause", &Token::Close)?;
                let list = self.body_apart()?;
                self.define(name.clone(), list)?;
                Ok(Action::Template(name, Some(pipeline)))
            }
            _ => Ok(Action::Print(self.pipeline("command", &Token::Close)?)),
        }
    }

    fn branch(&mut self, word: &str) -> Parsed<Branch> {
        self.enter()?;
        let known = self.variables.len();
        let pipeline = self.pipeline(word, &Token::Close)?;
        let is_loop = u32::from(word == "range");
        self.loops += is_loop;
        let (then, end) = self.list(false)?;
        self.loops -= is_loop;
        let otherwise = if end == Ending::Else { Some(self.otherwise(word)?) } else { None };
        self.variables.truncate(known);
        self.levels -= 1;
        Ok(Branch { pipeline, then, otherwise })
    }

    /// What stands behind `else`, which may be a branch of its own.
    fn otherwise(&mut self, word: &str) -> Parsed<List> {
        self.skip_space();
        let next = match self.peek() {
            Token::Word(next) => next.clone(),
            _ => String::new(),
        };
        if word != "range" && next == word {
            self.next += 1;
            let branch = self.branch(word)?;
            let action = if word == "if" { Action::If(branch) } else { Action::With(branch) };
            return Ok(List { nodes: vec![action] });
        }
        self.close("else")?;
        match self.list(false)? {
            (list, Ending::End) => Ok(list),
            _ => Err(self.wrong("expected end; found {{else}}")),
        }
    }
}
