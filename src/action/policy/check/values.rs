//! The values that fields are made of: each is read or reported, with what was expected and what is there.

use super::names::nearest;
use crate::action::money::Usd;
use crate::action::policy::errors::PolicyErrorCode;
use crate::action::policy::report::Report;
use crate::action::policy::source::tree::{Entry, Kind, Node, cut};
use crate::sorted;
use std::ops::RangeInclusive;

/// True or false.
pub fn flag(report: &mut Report, node: &Node) -> Option<bool> {
    match &node.kind {
        Kind::Flag(flag) => Some(*flag),
        _ => wrong_type(report, node, "true or false"),
    }
}

/// A text that may be empty.
pub fn any_text(report: &mut Report, node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Text(text) => Some(text.clone()),
        _ => wrong_type(report, node, "a text"),
    }
}

/// A text that says something.
pub fn text(report: &mut Report, node: &Node) -> Option<String> {
    let text = any_text(report, node)?;
    if text.trim().is_empty() {
        let message = format!("{} must not be empty", report.name());
        report.error_about(node, PolicyErrorCode::Range, message);
        return None;
    }
    Some(text)
}

/// A name that is compared with others letter by letter.
pub fn exact_name(report: &mut Report, node: &Node) -> Option<String> {
    let name = text(report, node)?;
    warn_of_space(report, node.at, &name);
    Some(name)
}

