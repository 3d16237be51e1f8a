//! Laws of programs: as bytes they are the same program, damaged bytes are refused, and no evaluation shows in the next.

use crate::{call, tries};
use base64::Engine as _;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regate::api::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MODULES: [(&str, &str); 6] = [
    (
        "v1",
        "package app\n\ndefault allow := false\n\nallow if input.user in data.admins\n\ngreeting := sprintf(\"hello %s\", [input.user])\n",
    ),
    ("v0", "package older\n\nallow { input.user == data.admins[_] }\n\nnames[name] { name := upper(input.user) }\n"),
    (
        "v1",
        "package app.numbers\n\nbig := 1234567890123456789012345678901234567890 + input.n\n\npairs := {[a, b] | some a in data.admins; some b in data.admins; a < b}\n",
    ),
    (
        "v1",
        "package app.chance\n\nroll := rand.intn(input.user, 6)\n\nnow := time.now_ns()\n\nid := uuid.rfc4122(\"x\")\n",
    ),
    (
        "v1",
        "package lib\n\nimport data.app\n\ngreeting := concat(\" \", [app.greeting, \"again\"])\n\nhalf(x) := x / 2\n\nhalves := [half(x) | some x in [1, 2, input.n]]\n",
    ),
    ("v1", "package conflicts\n\nx := 1 if input.n > 1\n\nx := 2 if input.n > 2\n"),
];

fn modules() -> impl Strategy<Value = (Value, &'static str)> {
    select(vec!["v0", "v1"]).prop_flat_map(|dialect| {
        let sources: Vec<&str> = MODULES.iter().filter(|(of, _)| *of == dialect).map(|(_, source)| *source).collect();
        let count = sources.len();
        proptest::sample::subsequence(sources, 1..=count).prop_map(move |sources| {
            let modules = sources
                .iter()
                .enumerate()
                .map(|(at, source)| json!({ "path": format!("m{at}.rego"), "source": source }));
            (modules.collect(), dialect)
        })
    })
}

fn input() -> impl Strategy<Value = Value> {
    (select(vec!["ada", "bob", "\u{1f6a7}"]), -5_i64..5).prop_map(|(user, n)| json!({ "user": user, "n": n }))
}

/// The answers of every entrypoint, with what they cost.
fn answers(engine: &mut Engine, program: &Value, input: &Value) -> Vec<String> {
    let entrypoints = program["entrypoints"].as_array().unwrap();
    let ask = |entrypoint: &Value| {
        json!({ "handle": program["handle"], "entrypoint": entrypoint, "now_ms": 1_000, "seed": 7 }).to_string()
    };
    let document = input.to_string();
    entrypoints.iter().map(|entrypoint| engine.call("evaluate", &ask(entrypoint), Some(document.as_bytes()))).collect()
}

fn bytes_of(engine: &mut Engine, program: &Value) -> Vec<u8> {
    let answer = call(engine, "to_bytes", &json!({ "handle": program["handle"] }), None);
    bytes_in(&answer)
}

fn bytes_in(answer: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(answer["bytes"].as_str().unwrap()).unwrap()
}

