//! What a match says of variables: a term against a type, and a term against a term.

use super::super::lowered::{Term, TermKind};
use super::super::types::{Array, Key, Object, Type};
use super::constant_of;
use super::scene::Scene;
use crate::sorted::InOrder;

impl<'s> Scene<'_, '_, 's> {
    /// Matches a term with a type: a variable of which nothing is known gets it. Answers whether the term can be of it.
    ///
    /// With `joins` a variable may be of what is known of it or of the type: that is how members of a union are tried.
    pub(super) fn match_type(&mut self, term: &Term<'s>, of: &Type, joins: bool) -> bool {
        match &term.kind {
            TermKind::Array(items) => match of {
                Type::Array(array) => self.match_items(items, array, joins),
                _ => self.match_wide(term, of, |scene| items.iter().for_each(|item| scene.let_be_any(item))),
            },
            TermKind::Object(pairs) => match of {
                Type::Object(object) => self.match_fields(pairs, object, joins),
                _ => self.match_wide(term, of, |scene| {
                    for (key, value) in pairs {
                        scene.let_be_any(key);
                        scene.let_be_any(value);
                    }
                }),
            },
            TermKind::Set(items) => match of {
                Type::Set(set) => items.iter().all(|item| self.match_type(item, &set.of, joins)),
                _ => self.match_wide(term, of, |scene| items.iter().for_each(|item| scene.let_be_any(item))),
            },
            TermKind::Var(id) => {
                let known = self.variable(*id).clone();
                if joins {
                    self.bind(*id, known.or(of.clone()));
                    return true;
                }
                if !matches!(known, Type::Unknown) {
                    return self.unifies(&known, of);
                }
                self.bind(*id, of.clone());
                true
            }
            TermKind::Broken => true,
            _ => {
                let known = self.type_of(term);
                self.unifies(&known, of)
            }
        }
    }

    /// Matches a collection with `any` or with a union.
    fn match_wide(&mut self, term: &Term<'s>, of: &Type, let_parts_be_any: impl FnOnce(&mut Self)) -> bool {
        match of {
            Type::Any => {
                let_parts_be_any(self);
                true
            }
            Type::Union(union) => {
                let mut is_one = false;
                for member in &union.members {
                    is_one |= self.match_type(term, member, true);
                }
                is_one
            }
            _ => false,
        }
    }

    fn let_be_any(&mut self, term: &Term<'s>) {
        self.match_type(term, &Type::Any, true);
    }

    fn match_items(&mut self, items: &[Term<'s>], array: &Array, joins: bool) -> bool {
        if items.len() != array.items.len() && array.rest.is_none() {
            return false;
        }
        items.iter().enumerate().all(|(at, item)| {
            let of = array.items.get(at).or(array.rest.as_ref()).unwrap_or(&Type::Unknown);
            self.match_type(item, of, joins)
        })
    }

    fn match_fields(&mut self, pairs: &[(Term<'s>, Term<'s>)], object: &Object, joins: bool) -> bool {
        if pairs.len() != object.fields.len() && object.rest.is_none() {
            return false;
        }
        pairs.iter().all(|(key, value)| match constant_of(key) {
            Some(key) => {
                let of = object.field(&key);
                !matches!(of, Type::Unknown) && self.match_type(value, &of, joins)
            }
            // Which field it is cannot be told: its value may be anything.
            None => {
                self.match_type(value, &Type::Any, joins);
                true
            }
        })
    }

    /// Matches two terms. Answers whether both can be one value.
    pub(super) fn match_terms(&mut self, a: &Term<'s>, of_a: &Type, b: &Term<'s>, of_b: &Type) -> bool {
        match (of_a.has_unknown(), of_b.has_unknown()) {
            (true, false) => self.match_type(a, of_b, false),
            (false, true) => self.match_type(b, of_a, false),
            (false, false) => self.unifies(of_a, of_b),
            (true, true) => match (&a.kind, &b.kind) {
                (TermKind::Broken, _) | (_, TermKind::Broken) => true,
                (TermKind::Array(left), TermKind::Array(right)) => {
                    left.len() == right.len()
                        && left.iter().zip(right).all(|(left, right)| self.match_parts(left, right))
                }
                (TermKind::Object(left), TermKind::Object(right)) => self.match_pairs(left, right),
                (TermKind::Array(_) | TermKind::Object(_) | TermKind::Var(_), TermKind::Var(_)) => {
                    self.match_blindly(a, b)
                }
                (TermKind::Var(_), TermKind::Array(_) | TermKind::Object(_)) => self.match_blindly(b, a),
                _ => false,
            },
        }
    }

    fn match_parts(&mut self, a: &Term<'s>, b: &Term<'s>) -> bool {
        let (of_a, of_b) = (self.type_of(a), self.type_of(b));
        self.match_terms(a, &of_a, b, &of_b)
    }

    /// Matches what nothing is known of with a variable that nothing is known of.
    fn match_blindly(&mut self, a: &Term<'s>, variable: &Term<'s>) -> bool {
        if !self.match_type(a, &Type::Any, false) {
            return false;
        }
        let of = self.type_of(a);
        self.match_type(variable, &of, false)
    }

    fn match_pairs(&mut self, left: &[(Term<'s>, Term<'s>)], right: &[(Term<'s>, Term<'s>)]) -> bool {
        if left.len() != right.len() {
            return false;
        }
        let keyed = |pairs: &[(Term<'s>, Term<'s>)]| {
            let mut places: Vec<(PairKey, usize)> =
                pairs.iter().enumerate().map(|(at, (key, _))| (PairKey::of(key), at)).collect();
            places.order();
            places
        };
        keyed(left).into_iter().zip(keyed(right)).all(|((left_key, left_at), (right_key, right_at))| {
            left_key == right_key
                && left_key != PairKey::Other
                && match (left.get(left_at), right.get(right_at)) {
                    (Some((_, left)), Some((_, right))) => self.match_parts(left, right),
                    _ => false,
                }
        })
    }
}

/// What makes two keys of objects the same.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum PairKey {
    Constant(Key),
    Variable(u32),
    Other,
}

impl PairKey {
    fn of(term: &Term<'_>) -> Self {
        match (constant_of(term), term.as_var()) {
            (Some(key), _) => Self::Constant(key),
            (None, Some(id)) => Self::Variable(id.0),
            (None, None) => Self::Other,
        }
    }
}
