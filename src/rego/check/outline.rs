//! `Outline`: what a parsed module declares and calls, without saying which parser read it.

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
    /// A number, and whether it is a whole one above zero.
    Number {
        /// Whether it is a whole number of at least one.
        is_positive_integer: bool,
    },
    /// A string.
    String,
}

impl ScalarKind {
    /// The word for it in a message.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number { .. } => "a number",
            Self::String => "a string",
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
    /// Where the name stands.
    pub range: Range<usize>,
    /// The rule that it stands in, as an index into [`Outline::rules`].
    pub rule: usize,
}

impl Outline {
    /// The rules of this name, defaults included; a reference in a head counts by its first part.
    pub fn rules_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Rule> + 'a {
        self.rules
            .iter()
            .filter(move |rule| rule.path.first().is_some_and(|first| first == name))
    }

    /// `data.<package>` as text.
    pub fn package_text(&self) -> String {
        self.package.join(".")
    }
}
