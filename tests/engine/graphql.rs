//! GraphQL: what is a query and a schema, what a query may ask of a schema, and that no document can hang or trap the engine.

use super::*;
use serde_json::{Value, json};

const SCHEMA: &str = "
  interface Named { name: String! }
  type Dog implements Named { name: String!, barks(loud: Boolean = false): Boolean, owner: Person }
  type Cat implements Named { name: String!, meows: Int }
  type Person implements Named { name: String!, pets(first: Int!, kind: Kind): [Pet!], id: ID }
  union Pet = Dog | Cat
  enum Kind { SMALL LARGE }
  input Filter { kind: Kind!, tags: [String!], weight: Float = 1.5 }
  type Query { pet: Pet, dog: Dog, person(filter: Filter, ids: [ID!]): Person, named: Named }
  type Subscription { born: Dog, died: Dog }
";

/// What `policy/x` of a term says, with builtin errors as errors.
fn ask(term: &str, input: &Value) -> Result<Answer, regate::error::Error> {
    let program = program(format!("package policy\n\nx := {term}\n"));
    let input = Document::read(input.to_string().as_bytes()).unwrap();
    let allowance = Allowance { strict_builtin_errors: true, ..Allowance::default() };
    program.evaluate("policy/x", Some(&input), allowance).map(|found| found.answer)
}

fn value(term: &str, input: &Value) -> Value {
    match ask(term, input).unwrap_or_else(|error| panic!("{term}: {error}")) {
        Answer::Value(text) => serde_json::from_str(&text).unwrap(),
        Answer::Undefined => panic!("{term} is undefined"),
    }
}

/// What is wrong with a query under the schema, in a message of its own line for each mistake.
fn mistakes(query: &str, schema: &str) -> String {
    let input = json!({"query": query, "schema": schema});
    let valid = value("graphql.is_valid(input.query, input.schema)", &input);
    let verified = value("graphql.parse_and_verify(input.query, input.schema)", &input);
    assert_eq!(valid, verified[0], "{query}");
    match ask("graphql.parse(input.query, input.schema)", &input) {
        Ok(answer) => {
            assert_eq!(valid, true, "{query}: {answer:?}");
            String::new()
        }
        Err(error) => {
            assert_eq!(valid, false, "{query}: {error}");
            assert_eq!(verified, json!([false, {}, {}]), "{query}");
            let message = error.message.strip_suffix(" (policy.rego:3)").unwrap();
            message.strip_prefix("graphql.parse: ").unwrap().to_owned()
        }
    }
}

#[test]
fn right_queries_are_right() {
    for query in [
        "{ pet { __typename ... on Dog { name barks(loud: true) } ... on Cat { meows } } }",
        "query q($first: Int!, $kind: Kind = SMALL) { person { pets(first: $first, kind: $kind) { ...p } } } \
         fragment p on Dog { name }",
        "{ person(filter: {kind: LARGE, tags: [\"a\"]}, ids: [1, \"b\"]) { id } }",
        "{ a: dog { name } b: dog { name } __schema { types { name fields { name } } } }",
        "subscription { born { name } }",
        "{ named { name ... on Dog @include(if: true) { owner { id } } } }",
    ] {
        assert_eq!(mistakes(query, SCHEMA), "", "{query}");
    }
}

