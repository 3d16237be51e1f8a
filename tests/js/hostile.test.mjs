// Hostile input through the package: each is an error with a code and the limit that was reached, and the next call works.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { RegateError, capabilities, check, compile, playground, prepareGovernance, readPlan, validate } from "regate";
import { throwsCode } from "./regate-error.mjs";

const { limits } = capabilities();
const { policy } = compile('package probe\n\nvalue := input\n\nallow if input.user == "dana"\n');

// Whatever came before, the engine still answers, and rightly.
afterEach(() => {
  assert.equal(policy.evaluate("probe/allow", { user: "dana" }).value, true);
  assert.equal(policy.evaluate("probe/allow", { user: "kim" }).defined, false);
});

const echo = (input) => policy.evaluate("probe/value", input);

function evaluated(source, input = {}) {
  const { policy: hostile, diagnostics } = compile(source);
  assert.ok(hostile, JSON.stringify(diagnostics));
  try {
    return hostile.evaluate("hostile/x", input);
  } finally {
    hostile.free();
  }
}

function reachesLimit(call, names) {
  let thrown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  assert.ok(thrown instanceof RegateError, `expected a limit, got ${thrown?.stack ?? "an answer"}`);
  assert.equal(thrown.code, "limit_exceeded", thrown.message);
  assert.ok(names.includes(thrown.limit?.name), JSON.stringify(thrown.limit));
  assert.equal(typeof thrown.limit.value, "number");
  return thrown;
}

function diagnosedLimit(source, name) {
  const { policy: none, diagnostics } = compile(source);
  assert.equal(none, null);
  const found = diagnostics.find(({ limit }) => limit !== undefined);
  assert.deepEqual(found?.limit, { name, value: limits[name] }, JSON.stringify(diagnostics[0]));
  const validation = validate(source);
  assert.equal(validation.valid, false);
  return found;
}

describe("inputs", () => {
  const depth = 10_000;
  const nestedText = "[".repeat(depth) + "]".repeat(depth);
  const nestedObjectText = '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
  const dataNesting = { name: "data_nesting", value: limits.data_nesting };

  test("JSON text nested 10,000 deep", () => {
    for (const text of [nestedText, nestedObjectText, "[".repeat(depth), '{"a":'.repeat(depth)]) {
      throwsCode(() => echo(text), "limit_exceeded", { limit: dataNesting });
      throwsCode(() => echo(new TextEncoder().encode(text)), "limit_exceeded", { limit: dataNesting });
      throwsCode(() => readPlan(text), "limit_exceeded", { limit: dataNesting });
      throwsCode(() => policy.setData(text), "limit_exceeded", { limit: dataNesting });
    }
  });

  test("an object nested 10,000 deep", () => {
    let list = [];
    let object = {};
    for (let i = 0; i < depth; i++) {
      list = [list];
      object = { a: object };
    }
    for (const value of [list, object]) throwsCode(() => echo(value), "input_not_json", { limit: dataNesting });
    throwsCode(() => readPlan(object), "input_not_json", { limit: dataNesting });
    const governance = prepareGovernance({});
    const workspace = { id: "w", name: "w", attributes: object };
    throwsCode(() => governance.preview({ format_version: "1.2", terraform_version: "1.9.8" }, { workspace }), "malformed_request");
    governance.free();
  });

  test("a cyclic object", () => {
    const cyclic = { list: [] };
    cyclic.list.push({ cyclic });
    const error = throwsCode(() => echo(cyclic), "input_not_json", { path: "/list/0/cyclic" });
    assert.match(error.message, /cycle/);
  });

  test("a Map, NaN, a function, a hole", () => {
    for (const value of [new Map([["user", "dana"]]), NaN, { a: NaN }, () => 1, [, 1]]) throwsCode(() => echo(value), "input_not_json");
  });

  test("lone surrogates in values and keys, as values and as text", () => {
    throwsCode(() => echo({ a: "\ud83d" }), "input_not_json", { path: "/a" });
    throwsCode(() => echo({ "\ude00": 1 }), "input_not_json");
    throwsCode(() => echo('{"a": "\ud83d"}'), "input_not_json");
    throwsCode(() => echo('{"a": "\\ud83d"}'), "input_not_json");
    throwsCode(() => policy.evaluate("probe/\ud83d", {}), "unknown_entrypoint");
    throwsCode(() => policy.query('x := "\ud83d"'), "malformed_request", { path: "/query" });
  });

  test("lone surrogates in a policy's text", () => {
    const source = 'package a\n\nx := "\ud83d"\n';
    throwsCode(() => compile(source), "malformed_request", { path: "/modules/0/source" });
    throwsCode(() => check(source), "malformed_request", { path: "/modules/0/source" });
    throwsCode(() => validate(source), "malformed_request", { path: "/rego_source" });
  });

  test("a truncated UTF-8 sequence", () => {
    throwsCode(() => echo(new Uint8Array([0x5b, 0x22, 0xf0, 0x9f, 0x98])), "input_not_json");
    throwsCode(() => echo(new Uint8Array([0x22, 0xe2, 0x82, 0x22])), "input_not_json");
    throwsCode(() => readPlan(new Uint8Array([0x7b, 0x22, 0xc3])), "input_not_json");
  });

  test("duplicate keys: the last one wins", () => {
    assert.deepEqual(echo('{"user": "kim", "user": "dana"}').value, { user: "dana" });
    assert.equal(policy.evaluate("probe/allow", '{"user": "kim", "us\\u0065r": "dana"}').value, true);
    assert.equal(policy.evaluate("probe/allow", '{"user": "dana", "user": "kim"}').defined, false);
  });

  test("an input of 50 MB", () => {
    const inputBytes = { name: "input_bytes", value: limits.input_bytes };
    const bytes = new Uint8Array(50_000_000).fill(0x20);
    throwsCode(() => echo(bytes), "limit_exceeded", { limit: inputBytes });
    throwsCode(() => echo(" ".repeat(50_000_000)), "limit_exceeded", { limit: inputBytes });
    throwsCode(() => echo({ text: "x".repeat(50_000_000) }), "limit_exceeded", { limit: inputBytes });
    throwsCode(() => readPlan(bytes), "limit_exceeded", { limit: inputBytes });
    // Fewer UTF-16 units than the limit, more bytes.
    throwsCode(() => echo(`"${"é".repeat(20_000_000)}"`), "limit_exceeded", { limit: inputBytes });
  });

  test("a getter and a proxy that attack", () => {
    const proxy = new Proxy({}, { ownKeys: () => { throw new Error("trap"); } });
    throwsCode(() => echo({ proxy }), "input_not_json", { path: "/proxy" });
    const growing = { get more() { return { ...growing, next: growing.more }; } };
    assert.throws(() => echo(growing), RegateError);
  });
});

