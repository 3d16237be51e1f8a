//! Queries and schemas of GraphQL: a query, U+001E, a schema.

use super::asked::{Asked, Found, document};
use super::unfolded::unfolded;
use serde_json::json;

const STEPS: u64 = 500_000;

const RULES: &str = "
query := graphql.parse_query(input.query)

schema := graphql.parse_schema(input.schema)

schema_is_valid := graphql.schema_is_valid(input.schema)

schema_object_is_valid := graphql.schema_is_valid(graphql.parse_schema(input.schema))

is_valid := graphql.is_valid(input.query, input.schema)

objects_are_valid := graphql.is_valid(graphql.parse_query(input.query), graphql.parse_schema(input.schema))

parsed := graphql.parse(input.query, input.schema)

parsed_and_verified := graphql.parse_and_verify(input.query, input.schema)
";

/// A byte that means nothing in GraphQL, so that the fuzzer cuts a text in two by putting in one byte.
const BEHIND_QUERY: char = '\u{1e}';

thread_local! {
    static ASKED: Asked = Asked::of(RULES, STEPS);
}

/// Any query and schema are taken or refused by all of their builtins alike.
pub fn check(bytes: &[u8]) {
    let bytes = unfolded(bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (query, schema) = text.split_once(BEHIND_QUERY).unwrap_or((&text, &text));
    let has_fragments = query.contains("...");
    ASKED.with(|asked| {
        let input = document(&json!({"query": query, "schema": schema}));
        let [query, schema, schema_is_valid, schema_object_is_valid, is_valid, objects_are_valid, parsed, verified] = [
            "query",
            "schema",
            "schema_is_valid",
            "schema_object_is_valid",
            "is_valid",
            "objects_are_valid",
            "parsed",
            "parsed_and_verified",
        ]
        .map(|rule| asked.ask_document(rule, &input));
        for found in [&schema_is_valid, &is_valid, &verified] {
            assert!(!matches!(found, Found::Refused(_)), "{text:?}: {found:?}");
        }
        let all = [
            &query,
            &schema,
            &schema_is_valid,
            &schema_object_is_valid,
            &is_valid,
            &objects_are_valid,
            &parsed,
            &verified,
        ];
        if all.into_iter().any(Found::is_too_much) {
            return;
        }
        if schema_is_valid.is_true() {
            assert!(matches!(schema, Found::Value(_)), "{text:?}: {schema:?}");
        }
        if matches!(schema, Found::Value(_)) {
            assert_eq!(schema_object_is_valid, schema_is_valid, "{text:?}");
            // Spreads and inline fragments that come as objects are fields, as in OPA.
            if matches!(query, Found::Value(_)) && !has_fragments {
                assert_eq!(objects_are_valid, is_valid, "{text:?}");
            }
        }
        let verified = verified.value().unwrap();
        assert_eq!(verified[0], is_valid.is_true(), "{text:?}");
        match parsed.value() {
            Some(parsed) => {
                assert!(is_valid.is_true() && schema_is_valid.is_true(), "{text:?}");
                assert_eq!([&parsed[0], &parsed[1]], [&verified[1], &verified[2]], "{text:?}");
                assert_eq!(
                    [Some(&parsed[0]), Some(&parsed[1])],
                    [query.value().as_ref(), schema.value().as_ref()],
                    "{text:?}"
                );
            }
            None => assert!(!is_valid.is_true(), "{text:?}: {parsed:?}"),
        }
    });
}
