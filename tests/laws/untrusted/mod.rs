//! What must hold for texts that nobody vouches for: keys, certificates, tokens, YAML, GraphQL and JSON schemas. The targets of
//! `tests/fuzz` hold texts to it that a fuzzer makes; here it is those that were kept of them, each once.

mod asked;
#[cfg(feature = "signatures")]
mod certificates;
#[cfg(feature = "graphql")]
mod graphql;
#[cfg(feature = "signatures")]
mod keys;
#[cfg(feature = "json-schema")]
mod schemas;
#[cfg(feature = "signatures")]
mod tokens;
mod unfolded;
mod yaml;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

/// In the targets of the fuzzer this looks at a clock, and here at nothing.
mod pace {
    pub fn held<T>(evaluate: impl Fn() -> (T, u64)) -> T {
        evaluate().0
    }
}

/// Holds each text that was kept for a target to its laws. All that break one are named.
fn play(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "nothing was kept in {}", folder.display());
    let broken: Vec<_> = paths
        .iter()
        .filter(|path| {
            let bytes = fs::read(path).unwrap();
            catch_unwind(|| check(&bytes)).is_err()
        })
        .collect();
    assert!(broken.is_empty(), "these texts break a law: {broken:#?}");
}

#[cfg(feature = "signatures")]
#[test]
fn keys_that_were_kept() {
    play("keys", keys::check);
}

#[cfg(feature = "signatures")]
#[test]
fn certificates_that_were_kept() {
    play("certificates", certificates::check);
}

#[cfg(feature = "signatures")]
#[test]
fn tokens_that_were_kept() {
    play("tokens", tokens::check);
}

#[test]
fn yaml_that_was_kept() {
    play("yaml", yaml::check);
}

#[cfg(feature = "graphql")]
#[test]
fn graphql_that_was_kept() {
    play("graphql", graphql::check);
}

#[cfg(feature = "json-schema")]
#[test]
fn schemas_that_were_kept() {
    play("schemas", schemas::check);
}
