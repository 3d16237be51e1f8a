//! Rules: heads, bodies, `else`, and what a default may be.

use super::super::error::SyntaxError;
use super::super::help;
use super::super::tokens::{Gap, Kind, Token};
use super::super::tree::{
    Body, Else, Head, HeadValue, Literal, LiteralKind, Operator, Part, Rule, Span, Statement, TemplatePart, Term,
    TermKind,
};
use super::{Parser, Read, Stop};
use std::borrow::Cow;

/// What stands at the place of a rule.
pub(super) enum Found<'s> {
    /// A rule.
    Rule(Box<Rule<'s>>),
    /// A head without value and body, or no head: it is to be read as a statement of a body.
    Statement,
}

impl<'s> Parser<'s, '_> {
    /// A rule, where one stands here.
    pub(super) fn rule(&mut self) -> Read<Found<'s>> {
        let start = self.token().span;
        let is_default = self.is(Kind::Default) && !self.begins_reference();
        if is_default {
            self.step();
        }
        let begins_with_name = self.is(Kind::Name) || self.kind().is_keyword() && self.begins_reference();
        if !begins_with_name {
            return Ok(Found::Statement);
        }
        let Some(head) = self.head()? else { return Ok(Found::Statement) };
        if is_default {
            return self.default_rule(start, head);
        }
        let mut rule = Rule { span: start, is_default, head, body: None, elses: Vec::new(), chained: Vec::new() };
        match self.kind() {
            Kind::If => {
                self.step();
                rule.body = Some(self.body_behind_if()?);
            }
            Kind::LeftBrace => {
                key_of_old_form(&mut rule.head);
                rule.body = Some(self.braces(false)?);
            }
            _ if rule.head.has_contains => {}
            // `p := 1`: the rest of such a statement would be no rule.
            kind if rule.head.value.is_some() && !matches!(kind, Kind::Semicolon | Kind::With) => {}
            _ => return Ok(Found::Statement),
        }
        if rule.body.is_some() {
            self.elses(&mut rule)?;
            self.chained_bodies(&mut rule)?;
        }
        rule.span = self.since(start);
        Ok(Found::Rule(Box::new(rule)))
    }

    /// Name, arguments, key and value; none where the text is no head.
    fn head(&mut self) -> Read<Option<Head<'s>>> {
        let token = self.raw(self.at);
        self.step();
        let name = self.leaf(token.span, TermKind::Var(self.text(token)));
        let next = self.raw(self.at);
        if next.gap == Gap::None && next.kind.operator().is_some() {
            return Err(self.unexpected(""));
        }
        let term = match next.kind {
            Kind::LeftParen | Kind::Dot | Kind::LeftBracket => self.reference(name, true)?,
            _ => name,
        };
        let (function, args) = match term.kind {
            // A head with empty brackets is one without: `f() := 1` is `f := 1`, as OPA reads it.
            TermKind::Call(call) => (call.function, Some(call.args).filter(|args| !args.is_empty())),
            // `set()` is no function to define.
            TermKind::Set(_) => return Ok(None),
            _ => (term, None),
        };
        let Some(reference) = head_reference(function) else {
            return Err(self.unexpected("expected rule head name"));
        };
        let mut head = Head { span: token.span, reference, args, key: None, has_contains: false, value: None };
        match self.kind() {
            Kind::Contains => {
                if head.args.is_some() {
                    let name = head.name();
                    let words = format!(
                        "the contains keyword can only be used with multi-value rule definitions (e.g., {name} contains <VALUE> {{ ... }})"
                    );
                    return Err(self.unexpected(&words));
                }
                self.step();
                head.key = Some(self.expression()?);
                head.has_contains = true;
            }
            sign @ (Kind::Assign | Kind::Unify) => {
                self.step();
                head.value = Some(HeadValue { is_assigned: sign == Kind::Assign, term: self.expression()? });
            }
            _ => {}
        }
        head.span = self.since(token.span);
        Ok(Some(head))
    }

    /// Behind `if`: one statement, or a body in braces. Braces that can be read as an object or a comprehension are one.
    fn body_behind_if(&mut self) -> Read<Body<'s>> {
        let start = self.token().span;
        let single = |parser: &Self, literal| Body {
            span: parser.since(start),
            has_if: true,
            has_braces: false,
            literals: vec![literal],
        };
        if !self.is(Kind::LeftBrace) {
            let mark = self.mark();
            let read = match self.literal() {
                Ok(literal) if is_set(&literal) => {
                    let error = SyntaxError::new(literal.span, "a set is no condition").with_help(
                        "a set is neither false nor undefined: ask for something in it, as in `count(s) > 0`",
                    );
                    Err(self.error(error))
                }
                read => read,
            };
            return match read {
                Ok(literal) => Ok(single(self, literal)),
                Err(Stop) => {
                    // OPA takes the word for a brace then, and reports what is wrong behind it.
                    let (at, found) = (self.at, self.errors.split_off(mark.errors));
                    self.back(mark);
                    let second_line = self.second_line_of(self.raw(mark.at));
                    let place = second_line.or_else(|| {
                        self.place_in_other_reading(|parser| {
                            parser.step();
                            parser.comprehension_literals(Kind::RightBrace)
                        })
                    });
                    self.at = at;
                    self.errors.extend(found);
                    if let (Some(place), Some(error)) = (place, self.errors.get_mut(mark.errors)) {
                        error.opa_start = Some(place);
                    }
                    Err(Stop)
                }
            };
        }
        let mark = self.mark();
        if let Some(literal) = self.attempt(Self::literal) {
            if !is_set(&literal) {
                return Ok(single(self, literal));
            }
            self.back(mark);
        }
        self.braces(true)
    }

    fn default_rule(&mut self, start: Span, head: Head<'s>) -> Read<Found<'s>> {
        let span = self.since(start);
        let rule = Rule { span, is_default: true, head, body: None, elses: Vec::new(), chained: Vec::new() };
        let problem = default_problem(&rule.head);
        if let Some(problem) = problem {
            let error = SyntaxError::new(span, format!("illegal default rule ({problem})")).with_help(
                "a default has a constant value, and its arguments are different names: `default f(_) := 0`",
            );
            return Err(self.error(error));
        }
        Ok(Found::Rule(Box::new(rule)))
    }

    fn elses(&mut self, rule: &mut Rule<'s>) -> Read<()> {
        // Behind the body of a rule `else.p` begins another one; behind that of an `else` OPA does not look so far.
        while self.is(Kind::Else) && (!rule.elses.is_empty() || !self.begins_reference()) {
            let token = self.token();
            if rule.elses.is_empty() {
                let has_variables = rule.head.reference.iter().skip(1).any(|part| !part.term.is_ground());
                let problem = if has_variables {
                    "else keyword cannot be used on rules with variables in head"
                } else if rule.head.key.is_some() {
                    "else keyword cannot be used on multi-value rules"
                } else {
                    ""
                };
                if !problem.is_empty() {
                    let error = SyntaxError::new(token.span, problem)
                        .with_help("write a rule of its own for each case: they are all asked");
                    return Err(self.error(error));
                }
            }
            let branch = self.else_branch(token.span)?;
            let ends_chain = branch.body.is_none();
            rule.elses.push(branch);
            if ends_chain {
                break;
            }
        }
        Ok(())
    }

    fn else_branch(&mut self, start: Span) -> Read<Else<'s>> {
        self.step();
        let value = match self.kind() {
            Kind::LeftBrace | Kind::If => None,
            sign @ (Kind::Assign | Kind::Unify) => {
                self.step();
                Some(HeadValue { is_assigned: sign == Kind::Assign, term: self.expression()? })
            }
            _ => return Err(self.unexpected("expected else value term or rule body")),
        };
        let has_if = self.is(Kind::If);
        if has_if {
            self.step();
        }
        let body = match self.kind() {
            Kind::LeftBrace => Some(self.braces(has_if)?),
            Kind::End if has_if => return Err(self.unexpected("rule body expected")),
            _ if has_if => {
                let start = self.token().span;
                let literal = self.literal()?;
                let span = self.since(start);
                Some(Body { span, has_if, has_braces: false, literals: vec![literal] })
            }
            _ => None,
        };
        Ok(Else { span: self.since(start), value, body })
    }

    /// `{ … }` behind the body of a rule: another body of the same head.
    fn chained_bodies(&mut self, rule: &mut Rule<'s>) -> Read<()> {
        while self.is(Kind::LeftBrace) {
            if !rule.elses.is_empty() {
                let span = self.token().span;
                let error = SyntaxError::new(span, "expected else keyword")
                    .with_help("a body in braces follows `if` alone: put the condition into it, `else if { … }`");
                return Err(self.error(error));
            }
            rule.chained.push(self.braces(false)?);
        }
        Ok(())
    }

    /// Whether a token is the string of `f"…"`.
    pub(super) fn is_end_of_template(&self, at: usize) -> bool {
        let token = self.raw(at);
        let before = at.checked_sub(1).map(|at| self.raw(at).kind);
        token.gap == Gap::None && token.kind == Kind::String && before == Some(Kind::Name)
    }

    /// Where OPA goes on behind the first line of a string that its line does not close.
    fn second_line_of(&self, token: Token) -> Option<u32> {
        let text = self.text(token);
        let (line, rest) = text.split_once('\n').filter(|_| token.kind == Kind::Illegal && text.starts_with('"'))?;
        let blank = rest.len() - rest.trim_start().len();
        Some(token.span.start + u32::try_from(line.len() + 1 + blank).ok()?)
    }

    /// How to mend a statement that is no rule; the token behind it is at hand.
    fn help_for_no_rule(&self, span: Span, sides: &Sides) -> Cow<'static, str> {
        let next = self.raw(self.at);
        let has_if = self.keywords.r#if;
        let text = |span: Option<Span>| span.map_or("", |span| span.text(self.source));
        let begins_body = |token: Token| token.gap != Gap::Newline && matches!(token.kind, Kind::LeftBrace | Kind::If);
        if let Some(name) = sides.name {
            let name = name.text(self.source);
            if matches!(name.split(['.', '[']).next(), Some("input" | "data")) {
                return help::condition(name, has_if);
            }
            let has_body = begins_body(next);
            return match sides.value {
                Some(value) if has_body => help::with_body(name, Some(value.text(self.source)), has_if),
                value => help::with_value(name, text(value)),
            };
        }
        let is_word = matches!(next.kind, Kind::If | Kind::Contains) && self.kind_of(next) == Kind::Name;
        let word = Some(self.text(next)).filter(|_| is_word);
        let first = self.tokens.tokens.partition_point(|token| token.span.start < span.start);
        let token = self.raw(first);
        let before = first.checked_sub(1).map(|at| self.raw(at));
        if self.is_end_of_template(first) {
            return help::TEMPLATE.into();
        }
        let is_behind_statement = first > 0 && token.gap != Gap::Newline;
        let default = first.checked_sub(2).map(|at| self.raw(at)).filter(|default| default.kind == Kind::Default);
        if let (true, Some(default), Some(name)) = (is_behind_statement, default, before) {
            return help::with_value(default.span.to(name.span).text(self.source), text(sides.value));
        }
        if next.kind == Kind::Colon && next.gap != Gap::Newline && !is_behind_statement {
            return help::with_colon(span.text(self.source), self.rest_of_line(next), has_if);
        }
        let behind = self.raw(self.at + 1);
        help::no_rule(self.source, span, next, word, is_behind_statement, begins_body(behind).then_some(has_if))
    }

    /// Whether a value is given to a name with a hyphen.
    fn has_hyphen(&self, kind: &LiteralKind<'_>) -> bool {
        let (LiteralKind::Assign(binary) | LiteralKind::Unify(binary)) = kind else { return false };
        let TermKind::Infix(infix) = &binary.left.kind else { return false };
        infix.operator == Operator::Minus && infix.left.outer().end == infix.operator_span.start
    }

    /// A statement of a body at the place of a rule, which may be one: `p.q`, `p[x]`, `f(x)`.
    pub(super) fn rule_of_statement(&mut self) -> Read<Statement<'s>> {
        let start = self.token().span;
        let errors = self.errors.len();
        let literal = self.literal()?;
        if self.is(Kind::Illegal) {
            let token = self.token();
            return Err(self.illegal(token));
        }
        let mut is_alone = true;
        while self.is(Kind::Semicolon) {
            is_alone = false;
            self.step();
            self.literal()?;
        }
        let span = self.since(start);
        let sides = Sides::of(&literal.kind);
        let is_hyphen = self.has_hyphen(&literal.kind);
        let kind = match literal.kind {
            _ if !is_alone => Err("multiple expressions cannot be used for rule head".to_owned()),
            _ if !literal.with.is_empty() => {
                Err("expressions using with keyword cannot be used for rule head".to_owned())
            }
            _ if literal.is_negated => Err("negated expressions cannot be used for rule head".to_owned()),
            LiteralKind::Some(_) | LiteralKind::SomeIn(_) => {
                Err("'some' declarations cannot be used for rule head".to_owned())
            }
            LiteralKind::Every(..) | LiteralKind::Broken => Err("expression cannot be used for rule head".to_owned()),
            LiteralKind::Assign(binary) => {
                rule_with_value(binary.left, HeadValue { is_assigned: true, term: binary.right })
            }
            LiteralKind::Unify(binary) => {
                rule_with_value(binary.left, HeadValue { is_assigned: false, term: binary.right })
            }
            LiteralKind::Term(term) => rule_without_value(term),
        };
        match kind {
            Ok(mut head) => {
                head.span = span;
                let rule = Rule { span, is_default: false, head, body: None, elses: Vec::new(), chained: Vec::new() };
                Ok(Statement::Rule(Box::new(rule)))
            }
            Err(problem) => {
                if self.errors.len() == errors {
                    let help = match () {
                        () if !is_alone => "leave the `;` out: a statement of the module ends with its line".into(),
                        () if is_hyphen => {
                            "a name has no `-`; in a path such a part stands in brackets: `a[\"b-c\"]`".into()
                        }
                        () => self.help_for_no_rule(span, &sides),
                    };
                    self.refuse_late(SyntaxError::new(span, problem).with_help(help));
                }
                Ok(Statement::Broken(span))
            }
        }
    }
}

