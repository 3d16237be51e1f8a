//! Every pattern that stands in a text is one: a rule that searches for what is none would be undefined, and never fire.

use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::pattern::{self, Pattern};
use crate::rego::syntax::tree::{Call, Span, TermKind, Tree};
use crate::rego::syntax::visit;

/// What is wrong with the patterns that are written in calls of builtins. `regex.is_valid` may ask about any text.
pub fn findings(text: &Text<'_>, tree: &Tree<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    visit::terms(tree, &mut |term| {
        if let TermKind::Call(call) = &term.kind
            && let Some(builtin) = call.function.dotted_name().filter(|name| name.starts_with("regex."))
            && let Some((span, why)) = problem(call, &builtin)
        {
            let message = format!("{builtin}: the pattern cannot be used: {why}");
            findings.push(Diagnostic::error(text, span.range(), "pattern_invalid", message).with_help(
                "patterns are those of RE2; a backslash is written twice in quotation marks, and once between backticks",
            ));
        }
    });
    findings
}

fn problem(call: &Call<'_>, builtin: &str) -> Option<(Span, String)> {
    let argument = |at: usize| call.args.get(at).and_then(|arg| Some((arg.as_string()?, arg.span)));
    let (written, span) = argument(usize::from(builtin == "regex.replace"))?;
    let why = match builtin {
        "regex.match" | "regex.find_n" | "regex.find_all_string_submatch_n" | "regex.split" | "regex.replace" => {
            Pattern::of(written).err()?.in_words()
        }
        "regex.template_match" => {
            let ((open, _), (close, _)) = (argument(2)?, argument(3)?);
            match pattern::of_template(written, open, close) {
                Ok(pattern) => Pattern::of(&pattern).err()?.in_words(),
                Err(why) => why.to_owned(),
            }
        }
        _ => return None,
    };
    Some((span, why))
}
