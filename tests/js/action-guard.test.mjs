// Guarded functions: run where they are allowed and nowhere else, and what became of them recorded, in every order of things that go wrong.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ActionDeniedError, ActionHeldError, ActionNotRecordedError, ActionNotTaken, RegateError } from "regate";
import { HOUR, organisation } from "./action-organisation.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

/** An organisation, and a function that is guarded there, with what it was called with. */
async function guarded(options, { run, ...more } = {}) {
  const made = await organisation({ policies: [{ session_budget: 10 }], ...more });
  const calls = [];
  const action = made.service.guard(
    (...args) => {
      calls.push(args);
      return run === undefined ? { done: true } : run(...args);
    },
    { action: "pay", ...options },
  );
  const entries = () => made.all("audit").map(({ path, input, result }) => [path.slice("action/".length), result?.decision ?? input.outcome ?? input.cost_usd]);
  return { ...made, calls, action, entries };
}

const thrownBy = (promise) => promise.then(() => assert.fail("it must throw"), (thrown) => thrown);

describe("an allowed function", () => {
  test("runs with its arguments, and what it gave is recorded", async () => {
    const { action, calls, entries, spent, all } = await guarded({ cost: 2, session_id: "s", produces_evidence: true });
    assert.deepEqual(await action({ to: "b" }), { done: true });
    assert.deepEqual(calls, [[{ to: "b" }]]);
    assert.deepEqual(entries(), [["authorize", "allow"], ["result", "success"]]);
    assert.equal(spent("s"), "2");
    assert.deepEqual(all("action_evidence")[0].records.map(({ result, raw_kwargs }) => [result, raw_kwargs]), [[{ done: true }, { to: "b" }]]);
  });

  test("may be synchronous or not, and keeps its `this`", async () => {
    const { service } = await organisation({ policies: [{}] });
    const account = {
      owner: "ada",
      pay: service.guard(function pay() { return this.owner; }, {}),
      payLater: service.guard(async function pay() { return this.owner; }, {}),
    };
    assert.deepEqual([await account.pay(), await account.payLater()], ["ada", "ada"]);
  });

  test("has options that are values or say something of the arguments", async () => {
    const { action, all } = await guarded({
      action: async ({ kind }) => `pay_${kind}`,
      cost: ({ amount }) => amount * 2,
      tags: () => ["money"],
      agent_id: "bot",
      run_id: ({ run }) => run,
      mission_id: () => null,
      risk_level: "high",
    });
    await action({ kind: "card", amount: 1.5, run: "r-1" });
    const { name, cost_usd, tags, agent_id, run_id, mission_id, risk_level, kwargs } = all("audit")[0].input;
    assert.deepEqual({ name, cost_usd, tags, agent_id, run_id, mission_id, risk_level, kwargs }, {
      name: "pay_card",
      cost_usd: 3,
      tags: ["money"],
      agent_id: "bot",
      run_id: "r-1",
      mission_id: null,
      risk_level: "high",
      kwargs: { kind: "card", amount: 1.5, run: "r-1" },
    });
  });

  test("is settled at what it really cost, in the same commit as its result", async () => {
    const { action, spent, all } = await guarded({ cost: 5, settle: ({ tokens }) => tokens / 100 }, { run: () => ({ tokens: 120 }) });
    await action({});
    assert.equal(spent(), "1.2");
    assert.equal(all("audit").length, 2);
    const kept = await guarded({ cost: 5, settle: () => undefined });
    await kept.action({});
    assert.equal(kept.spent(), "5");
  });

  test("gives what JSON cannot say, and null is recorded of it", async () => {
    class Receipt {}
    for (const result of [undefined, new Receipt(), () => 1, new Map(), NaN, 2n ** 64n + 1n]) {
      const { action, all } = await guarded({ produces_evidence: true }, { run: () => result });
      assert.equal(Object.is(await action({}), result), true);
      assert.deepEqual(all("action_evidence")[0].records.map(({ result }) => result), [null]);
    }
    const { action, all } = await guarded({ produces_evidence: true, recorded: ({ id }) => ({ id }) }, { run: () => Object.assign(new Receipt(), { id: 7 }) });
    assert.ok((await action({})) instanceof Receipt);
    assert.deepEqual(all("action_evidence")[0].records.map(({ result }) => result), [{ id: 7 }]);
  });

  test("grounds the arguments of another", async () => {
    const policies = [{ grounding_rules: { refund: { amount: { source_action: "lookup", source_field: "order.total" } } }, evidence_actions: ["lookup"] }];
    const { service } = await organisation({ policies });
    const lookup = service.guard(async function lookup() { return { order: { total: 5 } }; }, { run_id: "r" });
    const refund = service.guard(async function refund({ amount }) { return amount; }, { run_id: "r" });
    assert.equal((await thrownBy(refund({ amount: 5 }))).reason_code, "UNGROUNDED_ARGUMENT");
    await lookup();
    assert.equal(await refund({ amount: 5 }), 5);
  });
});

