//! From the tree of a YAML text to a value, in the order and by the rules of OPA's reader: of equal keys the last counts,
//! also where it was merged; keys become texts; and what aliases stand for is a part of the whole only.

use super::super::encodings::{PLAIN, characters, decoded};
use super::super::texts::steps_of;
use super::super::{Answer, Context, Failure};
use super::copies::Copies;
use super::scalar::{Scalar, resolve, tagged};
use crate::limits;
use crate::rego::syntax::yaml::{Id, Kind, Node, Yaml};
use crate::rego::value::digits::LARGE;
use crate::rego::value::{Slice, Space, Value, double};
use crate::rego::vm::functions::json_writer::json_of;
use crate::rego::vm::machine::Stop;
use crate::sorted;
use std::borrow::Cow;
use std::ops::Range;

/// Units of an item, or of a pair without its key, that waits for the rest of its array or object.
const UNITS_OF_PART: u64 = 96;

/// Makes the value of a tree.
pub struct Reader<'r, 'c, 'y> {
    context: &'r mut Context<'c>,
    text: Slice,
    yaml: &'y Yaml,
    /// What is being made, from the outside in. INVARIANT (depth): it is bounded, and nothing recurses.
    open: Vec<Open<'y>>,
    /// The objects that are being made.
    objects: Vec<sorted::Map<Cow<'y, str>, Value>>,
    /// Units of all parts that wait.
    waiting: u64,
    copies: Copies,
    /// Why there is no JSON for some part, which makes all around it undefined; and the bytes of that part.
    no_json: Option<(String, Range<usize>)>,
    /// The bytes of the value or key that was come to last; of the alias, where it is a part of what one stands for.
    place: Range<usize>,
}

/// What is being made.
enum Open<'y> {
    List {
        items: &'y [Id],
        next: usize,
        made: Vec<Value>,
        is_copy: bool,
    },
    /// An object, or one that is merged into the object around it.
    Map {
        pairs: &'y [(Id, Id)],
        next: usize,
        key: Option<Cow<'y, str>>,
        is_copy: bool,
        is_merged: bool,
    },
    /// Objects that are merged into the one around them, the last one first.
    Merges {
        left: &'y [Id],
    },
}

/// What stands in the place of a value.
enum Found {
    Scalar(Value),
    Opened,
}

impl<'r, 'c, 'y> Reader<'r, 'c, 'y> {
    /// A reader of the tree of a text.
    pub fn new(context: &'r mut Context<'c>, text: Slice, yaml: &'y Yaml) -> Self {
        let (open, objects) = (Vec::new(), Vec::new());
        let copies = Copies::default();
        Self { context, text, yaml, open, objects, waiting: 0, copies, no_json: None, place: 0..0 }
    }

    /// The value.
    ///
    /// # Errors
    /// The tree says what cannot be, or there is no room or time for it.
    pub fn read(&mut self) -> Answer {
        self.copies.count()?;
        let Some(root) = self.yaml.root else { return Ok(Value::NULL) };
        let mut found = self.value(root)?;
        loop {
            found = match found {
                Found::Scalar(value) if self.open.is_empty() => return self.whole(value),
                Found::Scalar(value) => {
                    self.part(value)?;
                    self.go_on()?
                }
                Found::Opened => self.go_on()?,
            };
        }
    }

    /// The bytes of the text at which reading ended.
    pub fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    fn whole(&mut self, value: Value) -> Answer {
        match self.no_json.take() {
            Some((message, place)) if value == Value::UNDEFINED => {
                self.place = place;
                Err(Failure::of_builtin(message))
            }
            _ => Ok(value),
        }
    }

    /// Puts a value where it belongs: it is an item, a key, or what stands behind a key.
    fn part(&mut self, value: Value) -> Result<(), Failure> {
        self.waiting += UNITS_OF_PART;
        match self.open.last_mut() {
            Some(Open::List { made, .. }) => made.push(value),
            Some(Open::Map { key, .. }) => {
                let key = key.take().unwrap_or_default();
                let units = key.len() as u64;
                let before = self.objects.last_mut().and_then(|object| object.insert(key, value));
                if before.is_some() {
                    self.waiting -= UNITS_OF_PART;
                } else {
                    self.waiting += units;
                }
            }
            Some(Open::Merges { .. }) | None => {}
        }
        self.context.room(self.waiting)
    }

