// External check providers on a host's store: who may, what is refused, scopes, races; their secrets and tokens.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { RegateError, governance, hostOver, providerTokens } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { refused } from "./regate-error.mjs";

const CALLBACK = "https://checks.example.com/regate";
const PROVIDER = { name: "cost", callback_url: CALLBACK };
const SECRET = "s3cret-of-the-cost-check";

/** People by name: a role in the organisation, and verbs by resource. */
const PEOPLE = {
  olga: { org_role: "owner" },
  adam: { org_role: "admin" },
  mona: { org_role: "member", may: { "org/o-1": ["read", "write", "delete"], "project/shop": ["read", "write", "delete"] } },
  rita: { org_role: "reader" },
  nick: { may: { "project/shop": ["read", "write", "delete"] } },
};
const ALL_KINDS = ["external_check_provider", "external_check_provider_name", "configuration", "outbox"];

/** A host that remembers everything that it is asked and told, apart from storeSecret. */
function world(functions = {}) {
  const store = memoryStore();
  const seen = [];
  let ids = 0;
  const host = hostOver(store, {
    who: ({ asker, resource }) => {
      const { org_role = null, may = {} } = PEOPLE[asker];
      return { id: asker, email: `${asker}@example.com`, org_role, is_session: true, may: may[`${resource.type}/${resource.id}`] ?? [] };
    },
    notify: (notices) => void seen.push(notices),
    now: () => 0,
    newId: () => `id-${++ids}`,
    ...functions,
  });
  for (const callback of ["load", "commit", "who"]) {
    const original = host[callback];
    host[callback] = async (asked) => {
      const answer = await original(asked);
      seen.push(structuredClone({ asked, answer }));
      return answer;
    };
  }
  const service = governance(host, { org_id: "o-1" });
  return { store, host, seen, as: (name) => service.as(name).providers, records: () => recordsOf(store) };
}

function recordsOf(store) {
  return ALL_KINDS.flatMap((kind) => store.list({ kind, limit: 100, cursor: null }).records);
}

/** How often the set-up was changed, as the record says. */
function changes(store) {
  return store.list({ kind: "configuration", limit: 1, cursor: null }).records[0]?.value.changes ?? 0;
}

