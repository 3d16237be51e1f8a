//! From what an author wrote to a schema that can be asked, or to everything that is wrong with it.

use super::{Additional, ArgumentSchema, Kind, ObjectRules, ValueRules, kind_in_words};
use crate::action::arguments::decimal::Decimal;
use crate::action::arguments::field_path::cut;
use crate::action::arguments::patterns::Pattern;
use crate::action::policy::errors::{PathPart, PolicyError, PolicyErrorCode};
use crate::limits;
use serde_json::{Map, Number, Value};

/// What a keyword is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Any,
    Numbers,
    Strings,
    Lists,
    Objects,
}

impl About {
    /// What a keyword is about; none where it is not checked.
    fn of_keyword(keyword: &str) -> Option<Self> {
        Some(match keyword {
            "type" | "enum" | "const" | "title" | "description" => Self::Any,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => Self::Numbers,
            "minLength" | "maxLength" | "pattern" => Self::Strings,
            "items" => Self::Lists,
            "properties" | "required" | "additionalProperties" => Self::Objects,
            _ => return None,
        })
    }

    const fn includes(self, kind: Kind) -> bool {
        match self {
            Self::Any => true,
            Self::Numbers => matches!(kind, Kind::Number | Kind::Integer),
            Self::Strings => matches!(kind, Kind::String),
            Self::Lists => matches!(kind, Kind::Array),
            Self::Objects => matches!(kind, Kind::Object),
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Numbers => "numbers",
            Self::Strings => "strings",
            Self::Lists => "arrays",
            Self::Objects => "objects",
        }
    }
}

impl ArgumentSchema {
    /// Reads a schema.
    ///
    /// # Errors
    /// Everything that is wrong with it, each at its path from the schema on.
    pub fn compile(schema: &Map<String, Value>) -> Result<Self, Vec<PolicyError>> {
        let mut compiler = Compiler { path: Vec::new(), depth: 0, errors: Vec::new() };
        let arguments = compiler.arguments(schema);
        if compiler.errors.is_empty() { Ok(Self { arguments }) } else { Err(compiler.errors) }
    }
}

struct Compiler {
    path: Vec<PathPart>,
    /// How many schemas are open above this place.
    depth: u64,
    errors: Vec<PolicyError>,
}

impl Compiler {
    fn inside<T>(&mut self, part: impl Into<PathPart>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(part.into());
        let read = read(self);
        self.path.pop();
        read
    }

    fn refuse(&mut self, code: PolicyErrorCode, message: impl Into<String>) {
        self.errors.push(PolicyError::new(self.path.clone(), code, message));
    }

    /// Refuses the value at this place, and shows it where it is a short scalar.
    fn refuse_value(&mut self, code: PolicyErrorCode, value: &Value, message: impl Into<String>) {
        let mut error = PolicyError::new(self.path.clone(), code, message);
        if !value.is_array() && !value.is_object() && value.as_str().is_none_or(|text| text.len() <= 80) {
            error.value = Some(value.clone());
        }
        self.errors.push(error);
    }

    fn refuse_type(&mut self, value: &Value, expected: &str) {
        let message = format!("{} is there, expected {expected}", kind_in_words(value));
        self.refuse_value(PolicyErrorCode::Type, value, message);
    }

    /// The schema itself: the arguments are always an object, so it speaks of objects only.
    fn arguments(&mut self, schema: &Map<String, Value>) -> ObjectRules {
        for (keyword, value) in schema {
            let message = match About::of_keyword(keyword) {
                Some(About::Objects) => continue,
                Some(About::Any) if keyword != "enum" && keyword != "const" => {
                    if keyword == "type" {
                        self.inside("type", |this| match value.as_str() {
                            Some("object") => {}
                            Some(_) => this.refuse_value(
                                PolicyErrorCode::Conflict,
                                value,
                                "the arguments of an action are always an object; give the type of an argument under `properties`",
                            ),
                            None => this.refuse_type(value, "`object`, or nothing"),
                        });
                    } else {
                        self.inside(keyword.as_str(), |this| this.annotation(value));
                    }
                    continue;
                }
                Some(_) => format!(
                    "`{keyword}` says nothing of all arguments together; put it to an argument under `properties`"
                ),
                None => format!(
                    "`{}` is no keyword of a schema; if it is an argument, put it under `properties`",
                    cut(keyword.clone(), 80)
                ),
            };
            self.inside(keyword.as_str(), |this| this.refuse(PolicyErrorCode::UnsupportedSchemaKeyword, message));
        }
        self.object(schema)
    }