/// A whole number in a range.
pub fn whole(report: &mut Report, node: &Node, range: &RangeInclusive<u64>) -> Option<u64> {
    let Kind::Number(number) = &node.kind else { return wrong_type(report, node, "a whole number") };
    // Floats hold every whole number of these ranges; 60.0 is one.
    let value = number.as_u64().map_or_else(|| number.as_f64(), |whole| Some(whole as f64));
    if value.is_some_and(|value| value.fract() != 0.0) {
        return wrong_type(report, node, "a whole number");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and within the range")]
    match value.filter(|value| (*range.start() as f64..=*range.end() as f64).contains(value)) {
        Some(value) => Some(value as u64),
        None => out_of_range(report, node, &format!("a whole number from {} to {}", range.start(), range.end())),
    }
}

/// Seconds, of which a part may be meant.
pub fn seconds(report: &mut Report, node: &Node, range: &RangeInclusive<f64>) -> Option<f64> {
    let Kind::Number(number) = &node.kind else { return wrong_type(report, node, "a number") };
    match number.as_f64().filter(|value| range.contains(value)) {
        Some(value) => Some(value),
        None => out_of_range(report, node, &format!("a number from {} to {}", range.start(), range.end())),
    }
}

/// An amount of money.
pub fn money(report: &mut Report, node: &Node) -> Option<Usd> {
    let Kind::Number(number) = &node.kind else { return wrong_type(report, node, "a number") };
    match Usd::parse(&number.to_string()) {
        Some(amount) => Some(amount),
        None => out_of_range(report, node, "an amount in US dollars from 0 to 1000000000000000"),
    }
}

/// One of some words.
pub fn word<T: Copy>(report: &mut Report, node: &Node, words: &[(&'static str, T)]) -> Option<T> {
    let Kind::Text(text) = &node.kind else { return wrong_type(report, node, "a text") };
    match words.iter().find(|(word, _)| word == text) {
        Some((_, meaning)) => Some(*meaning),
        None => no_such_word(report, node, text, &words.iter().map(|(word, _)| *word).collect::<Vec<_>>()),
    }
}

/// One of some words, in any case.
pub fn word_in_any_case<T: Copy>(report: &mut Report, node: &Node, words: &[(&'static str, T)]) -> Option<T> {
    let Kind::Text(text) = &node.kind else { return wrong_type(report, node, "a text") };
    match words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
        Some((_, meaning)) => Some(*meaning),
        None => no_such_word(report, node, text, &words.iter().map(|(word, _)| *word).collect::<Vec<_>>()),
    }
}

/// Reports a text that is none of the words that may stand there.
pub fn no_such_word<T>(report: &mut Report, node: &Node, text: &str, words: &[&str]) -> Option<T> {
    let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let meant = nearest(text, words).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
    let message = format!("{} must be one of {all}; `{}` is there{meant}", report.name(), cut(text));
    report.error_about(node, PolicyErrorCode::Enum, message);
    None
}

/// What may be null, which is as if it were not there.
pub fn nullable<T>(
    report: &mut Report,
    node: &Node,
    read: impl FnOnce(&mut Report, &Node) -> Option<T>,
) -> Option<Option<T>> {
    if node.is_null() { Some(None) } else { read(report, node).map(Some) }
}

/// A list, in its order.
pub fn items<T>(
    report: &mut Report,
    node: &Node,
    mut read: impl FnMut(&mut Report, &Node) -> Option<T>,
) -> Option<Vec<T>> {
    let mut values = Vec::new();
    each_item(report, node, &mut |report, item| values.extend(read(report, item)))?;
    Some(values)
}

/// A list of few different values, in which each stands once; others are dropped with a warning.
pub fn distinct<T: PartialEq>(
    report: &mut Report,
    node: &Node,
    mut read: impl FnMut(&mut Report, &Node) -> Option<T>,
) -> Option<Vec<T>> {
    let mut values = Vec::new();
    each_item(report, node, &mut |report, item| {
        if let Some(value) = read(report, item) {
            if values.contains(&value) { warn_of_repeated(report, item) } else { values.push(value) }
        }
    })?;
    Some(values)
}

/// A list of names, in which each stands once; others are dropped with a warning.
pub fn names(report: &mut Report, node: &Node) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut seen = sorted::Set::new();
    each_item(report, node, &mut |report, item| {
        if let Some(name) = exact_name(report, item) {
            if seen.insert(name.clone()) { names.push(name) } else { warn_of_repeated(report, item) }
        }
    })?;
    Some(names)
}

/// What is said by name, such as limits by their actions.
pub fn by_name<T>(
    report: &mut Report,
    node: &Node,
    mut read: impl FnMut(&mut Report, &Node) -> Option<T>,
) -> Option<sorted::Map<String, T>> {
    let mut values = sorted::Map::new();
    each_entry(report, node, &mut |report, entry| {
        if let Some(value) = read(report, &entry.value) {
            values.insert(entry.key.clone(), value);
        }
    })?;
    Some(values)
}

/// What is said by the name of an action. There are no wildcards.
pub fn by_action<T>(
    report: &mut Report,
    node: &Node,
    read: impl FnMut(&mut Report, &Node) -> Option<T>,
) -> Option<sorted::Map<String, T>> {
    warn_of_wildcards(report, node);
    by_name(report, node, read)
}

// What follows takes `dyn`, so that it stands in the module once and not once for each type that is read.
type VisitNode<'a> = &'a mut dyn FnMut(&mut Report, &Node);
type VisitEntry<'a> = &'a mut dyn FnMut(&mut Report, &Entry);

fn each_item(report: &mut Report, node: &Node, visit: VisitNode<'_>) -> Option<()> {
    let Kind::List(items) = &node.kind else { return wrong_type(report, node, "a list") };
    for (place, item) in items.iter().enumerate() {
        report.enter(place);
        visit(report, item);
        report.leave();
    }
    Some(())
}

fn each_entry(report: &mut Report, node: &Node, visit: VisitEntry<'_>) -> Option<()> {
    let Kind::Object(entries) = &node.kind else { return wrong_type(report, node, "an object") };
    for entry in entries {
        report.enter(entry.key.as_str());
        if entry.key.trim().is_empty() {
            report.error(entry.key_at, PolicyErrorCode::Range, "a name must not be empty");
        } else {
            warn_of_space(report, entry.key_at, &entry.key);
        }
        visit(report, entry);
        report.leave();
    }
    Some(())
}

fn warn_of_wildcards(report: &mut Report, node: &Node) {
    let Kind::Object(entries) = &node.kind else { return };
    for entry in entries.iter().filter(|entry| entry.key.contains('*')) {
        report.within(entry.key.as_str(), |report| {
            let message = format!("there are no wildcards: this is about an action named `{}`", cut(&entry.key));
            report.warn(entry.key_at, message);
        });
    }
}

fn warn_of_repeated(report: &mut Report, item: &Node) {
    report.warn(item.at, format!("{} stands in this list already; it was dropped", item.words()));
}

/// An object with known fields: each is given to `visit`, and the names of all that are there come back.
pub fn object(
    report: &mut Report,
    node: &Node,
    known: &[&'static str],
    visit: &mut dyn FnMut(&mut Report, &'static str, &Node),
) -> Option<Vec<&'static str>> {
    let Kind::Object(entries) = &node.kind else { return wrong_type(report, node, "an object") };
    let mut given = Vec::new();
    for entry in entries {
        report.within(entry.key.as_str(), |report| match known.iter().find(|name| **name == entry.key) {
            Some(name) => {
                given.push(*name);
                visit(report, name, &entry.value);
            }
            None => unknown_field(report, entry.key_at, &entry.key, nearest(&entry.key, known)),
        });
    }
    Some(given)
}

/// Reports a field that there is not, with the one that may be meant.
pub fn unknown_field(report: &mut Report, at: usize, key: &str, meant: Option<&str>) {
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    report.error(at, PolicyErrorCode::UnknownField, format!("there is no field `{}`{meant}", cut(key)));
}

/// Reports a field that must be there, unless it is.
pub fn require(report: &mut Report, node: &Node, given: &[&str], field: &'static str) {
    if !given.contains(&field) {
        report.within(field, |report| {
            let message = format!("{} is missing", report.name());
            report.error(node.at, PolicyErrorCode::Missing, message);
        });
    }
}

/// Keeps what was read.
pub fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// Reports a value of another type than was expected. What was refused was reported already.
pub fn wrong_type<T>(report: &mut Report, node: &Node, expected: &str) -> Option<T> {
    let mend = match (&node.kind, expected) {
        (Kind::Refused, _) => return None,
        (Kind::Null | Kind::Blank, _) => "; leave it out, or give it a value",
        (Kind::Text(text), "a number" | "a whole number") if serde_json::from_str::<f64>(text).is_ok() => {
            "; write it without quotes"
        }
        (Kind::Text(text), "true or false")
            if ["yes", "no", "on", "off", "true", "false"].iter().any(|word| word.eq_ignore_ascii_case(text)) =>
        {
            "; write `true` or `false`, without quotes"
        }
        (Kind::Number(_) | Kind::Flag(_), "a text") => "; write it in quotes",
        (Kind::Text(_), "a list") => "; write it as a list, even where it is the only one",
        _ => "",
    };
    let message = format!("{} must be {expected}; {} is there{mend}", report.name(), node.words());
    report.error_about(node, PolicyErrorCode::Type, message);
    None
}

fn out_of_range<T>(report: &mut Report, node: &Node, expected: &str) -> Option<T> {
    let message = format!("{} must be {expected}; {} is there", report.name(), node.words());
    report.error_about(node, PolicyErrorCode::Range, message);
    None
}

fn warn_of_space(report: &mut Report, at: usize, name: &str) {
    if name.trim() != name {
        report.warn(at, format!("`{}` begins or ends with white space, and is compared with it", cut(name)));
    }
}
