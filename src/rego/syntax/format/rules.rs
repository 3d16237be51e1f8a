//! Rules: heads, bodies behind them, `else`, and the bodies of v0 that share a head.

use super::super::tree::{Body, Else, Head, HeadValue, LiteralKind, Rule, Span, Term, TermKind};
use super::Printer;
use super::bodies::Stand;
use super::comments::{Clash, Printed};
use super::operators::Place;
use super::strings;

impl Printer<'_> {
    /// Prints a rule. The last line stays open.
    pub(super) fn rule(&mut self, rule: &Rule<'_>) -> Printed {
        self.page.open_line();
        if rule.is_default {
            self.page.write("default ");
        }
        let head_row = self.row(rule.head.span.start);
        let says_if = self.says_if(rule);
        let body = rule.body.as_ref();
        let is_constant = rule.elses.is_empty() && body.is_none_or(is_true);
        self.head(rule, body, is_constant)?;
        self.all_printed(rule.head.span)?;
        let mut has_braces = false;
        if let Some(body) = body.filter(|_| !is_constant) {
            has_braces = self.body_of_rule(body, head_row, says_if)?;
        }
        for (at, branch) in rule.elses.iter().enumerate() {
            self.begin_else(branch, has_braces)?;
            has_braces = self.else_branch(branch, says_if, at + 1 == rule.elses.len())?;
        }
        for body in &rule.chained {
            self.hold_comment(&body.literals, |literal| literal.span, body.span.end);
            self.page.blank_line();
            self.chained(rule, body, says_if)?;
        }
        self.finish(rule.span)
    }

    /// Whether the bodies of a rule are printed with `if`: always, but for sets without `contains`.
    pub(super) fn says_if(&self, rule: &Rule<'_>) -> bool {
        rule.span.start >= self.style.if_from && (rule.head.key.is_none() || self.has_contains(&rule.head))
    }

    /// Whether a set is printed with `contains`: where the word is known, and the name before it is no keyword.
    fn has_contains(&self, head: &Head<'_>) -> bool {
        head.has_contains || head.span.start >= self.style.contains_from && !self.style.is_keyword(head.name())
    }

    /// Prints a further body as a rule with the same head, which counts as written where the body begins.
    fn chained(&mut self, rule: &Rule<'_>, body: &Body<'_>, says_if: bool) -> Printed {
        let row = self.row(body.span.start);
        self.comments_to(row)?;
        self.page.open_line();
        let is_constant = is_true(body);
        self.one_row = Some(row);
        let head = self.head(rule, Some(body), is_constant);
        self.one_row = None;
        head?;
        if !is_constant {
            self.body_of_rule(body, row, says_if)?;
        }
        Ok(())
    }

    /// Prints a head. `is_constant` tells that nothing is asked, so that no body follows.
    fn head(&mut self, rule: &Rule<'_>, body: Option<&Body<'_>>, is_constant: bool) -> Printed {
        let head = &rule.head;
        self.name_of_rule(head)?;
        if let Some(args) = head.args.as_ref().filter(|args| !args.is_empty()) {
            self.page.write("(");
            self.arguments(args, self.end_of_arguments(head, args))?;
            self.page.write(")");
        }
        if let Some(key) = &head.key {
            let (open, close) = if self.has_contains(head) { (" contains ", "") } else { ("[", "]") };
            self.page.write(open);
            self.slot(key, Place::Free)?;
            self.page.write(close);
        }
        let sign = match &head.value {
            Some(value) if value.is_assigned => " := ",
            _ if self.style.is_v1() => " := ",
            _ => " = ",
        };
        match &head.value {
            // A body says the same as `true`, but not of an element of an object.
            Some(value) if is_true_value(value) && !is_constant && !rule.is_default && !adds_to_object(head, body) => {
                Ok(())
            }
            Some(value) => {
                self.page.write(sign);
                self.slot(&value.term, Place::Free)
            }
            None => {
                let is_written = head.key.is_none() && is_constant && !rule.is_default;
                if is_written && (body.is_some() || self.style.is_v1() && head.args.is_none()) {
                    self.page.write(sign);
                    self.page.write("true");
                }
                Ok(())
            }
        }
    }

    /// The byte behind the bracket that closes the arguments: the first behind them that is in no comment.
    fn end_of_arguments(&self, head: &Head<'_>, args: &[Term<'_>]) -> u32 {
        let start = args.last().map_or(head.span.start, |last| last.outer().end);
        let mut at = start;
        for line in (Span { start, end: head.span.end }).text(self.source).split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or("");
            if let Some(bracket) = code.find(')') {
                return at + u32::try_from(bracket + 1).unwrap_or(0);
            }
            at += u32::try_from(line.len()).unwrap_or(0);
        }
        head.span.end
    }

    fn name_of_rule(&mut self, head: &Head<'_>) -> Printed {
        let [first, rest @ ..] = head.reference.as_slice() else { return Ok(()) };
        self.page.write(first.term.as_var().unwrap_or(""));
        match rest {
            [part] if !self.style.has_dotted_heads => {
                self.page.write("[");
                match part.term.as_string() {
                    Some(text) => self.page.write(&strings::quoted(text)),
                    None => self.slot(&part.term, Place::Free)?,
                }
                self.page.write("]");
                Ok(())
            }
            _ => self.parts(rest),
        }
    }

    /// Prints what follows a head: on the line of the head, where it is one statement that was written there. Tells
    /// whether it ends with a brace of its own.
    fn body_of_rule(&mut self, body: &Body<'_>, head_row: u32, says_if: bool) -> Result<bool, Clash> {
        if says_if {
            self.page.write(" if");
            if let [literal] = body.literals.as_slice()
                && self.row(literal.span.start) == head_row
                && !self.is_lone_set(body)
                && !self.has_own_comment(Span { start: literal.span.end, end: body.span.end })
            {
                self.page.write(" ");
                self.literal(literal, Stand::BehindHead)?;
                return Ok(false);
            }
        }
        self.page.write(" {");
        self.page.depth += 1;
        self.lines_of_body(body, if says_if { Stand::FirstBehindIf } else { Stand::First })?;
        if body.has_braces {
            self.comments_to(self.last_row(body.span))?;
        }
        self.page.depth -= 1;
        self.page.open_line();
        self.page.write("}");
        Ok(true)
    }

    /// Whether a comment in the span stands on a row of its own.
    fn has_own_comment(&self, span: Span) -> bool {
        self.comments.last_in(span).is_some_and(|comment| comment.row > self.row(span.start))
    }

    /// Whether a body is one set, whose braces without those of the body would be read as the body's.
    pub(super) fn is_lone_set(&self, body: &Body<'_>) -> bool {
        let [literal] = body.literals.as_slice() else { return false };
        let LiteralKind::Term(term) = &literal.kind else { return false };
        matches!(term.kind, TermKind::Set(_))
    }

    /// Begins the line of a branch: behind the brace before it, where it was written there. OPA prints a comment at
    /// the end of that line behind the brace, and the branch below.
    fn begin_else(&mut self, branch: &Else<'_>, has_braces: bool) -> Printed {
        let start = branch.span.start;
        let before = Span { start: self.rows.start_of(start), end: start }.text(self.source);
        let row = self.row(start);
        let has_comment = self.page.behind().is_some_and(|comment| comment.start < start)
            || self.comments.peek().is_some_and(|comment| comment.row < row);
        if has_braces && !has_comment && !before.trim().is_empty() {
            self.page.write_space_or_split();
        } else {
            self.hold_comment(std::slice::from_ref(branch), |branch| branch.span, branch.span.end);
            self.page.blank_line();
        }
        self.comments_to(row)?;
        self.page.open_line();
        Ok(())
    }

    fn else_branch(&mut self, branch: &Else<'_>, says_if: bool, is_last: bool) -> Result<bool, Clash> {
        let row = self.row(branch.span.start);
        self.page.write("else");
        let body = branch.body.as_ref();
        let is_constant = body.is_none_or(|body| is_last && is_true(body));
        let sign = match &branch.value {
            Some(value) if value.is_assigned => " := ",
            _ if self.style.is_v1() => " := ",
            _ => " = ",
        };
        match &branch.value {
            Some(value) if !is_constant && is_true_value(value) => {}
            Some(value) => {
                self.page.write(sign);
                // OPA takes the value to begin where the branch does.
                let term = &value.term;
                self.or_as_written(term.outer(), false, |printer| {
                    printer.term(term, Place::Free, row)?;
                    printer.all_printed(term.outer())
                })?;
            }
            None if is_constant => {
                self.page.write(sign);
                self.page.write("true");
            }
            None => {}
        }
        let Some(body) = body.filter(|_| !is_constant) else { return Ok(false) };
        if body.has_braces {
            return self.body_of_rule(body, row, says_if);
        }
        // OPA takes all of a lone statement behind `else` to stand on the row of the branch.
        let before = self.one_row.replace(row);
        let printed = self.body_of_rule(body, row, says_if);
        self.one_row = before;
        printed
    }
}

/// Whether a body asks for nothing.
fn is_true(body: &Body<'_>) -> bool {
    let [literal] = body.literals.as_slice() else { return false };
    let LiteralKind::Term(term) = &literal.kind else { return false };
    !literal.is_negated && literal.with.is_empty() && matches!(term.kind, TermKind::Boolean(true))
}

fn is_true_value(value: &HeadValue<'_>) -> bool {
    matches!(value.term.kind, TermKind::Boolean(true))
}

/// Whether the head is `p[x]`, as OPA tells it from `p.x`: behind `if` it says so only for what is no constant.
fn adds_to_object(head: &Head<'_>, body: Option<&Body<'_>>) -> bool {
    let [_, part] = head.reference.as_slice() else { return false };
    let has_if = body.is_some_and(|body| body.has_if);
    let is_open = !part.term.is_ground() || matches!(part.term.kind, TermKind::Ref(_) | TermKind::Var(_));
    head.args.is_none() && (!has_if || is_open)
}
