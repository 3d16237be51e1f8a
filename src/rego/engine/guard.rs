//! What the parser of the engine cannot bear, checked before it sees a text in which nothing is wrong, so that none can hang or trap it.
//!
//! Why each bound exists: that parser doubles its time with each array, set or object literal inside
//! another, and recurses once for each operator of a chain and for each statement of a body, and takes the square of the parts of a
//! reference and of the imports.

use crate::limits;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::syntax::tokens::{Gap, Kind, Token, Tokens};

/// One open bracket.
struct Open {
    /// Whether it begins an array, set or object, and not a body, an index, a call or a group.
    is_literal: bool,
    /// Operators since the last end of a statement.
    operators: u64,
    /// Statements so far.
    statements: u64,
    /// Parts of the reference that is being read.
    parts: u64,
}

impl Open {
    const fn new(is_literal: bool) -> Self {
        Self { is_literal, operators: 0, statements: 0, parts: 0 }
    }
}

/// Every bound that the text breaks, the first of each kind, in source order.
pub fn findings(text: &Text<'_>, tokens: &Tokens) -> Vec<Diagnostic> {
    let mut walk = Walk {
        text,
        open: vec![Open::new(false)],
        literals: 0,
        literal_work: 0,
        operators: 0,
        imports: 0,
        previous: None,
        findings: Vec::new(),
    };
    tokens.tokens.iter().for_each(|&token| walk.step(token));
    walk.findings
}

/// A limit that a text may break.
struct Bound {
    name: &'static str,
    value: u64,
    /// What is counted.
    what: &'static str,
    help: &'static str,
}

impl Bound {
    const INNER: &str = "name the inner parts as rules of their own, or move them into data";

    const LITERAL_WORK: Self = Self {
        name: "literal_work",
        value: limits::LITERAL_WORK,
        what: "steps to read the arrays, sets and objects inside one another",
        help: Self::INNER,
    };
    const LITERAL_NESTING: Self = Self {
        name: "literal_nesting",
        value: limits::LITERAL_NESTING,
        what: "arrays, sets or objects inside one another",
        help: Self::INNER,
    };
    const OPERATOR_CHAIN: Self = Self {
        name: "operator_chain",
        value: limits::OPERATOR_CHAIN,
        what: "operators in one statement",
        help: Self::INNER,
    };
    const BODY_STATEMENTS: Self = Self {
        name: "body_statements",
        value: limits::BODY_STATEMENTS,
        what: "statements in one body",
        help: Self::INNER,
    };
    const REFERENCE_PARTS: Self = Self {
        name: "reference_parts",
        value: limits::REFERENCE_PARTS,
        what: "parts in one reference",
        help: Self::INNER,
    };
    const IMPORTS: Self = Self {
        name: "imports",
        value: limits::IMPORTS,
        what: "imports in one module",
        help: "split the module, or write the whole path where a name is used once",
    };
}

struct Walk<'t, 's> {
    text: &'t Text<'s>,
    open: Vec<Open>,
    literals: u64,
    /// The sum over all literals so far of 2 to the power of their depth.
    literal_work: u64,
    /// Operators of all open brackets together.
    operators: u64,
    /// Imports so far.
    imports: u64,
    previous: Option<Token>,
    /// The first of each bound.
    findings: Vec<Diagnostic>,
}

impl Walk<'_, '_> {
    fn step(&mut self, token: Token) {
        self.count_parts(token);
        match token.kind {
            kind if kind.opens() => {
                self.count(token);
                self.enter(token);
            }
            kind if kind.closes() => {
                if self.open.len() > 1
                    && let Some(closed) = self.open.pop()
                {
                    self.operators -= closed.operators;
                    self.literals -= u64::from(closed.is_literal);
                }
            }
            Kind::Comma | Kind::Semicolon => {
                if let Some(top) = self.open.last_mut() {
                    self.operators -= std::mem::take(&mut top.operators);
                    if token.kind == Kind::Semicolon {
                        top.statements += 1;
                    }
                }
            }
            _ => {
                self.count_imports(token);
                self.count(token);
            }
        }
        self.previous = Some(token);
    }

