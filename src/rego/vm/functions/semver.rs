//! Versions: `1.2.3-rc.1+build`.

use super::texts::{Draft, read};
use super::{Answer, Context, Failure, Function};
use crate::rego::value::{Form, Value};
use std::cmp::Ordering;

/// The builtin of a name.
pub fn find(name: &str) -> Option<Function> {
    Some(match name {
        "semver.compare" => Function::Two(compare),
        "semver.is_valid" => Function::One(|context, version| {
            let Some(_) = context.stores.as_str(version) else { return Ok(Value::FALSE) };
            let [version] = read(context, [version])?;
            Ok(Value::boolean(Version::read(context.stores.text(version)).is_some()))
        }),
        _ => return None,
    })
}

fn compare(context: &mut Context<'_>, a: Value, b: Value) -> Answer {
    let operands = [a, b];
    let [a, b] = read(context, operands)?;
    // Their names are compared one by one.
    context.charge((u64::from(a.len) + u64::from(b.len)) / 16)?;
    let (a, b) = (Version::read(context.stores.text(a)), Version::read(context.stores.text(b)));
    let (Some(a), Some(b)) = (&a, &b) else {
        let (at, value) = if a.is_none() { (1, operands[0]) } else { (2, operands[1]) };
        let shown = Draft::write(context, |context, draft| draft.push_value(context.stores, value, Form::Rego))?;
        return Err(Failure::of_builtin(format!("operand {at}: string {shown} is not a valid SemVer")));
    };
    Ok(match a.compare(b) {
        Ordering::Less => Value::integer(-1).unwrap_or(Value::UNDEFINED),
        Ordering::Equal => Value::count(0),
        Ordering::Greater => Value::count(1),
    })
}

/// A version. What stands behind `+` says nothing of its order.
struct Version<'v> {
    numbers: [i64; 3],
    /// What stands behind `-`; empty where nothing does.
    before: &'v str,
}

impl<'v> Version<'v> {
    fn read(text: &'v str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        let (text, before) = text.split_once('-').unwrap_or((text, ""));
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let are_names = |names: &str| names.is_empty() || names.split('.').all(is_name);
        let mut parts = text.split('.');
        let mut number = || {
            let digits = parts.next().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse().ok()
        };
        let numbers = [number()?, number()?, number()?];
        let is_version = parts.next().is_none() && are_names(build) && are_names(before);
        is_version.then_some(Self { numbers, before })
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.before, other.before) {
            ("", "") => Ordering::Equal,
            // What comes before a version is smaller than the version.
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => a.split('.').map(name).cmp(b.split('.').map(name)),
        })
    }
}

/// A name in its order: numbers before words.
fn name(name: &str) -> (Option<&str>, i64) {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        // What fits into no number is the largest.
        (None, name.parse().unwrap_or(i64::MAX))
    } else {
        (Some(name), 0)
    }
}
