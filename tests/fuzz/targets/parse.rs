//! Any text has tokens that print back to it, and a tree whose nodes are where they say.
#![no_main]

#[path = "../../laws/places.rs"]
mod places;

use libfuzzer_sys::fuzz_target;
use regate::rego::Dialect;
use regate::rego::syntax::parse;

fuzz_target!(|bytes: &[u8]| {
    let source = String::from_utf8_lossy(bytes);
    places::check_tokens(&source);
    for dialect in [Dialect::V0, Dialect::V1] {
        places::check_tree(&source, &parse(&source, dialect));
    }
});
