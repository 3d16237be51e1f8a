//! The parts of a plan document that decide anything: which there are, and whether the document is a plan at all.
//!
//! A part of a wrong shape is kept as [`Found::Wrong`], so that the error can say where it stands; everything else is
//! skipped without being built. The last of two equal keys counts.

use crate::sorted;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::marker::PhantomData;

use super::text::{HOW, binary_error};
use crate::error::{Error, ErrorCode};

/// The key under which the parser hands over a number as if it were an object, because it keeps the text of numbers.
const NUMBER: &str = "$serde_json::private::Number";

/// A part of the document: not there (or null), there, or there in a shape that it must not have.
#[derive(Default)]
pub(super) enum Found<T> {
    #[default]
    Absent,
    Is(T),
    Wrong,
}

impl<T> Found<T> {
    pub(super) fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// The part, if it is there.
    pub(super) fn optional(&self, path: &str, wanted: &str) -> Result<Option<&T>, Error> {
        match self {
            Self::Absent => Ok(None),
            Self::Is(part) => Ok(Some(part)),
            Self::Wrong => Err(shape_error(path, &format!("is not {wanted}"))),
        }
    }

    /// The part, which must be there.
    pub(super) fn required(&self, path: &str, wanted: &str) -> Result<&T, Error> {
        self.optional(path, wanted)?.ok_or_else(|| shape_error(path, &format!("is missing: it must be {wanted}")))
    }
}

/// The error for a plan that has a wrong shape at a place. The path holds names and positions of the plan, never values.
pub(super) fn shape_error(path: &str, what: &str) -> Error {
    Error::new(ErrorCode::NotAPlan, format!("the document is not a plan that can be read: `{path}` {what}"))
        .with_help(format!("pass the plan as Terraform writes it: {HOW}"))
        .at(path)
}

/// What a part can be made of. Each kind that is not taken is skipped and makes the part [`Found::Wrong`].
pub(super) trait Shape<'de>: Sized {
    fn from_text(_: &str) -> Option<Self> {
        None
    }
    fn from_flag(_: bool) -> Option<Self> {
        None
    }
    fn from_number() -> Option<Self> {
        None
    }
    fn from_array<A: SeqAccess<'de>>(mut array: A) -> Result<Option<Self>, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

impl<'de, T: Shape<'de>> Deserialize<'de> for Found<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Read(PhantomData))
    }
}

struct Read<T>(PhantomData<T>);

fn found<T>(part: Option<T>) -> Found<T> {
    part.map_or(Found::Wrong, Found::Is)
}

impl<'de, T: Shape<'de>> Visitor<'de> for Read<T> {
    type Value = Found<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Found::Absent)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(found(T::from_flag(flag)))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(found(T::from_number()))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(found(T::from_number()))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(found(T::from_number()))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(found(T::from_text(text)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<Self::Value, A::Error> {
        T::from_array(array).map(found)
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        T::from_object(object).map(found)
    }
}

/// A string.
pub(super) struct Text(pub(super) String);

impl Shape<'_> for Text {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }
}

impl Found<Text> {
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Is(Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn is_text(&self, wanted: &str) -> bool {
        matches!(self, Self::Is(Text(text)) if text == wanted)
    }
}

/// A boolean.
pub(super) struct Flag(bool);

impl Shape<'_> for Flag {
    fn from_flag(flag: bool) -> Option<Self> {
        Some(Self(flag))
    }
}

impl Found<Flag> {
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Is(Flag(flag)) => Some(*flag),
            _ => None,
        }
    }
}

/// Any value but null: only that it is there.
pub(super) struct Anything;

impl<'de> Shape<'de> for Anything {
    fn from_text(_: &str) -> Option<Self> {
        Some(Self)
    }
    fn from_flag(_: bool) -> Option<Self> {
        Some(Self)
    }
    fn from_number() -> Option<Self> {
        Some(Self)
    }
    fn from_array<A: SeqAccess<'de>>(mut array: A) -> Result<Option<Self>, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Self))
    }
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Some(Self))
    }
}

/// An array.
pub(super) struct List<T>(pub(super) Vec<Found<T>>);

impl<'de, T: Shape<'de>> Shape<'de> for List<T> {
    fn from_array<A: SeqAccess<'de>>(mut array: A) -> Result<Option<Self>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = array.next_element()? {
            items.push(item);
        }
        Ok(Some(Self(items)))
    }
}

