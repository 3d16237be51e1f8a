//! A world: callers at once on one host, commits that meet conflicts, requests and replies that are lost, crashes between authorizing
//! and settling, results that come late, a clock that jumps. Whatever happens, no budget, rate or exception is overdrawn, nothing
//! leaks, and each decision is in the log once.

use crate::chance::Chance;
use crate::host::{Asked, Operation, Records, ask, perform};
use regate::api::Engine;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SEEDS: u64 = 150;
const STEPS: usize = 320;

const SESSION_BUDGET: f64 = 6.0;
const RUN_BUDGET: f64 = 2.5;
const PAY_BUDGET: f64 = 4.0;
const MAX_USES: usize = 2;
/// Exceptions from policies of which a check is made again when a call is resumed, and of which none is.
const EXCEPTIONS: [(&str, &str); 3] = [("once", "stop"), ("over", "cap"), ("fast", "slow")];
const WIRE_BUDGET: f64 = 0.4;
const PAYS: u64 = 4;
const PAY_WINDOW_MS: u64 = 20_000;

fn set_up(accounts: &str) -> Records {
    Records::with(
        &[
            json!({
                "id": "money", "session_budget": SESSION_BUDGET, "run_budget": RUN_BUDGET,
                "action_budgets": { "pay": PAY_BUDGET }, "evidence_actions": ["look"],
                "rate_limits": { "pay": { "max_count": PAYS, "window_seconds": PAY_WINDOW_MS / 1000 } },
            }),
            json!({ "id": "stop", "denied_actions": ["drop"] }),
            json!({ "id": "cap", "action_budgets": { "wire": WIRE_BUDGET } }),
            json!({ "id": "slow", "rate_limits": { "look": { "max_count": 1, "window_seconds": 30 } } }),
            json!({
                "id": "ask", "require_approval": true, "approval_actions": ["wire", "drop"], "default_approvers": ["ann"],
                "approval_timeout_seconds": 60,
            }),
        ],
        &EXCEPTIONS.map(|(id, policy)| {
            json!({ "id": id, "policy_id": policy, "agent_ids": ["a1"], "reason": "a drill", "max_uses": MAX_USES })
        }),
        &json!({ "reservation_seconds": 120, "budget_accounts": accounts }),
    )
}

/// What happens to one call.
struct Flow {
    call: Value,
    reservation: Option<String>,
    is_held: bool,
    is_over: bool,
}

/// An operation under way.
struct Pending {
    flow: usize,
    operation: Operation,
    asked: Option<Asked>,
}

#[derive(Default, Debug)]
struct Counts {
    steps: usize,
    conflicts: usize,
    lost_requests: usize,
    lost_replies: usize,
    crashes: usize,
    jumps: usize,
    allowed: usize,
    held: usize,
    denied: usize,
    resumed: usize,
    settled: usize,
    released: usize,
    replayed: usize,
}

struct World {
    chance: Chance,
    engine: Engine,
    records: Records,
    now_ms: u64,
    ids: usize,
    flows: Vec<Flow>,
    pending: Vec<Pending>,
    /// What is spent by reservation, as the log tells it: session, run, action, amount.
    spent: BTreeMap<String, (String, String, String, f64)>,
    /// Without which exceptions calls would be refused or asked about, by reservation, as the log tells it.
    excepted: BTreeMap<String, Vec<String>>,
    logged: usize,
}

impl World {
    fn operation(&mut self, operation: Value) -> Operation {
        self.ids += 1;
        Operation { id: format!("o{}", self.ids), operation, now_ms: self.now_ms }
    }

    fn begin(&mut self) {
        let name = *self.chance.pick(&["pay", "pay", "look", "wire", "drop"]);
        let mut call = json!({
            "name": name, "cost_usd": *self.chance.pick(&[0.1, 0.3, 0.7, 1.1]), "session_id": *self.chance.pick(&["s1", "s2"]),
            "agent_id": *self.chance.pick(&["a1", "a2"]), "kwargs": { "n": self.chance.below(3) },
        });
        call["run_id"] = json!(format!("{}r{}", call["session_id"].as_str().unwrap(), self.chance.below(2)));
        if self.chance.often(45) {
            call["idempotency_key"] = json!(format!("k{}", self.chance.below(2)));
        }
        let operation = self.operation(json!({ "authorize": { "call": call } }));
        self.flows.push(Flow { call, reservation: None, is_held: false, is_over: false });
        self.pending.push(Pending { flow: self.flows.len() - 1, operation, asked: None });
    }

