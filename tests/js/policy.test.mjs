// A compiled policy: asking it, giving it data, moving it as bytes, letting it go.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { RegateError, check, compile, compileBundles, fromBytes, governance, governanceHandler, prepareGovernance, test as runTests, testBundles, validate } from "regate";
import { memoryHost } from "regate/adapters/memory";
import { bundle } from "./bundle.mjs";
import { throwsCode } from "./regate-error.mjs";

const SHOP = `package shop

import rego.v1

default allow := false

allow if input.user in data.owners

limit := 10

reasons contains message if {
  some item in input.items
  item.price > limit
  message := sprintf("%s costs more than %d", [item.name, limit])
}
`;

function shop(options) {
  const { policy, diagnostics } = compile(SHOP, options);
  assert.deepEqual(diagnostics, []);
  return policy;
}

describe("compile", () => {
  test("gives a policy with a revision and entrypoints", () => {
    const policy = shop();
    assert.match(policy.revision, /^sha256:[0-9a-f]{64}$/);
    for (const entrypoint of ["shop/allow", "shop/limit", "shop/reasons"]) {
      assert.ok(policy.entrypoints.includes(entrypoint), `${entrypoint} in ${policy.entrypoints}`);
    }
    policy.free();
  });

  test("bad Rego is diagnostics with a place, and no policy", () => {
    const { policy, diagnostics } = compile("package a\n\nallow if {\n  x := \n}\n", { path: "a.rego" });
    assert.equal(policy, null);
    assert.ok(diagnostics.length > 0);
    const [first] = diagnostics;
    assert.equal(first.severity, "error");
    assert.equal(first.file, "a.rego");
    assert.ok(first.start.line >= 4 && first.start.line <= 5, JSON.stringify(first));
  });

  test("columns count UTF-16 units", () => {
    const { diagnostics } = compile('package a\n\nx := "é😀" + ]\n');
    assert.equal(diagnostics[0].start.line, 3);
    assert.equal(diagnostics[0].start.column, 14);
  });

  test("modules as a list and as an object are the same program", () => {
    const sources = { "a.rego": "package a\n\nx := data.b.y\n", "b.rego": "package b\n\ny := 1\n" };
    const fromObject = compile(sources).policy;
    const fromList = compile(Object.entries(sources).map(([path, source]) => ({ path, source }))).policy;
    assert.equal(fromObject.revision, fromList.revision);
    assert.deepEqual(fromObject.evaluate("a/x"), fromList.evaluate("a/x"));
    assert.equal(fromObject.evaluate("a/x").value, 1);
  });

  test("the dialect: v1 unless said otherwise, and in the result", () => {
    const old = "package a\n\nallow { input.x }\n";
    assert.equal(compile(old).policy, null);
    const { policy, dialects } = compile(old, { path: "old.rego", dialect: "v0" });
    assert.deepEqual(dialects, { "old.rego": "v0" });
    assert.equal(policy.evaluate("a/allow", { x: 1 }).value, true);
  });

  test("a contract's refused builtins are found at compile time", () => {
    const calling = 'package a\n\nx := http.send({"method": "get", "url": "http://localhost"})\n';
    const { policy, diagnostics } = compile(calling, { contract: "governance" });
    assert.equal(policy, null);
    assert.ok(diagnostics.length > 0);
  });

  test("a misspelt option's value is named", () => {
    throwsCode(() => compile("package a", { dialect: "v7" }), "malformed_request", { path: "/dialect" });
    throwsCode(() => compile(7), "malformed_request");
  });

  test("half of a surrogate pair in the text is refused with its place", () => {
    throwsCode(() => compile('package a\n\nx := "\ud800"\n'), "malformed_request", { path: "/modules/0/source" });
  });
});

