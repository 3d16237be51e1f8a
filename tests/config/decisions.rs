//! What an enabled rule may answer, what the control names may be, and what a decision passes over.

use crate::{Policies, Rows, finding, policy};
use serde_json::{Value, json};

const NO_PROJECT: Value = Value::Null;

/// Each violation as `rule: reason`, hard ones first.
fn violations(decision: &Value) -> Value {
    let of = |field: &str| decision[field].as_array().cloned().unwrap_or_default();
    let all = [of("hard_failures"), of("soft_failures")].concat();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    json!(all.iter().map(|one| format!("{}: {}", text(&one["rule"]), text(&one["reason"]))).collect::<Vec<_>>())
}

#[test]
fn texts_are_violations_and_nothing_else_is() {
    let mut rows = Rows::default();
    for (rule, reasons) in [
        ("r = \"a\" { true }", json!(["a"])),
        ("r = \"\"", json!([""])),
        ("r = \"a\" { false }", json!([])),
        ("r(x) = x", json!([])),
        ("other = 1", json!([])),
        ("r = [\"b\", \"a\", \"b\"]", json!(["a", "b", "b"])),
        ("r = [1, \"a\", null, true, [\"b\"], {\"c\": \"d\"}]", json!(["a"])),
        ("r = []", json!([])),
        ("r = {\"b\", \"a\", 1}", json!(["a", "b"])),
        ("r[x] { x := [\"b\", \"a\", \"b\"][_] }", json!(["a", "b"])),
        ("r contains \"a\"", json!(["a"])),
        ("r = {\"k\": \"a\", \"l\": \"b\"}", json!(["a", "b"])),
        ("r = {1: \"a\", null: \"b\", [1]: \"c\"}", json!(["a", "b", "c"])),
        ("r = {\"k\": 1, \"l\": [\"a\"], \"m\": \"b\", \"n\": {\"o\": \"p\"}}", json!(["b"])),
        ("r[k] = v { v := {\"x\": \"a\"}[k] }", json!(["a"])),
        ("r = true", json!([])),
        ("r = false", json!([])),
        ("r { true }", json!([])),
        ("r = 42", json!([])),
        ("r = null", json!([])),
        ("default r = \"a\"\nr = \"b\" { false }", json!(["a"])),
        ("r = \"a\" { false } else = \"b\" { true }", json!(["b"])),
        ("r.a = \"x\"\nr.b = \"y\"", json!(["x", "y"])),
    ] {
        let mut policies = Policies::of(&policy(&format!("enable_rule[\"r\"]\n{rule}\n")));
        let decision = policies.decide(&json!({}), &NO_PROJECT);
        let wanted: Vec<String> =
            reasons.as_array().unwrap().iter().map(|reason| format!("r: {}", reason.as_str().unwrap())).collect();
        rows.same(rule, &violations(&decision), &json!(wanted));
        let status = if wanted.is_empty() { "PASS" } else { "SOFT_FAIL" };
        rows.same(&format!("the status of {rule}"), &decision["status"], &json!(status));
        rows.same(&format!("the enabled rules of {rule}"), &decision["enabled_rules"], &json!(["r"]));
    }
    rows.end();
}