/// What a statement that is no rule could be taken for.
struct Sides {
    /// The left side of `p == 1`.
    name: Option<Span>,
    /// Its right side, or the whole of another term, where it can be the value of a rule. A set is none: it is never false, and
    /// `{ false }` was meant to be a body.
    value: Option<Span>,
}

impl Sides {
    fn of(kind: &LiteralKind<'_>) -> Self {
        match kind {
            LiteralKind::Term(Term { kind: TermKind::Infix(infix), .. }) if infix.operator == Operator::Equal => {
                Self { name: Some(infix.left.outer()), value: value_of(&infix.right) }
            }
            LiteralKind::Term(term) => Self { name: None, value: value_of(term) },
            _ => Self { name: None, value: None },
        }
    }
}

/// The text of a term that is meant as a value; of a set with one scalar that scalar.
fn value_of(term: &Term<'_>) -> Option<Span> {
    let is_scalar = |term: &Term<'_>| {
        matches!(term.kind, TermKind::Null | TermKind::Boolean(_) | TermKind::Number(_) | TermKind::String(_))
    };
    match &term.kind {
        TermKind::Set(items) => match items.as_slice() {
            [item] if is_scalar(item) => Some(item.outer()),
            _ => None,
        },
        TermKind::Object(pairs) if pairs.is_empty() => None,
        TermKind::SetComprehension(_) | TermKind::Broken => None,
        _ => Some(term.outer()),
    }
}

