// `configHandler`: the service over HTTP, as the command line that organisations know asks it, and the gate before a pipeline.

import assert from "node:assert/strict";
import { test } from "node:test";
import { configHandler, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { throwsCode } from "./regate-error.mjs";

const ADMIN = { id: "u-1", email: "ann@example.com", org_role: "admin", may: [] };
const READER = { id: "u-2", email: "bob@example.com", org_role: "member", may: ["read"] };
const PLACE = "https://gate.example/api/v2/owner/acme/context/config";

const SIZES = `package org

policy_name["sizes"]

enable_hard["small"]

small[reason] { input._compiled_.jobs[name].resource_class == "large"; reason := sprintf("%s is large", [name]) }

enable_rule["owner"]

owner = "no owner" { not input.owner }
`;
const CLASH = `package org

policy_name["clash"]

helper = 1

helper = 2 { input.two }
`;

/** A handler over an empty store, and ways to ask it. */
function gate({ compiler = "none", who = ({ asker }) => (asker.headers.get("x-reader") === null ? ADMIN : READER), ...host } = {}) {
  const handle = configHandler(hostOver(memoryStore(), { who, notify() {}, ...host }), { compiler });
  const ask = async (method, path, body, headers = {}) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await handle(new Request(`${PLACE}${path}`, { method, headers, ...text }));
    return { status: response.status, body: await response.json() };
  };
  return {
    ask,
    push: (policies) => ask("POST", "/policy-bundle", { policies }),
    trigger: (config, more = {}) => ask("POST", "/trigger", { config, ...more }),
  };
}

test("bundles are pushed, compared and fetched", async () => {
  const { ask } = gate();
  const policies = { "p/sizes.rego": SIZES };
  const created = { created: ["sizes"], deleted: [], modified: [] };
  assert.deepEqual(await ask("POST", "/policy-bundle?dry=true", { policies }), { status: 200, body: created });
  assert.deepEqual(await ask("GET", "/policy-bundle/"), { status: 200, body: {} });
  assert.deepEqual(await ask("POST", "/policy-bundle", { policies }), { status: 201, body: created });
  assert.equal((await ask("GET", "/policy-bundle")).body.sizes.content, SIZES);
  assert.equal((await ask("GET", "/policy-bundle/sizes")).body.name, "sizes");
  assert.equal((await ask("GET", "/policy-bundle/none")).status, 404);
  const wrong = await ask("POST", "/policy-bundle", { policies: { "a.rego": "package org\n" } });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error, /must declare rule "policy_name" but module contains no rules/);
  assert.equal((await ask("POST", "/policy-bundle", { policies }, { "x-reader": "1" })).status, 403);
});

test("decisions, their log and the settings", async () => {
  const { ask, push } = gate();
  await push({ "p/sizes.rego": SIZES });
  const metadata = { project_id: "p", vcs: { branch: "main" } };
  const soft = await ask("POST", "/decision", { input: "jobs: {}\n", metadata });
  assert.deepEqual(soft, { status: 200, body: { status: "SOFT_FAIL", enabled_rules: ["owner", "small"], soft_failures: [{ rule: "owner", reason: "no owner" }] } });
  const { body: logs } = await ask("GET", "/decision?status=SOFT_FAIL&branch=main&project_id=p");
  assert.equal(logs.length, 1);
  assert.deepEqual(logs[0].metadata, metadata);
  assert.match(logs[0].policies.sizes, /^[0-9a-f]{128}$/);
  assert.deepEqual((await ask("GET", "/decision?offset=1")).body, []);
  assert.deepEqual((await ask("GET", `/decision/${logs[0].id}`)).body, logs[0]);
  assert.equal((await ask("GET", `/decision/${logs[0].id}/policy-bundle`)).body.sizes.content, SIZES);
  assert.equal((await ask("GET", "/decision/none")).status, 404);
  assert.equal((await ask("GET", "/decision/settings")).body.enabled, true);
  assert.equal((await ask("PATCH", "/decision/settings", { enabled: false })).body.enabled, false);
  assert.deepEqual((await ask("POST", "/decision", { input: "jobs: {}\n" })).body, { status: "PASS" });
  assert.equal((await ask("PATCH", "/decision/settings", { enabled: true }, { "x-reader": "1" })).status, 403);
});

