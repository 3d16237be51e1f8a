//! Comments: each is printed before, behind or inside of what it was written at, and none is lost.
//!
//! A comment on a row of its own is printed on a line of its own; one behind something, at the end of that line.
//! Where the layout has no such line (`a == # why` with `b` below), the smallest part of the text around the comment
//! is printed as it was written.

use super::super::tree::Span;
use super::Printer;
use super::page::{self, Comment};

/// A comment for which the layout has no place: at the bytes from `first` to `last` stand the comments that are in
/// the way of one another, or of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clash {
    first: u32,
    last: u32,
}

impl Clash {
    fn of(comment: &Comment<'_>, other: Option<Comment<'_>>) -> Self {
        let other = other.map_or(comment.start, |other| other.start);
        Self { first: comment.start.min(other), last: comment.start.max(other) }
    }
}

pub(super) type Printed = Result<(), Clash>;

/// The comments of the text in their order.
pub(super) struct Comments<'s> {
    all: Vec<Comment<'s>>,
    /// The first that has not been printed.
    next: usize,
    /// Comments from this byte on belong to the next statement of the module.
    pub(super) end: u32,
}

impl<'s> Comments<'s> {
    pub(super) fn new(all: Vec<Comment<'s>>) -> Self {
        Self { all, next: 0, end: u32::MAX }
    }

    pub(super) fn peek(&self) -> Option<Comment<'s>> {
        self.all.get(self.next).copied()
    }

    /// The next, where it stands before the row.
    fn next_before(&mut self, row: u32) -> Option<Comment<'s>> {
        let comment = self.peek().filter(|comment| comment.row < row)?;
        self.next += 1;
        Some(comment)
    }

    /// The first that has not been printed and stands in the span.
    pub(super) fn first_in(&self, span: Span) -> Option<Comment<'s>> {
        let rest = self.all.get(self.next..).unwrap_or_default();
        let at = rest.partition_point(|comment| comment.start < span.start);
        rest.get(at).copied().filter(|comment| comment.start < span.end)
    }

    /// The last that has not been printed and stands in the span.
    pub(super) fn last_in(&self, span: Span) -> Option<Comment<'s>> {
        let rest = self.all.get(self.next..).unwrap_or_default();
        let behind = rest.partition_point(|comment| comment.start < span.end);
        behind.checked_sub(1).and_then(|at| rest.get(at)).copied().filter(|comment| comment.start >= span.start)
    }
}

/// Where printing can be taken back to.
pub(super) struct Mark<'s> {
    page: page::Mark<'s>,
    next_comment: usize,
    one_row: Option<u32>,
}

impl<'s> Printer<'s> {
    /// Prints the comments on the rows before `row` on lines of their own, and keeps the one on the row for the end
    /// of the line.
    pub(super) fn comments_to(&mut self, row: u32) -> Printed {
        let Some(first) = self.comments.peek() else { return Ok(()) };
        if first.row < row {
            let behind = self.page.behind();
            if behind.is_some() || self.page.is_mid_line() {
                return Err(Clash::of(&first, behind));
            }
            let mut last_row = first.row;
            while let Some(comment) = self.comments.next_before(row) {
                self.own_line(&comment, last_row);
                last_row = comment.row;
            }
            if row - last_row > 1 {
                self.page.blank_line();
            }
        }
        self.comment_on(row)
    }

    /// Keeps the comment on the row, where the next one is on it, for the end of the line.
    pub(super) fn comment_on(&mut self, row: u32) -> Printed {
        let is_here = |comment: &Comment<'_>| comment.row == row && comment.start < self.comments.end;
        let Some(comment) = self.comments.peek().filter(is_here) else { return Ok(()) };
        let behind = self.page.behind();
        if behind.is_some() {
            return Err(Clash::of(&comment, behind));
        }
        self.comments.next += 1;
        self.page.set_behind(Some(comment));
        Ok(())
    }

    /// Keeps the comment on the row of the span's end, where nothing else stands between them, for the end of the line.
    pub(super) fn comment_behind(&mut self, span: Span) -> Printed {
        match self.comments.peek() {
            Some(comment) if comment.start >= span.end && self.only_has(b",;)]}", span.end, comment.start) => {
                self.comment_on(self.row(span.end))
            }
            _ => Ok(()),
        }
    }

