//! From YAML to values of the kinds that metadata asks for, by the rules of OPA's reader.
//!
//! What has another kind is a mistake, and reading goes on. What makes OPA's reader give up ends the reading here
//! too. What the aliases of all blocks of a module stand for is bounded, so that no text unfolds to more than a
//! module may hold.

use super::super::tree::Span;
use super::super::yaml::scalar::{self, Scalar};
use super::super::yaml::{Id, Kind, Node, Yaml};
use super::block::Block;
use super::mistake::{Mistake, Row};
use super::value::{Item, Value};
use crate::limits;
use crate::rego::value::double;
use crate::sorted;

/// What each value costs of the bytes that aliases may stand for, besides its text.
const BYTES_OF_VALUE: u64 = 64;

/// A key with its value. Both may stand elsewhere: in an object that is merged into another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// The key.
    pub key: Id,
    /// The value.
    pub value: Found,
}

impl Entry {
    /// The key as a value to be read.
    pub const fn key_found(self) -> Found {
        Found { id: self.key, ..self.value }
    }
}

/// A value to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    id: Id,
    /// Whether an alias led to it.
    is_copy: bool,
    depth: u64,
}

/// Reads the values of one block.
pub(super) struct Decoder<'y> {
    /// The block.
    pub block: &'y Block,
    /// Its YAML.
    pub yaml: &'y Yaml,
    /// Bytes that aliases may still stand for, in all blocks of the module.
    pub copies_left: &'y mut u64,
    /// What has another kind than it must, in the order in which OPA finds it.
    pub mistakes: Vec<Mistake>,
}

impl<'y> Decoder<'y> {
    /// The root.
    pub fn root(&self) -> Option<Found> {
        self.yaml.root.map(|id| Found { id, is_copy: false, depth: 0 })
    }

    /// Where a value stands.
    pub fn span(&self, id: Id) -> Span {
        self.yaml.get(id).map_or(Span::default(), |node| self.block.span_of(node.place.clone()))
    }

    /// The place of a value that was found.
    pub fn place(&self, found: Found) -> Span {
        self.span(found.id)
    }

    /// What a value is, behind its alias.
    fn node(&mut self, found: Found) -> Result<(&'y Node, Found), Mistake> {
        let yaml = self.yaml;
        let mut found = found;
        let mut node = yaml.get(found.id);
        if let Some(Node { kind: Kind::Alias { target, is_inside }, place, .. }) = node {
            if *is_inside {
                let message = "this alias stands inside of what it stands for";
                return Err(Mistake::new(self.block.span_of(place.clone()), Row::First, message)
                    .with_help("write out what is meant"));
            }
            found = Found { id: *target, is_copy: true, depth: found.depth };
            node = yaml.get(found.id);
        }
        // Every number that was given has a node.
        let Some(node) = node else { return Err(Mistake::new(Span::default(), Row::First, "a value is missing")) };
        if found.depth > limits::DATA_NESTING {
            return Err(Mistake::too_deep(self.span_of(node), Row::Line(node.line)));
        }
        if found.is_copy {
            let text = match &node.kind {
                Kind::Scalar { text, .. } => text.len() as u64,
                _ => 0,
            };
            let cost = BYTES_OF_VALUE + text;
            let Some(left) = self.copies_left.checked_sub(cost) else {
                return Err(Mistake::too_large(self.span_of(node), Row::Line(node.line)));
            };
            *self.copies_left = left;
        }
        Ok((node, found))
    }

    /// A text; nothing where there is none. Every scalar but null can be read as a text.
    pub fn text(&mut self, found: Found, name: &str) -> Result<Option<String>, Mistake> {
        let (node, _) = self.node(found)?;
        let Kind::Scalar { text, .. } = &node.kind else {
            self.mismatch(node, name, "a text", "put it in quotes, on one line");
            return Ok(None);
        };
        Ok((self.scalar_of(node)? != Scalar::Null).then(|| text.clone()))
    }

    /// True or false, also in the words of YAML 1.1; nothing where there is none.
    pub fn flag(&mut self, found: Found, name: &str) -> Result<Option<bool>, Mistake> {
        let (node, _) = self.node(found)?;
        if let Kind::Scalar { text, .. } = &node.kind {
            match (self.scalar_of(node)?, text.as_str()) {
                (Scalar::Null, _) => return Ok(None),
                (Scalar::Flag(flag), _) => return Ok(Some(flag)),
                (Scalar::Text, "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON") => return Ok(Some(true)),
                (Scalar::Text, "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF") => return Ok(Some(false)),
                _ => {}
            }
        }
        self.mismatch(node, name, "`true` or `false`", "write `true` or `false`, without quotes");
        Ok(None)
    }

