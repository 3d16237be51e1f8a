//! How large a type is, so that none becomes too large.

use super::Type;
use crate::limits;

/// What is known of a type without looking into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    nodes: u32,
    levels: u16,
    /// Whether a part of it is unknown.
    pub has_unknown: bool,
}

impl Size {
    /// Of a type without parts.
    pub const ONE: Self = Self { nodes: 1, levels: 1, has_unknown: false };
    /// Of the type that is not known.
    pub const UNKNOWN: Self = Self { has_unknown: true, ..Self::ONE };

    /// Of a type with these parts.
    pub fn around<'a>(parts: impl IntoIterator<Item = &'a Type>) -> Self {
        parts.into_iter().fold(Self::ONE, Self::and)
    }

    /// With one more part.
    pub fn and(self, part: &Type) -> Self {
        let part = part.size();
        Self {
            nodes: self.nodes.saturating_add(part.nodes),
            levels: self.levels.max(part.levels.saturating_add(1)),
            has_unknown: self.has_unknown || part.has_unknown,
        }
    }

    /// The same, where nothing in it counts as unknown.
    pub const fn known(self) -> Self {
        Self { has_unknown: false, ..self }
    }

    /// What `make` makes, or `any` where it would be too large.
    pub fn limit(self, make: impl FnOnce() -> Type) -> Type {
        if self.is_within_limits() { make() } else { Type::Any }
    }

    /// Whether there may be a type of this size.
    pub const fn is_within_limits(self) -> bool {
        self.nodes <= limits::TYPE_NODES && self.levels <= limits::TYPE_NESTING
    }
}
