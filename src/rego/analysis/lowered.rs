//! The lowered form of a bundle: what the checks work on, and what a compiler starts from.
//!
//! It says what OPA's rewriting stages leave behind. Names are resolved: what means a rule, an import, `data` or
//! `input` is a [`Ref`] that begins with a full path; everything else is a numbered variable of its rule. A body is a
//! list of expressions without nesting: calls have been taken out of terms, each into an expression of its own that
//! comes first and gives its result to a variable. `x := y`, `x = y` and `some k, v in c` are [`ExprKind::Unify`]. A
//! template string is a call of `internal.template_string`, and `print` one of `internal.print`, with an array of sets
//! that are empty where a piece is undefined. The value of a head or a branch without one is written out (`true`).
//!
//! Two forms have these types, one after the other:
//! 1. *expanded*, on which names, calls, conflicts and safety are checked: references and comprehensions still stand
//!    inside of terms; `a == b` is a call of `equal`;
//! 2. *ordered*, in [`super::Checked`], on which types are checked: the expressions of each body are in an order in
//!    which every variable has its value when it is needed (as OPA orders them), `a == b` as a statement is a
//!    [`ExprKind::Unify`], and references and comprehensions that are arguments, elements or indices have been taken
//!    out into `variable = reference` before the expression. A body with something unsafe keeps the
//!    order of its text.
//!
//! INVARIANT (variables): a [`VarId`] counts within its rule, and no two declarations share one; every branch of a
//! rule uses the numbers of the arguments, and has numbers of its own for all else. INVARIANT (places): every term
//! and expression has the range of the text that it was made of; what was made without a text of its own has the
//! range of what it stands for.

use super::finding::Told;
pub use super::paths::{FullPath, PathId, Paths, Reached, Root};
use super::rule_tree::{NodeId, RuleTree};
use crate::rego::source::Dialect;
use crate::rego::syntax::annotations::Annotations;
use crate::rego::syntax::tree::{RuleKind, Span};
use std::borrow::Cow;
use std::sync::Arc;

/// All modules that are checked together.
#[derive(Debug, Default)]
pub struct Bundle<'s> {
    /// In the order in which they were given.
    pub modules: Vec<Module<'s>>,
    /// The rules of all modules: by module, then as in the text.
    pub rules: Vec<Rule<'s>>,
    /// The full paths with which references begin.
    pub paths: Paths<'s>,
    /// Packages and rules by their paths.
    pub tree: RuleTree<'s>,
    /// The rules in an order in which each comes after those that it needs, as far as there is such an order.
    pub order: Vec<RuleId>,
}

/// A rule, as an index into [`Bundle::rules`].
pub type RuleId = usize;

/// A module.
#[derive(Debug)]
pub struct Module<'s> {
    /// The name of its file.
    pub file: &'s str,
    /// The text.
    pub source: &'s str,
    /// The dialect in which it was read; V1 too where it imports `rego.v1`.
    pub dialect: Dialect,
    /// The path of the package, `data` included. Without a package it is `data` alone.
    pub package: PathId,
    /// Where the package is named; empty at the start of the text where it is not.
    pub package_span: Span,
    /// Whether parts of the text could not be read, so that names from it may be missing.
    pub is_broken: bool,
    /// The first byte of each line.
    pub line_starts: Vec<u32>,
    /// The blocks of metadata, in the order of the text.
    pub annotations: &'s [Annotations],
}

impl Module<'_> {
    /// The line of a byte, from 1.
    pub fn line(&self, byte: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= byte).max(1)
    }
}

/// A rule: a head with its branches. Chained bodies of v0 are rules of their own.
#[derive(Debug)]
pub struct Rule<'s> {
    /// The module, as an index into [`Bundle::modules`].
    pub module: usize,
    /// The statement that it was, as an index into [`crate::rego::syntax::tree::Tree::statements`].
    pub statement: usize,
    /// The body, as an index into [`crate::rego::syntax::tree::Rule::chained`], where it was one of those.
    pub chained: Option<usize>,
    /// Its full path up to the first part that is no constant, in the tree of paths.
    pub node: NodeId,
    /// What it adds to.
    pub kind: RuleKind,
    /// Whether it is a `default`.
    pub is_default: bool,
    /// The whole rule with its branches; of a chained body, that body.
    pub span: Span,
    /// The head.
    pub head_span: Span,
    /// The name and what follows it in the head, as written.
    pub name_span: Span,
    /// All variables of the rule and its branches.
    pub variables: Vec<Variable<'s>>,
    /// The arguments of a function: patterns of variables, constants, arrays and objects.
    pub args: Vec<Term<'s>>,
    /// The rule itself, then its `else` branches. Never empty.
    pub branches: Vec<Branch<'s>>,
    /// Whether something is wrong with it, so that its types say nothing.
    pub is_refused: bool,
    /// Whether a part of it could not be read: nothing is said of it. Such a rule is refused, too.
    pub is_broken: bool,
}