    /// The items of a list; nothing where there is none.
    pub fn list(&mut self, found: Found, name: &str) -> Result<Option<Vec<Found>>, Mistake> {
        let (node, found) = self.node(found)?;
        if let Kind::List(items) = &node.kind {
            return Ok(Some(items.iter().map(|&id| below(found, id)).collect()));
        }
        if !self.is_null(node)? {
            self.mismatch(node, name, "a list", "write each entry on a line of its own, with `- ` before it");
        }
        Ok(None)
    }

    /// The entries of an object with those that are merged into it; nothing where there is none.
    pub fn entries(&mut self, found: Found, name: &str) -> Result<Option<Vec<Entry>>, Mistake> {
        let (node, found) = self.node(found)?;
        if let Kind::Map(pairs) = &node.kind {
            return self.merged(pairs, found);
        }
        if !self.is_null(node)? {
            self.mismatch(node, name, "an object", "write its fields below it as `key: value`, indented");
        }
        Ok(None)
    }

    /// An object whose keys are read as texts; nothing where there is none.
    pub fn object(&mut self, found: Found, name: &str) -> Result<Option<Vec<(Item, Item)>>, Mistake> {
        let Some(entries) = self.entries(found, name)? else { return Ok(None) };
        let mut object = Vec::new();
        for entry in entries {
            let span = self.span(entry.key);
            let key = self.text(entry.key_found(), "a key")?;
            if let (Some(key), Some(value)) = (key, self.any(entry.value)?) {
                object.push((Item { span, value: Value::Text(key) }, value));
            }
        }
        Ok(Some(object))
    }

    /// Whatever stands there; nothing where a part of it is a mistake.
    pub fn any(&mut self, found: Found) -> Result<Option<Item>, Mistake> {
        let (node, found) = self.node(found)?;
        let value = match &node.kind {
            Kind::Scalar { text, .. } => match self.scalar_of(node)? {
                Scalar::Null => Value::Null,
                Scalar::Flag(flag) => Value::Flag(flag),
                Scalar::Whole(digits) => Value::Whole(digits),
                Scalar::Float(value) if value.is_finite() => Value::Float(value),
                Scalar::Float(_) => {
                    let mistake = Mistake::new(self.span_of(node), Row::Line(node.line), "a number must be finite");
                    self.mistakes.push(mistake.with_help("put it in quotes if it is a text").beyond_opa());
                    return Ok(None);
                }
                Scalar::Moment(moment) => Value::Moment(moment),
                Scalar::Text => Value::Text(text.clone()),
            },
            Kind::List(items) => {
                let mut list = Vec::new();
                for &id in items {
                    list.extend(self.any(below(found, id))?);
                }
                Value::List(list)
            }
            Kind::Map(pairs) => {
                let Some(entries) = self.merged(pairs, found)? else { return Ok(None) };
                let mut map = Vec::new();
                for entry in entries {
                    let Some(key) = self.any(entry.key_found())? else { continue };
                    if matches!(key.value, Value::List(_) | Value::Map(_)) {
                        let mistake =
                            Mistake::new(key.span, Row::First, "a key must be a text, not a list or an object");
                        return Err(mistake.with_help("put the key in quotes"));
                    }
                    map.extend(self.any(entry.value)?.map(|value| (key, value)));
                }
                Value::Map(map)
            }
            Kind::Alias { .. } | Kind::Open => Value::Null,
        };
        Ok(Some(Item { span: self.span_of(node), value }))
    }

    /// The entries of an object, and those of objects that are merged into it whose keys it has not. Nothing where a
    /// key stands twice.
    fn merged(&mut self, pairs: &'y [(Id, Id)], found: Found) -> Result<Option<Vec<Entry>>, Mistake> {
        if !self.are_unique(pairs) {
            return Ok(None);
        }
        let yaml = self.yaml;
        let mut merge = None;
        let mut entries = Vec::new();
        for &(key, value) in pairs {
            if yaml.get(key).is_some_and(is_merge) {
                merge = Some(value);
            } else {
                entries.push(Entry { key, value: below(found, value) });
            }
        }
        let Some(merge) = merge else { return Ok(Some(entries)) };
        let mut seen = sorted::Set::from_iter(entries.iter().filter_map(|entry| yaml.get(entry.key)).map(text_of));
        let merge = below(found, merge);
        // A list of objects cannot stand behind an alias.
        let merges = match yaml.get(merge.id).map(|node| &node.kind) {
            Some(Kind::List(items)) => items.iter().map(|&id| below(merge, id)).collect(),
            _ => vec![merge],
        };
        for merge in merges {
            let (node, merge) = self.node(merge)?;
            let Kind::Map(pairs) = &node.kind else {
                let mistake =
                    Mistake::new(self.span_of(node), Row::First, "only an object or a list of objects can be merged");
                return Err(mistake.with_help("put the key `<<` in quotes, or write the alias of an object behind it"));
            };
            for entry in self.merged(pairs, merge)?.unwrap_or_default() {
                let Some(key) = yaml.get(entry.key) else { continue };
                if seen.insert(text_of(key)) {
                    entries.push(entry);
                }
            }
        }
        Ok(Some(entries))
    }