describe("policies", () => {
  test("60 nested brackets are read, 300 are too many", () => {
    const nested = (open, levels, close) => `package hostile\n\nx := ${open.repeat(levels)}1${close.repeat(levels)}\n`;
    for (const [open, close] of [["[", "]"], ["{1: ", "}"]]) {
      assert.equal(evaluated(nested(open, 60, close)).defined, true);
      diagnosedLimit(nested(open, 300, close).replace("hostile", "forgecroft.policy"), "source_nesting");
    }
  });

  test("brackets without end", () => {
    for (const open of ["[", "(", "{", "{1:", "not ", "[x | ", "f(", "-"]) {
      const { policy: none, diagnostics } = compile(`package a\n\nx := ${open.repeat(100_000)}`);
      assert.equal(none, null, open);
      assert.ok(diagnostics.some(({ severity }) => severity === "error"), open);
    }
  });

  test("long chains of operators, statements and references", () => {
    diagnosedLimit(`package a\n\nx := 1${" + 1".repeat(50_000)}\n`, "source_nesting");
    for (const [rule, value] of [
      [`x if {\n${"  true\n".repeat(50_000)}}`, true],
      [`x := input${".a".repeat(50_000)}`, undefined],
      [`x := 1 if { input.a }${" else := 2 if { input.b }".repeat(5_000)}`, undefined],
    ]) {
      assert.equal(evaluated(`package hostile\n\n${rule}\n`).value, value);
    }
  });

  test("long chains of rules", () => {
    const chain = (length) => `package hostile\n\nx := r0\n\n${Array.from({ length }, (_, i) => `r${i} := r${i + 1}\n`).join("")}r${length} := 1\n`;
    assert.equal(evaluated(chain(5_000)).value, 1);
    const { limit } = reachesLimit(() => evaluated(chain(12_000)), ["depth"]);
    assert.equal(limit.value, limits.depth);
  });

  test("a text above the limit", () => {
    const source = `package a\n# ${"x".repeat(2_000_000)}\n`;
    diagnosedLimit(source, "source_bytes");
    assert.deepEqual(check(source).diagnostics[0].limit, { name: "source_bytes", value: limits.source_bytes });
  });

  test("a self-recursive function", () => {
    const { policy: recursive, diagnostics } = compile("package hostile\n\nf(n) := f(n + 1)\n\nx := f(0)\n");
    assert.equal(recursive, null);
    assert.deepEqual(diagnostics.map(({ code }) => code), ["rego_recursion_error"]);
  });

  test("a cross product without end", () => {
    const source = `package hostile

import rego.v1

x := count([1 |
  some a in numbers.range(1, 100000)
  some b in numbers.range(1, 100000)
  a + b < 0
])
`;
    reachesLimit(() => evaluated(source), ["steps", "memory_units"]);
  });

  test("numbers.range(1, 1e9)", () => {
    reachesLimit(() => evaluated("package hostile\n\nx := count(numbers.range(1, 1000000000))\n"), ["range_elements", "steps", "memory_units"]);
  });

  test("string doubling", () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `s${i + 1} := concat("", [s${i}, s${i}])`).join("\n");
    reachesLimit(() => evaluated(`package hostile\n\ns0 := "0123456789"\n${doubling}\n\nx := count(s40)\n`), ["memory_units", "steps"]);
  });

  test("huge formats", () => {
    for (const expression of ['sprintf("%1000000000d", [1])', 'sprintf("%.999999999f", [1.5])', 'replace("aaaaaaaaaa", "a", input.long)']) {
      const source = `package hostile\n\nx := count(sprintf("%v", [${expression}]))\n`;
      try {
        evaluated(source, { long: "b".repeat(1_000_000) });
      } catch (error) {
        assert.ok(error instanceof RegateError && error.code !== "engine_trapped", `${expression}: ${error.code} ${error.message}`);
      }
    }
  });

  test("an answer above the limit", () => {
    const source = 'package hostile\n\nimport rego.v1\n\nx := [s | some i in numbers.range(1, 2000); s := input.text]\n';
    reachesLimit(() => evaluated(source, { text: "x".repeat(10_000) }), ["answer_bytes", "memory_units"]);
  });

  test("the same, in the playground", () => {
    const source = `package forgecroft.policy

import rego.v1

deny contains "never" if {
  some a in numbers.range(1, 100000)
  some b in numbers.range(1, 100000)
  a + b < 0
}
`;
    // The playground validates first, and says which limit that reached.
    assert.throws(() => playground(source, {}), (error) => error instanceof RegateError && /limit `\w+`/.test(error.message));
    const validation = validate(source);
    assert.equal(validation.valid, false);
    assert.ok(validation.diagnostics.some(({ limit }) => limit !== undefined), JSON.stringify(validation));
  });
});

