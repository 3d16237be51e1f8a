// Decisions on actions from JavaScript: authorize, ask, resume, what becomes of calls, and failures, which never become an allow.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { actions, hostOver } from "regate";
import { HOUR, SECOND, organisation } from "./action-organisation.mjs";
import { refused, rejectsCode, throwsCode } from "./regate-error.mjs";

const word = ({ decision, reason_code }) => (reason_code === undefined ? decision : `${decision} ${reason_code}`);

describe("a call", () => {
  test("is allowed, costs, is settled, and its result is recorded", async () => {
    const { service, spent, audit } = await organisation({ policies: [{ session_budget: 1 }] });
    const allowed = await service.authorize({ name: "search", cost_usd: 0.4, session_id: "s" });
    assert.deepEqual([allowed.decision, allowed.policy_ids, allowed.reservation.amount_usd], ["allow", ["p-1"], 0.4]);
    assert.equal(spent("s"), "0.4");
    const { id } = allowed.reservation;
    const recorded = await service.recordResult(id, { outcome: "success", result: { hits: 3 }, cost_usd: 0.25 });
    assert.deepEqual(recorded, { reservation_id: id, status: "settled", cost_usd: 0.25, has_result: true, late: false });
    assert.equal(spent("s"), "0.25");
    assert.deepEqual(await service.settle(id, 0.25), recorded);
    await refused(() => service.settle(id, 0.3), "wrong_state", 409);
    await refused(() => service.release(id), "wrong_state", 409);
    assert.equal(word(await service.authorize({ name: "search", cost_usd: 0.76, session_id: "s" })), "deny BUDGET_EXCEEDED");
    assert.deepEqual(audit(), ["action/authorize allow", "action/result", "action/authorize deny"]);
  });

  test("that was never made gives everything back, once", async () => {
    const { service, spent } = await organisation({ policies: [{ session_budget: 1, rate_limits: { a: { max_count: 1, window_seconds: 60 } } }] });
    const { reservation } = await service.authorize({ name: "a", cost_usd: 1 });
    assert.equal(word(await service.authorize({ name: "a" })), "deny RATE_LIMITED");
    assert.equal((await service.release(reservation.id)).status, "released");
    assert.equal((await service.release(reservation.id)).status, "released");
    assert.equal(spent(), "0");
    assert.equal(word(await service.authorize({ name: "a", cost_usd: 1 })), "allow");
  });

  test("is asked about, and nothing is kept of it", async () => {
    const { service, spent, all } = await organisation({ policies: [{ session_budget: 1, loop_rules: { a: { threshold: 2, window_seconds: 60 } } }] });
    for (let i = 0; i < 3; i++) {
      const asked = await service.ask({ name: "a", cost_usd: 1 }, { explain: true });
      assert.deepEqual([asked.decision, asked.reservation], ["allow", undefined]);
      assert.deepEqual(asked.checks.at(-1), { check: "approval", outcome: "passed" });
    }
    assert.deepEqual([spent(), all("audit"), all("action_loops")], ["0", [], []]);
  });

  test("is explained where that is asked for", async () => {
    const { service } = await organisation({ policies: [{ denied_actions: ["a"] }] });
    const { checks } = await service.authorize({ name: "a" }, { explain: true });
    assert.deepEqual(checks.at(-1), { check: "denied_actions", outcome: "refused" });
    assert.equal((await service.authorize({ name: "a" })).checks, undefined);
    await rejectsCode(service.authorize({ name: "a" }, { explian: true }), "malformed_request", { path: "/explian" });
  });

  test("with an idempotency key is made once", async () => {
    const { service, spent } = await organisation({ policies: [{ run_budget: 1 }] });
    const call = { name: "pay", cost_usd: 0.5, run_id: "r", idempotency_key: "k" };
    const { reservation } = await service.authorize(call);
    assert.equal(word(await service.authorize(call)), "deny IDEMPOTENCY_IN_PROGRESS");
    await service.recordResult(reservation.id, { outcome: "success", result: { receipt: 7 } });
    const again = await service.authorize(call);
    assert.deepEqual([again.decision, again.idempotent_replay.value, again.reservation], ["allow", { receipt: 7 }, undefined]);
    assert.equal(spent(), "0.5");
  });
});