describe("an external check provider", () => {
  test("is created with its defaults, seen, listed, changed and deleted", async () => {
    const { as, store } = world();
    const provider = await as("adam").create(PROVIDER);
    assert.deepEqual(provider, {
      id: "id-1",
      name: "cost",
      callback_url: CALLBACK,
      description: null,
      timeout_hours: 24,
      escalation_action: "reject",
      escalation_team_id: null,
      scopes: [],
      has_secret: false,
      effective_role: "admin",
    });
    assert.deepEqual(await as("olga").get("id-1"), provider);
    assert.deepEqual(await as("olga").list(), { external_check_providers: [provider], cursor: null });
    assert.equal(changes(store), 1);
    const fields = { callback_url: "HTTPS://other.example.com", description: "d", timeout_hours: 0, escalation_action: "escalate_to", escalation_team_id: "t-1" };
    assert.deepEqual(await as("adam").change("id-1", fields), { ...provider, ...fields });
    assert.equal(changes(store), 2);
    assert.deepEqual(await as("adam").change("id-1", { description: "d" }), { ...provider, ...fields });
    assert.equal(changes(store), 2, "no change is no commit");
    const back = { description: null, timeout_hours: null, escalation_action: null, escalation_team_id: null };
    assert.deepEqual(await as("adam").change("id-1", back), { ...provider, callback_url: fields.callback_url });
    assert.deepEqual(await as("olga").delete("id-1"), { id: "id-1" });
    assert.equal(changes(store), 4);
    await refused(() => as("adam").get("id-1"), "not_found", 404, /`id-1`/);
    await refused(() => as("adam").delete("id-1"), "not_found", 404);
    assert.deepEqual((await as("adam").list()).external_check_providers, []);
  });

  test("is kept with a name record of its own", async () => {
    const { as, store } = world();
    await as("adam").create({ ...PROVIDER, name: "a/b %2F" });
    const [{ partition, key, value }] = store.list({ kind: "external_check_provider", limit: 10, cursor: null }).records;
    assert.deepEqual([partition, key, value.provider.timeout_hours, value.has_secret], ["org/o-1", "id-1", 24, false]);
    const names = store.list({ kind: "external_check_provider_name", limit: 10, cursor: null }).records;
    assert.deepEqual(names.map(({ key, value }) => [key, value]), [["a/b %2F", { id: "id-1" }]]);
  });

  test("has a name of its own in the organisation", async () => {
    const { as, store } = world();
    await as("adam").create(PROVIDER);
    const { id } = await as("adam").create({ ...PROVIDER, name: "licences" });
    await refused(() => as("olga").create(PROVIDER), "name_in_use", 409, /`cost`/);
    await refused(() => as("adam").change(id, { name: "cost" }), "name_in_use", 409);
    await as("adam").create({ ...PROVIDER, name: "Cost" });
    assert.equal((await as("adam").change(id, { name: "security", description: "renamed" })).name, "security");
    await refused(() => as("adam").create({ ...PROVIDER, name: "security" }), "name_in_use", 409);
    await as("adam").create({ ...PROVIDER, name: "licences" });
    await as("adam").delete(id);
    assert.notEqual((await as("adam").create({ ...PROVIDER, name: "security" })).id, id, "the name is free again");
    const names = store.list({ kind: "external_check_provider_name", limit: 10, cursor: null }).records;
    assert.deepEqual(names.map(({ key }) => key), ["Cost", "cost", "licences", "security"]);
    await governance(world().host, { org_id: "o-2", asker: "adam" }).providers.create(PROVIDER);
  });

  test("refuses what breaks a rule on its fields", async () => {
    const { as, records } = world();
    for (const [wrong, pattern, path] of [
      [{ name: " " }, /empty/, "/name"],
      [{ callback_url: "http://checks.example.com" }, /https:\/\//, "/callback_url"],
      [{ callback_url: "https://" }, /https:\/\//, "/callback_url"],
      [{ callback_url: "https://a b" }, /https:\/\//, "/callback_url"],
      [{ callback_url: "" }, /https:\/\//, "/callback_url"],
      [{ escalation_team_id: " " }, /empty/, "/escalation_team_id"],
    ]) {
      await refused(() => as("adam").create({ ...PROVIDER, ...wrong }), "invalid_request", 400, pattern);
      await as("adam").create({ ...PROVIDER, ...wrong }).then(assert.fail, (thrown) => assert.equal(thrown.path, path));
    }
    const malformed = [
      { callback_url: null },
      { timeout_hours: -1 },
      { timeout_hours: 1.5 },
      { timeout_hours: "24" },
      { escalation_action: "ignore" },
      { id: "mine" },
      { scopes: [] },
      { has_secret: true },
      { api_token: "x" },
      { time_out_hours: 2 },
    ];
    for (const wrong of malformed) {
      await assert.rejects(as("adam").create({ ...PROVIDER, ...wrong }), (thrown) => thrown.code === "malformed_request", JSON.stringify(wrong));
    }
    assert.deepEqual(records(), []);
    const { id } = await as("adam").create(PROVIDER);
    const before = records();
    await refused(() => as("adam").change(id, {}), "invalid_request", 400, /nothing is to be changed/);
    for (const field of ["id", "scopes", "has_secret"]) await refused(() => as("adam").change(id, { [field]: null }), "invalid_request", 400, new RegExp(field));
    await refused(() => as("adam").change(id, { callback_url: "ftp://checks.example.com" }), "invalid_request", 400);
    await refused(() => as("adam").change(id, { name: "" }), "invalid_request", 400);
    for (const wrong of [{ name: null }, { callback_url: null }, { colour: "red" }, { timeout_hours: "1" }]) {
      await assert.rejects(as("adam").change(id, wrong), (thrown) => thrown.code === "malformed_request", JSON.stringify(wrong));
    }
    assert.deepEqual(records(), before, "nothing was changed");
  });

  test("escalates to a team that exists, for a host that knows its teams", async () => {
    const { as } = world({ team: (idOrName) => (["t-1", "platform"].includes(idOrName) ? { id: "t-1", name: "platform" } : null) });
    const { id } = await as("adam").create({ ...PROVIDER, escalation_action: "escalate_to", escalation_team_id: "t-1" });
    await as("adam").change(id, { escalation_team_id: "platform" });
    await refused(() => as("adam").change(id, { escalation_team_id: "t-9" }), "invalid_request", 400, /no team `t-9`/);
    await refused(() => as("adam").create({ ...PROVIDER, name: "x", escalation_team_id: "t-9" }), "invalid_request", 400, /no team/);
    assert.equal((await as("adam").create({ ...PROVIDER, name: "y", escalation_action: "escalate_to" })).escalation_team_id, null, "administrators, then");
  });

  test("is for owners and administrators, and seen by the organisation", async () => {
    const { as, records } = world({ storeSecret() {} });
    const { id } = await as("olga").create(PROVIDER);
    const scope = { scope_type: "project", scope_id: "shop" };
    await as("adam").attachScope(id, scope);
    const before = records();
    const tries = (name) => ({
      change: () => as(name).change(id, { description: "d" }),
      delete: () => as(name).delete(id),
      attach: () => as(name).attachScope(id, { scope_type: "org", scope_id: "o-1" }),
      detach: () => as(name).detachScope(id, scope),
      storeSecret: () => as(name).storeSecret(id, SECRET),
    });
    for (const name of ["mona", "rita"]) {
      await refused(() => as(name).create({ ...PROVIDER, name: "mine" }), "not_permitted", 403);
      for (const attempt of Object.values(tries(name))) await refused(attempt, "not_permitted", 403, new RegExp(name));
      const provider = await as(name).get(id);
      assert.deepEqual([provider.name, provider.effective_role], ["cost", "read"]);
      assert.equal((await as(name).list()).external_check_providers.length, 1);
    }
    await refused(() => as("nick").create({ ...PROVIDER, name: "mine" }), "not_permitted", 403);
    for (const attempt of Object.values(tries("nick"))) await refused(attempt, "not_found", 404);
    await refused(() => as("nick").get(id), "not_found", 404);
    assert.deepEqual(await as("nick").list(), { external_check_providers: [], cursor: null });
    assert.deepEqual(records(), before, "nothing was changed");
  });

  test("is listed page by page", async () => {
    const { as } = world();
    for (let at = 0; at < 5; at++) await as("adam").create({ ...PROVIDER, name: `p-${at}` });
    const names = [];
    let cursor;
    do {
      const page = await as("rita").list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      assert.ok(page.external_check_providers.length <= 2);
      names.push(...page.external_check_providers.map(({ name }) => name));
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(names, ["p-0", "p-1", "p-2", "p-3", "p-4"]);
    for (const limit of [0, 101]) await refused(() => as("adam").list({ limit }), "invalid_request", 400, /from 1 to 100/);
  });
});

describe("a scope", () => {
  const project = { scope_type: "project", scope_id: "shop" };
  const workspace = { scope_type: "workspace", scope_id: "shop" };
  const organisation = { scope_type: "org", scope_id: "o-1" };

  test("is attached once, and detached", async () => {
    const { as, store } = world();
    const { id } = await as("adam").create(PROVIDER);
    for (const scope of [project, workspace, organisation]) await as("adam").attachScope(id, scope);
    assert.deepEqual((await as("adam").get(id)).scopes, [project, workspace, organisation]);
    assert.equal(changes(store), 4);
    await refused(() => as("adam").attachScope(id, project), "wrong_state", 409, /attached to the project `shop` already/);
    assert.deepEqual((await as("olga").detachScope(id, project)).scopes, [workspace, organisation]);
    await refused(() => as("adam").detachScope(id, project), "not_found", 404, /not attached/);
    assert.equal(changes(store), 5);
    assert.deepEqual((await as("adam").change(id, { description: "d" })).scopes, [workspace, organisation]);
    assert.deepEqual((await as("adam").attachScope(id, project)).external_check_provider.scopes, [workspace, organisation, project]);
  });

  test("is a thing that a run can lie in", async () => {
    const { as } = world();
    const { id } = await as("adam").create(PROVIDER);
    await refused(() => as("adam").attachScope(id, { scope_type: "org", scope_id: "o-2" }), "invalid_request", 400, /`o-1`/);
    await refused(() => as("adam").attachScope(id, { scope_type: "project", scope_id: " " }), "invalid_request", 400);
    for (const wrong of [{ scope_type: "stack", scope_id: "s" }, { scope_type: "org" }, { ...project, extra: 1 }]) {
      await assert.rejects(as("adam").attachScope(id, wrong), (thrown) => thrown.code === "malformed_request");
    }
    await refused(() => as("adam").attachScope("none", project), "not_found", 404);
    await refused(() => as("adam").detachScope("none", project), "not_found", 404);
    assert.deepEqual((await as("adam").get(id)).scopes, []);
  });

  test("of a provider without a secret is attached with a warning", async () => {
    const { as } = world({ storeSecret() {} });
    const { id } = await as("adam").create(PROVIDER);
    const { warning, external_check_provider } = await as("adam").attachScope(id, project);
    assert.match(warning, /`cost` has no secret/);
    assert.deepEqual(external_check_provider.scopes, [project]);
    await as("adam").storeSecret(id, SECRET);
    assert.equal((await as("adam").attachScope(id, workspace)).warning, null);
  });
});

describe("many at once", () => {
  test("a name is given once, and no scope is lost", async () => {
    const { as } = world();
    const created = await Promise.allSettled(Array.from({ length: 5 }, () => as("adam").create(PROVIDER)));
    const winners = created.filter(({ status }) => status === "fulfilled");
    assert.equal(winners.length, 1);
    for (const { reason } of created.filter(({ status }) => status === "rejected")) assert.equal(reason.code, "name_in_use");
    const { id } = winners[0].value;
    const scopes = Array.from({ length: 4 }, (_, at) => ({ scope_type: "workspace", scope_id: `w-${at}` }));
    await Promise.all(scopes.map((scope) => as("adam").attachScope(id, scope)));
    const { scopes: attached } = await as("adam").get(id);
    assert.deepEqual(attached.map(({ scope_id }) => scope_id).sort(), ["w-0", "w-1", "w-2", "w-3"]);
    const twice = await Promise.allSettled([1, 2, 3].map(() => as("adam").attachScope(id, { scope_type: "project", scope_id: "shop" })));
    assert.deepEqual(twice.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
  });

  test("two renames to one name: one has it, and no name is left behind", async () => {
    const { as, store } = world();
    const a = await as("adam").create({ ...PROVIDER, name: "a" });
    const b = await as("adam").create({ ...PROVIDER, name: "b" });
    const renamed = await Promise.allSettled([a, b].map(({ id }) => as("adam").change(id, { name: "c" })));
    assert.deepEqual(renamed.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const { external_check_providers } = await as("adam").list();
    const names = store.list({ kind: "external_check_provider_name", limit: 10, cursor: null }).records;
    assert.deepEqual(names.map(({ key, value }) => `${key} ${value.id}`).sort(), external_check_providers.map(({ name, id }) => `${name} ${id}`).sort());
  });
});

describe("a provider's secret", () => {
  test("goes to the host, and a record says that there is one", async () => {
    const stored = [];
    const { as, store } = world({ storeSecret: (id, secret) => void stored.push([id, secret]) });
    const { id } = await as("adam").create(PROVIDER);
    assert.equal((await as("adam").storeSecret(id, SECRET)).has_secret, true);
    assert.equal((await as("rita").get(id)).has_secret, true);
    assert.equal(changes(store), 2);
    await as("olga").storeSecret(id, "another");
    assert.equal(changes(store), 2, "a replaced secret changes nothing that is kept");
    assert.deepEqual(stored, [[id, SECRET], [id, "another"]]);
    assert.equal((await as("adam").change(id, { name: "renamed" })).has_secret, true);
  });

  test("is stored only when whoever asks may", async () => {
    const stored = [];
    const { as } = world({ storeSecret: (id) => void stored.push(id) });
    const { id } = await as("adam").create(PROVIDER);
    await refused(() => as("mona").storeSecret(id, SECRET), "not_permitted", 403);
    await refused(() => as("nick").storeSecret(id, SECRET), "not_found", 404);
    await refused(() => as("adam").storeSecret("none", SECRET), "not_found", 404);
    for (const empty of ["", " ", undefined, null, 5, {}]) await refused(() => as("adam").storeSecret(id, empty), "invalid_request", 400, /not empty/);
    assert.deepEqual(stored, []);
    assert.equal((await as("adam").get(id)).has_secret, false);
  });

  test("needs a host that keeps secrets", async () => {
    const { as } = world();
    const { id } = await as("adam").create(PROVIDER);
    await refused(() => as("adam").storeSecret(id, SECRET), "not_implemented", 501, /storeSecret/);
    await refused(() => as("mona").storeSecret(id, SECRET), "not_permitted", 403);
    assert.equal((await as("adam").get(id)).has_secret, false);
  });

  test("is not said to be there when the host could not store it", async () => {
    const { as } = world({
      storeSecret: (_, secret) => {
        throw new Error(`the vault is sealed: ${secret}`);
      },
    });
    const { id } = await as("adam").create(PROVIDER);
    await assert.rejects(as("adam").storeSecret(id, SECRET), (thrown) => thrown instanceof RegateError && thrown.code === "host_failed" && thrown.cause === undefined);
    assert.equal((await as("adam").get(id)).has_secret, false);
  });

  test("is in no text that the engine is given", async () => {
    const { as } = world({ storeSecret() {} });
    const { id } = await as("adam").create(PROVIDER);
    // Every text goes into the module by one of these two, so what they see is what it is given.
    const { charCodeAt } = String.prototype;
    const { encodeInto } = TextEncoder.prototype;
    const given = new Set();
    String.prototype.charCodeAt = function (at) {
      given.add(String(this));
      return charCodeAt.call(this, at);
    };
    TextEncoder.prototype.encodeInto = function (text, bytes) {
      given.add(text);
      return encodeInto.call(this, text, bytes);
    };
    try {
      await as("adam").storeSecret(id, SECRET);
    } finally {
      String.prototype.charCodeAt = charCodeAt;
      TextEncoder.prototype.encodeInto = encodeInto;
    }
    const texts = [...given].join("\n");
    for (const operation of ["authorize_provider_secret", "record_provider_secret"]) assert.ok(texts.includes(`"operation":{"${operation}"`), operation);
    assert.ok(!texts.includes(SECRET));
  });

  test("is in no record, answer, error or log", async () => {
    const printed = [];
    const originals = Object.fromEntries(["log", "info", "warn", "error", "debug"].map((name) => [name, console[name]]));
    for (const name of Object.keys(originals)) console[name] = (...values) => void printed.push(values);
    const thrown = [];
    const everything = [];
    try {
      const failing = { throws: () => { throw new Error(SECRET); }, rejects: async (_, secret) => Promise.reject({ secret }), keeps() {}, none: undefined };
      for (const storeSecret of Object.values(failing)) {
        const { as, host, seen, records } = world(storeSecret === undefined ? {} : { storeSecret });
        const { id } = await as("adam").create(PROVIDER);
        await as("adam").attachScope(id, { scope_type: "org", scope_id: "o-1" });
        for (const name of Object.keys(PEOPLE)) await as(name).storeSecret(id, SECRET).then((answer) => everything.push(answer), (error) => thrown.push(error));
        await as("adam").storeSecret("none", SECRET).catch((error) => thrown.push(error));
        for (const callback of ["who", "load", "commit", "newId"]) {
          const original = host[callback];
          host[callback] = () => { throw new Error("the host is down"); };
          await as("olga").storeSecret(id, SECRET).catch((error) => thrown.push(error));
          host[callback] = original;
        }
        everything.push(await as("adam").get(id), await as("adam").list(), records(), seen);
      }
    } finally {
      Object.assign(console, originals);
    }
    assert.ok(thrown.length >= 20, `${thrown.length} errors`);
    assert.ok(everything.length > 10);
    const text = inspect([everything, thrown, printed], { depth: Infinity, showHidden: true, maxArrayLength: Infinity, maxStringLength: Infinity });
    assert.ok(text.includes("external_check_provider"), "what was searched holds the records");
    assert.ok(text.includes("the host is down"), "what was searched holds the errors and their causes");
    assert.ok(!text.includes(SECRET));
  });
});

describe("a provider's token", () => {
  const PROVIDER_ID = "11111111-1111-4111-8111-111111111111";
  const RUN_ID = "22222222-2222-4222-8222-222222222222";
  const MESSAGE = `${PROVIDER_ID}:${RUN_ID}`;
  const TOKEN = "2601433c16ce266236dd8c852815a70277162feb4695c161b76db9b3f90bad60";
  const secrets = { [PROVIDER_ID]: "test-provider-secret", p: "s", umlaut: "schlüssel-🔑" };
  const tokens = providerTokens((id) => secrets[id]);

  test("is HMAC-SHA256 in lower-case hexadecimal: the vector of the specification (case 52)", async () => {
    assert.equal(await tokens.sign(PROVIDER_ID, MESSAGE), TOKEN);
    assert.equal(await tokens.verify(PROVIDER_ID, MESSAGE, TOKEN), true);
  });

  test("is what Node's own crypto gives, for texts of any kind", async () => {
    for (const [id, secret] of Object.entries(secrets)) {
      for (const message of ["", "a", `${id}:läuft-🏃`, "x".repeat(10_000)]) {
        const expected = createHmac("sha256", secret).update(message).digest("hex");
        assert.equal(await tokens.sign(id, message), expected);
        assert.equal(await tokens.verify(id, message, expected), true);
      }
    }
  });

  test("is good for its provider and its message alone", async () => {
    assert.equal(await tokens.verify("p", MESSAGE, TOKEN), false);
    assert.equal(await tokens.verify(PROVIDER_ID, `${PROVIDER_ID}:33333333-3333-4333-8333-333333333333`, TOKEN), false);
    assert.equal(await tokens.verify(PROVIDER_ID, MESSAGE, await tokens.sign("p", MESSAGE)), false);
  });

  test("is false, and no exception, for whatever is no token", async () => {
    const wrong = [
      "",
      "x",
      TOKEN.slice(1),
      `${TOKEN}0`,
      `${TOKEN}\n`,
      ` ${TOKEN}`,
      `0x${TOKEN.slice(2)}`,
      TOKEN.toUpperCase(),
      TOKEN.replace("2", "3"),
      "g".repeat(64),
      "0".repeat(64),
      "é".repeat(64),
      `Bearer ${TOKEN}`,
      undefined,
      null,
      5,
      {},
      [TOKEN],
    ];
    for (const token of wrong) assert.equal(await tokens.verify(PROVIDER_ID, MESSAGE, token), false, inspect(token));
  });

  test("does not exist without a secret", async () => {
    const unknown = { undefined, null: null, empty: "" };
    const { sign, verify } = providerTokens((id) => unknown[id]);
    const ofEmpty = createHmac("sha256", "").update(MESSAGE).digest("hex");
    for (const id of Object.keys(unknown)) {
      assert.equal(await verify(id, MESSAGE, TOKEN), false);
      assert.equal(await verify(id, MESSAGE, ofEmpty), false);
      await assert.rejects(sign(id, MESSAGE), (thrown) => thrown instanceof RegateError && thrown.code === "no_secret" && thrown.message.includes(id));
    }
  });

  test("follows a secret that is replaced, and secrets that come later", async () => {
    let secret = "old";
    const { sign, verify } = providerTokens(async () => secret);
    const old = await sign("p", MESSAGE);
    secret = "new";
    assert.equal(await verify("p", MESSAGE, old), false);
    assert.equal(await verify("p", MESSAGE, await sign("p", MESSAGE)), true);
    secret = undefined;
    assert.equal(await verify("p", MESSAGE, old), false);
  });

  test("is neither good nor bad when the secrets cannot be read", async () => {
    const { sign, verify } = providerTokens(() => Promise.reject(new Error("the vault is sealed")));
    await assert.rejects(sign("p", MESSAGE), /sealed/);
    await assert.rejects(verify("p", MESSAGE, TOKEN), /sealed/);
  });

  test("makes the functions of a host", async () => {
    const vault = new Map();
    const { host, as } = world({ ...providerTokens((id) => vault.get(id)), storeSecret: (id, secret) => void vault.set(id, secret) });
    const { id } = await as("adam").create(PROVIDER);
    await as("adam").storeSecret(id, SECRET);
    assert.equal(await host.verify(id, `${id}:r-1`, await host.sign(id, `${id}:r-1`)), true);
  });
});
