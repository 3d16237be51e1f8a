// `configPolicies(host)`: bundles, decisions, the log and settings over the stores of memory, a folder and a database.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createClient } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql";
import { RefusedError, configPolicies, hostOver } from "regate";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { folderStore } from "regate/adapters/folder";
import { memoryHost, memoryStore } from "regate/adapters/memory";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const scratch = mkdtempSync(join(tmpdir(), "regate-config-"));
const clients = [];
after(() => {
  for (const client of clients) client.close();
  rmSync(scratch, { recursive: true, force: true });
});

let stores = 0;
const STORES = {
  memory: () => memoryStore(),
  "a folder": () => folderStore(join(scratch, String(++stores))),
  "a database": async () => {
    const client = createClient({ url: ":memory:" });
    clients.push(client);
    const db = drizzle(client);
    await createTables(db);
    return drizzleStore(db);
  },
};

const ADMIN = { id: "u-1", email: "ann@example.com", org_role: "admin", may: [] };
const policy = (name, rules = "") => `package org\n\npolicy_name["${name}"]\n\n${rules}\n`;
const OWNER = policy("owner", 'enable_hard["needs_owner"]\n\nneeds_owner = "owner <label> missing" { not input.owner }');
const FAILED = { status: "HARD_FAIL", enabled_rules: ["needs_owner"], hard_failures: [{ rule: "needs_owner", reason: "owner <label> missing" }] };
const FIRST_MS = Date.parse("2024-03-04T10:00:00Z");

/** A host over a store with a clock that is told, and whoever asks. */
function hostOf(store, { clock = { now: FIRST_MS }, ...more } = {}) {
  return hostOver(store, { who: ({ asker }) => asker ?? ADMIN, notify() {}, now: () => clock.now, ...more });
}

/** A store of which two that read a bundle at first have read the same: both go on when both have. */
function racing(store) {
  let readers = 0;
  let both;
  const met = new Promise((resolve) => (both = resolve));
  return {
    conflicts: 0,
    list: (query) => store.list(query),
    async read(keys) {
      const records = await store.read(keys);
      if (keys.some(({ kind }) => kind === "config_bundle") && ++readers <= 2) {
        if (readers === 2) both();
        await met;
      }
      return records;
    },
    async commit(commit) {
      const answer = await store.commit(commit);
      if (answer === "conflict") this.conflicts++;
      return answer;
    },
  };
}

