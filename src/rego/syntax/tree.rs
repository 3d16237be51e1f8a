//! The syntax tree of a module: typed, with the byte range of every node, over tokens that cover the text.
//!
//! Nodes borrow from the text. What could not be read is a node too (`Broken`), so that a text with errors has a tree of
//! everything else; its errors stand beside the tree, in [`super::Parsed`].
//!
//! INVARIANT (places): a node's span begins and ends at ends of tokens, and holds the spans of its children, which are
//! in the order of the text. INVARIANT (depth): no node is deeper than [`crate::limits::SOURCE_NESTING`] allows, so
//! that whoever walks the tree may recurse.

use std::borrow::Cow;

/// A half-open range of bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The first byte after it.
    pub end: u32,
}

impl Span {
    /// From the start of this span to the end of `last`.
    #[must_use]
    pub fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end.max(self.start) }
    }

    /// As a range for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text of the span in the source that it belongs to.
    pub fn text(self, source: &str) -> &str {
        source.get(self.range()).unwrap_or("")
    }
}

/// A module: statements in the order of the text.
#[derive(Debug, Clone, Default)]
pub struct Tree<'s> {
    /// Package, imports, rules and what is none of them.
    pub statements: Vec<Statement<'s>>,
    /// Every comment, from its `#` to the end of its line without the line end.
    pub comments: Vec<Span>,
}

impl<'s> Tree<'s> {
    /// The package, where the module names one.
    pub fn package(&self) -> Option<&Package<'s>> {
        self.statements.iter().find_map(|statement| match statement {
            Statement::Package(package) => Some(package),
            _ => None,
        })
    }

    /// The imports.
    pub fn imports(&self) -> impl Iterator<Item = &Import<'s>> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Import(import) => Some(import),
            _ => None,
        })
    }

    /// The rules, in the order of the text.
    pub fn rules(&self) -> impl Iterator<Item = &Rule<'s>> {
        self.statements.iter().filter_map(|statement| match statement {
            Statement::Rule(rule) => Some(rule.as_ref()),
            _ => None,
        })
    }
}

/// One statement of a module.
#[derive(Debug, Clone)]
pub enum Statement<'s> {
    /// `package a.b`
    Package(Package<'s>),
    /// `import data.a as b`
    Import(Import<'s>),
    /// A rule with all its bodies.
    Rule(Box<Rule<'s>>),
    /// Text that is no statement.
    Broken(Span),
}

impl Statement<'_> {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Self::Package(package) => package.span,
            Self::Import(import) => import.span,
            Self::Rule(rule) => rule.span,
            Self::Broken(span) => *span,
        }
    }
}

/// A name, or a string that stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<'s> {
    /// What it says.
    pub text: Cow<'s, str>,
    /// Where it stands; of a string, with its quotation marks.
    pub span: Span,
}

/// `package a.b["c"]`
#[derive(Debug, Clone)]
pub struct Package<'s> {
    /// From the word `package` to the end of the path.
    pub span: Span,
    /// The parts, without `data`; at least one.
    pub path: Vec<Name<'s>>,
}

/// `import data.a.b as c`
#[derive(Debug, Clone)]
pub struct Import<'s> {
    /// From the word `import` to its end.
    pub span: Span,
    /// The parts with the root (`data`, `input`, `future`, `rego`) first.
    pub path: Vec<Name<'s>>,
    /// The place of the path.
    pub path_span: Span,
    /// The name behind `as`.
    pub alias: Option<Name<'s>>,
}

impl<'s> Import<'s> {
    /// The name under which the module knows what it imports.
    pub fn name(&self) -> &str {
        self.alias.as_ref().or(self.path.last()).map_or("", |name| &name.text)
    }

    /// Whether it imports keywords and nothing else: `rego.v1`, `future.keywords` and below.
    pub fn is_of_keywords(&self) -> bool {
        matches!(self.path.first().map(|name| name.text.as_ref()), Some("rego" | "future"))
    }

    /// Whether it is `import rego.v1`.
    pub fn is_rego_v1(&self) -> bool {
        matches!(self.path.as_slice(), [root, version] if root.text == "rego" && version.text == "v1")
    }

