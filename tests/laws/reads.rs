//! What is read of an input: a program answers the same, at the same cost, whether all of a document was read, or only what it can look
//! at, from text or from a tape.

use crate::{call, tries};
use base64::Engine as _;
use proptest::prelude::*;
use regate::api::{Engine, Outcome};
use serde_json::{Map, Value, json};

/// Choices, one after the other; the first of each where there are no more.
struct Choices<'c> {
    left: std::slice::Iter<'c, u16>,
    /// Numbers that make names unlike one another.
    fresh: usize,
}

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.left.next().copied().unwrap_or(0)) % count
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn name(&mut self) -> String {
        self.fresh += 1;
        format!("v{}", self.fresh)
    }
}

const KEYS: [&str; 10] =
    ["a", "b", "c", "d", "é\n", "long enough to differ late 1", "a\0", "12345678", "12345678a", ""];

/// A part of the input, by a reference whose variables are its own.
fn reference(choices: &mut Choices<'_>) -> String {
    let mut text = if choices.below(12) == 0 { "object.get(input, \"a\", {})".to_owned() } else { "input".to_owned() };
    if text != "input" {
        return text;
    }
    for _ in 0..choices.below(4) + usize::from(choices.below(8) > 0) {
        match choices.below(9) {
            0..=3 => text.push_str(&format!("[{}]", json!(KEYS[choices.below(KEYS.len())]))),
            4 | 5 => text.push_str(&format!(".{}", choices.of(&["a", "b", "c"]))),
            6 => text.push_str("[_]"),
            7 => text.push_str(choices.of(&["[0]", "[1]"])),
            _ => text.push_str(choices.of(&["[input.b]", "[input.c.d]"])),
        }
    }
    text
}

