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
    let mut findings = Vec::new();
    let mut walk = Walk::default();
    walk.open.push(Open::new(false));
    for &token in &tokens.tokens {
        walk.step(text, token, &mut findings);
    }
    findings
}

#[derive(Default)]
struct Walk {
    open: Vec<Open>,
    literals: u64,
    /// The sum over all literals so far of 2 to the power of their depth.
    literal_work: u64,
    /// Operators of all open brackets together.
    operators: u64,
    /// Imports so far.
    imports: u64,
    previous: Option<Token>,
    reported: [bool; 9],
}

impl Walk {
    fn step(&mut self, text: &Text<'_>, token: Token, findings: &mut Vec<Diagnostic>) {
        self.count_parts(text, token, findings);
        match token.kind {
            kind if kind.opens() => {
                self.count(text, token, findings);
                self.enter(text, token, findings);
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
                self.count_imports(text, token, findings);
                self.count(text, token, findings);
            }
        }
        self.previous = Some(token);
    }

    fn enter(&mut self, text: &Text<'_>, token: Token, findings: &mut Vec<Diagnostic>) {
        let is_literal = self.begins_literal(token);
        self.open.push(Open::new(is_literal));
        if self.open.len() as u64 - 1 > limits::SOURCE_NESTING {
            self.report(
                text,
                token,
                findings,
                0,
                "source_nesting",
                limits::SOURCE_NESTING,
                "brackets inside one another",
            );
        }
        if is_literal {
            self.literals += 1;
            // Beyond the limit on nesting the text is refused in any case.
            let work = 1 << self.literals.min(limits::LITERAL_NESTING + 1);
            self.literal_work = self.literal_work.saturating_add(work);
            if self.literal_work > limits::LITERAL_WORK {
                self.report(
                    text,
                    token,
                    findings,
                    5,
                    "literal_work",
                    limits::LITERAL_WORK,
                    "steps to read the arrays, sets and objects inside one another",
                );
            }
            if self.literals > limits::LITERAL_NESTING {
                self.report(
                    text,
                    token,
                    findings,
                    1,
                    "literal_nesting",
                    limits::LITERAL_NESTING,
                    "arrays, sets or objects inside one another",
                );
            }
        }
    }

    /// Counts operators of one statement and statements of one body.
    fn count(&mut self, text: &Text<'_>, token: Token, findings: &mut Vec<Diagnostic>) {
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
            self.report(
                text,
                token,
                findings,
                2,
                "operator_chain",
                limits::OPERATOR_CHAIN,
                "operators in one statement",
            );
        }
        if !at_top_level && statements >= limits::BODY_STATEMENTS {
            self.report(text, token, findings, 3, "body_statements", limits::BODY_STATEMENTS, "statements in one body");
        }
    }

    fn count_imports(&mut self, text: &Text<'_>, token: Token, findings: &mut Vec<Diagnostic>) {
        let behind_dot = self.previous.is_some_and(|previous| previous.kind == Kind::Dot);
        if self.open.len() > 1 || behind_dot || token.kind != Kind::Import {
            return;
        }
        self.imports += 1;
        if self.imports > limits::IMPORTS
            && let Some(reported @ false) = self.reported.get_mut(8)
        {
            *reported = true;
            findings.push(
                Diagnostic::error(
                    text,
                    token.span.range(),
                    "limit_exceeded",
                    format!("more than {} imports in one module; the limit is `imports`", limits::IMPORTS),
                )
                .with_help("split the module, or write the whole path where a name is used once")
                .with_limit("imports", limits::IMPORTS),
            );
        }
    }

    /// Counts the parts of a reference: a dot or an index begins one, and the name behind a dot belongs to it.
    fn count_parts(&mut self, text: &Text<'_>, token: Token, findings: &mut Vec<Diagnostic>) {
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
            self.report(text, token, findings, 4, "reference_parts", limits::REFERENCE_PARTS, "parts in one reference");
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

    #[allow(
        clippy::too_many_arguments,
        reason = "one private call site a limit; a struct would only rename the arguments"
    )]
    fn report(
        &mut self,
        text: &Text<'_>,
        token: Token,
        findings: &mut Vec<Diagnostic>,
        slot: usize,
        name: &str,
        value: u64,
        what: &str,
    ) {
        if let Some(reported) = self.reported.get_mut(slot)
            && !*reported
        {
            *reported = true;
            findings.push(
                Diagnostic::error(
                    text,
                    token.span.range(),
                    "limit_exceeded",
                    format!("more than {value} {what}; the limit is `{name}`"),
                )
                .with_help("name the inner parts as rules of their own, or move them into data")
                .with_limit(name, value),
            );
        }
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