for (const [where, open] of Object.entries(STORES)) {
  describe(`over ${where}`, () => {
    test("pushes, compares and fetches bundles", async () => {
      const clock = { now: FIRST_MS };
      const service = configPolicies(hostOf(await open(), { clock }), { org_id: "acme" });
      assert.deepEqual(await service.fetch(), {});
      assert.deepEqual(await service.diff({ "p/a.rego": OWNER }), { created: ["owner"], deleted: [], modified: [] });
      assert.deepEqual(await service.fetch(), {}, "a comparison keeps nothing");
      assert.deepEqual(await service.push({ "p/a.rego": OWNER, "p/b.rego": policy("b") }), { created: ["b", "owner"], deleted: [], modified: [] });
      clock.now += 1_500;
      const second = { "p/a.rego": `${OWNER} `, "p/c.rego": policy("c") };
      assert.deepEqual(await service.diff(second), { created: ["c"], deleted: ["b"], modified: ["owner"] });
      assert.deepEqual(await service.push(second), { created: ["c"], deleted: ["b"], modified: ["owner"] });
      assert.deepEqual(await service.push(second), { created: [], deleted: [], modified: [] });
      const fetched = await service.fetch();
      assert.deepEqual(Object.keys(fetched), ["c", "owner"]);
      assert.deepEqual(fetched.owner, { content: `${OWNER} `, created_at: "2024-03-04T10:00:01.500Z", created_by: "u-1", name: "owner" });
      assert.deepEqual(await service.fetch("c"), fetched.c);
      assert.equal((await service.fetch("b", { version: 1 })).content, policy("b"));
      assert.deepEqual(Object.keys(await service.fetch({ version: 1 })), ["b", "owner"]);
      await rejectsCode(service.fetch("b"), "not_found");
      await rejectsCode(service.fetch({ version: 9 }), "not_found");
      const first = await service.versions({ limit: 1 });
      const { versions } = await service.versions({ limit: 1, cursor: first.cursor });
      assert.deepEqual([...first.versions, ...versions].map(({ version, created_by }) => [version, created_by]), [[2, "u-1"], [1, "u-1"]]);
      await service.push({});
      assert.deepEqual(await service.fetch(), {});
    });

    test("decides, keeps what it decided, and finds it again", async () => {
      const service = configPolicies(hostOf(await open()), { org_id: "acme" });
      assert.deepEqual((await service.decide({ input: {} })).decision, { status: "PASS" });
      await service.push({ "a.rego": OWNER });
      const metadata = { project_id: "p", build_number: 3, vcs: { branch: "main" } };
      const made = await service.decide({ inputYaml: "version: 2.1\n", metadata });
      assert.deepEqual([made.enabled, made.decision], [true, FAILED]);
      const { log } = made;
      assert.deepEqual([log.decision, log.metadata, log.created_at, log.bundle_version], [FAILED, metadata, "2024-03-04T10:00:00.000Z", 1]);
      assert.deepEqual(log.policies, { owner: createHash("sha512").update(OWNER).digest("hex") });
      assert.deepEqual(await service.log(log.id), log);
      await service.push({});
      assert.deepEqual(Object.keys(await service.logBundle(log.id)), ["owner"]);
      await rejectsCode(service.log("none"), "not_found");
      await rejectsCode(service.logBundle("none"), "not_found");
    });

    test("the log has each filter, and pages until nothing follows", async () => {
      const clock = { now: FIRST_MS };
      const service = configPolicies(hostOf(await open(), { clock }), { org_id: "acme" });
      await service.push({ "a.rego": OWNER });
      for (let at = 0; at < 7; at++) {
        clock.now = FIRST_MS + at * 3_600_000;
        const metadata = { project_id: `p-${at % 3}`, build_number: at, vcs: { branch: at < 4 ? "main" : "next" } };
        await service.decide({ input: at % 2 === 0 ? {} : { owner: "ops" }, metadata });
      }
      const numbers = async (query) => (await service.logs(query)).map(({ metadata }) => metadata.build_number);
      for (const [query, expected] of [
        [undefined, [6, 5, 4, 3, 2, 1, 0]],
        [{ status: "PASS" }, [5, 3, 1]],
        [{ status: "SOFT_FAIL" }, []],
        [{ branch: "next" }, [6, 5, 4]],
        [{ project_id: "p-1" }, [4, 1]],
        [{ build_number: 2 }, [2]],
        [{ after: "2024-03-04T13:00:00Z" }, [6, 5, 4, 3]],
        [{ before: "2024-03-04T13:00:00Z" }, [2, 1, 0]],
        [{ after: "2024-03-04T11:00:00Z", before: "2024-03-04T15:00:00Z", branch: "main", status: "PASS", project_id: "p-0" }, [3]],
        [{ limit: 2 }, [6, 5]],
        [{ offset: 5 }, [1, 0]],
        [{ status: "HARD_FAIL", offset: 1, limit: 2 }, [4, 2]],
      ]) {
        assert.deepEqual(await numbers(query), expected, JSON.stringify(query));
      }
      const seen = [];
      let calls = 0;
      for (;;) {
        const page = await service.logs({ offset: seen.length, limit: 3 });
        calls++;
        if (page.length === 0) break;
        seen.push(...page.map(({ metadata }) => metadata.build_number));
      }
      assert.deepEqual([seen, calls], [[6, 5, 4, 3, 2, 1, 0], 4]);
      for (const [wrong, path] of [[{ offset: -1 }, "/offset"], [{ limit: 0 }, "/limit"], [{ limit: 1.5 }, "/limit"]]) {
        await rejectsCode(service.logs(wrong), "malformed_request", { path });
      }
      await rejectsCode(service.logs({ after: "yesterday" }), "invalid_request");
    });

    test("where the settings are off nothing is evaluated and nothing is kept", async () => {
      const service = configPolicies(hostOf(await open()), { org_id: "acme" });
      await service.push({ "a.rego": OWNER });
      assert.deepEqual(await service.settings(), { enabled: true, errors_trigger: false, mask: [] });
      assert.deepEqual(await service.setSettings({ enabled: false }), { enabled: false, errors_trigger: false, mask: [] });
      assert.deepEqual(await service.decide({ input: {} }), { enabled: false, triggers: true, decision: null, log: null, warnings: [] });
      assert.deepEqual(await service.logs(), []);
      await service.setSettings({ enabled: true, mask: ["/metadata/vcs"] });
      const { log } = await service.decide({ input: {}, metadata: { vcs: { branch: "b" }, x: 1 } });
      assert.deepEqual([log.metadata, log.erased], [{ x: 1 }, ["/metadata/vcs"]]);
      assert.deepEqual((await service.logs())[0], log);
      assert.equal((await service.decide({ input: {}, store: false })).log, null);
      assert.equal((await service.logs()).length, 1);
    });

    test("of two pushes at once both are made, one after the other", async () => {
      const store = racing(await open());
      // Two processes: a host each, so that they take no turns.
      const services = ["one", "other"].map(() => configPolicies(hostOf(store), { org_id: "acme" }));
      const diffs = await Promise.all(services.map((service, at) => service.push({ "a.rego": policy(`p${at}`) })));
      assert.equal(store.conflicts, 1);
      const names = diffs.map(({ created }) => created[0]);
      assert.deepEqual(names, ["p0", "p1"]);
      const [last] = Object.keys(await services[0].fetch());
      const [first] = names.filter((name) => name !== last);
      assert.deepEqual(diffs.find(({ created }) => created[0] === last).deleted, [first]);
      assert.deepEqual((await services[0].versions()).versions.map(({ version }) => version), [2, 1]);
    });

    test("a commit whose answer was lost is made once", async () => {
      const store = await open();
      const crashing = (times) => ({
        read: (keys) => store.read(keys),
        list: (query) => store.list(query),
        async commit(commit) {
          const answer = await store.commit(commit);
          if (times-- > 0) throw new Error("the line was cut");
          return answer;
        },
      });
      const service = (times) => configPolicies(hostOf(crashing(times)), { org_id: "acme" });
      assert.deepEqual(await service(1).push({ "a.rego": OWNER }), { created: ["owner"], deleted: [], modified: [] });
      const { log } = await service(1).decide({ input: {} });
      assert.deepEqual((await service(0).logs()).map(({ id }) => id), [log.id]);
      // The process ends between its commit and the answer: another one finds all of it, and doing it again changes nothing.
      await rejectsCode(service(9).push({}), "host_failed");
      await rejectsCode(service(9).decide({ input: {} }), "host_failed");
      assert.deepEqual(await service(0).push({}), { created: [], deleted: [], modified: [] });
      assert.deepEqual((await service(0).versions()).versions.map(({ version }) => version), [2, 1]);
      assert.equal((await service(0).logs()).length, 2);
    });
  });
}

