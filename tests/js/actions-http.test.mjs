// Action policies over HTTP: paths, bodies and codes, and what a client that knows only those of the platform gets.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { actionHandler } from "regate";
import { organisation, SECOND } from "./action-organisation.mjs";
import { throwsCode } from "./regate-error.mjs";

const PEOPLE = ["adam", "ann", "bob", "eve", "agent"];

/** An organisation behind a handler, and calls of it by somebody. */
async function server({ options = {}, ...more } = {}) {
  const made = await organisation(more);
  const { who } = made.host;
  made.host.who = ({ asker, ...rest }) => {
    const name = typeof asker === "string" ? asker : asker.headers.get("x-user");
    if (name === "broken") throw new Error("s3cret");
    return PEOPLE.includes(name) ? who({ asker: name, ...rest }) : null;
  };
  const handler = actionHandler(made.host, { org_id: "o-1", ...options });
  const call = async (user, method, path, body) => {
    const init = { method, headers: user === null ? {} : { "x-user": user } };
    if (body !== undefined) init.body = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await handler(new Request(`https://gate.example${path}`, init));
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
  };
  return { ...made, handler, call };
}

describe("a call over HTTP", () => {
  test("is decided on, settled, and its result recorded", async () => {
    const { call, spent } = await server({ policies: [{ session_budget: 1 }] });
    const asked = await call("agent", "POST", "/actions/check?explain=true", { name: "search", cost_usd: 0.5 });
    assert.deepEqual([asked.status, asked.body.decision, asked.body.checks.length, spent()], [200, "allow", 15, "0"]);
    const allowed = await call("agent", "POST", "/actions/authorize", { name: "search", cost_usd: 0.5 });
    assert.deepEqual([allowed.status, allowed.body.decision, allowed.body.checks], [200, "allow", undefined]);
    const { id } = allowed.body.reservation;
    assert.deepEqual((await call("agent", "POST", `/actions/${id}/result`, { outcome: "success", result: 1 })).body.status, "open");
    const settled = await call("agent", "POST", `/actions/${id}/settle`, { cost_usd: 0.25 });
    assert.deepEqual([settled.status, settled.body.status, spent()], [200, "settled", "0.25"]);
    const second = (await call("agent", "POST", "/actions/authorize", { name: "search", cost_usd: 0.75 })).body.reservation.id;
    assert.equal((await call("agent", "POST", `/actions/${second}/release`)).body.status, "released");
    assert.equal((await call("agent", "POST", `/actions/${id}/release`)).status, 409);
    assert.equal((await call("agent", "POST", "/actions/no-such/settle", { cost_usd: 1 })).status, 404);
    const denied = await call("agent", "POST", "/actions/authorize", { name: "search", cost_usd: 5 });
    assert.deepEqual([denied.status, denied.body.decision, denied.body.reason_code], [200, "deny", "BUDGET_EXCEEDED"]);
    assert.equal((await call("adam", "POST", "/runs/reset", { session_id: "s", run_id: "r" })).body.run_id, "r");
    // Of one moment, so in no order.
    const log = (await call("eve", "GET", "/decisions")).body.decisions.map(({ path }) => path).toSorted();
    assert.deepEqual(log, ["authorize", "authorize", "authorize", "release", "reset", "result", "settle"].map((what) => `action/${what}`));
    assert.equal((await call("eve", "GET", "/decisions?limit=2&skip=6")).body.decisions.length, 1);
  });

  test("has a cost that is no amount: a denial, never an allow", async () => {
    const { call } = await server({ settings: { enforcement_mode: "fail_open" } });
    for (const cost_usd of ["NaN", -1, "1", null, {}, [], true]) {
      assert.equal((await call("agent", "POST", "/actions/authorize", { name: "a", cost_usd })).body.reason_code, "INVALID_COST", JSON.stringify(cost_usd));
    }
    assert.equal((await call("agent", "POST", "/actions/authorize", '{"name":"a","cost_usd":1e999}')).body.reason_code, "INVALID_COST");
  });

  test("whose host fails is a denial without details", async () => {
    const { call, host } = await server({ policies: [{}] });
    const broken = await call("broken", "POST", "/actions/authorize", { name: "a" });
    assert.deepEqual([broken.status, broken.body.decision, broken.body.reason_code], [200, "deny", "EVALUATION_ERROR"]);
    host.load = () => { throw new Error("s3cret"); };
    const failed = await call("agent", "POST", "/actions/authorize", { name: "a" });
    assert.deepEqual([failed.status, failed.body.decision], [200, "deny"]);
    assert.ok(!JSON.stringify([broken.body, failed.body]).includes("s3cret"));
    assert.deepEqual(await call("adam", "GET", "/policies").then(({ status, body }) => [status, body]), [500, { error: "the host failed", code: "host_failed" }]);
  });

  test("that nobody, or nobody entitled, makes", async () => {
    const { call } = await server({ policies: [{}] });
    assert.equal((await call(null, "POST", "/actions/authorize", { name: "a" })).status, 401);
    assert.equal((await call("eve", "POST", "/actions/authorize", { name: "a" })).status, 403);
  });

  test("that is no call is 422 with what is wrong", async () => {
    const { call, all } = await server({ policies: [{}], options: { bodyBytes: 100 } });
    const wrong = [
      ["{", undefined],
      ["null", undefined],
      ['{"nmae":"a"}', undefined],
      ['{"name":"a","kwargs":{"id":12345678901234567890}}', undefined],
      ['{"name":""}', "/call/name"],
      [new Uint8Array([0xff]), undefined],
    ];
    for (const [body, path] of wrong) {
      const { status, body: answer } = await call("agent", "POST", "/actions/authorize", body);
      assert.deepEqual([status, answer.errors.length, typeof answer.error, typeof answer.code], [422, 1, "string", "string"], String(body));
      if (path !== undefined) assert.deepEqual([answer.path, answer.errors[0].path], [path, path.split("/").slice(1)]);
    }
    assert.equal((await call("agent", "POST", "/actions/authorize", JSON.stringify({ name: "a".repeat(100) }))).status, 413);
    assert.equal((await call("agent", "POST", "/actions/authorize?explain=1", { name: "a" })).status, 422);
    assert.deepEqual(all("audit"), []);
  });
});

