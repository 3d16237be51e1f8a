//! What may have been meant.

use super::super::super::{Failure, take_steps};
use crate::rego::letters;
use crate::sorted;

/// Of several options those that are like a text, the likest first. What comparing takes is charged for.
pub fn alike<'o>(steps: &mut u64, text: &str, options: impl Iterator<Item = &'o str>) -> Result<Vec<&'o str>, Failure> {
    let most = text.len() * 2 / 5 + 1;
    let mut distances: sorted::Map<&str, usize> = sorted::Map::new();
    let mut found = Vec::new();
    for option in options {
        let cells = (text.len() as u64 + 1).saturating_mul(option.len() as u64 + 1);
        take_steps(steps, 1 + cells / 16)?;
        let distance = distance(text, option);
        if distance <= most {
            found.push(option);
            distances.insert(option, distance);
        }
    }
    found.sort_by_key(|option| distances.get(option).copied());
    Ok(found)
}

/// How many characters have to be changed, with one for all differences of case alone.
fn distance(a: &str, b: &str) -> usize {
    if a == b {
        return 0;
    }
    let (a, b) = (letters::in_small(a), letters::in_small(b));
    if a == b {
        return 1;
    }
    let a: Vec<char> = a.chars().collect();
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (at, c) in b.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (own, cell) in a.iter().zip(row.iter_mut().skip(1)) {
            let above = *cell;
            left = if *own == c { diagonal } else { 1 + diagonal.min(above).min(left) };
            diagonal = above;
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// `a`, `a or b`, `a, b, or c`; no more than five.
pub fn either(items: &[&str], mark: &str) -> String {
    let items = items.get(..5).unwrap_or(items);
    let quoted: Vec<String> = items.iter().map(|item| format!("{mark}{item}{mark}")).collect();
    match quoted.as_slice() {
        [first, second] => format!("{first} or {second}"),
        [several @ .., last] if !several.is_empty() => format!("{}, or {last}", several.join(", ")),
        _ => quoted.concat(),
    }
}

/// A question about what is alike, with a blank before it; nothing where nothing is.
pub fn question<'o>(
    steps: &mut u64,
    intro: &str,
    mark: &str,
    text: &str,
    options: impl Iterator<Item = &'o str>,
) -> Result<String, Failure> {
    let found = alike(steps, text, options)?;
    Ok(if found.is_empty() { String::new() } else { format!(" {intro} {}?", either(&found, mark)) })
}
