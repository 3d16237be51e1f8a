//! What each kind of change comes to in the lists, the attributes and the notes.

use regate::governance::plan::Plan;
use serde_json::{Value, json};

use crate::{entry, has_note, lists, plan_of, read, with};

#[test]
fn each_action_goes_to_its_list_in_the_order_of_the_document() {
    let plan = read(&plan_of(&json!([
        entry("aws_a.create", &["create"]),
        entry("aws_b.update", &["update"]),
        entry("aws_c.delete", &["delete"]),
        entry("aws_d.replace", &["delete", "create"]),
        entry("aws_e.replace", &["create", "delete"]),
        entry("aws_f.nothing", &["no-op"]),
        entry("aws_g.read", &["read"]),
        entry("aws_a.another", &["create"]),
    ])));
    assert_eq!(
        lists(&plan),
        (
            vec!["aws_a.create", "aws_d.replace", "aws_e.replace", "aws_a.another"],
            vec!["aws_b.update"],
            vec!["aws_c.delete", "aws_d.replace", "aws_e.replace"],
        )
    );
    assert_eq!(serde_json::to_value(plan.counts).unwrap(), json!({"added": 4, "changed": 1, "destroyed": 3}));
    assert!(plan.notes.is_empty(), "{:?}", plan.notes);
}

#[test]
fn the_summary_has_the_wire_form() {
    let plan = read(&plan_of(&json!([entry("aws_s3_bucket.a", &["update"])])));
    assert_eq!(
        serde_json::to_value(plan.summary()).unwrap(),
        json!({
            "format_version": "1.2",
            "terraform_version": "1.9.5",
            "plan_changes": {
                "added": [],
                "changed": [{"address": "aws_s3_bucket.a", "resource_type": "aws_s3_bucket", "provider_name": "aws"}],
                "destroyed": [],
            },
            "detected_attributes": {"providers": ["aws"], "resource_types": ["aws_s3_bucket"]},
            "counts": {"added": 0, "changed": 1, "destroyed": 0},
            "notes": [],
        })
    );
}

#[test]
fn a_forgotten_resource_is_noted_and_not_counted() {
    let plan = read(&plan_of(&json!([entry("aws_a.a", &["forget"])])));
    assert_eq!(lists(&plan), (vec![], vec![], vec![]));
    assert!(has_note(&plan, "1 resource is forgotten"));
}

#[test]
fn a_replacement_that_forgets_counts_as_added_and_destroyed_and_is_noted() {
    for actions in [["create", "forget"], ["forget", "create"]] {
        let plan = read(&plan_of(&json!([entry("aws_a.a", &actions)])));
        assert_eq!(lists(&plan), (vec!["aws_a.a"], vec![], vec!["aws_a.a"]));
        assert!(has_note(&plan, "1 resource is replaced and its old object"));
    }
}

#[test]
fn data_sources_and_ephemeral_resources_are_nothing() {
    for mode in ["data", "ephemeral"] {
        for action in ["read", "delete", "update", "create"] {
            let plan = read(&plan_of(&json!([with(entry("aws_ami.a", &[action]), "/mode", json!(mode))])));
            assert_eq!(lists(&plan), (vec![], vec![], vec![]), "{mode} {action}");
            assert!(plan.detected_attributes.resource_types.is_empty());
            assert!(plan.detected_attributes.providers.is_empty());
        }
    }
}

#[test]
fn a_mode_that_is_not_known_counts() {
    for mode in [json!("list"), Value::Null] {
        let plan = read(&plan_of(&json!([with(entry("aws_a.a", &["delete"]), "/mode", mode)])));
        assert_eq!(lists(&plan).2, ["aws_a.a"]);
    }
}

#[test]
fn a_deposed_object_counts_beside_its_resource() {
    let plan = read(&plan_of(&json!([
        entry("aws_a.a", &["delete", "create"]),
        with(entry("aws_a.a", &["delete"]), "/deposed", json!("0123abcd")),
    ])));
    assert_eq!(lists(&plan), (vec!["aws_a.a"], vec![], vec!["aws_a.a", "aws_a.a"]));
    assert!(has_note(&plan, "1 change is about a deposed object"));
    assert_eq!(plan.detail().unwrap()["resource_changes"][1]["deposed"], "0123abcd");
}

