//! `Outline`: what a module declares and calls, kept beside the program after its text has been read.

use crate::rego::syntax::tree::{self, HeadValue, Part, Span, Term, TermKind, Tree};
use crate::rego::syntax::visit;
use crate::rego::value::double;
use crate::sorted;
use crate::typed::json::Value as Json;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A parsed module, as far as contracts and questions need it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outline {
    /// The package path, without `data`.
    pub package: Vec<String>,
    /// Where the package path stands.
    pub package_range: Range<usize>,
    /// Rules in source order, defaults included.
    pub rules: Vec<Rule>,
    /// The functions that are called, as they are written.
    pub calls: sorted::Set<String>,
}

/// What a rule makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rule {
    /// The name, with the ground parts of a reference in the head.
    pub path: Vec<String>,
    /// What it makes.
    pub kind: RuleKind,
    /// Whether it gives a value under keys that evaluation decides: a part of its head is no constant.
    pub has_open_keys: bool,
    /// Whether it is a `default`.
    pub is_default: bool,
    /// Whether it has a body, an `else` included.
    pub has_body: bool,
    /// Where the name stands.
    pub name_range: Range<usize>,
    /// The whole rule.
    pub range: Range<usize>,
    /// Where further bodies of the same head stand, each of which is a rule of its own to OPA: `p { … } { … }`.
    pub chained: Vec<Range<usize>>,
    /// The values that the heads name: the value of a complete rule, the elements of a set. Several with `else`. Contracts look at
    /// them when a text is checked; the bytes of a program do not carry them.
    #[serde(skip)]
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

impl Outline {
    /// What a module declares whose text could be read.
    pub fn of(tree: &Tree<'_>) -> Self {
        let package = tree.package();
        let names = package.map(|package| package.path.as_slice()).unwrap_or_default();
        let first = names.first().map_or(Span::default(), |name| name.span);
        Self {
            package: names.iter().map(|name| name.text.to_string()).collect(),
            package_range: package.map_or(first, |package| Span { start: first.start, end: package.span.end }).range(),
            rules: tree.rules().map(rule).collect(),
            calls: calls(tree),
        }
    }

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

    /// `data.<package>` as text.
    pub fn package_text(&self) -> String {
        self.package.join(".")
    }
}

/// A path in which the first part is a name, as it is written: `a.b["c-d"]`.
pub fn path_text(path: &[String]) -> String {
    let mut text = path.first().cloned().unwrap_or_default();
    path.iter().skip(1).for_each(|part| push_part(&mut text, part));
    text
}

fn push_part(name: &mut String, part: &str) {
    let is_name = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name {
        name.push('.');
        name.push_str(part);
    } else {
        name.push_str(&format!("[{}]", Json::String(part.to_owned())));
    }
}

fn rule(rule: &tree::Rule<'_>) -> Rule {
    let head = &rule.head;
    let name_range = head.reference.first().map_or(head.span, |part| part.term.span).range();
    let kind = match rule.kind() {
        tree::RuleKind::Function => RuleKind::Function { arguments: head.args.as_ref().map_or(0, Vec::len) },
        tree::RuleKind::PartialSet => RuleKind::PartialSet,
        tree::RuleKind::PartialObject => RuleKind::PartialObject,
        tree::RuleKind::Complete => RuleKind::Complete,
    };
    let value_of = |value: &Option<HeadValue<'_>>, range: Range<usize>| match value {
        Some(value) => Some(literal(&value.term)),
        // A head that names no value means true.
        None if kind == RuleKind::Complete => Some(Literal { shape: Shape::Scalar(ScalarKind::Boolean), range }),
        None => None,
    };
    let mut values: Vec<Literal> = match &head.key {
        Some(key) => vec![literal(key)],
        None => value_of(&head.value, name_range.clone()).into_iter().collect(),
    };
    for branch in &rule.elses {
        values.extend(value_of(&branch.value, branch.span.range()));
    }
    let is_constant = |term: &Term<'_>| {
        matches!(term.kind, TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_))
    };
    let gives_values = matches!(kind, RuleKind::Complete | RuleKind::PartialObject);
    Rule {
        path: ground_path(&head.reference),
        kind,
        has_open_keys: gives_values && head.reference.iter().skip(1).any(|part| !is_constant(&part.term)),
        is_default: rule.is_default,
        has_body: rule.body.is_some(),
        name_range,
        range: rule.span.range(),
        chained: rule.chained.iter().map(|body| body.span.range()).collect(),
        values,
    }
}

/// The names up to the first part that evaluation decides, or that leads to no rule, as a number does.
fn ground_path(reference: &[Part<'_>]) -> Vec<String> {
    let name = |part: &Part<'_>| part.term.as_var().or(part.term.as_string()).map(str::to_owned);
    let first = reference.first().and_then(name);
    let rest = reference.iter().skip(1).map_while(|part| part.term.as_string().map(str::to_owned));
    first.into_iter().chain(rest).collect()
}

fn literal(term: &Term<'_>) -> Literal {
    let shape = match &term.kind {
        TermKind::Null => Shape::Scalar(ScalarKind::Null),
        TermKind::Boolean(_) => Shape::Scalar(ScalarKind::Boolean),
        TermKind::Number(digits) => Shape::Scalar(ScalarKind::Number { natural: natural(digits) }),
        TermKind::String(text) => Shape::Scalar(ScalarKind::String { is_blank: text.trim().is_empty() }),
        TermKind::Template(_) => Shape::Scalar(ScalarKind::String { is_blank: false }),
        TermKind::Array(items) | TermKind::Set(items) => Shape::Collection(items.iter().map(literal).collect()),
        TermKind::Object(pairs) => Shape::Object(
            pairs.iter().map(|(key, value)| (key.as_string().map(str::to_owned), literal(value))).collect(),
        ),
        TermKind::ArrayComprehension(found) | TermKind::SetComprehension(found) => {
            Shape::Comprehension(Box::new(literal(&found.value)))
        }
        TermKind::ObjectComprehension(_) => Shape::ObjectComprehension,
        _ => Shape::Unknown,
    };
    Literal { shape, range: term.span.range() }
}

/// A number's value where it is a whole one from 0, however it is written.
fn natural(digits: &str) -> Option<u64> {
    let whole = |value: f64| value >= 0.0 && value.fract() == 0.0 && value < 9_007_199_254_740_992.0;
    let value = || double::read(digits).filter(|value| whole(*value)).map(|value| value as u64);
    digits.parse().ok().or_else(value)
}

fn calls(tree: &Tree<'_>) -> sorted::Set<String> {
    let mut calls = sorted::Set::new();
    visit::terms(tree, &mut |term| {
        if let TermKind::Call(call) = &term.kind {
            calls.extend(call.function.dotted_name());
        }
    });
    calls
}
