//! Input and data from a seed: few names and few values, so that what a policy compares is often equal.

use crate::chance::Chance;
use serde_json::{Value, json};

/// An input document.
pub fn input(seed: u64) -> Value {
    let mut chance = Chance::new(seed);
    let (a, b, m) = (value(&mut chance, 3), value(&mut chance, 2), value(&mut chance, 3));
    let (n, s, o) = (numbers(&mut chance), texts(&mut chance), object(&mut chance, 3));
    json!({ "a": a, "b": b, "n": n, "s": s, "o": o, "m": m })
}

/// A data document. Some of it lies beside rules.
pub fn data(seed: u64) -> Value {
    let mut chance = Chance::new(seed.wrapping_add(1 << 41));
    let (beside, deeper) = (value(&mut chance, 2), value(&mut chance, 1));
    json!({ "d": input(seed.wrapping_add(1 << 40)), "q": { "base": beside, "sub": { "base": deeper } } })
}

fn value(chance: &mut Chance, room: usize) -> Value {
    match chance.below(if room == 0 { 7 } else { 12 }) {
        0 | 1 => json!(chance.below(5) as i64 - 1),
        2 | 3 => json!(*chance.pick(&["a", "b", "c", "", "a b", "1"])),
        4 => json!(chance.often(50)),
        5 => json!(1.5),
        6 => Value::Null,
        7..10 => object(chance, room),
        _ => Value::Array((0..chance.below(4)).map(|_| value(chance, room - 1)).collect()),
    }
}

fn object(chance: &mut Chance, room: usize) -> Value {
    let keys = ["a", "b", "c"].into_iter().filter(|_| chance.often(70)).collect::<Vec<_>>();
    Value::Object(keys.into_iter().map(|key| (key.to_owned(), value(chance, room - 1))).collect())
}

fn numbers(chance: &mut Chance) -> Value {
    Value::Array((0..chance.below(5)).map(|_| json!(chance.below(5) as i64 - 1)).collect())
}

fn texts(chance: &mut Chance) -> Value {
    Value::Array((0..chance.below(4)).map(|_| json!(*chance.pick(&["a", "b", "c", "ab"]))).collect())
}
