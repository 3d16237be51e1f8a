//! The layers as a table: who may import whom, and which words have one home or none. The folder listing is the
//! architecture, and this keeps it true.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// A layer and the layers that it may import. Nothing imports to the right, and products never meet.
const LAYERS: [(&str, &[&str]); 12] = [
    ("error", &[]),
    ("sorted", &[]),
    ("typed", &["error", "sorted", "limits"]),
    ("limits", &["sorted"]),
    ("rego", &["error", "sorted", "typed", "limits"]),
    ("policy", &["error", "sorted", "typed", "limits", "rego"]),
    ("decision", &["error", "sorted", "typed", "limits", "rego", "policy"]),
    ("governance", &["error", "sorted", "typed", "limits", "rego", "policy", "decision"]),
    ("config", &["error", "sorted", "typed", "limits", "rego", "policy", "decision"]),
    ("action", &["error", "sorted", "typed", "limits", "rego", "policy", "decision"]),
    ("api", &["error", "sorted", "typed", "limits", "rego", "policy", "decision", "governance", "config", "action"]),
    ("wasm", &["api"]),
];

/// Inside `rego`: only the left part may import the right parts of the folder.
const REGO_LEAVES: [(&str, &[&str]); 5] = [
    ("src/rego/syntax", &["engine", "check", "analysis", "program", "testing", "allowance"]),
    ("src/rego/builtins", &["engine", "check", "program", "testing", "allowance"]),
    ("src/rego/analysis", &["engine", "program", "testing", "allowance"]),
    ("src/rego/check/outline.rs", &["engine", "analysis", "program", "testing", "allowance", "diagnostic"]),
    ("src/rego/diagnostic.rs", &["engine", "check", "program", "syntax", "testing", "allowance"]),
];

/// A word and the only files that may hold it.
const HOMES: [(&str, &[&str]); 16] = [
    ("regorus", &["src/rego/second_opinion.rs"]),
    ("wasm_bindgen", &["src/wasm.rs", "src/lib.rs"]),
    ("js_sys", &["src/wasm.rs"]),
    ("serde_wasm_bindgen", &["src/wasm.rs"]),
    ("cap::", &["src/rego/memory.rs"]),
    ("chrono", &["src/decision/audit.rs"]),
    ("regex::", &["src/rego/pattern/compiled.rs"]),
    ("sha1::", &["src/rego/vm/functions/hashes.rs"]),
    ("md5::", &["src/rego/vm/functions/hashes.rs"]),
    ("hmac::", &["src/rego/vm/functions/hashes.rs"]),
    ("p256::", &["src/rego/vm/functions/keys/ecdsa.rs", "src/rego/vm/functions/keys/tests.rs"]),
    ("ed25519_dalek", &["src/rego/vm/functions/keys/ed25519.rs"]),
    ("subtle::", &["src/rego/vm/functions/hashes.rs"]),
    // They are compiled anew for each pair of types. What is kept in order is kept in the maps and sets of `sorted`, of which these
    // files ask that they do the same and have the same TypeScript.
    ("BTreeMap", &["src/sorted/tests.rs", "src/sorted/wire.rs"]),
    ("BTreeSet", &["src/sorted/tests.rs", "src/sorted/wire.rs"]),
    (
        "granit_parser",
        &["src/action/policy/source/yaml.rs", "src/rego/syntax/yaml/mod.rs", "src/rego/syntax/yaml/refusal.rs"],
    ),
];

/// Words that the core never holds: it has no clock, no chance, no thread, and does not wait.
const HOMELESS: [&str; 8] =
    ["SystemTime", "Instant::now", "Utc::now", "async fn", "getrandom", "thread_rng", "std::fs", "std::net"];