    /// What the caller of a flow does next.
    fn go_on(&mut self, at: usize) {
        if self.flows[at].is_over || self.pending.iter().any(|pending| pending.flow == at) {
            return;
        }
        let Some(id) = self.flows[at].reservation.clone() else { return };
        let call = self.flows[at].call.clone();
        let operation = if self.flows[at].is_held {
            match self.chance.below(7) {
                0..=2 => json!({ "decide_approval": { "id": id, "decision": "approve" } }),
                3 if self.chance.often(20) => json!({ "decide_approval": { "id": id, "decision": "reject" } }),
                4 if self.chance.often(20) => json!({ "cancel_approval": { "id": id } }),
                5 if self.chance.often(20) => json!({ "release": { "reservation_id": id } }),
                _ => json!({ "resume": { "reservation_id": id, "call": call } }),
            }
        } else {
            let cost = call["cost_usd"].as_f64().unwrap();
            match self.chance.below(5) {
                0 => json!({ "release": { "reservation_id": id } }),
                1 => json!({ "settle": { "reservation_id": id, "cost_usd": cost / 2.0 } }),
                2 => json!({ "record_result": { "reservation_id": id, "outcome": "error" } }),
                3 => {
                    json!({ "record_result": { "reservation_id": id, "outcome": "success", "result": 1, "cost_usd": cost } })
                }
                _ => json!({ "record_result": { "reservation_id": id, "outcome": "success", "result": { "v": 1 } } }),
            }
        };
        let operation = self.operation(operation);
        self.pending.push(Pending { flow: at, operation, asked: None });
    }

    fn step(&mut self, counts: &mut Counts) {
        counts.steps += 1;
        match self.chance.below(12) {
            0 => self.begin(),
            1..=3 if !self.flows.is_empty() => {
                // Of the newer ones: the older are mostly over.
                let newer = self.flows.len().min(12);
                let at = self.flows.len() - 1 - self.chance.below(newer);
                self.go_on(at);
            }
            4 => self.now_ms += self.chance.below(2_500) as u64,
            5 if self.chance.often(8) => {
                counts.jumps += 1;
                let jump = *self.chance.pick(&[-30_000_i64, -2_000, 61_000, 130_000]);
                self.now_ms = self.now_ms.saturating_add_signed(jump);
            }
            6 if !self.flows.is_empty() && self.chance.often(10) => {
                // Whoever made the call is gone, whatever was under way.
                let at = self.chance.below(self.flows.len());
                counts.crashes += usize::from(!self.flows[at].is_over);
                self.flows[at].is_over = true;
                self.pending.retain(|pending| pending.flow != at);
            }
            _ if !self.pending.is_empty() => self.advance(counts),
            _ => {}
        }
    }

    /// One operation is asked, or committed.
    fn advance(&mut self, counts: &mut Counts) {
        let at = self.chance.below(self.pending.len());
        let pending = &self.pending[at];
        match &pending.asked {
            None => {
                let asked = ask(&mut self.engine, &self.records, &pending.operation);
                self.pending[at].asked = Some(asked);
            }
            Some(Asked::Refused(_)) => drop(self.pending.remove(at)),
            Some(Asked::Done { answer, commit }) => {
                if self.chance.often(6) {
                    counts.lost_requests += 1;
                    return;
                }
                let (answer, commit) = (answer.clone(), commit.clone());
                if !commit.is_null() {
                    let performed = self.records.commits.len();
                    if !self.records.commit(&commit) {
                        counts.conflicts += 1;
                        self.pending[at].asked = None;
                        return;
                    }
                    if self.records.commits.len() > performed {
                        self.performed(&commit);
                    }
                    if self.chance.often(6) {
                        // The caller sends the same commit again.
                        counts.lost_replies += 1;
                        return;
                    }
                }
                let pending = self.pending.remove(at);
                self.answered(&pending, &answer, counts);
            }
        }
    }