describe("options", () => {
  const { policy } = compile("package a\n\nx := 9007199254740993\n");
  const source = "package a\n";
  const calls = {
    "compile()": (options) => compile(source, options),
    "check()": (options) => check(source, options),
    "validate()": (options) => validate(source, options),
    "test()": (options) => runTests(source, options),
    "testBundles()": (options) => testBundles({}, options),
    "compileBundles()": (options) => compileBundles({}, options),
    "evaluate()": (options) => policy.evaluate("a/x", {}, options),
    "query()": (options) => policy.query("true", {}, options),
    "governance()": (options) => governance(memoryHost(), { org_id: "o-1", ...options }),
    "governanceHandler()": (options) => governanceHandler(memoryHost(), { org_id: "o-1", ...options }),
  };

  for (const [name, call] of Object.entries(calls)) {
    test(`of ${name}: a misspelt one is named, with those that there are`, () => {
      for (const wrong of ["dialekt", "contarct", "limit", "workspaceId", "handle", "toJSON", "a/b"]) {
        const error = throwsCode(() => call({ [wrong]: "v0" }), "malformed_request", { path: `/${wrong.replace("/", "~1")}` });
        assert.equal(error.message, `${name} has no option \`${wrong}\``);
        assert.match(error.help, /^the options are \w+(, \w+)+$/);
      }
    });
  }

  test("that are no object are refused", () => {
    for (const call of Object.values(calls).slice(0, 6)) {
      for (const wrong of [null, 5, "v0", ["v0"], () => 1]) throwsCode(() => call(wrong), "malformed_request");
    }
  });

  test("a misspelt way to take numbers is refused, on every path", () => {
    for (const numbers of ["exakt", "", null, true]) {
      throwsCode(() => policy.evaluate("a/x", {}, { numbers }), "malformed_request", { path: "/numbers" });
      throwsCode(() => policy.evaluate("a/x", undefined, { numbers }), "malformed_request", { path: "/numbers" });
      throwsCode(() => policy.query("true", {}, { numbers }), "malformed_request", { path: "/numbers" });
    }
    assert.equal(policy.evaluate("a/x", {}, { numbers: "exact" }).value, 9007199254740993n);
    throwsCode(() => policy.evaluate("a/x", {}, { numbers: undefined }), "number_not_exact");
  });
});

