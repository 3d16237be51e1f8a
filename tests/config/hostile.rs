//! What somebody writes who wants to get past the policies, or wants whoever runs them to wait: none of it is a yes, and all of it ends.

use super::{Policies, Rows, call, finding, policy};
use regate::api::Engine;
use serde_json::{Value, json};

fn decided_on(policies: &mut Policies, yaml: &[u8]) -> Value {
    let request = json!({ "handle": policies.loaded["handle"], "format": "yaml", "now_ms": 0, "seed": 0 });
    let answer = call(&mut policies.engine, "decide_config", &request, Some(yaml));
    answer["ok"]["decision"]["status"]
        .as_str()
        .map_or_else(|| answer["error"]["message"].clone(), |status| json!(status))
}

#[test]
fn what_a_tag_says_of_a_text_is_read_before_a_policy_sees_it() {
    let source =
        policy("enable_hard[\"r\"]\n\nr = \"bad\" { input.context == \"secret\" }\n\nr = \"key\" { input.secret }\n");
    let mut policies = Policies::of(&source);
    let mut rows = Rows::default();
    for (yaml, wanted) in [
        ("context: secret\n", "HARD_FAIL"),
        ("context: !!binary c2VjcmV0\n", "HARD_FAIL"),
        ("context: !!binary |\n  c2Vj\n  cmV0\n", "HARD_FAIL"),
        ("!!binary c2VjcmV0: yes\n", "HARD_FAIL"),
        ("context: !!str secret\n", "HARD_FAIL"),
        ("context: other\n", "PASS"),
    ] {
        rows.same(yaml, &decided_on(&mut policies, yaml.as_bytes()), &json!(wanted));
    }
    let broken = decided_on(&mut policies, b"context: !!binary \"@@@\"\n");
    rows.holds("broken base64", broken.as_str().unwrap(), "!!binary value contains invalid base64 data");
    rows.end();
}

#[test]
fn what_stands_behind_the_first_document_is_told_and_held_to_nothing() {
    let mut policies = Policies::of(&policy("enable_hard[\"r\"]\n\nr = \"bad\" { input.context == \"secret\" }\n"));
    let more = |configuration: bool| {
        let name = if configuration { "configuration" } else { "compiled configuration" };
        json!([format!(
            "warning config_document_unread {name}:2 only the first YAML document of the {name} is looked at"
        )])
    };
    let mut rows = Rows::default();
    for (yaml, compiled, status, wanted) in [
        ("context: other\n---\ncontext: secret\n", Value::Null, "PASS", more(true)),
        ("\u{feff}context: secret\n--- {}\n", Value::Null, "HARD_FAIL", more(true)),
        ("context: other\n", json!("a: 1\n---\nb: 2\n"), "PASS", more(false)),
        ("context: other\n...\n# end\n", json!("--- # compiled\na: 1\n"), "PASS", json!([])),
    ] {
        let request = json!({ "handle": policies.loaded["handle"], "format": "yaml", "compiled": compiled, "now_ms": 0, "seed": 0 });
        let answer = call(&mut policies.engine, "decide_config", &request, Some(yaml.as_bytes()));
        let warnings: Vec<String> = answer["ok"]["warnings"].as_array().unwrap().iter().map(finding).collect();
        rows.same(yaml, &json!([answer["ok"]["decision"]["status"], warnings]), &json!([status, wanted]));
    }
    rows.end();
}