describe("arguments that no policy would see", () => {
  test("are refused when the function is wrapped, or called", async () => {
    const { service, all } = await organisation({ policies: [{}] });
    throwsCode(() => service.guard((to, amount) => [to, amount], { action: "pay" }), "malformed_request", { path: "/kwargs" });
    const variadic = service.guard((...args) => args, { action: "pay" });
    for (const args of [["b"], [[1]], [null], [new Date(0)], [{}, {}], [{}, undefined]]) await rejectsCode(variadic(...args), "malformed_request", { path: "/kwargs" });
    assert.deepEqual(all("audit"), []);
    assert.deepEqual(await variadic(), []);
    assert.deepEqual(await variadic(Object.create(null)), [Object.create(null)]);
  });

  test("are seen where they are named, and pass where nothing is to be seen", async () => {
    const policies = [{ argument_constraints: { pay: { properties: { amount: { type: "number", maximum: 10 } }, required: ["amount"] } } }];
    const { service } = await organisation({ policies });
    const pay = service.guard((to, amount) => `${amount} to ${to}`, { action: "pay", kwargs: (to, amount) => ({ to, amount }) });
    assert.equal(await pay("b", 10), "10 to b");
    assert.equal((await thrownBy(pay("b", 11))).reason_code, "ARGUMENT_CONSTRAINT_VIOLATED");
    const other = service.guard((a, b) => a + b, { action: "add", kwargs: () => ({}) });
    assert.equal(await other(1, 2), 3);
    await rejectsCode(service.guard((a, b) => a + b, { action: "add", kwargs: () => null })(1, 2), "malformed_request", { path: "/kwargs" });
  });

  test("are those that were checked: an object that changes meanwhile is not used", async () => {
    const { host, action, calls, spent } = await guarded({ cost: 1 });
    const given = { to: "b" };
    const { commit } = host;
    host.commit = (change) => {
      given.to = "mallory";
      return commit(change);
    };
    await rejectsCode(action(given), "arguments_changed");
    assert.deepEqual([calls, spent()], [[], "0"]);
  });

  test("are those that were checked, also where `kwargs` names them: a function, a promise of one, or one that fails the second time", async () => {
    const policies = [{ require_approval: true, session_budget: 10 }];
    const boom = new Error("gone");
    let named = 0;
    for (const [kwargs, cause] of [
      [(o) => ({ amount: o.amount })],
      [async (o) => ({ amount: o.amount })],
      [() => { if (named++ > 0) throw boom; return {}; }, boom],
      [async () => { if (named++ > 0) throw boom; return {}; }, boom],
      [() => (named++ > 0 ? null : {})],
    ]) {
      named = 0;
      const given = { amount: 5 };
      const onHold = async ({ approval_id }) => {
        given.amount = 5000;
        await made.as("ann").approvals.approve(approval_id);
      };
      const made = await guarded({ cost: 1, kwargs, onHold }, { policies });
      const thrown = await thrownBy(made.action(given));
      assert.deepEqual([thrown.code, thrown.path, thrown.cause, made.calls, made.spent()], ["arguments_changed", "/kwargs", cause, [], "0"], String(kwargs));
    }
  });

  test("are those of a resumed call too, and a name that changes nothing is no change", async () => {
    const policies = [{ require_approval: true }];
    const { action, as, calls, host } = await guarded({ kwargs: ({ amount, note }) => (note === undefined ? { amount } : { amount, note: "there" }) }, { policies });
    const given = { amount: 5, note: "a" };
    const held = await thrownBy(action(given));
    await as("ann").approvals.approve(held.approval_id);
    const { commit } = host;
    host.commit = (change) => {
      given.note = "b";
      return commit(change);
    };
    assert.deepEqual(await action.resume(held.reservation.id, given), { done: true });
    const other = await thrownBy(action(given));
    await as("ann").approvals.approve(other.approval_id);
    host.commit = (change) => {
      given.amount = 6;
      return commit(change);
    };
    await rejectsCode(action.resume(other.reservation.id, given), "arguments_changed", { path: "/kwargs" });
    assert.equal(calls.length, 1);
  });

  test("are looked at last: nothing has a turn between that and the function", async () => {
    let named = 0;
    let turns = 0;
    const kwargs = ({ amount }) => {
      if (named++ > 0) queueMicrotask(() => turns++);
      return { amount };
    };
    const { action } = await guarded({ kwargs }, { run: () => turns });
    assert.deepEqual([await action({ amount: 1 }), named], [0, 2]);
  });
});

