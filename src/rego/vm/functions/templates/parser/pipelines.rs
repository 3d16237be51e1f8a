//! Pipelines: commands, and the values and functions in them.

use super::super::tokens::Token;
use super::super::tree::{Command, Function, Operand, Pipeline};
use super::{Parsed, Parser};
use std::rc::Rc;

impl Parser {
    pub(super) fn pipeline(&mut self, context: &str, end: &Token) -> Parsed<Pipeline> {
        self.enter()?;
        let mut pipeline = Pipeline::default();
        self.skip_space();
        self.declarations(&mut pipeline, context)?;
        loop {
            self.skip_space();
            if self.peek() == end {
                self.next += 1;
                break;
            }
            match self.peek() {
                Token::Word(_)
                | Token::Dot
                | Token::Field(_)
                | Token::Variable(_)
                | Token::String(_)
                | Token::Integer(_)
                | Token::Float(_)
                | Token::OpenParen => pipeline.commands.push(self.command(end)?),
                _ => return Err(self.wrong(format!("unexpected token in {context}"))),
            }
        }
        if pipeline.commands.is_empty() {
            return Err(self.wrong(format!("missing value for {context}")));
        }
        for (at, command) in pipeline.commands.iter().enumerate().skip(1) {
            let is_value = matches!(
                command.operands.first(),
                Some(
                    Operand::Dot
                        | Operand::Nil
                        | Operand::Boolean(_)
                        | Operand::Integer(_)
                        | Operand::Float(_)
                        | Operand::Text(_)
                )
            );
            if is_value {
                return Err(self.wrong(format!("non executable command in pipeline stage {}", at + 1)));
            }
        }
        self.levels -= 1;
        Ok(pipeline)
    }

    fn declarations(&mut self, pipeline: &mut Pipeline, context: &str) -> Parsed<()> {
        let begin = self.next;
        let mut variables = Vec::new();
        loop {
            self.skip_space();
            let Token::Variable(name) = self.peek().clone() else { break };
            self.next += 1;
            variables.push(name);
            self.skip_space();
            match self.peek() {
                Token::Declare | Token::Assign => {
                    pipeline.is_assignment = *self.peek() == Token::Assign;
                    self.next += 1;
                    if !pipeline.is_assignment {
                        variables.iter().for_each(|name| self.variables.declare(name));
                    } else if let Some(unknown) = variables.iter().find(|name| !self.variables.has(name)) {
                        return Err(self.wrong(format!("undefined variable \"{unknown}\"")));
                    }
                    pipeline.variables = variables;
                    return Ok(());
                }
                Token::Comma if context == "range" && variables.len() < 2 => {
                    self.next += 1;
                    self.skip_space();
                    if !matches!(self.peek(), Token::Variable(_)) {
                        return Err(self.wrong("range can only initialize variables"));
                    }
                }
                Token::Comma => return Err(self.wrong(format!("too many declarations in {context}"))),
                _ => break,
            }
        }
        // It declares nothing.
        self.next = begin;
        Ok(())
    }

    fn command(&mut self, end: &Token) -> Parsed<Command> {
        let mut command = Command { operands: Vec::new() };
        loop {
            self.skip_space();
            if let Some(operand) = self.operand()? {
                command.operands.push(operand);
            }
            match self.peek() {
                Token::Space => {}
                Token::Pipe => {
                    self.next += 1;
                    break;
                }
                token if token == end => break,
                Token::Close | Token::CloseParen => break,
                _ => return Err(self.wrong("unexpected token in operand")),
            }
        }
        if command.operands.is_empty() { Err(self.wrong("empty command")) } else { Ok(command) }
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(term) = self.term()? else { return Ok(None) };
        let mut fields = Vec::new();
        while let Token::Field(name) = self.peek() {
            fields.push(name.clone());
            self.next += 1;
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        Ok(Some(match term {
            Operand::Field(mut own) => {
                own.extend(fields);
                Operand::Field(own)
            }
            Operand::Variable(name, mut own) => {
                own.extend(fields);
                Operand::Variable(name, own)
            }
            Operand::Pipeline(pipeline) => Operand::Chain(pipeline, fields),
            Operand::Function(function) => {
                // The function is called, and its value looked into.
                let command = Command { operands: vec![Operand::Function(function)] };
                Operand::Chain(Rc::new(Pipeline { commands: vec![command], ..Pipeline::default() }), fields)
            }
            _ => return Err(self.wrong("unexpected . after term")),
        }))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.peek().clone();
        let operand = match token {
            Token::Word(word) => match word.as_str() {
                "true" => Operand::Boolean(true),
                "false" => Operand::Boolean(false),
                "nil" => Operand::Nil,
                "block" | "break" | "continue" | "define" | "else" | "end" | "if" | "range" | "template" | "with" => {
                    return Err(self.wrong(format!("unexpected <{word}> in operand")));
                }
                name => match Function::named(name) {
                    Some(function) => Operand::Function(function),
                    None => return Err(self.wrong(format!("function \"{name}\" not defined"))),
                },
            },
            Token::Dot => Operand::Dot,
            Token::Variable(name) => {
                if !self.variables.has(&name) {
                    return Err(self.wrong(format!("undefined variable \"{name}\"")));
                }
                Operand::Variable(name, Vec::new())
            }
            Token::Field(name) => Operand::Field(vec![name]),
            Token::Integer(value) => Operand::Integer(value),
            Token::Float(value) => Operand::Float(value),
            Token::String(text) => Operand::Text(text),
            Token::OpenParen => {
                self.next += 1;
                let pipeline = self.pipeline("parenthesized pipeline", &Token::CloseParen)?;
                return Ok(Some(Operand::Pipeline(Rc::new(pipeline))));
            }
            _ => return Ok(None),
        };
        self.next += 1;
        Ok(Some(operand))
    }
}
