//! The detail: what is shown of the values of a plan, and what is not.

use regate::error::ErrorCode;
use regate::governance::plan::{MARKER, Plan};
use serde_json::{Value, json};

use crate::{detail_of, entry, has_note, plan_of, read, with};
#[test]
fn the_detail_has_the_shape_of_the_plan() {
    let mut change = entry("aws_a.a", &["update"]);
    change["index"] = json!("a");
    change["module_address"] = json!("module.m");
    change["action_reason"] = json!("replace_because_tainted");
    change["change"] = json!({
        "actions": ["update"],
        "before": {"size": 1, "tags": {"a": "x"}}, "after": {"size": 2, "tags": {"a": "x"}},
        "after_unknown": {"arn": true, "tags": {}},
        "before_sensitive": {"tags": {}}, "after_sensitive": {"tags": {}},
        "replace_paths": [["size"], ["tags", "a"]],
    });
    let mut plan = plan_of(&json!([change.clone()]));
    plan["output_changes"] = json!({
        "open": {"actions": ["update"], "before": [1], "after": [2], "after_unknown": false, "before_sensitive": false, "after_sensitive": false},
        "secret": {"actions": ["create"], "before": null, "after": {"a": "SECRET"}, "after_unknown": false, "before_sensitive": true, "after_sensitive": true},
    });
    let detail = read(&plan).detail().unwrap();
    assert_eq!(detail["resource_changes"], json!([change]));
    assert_eq!(
        detail["output_changes"],
        json!({
            "open": {"actions": ["update"], "before": [1], "after": [2], "after_unknown": false, "before_sensitive": false, "after_sensitive": false},
            "secret": {"actions": ["create"], "before": null, "after": MARKER, "after_unknown": false, "before_sensitive": true, "after_sensitive": true},
        })
    );
    assert_eq!(detail["format_version"], "1.2");
    assert_eq!(detail["terraform_version"], "1.9.5");
    assert_eq!(detail["notes"], json!([]));
}

#[test]
fn numbers_keep_their_digits() {
    let text = r#"{"resource_changes":[{"address":"a.b","type":"a","change":{"actions":["create"],
        "before":null,"after":{"big":123456789012345678901234567890,"exact":0.1000},"before_sensitive":false,"after_sensitive":{}}}]}"#;
    let detail = Plan::read(text.as_bytes()).unwrap().detail().unwrap();
    let text = detail.to_string();
    assert!(text.contains("123456789012345678901234567890") && text.contains("0.1000"));
}

#[test]
fn masks_hide_what_they_mirror() {
    let value = json!({
        "open": "a",
        "password": "SECRET",
        "list": [{"name": "n", "value": "SECRET"}, {"name": "m", "value": "b"}],
        "map": {"a": "b", "key": "SECRET"},
        "whole": {"SECRET": ["SECRET"]},
        "nothing": null,
        "number": 12345,
    });
    let mask = json!({
        "password": true,
        "list": [{"value": true}, {}],
        "map": {"key": true},
        "whole": true,
        "nothing": true,
        "number": true,
        "absent": true,
    });
    let hidden = json!({
        "open": "a",
        "password": MARKER,
        "list": [{"name": "n", "value": MARKER}, {"name": "m", "value": "b"}],
        "map": {"a": "b", "key": MARKER},
        "whole": MARKER,
        "nothing": MARKER,
        "number": MARKER,
    });
    let change = detail_of(json!({
        "before": value.clone(), "after": value.clone(),
        "before_sensitive": mask.clone(), "after_sensitive": mask.clone(), "after_unknown": {},
    }));
    assert_eq!(change["before"], hidden);
    assert_eq!(change["after"], hidden);
    assert_eq!(change["before_sensitive"], mask);
    // A secret by one side's mask is one on the other side too.
    for (before_sensitive, after_sensitive) in [(mask.clone(), json!({})), (json!({}), mask)] {
        let change = detail_of(json!({
            "before": value, "after": value,
            "before_sensitive": before_sensitive, "after_sensitive": after_sensitive,
        }));
        assert_eq!(change["before"], hidden);
        assert_eq!(change["after"], hidden);
    }
    let change = detail_of(json!({
        "before": value, "after": null, "before_sensitive": true, "after_sensitive": false,
    }));
    assert_eq!(change["before"], MARKER);
    assert_eq!(change["after"], Value::Null);
}

#[test]
fn a_mask_that_does_not_fit_withholds_the_value() {
    for (value, mask) in [
        (json!("SECRET"), json!({"a": true})),
        (json!("SECRET"), json!([true])),
        (json!({"a": "SECRET"}), json!([true])),
        (json!(["SECRET"]), json!({"a": true})),
        (json!(["SECRET", "SECRET"]), json!([true])),
        (json!(["SECRET"]), json!([true, true])),
        (json!("SECRET"), json!("true")),
        (json!("SECRET"), json!(1)),
    ] {
        let change = detail_of(json!({
            "before": {"v": value}, "before_sensitive": {"v": mask},
            "after": {"v": value}, "after_sensitive": {"v": mask},
        }));
        assert_eq!(change["before"]["v"], MARKER, "{value} {mask}");
        assert_eq!(change["after"]["v"], MARKER, "{value} {mask}");
    }
    // A mask that marks nothing fits everything.
    for mask in [json!({}), json!([]), json!([{}, []]), json!(false), json!({"a": [false]})] {
        let change = detail_of(json!({
            "before": {"v": "open"}, "before_sensitive": {"v": mask}, "after": null, "after_sensitive": false,
        }));
        assert_eq!(change["before"]["v"], "open", "{mask}");
    }
}

