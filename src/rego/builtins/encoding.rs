//! Builtins that write bytes and names in other letters: Base64, hexadecimal, URLs.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare("base64.decode", "(x: string) -> y: string", "Reads text from Base64.").within(&["encoding"]),
    declare("base64.encode", "(x: string) -> y: string", "Writes text in Base64.").within(&["encoding"]),
    declare("base64.is_valid", "(x: string) -> result: boolean", "Says whether a text is Base64.")
        .within(&["encoding"]),
    declare(
        "base64url.decode",
        "(x: string) -> y: string",
        "Reads text from the Base64 of URLs, with or without padding.",
    )
    .within(&["encoding"]),
    declare("base64url.encode", "(x: string) -> y: string", "Writes text in the Base64 of URLs, with padding.")
        .within(&["encoding"]),
    declare(
        "base64url.encode_no_pad",
        "(x: string) -> y: string",
        "Writes text in the Base64 of URLs, without padding.",
    )
    .within(&["encoding"]),
    declare("hex.decode", "(x: string) -> y: string", "Reads text from hexadecimal digits.").within(&["encoding"]),
    declare("hex.encode", "(x: string) -> y: string", "Writes text in hexadecimal digits.").within(&["encoding"]),
    declare("urlquery.decode", "(x: string) -> y: string", "Reads text that was escaped for the query of a URL.")
        .within(&["encoding"]),
    declare(
        "urlquery.decode_object",
        "(x: string) -> object: object[string: array[string]]",
        "Reads the query of a URL into an object of lists.",
    )
    .within(&["encoding"]),
    declare("urlquery.encode", "(x: string) -> y: string", "Escapes text for the query of a URL.")
        .within(&["encoding"]),
    declare(
        "urlquery.encode_object",
        "(object: object[string: any<string, array[string], set[string]>]) -> y: string",
        "Writes an object as the query of a URL.",
    )
    .explain(&[("object", "for each name one value or several")])
    .within(&["encoding"]),
];