    fn enter(&mut self, token: Token) {
        let is_literal = self.begins_literal(token);
        self.open.push(Open::new(is_literal));
        if is_literal {
            self.literals += 1;
            // Beyond the limit on nesting the text is refused in any case.
            let work = 1 << self.literals.min(limits::LITERAL_NESTING + 1);
            self.literal_work = self.literal_work.saturating_add(work);
            if self.literal_work > limits::LITERAL_WORK {
                self.report(token, &Bound::LITERAL_WORK);
            }
            if self.literals > limits::LITERAL_NESTING {
                self.report(token, &Bound::LITERAL_NESTING);
            }
        }
    }

    /// Counts operators of one statement and statements of one body.
    fn count(&mut self, token: Token) {
        let is_operator = is_operator(token.kind);
        let after_operator = self.previous.is_some_and(|previous| continues(previous.kind));
        let ends_statement = token.gap == Gap::Newline && !is_operator && !after_operator;
        let Some(top) = self.open.last_mut() else { return };
        if ends_statement {
            self.operators -= std::mem::take(&mut top.operators);
            top.statements += 1;
        }
        if is_operator {
            top.operators += 1;
            self.operators += 1;
        }
        let (operators, statements) = (self.operators, top.statements);
        let at_top_level = self.open.len() == 1;
        if operators > limits::OPERATOR_CHAIN {
            self.report(token, &Bound::OPERATOR_CHAIN);
        }
        if !at_top_level && statements >= limits::BODY_STATEMENTS {
            self.report(token, &Bound::BODY_STATEMENTS);
        }
    }

    fn count_imports(&mut self, token: Token) {
        let behind_dot = self.previous.is_some_and(|previous| previous.kind == Kind::Dot);
        if self.open.len() > 1 || behind_dot || token.kind != Kind::Import {
            return;
        }
        self.imports += 1;
        if self.imports > limits::IMPORTS {
            self.report(token, &Bound::IMPORTS);
        }
    }

    /// Counts the parts of a reference: a dot or an index begins one, and the name behind a dot belongs to it.
    fn count_parts(&mut self, token: Token) {
        let begins_part = match token.kind {
            Kind::Dot => true,
            Kind::LeftBracket => !self.begins_literal(token),
            _ => false,
        };
        let behind_dot = self.previous.is_some_and(|previous| previous.kind == Kind::Dot);
        let Some(top) = self.open.last_mut() else { return };
        if begins_part {
            top.parts += 1;
        } else if !behind_dot && !token.kind.closes() {
            top.parts = 0;
        }
        if top.parts > limits::REFERENCE_PARTS {
            self.report(token, &Bound::REFERENCE_PARTS);
        }
    }

    fn begins_literal(&self, token: Token) -> bool {
        if token.kind == Kind::LeftParen {
            return false;
        }
        let Some(previous) = self.previous else { return true };
        let ends_term = match previous.kind {
            Kind::Name | Kind::Number | Kind::String | Kind::RawString => true,
            Kind::TemplateEnd | Kind::RawTemplateEnd | Kind::Null | Kind::True | Kind::False => true,
            kind => kind.closes(),
        };
        let begins_body = matches!(previous.kind, Kind::If | Kind::Else);
        match token.kind {
            // An index stands right behind what it indexes.
            Kind::LeftBracket => !(ends_term && token.gap == Gap::None),
            // A body stands on the line of what it belongs to.
            _ => !(begins_body || (ends_term && token.gap != Gap::Newline)),
        }
    }

    fn report(&mut self, token: Token, bound: &Bound) {
        let Bound { name, value, what, help } = *bound;
        if self.findings.iter().any(|finding| finding.limit.as_ref().is_some_and(|limit| limit.name == name)) {
            return;
        }
        let message = format!("more than {value} {what}; the limit is `{name}`");
        self.findings.push(
            Diagnostic::error(self.text, token.span.range(), "limit_exceeded", message)
                .with_help(help)
                .with_limit(name, value),
        );
    }
}

fn is_operator(kind: Kind) -> bool {
    kind.operator().is_some() || matches!(kind, Kind::Assign | Kind::Unify | Kind::In | Kind::Not | Kind::With)
}

/// Whether a statement goes on after a line end behind this token.
fn continues(kind: Kind) -> bool {
    let is_word = kind.is_keyword() && !matches!(kind, Kind::Null | Kind::True | Kind::False);
    is_operator(kind) || kind.opens() || is_word || matches!(kind, Kind::Comma | Kind::Dot | Kind::Colon)
}