describe("a cost that is no amount", () => {
  const NO_AMOUNTS = [NaN, -1, -Infinity, Infinity, "5", null, undefined, {}, [1], true, () => 1, Symbol("1"), new Date(0), new Map()];
  for (const enforcement_mode of ["fail_open", "fail_closed_writes", "fail_closed"]) {
    test(`is denied with nothing changed: ${enforcement_mode}`, async () => {
      for (const policies of [[], [{ strict_mode: false }], [{ session_budget: 1 }]]) {
        const { service, store, all } = await organisation({ policies, settings: { enforcement_mode } });
        const before = JSON.stringify(store.list({ kind: "action_account", limit: 10, cursor: null }));
        for (const cost_usd of NO_AMOUNTS) {
          for (const fail_closed of [undefined, true, false]) {
            const call = { name: "a", cost_usd, impact: "read", ...(fail_closed === undefined ? {} : { fail_closed }) };
            for (const decision of [await service.authorize(call), await service.ask(call)]) {
              assert.deepEqual([decision.decision, decision.reason_code, decision.recoverable], ["deny", "INVALID_COST", false], String(cost_usd));
            }
          }
        }
        assert.equal(JSON.stringify(store.list({ kind: "action_account", limit: 10, cursor: null })), before);
        assert.deepEqual(store.list({ kind: "action_reservation", limit: 10, cursor: null }).records, []);
        assert.deepEqual(all("audit"), []);
      }
    });
  }

  test("is an amount where it is a BigInt or a negative nothing", async () => {
    const { service, spent } = await organisation({ policies: [{ session_budget: 5 }] });
    assert.equal(word(await service.authorize({ name: "a", cost_usd: 5n })), "allow");
    assert.equal(word(await service.authorize({ name: "a", cost_usd: -0 })), "allow");
    assert.equal(spent(), "5");
  });

  test("is refused where a call is settled, and the call stays as it was", async () => {
    const { service, spent } = await organisation({ policies: [{ session_budget: 1 }] });
    const { reservation } = await service.authorize({ name: "a", cost_usd: 1 });
    for (const cost of NO_AMOUNTS) {
      await refused(() => service.settle(reservation.id, cost), "invalid_request", 400, /amount/);
      if (cost !== undefined) await refused(() => service.recordResult(reservation.id, { outcome: "success", cost_usd: cost }), "invalid_request", 400);
    }
    assert.equal(spent(), "1");
  });
});