#[test]
fn imports_point_left() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let layer = layer_of(&file);
        if layer == "lib" {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            wrong.push(format!("{file}: `{layer}` is no layer of the table"));
            continue;
        };
        for imported in imported_layers(&text) {
            let known = LAYERS.iter().any(|(name, _)| *name == imported);
            if known && imported != layer && !allowed.contains(&imported.as_str()) {
                wrong.push(format!("{file}: `{layer}` may not import `{imported}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn leaves_of_the_engine_import_nothing_above_them() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (place, refused) in REGO_LEAVES {
            if !file.starts_with(place) {
                continue;
            }
            for name in refused {
                let within = place.ends_with(name);
                if !within && names_sibling(&text, name) {
                    wrong.push(format!("{file}: may not import `rego::{name}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a text imports a part of `rego`: by its full path, in braces, or from where it stands.
fn names_sibling(text: &str, name: &str) -> bool {
    let joined = code(text).collect::<Vec<_>>().join(" ");
    ["crate::rego::", "super::"].iter().any(|root| {
        joined.split(root).skip(1).any(|rest| {
            let named = |part: &str| {
                let part = part.trim().trim_start_matches("super::");
                part.strip_prefix(name)
                    .is_some_and(|behind| !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            };
            match rest.strip_prefix('{') {
                Some(braces) => braces.split_once('}').map_or(braces, |(inside, _)| inside).split(',').any(named),
                None => named(rest),
            }
        })
    })
}

#[test]
fn the_leaves_find_a_wrong_import() {
    for text in [
        "use crate::rego::engine::Prepared;",
        "use super::engine;",
        "use super::super::engine::x;",
        "use crate::rego::{allowance, engine};",
    ] {
        assert!(names_sibling(text, "engine"), "{text}");
    }
    for text in ["use super::engineer;", "// use super::engine;", "use crate::rego::{allowance};"] {
        assert!(!names_sibling(text, "engine"), "{text}");
    }
}

#[test]
fn one_word_has_one_home() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (word, homes) in HOMES {
            if !homes.contains(&file.as_str()) && code(&text).any(|line| line.contains(word)) {
                wrong.push(format!("{file}: `{word}` may stand in {} only", homes.join(", ")));
            }
        }
        // Tests that live among the sources, and write what is generated.
        let is_test = ["src/api/types.rs", "src/rego/letters/tests.rs"].contains(&file.as_str());
        for word in HOMELESS {
            if !is_test && code(&text).any(|line| line.contains(word)) {
                wrong.push(format!("{file}: `{word}` may stand nowhere in the core"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for_and_can_be_read() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let first = text.lines().next().unwrap_or("");
        if file != "src/lib.rs" && !first.starts_with("//! ") {
            wrong.push(format!("{file}: the first line says what the file is for"));
        }
        if text.lines().count() > 650 {
            wrong.push(format!("{file}: {} lines; split it", text.lines().count()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_finds_a_wrong_import() {
    let text =
        "use crate::governance::Governance;\nuse crate::rego::{self, Program};\nuse crate::{error::Error, decision};\n";
    assert_eq!(imported_layers(text), ["governance", "rego", "error", "decision"]);
}

/// The module below `src` that a file belongs to.
fn layer_of(file: &str) -> String {
    let rest = file.strip_prefix("src/").unwrap();
    rest.split(['/', '.']).next().unwrap().to_owned()
}

/// The layers that a text names behind `crate::`, in order.
fn imported_layers(text: &str) -> Vec<String> {
    let joined: String = code(text).collect::<Vec<_>>().join(" ");
    let mut layers = Vec::new();
    for part in joined.split("crate::").skip(1) {
        let mut add = |name: &str| {
            let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                layers.push(name);
            }
        };
        match part.strip_prefix('{') {
            // `use crate::{a::B, c}`: the names at the first level of the braces.
            Some(group) => {
                let mut depth = 0;
                let mut start = 0;
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => {
                            add(&group[start..at]);
                            break;
                        }
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            add(&group[start..at]);
                            start = at + 1;
                        }
                        _ => {}
                    }
                }
            }
            None => add(part),
        }
    }
    layers
}

/// The lines that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    find(&root.join("src"), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