/// A set is neither false nor undefined: nobody asks for that, and `{ true }` is a body.
fn is_set(literal: &Literal<'_>) -> bool {
    matches!(&literal.kind, LiteralKind::Term(term) if matches!(term.kind, TermKind::Set(_)))
}

/// `p[x] { … }` without `if` adds x to the set p.
fn key_of_old_form(head: &mut Head<'_>) {
    if head.args.is_none() && head.key.is_none() && head.value.is_none() && head.reference.len() == 2 {
        head.key = head.reference.pop().map(|part| part.term);
    }
}

/// The parts of a term that names a rule.
fn head_reference(term: Term<'_>) -> Option<Vec<Part<'_>>> {
    match term.kind {
        TermKind::Var(_) => Some(vec![Part { term, is_dotted: false }]),
        TermKind::Ref(reference) if matches!(reference.head.kind, TermKind::Var(_)) => {
            let head = Part { term: reference.head, is_dotted: false };
            Some(std::iter::once(head).chain(reference.parts).collect())
        }
        _ => None,
    }
}

fn head_of<'s>(reference: Vec<Part<'s>>, args: Option<Vec<Term<'s>>>, value: Option<HeadValue<'s>>) -> Head<'s> {
    Head { span: Span::default(), reference, args, key: None, has_contains: false, value }
}