describe("the caller's mistakes are thrown", () => {
  test("what JSON cannot say, with its place", async () => {
    const { service, all } = await organisation({ policies: [{}] });
    const wrong = [
      [{ at: new Map() }, "/call/kwargs/at"],
      [{ list: [1, NaN] }, "/call/kwargs/list/1"],
      [{ list: [, 1] }, "/call/kwargs/list/0"],
      [{ f() {} }, "/call/kwargs/f"],
      [{ half: "\ud800" }, "/call/kwargs/half"],
      [{ id: 2n ** 64n + 1n }, "/call/kwargs/id"],
      [{ get own() { throw new Error("mine"); } }, "/call/kwargs/own"],
    ];
    for (const [kwargs, path] of wrong) await rejectsCode(service.authorize({ name: "a", kwargs }), "input_not_json", { path });
    const cycle = {};
    cycle.cycle = cycle;
    await rejectsCode(service.ask({ name: "a", kwargs: cycle }), "input_not_json");
    assert.equal(word(await service.authorize({ name: "a", kwargs: { id: 2n ** 60n } })), "allow", "a number holds it");
    assert.equal(all("audit").length, 1);
  });

  test("what is no call, and whoever may not", async () => {
    const { service, as } = await organisation({ policies: [{}] });
    for (const call of [null, undefined, "a", [], { nmae: "a" }, { name: 1 }, { name: "a", tags: "x" }, { name: "a", kwargs: [] }]) {
      await rejectsCode(service.authorize(call), "malformed_request");
    }
    await refused(() => service.authorize({ name: " " }), "invalid_request", 400);
    await refused(() => service.authorize({ name: "a", agent_id: "" }), "invalid_request", 400, /leave it out/);
    await refused(() => as("eve").authorize({ name: "a" }), "not_permitted", 403);
    await refused(() => as("nobody").authorize({ name: "a" }), "unauthorized", 401);
    await refused(() => service.resume("no-such", { name: "a" }), "not_found", 404);
    await refused(() => service.settle("no-such", 1), "not_found", 404);
  });

  test("a service without an organisation, or with a misspelt option", () => {
    const host = hostOver({ read: () => [], commit: () => "ok", list: () => ({ records: [], cursor: null }) }, { who: () => null, notify() {} });
    throwsCode(() => actions(host), "malformed_request", { path: "/org_id" });
    throwsCode(() => actions(host, { org_id: "o-1", aksre: 1 }), "malformed_request", { path: "/aksre" });
  });
});

describe("a host that fails", () => {
  const call = { name: "a", cost_usd: 0.5, session_id: "s" };
  const failing = {
    "load throws": (host) => (host.load = () => { throw new Error("s3cret"); }),
    "load gives nothing": (host) => (host.load = () => []),
    "load gives a malformed fact": (host) => {
      const { load } = host;
      host.load = async (needs) => (await load(needs)).map((fact) => (fact.need.record === "action_account" ? { ...fact, version: "1", value: { spent: "much" } } : fact));
    },
    "load gives a set-up that cannot be used": (host) => {
      const { load } = host;
      host.load = async (needs) => (await load(needs)).map((fact) => (fact.need.record === "configuration" ? { ...fact, version: "1", value: 5 } : fact));
    },
    "who throws": (host) => (host.who = () => { throw new Error("s3cret"); }),
    "who gives no identity": (host) => (host.who = () => ({ may: "trigger" })),
    "now gives no time": (host) => (host.now = () => NaN),
    "newId throws": (host) => (host.newId = () => { throw new Error("s3cret"); }),
    "commit throws": (host) => (host.commit = () => { throw new Error("s3cret"); }),
    "commit answers something else": (host) => (host.commit = () => true),
    "commit meets conflicts that do not end": (host) => (host.commit = () => "conflict"),
    "load throws a proxy": (host) => (host.load = () => { throw new Proxy({}, { get() { throw new Error("s3cret"); } }); }),
  };
  for (const [what, fail] of Object.entries(failing)) {
    test(`denies: ${what}`, async () => {
      const { host, service, spent } = await organisation({ policies: [{ session_budget: 1 }] });
      fail(host);
      const decision = await service.authorize(call);
      const { reason_code, policy_rule, recoverable, reservation, remediation } = decision;
      assert.deepEqual([decision.decision, reason_code, policy_rule, recoverable, reservation], ["deny", "EVALUATION_ERROR", "evaluation_error", false, undefined]);
      assert.equal(remediation.reason_code, "EVALUATION_ERROR");
      assert.ok(Object.hasOwn(decision, "failure"));
      assert.ok(!JSON.stringify(decision).includes("s3cret"), "what a callback throws is repeated to nobody");
      assert.ok(!Object.keys({ ...decision }).includes("failure"));
      if (!what.startsWith("commit")) assert.equal(word(await service.ask(call)), "deny EVALUATION_ERROR");
      assert.equal(spent("s"), "0");
    });
  }

  test("what it threw is there for its own log", async () => {
    const { host, service } = await organisation({ policies: [{}] });
    const thrown = new Error("the database is gone");
    host.load = () => { throw thrown; };
    assert.equal((await service.authorize(call)).failure, thrown);
  });

  test("a commit whose reply is lost is sent again, and the call is taken once", async () => {
    const { host, service, spent, audit } = await organisation({ policies: [{ session_budget: 1 }] });
    const { commit } = host;
    let sent = 0;
    host.commit = (change) => {
      const answer = commit(change);
      if (sent++ === 0) throw new Error("the line broke");
      return answer;
    };
    assert.equal(word(await service.authorize(call)), "allow");
    assert.deepEqual([spent("s"), audit()], ["0.5", ["action/authorize allow"]]);
  });

  test("a commit of which nobody knows whether it was performed is a denial, which says what may have been taken", async () => {
    const { host, service, spent } = await organisation({ policies: [{ session_budget: 1 }] });
    const { commit } = host;
    let sent = 0;
    host.commit = (change) => {
      const answer = commit(change);
      if (sent++ < 2) throw new Error("the line broke");
      return answer;
    };
    const denied = await service.authorize(call);
    assert.equal(word(denied), "deny EVALUATION_ERROR");
    assert.equal(spent("s"), "0.5");
    assert.equal((await service.release(denied.details.reservation_id)).status, "released");
    assert.equal(spent("s"), "0");
  });

  test("a commit that certainly was not performed leaves nothing to give back", async () => {
    const { host, service } = await organisation({ policies: [{ session_budget: 1 }] });
    host.commit = () => "conflict";
    assert.deepEqual((await service.authorize(call)).details, { code: "conflict_not_resolved" });
  });
});

