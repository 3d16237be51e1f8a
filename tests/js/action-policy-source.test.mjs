// compileActionPolicy: what the host's converter of prose gives and throws, and what a caller may pass. What texts mean is
// in the case folders.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { capabilities, compileActionPolicy } from "regate";
import { rejectsCode } from "./regate-error.mjs";

const { limits } = capabilities();
const codesOf = ({ ok, errors }) => (assert.equal(ok, false), errors.map(({ code }) => code));

function spy(give) {
  const asked = [];
  return { asked, convert: (...args) => (asked.push(args), give()) };
}

describe("a converter", () => {
  test("is asked for prose, and what it gives is a policy", async () => {
    for (const format of ["prose", "markdown", "md"]) {
      const { asked, convert } = spy(() => ({ denied_actions: ["drop_table", "drop_table"] }));
      const compiled = await compileActionPolicy("Never drop tables.", format, { name: "tables", convert });
      assert.deepEqual(asked, [["Never drop tables.", format]]);
      assert.deepEqual([compiled.ok, compiled.policy.name, compiled.policy.denied_actions], [true, "tables", ["drop_table"]]);
      assert.deepEqual(compiled.warnings.map(({ path, line }) => [path, line]), [[["denied_actions", 1], undefined]]);
    }
  });

  test("may take its time", async () => {
    const convert = () => new Promise((resolve) => setTimeout(resolve, 5, { name: "later", budgets: { run: 0.1 } }));
    assert.equal((await compileActionPolicy("Ten cents a run.", "prose", { convert })).policy.run_budget, 0.1);
  });

  test("is held to every rule", async () => {
    const convert = () => ({ run_budget: -1, denyed_actions: [], evidence_requirements: { a: ["a"] } });
    const { errors } = await compileActionPolicy("text", "prose", { convert });
    assert.deepEqual(errors.map(({ path, code }) => [path.join("."), code]), [
      ["denyed_actions", "UNKNOWN_FIELD"],
      ["evidence_requirements.a.0", "CONFLICT"],
      ["name", "MISSING"],
      ["run_budget", "RANGE"],
    ]);
    assert.ok(errors.every((error) => !("line" in error) && !("column" in error)));
  });

  test("may give what is no object: that is an error of the policy", async () => {
    for (const given of [null, [], "name: x", 5, true]) {
      assert.deepEqual(codesOf(await compileActionPolicy("text", "md", { convert: () => given })), ["NOT_A_MAPPING"]);
    }
  });

  test("is not asked where nothing can come of it, nor for YAML and JSON", async () => {
    const { asked, convert } = spy(() => ({ name: "x" }));
    assert.deepEqual(codesOf(await compileActionPolicy(" \n", "prose", { convert })), ["EMPTY_SOURCE"]);
    assert.deepEqual(codesOf(await compileActionPolicy("x".repeat(limits.source_bytes + 1), "md", { convert })), ["RANGE"]);
    assert.deepEqual(codesOf(await compileActionPolicy("text", "txt", { convert })), ["UNSUPPORTED_FORMAT"]);
    assert.deepEqual(codesOf(await compileActionPolicy("text", "yaml", { convert })), ["NOT_A_MAPPING"]);
    assert.deepEqual(codesOf(await compileActionPolicy("text", "json", { convert })), ["SYNTAX"]);
    assert.equal((await compileActionPolicy("name: x", "yml", { convert })).ok, true);
    assert.deepEqual(asked, []);
  });

  test("that fails is an error of the host, which does not repeat what it threw", async () => {
    const cause = new Error("the key sk-123 was refused");
    for (const convert of [() => { throw cause; }, () => Promise.reject(cause)]) {
      const error = await rejectsCode(compileActionPolicy("text", "prose", { convert }), "host_failed", { cause });
      assert.doesNotMatch(error.message + error.help, /sk-123/);
    }
  });

  test("that gives what is no JSON is an error of the host, with the path", async () => {
    const cycle = {};
    cycle.rate_limits = cycle;
    for (const [given, path] of [
      [undefined, ""],
      [{ name: "x", run_budget: NaN }, "/run_budget"],
      [{ name: "x", denied_actions: ["a", undefined] }, "/denied_actions/1"],
      [{ name: () => "x" }, "/name"],
      [cycle, "/rate_limits"],
      [{ name: "\ud83d" }, "/name"],
    ]) {
      const error = await rejectsCode(compileActionPolicy("text", "prose", { convert: () => given }), "host_failed");
      assert.match(error.message, /what `convert` gave/);
      assert.equal(error.path ?? "", path);
    }
  });
});

