//! Builtins of objects.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "object.filter",
        "(object: object[any: any], keys: any<array[any], object[any: any], set[any]>) -> filtered: any",
        "Keeps the fields of an object whose keys are given.",
    )
    .explain(&[("keys", "the keys that are kept; of an object, its keys")]),
    declare(
        "object.get",
        "(object: object[any: any], key: any, default: any) -> value: any",
        "Looks up a key, or a path of keys, and answers with something else where nothing stands there.",
    )
    .explain(&[
        ("key", "a key, or an array of keys from the outside in"),
        ("default", "the answer where nothing is found"),
    ]),
    declare("object.keys", "(object: object[any: any]) -> value: set[any]", "Gives the set of the keys of an object."),
    declare(
        "object.remove",
        "(object: object[any: any], keys: any<array[any], object[any: any], set[any]>) -> output: any",
        "Leaves out the fields of an object whose keys are given.",
    )
    .explain(&[("keys", "the keys that are left out; of an object, its keys")]),
    declare(
        "object.subset",
        "(super: any<array[any], object[any: any], set[any]>, sub: any<array[any], object[any: any], set[any]>) -> \
         result: any",
        "Says whether one collection holds all that another does, objects at every depth.",
    )
    .explain(&[("super", "what must hold it"), ("sub", "what must be held")]),
    declare(
        "object.union",
        "(a: object[any: any], b: object[any: any]) -> output: any",
        "Puts two objects together, at every depth; where both have a value, the second wins.",
    ),
    declare(
        "object.union_n",
        "(objects: array[object[any: any]]) -> output: any",
        "Puts several objects together, at every depth; where more than one has a value, the last wins.",
    ),
];