describe("evaluate", () => {
  const policy = shop({ data: { owners: ["dana"] } });

  test("answers with a value and the steps that it took", () => {
    const answer = policy.evaluate("shop/allow", { user: "dana" });
    assert.equal(answer.defined, true);
    assert.equal(answer.value, true);
    assert.ok(Number.isSafeInteger(answer.steps) && answer.steps > 0);
    assert.equal(policy.evaluate("shop/allow", { user: "kim" }).value, false);
  });

  test("the same from a value, text and bytes", () => {
    const input = { items: [{ name: "a", price: 11 }, { name: "b", price: 1 }] };
    const text = JSON.stringify(input);
    const expected = policy.evaluate("shop/reasons", input);
    assert.deepEqual(expected.value, ["a costs more than 10"]);
    assert.deepEqual(policy.evaluate("shop/reasons", text), expected);
    assert.deepEqual(policy.evaluate("shop/reasons", new TextEncoder().encode(text)), expected);
    assert.deepEqual(policy.evaluate("shop/reasons", text, { seed: 1 }), expected);
  });

  test("bytes of another realm are bytes, and what only looks like them is not", () => {
    const { policy } = compile("package echo\n\nvalue := input\n");
    for (const source of ["new Uint8Array([123, 125])", "new Uint8Array([123, 125]).buffer"]) {
      const foreign = runInNewContext(source);
      assert.deepEqual(policy.evaluate("echo/value", foreign).value, {});
      assert.deepEqual(policy.query("value = input", foreign).bindings, [{ value: {} }]);
    }
    const data = runInNewContext("new Uint8Array([123, 125])");
    policy.setData(data);
    // Its own copy, which is loaded again after a trap, stays as it was.
    data.fill(0);
    assert.deepEqual(policy.query("x = data.echo").bindings.length, 1);
    for (const fake of [Object.create(Uint8Array.prototype), new Proxy(new Uint8Array([123, 125]), {})]) {
      throwsCode(() => policy.evaluate("echo/value", fake), "input_not_json");
    }
  });

  test("undefined is not false", () => {
    const { policy: partial } = compile("package a\n\nallow if input.x\n");
    const { steps, memory_units, ...answer } = partial.evaluate("a/allow", {});
    assert.deepEqual(answer, { defined: false });
    assert.ok(Number.isSafeInteger(steps) && Number.isSafeInteger(memory_units));
  });

  test("a package is an object of its rules", () => {
    assert.deepEqual(policy.evaluate("shop", { user: "dana", items: [] }).value, { allow: true, limit: 10, reasons: [] });
  });

  test("an entrypoint that is not there is named", () => {
    const error = throwsCode(() => policy.evaluate("shop/alow", {}), "unknown_entrypoint");
    assert.match(error.message, /shop\/alow/);
  });

  test("an entrypoint or a query that is no text is the caller's mistake, and costs no engine", () => {
    const policy = shop();
    for (const wrong of [undefined, null, 5, {}, ["shop/allow"], true, 1n, Symbol("shop/allow"), () => "shop/allow", new String("shop/allow")]) {
      for (const ask of [() => policy.evaluate(wrong, {}), () => policy.evaluate(wrong), () => policy.evaluate(wrong, {}, { seed: 1 })]) {
        assert.match(throwsCode(ask, "malformed_request", { path: "/entrypoint" }).message, /must be a text/);
      }
      throwsCode(() => policy.query(wrong, {}), "malformed_request", { path: "/query" });
    }
    assert.equal(policy.evaluate("shop/allow", {}).value, false);
  });

  test("time and randomness come from the request", () => {
    const { policy: clock } = compile('package a\n\nnow := time.now_ns()\n\ndice := rand.intn("d", 1000000)\n');
    assert.equal(clock.evaluate("a/now", {}, { nowMs: 1700000000000, numbers: "exact" }).value, 1700000000000000000n);
    assert.equal(clock.evaluate("a/now", undefined, { nowMs: 5 }).value, 5000000);
    const before = Date.now();
    const now = Number(clock.evaluate("a/now", {}, { numbers: "exact" }).value / 1000000n);
    assert.ok(now >= before && now <= Date.now());
    const dice = (seed) => clock.evaluate("a/dice", {}, { seed }).value;
    assert.equal(dice(1), dice(1));
    assert.notEqual(dice(1), dice(2));
    throwsCode(() => clock.evaluate("a/now", {}, { nowMs: NaN }), "malformed_request", { path: "/now_ms" });
  });

  test("a failing builtin is undefined, and an error where strictness is asked for", () => {
    const { policy: failing } = compile("package a\n\nx := to_number(input)\n");
    assert.equal(failing.evaluate("a/x", '"no number"').defined, false);
    throwsCode(() => failing.evaluate("a/x", '"no number"', { strictBuiltinErrors: true }), "eval_builtin_error");
  });

  test("two values for one rule are an error", () => {
    const { policy: conflict } = compile("package a\n\nx := 1 if input.a\n\nx := 2 if input.b\n");
    throwsCode(() => conflict.evaluate("a/x", { a: true, b: true }), "eval_conflict_error");
    assert.equal(conflict.evaluate("a/x", { b: true }).value, 2);
  });

  test("limits can be lowered, and an unknown one is named", () => {
    const error = throwsCode(() => policy.evaluate("shop/allow", { user: "dana" }, { limits: { steps: 1 } }), "limit_exceeded");
    assert.deepEqual(error.limit, { name: "steps", value: 1 });
    throwsCode(() => policy.evaluate("shop/allow", {}, { limits: { step: 1 } }), "malformed_request");
    throwsCode(() => policy.evaluate("shop/allow", {}, { sed: 1 }), "malformed_request");
  });
});

describe("query", () => {
  test("gives the variables of every way in which it is true", () => {
    const policy = shop({ data: { owners: ["dana", "kim"] } });
    const { bindings } = policy.query("some i; owner := data.owners[i]");
    assert.deepEqual(bindings.map(({ owner }) => owner), ["dana", "kim"]);
    assert.deepEqual(policy.query("x := data.shop.limit; x > 100").bindings, []);
    assert.deepEqual(policy.query("x := input.a", { a: 1 }).bindings, [{ x: 1 }]);
    assert.throws(() => policy.query("x :="), RegateError);
  });
});