#[test]
fn mistakes_of_queries_are_told_in_the_words_of_opa() {
    let at = |message: &str, place: &str| format!("{message} in GraphQL string at location {place}");
    for (query, message, place) in [
        ("{ dog { nam } }", "Cannot query field \"nam\" on type \"Dog\". Did you mean \"name\"?\n", "1:9"),
        (
            "{ pet { name } }",
            "Cannot query field \"name\" on type \"Pet\". Did you mean to use an inline fragment on \"Named\", \"Cat\", or \"Dog\"?\n",
            "1:9",
        ),
        (
            "{ dog }",
            "Field \"dog\" of type \"Dog\" must have a selection of subfields. Did you mean \"dog { ... }\"?\n",
            "1:3",
        ),
        (
            "{ dog { name { x } } }",
            "Cannot query field \"x\" on type \"String\".\ninput:1:9: Field \"name\" must not have a selection since type \"String\" has no subfields",
            "1:16",
        ),
        (
            "{ dog { barks(lound: true) } }",
            "Unknown argument \"lound\" on field \"Dog.barks\". Did you mean \"loud\"?\n",
            "1:9",
        ),
        (
            "{ person { pets { __typename } } }",
            "Field \"pets\" argument \"first\" of type \"Int!\" is required, but it was not provided",
            "1:12",
        ),
        (
            "{ dog { name @skip } }",
            "Directive \"@skip\" argument \"if\" of type \"Boolean!\" is required, but it was not provided",
            "1:15",
        ),
        ("{ dog { name @nope } }", "Unknown directive \"@nope\"", "1:15"),
        ("query @skip(if: true) { dog { name } }", "Directive \"@skip\" may not be used on QUERY", "1:8"),
        ("{ dog { ...f } }", "Unknown fragment \"f\"", "1:12"),
        ("{ dog { name } } fragment f on Dog { name }", "Fragment \"f\" is never used", "1:18"),
        (
            "{ dog { ...f } } fragment f on Dog { owner { name } ...f }",
            "Cannot spread fragment \"f\" within itself",
            "1:56",
        ),
        (
            "{ dog { ... on Cat { name } } }",
            "Fragment cannot be spread here as objects of type \"Dog\" can never be of type \"Cat\"",
            "1:13",
        ),
        (
            "{ dog { ... on Kind { name } } }",
            "Cannot query field \"name\" on type \"Kind\".\ninput:1:13: Fragment cannot condition on non composite type \"Kind\"",
            "1:23",
        ),
        ("query q($a: Int) { dog { name } }", "Variable \"$a\" is never used in operation \"q\"", "1:9"),
        ("{ dog { barks(loud: $a) } }", "Variable \"$a\" is not defined", "1:21"),
        (
            "query($a: Dog) { dog { barks(loud: $a) } }",
            "Variable \"$a\" of type \"Dog\" used in position expecting type \"Boolean\".\ninput:1:7: Variable \"$a\" cannot be non-input type \"Dog\"",
            "1:36",
        ),
        (
            "query($a: [Int]) { person { pets(first: $a) { __typename } } }",
            "Variable \"$a\" of type \"[Int]\" used in position expecting type \"Int!\"",
            "1:41",
        ),
        ("{ person { pets(first: \"1\") { __typename } } }", "Int cannot represent non-integer value: \"1\"\n", "1:25"),
        (
            "{ person { pets(first: 1, kind: BIG) { __typename } } }",
            "Value \"BIG\" does not exist in \"Kind\" enum",
            "1:33",
        ),
        (
            "{ person { pets(first: 1, kind: SMAL) { __typename } } }",
            "Value \"SMAL\" does not exist in \"Kind\" enum. Did you mean the enum value \"SMALL\"?\n",
            "1:33",
        ),
        (
            "{ person(filter: {tags: []}) { id } }",
            "Field \"Filter.kind\" of required type \"Kind!\" was not provided",
            "1:18",
        ),
        (
            "{ person(filter: {kind: SMALL, kin: 1}) { id } }",
            "Field \"kin\" is not defined by type \"Filter\". Did you mean \"kind\"?\n",
            "1:32",
        ),
        ("{ person(ids: [1.5]) { id } }", "ID cannot represent a non-string and non-integer value: 1.5\n", "1:16"),
        (
            "{ dog { name: barks name } }",
            "Fields \"name\" conflict because \"barks\" and \"name\" are different fields. Use different aliases on the fields to fetch both if this was intentional",
            "1:21",
        ),
        (
            "{ dog { barks(loud: true) barks } }",
            "Fields \"barks\" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional",
            "1:27",
        ),
        ("mutation { dog { name } }", "Schema does not support operation type \"mutation\"\n", "1:1"),
        (
            "subscription { born { name } died { name } }",
            "Anonymous Subscription must select only one top level field",
            "1:30",
        ),
        (
            "{ dog { name } } { dog { name } }",
            "This anonymous operation must be the only defined operation.\ninput:1:18: This anonymous operation must be the only defined operation.\ninput:1:18: There can be only one operation named \"\"",
            "1:1",
        ),
        (
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "Maximum introspection depth exceeded\n",
            "1:3",
        ),
        // What is no query.
        ("{ dog { name }", "Expected Name, found <EOF>", "1:15"),
        ("{ dog(a: $) }", "Expected Name, found )", "1:11"),
        ("{}", "expected at least one definition, found }", "1:2"),
        ("{ dog ? }", "Expected Name, found <Invalid>", "1:7"),
        ("quer { dog }", "Unexpected Name \"quer\"", "1:1"),
        ("fragment on on Dog { name }", "Unexpected Name \"on\"", "1:10"),
    ] {
        assert_eq!(mistakes(query, SCHEMA), at(message, place), "{query}");
    }
}