/// What a rule says with one of its bodies.
#[derive(Debug)]
pub struct Branch<'s> {
    /// The branch with its body; of the first, the whole rule.
    pub span: Span,
    /// Where OPA reports what is wrong with it.
    pub opa: u32,
    /// The path below the package: a string first, then constants and variables.
    pub reference: Vec<Term<'s>>,
    /// What is put into a set; no call, reference or comprehension stands in it.
    pub key: Option<Term<'s>>,
    /// The value, `true` where none is written; absent where there is a key. Nothing in it needs to be evaluated.
    pub value: Option<Term<'s>>,
    /// What must hold; a rule without a body has an empty one, and so has a default.
    pub body: Body<'s>,
}

/// Expressions that must all hold.
pub type Body<'s> = Vec<Expr<'s>>;

/// A variable, as an index into [`Rule::variables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarId(pub u32);

/// A variable of a rule.
#[derive(Debug, Clone)]
pub struct Variable<'s> {
    /// As it is written: `_` where it has no name; empty where it was made while lowering.
    pub name: &'s str,
    /// Where it is declared or stands first; what it stands for where it was made while lowering.
    pub span: Span,
    /// How it came to be.
    pub origin: Origin,
    /// Whether something is wrong with its name, and has been said: then nothing more is.
    pub is_told: bool,
}

/// How a variable came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An argument of a function.
    Argument,
    /// `x := …`
    Assigned,
    /// `some x`, `some x in …`, `every x in …`
    Declared,
    /// It is used without a declaration.
    Used,
    /// `_`
    Wildcard,
    /// It was made while lowering, for the value of what it stands for.
    Made,
}

impl Variable<'_> {
    /// Whether OPA counts it as one of its own and does not name it. It takes a variable for its own by its name.
    pub fn is_generated(&self) -> bool {
        self.origin == Origin::Made || self.name.starts_with("__local")
    }
}

/// One expression of a body.
#[derive(Debug, Clone)]
pub struct Expr<'s> {
    /// The text that it says: of a statement all of it, of what was taken out of one that part.
    pub span: Span,
    /// Where OPA reports what is wrong with it.
    pub opa: u32,
    /// Whether `not` stands before it. What was taken out of a statement is not negated with it.
    pub is_negated: bool,
    /// Whether it was made while lowering. The last argument of a call that was made is its result.
    pub is_made: bool,
    /// What it says.
    pub kind: ExprKind<'s>,
    /// What is replaced while it is asked. What was taken out of a statement has the replacements of the statement.
    pub with: Option<Arc<[With<'s>]>>,
}

/// What an expression says.
#[derive(Debug, Clone)]
pub enum ExprKind<'s> {
    /// A term that must be neither false nor undefined.
    Term(Term<'s>),
    /// A function that must answer, and not with false where its result is not asked for.
    Call(Call<'s>),
    /// Both are equal; variables without a value get one.
    Unify(Term<'s>, Term<'s>),
    /// The body holds for every element.
    Every(Box<Every<'s>>),
    /// Text that could not be read.
    Broken,
}

/// A function with its arguments.
#[derive(Debug, Clone)]
pub struct Call<'s> {
    /// The function.
    pub function: Function<'s>,
    /// Where it is named; an operator where it is written as one.
    pub function_span: Span,
    /// The arguments; where there is one more than the function takes, the last is matched with the result.
    pub args: Vec<Term<'s>>,
}

/// What is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function<'s> {
    /// A builtin.
    Builtin(&'static str),
    /// A function of the host, as an index into [`super::Options::host_functions`].
    Host(usize),
    /// The rules with this path.
    Rules(NodeId),
    /// Nothing has this name.
    Unknown {
        /// What its first name means, where it is the name of an import or a rule, or a root.
        path: Option<PathId>,
        /// The first name; all of it where not all parts are constant.
        name: &'s str,
        /// The parts behind it.
        rest: Vec<&'s str>,
        /// For whom it is that there is no such function. Nothing is said of what may be the name of a rule in text that could
        /// not be read, or where something else is wrong with it.
        told: Option<Told>,
    },
}

/// `every key, value in domain { body }`
#[derive(Debug, Clone)]
pub struct Every<'s> {
    /// The variable of the keys; made where none is written.
    pub key: Term<'s>,
    /// The variable of the values.
    pub value: Term<'s>,
    /// What is walked: always a variable, which the expression before this one gives its value.
    pub domain: Term<'s>,
    /// What must hold.
    pub body: Body<'s>,
}

