// What a policy can look at of its input: the list of it, and that nothing else of a JS value is walked.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as edge from "regate/edge";
import { compile, init } from "regate";
import { throwsCode } from "./regate-error.mjs";

const PLAN = `package plan

import rego.v1

deny contains change.address if {
  some change in input.resource_changes
  "delete" in change.change.actions
  tags(change).env == "production"
}

tags(change) := change.change.before.tags

owner := input.owners[input.team]

first := input.list[0].name

all := input

counted := count(input.items)

nothing := 1

named := input["a b"]["c.d"]

replaced := tag if tag := tags({"change": {"before": {"tags": input.deep.tag}}}) with input.deep as input.other
`;

const textsOf = (policy, entrypoint) => policy.reads(entrypoint).map(({ text, whole }) => (whole ? `${text} *` : text));

describe("what a policy can look at", () => {
  let policy;

  before(async () => {
    await init();
    policy = compile(PLAN).policy;
  });
  after(() => policy.free());

  test("is a list of references, through functions and keys that are not known", () => {
    assert.deepEqual(textsOf(policy, "plan/deny"), [
      "input.resource_changes[_].address *",
      "input.resource_changes[_].change.actions *",
      "input.resource_changes[_].change.before.tags.env",
    ]);
    assert.deepEqual(textsOf(policy, "plan/owner"), ["input.owners[_] *", "input.team *"]);
    assert.deepEqual(textsOf(policy, "plan/first"), ["input.list[_].name *"]);
    assert.deepEqual(textsOf(policy, "plan/counted"), ["input.items *"]);
    assert.deepEqual(textsOf(policy, "plan/all"), ["input *"]);
    assert.deepEqual(textsOf(policy, "plan/named"), ['input["a b"]["c.d"] *']);
    assert.deepEqual(policy.reads("plan/named"), [{ path: ["a b", "c.d"], text: 'input["a b"]["c.d"]', whole: true }]);
    assert.deepEqual(policy.reads("plan/owner")[0], { path: ["owners", null], text: "input.owners[_]", whole: true });
  });

  test("is nothing where nothing is", () => {
    assert.deepEqual(policy.reads("plan/nothing"), [{ path: [], text: "input", whole: false }]);
    assert.equal(policy.evaluate("plan/nothing", { a: NaN }).value, 1);
  });

  test("is everything for the package that says so", () => {
    assert.deepEqual(textsOf(policy, "plan"), ["input *"]);
  });

  test("has what takes the place of a part of the input", () => {
    assert.deepEqual(textsOf(policy, "plan/replaced").filter((text) => text.startsWith("input.other")), ["input.other *"]);
    assert.equal(policy.evaluate("plan/replaced", { deep: { tag: 1 }, other: { tag: 2 } }).value, 2);
  });

  test("is nothing of an entrypoint that is not there", () => {
    throwsCode(() => policy.reads("plan/denies"), "unknown_entrypoint");
    throwsCode(() => policy.evaluate("plan/denies", { a: 1 }), "unknown_entrypoint");
    throwsCode(() => policy.evaluate("plan/denies", { a: NaN }), "input_not_json", { path: "/a" });
  });

  test("is the same in the edge build, and outlives a policy's data", async () => {
    await edge.init();
    const loaded = edge.fromBytes(policy.toBytes({ sources: false }));
    for (const entrypoint of policy.entrypoints) assert.deepEqual(loaded.reads(entrypoint), policy.reads(entrypoint), entrypoint);
    loaded.free();
    throwsCode(() => loaded.reads("plan/all"), "released");
  });
});

