//! Builtins of arrays.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("array.concat", "(x: array[any], y: array[any]) -> z: array[any]", "Puts one array behind another."),
    declare(
        "array.flatten",
        "(array[any]) -> array[any]",
        "Puts the items of arrays within an array in the place of these arrays, one level deep.",
    ),
    declare("array.reverse", "(arr: array[any]) -> rev: array[any]", "Turns the order of an array around."),
    declare(
        "array.slice",
        "(arr: array[any], start: number, stop: number) -> slice: array[any]",
        "Cuts a run of items out of an array; bounds outside of it are moved to its ends.",
    )
    .explain(&[
        ("start", "the place of the first item that is kept"),
        ("stop", "the place behind the last item that is kept"),
    ]),
];
