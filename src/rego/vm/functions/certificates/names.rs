//! Distinguished names: who a certificate is for, and who made it.

use crate::rego::vm::functions::keys::der::{Reader, SEQUENCE, SET};
use crate::rego::vm::functions::tree::Tree;

/// A name, an attribute after the other.
#[derive(Debug, Default)]
pub struct Name {
    attributes: Vec<(Vec<u32>, String)>,
}

impl Name {
    /// The name in a list.
    ///
    /// # Errors
    /// What is wrong with it, in the words of Go.
    pub fn of_der(bytes: &[u8]) -> Result<Self, String> {
        let malformed = || "x509: invalid RDNSequence".to_owned();
        let mut name = Self::default();
        let mut sets = Reader::new(Reader::new(bytes).take(SEQUENCE).ok_or_else(malformed)?);
        while !sets.is_empty() {
            let mut set = Reader::new(sets.take(SET).ok_or_else(malformed)?);
            while !set.is_empty() {
                let malformed = |what: &str| format!("x509: invalid RDNSequence: invalid attribute{what}");
                let mut parts = set.list().ok_or_else(|| malformed(""))?;
                let id = parts.object_id().ok_or_else(|| malformed(" type"))?;
                let value = parts.part().ok_or_else(|| malformed(" value"))?;
                let value = text(value.tag, value.content).map_err(|why| malformed(&format!(" value: {why}")))?;
                name.attributes.push((id, value));
            }
        }
        Ok(name)
    }

    /// The fields that Go gives of a name.
    pub fn tree(&self) -> Tree {
        let all = |number: u32| {
            let values = self.attributes.iter().filter(|(id, _)| id.as_slice() == [2, 5, 4, number]);
            Tree::texts(values.map(|(_, value)| value.clone()).collect())
        };
        let last = |number: u32| {
            let found = self.attributes.iter().rfind(|(id, _)| id.as_slice() == [2, 5, 4, number]);
            Tree::Text(found.map(|(_, value)| value.clone()).unwrap_or_default())
        };
        let names = self
            .attributes
            .iter()
            .map(|(id, value)| Tree::Object(vec![("Type", Tree::numbers(id)), ("Value", Tree::Text(value.clone()))]));
        Tree::Object(vec![
            ("Country", all(6)),
            ("Organization", all(10)),
            ("OrganizationalUnit", all(11)),
            ("Locality", all(7)),
            ("Province", all(8)),
            ("StreetAddress", all(9)),
            ("PostalCode", all(17)),
            ("SerialNumber", last(5)),
            ("CommonName", last(3)),
            ("Names", Tree::list(names.collect())),
            ("ExtraNames", Tree::Null),
        ])
    }
}

/// The characters of a text of one of the kinds that names have.
fn text(tag: u8, bytes: &[u8]) -> Result<String, String> {
    let ascii = |is_allowed: fn(u8) -> bool, kind: &str| {
        if bytes.iter().all(|byte| is_allowed(*byte)) {
            Ok(bytes.iter().map(|byte| char::from(*byte)).collect())
        } else {
            Err(format!("invalid {kind}"))
        }
    };
    match tag {
        0x0c => String::from_utf8(bytes.to_vec()).map_err(|_| "invalid UTF-8 string".to_owned()),
        0x12 => ascii(|byte| byte.is_ascii_digit() || byte == b' ', "NumericString"),
        0x13 => ascii(|byte| byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte), "PrintableString"),
        // T.61, of which all that is in use is as in Latin-1.
        0x14 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        0x16 => ascii(|byte| byte.is_ascii(), "IA5String"),
        0x1e => {
            let (units, rest) = bytes.as_chunks::<2>();
            if !rest.is_empty() {
                return Err("invalid BMPString".to_owned());
            }
            let units = match units {
                [units @ .., [0, 0]] => units,
                units => units,
            };
            let character = |unit: &[u8; 2]| match u32::from(u16::from_be_bytes(*unit)) {
                0xfffe | 0xffff | 0xfdd0..=0xfdef => None,
                unit => char::from_u32(unit),
            };
            let text: Option<String> = units.iter().map(character).collect();
            text.ok_or_else(|| "invalid BMPString".to_owned())
        }
        _ => Err(format!("unsupported string type: {tag}")),
    }
}