describe("a denied function", () => {
  test("does not run, and says why as agents and programs read it", async () => {
    const { action, calls, spent } = await guarded({ cost: 11 });
    const thrown = await thrownBy(action({}));
    assert.ok(thrown instanceof ActionDeniedError && thrown instanceof RegateError);
    assert.deepEqual([thrown.code, thrown.reason_code, thrown.action_name, calls, spent()], ["action_denied", "BUDGET_EXCEEDED", "pay", [], "0"]);
    assert.deepEqual(thrown.toDict(), {
      error_type: "BudgetExceededError",
      error_code: "BUDGET_EXCEEDED",
      message: thrown.message,
      details: { spent: 11, limit: 10, budget_type: "session", remediation: thrown.remediation },
      recoverable: false,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(thrown)), thrown.toDict());
  });

  const refusals = {
    DENIED_ACTION: [[{ denied_actions: ["pay"] }], {}, "PolicyViolationError", "POLICY_VIOLATION", false],
    RATE_LIMITED: [[{ rate_limits: { pay: { max_count: 0 } } }], {}, "PolicyViolationError", "POLICY_VIOLATION", false],
    LOOP_DETECTED: [[{ loop_rules: { pay: { threshold: 1 } } }], {}, "PolicyViolationError", "POLICY_VIOLATION", true],
    MISSING_EVIDENCE: [[{ evidence_requirements: { pay: ["lookup"] } }], {}, "EvidenceViolationError", "EVIDENCE_VIOLATION", true],
    NO_POLICY_FOR_WRITE: [[], {}, "NoPolicyForWriteError", "NO_POLICY_FOR_WRITE", false],
    POLICY_NOT_CONFIGURED: [[], { fail_closed: true }, "PolicyNotConfiguredError", "POLICY_NOT_CONFIGURED", false],
    INVALID_COST: [[{}], { cost: NaN }, "PolicyViolationError", "POLICY_VIOLATION", false],
  };
  for (const [reason, [policies, options, type, code, recoverable]] of Object.entries(refusals)) {
    test(reason, async () => {
      const { action, calls } = await guarded(options, { policies });
      const { reason_code, error_type, error_code, details, ...thrown } = await thrownBy(action({}));
      assert.deepEqual([reason_code, error_type, error_code, thrown.recoverable, calls], [reason, type, code, recoverable, []]);
      assert.equal(details.remediation.reason_code, reason);
    });
  }

  test("has a price that was looked up and not found", async () => {
    const { action, calls } = await guarded({ cost: ({ model }) => ({ small: 1 })[model] });
    await action({ model: "small" });
    assert.equal((await thrownBy(action({ model: "large" }))).reason_code, "INVALID_COST");
    assert.equal(calls.length, 1);
  });

  test("is one whose host fails", async () => {
    const { action, host, calls } = await guarded({});
    const broken = new Error("down");
    host.load = () => { throw broken; };
    const thrown = await thrownBy(action({}));
    assert.deepEqual([thrown.reason_code, thrown.cause, calls], ["EVALUATION_ERROR", broken, []]);
  });

  test("whose options fail does not run either", async () => {
    const boom = new Error("boom");
    for (const name of ["action", "cost", "tags", "kwargs", "agent_id", "idempotency_key"]) {
      const { action, calls, all } = await guarded({ [name]: () => { throw boom; } });
      assert.equal(await thrownBy(action({})), boom);
      assert.deepEqual([calls, all("audit")], [[], []]);
    }
    const { action, calls } = await guarded({ agent_id: () => undefined });
    await rejectsCode(action({}), "malformed_request", { path: "/agent_id" });
    assert.deepEqual(calls, []);
  });
});