impl<T> Found<List<T>> {
    pub(super) fn items(&self, path: &str) -> Result<&[Found<T>], Error> {
        Ok(self.optional(path, "an array")?.map_or(&[], |list| list.0.as_slice()))
    }
}

/// An object whose keys are names that the author of the configuration chose.
pub(super) struct Entries<T>(pub(super) Vec<(String, Found<T>)>);

impl<'de, T: Shape<'de>> Shape<'de> for Entries<T> {
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        let mut entries = sorted::Map::new();
        let mut number = false;
        while let Some(Key(key)) = object.next_key()? {
            if key == NUMBER {
                number = true;
                object.next_value::<IgnoredAny>()?;
            } else {
                entries.insert(key.into_owned(), object.next_value()?);
            }
        }
        Ok((!number).then(|| Self(entries.into_iter().collect())))
    }
}

impl<T> Found<Entries<T>> {
    pub(super) fn entries(&self, path: &str) -> Result<&[(String, Found<T>)], Error> {
        Ok(self.optional(path, "an object")?.map_or(&[], |entries| entries.0.as_slice()))
    }
}

/// A key, borrowed from the text where it has no escapes.
pub(super) struct Key<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ReadKey;
        impl<'de> Visitor<'de> for ReadKey {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(ReadKey)
    }
}

/// An object with known keys. `read` reads the value of a key, or leaves it: then it is skipped.
pub(super) trait Fields<'de>: Default {
    fn read<A: MapAccess<'de>>(&mut self, key: &str, object: &mut A) -> Result<Seen, A::Error>;
}

/// Whether a value was read.
pub(super) enum Seen {
    Read,
    Left,
}

impl<'de, T: Fields<'de>> Shape<'de> for T {
    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Option<Self>, A::Error> {
        let mut fields = Self::default();
        let mut number = false;
        while let Some(Key(key)) = object.next_key()? {
            if let Seen::Left = fields.read(&key, &mut object)? {
                number |= key == NUMBER;
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok((!number).then_some(fields))
    }
}

/// Writes the `Fields` of a struct: each field is read from the key beside it.
macro_rules! fields {
    ($name:ident { $($field:ident: $key:literal),+ $(,)? }) => {
        impl<'de> Fields<'de> for $name {
            fn read<A: MapAccess<'de>>(&mut self, key: &str, object: &mut A) -> Result<Seen, A::Error> {
                match key {
                    $($key => self.$field = object.next_value()?,)+
                    _ => return Ok(Seen::Left),
                }
                Ok(Seen::Read)
            }
        }
    };
}

/// An entry of `resource_changes`, `resource_drift` or, one level down, of `deferred_changes`.
#[derive(Default)]
pub(super) struct ResourceChange {
    pub(super) address: Found<Text>,
    pub(super) previous_address: Found<Text>,
    pub(super) mode: Found<Text>,
    pub(super) resource_type: Found<Text>,
    pub(super) provider_name: Found<Text>,
    pub(super) deposed: Found<Text>,
    pub(super) change: Found<ChangeBody>,
}

fields!(ResourceChange {
    address: "address",
    previous_address: "previous_address",
    mode: "mode",
    resource_type: "type",
    provider_name: "provider_name",
    deposed: "deposed",
    change: "change",
});

/// What happens to one object or output.
#[derive(Default)]
pub(super) struct ChangeBody {
    pub(super) actions: Found<List<Text>>,
    pub(super) before: Found<Anything>,
    pub(super) after: Found<Anything>,
    pub(super) before_sensitive: Found<Anything>,
    pub(super) after_sensitive: Found<Anything>,
    pub(super) importing: Found<Anything>,
}

fields!(ChangeBody {
    actions: "actions",
    before: "before",
    after: "after",
    before_sensitive: "before_sensitive",
    after_sensitive: "after_sensitive",
    importing: "importing",
});

impl ChangeBody {
    /// Whether there is a value of which the plan does not say what in it is sensitive.
    pub(super) fn lacks_a_mask(&self) -> bool {
        (self.before.is_present() && !self.before_sensitive.is_present())
            || (self.after.is_present() && !self.after_sensitive.is_present())
    }
}

/// An entry of `checks`.
#[derive(Default)]
pub(super) struct Check {
    pub(super) status: Found<Text>,
}

fields!(Check { status: "status" });

