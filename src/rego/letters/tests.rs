//! The tables of letters: written from those of the standard library, committed, and compared here. `BLESS=1` rewrites them.
#![allow(clippy::panic, clippy::expect_used, reason = "a test says what is wrong by failing")]

use super::{capital, has_cases, small};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rego/letters/cases.rs");

/// One for one: of several, the first.
fn expected_small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// One for one. Of several there is none, or one of its own with an iota.
fn expected_capital(c: char) -> char {
    let mut capital = c.to_uppercase();
    if let (Some(one), None) = (capital.next(), capital.next()) {
        return one;
    }
    let above = match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => 0,
    };
    char::from_u32(u32::from(c) + above).expect("it is a capital")
}

fn has_other_forms(c: char) -> bool {
    !c.to_lowercase().eq([c]) || !c.to_uppercase().eq([c])
}

/// First, last, step, and what is added.
fn runs(other: fn(char) -> char) -> Vec<(u32, u32, u32, i32)> {
    let mut runs: Vec<(u32, u32, u32, i32)> = Vec::new();
    for c in '\u{80}'..=char::MAX {
        let code = u32::from(c);
        let by = u32::from(other(c)).cast_signed() - code.cast_signed();
        if by == 0 {
            continue;
        }
        match runs.last_mut() {
            Some((first, last, step, same)) if by == *same && first == last && code - *last <= 2 => {
                *step = code - *last;
                *last = code;
            }
            Some((_, last, step, same)) if by == *same && code - *last == *step => *last = code,
            _ => runs.push((code, code, 1, by)),
        }
    }
    runs
}

fn table(name: &str, about: &str, other: fn(char) -> char) -> String {
    let runs = runs(other);
    let lines = runs.iter().map(|(first, last, step, other)| {
        format!("    Run {{ first: {first:#x}, last: {last:#x}, step: {step}, other: {other} }},\n")
    });
    format!("\n/// {about}\npub const {name}: [Run; {}] = [\n{}];\n", runs.len(), lines.collect::<String>())
}

#[test]
fn the_tables_are_those_of_unicode() {
    let several = |c: &char| has_other_forms(*c) && expected_small(*c) == *c && expected_capital(*c) == *c;
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for code in ('\u{80}'..=char::MAX).filter(several).map(u32::from) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == code => *last = code,
            _ => ranges.push((code, code)),
        }
    }
    let lines = ranges.iter().map(|(first, last)| format!("    ({first:#x}, {last:#x}),\n")).collect::<String>();
    let text = [
        "//! The cases of letters that are not of ASCII, in ascending order. Generated: `BLESS=1 cargo test --lib letters` writes it anew.\n\n",
        "use super::Run;\n",
        &table("SMALL", "From capitals to small letters.", expected_small),
        &table("CAPITALS", "From small letters to capitals.", expected_capital),
        "\n/// Letters whose other case is several characters, first and last.\n",
        &format!("pub const SEVERAL: [(u32, u32); {}] = [\n{lines}];\n", ranges.len()),
    ]
    .concat();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(FILE, &text).expect("the tables can be written");
        return;
    }
    let known = std::fs::read_to_string(FILE).expect("the tables are there");
    assert!(known == text, "the tables of letters are not those of Unicode; run `BLESS=1 cargo test --lib letters`");
}

#[test]
fn each_letter_has_the_cases_that_unicode_gives_it() {
    for c in '\0'..=char::MAX {
        assert_eq!(small(c), expected_small(c), "{c:?}");
        assert_eq!(capital(c), expected_capital(c), "{c:?}");
        assert_eq!(has_cases(c), has_other_forms(c), "{c:?}");
    }
}
