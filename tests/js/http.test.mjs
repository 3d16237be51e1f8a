// Governance as an HTTP handler: the paths, bodies and codes of a run from the set-up to the last vote, and what is refused.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RefusedError, actionHandler, governanceHandler, hostOver, providerTokens } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { NO_DESTROYS, planOf } from "./plans.mjs";

const VERBS = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];
const PEOPLE = {
  adam: { org_role: "admin", is_session: true, may: VERBS },
  ann: { org_role: "member", is_session: true, may: ["read", "approve", "reject"] },
  ci: { org_role: null, is_session: false, may: ["trigger", "read"] },
};

function server(options = {}, functions = {}) {
  const clock = { now: Date.UTC(2024, 10, 20, 12) };
  const notices = [];
  const secrets = new Map();
  const host = hostOver(memoryStore(), {
    who: ({ asker }) => {
      const name = asker.headers.get("x-user");
      if (name === null || !Object.hasOwn(PEOPLE, name)) throw new Error("nobody");
      return { id: name, email: `${name}@example.com`, ...PEOPLE[name] };
    },
    notify: (told) => void notices.push(...told),
    isMember: (user) => user === "ann",
    now: () => clock.now,
    ...providerTokens((id) => secrets.get(id)),
    storeSecret: (id, secret) => void secrets.set(id, secret),
    ...functions,
  });
  const handler = governanceHandler(host, { org_id: "o-1", ...options });
  const call = async (user, method, path, body, headers = {}) => {
    const init = { method, headers: { ...(user === null ? {} : { "x-user": user }), ...headers } };
    if (body !== undefined) init.body = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await handler(new Request(`https://gate.example${path}`, init));
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
  };
  return { call, clock, notices, secrets };
}

async function prepared(options, functions) {
  const made = server(options, functions);
  const { status } = await made.call("adam", "PUT", "/workspaces/w-1", { name: "shop", project_id: "p-1" });
  assert.equal(status, 200);
  return made;
}

