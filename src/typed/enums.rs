//! A variant of an enum: a word, or an object with the word for its only key.
//!
//! Where the word stands in a key of its own, serde would copy the object into a tree of another kind first and compile every type below
//! for that tree too. Here a reader whose enum has a name such as `tag kind` gets the variant that the key `kind` names, with the object
//! without this key; with `tag type value`, what stands in the key `value`.

use super::fault::Fault;
use super::json::{Object, Value};
use super::objects::place_of;
use super::tree::{Tree, kind_of, mistyped};
use serde::de::{DeserializeSeed, Deserializer as _, EnumAccess, Error as _, VariantAccess, Visitor};

/// A variant by its name, with what it holds.
pub struct Choice<'t> {
    name: String,
    /// The key in which the word stands.
    tag: Option<&'static str>,
    variants: &'static [&'static str],
    content: Option<&'t mut Value>,
    held: Held,
}

/// Where what a variant holds stands.
#[derive(Clone, Copy)]
enum Held {
    /// In the key that is the word.
    ByWord,
    /// In this key.
    ByKey(&'static str),
    /// Around the word.
    Around,
}

impl<'t> Choice<'t> {
    /// The variant of a value; the name of the enum says where its word stands.
    #[inline(never)]
    pub fn of(value: &'t mut Value, of: &'static str, variants: &'static [&'static str]) -> Result<Self, Fault> {
        let keys = of
            .strip_prefix("tag ")
            .map(|keys| keys.split_once(' ').map_or((keys, None), |(tag, key)| (tag, Some(key))));
        if let (Value::Object(fields), Some((tag, None))) = (&mut *value, keys) {
            let name = word(fields, tag)?;
            return Ok(Self { name, tag: Some(tag), variants, content: Some(value), held: Held::Around });
        }
        match (value, keys) {
            (Value::Object(fields), Some((tag, Some(key)))) => {
                if let Some(other) = fields.keys().find(|&name| name != tag && name != key) {
                    return Err(
                        Fault::new(format!("unknown field `{other}`, expected `{tag}` or `{key}`")).inside(other)
                    );
                }
                let name = word(fields, tag)?;
                Ok(Self { name, tag: Some(tag), variants, content: fields.get_mut(key), held: Held::ByKey(key) })
            }
            (other, Some(_)) => Err(Fault::new(format!("{} is there, expected an object", kind_of(other)))),
            (Value::String(name), None) => {
                Ok(Self { name: std::mem::take(name), tag: None, variants, content: None, held: Held::ByWord })
            }
            (Value::Object(fields), None) => match (fields.len(), fields.iter_mut().next()) {
                (1, Some((name, content))) => {
                    Ok(Self { name: name.clone(), tag: None, variants, content: Some(content), held: Held::ByWord })
                }
                (keys, _) => Err(Fault::new(format!("an object with {keys} keys is there, expected one key"))),
            },
            (other, None) => Err(Fault::new(format!("{} is there, expected one of its words", kind_of(other)))),
        }
    }

    #[inline(never)]
    fn value(&mut self) -> Result<Tree<'t>, Fault> {
        self.content.take().map(Tree).ok_or_else(|| match self.held {
            Held::ByKey(key) => Fault::missing_field(key),
            _ => Fault::new("the word stands alone, expected an object with it".to_owned()),
        })
    }

    #[cold]
    #[inline(never)]
    fn unknown(&self) -> Fault {
        let fault = Fault::unknown_variant(&self.name, self.variants);
        match self.tag {
            Some(tag) => fault.inside(tag),
            None => fault,
        }
    }

    #[cold]
    #[inline(never)]
    fn inside(&self, fault: Fault) -> Fault {
        match self.held {
            Held::ByWord => fault.inside(&self.name),
            Held::ByKey(key) => fault.inside(key),
            Held::Around => fault,
        }
    }
}

/// Takes the word out of the key in which it stands.
fn word(fields: &mut Object, tag: &'static str) -> Result<String, Fault> {
    match fields.shift_remove(tag) {
        Some(Value::String(name)) => Ok(name),
        Some(mut other) => Err(mistyped(&mut other, &"variant identifier").inside(tag)),
        None => Err(Fault::missing_field(tag)),
    }
}

impl<'de> EnumAccess<'de> for Choice<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        match seed.deserialize(place_of(&self.name, self.variants)) {
            Ok(variant) => Ok((variant, self)),
            Err(_) => Err(self.unknown()),
        }
    }
}

impl<'de> VariantAccess<'de> for Choice<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match (self.content, self.held) {
            (None, _) | (Some(Value::Null), Held::ByKey(_)) => Ok(()),
            (Some(_), _) => Err(Fault::new("a value is there, expected the word alone".to_owned())),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.value()?).map_err(|fault| self.inside(fault))
    }

    fn tuple_variant<V: Visitor<'de>>(mut self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.value()?.deserialize_tuple(length, visitor).map_err(|fault| self.inside(fault))
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.content.take() {
            Some(content) => Tree(content).object(names, visitor),
            None => Err(Fault::new("null is there, expected an object".to_owned())),
        }
        .map_err(|fault| self.inside(fault))
    }
}