    /// The words that it makes keywords: all of them for `future.keywords` and `rego.v1`.
    pub fn keywords(&self) -> &'static [&'static str] {
        const ALL: [&str; 4] = ["in", "every", "contains", "if"];
        let [first, second, rest @ ..] = self.path.as_slice() else { return &[] };
        match (first.text.as_ref(), second.text.as_ref(), rest) {
            ("rego", "v1", []) | ("future", "keywords", []) => &ALL,
            ("future", "keywords", [word]) => match word.text.as_ref() {
                "in" => &["in"],
                "every" => &["every", "in"],
                "contains" => &["contains"],
                "if" => &["if"],
                _ => &[],
            },
            _ => &[],
        }
    }
}

/// A rule: a head with what makes it true.
#[derive(Debug, Clone)]
pub struct Rule<'s> {
    /// From the first word (`default` where it is there) to the end of the last body.
    pub span: Span,
    /// Whether it gives the value that holds where no other rule of the name does.
    pub is_default: bool,
    /// Name, arguments, key and value.
    pub head: Head<'s>,
    /// What must hold; absent where nothing is asked, as in `p := 1` and `p contains 1`.
    pub body: Option<Body<'s>>,
    /// The branches that are tried one after the other where the body does not hold.
    pub elses: Vec<Else<'s>>,
    /// Further bodies of the same head, as v0 has them: `p { … } { … }`.
    pub chained: Vec<Body<'s>>,
}

/// The head of a rule.
///
/// What OPA makes of the forms of v0 has been done: `p[x] { … }` without `if` and `contains` has the reference `p` and the
/// key `x`, like `p contains x`.
#[derive(Debug, Clone)]
pub struct Head<'s> {
    /// From the name to the end of key or value.
    pub span: Span,
    /// The name and what follows it: the first part is a variable. Never empty.
    pub reference: Vec<Part<'s>>,
    /// The arguments of a function, at least one; absent where the rule is none.
    pub args: Option<Vec<Term<'s>>>,
    /// What is put into the set of a partial set rule.
    pub key: Option<Term<'s>>,
    /// Whether the key is written with the word `contains`.
    pub has_contains: bool,
    /// The value behind `:=` or `=`; without it, and without a key, it is `true`.
    pub value: Option<HeadValue<'s>>,
}

/// The value of a head.
#[derive(Debug, Clone)]
pub struct HeadValue<'s> {
    /// Whether it is written with `:=`.
    pub is_assigned: bool,
    /// The value.
    pub term: Term<'s>,
}

/// What a rule adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// A function.
    Function,
    /// A set, one element by rule and solution.
    PartialSet,
    /// An object, one key by rule and solution: its reference has a part that is no constant.
    PartialObject,
    /// One value at one path.
    Complete,
}

impl<'s> Rule<'s> {
    /// What the rule adds to.
    pub fn kind(&self) -> RuleKind {
        if self.head.args.is_some() {
            RuleKind::Function
        } else if self.head.key.is_some() {
            RuleKind::PartialSet
        } else if self.head.reference.iter().skip(1).any(|part| !part.term.is_ground()) {
            RuleKind::PartialObject
        } else {
            RuleKind::Complete
        }
    }

    /// All bodies of the head itself: the first and those chained to it.
    pub fn bodies(&self) -> impl Iterator<Item = &Body<'s>> {
        self.body.iter().chain(&self.chained)
    }
}

impl Head<'_> {
    /// The first part of the reference.
    pub fn name(&self) -> &str {
        self.reference.first().map_or("", |part| match &part.term.kind {
            TermKind::Var(name) => name,
            _ => "",
        })
    }
}

/// `else := value if { … }`
#[derive(Debug, Clone)]
pub struct Else<'s> {
    /// From the word `else` to the end of its body.
    pub span: Span,
    /// The value; `true` where it is absent.
    pub value: Option<HeadValue<'s>>,
    /// What must hold; absent where nothing is asked.
    pub body: Option<Body<'s>>,
}

/// Statements that must all hold.
#[derive(Debug, Clone)]
pub struct Body<'s> {
    /// With the braces, where there are any; without the word `if`.
    pub span: Span,
    /// Whether the word `if` stands before it.
    pub has_if: bool,
    /// Whether it stands in braces. In a comprehension it does not.
    pub has_braces: bool,
    /// In the order of the text.
    pub literals: Vec<Literal<'s>>,
}

