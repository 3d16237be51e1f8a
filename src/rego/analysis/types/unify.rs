//! Whether some value is of two types.

use super::{Array, Object, Type};
use std::cell::Cell;

/// How much work comparing may still take.
///
/// Two unions are compared member by member, so that a text can ask for the square of its size. When the work is used
/// up, everything is of every type: no error is invented.
#[derive(Debug)]
pub struct Work {
    steps: Cell<u64>,
}

impl Work {
    /// Steps beside those for the size of the text.
    const AT_LEAST: u64 = 1_000_000;
    /// Steps for a byte of text.
    const PER_BYTE: u64 = 20;

    /// Enough for a text of so many bytes.
    #[must_use]
    pub const fn for_text(bytes: u64) -> Self {
        Self { steps: Cell::new(bytes.saturating_mul(Self::PER_BYTE).saturating_add(Self::AT_LEAST)) }
    }

    fn is_left(&self) -> bool {
        match self.steps.get().checked_sub(1) {
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
        if !work.is_left() {
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
