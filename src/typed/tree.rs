//! A tree as a deserializer. What does not depend on the type that is read is in functions that are not generic: the readers of some three
//! hundred types are made of this one.

use super::enums::Choice;
use super::fault::Fault;
use super::json::{self, Value};
use super::objects::{Entries, Fields};
use serde::de::{DeserializeSeed, Deserializer, Expected, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// A tree that is read strictly. What is read of it is taken out of it.
pub struct Tree<'t>(pub &'t mut Value);

impl<'t> Tree<'t> {
    /// Reads the fields of a struct, which are known by their places in `names`.
    pub fn object<'de, V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let mut fields = Fields(Entries::of(self.0, names)?);
        visitor.visit_map(&mut fields).map_err(|fault| fields.0.inside(fault))
    }

    fn array<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Array(items) => {
                let mut items = Items { items: items.iter_mut(), at: 0 };
                visitor.visit_seq(&mut items).map_err(|fault| items.inside(fault))
            }
            other => Err(mistyped(other, &visitor)),
        }
    }

    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if !self.0.is_object() {
            return Err(mistyped(self.0, &visitor));
        }
        let mut entries = Entries::of(self.0, &[])?;
        visitor.visit_map(&mut entries).map_err(|fault| entries.inside(fault))
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => visitor.visit_string(std::mem::take(text)),
            other => Err(mistyped(other, &visitor)),
        }
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Number(number) => json::visit_number(number, visitor),
            other => Err(mistyped(other, &visitor)),
        }
    }
}

/// How an error names a value.
pub const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// That a value is of another type than what is expected.
#[cold]
#[inline(never)]
pub fn mistyped(value: &mut Value, expected: &dyn Expected) -> Fault {
    match Tree(value).deserialize_any(Nothing(expected)) {
        Ok(()) => Fault::new(format!("invalid type, expected {expected}")),
        Err(fault) => fault,
    }
}

/// Takes no value of any type, and says what it expected.
struct Nothing<'e>(&'e dyn Expected);

impl<'de> Visitor<'de> for Nothing<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserializer<'de> for Tree<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.number(visitor),
            Value::String(_) => self.text(visitor),
            Value::Array(_) => self.array(visitor),
            Value::Object(_) => self.map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(*value),
            other => Err(mistyped(other, &visitor)),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.number(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.array(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.array(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        if name == json::TEXT {
            return visitor.visit_string(self.0.to_string());
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.object(names, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(Choice::of(self.0, name, variants)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 char str bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

struct Items<'t> {
    items: std::slice::IterMut<'t, Value>,
    /// How many were begun.
    at: usize,
}

impl<'t> Items<'t> {
    #[inline(never)]
    fn next(&mut self) -> Option<&'t mut Value> {
        let next = self.items.next();
        self.at = if next.is_some() { self.at.saturating_add(1) } else { 0 };
        next
    }

    #[cold]
    #[inline(never)]
    fn inside(&self, fault: Fault) -> Fault {
        match self.at.checked_sub(1) {
            Some(at) => fault.inside(&at.to_string()),
            None => fault,
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        match self.next() {
            Some(item) => seed.deserialize(Tree(item)).map(Some),
            None => Ok(None),
        }
    }
}
