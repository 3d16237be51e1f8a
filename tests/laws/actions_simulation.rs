//! Laws of simulation: it agrees with enforcement call by call, and a decision log that is made again under the policies of then has
//! no difference.

use crate::action_records::{Organisation, SetUp, action_call, moderation, set_up};
use crate::{call, tries};
use proptest::prelude::*;
use proptest::sample::select;
use regate::api::Engine;
use serde_json::{Value, json};

const BEGINS_MS: u64 = 1_000_000;

/// A call with what becomes of it.
#[derive(Debug, Clone)]
struct Step {
    call: Value,
    waits_ms: u64,
    outcome: Value,
    moderation: Value,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let waits = select(vec![0, 0, 1, 400, 1_000, 1_500, 3_000]);
    let outcome = select(vec![json!("success"), json!("success"), json!("error"), json!("blocked"), Value::Null]);
    let step = (action_call(), waits, outcome, moderation()).prop_map(|(call, waits_ms, outcome, moderation)| Step {
        call,
        waits_ms,
        outcome,
        moderation,
    });
    proptest::collection::vec(step, 1..25)
}

fn result_of(step: &Step) -> Value {
    json!({ "n": step.call["kwargs"]["n"], "order": "A" })
}

/// What is compared of a decision.
fn in_short(decision: &Value) -> Value {
    json!([decision["decision"], decision["reason_code"], decision["policy_rule"], decision["policy_ids"]])
}

/// Enforces the steps one after the other, and gives what was decided of each.
fn enforce(organisation: &mut Organisation, steps: &[Step], approves: bool) -> Vec<Value> {
    let mut now_ms = BEGINS_MS;
    steps
        .iter()
        .map(|step| {
            now_ms += step.waits_ms;
            organisation.moderation = step.moderation.clone();
            let decision = organisation.perform(&json!({ "authorize": { "call": step.call } }), now_ms).unwrap();
            let id = &decision["reservation"]["id"];
            let mut is_open = decision["decision"] == "allow" && !id.is_null();
            if decision["decision"] == "require_approval" && approves {
                let yes = json!({ "decide_approval": { "id": id, "decision": "approve" } });
                organisation.perform(&yes, now_ms).unwrap();
                let resume = json!({ "resume": { "reservation_id": id, "call": step.call } });
                let resumed = organisation.perform(&resume, now_ms).unwrap();
                assert_eq!(resumed["decision"], "allow", "what is approved at once is allowed: {resumed}");
                is_open = true;
            }
            if is_open && (step.outcome == "success" || step.outcome == "error") {
                let result = json!({ "record_result": {
                    "reservation_id": id, "outcome": step.outcome, "result": result_of(step),
                } });
                organisation.perform(&result, now_ms).unwrap();
            }
            decision
        })
        .collect()
}

fn simulation(set_up: &SetUp, steps: &[Step], approve: &str) -> Value {
    let mut now_ms = BEGINS_MS;
    let calls: Vec<Value> = steps
        .iter()
        .map(|step| {
            now_ms += step.waits_ms;
            json!({
                "at_ms": now_ms, "call": step.call, "outcome": step.outcome, "outputs": result_of(step),
                "moderation": step.moderation,
            })
        })
        .collect();
    json!({
        "policies": set_up.policies, "exceptions": set_up.exceptions, "settings": set_up.settings, "calls": calls,
        "approve": approve,
    })
}

proptest! {
    #![proptest_config(tries(250))]

    #[test]
    fn simulation_agrees_with_enforcement(set_up in set_up(), steps in steps(), approves in any::<bool>()) {
        let mut organisation = Organisation::new(&set_up);
        let enforced = enforce(&mut organisation, &steps, approves);
        let request = simulation(&set_up, &steps, if approves { "all" } else { "none" });
        let simulated = call(&mut Engine::new(), "simulate_actions", &request, None);
        let results = simulated["results"].as_array().unwrap_or_else(|| panic!("{simulated}"));
        prop_assert_eq!(results.len(), steps.len());
        for (at, (decision, result)) in enforced.iter().zip(results).enumerate() {
            prop_assert_eq!(in_short(decision), in_short(result), "call {}: {}", at, steps[at].call);
        }
        let again = call(&mut Engine::new(), "simulate_actions", &request, None);
        prop_assert_eq!(again, simulated);
    }

    #[test]
    fn calls_that_are_chained_agree_with_enforcement(set_up in set_up(), steps in steps()) {
        let mut organisation = Organisation::new(&set_up);
        let enforced = enforce(&mut organisation, &steps, false);
        let (mut now_ms, mut state) = (BEGINS_MS, json!({}));
        for (at, (step, decision)) in steps.iter().zip(&enforced).enumerate() {
            // A call that fails is not chained, because only its result can be told.
            if step.outcome == "error" {
                return Ok(());
            }
            now_ms += step.waits_ms;
            let mut request = json!({
                "policies": set_up.policies, "exceptions": set_up.exceptions, "settings": set_up.settings, "call": step.call,
                "now_ms": now_ms, "state": state, "moderation": step.moderation,
            });
            let asked = call(&mut Engine::new(), "check_action", &request, None);
            request["purpose"] = json!("authorize");
            if step.outcome == "success" {
                request["result"] = result_of(step);
            }
            let checked = call(&mut Engine::new(), "check_action", &request, None);
            prop_assert_eq!(in_short(decision), in_short(&checked["decision"]), "call {}: {}", at, step.call);
            prop_assert_eq!(in_short(decision), in_short(&asked["decision"]), "call {} only asked: {}", at, step.call);
            state = checked["state"].clone();
        }
    }
}