/// One statement of a body.
#[derive(Debug, Clone)]
pub struct Literal<'s> {
    /// With `not` and `with`.
    pub span: Span,
    /// Whether `not` stands before it.
    pub is_negated: bool,
    /// What it says.
    pub kind: LiteralKind<'s>,
    /// What is replaced while it is asked.
    pub with: Vec<With<'s>>,
}

/// What a statement of a body says.
#[derive(Debug, Clone)]
pub enum LiteralKind<'s> {
    /// A term that must be neither false nor undefined.
    Term(Term<'s>),
    /// `left := right`
    Assign(Box<Binary<'s>>),
    /// `left = right`
    Unify(Box<Binary<'s>>),
    /// `some a, b`
    Some(Vec<Name<'s>>),
    /// `some key, value in domain`
    SomeIn(Box<Domain<'s>>),
    /// `every key, value in domain { … }`
    Every(Box<Domain<'s>>, Body<'s>),
    /// Text that is no statement.
    Broken,
}

/// Two terms with the sign between them.
#[derive(Debug, Clone)]
pub struct Binary<'s> {
    /// What stands before the sign.
    pub left: Term<'s>,
    /// What stands behind it.
    pub right: Term<'s>,
    /// Where the sign stands.
    pub operator: Span,
}

/// `key, value in domain`
#[derive(Debug, Clone)]
pub struct Domain<'s> {
    /// Where there are two names.
    pub key: Option<Term<'s>>,
    /// The only or the second name.
    pub value: Term<'s>,
    /// What is walked.
    pub collection: Term<'s>,
    /// Where the word `in` stands.
    pub operator: Span,
}

impl Domain<'_> {
    /// From the first name to the end of the collection.
    pub fn span(&self) -> Span {
        self.key.as_ref().map_or(self.value.outer(), Term::outer).to(self.collection.outer())
    }
}

/// `with target as value`
#[derive(Debug, Clone)]
pub struct With<'s> {
    /// From the word `with` to the end of the value.
    pub span: Span,
    /// What is replaced: a variable or a reference.
    pub target: Term<'s>,
    /// By what.
    pub value: Term<'s>,
}