describe("many calls at once", () => {
  test("200 on a budget that admits 10: exactly 10 are allowed", async () => {
    const { service, spent, audit } = await organisation({ policies: [{ session_budget: 1 }], later: true });
    const decisions = await Promise.all(Array.from({ length: 200 }, () => service.authorize({ name: "a", cost_usd: 0.1, session_id: "s" })));
    assert.deepEqual([decisions.filter(({ decision }) => decision === "allow").length, spent("s")], [10, "1"]);
    assert.ok(decisions.every((decision) => ["allow", "deny BUDGET_EXCEEDED"].includes(word(decision))));
    assert.equal(audit().length, 200);
  });

  test("200 of different sessions, on a budget that they share", async () => {
    const policies = [{ scope: "agent", target_id: "bot", session_budget: 1 }];
    const { service, audit } = await organisation({ policies, settings: { budget_accounts: "scope" }, later: true });
    const calls = Array.from({ length: 200 }, (_, at) => ({ name: "a", cost_usd: 0.1, session_id: `s-${at}`, agent_id: "bot" }));
    const decisions = await Promise.all(calls.map((call) => service.authorize(call)));
    assert.equal(decisions.filter(({ decision }) => decision === "allow").length, 10);
    assert.deepEqual(decisions.filter(({ reason_code }) => reason_code === "EVALUATION_ERROR"), []);
    assert.equal(audit().length, 200);
  });

  test("two processes on one store", async () => {
    const { host, service, spent } = await organisation({ policies: [{ session_budget: 1 }], later: true });
    const other = actions({ ...host }, { org_id: "o-1", asker: "agent" });
    const decisions = await Promise.all(Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? service : other).authorize({ name: "a", cost_usd: 0.1 })));
    assert.deepEqual([decisions.filter(({ decision }) => decision === "allow").length, spent()], [10, "1"]);
  });

  test("calls of different sessions do not wait for each other", async () => {
    const { host, service } = await organisation({ policies: [{ session_budget: 1 }] });
    const { commit } = host;
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    host.commit = async (change) => {
      if (change.put.some(({ key }) => key === "session/slow")) await gate;
      return commit(change);
    };
    const slow = service.authorize({ name: "a", session_id: "slow" });
    const { reservation } = await service.authorize({ name: "a", session_id: "quick" });
    await service.settle(reservation.id, 0);
    release();
    assert.equal(word(await slow), "allow");
  });
});

