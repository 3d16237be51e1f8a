//! The entries of an object: as the fields of a struct, or as the keys and values of a map.

use super::fault::Fault;
use super::json::{EntriesMut, Value};
use super::tree::{Tree, kind_of};
use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// The place of a name that is not among the known ones.
const UNKNOWN: u64 = u64::MAX;

/// The place of a name among those that are known: a derived reader takes it for the name, and needs not look for it again.
pub fn place_of(name: &str, known: &[&str]) -> Place {
    Place(known.iter().position(|&other| other == name).map_or(UNKNOWN, |place| place as u64))
}

/// A name by its place.
pub struct Place(u64);

impl<'de> Deserializer<'de> for Place {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u64(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The entries of an object, of which one is being read.
pub struct Entries<'t> {
    entries: EntriesMut<'t>,
    names: &'static [&'static str],
    key: Option<&'t String>,
    value: Option<&'t mut Value>,
    /// Whether names that are not known are passed over, before the reader sees them.
    only_known: bool,
}

impl<'t> Entries<'t> {
    /// The entries of an object, and an error for anything else.
    #[inline(never)]
    pub fn of(value: &'t mut Value, names: &'static [&'static str]) -> Result<Self, Fault> {
        match value {
            Value::Object(fields) => {
                Ok(Self { entries: fields.iter_mut(), names, key: None, value: None, only_known: false })
            }
            other => Err(Fault::new(format!("{} is there, expected an object", kind_of(other)))),
        }
    }

    /// The entries of an object whose names are known.
    #[cfg(feature = "trees")]
    pub fn known_of(value: &'t mut Value, names: &'static [&'static str]) -> Result<Self, Fault> {
        Ok(Self { only_known: true, ..Self::of(value, names)? })
    }

    /// Goes on to the next entry.
    #[inline(never)]
    fn next(&mut self) -> Option<&'t String> {
        let (key, value) = self.entries.next().unzip();
        (self.key, self.value) = (key, value);
        key
    }

    #[inline(never)]
    fn next_place(&mut self) -> Option<Place> {
        while let Some(key) = self.next() {
            let place = place_of(key, self.names);
            if !self.only_known || place.0 != UNKNOWN {
                return Some(place);
            }
        }
        None
    }

    #[inline(never)]
    fn value(&mut self) -> Result<Tree<'t>, Fault> {
        self.value.take().map(Tree).ok_or_else(|| Fault::new("a value was read before its key".to_owned()))
    }

    #[cold]
    #[inline(never)]
    fn unknown(&self) -> Fault {
        Fault::unknown_field(self.key.map_or("", String::as_str), self.names)
    }

    /// That something is wrong with the entry that is being read; between entries, with the object.
    #[cold]
    #[inline(never)]
    pub fn inside(&self, fault: Fault) -> Fault {
        match self.key {
            Some(key) => fault.inside(key),
            None => fault,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some(key) = self.next() else { return Ok(None) };
        let name: StringDeserializer<Fault> = key.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(self.value()?)
    }
}

/// The fields of a struct: their names are places.
pub struct Fields<'t>(pub Entries<'t>);

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        match self.0.next_place() {
            Some(place) => seed.deserialize(place).map(Some).map_err(|_| self.0.unknown()),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(self.0.value()?)
    }
}
