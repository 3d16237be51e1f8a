//! Arrays, sets, objects and comprehensions.

use super::super::tokens::Kind;
use super::super::tree::{Body, Comprehension, Span, Term, TermKind};
use super::{Parser, Read, Reading, Stop};

impl<'s> Parser<'s, '_> {
    pub(super) fn array(&mut self) -> Read<Term<'s>> {
        let open = self.at;
        let start = self.token().span;
        self.step();
        if self.is(Kind::RightBracket) {
            self.step();
            return Ok(self.leaf(self.since(start), TermKind::Array(Vec::new())));
        }
        let may_be_comprehension = !self.skip_leading_comma();
        let first = self.primary()?;
        let height = self.height;
        if self.is(Kind::Or) && may_be_comprehension && self.reading(open) != Some(Reading::List) {
            let mark = self.mark();
            if let Some(body) = self.comprehension_body(open, Kind::RightBracket)? {
                let comprehension = Comprehension { key: None, value: first, body };
                return self.comprehension(start, height, TermKind::ArrayComprehension(Box::new(comprehension)));
            }
            self.back(mark);
        }
        self.height = height;
        let first = self.element_from(first)?;
        let items = self.rest_of_list(Kind::RightBracket, first)?;
        self.collection(start, TermKind::Array(items))
    }

    pub(super) fn set_or_object(&mut self) -> Read<Term<'s>> {
        let open = self.at;
        let start = self.token().span;
        self.step();
        if self.is(Kind::RightBrace) {
            self.step();
            return Ok(self.leaf(self.since(start), TermKind::Object(Vec::new())));
        }
        let may_be_comprehension = !self.skip_leading_comma();
        let first = self.primary()?;
        let height = self.height;
        if self.is(Kind::Or) && may_be_comprehension && self.reading(open) != Some(Reading::List) {
            let mark = self.mark();
            if let Some(body) = self.comprehension_body(open, Kind::RightBrace)? {
                let comprehension = Comprehension { key: None, value: first, body };
                return self.comprehension(start, height, TermKind::SetComprehension(Box::new(comprehension)));
            }
            self.back(mark);
        }
        self.height = height;
        let first = self.element_from(first)?;
        match self.kind() {
            Kind::Colon => self.object(open, start, first, may_be_comprehension),
            Kind::RightBrace | Kind::Comma => {
                let items = self.rest_of_list(Kind::RightBrace, first)?;
                self.collection(start, TermKind::Set(items))
            }
            _ => Err(self.unexpected("non-terminated set")),
        }
    }

    /// An object, from the colon behind its first key.
    fn object(&mut self, open: usize, start: Span, key: Term<'s>, may_be_comprehension: bool) -> Read<Term<'s>> {
        let key_height = self.height;
        self.step();
        let value_token = self.token().span;
        let value = self.primary()?;
        let value_height = self.height;
        if self.is(Kind::Or) && may_be_comprehension && self.reading(open) != Some(Reading::List) {
            let mark = self.mark();
            let read = self.comprehension_body(open, Kind::RightBrace);
            match read {
                Ok(Some(body)) => {
                    let height = key_height.max(value_height);
                    let comprehension = Comprehension { key: Some(key), value, body };
                    return self.comprehension(start, height, TermKind::ObjectComprehension(Box::new(comprehension)));
                }
                Ok(None) => self.back(mark),
                // Inside of another attempt nobody asks for the place, and asking at each level would double the time.
                Err(stop) if self.trying > 0 => return Err(stop),
                Err(Stop) => {
                    // OPA reads it once more as an object of a union, and reports where that fails.
                    let found = self.errors.split_off(mark.errors);
                    let at = self.at;
                    self.back(mark);
                    let place = self.place_in_other_reading(|parser| {
                        parser.height = value_height;
                        parser.element_from(value)?;
                        Err::<(), Stop>(parser.unexpected("non-terminated object"))
                    });
                    self.errors.extend(found);
                    self.at = at;
                    self.report_at(mark.errors, place);
                    return Err(Stop);
                }
            }
        }
        self.height = value_height;
        let value = self.element_from(value)?;
        let mut height = key_height.max(self.height);
        let mut pairs = vec![(key, value)];
        match self.kind() {
            Kind::RightBrace => {}
            Kind::Comma => {
                self.step();
                let errors = self.errors.len();
                if let Err(stop) = self.pairs(&mut pairs, &mut height) {
                    // What is wrong with a later pair OPA reports at the first value.
                    self.report_at(errors, may_be_comprehension.then_some(value_token.start));
                    return Err(stop);
                }
            }
            _ => return Err(self.unexpected("non-terminated object")),
        }
        self.step();
        self.height = height;
        self.collection(start, TermKind::Object(pairs))
    }

    /// Notes that OPA reports the errors from one on somewhere else.
    fn report_at(&mut self, errors: usize, place: Option<u32>) {
        if let Some(place) = place {
            for error in self.errors.iter_mut().skip(errors) {
                error.opa_start = Some(place);
            }
        }
    }

    /// The pairs behind the first comma, to the closing brace, which is left.
    fn pairs(&mut self, pairs: &mut Vec<(Term<'s>, Term<'s>)>, height: &mut u64) -> Read<()> {
        while !self.is(Kind::RightBrace) {
            let key = self.element()?;
            *height = (*height).max(self.height);
            if !self.is(Kind::Colon) {
                return Err(self.unexpected(r#"expected ":""#));
            }
            self.step();
            let value = self.element()?;
            *height = (*height).max(self.height);
            pairs.push((key, value));
            match self.kind() {
                Kind::RightBrace => break,
                Kind::Comma => self.step(),
                _ => return Err(self.unexpected(r#"expected "," or "}""#)),
            }
        }
        Ok(())
    }

    /// `[, a]` is read for the sake of old policies; it is no comprehension.
    fn skip_leading_comma(&mut self) -> bool {
        let is_comma = self.is(Kind::Comma);
        if is_comma {
            self.step();
        }
        is_comma
    }

    /// The elements behind the first one, to the closing bracket, which is left behind.
    fn rest_of_list(&mut self, end: Kind, first: Term<'s>) -> Read<Vec<Term<'s>>> {
        let height = self.height;
        let items = match self.kind() {
            Kind::Comma => {
                self.step();
                self.list(end, vec![first], height)?
            }
            kind if kind == end => vec![first],
            _ => return Err(self.unexpected(&format!(r#"expected "," or "{}""#, end.opa_name()))),
        };
        self.step();
        Ok(items)
    }

    /// Elements to a closing bracket, which is left; a comma may stand before it.
    pub(super) fn list(&mut self, end: Kind, items: Vec<Term<'s>>, height: u64) -> Read<Vec<Term<'s>>> {
        let (mut items, mut height) = (items, height);
        while !self.is(end) {
            items.push(self.element()?);
            height = height.max(self.height);
            match self.kind() {
                kind if kind == end => break,
                Kind::Comma => self.step(),
                _ => return Err(self.unexpected(&format!(r#"expected "," or "{}""#, end.opa_name()))),
            }
        }
        self.height = height;
        Ok(items)
    }

    fn collection(&mut self, start: Span, kind: TermKind<'s>) -> Read<Term<'s>> {
        let span = self.since(start);
        self.grown(self.height + 1, span)?;
        Ok(Term { span, parens: None, kind })
    }

    fn comprehension(&mut self, start: Span, height: u64, kind: TermKind<'s>) -> Read<Term<'s>> {
        let span = self.since(start);
        self.grown(height.max(self.height) + 1, span)?;
        Ok(Term { span, parens: None, kind })
    }

    fn reading(&self, open: usize) -> Option<Reading> {
        self.readings.get(open).copied().flatten()
    }

    fn decide(&mut self, open: usize, reading: Reading) {
        if self.readings.len() <= open {
            self.readings.resize(self.tokens.tokens.len(), None);
        }
        if let Some(place) = self.readings.get_mut(open) {
            *place = Some(reading);
        }
    }

    /// The body of a comprehension from its `|` to the closing bracket, which is left behind; none where it turns out that the
    /// `|` is the operator of a list's first element, because a comma ends what would be a statement.
    fn comprehension_body(&mut self, open: usize, end: Kind) -> Read<Option<Body<'s>>> {
        self.step();
        let body = self.deeper(|parser| parser.comprehension_literals(end));
        match body {
            Ok(body) => {
                self.decide(open, Reading::Comprehension);
                Ok(Some(body))
            }
            Err(Stop) if self.is(Kind::Comma) => {
                self.decide(open, Reading::List);
                Ok(None)
            }
            Err(stop) => {
                self.decide(open, Reading::Comprehension);
                Err(stop)
            }
        }
    }
}
