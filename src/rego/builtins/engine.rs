//! Builtins of the engine itself: about policies, about where it runs, and for their authors.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("internal.print", "(array[set[any]])", "Writes values: what a compiler makes of `print`."),
    declare(
        "internal.template_string",
        "(array[any]) -> string",
        "Joins the parts of a template string: what `$\"…\"` calls.",
    ),
    declare("internal.test_case", "(array[any])", "Names the case that a test is at: what a compiler puts into tests."),
    declare(
        "opa.runtime",
        "() -> output: object[string: any]",
        "Gives what the host tells of the place where policies run.",
    )
    .nondeterministic(),
    declare(
        "print",
        "(any...)",
        "Writes values to where the host collects what policies say; what is undefined is written so.",
    ),
    declare(
        "rego.metadata.chain",
        "() -> chain: array[any]",
        "Gives the annotations of the rule that asks and of all around it, from the inside out.",
    )
    .explain(&[("chain", "each with its `path` and `annotations`")]),
    declare("rego.metadata.rule", "() -> output: any", "Gives the annotations of the rule that asks."),
    declare(
        "rego.parse_module",
        "(filename: string, rego: string) -> output: object[string: any]",
        "Reads a module and gives its syntax tree.",
    )
    .explain(&[("filename", "the name that errors carry"), ("rego", "the text")])
    .only_in_full(),
    declare("trace", "(note: string) -> result: boolean", "Puts a note into the trace of an evaluation.")
        .within(&["tracing"]),
];
