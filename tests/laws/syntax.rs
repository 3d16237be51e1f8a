//! Any text has a tree of everything that can be read, and nothing of the text is lost.

use crate::tries;
use proptest::prelude::*;
use regate::rego::Dialect;
use regate::rego::analysis::{self, ModuleInput, Options};
use regate::rego::syntax::format::format;
use regate::rego::syntax::tokens::{self, Gap};
use regate::rego::syntax::tree::{
    Body, Else, Literal, LiteralKind, Part, Rule, Span, Statement, TemplatePart, Term, TermKind,
};
use regate::rego::syntax::{Parsed, parse};

/// Pieces that Rego is made of, and some that it is not.
const PIECES: [&str; 84] = [
    "package a.b\n",
    "import data.x.y\n",
    "import rego.v1\n",
    "import future.keywords.in\n",
    "import input.q as z\n",
    "as",
    "default ",
    "else",
    " else := 2 ",
    "not ",
    "some ",
    "with ",
    " with input as x",
    "null",
    "true",
    "false",
    " in ",
    "every ",
    "contains ",
    " if ",
    "if",
    "x",
    "y",
    "f",
    "_",
    "data",
    "input",
    "set()",
    "0",
    "1",
    "01",
    "1.",
    "2e",
    "1e9",
    "-",
    "\"s\"",
    "\"\\n\"",
    "\"\\q\"",
    "\"\\ud800\"",
    "\"open",
    "`raw`",
    "`raw\n`",
    "`",
    "$\"a {x} b\"",
    "$`c {y}`",
    "$\"{",
    "$",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    ";",
    ".",
    ":=",
    "=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "!",
    " ",
    "\t",
    "\n",
    "\r\n",
    "# note\n",
    "# METADATA\n",
    "# title: t\n",
    "\u{0}",
    "\u{feff}",
    "é",
    "\u{1F600}",
];

const MODULE: &str = r#"# METADATA
# title: An example
package shop.prices

import data.lib.money as m
import input.order

default allow := false

allow if {
	order.total < 10
	not blocked[order.user] # as ever
} else := "ask" if {
	some i, item in order.items
	item.price * 2 >= m.limit(item.kind, [1, -2.5e3])[i]["max"]
}

blocked contains user if some user in {u | u := data.users[_]; u.age <= 3}

names[id] := {"a": [x | x = id; x != null], `b`: set()} if every k, v in order { k == v }

f(x, _) := $"{x} is \{not\} {m.name(x)}" with input.order as {"total": (1 + 2) % 3}
"#;

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(0..PIECES.len(), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|piece| PIECES[piece]).collect())
}

