// A trapped instance: the call that trapped says so, the next one works, and what was prepared before is prepared again.
// The module is a build with an export that traps on purpose.

import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buildEngine, modulesFolder } from "../../pkg-template/build.mjs";
import { instanceModule } from "../../pkg-template/build/glue.mjs";
import { DESTROY_RULE, planOf, runContext } from "./plans.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

// The modules of the package, around the build that can trap.
let regate;
let memory;
let engine;

before(async () => {
  const built = buildEngine({ features: ["trap"] });
  const folder = join(root, "target", `pkg-trap-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(modulesFolder, join(folder, "dist"), { recursive: true });
  cpSync(join(root, "pkg", "package.json"), join(folder, "package.json"));
  cpSync(join(built, "engine_bg.wasm"), join(folder, "dist", "engine.wasm"));
  writeFileSync(join(folder, "dist", "engine.js"), trappingModule(readFileSync(join(built, "engine.js"), "utf8")));
  const module = (name) => import(pathToFileURL(join(folder, "dist", name)).href);
  regate = await module("node.js");
  memory = await module("adapters/memory.js");
  engine = await module("engine-instance.js");
});

// The same glue, which traps at the beginning of the operation that `globalThis.trapInside` names.
function trappingModule(glue) {
  const counting = glue.replaceAll("wasm.__wbg_engine_free(", "(globalThis.engineFreed?.(), wasm.__wbg_engine_free)(");
  assert.notEqual(counting, glue);
  return `${instanceModule(counting).replace("export function instantiate", "function instantiateUntouched")}
export function instantiate(module) {
  const made = instantiateUntouched(module);
  // An error of a trap may keep the glue alive while the engine is collected: only then does its finalizer run.
  (globalThis.glueKeptAlive ??= []).push(made);
  const { call } = made.Engine.prototype;
  made.Engine.prototype.call = function (operation, ...rest) {
    if (globalThis.trapInside === operation) {
      globalThis.trapInside = undefined;
      made.trap();
    }
    return call.call(this, operation, ...rest);
  };
  return made;
}
`;
}

function trap() {
  assert.throws(
    () => engine.trapOnPurpose(),
    (error) => error instanceof regate.RegateError && error.code === "engine_trapped" && error.cause instanceof WebAssembly.RuntimeError,
  );
}

describe("after a trap", () => {
  test("plain calls work", () => {
    trap();
    assert.deepEqual(regate.check("package a\n\nx := 1\n").diagnostics, []);
    trap();
    trap();
    assert.equal(regate.validate("package a\n").valid, false);
  });

  test("a policy is loaded again, with the data that it had last", () => {
    const { policy } = regate.compile("package a\n\nimport rego.v1\n\nallow if input.user in data.owners\n", { data: { owners: ["dana"] } });
    const { revision } = policy;
    const kept = regate.fromBytes(policy.toBytes());
    trap();
    assert.equal(policy.evaluate("a/allow", { user: "dana" }).value, true);
    assert.equal(kept.evaluate("a/allow", { user: "dana" }).value, true);
    assert.equal(policy.revision, revision);
    policy.setData({ owners: ["kim"] });
    trap();
    assert.equal(policy.evaluate("a/allow", { user: "kim" }).value, true);
    assert.equal(policy.evaluate("a/allow", { user: "dana" }).defined, false);
    assert.equal(kept.evaluate("a/allow", { user: "dana" }).value, true);
    policy.updateData(["owners"], ["lee"]);
    policy.updateData(["owners"], ["max"]);
    trap();
    assert.equal(policy.evaluate("a/allow", { user: "max" }).value, true);
    assert.equal(policy.evaluate("a/allow", { user: "kim" }).defined, false);
  });

  test("the caller's own buffers may have changed since", () => {
    const data = new TextEncoder().encode('{"owners":["dana"]}');
    const { policy } = regate.compile("package a\n\nowners := data.owners\n", { data });
    const bytes = policy.toBytes();
    const loaded = regate.fromBytes(bytes);
    data.fill(0);
    bytes.fill(0);
    trap();
    assert.deepEqual(policy.evaluate("a/owners").value, ["dana"]);
    assert.deepEqual(loaded.evaluate("a/owners").value, ["dana"]);
  });

  test("a number of the old instance is never used in the new one", () => {
    const first = regate.compile("package a\n\nx := 1\n").policy;
    trap();
    // Takes the number that `first` had.
    const second = regate.compile("package a\n\nx := 2\n").policy;
    assert.equal(first.evaluate("a/x", {}).value, 1);
    assert.equal(second.evaluate("a/x", {}).value, 2);
    first.free();
    assert.equal(second.evaluate("a/x", {}).value, 2);
  });

  test("what is freed between the trap and its next use releases nothing of the new instance", () => {
    const first = regate.compile("package a\n\nx := 1\n").policy;
    trap();
    const second = regate.compile("package a\n\nx := 2\n").policy;
    first.free();
    assert.equal(second.evaluate("a/x", {}).value, 2);
    assert.throws(() => first.evaluate("a/x", {}), { code: "released" });
  });

  test("governance is prepared again, also in the middle of a decision", async () => {
    const governance = regate.prepareGovernance({ approval_rules: [DESTROY_RULE] });
    const host = memory.memoryHost();
    trap();
    assert.equal(governance.preview(planOf("destroy")).decision.kind, "hold");
    const load = host.load.bind(host);
    host.load = (needs) => {
      trap();
      return load(needs);
    };
    const decided = await governance.decide(planOf("destroy"), runContext(), host);
    assert.equal(decided.decision.kind, "hold");
    assert.equal(host.commits.filter(({ append }) => append.length > 0).length, 1);
  });
});

describe("a call that traps", () => {
  test("is not tried again", () => {
    const { policy } = regate.compile("package a\n\nx := 1\n");
    globalThis.trapInside = "query";
    assert.throws(() => policy.query("x := 1"), { code: "engine_trapped" });
    assert.deepEqual(policy.query("x := 1").bindings, [{ x: 1 }]);
  });

  test("during a decision denies", async () => {
    const governance = regate.prepareGovernance({});
    const host = memory.memoryHost();
    globalThis.trapInside = "govern";
    const decided = await governance.decide(planOf(), runContext(), host);
    assert.deepEqual(decided.decision.reasons.map(({ code }) => code), ["engine_trapped"]);
    assert.equal(decided.committed, false);
    assert.equal(host.commits.length, 0);
    assert.equal((await governance.decide(planOf(), runContext(), host)).decision.kind, "allow");
  });
});

test("a broken instance is not touched when JS collects it", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  let freed = 0;
  globalThis.engineFreed = () => freed++;
  for (let i = 0; i < 5; i++) {
    regate.compile("package a\n\nx := 1\n");
    trap();
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(freed, 0, "the glue's finalizer calls into an instance that trapped");
  assert.equal(regate.compile("package a\n\nx := 1\n").policy.evaluate("a/x", {}).value, 1);
});

test("the published module cannot be made to trap", () => {
  const module = new WebAssembly.Module(readFileSync(join(root, "pkg", "dist", "engine.wasm")));
  assert.ok(!WebAssembly.Module.exports(module).some(({ name }) => name === "trap"));
});
