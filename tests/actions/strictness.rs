//! Once something is set up, one more policy never makes a verdict milder: not a hold into an allow either.

use crate::chance::Chance;
use crate::host::{Operation, Records, perform};
use regate::api::Engine;
use serde_json::{Value, json};

const ACTIONS: [&str; 4] = ["read", "pay", "mail", "drop"];
const SEEDS: u64 = 400;

fn some(chance: &mut Chance, items: &[&str]) -> Vec<String> {
    items.iter().filter(|_| chance.often(30)).map(|item| (*item).to_owned()).collect()
}

/// A policy with a few of all the fields there are.
pub fn policy(chance: &mut Chance, id: &str) -> Value {
    let mut policy = json!({ "id": id });
    let mut set = |chance: &mut Chance, percent: usize, field: &str, make: &mut dyn FnMut(&mut Chance) -> Value| {
        if chance.often(percent) {
            policy[field] = make(chance);
        }
    };
    let amount = |chance: &mut Chance| json!(*chance.pick(&[0.0, 0.3, 1.0, 2.5]));
    let action = |chance: &mut Chance| *chance.pick(&ACTIONS);
    set(chance, 10, "enabled", &mut |_| json!(false));
    set(chance, 20, "strict_mode", &mut |_| json!(false));
    set(chance, 20, "session_budget", &mut |chance| amount(chance));
    set(chance, 20, "run_budget", &mut |chance| amount(chance));
    set(chance, 20, "action_budgets", &mut |chance| json!({ action(chance): amount(chance) }));
    set(chance, 15, "denied_actions", &mut |chance| json!(some(chance, &ACTIONS)));
    set(chance, 15, "allowed_actions", &mut |chance| {
        json!(some(chance, &["read", "pay", "mail", "drop", "pay", "read"]))
    });
    set(
        chance,
        25,
        "rate_limits",
        &mut |chance| json!({ action(chance): { "max_count": chance.below(4), "window_seconds": *chance.pick(&[1, 10, 60]) } }),
    );
    set(chance, 30, "require_approval", &mut |_| json!(true));
    set(chance, 25, "approval_actions", &mut |chance| json!(some(chance, &ACTIONS)));
    set(chance, 15, "approval_tags", &mut |chance| json!(some(chance, &["money", "night"])));
    set(chance, 15, "approval_risk_levels", &mut |chance| json!(some(chance, &["high", "low"])));
    set(chance, 15, "approval_threshold_usd", &mut |chance| amount(chance));
    set(
        chance,
        15,
        "approval_rules",
        &mut |chance| json!([{ "actions": some(chance, &ACTIONS), "approvers": ["ann"] }]),
    );
    set(chance, 20, "evidence_requirements", &mut |chance| json!({ action(chance): ["look"] }));
    set(chance, 20, "evidence_max_age_seconds", &mut |chance| json!({ action(chance): chance.below(40) }));
    set(
        chance,
        15,
        "argument_constraints",
        &mut |chance| json!({ action(chance): { "required": ["to"], "properties": { "to": { "type": "string", "maxLength": 6 } } } }),
    );
    set(
        chance,
        15,
        "grounding_rules",
        &mut |chance| json!({ action(chance): { "to": { "source_action": "look", "source_field": "who" } } }),
    );
    set(
        chance,
        10,
        "pii_rules",
        &mut |chance| json!({ action(chance): { "allow_categories": some(chance, &["email"]) } }),
    );
    set(chance, 10, "pii_default_enabled", &mut |_| json!(true));
    set(chance, 10, "loop_rules", &mut |chance| json!({ action(chance): { "threshold": 1 + chance.below(4) } }));
    set(chance, 10, "loop_default_enabled", &mut |_| json!(true));
    policy
}

pub fn call(chance: &mut Chance) -> Value {
    let mut call = json!({
        "name": *chance.pick(&ACTIONS), "cost_usd": *chance.pick(&[0.0, 0.1, 0.5, 2.0]), "agent_id": "a", "run_id": "r",
        "session_id": "s",
    });
    if chance.often(70) {
        call["kwargs"] = json!({ "to": *chance.pick(&["ann", "ann@example.com", "bob"]) });
    }
    if chance.often(40) {
        call["tags"] = json!([*chance.pick(&["money", "night"])]);
    }
    if chance.often(40) {
        call["risk_level"] = json!(*chance.pick(&["high", "low"]));
    }
    if chance.often(20) {
        call["requires"] = json!([*chance.pick(&["look", "nothing"])]);
    }
    call
}

fn severity(decision: &Value) -> u8 {
    match decision["decision"].as_str().unwrap() {
        "allow" => 0,
        "require_approval" => 1,
        "deny" => 2,
        other => panic!("{other}"),
    }
}

#[test]
fn one_more_policy_never_makes_a_verdict_milder() {
    let mut seen = [[0_u32; 3]; 3];
    for seed in 0..SEEDS {
        let mut chance = Chance::new(seed);
        let mut engine = Engine::new();
        let policies: Vec<Value> = (0..chance.below(4)).map(|at| policy(&mut chance, &format!("p{at}"))).collect();
        let mut more = policies.clone();
        more.insert(chance.below(policies.len() + 1), policy(&mut chance, "extra"));
        let mut few = Records::with(&policies, &[], &json!({}));
        let mut look =
            json!({ "name": "look", "agent_id": "a", "run_id": "r", "session_id": "s", "produces_evidence": true });
        look["kwargs"] = json!({ "who": "ann" });
        // What was done before is the same for both: it is done under no policy at all.
        let mut before = Records::with(&[], &[], &json!({}));
        for at in 0..chance.below(6) {
            let now_ms = 1_000_000 + at as u64 * 3_000;
            let mut call = if chance.often(40) { look.clone() } else { call(&mut chance) };
            call.as_object_mut().unwrap().remove("requires");
            let id = format!("b{at}");
            let operation = Operation { id: id.clone(), operation: json!({ "authorize": { "call": call } }), now_ms };
            perform(&mut engine, &mut before, &operation).unwrap();
            let result = json!({ "reservation_id": id, "outcome": "success", "result": { "who": "ann" } });
            let operation = Operation { id: format!("{id}r"), operation: json!({ "record_result": result }), now_ms };
            perform(&mut engine, &mut before, &operation).unwrap();
        }
        let mut many = Records::with(&more, &[], &json!({}));
        for ((kind, key), (_, value)) in &before.records {
            if kind.starts_with("action_") && !["action_policy", "action_settings"].contains(&kind.as_str()) {
                few.put(kind, key, value.clone());
                many.put(kind, key, value.clone());
            }
        }
        for _ in 0..4 {
            let call = call(&mut chance);
            let now_ms = 1_020_000 + chance.below(30_000) as u64;
            let operation = Operation { id: "ask".to_owned(), operation: json!({ "ask": { "call": call } }), now_ms };
            let [fewer, more_of] =
                [&mut few, &mut many].map(|records| perform(&mut engine, records, &operation).unwrap());
            let (from, to) = (severity(&fewer), severity(&more_of));
            assert!(
                to >= from,
                "seed {seed}: with {} beside {policies:?} the call {call} went from {fewer} to {more_of}",
                more.iter().find(|policy| policy["id"] == "extra").unwrap()
            );
            seen[from as usize][to as usize] += 1;
        }
    }
    // The law says something: verdicts of all kinds came up, and policies made them stricter.
    assert!(seen[0][0] > 50 && seen[0][1] > 20 && seen[0][2] > 50 && seen[1][1] > 20 && seen[1][2] > 10, "{seen:?}");
}
