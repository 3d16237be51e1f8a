//! Terms: operators by their binding, references and calls.

use super::super::error::SyntaxError;
use super::super::tokens::{Gap, Kind};
use super::super::tree::{Call, Domain, Infix, Operator, Part, Ref, Span, Term, TermKind};
use super::{Parser, Read, Stop};

/// How strongly an operator binds, from comparison over union, intersection and sum to product.
type Strength = u8;

const STRONGEST: Strength = 4;

const fn strength(operator: Operator) -> Strength {
    match operator {
        Operator::Equal | Operator::NotEqual => 0,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => 0,
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Plus | Operator::Minus => 3,
        Operator::Times | Operator::Divide | Operator::Remainder => STRONGEST,
    }
}

/// A term and how high it is.
type Sized<'s> = (Term<'s>, u64);

impl<'s> Parser<'s, '_> {
    /// A term with all operators, also `key, value in collection`.
    pub(super) fn expression(&mut self) -> Read<Term<'s>> {
        self.membership(true)
    }

    /// An expression whose first term has been read already.
    pub(super) fn expression_from(&mut self, first: Term<'s>) -> Read<Term<'s>> {
        let first = (first, self.height);
        let left = self.binary(0, Some(first))?;
        self.memberships(left, true)
    }

    /// A term with all operators where a comma ends it.
    pub(super) fn element(&mut self) -> Read<Term<'s>> {
        self.membership(false)
    }

    /// An element whose first term has been read already, by [`Self::primary`].
    pub(super) fn element_from(&mut self, first: Term<'s>) -> Read<Term<'s>> {
        let first = (first, self.height);
        let left = self.binary(0, Some(first))?;
        self.memberships(left, false)
    }

    fn membership(&mut self, may_have_key: bool) -> Read<Term<'s>> {
        let left = self.binary(0, None)?;
        self.memberships(left, may_have_key)
    }

    fn memberships(&mut self, left: Sized<'s>, may_have_key: bool) -> Read<Term<'s>> {
        let (mut left, mut height) = left;
        if may_have_key && self.is(Kind::Comma) {
            let with_key = self.attempt(|parser| {
                parser.step();
                let value = parser.binary(0, None)?;
                if !parser.is_membership() {
                    return Err(Stop);
                }
                let operator = parser.token().span;
                parser.step();
                let collection = parser.binary(0, None)?;
                Ok((value, operator, collection))
            });
            if let Some(((value, value_height), operator, (collection, collection_height))) = with_key {
                height = height.max(value_height).max(collection_height) + 1;
                let span = left.outer().to(collection.outer());
                let domain = Domain { key: Some(left), value, collection, operator };
                left = Term { span, parens: None, kind: TermKind::In(Box::new(domain)) };
                self.grown(height, span)?;
            }
        }
        while self.is_membership() {
            let operator = self.token().span;
            self.step();
            let from = self.at;
            let (collection, collection_height) = match self.binary(0, None) {
                Ok(collection) => collection,
                Err(stop) if !self.is_missing(from) => return Err(stop),
                Err(_) => break,
            };
            height = height.max(collection_height) + 1;
            let span = left.outer().to(collection.outer());
            let domain = Domain { key: None, value: left, collection, operator };
            left = Term { span, parens: None, kind: TermKind::In(Box::new(domain)) };
            self.grown(height, span)?;
        }
        self.height = height;
        // A keyword behind a term that begins a reference is its name, and a statement of its own.
        if self.begins_reference() {
            self.name_at = Some(self.at);
        }
        Ok(left)
    }

    /// Whether the word `in` stands here as an operator, and does not begin a reference.
    fn is_membership(&self) -> bool {
        self.is(Kind::In) && !self.begins_reference()
    }

    /// Operators that bind at least so strongly, the left ones first.
    fn binary(&mut self, weakest: Strength, first: Option<Sized<'s>>) -> Read<Sized<'s>> {
        let (mut left, mut height) = match first {
            Some(first) => first,
            None => {
                let term = self.primary()?;
                (term, self.height)
            }
        };
        let mut strongest = STRONGEST;
        let mut is_missing = false;
        while let Some(operator) = self.kind().operator()
            && (weakest..=strongest).contains(&strength(operator))
        {
            strongest = strength(operator);
            let operator_span = self.token().span;
            self.step();
            let (from, errors) = (self.at, self.errors.len());
            let (right, right_height) = match self.binary(strongest + 1, None) {
                Ok(right) => right,
                Err(stop) if !self.is_missing(from) => return Err(stop),
                // Where the second operand is missing, and that has been said, the first one stands for both.
                Err(_) => {
                    if is_missing {
                        self.follows(errors);
                    }
                    is_missing = true;
                    continue;
                }
            };
            height = height.max(right_height) + 1;
            let span = left.outer().to(right.outer());
            left = Term {
                span,
                parens: None,
                kind: TermKind::Infix(Box::new(Infix { operator, operator_span, left, right })),
            };
            self.grown(height, span)?;
        }
        Ok((left, height))
    }

    /// Whether an operand from a token on could not be read because there is none. Of one that begins and is wrong, or too deep, that
    /// is all there is to say: each bracket around it would find that it does not end, and the statement would be read on from inside.
    fn is_missing(&self, from: usize) -> bool {
        self.at == from && self.errors.last().is_none_or(|error| error.limit.is_none())
    }

    /// One term without operators outside of brackets, with what is looked up in it.
    pub(super) fn primary(&mut self) -> Read<Term<'s>> {
        self.deeper(Self::primary_here)
    }

    fn primary_here(&mut self) -> Read<Term<'s>> {
        let token = self.token();
        let term = match token.kind {
            Kind::Null => self.word(TermKind::Null),
            Kind::True => self.word(TermKind::Boolean(true)),
            Kind::False => self.word(TermKind::Boolean(false)),
            Kind::Minus | Kind::Dot | Kind::Number => self.number()?,
            Kind::String | Kind::RawString => self.string()?,
            Kind::TemplatePart | Kind::TemplateEnd | Kind::RawTemplatePart | Kind::RawTemplateEnd
                if self.text(token).starts_with('$') =>
            {
                self.template()?
            }
            Kind::Name | Kind::Contains => self.word(TermKind::Var(self.text(token))),
            Kind::LeftBracket => self.array()?,
            Kind::LeftBrace => self.set_or_object()?,
            Kind::LeftParen => self.parens()?,
            _ => return Err(self.unexpected("")),
        };
        self.lookups(term)
    }

    fn word(&mut self, kind: TermKind<'s>) -> Term<'s> {
        let span = self.token().span;
        self.step();
        self.leaf(span, kind)
    }

    fn parens(&mut self) -> Read<Term<'s>> {
        let open = self.token().span;
        self.step();
        let errors = self.errors.len();
        let mut term = self.expression()?;
        if !self.is(Kind::RightParen) {
            // What is wrong with the expression has been said: that the bracket does not end behind it is no other mistake.
            if self.errors.len() > errors {
                return Err(Stop);
            }
            let token = self.token();
            if token.kind == Kind::Illegal {
                return Err(self.illegal(token));
            }
            let help = match self.help_for_open_bracket("non-terminated expression") {
                Some(help) => help,
                None if token.kind == Kind::Semicolon => {
                    "one expression stands in a bracket: name what must hold together as a rule".into()
                }
                None if token.kind == Kind::Comma => {
                    "one expression stands in a bracket; a call has no gap before its own: `f(x)`".into()
                }
                None => "close the bracket with `)`".into(),
            };
            return Err(self.error(SyntaxError::new(token.span, "non-terminated expression").with_help(help)));
        }
        self.step();
        term.parens = Some(self.since(open));
        Ok(term)
    }

    /// What follows a term without a gap: `.name`, `[key]`, `(arguments)`.
    pub(super) fn lookups(&mut self, head: Term<'s>) -> Read<Term<'s>> {
        let next = self.raw(self.at);
        if next.gap == Gap::None && matches!(next.kind, Kind::LeftParen | Kind::Dot | Kind::LeftBracket) {
            self.reference(head, false)
        } else {
            Ok(head)
        }
    }

    /// A reference or a call, from what follows its head; in the head of a rule there may be a gap between them.
    pub(super) fn reference(&mut self, head: Term<'s>, may_have_gap: bool) -> Read<Term<'s>> {
        let (mut head, mut may_have_gap) = (head, may_have_gap);
        let mut height = self.height;
        loop {
            self.check_reference_head(&head)?;
            let start = head.outer();
            let parts = self.parts(&mut height, may_have_gap)?;
            may_have_gap &= parts.is_empty();
            if !parts.is_empty() {
                let kind = TermKind::Ref(Box::new(Ref { head, parts }));
                head = Term { span: self.since(start), parens: None, kind };
                height += 1;
            }
            let next = self.raw(self.at);
            if next.gap != Gap::None && !may_have_gap || next.kind != Kind::LeftParen {
                self.grown(height, head.span)?;
                return Ok(head);
            }
            may_have_gap = false;
            self.step();
            let args = self.list(Kind::RightParen, Vec::new(), 0)?;
            height = height.max(self.height) + 1;
            self.step();
            let is_empty_set = args.is_empty() && head.as_var() == Some("set");
            let kind = if is_empty_set {
                TermKind::Set(Vec::new())
            } else {
                TermKind::Call(Box::new(Call { function: head, args }))
            };
            head = Term { span: self.since(start), parens: None, kind };
            self.grown(height, head.span)?;
            let next = self.raw(self.at);
            if next.gap != Gap::None || !matches!(next.kind, Kind::Dot | Kind::LeftBracket) {
                return Ok(head);
            }
        }
    }

    /// `.name` and `[key]`, as many as follow one another without a gap. `height` is that of the highest.
    fn parts(&mut self, height: &mut u64, may_have_gap: bool) -> Read<Vec<Part<'s>>> {
        let mut parts = Vec::new();
        loop {
            let token = self.raw(self.at);
            match token.kind {
                _ if token.gap != Gap::None && !(may_have_gap && parts.is_empty()) => return Ok(parts),
                Kind::Dot => {
                    self.step();
                    parts.push(self.dotted()?);
                }
                Kind::LeftBracket => {
                    self.step();
                    let term = self.deeper(Self::expression)?;
                    *height = (*height).max(self.height);
                    if !self.is(Kind::RightBracket) {
                        return Err(self.unexpected("expected ["));
                    }
                    self.step();
                    parts.push(Part { term, is_dotted: false });
                }
                _ => return Ok(parts),
            }
        }
    }

    /// The name behind a dot: right behind it, and it may be a keyword.
    fn dotted(&mut self) -> Read<Part<'s>> {
        let token = self.raw(self.at);
        if token.gap != Gap::None && token.kind != Kind::End {
            // OPA finds white space, and counts an end of a line as a part of the next.
            let start = self.last().end;
            let ends_line = self.source.as_bytes().get(start as usize) == Some(&b'\n');
            let mut error = SyntaxError::new(
                Span { start, end: token.span.start },
                "unexpected whitespace token: expected identifier",
            )
            .with_help("a name follows the point without a gap");
            error.opa_start = ends_line.then_some(start + 1);
            return Err(self.error(error));
        }
        if token.kind != Kind::Name && !token.kind.is_keyword() {
            return Err(self.unexpected("expected identifier"));
        }
        self.step();
        let kind = TermKind::String(self.text(token).into());
        Ok(Part { term: Term { span: token.span, parens: None, kind }, is_dotted: true })
    }

    fn check_reference_head(&mut self, head: &Term<'s>) -> Read<()> {
        let kind = match &head.kind {
            TermKind::Null => "null",
            TermKind::Boolean(_) => "boolean",
            TermKind::Number(_) => "number",
            TermKind::String(_) => "string",
            TermKind::Template(_) => "templatestring",
            TermKind::Ref(_) if head.parens.is_some() => "ref",
            _ => return Ok(()),
        };
        let error = SyntaxError::new(head.outer(), format!("illegal ref (head cannot be {kind})"))
            .with_help("give it a name first: `x := …`, then `x.…`");
        Err(self.error(error))
    }
}
