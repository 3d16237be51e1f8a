//! What is inside of values of a type: their keys, their values, and what stands under one key.

use super::{Key, Object, Type, Work};

impl Type {
    /// The type of what can be enumerated in it: places of arrays, keys of objects, elements of sets. Unknown where
    /// nothing can be looked up in it.
    #[must_use]
    pub fn keys(&self) -> Self {
        match self {
            Self::Array(_) => Self::Number,
            Self::Object(object) => object
                .inside
                .keys
                .get_or_init(|| {
                    let rest = object.rest.iter().map(|(key, _)| key.clone());
                    Self::any_of(object.fields.iter().map(|(key, _)| Self::of_key(key)).chain(rest))
                })
                .clone(),
            Self::Set(set) => set.of.clone(),
            Self::Any => Self::Any,
            Self::Union(union) => {
                union.inside.keys.get_or_init(|| Self::any_of(union.members.iter().map(Self::keys))).clone()
            }
            _ => Self::Unknown,
        }
    }

    /// The type of what stands under some key of it; of a set, its elements.
    #[must_use]
    pub fn values(&self) -> Self {
        match self {
            Self::Array(array) => {
                array.inside.values.get_or_init(|| Self::any_of(array.items.iter().chain(&array.rest).cloned())).clone()
            }
            Self::Object(object) => object
                .inside
                .values
                .get_or_init(|| {
                    let rest = object.rest.iter().map(|(_, value)| value.clone());
                    Self::any_of(object.fields.iter().map(|(_, value)| value.clone()).chain(rest))
                })
                .clone(),
            Self::Set(set) => set.of.clone(),
            Self::Any => Self::Any,
            Self::Union(union) => {
                union.inside.values.get_or_init(|| Self::any_of(union.members.iter().map(Self::values))).clone()
            }
            _ => Self::Unknown,
        }
    }

    /// The type of what stands under one key of it. Unknown where nothing can stand there; any where the work is used up.
    #[must_use]
    pub fn select(&self, key: &Key, work: &Work) -> Self {
        match self {
            Self::Array(array) => key
                .as_index()
                .and_then(|at| array.items.get(at).or(array.rest.as_ref()))
                .map_or(Self::Unknown, Self::clone),
            Self::Object(object) => object.field(key),
            Self::Set(set) => {
                let of_key = Self::of_key(key);
                if set.of.contains(&of_key) { of_key } else { Self::Unknown }
            }
            Self::Any => Self::Any,
            Self::Union(union) if !work.spend(union.members.len() as u64) => Self::Any,
            Self::Union(union) => Self::any_of(union.members.iter().map(|member| member.select(key, work))),
            _ => Self::Unknown,
        }
    }

    /// Whether `other` is this type or one of its members.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        match self {
            Self::Any => !matches!(other, Self::Function(_)),
            Self::Union(union) => union.members.binary_search(other).is_ok(),
            one => one == other,
        }
    }
}

impl Object {
    /// The type of what stands under this key; unknown where nothing can.
    #[must_use]
    pub fn field(&self, key: &Key) -> Type {
        match self.fields.binary_search_by(|(field, _)| field.cmp(key)) {
            Ok(at) => self.fields.get(at).map_or(Type::Unknown, |(_, value)| value.clone()),
            Err(_) => match &self.rest {
                Some((keys, value)) if keys.contains(&Type::of_key(key)) => value.clone(),
                _ => Type::Unknown,
            },
        }
    }

    /// Whether this key is one of those that are known.
    pub(super) fn has_field(&self, key: &Key) -> bool {
        self.fields.binary_search_by(|(field, _)| field.cmp(key)).is_ok()
    }
}
