//! JSON schemas: what they ask of documents, in the words of OPA, and that no schema can hang or trap the engine.

use super::*;
use serde_json::{Value, json};

/// What `policy/x` of a term says, with builtin errors as errors.
fn ask(term: &str, input: &Value) -> Result<Value, regate::error::Error> {
    let program = program(format!("package policy\n\nx := {term}\n"));
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    match program.evaluate("policy/x", Some(&input), allowance)?.answer {
        Answer::Value(text) => Ok(serde_json::from_str(&text).unwrap()),
        Answer::Undefined => panic!("{term} is undefined"),
    }
}

/// What is wrong with a document, as `field: description [type]`; the words `error`, `desc`, `field` and `type` agree.
fn findings(document: &Value, schema: &Value) -> Vec<String> {
    let text = json!({"document": document.to_string(), "schema": schema});
    let found = ask("json.match_schema(input.document, input.schema)", &text).unwrap();
    let list = found[1].as_array().unwrap();
    assert_eq!(found[0], list.is_empty(), "{found}");
    let told = |finding: &Value| {
        let part = |name: &str| finding[name].as_str().unwrap();
        assert_eq!(part("error"), format!("{}: {}", part("field"), part("desc")), "{finding}");
        format!("{} [{}]", part("error"), part("type"))
    };
    list.iter().map(told).collect()
}