/// Something that is done beside authorizing.
#[derive(Debug, Clone)]
enum Act {
    Authorize(Step),
    /// Of one of the earlier calls.
    Settle(prop::sample::Index, f64),
    Release(prop::sample::Index),
    Record(prop::sample::Index, bool, Option<f64>),
    Approve(prop::sample::Index, &'static str),
    Resume(prop::sample::Index, bool),
    Reset(Value),
    Kill(&'static str, bool),
}

fn acts() -> impl Strategy<Value = Vec<(u64, Act)>> {
    let step = (action_call(), moderation())
        .prop_map(|(call, moderation)| Act::Authorize(Step { call, waits_ms: 0, outcome: Value::Null, moderation }));
    let index = any::<prop::sample::Index>;
    let act = prop_oneof![
        8 => step,
        1 => (index(), select(vec![0.0, 0.2, 2.0])).prop_map(|(at, cost)| Act::Settle(at, cost)),
        1 => index().prop_map(Act::Release),
        4 => (index(), any::<bool>(), select(vec![None, Some(0.4)])).prop_map(|(at, good, cost)| Act::Record(at, good, cost)),
        3 => (index(), select(vec!["approve", "approve", "reject", "cancel", "request_info"])).prop_map(|(at, how)| Act::Approve(at, how)),
        3 => (index(), prop::bool::weighted(0.8)).prop_map(|(at, same)| Act::Resume(at, same)),
        1 => select(vec![json!({ "run_id": "r1" }), json!({ "session_id": "s1", "run_id": "r2" }), json!({})]).prop_map(Act::Reset),
        1 => (select(vec!["agent/a1", "run/r1", "mission/m1"]), any::<bool>()).prop_map(|(target, is_on)| Act::Kill(target, is_on)),
    ];
    proptest::collection::vec((select(vec![0, 0, 1, 400, 1_000, 2_500]), act), 1..40)
}

/// Performs acts; those that are refused change nothing.
fn act_out(organisation: &mut Organisation, acts: &[(u64, Act)]) {
    let mut now_ms = BEGINS_MS;
    let mut reserved: Vec<(Value, Value)> = Vec::new();
    for (waits_ms, act) in acts {
        now_ms += waits_ms;
        let of = |at: &prop::sample::Index| reserved.get(at.index(reserved.len().max(1)));
        let operation = match act {
            Act::Authorize(step) => {
                organisation.moderation = step.moderation.clone();
                json!({ "authorize": { "call": step.call, "explain": true } })
            }
            Act::Kill(target, is_on) => {
                let (target_type, target_id) = target.split_once('/').unwrap();
                let switch = json!({
                    "id": "k", "organization_id": "acme", "target_type": target_type, "target_id": target_id, "reason": "a drill",
                    "is_active": is_on, "killed_by": "ann", "killed_at": "", "revived_by": null, "revived_at": null,
                });
                organisation.put("kill_switch", target, switch);
                continue;
            }
            Act::Reset(run) => json!({ "reset_run": run }),
            Act::Settle(at, cost) => {
                let Some((id, _)) = of(at) else { continue };
                json!({ "settle": { "reservation_id": id, "cost_usd": cost } })
            }
            Act::Release(at) => {
                let Some((id, _)) = of(at) else { continue };
                json!({ "release": { "reservation_id": id } })
            }
            Act::Record(at, is_good, cost) => {
                let Some((id, call)) = of(at) else { continue };
                let mut result = json!({
                    "reservation_id": id, "outcome": if *is_good { "success" } else { "error" },
                    "result": { "n": call["kwargs"]["n"] },
                });
                if let Some(cost) = cost {
                    result["cost_usd"] = json!(cost);
                }
                json!({ "record_result": result })
            }
            Act::Approve(at, how) => {
                let Some((id, _)) = of(at) else { continue };
                match *how {
                    "cancel" => json!({ "cancel_approval": { "id": id } }),
                    how => json!({ "decide_approval": { "id": id, "decision": how, "notes": "so" } }),
                }
            }
            Act::Resume(at, is_same) => {
                let Some((id, call)) = of(at) else { continue };
                let mut call = call.clone();
                if !is_same {
                    call["kwargs"]["n"] = json!(9);
                }
                json!({ "resume": { "reservation_id": id, "call": call } })
            }
        };
        let done = organisation.perform(&operation, now_ms);
        if let (Act::Authorize(step), Ok(decision)) = (act, done)
            && decision["reservation"].is_object()
        {
            reserved.push((decision["reservation"]["id"].clone(), step.call.clone()));
        }
    }
}

proptest! {
    #![proptest_config(tries(400))]

    #[test]
    fn a_log_that_is_made_again_has_no_difference(set_up in set_up(), acts in acts()) {
        let mut organisation = Organisation::new(&set_up);
        act_out(&mut organisation, &acts);
        let log = organisation.log();
        let request = json!({
            "decisions": log, "policies": set_up.policies, "exceptions": set_up.exceptions, "settings": set_up.settings,
        });
        let report = call(&mut Engine::new(), "replay_action_decisions", &request, None);
        prop_assert_eq!(&report["differences"], &json!([]));
        prop_assert_eq!(&report["warnings"], &json!([]));
        prop_assert_eq!(&report["summary"]["entries"], &json!(log.len()));
        prop_assert_eq!(&report["summary"]["redecided"], &report["summary"]["decisions"]);
        let decisions = log.iter().filter(|entry| entry["path"] == "action/authorize" || entry["path"] == "action/resume");
        prop_assert_eq!(&report["summary"]["decisions"], &json!(decisions.count()));
    }
}
