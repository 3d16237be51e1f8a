//! Builtins behind the signs that compare, and behind `:=`, `=` and `in`.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("assign", "(any, any) -> boolean", "Gives a variable its value.").written(":=").not_evaluated(),
    declare(
        "eq",
        "(any, any) -> boolean",
        "Makes both sides equal, giving variables their values where that is needed.",
    )
    .written("=")
    .not_evaluated(),
    declare("equal", "(x: any, y: any) -> result: boolean", "Says whether two values are the same.")
        .within(&["comparison"])
        .written("==")
        .not_evaluated(),
    declare(
        "gt",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes after the second in the order of all values.",
    )
    .within(&["comparison"])
    .written(">")
    .not_evaluated(),
    declare(
        "gte",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes after the second or is the same.",
    )
    .within(&["comparison"])
    .written(">=")
    .not_evaluated(),
    declare(
        "internal.member_2",
        "(any, any) -> boolean",
        "Says whether a collection holds a value: what `value in collection` calls.",
    )
    .written("in")
    .not_evaluated(),
    declare(
        "internal.member_3",
        "(any, any, any) -> boolean",
        "Says whether a collection holds a value under a key: what `key, value in collection` calls.",
    )
    .written("in")
    .not_evaluated(),
    declare(
        "lt",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes before the second in the order of all values.",
    )
    .within(&["comparison"])
    .written("<")
    .not_evaluated(),
    declare(
        "lte",
        "(x: any, y: any) -> result: boolean",
        "Says whether the first value comes before the second or is the same.",
    )
    .within(&["comparison"])
    .written("<=")
    .not_evaluated(),
    declare("neq", "(x: any, y: any) -> result: boolean", "Says whether two values differ.")
        .within(&["comparison"])
        .written("!=")
        .not_evaluated(),
];