#[test]
fn each_keyword_asks_for_what_it_says() {
    for (schema, document, wrong) in [
        (json!({"type": "string"}), json!("a"), &[][..]),
        (
            json!({"type": "string"}),
            json!(1),
            &["(root): Invalid type. Expected: string, given: integer [invalid_type]"],
        ),
        (
            json!({"type": ["string", "null"]}),
            json!(1.5),
            &["(root): Invalid type. Expected: [string,null], given: number [invalid_type]"],
        ),
        (json!({"type": "integer"}), json!(1.0), &[]),
        (json!({"type": "number"}), json!(1), &[]),
        (json!({"required": ["a", "b"]}), json!({"a": 1}), &["(root): b is required [required]"]),
        (
            json!({"properties": {"a": {"items": {"type": "null"}}}}),
            json!({"a": [null, 1]}),
            &["a.1: Invalid type. Expected: null, given: integer [invalid_type]"],
        ),
        (
            json!({"additionalProperties": false, "properties": {"a": {}}}),
            json!({"a": 1, "b": 2}),
            &["(root): Additional property b is not allowed [additional_property_not_allowed]"],
        ),
        (
            json!({"additionalProperties": {"type": "string"}, "patternProperties": {"^x": {"type": "null"}}}),
            json!({"x": 1, "y": 1}),
            &[
                "x: Invalid type. Expected: null, given: integer [invalid_type]",
                "y: Invalid type. Expected: string, given: integer [invalid_type]",
            ],
        ),
        (
            json!({"propertyNames": {"maxLength": 1}}),
            json!({"ab": 1}),
            &[
                "(root): Property name of \"ab\" does not match [invalid_property_name]",
                "(root): String length must be less than or equal to 1 [string_lte]",
            ],
        ),
        (
            json!({"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}),
            json!({"a": 1, "c": 1}),
            &["(root): Has a dependency on b [missing_dependency]", "(root): d is required [required]"],
        ),
        (
            json!({"minProperties": 1, "maxProperties": 1}),
            json!({}),
            &["(root): Must have at least 1 properties [array_min_properties]"],
        ),
        (
            json!({"items": [{}, {"type": "null"}], "additionalItems": false}),
            json!([1, 2, 3]),
            &[
                "1: Invalid type. Expected: null, given: integer [invalid_type]",
                "(root): No additional items allowed on array [array_no_additional_items]",
            ],
        ),
        (
            json!({"items": [{}], "additionalItems": {"type": "null"}}),
            json!([1, 2]),
            &["1: Invalid type. Expected: null, given: integer [invalid_type]"],
        ),
        (json!({"minItems": 2}), json!([1]), &["(root): Array must have at least 2 items [array_min_items]"]),
        (json!({"maxItems": 0}), json!([1]), &["(root): Array must have at most 0 items [array_max_items]"]),
        (
            json!({"uniqueItems": true}),
            json!([{"a": 1}, 2, {"a": 1.0}]),
            &["(root): array items[0,2] must be unique [unique]"],
        ),
        (
            json!({"contains": {"type": "null"}}),
            json!([1]),
            &[
                "(root): At least one of the items must match [contains]",
                "0: Invalid type. Expected: null, given: integer [invalid_type]",
            ],
        ),
        (
            json!({"minLength": 2}),
            json!("é"),
            &["(root): String length must be greater than or equal to 2 [string_gte]"],
        ),
        (json!({"pattern": "^a+$"}), json!("ab"), &["(root): Does not match pattern '^a+$' [pattern]"]),
        (json!({"pattern": "b"}), json!("abc"), &[]),
        (json!({"multipleOf": 0.1}), json!(0.3), &[]),
        (json!({"multipleOf": 0.1}), json!(0.35), &["(root): Must be a multiple of 0.1 [multiple_of]"]),
        (json!({"minimum": 1000000}), json!(1), &["(root): Must be greater than or equal to 1e+06 [number_gte]"]),
        (json!({"exclusiveMinimum": 1}), json!(1), &["(root): Must be greater than 1 [number_gt]"]),
        (json!({"maximum": 2, "exclusiveMaximum": true}), json!(2), &["(root): Must be less than 2 [number_lt]"]),
        (json!({"maximum": 2}), json!(2.5), &["(root): Must be less than or equal to 2 [number_lte]"]),
        (json!({"const": {"b": [1, 2], "a": "<"}}), json!({"a": "<", "b": [1.0, 2]}), &[]),
        (json!({"const": "a"}), json!("b"), &["(root): (root) does not match: \"a\" [const]"]),
        (json!({"enum": ["a", 1]}), json!("b"), &["(root): (root) must be one of the following: \"a\", 1 [enum]"]),
        (json!({"enum": []}), json!("b"), &["(root): (root) must be one of the following: (none) [enum]"]),
        (
            json!({"anyOf": [{"type": "null"}, {"minimum": 2}]}),
            json!(1),
            &[
                "(root): Must validate at least one schema (anyOf) [number_any_of]",
                "(root): Must be greater than or equal to 2 [number_gte]",
            ],
        ),
        (
            json!({"oneOf": [{"type": "integer"}, {"minimum": 0}]}),
            json!(1),
            &["(root): Must validate one and only one schema (oneOf) [number_one_of]"],
        ),
        (
            json!({"allOf": [{"type": "null"}, {}]}),
            json!(1),
            &[
                "(root): Invalid type. Expected: null, given: integer [invalid_type]",
                "(root): Must validate all the schemas (allOf) [number_all_of]",
            ],
        ),
        (json!({"not": {}}), json!(1), &["(root): Must not validate the schema (not) [number_not]"]),
        (
            json!({"if": {"minimum": 1}, "then": {"maximum": 1}, "else": {"minimum": 0}}),
            json!(2),
            &[
                "(root): Must validate \"then\" as \"if\" was valid [condition_then]",
                "(root): Must be less than or equal to 1 [number_lte]",
            ],
        ),
        (
            json!({"if": {"minimum": 1}, "then": {"maximum": 1}, "else": {"minimum": 0}}),
            json!(-1),
            &[
                "(root): Must validate \"else\" as \"if\" was not valid [condition_else]",
                "(root): Must be greater than or equal to 0 [number_gte]",
            ],
        ),
        (json!({"properties": {"a": false}}), json!({"a": 1}), &["a: False always fails validation [false]"]),
        (
            json!({"definitions": {"a": {"type": "null"}}, "properties": {"b": {"$ref": "#/definitions/a"}}}),
            json!({"b": 1}),
            &["b: Invalid type. Expected: null, given: integer [invalid_type]"],
        ),
        (
            json!({"properties": {"a": {"$ref": "#"}}, "additionalProperties": false}),
            json!({"a": {"a": {"b": 1}}}),
            &["a.a: Additional property b is not allowed [additional_property_not_allowed]"],
        ),
        (
            json!({"$id": "http://e.x/r.json", "properties": {"a": {"$ref": "#named"}, "b": {"$ref": "r.json#/definitions/n"}}, "definitions": {"n": {"$id": "#named", "type": "null"}}}),
            json!({"a": 1, "b": 1}),
            &[
                "a: Invalid type. Expected: null, given: integer [invalid_type]",
                "b: Invalid type. Expected: null, given: integer [invalid_type]",
            ],
        ),
        // Keywords of later drafts mean nothing in earlier ones.
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "const": 1, "contains": {"type": "null"}, "propertyNames": false}),
            json!({"a": 1}),
            &[],
        ),
        (json!({"$schema": "http://json-schema.org/draft-06/schema#", "if": {}, "then": false}), json!(1), &[]),
    ] {
        assert_eq!(findings(&document, &schema), wrong, "{schema} {document}");
    }
}

