//! From the tree of a YAML text to a value of JSON.
//!
//! What aliases stand for is bounded, so that no text unfolds to more than a document may hold; and depth is bounded, so that whoever
//! walks may recurse.

use super::rules::{Rules, scalar_of};
use super::words::{at, too_deep, too_large};
use super::{NotYaml, Read};
use crate::limits;
use crate::rego::syntax::yaml::scalar::Scalar;
use crate::rego::syntax::yaml::{Id, Kind, Node, Yaml};
use crate::rego::value::digits::LARGE;
use crate::rego::value::double;
use crate::rego::value::quotes::quoted;
use crate::sorted;
use base64::Engine as _;
use serde_json::{Map, Number, Value};

/// What each value costs of the bytes that aliases may stand for, beside its text.
const BYTES_OF_VALUE: u64 = 64;

/// Makes the value of a tree.
pub struct Reader<'y> {
    text: &'y str,
    yaml: &'y Yaml,
    rules: Rules,
    /// Bytes that aliases may still stand for.
    copies_left: u64,
    /// The first number that is none.
    not_finite: Option<&'static str>,
}

/// A value to be read.
#[derive(Clone, Copy)]
pub struct Found {
    id: Id,
    /// Whether an alias led to it.
    is_copy: bool,
    depth: u64,
}

/// Fields of an object that is being read.
#[derive(Default)]
struct Fields {
    entries: Vec<(String, Found)>,
    places: sorted::Map<String, usize>,
}

impl Fields {
    /// Puts a field, which replaces one of the same name or is left out.
    fn put(&mut self, name: String, found: Found, replaces: bool) {
        match self.places.get(&name).and_then(|at| self.entries.get_mut(*at)) {
            Some(entry) if replaces => entry.1 = found,
            Some(_) => {}
            None => {
                self.places.insert(name.clone(), self.entries.len());
                self.entries.push((name, found));
            }
        }
    }
}

impl Found {
    const fn below(self, id: Id) -> Self {
        Self { id, is_copy: self.is_copy, depth: self.depth + 1 }
    }
}

impl<'y> Reader<'y> {
    /// A reader of the tree of a text.
    pub fn new(text: &'y str, yaml: &'y Yaml, rules: Rules) -> Self {
        Self { text, yaml, rules, copies_left: limits::INPUT_BYTES, not_finite: None }
    }

    /// The value; `null` of a text with nothing in it.
    ///
    /// # Errors
    /// The text says what is refused, or what is too large.
    pub fn read(mut self) -> Result<Read, NotYaml> {
        let Some(root) = self.root() else { return Ok(Read::Value(Value::Null)) };
        let value = self.value(root)?;
        Ok(self.take_not_finite().map_or(Read::Value(value), Read::NotFinite))
    }

    /// The outermost value.
    pub fn root(&self) -> Option<Found> {
        self.yaml.root.map(|id| Found { id, is_copy: false, depth: 0 })
    }