#[test]
fn a_move_is_what_its_actions_say() {
    let moved = |actions: &[&str]| {
        read(&plan_of(&json!([with(entry("aws_a.new", actions), "/previous_address", json!("aws_a.old"))])))
    };
    let plan = moved(&["no-op"]);
    assert_eq!(lists(&plan), (vec![], vec![], vec![]));
    assert!(has_note(&plan, "1 resource is moved"));
    let plan = moved(&["update"]);
    assert_eq!(lists(&plan), (vec![], vec!["aws_a.new"], vec![]));
    assert!(has_note(&plan, "1 resource is moved"));
}

#[test]
fn an_import_is_what_its_actions_say_and_its_id_stays() {
    let imported = |actions: &[&str]| {
        read(&plan_of(&json!([with(entry("aws_a.a", actions), "/change/importing", json!({"id": "i-secret"}))])))
    };
    let plan = imported(&["no-op"]);
    assert_eq!(lists(&plan), (vec![], vec![], vec![]));
    assert!(has_note(&plan, "1 resource is imported"));
    assert_eq!(plan.detail().unwrap()["resource_changes"][0]["change"]["importing"], json!({}));
    let plan = imported(&["update"]);
    assert_eq!(lists(&plan), (vec![], vec!["aws_a.a"], vec![]));
    let plan = read(&plan_of(&json!([with(entry("aws_a.a", &["create"]), "/change/importing", Value::Null)])));
    assert!(plan.notes.is_empty());
}

#[test]
fn drift_is_no_change_of_this_plan() {
    let mut plan = plan_of(&json!([entry("aws_a.a", &["no-op"])]));
    plan["resource_drift"] =
        json!([entry("aws_a.a", &["update"]), entry("aws_a.b", &["delete"]), entry("aws_a.c", &["no-op"]),]);
    let plan = read(&plan);
    assert_eq!(lists(&plan), (vec![], vec![], vec![]));
    assert!(has_note(&plan, "2 resources were changed outside of Terraform"));
}

#[test]
fn changes_of_outputs_alone_are_noted() {
    let outputs = json!({
        "a": {"actions": ["create"], "before": null, "after": 1, "before_sensitive": false, "after_sensitive": false},
        "b": {"actions": ["no-op"], "before": 1, "after": 1, "before_sensitive": false, "after_sensitive": false},
    });
    let alone = read(&with(plan_of(&json!([])), "/output_changes", outputs.clone()));
    assert_eq!(lists(&alone), (vec![], vec![], vec![]));
    assert_eq!(alone.notes, ["1 output changes, and no resource"]);
    let beside = read(&with(plan_of(&json!([entry("aws_a.a", &["create"])])), "/output_changes", outputs));
    assert!(beside.notes.is_empty(), "{:?}", beside.notes);
}

#[test]
fn what_is_deferred_invoked_or_fails_a_check_is_noted_and_not_counted() {
    let mut plan = plan_of(&json!([]));
    plan["deferred_changes"] = json!([
        {"reason": "instance_count_unknown", "resource_change": entry("aws_a.a", &["create"])},
        {"reason": "deferred_prereq", "resource_change": entry("aws_a.b", &["delete"])},
    ]);
    plan["action_invocations"] = json!([{"address": "action.aws_lambda_invoke.a", "type": "aws_lambda_invoke"}]);
    plan["deferred_action_invocations"] = json!([{"reason": "deferred_prereq"}]);
    plan["checks"] = json!([{"status": "fail"}, {"status": "pass"}, {"status": "unknown"}, {"status": "error"}]);
    let plan = read(&plan);
    assert_eq!(lists(&plan), (vec![], vec![], vec![]));
    for part in
        ["2 changes are deferred", "1 provider action is invoked", "1 provider action is deferred", "2 checks fail"]
    {
        assert!(has_note(&plan, part), "{part}: {:?}", plan.notes);
    }
}

