//! The types that the checker gives to terms: what a type is, and how one is made.
//!
//! They are OPA's types, printed as OPA prints them: scalars, arrays and objects with parts that are known one by one
//! and parts that are only known as a whole, sets, unions, `any`, and functions. [`Type::Unknown`] is the type of what
//! nothing has been found out about yet; OPA prints it as `???`.
//!
//! INVARIANT (size): a type has at most [`crate::limits::TYPE_NODES`] nodes and is at most [`crate::limits::TYPE_NESTING`] deep. What would be larger
//! is `any`: `b := [a, a]`, `c := [b, b]`, … doubles with each line, and every walk over a type is recursive. A type
//! that is too wide never causes an error.

mod key;
mod limited;
mod merge;
mod notation;
mod order;
mod print;
pub mod schema;
mod select;
mod unify;

#[cfg(test)]
mod tests;

pub use key::Key;
pub use notation::{NotationError, Operand, Signature};
pub use unify::Work;

use crate::sorted::InOrder;
use limited::Size;
use std::sync::{Arc, OnceLock};

/// The type of a term.
#[derive(Debug, Clone)]
pub enum Type {
    /// Nothing is known yet.
    Unknown,
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `number`
    Number,
    /// `string`
    String,
    /// `array<a, b>[c]`
    Array(Arc<Array>),
    /// `object<a: b>[c: d]`
    Object(Arc<Object>),
    /// `set[a]`
    Set(Arc<Set>),
    /// Every value there is, but no function.
    Any,
    /// `any<a, b>`: one of several.
    Union(Arc<Union>),
    /// A function.
    Function(Arc<Function>),
}

/// The type of arrays that begin with these items.
#[derive(Debug, Clone)]
pub struct Array {
    size: Size,
    inside: Inside,
    /// The types of the first items, one by one.
    pub items: Vec<Type>,
    /// The type of all further items, where there may be any.
    pub rest: Option<Type>,
}

/// The type of objects with these fields.
#[derive(Debug, Clone)]
pub struct Object {
    size: Size,
    inside: Inside,
    /// The keys that are known, in their order, none twice, each with the type of its value.
    pub fields: Vec<(Key, Type)>,
    /// The types of all further keys and their values, where there may be any.
    pub rest: Option<(Type, Type)>,
}

/// The type of sets of such elements.
#[derive(Debug, Clone)]
pub struct Set {
    size: Size,
    /// The type of every element.
    pub of: Type,
}

/// One of several types.
#[derive(Debug, Clone)]
pub struct Union {
    size: Size,
    inside: Inside,
    /// In their order, none twice; no `any`, no union and no function is among them, and at least one type is.
    pub members: Vec<Type>,
}

/// What can be enumerated in a type, once it has been asked for: a large type may be asked often.
#[derive(Debug, Clone, Default)]
struct Inside {
    keys: OnceLock<Type>,
    values: OnceLock<Type>,
}

/// The type of a function.
#[derive(Debug, Clone)]
pub struct Function {
    size: Size,
    /// The types of the arguments.
    pub args: Vec<Type>,
    /// The type of any number of further arguments, where it takes them.
    pub more: Option<Type>,
    /// The type of the result; absent where the function has none.
    pub result: Option<Type>,
}

impl Type {
    /// Arrays with these first items, and further ones where `rest` is given.
    #[must_use]
    pub fn array(items: Vec<Self>, rest: Option<Self>) -> Self {
        let rest = rest.filter(|rest| !matches!(rest, Self::Unknown));
        let size = Size::around(items.iter().chain(&rest));
        size.limit(|| Self::Array(Arc::new(Array { size, inside: Inside::default(), items, rest })))
    }

    /// Arrays of items of one type.
    #[must_use]
    pub fn array_of(item: Self) -> Self {
        Self::array(Vec::new(), Some(item))
    }

    /// Objects with these fields, and further ones where `rest` is given. Of a key that is given twice the last counts.
    #[must_use]
    pub fn object(mut fields: Vec<(Key, Self)>, rest: Option<(Self, Self)>) -> Self {
        fields.order_by(|(first, _), (second, _)| first.cmp(second));
        fields.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                std::mem::swap(later, kept);
            }
            is_same
        });
        let of_rest = rest.iter().flat_map(|(key, value)| [key, value]);
        let size = Size::around(fields.iter().map(|(_, value)| value).chain(of_rest));
        size.limit(|| Self::Object(Arc::new(Object { size, inside: Inside::default(), fields, rest })))
    }

    /// Objects of keys of one type and values of one type.
    #[must_use]
    pub fn object_of(key: Self, value: Self) -> Self {
        Self::object(Vec::new(), Some((key, value)))
    }

    /// Sets of elements of one type.
    #[must_use]
    pub fn set(of: Self) -> Self {
        let size = Size::around([&of]);
        size.limit(|| Self::Set(Arc::new(Set { size, of })))
    }

    /// A function.
    #[must_use]
    pub fn function(args: Vec<Self>, more: Option<Self>, result: Option<Self>) -> Self {
        let size = Size::around(args.iter().chain(&more).chain(&result));
        size.limit(|| Self::Function(Arc::new(Function { size, args, more, result })))
    }

    /// The type of a constant.
    #[must_use]
    pub fn of_key(key: &Key) -> Self {
        match key {
            Key::Null => Self::Null,
            Key::Boolean(_) => Self::Boolean,
            Key::Number(_) => Self::Number,
            Key::String(_) => Self::String,
            Key::Array(items) => Self::array(items.iter().map(Self::of_key).collect(), None),
            Key::Object(fields) => {
                Self::object(fields.iter().map(|(key, value)| (key.clone(), Self::of_key(value))).collect(), None)
            }
        }
    }

    /// The function, where it is one.
    #[must_use]
    pub fn as_function(&self) -> Option<&Function> {
        match self {
            Self::Function(function) => Some(function),
            _ => None,
        }
    }

    /// Whether nothing is known of it, or of one of its parts. The members of a union are not asked.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Null | Self::Boolean | Self::Number | Self::String | Self::Any | Self::Union(_) => false,
            Self::Array(array) => array.size.has_unknown,
            Self::Object(object) => object.size.has_unknown,
            Self::Set(set) => set.size.has_unknown,
            Self::Function(function) => function.size.has_unknown,
        }
    }

    /// This type, or `other` where nothing is known of this one.
    #[must_use]
    pub fn known_or(self, other: Self) -> Self {
        if matches!(self, Self::Unknown) { other } else { self }
    }

    fn size(&self) -> Size {
        match self {
            Self::Unknown => Size::UNKNOWN,
            Self::Null | Self::Boolean | Self::Number | Self::String | Self::Any => Size::ONE,
            Self::Array(array) => array.size,
            Self::Object(object) => object.size,
            Self::Set(set) => set.size,
            Self::Union(union) => union.size.known(),
            Self::Function(function) => function.size,
        }
    }
}

impl Function {
    /// The type that the argument at this place must have: beyond the arguments the result, then the further ones.
    #[must_use]
    pub fn operand(&self, at: usize) -> Option<&Type> {
        self.args.iter().chain(&self.result).nth(at).or(self.more.as_ref())
    }
}