/// `with target as value`
#[derive(Debug, Clone)]
pub struct With<'s> {
    /// From the word `with` to the end of the value.
    pub span: Span,
    /// What is replaced.
    pub target: Target<'s>,
    /// Where it is named.
    pub target_span: Span,
    /// By what.
    pub value: Replacement<'s>,
    /// Where that stands.
    pub value_span: Span,
}

/// What is replaced.
#[derive(Debug, Clone)]
pub enum Target<'s> {
    /// A part of `input` or `data`.
    Document(Ref<'s>),
    /// A function; rules that are none are [`Target::Document`].
    Function(Function<'s>),
    /// Nothing that can be replaced; it has been reported.
    Refused(Term<'s>),
}

/// What takes the place of something.
#[derive(Debug, Clone)]
pub enum Replacement<'s> {
    /// A value: a constant, a variable, or a collection of them; for a function also the full path of a rule, whose
    /// value is asked when the function is called.
    Value(Term<'s>),
    /// A function.
    Function(Function<'s>),
}

/// A term.
#[derive(Debug, Clone)]
pub struct Term<'s> {
    /// Its text; what it stands for where it was made while lowering.
    pub span: Span,
    /// Where OPA reports what is wrong with it.
    pub opa: u32,
    /// What it is.
    pub kind: TermKind<'s>,
}

/// What a term is.
#[derive(Debug, Clone)]
pub enum TermKind<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// The digits as they are written, with their sign.
    Number(Cow<'s, str>),
    /// The characters.
    String(Cow<'s, str>),
    /// A variable of the rule.
    Var(VarId),
    /// A document, or a part of one or of a variable.
    Ref(Box<Ref<'s>>),
    /// `[a, b]`
    Array(Vec<Term<'s>>),
    /// `{a: b}`
    Object(Vec<(Term<'s>, Term<'s>)>),
    /// `{a, b}`
    Set(Vec<Term<'s>>),
    /// `[a | …]`
    ArrayComprehension(Box<Comprehension<'s>>),
    /// `{a | …}`
    SetComprehension(Box<Comprehension<'s>>),
    /// `{a: b | …}`
    ObjectComprehension(Box<Comprehension<'s>>),
    /// Text that could not be read.
    Broken,
}

/// A document with what is looked up in it.
#[derive(Debug, Clone)]
pub struct Ref<'s> {
    /// Where the look-up begins.
    pub head: RefHead,
    /// Where the name stands that the head was written as.
    pub head_span: Span,
    /// What is looked up, one after the other. With a variable as head there is at least one.
    pub parts: Vec<Term<'s>>,
}

/// Where a look-up begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefHead {
    /// A value that the body has found.
    Var(VarId),
    /// A full path: `data`, `input`, or what an import or the name of a rule means.
    Path(PathId),
}

/// A comprehension.
#[derive(Debug, Clone)]
pub struct Comprehension<'s> {
    /// The key of an object comprehension: like the value.
    pub key: Option<Term<'s>>,
    /// What is collected; nothing in it needs to be evaluated.
    pub value: Term<'s>,
    /// For which solutions.
    pub body: Body<'s>,
}

impl<'s> Expr<'s> {
    /// What is replaced while it is asked.
    pub fn replacements(&self) -> &[With<'s>] {
        self.with.as_deref().unwrap_or_default()
    }
}

impl<'s> Term<'s> {
    /// The variable, where the term is one.
    pub fn as_var(&self) -> Option<VarId> {
        match self.kind {
            TermKind::Var(id) => Some(id),
            _ => None,
        }
    }

    /// Whether it is a constant without parts.
    pub fn is_scalar(&self) -> bool {
        matches!(self.kind, TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_))
    }
}
