//! The JSON tree that requests are read from and answers are written to: that of `serde_json`, which configurations and records are kept
//! in; in a build that only runs programs a small one, 15 KB less after gzip.

#[cfg(feature = "trees")]
mod full;
#[cfg(not(feature = "trees"))]
mod small;

#[cfg(feature = "trees")]
pub use full::{EntriesMut, Number, Object, Value, number, slot, visit_number};
#[cfg(not(feature = "trees"))]
pub use small::{EntriesMut, Number, Object, Value, number, slot, visit_number};

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// A value of any kind, as the text of its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText(pub String);

/// The name by which a reader asks a tree for the text of a value.
pub const TEXT: &str = "the text of a value";

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = JsonText;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<JsonText, E> {
                Ok(JsonText(text.to_owned()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<JsonText, E> {
                Ok(JsonText(text))
            }
        }

        deserializer.deserialize_newtype_struct(TEXT, Text)
    }
}