    /// Prints a comment on a line of its own, behind a blank one where the text has one before it.
    fn own_line(&mut self, comment: &Comment<'s>, last_row: u32) {
        if comment.row - last_row > 1 {
            self.page.blank_line();
        }
        self.page.open_line();
        self.page.write(comment.text);
        self.page.end_line();
    }

    /// Prints the comments behind the last statement. Blank lines between them are kept only where there is no
    /// statement.
    pub(super) fn last_comments(&mut self, has_statements: bool) {
        let mut last_row = None;
        while let Some(comment) = self.comments.next_before(u32::MAX) {
            let since = last_row.filter(|_| !has_statements).unwrap_or(comment.row);
            self.own_line(&comment, since);
            last_row = Some(comment.row);
        }
    }

    /// Before the end of a line: leaves the comment that waits for it to a later line, where it stands in a node that
    /// is printed there. These are `nodes`, in the order of the text, and what stands behind `end`, brackets that
    /// close not counted.
    pub(super) fn hold_comment<T>(&mut self, nodes: &[T], span_of: impl Fn(&T) -> Span, end: u32) {
        let Some(comment) = self.page.behind() else { return };
        let is_later = if comment.start < end {
            let behind = nodes.partition_point(|node| span_of(node).start <= comment.start);
            let node = behind.checked_sub(1).and_then(|at| nodes.get(at));
            node.is_some_and(|node| comment.start < span_of(node).end)
        } else {
            !self.only_has(b",;)]}", end, comment.start)
        };
        if is_later {
            self.page.hold_comment();
        }
    }

    /// Whether nothing but white space and these signs stands between two bytes.
    fn only_has(&self, signs: &[u8], from: u32, to: u32) -> bool {
        let between = self.source.as_bytes().get(from as usize..to as usize).unwrap_or_default();
        between.iter().all(|byte| byte.is_ascii_whitespace() || signs.contains(byte))
    }

    /// What has been printed of the span must have printed its comments too.
    pub(super) fn all_printed(&self, span: Span) -> Printed {
        self.comments.first_in(span).map_or(Ok(()), |comment| Err(Clash::of(&comment, None)))
    }

    /// The same, and a comment behind the span, on the row of its end, is for the end of the line.
    pub(super) fn finish(&mut self, span: Span) -> Printed {
        self.all_printed(span)?;
        self.comment_behind(span)
    }

    /// Prints a part of the text, or leaves it as it was written where a comment in it has no place. `ends_line`
    /// tells that the line ends behind it, so that a comment behind it will stand there.
    ///
    /// INVARIANT (stable): what decides that are rows and comments in the part, and these stay as they are, so that
    /// formatting the result decides the same.
    pub(super) fn or_as_written(
        &mut self,
        span: Span,
        ends_line: bool,
        print: impl FnOnce(&mut Self) -> Printed,
    ) -> Printed {
        let mark = self.mark();
        let Err(clash) = print(self) else { return Ok(()) };
        let is_behind = ends_line && self.rows.of(clash.last) == self.rows.of(span.end);
        let is_inside = span.start <= clash.first
            && (clash.last < span.end || is_behind && self.only_has(b";", span.end, clash.last));
        if !is_inside {
            return Err(clash);
        }
        self.back(&mark);
        self.as_written(span)
    }

    pub(super) fn mark(&self) -> Mark<'s> {
        Mark { page: self.page.mark(), next_comment: self.comments.next, one_row: self.one_row }
    }

    /// Takes back what was printed since the mark.
    pub(super) fn back(&mut self, mark: &Mark<'s>) {
        self.page.back(&mark.page);
        self.comments.next = mark.next_comment;
        self.one_row = mark.one_row;
    }

    /// Prints a part of the text as it was written, with the comments in it.
    pub(super) fn as_written(&mut self, span: Span) -> Printed {
        if let Some(comment) = self.comments.peek().filter(|comment| comment.start < span.start) {
            return Err(Clash::of(&comment, None));
        }
        self.page.open_line();
        self.page.write_lines(span.text(self.source));
        while self.comments.peek().is_some_and(|comment| comment.start < span.end) {
            self.comments.next += 1;
        }
        if self.page.behind().is_some_and(|comment| comment.start >= span.start && comment.start < span.end) {
            self.page.set_behind(None);
        }
        match self.page.behind() {
            Some(_) => self.comment_behind(span),
            None => self.comment_on(self.rows.of(span.end)),
        }
    }
}
