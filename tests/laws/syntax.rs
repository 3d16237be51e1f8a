//! Any text has a tree of everything that can be read, and nothing of the text is lost.

use crate::places::{check_tokens, check_tree};
use crate::tries;
use proptest::prelude::*;
use regate::rego::Dialect;
use regate::rego::analysis::{self, ModuleInput, Options};
use regate::rego::diagnostic::Text;
use regate::rego::syntax::format::format;
use regate::rego::syntax::parse;

/// Pieces that Rego is made of, and some that it is not.
const PIECES: [&str; 84] = [
    "package a.b\n",
    "import data.x.y\n",
    "import rego.v1\n",
    "import future.keywords.in\n",
    "import input.q as z\n",
    "as",
    "default ",
    "else",
    " else := 2 ",
    "not ",
    "some ",
    "with ",
    " with input as x",
    "null",
    "true",
    "false",
    " in ",
    "every ",
    "contains ",
    " if ",
    "if",
    "x",
    "y",
    "f",
    "_",
    "data",
    "input",
    "set()",
    "0",
    "1",
    "01",
    "1.",
    "2e",
    "1e9",
    "-",
    "\"s\"",
    "\"\\n\"",
    "\"\\q\"",
    "\"\\ud800\"",
    "\"open",
    "`raw`",
    "`raw\n`",
    "`",
    "$\"a {x} b\"",
    "$`c {y}`",
    "$\"{",
    "$",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ":",
    ";",
    ".",
    ":=",
    "=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "!",
    " ",
    "\t",
    "\n",
    "\r\n",
    "# note\n",
    "# METADATA\n",
    "# title: t\n",
    "\u{0}",
    "\u{feff}",
    "é",
    "\u{1F600}",
];

const MODULE: &str = r#"# METADATA
# title: An example
package shop.prices

import data.lib.money as m
import input.order

default allow := false

allow if {
	order.total < 10
	not blocked[order.user] # as ever
} else := "ask" if {
	some i, item in order.items
	item.price * 2 >= m.limit(item.kind, [1, -2.5e3])[i]["max"]
}

blocked contains user if some user in {u | u := data.users[_]; u.age <= 3}

names[id] := {"a": [x | x = id; x != null], `b`: set()} if every k, v in order { k == v }

f(x, _) := $"{x} is \{not\} {m.name(x)}" with input.order as {"total": (1 + 2) % 3}
"#;

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(0..PIECES.len(), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|piece| PIECES[piece]).collect())
}

