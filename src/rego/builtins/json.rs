//! Builtins of documents: JSON and YAML as text, paths, patches and schemas.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "json.filter",
        "(object: object[any: any], paths: any<array[any<string, array[any]>], set[any<string, array[any]>]>) -> \
         filtered: any",
        "Keeps the parts of an object that some paths lead to.",
    )
    .explain(&[("paths", "each a string such as `a/b`, or an array of keys")])
    .within(&["object"]),
    declare("json.is_valid", "(x: string) -> result: boolean", "Says whether a text is JSON.").within(&["encoding"]),
    declare("json.marshal", "(x: any) -> y: string", "Writes a value as JSON on one line.").within(&["encoding"]),
    declare(
        "json.marshal_with_options",
        "(x: any, opts: object<indent: string, prefix: string, pretty: boolean>[string: any]) -> y: string",
        "Writes a value as JSON, on lines of their own if asked for.",
    )
    .explain(&[("opts", "`pretty` breaks lines, `indent` and `prefix` say how each begins")])
    .within(&["encoding"]),
    declare(
        "json.match_schema",
        "(document: any<string, object[any: any]>, schema: any<string, object[any: any]>) -> output: array<boolean, \
         array[object<desc: string, error: string, field: string, type: string>]>",
        "Checks a document against a JSON schema and lists what is wrong.",
    )
    .explain(&[
        ("document", "a value, or JSON as text"),
        ("schema", "a schema as an object or as text"),
        ("output", "whether it matches, and what does not"),
    ])
    .within(&["object"])
    .only_in_full(),
    declare(
        "json.patch",
        "(object: any, patches: array[object<op: string, path: any>[any: any]]) -> output: any",
        "Makes a list of changes in a value, as RFC 6902 describes them.",
    )
    .explain(&[("patches", "each with `op`, `path` and what the operation needs")])
    .within(&["object"]),
    declare(
        "json.remove",
        "(object: object[any: any], paths: any<array[any<string, array[any]>], set[any<string, array[any]>]>) -> \
         output: any",
        "Leaves out the parts of an object that some paths lead to.",
    )
    .explain(&[("paths", "each a string such as `a/b`, or an array of keys")])
    .within(&["object"]),
    declare("json.unmarshal", "(x: string) -> y: any", "Reads a value from JSON.").within(&["encoding"]),
    declare(
        "json.verify_schema",
        "(schema: any<string, object[any: any]>) -> output: array<boolean, any<null, string>>",
        "Checks that something is a JSON schema.",
    )
    .explain(&[("schema", "a schema as an object or as text"), ("output", "whether it is one, and why not")])
    .within(&["object"])
    .only_in_full(),
    declare("yaml.is_valid", "(x: string) -> result: boolean", "Says whether a text is YAML.")
        .within(&["encoding"])
        .only_in_full(),
    declare("yaml.marshal", "(x: any) -> y: string", "Writes a value as YAML.").within(&["encoding"]).only_in_full(),
    declare("yaml.unmarshal", "(x: string) -> y: any", "Reads a value from YAML.").within(&["encoding"]).only_in_full(),
];
