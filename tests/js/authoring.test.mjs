// What an author asks while writing: check, format, validate, test, playground, readPlan, capabilities.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { capabilities, check, compile, format, playground, readPlan, test as runTests, validate } from "regate";
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

describe("check with strict", () => {
  const cases = {
    "an import that nothing uses": ["import data.shop.prices\n\nx := 1\n", "rego_compile_error"],
    "a variable that nothing uses": ["x if {\n  y := input.a\n}\n", "rego_compile_error"],
    "an argument that nothing uses": ["f(a, b) := a\n\nx := f(1, 2)\n", "rego_compile_error"],
  };
  for (const [name, [rules, code]] of Object.entries(cases)) {
    test(`${name} is an error, and is none otherwise`, () => {
      const source = `package a\n\n${rules}`;
      assert.deepEqual(check(source).diagnostics, []);
      assert.deepEqual(check(source, { strict: false }).diagnostics, []);
      assert.deepEqual(check(source, { strict: true }).diagnostics.map((found) => [found.severity, found.code]), [["error", code]]);
      const { policy, diagnostics } = compile(source, { strict: true });
      assert.deepEqual([policy, diagnostics.length], [null, 1]);
      compile(source).policy.free();
    });
  }

  test("a good module has nothing to fear", () => {
    assert.deepEqual(check(GOOD, { strict: true }).diagnostics, []);
  });
});

describe("check with hostFunctions", () => {
  const owner = { name: "acme.owner", arguments: ["id: string"], result: "string" };
  const calling = (argument) => `package a\n\nx := acme.owner(${argument})\n`;
  const codes = (source, hostFunctions) => check(source, { hostFunctions }).diagnostics.map(({ code }) => code);

  test("a call is checked against the types of the function", () => {
    assert.deepEqual(codes(calling('"i-1"'), [owner]), []);
    assert.deepEqual(codes(calling("1"), [owner]), ["rego_type_error"]);
    assert.deepEqual(codes(calling('"i-1", 2'), [owner]), ["rego_type_error"]);
    assert.deepEqual(codes(calling('"i-1"'), []), ["rego_type_error"]);
  });

  const wrong = {
    "a type that there is not": [{ ...owner, arguments: ["text"] }, "/host_functions/0/arguments/0"],
    "the name of a builtin": [{ ...owner, name: "count" }, "/host_functions/0/name"],
    "a name that no policy can call": [{ ...owner, name: "acme owner" }, "/host_functions/0/name"],
  };
  for (const [name, [declared, path]] of Object.entries(wrong)) {
    test(`${name} is refused with its place`, () => void throwsCode(() => check("package a", { hostFunctions: [declared] }), "malformed_request", { path }));
  }
});

