// A provider's secret never leaks: a whole run with an external check, over the API and over HTTP, on a store in memory and on libsql, with
// a vault that fails and names the secret. Every record, commit, notice, answer, error, response and line of the console is searched
// for it. A token shows in the `Authorization` of the request to the provider, and nowhere else.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createClient } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql";
import { deliverNotices, governance, governanceHandler, hostOver, providerTokens, requestCheck } from "regate";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { memoryStore } from "regate/adapters/memory";
import { NO_DESTROYS, planOf } from "./plans.mjs";
import { Evidence, formsOf } from "./secret-search.mjs";

// With what each encoding writes in its own way.
const SECRETS = { first: 'fir/st "s3cret"+of the scan & überlang?', second: "second~s3cret:0123456789-abcdef" };
const VERBS = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];
const PEOPLE = {
  adam: { org_role: "admin", is_session: true, may: VERBS },
  ann: { org_role: "member", is_session: true, may: ["read", "approve"] },
  ci: { org_role: null, is_session: false, may: ["trigger", "read"] },
};

const scratch = mkdtempSync(join(fileURLToPath(new URL("../..", import.meta.url)), "target", "secrets-"));
const received = [];
let answers = [202];
let server;
let origin;

before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      received.push({ headers: request.headers, url: request.url, body });
      response.writeHead(answers.length > 1 ? answers.shift() : answers[0]).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Stores, each with what gives everything that it holds in the end. */
const STORES = {
  memory: async () => {
    const store = memoryStore();
    return { store, everything: async () => ({}) };
  },
  libsql: async () => {
    const folder = mkdtempSync(join(scratch, "db-"));
    const client = createClient({ url: `file:${join(folder, "regate.db")}` });
    const db = drizzle(client);
    await createTables(db);
    const everything = async () => {
      const rows = await Promise.all(["regate_records", "regate_commits"].map(async (table) => (await client.execute(`select * from ${table}`)).rows.map((row) => ({ ...row }))));
      assert.ok(rows.every((table) => table.length > 0));
      client.close();
      return { rows, files: readdirSync(folder).map((name) => readFileSync(join(folder, name))) };
    };
    return { store: drizzleStore(db), everything };
  },
};

/** Everything that is written to the console or to the streams behind it while something runs. */
async function overheard(evidence, act) {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const methods = ["log", "info", "warn", "error", "debug", "trace", "dir"];
  const consoles = methods.map((name) => console[name]);
  const onWarning = (warning) => evidence.add("console", warning);
  for (const stream of streams) {
    const { write } = stream;
    stream.write = function (chunk, ...rest) {
      evidence.add("console", chunk);
      return write.call(stream, chunk, ...rest);
    };
  }
  for (const name of methods) console[name] = (...said) => evidence.add("console", said);
  process.on("warning", onWarning);
  try {
    return await act();
  } finally {
    process.off("warning", onWarning);
    streams.forEach((stream, at) => (stream.write = writes[at]));
    methods.forEach((name, at) => (console[name] = consoles[at]));
  }
}

/** An organisation on a store, whose every word is kept as evidence. `plant` puts something into one of the places that are searched. */
async function watched(open, { plant = {} } = {}) {
  const evidence = new Evidence();
  const { store, everything } = await open();
  const vault = new Map();
  const failing = new Set();
  const fails = (name, secret) => {
    if (!failing.has(name)) return;
    const told = new Error(`the vault cannot ${name} ${secret}`, { cause: { secret, encoded: Buffer.from(secret).toString("base64") } });
    Object.defineProperty(told, "hidden", { value: secret });
    throw told;
  };
  const tokens = providerTokens((id) => {
    fails("get", vault.get(id));
    return vault.get(id);
  });
  const seen = (where, value) => {
    evidence.add(where, value);
    return value;
  };
  const kept = {
    read: async (keys) => seen("record", await store.read(keys)),
    commit(commit) {
      if (plant.record !== undefined && commit.put.length > 0) commit = { ...commit, put: [...commit.put, { kind: "planted", key: commit.idempotency_key, value: plant.record }] };
      return store.commit(seen("commit", commit));
    },
    list: async (query) => seen("record", await store.list(query)),
  };
  const requests = [];
  const host = hostOver(kept, {
    who({ asker }) {
      const name = asker instanceof Request ? asker.headers.get("x-user") : asker;
      return name == null ? null : { id: name, email: `${name}@example.com`, ...PEOPLE[name] };
    },
    notify(notices) {
      evidence.add("notice", plant.notice === undefined ? notices : [...notices, plant.notice]);
      requests.push(...notices.filter(({ kind }) => kind === "external_check_requested"));
    },
    isMember: () => true,
    sign: (id, message) => tokens.sign(id, message),
    verify: (id, message, token) => tokens.verify(id, message, token),
    storeSecret(id, secret) {
      fails("set", secret);
      vault.set(id, secret);
    },
  });
  return { evidence, host, vault, failing, requests, everything, plant };
}

