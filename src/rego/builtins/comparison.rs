//! Builtins behind the signs that compare, and behind `:=`, `=` and `in`.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("assign", "(any, any) -> boolean", "Gives a variable its value.").written(":="),
    declare(
        "eq",
        "(any, any) -> boolean",
        "Makes both sides equal, giving variables their values where that is needed.",
    )
    .written("="),
    declare("equal", "(x: any, y: any) -> result: boolean", "Says whether two values are the same.")
        .within(&["comparison"])
        .written("=="),
    declare(
        "gt",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes after the second in the order of all values.",
    )
    .within(&["comparison"])
    .written(">"),
    declare(
        "gte",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes after the second or is the same.",
    )
    .within(&["comparison"])
    .written(">="),
    declare(
        "internal.member_2",
        "(any, any) -> boolean",
        "Says whether a collection holds a value: what `value in collection` calls.",
    )
    .written("in"),
    declare(
        "internal.member_3",
        "(any, any, any) -> boolean",
        "Says whether a collection holds a value under a key: what `key, value in collection` calls.",
    )
    .written("in"),
    declare(
        "lt",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes before the second in the order of all values.",
    )
    .within(&["comparison"])
    .written("<"),
    declare(
        "lte",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes before the second or is the same.",
    )
    .within(&["comparison"])
    .written("<="),
    declare("neq", "(x: any, y: any) -> result: boolean", "Says whether two values differ.")
        .within(&["comparison"])
        .written("!="),
];
