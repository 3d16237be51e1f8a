//! The union of types.

use super::{Function, Inside, Size, Type, Union};
use std::sync::Arc;

impl Type {
    /// What is of this type or of `other`. A function and what is none have nothing in common: nothing is known of it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => known,
            (Self::Function(a), Self::Function(b)) => a.or(&b),
            (Self::Function(_), _) | (_, Self::Function(_)) => Self::Unknown,
            (Self::Any, _) | (_, Self::Any) => Self::Any,
            (Self::Union(a), Self::Union(b)) => {
                if Arc::ptr_eq(&a, &b) {
                    return Self::Union(a);
                }
                Self::union(a.members.iter().chain(&b.members).cloned().collect())
            }
            (Self::Union(union), one) | (one, Self::Union(union)) => match union.members.binary_search(&one) {
                Ok(_) => Self::Union(union),
                Err(at) => {
                    let mut members = union.members.clone();
                    members.insert(at, one);
                    Self::from_sorted(members)
                }
            },
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
        members.sort();
        members.dedup();
        match members.as_slice() {
            [one] => one.clone(),
            _ => Self::from_sorted(members),
        }
    }

    /// A union of these members, also where there is only one: no `any`, no union and no function may be among them.
    #[must_use]
    pub(super) fn union(mut members: Vec<Self>) -> Self {
        members.sort();
        members.dedup();
        Self::from_sorted(members)
    }

    fn from_sorted(members: Vec<Self>) -> Self {
        let size = Size::around(&members);
        size.limit(|| Self::Union(Arc::new(Union { size, inside: Inside::default(), members })))
    }
}

impl Function {
    /// A function that takes what either takes. Nothing is known of it where they take different numbers of arguments.
    fn or(&self, other: &Self) -> Type {
        if self.args.len() != other.args.len() || self.more.is_some() != other.more.is_some() {
            return Type::Unknown;
        }
        let either = |a: &Option<Type>, b: &Option<Type>| match (a, b) {
            (Some(a), Some(b)) => Some(a.clone().or(b.clone())),
            (one, other) => one.as_ref().or(other.as_ref()).cloned(),
        };
        Type::function(
            self.args.iter().zip(&other.args).map(|(a, b)| a.clone().or(b.clone())).collect(),
            either(&self.more, &other.more),
            either(&self.result, &other.result),
        )
    }
}