describe("data", () => {
  test("is replaced without parsing the modules again", () => {
    const policy = shop({ data: { owners: ["dana"] } });
    const before = policy.revision;
    policy.setData('{"owners": ["kim"]}');
    assert.equal(policy.evaluate("shop/allow", { user: "kim" }).value, true);
    assert.equal(policy.evaluate("shop/allow", { user: "dana" }).value, false);
    assert.notEqual(policy.revision, before);
    policy.setData({ owners: ["dana"] });
    assert.equal(policy.revision, before);
  });

  test("that is not an object of its own is refused, and what was there stays", () => {
    const policy = shop({ data: { owners: ["dana"] } });
    throwsCode(() => policy.setData("{"), "input_not_json");
    throwsCode(() => policy.setData(new Map()), "input_not_json");
    assert.equal(policy.evaluate("shop/allow", { user: "dana" }).value, true);
  });
});

describe("bundles", () => {
  const one = bundle({ ".manifest": '{"roots": ["a"]}', "a.rego": "package a\n\nx := data.b.n\n" });

  test("of several makers are one policy", () => {
    const other = bundle({ ".manifest": '{"roots": ["b"]}', "b/data.json": '{"n": 7}' });
    const { policy, dialects } = compileBundles({ one, other });
    assert.equal(policy.evaluate("a/x").value, 7);
    assert.deepEqual(dialects, { "one/a.rego": "v1" });
    policy.updateData(["b", "n"], "8");
    assert.equal(policy.evaluate("a/x").value, 8);
  });

  test("are tested together", () => {
    const tests = bundle({ ".manifest": '{"roots": ["a_test", "b"]}', "b/data.json": '{"n": 7}', "t.rego": "package a_test\n\ntest_x if data.a.x == 7\n\ntest_y if data.a.x == 8\n" });
    const report = testBundles({ one, tests }, { coverage: true });
    assert.deepEqual([report.passed, report.failed, report.results[0].file], [1, 1, "tests/t.rego"]);
    assert.equal(report.coverage.files["one/a.rego"].coverage, 100);
    assert.equal(testBundles({ one, tests }, { run: "test_x$" }).results.length, 1);
    assert.equal(testBundles({ bad: bundle({ "p.rego": "package p\n\nx := ]\n" }) }).diagnostics[0].code, "rego_parse_error");
    throwsCode(() => testBundles({ one: one.subarray(0, 40) }), "bundle_refused");
  });

  test("that cannot be read are refused", () => {
    throwsCode(() => compileBundles({ one, same: one }), "bundle_refused");
    throwsCode(() => compileBundles({ one: one.subarray(0, 40) }), "bundle_refused");
    throwsCode(() => compileBundles({ one: "text" }), "malformed_request");
    for (const bundles of [null, [one], new Map([["one", one]]), "one"]) throwsCode(() => compileBundles(bundles), "malformed_request");
    throwsCode(() => compileBundles({ one }, { unknown: true }), "malformed_request");
  });
});

describe("a part of the data", () => {
  test("is put where it is told, and taken away", () => {
    const policy = shop({ data: { owners: ["dana"] } });
    const { revision } = policy;
    policy.updateData(["owners"], ["kim"]);
    assert.equal(policy.evaluate("shop/allow", { user: "kim" }).value, true);
    assert.equal(policy.evaluate("shop/allow", { user: "dana" }).value, false);
    assert.notEqual(policy.revision, revision);
    policy.updateData(["more", "deep"], '{"er": 1.50}');
    assert.deepEqual(policy.query("x := data.more").bindings, [{ x: { deep: { er: 1.5 } } }]);
    policy.removeData(["more", "deep"]);
    policy.removeData(["nothing", "there"]);
    assert.deepEqual(policy.query("x := data.more").bindings, [{ x: {} }]);
    assert.deepEqual(fromBytes(policy.toBytes()).query("x := data.owners").bindings, [{ x: ["kim"] }]);
  });

  test("that cannot stand there is refused, and nothing changes", () => {
    const policy = shop({ data: { owners: ["dana"] } });
    const { revision } = policy;
    throwsCode(() => policy.updateData(["owners"], "["), "input_not_json");
    throwsCode(() => policy.updateData(["shop", "allow"], "true"), "rego_compile_error");
    throwsCode(() => policy.updateData([], {}), "malformed_request");
    throwsCode(() => policy.updateData("owners", {}), "malformed_request");
    throwsCode(() => policy.updateData([1], {}), "malformed_request");
    throwsCode(() => policy.removeData(undefined), "malformed_request");
    assert.equal(policy.revision, revision);
    assert.equal(policy.evaluate("shop/allow", { user: "dana" }).value, true);
  });
});

