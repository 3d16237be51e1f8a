//! Builtins that walk: over a graph, and over all parts of a value.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "graph.reachable",
        "(graph: object[any: any<array[any], set[any]>], initial: any<array[any], set[any]>) -> output: set[any]",
        "Collects the nodes that can be reached from some nodes, these included.",
    )
    .explain(&[("graph", "for each node the nodes that follow it"), ("initial", "where it begins")]),
    declare(
        "graph.reachable_paths",
        "(graph: object[any: any<array[any], set[any]>], initial: any<array[any], set[any]>) -> output: \
         set[array[any]]",
        "Collects the paths that lead from some nodes until they end or close a circle.",
    )
    .explain(&[("graph", "for each node the nodes that follow it"), ("initial", "where it begins")]),
    declare(
        "walk",
        "(x: any) -> output: array<array[any], any>",
        "Gives every part of a value with the path that leads to it, one after the other.",
    )
    .explain(&[("output", "the path and the part")])
    .within(&["graph"])
    .relation(),
];
