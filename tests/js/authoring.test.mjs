// What an author asks while writing: check, validate, test, playground, readPlan, capabilities.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { capabilities, check, playground, readPlan, test as runTests, validate } from "regate";
import { throwsCode } from "./regate-error.mjs";

const example = (path) => new URL(`../../pkg-template/examples/${path}`, import.meta.url);

const GOOD = `package forgecroft.policy

import rego.v1

deny contains message if {
  some change in input.plan_changes.destroyed
  message := sprintf("%s would be destroyed", [change.address])
}
`;

describe("check", () => {
  test("finds nothing in a good module, and says its dialect", () => {
    assert.deepEqual(check(GOOD, { path: "good.rego" }), { diagnostics: [], dialects: { "good.rego": "v1" } });
  });

  test("reports every module's problems in order", () => {
    const { diagnostics } = check({ "b.rego": "package b\n\nx := ]\n", "a.rego": "package a\n\nx := )\n" });
    assert.deepEqual(diagnostics.map(({ file }) => file), ["a.rego", "b.rego"]);
  });

  test("modules that are none are refused", () => {
    for (const wrong of [undefined, null, 5, [null], ["package a"], new Map([["a.rego", "package a"]]), new Set(["package a"])]) {
      throwsCode(() => check(wrong), "malformed_request");
    }
  });

  test("never throws for a text, whatever it is", () => {
    for (const text of ["", " ", "package", "{{{{", "package a\u0000", "\ufeffpackage a", "package a\n\nx := `", 'package a\n\nx := "\\']) {
      assert.ok(Array.isArray(check(text).diagnostics), text);
    }
  });
});

describe("validate", () => {
  test("a good policy", () => {
    const validation = validate(GOOD);
    assert.equal(validation.valid, true);
    assert.equal(validation.error, undefined);
    assert.equal(validation.dialect, "v1");
  });

  test("says the first failing check, and every finding with its place", () => {
    const validation = validate("package other\n\nx := 1\n", { path: "other.rego" });
    assert.equal(validation.valid, false);
    assert.match(validation.error, /forgecroft\.policy/);
    assert.ok(validation.diagnostics.every(({ file }) => file === "other.rego"));
  });

  test("a contract that does not exist is named", () => {
    const error = throwsCode(() => validate(GOOD, { contract: "gouvernance" }), "malformed_request", { path: "/contract" });
    assert.match(error.message, /gouvernance/);
  });
});

describe("test", () => {
  const modules = {
    "a_test.rego": `package a_test

test_true if true

test_false if 1 == 2

test_data if data.limit == 3
`,
  };

  test("reports each test", () => {
    const report = runTests(modules, { data: { limit: 3 } });
    assert.deepEqual([report.passed, report.failed, report.errors], [2, 1, 0]);
    assert.deepEqual(report.results.map(({ name, outcome }) => [name, outcome]), [
      ["test_true", "passed"],
      ["test_false", "failed"],
      ["test_data", "passed"],
    ]);
    assert.equal(report.results[1].file, "a_test.rego");
    assert.equal(report.results[1].line, 5);
  });

  test("can be asked for some", () => {
    assert.deepEqual(runTests(modules, { run: "test_tr" }).results.map(({ name }) => name), ["test_true"]);
  });

  test("with modules that do not compile it runs nothing and says why", () => {
    const report = runTests("package a\n\ntest_x if {\n");
    assert.deepEqual(report.results, []);
    assert.ok(report.diagnostics.some(({ severity }) => severity === "error"));
  });
});

describe("playground", () => {
  test("always has both keys", () => {
    const input = { plan_changes: { destroyed: [{ address: "a.b" }] } };
    assert.deepEqual(playground(GOOD, input), { deny: ["a.b would be destroyed"], require_approval: [] });
    assert.deepEqual(playground(GOOD, {}), { deny: [], require_approval: [] });
  });
});

describe("readPlan", () => {
  test("counts what an example plan changes", () => {
    const bytes = readFileSync(example("plans/webshop.json"));
    const summary = readPlan(bytes);
    assert.deepEqual(summary.counts, { added: 27, changed: 15, destroyed: 18 });
    assert.deepEqual(readPlan(bytes.toString("utf8")), summary);
    assert.deepEqual(readPlan(JSON.parse(bytes.toString("utf8"))), summary);
  });

  test("reads UTF-16 as PowerShell writes it", () => {
    const text = readFileSync(example("plans/quiet.json"), "utf8");
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    assert.deepEqual(readPlan(utf16), readPlan(text));
  });

  test("says what a document is that is no plan", () => {
    throwsCode(() => readPlan({ hello: 1 }), "not_a_plan");
    throwsCode(() => readPlan("[]"), "not_a_plan");
    throwsCode(() => readPlan(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0])), "plan_is_binary");
    const stream = '{"@level":"info","@message":"Terraform 1.9.8","@module":"terraform.ui","type":"version"}\n{"@level":"info","type":"planned_change"}\n';
    const error = throwsCode(() => readPlan(stream), "plan_is_a_stream");
    assert.match(`${error.message} ${error.help}`, /terraform show -json/);
  });
});

describe("capabilities", () => {
  test("lists builtins and limits", () => {
    const { version, builtins, limits } = capabilities();
    assert.equal(version, JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8")).version);
    assert.ok(builtins.length > 150);
    assert.equal(builtins.find(({ name }) => name === "count").available, true);
    assert.equal(builtins.find(({ name }) => name === "http.send").available, false);
    assert.equal(limits.input_bytes, 33554432);
  });
});