describe("bytes", () => {
  test("carry the program and its data", () => {
    const policy = shop({ data: { owners: ["dana"] } });
    const again = fromBytes(policy.toBytes());
    assert.equal(again.revision, policy.revision);
    assert.deepEqual(again.entrypoints, policy.entrypoints);
    for (const bytes of [Buffer.from(policy.toBytes()), runInNewContext("Uint8Array").from(policy.toBytes())]) {
      assert.equal(fromBytes(bytes).revision, policy.revision);
    }
    assert.deepEqual(again.evaluate("shop/allow", { user: "dana" }), policy.evaluate("shop/allow", { user: "dana" }));
  });

  test("that were changed or cut are refused, wherever", () => {
    const bytes = shop().toBytes();
    for (let i = 0; i < bytes.length; i += 7) {
      const changed = bytes.slice();
      changed[i] ^= 0x55;
      let thrown;
      try {
        fromBytes(changed);
      } catch (error) {
        thrown = error;
      }
      assert.ok(["program_damaged", "program_version"].includes(thrown?.code), `byte ${i}: ${thrown}`);
    }
    throwsCode(() => fromBytes(bytes.subarray(0, bytes.length - 1)), "program_damaged");
    throwsCode(() => fromBytes(new Uint8Array()), "program_damaged");
  });
});

describe("what is no bytes", () => {
  for (const [name, value] of Object.entries({
    undefined: undefined,
    null: null,
    "an object": {},
    "a text": "text",
    "a list": [1, 2, 3],
    "an ArrayBuffer": new ArrayBuffer(8),
    "an array of wider numbers": new Uint16Array(8),
    "an object that says it is bytes": { [Symbol.toStringTag]: "Uint8Array", slice: () => new Uint8Array() },
  })) {
    test(`is refused: ${name}`, () => {
      const error = throwsCode(() => fromBytes(value), "malformed_request");
      assert.match(error.message, /takes a Uint8Array/);
    });
  }
});

describe("an array whose buffer was transferred away", () => {
  const transfer = (bytes) => structuredClone(bytes, { transfer: [bytes.buffer ?? bytes] });

  test("is empty, before a call and during it, and costs no engine", () => {
    const { policy } = compile("package echo\n\nvalue := input\n");
    for (const bytes of [new Uint8Array([123, 125]), new ArrayBuffer(2)]) {
      transfer(bytes);
      throwsCode(() => policy.evaluate("echo/value", bytes), "input_not_json");
      throwsCode(() => policy.setData(bytes), "input_not_json");
    }
    const program = policy.toBytes();
    transfer(program);
    throwsCode(() => fromBytes(program), "program_damaged");

    const during = (ask) => {
      const bytes = new TextEncoder().encode("{}");
      throwsCode(() => ask(bytes, () => transfer(bytes)), "input_not_json");
    };
    during((bytes, now) => policy.evaluate("echo/value", bytes, { get nowMs() { now(); return 1; } }));
    during((bytes, now) => policy.query("true", bytes, { get seed() { now(); return 1; } }));
    during((bytes, now) => prepareGovernance({}).preview(bytes, { get nowMs() { now(); return 1; } }));
    assert.deepEqual(policy.evaluate("echo/value", "[1]").value, [1]);
  });
});

describe("free", () => {
  test("a second call does nothing, a use afterwards is an error", () => {
    const policy = shop();
    policy.free();
    policy.free();
    for (const use of [() => policy.evaluate("shop/allow", {}), () => policy.toBytes(), () => policy.setData({}), () => policy.query("true")]) {
      throwsCode(use, "released");
    }
  });

  test("Symbol.dispose frees", () => {
    const policy = shop();
    policy[Symbol.dispose]();
    throwsCode(() => policy.evaluate("shop/allow", {}), "released");
  });
});