#[test]
fn syntax_that_is_newer_than_the_original_is_refused() {
    let mut rows = Rows::default();
    for rules in [
        "a { input.default == 1 }",
        "b = input.not.x",
        "a { input.package[_] }",
        "foo.default.x = 1",
        "a = $\"{input.x}\"",
        "a { x := input.in; x }",
    ] {
        let refused = Policies::of(&policy(rules)).refused();
        rows.holds(rules, &refused, "failed to parse policy file(s): failed to parse file \"a.rego\": 1 error occurred: a.rego:7: rego_parse_error: ");
    }
    let import = "package org\n\nimport data.foo.default as x\n\npolicy_name[\"n\"]\n\na { x }\n";
    rows.holds("import", &Policies::of(import).refused(), "a.rego:3: rego_parse_error: unexpected default keyword");
    for rules in ["a { input[\"default\"] == 1 }", "a { input[\"in\"] }"] {
        rows.same(rules, &json!(Policies::of(&policy(rules)).refused()), &json!(""));
    }
    // Without the import it is a name like any other.
    let plain = "package org\n\npolicy_name[\"n\"]\n\na { input.in }\n";
    rows.same("in", &json!(Policies::of(plain).refused()), &json!(""));
    let metadata = "package org\n\n# METADATA\n# title: x\n# bogus: [\npolicy_name[\"n\"]\n";
    rows.same("metadata is a comment", &json!(Policies::of(metadata).refused()), &json!(""));
    rows.end();
}

#[test]
fn a_query_is_a_list_of_expressions() {
    let mut policies = Policies::of(&policy("x = 1\n\ny = 2\n"));
    let mut rows = Rows::default();
    for query in [
        "data.org.x } { data.org.nope",
        "data.org.x } else = 2 { true",
        "== false; data.org.x",
        "with input as 1; data.org.x",
        "| 1 == 3\ndata.org.y",
        "}\n\nz { true",
        "",
        "# nothing",
    ] {
        let answer = policies.query(query, &Value::Null, &Value::Null);
        rows.holds(query, answer["message"].as_str().unwrap_or_default(), "failed to prepare context for evaluation: ");
    }
    let underscores = format!("value{} := data.org.x", "_".repeat(50_000));
    rows.same("underscores", &policies.query(&underscores, &Value::Null, &Value::Null), &json!(true));
    rows.same("print", &policies.query("print(\"x\")", &Value::Null, &Value::Null), &json!(true));
    rows.same("a comment", &policies.query("data.org.x # one", &Value::Null, &Value::Null), &json!(1));
    rows.same("with", &policies.query("input.a with input as {\"a\": 5}", &Value::Null, &Value::Null), &json!(5));
    rows.end();
}

#[test]
fn very_many_names_are_told_of_briefly() {
    let names: Vec<String> = (0..20_000).map(|at| format!("n{at}")).collect();
    let source = policy("enable_rule = input.a\n\nenable_hard = input.b\n\nhard_fail = input.a\n");
    let decided = Policies::of(&source).decided(&json!({ "a": names, "b": names }), &Value::Null);
    assert_eq!(decided["decision"]["status"], "PASS");
    assert_eq!(decided["decision"]["enabled_rules"].as_array().unwrap().len(), 20_000);
    assert!(decided["warnings"].as_array().unwrap().len() <= 200);
}

/// All results of files of tests.
fn tested(policies: &mut Policies, file: &str) -> Vec<Value> {
    let open = json!({ "handle": policies.loaded["handle"], "files": [{ "path": "t_test.yaml", "source": file }] });
    let opened = call(&mut policies.engine, "open_config_tests", &open, None);
    if let Some(error) = opened["ok"]["error"].as_str() {
        return vec![json!({ "error": error })];
    }
    let next = json!({ "handle": opened["ok"]["handle"], "now_ms": 0, "seed": 0 });
    let turns = std::iter::from_fn(|| {
        let turn = call(&mut policies.engine, "next_config_test", &next, None);
        turn["ok"].get("result").cloned()
    });
    turns.collect()
}

#[test]
fn a_number_that_is_none_is_told_of_where_it_is_and_nowhere_else() {
    let mut policies = Policies::of(&policy("x = 1\n"));
    let reason = "failed to prepare context for evaluation: json: unsupported value: NaN";
    let file = format!(
        "test_a:\n  input: {{v: .nan}}\n  decision: {{status: ERROR, reason: \"{reason}\"}}\n  cases:\n    fixed:\n      input: {{v: 1}}\n    same: {{}}\n"
    );
    let results = tested(&mut policies, &file);
    let passed: Vec<(&str, bool)> =
        results.iter().map(|result| (result["name"].as_str().unwrap(), result["passed"].as_bool().unwrap())).collect();
    assert_eq!(passed, [("test_a", true), ("test_a/fixed", false), ("test_a/same", true)]);
    for field in ["meta", "decision", "pipeline_parameters"] {
        let file = format!("test_a:\n  {field}: {{v: .inf}}\n");
        let results = tested(&mut policies, &file);
        assert_eq!(results[0]["error"], "yaml: line 2: json: unsupported value: +Inf", "{field}");
    }
}

