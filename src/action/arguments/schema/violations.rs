//! Which rules of a schema some arguments break.

use super::{
    Additional, ArgumentRule, ArgumentSchema, ArgumentViolation, Kind, ObjectRules, ValueRules, kind_in_words,
};
use crate::action::arguments::decimal::Decimal;
use crate::action::arguments::equality::equal;
use crate::action::arguments::field_path::{FieldPath, cut};
use crate::limits;
use serde_json::{Map, Number, Value};
use std::cmp::Ordering;

/// Characters of what the schema says, or of the name of an argument, that one message repeats.
const TOLD_CHARS: usize = 80;

impl ArgumentSchema {
    /// The rules that these arguments break: of each object first what is missing, then its properties in the order in which
    /// the schema has them, then what the schema does not know. None: they are as they must be.
    pub fn violations(&self, arguments: &Map<String, Value>) -> Vec<ArgumentViolation> {
        let mut found = Violations(Vec::new());
        found.of_object(&self.arguments, arguments, FieldPath::Root);
        found.0
    }
}

struct Violations(Vec<ArgumentViolation>);

impl Violations {
    /// Whether there are as many as are told: what is beyond changes no decision.
    const fn is_full(&self) -> bool {
        self.0.len() >= limits::ARGUMENT_FINDINGS
    }

    fn add(&mut self, at: FieldPath, rule: ArgumentRule, expected: impl FnOnce() -> String) {
        if !self.is_full() {
            let argument = at.told();
            let message = format!("`{}` {}", cut(argument.clone(), TOLD_CHARS), expected());
            self.0.push(ArgumentViolation { argument, rule, message });
        }
    }

    fn of_object(&mut self, rules: &ObjectRules, fields: &Map<String, Value>, at: FieldPath) {
        for name in rules.required.iter().filter(|name| !fields.contains_key(*name)) {
            self.add(FieldPath::Field(&at, name), ArgumentRule::Required, || "is required".to_owned());
        }
        for (name, rules) in &rules.properties {
            if let Some(value) = fields.get(name) {
                self.of_value(rules, value, FieldPath::Field(&at, name));
            }
        }
        if matches!(rules.additional, Additional::Any) {
            return;
        }
        for (name, value) in fields.iter().filter(|(name, _)| !rules.declares(name)) {
            if self.is_full() {
                return;
            }
            let at = FieldPath::Field(&at, name);
            match &rules.additional {
                Additional::Any => {}
                Additional::None => {
                    self.add(at, ArgumentRule::AdditionalProperties, || "is not an argument of this action".to_owned());
                }
                Additional::Like(rules) => self.of_value(rules, value, at),
            }
        }
    }

    fn of_value(&mut self, rules: &ValueRules, value: &Value, at: FieldPath) {
        if let Some(kind) = rules.kind.filter(|kind| !kind.admits(value)) {
            self.add(at, ArgumentRule::Type, || {
                let written = if kind == Kind::Integer { ", written without a fraction or an exponent" } else { "" };
                format!("must be {}{written}; {} is given", kind.in_words(), kind_in_words(value))
            });
            return;
        }
        if rules.constant.as_ref().is_some_and(|constant| !equal(constant, value)) {
            self.add(at, ArgumentRule::Const, || format!("must be {}", told(rules.constant.iter())));
        }
        if rules.one_of.as_ref().is_some_and(|values| !values.iter().any(|member| equal(member, value))) {
            self.add(at, ArgumentRule::Enum, || format!("must be one of {}", told(rules.one_of.iter().flatten())));
        }
        match value {
            Value::Number(number) => self.of_number(rules, number, at),
            Value::String(text) => self.of_text(rules, text, at),
            Value::Array(items) => {
                let Some(rules) = &rules.items else { return };
                for (place, item) in items.iter().enumerate() {
                    if self.is_full() {
                        return;
                    }
                    self.of_value(rules, item, FieldPath::Place(&at, place));
                }
            }
            Value::Object(fields) => {
                if let Some(rules) = &rules.fields {
                    self.of_object(rules, fields, at);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn of_number(&mut self, rules: &ValueRules, number: &Number, at: FieldPath) {
        let mut bound = |bound: &Option<Number>, rule, may_be: fn(Ordering) -> bool, words| {
            if let Some(bound) = bound
                && !may_be(Decimal::new(number).cmp(&Decimal::new(bound)))
            {
                self.add(at, rule, || format!("must be {words} {}", cut(bound.to_string(), TOLD_CHARS)));
            }
        };
        bound(&rules.minimum, ArgumentRule::Minimum, Ordering::is_ge, "at least");
        bound(&rules.maximum, ArgumentRule::Maximum, Ordering::is_le, "at most");
        bound(&rules.exclusive_minimum, ArgumentRule::ExclusiveMinimum, Ordering::is_gt, "more than");
        bound(&rules.exclusive_maximum, ArgumentRule::ExclusiveMaximum, Ordering::is_lt, "less than");
    }

    fn of_text(&mut self, rules: &ValueRules, text: &str, at: FieldPath) {
        if rules.min_length.is_some() || rules.max_length.is_some() {
            // INVARIANT: a character is a code point, whatever the host counts.
            let length = text.chars().count() as u64;
            if let Some(least) = rules.min_length.filter(|least| length < *least) {
                self.add(at, ArgumentRule::MinLength, || {
                    format!("must have at least {}; {length} given", characters(least))
                });
            }
            if let Some(most) = rules.max_length.filter(|most| length > *most) {
                self.add(at, ArgumentRule::MaxLength, || {
                    format!("must have at most {}; {length} given", characters(most))
                });
            }
        }
        if let Some(pattern) = rules.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            self.add(at, ArgumentRule::Pattern, || {
                format!("must match the pattern `{}`", cut(pattern.as_str().to_owned(), TOLD_CHARS))
            });
        }
    }
}

fn characters(count: u64) -> String {
    format!("{count} {}", if count == 1 { "character" } else { "characters" })
}

/// Values of the schema as JSON, of many only the first.
fn told<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let mut text = String::new();
    for value in values {
        if !text.is_empty() {
            text.push_str(", ");
        }
        if text.len() > TOLD_CHARS {
            text.push('\u{2026}');
            break;
        }
        text.push_str(&cut(value.to_string(), TOLD_CHARS));
    }
    text
}
