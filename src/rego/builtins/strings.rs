//! Builtins of strings.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "concat",
        "(delimiter: string, collection: any<array[string], set[string]>) -> output: string",
        "Joins strings with another one between each two.",
    )
    .explain(&[("delimiter", "what stands between them"), ("collection", "the strings; those of a set in their order")])
    .within(&["strings"]),
    declare(
        "contains",
        "(haystack: string, needle: string) -> result: boolean",
        "Says whether one string occurs in another.",
    )
    .explain(&[("haystack", "what is searched"), ("needle", "what is looked for")])
    .within(&["strings"]),
    declare(
        "endswith",
        "(search: string, base: string) -> result: boolean",
        "Says whether a string ends with another.",
    )
    .explain(&[("search", "what is searched"), ("base", "the end that is looked for")])
    .within(&["strings"]),
    declare(
        "format_int",
        "(number: number, base: number) -> output: string",
        "Writes a whole number in base 2, 8, 10 or 16; a fraction is cut off.",
    )
    .within(&["strings"]),
    declare(
        "indexof",
        "(haystack: string, needle: string) -> output: number",
        "Finds where one string first occurs in another, in characters; -1 where it does not.",
    )
    .explain(&[("haystack", "what is searched"), ("needle", "what is looked for")])
    .within(&["strings"]),
    declare(
        "indexof_n",
        "(haystack: string, needle: string) -> output: array[number]",
        "Finds every place where one string occurs in another, in characters.",
    )
    .explain(&[("haystack", "what is searched"), ("needle", "what is looked for")])
    .within(&["strings"]),
    declare("lower", "(x: string) -> y: string", "Makes every letter small.").within(&["strings"]),
    declare(
        "replace",
        "(x: string, old: string, new: string) -> y: string",
        "Puts one string in the place of every occurrence of another.",
    )
    .explain(&[("x", "the text"), ("old", "what is replaced"), ("new", "what takes its place")])
    .within(&["strings"]),
    declare(
        "split",
        "(x: string, delimiter: string) -> ys: array[string]",
        "Cuts a string at every occurrence of a delimiter.",
    )
    .within(&["strings"]),
    declare(
        "sprintf",
        "(format: string, values: array[any]) -> output: string",
        "Writes values into a format, with the verbs that Go has: `%s`, `%d`, `%v`, `%.2f` and others.",
    )
    .explain(&[("format", "the text with a verb for each value"), ("values", "the values in the order of the verbs")])
    .within(&["strings"]),
    declare(
        "startswith",
        "(search: string, base: string) -> result: boolean",
        "Says whether a string begins with another.",
    )
    .explain(&[("search", "what is searched"), ("base", "the beginning that is looked for")])
    .within(&["strings"]),
    declare(
        "strings.any_prefix_match",
        "(search: any<string, array[string], set[string]>, base: any<string, array[string], set[string]>) -> \
         result: boolean",
        "Says whether one of some strings begins with one of some others.",
    )
    .explain(&[("search", "one string or several"), ("base", "one beginning or several")])
    .within(&["strings"]),
    declare(
        "strings.any_suffix_match",
        "(search: any<string, array[string], set[string]>, base: any<string, array[string], set[string]>) -> \
         result: boolean",
        "Says whether one of some strings ends with one of some others.",
    )
    .explain(&[("search", "one string or several"), ("base", "one end or several")])
    .within(&["strings"]),
    declare(
        "strings.count",
        "(search: string, substring: string) -> output: number",
        "Counts how often one string occurs in another, without overlaps.",
    )
    .explain(&[("search", "what is searched"), ("substring", "what is counted")])
    .within(&["strings"]),
    declare(
        "strings.render_template",
        "(value: string, vars: object[string: any]) -> result: string",
        "Fills in a template of Go with the values of an object.",
    )
    .explain(&[("value", "the template"), ("vars", "the values by the names that the template uses")])
    .within(&["strings"])
    .only_in_full(),
    declare(
        "strings.replace_n",
        "(patterns: object[string: string], value: string) -> output: string",
        "Replaces several strings in one pass, so that what was put in is not replaced again.",
    )
    .explain(&[("patterns", "by what each string is replaced"), ("value", "the text")]),
    declare("strings.reverse", "(x: string) -> y: string", "Turns the order of the characters around.")
        .within(&["strings"]),
    declare(
        "substring",
        "(value: string, offset: number, length: number) -> output: string",
        "Cuts a run of characters out of a string.",
    )
    .explain(&[
        ("offset", "how many characters are left out before it"),
        ("length", "how many characters are kept; all that follow where it is negative"),
    ])
    .within(&["strings"]),
    declare("trim", "(value: string, cutset: string) -> output: string", "Takes characters off both ends of a string.")
        .explain(&[("cutset", "the characters that are taken off")])
        .within(&["strings"]),
    declare(
        "trim_left",
        "(value: string, cutset: string) -> output: string",
        "Takes characters off the beginning of a string.",
    )
    .explain(&[("cutset", "the characters that are taken off")])
    .within(&["strings"]),
    declare(
        "trim_prefix",
        "(value: string, prefix: string) -> output: string",
        "Takes a string off the beginning of another, where it stands there.",
    )
    .within(&["strings"]),
    declare(
        "trim_right",
        "(value: string, cutset: string) -> output: string",
        "Takes characters off the end of a string.",
    )
    .explain(&[("cutset", "the characters that are taken off")])
    .within(&["strings"]),
    declare(
        "trim_space",
        "(value: string) -> output: string",
        "Takes blanks, tabs and line ends off both ends of a string.",
    )
    .within(&["strings"]),
    declare(
        "trim_suffix",
        "(value: string, suffix: string) -> output: string",
        "Takes a string off the end of another, where it stands there.",
    )
    .within(&["strings"]),
    declare("upper", "(x: string) -> y: string", "Makes every letter large.").within(&["strings"]),
];