#[test]
fn values_without_masks_are_withheld_and_a_note_says_so() {
    let mut plan = plan_of(&json!([
        with(
            entry("aws_a.a", &["create"]),
            "/change",
            json!({"actions": ["create"], "before": null, "after": {"p": "SECRET"}, "after_unknown": {"id": true, "m": {"SECRET": true}}})
        ),
        with(
            entry("aws_a.b", &["delete"]),
            "/change",
            json!({"actions": ["delete"], "before": {"p": "SECRET"}, "after": null, "before_sensitive": null})
        ),
        entry("aws_a.c", &["create"]),
    ]));
    plan["format_version"] = json!("0.1");
    plan["terraform_version"] = json!("0.13.7");
    plan["output_changes"] = json!({"o": {"actions": ["create"], "before": null, "after": "SECRET"}});
    let plan = read(&plan);
    assert!(has_note(&plan, "3 changes do not say which of their values are sensitive"), "{:?}", plan.notes);
    let detail = plan.detail().unwrap();
    assert!(!detail.to_string().contains("SECRET"));
    let change = |at: usize| &detail["resource_changes"][at]["change"];
    assert_eq!(change(0)["after"], MARKER);
    assert_eq!(change(0)["before"], Value::Null);
    assert_eq!(change(0)["after_unknown"], true);
    assert_eq!(change(1)["before"], MARKER);
    assert_eq!(change(1)["after"], Value::Null);
    assert_eq!(detail["output_changes"]["o"]["after"], MARKER);
    assert_eq!(detail["notes"], serde_json::to_value(&plan.notes).unwrap());
}

#[test]
fn keys_below_a_secret_are_secret_in_every_part() {
    let change = detail_of(json!({
        "before": {"m": {}}, "after": {"m": {"SECRET": 1}, "n": {"open": 1}},
        "after_unknown": {"m": {"SECRET": true}, "n": {"open": true}},
        "before_sensitive": {"m": {"SECRET": true}}, "after_sensitive": {"m": true},
        "replace_paths": [["m", "SECRET"], ["n", "open"], ["m"], ["x", {"SECRET": 1}, "SECRET"]],
    }));
    assert!(!change.to_string().contains("SECRET"), "{change}");
    assert_eq!(change["after_unknown"], json!({"m": true, "n": {"open": true}}));
    assert_eq!(change["before_sensitive"], json!({"m": true}));
    assert_eq!(change["replace_paths"], json!([["m"], ["n", "open"], ["m"], ["x"]]));
}

#[test]
fn parts_without_masks_stay_in_the_reader() {
    let secret = json!({"v": "SECRET", "root_module": {"resources": [{"values": {"p": "SECRET"}}]}});
    let mut plan = plan_of(&json!([with(
        entry("aws_a.a", &["update"]),
        "/change",
        json!({
            "actions": ["update"], "before": {}, "after": {}, "before_sensitive": {}, "after_sensitive": {},
            "after_unknown": {"a": "SECRET", "b": 12345},
            "importing": {"id": "SECRET", "identity": {"id": "SECRET"}},
            "generated_config": "password = \"SECRET\"",
            "before_identity": {"id": "SECRET"}, "after_identity": {"id": "SECRET"},
            "more": "SECRET",
        })
    )]));
    plan["resource_changes"][0]["name"] = json!({"wrong": "SECRET"});
    plan["resource_changes"][0]["more"] = json!("SECRET");
    for part in [
        "planned_values",
        "prior_state",
        "variables",
        "configuration",
        "relevant_attributes",
        "proposed_unknown",
        "more",
    ] {
        plan[part] = secret.clone();
    }
    plan["resource_drift"] = json!([with(entry("aws_a.a", &["update"]), "/change/before", secret.clone())]);
    plan["deferred_changes"] = json!([secret]);
    plan["action_invocations"] = json!([secret]);
    plan["checks"] = json!([{"status": "fail", "instances": [{"problems": [{"message": "SECRET"}]}]}]);
    let plan = read(&plan);
    let detail = plan.detail().unwrap().to_string();
    assert!(!detail.contains("SECRET") && !detail.contains("12345"), "{detail}");
    let summary = serde_json::to_string(&plan.summary()).unwrap();
    assert!(!summary.contains("SECRET"));
    assert!(!format!("{plan:?}").contains("SECRET"));
}

#[test]
fn a_text_that_cannot_be_held_is_an_error_of_the_detail() {
    // Half of a surrogate pair: Terraform writes none. The lists do not need the value.
    let text = r#"{"resource_changes":[{"address":"a.b","type":"a","change":{"actions":["delete"],"before":{"SECRET":"\ud800"},"before_sensitive":{},"after_sensitive":false}}]}"#;
    let plan = Plan::read(text.as_bytes()).unwrap();
    assert_eq!(plan.counts.destroyed, 1);
    let error = plan.detail().unwrap_err();
    assert_eq!(error.code, ErrorCode::InputNotJson);
    assert!(!error.message.contains("SECRET"));
}
