//! What a template writes.

use super::super::texts::Draft;
use super::super::{Context, Failure};
use super::functions;
use super::items::{Item, print};
use super::parser::Templates;
use super::tree::{Action, Branch, Command, Function, List, Operand, Pipeline};
use crate::limits;
use crate::rego::value::{Kind, Value};
use crate::rego::vm::machine::Stop;

/// How a list ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// Writes a template.
///
/// # Errors
/// The template asks for what cannot be, or a limit was reached.
pub fn execute(
    context: &mut Context<'_>,
    templates: &Templates,
    name: &str,
    data: Value,
    draft: &mut Draft,
) -> Result<(), Failure> {
    let mut run = Run { context, templates, draft, variables: Vec::new(), base: 0, levels: 0 };
    run.template(name, Item::Data(data))
}

/// The template cannot go on.
pub fn wrong(message: impl Into<String>) -> Failure {
    Failure::of_builtin(format!("template: {}", message.into()))
}

struct Run<'a, 'c, 't> {
    context: &'a mut Context<'c>,
    templates: &'t Templates,
    draft: &'a mut Draft,
    /// The variables of all templates that wait for one another.
    variables: Vec<(&'t str, Item)>,
    /// Where those of the template begin.
    base: usize,
    levels: u64,
}

impl<'t> Run<'_, '_, 't> {
    fn enter(&mut self) -> Result<(), Failure> {
        // INVARIANT (depth): whatever runs inside of something comes through here.
        self.levels += 1;
        let most = 2 * limits::TEMPLATE_NESTING;
        if self.levels > most { Err(Failure::Stop(Stop::Limit("template_nesting"))) } else { Ok(()) }
    }

    fn template(&mut self, name: &str, dot: Item) -> Result<(), Failure> {
        let Some(list) = self.templates.get(name) else {
            return Err(wrong(format!("template \"{name}\" not defined")));
        };
        self.enter()?;
        let base = std::mem::replace(&mut self.base, self.variables.len());
        self.variables.push(("$", dot.clone()));
        self.list(list, &dot)?;
        self.variables.truncate(self.base);
        self.base = base;
        self.levels -= 1;
        Ok(())
    }