#[test]
fn control_names_are_lists_of_names() {
    let mut rows = Rows::default();
    let fails = "r = \"no\"\n";
    for (controls, wanted) in [
        ("", json!({ "status": "PASS" })),
        (
            "enable_rule = [\"r\"]",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["r"], "soft_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule = {\"r\"}",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["r"], "soft_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule[name] { name := concat(\"\", [\"r\"]) }",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["r"], "soft_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        ("enable_rule[\"r\"] { false }", json!({ "status": "PASS" })),
        ("enable_rule = null", json!({ "status": "PASS" })),
        ("enable_rule = [1, null, true]", json!({ "status": "PASS" })),
        ("hard_fail[\"r\"]", json!({ "status": "PASS" })),
        ("soft_fail[\"r\"]", json!({ "status": "PASS" })),
        (
            "enable_rule[\"r\"]\nhard_fail[\"r\"]",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r"], "hard_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_hard[\"r\"]",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r"], "hard_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule[\"r\"]\nenable_hard[\"r\"]",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r"], "hard_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule[\"r\"]\nhard_fail[\"r\"]\nsoft_fail[\"r\"]",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r"], "hard_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule = [\"r\", \"r\"]",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["r", "r"], "soft_failures": [{ "rule": "r", "reason": "no" }, { "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_hard = [\"r\", \"r\"]",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r", "r"], "hard_failures": [{ "rule": "r", "reason": "no" }, { "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule = [\"r\"]\nenable_hard = [\"r\", \"r\"]",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r"], "hard_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "enable_rule[\"policy_name\"]",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["policy_name"], "soft_failures": [{ "rule": "policy_name", "reason": "demo" }] }),
        ),
        (
            "enable_rule[\"enable_rule\"]",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["enable_rule"], "soft_failures": [{ "rule": "enable_rule", "reason": "enable_rule" }] }),
        ),
        ("enable_rule[\"nothing\"]", json!({ "status": "PASS", "enabled_rules": ["nothing"] })),
        ("enable_rule[\"a.b\"]\na.b = \"no\"", json!({ "status": "PASS", "enabled_rules": ["a.b"] })),
        (
            "enable_rule[\"a\"]\na.b = \"no\"\na.c = 1",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["a"], "soft_failures": [{ "rule": "a", "reason": "no" }] }),
        ),
        // The order is that of name and reason as one text.
        (
            "enable_rule = [\"p\", \"pa\", \"Z\"]\np = \"az\"\npa = \"b\"\nZ = \"z\"",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["Z", "p", "pa"], "soft_failures": [{ "rule": "Z", "reason": "z" }, { "rule": "pa", "reason": "b" }, { "rule": "p", "reason": "az" }] }),
        ),
        // Of equal texts the one that was enabled first stays before the other.
        (
            "enable_rule = [\"ab\", \"a\"]\na = \"bc\"\nab = \"c\"",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["a", "ab"], "soft_failures": [{ "rule": "ab", "reason": "c" }, { "rule": "a", "reason": "bc" }] }),
        ),
        (
            "enable_rule = [\"a\", \"ab\"]\na = \"bc\"\nab = \"c\"",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["a", "ab"], "soft_failures": [{ "rule": "a", "reason": "bc" }, { "rule": "ab", "reason": "c" }] }),
        ),
        (
            "enable_rule[\"s\"]\nenable_hard[\"r\"]\ns = \"too\"",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r", "s"], "hard_failures": [{ "rule": "r", "reason": "no" }], "soft_failures": [{ "rule": "s", "reason": "too" }] }),
        ),
    ] {
        let mut policies = Policies::of(&policy(&format!("{controls}\n{fails}")));
        let decision = policies.decide(&json!({}), &NO_PROJECT);
        rows.same(controls, &decision, &wanted);
        let order: Vec<&String> = decision.as_object().unwrap().keys().collect();
        let of_all = ["status", "reason", "enabled_rules", "hard_failures", "soft_failures"];
        let wanted: Vec<&str> = of_all.into_iter().filter(|key| order.iter().any(|given| given == key)).collect();
        rows.same(&format!("the order of the fields for {controls}"), &json!(order), &json!(wanted));
    }
    rows.end();
}

#[test]
fn a_control_name_of_another_kind_fails_the_call() {
    let mut rows = Rows::default();
    for (controls, offender) in [
        ("enable_rule = {\"r\": true}", "enable_rule"),
        ("enable_rule = \"r\"", "enable_rule"),
        ("enable_rule = true", "enable_rule"),
        ("enable_rule { true }", "enable_rule"),
        ("enable_rule = 1", "enable_rule"),
        ("enable_rule[\"r\"] = 1", "enable_rule"),
        ("hard_fail = \"r\"", "hard_fail"),
        ("enable_hard = {}", "enable_hard"),
        ("enable_hard = 1\nhard_fail = 1\nenable_rule = 1", "enable_rule"),
        ("enable_hard = 1\nhard_fail = 1", "hard_fail"),
    ] {
        let mut policies = Policies::of(&policy(controls));
        let answer = policies.ask("decide_config", &json!({}), json!({}));
        rows.same(
            controls,
            &json!([answer["error"]["code"], answer["error"]["message"]]),
            &json!(["invalid_configuration", format!("invalid {offender}: value is not a slice")]),
        );
    }
    rows.end();
}