describe("in governance", () => {
  test("a policy that runs out of its limits denies", () => {
    const source = `package forgecroft.policy

import rego.v1

deny contains "never" if {
  some a in numbers.range(1, 100000)
  some b in numbers.range(1, 100000)
  a + b + count(input.run.id) < 0
}
`;
    const governance = prepareGovernance({ policy_sets: [{ name: "s", policies: [{ name: "p", rego_source: source }] }] });
    const { decision, response } = governance.preview({ format_version: "1.2", terraform_version: "1.9.8", resource_changes: [] });
    assert.equal(decision.kind, "deny");
    assert.match(response.policy_results[0].violations[0], /^policy evaluation error: /);
    governance.free();
  });

  test("a policy that does not compile denies", () => {
    const governance = prepareGovernance({ policy_sets: [{ name: "s", policies: [{ name: "p", rego_source: "package nonsense {{{" }] }] });
    assert.ok(governance.diagnostics.length > 0);
    assert.equal(governance.preview({ format_version: "1.2", terraform_version: "1.9.8", resource_changes: [] }).decision.kind, "deny");
    governance.free();
  });
});

describe("requests", () => {
  test("a configuration with an unknown field or a wrong type is named", () => {
    throwsCode(() => prepareGovernance({ policysets: [] }), "malformed_request");
    throwsCode(() => prepareGovernance({ policy_sets: {} }), "malformed_request");
    throwsCode(() => prepareGovernance({ approval_rules: [{ name: "r" }] }), "malformed_request");
    throwsCode(() => prepareGovernance({ approval_rules: [{ name: "r", approver_type: "user", approver_id: "u", min_approvals: 0 }] }), "invalid_configuration", {
      path: "/approval_rules/0/min_approvals",
    });
    throwsCode(() => prepareGovernance({ policy_sets: [{ name: "s", policies: [{ name: "p", rego_source: new Map() }] }] }), "malformed_request", {
      path: "/policy_sets/0/policies/0/rego_source",
    });
  });

  test("a thousand handles that are let go leave nothing behind", () => {
    for (let i = 0; i < 1000; i++) {
      const { policy: short } = compile(`package a\n\nx := ${i}\n`);
      assert.equal(short.evaluate("a/x", {}).value, i);
      short.free();
    }
  });
});
