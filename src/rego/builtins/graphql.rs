//! Builtins of GraphQL.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "graphql.is_valid",
        "(query: any<string, object[any: any]>, schema: any<string, object[any: any]>) -> output: boolean",
        "Says whether a query is right under a schema.",
    )
    .explain(&[("query", "as text or parsed"), ("schema", "as text or parsed")])
    .only_in_full(),
    declare(
        "graphql.parse",
        "(query: any<string, object[any: any]>, schema: any<string, object[any: any]>) -> output: array<object[any: \
         any], object[any: any]>",
        "Reads a query and a schema, and is undefined where the query is not right under the schema.",
    )
    .explain(&[("output", "the query and the schema, parsed")])
    .only_in_full(),
    declare(
        "graphql.parse_and_verify",
        "(query: any<string, object[any: any]>, schema: any<string, object[any: any]>) -> output: array<boolean, \
         object[any: any], object[any: any]>",
        "Reads a query and a schema, and says whether the query is right under the schema.",
    )
    .explain(&[("output", "whether it is, then the query and the schema, parsed")])
    .only_in_full(),
    declare("graphql.parse_query", "(query: string) -> output: object[any: any]", "Reads a query without a schema.")
        .only_in_full(),
    declare("graphql.parse_schema", "(schema: string) -> output: object[any: any]", "Reads a schema.").only_in_full(),
    declare(
        "graphql.schema_is_valid",
        "(schema: any<string, object[any: any]>) -> output: boolean",
        "Says whether something is a schema.",
    )
    .explain(&[("schema", "as text or parsed")])
    .only_in_full(),
];