#[test]
fn tests_inside_of_one_another_share_what_they_inherit() {
    let mut policies = Policies::of(&policy("x = 1\n"));
    let large = "x".repeat(1_000_000);
    let mut file = format!("test_a:\n  input: {{large: {large}}}\n  decision: {{status: PASS}}\n  cases: ");
    for _ in 0..150 {
        file.push_str("{z: {}, a: {cases: ");
    }
    file.push_str("{}");
    file.push_str(&"}}".repeat(150));
    let results = tested(&mut policies, &file);
    assert_eq!(results.len(), 301);
    assert!(results.iter().all(|result| result["passed"] == true));

    // Each level makes a value of its own: at some depth there is no room for more, and that is no pass.
    let mut file = format!("test_a:\n  input: {{large: {large}}}\n  decision: {{status: PASS}}\n  cases: ");
    for at in 0..150 {
        file.push_str(&format!("{{a: {{input: {{l{at}: 1}}, cases: "));
    }
    file.push_str("{}");
    file.push_str(&"}}".repeat(150));
    let results = tested(&mut policies, &file);
    assert_eq!(results.len(), 151);
    assert_eq!(results[0]["passed"], true);
    assert!(results[150]["error"].as_str().unwrap().contains("the values of the tests around one another"));
}

#[test]
fn texts_with_very_many_differences_are_compared_in_bounded_time() {
    let members: Vec<String> = (0..6000).map(|at| format!("\"m{at:05}\"")).collect();
    let source = policy(&format!("enable_rule[\"r\"]\n\nr = [{}]\n", members.join(", ")));
    let mut policies = Policies::of(&source);
    let expected: Vec<String> = (0..6000).map(|at| format!("{{rule: q, reason: m{at:05}}}")).collect();
    let file = format!(
        "test_a:\n  decision: {{status: SOFT_FAIL, enabled_rules: [r], soft_failures: [{}]}}\n",
        expected.join(", ")
    );
    let results = tested(&mut policies, &file);
    assert_eq!(results[0]["passed"], false);
    let told = results[0]["error"].as_str().unwrap();
    assert!(told.starts_with("--- Expected\n+++ Actual\n@@ "));
    // Whatever was compared, every line that differs is told.
    assert_eq!(told.matches("\n-").count(), told.matches("\n+").count() - 1);
}

#[test]
fn aliases_of_what_merges_nothing_end_at_a_limit() {
    let file = format!("base: &a\n{}test_a:\n  input:\n{}", "  <<: []\n".repeat(20_000), "    - *a\n".repeat(20_000));
    let mut policies = Policies::of(&policy("x = 1\n"));
    let results = tested(&mut policies, &file);
    assert!(results[0]["error"].as_str().unwrap().contains("excessive aliasing"), "{}", results[0]);
}

#[test]
fn a_compiled_configuration_is_an_object() {
    let mut engine = Engine::new();
    let policies = json!({ "policies": [{ "path": "a.rego", "source": policy("x = 1\n") }] });
    let loaded = call(&mut engine, "load_config_policies", &policies, None);
    let mut rows = Rows::default();
    for compiled in ["", "# nothing", "null", "[]", "oops", "1"] {
        let request = json!({ "handle": loaded["ok"]["handle"], "format": "yaml", "compiled": compiled });
        let answer = call(&mut engine, "decide_config", &request, Some(b"a: 1\n"));
        let message = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
        rows.holds(compiled, &message, "the compiled configuration is no object");
    }
    rows.end();
}