proptest! {
    #![proptest_config(tries(60))]

    #[test]
    fn bytes_give_the_same_program((modules, dialect) in modules(), input in input(), admins in proptest::collection::vec("[a-c]{1,2}", 0..4)) {
        let mut engine = Engine::new();
        let data = json!({ "admins": admins });
        let compiled = call(&mut engine, "compile", &json!({ "modules": modules, "dialect": dialect, "data": data }), None);
        prop_assert!(compiled["handle"].is_u64(), "{}", compiled);
        let bytes = bytes_of(&mut engine, &compiled);
        let mut elsewhere = Engine::new();
        let loaded = call(&mut elsewhere, "from_bytes", &json!({}), Some(&bytes));
        for part in ["revision", "entrypoints", "builtins", "host_functions"] {
            prop_assert_eq!(&loaded[part], &compiled[part], "{}", part);
        }
        prop_assert_eq!(answers(&mut elsewhere, &loaded, &input), answers(&mut engine, &compiled, &input));
        prop_assert_eq!(bytes_of(&mut elsewhere, &loaded), bytes);
        // The revision follows what decides the answers: other data, another revision.
        let other = call(&mut elsewhere, "set_data", &json!({ "handle": loaded["handle"] }), Some(br#"{"admins": ["somebody else"]}"#));
        prop_assert_ne!(&other["revision"], &compiled["revision"]);
    }

    #[test]
    fn damaged_bytes_are_refused((modules, dialect) in modules(), at in any::<Index>(), flip in 1_u8..=255, cut in any::<Index>(), tail in proptest::collection::vec(any::<u8>(), 1..5)) {
        let mut engine = Engine::new();
        let compiled = call(&mut engine, "compile", &json!({ "modules": modules, "dialect": dialect }), None);
        let bytes = bytes_of(&mut engine, &compiled);
        let mut flipped = bytes.clone();
        flipped[at.index(bytes.len())] ^= flip;
        let shortened = bytes[..cut.index(bytes.len())].to_vec();
        let lengthened = [bytes.clone(), tail].concat();
        for damaged in [flipped, shortened, lengthened] {
            let answer = call(&mut engine, "from_bytes", &json!({}), Some(&damaged));
            prop_assert!(matches!(answer["error"]["code"].as_str(), Some("program_damaged" | "program_version")), "{}", answer);
        }
        let loaded = call(&mut engine, "from_bytes", &json!({}), Some(&bytes));
        prop_assert_eq!(&loaded["revision"], &compiled["revision"]);
    }

    #[test]
    fn bytes_that_were_put_together_wrongly_end((modules, dialect) in modules(), at in any::<Index>(), flip in 1_u8..=255, input in input()) {
        let mut engine = Engine::new();
        let compiled = call(&mut engine, "compile", &json!({ "modules": modules, "dialect": dialect }), None);
        let mut bytes = bytes_of(&mut engine, &compiled);
        let payload = 40 + at.index(bytes.len() - 40);
        bytes[payload] ^= flip;
        let digest = Sha256::digest(&bytes[40..]);
        bytes[8..40].copy_from_slice(&digest);
        let answer = call(&mut engine, "from_bytes", &json!({}), Some(&bytes));
        if answer["handle"].is_u64() {
            for entrypoint in answer["entrypoints"].as_array().unwrap() {
                let request = json!({ "handle": answer["handle"], "entrypoint": entrypoint, "limits": { "steps": 100_000 } });
                let said = call(&mut engine, "evaluate", &request, Some(input.to_string().as_bytes()));
                prop_assert!(said["defined"].is_boolean() || said["error"]["code"].is_string(), "{}", said);
            }
        }
    }

    #[test]
    fn a_program_without_its_sources_answers_alike((modules, dialect) in modules(), input in input()) {
        let mut engine = Engine::new();
        let compiled = call(&mut engine, "compile", &json!({ "modules": modules, "dialect": dialect }), None);
        let request = json!({ "handle": compiled["handle"], "sources": false, "positions": false });
        let written = call(&mut engine, "to_bytes", &request, None);
        let loaded = call(&mut engine, "from_bytes", &json!({}), Some(&bytes_in(&written)));
        prop_assert_eq!(&loaded["revision"], &compiled["revision"]);
        for (without, with) in answers(&mut engine, &loaded, &input).iter().zip(answers(&mut engine, &compiled, &input)) {
            // Where they are errors, they do not say where.
            let whole: Value = serde_json::from_str(&with).unwrap();
            match whole["error"]["code"].as_str() {
                None => prop_assert_eq!(without, &with),
                Some(code) => prop_assert!(without.contains(code), "{}", without),
            }
        }
        let query = call(&mut engine, "query", &json!({ "handle": loaded["handle"], "query": "x = 1" }), None);
        prop_assert_eq!(&query["error"]["code"], "sources_missing");
        let whole = call(&mut engine, "to_bytes", &json!({ "handle": loaded["handle"] }), None);
        prop_assert_eq!(&whole["error"]["code"], "sources_missing");
    }

    #[test]
    fn no_evaluation_shows_in_the_next((modules, dialect) in modules(), first in input(), second in input(), steps in 0_u64..200) {
        let request = json!({ "modules": modules, "dialect": dialect, "data": { "admins": ["ada", "bob", "eve"] } });
        let mut fresh = Engine::new();
        let program = call(&mut fresh, "compile", &request, None);
        let expected = answers(&mut fresh, &program, &second);
        let mut used = Engine::new();
        let program = call(&mut used, "compile", &request, None);
        answers(&mut used, &program, &first);
        for entrypoint in program["entrypoints"].as_array().unwrap() {
            let stopped = json!({ "handle": program["handle"], "entrypoint": entrypoint, "limits": { "steps": steps }, "strict_builtin_errors": true });
            used.call("evaluate", &stopped.to_string(), Some(first.to_string().as_bytes()));
        }
        prop_assert_eq!(answers(&mut used, &program, &second), expected);
    }
}

/// The bytes of a program without its texts, so that most of them are its code.
fn bare_bytes(engine: &mut Engine, source: &str) -> Vec<u8> {
    let lookup = json!({ "name": "acme.lookup", "arguments": ["id: string"], "result": "object[string: any]" });
    let modules = [json!({ "path": "m.rego", "source": source })];
    let compiled =
        call(engine, "compile", &json!({ "modules": modules, "dialect": "v1", "host_functions": [lookup] }), None);
    assert!(compiled["handle"].is_u64(), "{compiled}");
    let request = json!({ "handle": compiled["handle"], "sources": false });
    bytes_in(&call(engine, "to_bytes", &request, None))
}

/// The same bytes with the digest that belongs to them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&bytes[40..]);
    bytes[8..40].copy_from_slice(&digest);
    bytes
}

const CODE: [&str; 4] = [
    "package app\n\nroles := {\"qqa\", \"qqb\", \"qqc\"}\n\nof := {\"a\": {1, 2.5}, \"b\": [{3}]}\n\nallow if {\n\tinput.user in roles\n\tnot of[input.user]\n}\n\nn[k][j] := v if {\n\tsome k, r in of\n\tsome j, v in r\n}\n\none := n.a[1]\n\nall := n\n",
    "package app\n\nimport data.users\n\nf(x) := y if {\n\ty := x + 1\n}\n\nelse := 7\n\nt := [f(x) | some x in [1, 2, input.n]]\n\nw := y if {\n\ty := t with input.n as 3 with f as 4\n}\n\np contains x if some x in t\n\nq if every x in t { p[x] }\n\nu := [c | some x in t; c := [y | some y in t; y == x; y > 1]]\n\nv := users[input.user][_].k\n",
    "package app\n\nl := [acme.lookup(id) | some id in [\"a\", \"b\"]]\n\no[k] := v if {\n\tsome k, v in {\"x\": [1], \"y\": [2]}\n}\n\nz := o[input.user]\n\ns := sprintf(\"%v %d\", [o, count(o)])\n\nx[a].b.c contains d if {\n\tsome a, d in input\n}\n\nx.fixed.b.c contains 1\n",
    "package app\n\nx := 1 if input.user == \"qqa\"\n\nx := 2 if input.user in {\"qqb\", \"qqc\"}\n\nx := 3 if input.user == \"qqd\"\n\nx := 4 if input.user == \"qqe\"\n\nx := 5 if input.m\n\nx := 6 if input.user == 1\n\n\
        f(\"qqa\", _) := 1\n\nf(a, n) := n if startswith(a, \"qq\")\n\nf(a, n) := n if startswith(a, \"q\")\n\nf(a, n) := n if startswith(a, \"r\")\n\nf(a, n) := n if startswith(a, \"s\")\n\n\
        f(a, n) := n if startswith(a, \"t\")\n\nf(a, n) := n if startswith(a, \"u\")\n\nf(a, n) := n if startswith(a, \"v\")\n\nf(a, n) := n if startswith(a, \"w\")\n\nf(a, n) := n if startswith(a, \"x\")\n\nf(a, n) := n if startswith(a, \"z\")\n\ny := f(input.user, 1)\n",
];

#[test]
fn whatever_byte_is_changed_by_whoever_knows_the_digest_is_refused_or_ends() {
    let input = json!({ "user": "qqa", "n": 2 }).to_string();
    for source in CODE {
        let mut engine = Engine::new();
        let bytes = bare_bytes(&mut engine, source);
        let mut refused = 0;
        for at in 40..bytes.len() {
            for flip in [0x01, 0x02, 0x40, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                let mut engine = Engine::new();
                let answer = call(&mut engine, "from_bytes", &json!({}), Some(&sealed(changed)));
                if !answer["handle"].is_u64() {
                    assert!(answer["error"]["code"].is_string(), "{answer}");
                    refused += 1;
                    continue;
                }
                for entrypoint in answer["entrypoints"].as_array().unwrap() {
                    let limits = json!({ "steps": 20_000, "memory_units": 1_000_000 });
                    let request = json!({ "handle": answer["handle"], "entrypoint": entrypoint, "limits": limits });
                    let said = call(&mut engine, "evaluate", &request, Some(input.as_bytes()));
                    let ends =
                        said["defined"].is_boolean() || said["needs"].is_array() || said["error"]["code"].is_string();
                    assert!(ends, "byte {at} ^ {flip}: {said}");
                }
            }
        }
        assert!(refused > bytes.len(), "{refused} of {} were refused", 4 * (bytes.len() - 40));
    }
}

#[test]
fn a_set_or_an_object_that_is_in_no_order_is_refused() {
    let mut engine = Engine::new();
    let bytes = bare_bytes(&mut engine, CODE[0]);
    let at = bytes.windows(9).position(|window| window == b"qqaqqbqqc").unwrap();
    for (position, byte) in [(2, b'z'), (5, b'a'), (8, b'b')] {
        let mut changed = bytes.clone();
        changed[at + position] = byte;
        let answer = call(&mut engine, "from_bytes", &json!({}), Some(&sealed(changed)));
        assert_eq!(answer["error"]["code"], "program_damaged", "{answer}");
    }
    let mut changed = bytes.clone();
    changed[at + 8] = b'z';
    let answer = call(&mut engine, "from_bytes", &json!({}), Some(&sealed(changed)));
    assert!(answer["handle"].is_u64(), "{answer}");
}