describe("a function whose decision was committed, or not: nobody knows", () => {
  /** The next commits fail as often as said, each after it was performed or without that. */
  const fails = (host, times, performed) => {
    const { commit } = host;
    host.commit = (change) => {
      if (times-- <= 0) return commit(change);
      if (performed) commit(change);
      throw new Error("the line broke");
    };
  };
  const options = (told) => ({ cost: 2, run_id: "r", idempotency_key: "k", onRecordFailure: (failure) => void told.push(failure) });

  for (const performed of [true, false]) {
    test(`does not run, and what was taken is given back: it was ${performed ? "" : "not "}performed`, async () => {
      const told = [];
      const { action, host, calls, spent } = await guarded(options(told));
      fails(host, 2, performed);
      const denied = await thrownBy(action({}));
      assert.ok(denied instanceof ActionDeniedError);
      assert.deepEqual([denied.reason_code, typeof denied.details.reservation_id, calls, spent(), told], ["EVALUATION_ERROR", "string", [], "0", []]);
      assert.deepEqual([await action({}), spent()], [{ done: true }, "2"], "its key is free");
    });

    test(`and that was approved, neither, and is left as it is: it was ${performed ? "" : "not "}performed`, async () => {
      const policies = [{ require_approval: true, session_budget: 10 }];
      for (const resumed of ["resume", "onHold"]) {
        const onHold = async ({ approval_id }) => {
          await made.as("ann").approvals.approve(approval_id);
          fails(made.host, 2, performed);
        };
        const made = await guarded({ ...options([]), ...(resumed === "onHold" ? { onHold } : {}) }, { policies });
        const { action, calls, spent } = made;
        let taking;
        if (resumed === "onHold") taking = action({});
        else {
          const held = await thrownBy(action({}));
          await onHold(held);
          taking = action.resume(held.reservation.id, {});
        }
        const denied = await thrownBy(taking);
        const { reservation_id } = denied.details;
        assert.deepEqual([denied.reason_code, calls, spent()], ["EVALUATION_ERROR", [], performed ? "2" : "0"]);
        // Others may have resumed it: only what waits still can be taken.
        if (performed) await rejectsCode(action.resume(reservation_id, {}), "wrong_state");
        else assert.deepEqual([await action.resume(reservation_id, {}), spent()], [{ done: true }, "2"]);
      }
    });
  }

  test("is denied all the same where that cannot be given back, and it is told", async () => {
    const told = [];
    for (const onRecordFailure of [(failure) => void told.push(failure), () => { throw new Error("the log is full"); }]) {
      const { action, host, calls } = await guarded({ ...options(told), onRecordFailure });
      fails(host, 2, true);
      host.commit = ((commit, sent) => (change) => {
        if (sent++ >= 2) throw new Error("down");
        return commit(change);
      })(host.commit, 0);
      const denied = await thrownBy(action({}));
      assert.ok(denied instanceof ActionDeniedError, denied.stack);
      assert.deepEqual(calls, []);
      if (onRecordFailure.length === 1) {
        assert.deepEqual(told.map(({ outcome, action_name, reservation_id, error }) => [outcome, action_name, reservation_id, error.code]), [["not_taken", "pay", denied.details.reservation_id, "host_failed"]]);
      }
    }
  });
});