    /// The name of the first number that is none, of what was read since it was asked for.
    pub fn take_not_finite(&mut self) -> Option<&'static str> {
        self.not_finite.take()
    }

    /// The fields of an object with what is merged into it, in the order in which they came to their values; nothing where there is no
    /// object.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn fields(&mut self, found: Found) -> Result<Option<Vec<(String, Found)>>, NotYaml> {
        let (node, found) = self.node(found)?;
        let Kind::Map(pairs) = &node.kind else { return Ok(None) };
        let mut fields = Fields::default();
        self.collect(pairs, found, &mut fields)?;
        Ok(Some(fields.entries))
    }

    /// What a value is, in the words of a mistake: its tag and, of a scalar, how it is written; and its line.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn told(&mut self, found: Found) -> Result<(String, u32, std::ops::Range<usize>), NotYaml> {
        let (node, _) = self.node(found)?;
        let told = match &node.kind {
            Kind::List(_) => "!!seq".to_owned(),
            Kind::Map(_) => "!!map".to_owned(),
            Kind::Scalar { text, .. } => {
                let tag = self.scalar(node)?.tag();
                // A long one is cut.
                let shown = match text.char_indices().nth(7) {
                    Some((at, _)) if text.len() > 10 => format!("{}...", text.get(..at).unwrap_or_default()),
                    _ => text.clone(),
                };
                format!("{tag} `{shown}`")
            }
            Kind::Alias { .. } | Kind::Open => String::new(),
        };
        Ok((told, node.line, node.place.clone()))
    }

    /// What a value is, behind its alias.
    fn node(&mut self, mut found: Found) -> Result<(&'y Node, Found), NotYaml> {
        let yaml = self.yaml;
        let mut node = yaml.get(found.id);
        if let Some(Node { kind: Kind::Alias { target, is_inside }, place, .. }) = node {
            if *is_inside {
                let name = self.text.get(place.clone()).unwrap_or_default().trim_start_matches('*');
                let message = format!("yaml: anchor '{name}' value contains itself");
                return Err(at(place.clone(), message, "write out what is meant"));
            }
            found = Found { id: *target, is_copy: true, ..found };
            node = yaml.get(found.id);
        }
        // Every number that was given has a node.
        let Some(node) = node else { return Err(at(0..0, "yaml: a value is missing", "write a value")) };
        if found.depth > limits::DATA_NESTING {
            return Err(too_deep(node.place.clone()));
        }
        if found.is_copy {
            let text = match &node.kind {
                Kind::Scalar { text, .. } => text.len() as u64,
                _ => 0,
            };
            self.spend(BYTES_OF_VALUE + text, node.place.clone())?;
        }
        Ok((node, found))
    }

    /// Counts bytes that an alias stands for.
    fn spend(&mut self, bytes: u64, place: std::ops::Range<usize>) -> Result<(), NotYaml> {
        let left = self.copies_left.checked_sub(bytes);
        self.copies_left = left.ok_or_else(|| too_large(place))?;
        Ok(())
    }

    /// Whether a value is nothing.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn is_null(&mut self, found: Found) -> Result<bool, NotYaml> {
        let (node, _) = self.node(found)?;
        Ok(matches!(node.kind, Kind::Scalar { .. }) && self.scalar(node)? == Scalar::Null)
    }

    /// A value.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn value(&mut self, found: Found) -> Result<Value, NotYaml> {
        let (node, found) = self.node(found)?;
        Ok(match &node.kind {
            Kind::Scalar { text, .. } => match self.scalar(node)? {
                Scalar::Null => Value::Null,
                Scalar::Flag(flag) => Value::Bool(flag),
                Scalar::Whole(digits) => number(&digits),
                Scalar::Float(value) if value.is_finite() => number(&digits_of(value)),
                Scalar::Float(value) => {
                    self.not_finite.get_or_insert(name_of(value));
                    // No JSON text has it: what forgets to look is refused, and not taken for another value.
                    Value::Number(Number::from_string_unchecked(name_of(value).to_owned()))
                }
                Scalar::Moment(moment) => Value::String(moment.json()),
                Scalar::Text => Value::String(said(node, text)?),
            },
            Kind::List(items) => {
                let values = items.iter().map(|&id| self.value(found.below(id)));
                Value::Array(values.collect::<Result<_, _>>()?)
            }
            Kind::Map(pairs) => Value::Object(self.object(pairs, found)?),
            Kind::Alias { .. } | Kind::Open => Value::Null,
        })
    }

    fn object(&mut self, pairs: &'y [(Id, Id)], found: Found) -> Result<Map<String, Value>, NotYaml> {
        let mut fields = Fields::default();
        self.collect(pairs, found, &mut fields)?;
        let mut object = Map::new();
        for (name, found) in fields.entries {
            let value = self.value(found)?;
            object.insert(name, value);
        }
        Ok(object)
    }

    /// Collects the fields of an object, with what is merged into it.
    fn collect(&mut self, pairs: &'y [(Id, Id)], found: Found, fields: &mut Fields) -> Result<(), NotYaml> {
        if self.rules == Rules::Configuration {
            self.check_unique(pairs)?;
        }
        let mut merged = Vec::new();
        for &(key, value) in pairs {
            // A pair that merges nothing is looked at as well.
            if found.is_copy {
                self.spend(BYTES_OF_VALUE, 0..0)?;
            }
            if !self.yaml.get(key).is_some_and(is_merge) {
                let name = self.key(found.below(key))?;
                fields.put(name, found.below(value), true);
            } else if self.rules == Rules::Tests {
                // Of several objects the first ones go before the others, and all before what stood there.
                for merge in self.merges(found.below(value)).into_iter().rev() {
                    self.collect_merged(merge, fields)?;
                }
            } else {
                merged.push(found.below(value));
            }
        }
        for merge in merged.into_iter().flat_map(|value| self.merges(value)).collect::<Vec<_>>() {
            let mut inner = Fields::default();
            self.collect_merged(merge, &mut inner)?;
            inner.entries.into_iter().for_each(|(name, found)| fields.put(name, found, false));
        }
        Ok(())
    }

    fn collect_merged(&mut self, merge: Found, fields: &mut Fields) -> Result<(), NotYaml> {
        let (node, merge) = self.node(merge)?;
        match &node.kind {
            Kind::Map(pairs) => self.collect(pairs, merge, fields),
            _ => Err(no_merge(node)),
        }
    }

    /// The objects that a value merges: itself, or the items of a list.
    fn merges(&self, found: Found) -> Vec<Found> {
        match self.yaml.get(found.id).map(|node| &node.kind) {
            Some(Kind::List(items)) => items.iter().map(|&id| found.below(id)).collect(),
            _ => vec![found],
        }
    }

    /// A key as a text, as Go prints it.
    fn key(&mut self, found: Found) -> Result<String, NotYaml> {
        let (node, _) = self.node(found)?;
        let Kind::Scalar { text, .. } = &node.kind else {
            return Err(at(node.place.clone(), "yaml: invalid map key: it is no scalar", "put the key in quotes"));
        };
        Ok(match self.scalar(node)? {
            Scalar::Null => "<nil>".to_owned(),
            Scalar::Flag(flag) => flag.to_string(),
            Scalar::Whole(digits) => digits,
            Scalar::Float(value) if value.is_finite() => {
                let sign = if value.is_sign_negative() { "-" } else { "" };
                format!("{sign}{}", double::shortest(value).general(LARGE))
            }
            Scalar::Float(value) => name_of(value).to_owned(),
            Scalar::Moment(moment) => moment.words(),
            Scalar::Text => said(node, text)?,
        })
    }

    fn scalar(&self, node: &Node) -> Result<Scalar, NotYaml> {
        scalar_of(node, self.rules).map_err(|why| {
            let message = format!("yaml: unmarshal errors:\n  line {}: {why}", node.line);
            at(node.place.clone(), message, "leave the tag out, or write a value of its kind")
        })
    }

    fn check_unique(&self, pairs: &[(Id, Id)]) -> Result<(), NotYaml> {
        let mut seen: sorted::Map<&str, u32> = sorted::Map::new();
        for key in pairs.iter().filter_map(|&(key, _)| self.yaml.get(key)) {
            let Kind::Scalar { text, .. } = &key.kind else { continue };
            if let Some(first) = seen.insert(text, key.line) {
                let message = format!(
                    "yaml: unmarshal errors:\n  line {}: mapping key {} already defined at line {first}",
                    key.line,
                    quoted(text, false)
                );
                return Err(at(key.place.clone(), message, "keep one of them"));
            }
        }
        Ok(())
    }
}

