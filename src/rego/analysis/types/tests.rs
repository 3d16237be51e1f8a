//! Printing, the laws of union and unification, and what is inside of types.
#![allow(clippy::panic, reason = "a test says what is wrong by failing")]

use super::schema::type_of;
use super::{Key, Signature, Type, Work};
use crate::limits;
use serde_json::json;

fn read(text: &str) -> Type {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn unify(a: &str, b: &str) -> bool {
    let work = Work::for_text(0);
    let answer = read(a).unifies(&read(b), &work);
    assert_eq!(answer, read(b).unifies(&read(a), &work), "{a} and {b} in either order");
    answer
}

/// Types of every kind.
const SOME: [&str; 18] = [
    "null",
    "boolean",
    "number",
    "string",
    "any",
    "array",
    "array[any]",
    "array<number>",
    "array<number, string>[boolean]",
    "set[number]",
    "set[any<null, string>]",
    "object",
    "object[string: any]",
    "object<a: number>",
    "object<a: string, b: array[any]>[any: number]",
    "any<number, string>",
    "any<null, array[string]>",
    "any<string>",
];

#[test]
fn a_type_is_printed_as_it_is_read() {
    for text in SOME {
        assert_eq!(read(text).to_string(), text);
    }
    assert_eq!(Type::Unknown.to_string(), "???");
    assert_eq!(Type::set(Type::Unknown).to_string(), "set[???]");
    assert_eq!(Type::array(vec![Type::Unknown, Type::Null], None).to_string(), "array<???, null>");
}

#[test]
fn members_of_a_union_and_keys_of_an_object_stand_in_their_order() {
    assert_eq!(read("any<string, number, null>").to_string(), "any<null, number, string>");
    assert_eq!(
        read("any<set[any], object[any: any], array[any], string>").to_string(),
        "any<string, array[any], object[any: any], set[any]>"
    );
    assert_eq!(read("object<b: null, a: null>").to_string(), "object<a: null, b: null>");
    let keys = [
        Key::object(vec![(Key::Null, Key::Null)]),
        Key::array(vec![Key::number("1"), Key::string("x")]),
        Key::string("x"),
        Key::number("-1.50"),
        Key::Boolean(true),
        Key::Null,
    ];
    let object = Type::object(keys.into_iter().map(|key| (key, Type::Any)).collect(), None);
    assert_eq!(
        object.to_string(),
        "object<<nil>: any, true: any, -1.50: any, x: any, [1 x]: any, map[<nil>:<nil>]: any>"
    );
}

#[test]
fn of_a_key_that_is_given_twice_the_last_counts() {
    let object = Type::object(vec![(Key::number("1"), Type::Null), (Key::number("1.0"), Type::String)], None);
    assert_eq!(object.to_string(), "object<1.0: string>");
}

#[test]
fn numbers_are_one_key_where_they_are_equal() {
    for (a, b) in [("1", "1.0"), ("100", "1e2"), ("0", "-0"), ("0.0", "0e9"), ("-1.5", "-15e-1"), ("1E+2", "100")] {
        assert_eq!(Key::number(a), Key::number(b), "{a} and {b}");
    }
    let rising = ["-1e99999999999999999999", "-10", "-9", "-0.1", "0", "1e-5", "0.5", "2", "10", "11", "1e30", "1e999"];
    for pair in rising.windows(2) {
        let [a, b] = pair else { continue };
        assert!(Key::number(a) < Key::number(b), "{a} before {b}");
    }
}

#[test]
fn what_is_no_type_says_what_is_wrong() {
    for (text, wanted) in [
        ("text", "in `text` a type is expected instead of `text`"),
        ("set", "in `set` `[` is expected instead of its end"),
        ("any<any>", "in `any<any>` a union without `any` and without unions in it is expected instead of `any<any>`"),
        ("number number", "in `number number` nothing more is expected instead of `number`"),
        ("object<: any>", "in `object<: any>` a key is expected instead of `: any>`"),
    ] {
        assert_eq!(text.parse::<Type>().map_err(|error| error.message), Err(wanted.to_owned()));
    }
    let deep = format!("{}any{}", "set[".repeat(5_000), "]".repeat(5_000));
    assert!(deep.parse::<Type>().is_err());
}

#[test]
fn signatures_are_read() {
    let signature: Signature =
        "(format: string, array[any]) -> output: string".parse().unwrap_or_else(|e| panic!("{e}"));
    let args: Vec<String> = signature.args.iter().map(ToString::to_string).collect();
    assert_eq!(args, ["format: string", "array[any]"]);
    assert_eq!(signature.result.as_ref().map(ToString::to_string).as_deref(), Some("output: string"));
    assert_eq!(signature.function().to_string(), "(string, array[any]) => string");
    let signature: Signature = "(any...)".parse().unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(signature.function().to_string(), "(any...) => ???");
    assert!("(number".parse::<Signature>().is_err());
    assert!("() -> ".parse::<Signature>().is_err());
}

#[test]
fn union_has_the_laws_of_a_union() {
    for a in SOME {
        let a = read(a);
        assert_eq!(a.clone().or(a.clone()), a);
        assert_eq!(a.clone().or(Type::Unknown), a);
        for b in SOME {
            let b = read(b);
            let both = a.clone().or(b.clone());
            assert_eq!(both, b.clone().or(a.clone()), "{a} and {b} in either order");
            assert_eq!(both.clone().or(a.clone()), both, "{a} and {b} have {a} in them");
            for c in SOME {
                let c = read(c);
                assert_eq!(both.clone().or(c.clone()), a.clone().or(b.clone().or(c.clone())));
            }
        }
    }
    let all: Vec<Type> = SOME.map(read).into_iter().filter(|one| *one != Type::Any).collect();
    assert_eq!(Type::any_of(all.clone()), all.into_iter().fold(Type::Unknown, Type::or));
}

#[test]
fn unions_are_flat() {
    assert_eq!(read("number").or(read("string")).to_string(), "any<number, string>");
    assert_eq!(read("any<number, string>").or(read("null")).to_string(), "any<null, number, string>");
    assert_eq!(read("any<number, string>").or(read("any")).to_string(), "any");
    assert_eq!(read("any<number>").or(read("number")).to_string(), "any<number>");
}

#[test]
fn functions_are_joined_by_argument() {
    let function = |text: &str| text.parse::<Signature>().map_or(Type::Unknown, |signature| signature.function());
    assert_eq!(
        function("(number) -> string").or(function("(string) -> null")).to_string(),
        "(any<number, string>) => any<null, string>"
    );
    assert_eq!(function("(number) -> string").or(function("() -> null")), Type::Unknown);
    assert_eq!(function("(number) -> string").or(Type::Null), Type::Unknown);
}

#[test]
fn types_unify_where_a_value_can_be_of_both() {
    for (a, b) in [
        ("number", "any"),
        ("any<number, string>", "string"),
        ("any<number, string>", "any<null, number>"),
        ("array<number, string>", "array[any]"),
        ("array<number>[string]", "array<number, string, string>"),
        ("array[number]", "array"),
        ("set[any<number, string>]", "set[string]"),
        ("object<a: number>", "object[string: number]"),
        ("object<a: number>", "object<a: any>"),
        ("object<a: object<b: any>>", "object<a: object<b: null>>"),
    ] {
        assert!(unify(a, b), "{a} and {b}");
    }
    for (a, b) in [
        ("number", "string"),
        ("null", "boolean"),
        ("any<number, string>", "null"),
        ("any<number, string>", "any<null, boolean>"),
        ("array<number>", "array<number, number>"),
        ("array<number>", "array[string]"),
        ("array[number]", "array[string]"),
        ("array[any]", "set[any]"),
        ("set[number]", "set[string]"),
        ("object<a: number>", "object<b: number>"),
        ("object<a: number>", "object[number: number]"),
        ("object<a: number>", "object"),
        ("object[string: number]", "object[string: string]"),
    ] {
        assert!(!unify(a, b), "{a} and {b}");
    }
    assert!(!Type::Unknown.unifies(&Type::Any, &Work::for_text(0)));
}

#[test]
fn every_type_unifies_with_itself_and_with_any() {
    for one in SOME {
        assert!(unify(one, one), "{one}");
        assert!(unify(one, "any"), "{one}");
    }
}

#[test]
fn a_function_is_no_value() {
    let function = Type::function(vec![Type::Any], None, Some(Type::Any));
    let work = Work::for_text(0);
    assert!(!Type::Any.unifies(&function, &work));
    assert!(!read("any<number, string>").unifies(&function, &work));
    assert!(Type::function(vec![Type::Number], None, None).unifies(&function, &work));
    assert!(!Type::function(Vec::new(), None, None).unifies(&function, &work));
    assert!(!Type::Any.contains(&function));
}

#[test]
fn keys_values_and_selection() {
    for (of, keys, values) in [
        ("array<number, string>", "number", "any<number, string>"),
        ("array", "number", "???"),
        ("array<number>[string]", "number", "any<number, string>"),
        ("object<a: null>[number: string]", "any<number, string>", "any<null, string>"),
        ("set[string]", "string", "string"),
        ("any", "any", "any"),
        ("any<string, array[null], set[string]>", "any<number, string>", "any<null, string>"),
        ("string", "???", "???"),
    ] {
        assert_eq!(read(of).keys().to_string(), keys, "keys of {of}");
        assert_eq!(read(of).values().to_string(), values, "values of {of}");
    }
    let text = Key::string("a");
    for (of, key, wanted) in [
        ("array<number>[string]", Key::number("0"), "number"),
        ("array<number>[string]", Key::number("7"), "string"),
        ("array<number>", Key::number("1"), "???"),
        ("array[number]", Key::number("-1"), "???"),
        ("array[number]", text.clone(), "???"),
        ("object<a: null>[string: number]", text.clone(), "null"),
        ("object<b: null>[string: number]", text.clone(), "number"),
        ("object<b: null>[any<number, string>: number]", text.clone(), "number"),
        ("object<b: null>[number: number]", text.clone(), "???"),
        ("set[any]", text.clone(), "string"),
        ("set[number]", text.clone(), "???"),
        ("any", text.clone(), "any"),
        ("any<object<a: null>, array[any], object<a: string>>", text.clone(), "any<null, string>"),
        ("number", text, "???"),
    ] {
        assert_eq!(read(of).select(&key, &Work::for_text(0)).to_string(), wanted, "{key} of {of}");
    }
}

#[test]
fn what_grows_beyond_all_bounds_is_any() {
    let mut doubled = Type::Null;
    let mut nested = Type::Null;
    for _ in 0..1_000 {
        doubled = Type::array(vec![doubled.clone(), doubled], None);
        nested = Type::set(nested);
    }
    assert!(doubled.to_string().len() < 1_000_000);
    assert!(nested.to_string().len() < usize::from(limits::TYPE_NESTING) * 10);
    let wide = Type::array(vec![Type::Number; 100_000], None);
    assert_eq!(wide, Type::Any);
}

#[test]
fn one_after_the_other_is_all_at_once() {
    let field = |at: u32| Type::object(vec![(Key::string(&format!("a{}", at % 7)), Type::Number)], None);
    let members: Vec<Type> = (0..40_u32)
        .map(|at| match at % 5 {
            0 => Type::Null,
            1 => Type::set(field(at)),
            2 => Type::array_of(field(at)),
            3 => Type::object_of(field(at), Type::String),
            _ => field(at),
        })
        .collect();
    let mut joined = Type::Unknown;
    for (count, member) in members.iter().enumerate() {
        let kept = joined.clone();
        joined = joined.or(member.clone());
        assert_eq!(joined, Type::any_of(members.iter().take(count + 1).cloned()), "{count}");
        assert_eq!(kept, Type::any_of(members.iter().take(count).cloned()), "who has the shorter one keeps it");
    }
}

#[test]
fn comparing_ends_when_the_work_is_used_up() {
    let union = |name: &str| {
        Type::any_of((0..4_000).map(|at| Type::object(vec![(Key::string(&format!("{name}{at}")), Type::Null)], None)))
    };
    let (a, b) = (union("a"), union("b"));
    let work = Work::for_text(0);
    assert!(a.unifies(&b, &work));
    assert!(Type::Null.unifies(&Type::String, &work), "nothing is wrong any more");
}

#[test]
fn schemas_give_types() {
    for (schema, wanted) in [
        (json!({"type": "string"}), "string"),
        (json!({"type": "integer"}), "number"),
        (json!({"type": "null"}), "any"),
        (json!({"type": ["null", "string"]}), "string"),
        (json!({"type": "object"}), "object[any: any]"),
        (json!({"type": "array"}), "array[any]"),
        (json!(true), "any"),
        (json!({}), "any"),
        (json!({"enum": ["a", 1]}), "any"),
        (
            json!({"properties": {"b": {"type": "number"}, "a": {}}, "additionalProperties": true}),
            "object<a: any, b: number>",
        ),
        (json!({"type": "array", "items": {"type": "boolean"}}), "array[boolean]"),
        (json!({"items": [{"type": "boolean"}, {}]}), "array<boolean, any>"),
        (json!({"anyOf": [{"type": "boolean"}, {"type": "string"}]}), "any<boolean, string>"),
        (
            json!({"type": "object", "properties": {"a": {}}, "anyOf": [{"properties": {"b": {}}}]}),
            "any<object<a: any>, object<b: any>>",
        ),
        (
            json!({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {"type": "null"}}}]}),
            "object<a: any, b: any>",
        ),
        (
            json!({"type": "object", "properties": {"c": {}}, "allOf": [{"properties": {"a": {}}}]}),
            "object<a: any, c: any>",
        ),
        (json!({"$ref": "#/definitions/a", "definitions": {"a": {"type": "string"}}}), "string"),
        (
            json!({"properties": {"next": {"$ref": "#"}, "name": {"type": "string"}}}),
            "object<name: string, next: object<name: string, next: any>>",
        ),
        (
            json!({
                "properties": {"a": {"$ref": "#/$defs/t"}, "b": {"$ref": "#/$defs/t"}},
                "$defs": {"t": {"type": "number"}},
            }),
            "object<a: number, b: number>",
        ),
    ] {
        assert_eq!(type_of(&schema).map(|read| read.to_string()), Ok(wanted.to_owned()), "{schema}");
    }
}

#[test]
fn schemas_that_give_none_say_why() {
    for (schema, wanted) in [
        (json!(1), "a schema is an object or a boolean"),
        (json!({"type": "text"}), "`text` is no type of JSON schema"),
        (json!({"$ref": "#/definitions/a"}), "the schema has nothing at `#/definitions/a`"),
        (
            json!({"$ref": "https://example.com/a"}),
            "the schema refers to another one, `https://example.com/a`, and nothing is fetched",
        ),
        (
            json!({"allOf": [{"type": "string"}, {"type": "number"}]}),
            "unable to merge these schemas: type mismatch: string and number",
        ),
    ] {
        assert_eq!(type_of(&schema).map_err(|error| error.message), Err(wanted.to_owned()), "{schema}");
    }
}