#[test]
fn a_conflict_anywhere_is_an_error_and_a_failing_builtin_is_undefined() {
    let mut rows = Rows::default();
    let conflict = "complete rules must not produce multiple outputs";
    for (rules, reason) in [
        ("a = 1 { true }\na = 2 { true }", Some(("a.rego:8", conflict))),
        ("test_a = x { x := [1, 2][_] }", Some(("a.rego:7", conflict))),
        ("o[k] = v { k := \"a\"; v := [1, 2][_] }", Some(("a.rego:7", "object keys must be unique"))),
        (
            "f(x) = 1 { x > 0 }\nf(x) = 2 { x > 1 }\nb = f(2)",
            Some(("a.rego:8", "functions must not produce multiple outputs for same inputs")),
        ),
        ("b = {k: v | k := \"a\"; v := [1, 2][_]}", Some(("a.rego:7", "object keys must be unique"))),
        ("a = 1 { true }\na = 1 { true }", None),
        ("f(x) = 1 { x > 0 }\nf(x) = 2 { x > 1 }", None),
        ("a = 1 / input.zero", None),
        ("a = to_number(input.text)", None),
        ("a = count(input.zero)", None),
        ("a = lower(input.zero)", None),
        ("a = time.parse_rfc3339_ns(input.text)", None),
    ] {
        let mut policies = Policies::of(&policy(rules));
        let decision = policies.decide(&json!({ "zero": 0, "text": "x" }), &NO_PROJECT);
        let wanted = match reason {
            Some((place, text)) => {
                json!({ "status": "ERROR", "reason": format!("{place}: eval_conflict_error: {text}") })
            }
            None => json!({ "status": "PASS" }),
        };
        rows.same(rules, &decision, &wanted);
    }
    rows.end();
}

#[test]
fn several_policies_make_one_decision() {
    let file = |name: &str, rules: &str| format!("package org\npolicy_name[\"{name}\"]\n{rules}\n");
    let mut rows = Rows::default();
    for (row, one, other, wanted) in [
        (
            "one enables what the other says",
            "enable_rule[\"r\"]",
            "r = \"no\"",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["r"], "soft_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "one makes hard what the other enables",
            "hard_fail[\"r\"]",
            "enable_rule[\"r\"]\nr = \"no\"",
            json!({ "status": "HARD_FAIL", "enabled_rules": ["r"], "hard_failures": [{ "rule": "r", "reason": "no" }] }),
        ),
        (
            "both extend one rule",
            "enable_rule[\"r\"]\nr[\"a\"]",
            "r[\"b\"]",
            json!({ "status": "SOFT_FAIL", "enabled_rules": ["r"], "soft_failures": [{ "rule": "r", "reason": "a" }, { "rule": "r", "reason": "b" }] }),
        ),
        ("equal constants", "c = 1", "c = 1", json!({ "status": "PASS" })),
        // The second file by the names of the policies, whatever the paths are.
        (
            "constants that differ",
            "c = 1",
            "c = 2",
            json!({ "status": "ERROR", "reason": "a.rego:3: eval_conflict_error: complete rules must not produce multiple outputs" }),
        ),
    ] {
        let (one, other) = (file("first", one), file("second", other));
        let decision = Policies::load(&[("b.rego", &one), ("a.rego", &other)]).decide(&json!({}), &NO_PROJECT);
        rows.same(row, &decision, &wanted);
    }
    rows.same("no policies", &Policies::load(&[]).decide(&json!({}), &NO_PROJECT), &json!({ "status": "PASS" }));
    rows.end();
}

