//! The order of types: that of the members of a union, and what it means that two types are the same.

use super::Type;
use std::cmp::Ordering;
use std::sync::Arc;

/// The rank of objects.
const OBJECTS: u8 = 6;

impl Type {
    /// Where the kind of type stands among the others.
    const fn rank(&self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Null => 1,
            Self::Boolean => 2,
            Self::Number => 3,
            Self::String => 4,
            Self::Array(_) => 5,
            Self::Object(_) => OBJECTS,
            Self::Set(_) => 7,
            Self::Any => 8,
            Self::Union(_) => 9,
            Self::Function(_) => 10,
        }
    }

    /// Whether it stands before all objects.
    pub(super) const fn is_before_objects(&self) -> bool {
        self.rank() < OBJECTS
    }
}

impl Ord for Type {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) if !Arc::ptr_eq(a, b) => {
                a.rest.cmp(&b.rest).then_with(|| a.items.cmp(&b.items))
            }
            (Self::Object(a), Self::Object(b)) if !Arc::ptr_eq(a, b) => {
                a.rest.cmp(&b.rest).then_with(|| a.fields.cmp(&b.fields))
            }
            (Self::Set(a), Self::Set(b)) if !Arc::ptr_eq(a, b) => a.of.cmp(&b.of),
            (Self::Union(a), Self::Union(b)) if !Arc::ptr_eq(a, b) => a.members.cmp(&b.members),
            (Self::Function(a), Self::Function(b)) if !Arc::ptr_eq(a, b) => a
                .args
                .len()
                .cmp(&b.args.len())
                .then_with(|| a.args.cmp(&b.args))
                .then_with(|| a.result.cmp(&b.result))
                .then_with(|| a.more.cmp(&b.more)),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Type {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Type {}
