//! The statements of the module, the blank lines between them, and those that are left as they were written.

use super::super::Parsed;
use super::super::tree::{Rule, Span, Statement};
use super::comments::{Comments, Printed};
use super::duplicates::Numbers;
use super::page::{Comment, Page};
use super::rows::Rows;
use super::style::Style;
use super::{Printer, imports};

/// Prints a module.
pub(super) fn print(source: &str, parsed: &Parsed<'_>) -> String {
    let rows = Rows::new(source);
    let statements = &parsed.tree.statements;
    let plans = plans(source, parsed, &rows);
    let comments: Vec<Comment<'_>> = parsed
        .tree
        .comments
        .iter()
        .map(|span| Comment { row: rows.of(span.start), start: span.start, text: span.text(source).trim_end() })
        .collect();
    let style = Style::of(parsed);
    let (of_imports, comments) = imports::comments_of_imports(statements, &plans, comments, &rows, &style);
    let mut printer = Printer {
        source,
        style,
        comments: Comments::new(comments),
        page: Page::new(source.len() + source.len() / 8),
        one_row: None,
        numbers: Numbers::default(),
        statement: None,
        has_generated_names: source.contains("__local"),
        rows,
    };
    printer.statements(statements, &plans, &of_imports);
    printer.last_comments(!statements.is_empty());
    printer.page.into_text()
}

impl<'s> Printer<'s> {
    fn statements(&mut self, statements: &[Statement<'_>], plans: &[Plan], of_imports: &[Option<Comment<'s>>]) {
        let mut at = 0;
        while let (Some(statement), Some(plan)) = (statements.get(at), plans.get(at)) {
            let is_read = |at: usize| plans.get(at).is_some_and(|plan| !plan.is_kept);
            let following = statements.iter().zip(plans).skip(at + 1);
            let end = at
                + 1
                + match statement {
                    _ if plan.is_kept => following.take_while(|(_, next)| next.is_kept).count(),
                    Statement::Import(_) => following
                        .take_while(|(next, plan)| matches!(next, Statement::Import(_)) && !plan.is_kept)
                        .count(),
                    _ => 0,
                };
            let run = plans.get(at..end).unwrap_or_default();
            let span = run.last().map_or(plan.span, |last| plan.span.to(last.span));
            self.comments.end = match plans.get(end).map(|next| next.span.start) {
                Some(next) if self.row(next) == self.row(span.end) => next,
                _ => u32::MAX,
            };
            match statement {
                _ if plan.is_kept => self.statements_as_written(span),
                Statement::Import(_) => {
                    let comments = of_imports.get(at..end).unwrap_or_default();
                    self.imports(statements.get(at..end).unwrap_or_default(), comments);
                }
                Statement::Package(package) => self.statement(span, |printer| printer.package(package)),
                Statement::Rule(rule) => self.statement(span, |printer| printer.rule(rule)),
                Statement::Broken(_) => {}
            }
            if !self.page.is_open() {
                // Nothing was printed: all imports are superfluous.
                at = end;
                continue;
            }
            self.hold_comment(plans.get(end..).unwrap_or_default(), |plan| plan.span, u32::MAX);
            // Whether the one behind is printed as it was written may follow from what stands behind that, and change with this line.
            if is_read(at) && self.stay_together(statement, statements.get(end)) {
                self.page.end_line();
            } else {
                self.page.blank_line();
            }
            at = end;
        }
    }

    /// Prints the comments before a statement and the statement.
    fn statement(&mut self, span: Span, print: impl FnOnce(&mut Self) -> Printed) {
        // No line is open and no comment waits: those before the statement find their place.
        let _ = self.comments_to(self.row(span.start));
        let mark = self.mark();
        if print(self).is_err() {
            self.back(&mark);
            let _ = self.as_written(span);
        }
    }

    /// Prints statements as they were written, with all between them: where the end of one was not found, they may be
    /// parts of one.
    fn statements_as_written(&mut self, span: Span) {
        let indentation = Span { start: self.rows.start_of(span.start), end: span.start }.text(self.source);
        let _ = self.comments_to(self.row(span.start));
        if indentation.trim().is_empty() {
            self.page.write(indentation);
        }
        let _ = self.as_written(span);
    }

    /// Whether two rules that stand on neighboring rows, each on one, stay without a blank line between them.
    fn stay_together(&self, this: &Statement<'_>, next: Option<&Statement<'_>>) -> bool {
        let (Statement::Rule(rule), Some(Statement::Rule(next))) = (this, next) else { return false };
        let is_short = |rule: &Rule<'_>| {
            !rule.is_default && rule.body.as_ref().is_none_or(|body| body.literals.len() <= 1) && self.says_if(rule)
        };
        let has_one_line = rule.elses.is_empty()
            && rule.chained.is_empty()
            && !rule.body.as_ref().is_some_and(|body| self.is_lone_set(body))
            && self.row(rule.span.start) == self.row(rule.span.end);
        has_one_line && is_short(rule) && is_short(next) && self.row(next.span.start) == self.row(rule.span.start) + 1
    }
}