/// A module that is well written, with a piece put somewhere into it, or something taken out.
fn damaged() -> impl Strategy<Value = String> {
    let text = MODULE.to_owned();
    let length = text.len();
    (0..length, 0..12_usize, 0..PIECES.len(), any::<bool>()).prop_map(move |(at, taken, piece, puts)| {
        let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let end =
            (at + taken..).find(|&end| end >= text.len() || text.is_char_boundary(end)).unwrap_or(at).min(text.len());
        format!("{}{}{}", &text[..at], if puts { PIECES[piece] } else { "" }, &text[end..])
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![soup(), damaged(), ".{0,80}"]
}

/// As it is typed from its start, a text ends in the middle of everything.
#[test]
fn every_beginning_of_a_module_is_read_and_formatted() {
    for end in (0..=MODULE.len()).filter(|&end| MODULE.is_char_boundary(end)) {
        let source = &MODULE[..end];
        check_tokens(source);
        for dialect in [Dialect::V0, Dialect::V1] {
            let parsed = parse(source, dialect);
            check_tree(source, &parsed);
            let once = format(source, &parsed);
            assert_eq!(format(&once, &parse(&once, dialect)), once, "{source:?}");
        }
    }
}

/// Long lines of mistakes, and many of them: each asks where its line begins, what opened it and where it ends. Whoever walks back
/// over the text for each of them is not done in minutes.
#[test]
fn a_long_text_of_mistakes_is_read_and_checked() {
    const BYTES: usize = 200_000;
    let of = |piece: &str| piece.repeat(BYTES / piece.len());
    let mut falling = String::from("q := 1\n");
    for margin in (1..300).rev() {
        falling.push_str(&format!("{}a\n{}}}\n", " ".repeat(300), " ".repeat(margin)));
    }
    let long = [
        format!("{}\n}}", of("a ")),
        format!("q := 1\n{}\n}}", of(" a:=1")),
        falling,
        format!("p if {{ {} }}", of("];")),
        format!("p if {{ {} }}", of("f(1 2);")),
        format!("p if {{ {} }}", of("';")),
        format!("p if {{ {} }}", of("x==y;")),
        format!("allow if\n{}", of("\tx == 1\n")),
        format!("allow if {}", of("input.x ")),
        format!("x := \"a\n\"{}", of(",\"b\" \"")),
        of("p: 1 "),
        of("p == 1 "),
        of("x := \"a\n"),
        of("default p { false } "),
        of("\"\"\""),
        of("[{("),
    ];
    for text in long {
        let source = format!("package p\n{text}\n");
        let places = Text::new("p.rego", &source);
        for dialect in [Dialect::V0, Dialect::V1] {
            let parsed = parse(&source, dialect);
            assert!(parsed.told().all(|error| places.places(error.span.range()).0.line > 0));
            let modules = [ModuleInput { path: "p.rego", source: &source, parsed: &parsed }];
            let findings = analysis::findings(&modules, &Options::default());
            assert!(findings.iter().all(|finding| places.places(finding.span.range()).0.line > 0));
        }
    }
}

/// A column is what an editor counts, however far behind in its line.
#[test]
fn columns_of_long_lines() {
    let line = "aé\u{1F600}\u{4e2d}".repeat(700);
    let source = format!("{line}\r\n{line}");
    let text = Text::new("p.rego", &source);
    for start in [0, line.len() + 2] {
        for (at, _) in line.char_indices().step_by(37).chain([(line.len(), ' ')]) {
            let column = line[..at].encode_utf16().count() + 1;
            assert_eq!(text.places(start + at..start + at).0.column as usize, column);
        }
    }
}

proptest! {
    #![proptest_config(tries(600))]

    #[test]
    fn the_tokens_of_a_text_print_back_to_it(source in any_text()) {
        check_tokens(&source);
    }

    #[test]
    fn every_text_has_a_tree_whose_nodes_are_where_they_say(source in any_text()) {
        for dialect in [Dialect::V0, Dialect::V1] {
            check_tree(&source, &parse(&source, dialect));
        }
    }

    #[test]
    fn formatting_twice_is_formatting_once(source in any_text()) {
        for dialect in [Dialect::V0, Dialect::V1] {
            let once = format(&source, &parse(&source, dialect));
            let twice = format(&once, &parse(&once, dialect));
            prop_assert_eq!(&twice, &once, "{:?}", source);
        }
    }

    #[test]
    fn every_finding_of_the_analysis_is_in_the_text(source in any_text(), strict in any::<bool>()) {
        for dialect in [Dialect::V0, Dialect::V1] {
            let parsed = parse(&source, dialect);
            let modules = [ModuleInput { path: "p.rego", source: &source, parsed: &parsed }];
            for finding in analysis::findings(&modules, &Options { strict, ..Options::default() }) {
                prop_assert!(source.get(finding.span.range()).is_some(), "{:?} of {:?}", finding, source);
            }
        }
    }

    /// What stands before a mistake is read as if there were none.
    #[test]
    fn a_broken_statement_leaves_those_before_it_alone(rules in 2..6_usize, broken in soup()) {
        let good: String = (0..rules).map(|n| format!("r{n} := {n}\n\n")).collect();
        let source = format!("package a\n\n{good}{broken}");
        let parsed = parse(&source, Dialect::V1);
        let names: Vec<&str> = parsed.tree.rules().map(|rule| rule.head.name()).collect();
        // Where the next text could go on with it, the last one is not told apart.
        let wanted: Vec<String> = (0..rules.saturating_sub(1)).map(|n| format!("r{n}")).collect();
        prop_assert!(names.len() >= wanted.len() && names.iter().zip(&wanted).all(|(name, wanted)| name == wanted));
    }

    /// A mistake in one rule is told once, and those of the rules behind it as well.
    #[test]
    fn each_rule_tells_its_own_mistake(broken in proptest::collection::vec(any::<bool>(), 1..8)) {
        let rules: String = broken
            .iter()
            .enumerate()
            .map(|(n, is_broken)| format!("r{n} if {{\n\tx := {}\n\tx > {n}\n}}\n\n", if *is_broken { "] " } else { "1" }))
            .collect();
        let source = format!("package a\n\n{rules}");
        let parsed = parse(&source, Dialect::V1);
        prop_assert_eq!(parsed.errors.len(), broken.iter().filter(|is_broken| **is_broken).count());
        prop_assert_eq!(parsed.tree.rules().count(), broken.len());
        prop_assert!(parsed.errors.iter().skip(1).all(|error| error.is_beyond_opa));
    }
}
