//! Builtins of sets.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("and", "(x: set[any], y: set[any]) -> z: set[any]", "Keeps the elements that both sets have.")
        .within(&["sets"])
        .written("&"),
    declare(
        "intersection",
        "(xs: set[set[any]]) -> y: set[any]",
        "Keeps the elements that every one of some sets has.",
    )
    .within(&["sets"]),
    declare("or", "(x: set[any], y: set[any]) -> z: set[any]", "Puts the elements of both sets together.")
        .within(&["sets"])
        .written("|"),
    declare(
        "set_diff",
        "(set[any], set[any]) -> set[any]",
        "Takes the elements of one set out of another; the sign `-` has taken its place.",
    )
    .deprecated(),
    declare("union", "(xs: set[set[any]]) -> y: set[any]", "Puts the elements of some sets together.")
        .within(&["sets"]),
];