fn rule_with_value<'s>(left: Term<'s>, value: HeadValue<'s>) -> Result<Head<'s>, String> {
    let name = kind_name(&left.kind);
    let (function, args) = match left.kind {
        TermKind::Call(call) => (call.function, Some(call.args).filter(|args| !args.is_empty())),
        _ => (left, None),
    };
    let reference = head_reference(function).ok_or_else(|| format!("{name} cannot be used for rule name"))?;
    Ok(head_of(reference, args, Some(value)))
}

fn rule_without_value(term: Term<'_>) -> Result<Head<'_>, String> {
    let name = kind_name(&term.kind);
    match term.kind {
        TermKind::Infix(_) | TermKind::In(_) => Err("rule name conflicts with built-in function".to_owned()),
        TermKind::Call(call) => {
            let is_builtin =
                call.function.dotted_name().is_some_and(|name| crate::rego::builtins::find(&name).is_some());
            if is_builtin {
                return Err("rule name conflicts with built-in function".to_owned());
            }
            if call.args.is_empty() {
                return Err("rule argument list must take at least one argument".to_owned());
            }
            let reference = head_reference(call.function).ok_or("invalid rule head")?;
            Ok(head_of(reference, Some(call.args), None))
        }
        TermKind::Ref(_) => {
            let reference = head_reference(term).ok_or("invalid rule head")?;
            let mut head = head_of(reference, None, None);
            key_of_old_form(&mut head);
            Ok(head)
        }
        TermKind::Var("data" | "input") => Err("refs cannot be used for rule head".to_owned()),
        _ => Err(format!("{name} cannot be used for rule name")),
    }
}

/// OPA's name for the kind of a term.
pub(super) fn kind_name(kind: &TermKind<'_>) -> &'static str {
    match kind {
        TermKind::Null => "null",
        TermKind::Boolean(_) => "boolean",
        TermKind::Number(_) => "number",
        TermKind::String(_) => "string",
        TermKind::Template(_) => "templatestring",
        TermKind::Var("data" | "input") | TermKind::Ref(_) => "ref",
        TermKind::Var(_) => "var",
        TermKind::Call(_) | TermKind::Infix(_) | TermKind::In(_) => "call",
        TermKind::Array(_) => "array",
        TermKind::Object(_) => "object",
        TermKind::Set(_) => "set",
        TermKind::ArrayComprehension(_) => "arraycomprehension",
        TermKind::SetComprehension(_) => "setcomprehension",
        TermKind::ObjectComprehension(_) => "objectcomprehension",
        TermKind::Broken => "term",
    }
}

/// Why a head cannot be that of a default, in OPA's words.
fn default_problem(head: &Head<'_>) -> Option<String> {
    match &head.value {
        Some(value) => {
            if let Some(kind) = variable_part(&value.term) {
                return Some(format!("value cannot contain {kind}"));
            }
        }
        // `default p` is `default p := true`, as OPA reads it.
        None if head.key.is_some() || head.args.is_none() && head.reference.len() == 2 => {
            return Some("must have a value".to_owned());
        }
        None => {}
    }
    let args = head.args.as_deref().unwrap_or_default();
    for (at, arg) in args.iter().enumerate() {
        match arg.kind {
            TermKind::Var("_") => {}
            TermKind::Var(name) => {
                if args.iter().take(at).any(|other| other.as_var() == Some(name)) {
                    return Some(format!("arguments cannot be repeated {name}"));
                }
            }
            _ => return Some(format!("arguments cannot contain {}", kind_name(&arg.kind))),
        }
    }
    None
}

/// What in a term is not constant; what stands in comprehensions may be anything.
fn variable_part(term: &Term<'_>) -> Option<&'static str> {
    let first = |terms: &[Term<'_>]| terms.iter().find_map(variable_part);
    match &term.kind {
        TermKind::Ref(_) | TermKind::Var("data" | "input") => Some("ref"),
        TermKind::Var(_) => Some("var"),
        TermKind::Call(_) | TermKind::Infix(_) | TermKind::In(_) => Some("call"),
        TermKind::Array(items) | TermKind::Set(items) => first(items),
        TermKind::Object(pairs) => {
            pairs.iter().find_map(|(key, value)| variable_part(key).or_else(|| variable_part(value)))
        }
        TermKind::Template(parts) => parts.iter().find_map(|part| match part {
            TemplatePart::Text(..) => None,
            TemplatePart::Expression(literal) => match &literal.kind {
                LiteralKind::Term(term) => variable_part(term),
                _ => None,
            },
        }),
        _ => None,
    }
}
