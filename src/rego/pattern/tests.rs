//! What patterns mean, as RE2 and OPA have it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use super::compiled::KNOWS_UNICODE;
use super::{Pattern, Refused};

/// Whether this build has the tables for a pattern.
fn is_known_here(pattern: &str) -> bool {
    KNOWS_UNICODE || !matches!(Pattern::of(pattern), Err(Refused::UnknownHere(_)))
}

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::of(pattern).unwrap_or_else(|refused| panic!("{pattern}: {refused:?}")).is_match(text)
}

fn split(pattern: &str, text: &str) -> Vec<String> {
    Pattern::of(pattern).unwrap().split(text).into_iter().map(str::to_owned).collect()
}

fn replaced(text: &str, pattern: &str, replacement: &str) -> String {
    Pattern::of(pattern).unwrap().replace(text, replacement)
}

#[test]
fn short_classes_and_boundaries_are_those_of_ascii() {
    let texts = ["7", "\u{667}", "_", "z", "\u{e9}", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"];
    for (pattern, which) in [
        (r"^\d$", vec!["7"]),
        (r"^\D$", vec!["\u{667}", "_", "z", "\u{e9}", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"]),
        (r"^\w$", vec!["7", "_", "z"]),
        (r"^\W$", vec!["\u{667}", "\u{e9}", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"]),
        (r"^\s$", vec!["\t", "\n"]),
        (r"^[[:space:]]$", vec!["\t", "\u{b}", "\n"]),
        (r"^[^\S]$", vec!["\t", "\n"]),
        (r"^[\W\d]$", vec!["7", "\u{667}", "\u{e9}", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"]),
        (r"^[[:^alpha:]\d]$", vec!["7", "\u{667}", "_", "\u{e9}", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"]),
        (r"^[[:word:]]$", vec!["7", "_", "z"]),
        (r"^[]\d-]$", vec!["7", "]", "-"]),
        (r"^[\d-z]$", vec!["7", "z", "-"]),
        (r"^[^]\w]$", vec!["\u{667}", "\u{e9}", "\t", "\u{b}", "\u{a0}", "-", "\n"]),
        (r"\b", vec!["7", "_", "z"]),
        (r"^.$", vec!["7", "\u{667}", "_", "z", "\u{e9}", "\t", "\u{b}", "\u{a0}", "]", "-"]),
        (r"^(?s:.)$", texts.to_vec()),
        (r"^\pL$", vec!["z", "\u{e9}"]),
        (r"^\PL$", vec!["7", "\u{667}", "_", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"]),
        (r"^\p{^L}$", vec!["7", "\u{667}", "_", "\t", "\u{b}", "\u{a0}", "]", "-", "\n"]),
        (r"^\P{^L}$", vec!["z", "\u{e9}"]),
        (r"^[\p{Nd}_]$", vec!["7", "\u{667}", "_"]),
        (r"^\p{Arabic}$", vec!["\u{667}"]),
        (r"^\p{Any}$", texts.to_vec()),
        (r"^\p{Cs}$", vec![]),
        (r"^[\x{D800}-\x{DFFF}]$", vec![]),
        (r"^[^\x{D800}]$", texts.to_vec()),
        (r"^\x{D800}$", vec![]),
    ] {
        if !is_known_here(pattern) {
            continue;
        }
        let found: Vec<&str> = texts.into_iter().filter(|text| matches(pattern, text)).collect();
        assert_eq!(found, which, "{pattern}");
    }
}

#[test]
fn parts_mean_what_they_mean_to_re2() {
    for (pattern, text, expected) in [
        // Classes do not nest, and nothing is done with two of them.
        ("^[[a]$", "[", true),
        ("^[a[b]$", "[", true),
        ("^[[a]b]$", "ab]", true),
        ("^[a&&b]$", "&", true),
        ("^[a~~b]$", "~", true),
        ("^[+--]$", ",", true),
        ("^[[=a=]$", "=", true),
        // A brace that repeats nothing is a character.
        ("^a{,2}$", "a{,2}", true),
        ("^a{,2}$", "aa", false),
        ("^{$", "{", true),
        ("^a{01}$", "a{01}", true),
        ("^a{2}$", "aa", true),
        ("^a{1,}$", "aaa", true),
        (r"^\b{start}a", "a", false),
        // Escapes.
        (r"^\<a\>$", "<a>", true),
        (r"^\_\-\/\#$", "_-/#", true),
        (r"^\07\x41\x{42}\123$", "\u{7}ABS", true),
        (r"^\a\f\n\r\t\v$", "\u{7}\u{c}\n\r\t\u{b}", true),
        (r"^\Qa.b*\E+$", "a.b**", true),
        (r"^\Q[", "[", true),
        (r"\Aa\z", "a", true),
        (r"\Aa\z", "a\n", false),
        (r"^\x{00000000041}$", "A", true),
        // Case.
        ("(?i)^k$", "\u{212a}", true),
        ("(?i)^[k]$", "\u{212a}", true),
        (r"(?i)^\w$", "\u{17f}", true),
        (r"(?i)^\W$", "\u{17f}", false),
        ("(?i)^\u{e9}$", "\u{c9}", true),
        ("(?i)^[^\u{e9}]$", "\u{c9}", false),
        ("(?i)^[[:upper:]]$", "z", true),
        (r"(?i)^\p{Lu}$", "\u{e9}", true),
        (r"(?i)^\x{e9}$", "\u{c9}", true),
        ("a(?i)b(?-i)c", "aBc", true),
        ("a(?i)b(?-i)c", "aBC", false),
        ("(?i:a)b", "AB", false),
        ("(a(?i)b|c)d", "Cd", true),
        ("(a(?i)b)c", "aBC", false),
        ("^(?ii-i:a)$", "A", false),
        ("^(?iss:a)$", "A", true),
        // Flags alone are nothing that a repetition could be of.
        ("^a(?i)*$", "aaa", true),
        ("^a(?i)*b$", "aaB", true),
        ("^a(?)+?$", "aa", true),
        ("^a*(?i)*$", "aa", true),
        ("(?m)^b$", "a\nb\nc", true),
        ("(?U)a+", "aa", true),
        // Parts that are empty.
        ("^(|a)+$", "aa", true),
        ("^()$", "", true),
        ("a||b", "", true),
        ("^*a", "a", true),
        (r"^(?P<one>a)(?<1b>b)$", "ab", true),
        (r"\Bb\B", "abc", true),
        (r"^\B$", "\u{e9}", false),
        (r"\B", "\u{e9}", true),
    ] {
        if is_known_here(pattern) {
            assert_eq!(matches(pattern, text), expected, "{pattern} in {text:?}");
        }
    }
}

#[test]
fn what_is_no_pattern_of_re2_is_none_here() {
    for pattern in [
        "(a",
        "a)",
        "[a",
        "[]",
        "[^",
        "[z-a]",
        r"[a-\d]",
        r"[\b]",
        "[[:klingon:]]",
        "[[:al pha:]]",
        "*a",
        "(*)",
        "a|*",
        "a**",
        "a+*",
        "a{2}{3}",
        "a{2,1}",
        "a{1001}",
        "(a{500}){3}",
        "((a{10}){10}b){11}",
        r"\",
        r"\Z",
        r"\C",
        r"\E",
        r"\8",
        r"\1",
        r"\x",
        r"\x4",
        r"\x{}",
        r"\x{110000}",
        r"\x{4",
        r"\xé1",
        r"\y",
        r"\é",
        r"\p",
        r"\p{",
        r"\p{Klingon}",
        r"\p{Alphabetic}",
        r"\p{L=x}",
        r"\p{}",
        r"\p{^}",
        r"\pé",
        r"\p{script=Greek}",
        "(?x)a",
        "(?u)a",
        "(?R)a",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?>a)",
        "(?P=a)",
        "(?P>a)",
        "(?#a)",
        "(?-)",
        "(?i-)",
        "(?i-:a)",
        "(?--i)",
        "(?i-s-i:a)",
        "(?",
        "(?i",
        "(?P<a",
        "(?P<>a)",
        "(?P<a-b>c)",
        "(?P<a>b)(?<a>c)",
        "(?i)*",
        "a(?i)**",
    ] {
        let refused = Pattern::of(pattern).unwrap_err();
        let is_right = match &refused {
            Refused::NotAPattern(_) => true,
            Refused::UnknownHere(_) => !is_known_here(pattern),
            _ => false,
        };
        assert!(is_right, "{pattern}: {refused:?}");
    }
}

#[cfg(feature = "unicode-patterns")]
#[test]
fn every_category_and_script_that_opa_knows_is_there() {
    for name in [
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cs",
        "L",
        "Ll",
        "Lm",
        "Lo",
        "Lt",
        "Lu",
        "M",
        "Mc",
        "Me",
        "Mn",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Pe",
        "Pf",
        "Pi",
        "Po",
        "Ps",
        "S",
        "Sc",
        "Sk",
        "Sm",
        "So",
        "Z",
        "Zl",
        "Zp",
        "Zs",
        "Arabic",
        "Cyrillic",
        "Greek",
        "Han",
        "Hebrew",
        "Hiragana",
        "Katakana",
        "Latin",
        "Thai",
        "Devanagari",
        "Common",
        "Inherited",
        "Old_Persian",
        "Nko",
        "SignWriting",
        "Vithkuqi",
    ] {
        for pattern in [format!(r"\p{{{name}}}"), format!(r"(?i)[^\p{{{name}}}]")] {
            assert!(Pattern::of(&pattern).is_ok(), "{pattern}: {:?}", Pattern::of(&pattern));
        }
    }
}

#[cfg(feature = "unicode-patterns")]
#[test]
fn what_people_write_with_classes_of_unicode_is_small_enough() {
    for pattern in [
        r"^\p{L}+$",
        r"^[\p{L}\p{N} _.-]+$",
        r"^\p{Lu}\p{Ll}+( \p{Lu}\p{Ll}+)*$",
        r"^.{1,200}$",
        r"^\P{L}*\p{L}\P{L}*$",
        r"(?i)^[a-z\p{L}]+@[\p{L}\d.]+$",
        r"[^\p{Latin}\p{Common}]",
    ] {
        assert!(Pattern::of(pattern).is_ok(), "{pattern}: {:?}", Pattern::of(pattern));
    }
}

#[test]
fn what_is_too_large_or_too_deep_is_no_mistake_of_syntax() {
    for pattern in ["((a{100}){10}b{1000}){1}[^a]{1000}".to_owned(), r"\p{L}{1000}".to_owned(), "a".repeat(262_145)] {
        // The smaller crate makes less of the first.
        if !is_known_here(&pattern) || (!KNOWS_UNICODE && pattern.starts_with('(')) {
            continue;
        }
        assert_eq!(Pattern::of(&pattern).unwrap_err(), Refused::TooLarge);
    }
    assert!(Pattern::of(&format!("{}a{}", "(".repeat(100), ")".repeat(100))).is_ok());
    assert_eq!(Pattern::of(&format!("{}a{}", "(".repeat(400), ")".repeat(400))).unwrap_err(), Refused::TooDeep);
}

#[test]
fn a_text_is_split_between_matches() {
    for (pattern, text, parts) in [
        ("", "abc", vec!["a", "b", "c"]),
        ("", "", vec![]),
        (",", "", vec![""]),
        (",", ",", vec!["", ""]),
        (",", "a,b,", vec!["a", "b", ""]),
        ("b*", "abbc", vec!["a", "c"]),
        ("^", "ab", vec!["ab"]),
        ("$", "ab", vec!["ab"]),
        ("", "\u{e9}a", vec!["\u{e9}", "a"]),
    ] {
        assert_eq!(split(pattern, text), parts, "{pattern} in {text}");
    }
}

#[test]
fn a_replacement_names_groups() {
    for (pattern, replacement, expected) in [
        ("(a)(b)", "$2$1", "bac"),
        ("(a)(b)", "${2}x$1", "bxac"),
        ("(a)(b)", "$2x", "c"),
        ("(?P<first>a)b", "<$first>", "<a>c"),
        ("(?P<first>a)b", "<${first}>$1", "<a>ac"),
        ("(?<1st>a)b", "$1st", "ac"),
        ("(a)(x)?b", "[$2]", "[]c"),
        ("ab", "$$1", "$1c"),
        ("ab", "$", "$c"),
        ("ab", "$-", "$-c"),
        ("ab", "${0", "${0c"),
        ("ab", "${0}$9", "abc"),
        ("(a)b", "$01", "c"),
        ("(a)b", "$99999999999999999999", "c"),
        ("x*", "-", "-a-b-c-"),
    ] {
        assert_eq!(replaced("abc", pattern, replacement), expected, "{pattern} by {replacement}");
    }
}

#[test]
fn matches_come_from_left_to_right() {
    let pattern = Pattern::of(r"(\w)(\d)?").unwrap();
    assert_eq!(pattern.find("a1 b").collect::<Vec<_>>(), ["a1", "b"]);
    assert_eq!(pattern.find_groups("a1 b").collect::<Vec<_>>(), [vec!["a1", "a", "1"], vec!["b", "b", ""]]);
}

#[test]
fn where_case_is_ignored_letters_have_all_their_forms() {
    for (pattern, text, expected) in [
        ("(?i)^kiss$", "\u{212A}I\u{17F}S", true),
        ("(?i)^[a-z]+$", "\u{212A}\u{17F}", true),
        ("(?i)^[^a-z]$", "\u{212A}", false),
        ("(?i)^\u{212A}\u{17F}$", "kS", true),
        (r"(?i)^\w$", "\u{17F}", true),
        (r"(?i)^\W$", "\u{17F}", false),
        (r"^\w$", "\u{17F}", false),
        ("(?i)^[[:upper:]]$", "\u{212A}", true),
        ("(?i)^[[:digit:]x]$", "\u{212A}", false),
        ("(?i:k)k", "\u{212A}k", true),
        ("(?i:k)k", "k\u{212A}", false),
        ("(?i)a(?-i)k", "AK", false),
        ("((?i)a)k", "Ak", true),
        ("((?i)a)k", "AK", false),
        ("(?i)a|k", "\u{212A}", true),
        ("(?i)^[^x]$", "\u{212A}", true),
        ("(?i)^\u{3042}$", "\u{3042}", true),
        (r"(?i)^[\W]$", "s", false),
        (r"(?i)^[\W]$", "\u{17F}", false),
        (r"(?i)^[\W_]$", "_", true),
        (r"(?i)^[\W]$", "\u{e9}", true),
        (r"(?i)^[\D\S]$", "\u{212A}", true),
        ("(?i)^k+$", "kK\u{212A}", true),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} in {text:?}");
    }
}

#[test]
fn what_only_tables_tell_is_refused_without_them() {
    for pattern in [
        "(?i)\u{e9}",
        "(?i)[\u{e0}-\u{ff}]",
        "(?i)stra\u{df}e",
        "(?i)[[:^alpha:]]",
        r"\pL",
        r"[\p{Greek}]",
        "(?i)[^\u{e9}]",
    ] {
        let found = Pattern::of(pattern);
        let is_right = match &found {
            Ok(_) => KNOWS_UNICODE,
            Err(refused) => !KNOWS_UNICODE && matches!(refused, Refused::UnknownHere(_)),
        };
        assert!(is_right, "{pattern}: {found:?}");
    }
    assert!(matches("\u{e9}", "\u{e9}") && matches("[\u{e0}-\u{ff}]", "\u{e9}"));
}
