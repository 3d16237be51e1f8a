//! Bundles: what `opa build` writes is read, and what is not read is refused.

use flate2::{Compression, write::GzEncoder};
use regate::api::Engine;
use serde_json::{Value, json};
use std::io::Write;

const MODULE: &str = "package a.b\n\nimport rego.v1\n\nx := data.a.c\n";

/// The archive, compressed.
fn packed(archive: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(archive).unwrap();
    encoder.finish().unwrap()
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // As it is: the crate would refuse a name that leads out.
        let name = path.as_bytes();
        header.as_old_mut().name[..name.len()].copy_from_slice(name);
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn bundle(files: &[(&str, &str)]) -> Vec<u8> {
    packed(&archive(files))
}

fn compile(engine: &mut Engine, bundles: &[(&str, Vec<u8>)]) -> Value {
    call(engine, "compile_bundles", bundles, json!({}))
}

fn call(engine: &mut Engine, operation: &str, bundles: &[(&str, Vec<u8>)], mut request: Value) -> Value {
    request["bundles"] = bundles.iter().map(|(name, bytes)| json!({ "name": name, "bytes": bytes.len() })).collect();
    let document: Vec<u8> = bundles.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let answer = engine.call(operation, &request.to_string(), Some(&document));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer.get("ok").cloned().unwrap_or(answer)
}

fn value(engine: &mut Engine, program: &Value, entrypoint: &str) -> Value {
    let request = json!({ "handle": program["handle"], "entrypoint": entrypoint });
    let answer: Value = serde_json::from_str(&engine.call("evaluate", &request.to_string(), None)).unwrap();
    answer["ok"]["value"].clone()
}

#[test]
fn modules_and_data_are_read_from_their_folders() {
    let mut engine = Engine::new();
    let files = [
        ("/.manifest", r#"{"revision": "7", "roots": ["a"], "metadata": {"by": "us"}}"#),
        ("/a/b/policy.rego", MODULE),
        ("/a/data.json", r#"{"c": {"one": 1}, "d": 2}"#),
        ("/a/c/data.json", r#"{"two": 2.5}"#),
        ("/policy.wasm", "not read"),
        ("/.signatures.json", "{}"),
        ("./README.md", "not read"),
    ];
    let program = compile(&mut engine, &[("bundle.tar.gz", bundle(&files))]);
    assert_eq!(program["dialects"], json!({ "a/b/policy.rego": "v1" }), "{program}");
    assert_eq!(value(&mut engine, &program, "a/b/x").to_string(), r#"{"one":1,"two":2.5}"#);
}

#[test]
fn data_in_yaml_is_what_yaml_unmarshal_makes_of_it() {
    let mut engine = Engine::new();
    let yaml = "one: &a [yes, 017, 1_000, ~, 9007199254740993, 1.50, 2020-01-01]\ntwo: {<<: {x: 1}, x: 2}\nthree: *a\n---\n: [\n";
    let files = [
        (".manifest", r#"{"roots": ["a", "p"]}"#),
        ("p.rego", "package p\n\nx := data.a\n\nis_same if data.a.c == yaml.unmarshal(input)\n"),
        ("a/c/data.yaml", yaml),
        ("a/data.json", r#"{"c": {"four": 4}}"#),
        ("a/d/data.yml", "\u{feff}five\n"),
        ("a/e/data.yml", ""),
        ("other.yaml", "[not read"),
    ];
    let program = compile(&mut engine, &[("b", bundle(&files))]);
    let list = "[true,15,1000,null,9007199254740993,1.5,\"2020-01-01\"]";
    let expected = format!(r#"{{"c":{{"four":4,"one":{list},"three":{list},"two":{{"x":2}}}},"d":"five","e":null}}"#);
    assert_eq!(value(&mut engine, &program, "p/x").to_string(), expected, "{program}");
    let alone = bundle(&[files[0], files[1], files[2]]);
    let program = compile(&mut engine, &[("b", alone)]);
    let request = json!({ "handle": program["handle"], "entrypoint": "p/is_same" });
    let answer = engine.call("evaluate", &request.to_string(), Some(json!(yaml).to_string().as_bytes()));
    assert!(answer.starts_with(r#"{"ok":{"defined":true,"value":true,"#), "{answer}");
}

#[test]
fn data_in_yaml_that_is_damaged_is_refused_with_its_place() {
    let many = format!("{}: 1", "a".repeat(20));
    let aliases = format!("a: &a [{}]\nb: &b [{}]\nc: [{}]\n", "1, ".repeat(999), "*a, ".repeat(999), "*b, ".repeat(9));
    let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    let mut elsewhere = Vec::new();
    for (text, expected) in [
        ("a: [1, 2\nb: 3\n", "line 2 column 2"),
        ("a: 1\nb: 2\n c: 3\n", "line 3 column 3"),
        ("é: \"\n", "line 1 column 4"),
        ("a: 1\n\tb: 2\n", "line 2 column 1"),
        ("a: 1\n? [b]\n: 2\n", "line 2 column 3"),
        ("a:\n  b: !!int x\n", "line 2 column 12"),
        ("a: &a\n  - *a\n", "line 2 column 5"),
        ("a: 1\nb: [.inf, 2]\nc: 3\n", "line 2 column 5"),
        ("<<: 3\n", "line 1 column 5"),
        ("a: \u{7}\n", "line 1 column 4"),
        (&aliases, "excessive aliasing at line 2 column 448"),
    ] {
        let places = ["x/data.yaml", "x/data.yml"].map(|name| {
            let answer = compile(&mut Engine::new(), &[("b.tar.gz", bundle(&[(name, text)]))]);
            assert_eq!(answer["error"]["code"], "bundle_refused", "{text}: {answer}");
            let message = answer["error"]["message"].as_str().unwrap();
            let begin = format!("b.tar.gz: {name}: the document is not YAML: ");
            message.strip_prefix(&begin).unwrap_or_else(|| panic!("{text}: {message}")).to_owned()
        });
        if !places.iter().all(|place| place.ends_with(expected)) {
            elsewhere.push((expected, places));
        }
    }
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    for (files, expected) in [
        (vec![("data.yaml", "[1]")], "bundle_refused"),
        (vec![("data.yml", "")], "bundle_refused"),
        (vec![("data.yaml", "a: 1"), ("data.json", r#"{"a": 1}"#)], "bundle_refused"),
        (vec![("data.yaml", "a: 1"), ("data.yml", "a: 1")], "bundle_refused"),
        (vec![(".manifest", r#"{"roots": ["a"]}"#), ("data.yaml", "b: 1")], "bundle_refused"),
        (vec![(".manifest", r#"{"roots": ["a"]}"#), ("b/data.yml", "1")], "bundle_refused"),
        (vec![("a/data.yaml", "b: {x: 1}"), ("p.rego", MODULE)], "rego_compile_error"),
        (vec![("a/data.yaml", &deep)], "limit_exceeded"),
        (vec![("data.yaml", &many), ("data.json", "{}")], "none"),
    ] {
        let answer = compile(&mut Engine::new(), &[("b", bundle(&files))]);
        assert_eq!(answer["error"]["code"].as_str().unwrap_or("none"), expected, "{answer}");
    }
    let not_utf8 = {
        let mut archive = archive(&[("data.yaml", "a: xy")]);
        archive[512 + 3] = 0xff;
        packed(&archive)
    };
    let answer = compile(&mut Engine::new(), &[("b", not_utf8)]);
    assert!(
        answer["error"]["message"].as_str().unwrap().starts_with("b: data.yaml: the document is not UTF-8"),
        "{answer}"
    );
    let large = format!("a:\n{}", "- 1\n".repeat(4_000_000));
    let answer = compile(&mut Engine::new(), &[("b", bundle(&[("data.yaml", &large)]))]);
    assert_eq!(answer["error"]["limit"]["name"], "memory_units", "{answer}");
}

#[test]
fn the_manifest_says_which_rego_it_is() {
    let mut engine = Engine::new();
    let manifest = r#"{"rego_version": 0, "file_rego_versions": {"/new/*.rego": 1, "*/x/o*t*.rego": 1}}"#;
    let files = [
        (".manifest", manifest),
        ("old.rego", "package old\n\nx { true }\n"),
        ("new/one.rego", "package new\n\nx if true\n"),
    ];
    let program = compile(&mut engine, &[("b", bundle(&files))]);
    assert_eq!(program["dialects"], json!({ "new/one.rego": "v1", "old.rego": "v0" }), "{program}");
    assert_eq!(
        (value(&mut engine, &program, "old/x"), value(&mut engine, &program, "new/x")),
        (json!(true), json!(true))
    );
}

#[test]
fn bundles_stand_beside_one_another() {
    let mut engine = Engine::new();
    let one = bundle(&[(".manifest", r#"{"roots": ["a/b"]}"#), ("p.rego", MODULE)]);
    let other = bundle(&[(".manifest", r#"{"roots": ["/a/c/"]}"#), ("a/c/data.json", r#"{"n": 1}"#)]);
    let program = compile(&mut engine, &[("one", one.clone()), ("other", other)]);
    assert_eq!(value(&mut engine, &program, "a/b/x"), json!({ "n": 1 }), "{program}");
    for roots in [r#"["a"]"#, r#"["a/b/c"]"#, r#"["a/b"]"#, r#"[""]"#] {
        let overlapping = bundle(&[(".manifest", &format!(r#"{{"roots": {roots}}}"#))]);
        let answer = compile(&mut engine, &[("one", one.clone()), ("other", overlapping)]);
        assert_eq!(answer["error"]["code"], "bundle_refused", "{roots}: {answer}");
    }
}

#[test]
fn the_tests_in_bundles_are_run_together() {
    let mut engine = Engine::new();
    let test = "package a.b_test\n\ntest_x if data.a.b.x == 1\n\ntest_y if data.a.b.x == 2\n\ntest_host if acme.now() with acme.now as true\n";
    let one = bundle(&[(".manifest", r#"{"roots": ["a/b"]}"#), ("p.rego", MODULE)]);
    let other = bundle(&[
        (".manifest", r#"{"roots": ["a/c", "a/b_test"]}"#),
        ("a/data.json", r#"{"c": 1}"#),
        ("p_test.rego", test),
    ]);
    let bundles = [("one", one), ("other", other)];
    let functions = json!([{ "name": "acme.now", "arguments": [], "result": "boolean" }]);
    let report = call(&mut engine, "test_bundles", &bundles, json!({ "host_functions": functions, "coverage": true }));
    let (passed, failed) = (&report["passed"], &report["failed"]);
    assert_eq!((passed, failed), (&json!(2), &json!(1)), "{report}");
    assert_eq!(report["results"][0]["file"], "other/p_test.rego");
    assert!(report["coverage"].is_object(), "{report}");
    let report = call(&mut engine, "test_bundles", &bundles, json!({ "host_functions": functions, "run": "test_x$" }));
    assert_eq!((&report["passed"], &report["failed"]), (&json!(1), &json!(0)), "{report}");
    let report = call(&mut engine, "test_bundles", &bundles, json!({}));
    assert_eq!((&report["passed"], &report["diagnostics"][0]["code"]), (&json!(0), &json!("rego_type_error")));
    let broken = [("one", bundle(&[("p.rego", "package a\n\nx := \n")])), ("two", Vec::new())];
    let report = call(&mut engine, "test_bundles", &broken[..1], json!({}));
    assert_eq!(report["diagnostics"][0]["code"], "rego_parse_error", "{report}");
    let answer = call(&mut engine, "test_bundles", &broken[1..], json!({}));
    assert_eq!(answer["error"]["code"], "bundle_refused", "{answer}");
}

#[test]
fn what_is_not_read_is_refused() {
    let deep = format!("{}data.json", "d/".repeat(40));
    let nested = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    for (files, expected) in [
        (vec![("patch.json", "{}")], "bundle_refused"),
        (vec![("data.json", "{")], "input_not_json"),
        (vec![("data.json", "[1]")], "bundle_refused"),
        (vec![("a/data.json", "1"), ("a/b/data.json", "2")], "bundle_refused"),
        (vec![("data.json", r#"{"a": {"x": 1}}"#), ("a/data.json", r#"{"x": 2}"#)], "bundle_refused"),
        (vec![("a/data.json", &nested)], "limit_exceeded"),
        (vec![(".manifest", "{")], "input_not_json"),
        (vec![(".manifest", r#"{"roots": "a"}"#)], "bundle_refused"),
        (vec![(".manifest", r#"{"roots": ["a", "a/b"]}"#)], "bundle_refused"),
        (vec![(".manifest", r#"{"roots": ["a"]}"#), ("data.json", r#"{"b": 1}"#)], "bundle_refused"),
        (vec![(".manifest", r#"{"roots": ["a/b"]}"#), ("data.json", r#"{"a": 1}"#)], "bundle_refused"),
        (vec![(".manifest", r#"{"roots": ["x"]}"#), ("p.rego", MODULE)], "bundle_refused"),
        (vec![(".manifest", r#"{"rego_version": 2}"#), ("p.rego", MODULE)], "bundle_refused"),
        (vec![("../p.rego", MODULE)], "bundle_refused"),
        (vec![("a/b/data.json", r#"{"x": 1}"#), ("p.rego", MODULE)], "rego_compile_error"),
        (vec![(deep.as_str(), "1")], "none"),
    ] {
        let answer = compile(&mut Engine::new(), &[("b", bundle(&files))]);
        let code = answer["error"]["code"].as_str().unwrap_or("none");
        assert_eq!(code, expected, "{files:?}: {answer}");
    }
}

#[test]
fn bytes_that_are_no_bundle_are_refused() {
    let whole = bundle(&[("p.rego", MODULE)]);
    let archive = archive(&[("p.rego", MODULE)]);
    for bytes in [
        Vec::new(),
        b"{}".to_vec(),
        whole[..whole.len() / 2].to_vec(),
        archive.clone(),
        packed(b"no archive, but long enough to be one block of it"),
    ] {
        let answer = compile(&mut Engine::new(), &[("b", bytes)]);
        assert_eq!(answer["error"]["code"], "bundle_refused", "{answer}");
    }
    let bomb = packed(&vec![0; 64 << 20]);
    assert_eq!(compile(&mut Engine::new(), &[("b", bomb)])["error"]["code"], "limit_exceeded");
    // Any byte may be another one: an answer comes in any case.
    for at in 0..archive.len() {
        let mut changed = archive.clone();
        changed[at] ^= 0x55;
        assert!(compile(&mut Engine::new(), &[("b", packed(&changed))]).is_object());
    }
    for (sizes, document) in [
        (vec![9], whole.clone()),
        (vec![whole.len() + 1], whole.clone()),
        (vec![whole.len()], [whole.clone(), whole.clone()].concat()),
    ] {
        let parts: Vec<Value> = sizes.iter().map(|bytes| json!({ "name": "b", "bytes": bytes })).collect();
        let answer = Engine::new().call("compile_bundles", &json!({ "bundles": parts }).to_string(), Some(&document));
        assert!(answer.contains("malformed_request") || answer.contains("bundle_refused"), "{answer}");
    }
}