describe("an approval", () => {
  const policies = [{ require_approval: true, approval_actions: ["pay"], default_approvers: ["ann@example.com"], session_budget: 10, approval_timeout_seconds: 600 }];
  const call = { name: "pay", cost_usd: 4, session_id: "s", kwargs: { to: "b" } };
  async function held(more) {
    const made = await organisation({ policies, ...more });
    const decision = await made.service.authorize(call);
    assert.equal(decision.decision, "require_approval");
    return { ...made, decision, approval: decision.approval.approval_id, reservation: decision.reservation.id };
  }

  test("is given, and the call resumed once", async () => {
    const { service, as, approval, reservation, told, spent } = await held();
    assert.deepEqual([(await service.resume(reservation, call)).decision, spent("s")], ["require_approval", "0"]);
    await refused(() => as("bob").approvals.approve(approval), "not_permitted", 403);
    assert.equal((await as("ann").approvals.approve(approval, "fine")).status, "approved");
    assert.deepEqual(told.map(({ kind }) => kind), ["action_approval_requested", "action_approval_decided"]);
    assert.equal(word(await service.resume(reservation, call)), "allow");
    assert.equal(spent("s"), "4");
    await refused(() => service.resume(reservation, call), "wrong_state", 409);
  });

  test("counts for the same call alone", async () => {
    const { service, as, approval, reservation, spent } = await held();
    await as("ann").approvals.approve(approval);
    const other = await service.resume(reservation, { ...call, kwargs: { to: "mallory" } });
    assert.deepEqual([word(other), spent("s")], ["deny POLICY_VIOLATION", "0"]);
    assert.match(other.message, /other arguments/);
  });

  for (const [name, end] of Object.entries({
    rejected: ({ as, approval }) => as("ann").approvals.reject(approval, "not now"),
    withdrawn: ({ service, approval }) => service.approvals.cancel(approval),
    expired: ({ clock }) => void (clock.now += HOUR),
  })) {
    test(`that is ${name} denies the call, however often it is resumed, and holds nothing`, async () => {
      const made = await held();
      await end(made);
      for (let i = 0; i < 2; i++) assert.equal(word(await made.service.resume(made.reservation, call)), "deny POLICY_VIOLATION");
      assert.equal(word(await made.service.ask({ ...call, name: "other", cost_usd: 10 })), "allow");
    });
  }

  test("is asked about, answered and waited for", async () => {
    const { service, as, approval } = await held();
    const questions = [];
    const waiting = service.approvals.waitFor(approval, {
      pollMs: 2,
      onInfoRequested: ({ info_request_message }) => {
        questions.push(info_request_message);
        return "for the office";
      },
    });
    await as("ann").approvals.requestInfo(approval, "what for?");
    while ((await as("ann").approvals.get(approval)).status !== "pending") await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal((await as("ann").approvals.get(approval)).info_response, "for the office");
    await as("ann").approvals.approve(approval);
    assert.equal((await waiting).status, "approved");
    assert.deepEqual(questions, ["what for?"]);
    assert.deepEqual((await as("ann").approvals.list()).approvals.map(({ status }) => status), ["approved"]);
  });

  test("is waited for no longer than asked", async () => {
    const { service, host, approval } = await held();
    await rejectsCode(service.approvals.waitFor(approval, { pollMs: 1, timeoutMs: 10 }), "approval_timed_out");
    const control = new AbortController();
    const waiting = service.approvals.waitFor(approval, { pollMs: 10_000, signal: control.signal });
    control.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    for (const wrong of [{ pollMs: 0 }, { timeoutMs: "1" }, { pollms: 1 }, null]) await rejectsCode(service.approvals.waitFor(approval, wrong), "malformed_request");
    const { load } = host;
    let failures = 4;
    host.load = (needs) => {
      if (failures-- > 0) throw new Error("down");
      return load(needs);
    };
    await rejectsCode(service.approvals.waitFor(approval, { pollMs: 1, timeoutMs: 100 }), "approval_timed_out");
    failures = 5;
    await rejectsCode(service.approvals.waitFor(approval, { pollMs: 1 }), "host_failed");
  });
});

