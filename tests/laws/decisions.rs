//! Laws of the evaluation: what decides, and what can never loosen a decision.

use crate::generated::{Asked, DENIES, config, plan, question, strictness};
use crate::{texts, tries};
use proptest::prelude::*;
use serde_json::{Value, json};

fn with(config: &Value, list: &str, added: Value) -> Value {
    let mut config = config.clone();
    config[list].as_array_mut().unwrap().push(added);
    config
}

fn set_of(enforcement: &str, source: &str) -> Value {
    json!({ "name": "added", "enforcement": enforcement, "policies": [{ "name": "added", "rego_source": source }] })
}

proptest! {
    #![proptest_config(tries(40))]

    #[test]
    fn the_same_request_and_facts_give_the_same_bytes((config, question, plan) in (config(), question(), plan()), (other, another_plan) in (question(), plan())) {
        let mut asked = Asked::new(&config, &question, &plan);
        let facts = asked.facts(&Value::Null, &[]);
        let first = asked.round(&facts);
        // What the engine was asked in between must not show.
        let mut between = Asked { question: other, plan: another_plan.to_string().into_bytes(), engine: asked.engine };
        between.question["handle"] = asked.question["handle"].clone();
        between.decide(&[]);
        asked.engine = between.engine;
        prop_assert_eq!(&asked.round(&facts), &first);
        prop_assert_eq!(&Asked::new(&config, &question, &plan).round(&facts), &first);
    }

    #[test]
    fn the_outcome_is_that_of_the_table((config, question, plan) in (config(), question(), plan())) {
        let outcome = Asked::new(&config, &question, &plan).decide(&[]);
        let response = &outcome["response"];
        let enforced = if response["mandatory_violations"] != json!(0) {
            "rejected"
        } else if response["approval_preview"]["would_require_approval"] == json!(true) {
            "pending_approval"
        } else {
            "completed"
        };
        prop_assert_eq!(&outcome["enforced_status"], enforced);
        let is_pull_request = question["run"]["trigger"] == "pr";
        prop_assert_eq!(&outcome["run_status"], if is_pull_request { "completed" } else { enforced });
        let kind = match outcome["run_status"].as_str().unwrap() {
            "rejected" => "deny",
            "pending_approval" => "hold",
            _ => "allow",
        };
        prop_assert_eq!(&outcome["decision"]["kind"], kind);
        // Nobody is asked unless the run waits.
        let asks = outcome["effects"]["notices"].as_array().unwrap().iter().any(|notice| notice["kind"] != "run_decided");
        prop_assert_eq!(asks, kind == "hold");
        prop_assert_eq!(outcome["requirements"] != json!([]), kind == "hold");
    }

    #[test]
    fn an_added_deny_policy_never_yields_allow((config, question, plan) in (config(), question(), plan())) {
        let outcome = Asked::new(&with(&config, "policy_sets", set_of("mandatory", DENIES)), &question, &plan).decide(&[]);
        let is_pull_request = question["run"]["trigger"] == "pr";
        prop_assert_eq!(&outcome["decision"]["kind"], if is_pull_request { "allow" } else { "deny" });
        prop_assert_eq!(&outcome["enforced_status"], "rejected");
    }

    #[test]
    fn nothing_that_is_added_loosens_a_decision(
        (first, question, plan) in (config(), question(), plan()),
        second in config(),
        list in prop::sample::select(vec!["policy_sets", "approval_rules", "external_check_providers"]),
    ) {
        let Some(mut added) = second[list].as_array().unwrap().first().cloned() else { return Ok(()) };
        added["name"] = json!("added");
        if added["id"].is_string() {
            added["id"] = json!("added");
        }
        let before = Asked::new(&first, &question, &plan).decide(&[]);
        let after = Asked::new(&with(&first, list, added), &question, &plan).decide(&[]);
        prop_assert!(strictness(&after) >= strictness(&before), "{} became {}", before["decision"], after["decision"]);
    }

    #[test]
    fn a_policy_that_is_not_valid_never_allows(source in texts::text(), (question, plan) in (question(), plan())) {
        let config = with(&json!({ "policy_sets": [] }), "policy_sets", set_of("mandatory", &source));
        let mut asked = Asked::new(&config, &question, &plan);
        let validation = crate::call(&mut asked.engine, "validate", &json!({ "rego_source": source }), None);
        let outcome = asked.decide(&[]);
        if validation["valid"] == json!(false) {
            prop_assert_eq!(&outcome["enforced_status"], "rejected");
            prop_assert_eq!(&outcome["response"]["policy_results"][0]["passed"], &json!(false));
        }
    }

    #[test]
    fn a_preview_is_the_decision_and_leaves_nothing_behind((config, question, plan) in (config(), question(), plan())) {
        // A host that has no record and no approvals answers with what a preview answers with.
        let decided = Asked::new(&config, &question, &plan).decide(&[]);
        let mut asked = Asked::new(&config, &question, &plan);
        asked.question["decision_id"] = json!("preview");
        let preview = asked.decide(&[]);
        asked.decide(&[]);
        for part in ["decision", "run_status", "enforced_status", "response", "requirements", "digest", "revision"] {
            prop_assert_eq!(&preview[part], &decided[part], "{}", part);
        }
        prop_assert_eq!(&preview["effects"]["notices"], &decided["effects"]["notices"]);
        asked.question["decision_id"] = question["decision_id"].clone();
        prop_assert_eq!(asked.decide(&[]), decided);
    }

    #[test]
    fn without_a_fact_there_is_no_decision((config, question, plan) in (config(), question(), plan()), left_out in 0_usize..2) {
        let mut asked = Asked::new(&config, &question, &plan);
        let mut facts = asked.facts(&Value::Null, &[]);
        let removed = facts.remove(left_out.min(facts.len() - 1));
        let answer: Value = serde_json::from_str(&asked.round(&facts)).unwrap();
        // It is asked for again, or what was asked because of it is refused; nothing is decided.
        prop_assert!(answer["ok"]["outcome"].is_null());
        match answer["ok"]["needs"].as_array() {
            Some(needs) => prop_assert!(needs.contains(&removed["need"])),
            None => prop_assert_eq!(&answer["error"]["code"], "fact_not_asked"),
        }
    }
}
