//! Builtins that make one value of a collection.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "all",
        "(any<array[any], set[any]>) -> boolean",
        "Says whether every element is `true`; `every` has taken its place.",
    )
    .deprecated(),
    declare(
        "any",
        "(any<array[any], set[any]>) -> boolean",
        "Says whether some element is `true`; `some … in` has taken its place.",
    )
    .deprecated(),
    declare(
        "count",
        "(collection: any<string, array[any], object[any: any], set[any]>) -> n: number",
        "Counts the elements of a collection, or the characters of a string.",
    )
    .within(&["aggregates"]),
    declare(
        "max",
        "(collection: any<array[any], set[any]>) -> n: any",
        "Finds the element that comes last in the order of all values.",
    )
    .within(&["aggregates"]),
    declare(
        "min",
        "(collection: any<array[any], set[any]>) -> n: any",
        "Finds the element that comes first in the order of all values.",
    )
    .within(&["aggregates"]),
    declare(
        "product",
        "(collection: any<array[number], set[number]>) -> n: number",
        "Multiplies the numbers of a collection; of an empty one the answer is 1.",
    )
    .within(&["aggregates"]),
    declare(
        "sort",
        "(collection: any<array[any], set[any]>) -> n: array[any]",
        "Puts the elements of a collection into an array in the order of all values.",
    )
    .within(&["aggregates"]),
    declare(
        "sum",
        "(collection: any<array[number], set[number]>) -> n: number",
        "Adds up the numbers of a collection; of an empty one the answer is 0.",
    )
    .within(&["aggregates"]),
];