describe("what is given back late takes nothing from others", () => {
  const once = { rate_limits: { a: { max_count: 2, window_seconds: 60 } } };

  test("a slot that has left its window", async () => {
    const { service, clock } = await organisation({ policies: [once] });
    const first = await service.authorize({ name: "a" });
    clock.now += 70 * SECOND;
    for (let i = 0; i < 2; i++) assert.equal(word(await service.authorize({ name: "a" })), "allow");
    await service.release(first.reservation.id);
    assert.equal(word(await service.authorize({ name: "a" })), "deny RATE_LIMITED");
  });

  test("a hold whose time was up", async () => {
    const approval = { require_approval: true, approval_tags: ["t"], approval_timeout_seconds: 10 };
    const { service, clock } = await organisation({ policies: [{ ...once, ...approval }] });
    const held = await service.authorize({ name: "a", tags: ["t"] });
    clock.now += 11 * SECOND;
    for (let i = 0; i < 2; i++) assert.equal(word(await service.authorize({ name: "a" })), "allow");
    await service.release(held.reservation.id);
    assert.equal(word(await service.authorize({ name: "a" })), "deny RATE_LIMITED");
  });

  test("what a run spent before it began anew", async () => {
    const { service, as } = await organisation({ policies: [{ run_budget: 1 }] });
    const call = { name: "a", cost_usd: 1, run_id: "r", session_id: "s" };
    const old = [await service.authorize(call), undefined];
    assert.deepEqual(await as("adam").resetRun({ session_id: "s", run_id: "r" }), { run_id: "r" });
    old[1] = await service.authorize(call);
    await as("adam").resetRun({ session_id: "s", run_id: "r" });
    assert.equal(word(await service.authorize(call)), "allow");
    await service.release(old[0].reservation.id);
    await service.settle(old[1].reservation.id, 0);
    assert.equal(word(await service.authorize(call)), "deny BUDGET_EXCEEDED");
  });

  test("what is held in a run stays held when it begins anew", async () => {
    const { service, as } = await organisation({ policies: [{ run_budget: 1, require_approval: true, approval_tags: ["t"] }] });
    const call = { name: "a", cost_usd: 1, run_id: "r", tags: ["t"] };
    const { approval, reservation } = await service.authorize(call);
    await as("adam").resetRun({ run_id: "r" });
    assert.equal(word(await service.authorize({ ...call, tags: [] })), "deny BUDGET_EXCEEDED");
    await as("ann").approvals.approve(approval.approval_id);
    assert.equal(word(await service.resume(reservation.id, call)), "allow");
    await service.release(reservation.id);
    assert.equal(word(await service.authorize({ ...call, tags: [] })), "allow");
  });
});

