//! Generated configurations, plans and questions, and a host that answers the needs of an evaluation.

use crate::call;
use proptest::prelude::*;
use proptest::sample::select;
use regate::api::Engine;
use serde_json::{Value, json};

/// Policies that pass, deny, ask, fail and cannot be compiled, in both dialects.
pub const POLICIES: [&str; 12] = [
    "package forgecroft.policy\n\ndeny contains \"never\" if false\n",
    "package forgecroft.policy\n\ndeny contains \"always\" if true\n",
    "package forgecroft.policy\n\ndeny contains message if {\n\tsome change in input.plan_changes.destroyed\n\tmessage := sprintf(\"%s is destroyed\", [change.address])\n}\n",
    "package forgecroft.policy\n\ndeny[message] {\n\tcount(input.plan_changes.added) > 2\n\tmessage := \"too many\"\n}\n",
    "package forgecroft.policy\n\nrequire_approval contains {\"team\": \"platform\"} if count(input.plan_changes.changed) > 0\n",
    "package forgecroft.policy\n\nrequire_approval[r] {\n\tr := {\"team\": \"security\", \"min\": 2, \"stage\": 3, \"timeout_hours\": 4}\n}\n",
    "package forgecroft.policy\n\ndeny contains \"by the clock\" if time.now_ns() % 2000000 == 0\n\nrequire_approval contains {\"team\": \"dice\", \"stage\": 2} if rand.intn(\"dice\", 6) > 2\n",
    // Fails where the attribute is a number, which the stub input does not show.
    "package forgecroft.policy\n\ndeny contains input.workspace.attributes.size\n",
    "package forgecroft.policy\n\ndeny contains input.workspace.attributes.size\n\ndefault require_approval := []\n",
    // An approval of nobody, where nothing is destroyed.
    "package forgecroft.policy\n\nrequire_approval contains {\"team\": \"owners\", \"min\": count(input.plan_changes.destroyed)} if true\n",
    "package forgecroft.policy\n\ndeny contains message if message := unknown\n",
    "package forgecroft.policy\n\nrequire_approval contains {\"team\" \"platform\"}\n",
];

/// A policy that always denies.
pub const DENIES: &str = POLICIES[1];

fn scope() -> impl Strategy<Value = (Option<&'static str>, Option<&'static str>)> {
    select(vec![
        (None, None),
        (None, None),
        (Some("project-1"), None),
        (Some("project-2"), None),
        (None, Some("workspace-1")),
        (Some("project-1"), Some("workspace-2")),
    ])
}

fn policy_set(name: String) -> impl Strategy<Value = Value> {
    (
        proptest::collection::vec(select(POLICIES.to_vec()), 0..3),
        select(vec!["mandatory", "advisory"]),
        prop::bool::weighted(0.9),
        scope(),
        select(vec!["summary", "full"]),
    )
        .prop_map(move |(sources, enforcement, enabled, (project_id, workspace_id), plan_detail)| {
            let policies: Vec<Value> = sources
                .iter()
                .enumerate()
                .map(|(at, source)| json!({ "name": format!("policy-{at}"), "rego_source": source }))
                .collect();
            json!({
                "name": name, "enforcement": enforcement, "enabled": enabled, "project_id": project_id,
                "workspace_id": workspace_id, "plan_detail": plan_detail, "policies": policies,
            })
        })
}

fn approval_rule(name: String) -> impl Strategy<Value = Value> {
    let condition = select(vec![
        Value::Null,
        json!({ "type": "always" }),
        json!({ "type": "destroyed_gt", "value": 0 }),
        json!({ "type": "added_gt", "value": 1 }),
        json!({ "type": "changed_gt", "value": 2 }),
        json!({ "type": "trigger_is", "value": "schedule" }),
        json!({ "type": "trigger_is", "value": "pr" }),
    ]);
    let approver = select(vec![
        json!({ "approver_type": "team", "approver_id": "team-1" }),
        json!({ "approver_type": "user", "approver_id": "user-1" }),
        json!({ "approver_type": "org_role", "approver_role": "admin" }),
    ]);
    (condition, approver, 1_u64..4, 1_u64..3, scope(), prop::bool::weighted(0.9)).prop_map(
        move |(condition, mut rule, stage, min_approvals, (project_id, workspace_id), enabled)| {
            // A user approves once; a rule that asks one user for two approvals waits for ever.
            let min_approvals = if rule["approver_type"] == "user" { 1 } else { min_approvals };
            for (key, value) in [
                ("name", json!(name)),
                ("condition", condition),
                ("stage", json!(stage)),
                ("min_approvals", json!(min_approvals)),
                ("project_id", json!(project_id)),
                ("workspace_id", json!(workspace_id)),
                ("enabled", json!(enabled)),
            ] {
                rule[key] = value;
            }
            rule
        },
    )
}

fn provider(id: String) -> impl Strategy<Value = Value> {
    let scopes = proptest::collection::vec(
        select(vec![
            json!({ "scope_type": "org", "scope_id": "org-1" }),
            json!({ "scope_type": "org", "scope_id": "org-2" }),
            json!({ "scope_type": "project", "scope_id": "project-1" }),
            json!({ "scope_type": "workspace", "scope_id": "workspace-2" }),
        ]),
        0..2,
    );
    scopes.prop_map(
        move |scopes| json!({ "id": id, "name": id, "callback_url": "https://checks.example.com/", "scopes": scopes }),
    )
}