describe("a caller", () => {
  test("passes known options", async () => {
    await rejectsCode(compileActionPolicy("name: x", "yaml", { nmae: "x" }), "malformed_request", { path: "/nmae" });
    await rejectsCode(compileActionPolicy("name: x", "yaml", null), "malformed_request");
    await rejectsCode(compileActionPolicy("name: x", "yaml", { convert: "gpt" }), "malformed_request", { path: "/convert" });
    await rejectsCode(compileActionPolicy("enabled: true", "yaml", { name: 5 }), "malformed_request", { path: "/name" });
  });

  test("passes a text and a format", async () => {
    await rejectsCode(compileActionPolicy({ name: "x" }, "json"), "malformed_request", { path: "/source" });
    await rejectsCode(compileActionPolicy(undefined, "json"), "malformed_request");
    await rejectsCode(compileActionPolicy("name: x"), "malformed_request");
  });

  test("gets every default, and integers that a number cannot hold as they are", async () => {
    const text = '{"name": "x", "argument_constraints": {"a": {"properties": {"id": {"enum": [12345678901234567890]}}}}}';
    const { policy } = await compileActionPolicy(text, "json");
    assert.deepEqual(policy.argument_constraints.a.properties.id.enum, [12345678901234567890n]);
    assert.deepEqual([policy.enabled, policy.scope, policy.session_budget, policy.approval_timeout_seconds], [true, "global", null, 3600]);
    assert.equal(Object.keys(policy).length, 33);
    assert.deepEqual(await compileActionPolicy("{}", "json", { name: "x", convert: undefined }), await compileActionPolicy("name: x", "yaml"));
  });
});

describe("texts that mean harm", () => {
  const megabyte = (piece) => piece.repeat(Math.floor((limits.source_bytes - 20) / piece.length));
  for (const [name, format, text] of [
    ["brackets", "json", megabyte("[")],
    ["brackets", "yaml", megabyte("[")],
    ["lists in one another", "yaml", megabyte("- ")],
    ["questions", "yaml", megabyte("? ")],
    ["anchors", "yaml", megabyte("- &a b\n")],
    ["aliases", "yaml", `a: [&a b${megabyte(",*a")}]`],
    ["one key again and again", "yaml", megabyte("a: 1\n")],
    ["one key again and again", "json", `{${megabyte('"a":1,')}"a":1}`],
    ["a long list", "json", `[${megabyte("1,")}1]`],
    ["patterns as large as they may be", "json", JSON.stringify({ name: "x", pii_rules: { a: { extra_patterns: patterns("\\w{800}") } } })],
    ["patterns that are too large", "json", JSON.stringify({ name: "x", pii_rules: { a: { extra_patterns: patterns(".{2000}") } } })],
  ]) {
    test(`${name} in ${format}`, async () => {
      const begin = performance.now();
      const { errors } = await compileActionPolicy(text, format);
      const took = performance.now() - begin;
      // The last says how many more there are.
      assert.ok(errors.length <= limits.diagnostics + 1, `${errors.length} errors`);
      assert.ok(took < 10_000, `it took ${took} ms`);
    });
  }

  test("the driver's instance lives on", async () => assert.equal((await compileActionPolicy("name: x", "yaml")).ok, true));
});

function patterns(pattern) {
  return Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`p${i}`, `${pattern}${i}`]));
}
