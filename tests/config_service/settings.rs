//! Settings: what holds where nobody said anything, what is changed, and that nothing is evaluated where it is off.

use crate::host::{Host, owner};
use serde_json::{Value, json};

#[test]
fn settings_are_on_until_an_administrator_switches_them_off() {
    let mut host = Host::default();
    assert_eq!(
        host.perform(json!({ "get_settings": {} })),
        Ok(json!({ "enabled": true, "errors_trigger": false, "mask": [] }))
    );
    let off = json!({ "enabled": false, "errors_trigger": false, "mask": [] });
    assert_eq!(host.perform(json!({ "change_settings": { "enabled": false } })), Ok(off.clone()));
    assert_eq!(host.perform(json!({ "get_settings": {} })), Ok(off));
    assert_eq!(host.perform(json!({ "change_settings": { "enabled": false } })).unwrap()["enabled"], false);
    assert_eq!(host.commits.len(), 1, "what changes nothing is not committed");
    let mask = json!({ "enabled": false, "errors_trigger": false, "mask": ["/metadata/x"] });
    assert_eq!(
        host.perform(json!({ "change_settings": { "mask": ["/metadata/x"] } })),
        Ok(mask),
        "what is absent stays"
    );
}

#[test]
fn who_changed_them_stays_known() {
    let mut host = Host::default();
    host.perform(json!({ "change_settings": { "enabled": false } })).unwrap();
    let entry = &host.commits[0]["append"][0];
    assert_eq!((&entry["kind"], &entry["value"]["path"]), (&json!("audit"), &json!("config/settings")));
    assert_eq!(entry["value"]["input"], json!({ "by": "u-1", "context": "config" }));
    assert_eq!(entry["value"]["result"], json!({ "enabled": false, "errors_trigger": false, "mask": [] }));
}

#[test]
fn a_mask_points_into_the_metadata() {
    let mut host = Host::default();
    for mask in ["/metadata", "/metadatax/y", "/decision/hard_failures", "", "metadata/x"] {
        let refused = host.perform(json!({ "change_settings": { "mask": ["/metadata/a", mask] } })).unwrap_err();
        assert_eq!((&refused["code"], &refused["path"]), (&json!("invalid_request"), &json!("/mask/1")), "{mask}");
    }
}

#[test]
fn where_it_is_off_nothing_is_evaluated_and_the_answer_says_so() {
    let mut host = Host::default();
    host.push(&[("o.rego", owner())]).unwrap();
    host.perform(json!({ "change_settings": { "enabled": false } })).unwrap();
    let nothing = json!({ "enabled": false, "triggers": true, "decision": null, "log": null, "warnings": [] });
    // Not even the text is read.
    for text in ["{}", "{ no JSON"] {
        assert_eq!(host.decide(text, json!({})), Ok(nothing.clone()));
    }
    assert_eq!(host.count("config_decision"), 0);
    host.perform(json!({ "change_settings": { "enabled": true } })).unwrap();
    assert_eq!(host.decide("{}", json!({})).unwrap()["decision"]["status"], "HARD_FAIL");
    host.context = "other";
    assert_eq!(host.perform(json!({ "get_settings": {} })).unwrap()["enabled"], Value::Bool(true));
}

#[test]
fn what_a_status_means_for_a_pipeline() {
    const CLASH: &str = "package org\n\npolicy_name[\"clash\"]\n\nenable_rule[\"soft\"] { input.soft }\n\nenable_hard[\"hard\"] { input.hard }\n\n\
        soft = \"s\"\n\nhard = \"h\"\n\nx = 1\n\nx = 2 { input.two }\n";
    let mut host = Host::default();
    host.push(&[("c.rego", CLASH.to_owned())]).unwrap();
    let rows = [
        ("{}", "PASS", true, true),
        (r#"{"soft": true}"#, "SOFT_FAIL", true, true),
        (r#"{"hard": true}"#, "HARD_FAIL", false, false),
        (r#"{"soft": true, "hard": true}"#, "HARD_FAIL", false, false),
        (r#"{"two": true}"#, "ERROR", false, true),
    ];
    for opened in [false, true] {
        host.perform(json!({ "change_settings": { "errors_trigger": opened } })).unwrap();
        for (input, status, closed, open) in rows {
            let made = host.decide(input, json!({})).unwrap();
            let wanted = if opened { open } else { closed };
            assert_eq!((&made["decision"]["status"], &made["triggers"]), (&json!(status), &json!(wanted)), "{input}");
        }
    }
}