/// Policy sets, approval rules and providers.
pub fn config() -> impl Strategy<Value = Value> {
    let sets =
        (0_usize..4).prop_flat_map(|count| (0..count).map(|at| policy_set(format!("set-{at}"))).collect::<Vec<_>>());
    let rules = (0_usize..3)
        .prop_flat_map(|count| (0..count).map(|at| approval_rule(format!("rule-{at}"))).collect::<Vec<_>>());
    let providers =
        (0_usize..3).prop_flat_map(|count| (0..count).map(|at| provider(format!("provider-{at}"))).collect::<Vec<_>>());
    (sets, rules, providers).prop_map(|(sets, rules, providers)| {
        json!({ "policy_sets": sets, "approval_rules": rules, "external_check_providers": providers })
    })
}

/// A plan of a few changes.
pub fn plan() -> impl Strategy<Value = Value> {
    let actions = select(vec![
        json!(["create"]),
        json!(["update"]),
        json!(["delete"]),
        json!(["delete", "create"]),
        json!(["no-op"]),
        json!(["forget"]),
    ]);
    proptest::collection::vec((select(vec!["aws_s3_bucket", "google_sql_database", "random_pet"]), actions), 0..6)
        .prop_map(|changes| {
            let changes: Vec<Value> = changes
                .iter()
                .enumerate()
                .map(|(at, (resource_type, actions))| {
                    json!({
                        "address": format!("{resource_type}.r{at}"),
                        "mode": "managed",
                        "type": resource_type,
                        "name": format!("r{at}"),
                        "provider_name": "registry.terraform.io/hashicorp/aws",
                        "change": {
                            "actions": actions, "before": {}, "after": {}, "after_unknown": {},
                            "before_sensitive": {}, "after_sensitive": {},
                        },
                    })
                })
                .collect();
            json!({ "format_version": "1.2", "terraform_version": "1.9.8", "resource_changes": changes })
        })
}

/// A question without its handle and facts.
pub fn question() -> impl Strategy<Value = Value> {
    (
        select(vec![("workspace-1", "project-1"), ("workspace-2", "project-1"), ("workspace-3", "project-2")]),
        select(vec!["manual", "push", "schedule", "pr", "promotion"]),
        select(vec![Value::Null, json!(7), json!("large")]),
        any::<bool>(),
        0_u64..5_000_000,
        0_u64..100,
    )
        .prop_map(|((workspace, project), trigger, size, has_user, now_ms, seed)| {
            let mut attributes = json!({ "environment": "production" });
            if !size.is_null() {
                attributes["size"] = size;
            }
            json!({
                "workspace": { "id": workspace, "name": workspace, "project_id": project, "attributes": attributes },
                "run": { "id": "run-1", "run_type": "plan", "trigger": trigger, "triggered_by": null },
                "org": { "id": "org-1" },
                "user": if has_user { json!({ "id": "user-9", "email": "user-9@example.com" }) } else { Value::Null },
                "decision_id": "decision-1",
                "now_ms": now_ms,
                "seed": seed,
            })
        })
}

/// One configuration, prepared, with the plan and the question that it is asked.
pub struct Asked {
    pub engine: Engine,
    pub question: Value,
    pub plan: Vec<u8>,
}

impl Asked {
    pub fn new(config: &Value, question: &Value, plan: &Value) -> Self {
        let mut engine = Engine::new();
        let prepared = call(&mut engine, "prepare_governance", config, None);
        let mut question = question.clone();
        question["handle"] = prepared["handle"].clone();
        assert!(question["handle"].is_u64(), "the configuration is refused: {prepared}");
        Self { engine, question, plan: plan.to_string().into_bytes() }
    }

    /// The answer of one round with these facts, as text.
    pub fn round(&mut self, facts: &[Value]) -> String {
        self.question["facts"] = json!(facts);
        self.engine.call("govern", &self.question.to_string(), Some(&self.plan))
    }

    /// The facts that the evaluation asks for, answered by a host that has this record of the run (or null) and these
    /// approvals.
    pub fn facts(&mut self, record: &Value, approvals: &[Value]) -> Vec<Value> {
        let mut facts = Vec::new();
        for _ in 0..8 {
            let answer: Value = serde_json::from_str(&self.round(&facts)).unwrap();
            let Some(needs) = answer["ok"]["needs"].as_array() else { return facts };
            for need in needs {
                let (version, value) = match need["kind"].as_str() {
                    Some("run") if record.is_null() => (Value::Null, Value::Null),
                    Some("run") => (json!("1"), record.clone()),
                    _ => (Value::Null, json!(approvals)),
                };
                facts.push(json!({ "need": need, "version": version, "value": value }));
            }
        }
        panic!("the needs did not converge");
    }

    /// What is decided of a run that nobody has a record of, with these approvals.
    pub fn decide(&mut self, approvals: &[Value]) -> Value {
        self.decide_from(&Value::Null, approvals)
    }

    /// What is decided of a run with this record.
    pub fn decide_from(&mut self, record: &Value, approvals: &[Value]) -> Value {
        let facts = self.facts(record, approvals);
        let answer: Value = serde_json::from_str(&self.round(&facts)).unwrap();
        assert!(answer["ok"]["outcome"].is_object(), "no outcome: {answer}");
        answer["ok"]["outcome"].clone()
    }
}

/// The record of the run that an outcome commits.
pub fn committed_record(outcome: &Value) -> Value {
    let puts = outcome["effects"]["commit"]["put"].as_array().unwrap();
    puts.iter().find(|put| put["kind"] == "run").map(|put| put["value"].clone()).unwrap_or_default()
}

/// How strict a decision is: allow, hold, deny.
pub fn strictness(outcome: &Value) -> u8 {
    match outcome["decision"]["kind"].as_str() {
        Some("allow") => 0,
        Some("hold") => 1,
        Some("deny") => 2,
        other => panic!("there is no decision {other:?}"),
    }
}
