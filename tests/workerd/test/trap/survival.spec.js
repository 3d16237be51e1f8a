// A trapped instance: the request that trapped is denied, and the Worker goes on with a new instance.

import { exports } from "cloudflare:workers";
import { RegateError, compile, fromBytes, prepareGovernance } from "regate";
import { trapOnPurpose } from "trap-package/engine-instance.js";
import { expect, it, vi } from "vitest";
import quiet from "../../../../pkg-template/examples/plans/quiet.json?raw";
import webshop from "../../../../pkg-template/examples/plans/webshop.json?raw";
import { bundle } from "../../../../pkg-template/examples/worker/src/bundle.ts";
import { gate } from "../../../../pkg-template/examples/worker/src/gate.ts";

const ALLOWED = "https://gate.example/?workspace=sandbox&trigger=push";
const DENIED = "https://gate.example/?workspace=webshop-production&trigger=push&run=run-1";

async function ask(url, plan) {
  const response = await exports.default.fetch(url, { method: "POST", body: plan });
  return { status: response.status, decided: response.headers.get("regate-decision"), body: await response.json() };
}

it("denies the request that trapped, and answers the next ones as before", async () => {
  const before = await ask(DENIED, webshop);
  expect(before.decided).toBe("deny");

  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const response = await gate(new Request(ALLOWED, { method: "POST", body: quiet }), bundle, () => ({ preview: trapOnPurpose }));
  expect(response.status).toBe(500);
  expect(response.headers.get("regate-decision")).toBe("deny");
  expect(await response.json()).toMatchObject({ decision: { kind: "deny", reasons: [{ code: "engine_trapped" }] }, run_status: null });
  expect(logged).toHaveBeenCalledOnce();
  logged.mockRestore();

  // The Worker prepared its governance in the instance that is gone.
  expect(await ask(DENIED, webshop)).toEqual(before);
  expect((await ask(ALLOWED, quiet)).decided).toBe("allow");
});

it("prepares policies and governance again, as often as it traps", () => {
  const { policy } = compile("package t\n\nimport rego.v1\n\nanswer := [input, data.n]\n", { data: { n: 1 } });
  policy.setData({ n: 2 });
  const loaded = fromBytes(policy.toBytes());
  const governance = prepareGovernance(bundle.governance);
  const context = { workspace: bundle.workspaces[0], org: bundle.org, nowMs: 0 };
  const before = governance.preview(webshop, context);
  for (let i = 0; i < 20; i++) {
    expect(trapOnPurpose).toThrow(expect.objectContaining({ code: "engine_trapped", constructor: RegateError }));
    expect(policy.evaluate("t/answer", String(i)).value).toEqual([i, 2]);
    expect(loaded.evaluate("t/answer", String(i)).value).toEqual([i, 2]);
  }
  expect(governance.preview(webshop, context)).toEqual(before);
  for (const held of [policy, loaded, governance]) held.free();
});
