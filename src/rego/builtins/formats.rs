//! Builtins of texts in a form that is known: versions, units and unique identifiers.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("semver.compare", "(a: string, b: string) -> result: number", "Compares two semantic versions.")
        .explain(&[("result", "-1 where the first is older, 1 where it is newer, 0 where neither is")]),
    declare("semver.is_valid", "(vsn: any) -> result: boolean", "Says whether a value is a semantic version."),
    declare(
        "units.parse",
        "(x: string) -> y: number",
        "Reads a number with a unit such as `10k` or `1.5Gi`; `m` is a thousandth.",
    ),
    declare(
        "units.parse_bytes",
        "(x: string) -> y: number",
        "Reads a number of bytes such as `10KB` or `1.5GiB`, in any case of letters.",
    ),
    declare(
        "uuid.parse",
        "(uuid: string) -> result: object[string: any]",
        "Reads version, variant and what else a unique identifier carries.",
    ),
    declare(
        "uuid.rfc4122",
        "(k: string) -> output: string",
        "Makes a random unique identifier; the same name gives the same one within a query.",
    )
    .explain(&[("k", "the name")])
    .nondeterministic(),
];