#[test]
fn what_a_plan_says_of_itself_is_noted() {
    let flagged = |errored: bool, complete: bool, applyable: bool, changes: Value| {
        let mut plan = plan_of(&changes);
        plan["errored"] = json!(errored);
        plan["complete"] = json!(complete);
        plan["applyable"] = json!(applyable);
        read(&plan)
    };
    let one = json!([entry("aws_a.a", &["create"])]);
    let plan = flagged(false, true, true, one.clone());
    assert!(plan.notes.is_empty());
    let detail = plan.detail().unwrap();
    assert_eq!(
        (&detail["errored"], &detail["complete"], &detail["applyable"]),
        (&json!(false), &json!(true), &json!(true))
    );
    let plan = flagged(true, false, false, one.clone());
    assert_eq!(plan.counts.added, 1);
    assert_eq!(plan.notes.len(), 1);
    assert!(has_note(&plan, "the plan is incomplete: planning ended with an error"));
    assert!(has_note(&flagged(false, false, true, one.clone()), "the plan is incomplete: after it is applied"));
    assert!(has_note(&flagged(false, true, false, one), "cannot be applied"));
    assert!(flagged(false, true, false, json!([])).notes.is_empty(), "a plan without changes");
}

#[test]
fn a_plan_without_resource_changes_has_none() {
    for plan in [
        json!({"format_version": "1.2", "terraform_version": "1.9.5", "planned_values": {"root_module": {}}}),
        json!({"format_version": "0.1", "terraform_version": "0.12.31", "planned_values": {}, "resource_changes": null}),
    ] {
        let plan = read(&plan);
        assert_eq!(lists(&plan), (vec![], vec![], vec![]));
        assert_eq!(plan.detail().unwrap()["resource_changes"], json!([]));
    }
}

#[test]
fn a_key_that_stands_twice_counts_as_its_last() {
    let text = r#"{"format_version":"9.9","format_version":"1.2","resource_changes":5,
        "resource_changes":[{"address":"x","address":"aws_a.a","type":"aws_a","change":1,
        "change":{"actions":["create"],"actions":["delete"],"before":{"v":"first"},"before":{"v":"last"},
        "before_sensitive":{"v":true},"before_sensitive":{},"after_sensitive":false}}]}"#;
    let plan = Plan::read(text.as_bytes()).unwrap();
    assert_eq!(lists(&plan), (vec![], vec![], vec!["aws_a.a"]));
    assert_eq!(plan.detail().unwrap()["resource_changes"][0]["change"]["before"], json!({"v": "last"}));
}

#[test]
fn attributes_name_every_managed_resource_of_the_plan_sorted_and_once() {
    let provider = |entry: Value, source: &str| with(entry, "/provider_name", json!(source));
    let plan = read(&plan_of(&json!([
        provider(entry("random_pet.a", &["no-op"]), "registry.opentofu.org/hashicorp/random"),
        entry("aws_s3_bucket.b", &["create"]),
        entry("aws_s3_bucket.a", &["delete"]),
        provider(entry("null_resource.a", &["forget"]), "null.aliased"),
        provider(entry("google_a.a", &["read"]), "provider.google-beta.west"),
    ])));
    assert_eq!(
        serde_json::to_value(&plan.detected_attributes).unwrap(),
        json!({
            "providers": ["aws", "google-beta", "null", "random"],
            "resource_types": ["aws_s3_bucket", "google_a", "null_resource", "random_pet"],
        })
    );
}

#[test]
fn every_form_of_a_provider_has_its_short_name() {
    for (source, name) in [
        ("registry.terraform.io/hashicorp/aws", "aws"),
        ("registry.opentofu.org/hashicorp/google-beta", "google-beta"),
        ("terraform.io/builtin/terraform", "terraform"),
        ("hashicorp/aws", "aws"),
        ("aws", "aws"),
        ("aws.west", "aws"),
        ("provider.aws", "aws"),
        ("provider.aws.west", "aws"),
        ("module.a.provider.aws.west", "aws"),
        ("provider[\"registry.terraform.io/hashicorp/aws\"].west", "aws"),
        ("module.a.provider[\"registry.terraform.io/hashicorp/aws\"]", "aws"),
    ] {
        let change = with(entry("other_a.a", &["create"]), "/provider_name", json!(source));
        let plan = read(&plan_of(&json!([change])));
        assert_eq!(plan.plan_changes.added[0].provider_name, name, "{source}");
    }
}

#[test]
fn a_provider_that_is_not_named_is_the_one_of_the_type() {
    let mut change = entry("aws_s3_bucket.a", &["create"]);
    change.as_object_mut().unwrap().remove("provider_name");
    assert_eq!(read(&plan_of(&json!([change]))).plan_changes.added[0].provider_name, "aws");
}
