//! Which declarations of a name are taken, and what is said of the others.

use crate::{Policies, Rows};
use serde_json::json;

/// The name that a file is loaded with.
fn name_of(source: &str) -> serde_json::Value {
    let policies = Policies::of(source);
    if policies.refused().is_empty() {
        policies.loaded["policies"][0]["name"].clone()
    } else {
        json!(policies.refused())
    }
}

#[test]
fn what_has_a_constant_key_is_a_name() {
    let letters = "x".repeat(80);
    let longest = format!("policy_name[\"{letters}\"]");
    let mut rows = Rows::default();
    for (rules, name) in [
        ("policy_name[\"n\"]", "n"),
        ("policy_name[\"n\"] { true }", "n"),
        ("policy_name[\"n\"] { false }", "n"),
        ("policy_name[\"n\"] { input.x }", "n"),
        ("import future.keywords\npolicy_name contains \"n\"", "n"),
        ("import future.keywords.contains\npolicy_name contains \"n\"", "n"),
        ("import future.keywords\npolicy_name contains \"n\" if true", "n"),
        ("import rego.v1\npolicy_name contains \"n\"", "n"),
        ("import rego.v1\npolicy_name contains \"n\" if true", "n"),
        ("policy_name.n", "n"),
        ("policy_name.n = true", "n"),
        ("policy_name[\"n\"] := true", "n"),
        ("policy_name[\"a\"] = \"b\"", "a"),
        ("policy_name[`n`]", "n"),
        ("policy_name[\"\\u006e\"]", "n"),
        ("policy_name[\"n\"]\npolicy_name[\"m\"]", "n"),
        ("# a comment\nimport data.foo\nimport data.foo.bar as baz\npolicy_name[\"n\"]\na = foo\nb = baz", "n"),
        ("policy_name[\"CamelCase_09\"]", "CamelCase_09"),
        ("policy_name[\"_\"]", "_"),
        ("policy_name[\"0\"]", "0"),
        (longest.as_str(), letters.as_str()),
    ] {
        rows.same(rules, &name_of(&format!("package org\n{rules}\n")), &json!(name));
    }
    rows.end();
}

