//! Laws of approvals: which count, and for what.

use crate::generated::{Asked, committed_record, config, plan, question, strictness};
use crate::tries;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Votes of anybody on anything: right and wrong digests, revisions, requirements and approvers.
fn votes() -> impl Strategy<Value = Vec<(Index, &'static str, &'static str, &'static str, &'static str)>> {
    let approver = select(vec!["user-1", "user-2", "user-3", "provider-0", "provider-1", "nobody"]);
    let which = || select(vec!["right", "right", "other", ""]);
    proptest::collection::vec(
        (any::<Index>(), approver, select(vec!["approved", "approved", "approved", "rejected"]), which(), which()),
        0..12,
    )
}

fn approvals(outcome: &Value, votes: &[(Index, &str, &str, &str, &str)]) -> Vec<Value> {
    let mut ids: Vec<Value> =
        outcome["requirements"].as_array().unwrap().iter().map(|requirement| requirement["id"].clone()).collect();
    ids.push(json!("no such requirement"));
    let named = |right: &Value, which: &str| if which == "right" { right.clone() } else { json!(which) };
    votes
        .iter()
        .map(|(requirement, approver, decision, digest, revision)| {
            json!({
                "requirement_id": requirement.get(&ids), "approver_id": approver, "decision": decision,
                "digest": named(&outcome["digest"], digest), "revision": named(&outcome["revision"], revision),
            })
        })
        .collect()
}

/// As many approvals as each requirement asks for, by those who may give them.
fn enough(outcome: &Value) -> Vec<Value> {
    let requirements = outcome["requirements"].as_array().unwrap();
    let approval = |requirement: &Value, number: u64| {
        let named = matches!(requirement["approver_type"].as_str(), Some("user" | "external_provider"));
        let approver = if named { requirement["approver_id"].clone() } else { json!(format!("approver-{number}")) };
        json!({
            "requirement_id": requirement["id"], "approver_id": approver, "decision": "approved",
            "digest": outcome["digest"], "revision": outcome["revision"],
        })
    };
    requirements
        .iter()
        .flat_map(|requirement| {
            (0..requirement["min_approvals"].as_u64().unwrap()).map(move |number| approval(requirement, number))
        })
        .collect()
}

fn names(approval: &Value, outcome: &Value) -> bool {
    approval["digest"] == outcome["digest"] && approval["revision"] == outcome["revision"]
}

/// Where a run ends that has been asked about, with these approvals: each decision stands on the record of the one before,
/// until nothing changes any more.
fn settled(asked: &mut Asked, first: &Value, approvals: &[Value]) -> Value {
    let mut record = committed_record(first);
    for _ in 0..10 {
        let outcome = asked.decide_from(&record, approvals);
        match committed_record(&outcome) {
            Value::Null => return outcome,
            next => record = next,
        }
    }
    panic!("the run does not come to rest");
}

