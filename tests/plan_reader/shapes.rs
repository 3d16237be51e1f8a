//! Which documents are plans, and how what is no plan is refused.

use regate::error::{Error, ErrorCode};
use regate::governance::plan::Plan;
use serde_json::{Value, json};

use crate::{entry, has_note, plan_of, read, refused, utf16, with};

#[test]
fn format_versions_of_two_majors_are_known() {
    let versioned =
        |version: Value| Plan::read(with(plan_of(&json!([])), "/format_version", version).to_string().as_bytes());
    for version in ["0.1", "0.2", "1.0", "1.2", "1.99", "1"] {
        assert_eq!(versioned(json!(version)).unwrap().format_version.unwrap(), version);
    }
    for version in [json!("2.0"), json!("10.1"), json!("one"), json!(""), json!(1), json!([])] {
        let error = versioned(version).unwrap_err();
        assert_eq!(error.code, ErrorCode::NotAPlan);
        assert_eq!(error.path.as_deref(), Some("/format_version"));
        assert!(error.help.is_some());
    }
    let plan = read(&json!({"resource_changes": []}));
    assert_eq!(plan.format_version, None);
    assert!(has_note(&plan, "format version"));
}

#[test]
fn a_wrong_shape_is_an_error_at_its_place() {
    let one = plan_of(&json!([entry("aws_a.a", &["create"]), entry("aws_a.b", &["create"])]));
    let outputs = with(one.clone(), "/output_changes", json!({"a/b~c": {"actions": ["create"]}}));
    for (plan, place, wrong) in [
        (&one, "/resource_changes", json!({})),
        (&one, "/resource_changes", json!("SECRET")),
        (&one, "/resource_changes", json!(12345)),
        (&one, "/resource_changes", json!(true)),
        (&one, "/resource_changes/1", json!("SECRET")),
        (&one, "/resource_changes/1", Value::Null),
        (&one, "/resource_changes/1", json!(12345)),
        (&one, "/resource_changes/1/change", Value::Null),
        (&one, "/resource_changes/1/change", json!(["SECRET"])),
        (&one, "/resource_changes/1/change", json!(12345)),
        (&one, "/resource_changes/1/change/actions", Value::Null),
        (&one, "/resource_changes/1/change/actions", json!([])),
        (&one, "/resource_changes/1/change/actions", json!("create")),
        (&one, "/resource_changes/1/change/actions", json!(["update", "delete"])),
        (&one, "/resource_changes/1/change/actions", json!(["create", "create"])),
        (&one, "/resource_changes/1/change/actions", json!(["no-op", "delete"])),
        (&one, "/resource_changes/1/address", json!({"a": "SECRET"})),
        (&one, "/resource_changes/1/address", Value::Null),
        (&one, "/resource_changes/1/type", Value::Null),
        (&one, "/resource_changes/1/mode", json!(12345)),
        (&one, "/resource_changes/1/provider_name", json!(["SECRET"])),
        (&one, "/resource_changes/1/previous_address", json!(12345)),
        (&one, "/resource_changes/1/deposed", json!(12345)),
        (&one, "/output_changes", json!(["SECRET"])),
        (&one, "/resource_drift", json!("SECRET")),
        (&one, "/deferred_changes", json!("SECRET")),
        (&one, "/action_invocations", json!("SECRET")),
        (&one, "/errored", json!("SECRET")),
        (&one, "/complete", json!("SECRET")),
        (&one, "/applyable", json!(12345)),
        (&outputs, "/output_changes/a~1b~0c/actions", json!(12345)),
    ] {
        let plan = with(plan.clone(), place, wrong);
        let error = refused(plan.to_string());
        assert_eq!(error.code, ErrorCode::NotAPlan, "{place}");
        assert_eq!(error.path.as_deref(), Some(place), "{error:?}");
        let text = serde_json::to_string(&error).unwrap();
        assert!(!text.contains("SECRET") && !text.contains("12345"), "{text}");
    }
}

#[test]
fn an_action_that_is_not_known_is_never_dropped() {
    for (actions, path) in [
        (json!(["SECRET"]), "/resource_changes/0/change/actions/0"),
        (json!(["delete", "SECRET"]), "/resource_changes/0/change/actions/1"),
        (json!([7]), "/resource_changes/0/change/actions/0"),
        (json!(["Create"]), "/resource_changes/0/change/actions/0"),
    ] {
        for mode in ["managed", "data"] {
            let change = with(entry("aws_a.a", &[]), "/mode", json!(mode));
            let plan = plan_of(&json!([with(change, "/change/actions", actions.clone())]));
            let error = refused(plan.to_string());
            assert_eq!(error.code, ErrorCode::NotAPlan);
            assert_eq!(error.path.as_deref(), Some(path));
            assert!(!format!("{error:?}").contains("SECRET"));
        }
    }
}

const RUN: [&str; 2] = ["terraform plan -out=tfplan", "terraform show -json tfplan"];

fn names_both_commands(error: &Error) -> bool {
    RUN.iter().all(|run| error.help.as_ref().unwrap().contains(run))
}

#[test]
fn the_stream_of_terraform_plan_is_recognised() {
    let first = r#"{"@level":"info","@message":"Terraform 1.9.5","@module":"terraform.ui","type":"version","terraform":"1.9.5","ui":"1.2"}"#;
    let second = r#"{"@level":"info","@message":"Plan: 1 to add","@module":"terraform.ui","type":"change_summary"}"#;
    let whole = format!("{first}\n{second}\n");
    for document in [
        whole.clone().into_bytes(),
        first.as_bytes().to_vec(),
        format!("\n{first}\r\n{second}").into_bytes(),
        // Cut in the middle: still a stream.
        format!("{first}\n{{\"@lev").into_bytes(),
        utf16(&whole, true, u16::to_le_bytes),
    ] {
        let error = refused(document);
        assert_eq!(error.code, ErrorCode::PlanIsAStream);
        assert!(names_both_commands(&error));
    }
    // The words inside a plan do not make it a stream.
    let plan = with(plan_of(&json!([])), "/variables", json!({"a": {"value": {"@level": 1, "@message": 2}}}));
    read(&plan);
}

#[test]
fn a_binary_plan_is_recognised() {
    let error = refused(b"PK\x03\x04\x14\x00\x08\x00tfplan");
    assert_eq!(error.code, ErrorCode::PlanIsBinary);
    assert!(names_both_commands(&error));
    let error = refused(r#"{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}"#);
    assert_eq!(error.code, ErrorCode::PlanIsBinary);
}

#[test]
fn other_documents_of_terraform_are_named() {
    for (document, part) in [
        (
            json!({"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {}}}),
            "is a state, not a plan",
        ),
        (
            json!({"version": 4, "terraform_version": "1.9.5", "serial": 3, "lineage": "x", "outputs": {}, "resources": []}),
            "terraform.tfstate",
        ),
        (json!({"format_version": "1.0"}), "there is no state"),
        (json!({"hello": "SECRET"}), "no part of a Terraform plan"),
        (json!({}), "no part of a Terraform plan"),
        (json!([1]), "no object"),
        (json!("SECRET"), "no object"),
        (json!(12345), "no object"),
        (Value::Null, "no object"),
    ] {
        let error = refused(document.to_string());
        assert_eq!(error.code, ErrorCode::NotAPlan, "{document}");
        assert!(error.message.contains(part), "{}", error.message);
        assert!(names_both_commands(&error));
        assert!(!error.message.contains("SECRET"));
    }
}
