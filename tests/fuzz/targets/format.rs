//! Formatting twice is formatting once, also of texts with mistakes; and a text is a module after it was formatted if, and only if,
//! it was one before. Metadata is left out of the second: to the formatter it is comments, and where OPA puts an empty line between
//! two comments, because the first stands behind a statement, a block ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use regate::rego::Dialect;
use regate::rego::syntax::format::format;
use regate::rego::syntax::parse;

fuzz_target!(|bytes: &[u8]| {
    let source = String::from_utf8_lossy(bytes);
    for dialect in [Dialect::V0, Dialect::V1] {
        let before = parse(&source, dialect);
        let once = format(&source, &before);
        let after = parse(&once, dialect);
        assert!(
            after.is_module() == before.is_module() || source.contains("METADATA"),
            "{dialect:?}: {source:?} became {once:?}: {:?}",
            after.errors
        );
        assert_eq!(format(&once, &after), once, "{dialect:?}: {source:?}");
    }
});
