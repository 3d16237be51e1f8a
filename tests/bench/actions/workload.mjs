// The policies and the calls: those of `native/workload.rs`, which are compared with these.

/** How many sessions take turns in making calls. */
export const SESSIONS = 250;

/** What is kept of a call that was authorized and settled: its reservation, and two entries of the decision log. */
export const RECORDS_OF_A_CALL = 3;

/** A policy that has something to say about each call: a budget, a rate, a list, constraints, evidence. */
export function policy(at) {
  return {
    name: `policy ${at}`,
    run_budget: 1_000_000 + at,
    denied_actions: [`forbidden-${at}`],
    rate_limits: { pay: { max_count: 1_000, window_seconds: 60 + at } },
    evidence_actions: ["look"],
    evidence_requirements: { refund: ["look"] },
    argument_constraints: { pay: { required: ["to"], properties: { amount: { type: "number", maximum: 1_000 + at } } } },
  };
}

/** A call, which all policies allow. */
export function call(at) {
  return {
    name: "pay",
    cost_usd: 0.01,
    session_id: `s${at % SESSIONS}`,
    run_id: `r${at % SESSIONS}`,
    agent_id: "a",
    kwargs: { to: "bob", amount: at % 100 },
  };
}

/** What a call really cost. */
export const SETTLED_USD = 0.005;

/** When a call is made, in milliseconds since 1970: 50 in a second. */
export function timeOf(at) {
  return 1_000_000_000_000 + 20 * at;
}