describe("a JS value is walked where a policy can look, and nowhere else", () => {
  let policy;
  const OWN = "package own\n\nallow if input.user.role == \"admin\"\n\nnames contains user.name if some user in input.users\n";

  before(async () => {
    await init();
    policy = compile(OWN).policy;
  });
  after(() => policy.free());

  // Both ways that a value goes to the engine.
  const ways = [{}, { limits: { steps: 100_000 } }];
  const allows = (input) => {
    const said = ways.map((options) => policy.evaluate("own/allow", input, options).defined);
    assert.equal(said[0], said[1]);
    return said[0];
  };

  test("what JSON cannot say is refused where it is looked at", () => {
    const cycle = {};
    cycle.self = cycle;
    const trap = {
      get opened() {
        throw new Error("nobody looks here");
      },
    };
    for (const value of [NaN, cycle, new Map(), trap, () => 1, "\ud800", [undefined]]) {
      assert.equal(allows({ user: { role: "admin", other: value }, other: value }), true);
    }
    for (const options of ways) {
      throwsCode(() => policy.evaluate("own/allow", { user: { role: NaN }, other: NaN }, options), "input_not_json", { path: "/user/role" });
      throwsCode(() => policy.evaluate("own/allow", { user: new Map(), other: NaN }, options), "input_not_json", { path: "/user" });
    }
  });

  test("properties count that JSON would have", () => {
    const user = (make) => allows({ user: make });
    assert.equal(user({ role: "admin" }), true);
    throwsCode(() => user(Object.create({ role: "admin" })), "input_not_json", { path: "/user" });
    assert.equal(user(Object.defineProperty({}, "role", { value: "admin", enumerable: false })), false);
    assert.equal(user({ get role() { return "admin"; } }), true);
    assert.equal(user({ role: undefined }), false);
    assert.equal(user({ toJSON: () => ({ role: "admin" }) }), true);
    assert.equal(user({ role: { toJSON: () => "admin" } }), true);
    assert.equal(user(Object.assign(Object.create(null), { role: "admin" })), true);
    assert.equal(user(["admin"]), false);
    assert.equal(allows([{ role: "admin" }]), false);
    assert.equal(allows(JSON.parse('{"__proto__": {"user": {"role": "admin"}}}')), false);
  });

  test("a key of every object is one that objects have", () => {
    const { policy: odd } = compile("package odd\n\nx := input.__proto__.constructor\n");
    assert.equal(odd.evaluate("odd/x", {}).defined, false);
    assert.equal(odd.evaluate("odd/x", JSON.parse('{"__proto__": {"constructor": 1}}')).value, 1);
    odd.free();
  });

  test("objects of any number of keys cross", () => {
    for (const count of [1, 63, 64, 65, 200]) {
      const keys = Array.from({ length: count }, (_, at) => `k${at}`);
      const { policy: many } = compile(`package many\n\nall := [${keys.map((key) => `input.${key}`).join(", ")}]\n`);
      const input = { ...Object.fromEntries(keys.map((key, at) => [key, at])), other: NaN };
      assert.deepEqual(many.evaluate("many/all", input).value, keys.map((_, at) => at));
      assert.deepEqual(many.evaluate("many/all", JSON.stringify({ ...input, other: 1 })).value, keys.map((_, at) => at));
      many.free();
    }
  });

  test("a policy that is let go while its options are read is gone", () => {
    const { policy: gone } = compile(OWN);
    const options = {
      get nowMs() {
        gone.free();
        return 1;
      },
    };
    throwsCode(() => gone.evaluate("own/allow", "{}", options), "released");
  });

  test("bytes are as long as they are, whatever they say", () => {
    class Liar extends Uint8Array {
      get length() {
        policy.evaluate("own/allow", JSON.stringify({ user: { role: "x".repeat(100_000) } }));
        return 3;
      }
    }
    const bytes = Liar.from(new TextEncoder().encode('{"user": {"role": "admin"}}'));
    assert.equal(policy.evaluate("own/allow", bytes).value, true);
  });

  test("texts that take more room than their length, and as much as there may be", () => {
    for (const name of ["é", "你", "😀", "é".repeat(5_000), ""]) {
      assert.deepEqual(policy.evaluate("own/names", JSON.stringify({ users: [{ name }] })).value, [name]);
    }
    throwsCode(() => policy.evaluate("own/allow", JSON.stringify("é".repeat(17_000_000))), "limit_exceeded");
    throwsCode(() => policy.evaluate("own/allow", "\ud800"), "input_not_json");
    assert.equal(policy.evaluate("own/allow", '{"user": {"role": "admin"}}').value, true);
  });

  test("promises change nothing of that", async () => {
    assert.equal((await policy.evaluateAsync("own/allow", { user: { role: "admin" }, other: NaN })).value, true);
    await assert.rejects(policy.evaluateAsync("own/allow", { user: { role: NaN } }), { code: "input_not_json", path: "/user/role" });
  });

  test("a query may look anywhere", () => {
    throwsCode(() => policy.query("data.own.allow", { user: { role: "admin" }, other: NaN }), "input_not_json", { path: "/other" });
  });

  test("and so may what is read as text: all of it must be JSON", () => {
    for (const text of ['{"other": NaN}', '{"other": "\\ud800"}', '{"other": [1,]}', '{"other": 1e999999999}', '{"user": {}} x']) {
      assert.throws(() => policy.evaluate("own/allow", text), ({ code }) => code === "input_not_json" || code === "limit_exceeded", text);
    }
    assert.throws(() => policy.evaluate("own/allow", `{"other": ${"[".repeat(600)}${"]".repeat(600)}}`), { code: "limit_exceeded" });
  });

  test("values and their texts say the same at the same cost", () => {
    const { policy: wide } = compile(PLAN);
    const change = (at) => ({ address: `a${at}`, kept: { deep: [at] }, change: { actions: at % 2 ? ["delete"] : ["no-op", "create"], before: at % 3 ? { tags: { env: "production", extra: [1] } } : null } });
    for (const count of [0, 1, 7, 50]) {
      const input = { resource_changes: Array.from({ length: count }, (_, at) => change(at)), owners: { a: "x" }, team: "a", list: [{ name: "n", more: {} }], "a b": { "c.d": [1] }, items: [1, 2], deep: {}, other: {} };
      for (const entrypoint of [...wide.entrypoints, "plan"]) {
        assert.deepEqual(wide.evaluate(entrypoint, input), wide.evaluate(entrypoint, JSON.stringify(input)), entrypoint);
      }
    }
    wide.free();
  });
});
