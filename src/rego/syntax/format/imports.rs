//! The package and the imports, which are sorted where they stand on rows that follow one another.

use super::super::tree::{Import, Name, Package, Span, Statement};
use super::comments::Printed;
use super::page::Comment;
use super::rows::Rows;
use super::statements::Plan;
use super::style::Style;
use super::{Printer, strings};
use crate::sorted::InOrder;
use std::cmp::Ordering;

/// Splits the comments into those behind imports, by the index of the import's statement, and all others.
pub(super) fn comments_of_imports<'s>(
    statements: &[Statement<'_>],
    plans: &[Plan],
    comments: Vec<Comment<'s>>,
    rows: &Rows,
    style: &Style,
) -> (Vec<Option<Comment<'s>>>, Vec<Comment<'s>>) {
    let mut of_imports: Vec<Option<Comment<'s>>> = vec![None; statements.len()];
    let mut others = Vec::with_capacity(comments.len());
    let next_starts = plans.iter().skip(1).map(|next| next.span.start).chain([u32::MAX]);
    let mut imports = statements
        .iter()
        .zip(plans.iter().zip(next_starts))
        .zip(of_imports.iter_mut())
        .filter_map(|((statement, (plan, next)), place)| match statement {
            Statement::Import(import) if !plan.is_kept && !is_superfluous(import, style) => {
                Some((import.span.start..next, rows.of(import.span.end), place))
            }
            _ => None,
        })
        .peekable();
    for comment in comments {
        while imports.next_if(|(bytes, last_row, _)| bytes.end <= comment.start || *last_row < comment.row).is_some() {}
        match imports.next_if(|(bytes, ..)| bytes.contains(&comment.start)) {
            Some((.., place)) => *place = Some(comment),
            None => others.push(comment),
        }
    }
    drop(imports);
    (of_imports, others)
}

impl<'s> Printer<'s> {
    pub(super) fn package(&mut self, package: &Package<'_>) -> Printed {
        self.page.open_line();
        self.page.write("package ");
        self.path(&package.path);
        self.finish(package.span)
    }

    /// Prints imports with nothing but comments between them. The last line stays open.
    pub(super) fn imports(&mut self, statements: &[Statement<'_>], comments: &[Option<Comment<'s>>]) {
        let mut group: Vec<(&Import<'_>, Option<Comment<'s>>)> = Vec::new();
        for (statement, comment) in statements.iter().zip(comments) {
            let Statement::Import(import) = statement else { continue };
            if is_superfluous(import, &self.style) {
                continue;
            }
            let row = self.row(import.span.start);
            if let Some((last, _)) = group.last()
                && row - self.row(last.span.start) > 1
            {
                self.import_group(&mut group);
                self.page.blank_line();
            }
            group.push((import, *comment));
        }
        self.import_group(&mut group);
    }

    /// Prints imports on neighboring rows, sorted.
    fn import_group(&mut self, imports: &mut Vec<(&Import<'_>, Option<Comment<'s>>)>) {
        let Some((first, _)) = imports.first() else { return };
        // No line is open and no comment waits.
        let _ = self.comments_to(self.row(first.span.start));
        imports.order_by(|(left, _), (right, _)| order(left, right));
        for (at, (import, comment)) in imports.drain(..).enumerate() {
            if at > 0 {
                self.page.end_line();
            }
            self.page.open_line();
            self.page.write("import ");
            self.path(&import.path);
            if let Some(alias) = &import.alias {
                self.page.write(" as ");
                self.page.write(&alias.text);
            }
            if comment.is_some() {
                self.page.set_behind(comment);
            }
        }
    }

    /// The names of a package or an import.
    fn path(&mut self, path: &[Name<'_>]) {
        let [first, rest @ ..] = path else { return };
        self.page.write(&first.text);
        for name in rest {
            self.looked_up_name(&name.text, name.span);
        }
    }

    /// `.name`, or `["a name"]` where it cannot be written so.
    pub(super) fn looked_up_name(&mut self, name: &str, span: Span) {
        let is_quoted = self.first_byte(span) == Some(b'"');
        if !strings::is_name(name) || is_quoted && self.style.is_quoted_keyword(name) {
            self.page.write("[");
            self.page.write(&strings::quoted(name));
            self.page.write("]");
        } else {
            self.page.write(".");
            self.page.write(name);
        }
    }
}

fn order(left: &Import<'_>, right: &Import<'_>) -> Ordering {
    fn path<'i>(import: &'i Import<'_>) -> impl Iterator<Item = &'i str> {
        import.path.iter().map(|name| name.text.as_ref())
    }
    fn alias<'i>(import: &'i Import<'_>) -> Option<&'i str> {
        import.alias.as_ref().map(|alias| alias.text.as_ref())
    }
    path(left).cmp(path(right)).then_with(|| alias(left).cmp(&alias(right)))
}

/// Whether `import rego.v1` beside it makes an import superfluous.
fn is_superfluous(import: &Import<'_>, style: &Style) -> bool {
    style.imports_rego_v1 && import.is_of_keywords() && !import.is_rego_v1()
}