    fn answered(&mut self, pending: &Pending, answer: &Value, counts: &mut Counts) {
        let flow = &mut self.flows[pending.flow];
        let (name, _) = pending.operation.operation.as_object().unwrap().iter().next().unwrap();
        match name.as_str() {
            "authorize" | "resume" => match answer["decision"].as_str().unwrap() {
                "allow" if answer.get("idempotent_replay").is_some() => {
                    counts.replayed += 1;
                    flow.is_over = true;
                }
                "allow" => {
                    counts.allowed += usize::from(name == "authorize");
                    counts.resumed += usize::from(name == "resume");
                    flow.reservation = Some(answer["reservation"]["id"].as_str().unwrap().to_owned());
                    flow.is_held = false;
                }
                "require_approval" => {
                    counts.held += usize::from(name == "authorize");
                    flow.reservation = Some(answer["reservation"]["id"].as_str().unwrap().to_owned());
                    flow.is_held = true;
                }
                _ => {
                    counts.denied += 1;
                    flow.is_over = true;
                }
            },
            "settle" => counts.settled += 1,
            "release" => {
                counts.released += 1;
                flow.is_over = true;
            }
            _ => {}
        }
    }

    /// What the log says of a commit is added up apart from the engine, and nothing is overdrawn.
    fn performed(&mut self, commit: &Value) {
        for record in commit["append"].as_array().unwrap() {
            if record["kind"] != "audit" {
                continue;
            }
            self.logged += 1;
            let entry = &record["value"];
            assert_eq!(entry["decision_id"], commit["idempotency_key"]);
            let reservation = || entry["input"]["reservation_id"].as_str().unwrap().to_owned();
            match entry["path"].as_str().unwrap() {
                "action/authorize" | "action/resume" => {
                    let result = &entry["result"];
                    let is_taken = result["decision"] == "allow" && result.get("idempotent_replay").is_none();
                    if is_taken {
                        let id = result["reservation"]["id"].as_str().unwrap().to_owned();
                        let text = |field: &str| entry["input"][field].as_str().unwrap().to_owned();
                        let amount = result["reservation"]["amount_usd"].as_f64().unwrap();
                        let spent = (text("session_id"), text("run_id"), text("name"), amount);
                        assert!(self.spent.insert(id, spent).is_none(), "a call was allowed twice");
                        if entry["input"]["name"] == "drop" {
                            assert_eq!(entry["input"]["agent_id"], "a1", "an exception for somebody else");
                        }
                    }
                    if let (true, Some(id)) = (result["decision"] != "deny", result["reservation"]["id"].as_str()) {
                        let excepted = self.excepted.entry(id.to_owned()).or_default();
                        let applied = result["exceptions_applied"].as_array().unwrap().iter();
                        excepted.extend(applied.map(|used| used.as_str().unwrap().to_owned()));
                    }
                }
                "action/settle" => {
                    self.spent.get_mut(&reservation()).unwrap().3 = entry["input"]["cost_usd"].as_f64().unwrap();
                }
                "action/release" => drop(self.spent.remove(&reservation())),
                "action/result" => {
                    if let Some(cost) = entry["input"]["cost_usd"].as_f64() {
                        self.spent.get_mut(&reservation()).unwrap().3 = cost;
                    }
                }
                "action/approval" => {}
                other => panic!("{other}"),
            }
        }
        self.nothing_is_overdrawn();
    }

    fn sum(&self, is_of: impl Fn(&(String, String, String, f64)) -> bool) -> f64 {
        self.spent.values().filter(|spent| is_of(spent)).map(|spent| spent.3).sum()
    }

    fn is_excepted(&self, reservation: &str, exception: &str) -> bool {
        self.excepted.get(reservation).is_some_and(|excepted| excepted.iter().any(|used| used == exception))
    }

    /// The calls that were made under an exception.
    fn used(&self, exception: &str) -> usize {
        self.spent.keys().filter(|id| self.is_excepted(id, exception)).count()
    }

    fn nothing_is_overdrawn(&self) {
        let most = |budget: f64| budget + 1e-9;
        for session in ["s1", "s2"] {
            assert!(
                self.sum(|spent| spent.0 == session) <= most(SESSION_BUDGET),
                "the session {session}: {:?}",
                self.spent
            );
            assert!(self.sum(|spent| spent.0 == session && spent.2 == "pay") <= most(PAY_BUDGET), "{:?}", self.spent);
        }
        for run in ["s1r0", "s1r1", "s2r0", "s2r1"] {
            assert!(self.sum(|spent| spent.1 == run) <= most(RUN_BUDGET), "the run {run}: {:?}", self.spent);
        }
        for (exception, _) in EXCEPTIONS {
            let used = self.used(exception);
            assert!(used <= MAX_USES, "the exception `{exception}` was used {used} times");
        }
        for session in ["s1", "s2"] {
            let wired = self
                .spent
                .iter()
                .filter(|(id, spent)| spent.0 == session && spent.2 == "wire" && !self.is_excepted(id, "over"));
            let wired: f64 = wired.map(|(_, spent)| spent.3).sum();
            assert!(wired <= most(WIRE_BUDGET), "{session}: {wired} was wired without an exception: {:?}", self.spent);
        }
        assert!(self.spent.iter().all(|(id, spent)| spent.2 != "drop" || self.is_excepted(id, "once")));
        for (key, window) in self.records.all("action_rate") {
            let mut times: Vec<u64> = Vec::new();
            for taken in window["taken"].as_array().unwrap() {
                times.extend(vec![taken[0].as_u64().unwrap(); taken[1].as_u64().unwrap() as usize]);
            }
            times.sort_unstable();
            for from in &times {
                let within = times.iter().filter(|at| *at >= from && **at < from + PAY_WINDOW_MS).count() as u64;
                assert!(within <= PAYS, "{key}: {within} calls in one window: {times:?}");
            }
        }
    }

