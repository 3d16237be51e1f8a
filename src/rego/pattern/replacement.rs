//! What replaces a match: text, and what groups of the match have matched.

use super::compiled::Captures;

/// One part of a replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// It stands as it is.
    Text(&'a str),
    /// What the group of this number matches, if there is one.
    Group(usize),
}

/// Reads a replacement: `$1`, `${1}`, `$name` and `${name}` are groups, `$$` is one sign. What names no group stands for
/// nothing, and a sign with no name behind it for itself.
pub fn parts<'a>(replacement: &'a str, names: &[(String, usize)]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some((text, behind)) = rest.split_once('$') {
        parts.push(Part::Text(text));
        if let Some(behind) = behind.strip_prefix('$') {
            parts.push(Part::Text("$"));
            rest = behind;
        } else if let Some((name, behind)) = name(behind) {
            let number = if is_number(name) { name.parse().ok() } else { None };
            let number = number.or_else(|| names.iter().find(|(known, _)| known == name).map(|&(_, number)| number));
            parts.extend(number.map(Part::Group));
            rest = behind;
        } else {
            parts.push(Part::Text("$"));
            rest = behind;
        }
    }
    parts.push(Part::Text(rest));
    parts
}

/// The name behind a sign, and what stands behind it.
fn name(text: &str) -> Option<(&str, &str)> {
    let in_braces = text.strip_prefix('{');
    let text = in_braces.unwrap_or(text);
    let behind = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let name = text.get(..text.len() - behind.len()).filter(|name| !name.is_empty())?;
    Some((name, if in_braces.is_some() { behind.strip_prefix('}')? } else { behind }))
}

fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit()) && (name.len() == 1 || !name.starts_with('0'))
}

/// The replacement of one match.
pub fn filled_in(parts: &[Part<'_>], found: &Captures<'_>) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text,
            Part::Group(number) => found.get(*number).map_or("", |group| group.as_str()),
        })
        .collect()
}