#[test]
fn mistakes_of_schemas_are_told_in_the_words_of_opa() {
    for (schema, message) in [
        ("type Query { a: B }", "input:1:17: Undefined type B."),
        ("type Query { a: Int } type Query { b: Int }", "input:1:28: Cannot redeclare type Query."),
        ("type Query { a: Int a: Int }", "input:1:21: Field Query.a can only be defined once."),
        ("type Query", "input:1:6: OBJECT Query: must define one or more fields."),
        (
            "type Query { __a: Int }",
            "input:1:14: Name \"__a\" must not begin with \"__\", which is reserved by GraphQL introspection.",
        ),
        (
            "interface I { a: Int } type Query implements I { b: Int }",
            "input:1:29: For Query to implement I it must have a field called a.",
        ),
        (
            "interface I { a: Int! } type Query implements I { a: Int }",
            "input:1:51: For Query to implement I the field a must have type Int!.",
        ),
        ("union U = Int", "input:1:7: UNION type \"Int\" must be OBJECT."),
        ("enum E { true }", "input:1:6: ENUM E: non-enum value true."),
        (
            "input I { a: Query } type Query { a: Int }",
            "input:1:11: OBJECT a: field must be one of SCALAR, ENUM, INPUT_OBJECT.",
        ),
        (
            "type Query { a(b: Query): Int }",
            "input:1:16: cannot use Query as argument b because OBJECT is not a valid input type",
        ),
        ("type Query @nope { a: Int }", "input:1:13: Undefined directive nope."),
        ("directive @d(a: Int @d) on ARGUMENT_DEFINITION", "input:1:22: Directive d cannot refer to itself."),
        ("type Query { a: Int @skip(if: true) }", "input:1:22: Directive skip is not applicable on FIELD_DEFINITION."),
        ("schema { query: Q }", "input:1:10: Schema root query refers to a type Q that does not exist."),
        (
            "scalar A extend type A { b: Int }",
            "input:1:22: Cannot extend type A because the base type is a SCALAR, not OBJECT.",
        ),
        ("extend type __Type implements Nope", "prelude.graphql:92:6: Undefined type \"Nope\"."),
    ] {
        let found = mistakes("{ a }", schema);
        assert_eq!(found, format!("Error in gqlparser SchemaDocument to Schema conversion: {message}"), "{schema}");
        assert_eq!(value("graphql.schema_is_valid(input)", &json!(schema)), false, "{schema}");
    }
    assert_eq!(value("graphql.schema_is_valid(input)", &json!(SCHEMA)), true);
    assert_eq!(value("graphql.schema_is_valid(input)", &json!({})), true);
}

#[test]
fn documents_are_objects_with_the_fields_that_opa_gives_them() {
    let query =
        "# first\nquery q($a: Int = 1) {\n  # a pet\n  b: c(d: {e: [$a, \"x\", null]}) @f ...g ... on T { h } }";
    let argument = json!({"Kind": 9, "Raw": "", "ExpectedTypeHasDefault": false, "Children": [{"Name": "e", "Value": {
        "Kind": 8, "Raw": "", "ExpectedTypeHasDefault": false, "Children": [
            {"Name": "", "Value": {"Kind": 0, "Raw": "a", "ExpectedTypeHasDefault": false}},
            {"Name": "", "Value": {"Kind": 3, "Raw": "x", "ExpectedTypeHasDefault": false}},
            {"Name": "", "Value": {"Kind": 6, "Raw": "null", "ExpectedTypeHasDefault": false}},
        ],
    }}]});
    let expected = json!({"Operations": [{
        "Comment": {"List": [{"Value": "# first"}]},
        "Operation": "query",
        "Name": "q",
        "VariableDefinitions": [{
            "Variable": "a",
            "Type": {"NamedType": "Int", "NonNull": false},
            "DefaultValue": {"Kind": 1, "Raw": "1", "ExpectedTypeHasDefault": false},
            "Used": false,
        }],
        "SelectionSet": [
            {
                "Comment": {"List": [{"Value": "# a pet"}]},
                "Alias": "b",
                "Name": "c",
                "Arguments": [{"Name": "d", "Value": argument}],
                "Directives": [{"Name": "f", "Location": ""}],
            },
            {"Name": "g"},
            {"TypeCondition": "T", "SelectionSet": [{"Alias": "h", "Name": "h"}]},
        ],
    }]});
    assert_eq!(value("graphql.parse_query(input)", &json!(query)), expected);

    let schema = "\"\"\"\n  what it is\n  \"\"\"\ntype T implements A & B { \"f\" f(a: [Int!] = [1]): S! @d }";
    let expected = json!({"Definitions": [{
        "Kind": "OBJECT",
        "Name": "T",
        "Description": "what it is",
        "BuiltIn": false,
        "Interfaces": ["A", "B"],
        "Fields": [{
            "Name": "f",
            "Description": "f",
            "Type": {"NamedType": "S", "NonNull": true},
            "Directives": [{"Name": "d", "Location": ""}],
            "Arguments": [{
                "Name": "a",
                "Description": "",
                "Type": {"NamedType": "", "NonNull": false, "Elem": {"NamedType": "Int", "NonNull": true}},
                "DefaultValue": {"Kind": 8, "Raw": "", "ExpectedTypeHasDefault": false, "Children": [
                    {"Name": "", "Value": {"Kind": 1, "Raw": "1", "ExpectedTypeHasDefault": false}},
                ]},
            }],
        }],
    }]});
    assert_eq!(value("graphql.parse_schema(input)", &json!(schema)), expected);
}