test("a violation of a hard rule refuses the pipeline, one of another rule does not, and both are kept", async () => {
  const compiler = (config, { size }) => config.replace("<< size >>", size);
  const { ask, push, trigger } = gate({ compiler });
  await push({ "p/sizes.rego": SIZES });
  const config = "jobs: {build: {resource_class: << size >>}}\n";
  const hard = await trigger(config, { pipeline_parameters: { size: "large" } });
  assert.equal(hard.status, 403);
  assert.equal(hard.body.triggered, false);
  assert.equal(hard.body.decision.status, "HARD_FAIL");
  assert.match(hard.body.error, /small: build is large/);
  const soft = await trigger(config, { pipeline_parameters: { size: "small" } });
  assert.equal(soft.status, 200);
  assert.equal(soft.body.triggered, true);
  assert.equal(soft.body.decision.status, "SOFT_FAIL");
  const pass = await trigger(`${config}owner: ops\n`, { pipeline_parameters: { size: "small" } });
  assert.deepEqual([pass.status, pass.body.decision.status], [200, "PASS"]);
  const asked = await ask("POST", "/decision", { input: config });
  assert.equal(asked.status, 200);
  const { body: all } = await ask("GET", "/decision");
  assert.deepEqual(all.map(({ gate }) => gate), [undefined, true, true, true], "who only asked triggered nothing");
  const logs = all.slice(1);
  assert.deepEqual(logs.map(({ id, decision }) => [id, decision.status]), [pass, soft, hard].map(({ body }) => [body.decision_id, body.decision.status]));
});

test("what could not be evaluated refuses, unless the settings open it", async () => {
  const { ask, push, trigger } = gate();
  await push({ "clash.rego": CLASH });
  const closed = await trigger("two: true\n");
  assert.deepEqual([closed.status, closed.body.triggered, closed.body.decision.status], [403, false, "ERROR"]);
  assert.match(closed.body.error, /could not be evaluated: clash\.rego:7: eval_conflict_error/);
  await ask("PATCH", "/decision/settings", { errors_trigger: true });
  const open = await trigger("two: true\n");
  assert.deepEqual([open.status, open.body.triggered, open.body.decision.status], [200, true, "ERROR"]);
});

test("where nothing is evaluated, every pipeline is triggered and nobody compiles", async () => {
  let compiled = 0;
  const { ask, push, trigger } = gate({ compiler: () => `n: ${++compiled}` });
  await push({ "p/sizes.rego": SIZES });
  await ask("PATCH", "/decision/settings", { enabled: false });
  const { status, body } = await trigger("jobs: {}\n");
  assert.deepEqual([status, body], [200, { triggered: true, decision: null, decision_id: null }]);
  assert.equal(compiled, 0);
});

test("whatever fails is no 200", async () => {
  const failing = gate({
    compiler: () => {
      throw new Error("config is invalid");
    },
  });
  await failing.push({ "p/sizes.rego": SIZES });
  const uncompiled = await failing.trigger("jobs: {}\n");
  assert.deepEqual([uncompiled.status, uncompiled.body.code], [422, "config_not_compiled"]);
  assert.match(uncompiled.body.error, /config is invalid/);

  const { push, trigger, ask } = gate();
  await push({ "odd.rego": 'package org\n\npolicy_name["odd"]\n\nenable_hard = "r"\n' });
  const odd = await trigger("jobs: {}\n");
  assert.deepEqual([odd.status, odd.body.error], [400, "invalid enable_hard: value is not a slice"]);
  for (const [config, status] of [["a:\n\t- b\n", 400], ["a: 1\na: 2\n", 400], [12, 400], ["x".repeat(9 * 1024 * 1024), 413]]) {
    assert.equal((await trigger(config)).status, status, String(config).slice(0, 20));
  }
  assert.equal((await ask("POST", "/trigger", { config: "a: 1", other: 1 })).status, 400);
  assert.equal((await ask("GET", "/trigger")).status, 405);
  assert.deepEqual((await ask("GET", "/decision")).body, []);

  const broken = gate({ who: () => Promise.reject(new Error("no directory")) });
  assert.notEqual((await broken.trigger("jobs: {}\n")).status, 200);
  const own = gate({ compiler: (config) => config });
  await own.push({ "p/sizes.rego": SIZES });
  const said = await own.trigger("jobs: {}\n", { compiled: "jobs: {}\n" });
  assert.deepEqual([said.status, said.body.path], [400, "/compiled"]);
});

