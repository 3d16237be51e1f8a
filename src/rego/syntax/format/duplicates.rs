//! Elements of a set and keys of an object that are there already: OPA reads them once.

use super::super::tree::{Term, TermKind};
use super::{operators, strings};
use crate::sorted::{self, InOrder};
use std::collections::HashMap;

/// Numbers for terms: the same for terms that mean the same.
#[derive(Default)]
pub(super) struct Numbers {
    /// By what a term says, with the numbers of the terms in it.
    by_meaning: HashMap<String, u32>,
    /// By the place of a term, so that each is looked at once, however often it is asked for.
    by_place: HashMap<(u32, u32), u32>,
}

impl Numbers {
    /// For each element, whether it is the first of those equal to it.
    pub(super) fn first_occurrences(&mut self, items: &[Term<'_>]) -> Vec<bool> {
        if items.len() < 2 {
            return vec![true; items.len()];
        }
        let mut first_of = sorted::Map::new();
        items.iter().enumerate().map(|(at, item)| *first_of.entry(self.of(item)).or_insert(at) == at).collect()
    }

    /// For the first pair of each key, the index of the last one with that key.
    pub(super) fn last_occurrences(&mut self, pairs: &[(Term<'_>, Term<'_>)]) -> Vec<Option<usize>> {
        let mut last: Vec<Option<usize>> = (0..pairs.len()).map(Some).collect();
        if pairs.len() < 2 {
            return last;
        }
        let mut first_of = sorted::Map::new();
        for (at, (key, _)) in pairs.iter().enumerate() {
            let first = *first_of.entry(self.of(key)).or_insert(at);
            if first < at {
                for (place, value) in [(first, Some(at)), (at, None)] {
                    if let Some(last) = last.get_mut(place) {
                        *last = value;
                    }
                }
            }
        }
        last
    }

    fn of(&mut self, term: &Term<'_>) -> u32 {
        let place = (term.span.start, term.span.end);
        if let Some(number) = self.by_place.get(&place) {
            return *number;
        }
        let meaning = self.meaning(term);
        let next = u32::try_from(self.by_meaning.len()).unwrap_or(u32::MAX);
        let number = *self.by_meaning.entry(meaning).or_insert(next);
        self.by_place.insert(place, number);
        number
    }

    fn list<'t, 's: 't>(&mut self, kind: &str, terms: impl IntoIterator<Item = &'t Term<'s>>) -> String {
        let numbers: Vec<u32> = terms.into_iter().map(|term| self.of(term)).collect();
        written(kind, numbers)
    }

    fn meaning(&mut self, term: &Term<'_>) -> String {
        if let Some(operation) = operators::operation(term) {
            return self.list(operation.symbol, [operation.left, operation.right]);
        }
        match &term.kind {
            TermKind::Null => "null".to_owned(),
            TermKind::Boolean(value) => value.to_string(),
            TermKind::Number(digits) => digits.to_string(),
            TermKind::String(characters) => strings::quoted(characters),
            TermKind::Var(name) if *name != "_" => format!("${name}"),
            TermKind::Ref(reference) => {
                let parts = reference.parts.iter().map(|part| &part.term);
                self.list("ref", std::iter::once(&reference.head).chain(parts))
            }
            TermKind::Call(call) => self.list("call", std::iter::once(&call.function).chain(&call.args)),
            TermKind::In(domain) => self.list("in", domain.key.iter().chain([&domain.value, &domain.collection])),
            TermKind::Array(items) => self.list("array", items),
            TermKind::Set(items) => {
                let mut items: Vec<u32> = items.iter().map(|item| self.of(item)).collect();
                items.order();
                items.dedup();
                written("set", items)
            }
            TermKind::Object(pairs) => {
                let values = sorted::Map::from_iter(pairs.iter().map(|(key, value)| (self.of(key), self.of(value))));
                written("object", values.into_iter().flat_map(|(key, value)| [key, value]))
            }
            // A wildcard, a comprehension and a template are the same as none but themselves.
            TermKind::Var(_)
            | TermKind::ArrayComprehension(_)
            | TermKind::SetComprehension(_)
            | TermKind::ObjectComprehension(_)
            | TermKind::Template(_)
            | TermKind::Infix(_)
            | TermKind::Broken => format!("@{}", term.span.start),
        }
    }
}

fn written(kind: &str, numbers: impl IntoIterator<Item = u32>) -> String {
    let mut text = format!("{kind}:");
    for number in numbers {
        text.push_str(&number.to_string());
        text.push(',');
    }
    text
}