/// A module that is well written, with a piece put somewhere into it, or something taken out.
fn damaged() -> impl Strategy<Value = String> {
    let text = MODULE.to_owned();
    let length = text.len();
    (0..length, 0..12_usize, 0..PIECES.len(), any::<bool>()).prop_map(move |(at, taken, piece, puts)| {
        let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let end =
            (at + taken..).find(|&end| end >= text.len() || text.is_char_boundary(end)).unwrap_or(at).min(text.len());
        format!("{}{}{}", &text[..at], if puts { PIECES[piece] } else { "" }, &text[end..])
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![soup(), damaged(), ".{0,80}"]
}

/// What the tokens say of a text: each in its place, with white space only between them.
fn check_tokens(source: &str) {
    let all = tokens::scan(source);
    let mut places: Vec<(Span, Option<Gap>)> = all.tokens.iter().map(|token| (token.span, Some(token.gap))).collect();
    let comments = all.comments.iter().filter(|comment| !places.iter().any(|(span, _)| span == *comment));
    let comments: Vec<_> = comments.map(|&comment| (comment, None)).collect();
    places.extend(comments);
    places.sort_by_key(|(span, _)| (span.start, span.end));
    let mut printed = String::new();
    let mut comment_between = false;
    for (span, gap) in places {
        let between = &source[printed.len()..span.start as usize];
        let blank = between.trim_start_matches('\u{feff}');
        assert!(blank.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')), "{between:?} in {source:?}");
        match gap {
            Some(Gap::None) => assert!(blank.is_empty() && !comment_between),
            Some(_) if span.text(source).starts_with('#') => {}
            Some(Gap::Space) => assert!(comment_between || !blank.is_empty() && !blank.contains('\n')),
            Some(Gap::Newline) | None => {}
        }
        comment_between = span.text(source).starts_with('#');
        printed.push_str(between);
        printed.push_str(span.text(source));
    }
    assert_eq!(printed, source);
}

/// The places of a tree: each node in its parent, behind its elder siblings, from a token's start to a token's end.
struct Places<'a> {
    source: &'a str,
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Places<'_> {
    fn inside(&self, parent: Span, from: u32, child: Span) -> u32 {
        assert!(
            child.start >= from && child.end <= parent.end,
            "{child:?} in {parent:?} from {from} of {:?}",
            self.source
        );
        assert!(child.start <= child.end);
        assert!(self.starts.binary_search(&child.start).is_ok(), "{child:?} begins no token of {:?}", self.source);
        assert!(
            child.start == child.end || self.ends.binary_search(&child.end).is_ok(),
            "{child:?} of {:?}",
            self.source
        );
        child.end
    }

    fn term(&self, parent: Span, from: u32, term: &Term<'_>) -> u32 {
        let end = self.inside(parent, from, term.outer());
        self.inside(term.outer(), term.outer().start, term.span);
        let own = term.span;
        let many = |terms: &[Term<'_>], from| terms.iter().fold(from, |from, term| self.term(own, from, term));
        match &term.kind {
            TermKind::Array(items) | TermKind::Set(items) => {
                many(items, own.start);
            }
            TermKind::Object(pairs) => {
                pairs.iter().fold(own.start, |from, (key, value)| {
                    let from = self.term(own, from, key);
                    self.term(own, from, value)
                });
            }
            TermKind::Ref(reference) => {
                let from = self.term(own, own.start, &reference.head);
                self.parts(own, from, &reference.parts);
            }
            TermKind::Call(call) => {
                let from = self.term(own, own.start, &call.function);
                many(&call.args, from);
            }
            TermKind::Infix(infix) => {
                let from = self.term(own, own.start, &infix.left);
                let from = self.inside(own, from, infix.operator_span);
                self.term(own, from, &infix.right);
            }
            TermKind::In(domain) => {
                let from = domain.key.as_ref().map_or(own.start, |key| self.term(own, own.start, key));
                let from = self.term(own, from, &domain.value);
                self.term(own, from, &domain.collection);
            }
            TermKind::ArrayComprehension(found)
            | TermKind::SetComprehension(found)
            | TermKind::ObjectComprehension(found) => {
                let from = found.key.as_ref().map_or(own.start, |key| self.term(own, own.start, key));
                let from = self.term(own, from, &found.value);
                self.body(own, from, &found.body);
            }
            TermKind::Template(parts) => {
                parts.iter().fold(own.start, |from, part| match part {
                    TemplatePart::Text(_, span) => self.inside(own, from, *span),
                    TemplatePart::Expression(literal) => self.literal(own, from, literal),
                });
            }
            _ => {}
        }
        end
    }

    fn parts(&self, parent: Span, from: u32, parts: &[Part<'_>]) -> u32 {
        parts.iter().fold(from, |from, part| self.term(parent, from, &part.term))
    }

    fn literal(&self, parent: Span, from: u32, literal: &Literal<'_>) -> u32 {
        let own = literal.span;
        let end = self.inside(parent, from, own);
        let mut from = own.start;
        match &literal.kind {
            LiteralKind::Term(term) => from = self.term(own, from, term),
            LiteralKind::Assign(binary) | LiteralKind::Unify(binary) => {
                from = self.term(own, from, &binary.left);
                from = self.inside(own, from, binary.operator);
                from = self.term(own, from, &binary.right);
            }
            LiteralKind::Some(names) => from = names.iter().fold(from, |from, name| self.inside(own, from, name.span)),
            LiteralKind::SomeIn(domain) => from = self.inside(own, from, domain.span()),
            LiteralKind::Every(domain, body) => {
                from = self.inside(own, from, domain.span());
                from = self.body(own, from, body);
            }
            LiteralKind::Broken => {}
        }
        for with in &literal.with {
            from = self.inside(own, from, with.span);
            self.term(with.span, self.term(with.span, with.span.start, &with.target), &with.value);
        }
        end
    }

    fn body(&self, parent: Span, from: u32, body: &Body<'_>) -> u32 {
        let end = self.inside(parent, from, body.span);
        body.literals.iter().fold(body.span.start, |from, literal| self.literal(body.span, from, literal));
        end
    }

    fn rule(&self, rule: &Rule<'_>) {
        let own = rule.span;
        let head = &rule.head;
        let mut from = self.inside(own, own.start, head.span);
        let mut inner = self.parts(head.span, head.span.start, &head.reference);
        for term in head.args.iter().flatten().chain(&head.key).chain(head.value.as_ref().map(|value| &value.term)) {
            inner = self.term(head.span, inner, term);
        }
        for body in rule.body.iter() {
            from = self.body(own, from, body);
        }
        for Else { span, value, body } in &rule.elses {
            from = self.inside(own, from, *span);
            let inner = value.as_ref().map_or(span.start, |value| self.term(*span, span.start, &value.term));
            body.iter().fold(inner, |inner, body| self.body(*span, inner, body));
        }
        rule.chained.iter().fold(from, |from, body| self.body(own, from, body));
    }
}

fn check_tree(source: &str, parsed: &Parsed<'_>) {
    let all = tokens::scan(source);
    let places = Places {
        source,
        starts: all.tokens.iter().map(|token| token.span.start).collect(),
        ends: all.tokens.iter().map(|token| token.span.end).collect(),
    };
    let whole = Span { start: 0, end: u32::try_from(source.len()).unwrap() };
    let mut from = 0;
    let mut has_broken = false;
    for statement in &parsed.tree.statements {
        from = places.inside(whole, from, statement.span());
        match statement {
            Statement::Rule(rule) => places.rule(rule),
            Statement::Broken(_) => has_broken = true,
            Statement::Package(_) | Statement::Import(_) => {}
        }
    }
    assert!(!has_broken || !parsed.errors.is_empty(), "broken without an error: {source:?}");
    for error in &parsed.errors {
        assert!(error.span.start <= error.span.end && error.span.end as usize <= source.len(), "{error:?}");
        assert!(source.is_char_boundary(error.span.start as usize) && source.is_char_boundary(error.span.end as usize));
        assert!(!error.message.is_empty());
    }
}

proptest! {
    #![proptest_config(tries(600))]

    #[test]
    fn the_tokens_of_a_text_print_back_to_it(source in any_text()) {
        check_tokens(&source);
    }

    #[test]
    fn every_text_has_a_tree_whose_nodes_are_where_they_say(source in any_text()) {
        for dialect in [Dialect::V0, Dialect::V1] {
            check_tree(&source, &parse(&source, dialect));
        }
    }

    #[test]
    fn formatting_twice_is_formatting_once(source in any_text()) {
        for dialect in [Dialect::V0, Dialect::V1] {
            let once = format(&source, &parse(&source, dialect));
            let twice = format(&once, &parse(&once, dialect));
            prop_assert_eq!(&twice, &once, "{:?}", source);
        }
    }

    #[test]
    fn every_finding_of_the_analysis_is_in_the_text(source in any_text(), strict in any::<bool>()) {
        for dialect in [Dialect::V0, Dialect::V1] {
            let parsed = parse(&source, dialect);
            let modules = [ModuleInput { path: "p.rego", source: &source, parsed: &parsed }];
            for finding in analysis::findings(&modules, &Options { strict, ..Options::default() }) {
                prop_assert!(source.get(finding.span.range()).is_some(), "{:?} of {:?}", finding, source);
            }
        }
    }

    /// What stands before a mistake is read as if there were none.
    #[test]
    fn a_broken_statement_leaves_those_before_it_alone(rules in 2..6_usize, broken in soup()) {
        let good: String = (0..rules).map(|n| format!("r{n} := {n}\n\n")).collect();
        let source = format!("package a\n\n{good}{broken}");
        let parsed = parse(&source, Dialect::V1);
        let names: Vec<&str> = parsed.tree.rules().map(|rule| rule.head.name()).collect();
        // Where the next text could go on with it, the last one is not told apart.
        let wanted: Vec<String> = (0..rules.saturating_sub(1)).map(|n| format!("r{n}")).collect();
        prop_assert!(names.len() >= wanted.len() && names.iter().zip(&wanted).all(|(name, wanted)| name == wanted));
    }

    /// A mistake in one rule is told once, and those of the rules behind it as well.
    #[test]
    fn each_rule_tells_its_own_mistake(broken in proptest::collection::vec(any::<bool>(), 1..8)) {
        let rules: String = broken
            .iter()
            .enumerate()
            .map(|(n, is_broken)| format!("r{n} if {{\n\tx := {}\n\tx > {n}\n}}\n\n", if *is_broken { "] " } else { "1" }))
            .collect();
        let source = format!("package a\n\n{rules}");
        let parsed = parse(&source, Dialect::V1);
        prop_assert_eq!(parsed.errors.len(), broken.iter().filter(|is_broken| **is_broken).count());
        prop_assert_eq!(parsed.tree.rules().count(), broken.len());
        prop_assert!(parsed.errors.iter().skip(1).all(|error| error.is_beyond_opa));
    }
}
