// Policy sets and their policies on a host's store: who may, what is refused, versions, sets from git, and races.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RegateError, governance, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { NO_DESTROYS } from "./plans.mjs";
import { refused } from "./regate-error.mjs";

const NOW = Date.UTC(2024, 10, 20, 12);
const ALLOWS = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains \"never\" if false\n";

/** People by name: a role in the organisation, and verbs by resource. */
const PEOPLE = {
  olga: { org_role: "owner" },
  adam: { org_role: "admin" },
  mona: { org_role: "member", may: { "project/shop": ["read", "write"], "workspace/w-1": ["read"] } },
  dora: { org_role: "member", may: { "project/shop": ["read", "write", "delete"] } },
  rita: { org_role: "reader", may: { "project/shop": ["read"] } },
  nick: {},
};

function world(functions = {}) {
  const store = memoryStore();
  const calls = [];
  let ids = 0;
  const host = hostOver(store, {
    who: ({ asker, resource }) => {
      const { org_role = null, may = {} } = PEOPLE[asker];
      return { id: asker, email: `${asker}@example.com`, org_role, is_session: true, may: may[`${resource.type}/${resource.id}`] ?? [] };
    },
    notify() {},
    now: () => NOW,
    newId: () => `id-${++ids}`,
    ...functions,
  });
  const service = governance(host, { org_id: "o-1" });
  return { store, host, calls, as: (name) => service.as(name), service };
}