    /// Goes on with what is open innermost; the value where that is complete.
    fn go_on(&mut self) -> Result<Found, Failure> {
        loop {
            match self.open.last_mut() {
                Some(Open::List { items, next, .. }) => {
                    let item = items.get(*next).copied();
                    *next += 1;
                    return match item {
                        Some(item) => self.value(item),
                        None => self.close(),
                    };
                }
                Some(Open::Map { pairs, next, .. }) => {
                    let pair = pairs.get(*next).copied();
                    *next += 1;
                    match pair {
                        Some((key, value)) if self.yaml.get(key).is_some_and(is_merge) => self.merge(value)?,
                        Some((key, value)) => {
                            let name = self.key(key)?;
                            if let Some(Open::Map { key, .. }) = self.open.last_mut() {
                                *key = Some(name);
                            }
                            return self.value(value);
                        }
                        None => {
                            if let Some(found) = self.close_map()? {
                                return Ok(found);
                            }
                        }
                    }
                }
                Some(Open::Merges { left }) => match left.split_last() {
                    Some((last, rest)) => {
                        *left = rest;
                        self.merged(*last)?;
                    }
                    None => {
                        self.open.pop();
                    }
                },
                None => return Ok(Found::Scalar(Value::NULL)),
            }
        }
    }

    /// What a value is, behind its alias, and whether there is one.
    fn behind_alias(&mut self, id: Id) -> Result<(&'y Node, bool), Failure> {
        self.copies.count()?;
        self.context.charge(1)?;
        let missing = || Failure::of_builtin("yaml: a value is missing");
        let node = self.yaml.get(id).ok_or_else(missing)?;
        if self.copies.depth == 0 {
            self.place = node.place.clone();
        }
        let Kind::Alias { target, is_inside } = &node.kind else { return Ok((node, false)) };
        if *is_inside {
            let alias = self.context.stores.text(self.text).get(node.place.clone()).unwrap_or_default();
            let name = alias.trim_start_matches('*');
            return Err(Failure::of_builtin(format!("yaml: anchor '{name}' value contains itself")));
        }
        self.copies.depth += 1;
        self.copies.count()?;
        self.yaml.get(*target).map(|node| (node, true)).ok_or_else(missing)
    }

    fn value(&mut self, id: Id) -> Result<Found, Failure> {
        let (node, is_copy) = self.behind_alias(id)?;
        match &node.kind {
            Kind::Scalar { text, is_plain } => {
                let value = self.scalar(node, text, *is_plain)?;
                self.copies.leave(is_copy);
                Ok(Found::Scalar(value))
            }
            Kind::List(items) => {
                self.enter(Open::List { items, next: 0, made: Vec::new(), is_copy })?;
                Ok(Found::Opened)
            }
            Kind::Map(pairs) => {
                self.enter(Open::Map { pairs, next: 0, key: None, is_copy, is_merged: false })?;
                self.objects.push(sorted::Map::new());
                Ok(Found::Opened)
            }
            Kind::Alias { .. } | Kind::Open => Err(Failure::of_builtin("yaml: a value is missing")),
        }
    }

    fn enter(&mut self, open: Open<'y>) -> Result<(), Failure> {
        if self.open.len() as u64 >= limits::DATA_NESTING {
            return Err(Failure::Stop(Stop::Limit("data_nesting")));
        }
        self.open.push(open);
        Ok(())
    }

    /// Ends a list.
    fn close(&mut self) -> Result<Found, Failure> {
        let Some(Open::List { made, is_copy, .. }) = self.open.pop() else { return Ok(Found::Opened) };
        self.copies.leave(is_copy);
        self.waiting = self.waiting.saturating_sub(UNITS_OF_PART * made.len() as u64);
        if made.contains(&Value::UNDEFINED) {
            return Ok(Found::Scalar(Value::UNDEFINED));
        }
        Ok(Found::Scalar(self.context.stores.make_array(Space::Heap, &made)?))
    }

    /// Ends an object; nothing where it was merged into the one around it.
    fn close_map(&mut self) -> Result<Option<Found>, Failure> {
        let Some(Open::Map { is_copy, is_merged, .. }) = self.open.pop() else { return Ok(None) };
        self.copies.leave(is_copy);
        if is_merged {
            return Ok(None);
        }
        let object = self.objects.pop().unwrap_or_default();
        let keys: u64 = object.keys().map(|key| key.len() as u64).sum();
        self.waiting = self.waiting.saturating_sub(UNITS_OF_PART * object.len() as u64 + keys);
        if object.values().any(|value| *value == Value::UNDEFINED) {
            return Ok(Some(Found::Scalar(Value::UNDEFINED)));
        }
        self.context.charge(steps_of(keys))?;
        let mut pairs = Vec::with_capacity(object.len());
        for (key, value) in object {
            pairs.push([self.context.stores.make_string(Space::Heap, &key)?, value]);
        }
        Ok(Some(Found::Scalar(self.context.stores.make_object(Space::Heap, &mut pairs)?)))
    }

    /// Merges an object, or objects of a list, into the one that is open.
    fn merge(&mut self, id: Id) -> Result<(), Failure> {
        match self.yaml.get(id).map(|node| &node.kind) {
            Some(Kind::List(items)) => self.enter(Open::Merges { left: items }),
            _ => self.merged(id),
        }
    }