    fn are_unique(&mut self, pairs: &[(Id, Id)]) -> bool {
        let yaml = self.yaml;
        let mut seen: sorted::Set<(u8, &str)> = sorted::Set::new();
        let before = self.mistakes.len();
        for key in pairs.iter().filter_map(|&(key, _)| yaml.get(key)) {
            let kind = match key.kind {
                Kind::Scalar { .. } => 0,
                Kind::List(_) => 1,
                Kind::Map(_) => 2,
                Kind::Alias { .. } | Kind::Open => 3,
            };
            if kind != 3 && !seen.insert((kind, text_of(key))) {
                let message = match &key.kind {
                    Kind::Scalar { text, .. } => format!("the key `{text}` stands twice in one object"),
                    _ => "two keys of one object are no texts".to_owned(),
                };
                let mistake = Mistake::new(self.span_of(key), Row::Line(key.line), message);
                self.mistakes.push(mistake.with_help("keep one of them"));
            }
        }
        self.mistakes.len() == before
    }

    fn mismatch(&mut self, node: &Node, name: &str, wanted: &str, help: &'static str) {
        let found = match &node.kind {
            Kind::List(_) => "a list",
            Kind::Map(_) => "an object",
            Kind::Scalar { .. } => match self.scalar_of(node) {
                Ok(Scalar::Flag(_)) => "`true` or `false`",
                Ok(Scalar::Whole(_) | Scalar::Float(_)) => "a number",
                Ok(Scalar::Moment(_)) => "a date",
                _ => "a text",
            },
            Kind::Alias { .. } | Kind::Open => "an alias",
        };
        let message = format!("{name} must be {wanted}, not {found}");
        self.mistakes.push(Mistake::new(self.span_of(node), Row::Line(node.line), message).with_help(help));
    }

    fn span_of(&self, node: &Node) -> Span {
        self.block.span_of(node.place.clone())
    }

    fn is_null(&self, node: &Node) -> Result<bool, Mistake> {
        Ok(matches!(node.kind, Kind::Scalar { .. }) && self.scalar_of(node)? == Scalar::Null)
    }

    /// What a scalar means with its tag. Tags that nobody knows make a text.
    fn scalar_of(&self, node: &Node) -> Result<Scalar, Mistake> {
        let Kind::Scalar { text, is_plain } = &node.kind else { return Ok(Scalar::Text) };
        let tag = match node.tag.as_deref().unwrap_or_default() {
            "" => return Ok(if *is_plain { scalar::resolve(text) } else { Scalar::Text }),
            tag @ ("!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp") => tag,
            _ => return Ok(Scalar::Text),
        };
        match scalar::resolve(text) {
            Scalar::Whole(digits) if tag == "!!float" => Ok(Scalar::Float(double::read(&digits).unwrap_or_default())),
            scalar if scalar.tag() == tag => Ok(scalar),
            scalar => {
                let message = format!("cannot decode {} `{text}` as a {tag}", scalar.tag());
                Err(Mistake::new(self.span_of(node), Row::First, message)
                    .with_help("leave the tag out, or write a value of its kind"))
            }
        }
    }
}

const fn below(found: Found, id: Id) -> Found {
    Found { id, is_copy: found.is_copy, depth: found.depth + 1 }
}

fn text_of(node: &Node) -> &str {
    match &node.kind {
        Kind::Scalar { text, .. } => text,
        _ => "",
    }
}

/// Whether a key is `<<`, without quotes.
fn is_merge(key: &Node) -> bool {
    let is_tagged = key.tag.as_deref().is_some_and(|tag| !tag.is_empty() && tag != "!!merge");
    matches!(&key.kind, Kind::Scalar { text, is_plain: true } if text == "<<") && !is_tagged
}
