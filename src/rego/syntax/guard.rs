//! Bounds on the shape of a text, checked before the parser sees it, so that no text can hang or trap it.
//!
//! Why each bound exists: the parser of this version doubles its time with each array, set or object literal inside
//! another, and recurses once for each operator of a chain and for each statement of a body, and takes the square of the parts of a
//! reference and of the imports.

use super::lexer::{Kind, Token};
use super::numbers;
use crate::limits;
use crate::rego::diagnostic::{Diagnostic, Text};

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
pub fn findings(text: &Text<'_>, tokens: &[Token]) -> Vec<Diagnostic> {
    let source = text.source();
    if source.len() as u64 > limits::SOURCE_BYTES {
        return vec![
            Diagnostic::error(
                text,
                0..0,
                "limit_exceeded",
                format!("the module has {} bytes; the limit `source_bytes` is {}", source.len(), limits::SOURCE_BYTES),
            )
            .with_help("split the module, or move its tables into data")
            .with_limit("source_bytes", limits::SOURCE_BYTES),
        ];
    }
    let mut findings = Vec::new();
    // The parser takes a NUL for the end of the text: what follows would be dropped in silence.
    if let Some(at) = source.find('\0') {
        findings.push(
            Diagnostic::error(text, at..at + 1, "rego_parse_error", "illegal NUL character")
                .with_help("remove it: no Rego text has one"),
        );
    }
    let mut walk = Walk::default();
    walk.open.push(Open::new(false));
    for token in tokens {
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
    /// A line ended since the previous token.
    newline: bool,
    reported: [bool; 9],
}

impl Walk {
    fn step(&mut self, text: &Text<'_>, token: &Token, findings: &mut Vec<Diagnostic>) {
        let source = text.source();
        if !matches!(token.kind, Kind::Comment | Kind::Newline) {
            self.count_parts(text, token, findings);
        }
        match token.kind {
            Kind::Comment => return,
            Kind::Newline => {
                self.newline = true;
                return;
            }
            Kind::Open => {
                self.count(text, token, findings);
                self.enter(text, token, findings);
            }
            Kind::Close => {
                if self.open.len() > 1
                    && let Some(closed) = self.open.pop()
                {
                    self.operators -= closed.operators;
                    self.literals -= u64::from(closed.is_literal);
                }
            }
            Kind::Symbol if matches!(token.text(source), "," | ";") => {
                if let Some(top) = self.open.last_mut() {
                    self.operators -= std::mem::take(&mut top.operators);
                    if token.text(source) == ";" {
                        top.statements += 1;
                    }
                }
            }
            Kind::Number => {
                self.check_number(text, token, findings);
                self.count(text, token, findings);
            }
            _ => {
                self.count_imports(text, token, findings);
                self.count(text, token, findings);
            }
        }
        self.newline = false;
        self.previous = Some(token.clone());
    }

    fn enter(&mut self, text: &Text<'_>, token: &Token, findings: &mut Vec<Diagnostic>) {
        let is_literal = self.begins_literal(text.source(), token);
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
    fn count(&mut self, text: &Text<'_>, token: &Token, findings: &mut Vec<Diagnostic>) {
        let is_operator = is_operator(text.source(), token);
        let after_operator = self.previous.as_ref().is_some_and(|previous| continues(text.source(), previous));
        let ends_statement = self.newline && !is_operator && !after_operator;
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

    fn check_number(&mut self, text: &Text<'_>, token: &Token, findings: &mut Vec<Diagnostic>) {
        let Some(bound) = numbers::at(text.source(), token.range.start) else { return };
        let slot = if bound == numbers::Bound::Exponent { 6 } else { 7 };
        if let Some(reported @ false) = self.reported.get_mut(slot) {
            *reported = true;
            let (name, value) = bound.limit();
            findings.push(
                Diagnostic::error(
                    text,
                    token.range.clone(),
                    "limit_exceeded",
                    format!("{}; the limit is `{name}`", bound.words()),
                )
                .with_help("write a number of fewer digits")
                .with_limit(name, value),
            );
        }
    }

    fn count_imports(&mut self, text: &Text<'_>, token: &Token, findings: &mut Vec<Diagnostic>) {
        let behind_dot = self.previous.as_ref().is_some_and(|previous| previous.text(text.source()) == ".");
        if self.open.len() > 1 || behind_dot || token.text(text.source()) != "import" {
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
                    token.range.clone(),
                    "limit_exceeded",
                    format!("more than {} imports in one module; the limit is `imports`", limits::IMPORTS),
                )
                .with_help("split the module, or write the whole path where a name is used once")
                .with_limit("imports", limits::IMPORTS),
            );
        }
    }

    /// Counts the parts of a reference: a dot or an index begins one, and the name behind a dot belongs to it.
    fn count_parts(&mut self, text: &Text<'_>, token: &Token, findings: &mut Vec<Diagnostic>) {
        let source = text.source();
        let begins_part = match token.kind {
            Kind::Symbol => token.text(source) == ".",
            Kind::Open => token.text(source) == "[" && !self.begins_literal(source, token),
            _ => false,
        };
        let behind_dot = self.previous.as_ref().is_some_and(|previous| previous.text(source) == ".");
        let Some(top) = self.open.last_mut() else { return };
        if begins_part {
            top.parts += 1;
        } else if !behind_dot && token.kind != Kind::Close {
            top.parts = 0;
        }
        if top.parts > limits::REFERENCE_PARTS {
            self.report(text, token, findings, 4, "reference_parts", limits::REFERENCE_PARTS, "parts in one reference");
        }
    }

    fn begins_literal(&self, source: &str, token: &Token) -> bool {
        let bracket = token.text(source);
        if bracket == "(" {
            return false;
        }
        let Some(previous) = &self.previous else { return true };
        let ends_term = match previous.kind {
            Kind::Word => !is_keyword_before_term(previous.text(source)),
            Kind::Number | Kind::String { .. } | Kind::RawString { .. } | Kind::Close => true,
            _ => false,
        };
        let begins_body = matches!(previous.text(source), "if" | "else");
        match bracket {
            // An index stands right behind what it indexes.
            "[" => !(ends_term && previous.range.end == token.range.start),
            // A body stands on the line of what it belongs to.
            _ => !(begins_body || (ends_term && !self.newline)),
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "one private call site a limit; a struct would only rename the arguments"
    )]
    fn report(
        &mut self,
        text: &Text<'_>,
        token: &Token,
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
                    token.range.clone(),
                    "limit_exceeded",
                    format!("more than {value} {what}; the limit is `{name}`"),
                )
                .with_help("name the inner parts as rules of their own, or move them into data")
                .with_limit(name, value),
            );
        }
    }
}

fn is_operator(source: &str, token: &Token) -> bool {
    match token.kind {
        Kind::Symbol => !matches!(token.text(source), "," | ";" | "." | ":"),
        Kind::Word => matches!(token.text(source), "in" | "not" | "with"),
        _ => false,
    }
}

/// Whether a statement goes on after a line end behind this token.
fn continues(source: &str, token: &Token) -> bool {
    match token.kind {
        Kind::Open => true,
        Kind::Symbol => token.text(source) != ";",
        Kind::Word => is_keyword_before_term(token.text(source)),
        _ => false,
    }
}

fn is_keyword_before_term(word: &str) -> bool {
    matches!(
        word,
        "in" | "not" | "with" | "as" | "some" | "every" | "if" | "else" | "contains" | "default" | "import" | "package"
    )
}
