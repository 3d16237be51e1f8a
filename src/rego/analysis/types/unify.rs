//! Whether some value is of two types.

use super::{Array, Object, Type};
use crate::limits;
use std::cell::Cell;

/// How much work looking into types may still take.
///
/// Unions are compared and looked into member by member, so that a text can ask for the square of its size. When the work is used
/// up, everything is of every type: no error is invented.
#[derive(Debug)]
pub struct Work {
    steps: Cell<u64>,
}

impl Work {
    /// Enough for a text of so many bytes.
    #[must_use]
    pub const fn for_text(bytes: u64) -> Self {
        let of_text = bytes.saturating_mul(limits::TYPE_COMPARISONS_PER_BYTE);
        Self { steps: Cell::new(of_text.saturating_add(limits::TYPE_COMPARISONS)) }
    }

    /// Takes so many steps, where as many are left.
    pub(super) fn spend(&self, steps: u64) -> bool {
        match self.steps.get().checked_sub(steps) {
            Some(left) => {
                self.steps.set(left);
                true
            }
            None => false,
        }
    }
}

impl Type {
    /// Whether a value can be of both types. What is not known is of no type.
    #[must_use]
    pub fn unifies(&self, other: &Self, work: &Work) -> bool {
        if !work.spend(1) {
            return true;
        }
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => false,
            (Self::Any, one) | (one, Self::Any) => !matches!(one, Self::Function(_)),
            (Self::Union(union), one) | (one, Self::Union(union)) => {
                union.members.iter().any(|member| member.unifies(one, work))
            }
            (Self::Array(a), Self::Array(b)) => a.unifies(b, work),
            (Self::Object(a), Self::Object(b)) => a.unifies(b, work),
            (Self::Set(a), Self::Set(b)) => a.of.unifies(&b.of, work),
            (Self::Function(a), Self::Function(b)) => {
                a.args.len() == b.args.len() && a.args.iter().zip(&b.args).all(|(a, b)| a.unifies(b, work))
            }
            (Self::Null, Self::Null)
            | (Self::Boolean, Self::Boolean)
            | (Self::Number, Self::Number)
            | (Self::String, Self::String) => true,
            _ => false,
        }
    }
}

impl Array {
    fn unifies(&self, other: &Self, work: &Work) -> bool {
        let longer = self.items.len().max(other.items.len());
        let items = (0..longer).all(|at| match (self.item(at), other.item(at)) {
            (Some(a), Some(b)) => a.unifies(b, work),
            _ => false,
        });
        items && rests_unify(self.rest.as_ref(), other.rest.as_ref(), work)
    }

    fn item(&self, at: usize) -> Option<&Type> {
        self.items.get(at).or(self.rest.as_ref())
    }
}

impl Object {
    fn unifies(&self, other: &Self, work: &Work) -> bool {
        let of_ours = self.fields.iter().all(|(key, value)| value.unifies(&other.field(key), work));
        // Fields of both have been compared.
        let of_theirs = other
            .fields
            .iter()
            .filter(|(key, _)| !self.has_field(key))
            .all(|(key, value)| value.unifies(&self.field(key), work));
        of_ours
            && of_theirs
            && rests_unify(
                self.rest.as_ref().map(|(_, value)| value),
                other.rest.as_ref().map(|(_, value)| value),
                work,
            )
    }
}

fn rests_unify(a: Option<&Type>, b: Option<&Type>, work: &Work) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.unifies(b, work),
        _ => true,
    }
}
