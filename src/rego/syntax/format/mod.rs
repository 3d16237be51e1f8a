//! The formatter: prints a module as `opa fmt` does.
//!
//! The layout follows the rows of the text: elements on one row stay on one line, elements on several rows get lines
//! of their own, and so do the statements of bodies. [`page`] has the lines, [`comments`] what is printed between and
//! behind them, and the other files the nodes of the tree, each in the order in which its tokens stand.
//!
//! INVARIANT (as written): a statement of the module in which something could not be read is printed byte for byte.

mod bodies;
mod collections;
mod comments;
mod duplicates;
mod imports;
mod operators;
mod page;
mod rows;
mod rules;
mod statements;
mod strings;
mod style;
mod terms;
#[cfg(test)]
mod tests;

use super::tree::{Span, Term};
use super::{Parsed, parse};
use bodies::Stand;
use comments::Comments;
use duplicates::Numbers;
use page::Page;
use rows::Rows;
use style::Style;

/// How often a text with errors is formatted until nothing changes.
const MOST: usize = 5;

/// What `opa fmt` prints for a module of its dialect. A text with errors is formatted around them.
///
/// Where something cannot be read, what is a statement of its own follows from the indentation, which formatting changes.
/// INVARIANT (once): what is printed stays as it is when it is formatted, so a text with errors is formatted until it does, and is left as it
/// is where it would not.
pub fn format(source: &str, parsed: &Parsed<'_>) -> String {
    let first = print(source, parsed);
    if parsed.is_module() {
        return first;
    }
    let mut text = first;
    for _ in 0..MOST {
        let again = print(&text, &parse(&text, parsed.asked));
        if again == text {
            return text;
        }
        text = again;
    }
    source.to_owned()
}

fn print(source: &str, parsed: &Parsed<'_>) -> String {
    let tree = &parsed.tree;
    if tree.statements.is_empty() && tree.comments.is_empty() && !parsed.errors.is_empty() {
        return source.to_owned();
    }
    statements::print(source, parsed)
}

struct Printer<'s> {
    source: &'s str,
    rows: Rows,
    style: Style,
    comments: Comments<'s>,
    page: Page<'s>,
    /// The row on which everything counts as written, where that is so.
    one_row: Option<u32>,
    numbers: Numbers,
    /// Where the statement begins on the page that was begun last, and how it stands.
    statement: Option<(usize, Stand)>,
    /// Whether the text has names that a compiler makes: OPA does not trust the rows of what holds one.
    has_generated_names: bool,
}

impl Printer<'_> {
    /// The row of a byte.
    fn row(&self, byte: u32) -> u32 {
        self.one_row.unwrap_or_else(|| self.rows.of(byte))
    }

    /// The row that OPA takes a term to begin on.
    fn row_of(&self, term: &Term<'_>) -> u32 {
        self.row(term.opa_start())
    }

    /// The row that a span ends on.
    fn last_row(&self, span: Span) -> u32 {
        self.row(span.end)
    }

    /// The first byte of a span.
    fn first_byte(&self, span: Span) -> Option<u8> {
        self.source.as_bytes().get(span.start as usize).copied()
    }
}