#[test]
fn formats_take_what_opa_takes() {
    for (format, right, wrong) in [
        ("date", &["2020-02-29"][..], &["2021-02-29", "2020-1-1", ""][..]),
        ("time", &["12:00:00", "12:00:00Z", "12:00:00+01:00"], &["24:00:00", "12:00"]),
        (
            "date-time",
            &["2020-01-02T03:04:05Z", "2020-01-02T03:04:05.5+01:00", "2020-01-02"],
            &["2020-01-02 03:04:05", "x"],
        ),
        ("hostname", &["a", "a.b-c.d", "1.2"], &["", "-a", "a-", "a..b", "a_b"]),
        ("email", &["a@b", "Bob <a@b.c>", "\"a b\"@c"], &["a", "@b", "a@", "a b@c", ".a@b", "a@b, c@d"]),
        ("ipv4", &["1.2.3.4"], &["1.2.3", "01.2.3.4", "::1"]),
        ("ipv6", &["::1", "::ffff:1.2.3.4"], &["1.2.3.4", ":::"]),
        (
            "uri",
            &[
                "http://a.b/c?d#e",
                "mailto:a@b",
                "http://[::1]:80/",
                "http://[fe80::1%25en0]/",
                "http://[::1%25a%20b%25%41]:1/",
            ],
            &[
                "//a",
                "a",
                "http://a b",
                "http://a:x",
                "a:\\b",
                "http://[::1",
                "http://[::1%25a b]/",
                "http://[::1%25{a}]/",
                "http://[::1%25a%7B]/",
                "http://[::1%25%4]/",
            ],
        ),
        ("uri-reference", &["//a", "a/b", "?q", ""], &["a\\b", "%zz", ":a"]),
        ("uri-template", &["http://a/{b}", "{a}"], &["{a", "a\\{b}"]),
        ("uuid", &["550E8400-e29b-41d4-a716-446655440000"], &["550e8400e29b41d4a716446655440000", ""]),
        ("regex", &["^a+$", ""], &["(", "a**"]),
        ("json-pointer", &["", "/a~0b", "/"], &["a", "/a~2"]),
        ("relative-json-pointer", &["0", "1/a", "0#"], &["", "01", "/a", "1a"]),
        ("unknown", &["", "anything"], &[]),
    ] {
        let schema = json!({"format": format});
        for text in right {
            assert_eq!(findings(&json!(text), &schema), [""; 0], "{format} {text}");
        }
        for text in wrong {
            let told = format!("(root): Does not match format '{format}' [format]");
            assert_eq!(findings(&json!(text), &schema), [told], "{format} {text}");
        }
        assert_eq!(findings(&json!(1), &schema), [""; 0], "{format} asks nothing of a number");
    }
}

