//! A variant of an enum: a word, or an object with the word for its only key.

use super::fault::Fault;
use super::objects::place_of;
use super::tree::{Tree, kind_of};
use serde::de::{DeserializeSeed, Deserializer as _, EnumAccess, Error as _, VariantAccess, Visitor};
use serde_json::Value;

/// A variant by its name, with what it holds.
pub struct Choice<'t> {
    name: &'t str,
    variants: &'static [&'static str],
    content: Option<&'t mut Value>,
}

impl<'t> Choice<'t> {
    #[inline(never)]
    pub fn of(value: &'t mut Value, variants: &'static [&'static str]) -> Result<Self, Fault> {
        match value {
            Value::String(name) => Ok(Self { name, variants, content: None }),
            Value::Object(fields) => match (fields.len(), fields.iter_mut().next()) {
                (1, Some((name, content))) => Ok(Self { name, variants, content: Some(content) }),
                (keys, _) => Err(Fault::new(format!("an object with {keys} keys is there, expected one key"))),
            },
            other => Err(Fault::new(format!("{} is there, expected one of its words", kind_of(other)))),
        }
    }

    #[inline(never)]
    fn value(&mut self) -> Result<Tree<'t>, Fault> {
        let alone = "the word stands alone, expected an object with it";
        self.content.take().map(Tree).ok_or_else(|| Fault::new(alone.to_owned()))
    }
}

impl<'de> EnumAccess<'de> for Choice<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        match seed.deserialize(place_of(self.name, self.variants)) {
            Ok(variant) => Ok((variant, self)),
            Err(_) => Err(Fault::unknown_variant(self.name, self.variants)),
        }
    }
}

impl<'de> VariantAccess<'de> for Choice<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Fault::new("a value is there, expected the word alone".to_owned())),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(mut self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.value()?).map_err(|fault| fault.inside(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(mut self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.value()?.deserialize_tuple(length, visitor).map_err(|fault| fault.inside(self.name))
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
        .map_err(|fault| fault.inside(self.name))
    }
}
