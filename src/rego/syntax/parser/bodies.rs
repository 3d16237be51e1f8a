//! Bodies and their statements.

use super::super::error::SyntaxError;
use super::super::tokens::{Gap, Kind};
use super::super::tree::{Binary, Body, Domain, Literal, LiteralKind, Name, Span, Term, TermKind, With};
use super::{Parser, Read, Stop};

impl<'s> Parser<'s, '_> {
    /// `{ … }` of a rule or of `every`, from its brace. After a mistake it goes on with the next statement.
    pub(super) fn braces(&mut self, has_if: bool) -> Read<Body<'s>> {
        let start = self.token().span;
        let errors = self.errors.len();
        self.step();
        let literals = self.deeper(|parser| parser.literals(Kind::RightBrace))?;
        if !self.is(Kind::RightBrace) && self.trying == 0 {
            self.say_what_is_open(errors, start);
        }
        // Where a statement is broken, the brace may be missing.
        if self.is(Kind::RightBrace) {
            self.step();
        }
        Ok(Body { span: self.since(start), has_if, has_braces: true, literals })
    }

    /// Where a body ends without its brace, the one that is open is of more use than what was met.
    fn say_what_is_open(&mut self, errors: usize, brace: Span) {
        let help = self.help_to_close(brace);
        if let Some(error) = self.errors.iter_mut().skip(errors).rfind(|error| !error.is_opa_only) {
            error.help = Some(help);
        }
    }

    /// The body of a comprehension, behind its `|`, with the closing bracket.
    pub(super) fn comprehension_literals(&mut self, end: Kind) -> Read<Body<'s>> {
        let start = self.token().span;
        let (literals, height) = self.statements(end, |_, _| Err(Stop))?;
        let span = self.since(start);
        self.step();
        self.height = height;
        Ok(Body { span, has_if: false, has_braces: false, literals })
    }

    fn literals(&mut self, end: Kind) -> Read<Vec<Literal<'s>>> {
        let (literals, height) = self.statements(end, Self::mend)?;
        self.height = height;
        Ok(literals)
    }

    /// Statements to `end`, which is left, and the height of the highest. `mend` is called after a mistake with the token that the
    /// statement began with, and says whether the body goes on.
    fn statements(
        &mut self,
        end: Kind,
        mend: impl Fn(&mut Self, usize) -> Read<bool>,
    ) -> Read<(Vec<Literal<'s>>, u64)> {
        let mut literals = Vec::new();
        let mut height = 0;
        if self.is(end) {
            let token = self.token();
            let error = SyntaxError::new(token.span, "found empty body")
                .with_help("write what must hold, or `true`; an empty object is `{}` behind `:=`");
            self.error(error);
            if self.trying == 0 && end == Kind::RightBrace {
                // The rule stands, with a body that says nothing.
                literals.push(broken(Span { start: token.span.start, end: token.span.start }));
                self.opa_stopped = true;
                return Ok((literals, height));
            }
            return Err(Stop);
        }
        loop {
            let from = self.at;
            match self.statement(end) {
                Ok((literal, goes_on)) => {
                    height = height.max(self.height);
                    literals.push(literal);
                    if !goes_on {
                        return Ok((literals, height));
                    }
                }
                Err(Stop) => {
                    let goes_on = mend(self, from)?;
                    let first = self.raw(from);
                    // What the end of the text took away stands behind the last token, inside of the body.
                    let start = if first.kind == Kind::End { self.last().end } else { first.span.start };
                    literals.push(broken(self.since(Span { start, end: start })));
                    if !goes_on {
                        return Ok((literals, height));
                    }
                }
            }
        }
    }

    /// One statement and what separates it from the next; whether there is a next.
    fn statement(&mut self, end: Kind) -> Read<(Literal<'s>, bool)> {
        let errors = self.errors.len();
        let literal = self.literal()?;
        if self.is(Kind::Semicolon) {
            self.step();
            return Ok((literal, true));
        }
        if self.is(end) {
            return Ok((literal, false));
        }
        if self.token().gap != Gap::Newline || self.is(Kind::End) && self.last_gap_is_none() {
            // What is wrong with the statement has been said: that it does not end here is no other mistake.
            if self.errors.len() > errors {
                return Err(Stop);
            }
            return Err(self.unexpected(&format!(r"expected \n or ; or {}", end.opa_name())));
        }
        Ok((literal, true))
    }

    /// Whether the text ends right behind its last token: no line has ended.
    fn last_gap_is_none(&self) -> bool {
        !self.source.get(self.last().end as usize..).unwrap_or("").contains('\n')
    }

    /// Goes to where the next statement of a body seems to begin; whether the body goes on there.
    fn mend(&mut self, from: usize) -> Read<bool> {
        if self.trying > 0 {
            return Err(Stop);
        }
        self.opa_stopped = true;
        let first = self.raw(from);
        if first.kind == Kind::RightBrace && self.at == from {
            // It closes the body; what is missing is a statement behind a `;`.
            return Ok(false);
        }
        let indentation = self.indentation(first);
        // What stands between the semicolons of a loop is no statement.
        let is_loop = first.kind == Kind::Name && self.text(first) == "for";
        let begins_line = first.gap == Gap::Newline && indentation == 0;
        let mut depth = 0_i64;
        for at in from.. {
            let token = self.raw(at);
            let is_behind = at >= self.at.max(from + 1) || token.kind == Kind::End;
            let on_new_line = token.gap == Gap::Newline && at > from;
            if is_behind && token.kind == Kind::End {
                self.at = at;
                return Ok(false);
            }
            if is_behind && on_new_line {
                let column = self.indentation(token);
                let ends_body = token.kind.closes() && (column < indentation || depth <= 0 && column == indentation);
                if ends_body {
                    self.at = at;
                    return Ok(false);
                }
                if !token.kind.closes() && column <= indentation {
                    self.at = at;
                    // A line that begins at the margin, or before the body, belongs to what follows the rule.
                    return Ok(column == indentation && !(begins_line || column == 0 && at > from));
                }
            }
            if is_behind && depth <= 0 && token.kind == Kind::Semicolon && !is_loop {
                self.at = at + 1;
                return Ok(true);
            }
            if is_behind && depth <= 0 && token.kind == Kind::RightBrace {
                self.at = at;
                return Ok(false);
            }
            if token.kind.opens() {
                depth += 1;
            } else if token.kind.closes() {
                depth -= 1;
            }
        }
        Ok(false)
    }

    /// One statement of a body.
    pub(super) fn literal(&mut self) -> Read<Literal<'s>> {
        let start = self.token().span;
        if self.kind().is_keyword() && self.begins_reference() {
            return self.literal_expression(start, false);
        }
        let is_negated = self.is(Kind::Not);
        if is_negated {
            self.step();
        }
        match self.kind() {
            Kind::Some if is_negated => Err(self.unexpected("illegal negation of 'some'")),
            Kind::Every if is_negated => Err(self.unexpected("illegal negation of 'every'")),
            Kind::Some => self.some(start),
            Kind::Every => self.every(start),
            _ => self.literal_expression(start, is_negated),
        }
    }

    fn literal_expression(&mut self, start: Span, is_negated: bool) -> Read<Literal<'s>> {
        let left = self.first_expression()?;
        let mut height = self.height;
        let kind = match self.kind() {
            sign @ (Kind::Assign | Kind::Unify) => {
                let operator = self.token().span;
                self.step();
                let right = self.expression()?;
                height = height.max(self.height);
                let binary = Box::new(Binary { left, right, operator });
                if sign == Kind::Assign { LiteralKind::Assign(binary) } else { LiteralKind::Unify(binary) }
            }
            _ => LiteralKind::Term(left),
        };
        self.with_withs(start, is_negated, kind, height)
    }

    /// An expression that may begin with a keyword, where that begins a reference.
    fn first_expression(&mut self) -> Read<Term<'s>> {
        if self.kind() != Kind::Name && self.kind().is_keyword() && self.begins_reference() {
            let token = self.token();
            self.step();
            let head = self.leaf(token.span, TermKind::Var(self.text(token)));
            let head = self.lookups(head)?;
            return self.expression_from(head);
        }
        self.expression()
    }

    fn with_withs(&mut self, start: Span, is_negated: bool, kind: LiteralKind<'s>, height: u64) -> Read<Literal<'s>> {
        let mut height = height;
        let mut with = Vec::new();
        while self.is(Kind::With) {
            let start = self.token().span;
            self.step();
            if !self.is(Kind::Name) {
                return Err(self.unexpected("expected ident"));
            }
            let target = self.primary()?;
            if !matches!(target.kind, TermKind::Var(_) | TermKind::Ref(_)) {
                return Err(self.unexpected("expected with target path"));
            }
            if !self.is(Kind::As) {
                return Err(self.unexpected("expected as keyword"));
            }
            self.step();
            let value = self.expression()?;
            height = height.max(self.height);
            with.push(With { span: self.since(start), target, value });
        }
        self.height = height;
        Ok(Literal { span: self.since(start), is_negated, kind, with })
    }

    /// `some x in xs`, `some k, v in xs`, `some a, b`.
    fn some(&mut self, start: Span) -> Read<Literal<'s>> {
        self.step();
        let mark = self.mark();
        self.trying += 1;
        let term = self.expression();
        self.trying -= 1;
        let height = self.height;
        match term.map(|term| term.kind) {
            Ok(TermKind::In(domain)) => return self.with_withs(start, false, LiteralKind::SomeIn(domain), height),
            Ok(TermKind::Infix(_) | TermKind::Call(_)) => {
                return Err(self.unexpected("expected `x in xs` or `x, y in xs` expression"));
            }
            // What is too deep is no list of names either.
            Err(stop) if self.errors.last().is_some_and(|error| error.limit.is_some()) => return Err(stop),
            _ => self.back(mark),
        }
        let mut names = Vec::new();
        loop {
            let token = self.token();
            if token.kind != Kind::Name {
                return Err(self.unexpected("expected var"));
            }
            names.push(Name { text: self.text(token).into(), span: token.span });
            self.step();
            if !self.is(Kind::Comma) {
                break;
            }
            self.step();
        }
        self.height = 1;
        Ok(Literal { span: self.since(start), is_negated: false, kind: LiteralKind::Some(names), with: Vec::new() })
    }

    /// `every x in xs { … }`, `every k, v in xs { … }`.
    fn every(&mut self, start: Span) -> Read<Literal<'s>> {
        self.step();
        let term = self.expression()?;
        let mut height = self.height;
        let TermKind::In(domain) = term.kind else {
            return Err(self.unexpected("expected `x[, y] in xs { ... }` expression"));
        };
        self.check_domain(&domain)?;
        if !self.is(Kind::LeftBrace) {
            return Err(self.unexpected("missing body"));
        }
        let body = self.braces(false)?;
        height = height.max(self.height) + 1;
        self.grown(height, body.span)?;
        self.with_withs(start, false, LiteralKind::Every(domain, body), height)
    }

    fn check_domain(&mut self, domain: &Domain<'s>) -> Read<()> {
        if domain.key.as_ref().is_some_and(|key| key.as_var().is_none()) {
            return Err(self.unexpected("expected key to be a variable"));
        }
        if domain.value.as_var().is_none() {
            return Err(self.unexpected("expected value to be a variable"));
        }
        Ok(())
    }
}

fn broken(span: Span) -> Literal<'static> {
    Literal { span, is_negated: false, kind: LiteralKind::Broken, with: Vec::new() }
}
