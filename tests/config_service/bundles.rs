//! Bundles: what a push changes, refuses and keeps.

use crate::host::{FIRST_MS, Host, owner, policy, push_of};
use serde_json::{Value, json};

fn diff(created: &[&str], deleted: &[&str], modified: &[&str]) -> Value {
    json!({ "created": created, "deleted": deleted, "modified": modified })
}

#[test]
fn a_push_tells_by_name_what_it_creates_modifies_and_deletes() {
    let mut host = Host::default();
    let first = [("p/b.rego", policy("b", "")), ("p/a.rego", policy("a", "")), ("p/c.rego", policy("c", ""))];
    assert_eq!(host.perform(push_of(&first, true)), Ok(diff(&["a", "b", "c"], &[], &[])), "dry");
    assert_eq!(host.commits.len(), 0, "dry keeps nothing");
    assert_eq!(host.push(&first), Ok(diff(&["a", "b", "c"], &[], &[])));
    // A blank more is another text, and a file is no part of the name.
    let second = [("p/a.rego", policy("a", "") + " "), ("q/b.rego", policy("b", "")), ("p/d.rego", policy("d", ""))];
    assert_eq!(host.perform(push_of(&second, true)), Ok(diff(&["d"], &["c"], &["a"])), "dry");
    assert_eq!(host.push(&second), Ok(diff(&["d"], &["c"], &["a"])));
    assert_eq!(host.push(&[]), Ok(diff(&[], &["a", "b", "d"], &[])), "an empty bundle empties");
    assert_eq!(host.perform(json!({ "get_bundle": {} })), Ok(json!({})));
}

#[test]
fn the_same_bundle_again_is_no_version_and_moved_files_are_one() {
    let mut host = Host::default();
    assert_eq!(host.push(&[]), Ok(diff(&[], &[], &[])), "nothing in the place of nothing");
    assert_eq!(host.commits.len(), 0);
    host.push(&[("a.rego", owner())]).unwrap();
    assert_eq!(host.push(&[("a.rego", owner())]), Ok(diff(&[], &[], &[])));
    assert_eq!(host.commits.len(), 1);
    // Errors name the file: where it is another one, decisions may say another thing.
    assert_eq!(host.push(&[("b.rego", owner())]), Ok(diff(&[], &[], &[])));
    assert_eq!(host.commits.len(), 2);
    assert_eq!(host.count("config_policy_source"), 1, "a text is kept once");
}

/// What is wrong, the policies by their paths, and how the message begins.
type Refused = (&'static str, Vec<(&'static str, String)>, &'static str);

#[test]
fn a_bundle_that_does_not_load_is_refused_with_all_that_is_wrong() {
    let cases: [Refused; 5] = [
        (
            "no name",
            vec![("a.rego", "package org\n\nx = 1\n".to_owned())],
            "failed to parse policy file(s): failed to parse file: \"a.rego\": first rule declaration must be \
             \"policy_name\" but found \"x\"",
        ),
        (
            "one name twice",
            vec![("a.rego", policy("n", "")), ("b.rego", policy("n", ""))],
            "failed to parse bundle: policy \"n\" declared 2 times",
        ),
        (
            "another package",
            vec![("a.rego", policy("n", "").replace("org", "other"))],
            "failed policy linting: \"n\": invalid package name: expected one of packages [org] but got \"package other\"",
        ),
        (
            "it does not compile",
            vec![("a.rego", policy("n", "x = y"))],
            "failed to compile policy: 1 error occurred: a.rego:5: rego_unsafe_var_error: var y is unsafe",
        ),
        (
            "no module",
            vec![("a.rego", String::new())],
            "failed to parse policy file(s): failed to parse file \"a.rego\": ",
        ),
    ];
    for (what, policies, message) in cases {
        let mut host = Host::default();
        host.push(&[("kept.rego", owner())]).unwrap();
        for dry in [true, false] {
            let refused = host.perform(push_of(&policies, dry)).unwrap_err();
            assert_eq!(refused["code"], "invalid_request", "{what}: {refused}");
            assert_eq!(refused["path"], "/policies", "{what}");
            assert!(refused["message"].as_str().unwrap().starts_with(message), "{what}: {}", refused["message"]);
            assert!(!refused["diagnostics"].as_array().unwrap().is_empty(), "{what}: {refused}");
        }
        assert_eq!(host.commits.len(), 1, "{what}: nothing is kept");
    }
}

#[test]
fn a_bundle_that_is_too_large_and_a_path_that_is_empty_are_refused() {
    let mut host = Host::default();
    let large = |name: &str| policy(name, &format!("# {}", "x".repeat(900_000)));
    let three = [("a.rego", large("a")), ("b.rego", large("b")), ("c.rego", large("c"))];
    let error = host.push(&three).unwrap_err();
    assert_eq!((&error["code"], &error["limit"]["name"]), (&json!("limit_exceeded"), &json!("config_bundle_bytes")));
    assert!(host.push(&three[..2]).is_ok(), "two of them are not too large");
    assert_eq!(host.push(&[("", owner())]).unwrap_err()["code"], "invalid_request");
}