/** Performs something and keeps its answer or its error. */
async function said({ evidence, plant }, act) {
  try {
    const answer = await act();
    evidence.add("answer", plant.answer === undefined ? answer : { answer, planted: plant.answer });
    return answer;
  } catch (thrown) {
    if (plant.error !== undefined) thrown.cause = new Error("planted", { cause: plant.error });
    evidence.add("error", thrown);
    return thrown;
  }
}

const codes = (results) => results.map(({ code, status }) => code ?? status);

/** Sends what a provider is asked, with servers that fail and a line that tells too much; gives the answer of the provider's token. */
async function ask(made) {
  const { host, requests, failing } = made;
  const notice = { ...requests.at(-1), delivery: { ...requests.at(-1).delivery, first_pause_ms: 1 } };
  const send = (url, init) => fetch(url.replace("https://scan.example", origin), init);
  failing.add("get");
  const sealed = await said(made, () => requestCheck(notice, host, { fetch: send }));
  failing.delete("get");
  const broken = await said(made, () => requestCheck(notice, host, { fetch: async (url, init) => { throw new Error(`no line for ${JSON.stringify(init.headers)}`); } }));
  answers = [503, 503, 503, 202];
  const down = await said(made, () => requestCheck(notice, host, { fetch: send }));
  answers = [202];
  const sent = await said(made, () => requestCheck(notice, host, { fetch: send }));
  assert.deepEqual([sealed.code, broken.code, down.code, sent], ["host_failed", "check_not_delivered", "check_not_delivered", 202]);
  return received.at(-1).headers.authorization.replace("Bearer ", "");
}

const tokenOf = (secret, message) => createHmac("sha256", secret).update(message).digest("hex");
const wrongTokens = (secret, right, provider) => [tokenOf(secret, `${provider}:other`), tokenOf(secret, `other:${provider}`), right.toUpperCase(), right.slice(1), "", "Bearer"];

/** A whole run over the API. Gives the tokens that were made. */
async function overApi(made) {
  const { host, failing, vault } = made;
  const as = (asker) => governance(host, { org_id: "o-1", asker });
  const tell = (act) => said(made, act);
  await tell(() => as("adam").workspaces.put("w-1", { name: "shop", project_id: "p-1", auto_apply: true }));
  const set = await tell(() => as("adam").policySets.create({ name: "safety", enforcement: "advisory" }));
  await tell(() => as("adam").policySets.policies.add(set.id, { name: "destroys", rego_source: NO_DESTROYS }));
  const { id } = await tell(() => as("adam").providers.create({ name: "scan", callback_url: "https://scan.example/checks" }));
  await tell(() => as("adam").providers.attachScope(id, { scope_type: "org", scope_id: "o-1" }));
  const { first, second } = SECRETS;
  failing.add("set");
  const refused = [await tell(() => as("adam").providers.storeSecret(id, first))];
  failing.delete("set");
  refused.push(
    await tell(() => as("ann").providers.storeSecret(id, first)),
    await tell(() => as(undefined).providers.storeSecret(id, first)),
    await tell(() => as("adam").providers.storeSecret("none", first)),
    await tell(() => as("adam").providers.storeSecret(id, { first, toString: () => first })),
    await tell(() => as("adam").providers.storeSecret(id, [first])),
    await tell(() => governance({ ...host, storeSecret: undefined }, { org_id: "o-1", asker: "adam" }).providers.storeSecret(id, first)),
    await tell(() => as("adam").providers.create({ name: "other", callback_url: "https://scan.example/", api_token: first })),
    await tell(() => as("adam").providers.change(id, { secret: first })),
  );
  assert.deepEqual(codes(refused), ["host_failed", "not_permitted", "unauthorized", "not_found", "invalid_request", "invalid_request", "not_implemented", "malformed_request", "malformed_request"]);
  for (const secret of [first, second]) assert.equal((await tell(() => as("adam").providers.storeSecret(id, secret))).has_secret, true);
  assert.equal(vault.get(id), second);
  const run = await tell(() => as("ci").runs.create({ workspace_id: "w-1", trigger: "push" }));
  await tell(() => as("ci").runs.deliverPlan(run.id, planOf("destroy", "add")));
  const token = await ask(made);
  const answer = (given) => tell(() => as("ci").checks.receive({ run_id: run.id, provider_id: id, token: given, decision: "pass", reason: "looked" }));
  const wrong = [];
  for (const given of wrongTokens(second, token, id)) wrong.push(await answer(given));
  wrong.push(await answer(tokenOf(first, `${id}:${run.id}`)));
  assert.deepEqual(new Set(codes(wrong)), new Set(["unauthorized"]));
  failing.add("get");
  assert.equal((await answer(token)).code, "host_failed");
  failing.delete("get");
  const malformed = await tell(() => as("ci").checks.receive({ run_id: run.id, provider_id: id, token, decision: "maybe" }));
  assert.deepEqual([malformed.code, (await answer(token)).status, (await answer(token)).code], ["malformed_request", "completed", "wrong_state"]);
  const { runs, providers } = as("adam");
  for (const read of ["get", "timeline", "decisionLog", "approvals", "requirements", "policyResults", "preview"]) await tell(() => runs[read](run.id));
  for (const read of [() => providers.get(id), () => providers.list(), () => as("adam").sweep(), () => deliverNotices(host), () => providers.delete(id)]) await tell(read);
  return [token, tokenOf(first, `${id}:${run.id}`)];
}

