//! How large a type is, so that none becomes too large.

use super::{MOST_LEVELS, MOST_NODES, Type};

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
        parts.into_iter().fold(Self::ONE, |whole, part| {
            let part = part.size();
            Self {
                nodes: whole.nodes.saturating_add(part.nodes),
                levels: whole.levels.max(part.levels.saturating_add(1)),
                has_unknown: whole.has_unknown || part.has_unknown,
            }
        })
    }

    /// The same, where nothing in it counts as unknown.
    pub const fn known(self) -> Self {
        Self { has_unknown: false, ..self }
    }

    /// What `make` makes, or `any` where it would be too large.
    pub fn limit(self, make: impl FnOnce() -> Type) -> Type {
        if self.nodes > MOST_NODES || self.levels > MOST_LEVELS { Type::Any } else { make() }
    }
}
