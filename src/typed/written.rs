//! From a type to a JSON tree. As for reading, what does not depend on the type that is written is in functions that are not generic.

use super::fault::Fault;
use super::json::{self, Object as Fields, Value};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::Display;

/// The name of the struct as which `serde_json` writes a number, and of its field.
const NUMBER: &str = "$serde_json::private::Number";

impl serde::ser::Error for Fault {
    #[cold]
    fn custom<T: Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

/// The place in a tree into which a value is written.
pub struct Slot<'v>(pub &'v mut Value);

impl<'v> Slot<'v> {
    #[inline(never)]
    fn put(self, value: Value) {
        *self.0 = value;
    }

    #[inline(never)]
    fn text(self, text: &str) {
        *self.0 = Value::String(text.to_owned());
    }

    #[inline(never)]
    fn list(self) -> List<'v> {
        *self.0 = Value::Array(Vec::new());
        List(self.0)
    }

    #[inline(never)]
    fn object(self, name: &str) -> Object<'v> {
        let is_number = name == NUMBER;
        *self.0 = if is_number { Value::Null } else { Value::Object(Fields::new()) };
        Object { slot: self.0, key: None, is_number }
    }

    /// The only value of an object.
    #[inline(never)]
    fn below(self, key: &str) -> Slot<'v> {
        *self.0 = Value::Object(Fields::new());
        Slot(entry(self.0, key.to_owned()))
    }
}

/// The value of a key of an object.
fn entry(object: &mut Value, key: String) -> &mut Value {
    match object {
        Value::Object(fields) => json::slot(fields, key),
        other => other,
    }
}

/// A list that is being written.
pub struct List<'v>(&'v mut Value);

impl List<'_> {
    #[inline(never)]
    fn next(&mut self) -> Slot<'_> {
        match &mut *self.0 {
            Value::Array(items) => Slot(items.push_mut(Value::Null)),
            other => Slot(other),
        }
    }
}

/// An object that is being written, or a number, which is written as an object of one field.
pub struct Object<'v> {
    slot: &'v mut Value,
    key: Option<String>,
    is_number: bool,
}

impl Object<'_> {
    #[inline(never)]
    fn field(&mut self, key: &str) -> Slot<'_> {
        Slot(if self.is_number { &mut *self.slot } else { entry(self.slot, key.to_owned()) })
    }

    #[inline(never)]
    fn value(&mut self) -> Slot<'_> {
        let key = self.key.take().unwrap_or_default();
        Slot(entry(self.slot, key))
    }

    #[inline(never)]
    fn key(&mut self, key: Value) -> Result<(), Fault> {
        self.key = Some(match key {
            Value::String(key) => key,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return Err(Fault::new("key must be a string".to_owned())),
        });
        Ok(())
    }

    #[inline(never)]
    fn finish(self) -> Result<(), Fault> {
        if self.is_number {
            let number = self.slot.as_str().and_then(json::number);
            *self.slot = number.map(Value::Number).ok_or_else(|| Fault::new("invalid number".to_owned()))?;
        }
        Ok(())
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Fault> {
            self.put(Value::from(value));
            Ok(())
        })*
    };
}

impl<'v> Serializer for Slot<'v> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = List<'v>;
    type SerializeTuple = List<'v>;
    type SerializeTupleStruct = List<'v>;
    type SerializeTupleVariant = List<'v>;
    type SerializeMap = Object<'v>;
    type SerializeStruct = Object<'v>;
    type SerializeStructVariant = Object<'v>;

    scalars! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32, serialize_f64: f64
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.put(Value::String(value.to_string()));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        self.put(Value::from(value));
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.put(Value::Null);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Fault> {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        value.serialize(self.below(variant))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'v>, Fault> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'v>, Fault> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'v>, Fault> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'v>, Fault> {
        Ok(self.below(variant).list())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'v>, Fault> {
        Ok(self.object(""))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object<'v>, Fault> {
        Ok(self.object(name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'v>, Fault> {
        Ok(self.below(variant).object(""))
    }
}

macro_rules! lists {
    ($($kind:ident: $method:ident),*) => {
        $(impl $kind for List<'_> {
            type Ok = ();
            type Error = Fault;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
                value.serialize(self.next())
            }

            fn end(self) -> Result<(), Fault> {
                Ok(())
            }
        })*
    };
}

lists! {
    SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
}

macro_rules! objects {
    ($($kind:ident),*) => {
        $(impl $kind for Object<'_> {
            type Ok = ();
            type Error = Fault;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
                value.serialize(self.field(key))
            }

            fn end(self) -> Result<(), Fault> {
                self.finish()
            }
        })*
    };
}

objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Fault> {
        let mut written = Value::Null;
        key.serialize(Slot(&mut written))?;
        self.key(written)
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Fault> {
        value.serialize(self.value())
    }

    fn end(self) -> Result<(), Fault> {
        self.finish()
    }
}