#[test]
fn only_the_outermost_of_what_is_negated_is() {
    let mut rows = Rows::default();
    for (holds, bodies) in [
        (
            true,
            [
                "not input.x.y",
                "not input.x == 1",
                "not input.x = 1",
                "not input.x == input.y",
                "not data.meta.project_id == \"p\"",
                "not somerule",
                "not f(1)",
            ]
            .as_slice(),
        ),
        (
            false,
            &[
                "not startswith(input.x, \"y\")",
                "not is_number(input.x)",
                "not input.x >= 1",
                "not input.x != 1",
                "not userfn(input.x)",
                "not count(input.x) > 0",
                "not input.x in {\"a\"}",
                "not \"a\" in input.x",
                "not set[input.x]",
                "not {\"p\"}[data.meta.project_id]",
                "not input[input.k]",
                "not lower(input.x) == \"a\"",
                "not [input.x] == [1]",
                "not g(input.x)[1]",
                "not {input.x: 1}",
                "x := data.meta.project_id; not x == \"q\"",
            ],
        ),
    ] {
        for body in bodies {
            let rules = format!(
                "r {{ {body} }}\nsomerule {{ input.z }}\nf(x) = y {{ y := input.z[x] }}\nuserfn(x) {{ x }}\n\
                 g(x) = [x, x]\nset = {{\"a\"}}\n"
            );
            let answer = Policies::of(&policy(&rules)).query("data.org.r", &json!({}), &NO_PROJECT);
            rows.same(body, &answer, if holds { &Value::Bool(true) } else { &Value::Null });
        }
    }
    rows.end();
}

#[test]
fn a_reached_limit_is_no_decision() {
    let mut policies =
        Policies::of(&policy("a = count([x | x := numbers.range(1, 1000)[_]])\nenable_rule[\"b\"]\nb = \"no\"\n"));
    for (limit, value) in [("steps", 10), ("memory_units", 100), ("answer_bytes", 3)] {
        let answer = policies.ask("decide_config", &json!({}), json!({ "limits": { limit: value } }));
        assert_eq!(answer["error"]["code"], "limit_exceeded", "{limit}: {answer}");
        assert_eq!(answer["error"]["limit"]["name"], limit, "{answer}");
    }
    // The next one is none the worse for it.
    assert_eq!(policies.decide(&json!({}), &NO_PROJECT)["status"], "SOFT_FAIL");
}

#[test]
fn each_decision_has_its_own_metadata() {
    let mut policies = Policies::of(&policy("enable_rule[\"r\"]\nr = data.meta.text\nm = data.meta\n"));
    let mut rows = Rows::default();
    for meta in [
        json!({ "text": "one" }),
        Value::Null,
        json!({ "text": "two" }),
        json!({}),
        json!({ "text": "one" }),
        json!([1]),
    ] {
        let decision = policies.decide(&json!({}), &meta);
        let wanted: Vec<String> = meta["text"].as_str().into_iter().map(|text| format!("r: {text}")).collect();
        rows.same(&meta.to_string(), &violations(&decision), &json!(wanted));
        rows.same(&format!("all of {meta}"), &policies.query("data.org.m", &json!({}), &meta), &meta);
    }
    let absent = policies.ask("query_config", &json!({}), json!({ "query": "data.meta" }));
    rows.same("no metadata", &absent, &json!({ "ok": { "value": null } }));
    rows.end();
}

#[test]
fn an_input_that_is_not_there_is_null() {
    let mut policies = Policies::of(&policy("enable_rule[\"r\"]\nr = \"null\" { is_null(input) }\n"));
    let request = json!({ "handle": policies.loaded["handle"], "format": "json" });
    let answer = crate::call(&mut policies.engine, "decide_config", &request, None);
    assert_eq!(violations(&answer["ok"]["decision"]), json!(["r: null"]), "{answer}");
}

#[test]
fn what_is_compiled_stands_beside_what_is_written() {
    let mut policies =
        Policies::of(&policy("enable_rule[\"r\"]\nr[t] { t := input._compiled_.a }\nr[t] { t := input.b }\n"));
    let mut rows = Rows::default();
    for (input, compiled, wanted) in [
        (json!({ "b": "raw" }), "a: made\n", json!(["r: made", "r: raw"])),
        (json!({ "_compiled_": { "a": "own" } }), "a: made\n", json!(["r: made"])),
        (Value::Null, "a: made\n", json!(["r: made"])),
    ] {
        let mut answer = policies.ask("decide_config", &input, json!({ "compiled": compiled }));
        rows.same(&format!("{input} with {compiled}"), &violations(&answer["ok"]["decision"].take()), &wanted);
    }
    rows.end();
}