describe("a run over HTTP", () => {
  test("from the set-up to the last vote", async () => {
    const { call, notices } = await prepared();
    const set = await call("adam", "POST", "/policy-sets", { name: "safety", enforcement: "advisory" });
    assert.deepEqual([set.status, set.body.effective_role], [201, "admin"]);
    const policy = await call("adam", "POST", `/policy-sets/${set.body.id}/policies`, { name: "destroys", rego_source: NO_DESTROYS });
    assert.equal(policy.status, 201);
    assert.deepEqual((await call("adam", "GET", `/policy-sets/${set.body.id}/policies`)).body.length, 1);
    const rule = await call("adam", "POST", "/approval-rules", { name: "owners", approver_type: "team", approver_id: "t-1" });
    assert.equal(rule.status, 201);
    const run = await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push", changeset: { source_type: "git", source_ref: "abc" } });
    assert.deepEqual([run.status, run.body.status], [201, "queued"]);
    const { id } = run.body;
    const planned = await call("ci", "POST", `/runs/${id}/plan`, planOf("destroy"));
    assert.deepEqual([planned.status, planned.body.run.status, planned.body.decision.kind], [200, "pending_approval", "hold"]);
    assert.deepEqual((await call("ci", "POST", `/runs/${id}/plan`, planOf("destroy"))).body, planned.body);
    assert.equal((await call("ci", "POST", `/runs/${id}/plan`, planOf("add"))).status, 409);
    assert.equal((await call("ann", "GET", `/runs/${id}/approval-requirements`)).body.length, 1);
    assert.deepEqual((await call("ann", "GET", `/runs/${id}/policy-results`)).body.map(({ passed }) => passed), [false]);
    assert.equal((await call("ann", "POST", `/runs/${id}/governance-preview`)).body.approval_preview.would_require_approval, true);
    assert.equal((await call("ann", "POST", `/workspaces/w-2/runs/${id}/approve`, {})).status, 404, "the run lies in another workspace");
    assert.equal((await call("ci", "POST", `/workspaces/w-1/runs/${id}/approve`, {})).status, 403);
    assert.equal((await call("ann", "POST", `/workspaces/w-1/runs/${id}/renotify`)).status, 200);
    assert.equal((await call("ann", "POST", `/workspaces/w-1/runs/${id}/renotify`)).status, 429);
    const approved = await call("ann", "POST", `/workspaces/w-1/runs/${id}/approve`, { comment: "fine" });
    assert.deepEqual([approved.status, approved.body.status], [200, "completed"]);
    assert.equal((await call("ann", "POST", `/workspaces/w-1/runs/${id}/approve`)).status, 409);
    assert.deepEqual((await call("ann", "GET", `/workspaces/w-1/runs/${id}/approvals`)).body.map(({ comment }) => comment), ["fine"]);
    assert.deepEqual((await call("ann", "GET", `/runs/${id}/governance-timeline`)).body.map(({ event_type }) => event_type), [
      "policy_evaluated",
      "requirement_active",
      "approvers_notified",
      "approval_received",
      "requirement_satisfied",
    ]);
    assert.deepEqual(notices.map(({ kind }) => kind), ["approval_requested", "approval_requested", "run_decided"]);
    const log = await call("ann", "GET", `/runs/${id}/decision-log`);
    assert.deepEqual(log.body.map(({ path, result }) => [path, result.decision.kind]), [["governance/run", "hold"], ["governance/approval", "allow"]]);
    const apply = await call("adam", "POST", `/workspaces/w-1/changesets/${id}/apply`);
    assert.deepEqual([apply.status, apply.body.run.status], [201, "queued"]);
    const applyId = encodeURIComponent(apply.body.run.id);
    assert.equal((await call("ci", "POST", `/runs/${applyId}/applied`)).body.status, "completed");
    assert.equal((await call("adam", "POST", `/workspaces/w-1/changesets/${id}/discard`)).status, 409);
  });

  test("lists the runs of the organisation and of a workspace", async () => {
    const { call } = await prepared();
    await call("adam", "PUT", "/workspaces/w-2", { name: "other", project_id: "p-1" });
    const [first, second] = [await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" }), await call("ci", "POST", "/workspaces/w-2/runs", { trigger: "push" })];
    const idsOf = ({ body }) => body.runs.map(({ id }) => id).toSorted();
    assert.deepEqual(idsOf(await call("ann", "GET", "/runs")), [first.body.id, second.body.id].toSorted());
    assert.deepEqual((await call("ann", "GET", "/workspaces/w-2/runs")).body, { runs: [second.body], cursor: null });
    const page = await call("ann", "GET", "/runs?limit=1");
    assert.equal(page.body.runs.length, 1);
    const rest = await call("ann", "GET", `/runs?limit=1&cursor=${encodeURIComponent(page.body.cursor)}`);
    assert.deepEqual([...idsOf(page), ...idsOf(rest)].toSorted(), [first.body.id, second.body.id].toSorted());
    assert.equal(rest.body.cursor, null);
    for (const query of ["limit=0", "limit=101", "limit=x"]) assert.equal((await call("ann", "GET", `/runs?${query}`)).status, 400, query);
    assert.deepEqual((await call("ann", "GET", "/runs?cursor=x")).body.path, "/cursor");
    assert.equal((await call(null, "GET", "/runs")).status, 500, "who asks cannot be told");
    assert.equal((await call("ann", "GET", "/workspaces/w-1/runs?limit=0")).status, 400);
  });

  test("a check comes back with its token", async () => {
    const { call, secrets } = await prepared();
    const provider = (await call("adam", "POST", "/external-check-providers", { name: "scan", callback_url: "https://scan.example/" })).body;
    const secret = await call("adam", "POST", `/external-check-providers/${provider.id}/secret`, { api_token: "s3cret" });
    assert.deepEqual([secret.status, secret.body], [204, null]);
    assert.equal((await call("adam", "POST", `/external-check-providers/${provider.id}/scopes`, { scope_type: "org", scope_id: "o-1" })).status, 201);
    const { id } = (await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" })).body;
    await call("ci", "POST", `/runs/${id}/plan`, planOf("add"));
    const token = await providerTokens((provider) => secrets.get(provider)).sign(provider.id, `${provider.id}:${id}`);
    const path = `/runs/${id}/external-checks/${provider.id}`;
    const bearer = { authorization: `Bearer ${token}` };
    assert.equal((await call(null, "POST", path, { decision: "pass" })).status, 401);
    assert.equal((await call(null, "POST", path, "no json")).status, 401, "the token is looked at first");
    assert.equal((await call(null, "POST", path, { decision: "pass" }, { authorization: "Bearer 00" })).status, 401);
    assert.equal((await call(null, "POST", path, "no json", bearer)).status, 400);
    assert.equal((await call(null, "POST", path, { decision: "maybe" }, bearer)).status, 400);
    const misspelt = await call(null, "POST", path, { decision: "pass", raeson: "clean" }, bearer);
    assert.deepEqual([misspelt.status, misspelt.body.path], [400, "/raeson"]);
    const passed = await call(null, "POST", path, { decision: "pass", reason: "clean" }, bearer);
    assert.deepEqual([passed.status, passed.body], [200, { run_id: id, status: "completed" }], "a provider learns no more of the run");
    assert.equal((await call(null, "POST", path, { decision: "fail" }, bearer)).status, 409);
  });

  test("a check whose token nobody can verify now may be sent again", async () => {
    const down = () => {
      throw new Error("the vault of s3cret");
    };
    const { call } = await prepared({}, { verify: down });
    const { id } = (await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" })).body;
    for (const body of [{ decision: "pass" }, "no json"]) {
      const { status, body: said } = await call(null, "POST", `/runs/${id}/external-checks/scan`, body, { authorization: "Bearer 00" });
      assert.deepEqual([status, said], [500, { error: "the host failed", code: "host_failed" }]);
    }
  });

  test("the sweep is for the host's own timer", async () => {
    const options = { maySweep: (request) => request.headers.get("x-timer") === "yes" };
    const { call, clock } = await prepared(options);
    await call("adam", "POST", "/approval-rules", { name: "owners", approver_type: "team", approver_id: "t-1", timeout_hours: 1, escalation_action: "auto_approve" });
    const { id } = (await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" })).body;
    await call("ci", "POST", `/runs/${id}/plan`, planOf("add"));
    clock.now += 3_600_000;
    assert.equal((await call("adam", "POST", "/sweep")).status, 403);
    assert.equal((await (await prepared()).call("adam", "POST", "/sweep", undefined, { "x-timer": "yes" })).status, 403);
    assert.deepEqual((await call(null, "POST", "/sweep", undefined, { "x-timer": "yes" })).body.swept.map(({ run_id }) => run_id), [id]);
    assert.equal((await call("ci", "GET", `/runs/${id}`)).body.status, "completed");
  });
});

test("a promotion starts runs in the workspaces that follow, where the caller may", async () => {
  const following = { "w-1": ["w-2", "w-3", "w-gone"] };
  const who = ({ asker, resource }) => {
    const name = asker.headers.get("x-user");
    const may = name === "ann" && resource.id === "w-3" ? ["read"] : name === "ann" ? ["read", "trigger"] : PEOPLE[name].may;
    return { id: name, email: `${name}@example.com`, ...PEOPLE[name], may };
  };
  const { call } = await prepared({}, { who, downstream: (id) => following[id] ?? [] });
  for (const id of ["w-2", "w-3"]) await call("adam", "PUT", `/workspaces/${id}`, { name: id, project_id: "p-1" });
  const promoted = await call("ann", "POST", "/workspaces/w-1/promote");
  assert.deepEqual([promoted.status, promoted.body.map(({ workspace_id, trigger, status, triggered_by }) => [workspace_id, trigger, status, triggered_by])], [201, [["w-2", "promotion", "queued", "ann@example.com"]]]);
  assert.deepEqual((await call("adam", "POST", "/workspaces/w-1/promote", { workspace_ids: ["w-3"] })).body.map(({ workspace_id }) => workspace_id), ["w-3"]);
  for (const [body, path] of [[{ workspace_ids: ["w-1"] }, "/workspace_ids/0"], [{ workspace_ids: "w-2" }, "/workspace_ids"]]) {
    const refused = await call("adam", "POST", "/workspaces/w-1/promote", body);
    assert.deepEqual([refused.status, refused.body.path], [400, path]);
  }
  assert.equal((await call("adam", "POST", "/workspaces/w-1/promote", { ids: [] })).status, 400);
  assert.equal((await call("adam", "POST", "/workspaces/w-9/promote")).status, 404);
  assert.deepEqual((await call("adam", "POST", "/workspaces/w-2/promote")).body, []);
  const dodged = await call("ann", "POST", "/workspaces/w-1/runs", { trigger: "promotion", promoted_from: "w-2" });
  assert.deepEqual([dodged.status, dodged.body.path], [400, "/promoted_from"]);
  assert.equal((await (await prepared()).call("adam", "POST", "/workspaces/w-1/promote")).status, 501);
  const lying = await prepared({}, { downstream: () => "w-2" });
  assert.equal((await lying.call("adam", "POST", "/workspaces/w-1/promote")).body.code, "host_failed");
});

test("a host that knows nobody of this name answers 401", async () => {
  const { call } = await prepared({}, { who: ({ asker }) => (asker.headers.get("x-user") === "adam" ? { id: "adam", email: null, ...PEOPLE.adam } : null) });
  const { status, body } = await call("mallory", "POST", "/policy-sets", { name: "s" });
  assert.deepEqual([status, body.code], [401, "unauthorized"]);
  for (const path of ["/policy-sets", "/approval-rules", "/external-check-providers", "/runs", "/workspaces/w-1/runs"]) {
    assert.equal((await call("mallory", "GET", path)).status, 401, path);
  }
});

test("what is not as it was recorded is said beside the timeline", async () => {
  const store = memoryStore();
  const who = ({ asker }) => ({ id: "ci", email: null, ...PEOPLE[asker.headers.get("x-user")] });
  const handler = governanceHandler(hostOver(store, { who, notify() {}, newId: () => `id-${Math.random()}` }), { org_id: "o-1" });
  const call = async (user, method, path, body) => handler(new Request(`https://gate.example${path}`, { method, headers: { "x-user": user }, body: JSON.stringify(body) }));
  await call("adam", "PUT", "/workspaces/w-1", { name: "shop", project_id: "p-1" });
  await call("adam", "POST", "/approval-rules", { name: "admins", approver_type: "org_role", approver_role: "admin" });
  const { id } = await (await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" })).json();
  await call("ci", "POST", `/runs/${id}/plan`, planOf("add"));
  const timeline = () => call("adam", "GET", `/runs/${id}/governance-timeline`);
  assert.equal((await timeline()).headers.get("regate-timeline-broken-at"), null);
  const [event] = store.list({ kind: "governance_event", limit: 1, cursor: null }).records;
  store.commit({ partition: event.partition, idempotency_key: "tampering", expect: [], put: [{ kind: event.kind, key: event.key, value: { ...event.value, occurred_at: "2020-01-01T00:00:00.000Z" } }], append: [] });
  assert.equal(decodeURIComponent((await timeline()).headers.get("regate-timeline-broken-at")), event.key);
});

describe("what is refused over HTTP", () => {
  test("paths, methods and whoever is nobody", async () => {
    const { call } = await prepared();
    assert.equal((await call("adam", "GET", "/")).status, 404);
    assert.equal((await call("adam", "GET", "/runs/none")).status, 404);
    assert.equal((await call("adam", "GET", "/runs/%zz")).status, 404);
    const wrong = await call("adam", "DELETE", "/policy-sets");
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST, GET"]);
    for (const user of [null, "mallory"]) {
      const { status, body } = await call(user, "GET", "/policy-sets/x");
      assert.ok(status === 404 || status === 500, String(status));
      assert.ok(!JSON.stringify(body).includes("nobody"));
      const created = await call(user, "POST", "/policy-sets", { name: "s" });
      assert.deepEqual([created.status, created.body], [500, { error: "the host failed", code: "host_failed" }]);
    }
  });

  test("bodies: no JSON, unknown fields, wrong values, too large", async () => {
    const { call } = await prepared({ planBytes: 1000 });
    assert.deepEqual((await call("adam", "POST", "/policy-sets", "{")).body, { error: "the body is not JSON", code: "invalid_request" });
    assert.equal((await call("adam", "POST", "/policy-sets", new Uint8Array([0xff]))).status, 400);
    const unknown = await call("adam", "POST", "/policy-sets", { name: "s", colour: "red" });
    assert.equal(unknown.status, 400);
    assert.match(unknown.body.error, /colour/);
    assert.equal((await call("adam", "POST", "/policy-sets", { name: "s", enforcement: "maybe" })).status, 400);
    assert.equal((await call("adam", "POST", "/policy-sets", [])).status, 400);
    assert.equal((await call("adam", "POST", "/policy-sets", `{"name":"${"x".repeat(3_000_000)}"}`)).status, 413);
    const { body: set } = await call("adam", "POST", "/policy-sets", { name: "s" });
    assert.equal((await call("adam", "PATCH", `/policy-sets/${set.id}`, {})).status, 400);
    assert.equal((await call("adam", "POST", "/policy-sets", { name: "s" })).status, 409);
    const invalid = await call("adam", "POST", `/policy-sets/${set.id}/policies`, { name: "p", rego_source: "package x" });
    assert.equal(invalid.status, 400);
    assert.ok(invalid.body.diagnostics.length > 0);
    assert.equal((await call("adam", "GET", "/policy-sets?limit=0")).status, 400);
    assert.equal((await call("adam", "GET", "/policy-sets?limit=x")).status, 400);
    for (const list of ["policy-sets", "approval-rules", "external-check-providers", `policy-sets/${set.id}/versions`]) {
      const { status, body } = await call("adam", "GET", `/${list}?cursor=x`);
      assert.deepEqual([status, body.code, body.path], [400, "invalid_request", "/cursor"], list);
    }
    assert.equal((await call("adam", "GET", `/policy-sets/${set.id}/diff?from=1`)).status, 400);
    const { id } = (await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" })).body;
    assert.equal((await call("ci", "POST", `/runs/${id}/plan`, "x".repeat(1001))).status, 413);
    assert.equal((await call("ci", "POST", `/runs/${id}/plan`, "{}")).status, 400);
    assert.equal((await call("ci", "POST", `/runs/${id}/fail`, { why: "x" })).status, 400);
    const elsewhere = await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push", workspace_id: "w-2" });
    assert.deepEqual([elsewhere.status, elsewhere.body.path], [400, "/workspace_id"]);
    const byPerson = await call("adam", "POST", "/workspaces/w-1/runs", { trigger: "schedule" });
    assert.deepEqual([byPerson.status, byPerson.body.path], [400, "/trigger"]);
    const asAnother = await call("adam", "POST", "/workspaces/w-1/runs", { trigger: "manual", triggered_by: "ann@example.com" });
    assert.deepEqual([asAnother.status, asAnother.body.path], [400, "/triggered_by"]);
    assert.equal((await call("ann", "POST", `/workspaces/w-1/runs/${id}/approve`, { comment: 1 })).status, 400);
  });

  test("a refusal is answered with everything that it says, by either handler", async () => {
    const errors = [{ code: "RANGE", path: ["session_budget"], message: "it is an amount from 0" }];
    const refusal = { code: "wrong_state", message: "it was valid once", path: "/version", reason: "INVALID_VERSION_STATE", policy_errors: errors };
    const host = hostOver(memoryStore(), { who: () => null, notify() {} });
    for (const [handlerOf, path] of [[governanceHandler, "/policy-sets"], [actionHandler, "/policies"]]) {
      const handler = handlerOf(host, { org_id: () => { throw new RefusedError(refusal); } });
      const response = await handler(new Request(`https://gate.example${path}`));
      const { code, message: error, reason } = refusal;
      assert.deepEqual([response.status, await response.json()], [409, { error, code, path: "/version", reason, errors }], path);
    }
  });

  test("the playground asks nobody, and is bounded", async () => {
    const { call } = server();
    assert.deepEqual((await call(null, "POST", "/policy-sets/validate-rego", { rego_source: NO_DESTROYS })).body.valid, true);
    const invalid = await call(null, "POST", "/policy-sets/validate-rego", { rego_source: "package x" });
    assert.deepEqual([invalid.status, invalid.body.valid], [200, false]);
    assert.deepEqual((await call(null, "POST", "/policy-sets/evaluate-rego", { rego_source: NO_DESTROYS, input: {} })).body, { deny: [], require_approval: [] });
    const http = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains http.send({}).x if true\n";
    assert.equal((await call(null, "POST", "/policy-sets/evaluate-rego", { rego_source: http })).status, 400);
    for (const path of ["/policy-sets/validate-rego", "/policy-sets/evaluate-rego"]) {
      assert.equal((await call(null, "POST", path, { rego_source: "#".repeat(70_000) })).status, 413);
      assert.equal((await call(null, "POST", path, { source: "" })).status, 400);
    }
    const without = await call(null, "POST", "/policy-sets/validate-rego", {});
    assert.deepEqual([without.status, without.body.valid], [200, false]);
    assert.equal((await call(null, "POST", "/policy-sets/evaluate-rego", { rego_source: NO_DESTROYS, input: { a: "x".repeat(2_000_000) } })).status, 413);
  });

  test("a base, and an organisation that the request names", async () => {
    const { call } = server({ base: "/api", org_id: (request) => request.headers.get("x-org") ?? "o-1" });
    assert.equal((await call("adam", "GET", "/policy-sets")).status, 404);
    assert.equal((await call("adam", "POST", "/api/policy-sets", { name: "s" })).status, 201);
    assert.equal((await call("adam", "GET", "/api/policy-sets")).body.policy_sets.length, 1);
    assert.equal((await call("adam", "GET", "/api/policy-sets", undefined, { "x-org": "o-2" })).body.policy_sets.length, 0);
  });
});
