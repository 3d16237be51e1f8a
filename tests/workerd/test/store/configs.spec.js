// The example gate before pipelines, in real workerd on D1: what triggers, what does not, and that whatever fails is no yes.

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { gateOf } from "../../../../pkg-template/examples/config-gate/src/gate.js";

const TOKENS = { ORG: "acme", ADMIN_TOKEN: "admin-token", PIPELINE_TOKEN: "pipeline-token" };
const gate = gateOf({ DB: env.DB, ...TOKENS, COMPILER_URL: "none" });

const POLICY = `package org

policy_name["owners"]

enable_hard["owner"] { data.meta.vcs.branch == "main" }

enable_rule["owner"]

owner = "no owner" { not input.owner }
`;

async function call(method, path, body, token = TOKENS.PIPELINE_TOKEN, handle = gate) {
  const init = { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await handle(new Request(`https://gate.example/api/v2/owner/acme/context/config${path}`, init));
  return { status: response.status, body: await response.json() };
}

const trigger = (config, branch, token) => call("POST", "/trigger", { config, metadata: { vcs: { branch } } }, token);

beforeAll(async () => {
  const pushed = await call("POST", "/policy-bundle", { policies: { "owners.rego": POLICY } }, TOKENS.ADMIN_TOKEN);
  expect(pushed).toEqual({ status: 201, body: { created: ["owners"], deleted: [], modified: [] } });
});

describe("a pipeline", () => {
  it("passes, fails softly or is refused, and each decision is kept", async () => {
    expect(await trigger("owner: ops\n", "main")).toMatchObject({ status: 200, body: { triggered: true, decision: { status: "PASS" } } });
    expect(await trigger("jobs: {}\n", "dev")).toMatchObject({ status: 200, body: { triggered: true, decision: { status: "SOFT_FAIL" } } });
    expect(await trigger("jobs: {}\n", "main")).toMatchObject({ status: 403, body: { triggered: false, decision: { status: "HARD_FAIL" } } });
    const { body } = await call("GET", "/decision");
    expect(body.map(({ decision }) => decision.status)).toEqual(["HARD_FAIL", "SOFT_FAIL", "PASS"]);
  });

  it("of many at once each has its decision", async () => {
    const before = (await call("GET", "/decision?limit=1000")).body.length;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => trigger(at % 2 === 0 ? "owner: ops\n" : "jobs: {}\n", "main")));
    expect(answers.map(({ status }) => status)).toEqual(answers.map((_, at) => (at % 2 === 0 ? 200 : 403)));
    expect((await call("GET", "/decision?limit=1000")).body.length).toBe(before + 20);
  });

  it("whose asker nobody knows, or may not push, is refused", async () => {
    expect((await trigger("owner: ops\n", "main", "wrong")).status).toBe(401);
    expect((await call("POST", "/policy-bundle", { policies: {} })).status).toBe(403);
    const unset = gateOf({ DB: env.DB, ORG: "acme", COMPILER_URL: "none" });
    expect((await call("POST", "/trigger", { config: "owner: ops\n" }, "", unset)).status).toBe(401);
    expect((await call("POST", "/trigger", { config: "owner: ops\n" }, "undefined", unset)).status).toBe(401);
  });

  it("that cannot be judged is not triggered", async () => {
    expect((await trigger("a: [\n", "main")).status).toBe(400);
    expect((await trigger("x: &x [*x]\n", "main")).status).toBe(400);
    expect((await trigger("owner: ops\n---\nowner: nobody\n", "main")).status).toBe(400);
    expect((await trigger("owner: ops\n_compiled_: {}\n", "main")).status).toBe(400);
    expect((await trigger("", "main")).status).toBe(400);
    const elsewhere = (path) => gate(new Request(`https://gate.example/api/v2/owner/${path}/trigger`, { method: "POST", headers: { authorization: `Bearer ${TOKENS.PIPELINE_TOKEN}` }, body: JSON.stringify({ config: "owner: ops\n" }) }));
    expect((await elsewhere("other/context/config")).status).toBe(401);
    expect((await elsewhere("acme/context/confg")).status).toBe(404);
    const unreachable = gateOf({ DB: env.DB, ...TOKENS, COMPILER_URL: "http://127.0.0.1:9/none" });
    expect((await call("POST", "/trigger", { config: "owner: ops\n" }, TOKENS.PIPELINE_TOKEN, unreachable)).status).toBe(422);
    const broken = gateOf({ DB: { prepare: () => { throw new Error("no database"); } }, ...TOKENS, COMPILER_URL: "none" });
    const answer = await call("POST", "/trigger", { config: "owner: ops\n" }, TOKENS.PIPELINE_TOKEN, broken);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.body.triggered ?? false).toBe(false);
  });
});
