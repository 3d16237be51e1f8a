//! Builtins of regular expressions and glob patterns.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "glob.match",
        "(pattern: string, delimiters: any<null, array[string]>, match: string) -> result: boolean",
        "Says whether a text matches a glob pattern with `*`, `**`, `?`, `[…]` and `{…}`.",
    )
    .explain(&[
        ("delimiters", "the characters that `*` does not pass: a dot where the list is empty, none where it is `null`"),
        ("match", "the text"),
    ]),
    declare(
        "glob.quote_meta",
        "(pattern: string) -> output: string",
        "Escapes a text so that a glob pattern takes it literally.",
    ),
    declare(
        "re_match",
        "(string, string) -> boolean",
        "Says whether a pattern occurs in a text; `regex.match` has taken its place.",
    )
    .deprecated(),
    declare(
        "regex.find_all_string_submatch_n",
        "(pattern: string, value: string, number: number) -> output: array[array[string]]",
        "Lists the matches of a pattern, each with what its groups match.",
    )
    .explain(&[("number", "at most so many; all where it is -1")]),
    declare(
        "regex.find_n",
        "(pattern: string, value: string, number: number) -> output: array[string]",
        "Lists the matches of a pattern.",
    )
    .explain(&[("number", "at most so many; all where it is -1")]),
    declare(
        "regex.globs_match",
        "(glob1: string, glob2: string) -> result: boolean",
        "Says whether some text matches two patterns of a simple kind: characters, `.`, `*`, `+` and `[…]`.",
    ),
    declare("regex.is_valid", "(pattern: string) -> result: boolean", "Says whether a text is a pattern."),
    declare(
        "regex.match",
        "(pattern: string, value: string) -> result: boolean",
        "Says whether a pattern occurs in a text.",
    ),
    declare(
        "regex.replace",
        "(s: string, pattern: string, value: string) -> output: string",
        "Puts a text in the place of every match of a pattern.",
    )
    .explain(&[("s", "the text that is searched"), ("value", "what takes the place; `$1` stands for the first group")]),
    declare(
        "regex.split",
        "(pattern: string, value: string) -> output: array[string]",
        "Cuts a text at every match of a pattern.",
    ),
    declare(
        "regex.template_match",
        "(template: string, value: string, delimiter_start: string, delimiter_end: string) -> result: boolean",
        "Says whether a text matches a template in which only the parts between delimiters are patterns.",
    )
    .explain(&[
        ("template", "plain text with patterns in it"),
        ("delimiter_start", "the character before a pattern"),
        ("delimiter_end", "the character behind a pattern"),
    ]),
];