/// What a text says: with the tag `!!binary` it is bytes in base64, of which those that are no UTF-8 are replaced as in JSON of Go.
fn said(node: &Node, text: &str) -> Result<String, NotYaml> {
    if node.tag.as_deref() != Some("!!binary") {
        return Ok(text.to_owned());
    }
    let digits: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    match base64::engine::general_purpose::STANDARD.decode(digits) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => {
            let message = "yaml: !!binary value contains invalid base64 data";
            Err(at(node.place.clone(), message, "write the text without the tag"))
        }
    }
}

/// The name of the first number in a value that is none.
pub fn not_finite_in(value: &Value) -> Option<&'static str> {
    match value {
        Value::Number(number) => ["NaN", "+Inf", "-Inf"].into_iter().find(|name| *name == number.as_str()),
        Value::Array(items) => items.iter().find_map(not_finite_in),
        Value::Object(fields) => fields.values().find_map(not_finite_in),
        _ => None,
    }
}

/// Whether a key is `<<`, without quotes.
fn is_merge(key: &Node) -> bool {
    let is_tagged = key.tag.as_deref().is_some_and(|tag| !tag.is_empty() && tag != "!!merge");
    matches!(&key.kind, Kind::Scalar { text, is_plain: true } if text == "<<") && !is_tagged
}

fn no_merge(node: &Node) -> NotYaml {
    let message = "yaml: map merge requires map or sequence of maps as the value";
    at(node.place.clone(), message, "put the key `<<` in quotes, or write the alias of an object behind it")
}

const fn name_of(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value.is_sign_negative() {
        "-Inf"
    } else {
        "+Inf"
    }
}

fn number(digits: &str) -> Value {
    serde_json::from_str::<Number>(digits).map_or(Value::Null, Value::Number)
}

/// The shortest digits that mean a number, as Go writes them into JSON.
fn digits_of(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-6..1e21).contains(&size) {
        return double::plain(value);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", double::shortest(value).with_exponent(0, 1))
}