describe("an approval over HTTP", () => {
  const policies = [{ require_approval: true, approval_actions: ["pay"], session_budget: 10, approval_timeout_seconds: 600 }];

  test("is waited for, answered, given, and the call resumed", async () => {
    const { call } = await server({ policies });
    const pay = { name: "pay", cost_usd: 1, kwargs: { to: "b" } };
    const { approval, reservation } = (await call("agent", "POST", "/actions/authorize", pay)).body;
    const path = `/approvals/${approval.approval_id}`;
    assert.equal((await call("agent", "GET", `${path}/poll`)).body.status, "pending");
    assert.equal((await call("agent", "POST", `/actions/${reservation.id}/resume`, pay)).body.decision, "require_approval");
    assert.equal((await call("ann", "POST", `${path}/request-info`, { question: "why?" })).body.info_request_message, "why?");
    assert.deepEqual((await call("ann", "GET", "/approvals/pending")).body.approvals.map(({ status }) => status), ["info_requested"]);
    assert.equal((await call("agent", "POST", `${path}/respond`, { response: "rent" })).body.status, "pending");
    assert.equal((await call("agent", "POST", `${path}/approve`)).status, 403, "a service is no person");
    assert.equal((await call("ann", "POST", `${path}/approve`, { notes: "fine" })).body.status, "approved");
    assert.equal((await call("ann", "POST", `${path}/approve`)).status, 409);
    assert.equal((await call("ann", "GET", path)).body.decision_notes, "fine");
    assert.equal((await call("agent", "POST", `/actions/${reservation.id}/resume`, pay)).body.decision, "allow");
    assert.equal((await call("agent", "GET", "/approvals/none")).status, 404);
  });

  test("is refused, or withdrawn", async () => {
    const { call } = await server({ policies });
    for (const [user, verb, status] of [["ann", "reject", "rejected"], ["agent", "cancel", "cancelled"]]) {
      const { approval, reservation } = (await call("agent", "POST", "/actions/authorize", { name: "pay" })).body;
      assert.equal((await call(user, "POST", `/approvals/${approval.approval_id}/${verb}`)).body.status, status);
      assert.equal((await call("agent", "POST", `/actions/${reservation.id}/resume`, { name: "pay" })).body.reason_code, "POLICY_VIOLATION");
    }
  });

  test("is not listed by words that there are not: a list that is empty by mistake says that nothing waits", async () => {
    const { call, service } = await server({ policies });
    await service.authorize({ name: "pay", agent_id: "a", risk_level: "high" });
    await service.authorize({ name: "pay", agent_id: "b", risk_level: "low" });
    for (const [path, parameter, words] of [
      ["status=aproved", "status", /`pending`, .*`info_requested`/],
      ["status=", "status", /`pending`/],
      ["priority=urgent", "priority", /`critical`, `high`, `medium`, `low`$/],
      ["risk_level=HIGH", "risk_level", /`critical`, .*`minimal`$/],
      ["include_expired=1", "include_expired", /`true`, `false`$/],
      ["status=constructor", "status", /`pending`/],
    ]) {
      for (const list of ["/approvals", "/approvals/pending"]) {
        const { status, body } = await call("eve", "GET", `${list}?${path}`);
        assert.deepEqual([status, body.code, body.path, body.errors.length], [422, "invalid_request", `/${parameter}`, 1], `${list}?${path}`);
        assert.match(body.error, words);
      }
    }
    const agents = async (query) => (await call("eve", "GET", `/approvals${query}`)).body.approvals.map(({ agent_id }) => agent_id).toSorted();
    assert.deepEqual([await agents("?include_expired=false"), await agents("/pending?agent_id=a"), await agents("/pending?risk_level=low")], [["a", "b"], ["a"], ["b"]]);
    assert.deepEqual([await agents("?agent_id=nobody"), await agents("/pending?status=info_requested")], [[], []]);
  });

  test("and everything else that is long over is forgotten, for whom the host lets", async () => {
    const maySweep = (request) => request.headers.get("x-timer") === "mine";
    const { call, clock, service, handler } = await server({ policies, options: { maySweep } });
    await service.authorize({ name: "pay" });
    clock.now += 31 * 24 * 3600 * SECOND;
    assert.equal((await call("adam", "POST", "/sweep")).status, 403);
    const sweep = async (body) => {
      const answer = await handler(new Request("https://host/sweep", { method: "POST", headers: { "x-timer": "mine" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
      return [answer.status, await answer.json()];
    };
    assert.deepEqual(await sweep({ steps: 1 }), [200, { forgotten: 1, cursor: "1/" }]);
    assert.deepEqual(await sweep({ cursor: "1/", older_than_seconds: 86_400 }), [200, { forgotten: 2, cursor: null }]);
    assert.deepEqual(await sweep(), [200, { forgotten: 0, cursor: null }]);
    assert.equal((await sweep({ older_than_seconds: 1 }))[0], 422);
    assert.equal((await sweep({ everything: true }))[0], 422);
  });

  test("is listed by what it is about, page by page", async () => {
    const { call, clock, as, service } = await server({ policies });
    for (let i = 0; i < 45; i++) {
      const { approval } = await service.authorize({ name: "pay", agent_id: i % 2 === 0 ? "even" : "odd", risk_level: i < 5 ? "high" : "low" });
      if (i % 5 === 0) await as("ann").approvals.reject(approval.approval_id);
      if (i === 39) clock.now += 601 * SECOND;
    }
    const count = async (query) => (await call("eve", "GET", `/approvals${query}`)).body.approvals.length;
    // 9 were rejected; 5 of the last 5 are young, of which one was rejected; the other 32 have expired.
    assert.deepEqual([await count("?limit=1000"), await count("?include_expired=true&limit=1000"), await count("?status=expired"), await count("?status=pending")], [13, 45, 32, 4]);
    assert.deepEqual([await count("?agent_id=odd&include_expired=true"), await count("?risk_level=high&status=rejected"), await count("?priority=high")], [22, 1, 0]);
    assert.equal((await call("eve", "GET", "/approvals/pending")).body.approvals.length, 4);
    const everything = [];
    let cursor = "";
    do {
      const { body } = await call("eve", "GET", `/approvals?include_expired=true&agent_id=odd&limit=4${cursor}`);
      everything.push(...body.approvals.map(({ approval_id }) => approval_id));
      cursor = body.cursor === null ? null : `&cursor=${encodeURIComponent(body.cursor)}`;
    } while (cursor !== null);
    assert.deepEqual([everything.length, new Set(everything).size], [22, 22]);
    const skipped = (await call("eve", "GET", "/approvals?include_expired=true&agent_id=odd&skip=20&limit=1")).body.approvals;
    assert.deepEqual(skipped.map(({ approval_id }) => approval_id), everything.slice(20, 21));
    for (const query of ["?limit=0", "?limit=1001", "?skip=x", "?staus=pending", "?cursor=x"]) assert.equal((await call("eve", "GET", `/approvals${query}`)).status, 422, query);
  });

  test("is asked for as the platform's clients do", async () => {
    const { call, spent } = await server({ policies });
    const body = { action_name: "deploy", action_description: "to production", agent_id: "bot", estimated_cost: 2, priority: "medium", risk_level: "medium", timeout_seconds: 3600, action_inputs: { to: "prod" }, context: { tags: ["t"] }, callback_url: null, run_id: null, task_id: null, mission_id: null };
    const made = await call("agent", "POST", "/approvals", body);
    assert.equal(made.status, 201);
    const { approval_id, status, created_at, expires_at, reservation_id } = made.body;
    assert.equal(status, "pending");
    assert.ok(Date.parse(expires_at) > Date.parse(created_at));
    const approval = (await call("ann", "GET", `/approvals/${approval_id}`)).body;
    assert.deepEqual([approval.action_name, approval.description, approval.action_inputs, approval.tags, approval.estimated_cost_usd], ["deploy", "to production", { to: "prod" }, ["t"], 2]);
    await call("ann", "POST", `/approvals/${approval_id}/approve`);
    const resumed = await call("agent", "POST", `/actions/${reservation_id}/resume`, { name: "deploy", cost_usd: 2, kwargs: { to: "prod" }, agent_id: "bot" });
    assert.deepEqual([resumed.body.decision, spent()], ["allow", "2"]);
    const named = await call("agent", "POST", "/approvals", { action_name: "deploy", description: "d", estimated_cost_usd: 1 });
    assert.equal(named.status, 201);
    const denied = await call("agent", "POST", "/approvals", { action_name: "deploy", estimated_cost_usd: 100 });
    assert.deepEqual([denied.status, denied.body.detail.reason_code], [403, "BUDGET_EXCEEDED"]);
    assert.equal((await call("agent", "POST", "/approvals", { description: "d" })).status, 422);
  });

  test("is asked after before a call", async () => {
    const { call, all } = await server({ policies });
    const asked = await call("agent", "POST", "/approvals/check?action_name=pay&cost_usd=1");
    assert.deepEqual([asked.status, asked.body.requires_approval, asked.body.timeout_seconds, asked.body.matched_criterion], [200, true, 600, "approval_actions"]);
    assert.deepEqual((await call("agent", "POST", "/approvals/check?action_name=other&cost_usd=1")).body.requires_approval, false);
    const denied = (await call("agent", "POST", "/approvals/check?action_name=pay&cost_usd=11")).body;
    assert.deepEqual([denied.requires_approval, denied.decision, denied.reason_code], [false, "deny", "BUDGET_EXCEEDED"]);
    for (const cost of ["NaN", "", "Infinity", "x", "-1"]) {
      assert.equal((await call("agent", "POST", `/approvals/check?action_name=pay&cost_usd=${cost}`)).body.reason_code, "INVALID_COST", cost);
    }
    assert.equal((await call("agent", "POST", "/approvals/check")).status, 422);
    assert.deepEqual(all("audit"), []);
  });
});

describe("a budget over HTTP", () => {
  test("is reserved, and given back", async () => {
    const { call, spent } = await server({ policies: [{ session_budget: 1 }] });
    const held = await call("agent", "POST", "/budgets/reserve", { action_name: "a", estimated_cost_usd: 0.75, run_id: "r", group_id: "g" });
    assert.deepEqual([held.status, held.body.amount_usd, spent()], [201, 0.75, "0.75"]);
    assert.match(held.body.expires_at, /^2024-11-20T12:15:00/);
    const refused = await call("agent", "POST", "/budgets/reserve", { action_name: "a", estimated_cost_usd: 0.5 });
    assert.equal(refused.status, 402);
    assert.deepEqual(refused.body.detail, { reason_code: "BUDGET_EXCEEDED", budget_type: "session", spent: 1.25, limit: 1 });
    await call("agent", "POST", `/actions/${held.body.reservation_id}/release`);
    assert.equal(spent(), "0");
  });

  test("is refused with 402 whatever stands against the call: its client would go on after anything else", async () => {
    const { call } = await server({ policies: [{ denied_actions: ["x"], require_approval: true, approval_actions: ["pay"] }] });
    const denied = await call("agent", "POST", "/budgets/reserve", { action_name: "x", estimated_cost_usd: 0 });
    assert.deepEqual([denied.status, denied.body.detail], [402, { reason_code: "DENIED_ACTION" }]);
    const held = await call("agent", "POST", "/budgets/reserve", { action_name: "pay", estimated_cost_usd: 0 });
    assert.deepEqual([held.status, held.body.code, held.body.detail], [402, "APPROVAL_REQUIRED", { reason_code: "APPROVAL_REQUIRED" }]);
    assert.equal((await call("broken", "POST", "/budgets/reserve", { action_name: "y", estimated_cost_usd: 0 })).status, 402);
  });
});

describe("a budget that is refused over HTTP", () => {
  const policies = [{ session_budget: 1, require_approval: true, approval_actions: ["pay"] }];
  const pay = { action_name: "pay", estimated_cost_usd: 1, agent_id: "bot" };

  test("holds nothing and asks nobody any more: its client cannot resume the call", async () => {
    const { call, all, service } = await server({ policies });
    const held = await call("agent", "POST", "/budgets/reserve", pay);
    assert.equal(held.status, 402);
    assert.match(held.body.error, /POST \/approvals/);
    assert.deepEqual([all("action_approval").map(({ status }) => status), all("action_reservation").map(({ status }) => status)], [["cancelled"], ["released"]]);
    assert.deepEqual((await call("ann", "GET", "/approvals/pending")).body.approvals, []);
    assert.equal((await service.ask({ name: "other", cost_usd: 1 })).decision, "allow");
  });

  test("holds nothing for a call that was approved meanwhile either", async () => {
    const notify = async ([{ kind, approval_id }]) => void (kind === "action_approval_requested" && (await made.as("ann").approvals.approve(approval_id)));
    const made = await server({ policies, functions: { notify } });
    const held = await made.call("agent", "POST", "/budgets/reserve", pay);
    assert.deepEqual([held.status, held.body.detail], [402, { reason_code: "APPROVAL_REQUIRED" }]);
    assert.deepEqual([made.all("action_approval").map(({ status }) => status), made.all("action_reservation").map(({ status }) => status)], [["approved"], ["released"]]);
  });

  test("says what is held where that cannot be given back", async () => {
    const { call, host, all } = await server({ policies });
    const { commit } = host;
    let sent = 0;
    host.commit = (change) => {
      if (change.put.some(({ kind }) => kind === "action_approval") && sent++ > 0) throw new Error("down");
      return commit(change);
    };
    const held = await call("agent", "POST", "/budgets/reserve", pay);
    const [{ approval_id, reservation_id }] = all("action_approval");
    assert.deepEqual([held.status, held.body.detail, sent > 0], [402, { reason_code: "APPROVAL_REQUIRED", approval_id, reservation_id }, true]);
    host.commit = commit;
    assert.equal((await call("agent", "POST", `/approvals/${approval_id}/cancel`)).body.status, "cancelled");
  });

  test("gives back what may have been taken where nobody knows what became of the commit", async () => {
    for (const [path, body, status] of [["/budgets/reserve", { ...pay, action_name: "look" }, 402], ["/approvals", pay, 403]]) {
      const { call, host, spent, all } = await server({ policies });
      const { commit } = host;
      let sent = 0;
      host.commit = (change) => {
        const answer = commit(change);
        if (sent++ < 2) throw new Error("the line broke");
        return answer;
      };
      const refused = await call("agent", "POST", path, body);
      assert.deepEqual([refused.status, refused.body.code], [status, "EVALUATION_ERROR"]);
      assert.deepEqual([spent(), all("action_reservation").map(({ status }) => status)], ["0", ["released"]]);
    }
  });
});

describe("the set-up over HTTP", () => {
  test("policies with their versions", async () => {
    const { call } = await server({ options: { base: "/api/v1" } });
    const api = (user, method, path, body) => call(user, method, `/api/v1${path}`, body);
    const made = await api("adam", "POST", "/policies/", { name: "safety", denied_actions: ["a"] });
    assert.deepEqual([made.status, made.body.name], [201, "safety"]);
    const { id } = made.body;
    assert.equal((await api("adam", "POST", "/policies/", { name: "safety" })).status, 409);
    assert.deepEqual((await api("eve", "GET", "/policies/")).body, (await api("eve", "GET", "/policies")).body);
    assert.equal((await api("eve", "GET", `/policies/${id}/`)).body.id, id);
    assert.equal((await api("adam", "PUT", `/policies/${id}`, { name: "safety", denied_actions: ["b"] })).body.newest_version, 2);
    assert.deepEqual((await api("adam", "PATCH", `/policies/${id}`, { session_budget: 3 })).body.denied_actions, ["b"]);
    assert.equal((await api("adam", "POST", `/policies/${id}/disable`)).body.enabled, false);
    assert.equal((await api("adam", "POST", `/policies/${id}/enable`)).body.enabled, true);
    const versions = (await api("eve", "GET", `/policies/${id}/versions?skip=0&limit=50`)).body.data;
    assert.deepEqual(versions.map(({ version_number }) => version_number), [1, 2, 3, 4, 5]);
    assert.deepEqual((await api("eve", "GET", `/policies/${id}/versions?skip=1&limit=2`)).body.data.map(({ version_number }) => version_number), [2, 3]);
    const draft = await api("adam", "POST", `/policies/${id}/versions`, { name: "safety", denied_actions: ["c"] });
    assert.deepEqual([draft.status, draft.body.status], [201, "draft"]);
    const version = `/policies/${id}/versions/${encodeURIComponent(draft.body.id)}`;
    assert.equal((await api("eve", "GET", version)).body.version_number, 6);
    assert.equal((await api("adam", "POST", `${version}/submit`)).body.status, "in_review");
    assert.equal((await api("ann", "POST", `${version}/review`)).body.reviewer_id, "ann");
    assert.equal((await api("adam", "POST", `${version}/activate`)).body.current_version_id, draft.body.id);
    const diff = await api("eve", "POST", `/policies/${id}/versions/${versions[1].id}/diff`, { version: versions[0].id });
    assert.deepEqual(diff.body.fields, { denied_actions: { added: ["a"], removed: ["b"] } });
    assert.equal((await api("adam", "POST", `/policies/${id}/versions/${versions[0].id}/rollback`)).body.newest_version, 7);
    const wrong = await api("adam", "POST", `${version}/rollback/`);
    assert.equal(wrong.status, 200, "it was in force before the rollback");
    const again = await api("adam", "POST", `${version}/activate`);
    assert.deepEqual([again.status, again.body.reason], [409, "INVALID_VERSION_STATE"]);
    assert.deepEqual([(await api("adam", "DELETE", `/policies/${id}`)).status, (await api("adam", "GET", `/policies/${id}`)).status], [204, 404]);
  });

  test("a policy that is not valid is 422 with everything that is wrong", async () => {
    const { call } = await server();
    const wrong = await call("adam", "POST", "/policies", { name: "p", session_budget: -1, runbudget: 1 });
    assert.equal(wrong.status, 422);
    assert.deepEqual(wrong.body.errors.map(({ code, path }) => [code, path]), [["UNKNOWN_FIELD", ["runbudget"]], ["RANGE", ["session_budget"]]]);
    assert.deepEqual([typeof wrong.body.error, wrong.body.code], ["string", "invalid_request"]);
  });

  test("policies are compiled and merged, and stored nowhere", async () => {
    const { call, all } = await server({ options: { convert: () => ({ denied_actions: ["drop"] }) } });
    const compiled = await call("eve", "POST", "/policies/compile", { source: "session_budget: 1\n", source_format: "yaml", name: "p" });
    assert.deepEqual([compiled.status, compiled.body.ok, compiled.body.policy.session_budget], [200, true, 1]);
    const wrong = await call("eve", "POST", "/policies/compile", { source: "session_budget: -1\n", source_format: "yaml", name: "p" });
    assert.deepEqual([wrong.status, wrong.body.errors.map(({ line, column, code }) => [line, column, code])], [422, [[1, 17, "RANGE"]]]);
    const prose = await call("eve", "POST", "/policies/compile", { source: "never drop tables", source_format: "prose", name: "p" });
    assert.deepEqual(prose.body.policy.denied_actions, ["drop"]);
    assert.equal((await call("eve", "POST", "/policies/compile", { source: 1, source_format: "yaml" })).status, 422);
    const merged = await call("eve", "POST", "/policies/merge", { policies: [{ id: "a", session_budget: 3 }, { id: "b", session_budget: 2 }] });
    assert.deepEqual([merged.body.merged.session_budget, merged.body.conflicts.length], [2, 1]);
    assert.equal((await call("eve", "POST", "/policies/merge", { policies: [{ session_budget: -2 }] })).status, 422);
    assert.deepEqual(all("action_policy"), []);
  });

  test("what stores nothing is not for nobody either: above all a language model that reads prose", async () => {
    let asked = 0;
    const { call } = await server({ options: { bodyBytes: 200, convert: () => (asked++, {}) } });
    const prose = { source: "never drop tables", source_format: "prose", name: "p" };
    for (const [path, body] of [["compile", prose], ["merge", { policies: [] }], ["simulate", { policies: [], calls: [] }]]) {
      const answer = await call(null, "POST", `/policies/${path}`, body);
      assert.deepEqual([answer.status, answer.body.code], [401, "unauthorized"], path);
      assert.equal((await call(null, "POST", `/policies/${path}`, "x".repeat(300))).status, 401, "the body of nobody is not read");
      const broken = await call("broken", "POST", `/policies/${path}`, body);
      assert.deepEqual([broken.status, broken.body], [500, { error: "the host failed", code: "host_failed" }], path);
      assert.equal((await call("agent", "POST", `/policies/${path}`, body)).status, 200, path);
    }
    assert.equal(asked, 1);
  });

  test("a ledger is simulated, and nothing is stored", async () => {
    const { call, all } = await server();
    const entry = (action, cost_usd) => ({ timestamp: "2026-03-02T09:00:00Z", action, cost_usd, outcome: "success", session_id: "s" });
    const request = { candidate: [{ id: "new", denied_actions: ["drop"] }], base: [{ id: "old" }], ledger_entries: [entry("look", 1), entry("drop", 0)] };
    const { status, body } = await call("eve", "POST", "/policies/simulate", request);
    assert.deepEqual([status, body.results.map(({ changed }) => changed), body.summary.newly_blocked], [200, ["none", "newly_blocked"], 1]);
    assert.equal((await call("eve", "POST", "/policies/simulate", { policies: [] })).status, 422);
    assert.deepEqual(all("audit"), []);
  });

  test("exceptions", async () => {
    const { call } = await server({ policies: [{ denied_actions: ["x"] }] });
    const made = await call("adam", "POST", "/policies/p-1/exceptions", { agent_ids: ["bot"], reason: "once", max_uses: 1 });
    assert.equal(made.status, 201);
    assert.equal((await call("agent", "POST", "/actions/authorize", { name: "x", agent_id: "bot" })).body.exceptions_applied[0], made.body.id);
    assert.deepEqual((await call("eve", "GET", "/policies/p-1/exceptions")).body.data.map(({ uses }) => uses), [1]);
    const path = `/policies/p-1/exceptions/${made.body.id}`;
    assert.equal((await call("eve", "GET", path)).body.is_live, false);
    assert.deepEqual([(await call("adam", "DELETE", path)).status, (await call("adam", "DELETE", path)).status], [204, 404]);
    assert.equal((await call("adam", "POST", "/policies/p-1/exceptions", { agent_ids: ["bot"], reason: "for ever" })).status, 422);
  });

  test("kill switches", async () => {
    const { call } = await server({ policies: [{}] });
    const bot = { target_type: "agent", target_id: "bot" };
    const check = async () => (await call("eve", "GET", "/kill-switch/check?target_type=agent&target_id=bot")).body.is_killed;
    assert.equal((await call("adam", "POST", "/kill-switch/kill", { ...bot, reason: "wild" })).body.killed_by, "adam");
    assert.equal((await call("adam", "POST", "/kill-switch/kill", bot)).status, 409);
    assert.equal(await check(), true);
    assert.deepEqual((await call("eve", "GET", "/kill-switch/active?skip=0&limit=100")).body.data.map(({ target_id }) => target_id), ["bot"]);
    assert.equal((await call("adam", "POST", "/kill-switch/revive", bot)).body.is_active, false);
    assert.equal((await call("adam", "POST", "/kill-switch/revive", bot)).status, 404);
    assert.equal(await check(), false);
    assert.equal((await call("adam", "POST", "/kill-switch/kill", { target_type: "group", target_id: "g" })).status, 422);
    assert.equal((await call("eve", "GET", "/kill-switch/check")).status, 422);
  });

  test("sync, settings and a test alert", async () => {
    const { call, told } = await server({ policies: [{ default_approvers: ["ann@example.com"] }, { scope: "agent", target_id: "bot" }] });
    const synced = await call("agent", "GET", "/policies/sync?agent_id=bot");
    assert.deepEqual([synced.status, synced.body.policies.length], [200, 2]);
    assert.equal((await call("agent", "GET", `/policies/sync?agent_id=bot&etag=${encodeURIComponent(synced.body.etag)}`)).body.not_modified, true);
    assert.equal((await call("agent", "GET", "/policies/sync?agentid=bot")).status, 422);
    assert.equal((await call("adam", "PUT", "/settings", { reservation_seconds: 60 })).body.reservation_seconds, 60);
    assert.equal((await call("eve", "GET", "/settings")).body.reservation_seconds, 60);
    assert.equal((await call("adam", "PUT", "/settings", { reservation_seconds: 0 })).status, 422);
    assert.deepEqual((await call("adam", "POST", "/policies/p-1/test-alert")).body.recipients, ["ann@example.com"]);
    assert.equal((await call("adam", "POST", "/policies/p-2/test-alert")).status, 409);
    assert.deepEqual(told.map(({ kind }) => kind), ["action_test_alert"]);
  });

  test("interventions by what they are about", async () => {
    const { call, service } = await server({ policies: [{ denied_actions: ["x"], session_budget: 1 }] });
    for (let i = 0; i < 30; i++) await service.authorize({ name: i % 3 === 0 ? "x" : "y", cost_usd: 0.5, agent_id: `bot-${i % 2}` });
    const count = async (query) => (await call("eve", "GET", `/interventions${query}`)).body.data.length;
    assert.deepEqual([await count("?type=hard_block"), await count("?type=budget_exceeded"), await count("?action_name=x&agent_id=bot-0")], [10, 18, 5]);
    assert.deepEqual([await count("?limit=7"), await count("?type=hard_block&limit=3"), await count("?type=hard_block&skip=8")], [7, 3, 2]);
    assert.deepEqual([await count("?start_date=2024-11-20T12:00:01Z"), await count("?end_date=2024-11-20T12:00:01Z&limit=1000")], [0, 29]);
    for (const query of ["?type=none", "?tpye=hard_block", "?start_date=yesterday"]) assert.equal((await call("eve", "GET", `/interventions${query}`)).status, 422, query);
  });
});

describe("paths", () => {
  test("that are not there, and methods that are not for them", async () => {
    const { call } = await server({ options: { base: "/api" } });
    for (const path of ["/policies", "/api", "/api/", "/apipolicies", "/api/nothing", "/api/actions//settle", "/api/actions/%/settle"]) assert.equal((await call("adam", "GET", path)).status, 404, path);
    const wrong = await call("adam", "DELETE", "/api/policies");
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST, GET"]);
    assert.equal((await call("eve", "GET", "/api/policies///")).status, 200);
  });

  test("of the organisation that a request names", async () => {
    const { host } = await server();
    const seen = [];
    host.who = ({ org_id }) => (seen.push(org_id), null);
    const handler = actionHandler(host, { org_id: async (request) => new URL(request.url).hostname.split(".")[0] });
    assert.equal((await handler(new Request("https://acme.example/policies"))).status, 401);
    assert.deepEqual(seen, ["acme"]);
    throwsCode(() => actionHandler(host, { org_id: "o-1", bsae: "/api" }), "malformed_request", { path: "/bsae" });
  });
});
