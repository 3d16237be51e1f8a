// What action policies would say: checkAction, simulateActions, replayActionDecisions. The cases show what they answer; here is what
// only JavaScript can get wrong.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkAction, replayActionDecisions, simulateActions } from "regate";
import { throwsCode } from "./regate-error.mjs";

/** A value that nobody can change, all the way down. */
function frozen(value) {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

const ledger = Array.from({ length: 5 }, (_, at) => ({
  id: `l${at}`,
  timestamp: new Date(Date.UTC(2026, 2, 1, 10, at)),
  action: at === 2 ? "email" : "search",
  cost_usd: 0.5,
  outcome: "success",
  payload: { inputs: { args: [], kwargs: { at } }, outputs: at },
}));

describe("checkAction", () => {
  test("says what would be said now, without a time", () => {
    const { decision, state } = checkAction({
      policies: [{ name: "money", run_budget: 1 }],
      call: { name: "pay", cost_usd: 0.2, run_id: "r1" },
      state: { spend: [{ action: "pay", cost_usd: 0.9, run_id: "r1" }] },
    });
    assert.equal(decision.reason_code, "BUDGET_EXCEEDED");
    assert.equal(decision.spent, 1.1);
    assert.equal(state, undefined);
  });

  test("the state afterwards is the state before the next call", () => {
    const policies = [{ name: "money", session_budget: 0.3, rate_limits: { pay: { max_count: 5, window_seconds: 60 } } }];
    const call = { name: "pay", cost_usd: 0.1, session_id: "s" };
    let state = {};
    const words = [1, 2, 3, 4].map((at) => {
      const checked = checkAction(frozen({ policies, call, state, purpose: "authorize", now_ms: at * 1000 }));
      ({ state } = checked);
      return [checked.decision.decision, checked.decision.reservation?.id];
    });
    assert.deepEqual(words, [["allow", "call-1"], ["allow", "call-2"], ["allow", "call-3"], ["deny", undefined]]);
    // As it is kept, it is text: no digit of money is lost.
    assert.deepEqual(state, JSON.parse(JSON.stringify(state)));
    const account = state.records.find(({ kind, key }) => kind === "action_account" && key === "session/s");
    assert.equal(account.value.spent, "0.3");
  });

  test("the records of a store are a state", () => {
    const records = [
      { partition: "actions/acme", kind: "action_account", key: "session/s", version: "7", value: { spent: "0.95", actions: {} } },
      { partition: "actions/acme", kind: "action_account", key: "session/t", version: "8", value: null },
    ];
    const ask = (session_id) =>
      checkAction({ policies: [{ name: "p", session_budget: 1 }], call: { name: "x", cost_usd: 0.1, session_id }, state: { records } });
    assert.equal(ask("s").decision.reason_code, "BUDGET_EXCEEDED");
    assert.equal(ask("t").decision.decision, "allow");
  });

  test("policies and exceptions as they are listed", () => {
    const listed = {
      id: "p-1", organization_id: "acme", current_version_id: "v_1", created_at: "2026-01-01T00:00:00.000Z",
      updated_at: "2026-01-01T00:00:00.000Z", newest_version: 1, name: "deny", denied_actions: ["x"],
    };
    const exception = {
      id: "e-1", policy_id: "p-1", agent_ids: ["a"], run_ids: [], actions: null, reason: "a drill", starts_at: null,
      expires_at: "2026-02-01T00:00:00.000Z", max_uses: null, uses: 0, is_live: true, created_by: null, created_at: "2026-01-01T00:00:00.000Z",
    };
    const ask = (now) => checkAction({ policies: [listed], exceptions: [exception], call: { name: "x", agent_id: "a" }, now_ms: Date.parse(now) });
    assert.deepEqual(ask("2026-01-31T23:59:59.999Z").decision.exceptions_applied, ["e-1"]);
    assert.equal(ask("2026-02-01T00:00:00.000Z").decision.reason_code, "DENIED_ACTION");
  });

  test("arguments that a number cannot hold stay exact", () => {
    const { decision } = checkAction({
      policies: [{ name: "p", argument_constraints: { x: { properties: { id: { const: 9007199254740993n } } } } }],
      call: { name: "x", kwargs: { id: 9007199254740993n } },
    });
    assert.equal(decision.decision, "allow");
  });

  test("a request that is none is refused", () => {
    for (const wrong of [undefined, null, 5, "x", []]) {
      throwsCode(() => checkAction(wrong), "malformed_request");
      throwsCode(() => simulateActions(wrong), "malformed_request");
      throwsCode(() => replayActionDecisions(wrong), "malformed_request");
    }
    throwsCode(() => checkAction({ policies: [], call: { name: "x" }, now_ms: -1 }), "malformed_request");
    throwsCode(() => checkAction({ policies: [], call: { name: "x" }, states: {} }), "malformed_request");
  });
});

describe("simulateActions", () => {
  test("gives the same twice, and changes nothing of the caller's", () => {
    const request = frozen({
      base: [{ id: "p", name: "p" }],
      candidate: [{ id: "p", name: "p", denied_actions: ["email"] }],
      ledger_entries: ledger,
      initial_state: { spend: [{ action: "search", cost_usd: 1 }] },
    });
    const first = simulateActions(request);
    assert.deepEqual(simulateActions(request), first);
    assert.deepEqual(first.results.map(({ changed }) => changed), ["none", "none", "newly_blocked", "none", "none"]);
    assert.equal(first.results[0].timestamp, "2026-03-01T10:00:00.000Z");
    assert.equal(first.summary.cost_allowed_usd, 2);
  });

  test("a limit is told as one", () => {
    const entries = Array.from({ length: 100_001 }, () => ({ timestamp: "2026-03-01T10:00:00Z", action: "x" }));
    assert.throws(() => simulateActions({ policies: [], ledger_entries: entries }), ({ code, limit, path }) => {
      assert.deepEqual([code, limit, path], ["limit_exceeded", { name: "simulated_entries", value: 100_000 }, "/ledger_entries"]);
      return true;
    });
  });
});

describe("replayActionDecisions", () => {
  test("an empty log has no difference", () => {
    const { differences, summary } = replayActionDecisions({ decisions: [], policies: [{ name: "p" }] });
    assert.deepEqual(differences, []);
    assert.deepEqual(summary, { entries: 0, decisions: 0, redecided: 0, differences: 0, not_redecided: 0 });
  });
});