#[test]
fn what_has_none_is_refused_with_its_reason() {
    const NO_KEY: &str = "invalid policy_name declaration: must declare as key";
    const NO_LETTERS: &str = "\"policy_name\" must use alphanumeric and underscore characters only";
    let first = |found: &str| format!("first rule declaration must be \"policy_name\" but found \"{found}\"");
    let no_json = |why: &str| format!("invalid policy_name: {why}");
    let no_string = |kind: &str| no_json(&format!("json: cannot unmarshal {kind} into Go value of type string"));
    let long = |text: &str| format!("policy_name[\"{text}\"]");
    let got = |length: usize| format!("policy_name must be maximum 80 characters but got {length}");
    let rows_of_table: Vec<(String, String)> = vec![
        (String::new(), "must declare rule \"policy_name\" but module contains no rules".to_owned()),
        ("import data.foo".to_owned(), "must declare rule \"policy_name\" but module contains no rules".to_owned()),
        ("other[\"n\"]".to_owned(), first("other")),
        ("Policy_name[\"n\"]".to_owned(), first("Policy_name")),
        ("a = 1\npolicy_name[\"n\"]".to_owned(), first("a")),
        ("default a = 1\npolicy_name[\"n\"]".to_owned(), first("a")),
        ("f(x) = x\npolicy_name[\"n\"]".to_owned(), first("f")),
        ("policy_name = \"n\"".to_owned(), NO_KEY.to_owned()),
        ("policy_name := {\"n\"}".to_owned(), NO_KEY.to_owned()),
        ("policy_name := [\"n\"]".to_owned(), NO_KEY.to_owned()),
        ("default policy_name = \"n\"".to_owned(), NO_KEY.to_owned()),
        ("policy_name(x) = x".to_owned(), NO_KEY.to_owned()),
        ("policy_name { true }".to_owned(), NO_KEY.to_owned()),
        ("policy_name[12]".to_owned(), no_string("number")),
        ("policy_name[-1.5e3]".to_owned(), no_string("number")),
        ("policy_name[true]".to_owned(), no_string("bool")),
        ("policy_name[false]".to_owned(), no_string("bool")),
        ("policy_name[[\"a\"]]".to_owned(), no_string("array")),
        ("policy_name[[]]".to_owned(), no_string("array")),
        ("policy_name[[`a`]]".to_owned(), no_string("array")),
        ("policy_name[[1, # one\n2]]".to_owned(), no_string("array")),
        ("policy_name[{\"a\": 1}]".to_owned(), no_string("object")),
        ("policy_name[{}]".to_owned(), no_string("object")),
        ("policy_name[{`a`: [null, {\"b\": true}]}]".to_owned(), no_string("object")),
        ("policy_name[{\"a\"}]".to_owned(), no_json("invalid character '}' after object key")),
        ("policy_name[{\"a\", \"b\"}]".to_owned(), no_json("invalid character ',' after object key")),
        ("policy_name[{1}]".to_owned(), no_json("invalid character '1' looking for beginning of object key string")),
        (
            "policy_name[{\"a\", 1}]".to_owned(),
            no_json("invalid character '1' looking for beginning of object key string"),
        ),
        ("policy_name[{1: 2}]".to_owned(), no_json("invalid character '1' looking for beginning of object key string")),
        ("policy_name[set()]".to_owned(), no_json("invalid character 's' looking for beginning of value")),
        ("policy_name[input.x]".to_owned(), no_json("invalid character 'i' looking for beginning of value")),
        ("policy_name[x] { x := \"n\" }".to_owned(), no_json("invalid character 'x' looking for beginning of value")),
        ("policy_name[t] { t := \"n\" }".to_owned(), no_json("invalid character ' ' in literal true (expecting 'r')")),
        (
            "policy_name[tru] { tru := \"n\" }".to_owned(),
            no_json("invalid character ' ' in literal true (expecting 'e')"),
        ),
        ("policy_name[f] { f := \"n\" }".to_owned(), no_json("invalid character ' ' in literal false (expecting 'a')")),
        (
            "policy_name[nu] { nu := \"n\" }".to_owned(),
            no_json("invalid character ' ' in literal null (expecting 'l')"),
        ),
        (
            "policy_name[name] { name := \"n\" }".to_owned(),
            no_json("invalid character 'a' in literal null (expecting 'u')"),
        ),
        ("policy_name[nulls] { nulls := \"n\" }".to_owned(), no_json("invalid character 's' after top-level value")),
        ("policy_name[[x]] { x := \"n\" }".to_owned(), no_json("invalid character 'x' looking for beginning of value")),
        ("policy_name[null]".to_owned(), "policy_name must not be empty".to_owned()),
        ("policy_name[\"\"]".to_owned(), "policy_name must not be empty".to_owned()),
        ("policy_name[``]".to_owned(), "policy_name must not be empty".to_owned()),
        ("policy_name[\"a-b\"]".to_owned(), NO_LETTERS.to_owned()),
        ("policy_name[\"a b\"]".to_owned(), NO_LETTERS.to_owned()),
        ("policy_name[\"é\"]".to_owned(), NO_LETTERS.to_owned()),
        ("policy_name[\"ab\\n\"]".to_owned(), NO_LETTERS.to_owned()),
        ("policy_name[\"a\\tb\"]".to_owned(), NO_LETTERS.to_owned()),
        ("policy_name[\"a\\u0007b\"]".to_owned(), no_json("invalid character 'a' in string escape code")),
        ("policy_name[\"a\\u000bb\"]".to_owned(), no_json("invalid character 'v' in string escape code")),
        ("policy_name[\"a\\u0001b\"]".to_owned(), no_json("invalid character 'x' in string escape code")),
        ("policy_name[\"a\\u007fb\"]".to_owned(), no_json("invalid character 'x' in string escape code")),
        (long(&"é".repeat(45)), got(90)),
        (long(&"x".repeat(81)), got(81)),
        (long(&"-".repeat(81)), got(81)),
        ("import future.keywords\npolicy_name[\"n\"] if true".to_owned(), first("")),
        ("import rego.v1\npolicy_name[\"n\"] if true".to_owned(), first("")),
        ("policy_name.a.b".to_owned(), first("")),
        ("policy_name[\"a\"].b = 1".to_owned(), first("")),
        ("policy_name.a.b.c = 1".to_owned(), first("")),
    ];
    let mut rows = Rows::default();
    for (rules, reason) in rows_of_table {
        let policies = Policies::of(&format!("package org\n{rules}\n"));
        let wanted = format!("failed to parse policy file(s): failed to parse file: \"a.rego\": {reason}");
        rows.same(&rules, &json!(policies.refused()), &json!(wanted));
        let named = policies.loaded["diagnostics"].as_array().unwrap();
        let of_name = named.iter().find(|found| found["code"] == "config_policy_name");
        rows.same(
            &format!("the finding of {rules}"),
            &json!(of_name.map(|found| (&found["message"], found["help"].is_string(), &found["severity"]))),
            &json!([reason, true, "error"]),
        );
    }
    rows.end();
}

#[test]
fn under_rego_v1_a_key_in_brackets_is_refused_by_the_parser() {
    let mut rows = Rows::default();
    for import in ["import rego.v1", "import rego.v1\nimport data.foo"] {
        let policies = Policies::of(&format!("package org\n{import}\npolicy_name[\"n\"]\n"));
        let line = 2 + import.lines().count();
        let wanted = format!(
            "failed to parse policy file(s): failed to parse file \"a.rego\": 1 error occurred: a.rego:{line}: \
             rego_parse_error: `contains` keyword is required for partial set rules"
        );
        rows.same(import, &json!(policies.refused()), &json!(wanted));
    }
    rows.end();
}

#[test]
fn a_name_is_found_at_its_place() {
    let mut rows = Rows::default();
    for (rules, start, end) in [
        ("policy_name[\"a-b\"]", (2, 13), (2, 18)),
        ("# é\n\n  policy_name[12]", (4, 15), (4, 17)),
        ("policy_name = 1", (2, 1), (2, 16)),
        ("", (1, 1), (1, 12)),
    ] {
        let policies = Policies::of(&format!("package org\n{rules}\n"));
        let found = &policies.loaded["diagnostics"][0];
        let given =
            json!([[found["start"]["line"], found["start"]["column"]], [found["end"]["line"], found["end"]["column"]]]);
        rows.same(rules, &given, &json!([start, end]));
    }
    rows.end();
}