/// A term.
#[derive(Debug, Clone)]
pub struct Term<'s> {
    /// Without the round brackets around it.
    pub span: Span,
    /// With them, where there are any.
    pub parens: Option<Span>,
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
    /// The characters that a string stands for; raw strings are told from others by the first byte of their span.
    String(Cow<'s, str>),
    /// `$"… {x} …"`
    Template(Vec<TemplatePart<'s>>),
    /// A name, also `data`, `input` and `_`.
    Var(&'s str),
    /// A term with what is looked up in it: `a.b[c]`.
    Ref(Box<Ref<'s>>),
    /// `f(x)`; the function is a name or a reference.
    Call(Box<Call<'s>>),
    /// `a + b` and the other operators but `in`.
    Infix(Box<Infix<'s>>),
    /// `value in collection`, `key, value in collection`
    In(Box<Domain<'s>>),
    /// `[a, b]`
    Array(Vec<Term<'s>>),
    /// `{a: b}`
    Object(Vec<(Term<'s>, Term<'s>)>),
    /// `{a, b}` and `set()`
    Set(Vec<Term<'s>>),
    /// `[a | …]`
    ArrayComprehension(Box<Comprehension<'s>>),
    /// `{a | …}`
    SetComprehension(Box<Comprehension<'s>>),
    /// `{a: b | …}`
    ObjectComprehension(Box<Comprehension<'s>>),
    /// Text that is no term.
    Broken,
}

/// A term and what is looked up in it.
#[derive(Debug, Clone)]
pub struct Ref<'s> {
    /// A variable, a call, or a collection.
    pub head: Term<'s>,
    /// At least one part.
    pub parts: Vec<Part<'s>>,
}

/// One step of a reference.
#[derive(Debug, Clone)]
pub struct Part<'s> {
    /// What is looked up; behind a dot it is a string.
    pub term: Term<'s>,
    /// Whether it is written behind a dot. The first part of a head is not.
    pub is_dotted: bool,
}

/// A function with its arguments.
#[derive(Debug, Clone)]
pub struct Call<'s> {
    /// A variable or a reference.
    pub function: Term<'s>,
    /// In their order.
    pub args: Vec<Term<'s>>,
}

/// Two terms with an operator between them.
#[derive(Debug, Clone)]
pub struct Infix<'s> {
    /// Which operator.
    pub operator: Operator,
    /// Where it stands.
    pub operator_span: Span,
    /// Before it.
    pub left: Term<'s>,
    /// Behind it.
    pub right: Term<'s>,
}

/// A comprehension.
#[derive(Debug, Clone)]
pub struct Comprehension<'s> {
    /// The key of an object comprehension.
    pub key: Option<Term<'s>>,
    /// What is collected.
    pub value: Term<'s>,
    /// For which solutions.
    pub body: Body<'s>,
}

/// One piece of a template string.
#[derive(Debug, Clone)]
pub enum TemplatePart<'s> {
    /// Characters; never empty.
    Text(Cow<'s, str>, Span),
    /// What stands in braces.
    Expression(Literal<'s>),
}

/// An operator between two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `&`
    And,
    /// `|`
    Or,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    /// The builtin that it calls.
    pub const fn builtin(self) -> &'static str {
        match self {
            Self::Plus => "plus",
            Self::Minus => "minus",
            Self::Times => "mul",
            Self::Divide => "div",
            Self::Remainder => "rem",
            Self::And => "and",
            Self::Or => "or",
            Self::Equal => "equal",
            Self::NotEqual => "neq",
            Self::Less => "lt",
            Self::LessOrEqual => "lte",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "gte",
        }
    }

    /// How it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::And => "&",
            Self::Or => "|",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl<'s> Term<'s> {
    /// The place with the round brackets.
    pub fn outer(&self) -> Span {
        self.parens.unwrap_or(self.span)
    }

    /// The place that OPA gives a term: it forgets round brackets, and an operator's term begins where its first operand does.
    pub fn opa_start(&self) -> u32 {
        match &self.kind {
            TermKind::Infix(infix) => infix.left.opa_start(),
            TermKind::In(domain) => domain.key.as_ref().unwrap_or(&domain.value).opa_start(),
            TermKind::Ref(reference) => reference.head.opa_start(),
            TermKind::Call(call) => call.function.opa_start(),
            _ => self.span.start,
        }
    }

    /// The constant string, where the term is one.
    pub fn as_string(&self) -> Option<&str> {
        match &self.kind {
            TermKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The name, where the term is a variable.
    pub fn as_var(&self) -> Option<&'s str> {
        match self.kind {
            TermKind::Var(name) => Some(name),
            _ => None,
        }
    }

    /// `a.b.c` where the term is a name, or a reference of names and constant strings; that of a function.
    pub fn dotted_name(&self) -> Option<String> {
        match &self.kind {
            TermKind::Var(name) => Some((*name).to_owned()),
            TermKind::Ref(reference) => {
                let mut name = reference.head.as_var()?.to_owned();
                for part in &reference.parts {
                    name.push('.');
                    name.push_str(part.term.as_string()?);
                }
                Some(name)
            }
            _ => None,
        }
    }

    /// Whether there is no variable in it. As OPA counts, the name that a reference begins with and the name of a function are none.
    pub fn is_ground(&self) -> bool {
        match &self.kind {
            TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_) => true,
            TermKind::Array(items) | TermKind::Set(items) => items.iter().all(Term::is_ground),
            TermKind::Object(pairs) => pairs.iter().all(|(key, value)| key.is_ground() && value.is_ground()),
            // The head of a reference is a variable, and does not count as one.
            TermKind::Ref(reference) => reference.parts.iter().all(|part| part.term.is_ground()),
            TermKind::Template(parts) => parts.iter().all(|part| matches!(part, TemplatePart::Text(..))),
            TermKind::Var(name) => matches!(*name, "data" | "input"),
            TermKind::Call(call) => call.args.iter().all(Term::is_ground),
            TermKind::Infix(infix) => infix.left.is_ground() && infix.right.is_ground(),
            TermKind::In(domain) => {
                domain.key.as_ref().is_none_or(Term::is_ground)
                    && domain.value.is_ground()
                    && domain.collection.is_ground()
            }
            TermKind::ArrayComprehension(_) | TermKind::SetComprehension(_) | TermKind::ObjectComprehension(_) => false,
            TermKind::Broken => false,
        }
    }
}
