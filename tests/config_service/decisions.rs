//! Decisions under the bundle in force: what they say, what is kept of them, and what fails.

use crate::host::{Host, owner, policy};
use serde_json::{Value, json};

#[test]
fn without_a_bundle_everything_passes_and_is_kept() {
    let mut host = Host::default();
    let made = host.decide("{}", json!({})).unwrap();
    assert_eq!(made["decision"], json!({ "status": "PASS" }));
    assert_eq!(made["log"]["policies"], json!({}));
    assert_eq!(made["log"]["bundle_version"], 0);
    assert_eq!(host.count("config_decision"), 1);
    let id = made["log"]["id"].as_str().unwrap();
    assert_eq!(host.perform(json!({ "get_decision_bundle": { "id": id } })), Ok(json!({})));
}

#[test]
fn a_decision_is_kept_with_what_it_followed_from() {
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    let metadata = json!({ "project_id": "p-1", "build_number": 7, "vcs": { "branch": "main" } });
    let options = json!({ "metadata": metadata });
    let failed = json!({
        "status": "HARD_FAIL", "enabled_rules": ["needs_owner"],
        "hard_failures": [{ "rule": "needs_owner", "reason": "owner label missing" }],
    });
    let (answer, commit) =
        host.asked_as("d-1", &json!({ "decide": options }), Some("{}"), &json!({ "time_taken_ms": 12 })).unwrap();
    assert_eq!((&answer["enabled"], &answer["decision"]), (&json!(true), &failed));
    assert!(host.commit(&commit));
    let log = &answer["log"];
    assert_eq!((&log["id"], &log["created_at"]), (&json!("d-1"), &json!("2023-11-14T22:13:20.000Z")));
    assert_eq!((&log["metadata"], &log["time_taken_ms"]), (&metadata, &json!(12)));
    assert_eq!((&log["decision"], &log["bundle_version"]), (&failed, &json!(1)));
    let hash = log["policies"]["owner"].as_str().unwrap();
    assert_eq!((hash.len(), hash.to_lowercase() == hash), (128, true));
    assert_eq!(host.perform(json!({ "get_decision": { "id": "d-1" } })), Ok(log.clone()));
    // A later push changes nothing of what decided.
    host.push(&[]).unwrap();
    let bundle = host.perform(json!({ "get_decision_bundle": { "id": "d-1" } })).unwrap();
    assert_eq!(bundle["owner"]["content"], owner());
    assert_eq!(host.decide("{}", json!({})).unwrap()["decision"], json!({ "status": "PASS" }));
}

#[test]
fn the_hash_of_a_policy_is_that_of_its_raw_text() {
    let mut host = Host::default();
    host.push(&[("o.rego", "package org\npolicy_name[\"abc\"]".to_owned())]).unwrap();
    let made = host.decide("{}", json!({})).unwrap();
    // printf 'package org\npolicy_name["abc"]' | sha512sum
    assert_eq!(made["log"]["policies"]["abc"], include_str!("abc.sha512").trim());
}