#[test]
fn documents_that_come_as_objects_are_held_to_the_same_rules() {
    let of = |query: &str, schema: &str| {
        let input = json!({"query": query, "schema": schema});
        let call = "graphql.is_valid(graphql.parse_query(input.query), graphql.parse_schema(input.schema))";
        value(call, &input)
    };
    assert_eq!(of("{ dog { name } }", SCHEMA), true);
    assert_eq!(of("{ dog { nam } }", SCHEMA), false);
    // OPA reads spreads and inline fragments of such documents as fields.
    assert_eq!(of("{ dog { ... on Dog { name } } }", SCHEMA), false);
    // What lacks something that every text has is refused, and nothing traps.
    for query in [
        json!({"Operations": [{"Operation": "query", "VariableDefinitions": [{"Variable": "a"}]}]}),
        json!({"Operations": [{"Operation": "query", "SelectionSet": [{"Name": "dog", "Arguments": [{"Name": "a"}]}]}]}),
        json!({"Operations": [{"Operation": "nope", "SelectionSet": [{"Name": "dog"}]}]}),
        json!({"Operations": [null]}),
        json!({"Operations": 1}),
        json!({"Operations": [{"Name": 1}]}),
        json!({"Operations": [{"Operation": "query", "SelectionSet": [{"Name": "dog", "Arguments": [{"Name": "a", "Value": {"Kind": 10}}]}]}]}),
        json!({"Operations": [{"Operation": "query", "SelectionSet": [null]}]}),
    ] {
        let input = json!({"query": query, "schema": SCHEMA});
        assert_eq!(value("graphql.is_valid(input.query, input.schema)", &input), false, "{query}");
        assert!(ask("graphql.parse(input.query, input.schema)", &input).is_err(), "{query}");
    }
    // A default that is its own variable.
    let query = json!({"Operations": [{
        "Operation": "query",
        "VariableDefinitions": [{"Variable": "a", "Type": {"NamedType": "Int"}, "DefaultValue": {"Kind": 0, "Raw": "a"}}],
        "SelectionSet": [{"Name": "person", "SelectionSet": [
            {"Name": "pets", "Arguments": [{"Name": "first", "Value": {"Kind": 0, "Raw": "a"}}]},
        ]}],
    }]});
    let input = json!({"query": query, "schema": SCHEMA});
    assert_eq!(value("graphql.is_valid(input.query, input.schema)", &input), false);
    for schema in [json!({"Definitions": [{"Kind": "OBJECT", "Name": "Query", "Fields": [{"Name": "a"}]}]}), json!(1)] {
        let term = "graphql.schema_is_valid(json.unmarshal(json.marshal(input)))";
        assert_eq!(value(term, &schema), false, "{schema}");
    }
}

/// The limit that a call reaches.
fn limit_of(term: &str, input: &Value) -> String {
    let error = ask(term, input).map(|_| ()).unwrap_err();
    assert_eq!(error.code, ErrorCode::LimitExceeded, "{error}");
    error.limit.unwrap().name
}