test("what compiled to nothing is not decided on", async () => {
  for (const output of ["", "# x", "null", "[]", "oops", "a: 1\n---\nb: 2\n"]) {
    const { push, trigger, ask } = gate({ compiler: () => output });
    await push({ "p/sizes.rego": SIZES });
    const { status, body } = await trigger("jobs: {}\n");
    assert.equal(status, 400, `${output}: ${JSON.stringify(body)}`);
    assert.deepEqual((await ask("GET", "/decision")).body, []);
  }
});

test("a configuration does not say itself what it compiles to, and is one document", async () => {
  const { push, trigger } = gate();
  await push({ "p/sizes.rego": SIZES });
  for (const config of ["_compiled_: {jobs: {}}\njobs: {}\n", "a: 1\n---\njobs: {}\n", "", "[]", "{a: 1} b"]) {
    assert.equal((await trigger(config)).status, 400, config);
  }
  assert.equal((await trigger("a: 1\n", { pipeline_parameters: {} })).status, 400);
  assert.equal((await trigger("# a comment\n---\na: 1\n...\n# the end\n")).status, 200);
});

test("where nothing was ever pushed there is no yes, and an empty bundle is one", async () => {
  const { push, trigger, ask } = gate();
  assert.equal((await trigger("a: 1\n")).status, 404);
  assert.deepEqual((await ask("GET", "/decision")).body, []);
  await push({ "p/sizes.rego": SIZES });
  await push({});
  assert.equal((await trigger("a: 1\n")).status, 200);
});

test("settings that are changed while a configuration is compiled let nothing pass uncompiled", async () => {
  let switched = 0;
  const opened = gate({
    compiler: async (config) => {
      switched++;
      await opened.ask("PATCH", "/decision/settings", { enabled: true });
      return config;
    },
  });
  await opened.push({ "p/sizes.rego": SIZES });
  const { status, body } = await opened.trigger("jobs: {build: {resource_class: large}}\n");
  assert.deepEqual([status, body.decision.status, switched], [403, "HARD_FAIL", 1]);
});

test("a pipeline's own right is enough, and lists are bounded", async () => {
  const { push, ask } = gate({ who: ({ asker }) => (asker.headers.get("x-pipeline") === null ? ADMIN : { ...READER, may: ["trigger"] }) });
  await push({ "p/sizes.rego": SIZES });
  const asked = await ask("POST", "/trigger", { config: "owner: ops\n" }, { "x-pipeline": "1" });
  assert.equal(asked.status, 200);
  assert.equal((await ask("GET", "/decision?limit=100000")).status, 400);
  assert.equal((await ask("GET", "/decision?projectid=x")).status, 400);
  assert.equal((await ask("POST", "/policy-bundle?dry=1", { policies: {} })).status, 400);
  assert.deepEqual(Object.keys((await ask("GET", "/policy-bundle")).body), ["sizes"]);
});

test("a handler is told how configurations are compiled", () => {
  throwsCode(() => configHandler({}, {}), "malformed_request");
  throwsCode(() => configHandler({}, { compiler: "none", other: 1 }), "malformed_request");
});