    /// Everybody comes back, late, and settles or releases what is theirs; then what the engine keeps is what the log adds up to.
    fn end(&mut self) {
        self.now_ms += 3_600_000;
        self.pending.clear();
        let reservations: Vec<(String, Value)> =
            self.records.all("action_reservation").map(|(key, value)| (key.clone(), value.clone())).collect();
        for (id, reservation) in reservations {
            let status = reservation["status"].as_str().unwrap();
            if status == "held" {
                let operation = self.operation(json!({ "release": { "reservation_id": id } }));
                perform(&mut self.engine, &mut self.records, &operation).unwrap();
            } else if status == "open" && self.chance.often(50) {
                let cost = self.spent[&id].3 / 2.0;
                let operation = self.operation(json!({ "settle": { "reservation_id": id, "cost_usd": cost } }));
                let answer = perform(&mut self.engine, &mut self.records, &operation).unwrap();
                assert_eq!(answer["late"], true);
                self.spent.get_mut(&id).unwrap().3 = cost;
            }
        }
        for (key, account) in self.records.all("action_account") {
            assert!(account.get("holds").is_none(), "{key}: holds are left: {account}");
            let (what, rest) = key.split_once('/').unwrap();
            let kept: f64 = account["spent"].as_str().unwrap().parse().unwrap();
            let told = match what {
                "session" => self.sum(|spent| spent.0 == rest),
                "run" => self.sum(|spent| rest.ends_with(&format!("/run/{}", spent.1))),
                _ => continue,
            };
            assert!((kept - told).abs() < 1e-9, "{key}: {kept} is kept, {told} was logged");
        }
        for (key, uses) in self.records.all("action_exception_uses") {
            assert!(uses.get("holds").is_none(), "{key}: uses are held: {uses}");
            let used = self.used(key.split_once('/').unwrap().1);
            assert_eq!(uses["uses"].as_u64().unwrap() as usize, used, "{key}");
        }
        let logged = self.records.all("audit").count();
        let in_commits: usize = self
            .records
            .commits
            .iter()
            .map(|commit| {
                commit["append"].as_array().unwrap().iter().filter(|record| record["kind"] == "audit").count()
            })
            .sum();
        assert_eq!(logged, in_commits, "each operation is in the log once");
        assert!(self.records.commits.iter().all(|commit| {
            commit["append"].as_array().unwrap().iter().filter(|record| record["kind"] == "audit").count() == 1
        }));
    }
}

#[test]
fn nothing_is_overdrawn_and_nothing_leaks() {
    let mut counts = Counts::default();
    for seed in 0..SEEDS {
        let accounts = if seed % 4 == 3 { "scope" } else { "caller" };
        let mut world = World {
            chance: Chance::new(seed),
            engine: Engine::new(),
            records: set_up(accounts),
            now_ms: 1_000_000,
            ids: 0,
            flows: Vec::new(),
            pending: Vec::new(),
            spent: BTreeMap::new(),
            excepted: BTreeMap::new(),
            logged: 0,
        };
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..STEPS {
                world.step(&mut counts);
            }
            world.end();
        }));
        assert!(ended.is_ok(), "the world of seed {seed} went wrong");
    }
    println!("{SEEDS} seeds: {counts:?}");
    let Counts { conflicts, lost_requests, lost_replies, crashes, jumps, resumed, replayed, released, .. } = counts;
    let all = [conflicts, lost_requests, lost_replies, crashes, jumps, resumed, released];
    assert!(all.iter().all(|count| *count > 50) && replayed > 5, "too little happened: {counts:?}");
}
