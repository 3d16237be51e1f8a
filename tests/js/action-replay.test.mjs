// `ActionReplay`: recorded outputs in the place of calls.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ActionReplay, RegateError, ReplayDivergenceError } from "regate";
import { throwsCode } from "./regate-error.mjs";

const entry = (action, kwargs, outputs, more = {}) => ({ action, payload: { inputs: { args: [], kwargs }, outputs }, cost_usd: 0.1, outcome: "success", ...more });

const recording = () => [
  entry("lookup", { id: 1 }, { order: "A" }, { id: "l1", run_id: "r1" }),
  entry("other", {}, "of another run", { run_id: "r2" }),
  entry("refund", { order: "A", cents: 500 }, { ok: true }, { id: "l2", run_id: "r1" }),
  entry("refund", { order: "A", cents: 500 }, null, { run_id: "r1", outcome: "replayed" }),
  entry("mail", {}, "timed out", { id: "l3", run_id: "r1", outcome: "error" }),
];

function divergenceOf(call) {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof ReplayDivergenceError && error instanceof RegateError);
    assert.equal(error.code, "replay_divergence");
    assert.equal(error.name, "RegateError");
    return error;
  }
  return assert.fail("it does not diverge");
}

describe("ActionReplay", () => {
  test("gives the outputs of one run in their order, and says what that saved", () => {
    const replay = new ActionReplay(recording(), { run_id: "r1" });
    assert.equal(replay.remaining, 3);
    assert.deepEqual(replay.next("lookup", { id: 1 }), { index: 0, entry_id: "l1", outputs: { order: "A" }, outcome: "success", divergences: [] });
    assert.deepEqual(replay.next("refund", { kwargs: { cents: 500.0, order: "A" }, args: [] }).outputs, { ok: true });
    const failed = replay.next("mail");
    assert.deepEqual([failed.outputs, failed.outcome], ["timed out", "error"]);
    assert.equal(replay.remaining, 0);
    assert.deepEqual(replay.report(), {
      status: "success", actions_replayed: 3, actions_total: 3, divergences_detected: 0, divergences: [], cost_savings: 0.3,
    });
  });

  test("strict: a divergence ends it, and every later call says so again", () => {
    const replay = new ActionReplay(recording(), { run_id: "r1" });
    replay.next("lookup", { id: 1 });
    const error = divergenceOf(() => replay.next("refund", { order: "B", cents: 500 }));
    assert.deepEqual(error.divergences, [
      {
        type: "input_mismatch",
        action: "refund",
        expected_inputs: { args: [], kwargs: { order: "A", cents: 500 } },
        actual_inputs: { args: [], kwargs: { order: "B", cents: 500 } },
        index: 1,
      },
    ]);
    assert.match(error.message, /call 1 of `refund` has other inputs/);
    assert.equal(divergenceOf(() => replay.next("mail")), error);
    const { status, actions_replayed, divergences_detected, cost_savings } = replay.report();
    assert.deepEqual([status, actions_replayed, divergences_detected, cost_savings], ["failed", 1, 1, 0.1]);
  });

  test("not strict: the recorded output, with both divergences", () => {
    const replay = new ActionReplay([entry("g", { n: 1 }, "one")], { strict: false });
    const { outputs, divergences } = replay.next("f", { n: 2 });
    assert.equal(outputs, "one");
    assert.deepEqual(divergences.map(({ type }) => type), ["action_mismatch", "input_mismatch"]);
    assert.equal(replay.report().status, "partial");
    assert.equal(replay.report({ failed: true }).status, "failed");
  });

  test("a call too many is an error, and the replay has failed", () => {
    const replay = new ActionReplay([entry("f", {}, 1)]);
    replay.next("f");
    throwsCode(() => replay.next("f"), "replay_exhausted");
    assert.equal(replay.report().status, "failed");
  });

  test("what the caller does to its arguments and entries afterwards changes nothing", () => {
    const entries = [entry("f", { list: [1] }, { list: [1] }), entry("f", { list: [1] }, { list: [1] })];
    const replay = new ActionReplay(entries, { strict: false });
    const inputs = { list: [1] };
    replay.next("f", inputs).outputs.list.push(2);
    inputs.list.push(2);
    entries[1].payload.outputs.list.push(2);
    assert.deepEqual(replay.next("f", { list: [1] }).outputs, { list: [1] });
    assert.equal(replay.report().status, "success");
  });

  test("integers that a number cannot hold come back as they were", () => {
    const replay = new ActionReplay([entry("f", { id: 9007199254740993n }, 9007199254740993n)]);
    assert.equal(replay.next("f", { id: 9007199254740993n }).outputs, 9007199254740993n);
    assert.equal(replay.report().status, "success");
  });

  test("dates are compared as they are written", () => {
    const at = new Date("2026-03-01T10:00:00Z");
    const replay = new ActionReplay([entry("f", { at: "2026-03-01T10:00:00.000Z" }, 1), entry("f", { at }, 2)]);
    assert.equal(replay.next("f", { at }).outputs, 1);
    assert.equal(replay.next("f", { at: at.toJSON() }).outputs, 2);
  });

  test("nothing to replay, and options that are none, are refused", () => {
    throwsCode(() => new ActionReplay([]), "malformed_request");
    throwsCode(() => new ActionReplay(recording(), { run_id: "r9" }), "malformed_request");
    throwsCode(() => new ActionReplay(recording(), { runId: "r1" }), "malformed_request");
    throwsCode(() => new ActionReplay(recording(), { strict: "no" }), "malformed_request");
    throwsCode(() => new ActionReplay(undefined), "malformed_request");
    throwsCode(() => new ActionReplay(recording()).next("lookup", [1]), "malformed_request");
  });
});