/// How a statement is printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// The text of the statement, with what follows or precedes it and is in no statement.
    pub(super) span: Span,
    /// Whether it is printed as it was written.
    pub(super) is_kept: bool,
}

/// How the statements are printed. As written are those in which something could not be read, and those that share a
/// row with one.
fn plans(source: &str, parsed: &Parsed<'_>, rows: &Rows) -> Vec<Plan> {
    let statements = &parsed.tree.statements;
    let mut plans: Vec<Plan> = statements
        .iter()
        .map(|statement| Plan { span: statement.span(), is_kept: matches!(statement, Statement::Broken(_)) })
        .collect();
    add_errors(&mut plans, source, parsed);
    add_what_is_in_no_statement(&mut plans, source, &parsed.tree.comments);
    let last = plans.len().saturating_sub(1);
    for (from, to) in (0..last).map(|at| (at, at + 1)).chain((0..last).rev().map(|at| (at + 1, at))) {
        if let Ok([from, to]) = plans.get_disjoint_mut([from, to]) {
            let (first, second) = if from.span < to.span { (from.span, to.span) } else { (to.span, from.span) };
            // A bracket at its start would be left out, so that a word before it could be read with it.
            let begins_with_bracket = second.text(source).starts_with('(');
            to.is_kept |= from.is_kept && (begins_with_bracket || rows.of(first.end) == rows.of(second.start));
        }
    }
    plans
}

/// A statement with a mistake is printed as it was written: it holds what could not be read, or lacks it.
fn add_errors(plans: &mut [Plan], source: &str, parsed: &Parsed<'_>) {
    let starts: Vec<u32> = plans.iter().map(|plan| plan.span.start).collect();
    // What is wrong with the metadata is no fault of a statement. A comment with a character that may stand nowhere is one.
    let comments = &parsed.tree.comments;
    let is_in_comment = |byte: u32| {
        let behind = comments.partition_point(|comment| comment.start <= byte);
        behind.checked_sub(1).and_then(|at| comments.get(at)).is_some_and(|comment| byte < comment.end)
    };
    let is_of_metadata = |span: &Span| {
        let is_illegal = span.text(source).contains(['\0', '\u{feff}']);
        is_in_comment(span.start) && is_in_comment(span.end.saturating_sub(1)) && !is_illegal
    };
    let mut errors = parsed.errors.iter().map(|error| error.span).filter(|span| !is_of_metadata(span)).peekable();
    // That a package is missing is said of the whole first statement, which may be read well.
    let is_missing_package = !matches!(parsed.tree.statements.first(), Some(Statement::Package(_)));
    let first = plans.first().map(|plan| plan.span).filter(|_| is_missing_package);
    errors.next_if(|error| Some(*error) == first);
    for (plan, next) in plans.iter_mut().zip(starts.into_iter().skip(1).chain([u32::MAX])) {
        while errors.next_if(|error| error.start < next).is_some() {
            plan.is_kept = true;
        }
        // What is missing at the end of a statement is noticed at the start of the next.
        plan.is_kept |= errors.peek().is_some_and(|error| error.start == next);
    }
}

/// Text between statements that is no comment belongs to the statement before it, or else behind it.
fn add_what_is_in_no_statement(plans: &mut [Plan], source: &str, comments: &[Span]) {
    let end = u32::try_from(source.len()).unwrap_or(u32::MAX);
    let starts: Vec<u32> = plans.iter().map(|plan| plan.span.start).collect();
    let mut comments = comments.iter().copied().peekable();
    let mut text_in = |gap: Span| {
        let mut found: Option<Span> = None;
        let mut from = gap.start;
        while from < gap.end {
            while comments.next_if(|comment| comment.end <= from).is_some() {}
            let comment = comments.peek().copied().filter(|comment| comment.start < gap.end);
            let to = comment.map_or(gap.end, |comment| comment.start.max(from));
            let text = Span { start: from, end: to }.text(source);
            let before = text.len() - text.trim_start().len();
            if let (Ok(before), Ok(length)) = (u32::try_from(before), u32::try_from(text.trim().len()))
                && length > 0
            {
                let start = from + before;
                found = Some(found.unwrap_or(Span { start, end: start }).to(Span { start, end: start + length }));
            }
            from = comment.map_or(gap.end, |comment| comment.end);
        }
        found
    };
    if let Some(first) = plans.first_mut()
        && let Some(text) = text_in(Span { start: 0, end: first.span.start })
    {
        *first = Plan { span: text.to(first.span), is_kept: true };
    }
    for (plan, next) in plans.iter_mut().zip(starts.into_iter().skip(1).chain([end])) {
        if let Some(text) = text_in(Span { start: plan.span.end, end: next }) {
            *plan = Plan { span: plan.span.to(text), is_kept: true };
        }
    }
}
