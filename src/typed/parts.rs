//! Two types that are the fields of one object. Serde's `flatten` would copy the object into a tree of another kind, and compile every type
//! below for that tree too.

use super::fault::Fault;
use super::objects::{Entries, Fields};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// Reads two structs out of one object, each its own fields. Fields of neither are passed over.
///
/// # Errors
/// Whatever is wrong with one of them, without the path to it.
pub fn two_of<'de, A, B, D>(deserializer: D) -> Result<(A, B), D::Error>
where
    A: Deserialize<'de>,
    B: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let mut object = Value::deserialize(deserializer)?;
    let read = A::deserialize(Part(&mut object)).and_then(|a| Ok((a, B::deserialize(Part(&mut object))?)));
    read.map_err(D::Error::custom)
}

/// An object of which a struct is a part.
struct Part<'t>(&'t mut Value);

impl<'de> Deserializer<'de> for Part<'_> {
    type Error = Fault;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_map(&mut Fields(Entries::known_of(self.0, names)?))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(Fault::new("only structs are parts of an object".to_owned()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
