//! One organisation of so many policies, and what is done over and over in it.

use crate::effort::RECORDS_OF_A_CALL;
use crate::host::{Exchange, Host};
use crate::workload::{SESSIONS, SETTLED_USD, call, policy, time_of};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What is measured.
pub const OPERATIONS: [&str; 3] = ["ask", "authorize", "settle"];

pub struct Lane {
    host: Host,
    /// The number of the next call.
    next: u32,
    /// The calls that were authorized and not settled yet.
    open: VecDeque<String>,
}

impl Lane {
    /// An organisation with policies, made as everybody makes them.
    pub fn with(policies: u32) -> Self {
        let mut host = Host::default();
        for at in 0..policies {
            let operation = json!({ "create_policy": { "policy": policy(at) } });
            host.perform(&operation.to_string(), time_of(0));
        }
        Self { host, next: 0, open: VecDeque::new() }
    }

    /// Makes calls until there are so many records.
    pub fn fill(&mut self, records: u32) {
        // Every session has its accounts from its first call on.
        self.take(SESSIONS);
        let missing = u64::from(records).saturating_sub(self.records() as u64);
        self.take(u32::try_from(missing / u64::from(RECORDS_OF_A_CALL)).unwrap());
    }

    fn take(&mut self, calls: u32) {
        for _ in 0..calls {
            self.perform("authorize");
            self.perform("settle");
        }
    }

    fn perform(&mut self, operation: &str) {
        let now_ms = time_of(self.next);
        match operation {
            "settle" => {
                let id = self.open.pop_front().expect("a call that was authorized");
                let operation = json!({ "settle": { "reservation_id": id, "cost_usd": SETTLED_USD } });
                let settled = self.host.perform(&operation.to_string(), now_ms);
                assert_eq!(settled["status"], "settled", "{settled}");
            }
            name => {
                let operation = json!({ name: { "call": call(self.next), "explain": false } });
                let decision = self.host.perform(&operation.to_string(), now_ms);
                assert_eq!(decision["decision"], "allow", "{decision}");
                if name == "authorize" {
                    self.open.push_back(decision["reservation"]["id"].as_str().unwrap().to_owned());
                    self.next += 1;
                }
            }
        }
    }

    /// The time of so many calls, and how much of it the engine took.
    pub fn timed(&mut self, operation: &str, calls: u32) -> (Duration, Duration) {
        self.host.in_engine = Duration::ZERO;
        let began = Instant::now();
        for _ in 0..calls {
            self.perform(operation);
        }
        (began.elapsed(), self.host.in_engine)
    }

    /// What crosses the engine's door for one call of each operation; under `cold`, for an engine that knows nothing yet.
    pub fn exchanges(&mut self) -> BTreeMap<&'static str, Vec<Exchange>> {
        let mut exchanges = BTreeMap::new();
        for name in OPERATIONS {
            self.host.kept = Some(Vec::new());
            self.perform(name);
            exchanges.insert(name, self.host.kept.take().unwrap());
        }
        self.host.forget();
        self.host.kept = Some(Vec::new());
        self.perform("ask");
        exchanges.insert("cold", self.host.kept.take().unwrap());
        exchanges
    }

    pub fn records(&self) -> usize {
        self.host.live_records()
    }
}

/// The time of reading and writing each text of an exchange once, and nothing else: what no driver and engine can do without.
pub fn json_alone(exchanges: &[Exchange], calls: u32) -> Duration {
    let began = Instant::now();
    for _ in 0..calls {
        for text in exchanges.iter().flat_map(|(request, answer)| [request, answer]) {
            let value: Value = serde_json::from_str(text).unwrap();
            black_box(value.to_string());
        }
    }
    began.elapsed()
}
