//! Arrays, sets, objects, arguments, and comprehensions.

use super::super::tree::{Body, Comprehension, Operator, Span, Term};
use super::super::visit;
use super::Printer;
use super::comments::Printed;
use super::operators::{self, Place};

/// One element of a list, with the term that tells its row.
#[derive(Clone, Copy)]
struct Element<'t, 's> {
    key: Option<&'t Term<'s>>,
    value: &'t Term<'s>,
}

impl<'t, 's> Element<'t, 's> {
    fn first(&self) -> &'t Term<'s> {
        self.key.unwrap_or(self.value)
    }

    fn span(&self) -> Span {
        self.first().outer().to(self.value.outer())
    }
}

impl Printer<'_> {
    pub(super) fn array(&mut self, items: &[Term<'_>], span: Span) -> Printed {
        self.page.write("[");
        self.list(items.iter().map(|value| Element { key: None, value }).collect(), span.end, true)?;
        self.page.write("]");
        Ok(())
    }

    /// Arguments without their brackets, of which the closing one stands before `end`.
    pub(super) fn arguments(&mut self, args: &[Term<'_>], end: u32) -> Printed {
        self.list(args.iter().map(|value| Element { key: None, value }).collect(), end, false)
    }

    /// A set without the elements that are in it already.
    pub(super) fn set(&mut self, items: &[Term<'_>], span: Span) -> Printed {
        if items.is_empty() {
            self.page.write("set()");
            return self.comments_to(self.last_row(span));
        }
        self.page.write("{");
        let is_first = self.numbers.first_occurrences(items);
        let elements = items.iter().zip(is_first).filter(|(_, is_first)| *is_first);
        self.list(elements.map(|(value, _)| Element { key: None, value }).collect(), span.end, true)?;
        self.page.write("}");
        Ok(())
    }

    /// An object, each key once: the first of it with the last value.
    pub(super) fn object(&mut self, pairs: &[(Term<'_>, Term<'_>)], span: Span) -> Printed {
        self.page.write("{");
        let last = self.numbers.last_occurrences(pairs);
        let elements = pairs.iter().zip(last).filter_map(|((key, _), last)| {
            let (_, value) = last.and_then(|last| pairs.get(last))?;
            Some(Element { key: Some(key), value })
        });
        self.list(elements.collect(), span.end, true)?;
        self.page.write("}");
        Ok(())
    }

    /// Elements: those on one row on one line, and where there are several rows, on lines of their own. `end` is behind
    /// the closing bracket. A collection is all but arguments.
    fn list(&mut self, elements: Vec<Element<'_, '_>>, end: u32, is_collection: bool) -> Printed {
        let rows: Vec<u32> = elements.iter().map(|element| self.row_of(element.first())).collect();
        let has_lines = rows.iter().zip(rows.iter().skip(1)).any(|(this, next)| next > this)
            && !elements.iter().any(|element| element.key.is_none() && self.has_generated_name(element.value));
        if !has_lines {
            for (at, element) in elements.iter().enumerate() {
                self.page.write(if at > 0 { ", " } else { "" });
                self.element(element, is_collection && at == 0)?;
            }
            return Ok(());
        }
        let first_row = rows.first().copied().unwrap_or(0);
        if self.comments.peek().is_some_and(|comment| comment.row < first_row) {
            self.hold_comment(&elements, Element::span, end);
        } else {
            self.page.hold_comment();
        }
        self.page.end_line();
        self.page.depth += 1;
        let mut last = None;
        for (at, (element, row)) in elements.iter().zip(rows).enumerate() {
            match last {
                Some(last) if row > last => {
                    self.page.write(",");
                    self.hold_comment(elements.get(at..).unwrap_or_default(), Element::span, end);
                    self.page.end_line();
                }
                Some(_) => self.page.write(", "),
                None => {}
            }
            last = Some(row);
            self.page.open_line();
            self.element(element, is_collection && at == 0)?;
        }
        self.page.write(",");
        self.hold_comment(&[], Element::span, end);
        self.page.end_line();
        self.comments_to(self.row(end))?;
        self.page.depth -= 1;
        self.page.open_line();
        Ok(())
    }

    fn element(&mut self, element: &Element<'_, '_>, is_first: bool) -> Printed {
        if let Some(key) = element.key {
            self.union_or_term(key, is_first)?;
            self.page.write(": ");
        }
        self.union_or_term(element.value, is_first)
    }

    /// A union stands in brackets where it begins a collection, which would be read as a comprehension, and where it
    /// begins with a bracket itself.
    fn union_or_term(&mut self, term: &Term<'_>, is_first: bool) -> Printed {
        let begins_with_bracket = self.first_byte(term.outer()) == Some(b'(')
            || operators::operation(term).is_some_and(|union| operators::operation(union.left).is_some());
        let is_bracketed = (is_first || begins_with_bracket) && operators::is(term, Operator::Or);
        self.slot(term, if is_bracketed { Place::Operand } else { Place::Free })
    }

    /// A comprehension that begins on `row` and ends on `last_row`.
    pub(super) fn comprehension(
        &mut self,
        brackets: [&str; 2],
        comprehension: &Comprehension<'_>,
        row: u32,
        last_row: u32,
    ) -> Printed {
        let [open, close] = brackets;
        self.page.write(open);
        let value_row = match &comprehension.key {
            Some(key) => {
                let is_union = operators::is(key, Operator::Or);
                self.slot(key, if is_union { Place::Operand } else { Place::Free })?;
                self.page.write(": ");
                row
            }
            None => self.row_of(&comprehension.value),
        };
        if value_row > row {
            self.hold_comment(std::slice::from_ref(&comprehension.value), Term::outer, comprehension.body.span.end);
            self.page.end_line();
        }
        self.slot(&comprehension.value, Place::Operand)?;
        self.page.write(" |");
        self.inner_body(&comprehension.body, value_row, last_row)?;
        self.page.write(close);
        Ok(())
    }

    /// Whether a name in the term is one that a compiler made.
    fn has_generated_name(&self, term: &Term<'_>) -> bool {
        let mut found = false;
        if self.has_generated_names {
            visit::terms_of_term(term, &mut |term| found |= is_generated(term));
        }
        found
    }

    pub(super) fn has_generated_name_in_body(&self, body: &Body<'_>) -> bool {
        let mut found = false;
        if self.has_generated_names {
            visit::terms_of_body(body, &mut |term| found |= is_generated(term));
        }
        found
    }
}

fn is_generated(term: &Term<'_>) -> bool {
    term.as_var().is_some_and(|name| name.starts_with("__local"))
}