#[test]
fn what_is_no_number_is_an_error_of_the_decision() {
    let mut policies = Policies::of(&policy("r = 1\n"));
    let mut rows = Rows::default();
    for (text, name) in [("a: .inf", "+Inf"), ("a: [-.INF]", "-Inf"), ("a: .nan", "NaN")] {
        let request = json!({ "handle": policies.loaded["handle"], "format": "yaml" });
        let answer = crate::call(&mut policies.engine, "decide_config", &request, Some(text.as_bytes()));
        let reason = format!("failed to prepare context for evaluation: json: unsupported value: {name}");
        rows.same(text, &answer["ok"]["decision"], &json!({ "status": "ERROR", "reason": reason }));
    }
    rows.end();
}

#[test]
fn what_a_decision_passes_over_is_told_where_it_stands() {
    let mut rows = Rows::default();
    let told = |rules: &str| {
        let decided = Policies::of(&policy(rules)).decided(&json!({}), &NO_PROJECT);
        let warnings = decided["warnings"].as_array().unwrap().clone();
        assert!(warnings.iter().all(|one| one["help"].is_string()), "{rules}: each says how to mend it: {warnings:?}");
        warnings.iter().map(finding).collect::<Vec<_>>()
    };
    for (rules, wanted) in [
        ("enable_rule[\"r\"]\nr = \"no\"", vec![]),
        ("enable_rule[\"r\"]\nr = \"no\" { false }", vec![]),
        ("enable_hard[\"r\"]\nr[x] { x := \"no\" }", vec![]),
        ("enable_rule[\"r\"]\nr = [\"a\"]\nhard_fail[\"r\"]", vec![]),
        ("enable_rule = []\nunused = 1", vec![]),
        (
            "enable_rule[\"gone\"]",
            vec!["warning config_rule_missing a.rego:7 the rule \"gone\" is enabled and does not exist"],
        ),
        (
            "\nenable_hard[\"gone\"]",
            vec!["warning config_rule_missing a.rego:8 the rule \"gone\" is enabled and does not exist"],
        ),
        (
            "a.b = \"no\"\nenable_rule[\"a.b\"]",
            vec!["warning config_rule_missing a.rego:8 the rule \"a.b\" is enabled and does not exist"],
        ),
        (
            "enable_rule[\"f\"]\nf(x) = x",
            vec!["warning config_rule_function a.rego:8 `f` is enabled and is a function: it never fails"],
        ),
        (
            "enable_rule[\"r\"]\nr { true }",
            vec!["warning config_no_violation a.rego:8 `r` is enabled and answers a boolean, which is no violation"],
        ),
        (
            "enable_rule[\"r\"]\nr = 1",
            vec!["warning config_no_violation a.rego:8 `r` is enabled and answers a number, which is no violation"],
        ),
        (
            "enable_rule[\"r\"]\nr = null",
            vec!["warning config_no_violation a.rego:8 `r` is enabled and answers null, which is no violation"],
        ),
        (
            "enable_rule[\"r\"]\nr = [1, \"a\", 2]",
            vec!["warning config_no_violation a.rego:8 2 members of what `r` answers are no text, and so no violation"],
        ),
        (
            "enable_rule[\"r\"]\nr = {\"a\": 1}",
            vec!["warning config_no_violation a.rego:8 1 member of what `r` answers is no text, and so no violation"],
        ),
        (
            "hard_fail[\"r\"]\nr = \"no\"",
            vec!["warning config_not_enabled a.rego:7 \"r\" stands in `hard_fail` and is not enabled: it never fails"],
        ),
        (
            "enable_rule = [1, true]",
            vec!["warning config_control_member a.rego:7 2 members of `enable_rule` are no name of a rule"],
        ),
        (
            "hard_fail = [1]",
            vec!["warning config_control_member a.rego:7 1 member of `hard_fail` is no name of a rule"],
        ),
    ] {
        rows.same(rules, &json!(told(rules)), &json!(wanted));
    }
    let policies = Policies::of(&policy("soft_fail[\"r\"]\n"));
    rows.same(
        "soft_fail",
        &json!(policies.findings()),
        &json!(["warning config_soft_fail a.rego:7 nothing reads `soft_fail`: a rule that is enabled and not hard fails softly"]),
    );
    rows.end();
}
