//! What must hold of the tokens and the tree of any text: nothing is lost, and everything is where it says. The fuzzer asks the same.

use regate::rego::syntax::Parsed;
use regate::rego::syntax::tokens::{self, Gap};
use regate::rego::syntax::tree::{
    Body, Else, Literal, LiteralKind, Part, Rule, Span, Statement, TemplatePart, Term, TermKind,
};

/// What the tokens say of a text: each in its place, with white space only between them.
pub fn check_tokens(source: &str) {
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
        let ends_token = |byte| self.ends.binary_search(&byte).is_ok();
        // What is missing has a place too: before a token, or behind the last one.
        let is_empty = child.start == child.end;
        let begins_token = self.starts.binary_search(&child.start).is_ok();
        assert!(begins_token || is_empty && ends_token(child.start), "{child:?} begins no token of {:?}", self.source);
        assert!(is_empty || ends_token(child.end), "{child:?} of {:?}", self.source);
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

/// What a tree says of a text: each node in its place, and a mistake wherever something could not be read.
pub fn check_tree(source: &str, parsed: &Parsed<'_>) {
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