proptest! {
    #![proptest_config(tries(40))]

    #[test]
    fn a_mandatory_violation_is_never_allowed((config, question, plan) in (config(), question(), plan()), votes in votes()) {
        prop_assume!(question["run"]["trigger"] != "pr");
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        let given = approvals(&first, &votes);
        for voted in [asked.decide(&given), asked.decide(&enough(&first)), settled(&mut asked, &first, &given)] {
            if voted["response"]["mandatory_violations"] != json!(0) {
                prop_assert_eq!(&voted["decision"]["kind"], "deny");
            }
        }
        // Enough approvals for everything lift a hold, and nothing else.
        let approved = settled(&mut asked, &first, &enough(&first));
        prop_assert_eq!(strictness(&approved), if strictness(&first) == 2 { 2 } else { 0 });
    }

    #[test]
    fn approvals_for_another_digest_or_revision_never_count((config, question, plan) in (config(), question(), plan()), votes in votes()) {
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        let all = approvals(&first, &votes);
        let right: Vec<Value> = all.iter().filter(|approval| names(approval, &first)).cloned().collect();
        prop_assert_eq!(asked.decide(&all), asked.decide(&right));
        prop_assert_eq!(settled(&mut asked, &first, &all), settled(&mut asked, &first, &right));
        let mut of_others = enough(&first);
        for (at, approval) in of_others.iter_mut().enumerate() {
            approval[if at % 2 == 0 { "digest" } else { "revision" }] = json!("sha256:0");
        }
        prop_assert_eq!(&asked.decide(&of_others), &first);
        prop_assert_eq!(settled(&mut asked, &first, &of_others), settled(&mut asked, &first, &[]));
    }

    #[test]
    fn approvals_for_another_plan_never_count((config, question, plan) in (config(), question(), plan()), other in plan(), votes in votes()) {
        prop_assume!(plan != other);
        let before = Asked::new(&config, &question, &other).decide(&[]);
        let mut given = enough(&before);
        given.extend(approvals(&before, &votes));
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        prop_assert_eq!(&asked.decide(&given), &first);
        prop_assert_eq!(settled(&mut asked, &first, &given), settled(&mut asked, &first, &[]));
    }

    #[test]
    fn an_approver_counts_once_for_a_requirement((config, question, plan) in (config(), question(), plan()), again in 2_usize..5) {
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        let mut one_each = enough(&first);
        one_each.retain(|approval| {
            let approver = approval["approver_id"].as_str().unwrap();
            !approver.starts_with("approver-") || approver == "approver-0"
        });
        let repeated: Vec<Value> = std::iter::repeat_n(one_each.clone(), again).flatten().collect();
        prop_assert_eq!(settled(&mut asked, &first, &repeated), settled(&mut asked, &first, &one_each));
    }

    #[test]
    fn more_approvals_never_make_a_decision_stricter((config, question, plan) in (config(), question(), plan()), votes in votes(), more in votes()) {
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        let mut given = approvals(&first, &votes);
        given.retain(|approval| approval["decision"] == "approved");
        let few = settled(&mut asked, &first, &given);
        given.extend(approvals(&first, &more).into_iter().filter(|approval| approval["decision"] == "approved"));
        prop_assert!(strictness(&settled(&mut asked, &first, &given)) <= strictness(&few));
    }

    #[test]
    fn a_rejection_of_an_open_requirement_rejects_the_run((config, question, plan) in (config(), question(), plan()), votes in votes(), which in any::<Index>()) {
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        let open: Vec<Value> = enough(&first).into_iter().filter(|approval| {
            let requirements = first["requirements"].as_array().unwrap();
            requirements.iter().any(|requirement| requirement["id"] == approval["requirement_id"] && requirement["status"] == "active")
        }).collect();
        prop_assume!(!open.is_empty());
        let mut rejection = which.get(&open).clone();
        rejection["decision"] = json!("rejected");
        rejection["comment"] = json!("not on a Friday");
        let mut given = approvals(&first, &votes);
        given.push(rejection.clone());
        let outcome = settled(&mut asked, &first, &given);
        prop_assert_eq!(&outcome["run_status"], "rejected");
        prop_assert_eq!(&outcome["decision"]["kind"], "deny");
        // What is left open is closed: nobody is asked any more.
        let left_open = outcome["requirements"].as_array().unwrap().iter().any(|requirement| {
            requirement["status"] == "active" || requirement["status"] == "pending"
        });
        prop_assert!(!left_open, "{}", outcome["requirements"]);
    }

    #[test]
    fn a_later_edit_does_not_touch_a_pending_run((config, question, plan) in (config(), question(), plan()), edited in config(), votes in votes()) {
        let first = Asked::new(&config, &question, &plan).decide(&[]);
        prop_assume!(first["run_status"] == "pending_approval");
        let mut before = Asked::new(&config, &question, &plan);
        let mut after = Asked::new(&edited, &question, &plan);
        for given in [Vec::new(), approvals(&first, &votes), enough(&first)] {
            let (kept, now) = (settled(&mut before, &first, &given), settled(&mut after, &first, &given));
            for part in ["decision", "run_status", "response", "requirements", "digest", "revision"] {
                prop_assert_eq!(&now[part], &kept[part], "{}", part);
            }
        }
    }

    #[test]
    fn what_was_told_is_not_told_again((config, question, plan) in (config(), question(), plan())) {
        let mut asked = Asked::new(&config, &question, &plan);
        let first = asked.decide(&[]);
        let again = asked.decide_from(&committed_record(&first), &[]);
        prop_assert_eq!(&again["decision"], &first["decision"]);
        prop_assert_eq!(&again["effects"]["notices"], &json!([]));
        prop_assert_eq!(&again["effects"]["commit"]["put"], &json!([]));
    }

    #[test]
    fn what_is_decided_stays_decided((config, question, plan) in (config(), question(), plan()), edited in config(), votes in votes()) {
        let first = Asked::new(&config, &question, &plan).decide(&[]);
        prop_assume!(first["run_status"] != "pending_approval");
        let mut asked = Asked::new(&edited, &question, &plan);
        let again = asked.decide_from(&committed_record(&first), &approvals(&first, &votes));
        prop_assert_eq!(&again["decision"], &first["decision"]);
        prop_assert_eq!(&again["run_status"], &first["run_status"]);
    }
}