/** A whole run over HTTP. Gives the tokens that were made. */
async function overHttp(made) {
  const { host, failing, evidence, plant } = made;
  const handler = governanceHandler(host, { org_id: "o-1", maySweep: () => true });
  const call = async (user, method, path, body, headers = {}) => {
    const init = { method, headers: { ...(user === null ? {} : { "x-user": user }), ...headers } };
    if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
    const response = await handler(new Request(`https://gate.example${path}`, init));
    const text = await response.text();
    evidence.add("response", { status: response.status, headers: [...response.headers], text: plant.response === undefined ? text : `${text}${plant.response}` });
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  await call("adam", "PUT", "/workspaces/w-1", { name: "shop", project_id: "p-1" });
  const { id } = (await call("adam", "POST", "/external-check-providers", { name: "scan", callback_url: "https://scan.example/checks" })).body;
  await call("adam", "POST", `/external-check-providers/${id}/scopes`, { scope_type: "workspace", scope_id: "w-1" });
  const path = `/external-check-providers/${id}/secret`;
  const { first: secret } = SECRETS;
  failing.add("set");
  const refused = [await call("adam", "POST", path, { api_token: secret })];
  failing.delete("set");
  refused.push(
    await call("ann", "POST", path, { api_token: secret }),
    await call(null, "POST", path, { api_token: secret }),
    await call("adam", "POST", path, { api_token: secret, more: 1 }),
    await call("adam", "POST", path, { token: secret }),
    await call("adam", "POST", path, { api_token: [secret] }),
    await call("adam", "POST", path, secret),
    await call("adam", "POST", path, `{"api_token": "${secret}`),
    await call("adam", "PUT", path, { api_token: secret }),
  );
  assert.deepEqual(refused.map(({ status }) => status), [500, 403, 401, 400, 400, 400, 400, 400, 405]);
  assert.equal((await call("adam", "POST", path, { api_token: secret })).status, 204);
  const run = (await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" })).body.id;
  assert.equal((await call("ci", "POST", `/runs/${run}/plan`, planOf("add"))).body.run.status, "pending_approval");
  const token = await ask(made);
  const answer = (given, body = { decision: "pass" }) => call(null, "POST", `/runs/${run}/external-checks/${id}`, body, { authorization: `Bearer ${given}` });
  for (const given of wrongTokens(secret, token, id)) assert.equal((await answer(given)).status, 401);
  failing.add("get");
  assert.equal((await answer(token)).status, 500);
  failing.delete("get");
  assert.equal((await answer(token, { decision: "pass", why: token })).status, 400);
  assert.equal((await answer(token, { decision: "fail" })).body.status, "rejected");
  assert.equal((await answer(token)).status, 409);
  for (const read of ["", "/governance-timeline", "/decision-log", "/approval-requirements", "/policy-results"]) assert.equal((await call("ann", "GET", `/runs/${run}${read}`)).status, 200, read);
  assert.equal((await call("adam", "GET", `/external-check-providers/${id}`)).status, 200);
  await call("adam", "POST", "/sweep");
  return [token];
}

/** Runs all of it, and gives where a secret or a token shows. */
async function leaksOf(open, perform, options) {
  const from = received.length;
  const made = await watched(open, options);
  const { evidence, everything, plant } = made;
  const tokens = await overheard(evidence, async () => {
    if (plant.console !== undefined) console.error("planted", plant.console);
    return perform(made);
  });
  evidence.add("store", await everything());
  const sent = received.slice(from);
  for (const { headers: { authorization, ...headers }, url, body } of sent) {
    assert.match(authorization, /^Bearer [0-9a-f]{64}$/);
    evidence.add("request", { headers, url, body });
    evidence.add("authorization", authorization);
  }
  const secrets = Object.values(SECRETS).flatMap((secret) => evidence.leaksOf(secret));
  const shown = [...new Set(tokens.flatMap((token) => evidence.leaksOf(token)))];
  return { secrets, tokens: shown, size: evidence.size, sent: sent.length };
}

describe("the secret of a provider", () => {
  for (const [name, open] of Object.entries(STORES)) {
    for (const [way, perform] of [["the API", overApi], ["HTTP", overHttp]]) {
      test(`shows nowhere after a run over ${way} on ${name}, and its token in one header alone`, async (context) => {
        const { secrets, tokens, size, sent } = await leaksOf(open, perform);
        assert.deepEqual(secrets, []);
        assert.deepEqual(tokens, ["authorization: plain", "authorization: json", "authorization: url", "authorization: form", "authorization: latin1"]);
        assert.ok(size > 80 && sent === 4, `${size} values and ${sent} requests were searched`);
        context.diagnostic(`${size} values searched, ${sent} of them requests`);
      });
    }
  }
});

describe("the search", () => {
  test("finds a secret in each encoding, in the middle of other text", () => {
    for (const secret of Object.values(SECRETS)) {
      const bytes = Buffer.from(secret);
      const longer = ["", "x", "xy"].flatMap((text) => ["", "z", "zz"].map((end) => Buffer.from(`${text}${secret}${end}`)));
      const texts = [secret, JSON.stringify({ secret }), encodeURIComponent(secret), bytes.toString("hex").toUpperCase()];
      texts.push(...longer.flatMap((text) => [text.toString("base64"), text.toString("base64url")]));
      for (const text of texts) {
        const evidence = new Evidence();
        evidence.add("here", { deep: [{ text: `before ${text} after` }] });
        assert.ok(evidence.leaksOf(secret).length > 0, text);
      }
      const evidence = new Evidence();
      for (const text of [secret.slice(1), "0".repeat(64), Object.keys(formsOf(secret)).join()]) evidence.add("here", text);
      assert.deepEqual(evidence.leaksOf(secret), []);
    }
  });

  test("finds a secret wherever a value can hold it", () => {
    const secret = SECRETS.second;
    const hidden = Object.defineProperty(new Error("no"), "told", { value: secret });
    const stacked = Object.assign(new Error("no"), { stack: `Error: ${secret}` });
    const getter = { get told() { return secret; } };
    const inspected = { [Symbol.for("nodejs.util.inspect.custom")]: () => secret };
    const caused = new Error("no", { cause: new Error("no", { cause: { secret } }) });
    const errors = [new Error(secret), hidden, stacked, caused, new AggregateError([new Error(secret)])];
    const holders = [new Map([["a", new Set([secret])]]), { [secret]: 1 }, getter, inspected, Buffer.from(secret), new TextEncoder().encode(secret).buffer, new Headers({ x: secret })];
    for (const value of [...errors, ...holders]) {
      const evidence = new Evidence();
      evidence.add("here", [[value]]);
      assert.ok(evidence.leaksOf(secret).length > 0, String(value));
    }
  });

  for (const [where, value, places] of [
    ["record", { note: SECRETS.second }, ["commit", "record", "store"]],
    ["record", { note: Buffer.from(`user:${SECRETS.first}`).toString("base64") }, ["commit", "record", "store"]],
    ["notice", { id: encodeURIComponent(SECRETS.first) }, ["notice"]],
    ["answer", Buffer.from(SECRETS.second).toString("hex"), ["answer"]],
    ["error", { told: [SECRETS.first] }, ["error"]],
    ["console", SECRETS.second, ["console"]],
  ]) {
    test(`finds what was planted in a ${where} of a run over the API`, async () => {
      const { secrets } = await leaksOf(STORES.libsql, overApi, { plant: { [where]: value } });
      const found = new Set(secrets.map((leak) => leak.split(":")[0]));
      assert.ok(found.size > 0 && places.some((place) => found.has(place)), [...found].join());
      for (const place of found) assert.ok(places.includes(place), place);
    });
  }

  test("finds what was planted in a response", async () => {
    const { secrets } = await leaksOf(STORES.memory, overHttp, { plant: { response: JSON.stringify(SECRETS.first) } });
    assert.deepEqual([...new Set(secrets.map((leak) => leak.split(":")[0]))], ["response"]);
  });
});
