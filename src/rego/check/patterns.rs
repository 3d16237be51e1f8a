//! Every pattern that stands in a text is one: a rule that searches for what is none would be undefined, and never fire.

use super::outline::Call;
use crate::rego::diagnostic::{Diagnostic, Text};
use crate::rego::pattern::{self, Pattern};

/// What is wrong with the pattern that is written in a call of a builtin. `regex.is_valid` may ask about any text.
pub fn finding(text: &Text<'_>, call: &Call, builtin: &str) -> Option<Diagnostic> {
    let argument = |at: usize| call.texts.get(at)?.as_ref();
    let (written, range) = argument(usize::from(builtin == "regex.replace"))?;
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
    let message = format!("{builtin}: the pattern cannot be used: {why}");
    Some(Diagnostic::error(text, range.clone(), "pattern_invalid", message).with_help(
        "patterns are those of RE2; a backslash is written twice in quotation marks, and once between backticks",
    ))
}