#[test]
fn hostile_documents_end_with_a_limit() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(5_000), close.repeat(5_000));
    for query in [
        format!("{{ a{} }}", deep("{ a", "}")),
        format!("{{ a(b: {}) }}", deep("[", "]")),
        format!("{{ a(b: {}) }}", deep("{c:", "}")),
        format!("query($a: {}) {{ a }}", deep("[", "]")),
        format!("{{ a{} }}", "{ ...on T ".repeat(5_000)),
    ] {
        assert_eq!(limit_of("graphql.parse_query(input)", &json!(query)), "graphql_nesting");
        let input = json!({"query": query, "schema": SCHEMA});
        assert_eq!(limit_of("graphql.is_valid(input.query, input.schema)", &input), "graphql_nesting");
    }
    assert_eq!(
        limit_of("graphql.parse_schema(input)", &json!(format!("type A {{ a: {} }}", deep("[", "]")))),
        "graphql_nesting"
    );
    // A chain of fragments, each of which spreads the next.
    let chain: String = (0..5_000).map(|at| format!("fragment f{at} on Dog {{ ...f{} }} ", at + 1)).collect();
    let query = format!("{{ dog {{ ...f0 }} }} {chain} fragment f5000 on Dog {{ name }}");
    let input = json!({"query": query, "schema": SCHEMA});
    assert_eq!(limit_of("graphql.is_valid(input.query, input.schema)", &input), "graphql_nesting");
    // Each spreads the next twice: as many ways as there are sums.
    let chain: String = (0..60)
        .map(|at| format!("fragment f{at} on __Type {{ a: ofType {{ ...f{0} }} b: ofType {{ ...f{0} }} }} ", at + 1))
        .collect();
    let query = format!("{{ __type(name: \"A\") {{ ...f0 }} }} {chain} fragment f60 on __Type {{ name }}");
    let input = json!({"query": query, "schema": SCHEMA});
    assert_eq!(limit_of("graphql.is_valid(input.query, input.schema)", &input), "steps");
    // Each comparison of two selections asks for another one, and OPA does not come back.
    let query = "{ person { ...p } } fragment p on Person { pets(first: 1) { ... on Dog { owner { ...p pets(first: 1) { \
                 ... on Dog { owner { ...p } } } } } } }";
    let input = json!({"query": query, "schema": SCHEMA});
    assert_eq!(limit_of("graphql.is_valid(input.query, input.schema)", &input), "graphql_nesting");
    // Each field is compared with all others of its name.
    let query = format!("{{ dog {{ {} }} }}", "owner { name } ".repeat(4_000));
    let input = json!({"query": query, "schema": SCHEMA});
    assert_eq!(limit_of("graphql.is_valid(input.query, input.schema)", &input), "steps");
    // Names that are like nothing are compared with all that there are.
    let fields: String = (0..2_000).map(|at| format!("{}{at}: Int ", "f".repeat(60))).collect();
    let query = format!("{{ {} }}", (0..2_000).map(|at| format!("{}{at} ", "g".repeat(60))).collect::<String>());
    let input = json!({"query": query, "schema": format!("type Query {{ {fields} }}")});
    assert_eq!(limit_of("graphql.is_valid(input.query, input.schema)", &input), "steps");
}

#[test]
fn circles_of_fragments_are_told_and_end() {
    for query in [
        "{ dog { ...a } } fragment a on Dog { ...b owner { name } } fragment b on Dog { ...a name }",
        "{ dog { ...a ...b } } fragment a on Dog { owner { ...p } ...b } fragment b on Dog { owner { ...q } ...a } \
         fragment p on Person { pets(first: 1) { ...a } ...q } fragment q on Person { pets(first: 1) { ...b } ...p }",
        "{ dog { ...a } } fragment a on Dog { ...a }",
    ] {
        let input = json!({"query": query, "schema": SCHEMA});
        assert_eq!(value("graphql.is_valid(input.query, input.schema)", &input), false, "{query}");
        assert!(mistakes(query, SCHEMA).contains("within itself"), "{query}");
    }
}

#[test]
fn documents_cost_as_many_steps_as_they_are_large() {
    let steps = |term: &str, input: &Value| {
        let program = program(format!("package policy\n\nx := count([1 | {term} != 1])\n"));
        let input = Document::read(input.to_string().as_bytes()).unwrap();
        program.evaluate("policy/x", Some(&input), Allowance::default()).unwrap().steps
    };
    let fields = "dog { name } ".repeat(50);
    let query = format!("{{ {fields} a: dog {{ owner {{ pets(first: 1) {{ __typename }} }} }} }}");
    let input = json!({"query": query, "schema": SCHEMA});
    for (term, least) in [
        ("graphql.parse_query(input.query)", query.len() as u64),
        ("graphql.parse_schema(input.schema)", SCHEMA.len() as u64),
        ("graphql.schema_is_valid(input.schema)", SCHEMA.len() as u64),
        // All pairs of the fields of one name.
        ("graphql.is_valid(input.query, input.schema)", 50 * 50 / 2 * 4),
        ("graphql.is_valid(graphql.parse_query(input.query), graphql.parse_schema(input.schema))", 50 * 50 / 2 * 4),
    ] {
        let found = steps(term, &input);
        assert!(found >= least, "{term}: {found} steps of {least}");
        assert_eq!(found, steps(term, &input), "{term}");
    }
}