describe("the service", () => {
  test("a bundle that does not load is refused with every finding at its place", async () => {
    const service = configPolicies(memoryHost(), { org_id: "acme" });
    for (const push of [service.push, service.diff]) {
      await assert.rejects(push({ "a.rego": "package org\n\nx = 1\n" }), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.deepEqual([error.code, error.status, error.path], ["invalid_request", 400, "/policies"]);
        assert.match(error.message, /^failed to parse policy file\(s\): failed to parse file: "a\.rego": first rule declaration/);
        assert.deepEqual(error.diagnostics.map(({ file, start }) => [file, start.line]), [["a.rego", 3]]);
        return true;
      });
    }
    const large = Object.fromEntries(["a", "b", "c"].map((name) => [`${name}.rego`, policy(name, `# ${"x".repeat(900_000)}`)]));
    await rejectsCode(service.push(large), "limit_exceeded", { limit: { name: "config_bundle_bytes", value: 2_621_440 } });
    assert.deepEqual(await service.fetch(), {});
  });

  test("a failed call throws, and keeps nothing", async () => {
    const service = configPolicies(memoryHost(), { org_id: "acme" });
    await service.push({ "a.rego": policy("a", "enable_rule = 1") });
    await rejectsCode(service.decide({ input: {} }), "invalid_configuration");
    await service.push({ "a.rego": policy("a", "x = count(numbers.range(1, 10000))") });
    await rejectsCode(service.decide({ input: {}, limits: { steps: 10 } }), "limit_exceeded");
    await rejectsCode(service.decide({ inputYaml: "a: [" }), "input_not_yaml");
    await rejectsCode(service.decide({ input: "{" }), "input_not_json");
    assert.deepEqual(await service.logs(), []);
  });

  test("says how long it took by the clock of the host", async () => {
    let now = FIRST_MS;
    const host = hostOver(memoryStore(), { who: () => ADMIN, notify() {}, now: () => (now += 7) });
    const service = configPolicies(host, { org_id: "acme" });
    await service.push({ "a.rego": OWNER });
    const { log } = await service.decide({ input: {} });
    assert.equal(log.time_taken_ms, 7);
    assert.equal((await service.log(log.id)).time_taken_ms, 7);
  });

  test("contexts and organisations do not know of one another", async () => {
    const host = memoryHost();
    const service = (org_id, context) => configPolicies(host, { org_id, ...(context === undefined ? {} : { context }) });
    await service("acme").push({ "a.rego": policy("a") });
    assert.deepEqual(Object.keys(await service("acme", "config").fetch()), ["a"]);
    for (const other of [service("acme", "other"), service("acme/config"), service("acm", "e/config"), service("acme", "../acme/config")]) {
      assert.deepEqual(await other.fetch(), {});
    }
  });

  test("asks the host who may do what", async () => {
    const service = configPolicies(hostOf(memoryStore()), { org_id: "acme" });
    const reader = service.as({ id: "u-2", email: null, org_role: "member", may: ["read"] });
    const pipeline = service.as({ id: "ci", email: null, org_role: "member", may: ["trigger"] });
    await service.push({ "a.rego": OWNER });
    for (const refused of [() => reader.push({}), () => reader.setSettings({ enabled: false }), () => reader.decide({ input: {} }), () => pipeline.logs(), () => pipeline.fetch()]) {
      await rejectsCode(refused(), "not_permitted");
    }
    assert.equal((await pipeline.decide({ input: {} })).decision.status, "HARD_FAIL");
    assert.equal((await reader.logs()).length, 1);
    assert.deepEqual((await reader.diff({})).deleted, ["owner"]);
  });

  test("a misspelt option, or one that is missing, is said", async () => {
    const host = memoryHost();
    throwsCode(() => configPolicies(host), "malformed_request", { path: "/org_id" });
    throwsCode(() => configPolicies(host, { org_id: "acme", context: 1 }), "malformed_request", { path: "/context" });
    throwsCode(() => configPolicies(host, { org_id: "acme", contxt: "a" }), "malformed_request", { path: "/contxt" });
    const service = configPolicies(host, { org_id: "acme" });
    await rejectsCode(service.decide({ inpt: {} }), "malformed_request", { path: "/inpt" });
    await rejectsCode(service.decide({ input: {}, inputYaml: "a: 1" }), "malformed_request");
    await rejectsCode(service.decide({ input: {}, metadata: [] }), "invalid_request");
    await rejectsCode(service.push({ "a.rego": 1 }), "malformed_request");
    await rejectsCode(configPolicies(host, { org_id: "acme", context: "" }).fetch(), "malformed_request");
  });
});