describe("a function that throws", () => {
  const boom = new Error("boom");
  const fails = { run: () => { throw boom; } };

  test("has cost what was decided, leaves no evidence, and what it threw is thrown", async () => {
    for (const run of [fails.run, async () => { throw boom; }]) {
      const { action, entries, spent, all } = await guarded({ cost: 2, produces_evidence: true }, { run });
      assert.equal(await thrownBy(action({})), boom);
      assert.deepEqual([entries(), spent(), all("action_evidence")], [[["authorize", "allow"], ["result", "error"]], "2", []]);
    }
  });

  test("is settled where that is said", async () => {
    const { action, spent } = await guarded({ cost: 2, settle: (result, error) => (error === boom && result === undefined ? 0.5 : NaN) }, fails);
    assert.equal(await thrownBy(action({})), boom);
    assert.equal(spent(), "0.5");
  });

  test("may be called again under its idempotency key", async () => {
    let failed = false;
    const run = () => {
      if (failed) return "paid";
      failed = true;
      throw boom;
    };
    const { action, spent } = await guarded({ cost: 1, run_id: "r", idempotency_key: "k" }, { run });
    assert.equal(await thrownBy(action({})), boom);
    assert.deepEqual([await action({}), await action({}), spent()], ["paid", "paid", "2"]);
  });

  test("and did nothing gives back what was taken", async () => {
    const not = new ActionNotTaken("the shop is closed", { cause: boom });
    const { action, entries, spent } = await guarded({ cost: 2 }, { run: () => { throw not; } });
    assert.equal(await thrownBy(action({})), not);
    assert.deepEqual([entries(), spent(), not.cause], [[["authorize", "allow"], ["release", undefined]], "0", boom]);
    assert.equal(new ActionNotTaken().message, "the action was not taken");
  });

  test("is heard, also where that cannot be recorded", async () => {
    for (const run of [fails.run, () => { throw new ActionNotTaken(); }]) {
      for (const onRecordFailure of [undefined, (failure) => void told.push(failure), () => { throw new Error("the log is full"); }]) {
        var told = [];
        const { action, host, spent } = await guarded({ cost: 2, ...(onRecordFailure === undefined ? {} : { onRecordFailure }) }, { run: () => (host.commit = () => { throw new Error("down"); }, run()) });
        const thrown = await thrownBy(action({}));
        assert.ok(thrown === boom || thrown instanceof ActionNotTaken, thrown.stack);
        assert.equal(spent(), "2");
        if (onRecordFailure?.length === 1) assert.deepEqual(told.map(({ error, outcome, action_name }) => [error.code, outcome, action_name]), [["host_failed", thrown === boom ? "error" : "not_taken", "pay"]]);
      }
    }
  });
});

describe("what could not be recorded, without anybody who is told", () => {
  const boom = () => new Error("boom");
  const down = (host) => void (host.commit = () => { throw new Error("down"); });
  const seen = ({ record_failure }) => record_failure && [record_failure.outcome, record_failure.is_recorded, record_failure.mistakes, record_failure.error.code ?? record_failure.error.message];

  test("is on what the function threw, beside everything that it is", async () => {
    for (const [thrown, outcome] of [[boom(), "error"], [new ActionNotTaken(), "not_taken"]]) {
      const { action, host, all } = await guarded({ cost: 2 }, { run: () => { down(host); throw thrown; } });
      assert.equal(await thrownBy(action({})), thrown);
      assert.deepEqual(seen(thrown), [outcome, false, [], "host_failed"]);
      assert.equal(thrown.record_failure.reservation_id, all("action_reservation")[0].id);
      assert.deepEqual([Object.keys(thrown).includes("record_failure"), JSON.stringify(thrown).includes("record_failure")], [false, false]);
    }
    // Its guard threw the same again: a log may still write it.
    const same = boom();
    const { action } = await guarded({ settle: (_, error) => { throw error; } }, { run: () => { throw same; } });
    assert.equal(await thrownBy(action({})), same);
    assert.deepEqual([seen(same), JSON.stringify(same)], [["error", true, ["settle"], "boom"], "{}"]);
  });

  test("is on a denial, and on the refusal of arguments that changed", async () => {
    const denying = await guarded({ cost: 2 });
    const { commit } = denying.host;
    let sent = 0;
    denying.host.commit = (change) => {
      if (sent++ < 2) commit(change);
      throw new Error("down");
    };
    const denied = await thrownBy(denying.action({}));
    assert.deepEqual([denied.reason_code, seen(denied)], ["EVALUATION_ERROR", ["not_taken", false, [], "host_failed"]]);
    const given = { to: "b" };
    const changing = await guarded({ cost: 2, kwargs: ({ to }) => ({ to }) });
    const first = changing.host.commit;
    changing.host.commit = (change) => {
      given.to = "mallory";
      down(changing.host);
      return first(change);
    };
    const changed = await thrownBy(changing.action(given));
    assert.deepEqual([changed.code, seen(changed)], ["arguments_changed", ["not_taken", false, [], "host_failed"]]);
  });

  test("is nowhere where all is recorded, and nothing hides what was thrown and cannot bear it", async () => {
    const fine = boom();
    assert.equal(await thrownBy((await guarded({}, { run: () => { throw fine; } })).action({})), fine);
    assert.equal(seen(fine), undefined);
    const hostile = new Proxy(boom(), { defineProperty() { throw new Error("no"); } });
    for (const thrown of [Object.freeze(boom()), hostile, "a text", null, undefined]) {
      const { action, host } = await guarded({}, { run: () => { down(host); throw thrown; } });
      assert.equal(await thrownBy(action({})), thrown);
    }
  });
});