describe("a moderator", () => {
  const policies = [{ moderation_rules: { say: { strictness: "strict" } } }];
  const call = { name: "say", kwargs: { to: "b", lines: ["hello", { text: "there" }], count: 2 } };

  test("is shown every text with its place, and what it says is judged", async () => {
    const seen = [];
    const moderate = (request) => {
      seen.push(request);
      return request.texts.filter(({ text }) => text === "there").map(({ field_path }) => ({ flagged: true, categories: ["violence"], field_path }));
    };
    const { service } = await organisation({ policies, functions: { moderate } });
    const denied = await service.authorize(call);
    assert.equal(word(denied), "deny CONTENT_MODERATED");
    assert.deepEqual(denied.details.fields, ["lines[1].text"]);
    assert.deepEqual(seen, [{
      org_id: "o-1",
      action: "say",
      arguments: call.kwargs,
      texts: [{ field_path: "to", text: "b" }, { field_path: "lines[0]", text: "hello" }, { field_path: "lines[1].text", text: "there" }],
    }]);
    assert.equal(word(await service.authorize({ name: "say", kwargs: { to: "b" } })), "allow");
  });

  for (const [name, moderate] of Object.entries({
    "that is not there": undefined,
    "that does not know of what is asked": () => null,
    "that gives nothing": () => undefined,
    "that throws": () => { throw new Error("s3cret"); },
    "that gives no list": () => "fine",
  })) {
    test(`${name} is no allow`, async () => {
      const { service } = await organisation({ policies, functions: moderate === undefined ? {} : { moderate } });
      assert.equal(word(await service.authorize(call)), "deny EVALUATION_ERROR");
      assert.equal(word(await service.authorize({ name: "other", kwargs: call.kwargs })), "allow", "and nobody asks it of other actions");
    });
  }

  test("that thinks for long keeps nobody else waiting, and is asked once", async () => {
    let asked = 0;
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    const moderate = async () => (asked++, await gate, []);
    const { host, service } = await organisation({ policies, functions: { moderate } });
    const { commit } = host;
    let conflicts = 2;
    host.commit = (change) => (change.put.some(({ key }) => key.startsWith("session/")) && conflicts-- > 0 ? "conflict" : commit(change));
    const slow = service.authorize(call);
    conflicts = 0;
    assert.equal(word(await service.authorize({ name: "other" })), "allow");
    conflicts = 2;
    release();
    assert.deepEqual([word(await slow), asked], ["allow", 1]);
  });
});

describe("a call that was decided later than it was asked", () => {
  const slow = () => {
    let release;
    let begin;
    const gate = new Promise((resolve) => (release = resolve));
    const begun = new Promise((resolve) => (begin = resolve));
    return { release, begun, moderate: async () => (begin(), await gate, []) };
  };
  const moderated = { moderation_rules: { say: {} } };
  const say = { name: "say", kwargs: { text: "hello" } };

  test("counts in the rate as of then", async () => {
    const { release, begun, moderate } = slow();
    const { service, clock } = await organisation({ policies: [{ ...moderated, rate_limits: { say: { max_count: 2, window_seconds: 60 } } }], functions: { moderate } });
    clock.now += 30 * SECOND;
    const late = service.authorize(say);
    await begun;
    clock.now += 31 * SECOND;
    assert.equal(word(await service.authorize({ name: "say" })), "allow");
    release();
    assert.equal(word(await late), "allow");
    clock.now += 30 * SECOND;
    assert.equal(word(await service.authorize({ name: "say" })), "deny RATE_LIMITED", "three in 60 seconds");
  });

  test("has an exception that is over by then", async () => {
    const { release, begun, moderate } = slow();
    const { service, as, clock } = await organisation({ policies: [{ denied_actions: ["say"] }, moderated], functions: { moderate } });
    const expires_at = new Date(clock.now + 10 * SECOND).toISOString();
    await as("adam").exceptions.create("p-1", { agent_ids: ["bot"], reason: "a minute", expires_at });
    const late = service.authorize({ ...say, agent_id: "bot" });
    await begun;
    clock.now += 11 * SECOND;
    release();
    assert.equal(word(await late), "deny DENIED_ACTION");
  });
});