#[test]
fn configurations_come_in_json_or_yaml_with_what_they_were_compiled_to() {
    let mut host = Host::default();
    let rules = "enable_rule[\"seen\"]\n\nseen[text] { text := sprintf(\"%v %v\", [input.a, input._compiled_.b]) }\n\n\
                 seen[\"no input\"] { input == null }";
    host.push(&[("s.rego", policy("s", rules))]).unwrap();
    let reasons = |made: Result<Value, Value>| made.unwrap()["decision"]["soft_failures"][0]["reason"].clone();
    for (text, options, reason) in [
        (r#"{"a": 1, "_compiled_": {"b": 2}}"#, json!({}), json!("1 2")),
        (r#"{"a": 1}"#, json!({ "format": "json", "compiled": "b: 3" }), json!("1 3")),
        ("a: on", json!({ "format": "yaml", "compiled": "b: 4\n" }), json!("on 4")),
        ("a: 1\n_compiled_: {b: 5}", json!({ "format": "yaml" }), json!("1 5")),
    ] {
        assert_eq!(reasons(host.decide(text, options)), reason, "{text}");
    }
    let (made, _) = host.asked(&json!({ "decide": {} }), None).unwrap();
    assert_eq!(made["decision"]["soft_failures"][0]["reason"], "no input");
}

#[test]
fn metadata_is_null_for_policies_and_empty_in_the_log_where_it_is_not_given() {
    let mut host = Host::default();
    let rules = "enable_rule[\"seen\"]\n\nseen = \"null\" { is_null(data.meta) }\n\nseen = \"main\" { data.meta.vcs.branch == \"main\" }";
    host.push(&[("s.rego", policy("s", rules))]).unwrap();
    for (metadata, reason) in [
        (json!({}), json!("null")),
        (json!({ "metadata": null }), json!("null")),
        (json!({ "metadata": { "vcs": { "branch": "main" } } }), json!("main")),
        (json!({}), json!("null")),
    ] {
        let made = host.decide("{}", metadata.clone()).unwrap();
        assert_eq!(made["decision"]["soft_failures"][0]["reason"], reason, "{metadata}");
        let kept = if metadata["metadata"].is_object() { metadata["metadata"].clone() } else { json!({}) };
        assert_eq!(made["log"]["metadata"], kept);
    }
    assert_eq!(host.decide("{}", json!({ "metadata": [] })).unwrap_err()["path"], "/metadata");
}

#[test]
fn metadata_that_is_too_large_is_refused_whatever_its_fields_are_called() {
    let mut host = Host::default();
    let large = "x".repeat(15_000);
    let of = |parts: usize| (0..parts).map(|at| (at.to_string(), json!(large))).collect::<serde_json::Map<_, _>>();
    assert!(host.decide("{}", json!({ "metadata": of(4) })).is_ok());
    for (metadata, limit) in [
        (json!(of(5)), "config_metadata_bytes"),
        (json!({ "result": "x".repeat(70_000) }), "config_metadata_bytes"),
        (json!({ "operation": { "push": { "policies": "x".repeat(20_000) } } }), "text_bytes"),
        (json!({ "vcs": { "branch": "x".repeat(20_000) } }), "text_bytes"),
    ] {
        let error = host.decide("{}", json!({ "metadata": metadata })).unwrap_err();
        assert_eq!((&error["code"], &error["limit"]["name"]), (&json!("limit_exceeded"), &json!(limit)));
    }
    assert_eq!(host.count("config_decision"), 1);
}

#[test]
fn a_failed_call_is_an_error_and_keeps_nothing() {
    let mut host = Host::default();
    host.push(&[("s.rego", policy("s", "enable_rule = 1"))]).unwrap();
    let error = host.decide("{}", json!({})).unwrap_err();
    assert_eq!(
        (&error["code"], &error["message"]),
        (&json!("invalid_configuration"), &json!("invalid enable_rule: value is not a slice"))
    );
    host.push(&[("s.rego", policy("s", "x = count(numbers.range(1, 10000))"))]).unwrap();
    let error = host.decide("{}", json!({ "limits": { "steps": 100 } })).unwrap_err();
    assert_eq!((&error["code"], &error["limit"]["name"]), (&json!("limit_exceeded"), &json!("steps")));
    assert_eq!(host.decide("{", json!({})).unwrap_err()["code"], "input_not_json");
    assert_eq!(host.decide("a: [", json!({ "format": "yaml" })).unwrap_err()["code"], "input_not_yaml");
    assert_eq!(host.count("config_decision"), 0);
    assert!(host.decide("{}", json!({})).is_ok(), "without the limit it is decided");
}

#[test]
fn what_could_not_be_evaluated_is_a_decision_and_is_kept() {
    let mut host = Host::default();
    host.push(&[("p/s.rego", policy("s", "x = 1\n\nx = 2"))]).unwrap();
    let made = host.decide("{}", json!({})).unwrap();
    let reason = "p/s.rego:7: eval_conflict_error: complete rules must not produce multiple outputs";
    assert_eq!(made["log"]["decision"], json!({ "status": "ERROR", "reason": reason }));
    let made = host.decide("a: .inf", json!({ "format": "yaml" })).unwrap();
    assert_eq!(made["decision"]["status"], "ERROR");
    assert_eq!(host.count("config_decision"), 2);
}

#[test]
fn what_is_not_to_be_kept_is_not() {
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    let made = host.decide("{}", json!({ "store": false })).unwrap();
    assert_eq!((&made["decision"]["status"], &made["log"]), (&json!("HARD_FAIL"), &Value::Null));
    assert_eq!(host.count("config_decision"), 0);
}

#[test]
fn what_was_loaded_is_kept_and_told_apart_by_its_content() {
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    host.decide("{}", json!({})).unwrap();
    assert_eq!(host.rounds, 2, "texts come in a round of their own");
    host.decide("{}", json!({})).unwrap();
    assert_eq!(host.rounds, 1, "and once");
    host.push(&[("o.rego", policy("owner", ""))]).unwrap();
    assert_eq!(host.decide("{}", json!({})).unwrap()["decision"]["status"], "PASS");
    host.push(&[("o.rego", owner())]).unwrap();
    assert_eq!(host.decide("{}", json!({})).unwrap()["decision"]["status"], "HARD_FAIL");
    assert_eq!(host.rounds, 1, "a bundle that came back is still loaded");
}

#[test]
fn records_that_were_changed_by_hand_decide_nothing() {
    let spoil = |kind: &str, spoil: &dyn Fn(&mut Value)| {
        let mut host = Host::default();
        host.push(&[("o.rego", owner())]).unwrap();
        let (_, (_, value)) = host.records.iter_mut().find(|((_, of, _), _)| of == kind).unwrap();
        spoil(value);
        host.decide("{}", json!({}))
    };
    let fails = |decided: Result<Value, Value>| decided.unwrap_err()["code"].clone();
    assert_eq!(
        fails(spoil("config_policy_source", &|source| source["source"] = json!(policy("owner", "")))),
        "fact_wrong_shape"
    );
    assert_eq!(fails(spoil("config_policy_source", &|source| *source = Value::Null)), "fact_wrong_shape");
    assert_eq!(fails(spoil("config_bundle", &|bundle| bundle["policies"] = json!([]))), "fact_wrong_shape");
    assert_eq!(fails(spoil("config_bundle", &|bundle| bundle["digest"] = json!("sha256:0"))), "fact_wrong_shape");
    // Nor where the same was decided before.
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    host.decide("{}", json!({})).unwrap();
    let (_, (_, bundle)) = host.records.iter_mut().find(|((_, of, _), _)| of == "config_bundle").unwrap();
    bundle["policies"] = json!([]);
    assert_eq!(fails(host.decide("{}", json!({}))), "fact_wrong_shape");
}

#[test]
fn another_bundle_of_the_same_number_is_not_the_one_that_decided() {
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    let made = host.decide("{}", json!({})).unwrap();
    let (_, (_, version)) = host.records.iter_mut().find(|((_, of, _), _)| of == "config_bundle_version").unwrap();
    version["digest"] = json!("sha256:0");
    let refused = host.perform(json!({ "get_decision_bundle": { "id": made["log"]["id"] } })).unwrap_err();
    assert_eq!(refused["code"], "not_found");
}

#[test]
fn a_decision_stands_on_the_bundle_and_the_settings_that_it_read() {
    for meanwhile in [json!({ "push": { "policies": {} } }), json!({ "change_settings": { "enabled": false } })] {
        let mut host = Host::default();
        host.push(&[("o.rego", owner())]).unwrap();
        let (_, commit) = host.asked(&json!({ "decide": {} }), Some("{}")).unwrap();
        host.perform(meanwhile.clone()).unwrap();
        assert!(!host.commit(&commit), "{meanwhile}");
        assert_eq!(host.count("config_decision"), 0);
    }
    let mut host = Host::default();
    let (_, one) = host.asked(&json!({ "decide": {} }), Some("{}")).unwrap();
    let (_, other) = host.asked(&json!({ "decide": {} }), Some("{}")).unwrap();
    assert!(host.commit(&one) && host.commit(&other), "decisions do not stand in each other's way");
}

#[test]
fn who_asks_again_to_say_how_long_it_took_gets_the_same() {
    let mut host = Host::default();
    let rules = "enable_rule[\"drawn\"]\n\ndrawn = sprintf(\"%v %v\", [rand.intn(\"a\", 1000000), time.now_ns()])";
    host.push(&[("r.rego", policy("r", rules))]).unwrap();
    let asked = |host: &mut Host, more: Value| host.asked_as("d", &json!({ "decide": {} }), Some("{}"), &more).unwrap();
    let (first, _) = asked(&mut host, json!({}));
    let (again, commit) = asked(&mut host, json!({ "time_taken_ms": 3 }));
    assert_eq!(first["decision"], again["decision"]);
    assert_eq!(commit["append"][0]["value"]["time_taken_ms"], 3);
    for other in [json!({ "seed": 8 }), json!({ "now_ms": 5 })] {
        assert_ne!(asked(&mut host, other).0["decision"], first["decision"]);
    }
}
