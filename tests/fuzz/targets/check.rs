//! Any bundle is checked to its end, and every finding is in its text. U+001E stands between two modules.
#![no_main]

use libfuzzer_sys::fuzz_target;
use regate::rego::{self, Capabilities, Dialect, DialectRule, Module};

/// A byte that means nothing in Rego, so that the fuzzer cuts a text in two by putting in one byte.
const BETWEEN_MODULES: char = '\u{1e}';

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let modules: Vec<Module> = text
        .split(BETWEEN_MODULES)
        .enumerate()
        .map(|(at, source)| Module { path: format!("m{at}.rego"), source: source.to_owned() })
        .collect();
    for rule in [DialectRule::Fixed(Dialect::V0), DialectRule::Fixed(Dialect::V1), DialectRule::V1ThenV0] {
        for strict in [false, true] {
            let capabilities = Capabilities { strict, ..Capabilities::default() };
            // A bundle of too many modules is refused as a whole.
            let Ok(findings) = rego::find(&modules, rule, &capabilities) else { continue };
            for finding in &findings.diagnostics {
                let module = modules.iter().find(|module| module.path == finding.file);
                let place = finding.start.byte as usize..finding.end.byte as usize;
                let is_in_text = module.is_some_and(|module| module.source.get(place).is_some());
                assert!(is_in_text && !finding.message.is_empty(), "{finding:?} of {text:?}");
            }
        }
    }
});