#[test]
fn what_is_fetched_says_who_pushed_each_text_first() {
    let mut host = Host::default();
    host.push(&[("a.rego", policy("a", "")), ("b.rego", policy("b", ""))]).unwrap();
    host.now_ms += 1_000;
    host.identity = json!({ "id": "u-2", "email": null, "org_role": "owner", "may": [] });
    host.push(&[("a.rego", policy("a", "")), ("b.rego", policy("b", "x = 1"))]).unwrap();
    let (first, second) = ("2023-11-14T22:13:20.000Z", "2023-11-14T22:13:21.000Z");
    let of = |name: &str, content: String, at: &str, by: &str| json!({ "content": content, "created_at": at, "created_by": by, "name": name });
    let (a, b) = (of("a", policy("a", ""), first, "u-1"), of("b", policy("b", "x = 1"), second, "u-2"));
    host.asks("u-3", &["read"]);
    assert_eq!(host.perform(json!({ "get_bundle": {} })), Ok(json!({ "a": a, "b": b })));
    assert_eq!(host.perform(json!({ "get_policy": { "name": "b" } })), Ok(b));
    let before = of("b", policy("b", ""), first, "u-1");
    assert_eq!(host.perform(json!({ "get_policy": { "name": "b", "version": 1 } })), Ok(before.clone()));
    assert_eq!(host.perform(json!({ "get_bundle": { "version": 1 } })), Ok(json!({ "a": a, "b": before })));
    assert_eq!(host.perform(json!({ "get_bundle": { "version": 0 } })), Ok(json!({})));
    for unknown in [
        json!({ "get_policy": { "name": "c" } }),
        json!({ "get_policy": { "name": "a.rego" } }),
        json!({ "get_policy": { "name": "a", "version": 0 } }),
        json!({ "get_bundle": { "version": 3 } }),
    ] {
        assert_eq!(host.perform(unknown.clone()).unwrap_err()["code"], "not_found", "{unknown}");
    }
}

#[test]
fn versions_are_listed_from_the_newest_in_pages() {
    let mut host = Host::default();
    for number in 0..12 {
        host.push(&[("a.rego", policy("a", &format!("x = {number}")))]).unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = host.perform(json!({ "list_versions": { "limit": 5, "cursor": cursor } })).unwrap();
        for version in page["versions"].as_array().unwrap() {
            assert_eq!(version["policies"][0]["name"], "a");
            assert_eq!(version["policies"][0]["sha512"].as_str().unwrap().len(), 128);
            seen.push(version["version"].as_u64().unwrap());
        }
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen, (1..=12).rev().collect::<Vec<u64>>());
}

#[test]
fn of_two_pushes_at_once_the_later_one_reads_again() {
    let mut host = Host::default();
    let one = host.asked(&push_of(&[("a.rego", policy("a", ""))], false), None).unwrap();
    let other = host.asked(&push_of(&[("b.rego", policy("b", ""))], false), None).unwrap();
    assert!(host.commit(&one.1));
    assert!(!host.commit(&other.1), "it stands on a bundle that is no longer in force");
    assert_eq!(host.push(&[("b.rego", policy("b", ""))]), Ok(diff(&["b"], &["a"], &[])));
    // The reply to the first was lost: the same commit again changes nothing.
    assert!(host.commit(&one.1));
    assert_eq!(host.perform(json!({ "get_bundle": {} })).unwrap().as_object().unwrap().len(), 1);
}

#[test]
fn contexts_are_apart_whatever_they_are_called() {
    let mut host = Host::default();
    for context in ["config", "a/b", "a%2Fb", "../config", "Config", "."] {
        host.context = context;
        host.now_ms = FIRST_MS;
        assert_eq!(host.perform(json!({ "get_bundle": {} })), Ok(json!({})), "{context}");
        host.push(&[("a.rego", policy("a", ""))]).unwrap();
    }
    let partitions: std::collections::BTreeSet<&String> =
        host.records.keys().map(|(partition, _, _)| partition).collect();
    assert_eq!(partitions.len(), 6);
    assert!(partitions.iter().all(|partition| partition.matches('/').count() == 2), "{partitions:?}");
    host.context = " ";
    assert_eq!(host.perform(json!({ "get_bundle": {} })).unwrap_err()["code"], "malformed_request");
}

#[test]
fn administrators_push_and_readers_read() {
    let mut host = Host::default();
    host.push(&[("a.rego", owner())]).unwrap();
    let reads = [
        json!({ "get_bundle": {} }),
        json!({ "get_bundle": { "version": 1 } }),
        json!({ "get_policy": { "name": "owner" } }),
        json!({ "list_versions": {} }),
        json!({ "list_decisions": {} }),
        json!({ "get_decision": { "id": "none" } }),
        json!({ "get_decision_bundle": { "id": "none" } }),
        json!({ "get_settings": {} }),
        push_of(&[], true),
    ];
    host.asks("u-2", &["write", "delete", "trigger"]);
    for operation in &reads {
        assert_eq!(host.perform(operation.clone()).unwrap_err()["code"], "not_permitted", "{operation}");
    }
    let refused = host.push(&[]).unwrap_err();
    assert_eq!(refused["message"], "only owners and administrators of the organisation push policies");
    assert_eq!(host.perform(json!({ "change_settings": { "enabled": false } })).unwrap_err()["code"], "not_permitted");
    host.asks("u-3", &["read"]);
    for operation in &reads {
        let code = host.perform(operation.clone()).err().map(|refused| refused["code"].clone());
        assert!(code.is_none() || code == Some(json!("not_found")), "{operation}: {code:?}");
    }
    assert_eq!(host.decide("{}", json!({})).unwrap_err()["code"], "not_permitted");
}
