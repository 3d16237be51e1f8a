//! Rules of the older dialect that the engine would read as several: a name alone would be true, and what follows it lost.
//!
//! `allow if { … }` without the import of `if` is to the engine a rule `allow`, always true, and a rule `if`. OPA refuses
//! it, and so do we.

use super::outline::{Outline, Rule};
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::syntax::lexer::{Kind, Token};

/// Findings in a module of the older dialect that parses.
pub fn findings(text: &Text<'_>, tokens: &[Token], outline: &Outline) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let imports_contains = imports_keyword(outline, "contains");
    // Rules that begin where the last one was refused are parts of it.
    let mut refused_line = None;
    for rule in &outline.rules {
        let (start, _) = text.places(rule.range.clone());
        let (end, _) = text.places(rule.range.end..rule.range.end);
        if refused_line == Some(start.line) {
            refused_line = Some(end.line);
            continue;
        }
        let follower = tokens
            .get(tokens.partition_point(|token| token.range.start < rule.range.end))
            .filter(|token| token.kind == Kind::Word);
        let word = follower.map_or("", |token| token.text(text.source()));
        let uses_contains = !imports_contains && head_uses_contains(text, tokens, rule);
        if rule.is_bare || uses_contains {
            let word = if uses_contains { "contains" } else { word };
            findings.push(
                Diagnostic::error(
                    text,
                    rule.name_range.clone(),
                    "rego_parse_error",
                    "var cannot be used for rule name",
                )
                .with_help(advice(word)),
            );
            refused_line = Some(end.line);
        } else if let Some(follower) = follower
            && (!rule.has_body || matches!(word, "if" | "contains"))
        {
            findings.push(
                Diagnostic::error(
                    text,
                    follower.range.clone(),
                    "rego_parse_error",
                    format!("unexpected `{word}` after a rule"),
                )
                .with_help(advice(word)),
            );
            refused_line = Some(end.line);
        }
    }
    findings
}

/// Whether `contains` stands between the name of a rule and its body.
fn head_uses_contains(text: &Text<'_>, tokens: &[Token], rule: &Rule) -> bool {
    let first = tokens.partition_point(|token| token.range.start <= rule.range.start);
    tokens
        .iter()
        .skip(first)
        .take_while(|token| token.range.end <= rule.range.end)
        .map(|token| token.text(text.source()))
        .take_while(|&word| !matches!(word, "{" | "(" | "=" | ":="))
        .any(|word| word == "contains")
}

fn imports_keyword(outline: &Outline, keyword: &str) -> bool {
    outline.imports.iter().any(|import| {
        let path: Vec<&str> = import.path.iter().map(String::as_str).collect();
        path == ["future", "keywords"] || path == ["future", "keywords", keyword]
    })
}

fn advice(follower: &str) -> String {
    match follower {
        "if" | "contains" => {
            format!(
                "`{follower}` is no keyword in this dialect: add `import rego.v1`, or `import future.keywords.{follower}`"
            )
        }
        _ => "give the rule a value or a body, and begin each rule on a line of its own".to_owned(),
    }
}
