// Hostile input through the package in workerd: each is an error with its code and limit, and the next call works.

import { capabilities, check, compile, playground, prepareGovernance, readPlan, RegateError } from "regate";
import { afterEach, describe, expect, it } from "vitest";

const { limits } = capabilities();
const { policy: echo } = compile("package t\n\nimport rego.v1\n\nanswer := input\n");

/** What `run` throws. */
function thrownBy(run) {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(RegateError);
    return thrown;
  }
  throw new Error("nothing was thrown");
}

const errorOf = (input) => thrownBy(() => echo.evaluate("t/answer", input));

/** What asking `answer` of a module throws. */
function evaluationError(body) {
  const { policy, diagnostics } = compile(`package t\n\nimport rego.v1\n\n${body}\n`);
  expect(diagnostics).toEqual([]);
  try {
    return thrownBy(() => policy.evaluate("t/answer", {}));
  } finally {
    policy.free();
  }
}

/** The errors that keep a module from compiling. */
function compileErrors(source) {
  const { policy, diagnostics } = compile(source);
  expect(policy).toBeNull();
  return diagnostics.filter(({ severity }) => severity === "error");
}

function limit(name) {
  expect(limits[name]).toBeGreaterThan(0);
  return { name, value: limits[name] };
}

// Whatever was done to the engine, it answers the next call, and with the policy that it held before.
afterEach(() => {
  expect(echo.evaluate("t/answer", { a: [1] }).value).toEqual({ a: [1] });
});

describe("documents", () => {
  const DEPTH = 10_000;

  it.each([
    ["arrays", "[".repeat(DEPTH) + "]".repeat(DEPTH)],
    ["objects", '{"a":'.repeat(DEPTH) + "1" + "}".repeat(DEPTH)],
    ["arrays without their ends", "[".repeat(DEPTH)],
  ])("text of 10,000 nested %s", (_, text) => {
    expect(errorOf(text)).toMatchObject({ code: "limit_exceeded", limit: limit("data_nesting") });
    expect(errorOf(new TextEncoder().encode(text))).toMatchObject({ code: "limit_exceeded", limit: limit("data_nesting") });
    expect(thrownBy(() => readPlan(text))).toMatchObject({ code: "limit_exceeded", limit: limit("data_nesting") });
    expect(thrownBy(() => compile("package t", { data: text }))).toMatchObject({ code: "limit_exceeded", limit: limit("data_nesting") });
  });

  it("an object of 10,000 levels", () => {
    let deep = 1;
    for (let i = 0; i < DEPTH; i++) deep = { a: deep };
    const error = errorOf(deep);
    expect(error).toMatchObject({ code: "input_not_json", limit: limit("data_nesting") });
    expect(error.path).toBe("/a".repeat(limits.data_nesting));
  });

  it("an object that contains itself", () => {
    const cycle = { list: [1] };
    cycle.list.push(cycle);
    expect(errorOf(cycle)).toMatchObject({ code: "input_not_json", path: "/list/1", message: expect.stringContaining("cycle") });
  });

  it.each([
    ["a Map", new Map([["a", 1]])],
    ["a Set", new Set([1])],
    ["NaN", NaN],
    ["an infinity", -Infinity],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a hole", [1, , 2]],
    ["bytes", new Uint8Array(2)],
  ])("%s inside a value", (_, value) => {
    const error = errorOf({ "a/b": [value] });
    expect(error.code).toBe("input_not_json");
    expect(error.path).toMatch(/^\/a~1b\/0/);
  });

  it("objects that share their parts until the text would be endless", () => {
    let shared = ["0123456789"];
    for (let i = 0; i < 60; i++) shared = [shared, shared];
    expect(errorOf(shared)).toMatchObject({ code: "limit_exceeded", limit: limit("input_bytes") });
  });

  it("lone surrogates, in values, keys, text and escapes", () => {
    expect(errorOf({ s: "a\ud800b" })).toMatchObject({ code: "input_not_json", path: "/s" });
    expect(errorOf({ "a\udc00": 1 })).toMatchObject({ code: "input_not_json" });
    expect(errorOf('{"s":"\ud800"}')).toMatchObject({ code: "input_not_json" });
    expect(errorOf(String.raw`{"s":"\ud800"}`)).toMatchObject({ code: "input_not_json" });
    expect(echo.evaluate("t/answer", String.raw`"\ud83d\ude80"`).value).toBe("🚀");
  });

  it("a truncated UTF-8 sequence", () => {
    const whole = new TextEncoder().encode('"€"');
    expect(errorOf(whole.subarray(0, 3))).toMatchObject({ code: "input_not_json" });
    expect(errorOf(new Uint8Array([0x22, 0xe2, 0x82, 0x22]))).toMatchObject({ code: "input_not_json" });
    expect(echo.evaluate("t/answer", whole).value).toBe("€");
  });

  it("duplicate keys: the last one counts", () => {
    expect(echo.evaluate("t/answer", String.raw`{"a":1,"b":2,"\u0061":3}`).value).toEqual({ a: 3, b: 2 });
  });

  it("text after the document, and no document at all", () => {
    expect(errorOf("1 2").code).toBe("input_not_json");
    expect(errorOf("").code).toBe("input_not_json");
  });

  it("50 MB as bytes, text and value", () => {
    const size = 50 * 1024 * 1024;
    const tooLarge = { code: "limit_exceeded", limit: limit("input_bytes") };
    expect(errorOf(new Uint8Array(size))).toMatchObject(tooLarge);
    expect(errorOf(" ".repeat(size))).toMatchObject(tooLarge);
    expect(errorOf({ s: "x".repeat(size) })).toMatchObject(tooLarge);
    expect(thrownBy(() => readPlan(new Uint8Array(size)))).toMatchObject(tooLarge);
    expect(thrownBy(() => playground("package forgecroft.policy\n\ndeny[m] { m := input.a }", new Uint8Array(size)))).toMatchObject(tooLarge);
  });
});

