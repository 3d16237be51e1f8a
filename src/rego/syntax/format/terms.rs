//! Terms that are no collections: scalars, references, calls, operators.

use super::super::tree::{Call, Domain, Operator, Part, Ref, Term, TermKind};
use super::Printer;
use super::bodies::Stand;
use super::comments::Printed;
use super::operators::{self, Place};
use super::strings;

impl Printer<'_> {
    /// Prints a term, or leaves it as it was written where a comment in it has no place.
    pub(super) fn slot(&mut self, term: &Term<'_>, place: Place) -> Printed {
        self.or_as_written(term.outer(), false, |printer| {
            printer.term(term, place, printer.row_of(term))?;
            printer.all_printed(term.outer())
        })
    }

    /// Prints a term that counts as written on `row`.
    pub(super) fn term(&mut self, term: &Term<'_>, place: Place, row: u32) -> Printed {
        // A round bracket before it may stand on an earlier row.
        self.comment_on(self.row(term.outer().start))?;
        self.comments_to(row)?;
        self.page.open_line();
        match &term.kind {
            TermKind::Null => self.page.write("null"),
            TermKind::Boolean(value) => self.page.write(if *value { "true" } else { "false" }),
            // Behind another statement it would be subtracted.
            TermKind::Number(digits)
                if digits.starts_with('-') && self.begins_statement(|stand| stand == Stand::Later) =>
            {
                self.page.write("(");
                self.page.write(digits);
                self.page.write(")");
            }
            TermKind::Number(digits) => self.page.write(digits),
            TermKind::Var(name) => self.page.write(name),
            TermKind::String(text) => match self.first_byte(term.span) {
                Some(b'"') => self.page.write(term.span.text(self.source)),
                Some(b'`') => {
                    self.page.write_lines(term.span.text(self.source));
                    self.comment_on(self.last_row(term.span))?;
                }
                _ => self.page.write(&strings::quoted(text)),
            },
            TermKind::Template(parts) => self.template(term, parts)?,
            TermKind::Ref(reference) => self.reference(reference, row)?,
            TermKind::Infix(_) => self.operation(term, place, row)?,
            TermKind::Call(_) if operators::operation(term).is_some() => self.operation(term, place, row)?,
            TermKind::Call(call) => self.call(call, term.span.end, row)?,
            TermKind::In(domain) => {
                let needs_brackets = domain.key.is_some() || matches!(place, Place::Collection | Place::Operand);
                self.page.write(if needs_brackets { "(" } else { "" });
                self.membership(domain)?;
                self.page.write(if needs_brackets { ")" } else { "" });
            }
            TermKind::Array(items) => self.array(items, term.span)?,
            TermKind::Object(pairs) => self.object(pairs, term.span)?,
            TermKind::Set(items) => self.set(items, term.span)?,
            TermKind::ArrayComprehension(comprehension) => {
                self.comprehension(["[", "]"], comprehension, row, self.last_row(term.span))?;
            }
            TermKind::SetComprehension(comprehension) | TermKind::ObjectComprehension(comprehension) => {
                self.comprehension(["{", "}"], comprehension, row, self.last_row(term.span))?;
            }
            TermKind::Broken => self.as_written(term.span)?,
        }
        Ok(())
    }

    fn operation(&mut self, term: &Term<'_>, place: Place, row: u32) -> Printed {
        let Some(operation) = operators::operation(term) else { return Ok(()) };
        let needs_brackets = (matches!(place, Place::BeforeIn | Place::Operand) || self.is_read_as_comprehension(term))
            && !self.begins_with_keyword(term);
        self.page.write(if needs_brackets { "(" } else { "" });
        // A term with an operator begins on the row of its first operand, and a call on that of the function's name.
        let is_call = matches!(term.kind, TermKind::Call(_));
        self.term(operation.left, Place::Operand, if is_call { self.row_of(operation.left) } else { row })?;
        self.page.write(" ");
        self.page.write(operation.symbol);
        self.page.write(" ");
        self.term(operation.right, Place::Operand, self.row_of(operation.right))?;
        self.page.write(if needs_brackets { ")" } else { "" });
        Ok(())
    }

    /// Whether a term that is printed here without brackets would be read as the beginning of `{ a | … }`.
    pub(super) fn is_read_as_comprehension(&self, term: &Term<'_>) -> bool {
        self.begins_statement(|stand| stand == Stand::FirstBehindIf)
            && operators::is(term, Operator::Or)
            && !self.begins_with_keyword(term)
    }

    /// Whether a term begins a statement with a name that is a keyword elsewhere: then it cannot stand in brackets.
    /// The word `contains` is a keyword in heads only.
    fn begins_with_keyword(&self, term: &Term<'_>) -> bool {
        let is_keyword = |name: &str| name != "contains" && self.style.is_keyword(name);
        self.begins_statement(|_| true) && operators::first_name(term).is_some_and(is_keyword)
    }

    /// `value in collection`, `key, value in collection`
    pub(super) fn membership(&mut self, domain: &Domain<'_>) -> Printed {
        if let Some(key) = &domain.key {
            self.term(key, Place::Operand, self.row_of(key))?;
            self.page.write(", ");
        }
        let place = if domain.key.is_some() { Place::Operand } else { Place::BeforeIn };
        self.term(&domain.value, place, self.row_of(&domain.value))?;
        self.page.write(" in ");
        self.term(&domain.collection, Place::Operand, self.row_of(&domain.collection))
    }

    fn reference(&mut self, reference: &Ref<'_>, row: u32) -> Printed {
        let head = &reference.head;
        match &head.kind {
            TermKind::Call(call) if head.parens.is_none() => self.call(call, head.span.end, row)?,
            _ => self.term(head, Place::Operand, row)?,
        }
        self.parts(&reference.parts)
    }

    /// What is looked up, one after the other.
    pub(super) fn parts(&mut self, parts: &[Part<'_>]) -> Printed {
        for part in parts {
            match &part.term.kind {
                TermKind::String(name) => self.looked_up_name(name, part.term.span),
                _ => {
                    self.page.write("[");
                    self.slot(&part.term, Place::Free)?;
                    self.page.write("]");
                }
            }
        }
        Ok(())
    }

    fn call(&mut self, call: &Call<'_>, end: u32, row: u32) -> Printed {
        self.term(&call.function, Place::Operand, row)?;
        self.page.write("(");
        self.arguments(&call.args, end)?;
        self.page.write(")");
        Ok(())
    }
}
