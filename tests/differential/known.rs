//! Where regorus is known to answer otherwise than OPA, and we as OPA: each with its reason.
//!
//! What can be left out of generated policies is: the comments in `generate.rs`, `statements.rs` and `terms.rs` say so. The rest is
//! here.

use regate::rego::second_opinion::Said;

/// A difference that has been made small.
pub struct Found<'a> {
    /// All modules, one after the other.
    pub text: &'a str,
    pub ours: &'a Said,
    pub theirs: &'a Said,
    /// Whether another question about the same modules is answered by an error of ours.
    pub has_other_error: bool,
    /// Whether a builtin that fails was to be an error.
    pub is_strict: bool,
}

impl Found<'_> {
    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|words| self.text.contains(words))
    }
}

/// A known difference.
pub struct Known {
    pub reason: &'static str,
    pub is_it: fn(&Found<'_>) -> bool,
}

pub const KNOWN: &[Known] = &[
    Known {
        reason: "what has no value in OPA is an error of regorus: a builtin with an operand of another type, an index into a scalar, \
                 arrays of different lengths that are to be equal",
        is_it: |found| {
            matches!(found.theirs, Said::Error(message) if !is_conflict(message)
                && (!found.is_strict || STATEMENTS.iter().any(|words| message.contains(words))))
        },
    },
    Known {
        reason: "regorus asks all rules that a statement names before it looks at the statement, and finds that one fails; OPA asks \
                 from left to right, and none behind what has no value",
        is_it: |found| {
            matches!(found.theirs, Said::Error(message) if found.has_other_error || message.contains("functions must not"))
                && !matches!(found.ours, Said::Error(_))
        },
    },
    Known {
        reason: "regorus takes an error for no value where it is behind a `walk`, or in a function that has another definition",
        is_it: |found| {
            matches!(found.ours, Said::Error(message) if message.starts_with("eval_conflict_error"))
                && found.has(&["walk(", "f"])
        },
    },
    Known {
        reason: "OPA asks calls inside of a term before the rest of it; regorus from left to right, and not behind what has no value. \
                 Some builtins, such as `array.slice`, have no value in regorus where they fail",
        is_it: |found| found.is_strict && matches!(found.ours, Said::Error(_)),
    },
    Known {
        reason: "in regorus sets come before objects, in OPA behind them",
        is_it: |found| found.has(&[" < ", " > ", " <= ", " >= ", "sort(", "max(", "min("]),
    },
    Known {
        reason: "inside of `every`, regorus takes a statement with `=`, and one whose index is to be found in a set, to be true",
        is_it: |found| found.has(&["every "]) && found.has(&["[[", " = "]),
    },
    Known {
        reason: "for regorus `{}` is equal to every object where `=` compares parts of arrays",
        is_it: |found| found.has(&["{}"]) && found.has(&[" = "]),
    },
    Known {
        reason: "a function that is nothing but a default takes the place of no other one in regorus",
        is_it: |found| found.has(&["default f"]) && found.has(&[" with "]),
    },
];

/// What regorus says of statements that have no value in OPA, and are no failure of a builtin; and of a bracket that begins a line,
/// which it reads as the arguments of a call.
const STATEMENTS: [&str; 10] = [
    "could not find function",
    "`some .. in collection`",
    "mismatch in number of array elements",
    "incompatible destructuring",
    "object literal keys mismatch",
    "cannot be indexed",
    "duplicated definition of local variable",
    "used before definition",
    " is unsafe",
    "not a simple ref",
];

/// Whether regorus says that a policy contradicts itself.
pub fn is_conflict(message: &str) -> bool {
    message.contains("must not produce multiple outputs") || message.contains("rule conflicts with")
}