describe("policies", () => {
  it.each([
    ["arrays", "[".repeat(60) + "]".repeat(60)],
    ["arrays and objects", '[{"a":'.repeat(30) + "1" + "}]".repeat(30)],
  ])("60 nested %s", (_, literal) => {
    const { policy, diagnostics } = compile(`package t\n\nimport rego.v1\n\nanswer := ${literal}\n`);
    expect(diagnostics).toEqual([]);
    expect(policy.evaluate("t/answer", {}).value).toEqual(JSON.parse(literal));
    policy.free();
  });

  it("60 nested arrays without their ends", () => {
    const source = `package t\n\nimport rego.v1\n\nanswer := ${"[".repeat(60)}\n`;
    const errors = compileErrors(source);
    expect(errors).toMatchObject([{ code: "rego_parse_error", file: "policy.rego", start: { line: 6 } }]);
    expect(check(source).diagnostics).toEqual(errors);
  });

  it("1,000 nested brackets", () => {
    const errors = compileErrors(`package t\n\nimport rego.v1\n\nanswer := ${"(".repeat(1000)}1${")".repeat(1000)}\n`);
    expect(errors[0]).toMatchObject({ code: "limit_exceeded", limit: limit("source_nesting") });
  });

  it("a function that calls itself", () => {
    const errors = compileErrors("package t\n\nimport rego.v1\n\nf(x) := f(x + 1)\n\nanswer := f(1)\n");
    expect(errors[0]).toMatchObject({ code: "rego_recursion_error", start: { line: 5 } });
  });

  it("a rule that reaches itself by a name that is computed", () => {
    const { policy, diagnostics } = compile('package t\n\nimport rego.v1\n\nanswer := data.t[concat("", ["ans", "wer"])]\n');
    expect(policy).toBe(null);
    expect(diagnostics[0]).toMatchObject({ code: "rego_recursion_error", start: { line: 5 } });
  });

  it("a cross product without end", () => {
    const error = evaluationError(`n := numbers.range(1, 1000)

answer if {
	some a in n
	some b in n
	some c in n
	a + b + c < 0
}`);
    expect(error).toMatchObject({ code: "limit_exceeded", limit: limit("steps") });
  });

  it("numbers.range(1, 1e9)", () => {
    const error = evaluationError("answer := count(numbers.range(1, 1e9))");
    expect(error.code).toBe("limit_exceeded");
    expect(error.limit).toEqual({ name: error.limit.name, value: limits[error.limit.name] });
  });

  it("a string that doubles", () => {
    const doublings = Array.from({ length: 40 }, (_, i) => `\ts${i + 1} := concat("", [s${i}, s${i}])`);
    const error = evaluationError(`answer := count(s40) if {\n\ts0 := "0123456789abcdef"\n${doublings.join("\n")}\n}`);
    expect(error).toMatchObject({ code: "limit_exceeded", limit: limit("memory_units") });
  });

  it("an answer that is too large", () => {
    const error = evaluationError('answer := [s | some _ in numbers.range(1, 1000); s := concat("", [x | some _ in numbers.range(1, 1000); x := "0123456789"])]');
    expect(error.code).toBe("limit_exceeded");
    expect(error.limit).toEqual({ name: error.limit.name, value: limits[error.limit.name] });
  });
});

describe("governance", () => {
  const PLAN = { format_version: "1.2", terraform_version: "1.9.5", resource_changes: [] };
  const policySet = (rego_source) => ({ name: "hostile", enforcement: "mandatory", policies: [{ name: "hostile", rego_source }] });

  it.each([
    ["that never ends", "n := numbers.range(1, 1000)\n\ndeny contains \"never\" if {\n\tsome a in n\n\tsome b in n\n\tsome c in n\n\ta + b + c < 0\n}"],
    ["that asks for a billion numbers", "deny contains \"never\" if count(numbers.range(1, 1e9)) < 0"],
    ["that does not parse", "deny contains if {"],
  ])("a mandatory policy %s denies", (_, body) => {
    const governance = prepareGovernance({ policy_sets: [policySet(`package forgecroft.policy\n\nimport rego.v1\n\n${body}\n`)] });
    const { decision, response } = governance.preview(PLAN);
    expect(decision.kind).toBe("deny");
    expect(response.policy_results).toMatchObject([{ policy_name: "hostile", passed: false }]);
    governance.free();
  });

  it("a policy that runs out of steps on this plan alone denies, and says which limit it was", () => {
    const governance = prepareGovernance({
      policy_sets: [
        policySet(`package forgecroft.policy

import rego.v1

deny contains "never" if {
	input.workspace.name == "hostile"
	n := numbers.range(1, 1000)
	some a in n
	some b in n
	some c in n
	a + b + c < 0
}
`),
      ],
    });
    expect(governance.diagnostics).toEqual([]);
    const workspace = { id: "w", name: "hostile", attributes: {} };
    const { decision } = governance.preview(PLAN, { workspace });
    expect(decision.kind).toBe("deny");
    expect(JSON.stringify(decision)).toContain("steps");
    expect(governance.preview(PLAN).decision.kind).toBe("allow");
    governance.free();
  });
});
