//! Builtins of numbers: arithmetic, rounding, ranges and bits.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("abs", "(x: number) -> y: number", "Gives a number without its sign.").within(&["numbers"]),
    declare("bits.and", "(x: number, y: number) -> z: number", "Keeps the bits that both numbers have."),
    declare("bits.lsh", "(x: number, s: number) -> z: number", "Moves the bits of a number to the left.")
        .explain(&[("s", "by how many places")]),
    declare("bits.negate", "(x: number) -> z: number", "Turns every bit of a number around."),
    declare("bits.or", "(x: number, y: number) -> z: number", "Keeps the bits that either number has."),
    declare(
        "bits.rsh",
        "(x: number, s: number) -> z: number",
        "Moves the bits of a number to the right and keeps its sign.",
    )
    .explain(&[("s", "by how many places")]),
    declare("bits.xor", "(x: number, y: number) -> z: number", "Keeps the bits that exactly one of the numbers has."),
    declare("ceil", "(x: number) -> y: number", "Rounds up to the next whole number.").within(&["numbers"]),
    declare(
        "div",
        "(x: number, y: number) -> z: number",
        "Divides one number by another; a division by zero is an error.",
    )
    .within(&["numbers"])
    .written("/"),
    declare("floor", "(x: number) -> y: number", "Rounds down to the next whole number.").within(&["numbers"]),
    declare(
        "minus",
        "(x: any<number, set[any]>, y: any<number, set[any]>) -> z: any<number, set[any]>",
        "Subtracts a number from a number, or takes the elements of one set out of another.",
    )
    .within(&["sets", "numbers"])
    .written("-"),
    declare("mul", "(x: number, y: number) -> z: number", "Multiplies two numbers.").within(&["numbers"]).written("*"),
    declare(
        "numbers.range",
        "(a: number, b: number) -> range: array[number]",
        "Lists the whole numbers from one bound to the other, both included, upwards or downwards.",
    )
    .explain(&[("a", "the first number"), ("b", "the last number")]),
    declare(
        "numbers.range_step",
        "(a: number, b: number, step: number) -> range: array[number]",
        "Lists the numbers from one bound towards the other at a fixed distance.",
    )
    .explain(&[
        ("a", "the first number"),
        ("b", "the bound that is not passed"),
        ("step", "the distance, more than zero"),
    ]),
    declare("plus", "(x: number, y: number) -> z: number", "Adds two numbers.").within(&["numbers"]).written("+"),
    declare(
        "rand.intn",
        "(str: string, n: number) -> y: number",
        "Draws a whole number from 0 up to, and without, a bound; the same name and bound give the same number \
         within a query.",
    )
    .explain(&[("str", "the name of the draw"), ("n", "the bound")])
    .within(&["numbers"])
    .nondeterministic(),
    declare(
        "rem",
        "(x: number, y: number) -> z: number",
        "Gives what is left over when one whole number is divided by another.",
    )
    .within(&["numbers"])
    .written("%"),
    declare("round", "(x: number) -> y: number", "Rounds to the nearest whole number, halves away from zero.")
        .within(&["numbers"]),
];