#[test]
fn what_is_no_schema_is_told_before_any_document_is_looked_at() {
    for (schema, message) in [
        (
            json!({"type": "unknown"}),
            "has a primitive type that is NOT VALID -- given: /unknown/ Expected valid values are:[array boolean integer number null object string]",
        ),
        (json!({"type": ["null", "null"]}), "null type is duplicated"),
        (json!({"type": 1}), "Invalid type. Expected: type, given: string/array of strings"),
        (json!({"properties": []}), "properties must be of type object"),
        (json!({"properties": {"a": 1}}), "Expected: valid schema, given: Invalid JSON"),
        (json!({"items": 1}), "Invalid type. Expected: valid schema/array of schemas, given: items"),
        (json!({"multipleOf": 0}), "multipleOf must be strictly greater than 0"),
        (json!({"minimum": "1"}), "minimum must be of a number"),
        (json!({"exclusiveMinimum": true}), "exclusiveMinimum cannot be used without minimum"),
        (json!({"minLength": 2, "maxLength": 1}), "minLength cannot be greater than maxLength"),
        (json!({"minItems": -1}), "minItems must be greater than or equal to 0"),
        (json!({"maxItems": 1.5}), "maxItems must be of an integer"),
        (json!({"pattern": "("}), "pattern must be a valid regex"),
        (json!({"patternProperties": {"(": {}}}), "Invalid regex pattern '('"),
        (json!({"required": ["a", "a"]}), "required items must be unique"),
        (json!({"enum": [1, 1.0]}), "enum items must be unique"),
        (json!({"enum": 1}), "enum must be of an array"),
        (json!({"not": 1}), "not must be of an object"),
        (json!({"$ref": "#/nope"}), "Object has no key 'nope'"),
        (
            json!({"$ref": "http://json.example/schema"}),
            "remote reference loading disabled: http://json.example/schema",
        ),
        (json!({"$ref": "file:///etc/passwd"}), "file reference loading disabled: file:///etc/passwd"),
        (json!({"$ref": "other.json"}), "Reference /other.json must be canonical"),
        (json!({"$schema": 1}), "$schema must be of type string"),
        // A mistake in a part that nothing refers to is one as well.
        (
            json!({"definitions": {"a": {"type": "x"}}}),
            "has a primitive type that is NOT VALID -- given: /x/ Expected valid values are:[array boolean integer number null object string]",
        ),
    ] {
        let verified = ask("json.verify_schema(input)", &schema).unwrap();
        assert_eq!(verified, json!([false, format!("jsonschema: {message}")]), "{schema}");
        let error = ask("json.match_schema({}, input)", &schema).unwrap_err();
        assert!(error.message.contains(&format!("json.match_schema: {message}")), "{error}");
    }
    let verify = |text: &str| ask("json.verify_schema(input)", &json!(text)).unwrap();
    assert_eq!(verify("{\"type\": \"null\"}"), json!([true, null]));
    assert_eq!(verify("{"), json!([false, "jsonschema: invalid JSON string"]));
    assert_eq!(verify("1"), json!([false, "jsonschema: schema is invalid"]));
    assert_eq!(ask("json.match_schema({1: {2}}, {\"required\": [\"1\"]})", &json!({})).unwrap(), json!([true, []]));
}

/// The limit that a call reaches.
fn limit_of(document: &Value, schema: &Value) -> String {
    let input = json!({"document": document, "schema": schema});
    let error = ask("json.match_schema(input.document, input.schema)", &input).unwrap_err();
    assert_eq!(error.code, ErrorCode::LimitExceeded, "{error}");
    error.limit.unwrap().name
}