    fn object(&mut self, schema: &Map<String, Value>) -> ObjectRules {
        let mut rules = ObjectRules::default();
        if let Some(names) = schema.get("required") {
            rules.required = self.inside("required", |this| this.names(names));
        }
        if let Some(properties) = schema.get("properties") {
            rules.properties = self.inside("properties", |this| this.properties(properties));
        }
        if let Some(additional) = schema.get("additionalProperties") {
            rules.additional = self.inside("additionalProperties", |this| match additional {
                Value::Bool(true) => Additional::Any,
                Value::Bool(false) => Additional::None,
                Value::Object(schema) => Additional::Like(Box::new(this.value(schema))),
                other => {
                    this.refuse_type(other, "a boolean or a schema");
                    Additional::None
                }
            });
        }
        rules
    }

    fn names(&mut self, names: &Value) -> Vec<String> {
        let Some(items) = names.as_array() else {
            self.refuse_type(names, "an array of the names of arguments");
            return Vec::new();
        };
        let mut read: Vec<String> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match item.as_str() {
                // One name twice is one violation.
                Some(name) if read.iter().any(|known| known == name) => {}
                Some(name) => read.push(name.to_owned()),
                None => self.inside(at, |this| this.refuse_type(item, "the name of an argument")),
            }
        }
        read
    }

    fn properties(&mut self, properties: &Value) -> Vec<(String, ValueRules)> {
        let Some(properties) = properties.as_object() else {
            self.refuse_type(properties, "an object of schemas by the names of arguments");
            return Vec::new();
        };
        let mut read = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            let rules = self.inside(name.as_str(), |this| this.schema(schema));
            read.push((name.clone(), rules));
        }
        read
    }

    fn schema(&mut self, schema: &Value) -> ValueRules {
        match schema.as_object() {
            Some(schema) => self.value(schema),
            None => {
                self.refuse_type(schema, "a schema, which is an object");
                ValueRules::default()
            }
        }
    }

    fn value(&mut self, schema: &Map<String, Value>) -> ValueRules {
        if self.depth >= limits::SCHEMA_DEPTH {
            let message = format!("more than {} schemas stand inside one another", limits::SCHEMA_DEPTH);
            self.refuse(PolicyErrorCode::Range, message);
            return ValueRules::default();
        }
        self.depth += 1;
        let kind = schema.get("type").and_then(|word| self.inside("type", |this| this.kind(word)));
        let mut rules = ValueRules { kind, ..ValueRules::default() };
        let mut speaks_of_fields = false;
        for (keyword, value) in schema {
            let Some(about) = About::of_keyword(keyword) else {
                let message = format!("`{}` is no keyword that is checked here; remove it", cut(keyword.clone(), 80));
                self.inside(keyword.as_str(), |this| this.refuse(PolicyErrorCode::UnsupportedSchemaKeyword, message));
                continue;
            };
            speaks_of_fields |= about == About::Objects;
            self.inside(keyword.as_str(), |this| {
                if let Some(kind) = rules.kind.filter(|kind| !about.includes(*kind)) {
                    let message =
                        format!("`{keyword}` is about {}, and `type` asks for {}", about.in_words(), kind.in_words());
                    this.refuse(PolicyErrorCode::Conflict, message);
                }
                match keyword.as_str() {
                    "title" | "description" => this.annotation(value),
                    "const" => rules.constant = Some(this.possible(value, rules.kind)),
                    "enum" => rules.one_of = this.one_of(value, rules.kind),
                    "minimum" => rules.minimum = this.number(value),
                    "maximum" => rules.maximum = this.number(value),
                    "exclusiveMinimum" => rules.exclusive_minimum = this.number(value),
                    "exclusiveMaximum" => rules.exclusive_maximum = this.number(value),
                    "minLength" => rules.min_length = this.length(value),
                    "maxLength" => rules.max_length = this.length(value),
                    "pattern" => rules.pattern = this.pattern(value),
                    "items" => rules.items = Some(Box::new(this.schema(value))),
                    _ => {}
                }
            });
        }
        if speaks_of_fields {
            rules.fields = Some(Box::new(self.object(schema)));
        }
        self.check_bounds(&rules);
        self.depth -= 1;
        rules
    }

    fn kind(&mut self, word: &Value) -> Option<Kind> {
        let Some(text) = word.as_str() else {
            self.refuse_type(word, &format!("one word: {}", Kind::WORDS));
            return None;
        };
        let kind = Kind::of_word(text);
        if kind.is_none() {
            let message = format!("`{}` is no type that is checked; it is {}", cut(text.to_owned(), 80), Kind::WORDS);
            self.refuse_value(PolicyErrorCode::Enum, word, message);
        }
        kind
    }

    fn annotation(&mut self, value: &Value) {
        if !value.is_string() {
            self.refuse_type(value, "a string");
        }
    }

    /// A value that may be given: one of another kind never could.
    fn possible(&mut self, value: &Value, kind: Option<Kind>) -> Value {
        if let Some(kind) = kind.filter(|kind| !kind.admits(value)) {
            let message =
                format!("{} can never be given, because `type` asks for {}", kind_in_words(value), kind.in_words());
            self.refuse_value(PolicyErrorCode::Conflict, value, message);
        }
        value.clone()
    }

    fn one_of(&mut self, value: &Value, kind: Option<Kind>) -> Option<Vec<Value>> {
        let Some(members) = value.as_array() else {
            self.refuse_type(value, "an array of the values that may be given");
            return None;
        };
        if members.is_empty() {
            self.refuse(PolicyErrorCode::Range, "no value may be given; list at least one");
        }
        Some(
            members
                .iter()
                .enumerate()
                .map(|(at, member)| self.inside(at, |this| this.possible(member, kind)))
                .collect(),
        )
    }

    fn number(&mut self, value: &Value) -> Option<Number> {
        if let Value::Number(number) = value {
            return Some(number.clone());
        }
        self.refuse_type(value, "a number");
        None
    }

    fn length(&mut self, value: &Value) -> Option<u64> {
        let Value::Number(number) = value else {
            self.refuse_type(value, "a whole number from 0");
            return None;
        };
        let length = number.as_u64();
        if length.is_none() {
            self.refuse_value(
                PolicyErrorCode::Range,
                value,
                format!("{number} is there, expected a whole number from 0"),
            );
        }
        length
    }

    fn pattern(&mut self, value: &Value) -> Option<Pattern> {
        let Some(text) = value.as_str() else {
            self.refuse_type(value, "a regular expression in a string");
            return None;
        };
        match Pattern::new(text) {
            Ok(pattern) => Some(pattern),
            Err(why) => {
                self.refuse_value(PolicyErrorCode::BadRegex, value, why);
                None
            }
        }
    }

    /// Bounds between which there is nothing refuse every call: they are a slip.
    fn check_bounds(&mut self, rules: &ValueRules) {
        let from = [("minimum", &rules.minimum, false), ("exclusiveMinimum", &rules.exclusive_minimum, true)];
        let to = [("maximum", &rules.maximum, false), ("exclusiveMaximum", &rules.exclusive_maximum, true)];
        for (least_keyword, least, least_excluded) in from {
            for (most_keyword, most, most_excluded) in to {
                let (Some(least), Some(most)) = (least, most) else { continue };
                let order = Decimal::new(least).cmp(&Decimal::new(most));
                if order.is_gt() || (order.is_eq() && (least_excluded || most_excluded)) {
                    let message =
                        format!("no number can be given: `{least_keyword}` is {least} and `{most_keyword}` is {most}");
                    self.inside(least_keyword, |this| this.refuse(PolicyErrorCode::Conflict, cut(message, 200)));
                }
            }
        }
        if let (Some(least), Some(most)) = (rules.min_length, rules.max_length)
            && least > most
        {
            let message = format!("no string can be given: `minLength` is {least} and `maxLength` is {most}");
            self.inside("minLength", |this| this.refuse(PolicyErrorCode::Conflict, message));
        }
    }
}
