//! Builtins that ask for the type of a value, or change it.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("cast_array", "(any) -> array[any]", "Makes an array of a set, and leaves an array as it is.").deprecated(),
    declare("cast_boolean", "(any) -> boolean", "Answers with a value that must be a boolean.").deprecated(),
    declare("cast_null", "(any) -> null", "Answers with a value that must be `null`.").deprecated(),
    declare("cast_object", "(any) -> object[any: any]", "Answers with a value that must be an object.").deprecated(),
    declare("cast_set", "(any) -> set[any]", "Makes a set of an array, and leaves a set as it is.").deprecated(),
    declare("cast_string", "(any) -> string", "Answers with a value that must be a string.").deprecated(),
    declare("is_array", "(x: any) -> result: boolean", "Says whether a value is an array.").within(&["types"]),
    declare("is_boolean", "(x: any) -> result: boolean", "Says whether a value is a boolean.").within(&["types"]),
    declare("is_null", "(x: any) -> result: boolean", "Says whether a value is `null`.").within(&["types"]),
    declare("is_number", "(x: any) -> result: boolean", "Says whether a value is a number.").within(&["types"]),
    declare("is_object", "(x: any) -> result: boolean", "Says whether a value is an object.").within(&["types"]),
    declare("is_set", "(x: any) -> result: boolean", "Says whether a value is a set.").within(&["types"]),
    declare("is_string", "(x: any) -> result: boolean", "Says whether a value is a string.").within(&["types"]),
    declare(
        "to_number",
        "(x: any<null, boolean, number, string>) -> num: number",
        "Reads a number from a string; `null` and `false` are 0, and `true` is 1.",
    )
    .within(&["conversions"]),
    declare(
        "type_name",
        "(x: any) -> type: string",
        "Names the type of a value: `null`, `boolean`, `number`, `string`, `array`, `object` or `set`.",
    )
    .within(&["types"]),
];
