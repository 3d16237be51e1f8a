//! `Outline`: what a parsed module declares and calls, without saying which parser read it.

use std::collections::BTreeSet;
use std::ops::Range;

/// A parsed module, as far as the checks need it.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// The package path, without `data`.
    pub package: Vec<String>,
    /// Where the package path stands.
    pub package_range: Range<usize>,
    /// Imports of data, with the name that each introduces.
    pub imports: Vec<Import>,
    /// Rules in source order, defaults included.
    pub rules: Vec<Rule>,
    /// Function calls in source order.
    pub calls: Vec<Call>,
    /// References to what may be rules, calls left out.
    pub references: Vec<Reference>,
    /// Names whose value an assignment takes as it is: `x := y`.
    pub copied: Vec<Mention>,
    /// What `with` replaces: functions, and parts of `input` and `data`.
    pub replaced: Vec<Mention>,
    /// What it puts there, where that has a name: a function, or a value.
    pub replacements: Vec<Mention>,
}

/// `import data.a.b as name`
#[derive(Debug, Clone)]
pub struct Import {
    /// The whole path, its root included.
    pub path: Vec<String>,
    /// The name that it introduces.
    pub name: String,
}

/// What a rule makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// One value.
    Complete,
    /// A set, element by element.
    PartialSet,
    /// An object, key by key.
    PartialObject,
    /// A function.
    Function {
        /// How many arguments it takes.
        arguments: usize,
    },
}

/// One rule or default.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The name, with the ground parts of a reference in the head.
    pub path: Vec<String>,
    /// What it makes.
    pub kind: RuleKind,
    /// Whether it is a `default`.
    pub is_default: bool,
    /// Whether it has a body, an `else` included.
    pub has_body: bool,
    /// Whether it is a name alone, without value, key or body.
    pub is_bare: bool,
    /// Names that mean a variable somewhere in the rule, and not a rule or an import: arguments, `:=`, `some`, `every`.
    pub locals: BTreeSet<String>,
    /// Where the name stands.
    pub name_range: Range<usize>,
    /// The whole rule.
    pub range: Range<usize>,
    /// The values that the heads name: the value of a complete rule, the elements of a set. Several with `else`.
    pub values: Vec<Literal>,
}

/// A term as it is written: its kind is known where it is a literal.
#[derive(Debug, Clone)]
pub struct Literal {
    /// What it is, as far as the text says.
    pub shape: Shape,
    /// Where it stands.
    pub range: Range<usize>,
}

/// The kind of a term, as far as its text says.
#[derive(Debug, Clone)]
pub enum Shape {
    /// `null`, a boolean, a number or a string.
    Scalar(ScalarKind),
    /// An array or set literal with its elements.
    Collection(Vec<Literal>),
    /// An object literal; a key is known where it is a string.
    Object(Vec<(Option<String>, Literal)>),
    /// An array or set comprehension, with its term.
    Comprehension(Box<Literal>),
    /// An object comprehension.
    ObjectComprehension,
    /// A variable, a call or another term whose kind only evaluation shows.
    Unknown,
}

/// The kind of a scalar literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarKind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number {
        /// Its value where it is a whole number from 0.
        natural: Option<u64>,
    },
    /// A string.
    String {
        /// Whether there is nothing but blanks in it.
        is_blank: bool,
    },
}

impl ScalarKind {
    /// The word for it in a message.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number { .. } => "a number",
            Self::String { .. } => "a string",
        }
    }
}

/// One function call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The name as it is written, split at its dots.
    pub path: Vec<String>,
    /// How many arguments are written.
    pub arguments: usize,
    /// Those that are strings, each with where it stands. Only of builtins that take patterns.
    pub texts: Vec<Option<(String, Range<usize>)>>,
    /// Whether the call is a whole statement: only then may its last argument be its result.
    pub is_statement: bool,
    /// Where the name stands.
    pub range: Range<usize>,
    /// The rule that it stands in, as an index into [`Outline::rules`].
    pub rule: usize,
}

/// A name that stands somewhere by itself.
#[derive(Debug, Clone)]
pub struct Mention {
    /// The name as it is written, split at its dots.
    pub path: Vec<String>,
    /// Where it stands.
    pub range: Range<usize>,
    /// The rule that it stands in, as an index into [`Outline::rules`].
    pub rule: usize,
}

/// A reference in a body or a head.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Its parts, the first a name; a part that only evaluation knows is none.
    pub parts: Vec<Option<String>>,
    /// The rule that it stands in, as an index into [`Outline::rules`].
    pub rule: usize,
}

impl Outline {
    /// The rules of this name, defaults included; a reference in a head counts by its first part.
    pub fn rules_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Rule> + 'a {
        self.rules.iter().filter(move |rule| rule.path.first().is_some_and(|first| first == name))
    }

    /// `data.<package>.<path>` as OPA writes it: a part that is no name stands in brackets.
    pub fn full_name(&self, path: &[String]) -> String {
        let mut name = "data".to_owned();
        for part in self.package.iter().chain(path) {
            push_part(&mut name, part);
        }
        name
    }

    /// The full names that a reference may mean, the nearest first: a rule of the package, of an import, of its own path.
    pub fn meanings(&self, path: &[String]) -> Vec<String> {
        let mut meanings = vec![self.full_name(path)];
        let Some((first, rest)) = path.split_first() else { return meanings };
        for import in self.imports.iter().filter(|import| import.name == *first) {
            meanings.push(whole_name(import.path.iter().chain(rest)));
        }
        meanings.push(whole_name(path.iter()));
        meanings
    }

    /// `data.<package>` as text.
    pub fn package_text(&self) -> String {
        self.package.join(".")
    }
}

fn whole_name<'a>(mut parts: impl Iterator<Item = &'a String>) -> String {
    let mut name = parts.next().cloned().unwrap_or_default();
    for part in parts {
        push_part(&mut name, part);
    }
    name
}

fn push_part(name: &mut String, part: &str) {
    let is_name = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name {
        name.push('.');
        name.push_str(part);
    } else {
        name.push_str(&format!("[{}]", serde_json::Value::from(part)));
    }
}
