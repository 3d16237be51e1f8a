//! The parts that a tree is written with, and the module as a whole.

use super::super::{Answer, Context, Failure};
use crate::rego::syntax::tree::{Import, Name, Package, Span, Statement, Term, Tree};
use crate::rego::value::{Space, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Where a tree is written.
pub struct Nodes<'a, 'c> {
    pub(super) context: &'a mut Context<'c>,
    source: &'a str,
    /// How many `_` there were: each is a variable of its own.
    wildcards: usize,
}

impl<'a, 'c> Nodes<'a, 'c> {
    pub fn new(context: &'a mut Context<'c>, source: &'a str) -> Self {
        Self { context, source, wildcards: 0 }
    }

    /// The tree of a module.
    ///
    /// # Errors
    /// A limit was reached.
    pub fn module(&mut self, tree: &Tree<'_>, file: &str) -> Answer {
        let mut fields = Vec::new();
        let (mut imports, mut rules) = (Vec::new(), Vec::new());
        for statement in &tree.statements {
            match statement {
                Statement::Package(package) => fields.push(("package", self.package(package)?)),
                Statement::Import(import) => imports.push(self.import(import)?),
                Statement::Rule(rule) => self.rule(rule, &mut rules)?,
                Statement::Broken(_) => {}
            }
        }
        let mut comments = Vec::with_capacity(tree.comments.len());
        let mut lines = Lines { source: self.source, at: 0, row: 1 };
        for span in &tree.comments {
            comments.push(self.comment(*span, file, &mut lines)?);
        }
        for (name, list) in [("imports", imports), ("rules", rules), ("comments", comments)] {
            if !list.is_empty() {
                fields.push((name, self.array(&list)?));
            }
        }
        self.object(&fields)
    }

    fn package(&mut self, package: &Package<'_>) -> Answer {
        let mut path = vec![self.variable("data")?];
        path.extend(self.names(&package.path)?);
        let path = self.array(&path)?;
        self.object(&[("path", path)])
    }

    fn import(&mut self, import: &Import<'_>) -> Answer {
        let mut path = Vec::with_capacity(import.path.len());
        if let [root, rest @ ..] = import.path.as_slice() {
            path.push(self.variable(&root.text)?);
            path.extend(self.names(rest)?);
        }
        let path = self.reference(&path)?;
        match &import.alias {
            Some(alias) => {
                let alias = self.text(&alias.text)?;
                self.object(&[("path", path), ("alias", alias)])
            }
            None => self.object(&[("path", path)]),
        }
    }

    fn names(&mut self, names: &[Name<'_>]) -> Result<Vec<Value>, Failure> {
        names.iter().map(|name| self.constant(&name.text)).collect()
    }

    fn comment(&mut self, span: Span, file: &str, lines: &mut Lines<'_>) -> Answer {
        let text = span.text(self.source);
        self.context.charge(1 + text.len() as u64 / 8)?;
        let encoded = STANDARD.encode(text.strip_prefix('#').unwrap_or(text));
        let (row, column) = lines.place(span.start as usize);
        let file = self.text(file)?;
        let place = self.object(&[("file", file), ("row", Value::count(row)), ("col", Value::count(column))])?;
        let text = self.text(&encoded)?;
        self.object(&[("Text", text), ("Location", place)])
    }

    /// How a term is written.
    pub(super) fn text_of(&self, term: &Term<'_>) -> &str {
        term.span.text(self.source)
    }

    pub(super) fn text(&mut self, text: &str) -> Answer {
        self.context.charge(1)?;
        Ok(self.context.stores.make_string(Space::Heap, text)?)
    }

    pub(super) fn array(&mut self, items: &[Value]) -> Answer {
        self.context.charge(1 + items.len() as u64 / 4)?;
        Ok(self.context.stores.make_array(Space::Heap, items)?)
    }

    pub(super) fn object(&mut self, fields: &[(&str, Value)]) -> Answer {
        self.context.charge(1 + fields.len() as u64)?;
        let mut pairs = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            pairs.push([self.text(name)?, *value]);
        }
        Ok(self.context.stores.make_object(Space::Heap, &mut pairs)?)
    }

    /// A term of a type.
    pub(super) fn node(&mut self, of_type: &str, value: Value) -> Answer {
        let of_type = self.text(of_type)?;
        self.object(&[("type", of_type), ("value", value)])
    }

    pub(super) fn constant(&mut self, text: &str) -> Answer {
        let text = self.text(text)?;
        self.node("string", text)
    }

    pub(super) fn truth(&mut self) -> Answer {
        self.node("boolean", Value::TRUE)
    }

    /// A variable; a `_` gets a name that no other has.
    pub(super) fn variable(&mut self, name: &str) -> Answer {
        let name = if name == "_" {
            self.wildcards += 1;
            self.text(&format!("${}", self.wildcards - 1))?
        } else {
            self.text(name)?
        };
        self.node("var", name)
    }

    pub(super) fn reference(&mut self, parts: &[Value]) -> Answer {
        let parts = self.array(parts)?;
        self.node("ref", parts)
    }

    /// The reference to a builtin.
    pub(super) fn builtin(&mut self, name: &str) -> Answer {
        let mut parts = Vec::new();
        for part in name.split('.') {
            parts.push(if parts.is_empty() { self.variable(part)? } else { self.constant(part)? });
        }
        self.reference(&parts)
    }
}

/// A text whose lines are counted on the way through it.
struct Lines<'s> {
    source: &'s str,
    at: usize,
    row: usize,
}

impl Lines<'_> {
    /// Row and column of a byte that is no earlier than the one before.
    fn place(&mut self, byte: usize) -> (usize, usize) {
        self.row += self.source.get(self.at..byte).unwrap_or_default().matches('\n').count();
        self.at = byte;
        let before = self.source.get(..byte).unwrap_or_default();
        let line = before.rfind('\n').and_then(|at| before.get(at + 1..)).unwrap_or(before);
        (self.row, line.chars().count() + 1)
    }
}