describe("format", () => {
  const cases = {
    "blanks and empty lines": ["package a\nx   :=  1\n\n\n\n\ny:=2\n", "package a\n\nx := 1\n\ny := 2\n"],
    "indentation by tabs": ["package a\n\nallow if {\n  input.a\n  input.b\n}\n", "package a\n\nallow if {\n\tinput.a\n\tinput.b\n}\n"],
    "comments stay": ["# one\npackage a\n\nx := 1   # two\n\n# three\ny:=2\n", "# one\npackage a\n\nx := 1 # two\n\n# three\ny := 2\n"],
    "line ends of Windows": ["package a\r\n\r\nx := 1\r\n", "package a\n\nx := 1\n"],
    "characters of two UTF-16 units": ['package a\n\nx:="🚀"   # 🚀\n', 'package a\n\nx := "🚀" # 🚀\n'],
  };
  for (const [name, [source, formatted]] of Object.entries(cases)) {
    test(name, () => {
      assert.deepEqual(format(source), { formatted, changed: true, dialect: "v1", diagnostics: [] });
      assert.deepEqual(format(formatted), { formatted, changed: false, dialect: "v1", diagnostics: [] });
    });
  }

  test("a module keeps its dialect", () => {
    const old = "package a\n\nallow { input.a ; input.b }\n";
    const formatted = "package a\n\nallow {\n\tinput.a\n\tinput.b\n}\n";
    assert.deepEqual(format(old, { dialect: "v0" }), { formatted, changed: true, dialect: "v0", diagnostics: [] });
    assert.equal(format(old, { contract: "governance" }).formatted, formatted);
    assert.equal(format(GOOD, { contract: "governance" }).dialect, "v1");
  });

  test("a statement that cannot be read stays as it is written, with its errors", () => {
    const { formatted, changed, diagnostics } = format("package a\nx:=1\n\ny   :=  ]\n\nz:=3\n", { path: "a.rego" });
    assert.equal(formatted, "package a\n\nx := 1\n\ny   :=  ]\n\nz := 3\n");
    assert.equal(changed, true);
    assert.deepEqual(diagnostics.map(({ file, code, start }) => [file, code, start.line, start.column]), [["a.rego", "rego_parse_error", 4, 9]]);
  });

  test("every example can be formatted, and stays as it is then", () => {
    for (const folder of readdirSync(example("policies"))) {
      for (const file of readdirSync(example(`policies/${folder}`)).filter((name) => name.endsWith(".rego"))) {
        const { formatted, diagnostics } = format(readFileSync(example(`policies/${folder}/${file}`), "utf8"), { contract: "governance" });
        assert.deepEqual(diagnostics, [], file);
        assert.equal(format(formatted, { contract: "governance" }).changed, false, file);
      }
    }
  });

  test("never throws for a text, whatever it is", () => {
    for (const text of ["", " ", "package", "{{{{", "package a\u0000", "\ufeffpackage a", "package a\n\nx := `", 'package a\n\nx := "\\', "# only a comment"]) {
      const { formatted } = format(text);
      assert.equal(typeof formatted, "string", text);
      assert.equal(format(formatted).formatted, formatted, JSON.stringify(text));
    }
  });

  test("what is no text, and what is no option, is refused", () => {
    for (const wrong of [undefined, null, 5, ["package a"], { "a.rego": "package a" }]) throwsCode(() => format(wrong), "malformed_request");
    throwsCode(() => format("package a", { strict: true }), "malformed_request", { path: "/strict" });
    throwsCode(() => format("package a", { dialect: "v2" }), "malformed_request", { path: "/dialect" });
    throwsCode(() => format("package a", { contract: "gouvernance" }), "malformed_request", { path: "/contract" });
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

  test("is asked by full names, with a pattern", () => {
    assert.deepEqual(runTests(modules, { run: "^data\\.a_test\\.test_(false|data)$" }).results.map(({ name }) => name), ["test_false", "test_data"]);
    const error = throwsCode(() => runTests(modules, { run: "[" }), "malformed_request", { path: "/run" });
    assert.match(error.message, /`\[` is no pattern/);
  });

  test("judges each case of a table", () => {
    const report = runTests('package t\n\ntest_even[n] if {\n  some n in [1, 2, 4]\n  n % 2 == 0\n}\n\ntest_none[n] if some n in data.none\n', { data: { none: [] } });
    assert.deepEqual([report.passed, report.failed], [2, 2]);
    assert.deepEqual(report.results[0].cases.map(({ name, outcome }) => [name, outcome]), [
      ["1", "failed"],
      ["2", "passed"],
      ["4", "passed"],
    ]);
    assert.equal(report.results[1].outcome, "failed");
    assert.equal(report.results[1].cases, undefined);
  });

  test("tells coverage only where it is asked for", () => {
    const { coverage } = runTests(modules, { data: { limit: 3 }, coverage: true });
    assert.deepEqual(coverage.files["a_test.rego"].covered, [3, 5, 7].map((row) => ({ start: { row }, end: { row } })));
    assert.equal(runTests(modules).coverage, undefined);
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
    assert.equal(builtins.find(({ name }) => name === "http.send").carrier, "host");
    assert.equal(builtins.find(({ name }) => name === "plus").infix, "+");
    assert.equal(builtins.find(({ name }) => name === "any").deprecated, true);
    assert.equal(builtins.find(({ name }) => name === "rand.intn").nondeterministic, true);
    for (const { name, signature, about } of builtins) {
      assert.match(signature, /^\(.*\)( -> .+)?$/, name);
      assert.match(about, /\S/, name);
    }
    assert.equal(limits.input_bytes, 33554432);
  });
});
