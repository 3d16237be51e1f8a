//! Bodies and their statements.

use super::super::tree::{Body, Domain, Literal, LiteralKind, Name, Span, Term, TermKind, With};
use super::Printer;
use super::comments::{Clash, Printed};
use super::operators::{self, Place};

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// On a line with other things.
    OnLine,
    /// At the end of the line of a head.
    BehindHead,
    /// As the first of a body on a line of its own.
    First,
    /// The same behind `if`, where OPA first tries to read the body with its braces as a term.
    FirstBehindIf,
    /// As another one of a body on a line of its own.
    Later,
}

impl Printer<'_> {
    /// Whether a statement begins here that stands as asked.
    pub(super) fn begins_statement(&self, is_asked: impl FnOnce(Stand) -> bool) -> bool {
        self.statement.is_some_and(|(at, stand)| at == self.page.length() && is_asked(stand))
    }

    /// Prints statements on lines of their own behind the open line, with the blank lines that the text has between
    /// them. Ends the last line. `first` tells how the first of them stands.
    pub(super) fn lines_of_body(&mut self, body: &Body<'_>, first: Stand) -> Printed {
        let mut last_row = None;
        for (at, literal) in body.literals.iter().enumerate() {
            self.hold_comment(body.literals.get(at..).unwrap_or_default(), |literal| literal.span, body.span.end);
            self.page.end_line();
            let row = self.row(literal.span.start);
            if last_row.is_some_and(|last_row| row > last_row + 1) {
                self.page.blank_line();
            }
            self.page.open_line();
            self.literal(literal, if at == 0 { first } else { Stand::Later })?;
            last_row = Some(self.last_row(literal.span));
        }
        self.hold_comment(&[], |literal: &Literal<'_>| literal.span, body.span.end);
        self.page.end_line();
        Ok(())
    }

    /// Prints the body of `every` or of a comprehension behind what stands on `row`: behind it on the line, where all
    /// of it was written on that row. Tells whether it is.
    pub(super) fn inner_body(&mut self, body: &Body<'_>, row: u32, last_row: u32) -> Result<bool, Clash> {
        let rows = || body.literals.iter().map(|literal| self.row(literal.span.start));
        let begins_below = rows().next().is_some_and(|first| first > row);
        let has_more_rows = rows().zip(rows().skip(1)).any(|(this, next)| next > this);
        if begins_below || has_more_rows && !self.has_generated_name_in_body(body) {
            self.page.depth += 1;
            self.lines_of_body(body, Stand::First)?;
            self.comments_to(last_row)?;
            self.page.depth -= 1;
            self.page.open_line();
            return Ok(false);
        }
        for (at, literal) in body.literals.iter().enumerate() {
            self.page.write(if at == 0 { " " } else { "; " });
            self.literal(literal, Stand::OnLine)?;
        }
        self.comments_to(last_row)?;
        Ok(true)
    }

    /// Prints a statement.
    pub(super) fn literal(&mut self, literal: &Literal<'_>, stand: Stand) -> Printed {
        self.comments_to(self.row(literal.span.start))?;
        self.page.open_line();
        self.page.claim_line();
        self.or_as_written(literal.span, stand != Stand::OnLine, |printer| {
            printer.statement = Some((printer.page.length(), stand));
            printer.text_of_literal(literal)?;
            printer.finish(literal.span)
        })
    }

    fn text_of_literal(&mut self, literal: &Literal<'_>) -> Printed {
        if literal.is_negated {
            self.page.write("not ");
        }
        match &literal.kind {
            LiteralKind::Term(term) => self.statement_of_term(term)?,
            LiteralKind::Assign(binary) => self.equation(&binary.left, " := ", &binary.right)?,
            LiteralKind::Unify(binary) => self.equation(&binary.left, " = ", &binary.right)?,
            LiteralKind::Some(names) => self.names(names, literal.span)?,
            LiteralKind::SomeIn(domain) => {
                self.page.write("some ");
                self.membership(domain)?;
            }
            LiteralKind::Every(domain, body) => self.every(literal, domain, body)?,
            LiteralKind::Broken => self.as_written(literal.span)?,
        }
        self.replacements(&literal.with, literal.span.end)
    }

    /// A term as a statement: operators need no brackets there.
    fn statement_of_term(&mut self, term: &Term<'_>) -> Printed {
        if let TermKind::In(domain) = &term.kind {
            return self.membership(domain);
        }
        match operators::equation(term) {
            // OPA would read `{ a | b` as a comprehension.
            Some(equation) if equation.result.is_none() && self.is_read_as_comprehension(term) => {
                self.slot(term, Place::Operand)
            }
            Some(equation) => {
                let operation = equation.operation;
                let places = match equation.result {
                    Some(result) => {
                        self.slot(result, Place::Free)?;
                        self.page.write(" = ");
                        [Place::Operand, Place::Operand]
                    }
                    None => [operation.place_of_left(), operation.place_of_right()],
                };
                let [left, right] = places;
                self.slot(operation.left, left)?;
                self.page.write(" ");
                self.page.write(operation.symbol);
                self.page.write(" ");
                self.slot(operation.right, right)
            }
            None => self.slot(term, Place::Free),
        }
    }

    fn equation(&mut self, left: &Term<'_>, sign: &str, right: &Term<'_>) -> Printed {
        self.slot(left, Place::Free)?;
        self.page.write(sign);
        self.slot(right, Place::Free)
    }

    /// The names behind `some`, on as many rows as the text has them.
    fn names(&mut self, names: &[Name<'_>], span: Span) -> Printed {
        self.page.write("some ");
        let mut last_row = self.row(span.start);
        for (at, name) in names.iter().enumerate() {
            let row = self.row(name.span.start);
            if row > last_row {
                self.hold_comment(&[], |name: &Name<'_>| name.span, span.end);
                self.page.end_line();
            } else if at > 0 {
                self.page.write(" ");
            }
            last_row = row;
            self.page.depth += 1;
            self.page.open_line();
            self.comments_to(row)?;
            self.page.open_line();
            self.page.depth -= 1;
            self.page.write(&name.text);
            if at + 1 < names.len() {
                self.page.write(",");
            }
        }
        Ok(())
    }

    fn every(&mut self, literal: &Literal<'_>, domain: &Domain<'_>, body: &Body<'_>) -> Printed {
        self.page.write("every ");
        if let Some(key) = &domain.key {
            self.slot(key, Place::Free)?;
            self.page.write(", ");
        }
        self.slot(&domain.value, Place::Free)?;
        self.page.write(" in ");
        self.slot(&domain.collection, Place::Collection)?;
        self.page.write(" {");
        let is_on_line = self.inner_body(body, self.row(literal.span.start), self.last_row(body.span))?;
        if is_on_line && body.literals.len() == 1 {
            self.page.write(" ");
        }
        self.page.write("}");
        Ok(())
    }

    /// `with target as value`: the first on the line of the statement, the others on lines where the text has them on
    /// rows.
    fn replacements(&mut self, all: &[With<'_>], end: u32) -> Printed {
        let depth = self.page.depth;
        let mut last_row = None;
        for (at, with) in all.iter().enumerate() {
            let row = self.row(with.span.start);
            let is_on_line = last_row.is_none_or(|last_row| last_row == row);
            last_row = Some(row);
            if !is_on_line {
                self.page.depth = depth + 1;
                self.hold_comment(all.get(at..).unwrap_or_default(), |with| with.span, end);
                self.page.end_line();
                self.page.open_line();
            }
            self.comments_to(row)?;
            self.page.open_line();
            self.page.write(if is_on_line { " with " } else { "with " });
            self.slot(&with.target, Place::Free)?;
            self.page.write(" as ");
            self.slot(&with.value, Place::Free)?;
        }
        self.page.depth = depth;
        Ok(())
    }
}