    fn merged(&mut self, id: Id) -> Result<(), Failure> {
        let (node, is_copy) = self.behind_alias(id)?;
        let Kind::Map(pairs) = &node.kind else {
            let message = "yaml: map merge requires map or sequence of maps as the value";
            return Err(Failure::of_builtin(message));
        };
        self.enter(Open::Map { pairs, next: 0, key: None, is_copy, is_merged: true })
    }

    /// A key as a text.
    fn key(&mut self, id: Id) -> Result<Cow<'y, str>, Failure> {
        let (node, is_copy) = self.behind_alias(id)?;
        self.copies.leave(is_copy);
        let Kind::Scalar { text, is_plain } = &node.kind else {
            return Err(Failure::of_builtin("yaml: invalid map key: it is no scalar"));
        };
        self.context.charge(steps_of(text.len() as u64))?;
        let unsupported = |kind: &str| format!("unsupported map key of type: {kind}, key: {text}");
        let message = match meaning(node, text, *is_plain)? {
            Meaning::Bytes(text) => return Ok(text.into()),
            Meaning::Scalar(scalar) => match scalar {
                Scalar::Text => return Ok(text.into()),
                Scalar::Flag(flag) => return Ok(if flag { "true" } else { "false" }.into()),
                Scalar::Whole(digits) if digits.parse::<i64>().is_ok() => return Ok(digits.into()),
                Scalar::Float(value) => return Ok(key_of_float(value).into()),
                Scalar::Whole(_) => unsupported("uint64"),
                Scalar::Null => unsupported("null"),
            },
        };
        Err(Failure::of_builtin(message))
    }

    fn scalar(&mut self, node: &Node, text: &str, is_plain: bool) -> Answer {
        self.context.charge(steps_of(text.len() as u64))?;
        let meaning = meaning(node, text, is_plain)?;
        if let Meaning::Scalar(Scalar::Float(value)) = meaning {
            // It was read, and is printed.
            self.context.charge(2 * double::work(value))?;
        }
        let stores = &mut self.context.stores;
        Ok(match meaning {
            Meaning::Bytes(text) => stores.make_string(Space::Heap, &text)?,
            Meaning::Scalar(scalar) => match scalar {
                Scalar::Null => Value::NULL,
                Scalar::Flag(flag) => Value::boolean(flag),
                Scalar::Whole(digits) => stores.make_number(Space::Heap, &digits)?,
                Scalar::Float(value) if value.is_finite() => stores.make_number(Space::Heap, &json_of(value))?,
                Scalar::Float(value) => {
                    let name = if value.is_nan() { "NaN" } else { signed(value, "+Inf", "-Inf") };
                    let place = &self.place;
                    self.no_json.get_or_insert_with(|| (format!("json: unsupported value: {name}"), place.clone()));
                    Value::UNDEFINED
                }
                Scalar::Text => stores.make_string(Space::Heap, text)?,
            },
        })
    }
}

/// What a scalar means with its tag.
enum Meaning {
    Scalar(Scalar),
    /// Bytes that it says in base64, as the characters that stand for them in JSON.
    Bytes(String),
}

fn meaning(node: &Node, text: &str, is_plain: bool) -> Result<Meaning, Failure> {
    let scalar = match node.tag.as_deref() {
        None if !is_plain => Scalar::Text,
        None => resolve(text),
        // The tag `!` is of no type: what is behind it stays a text, with quotes and without.
        Some("") => Scalar::Text,
        Some("!!binary") => {
            let bytes = decoded(text, &PLAIN)
                .map_err(|_| Failure::of_builtin("yaml: !!binary value contains invalid base64 data"))?;
            return Ok(Meaning::Bytes(characters(&bytes)));
        }
        Some(tag) => tagged(tag, text).map_err(Failure::of_builtin)?,
    };
    Ok(Meaning::Scalar(scalar))
}

/// Whether a key is `<<`, without quotes or with the tag of a merge.
fn is_merge(key: &Node) -> bool {
    match (&key.kind, key.tag.as_deref()) {
        (Kind::Scalar { text, is_plain: true }, None) => text == "<<",
        (Kind::Scalar { text, .. }, Some("" | "!!merge")) => text == "<<",
        _ => false,
    }
}

/// A float as a key: with the digits of 32 bits, as OPA has it.
fn key_of_float(value: f64) -> String {
    let single = value as f32;
    if single.is_nan() {
        return ".nan".to_owned();
    }
    if single.is_infinite() {
        return signed(value, ".inf", "-.inf").to_owned();
    }
    format!("{}{}", signed(value, "", "-"), double::shortest_of_single(single).general(LARGE))
}

const fn signed(value: f64, positive: &'static str, negative: &'static str) -> &'static str {
    if value.is_sign_negative() { negative } else { positive }
}