fn constant(choices: &mut Choices<'_>) -> &'static str {
    choices.of(&["1", "2", "\"a\"", "true", "null", "[]", "{}", "{\"a\": 1}"])
}

/// A value that a rule may say; `before` are the rules above it.
fn term(choices: &mut Choices<'_>, before: usize) -> String {
    let (r, v) = (reference(choices), choices.name());
    match choices.below(14) {
        0 => format!("[{v}.a | some {v} in {r}]"),
        1 => format!("{{{v} | some {v} in {r}; {v}.b == {}}}", constant(choices)),
        2 => format!("{{{v}: w | some {v}, w in {r}}}"),
        3 => format!("count({r})"),
        4 => format!("f({r})"),
        5 => format!("g({r}, {})", reference(choices)),
        6 if before > 0 => format!("r{}[_].a", choices.below(before)),
        7 if before > 0 => format!("r{}.a", choices.below(before)),
        8 => format!("{{\"a\": {r}, \"b\": [{}]}}", reference(choices)),
        9 => format!("[{r}, {}][_].a", reference(choices)),
        10 => format!("{{\"k\": {r}}}.k.b"),
        11 => format!("count([1 | some {v} in {{{v} | some {v} in {r}}}; {v}.a == {v}.a])"),
        _ => r,
    }
}

fn body(choices: &mut Choices<'_>, before: usize) -> String {
    let mut statements = Vec::new();
    for _ in 0..=choices.below(3) {
        let (r, v) = (reference(choices), choices.name());
        statements.push(match choices.below(18) {
            0 | 1 => format!("{r} == {}", constant(choices)),
            2 => format!("{r} == {}", reference(choices)),
            3 => format!("not {r}"),
            4 => format!("every {v} in {r} {{ {v}.a }}"),
            5 => format!("some {v} in {r}; {v}.c != {}", constant(choices)),
            6 => format!("[{v}, _] = {r}; {v}.a"),
            7 => format!("{{\"a\": {v}}} = {r}; {v}.b"),
            8 => format!("walk({r}, [{v}, _]); count({v}) > 1"),
            9 => format!("{} with input as {}", reference(choices), reference(choices)),
            10 => format!("{} with input.a as {}", reference(choices), constant(choices)),
            11 => format!("{} with input.b.c as {}", term(choices, before), reference(choices)),
            12 => format!("f({r}) with f as h"),
            13 => format!("{} with input.a[0].b as {}", reference(choices), constant(choices)),
            14 => format!("count({r}) == count({r}) with count as k"),
            15 if before > 0 => format!("some {v}; data.t[{v}].a with data.t.r0 as {r}"),
            16 if before > 0 => format!("data.t.r{}.a with data.t.r0 as {r}", choices.below(before)),
            _ => r,
        });
    }
    statements.join("; ")
}

/// A package `t` with some rules `r0`, `r1`, …
fn module(choices: &mut Choices<'_>) -> (String, usize) {
    let mut text = String::from(
        "package t\n\nf(x) := x.a\n\nf(x) := x.b if x.c == 1\n\ng(x, y) := [x.b, y.c[_]] if y.a\n\nh(x) := {\"a\": x.d}\n\nk(x) := x.a\n\nwhole := input\n\n",
    );
    let rules = 2 + choices.below(3);
    for at in 0..rules {
        for _ in 0..=choices.below(2) {
            let (head, body) = (term(choices, at), body(choices, at));
            text.push_str(&match (at + choices.below(3)) % 3 {
                0 if choices.below(3) == 0 => {
                    format!(
                        "r{at} := {head} if {{ {body} }} else := {} if {{ {} }}\n\n",
                        term(choices, at),
                        self::body(choices, at)
                    )
                }
                0 => format!("r{at} := {head} if {{ {body} }}\n\n"),
                1 if at % 2 == 1 => format!("r{at} contains {head} if {{ {body} }}\n\n"),
                _ if at % 2 == 1 => format!("r{at} contains x if {{ some x in [{head}]; {body} }}\n\n"),
                _ => format!("r{at} := x if {{ x := {head}; {body} }}\n\n"),
            });
        }
    }
    (text, rules)
}

/// A JSON text in which keys may be escaped and repeat.
fn document(choices: &mut Choices<'_>, depth: usize) -> String {
    let blank = choices.of(&["", "", " ", "\n\t"]);
    match choices.below(if depth == 0 { 6 } else { 14 }) {
        0 => "null".to_owned(),
        1 => choices.of(&["true", "false"]).to_owned(),
        2 | 3 => choices.of(&["1", "2", "-0", "1.0", "0.5e+3", "123456789012345678901"]).to_owned(),
        4 | 5 => choices.of(&["\"a\"", "\"b\"", "\"\\u00e9\"", "\"x\\\"y\"", "\"a\\ud83d\\ude00\""]).to_owned(),
        6..=8 => {
            let items: Vec<String> = (0..choices.below(4)).map(|_| document(choices, depth - 1)).collect();
            format!("[{blank}{}{blank}]", items.join(","))
        }
        _ => {
            let members: Vec<String> = (0..choices.below(6))
                .map(|_| {
                    let key = match choices.below(8) {
                        0 => "\"\\u0061\"".to_owned(),
                        1 => "\"un\\u0072eached\"".to_owned(),
                        _ => json!(KEYS[choices.below(KEYS.len())]).to_string(),
                    };
                    format!("{key}{blank}:{blank}{}", document(choices, depth - 1))
                })
                .collect();
            format!("{{{}{blank}}}", members.join(&format!("{blank},")))
        }
    }
}

/// What is reached at a place: what of each key, and what of the rest. `None`: everything.
#[derive(Clone)]
struct Place {
    keys: Vec<(String, Option<Place>)>,
    rest: Option<Option<Box<Place>>>,
}

/// The tree that an answer of `reads` says.
fn tree(nodes: &[Value]) -> Option<Place> {
    let mut places: Vec<Option<Place>> = vec![None; nodes.len()];
    let mut end = nodes.len();
    for (at, node) in nodes.iter().enumerate().rev() {
        let (kind, keys) = node.as_array().unwrap().split_first().unwrap();
        let first = end - keys.len() - usize::from(kind == 2);
        if kind != 0 {
            let keys = keys.iter().map(|key| key.as_str().unwrap().to_owned());
            places[at] = Some(Place {
                rest: (kind == 2).then(|| places[end - 1].clone().map(Box::new)),
                keys: keys.zip(places[first..].iter().cloned()).collect(),
            });
        }
        end = first;
    }
    assert_eq!(end, 1, "each place is led to once");
    places.swap_remove(0)
}

/// A tape, of all of a value or of what is reached of it.
#[derive(Default)]
struct Tape {
    words: Vec<u32>,
    text: String,
}

impl Tape {
    fn string(&mut self, kind: u32, text: &str) {
        self.words.push(u32::try_from(text.encode_utf16().count()).unwrap() << 3 | kind);
        self.text.push_str(text);
    }

    fn write(&mut self, value: &Value, at: Option<&Place>) {
        match value {
            Value::Null => self.words.push(0),
            Value::Bool(value) => self.words.push((1 + u32::from(*value)) << 3),
            Value::Number(number) => {
                let text = number.to_string();
                match number.as_i64().and_then(|number| i32::try_from(number).ok()) {
                    Some(number) if number.to_string() == text && number.abs() < 1 << 28 => {
                        self.words.push((number << 3 | 1).cast_unsigned());
                    }
                    _ => self.string(3, &text),
                }
            }
            Value::String(text) => self.string(4, text),
            Value::Array(items) => {
                let items: &[Value] = if at.is_some_and(|place| place.rest.is_none()) { &[] } else { items };
                self.words.push(u32::try_from(items.len()).unwrap() << 3 | 5);
                let each = at.and_then(|place| place.rest.as_ref()?.as_deref());
                items.iter().for_each(|item| self.write(item, each));
            }
            Value::Object(members) => self.members(members, at),
        }
    }

    fn members(&mut self, members: &Map<String, Value>, at: Option<&Place>) {
        let Some(Place { keys, rest }) = at else {
            self.words.push(u32::try_from(members.len()).unwrap() << 3 | 6);
            for (key, value) in members {
                self.string(4, key);
                self.write(value, None);
            }
            return;
        };
        if rest.is_none() && keys.len() <= 64 {
            self.words.push(u32::try_from(keys.len()).unwrap() << 3 | 7);
            for (key, below) in keys {
                match members.get(key) {
                    Some(value) => self.write(value, below.as_ref()),
                    None => self.words.push(3 << 3),
                }
            }
            return;
        }
        let known = |key: &str| keys.iter().find(|(own, _)| own == key).map(|(_, below)| below.as_ref());
        let kept: Vec<_> = members.iter().filter(|(key, _)| rest.is_some() || known(key).is_some()).collect();
        self.words.push(u32::try_from(kept.len()).unwrap() << 3 | 6);
        for (key, value) in kept {
            self.string(4, key);
            self.write(value, known(key).unwrap_or_else(|| rest.as_ref().and_then(|rest| rest.as_deref())));
        }
    }
}

/// What came of an evaluation: its answer or error, and what it took.
fn outcome(engine: &mut Engine, outcome: Outcome) -> String {
    match outcome {
        Outcome::Text => engine.take_text(),
        Outcome::Value => format!("{} {:?}", engine.take_text(), engine.cost()),
        other => format!("{other:?} {:?}", engine.cost()),
    }
}

/// An evaluation on the way that texts of JS go, whose memory the one after it takes.
fn reserved(engine: &mut Engine, handle: u32, entrypoint: &str, text: &str) -> Outcome {
    engine.reserve(text.len())[..text.len()].copy_from_slice(text.as_bytes());
    engine.evaluate_reserved(handle, entrypoint, text.len(), 0)
}

/// How many programs and how many documents of a run had something to leave out.
#[derive(Default)]
struct Counted {
    compiled: usize,
    answered: usize,
    partial: usize,
}

fn agree(choices: &[u16], counted: &mut Counted) {
    let mut choices = Choices { left: choices.iter(), fresh: 0 };
    let (source, rules) = module(&mut choices);
    let mut engine = Engine::new();
    let request = json!({ "modules": [{ "path": "t.rego", "source": source }], "dialect": "v1" });
    let answer = call(&mut engine, "compile", &request, None);
    let Some(handle) = answer["handle"].as_u64() else { return };
    counted.compiled += 1;
    let number = u32::try_from(handle).unwrap();
    let bytes = call(&mut engine, "to_bytes", &json!({ "handle": handle, "sources": false, "positions": false }), None);
    let bytes = base64::engine::general_purpose::STANDARD.decode(bytes["bytes"].as_str().unwrap()).unwrap();
    let loaded = call(&mut engine, "from_bytes", &json!({}), Some(&bytes))["handle"].clone();
    for _ in 0..3 {
        let text = document(&mut choices, 4);
        let value: Value = serde_json::from_str(&text).unwrap();
        // What is no JSON is told alike, also where nobody looks.
        let mut damaged = text.clone();
        let place = choices.below(text.len() + 1);
        if text.is_char_boundary(place) {
            damaged.insert_str(place, choices.of(&[",", "\"", "}", "[", "\\ud800", "1e999999999", "x"]));
        }
        for entrypoint in (0..rules).map(|at| format!("t/r{at}")).chain(["t".to_owned()]) {
            let reads = call(&mut engine, "reads", &json!({ "handle": handle, "entrypoint": entrypoint }), None);
            assert_eq!(reads, call(&mut engine, "reads", &json!({ "handle": loaded, "entrypoint": entrypoint }), None));
            let nodes = reads["nodes"].as_array().unwrap();
            counted.partial += usize::from(nodes[0][0] != 0);
            let (mut whole, mut pruned) = (Tape::default(), Tape::default());
            whole.write(&value, None);
            pruned.write(&value, tree(nodes).as_ref());
            let first = engine.evaluate_tape(number, &entrypoint, &whole.words, whole.text.into_bytes(), 0);
            let all = outcome(&mut engine, first);
            let second = engine.evaluate_tape(number, &entrypoint, &pruned.words, pruned.text.into_bytes(), 0);
            let on_tape = outcome(&mut engine, second);
            let third = reserved(&mut engine, number, &entrypoint, &text);
            let in_text = outcome(&mut engine, third);
            let wrong = reserved(&mut engine, number, "t/whole", &damaged);
            let told_whole = outcome(&mut engine, wrong);
            let wrong = reserved(&mut engine, number, &entrypoint, &damaged);
            let told = outcome(&mut engine, wrong);
            if told_whole.starts_with("{\"error\"") || told.starts_with("{\"error\":{\"code\":\"input") {
                assert_eq!(told, told_whole, "{entrypoint}\n{source}\n{damaged}\n{reads}");
            }
            assert_eq!(all, on_tape, "on a tape: {entrypoint}\n{source}\n{text}\n{reads}");
            assert_eq!(all, in_text, "in text: {entrypoint}\n{source}\n{text}\n{reads}");
            counted.answered += 1;
        }
    }
}

#[test]
fn what_is_not_reached_changes_no_answer_and_no_cost() {
    let mut counted = Counted::default();
    let mut runner = proptest::test_runner::TestRunner::new(tries(3_000));
    let choices = proptest::collection::vec(any::<u16>(), 0..300);
    let cell = std::cell::RefCell::new(&mut counted);
    runner
        .run(&choices, |choices| {
            agree(&choices, *cell.borrow_mut());
            Ok(())
        })
        .unwrap();
    let Counted { compiled, answered, partial } = counted;
    assert!(
        partial * 8 > answered && answered > compiled,
        "hardly tried: {compiled} programs, {answered} answers, {partial} with something left out"
    );
}
