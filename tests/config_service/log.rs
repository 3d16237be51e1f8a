//! The log of decisions: order, pages, filters and masks.

use crate::host::{FIRST_MS, Host, owner};
use serde_json::{Value, json};

/// Six decisions, a minute apart: those with an even number fail.
fn six() -> Host {
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    for at in 0..6 {
        host.now_ms = FIRST_MS + at * 60_000;
        let metadata = json!({
            "project_id": format!("p-{}", at % 3), "build_number": at, "vcs": { "branch": if at < 4 { "main" } else { "next" } },
        });
        let text = if at % 2 == 0 { "{}" } else { r#"{"owner": "ops"}"# };
        host.decide(text, json!({ "metadata": metadata })).unwrap();
    }
    host
}

fn numbers(answer: &Value) -> Vec<u64> {
    let decisions = answer["decisions"].as_array().unwrap();
    decisions.iter().map(|decision| decision["metadata"]["build_number"].as_u64().unwrap()).collect()
}

#[test]
fn the_newest_comes_first_and_each_filter_leaves_what_matches() {
    let mut host = six();
    for (query, expected) in [
        (json!({}), vec![5, 4, 3, 2, 1, 0]),
        (json!({ "status": "PASS" }), vec![5, 3, 1]),
        (json!({ "status": "HARD_FAIL" }), vec![4, 2, 0]),
        (json!({ "status": "ERROR" }), vec![]),
        (json!({ "branch": "next" }), vec![5, 4]),
        (json!({ "branch": "nex" }), vec![]),
        (json!({ "project_id": "p-1" }), vec![4, 1]),
        (json!({ "build_number": 3 }), vec![3]),
        (json!({ "after": "2023-11-14T22:15:20Z" }), vec![5, 4, 3, 2]),
        (json!({ "after": "2023-11-14T22:15:20.001Z" }), vec![5, 4, 3]),
        (json!({ "before": "2023-11-14T22:15:20Z" }), vec![1, 0]),
        (json!({ "before": "2023-11-14T23:15:20+01:00" }), vec![1, 0]),
        (json!({ "before": "1970-01-01T00:00:00Z" }), vec![]),
        (json!({ "after": "2023-11-14T22:14:20Z", "before": "2023-11-14T22:17:20Z", "status": "PASS" }), vec![3, 1]),
    ] {
        let listed = host.perform(json!({ "list_decisions": query })).unwrap();
        assert_eq!(numbers(&listed), expected, "{query}");
        assert_eq!(listed["cursor"], Value::Null, "{query}");
    }
    for wrong in [json!({ "after": "yesterday" }), json!({ "limit": 0 }), json!({ "limit": 101 })] {
        assert_eq!(host.perform(json!({ "list_decisions": wrong })).unwrap_err()["code"], "invalid_request", "{wrong}");
    }
    for wrong in [json!({ "status": "pass" }), json!({ "state": "PASS" })] {
        assert_eq!(
            host.perform(json!({ "list_decisions": wrong })).unwrap_err()["code"],
            "malformed_request",
            "{wrong}"
        );
    }
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let mut host = six();
    let (mut seen, mut pages, mut cursor) = (Vec::new(), 0, Value::Null);
    loop {
        let page =
            host.perform(json!({ "list_decisions": { "limit": 4, "status": "PASS", "cursor": cursor } })).unwrap();
        seen.extend(numbers(&page));
        pages += 1;
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!((seen, pages), (vec![5, 3, 1], 2));
}

#[test]
fn what_is_masked_is_not_kept_and_the_log_says_so() {
    let mut host = six();
    let mask = json!(["/metadata/vcs/branch", "/metadata/none", "/metadata/a~1b", "/metadata/list/0"]);
    host.perform(json!({ "change_settings": { "mask": mask } })).unwrap();
    host.now_ms += 60_000;
    let metadata = json!({ "build_number": 9, "vcs": { "branch": "secret", "tag": "t" }, "a/b": 1, "list": [1, 2] });
    let made = host.decide("{}", json!({ "metadata": metadata })).unwrap();
    let log = &made["log"];
    assert_eq!(log["metadata"], json!({ "build_number": 9, "vcs": { "tag": "t" }, "list": [null, 2] }));
    assert_eq!(log["erased"], json!(["/metadata/vcs/branch", "/metadata/a~1b", "/metadata/list/0"]));
    assert_eq!(log["decision"]["hard_failures"][0]["reason"], "owner label missing", "reasons stay");
    let written = serde_json::to_string(host.commits.last().unwrap()).unwrap();
    assert!(!written.contains("secret"), "{written}");
    let listed = host.perform(json!({ "list_decisions": { "branch": "secret" } })).unwrap();
    assert_eq!(numbers(&listed), Vec::<u64>::new(), "what was masked matches nothing");
}

#[test]
fn a_decision_that_is_not_there_is_not_found() {
    let mut host = six();
    for id in ["none", "", "../config_bundle/current", "op-1"] {
        for operation in ["get_decision", "get_decision_bundle"] {
            let refused = host.perform(json!({ operation: { "id": id } })).unwrap_err();
            assert_eq!(refused["code"], "not_found", "{operation} {id}");
        }
    }
}

#[test]
fn decisions_of_one_moment_are_all_there() {
    let mut host = Host::default();
    for _ in 0..3 {
        host.decide("{}", json!({ "metadata": { "build_number": 1 } })).unwrap();
    }
    assert_eq!(numbers(&host.perform(json!({ "list_decisions": {} })).unwrap()), [1, 1, 1]);
}