describe("a result that cannot be recorded", () => {
  const breaks = (host, times) => {
    const { commit } = host;
    host.commit = (change) => {
      if (times-- > 0) throw new Error("down");
      return commit(change);
    };
  };

  test("is tried a few times", async () => {
    const { action, host, entries } = await guarded({ cost: 1 }, { run: () => (breaks(host, 3), "paid") });
    assert.equal(await action({}), "paid");
    assert.deepEqual(entries(), [["authorize", "allow"], ["result", "success"]]);
  });

  test("and was recorded, though every answer was lost, is recorded once", async () => {
    const { action, host, entries, spent } = await guarded({ cost: 2, settle: () => 1 }, {
      run: () => {
        const { commit } = host;
        let lost = 2;
        host.commit = (change) => {
          const answer = commit(change);
          if (lost-- > 0) throw new Error("the line broke");
          return answer;
        };
        return "paid";
      },
    });
    assert.equal(await action({}), "paid");
    assert.deepEqual([entries(), spent()], [[["authorize", "allow"], ["result", "success"]], "1"]);
  });

  test("is not lost: it is in what is thrown", async () => {
    const { action, host, spent, service } = await guarded({ cost: 1 }, { run: () => (breaks(host, 6), { receipt: 7 }) });
    const thrown = await thrownBy(action({}));
    assert.ok(thrown instanceof ActionNotRecordedError);
    assert.deepEqual([thrown.code, thrown.result, thrown.action_name, thrown.cause.code, spent()], ["action_not_recorded", { receipt: 7 }, "pay", "host_failed", "1"]);
    assert.equal((await service.recordResult(thrown.reservation_id, { outcome: "success", result: thrown.result })).has_result, true);
  });

  test("is given where somebody is told", async () => {
    const told = [];
    const { action, host } = await guarded({ onRecordFailure: (failure) => void told.push(failure) }, { run: () => (breaks(host, 6), "paid") });
    assert.equal(await action({}), "paid");
    assert.deepEqual(told.map(({ outcome, result, error }) => [outcome, result, error.code]), [["success", "paid", "host_failed"]]);
  });

  const boom = new Error("boom");
  const fails = () => { throw boom; };

  for (const [name, mistake] of Object.entries({ "settle throws": fails, "settle gives no amount": () => NaN })) {
    test(`as it should, because ${name}: it is recorded, and what it cost can be said later`, async () => {
      const { action, entries, spent, service } = await guarded({ cost: 2, settle: mistake }, { run: () => "paid" });
      const thrown = await thrownBy(action({}));
      assert.ok(thrown instanceof ActionNotRecordedError);
      assert.deepEqual([thrown.result, thrown.is_recorded, thrown.mistakes, entries(), spent()], ["paid", true, ["settle"], [["authorize", "allow"], ["result", "success"]], "2"]);
      assert.equal(thrown.message, "`pay` was taken and recorded, but `settle` of its guard failed: its cost stays as it was decided");
      assert.match(thrown.help, /settle\(reservation_id, cost\)/);
      assert.doesNotMatch(thrown.help, /recordResult/);
      assert.equal((await service.settle(thrown.reservation_id, 0.5)).status, "settled");
      assert.equal(spent(), "0.5");
    });
  }

  test("as it should, because recorded throws: null is recorded and stays, and the call is settled", async () => {
    const { action, entries, spent, service } = await guarded({ cost: 2, settle: () => 1, recorded: fails }, { run: () => "paid" });
    const thrown = await thrownBy(action({}));
    assert.deepEqual([thrown.cause, thrown.is_recorded, thrown.mistakes, entries(), spent()], [boom, true, ["recorded"], [["authorize", "allow"], ["result", "success"]], "1"]);
    assert.equal(thrown.message, "`pay` was taken and recorded, but `recorded` of its guard failed: null is recorded as its result");
    assert.doesNotMatch(thrown.help, /recordResult|settle\(/);
    await rejectsCode(service.recordResult(thrown.reservation_id, { outcome: "success", result: "paid" }), "wrong_state");
  });

  test("as it should, because both fail: both is said", async () => {
    const { action, service } = await guarded({ cost: 2, settle: fails, recorded: fails }, { run: () => "paid" });
    const thrown = await thrownBy(action({}));
    assert.deepEqual([thrown.is_recorded, thrown.mistakes], [true, ["recorded", "settle"]]);
    assert.equal(thrown.message, "`pay` was taken and recorded, but `recorded` and `settle` of its guard failed: null is recorded as its result, and its cost stays as it was decided");
    assert.equal((await service.settle(thrown.reservation_id, 1)).status, "settled");
  });

  test("says so, also where one of its guard's own functions failed before", async () => {
    for (const [settle, mistakes] of [[() => 1, []], [fails, ["settle"]]]) {
      const { action, host } = await guarded({ settle }, { run: () => (breaks(host, 6), "paid") });
      const thrown = await thrownBy(action({}));
      assert.deepEqual([thrown.cause.code, thrown.is_recorded, thrown.mistakes], ["host_failed", false, mistakes]);
      assert.equal(thrown.message, "`pay` was taken, and its result could not be recorded");
      assert.match(thrown.help, /recordResult\(reservation_id, \.\.\.\)/);
    }
  });

  test("is told with what is recorded of it: of a success, of an error, of an action that was not taken", async () => {
    const told = [];
    const onRecordFailure = ({ outcome, is_recorded, mistakes, error }) => void told.push([outcome, is_recorded, mistakes, error === boom]);
    const taken = await guarded({ settle: fails, onRecordFailure }, { run: () => "paid" });
    assert.equal(await taken.action({}), "paid");
    const failed = await guarded({ settle: fails, onRecordFailure }, { run: () => { throw new Error("no"); } });
    await thrownBy(failed.action({}));
    const not = await guarded({ onRecordFailure }, { run: () => { breaks(not.host, 6); throw new ActionNotTaken(); } });
    await thrownBy(not.action({}));
    assert.deepEqual(told, [["success", true, ["settle"], true], ["error", true, ["settle"], true], ["not_taken", false, [], false]]);
  });
});

describe("the same call again", () => {
  test("gives what was recorded, and the function does not run", async () => {
    const { action, calls, spent } = await guarded({ cost: 1, run_id: "r", idempotency_key: ({ order }) => order }, { run: ({ order }) => ({ paid: order }) });
    assert.deepEqual(await action({ order: "o-1" }), { paid: "o-1" });
    assert.deepEqual(await action({ order: "o-1" }), { paid: "o-1" });
    assert.deepEqual(await action({ order: "o-2" }), { paid: "o-2" });
    assert.deepEqual([calls.length, spent()], [2, "2"]);
  });

  test("at the same time is told that one is under way", async () => {
    const { action, calls } = await guarded({ run_id: "r", idempotency_key: "k" }, { later: true });
    const ended = await Promise.allSettled([action({}), action({}), action({})]);
    assert.deepEqual(ended.map(({ status, reason }) => reason?.reason_code ?? status).toSorted(), ["IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_IN_PROGRESS", "fulfilled"]);
    assert.equal(calls.length, 1);
  });
});

describe("a held function", () => {
  const policies = [{ require_approval: true, approval_actions: ["pay"], session_budget: 10, approval_timeout_seconds: 600 }];

  test("throws what to wait for, and is resumed with the same arguments", async () => {
    const { action, calls, as, entries, spent } = await guarded({ cost: 2 }, { policies });
    const held = await thrownBy(action({ to: "b" }));
    assert.ok(held instanceof ActionHeldError);
    assert.deepEqual([held.code, held.action_name, held.decision.decision, held.reservation.amount_usd, calls], ["action_held", "pay", "require_approval", 2, []]);
    assert.ok((await thrownBy(action.resume(held.reservation.id, { to: "b" }))) instanceof ActionHeldError);
    await as("ann").approvals.approve(held.approval_id);
    assert.deepEqual(await action.resume(held.reservation.id, { to: "b" }), { done: true });
    assert.deepEqual([calls, spent()], [[[{ to: "b" }]], "2"]);
    assert.deepEqual(entries(), [["authorize", "require_approval"], ["approval", undefined], ["resume", "allow"], ["result", "success"]]);
    await rejectsCode(action.resume(held.reservation.id, { to: "b" }), "wrong_state");
    assert.equal(calls.length, 1);
  });

  test("is denied with other arguments", async () => {
    const { action, calls, as } = await guarded({}, { policies });
    const held = await thrownBy(action({ to: "b" }));
    await as("ann").approvals.approve(held.approval_id);
    assert.equal((await thrownBy(action.resume(held.reservation.id, { to: "mallory" }))).reason_code, "POLICY_VIOLATION");
    assert.deepEqual(calls, []);
  });

  test("waits, and runs when it is approved", async () => {
    for (const onHold of [{ pollMs: 1 }, async ({ approval_id }) => void (await made.service.approvals.waitFor(approval_id, { pollMs: 1 }))]) {
      var made = await guarded({ onHold }, { policies });
      const taking = made.action({ to: "b" });
      while (made.told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      await made.as("ann").approvals.approve(made.told[0].approval_id);
      assert.deepEqual(await taking, { done: true });
    }
    // Decided before anybody looks: the pause between two looks is 5 seconds.
    const notify = async ([{ kind, approval_id }]) => void (kind === "action_approval_requested" && (await rejecting.as("ann").approvals.reject(approval_id, "no")));
    const rejecting = await guarded({ onHold: "wait" }, { policies, functions: { notify } });
    assert.equal((await thrownBy(rejecting.action({}))).message, "the approval was refused: no");
    assert.deepEqual(rejecting.calls, []);
  });

  test("waits no longer than asked, withdraws its approval, and holds nothing", async () => {
    const control = new AbortController();
    for (const onHold of [{ pollMs: 1, timeoutMs: 5 }, { signal: control.signal }]) {
      const { action, calls, all, service } = await guarded({ cost: 10, onHold }, { policies });
      const taking = action({});
      if ("signal" in onHold) setTimeout(() => control.abort(new Error("enough")), 5);
      assert.match((await thrownBy(taking)).message, /nobody decided|enough/);
      assert.deepEqual([calls, all("action_approval").map(({ status }) => status)], [[], ["cancelled"]]);
      assert.equal((await service.ask({ name: "other", cost_usd: 10 })).decision, "allow");
    }
  });

  test("is denied where its approval expires, or the world has changed", async () => {
    const { action, clock, calls, host } = await guarded({ onHold: () => void (clock.now += HOUR) }, { policies });
    assert.equal((await thrownBy(action({}))).message, "nobody approved the call in time");
    assert.deepEqual(calls, []);
    const made = await guarded({ agent_id: "bot", onHold: async ({ approval_id }) => {
      await made.as("ann").approvals.approve(approval_id);
      await made.as("adam").killSwitches.kill("agent", "bot", "enough");
    } }, { policies });
    assert.equal((await thrownBy(made.action({}))).reason_code, "AGENT_KILLED");
    assert.deepEqual(made.calls, []);
    assert.ok(host);
  });

  test("whose handler throws, or does not wait, does not run", async () => {
    const boom = new Error("boom");
    const first = await guarded({ onHold: () => { throw boom; } }, { policies });
    assert.equal(await thrownBy(first.action({})), boom);
    const second = await guarded({ onHold: () => {} }, { policies });
    assert.ok((await thrownBy(second.action({}))) instanceof ActionHeldError);
    assert.deepEqual([first.calls, second.calls], [[], []]);
  });
});

describe("a guard that could not work", () => {
  test("is refused when it is made", async () => {
    const { service } = await organisation();
    const wrong = [
      [undefined, { action: "pay" }, undefined],
      [() => 1, {}, "/action"],
      [() => 1, null, undefined],
      [() => 1, { action: "pay", costs: 1 }, "/costs"],
      [() => 1, { action: "pay", settle: 1 }, "/settle"],
      [() => 1, { action: "pay", kwargs: [] }, "/kwargs"],
      [() => 1, { action: "pay", agent_id: undefined }, "/agent_id"],
      [() => 1, { action: "pay", onHold: "wiat" }, undefined],
      [() => 1, { action: "pay", onHold: { pollMs: 0 } }, "/pollMs"],
    ];
    for (const [run, options, path] of wrong) throwsCode(() => service.guard(run, options), "malformed_request", path === undefined ? {} : { path });
  });

  test("stays as it was made", async () => {
    const options = { action: "pay", cost: 1 };
    const { service, spent } = await organisation({ policies: [{ session_budget: 10 }] });
    const pay = service.guard(() => 1, options);
    options.cost = 0;
    await pay();
    assert.equal(spent(), "1");
  });
});