describe("a policy set", () => {
  test("is created with its defaults, seen, changed and deleted", async () => {
    const { as } = world();
    const set = await as("adam").policySets.create({ name: "safety" });
    assert.deepEqual(set, {
      id: "id-1",
      name: "safety",
      description: "",
      enforcement: "mandatory",
      source_type: "db",
      profile: "terraform",
      project_id: null,
      workspace_id: null,
      git_path: null,
      enabled: true,
      plan_detail: "summary",
      version: 1,
      policies: [],
      effective_role: "admin",
    });
    assert.deepEqual(await as("adam").policySets.get("id-1"), set);
    const changed = await as("adam").policySets.change("id-1", { enforcement: "advisory", enabled: false, description: "d", profile: "security", plan_detail: "full" });
    const { enforcement, enabled, description, profile, plan_detail, version } = changed;
    assert.deepEqual([enforcement, enabled, description, profile, plan_detail, version], ["advisory", false, "d", "security", "full", 2]);
    assert.equal((await as("adam").policySets.change("id-1", { enabled: false })).version, 2, "no change is no version");
    assert.deepEqual(await as("olga").policySets.delete("id-1"), { id: "id-1" });
    await refused(() => as("adam").policySets.get("id-1"), "not_found", 404);
    assert.notEqual((await as("adam").policySets.create({ name: "safety" })).id, "id-1", "the name is free again");
  });

  test("has a name of its own in its scope", async () => {
    const { as } = world();
    await as("adam").workspaces.put("w-1", { name: "shop-production", project_id: "shop" });
    const scopes = [{}, { project_id: "shop" }, { project_id: "other" }, { workspace_id: "w-1" }];
    for (const scope of scopes) await as("adam").policySets.create({ name: "a/b", ...scope });
    for (const scope of [...scopes, { project_id: "shop", workspace_id: "w-1" }]) {
      await refused(() => as("adam").policySets.create({ name: "a/b", ...scope }), "name_in_use", 409);
    }
    await as("adam").policySets.create({ name: "b", project_id: "shop/a" });
    await as("adam").policySets.create({ name: "a/b", project_id: "shop" }).then(assert.fail, () => {});
    await as("adam").policySets.create({ name: "A/b" });
  });

  test("needs a scope that fits together", async () => {
    const { as } = world();
    await as("adam").workspaces.put("w-1", { name: "shop-production", project_id: "shop" });
    await refused(() => as("adam").policySets.create({ name: "s", project_id: "other", workspace_id: "w-1" }), "invalid_request", 400, /does not live in/);
    await refused(() => as("adam").policySets.create({ name: "s", project_id: "shop", workspace_id: "w-9" }), "invalid_request", 400, /no workspace/);
    const both = await as("adam").policySets.create({ name: "s", project_id: "shop", workspace_id: "w-1" });
    assert.equal(both.workspace_id, "w-1");
  });

  test("refuses what breaks a rule on its fields", async () => {
    const { as } = world();
    const { policySets } = as("adam");
    await refused(() => policySets.create({ name: " " }), "invalid_request", 400);
    await refused(() => policySets.create({ name: "s", project_id: "" }), "invalid_request", 400);
    await refused(() => policySets.create({ name: "s", source_type: "git" }), "invalid_request", 400, /git_path/);
    await refused(() => policySets.create({ name: "s", git_path: "policies" }), "invalid_request", 400, /git_path/);
    for (const git_path of ["../other", "/etc", "a/../../b", "a\\b", "c:x"]) {
      await refused(() => policySets.create({ name: "s", source_type: "git", git_path }), "invalid_request", 400, /inside the repository/);
    }
    const { id } = await policySets.create({ name: "s" });
    await refused(() => policySets.change(id, {}), "invalid_request", 400, /nothing is to be changed/);
    for (const wrong of [{ name: "t" }, { project_id: "p" }, { enforcment: "advisory" }, { enforcement: "maybe" }, { enabled: 1 }]) {
      await assert.rejects(policySets.change(id, wrong), (thrown) => thrown instanceof RegateError && thrown.code === "malformed_request");
    }
    await assert.rejects(policySets.create({ name: "s", enabled: false }), /enabled/);
    await assert.rejects(policySets.list({ limit: 0 }), /from 1 to 100/);
    await assert.rejects(policySets.list({ limit: 101 }), /from 1 to 100/);
  });

  test("is for those who have a right in its scope", async () => {
    const { as } = world();
    for (const name of ["mona", "rita"]) await refused(() => as(name).policySets.create({ name: "s" }), "not_permitted", 403);
    await refused(() => as("nick").policySets.create({ name: "s" }), "not_permitted", 403);
    const global = await as("adam").policySets.create({ name: "global" });
    const { id } = await as("mona").policySets.create({ name: "shop", project_id: "shop" });
    await refused(() => as("rita").policySets.create({ name: "t", project_id: "shop" }), "not_permitted", 403);
    await refused(() => as("mona").policySets.create({ name: "t", project_id: "other" }), "not_permitted", 403);
    const roles = async (id) => {
      const seen = {};
      for (const name of Object.keys(PEOPLE)) {
        seen[name] = await as(name).policySets.get(id).then(({ effective_role }) => effective_role, ({ code }) => code);
      }
      return seen;
    };
    assert.deepEqual(await roles(global.id), { olga: "admin", adam: "admin", mona: "read", dora: "read", rita: "read", nick: "not_found" });
    assert.deepEqual(await roles(id), { olga: "admin", adam: "admin", mona: "write", dora: "admin", rita: "read", nick: "not_found" });
    for (const name of ["mona", "rita"]) await refused(() => as(name).policySets.delete(id), "not_permitted", 403);
    await refused(() => as("rita").policySets.change(id, { enabled: false }), "not_permitted", 403);
    await refused(() => as("mona").policySets.change(global.id, { enabled: false }), "not_permitted", 403);
    await refused(() => as("nick").policySets.delete(id), "not_found", 404);
    await as("dora").policySets.delete(id);
  });

  test("is listed for those who may see it, page by page", async () => {
    const { as } = world();
    for (let at = 0; at < 7; at++) await as("adam").policySets.create({ name: `s-${at}`, ...(at % 2 === 0 ? {} : { project_id: "hidden" }) });
    const listed = [];
    let cursor;
    do {
      const page = await as("mona").policySets.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      listed.push(...page.policy_sets.map(({ name, effective_role }) => `${name} ${effective_role}`));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(listed.sort(), ["s-0 read", "s-2 read", "s-4 read", "s-6 read"]);
    assert.equal((await as("adam").policySets.list()).policy_sets.length, 7);
    assert.equal((await as("nick").policySets.list()).policy_sets.length, 0);
  });
});

describe("a policy", () => {
  test("is validated as in the editor before it is taken", async () => {
    const { as } = world();
    const { policySets } = as("adam");
    const { id } = await policySets.create({ name: "safety" });
    const before = await policySets.get(id);
    for (const [rego_source, pattern] of [
      ["package other\n\ndeny := []\n", /package forgecroft\.policy/],
      ["package forgecroft.policy\n\nimport rego.v1\n\ndeny contains 1 if true\n", /strings/],
      ["package forgecroft.policy\n\nimport rego.v1\n\ndeny contains http.send({}).x if true\n", /http\.send/],
      ["", /empty/],
    ]) {
      await refused(() => policySets.policies.add(id, { name: "p", rego_source }), "invalid_request", 400, pattern);
    }
    await policySets.policies.add(id, { name: "p", rego_source: "package x\n\n{" }).then(assert.fail, (thrown) => {
      assert.ok(thrown.diagnostics.length > 0 && thrown.diagnostics[0].start.line > 0);
    });
    assert.deepEqual(await policySets.get(id), before, "the set is unchanged");
    const policy = await policySets.policies.add(id, { name: "p", rego_source: NO_DESTROYS });
    assert.deepEqual(policy, { id: policy.id, policy_set_id: id, name: "p", description: "", rego_source: NO_DESTROYS });
    assert.equal((await policySets.get(id)).policies.length, 1);
  });

  test("is listed, changed and removed, and has a name of its own in its set", async () => {
    const { as } = world();
    const { policySets } = as("adam");
    const { id } = await policySets.create({ name: "safety" });
    const b = await policySets.policies.add(id, { name: "b", rego_source: NO_DESTROYS });
    const a = await policySets.policies.add(id, { name: "a", rego_source: ALLOWS, description: "first" });
    assert.deepEqual(await policySets.policies.list(id), [a, b]);
    await refused(() => policySets.policies.add(id, { name: "a", rego_source: ALLOWS }), "name_in_use", 409);
    await refused(() => policySets.policies.change(id, b.id, { name: "a" }), "name_in_use", 409);
    await refused(() => policySets.policies.change(id, b.id, {}), "invalid_request", 400);
    await refused(() => policySets.policies.change(id, b.id, { rego_source: "package x" }), "invalid_request", 400);
    await refused(() => policySets.policies.change(id, "none", { name: "x" }), "not_found", 404);
    const renamed = await policySets.policies.change(id, b.id, { name: "c", description: "second" });
    assert.deepEqual(renamed, { ...b, name: "c", description: "second" });
    assert.equal((await policySets.policies.change(id, b.id, { rego_source: ALLOWS })).rego_source, ALLOWS);
    assert.deepEqual((await policySets.policies.remove(id, a.id)).policies.map(({ name }) => name), ["c"]);
    await refused(() => policySets.policies.remove(id, a.id), "not_found", 404);
    for (const name of ["mona", "rita"]) await refused(() => as(name).policySets.policies.add(id, { name: "x", rego_source: ALLOWS }), "not_permitted", 403);
  });
});

describe("versions", () => {
  test("tell who changed what, are compared and brought back", async () => {
    const { as } = world();
    const { policySets } = as("adam");
    const { id } = await policySets.create({ name: "safety", project_id: "shop" });
    const policy = await policySets.policies.add(id, { name: "p", rego_source: NO_DESTROYS });
    await as("mona").policySets.policies.change(id, policy.id, { rego_source: ALLOWS });
    await as("mona").policySets.change(id, { enforcement: "advisory" });
    await policySets.policies.remove(id, policy.id);
    const { versions, cursor } = await policySets.versions.list(id);
    assert.equal(cursor, null);
    assert.deepEqual(
      versions.map(({ version, change, about, author_id, set }) => [version, change, about, author_id, set.policies.length]),
      [
        [1, "created", null, "adam", 0],
        [2, "policy_added", "p", "adam", 1],
        [3, "policy_changed", "p", "mona", 1],
        [4, "changed", null, "mona", 1],
        [5, "policy_removed", "p", "adam", 0],
      ],
    );
    assert.equal(versions[0].created_at, "2024-11-20T12:00:00.000Z");
    assert.equal(versions[2].author_email, "mona@example.com");
    assert.deepEqual(await policySets.versions.diff(id, 2, 4), {
      from: 2,
      to: 4,
      fields: [{ field: "enforcement", from: "mandatory", to: "advisory" }],
      policies: [{ name: "p", from: { description: "", rego_source: NO_DESTROYS }, to: { description: "", rego_source: ALLOWS } }],
    });
    assert.deepEqual((await policySets.versions.diff(id, 5, 4)).policies, [{ name: "p", from: null, to: { description: "", rego_source: ALLOWS } }]);
    assert.deepEqual((await policySets.versions.diff(id, 3, 3)).policies, []);
    const restored = await as("mona").policySets.versions.restore(id, 2);
    assert.deepEqual([restored.version, restored.enforcement, restored.policies.length], [6, "mandatory", 1]);
    assert.equal((await policySets.policies.list(id))[0].rego_source, NO_DESTROYS);
    const last = await policySets.versions.get(id, 6);
    assert.deepEqual([last.change, last.about, last.author_id], ["restored", "2", "mona"]);
    assert.equal((await policySets.versions.restore(id, 6)).version, 6, "what is there already is no change");
    await refused(() => policySets.versions.get(id, 7), "not_found", 404);
    await refused(() => policySets.versions.restore(id, 0), "not_found", 404);
    await refused(() => as("rita").policySets.versions.restore(id, 1), "not_permitted", 403);
    await refused(() => as("nick").policySets.versions.list(id), "not_found", 404);
    const pages = await policySets.versions.list(id, { limit: 4 });
    assert.equal(pages.versions.length, 4);
    assert.deepEqual((await policySets.versions.list(id, { cursor: pages.cursor })).versions.map(({ version }) => version), [5, 6]);
  });
});

describe("a set from git", () => {
  const folder = {
    policies: [
      { path: "policies/b.rego", text: NO_DESTROYS },
      { path: "policies/a.rego", text: ALLOWS },
      { path: "policies/a_test.rego", text: "package forgecroft.policy_test\n" },
      { path: "policies/README.md", text: "no policy" },
    ],
  };

  test("is loaded from its folder, and read-only otherwise", async () => {
    const files = structuredClone(folder);
    const { as } = world({ files: (path) => files[path] ?? null });
    const { policySets } = as("adam");
    const { id } = await policySets.create({ name: "safety", source_type: "git", git_path: "policies" });
    await refused(() => policySets.policies.add(id, { name: "p", rego_source: ALLOWS }), "wrong_state", 409, /come from git/);
    const { policy_set, diagnostics } = await policySets.load(id);
    assert.deepEqual(policy_set.policies.map(({ name }) => name), ["a", "b"]);
    assert.deepEqual(diagnostics, []);
    assert.equal((await policySets.policies.list(id))[1].rego_source, NO_DESTROYS);
    assert.equal((await policySets.load(id)).policy_set.version, 2, "the same files are no change");
    await refused(() => policySets.policies.remove(id, policy_set.policies[0].id), "wrong_state", 409);
    await refused(() => policySets.versions.restore(id, 1), "wrong_state", 409);
    files.policies[1].text = "package forgecroft.policy\n\ndeny[";
    const broken = await policySets.load(id);
    assert.equal(broken.policy_set.version, 3);
    assert.ok(broken.diagnostics.some(({ severity, file }) => severity === "error" && file === "policies/a.rego"));
    assert.equal((await policySets.policies.list(id))[0].rego_source, files.policies[1].text, "it is kept, and fails closed when it is asked");
  });

  test("is not loaded from nothing", async () => {
    const { as } = world({ files: (path) => ({ empty: [], tests: folder.policies.slice(2), twice: [{ path: "twice/a.rego", text: ALLOWS }, { path: "twice/b/a.rego", text: ALLOWS }] })[path] ?? null });
    const { policySets } = as("adam");
    const load = async (git_path) => policySets.load((await policySets.create({ name: git_path, source_type: "git", git_path })).id);
    await refused(() => load("none"), "not_found", 404);
    for (const path of ["empty", "tests"]) await refused(() => load(path), "wrong_state", 409, /has no policy/);
    await refused(() => load("twice"), "name_in_use", 409);
    const { id } = await policySets.create({ name: "db" });
    await refused(() => policySets.load(id), "wrong_state", 409);
  });
});

describe("an approval rule", () => {
  const RULE = { name: "owners", approver_type: "team", approver_id: "t-1" };

  test("is created with its defaults, seen, listed, changed and deleted", async () => {
    const { as } = world();
    const { approvalRules } = as("adam");
    const rule = await approvalRules.create({ ...RULE, condition: { type: "destroyed_gt", value: 0 } });
    assert.equal(rule.id, "id-1");
    assert.deepEqual([rule.min_approvals, rule.stage, rule.enabled, rule.created_by, rule.effective_role], [1, 1, true, null, "admin"]);
    assert.deepEqual(await approvalRules.get("id-1"), rule);
    assert.deepEqual((await approvalRules.list()).approval_rules, [rule]);
    const changed = await approvalRules.change("id-1", { min_approvals: 2, timeout_hours: 4, escalation_action: "escalate_to", escalation_team_id: "t-2", forbid_self_approval: true });
    assert.deepEqual([changed.min_approvals, changed.timeout_hours, changed.escalation_team_id, changed.forbid_self_approval], [2, 4, "t-2", true]);
    const back = await approvalRules.change("id-1", { min_approvals: null, timeout_hours: null, condition: null, forbid_self_approval: null });
    assert.deepEqual([back.min_approvals, back.timeout_hours, back.condition, back.forbid_self_approval ?? false], [1, null, null, false]);
    assert.deepEqual(await approvalRules.delete("id-1"), { id: "id-1" });
    await refused(() => approvalRules.get("id-1"), "not_found", 404);
    assert.deepEqual((await approvalRules.list()).approval_rules, []);
  });

  test("refuses what breaks a rule on its fields", async () => {
    const { as } = world();
    const { approvalRules } = as("adam");
    for (const [wrong, pattern] of [
      [{ name: "" }, /empty/],
      [{ approver_id: null }, /approver_id/],
      [{ approver_type: "org_role" }, /approver_role/],
      [{ min_approvals: 0 }, /at least 1/],
      [{ stage: 0 }, /at least 1/],
      [{ escalation_action: "escalate_to" }, /escalation_team_id/],
      [{ id: "mine" }, /not the caller's/],
      [{ created_by: "me" }, /not the caller's/],
    ]) {
      await refused(() => approvalRules.create({ ...RULE, ...wrong }), "invalid_request", 400, pattern);
    }
    for (const wrong of [
      { condition: { type: "environment_is", value: "production" } },
      { condition: { type: "destroyed_gt", value: -1 } },
      { condition: { type: "trigger_is", value: "tuesday" } },
      { condition: ["destroyed_gt", 1] },
      { min_aprovals: 2 },
      { stage: "first" },
    ]) {
      await assert.rejects(approvalRules.create({ ...RULE, ...wrong }), (thrown) => thrown.code === "malformed_request", JSON.stringify(wrong));
    }
    const { id } = await approvalRules.create(RULE);
    await refused(() => approvalRules.change(id, {}), "invalid_request", 400);
    for (const field of ["id", "created_by", "project_id", "workspace_id"]) await refused(() => approvalRules.change(id, { [field]: "x" }), "invalid_request", 400, /never changes/);
    await refused(() => approvalRules.change(id, { min_approvals: 0 }), "invalid_request", 400);
    await assert.rejects(approvalRules.change(id, { name: null }), (thrown) => thrown.code === "malformed_request");
    await assert.rejects(approvalRules.change(id, { colour: "red" }), (thrown) => thrown.code === "malformed_request" && /colour/.test(thrown.message));
  });

  test("names people who exist, for a host that knows its people", async () => {
    const { as } = world({
      team: (idOrName) => [{ id: "t-1", name: "platform" }].find(({ id, name }) => id === idOrName || name === idOrName) ?? null,
      user: (id) => (id === "u-1" ? { id } : null),
    });
    const { approvalRules } = as("adam");
    await approvalRules.create(RULE);
    await approvalRules.create({ ...RULE, approver_id: "platform" });
    await approvalRules.create({ ...RULE, approver_type: "user", approver_id: "u-1" });
    await approvalRules.create({ name: "admins", approver_type: "org_role", approver_role: "admin" });
    await refused(() => approvalRules.create({ ...RULE, approver_id: "t-9" }), "invalid_request", 400, /no team/);
    await refused(() => approvalRules.create({ ...RULE, approver_type: "user" }), "invalid_request", 400, /no user/);
    await refused(() => approvalRules.create({ ...RULE, escalation_action: "escalate_to", escalation_team_id: "t-9" }), "invalid_request", 400, /no team/);
  });

  test("belongs to who made it, until it is promoted", async () => {
    const { as } = world();
    await refused(() => as("mona").approvalRules.create(RULE), "not_permitted", 403);
    const own = await as("mona").approvalRules.create({ ...RULE, project_id: "shop" });
    assert.deepEqual([own.created_by, own.effective_role], ["mona", "admin"]);
    await refused(() => as("dora").approvalRules.change(own.id, { stage: 2 }), "not_permitted", 403, /somebody else's/);
    await refused(() => as("dora").approvalRules.delete(own.id), "not_permitted", 403);
    await refused(() => as("nick").approvalRules.get(own.id), "not_found", 404);
    assert.equal((await as("rita").approvalRules.get(own.id)).effective_role, "read");
    assert.equal((await as("mona").approvalRules.change(own.id, { stage: 2 })).stage, 2);
    assert.equal((await as("adam").approvalRules.change(own.id, { stage: 3 })).created_by, "mona");
    await refused(() => as("mona").approvalRules.promote(own.id), "not_permitted", 403);
    assert.equal((await as("adam").approvalRules.promote(own.id)).created_by, null);
    await refused(() => as("mona").approvalRules.change(own.id, { stage: 4 }), "not_permitted", 403, /reserved to administrators/);
    await refused(() => as("mona").approvalRules.delete(own.id), "not_permitted", 403);
    assert.equal((await as("adam").approvalRules.change(own.id, { stage: 4 })).stage, 4);
    await as("olga").approvalRules.delete(own.id);
  });

  test("is one's own only while one may write in its scope", async () => {
    const rights = ["read", "write"];
    const { as } = world({ who: () => ({ id: "mona", email: null, org_role: "member", is_session: true, may: rights }) });
    const own = await as("mona").approvalRules.create({ ...RULE, project_id: "shop" });
    rights.pop();
    await refused(() => as("mona").approvalRules.delete(own.id), "not_permitted", 403);
  });
});

describe("settings", () => {
  test("are put by administrators and seen by everyone in the organisation", async () => {
    const { as } = world();
    assert.deepEqual(await as("rita").settings.get(), { forbid_self_approval: false, audit_masks: [] });
    await refused(() => as("dora").settings.put({ forbid_self_approval: true }), "not_permitted", 403);
    const settings = { forbid_self_approval: true, audit_masks: ["/input/user"] };
    assert.deepEqual(await as("olga").settings.put(settings), settings);
    assert.deepEqual(await as("rita").settings.get(), settings);
    await refused(() => as("nick").settings.get(), "not_permitted", 403);
  });
});

describe("a workspace", () => {
  test("is put by those who may write in it, and taken out of its project by those who may delete there", async () => {
    const people = {
      root: { org_role: "owner", may: {} },
      dev: { org_role: "member", may: { "workspace/w": ["write"], "project/sandbox": ["write"], "project/prod": ["read"] } },
      lead: { org_role: "member", may: { "workspace/w": ["write"], "project/sandbox": ["write"], "project/prod": ["read", "write", "delete"] } },
    };
    const { as } = world({ who: ({ asker, resource }) => ({ id: asker, email: null, org_role: people[asker].org_role, may: people[asker].may[`${resource.type}/${resource.id}`] ?? [] }) });
    await as("root").workspaces.put("w", { name: "w", project_id: "prod" });
    assert.equal((await as("dev").workspaces.put("w", { name: "w", project_id: "prod", auto_apply: true })).auto_apply, true);
    await refused(() => as("dev").workspaces.put("w", { name: "w", project_id: "sandbox" }), "not_permitted", 403);
    assert.equal((await as("dev").workspaces.put("w", { name: "again", project_id: "prod" })).project_id, "prod");
    await refused(() => as("dev").workspaces.put("w-2", { name: "w-2", project_id: "sandbox" }), "not_permitted", 403);
    assert.equal((await as("lead").workspaces.put("w", { name: "w", project_id: "sandbox" })).project_id, "sandbox");
  });
});

describe("many at once", () => {
  test("nothing is lost, and a name is given once", async () => {
    const { as } = world();
    const { policySets } = as("adam");
    const { id } = await policySets.create({ name: "safety" });
    const names = Array.from({ length: 5 }, (_, at) => `p-${at}`);
    await Promise.all(names.map((name) => policySets.policies.add(id, { name, rego_source: ALLOWS })));
    assert.deepEqual((await policySets.policies.list(id)).map(({ name }) => name), names);
    assert.equal((await policySets.versions.list(id)).versions.length, 6);
    const created = await Promise.allSettled(Array.from({ length: 5 }, () => policySets.create({ name: "one" })));
    assert.equal(created.filter(({ status }) => status === "fulfilled").length, 1);
    for (const { reason } of created.filter(({ status }) => status === "rejected")) assert.equal(reason.code, "name_in_use");
  });

  test("a commit whose reply was lost is one change", async () => {
    const { store, as, host } = world();
    const commit = host.commit;
    host.commit = async (change) => {
      await commit(change);
      return commit(change);
    };
    const { id } = await as("adam").policySets.create({ name: "safety" });
    assert.equal((await as("adam").policySets.get(id)).version, 1);
    assert.equal(store.list({ kind: "policy_set", limit: 10, cursor: null }).records.length, 1);
  });
});

describe("a host that fails", () => {
  for (const callback of ["who", "load", "commit", "now", "newId"]) {
    test(`is told, and nothing is changed: ${callback}`, async () => {
      const { host, store, service } = world();
      host[callback] = () => {
        throw new Error("s3cret");
      };
      await assert.rejects(service.as("adam").policySets.create({ name: "s" }), (thrown) => {
        assert.ok(thrown instanceof RegateError);
        assert.equal(thrown.code, "host_failed");
        assert.ok(!thrown.message.includes("s3cret"));
        return true;
      });
      assert.deepEqual(store.list({ kind: "policy_set", limit: 10, cursor: null }).records, []);
    });
  }

  test("somebody whom it does not know is told so", async () => {
    const { service } = world({ who: () => null });
    await refused(() => service.policySets.create({ name: "s" }), "unauthorized", 401);
  });

  for (const [what, identity] of Object.entries({
    nothing: undefined,
    "a role that does not exist": { id: "x", email: null, org_role: "king", may: [] },
    "a verb that is no word": { id: "x", email: null, org_role: "owner", may: [1] },
    "rights that are no list": { id: "x", email: null, org_role: "owner", may: "write" },
  })) {
    test(`an identity that is ${what} permits nothing`, async () => {
      const { service } = world({ who: () => identity });
      await assert.rejects(service.policySets.create({ name: "s" }), (thrown) => thrown.code === "host_failed");
    });
  }
});