    fn list(&mut self, list: &'t List, dot: &Item) -> Result<Flow, Failure> {
        self.enter()?;
        let mut flow = Flow::Next;
        for node in &list.nodes {
            self.context.charge(2)?;
            flow = match node {
                Action::Text(text) => {
                    self.draft.push(text)?;
                    Flow::Next
                }
                Action::Print(pipeline) => {
                    let item = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        print(self.context.stores, self.draft, &item, functions::NO_VALUE)?;
                    }
                    Flow::Next
                }
                Action::If(branch) => self.branch(branch, dot, false)?,
                Action::With(branch) => self.branch(branch, dot, true)?,
                Action::Range(branch) => self.range(branch, dot)?,
                Action::Break => Flow::Break,
                Action::Continue => Flow::Continue,
                Action::Template(name, pipeline) => {
                    let item = match pipeline {
                        Some(pipeline) => self.pipeline(pipeline, dot)?,
                        None => Item::Nothing,
                    };
                    self.template(name, item)?;
                    Flow::Next
                }
            };
            if flow != Flow::Next {
                break;
            }
        }
        self.levels -= 1;
        Ok(flow)
    }

    fn branch(&mut self, branch: &'t Branch, dot: &Item, sets_dot: bool) -> Result<Flow, Failure> {
        let known = self.variables.len();
        let item = self.pipeline(&branch.pipeline, dot)?;
        let flow = if item.holds(self.context.stores) {
            self.list(&branch.then, if sets_dot { &item } else { dot })?
        } else {
            match &branch.otherwise {
                Some(otherwise) => self.list(otherwise, dot)?,
                None => Flow::Next,
            }
        };
        self.variables.truncate(known);
        Ok(flow)
    }

    fn range(&mut self, branch: &'t Branch, dot: &Item) -> Result<Flow, Failure> {
        let known = self.variables.len();
        let over = self.pipeline(&branch.pipeline, dot)?;
        // Its variables are set anew for each part.
        let variables = &branch.pipeline.variables;
        let mut has_any = false;
        let mut turn = |run: &mut Self, key: Item, item: Item| -> Result<bool, Failure> {
            has_any = true;
            run.context.charge(2)?;
            let here = run.variables.len();
            let mut values = match variables.len() {
                2 => vec![key, item.clone()],
                1 => vec![item.clone()],
                _ => Vec::new(),
            };
            run.set(&branch.pipeline, values.drain(..))?;
            let flow = run.list(&branch.then, &item)?;
            run.variables.truncate(here);
            Ok(flow != Flow::Break)
        };
        match &over {
            Item::Nothing => {}
            Item::Integer(count) => {
                if variables.len() > 1 {
                    return Err(wrong(format!("can't use {count} to iterate over more than one variable")));
                }
                for at in 0..*count {
                    if !turn(self, Item::Nothing, Item::Integer(at))? {
                        break;
                    }
                }
            }
            Item::Data(value) => match value.kind() {
                Kind::Null | Kind::Undefined => {}
                Kind::Array(items) => {
                    for at in 0..items.len as usize {
                        let Some(item) = self.context.stores.items(items).get(at).copied() else { break };
                        if !turn(self, Item::Integer(at as i64), Item::Data(item))? {
                            break;
                        }
                    }
                }
                Kind::Object(pairs) => {
                    for at in 0..pairs.len as usize {
                        let Some([key, item]) = self.context.stores.pairs(pairs).get(at).copied() else { break };
                        if !turn(self, Item::Data(key), Item::Data(item))? {
                            break;
                        }
                    }
                }
                _ => return Err(wrong(format!("range can't iterate over a {}", over.type_name()))),
            },
            _ => return Err(wrong(format!("range can't iterate over a {}", over.type_name()))),
        }
        let flow = match &branch.otherwise {
            Some(otherwise) if !has_any => self.list(otherwise, dot)?,
            _ => Flow::Next,
        };
        self.variables.truncate(known);
        Ok(flow)
    }

    /// Sets the variables of a pipeline.
    fn set(&mut self, pipeline: &'t Pipeline, values: impl Iterator<Item = Item>) -> Result<(), Failure> {
        for (name, value) in pipeline.variables.iter().zip(values) {
            if pipeline.is_assignment {
                self.assign(name, value)?;
            } else {
                self.context.room(64 * (self.variables.len() as u64 + 1))?;
                self.variables.push((name, value));
            }
        }
        Ok(())
    }

    fn assign(&mut self, name: &str, value: Item) -> Result<(), Failure> {
        let own = self.variables.get_mut(self.base..).unwrap_or_default();
        self.context.charge(own.len() as u64 / 8)?;
        match own.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, slot)) => {
                *slot = value;
                Ok(())
            }
            None => Err(wrong(format!("undefined variable: {name}"))),
        }
    }

    fn variable(&mut self, name: &str) -> Result<Item, Failure> {
        let own = self.variables.get(self.base..).unwrap_or_default();
        self.context.charge(own.len() as u64 / 8)?;
        let found = own.iter().rev().find(|(known, _)| *known == name);
        found.map(|(_, item)| item.clone()).ok_or_else(|| wrong(format!("undefined variable: {name}")))
    }

    fn pipeline(&mut self, pipeline: &'t Pipeline, dot: &Item) -> Result<Item, Failure> {
        self.enter()?;
        let mut value = None;
        for command in &pipeline.commands {
            // What a command gives is null where there is nothing.
            value = Some(match self.command(command, dot, value)? {
                Item::Data(value) if value == Value::NULL => Item::Nothing,
                item => item,
            });
        }
        let value = value.unwrap_or(Item::Nothing);
        self.set(pipeline, std::iter::repeat(value.clone()))?;
        self.levels -= 1;
        Ok(value)
    }

    /// `last` is what the command before it gives.
    fn command(&mut self, command: &'t Command, dot: &Item, last: Option<Item>) -> Result<Item, Failure> {
        self.context.charge(2)?;
        let Some((first, arguments)) = command.operands.split_first() else { return Ok(Item::Nothing) };
        let has_arguments = !arguments.is_empty() || last.is_some();
        match first {
            Operand::Function(function) => self.call(*function, arguments, dot, last),
            Operand::Nil => Err(wrong("nil is not a command")),
            Operand::Field(fields) | Operand::Variable(_, fields) if has_arguments && !fields.is_empty() => {
                let name = fields.last().map_or("", String::as_str);
                Err(wrong(format!("{name} is not a method but has arguments")))
            }
            _ if has_arguments => Err(wrong("can't give argument to non-function")),
            operand => self.operand(operand, dot),
        }
    }

    fn operand(&mut self, operand: &'t Operand, dot: &Item) -> Result<Item, Failure> {
        Ok(match operand {
            Operand::Dot => dot.clone(),
            Operand::Nil => Item::Nothing,
            Operand::Boolean(value) => Item::Boolean(*value),
            Operand::Integer(value) => Item::Integer(*value),
            Operand::Float(value) => Item::Float(*value),
            Operand::Text(text) => {
                self.context.charge(1 + text.len() as u64 / 16)?;
                Item::Text(text.as_str().into())
            }
            Operand::Field(fields) => self.fields(dot.clone(), fields)?,
            Operand::Variable(name, fields) => {
                let item = self.variable(name)?;
                self.fields(item, fields)?
            }
            Operand::Function(function) => self.call(*function, &[], dot, None)?,
            Operand::Pipeline(pipeline) => self.pipeline(pipeline, dot)?,
            Operand::Chain(pipeline, fields) => {
                let item = self.pipeline(pipeline, dot)?;
                self.fields(item, fields)?
            }
        })
    }

    /// What stands under names, one after the other.
    fn fields(&mut self, item: Item, fields: &[String]) -> Result<Item, Failure> {
        let mut item = item;
        for field in fields {
            self.context.charge(2 + field.len() as u64 / 32)?;
            item = match &item {
                Item::Nothing => Item::Nothing,
                Item::Data(value) => match value.kind() {
                    Kind::Object(pairs) => {
                        let stores = &*self.context.stores;
                        let pairs = stores.pairs(pairs);
                        let found =
                            pairs.binary_search_by(|[key, _]| stores.as_str(*key).unwrap_or_default().cmp(field));
                        match found.ok().and_then(|at| pairs.get(at)) {
                            Some([_, value]) => Item::Data(*value),
                            None => Item::Nothing,
                        }
                    }
                    Kind::Null => return Err(wrong(format!("nil pointer evaluating interface {{}}.{field}"))),
                    _ => return Err(wrong(format!("can't evaluate field {field} in type {}", item.type_name()))),
                },
                _ => return Err(wrong(format!("can't evaluate field {field} in type {}", item.type_name()))),
            };
        }
        Ok(item)
    }

    fn call(
        &mut self,
        function: Function,
        operands: &'t [Operand],
        dot: &Item,
        last: Option<Item>,
    ) -> Result<Item, Failure> {
        let count = operands.len() + usize::from(last.is_some());
        let (least, most) = function.arguments();
        if count < least || count > most {
            let want = if least == most { least.to_string() } else { format!("at least {least}") };
            let name = function.name();
            return Err(wrong(format!("wrong number of args for {name}: want {want} got {count}")));
        }
        self.enter()?;
        let item = if matches!(function, Function::And | Function::Or) {
            self.either(function, operands, dot, last)?
        } else {
            let mut arguments = Vec::with_capacity(count);
            for operand in operands {
                arguments.push(self.operand(operand, dot)?);
            }
            arguments.extend(last);
            functions::call(self.context, function, &arguments)?
        };
        self.levels -= 1;
        Ok(item)
    }

    /// `and` and `or` look at no more than they need.
    fn either(
        &mut self,
        function: Function,
        operands: &'t [Operand],
        dot: &Item,
        last: Option<Item>,
    ) -> Result<Item, Failure> {
        let mut item = Item::Nothing;
        for operand in operands {
            item = self.operand(operand, dot)?;
            if item.holds(self.context.stores) == (function == Function::Or) {
                return Ok(item);
            }
        }
        Ok(last.unwrap_or(item))
    }
}
