//! The union of types.

use super::{Function, Inside, Object, Size, Type, Union};
use crate::sorted::InOrder;
use std::sync::Arc;

impl Type {
    /// What is of this type or of `other`. A function and what is none have nothing in common: nothing is known of it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::Function(a), Self::Function(b)) => Arc::unwrap_or_clone(a).or(&b),
            (Self::Function(_), _) | (_, Self::Function(_)) => Self::Unknown,
            (Self::Any, _) | (_, Self::Any) => Self::Any,
            (Self::Union(a), Self::Union(b)) => {
                if Arc::ptr_eq(&a, &b) {
                    return Self::Union(a);
                }
                Self::union(a.members.iter().chain(&b.members).cloned().collect())
            }
            (Self::Union(union), one) | (one, Self::Union(union)) => Self::with_member(union, one),
            (a, b) => {
                if a == b {
                    a
                } else {
                    Self::union(vec![a, b])
                }
            }
        }
    }

    /// What is of one of these types; unknown where there is none. The same as [`Type::or`] one after the other,
    /// without the square of their number.
    #[must_use]
    pub fn any_of(types: impl IntoIterator<Item = Self>) -> Self {
        let mut members = Vec::new();
        let mut functions = Self::Unknown;
        for member in types {
            match member {
                Self::Unknown => {}
                Self::Any => return Self::Any,
                Self::Function(_) => functions = functions.or(member),
                Self::Union(union) => members.extend(union.members.iter().cloned()),
                one => members.push(one),
            }
        }
        if members.is_empty() {
            return functions;
        }
        members.order();
        members.dedup();
        match members.as_slice() {
            [one] => one.clone(),
            _ => Self::from_sorted(members),
        }
    }

    /// A union of these members, also where there is only one: no `any`, no union and no function may be among them.
    #[must_use]
    pub(super) fn union(mut members: Vec<Self>) -> Self {
        members.order();
        members.dedup();
        Self::from_sorted(members)
    }

    /// A union with one more member. Nothing is copied where nobody else has the union: a path may get a type from each
    /// of many rules.
    fn with_member(union: Arc<Union>, one: Self) -> Self {
        let Err(at) = union.members.binary_search(&one) else { return Self::Union(union) };
        let size = union.size.and(&one);
        size.limit(|| {
            let mut members = Arc::unwrap_or_clone(union).members;
            members.insert(at, one);
            Self::Union(Arc::new(Union { size, inside: Inside::default(), members }))
        })
    }

    /// A union with one more object. The first object of the union without known fields and another one without become
    /// one.
    #[must_use]
    pub fn with_object(union: Arc<Union>, object: Arc<Object>) -> Self {
        let (Some((more_keys, more_values)), Some(at)) = (object.open(), union.first_open()) else {
            return Self::with_member(union, Self::Object(object));
        };
        let mut members = Arc::unwrap_or_clone(union).members;
        let known = members.remove(at);
        let joined = Self::object_of(known.keys().or(more_keys.clone()), known.values().or(more_values.clone()));
        Self::from_sorted(members).or(joined)
    }

    fn from_sorted(members: Vec<Self>) -> Self {
        let size = Size::around(&members);
        size.limit(|| Self::Union(Arc::new(Union { size, inside: Inside::default(), members })))
    }
}

impl Union {
    /// Where the first object stands of which no field is known. Objects stand in the order of what is known of all
    /// their fields.
    fn first_open(&self) -> Option<usize> {
        let from = self.members.partition_point(|member| match member {
            Type::Object(object) => object.rest.is_none(),
            other => other.is_before_objects(),
        });
        let is_open = |member: &Type| matches!(member, Type::Object(object) if object.open().is_some());
        Some(from + self.members.iter().skip(from).position(is_open)?)
    }
}

impl Object {
    /// What is known of the keys and values of objects of which no field is known.
    pub fn open(&self) -> Option<&(Type, Type)> {
        self.rest.as_ref().filter(|_| self.fields.is_empty())
    }
}

impl Function {
    /// A function that takes what either takes. Nothing is known of it where they take different numbers of arguments.
    fn or(self, other: &Self) -> Type {
        if self.args.len() != other.args.len() || self.more.is_some() != other.more.is_some() {
            return Type::Unknown;
        }
        let either = |a: Option<Type>, b: &Option<Type>| match (a, b) {
            (Some(a), Some(b)) => Some(a.or(b.clone())),
            (one, other) => one.or(other.clone()),
        };
        Type::function(
            self.args.into_iter().zip(&other.args).map(|(a, b)| a.or(b.clone())).collect(),
            either(self.more, &other.more),
            either(self.result, &other.result),
        )
    }
}