describe("what is long over", () => {
  const DAY = 24 * HOUR;

  test("is forgotten by a sweep, in as many steps as are wanted, and what was spent stays", async () => {
    const { service, as, clock, all, spent } = await organisation({ policies: [{ require_approval: true, approval_actions: ["held"], rate_limits: { x: { max_count: 100, window_seconds: 60 } } }] });
    for (let i = 0; i < 60; i++) await service.authorize({ name: "x", cost_usd: 1, idempotency_key: `k-${i}` });
    await service.authorize({ name: "held" });
    assert.deepEqual(await service.sweep(), { forgotten: 0, cursor: null });
    clock.now += 31 * DAY;
    const young = await service.authorize({ name: "x", cost_usd: 1, idempotency_key: "young" });
    let swept = { forgotten: 0, cursor: null };
    let forgotten = 0;
    let parts = 0;
    do {
      swept = await service.sweep({ steps: 2, cursor: swept.cursor });
      forgotten += swept.forgotten;
      parts += 1;
    } while (swept.cursor !== null);
    // Calls and keys of 61 and 60, an approval, and that it waits; the rate has a young call.
    assert.deepEqual([forgotten, parts > 2], [61 + 60 + 2, true]);
    const left = ["action_reservation", "action_idempotency", "action_approval", "action_waiting", "action_rate"].map((kind) => all(kind).filter((value) => value !== null).length);
    assert.deepEqual([left, spent()], [[1, 1, 0, 0, 1], "61"]);
    assert.equal((await service.settle(young.reservation.id, 0.5)).status, "settled");
    assert.deepEqual(await service.sweep({ olderThanSeconds: 86_400 }), { forgotten: 0, cursor: null });
    assert.deepEqual((await as("ann").approvals.pending()).approvals, []);
  });

  test("is no younger than a day, and only options that there are count", async () => {
    const { service } = await organisation({ policies: [{}] });
    await refused(() => service.sweep({ olderThanSeconds: 60 }), "invalid_request", 400);
    for (const options of [{ steps: 0 }, { steps: "all" }, { older: 1 }, null]) await rejectsCode(service.sweep(options), "malformed_request");
    await refused(() => service.sweep({ cursor: "nowhere" }), "invalid_request", 400);
  });
});

describe("who sees what", () => {
  test("interventions and the decision log are for whoever may read", async () => {
    const { service, as } = await organisation({ policies: [{ denied_actions: ["x"] }] });
    await service.authorize({ name: "x", agent_id: "bot" });
    await service.authorize({ name: "y", agent_id: "bot" });
    const { data } = await as("eve").interventions.list({ type: "hard_block", agent_id: "bot" });
    assert.deepEqual(data.map(({ action_name, outcome, policy_id }) => [action_name, outcome, policy_id]), [["x", "blocked", "p-1"]]);
    assert.deepEqual((await as("eve").interventions.list({ agent_id: "other" })).data, []);
    const page = await as("eve").decisions.list({ limit: 1 });
    const rest = await as("eve").decisions.list({ limit: 1, cursor: page.cursor });
    assert.deepEqual([...page.decisions, ...rest.decisions].map(({ input, result }) => `${input.name} ${result.decision}`), ["x deny", "y allow"]);
    assert.equal(rest.cursor, null);
    await refused(() => service.interventions.list(), "not_permitted", 403);
    await refused(() => service.decisions.list(), "not_permitted", 403);
    await refused(() => as("eve").decisions.list({ limit: 0 }), "invalid_request", 400);
    await refused(() => as("eve").decisions.list({ cursor: "x" }), "invalid_request", 400);
  });

  test("rights on an agent are asked of the host for that agent", async () => {
    const asked = [];
    const who = ({ asker, resource }) => {
      asked.push(`${resource.type}/${resource.id}`);
      return { id: asker, email: null, org_role: null, is_session: false, may: resource.id === "mine" ? ["trigger"] : [] };
    };
    const { service } = await organisation({ policies: [{}], functions: { who } });
    assert.equal(word(await service.authorize({ name: "a", agent_id: "mine" })), "allow");
    await refused(() => service.authorize({ name: "a", agent_id: "other" }), "not_permitted", 403);
    await refused(() => service.authorize({ name: "a" }), "not_permitted", 403);
    assert.deepEqual(asked, ["agent/mine", "agent/other", "org/o-1"]);
  });
});