#[test]
fn hostile_schemas_end_with_a_limit() {
    let deep =
        |levels: usize, around: fn(Value) -> Value, inner: Value| (0..levels).fold(inner, |inner, _| around(inner));
    let list = json!([1]);
    // References that lead to themselves.
    assert_eq!(limit_of(&list, &json!({"$ref": "#"})), "steps");
    let circle = json!({"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"});
    assert_eq!(limit_of(&list, &circle), "steps");
    assert_eq!(limit_of(&list, &json!({"allOf": [{"$ref": "#"}]})), "json_schema_nesting");
    // Parts inside one another, and documents.
    assert_eq!(limit_of(&list, &deep(300, |inner| json!({"not": inner}), json!({}))), "json_schema_nesting");
    assert_eq!(
        limit_of(&deep(400, |inner| json!([inner]), json!(1)), &json!({"items": {"$ref": "#"}})),
        "json_schema_nesting"
    );
    // Each part is asked for twice by the one around it.
    let mut parts = serde_json::Map::new();
    for at in 0..60 {
        let next = json!({"$ref": format!("#/definitions/d{}", at + 1)});
        parts.insert(format!("d{at}"), json!({"allOf": [next, next]}));
    }
    parts.insert("d60".into(), json!({"type": "null"}));
    assert_eq!(limit_of(&list, &json!({"definitions": parts, "$ref": "#/definitions/d0"})), "steps");
    // Much that is wrong, of much.
    let many = json!(vec![1; 20_000]);
    let wrong =
        json!({"items": {"anyOf": [{"type": "null"}, {"type": "string"}, {"type": "array"}, {"type": "object"}]}});
    assert_eq!(limit_of(&many, &json!({"allOf": [wrong, wrong, wrong, wrong, wrong, wrong, wrong, wrong]})), "steps");
    // Patterns and numbers.
    let text = json!(vec!["a".repeat(100_000); 20]);
    assert_eq!(limit_of(&text, &json!({"items": {"pattern": "(a?){300}b"}})), "steps");
    assert_eq!(limit_of(&list, &json!({"pattern": "[^a]{1000}"})), "regex_bytes");
    let document: Value =
        serde_json::from_str(&format!("[{}]", "1e1000".to_owned() + &",1e1000".repeat(5_000))).unwrap();
    let schema: Value = serde_json::from_str("{\"items\": {\"multipleOf\": 3e-1000}}").unwrap();
    assert_eq!(limit_of(&document, &schema), "steps");
}

#[test]
fn documents_cost_as_many_steps_as_they_are_large() {
    let named = |begin: &str, count: usize, of: &dyn Fn(usize) -> Value| {
        Value::Object((0..count).map(|at| (format!("{begin}{at}"), of(at))).collect())
    };
    let items = json!(vec![json!({"a": "text", "b": 1}); 1_000]);
    let (nothing, keys) = (json!(vec![json!({}); 1_000]), named("", 1_000, &|at| json!(at)));
    for (document, schema, least) in [
        (&items, json!({"items": {"required": ["a"]}}), 8_000),
        (&items, json!({"items": {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}}), 24_000),
        (&items, json!({"uniqueItems": true}), 3_000),
        (&items, json!({"items": {"properties": {"a": {"pattern": "x"}}}}), 15_000),
        // However short or few the keys are.
        (&keys, json!({"patternProperties": named("z", 100, &|_| json!({}))}), 200_000),
        (&keys, json!({"propertyNames": {"maxLength": 3}}), 8_000),
        (&keys, json!({"additionalProperties": {"type": "number"}}), 8_000),
        (&nothing, json!({"items": {"dependencies": named("d", 1_000, &|_| json!(["x"]))}}), 1_000_000),
    ] {
        let program = program("package policy\n\nx := json.match_schema(input.document, input.schema)[0]\n");
        let input = json!({"document": document, "schema": schema}).to_string();
        let input = Document::read(input.as_bytes()).unwrap();
        let evaluation = program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap();
        assert!(evaluation.steps >= least, "{schema}: {} steps of {least}", evaluation.steps);
    }
}