/// The top level: of a plan, and what tells other documents from one.
#[derive(Default)]
pub(super) struct Document {
    pub(super) format_version: Found<Text>,
    pub(super) terraform_version: Found<Text>,
    pub(super) resource_changes: Found<List<ResourceChange>>,
    pub(super) resource_drift: Found<List<ResourceChange>>,
    pub(super) output_changes: Found<Entries<ChangeBody>>,
    pub(super) deferred_changes: Found<List<Anything>>,
    pub(super) action_invocations: Found<List<Anything>>,
    pub(super) deferred_action_invocations: Found<List<Anything>>,
    pub(super) checks: Found<List<Check>>,
    pub(super) errored: Found<Flag>,
    pub(super) complete: Found<Flag>,
    pub(super) applyable: Found<Flag>,
    planned_values: Found<Anything>,
    values: Found<Anything>,
    lineage: Found<Anything>,
    serial: Found<Anything>,
    log_level: Found<Anything>,
    log_message: Found<Anything>,
    encrypted_data: Found<Anything>,
    encryption_version: Found<Anything>,
}

fields!(Document {
    format_version: "format_version",
    terraform_version: "terraform_version",
    resource_changes: "resource_changes",
    resource_drift: "resource_drift",
    output_changes: "output_changes",
    deferred_changes: "deferred_changes",
    action_invocations: "action_invocations",
    deferred_action_invocations: "deferred_action_invocations",
    checks: "checks",
    errored: "errored",
    complete: "complete",
    applyable: "applyable",
    planned_values: "planned_values",
    values: "values",
    lineage: "lineage",
    serial: "serial",
    log_level: "@level",
    log_message: "@message",
    encrypted_data: "encrypted_data",
    encryption_version: "encryption_version",
});

impl Document {
    /// Whether this is an entry of Terraform's machine-readable log.
    pub(super) fn is_log_entry(&self) -> bool {
        self.log_level.is_present() && self.log_message.is_present()
    }

    /// Whether it has a part that Terraform writes into a plan and into nothing else. Flags such as `complete` do not count:
    /// anything may have them.
    ///
    /// `resource_changes` is not enough of a question: a plan without resources has none.
    fn has_a_part_of_a_plan(&self) -> bool {
        self.resource_changes.is_present()
            || self.planned_values.is_present()
            || self.output_changes.is_present()
            || self.resource_drift.is_present()
            || self.deferred_changes.is_present()
    }
}

/// The document, if it is a plan of a format that this reader knows.
pub(super) fn recognise(document: Found<Document>) -> Result<Document, Error> {
    let not_a_plan = |message: &str| Err(Error::new(ErrorCode::NotAPlan, message).with_help(HOW));
    let Found::Is(document) = document else {
        return not_a_plan("the document is JSON, but no object, and so no plan");
    };
    check_format(&document)?;
    // A format version says that Terraform wrote it; without one, only changes do.
    if document.has_a_part_of_a_plan()
        && (document.format_version.is_present() || document.resource_changes.is_present())
    {
        return Ok(document);
    }
    if document.encrypted_data.is_present() && document.encryption_version.is_present() {
        return Err(binary_error("the document is an encrypted plan or state file of OpenTofu"));
    }
    if document.lineage.is_present() || document.serial.is_present() {
        return not_a_plan(
            "the document is a state file (`terraform.tfstate`), not a plan: it says what exists, not what will change",
        );
    }
    if document.values.is_present() {
        return not_a_plan(
            "the document is a state, not a plan: `terraform show -json` prints the state when no plan file is named",
        );
    }
    if document.format_version.is_present() {
        return not_a_plan(
            "the document holds no part of a plan: `terraform show -json` prints such a document when no plan file is named and there is no state",
        );
    }
    not_a_plan("the document is JSON, but has no part of a Terraform plan")
}

/// The format keeps its meaning within a major version; 0.x (Terraform 0.12 to 1.0) and 1.x are known.
fn check_format(document: &Document) -> Result<(), Error> {
    let Some(Text(version)) = document.format_version.optional("/format_version", "a string")? else {
        return Ok(());
    };
    let major = version.split('.').next().unwrap_or_default();
    if major == "0" || major == "1" {
        return Ok(());
    }
    let is_a_version = version.len() <= 16 && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let message = if is_a_version {
        format!("the plan has format version `{version}`; known are 0.x and 1.x")
    } else {
        "the plan has a format version that is not known; known are 0.x and 1.x".to_owned()
    };
    Err(Error::new(ErrorCode::NotAPlan, message)
        .with_help("take a newer version of this package, or make the plan with Terraform 0.12 to 1.15 or OpenTofu")
        .at("/format_version"))
}
