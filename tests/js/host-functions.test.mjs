// Functions of the host: a policy calls what the program that embeds it offers, and is asked again with what it gave.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { capabilities, check, compile, compileBundles, fromBytes, test as runTests, testBundles } from "regate";
import { bundle } from "./bundle.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const OWNER = { name: "acme.owner", arguments: ["id: string"], result: "any" };
const ADD = { name: "acme.add", arguments: ["number", "number"], result: "number" };
const hostFunctions = [OWNER, ADD];

const SHOP = `package shop

default allow := false

allow if acme.owner(input.order).name == input.user

names := [acme.owner(order).name | some order in input.orders]

chain := acme.owner(acme.owner(input.order).name).name

sum := acme.add(input.a, input.b)

denied if not acme.owner(input.order)

limit := 10
`;

function policyOf(source, functions = hostFunctions) {
  const { policy, diagnostics } = compile(source, { hostFunctions: functions });
  assert.deepEqual(diagnostics, []);
  return policy;
}

const shop = policyOf(SHOP);
const nothing = () => undefined;

/** The two ways to ask, each with functions that it takes: `given` is what a function gives. */
const WAYS = {
  evaluate: { ask: async (policy, ...rest) => policy.evaluate(...rest), gives: (value) => value },
  "evaluateAsync, with promises": { ask: (policy, ...rest) => policy.evaluateAsync(...rest), gives: async (value) => value },
  "evaluateAsync, with values": { ask: (policy, ...rest) => policy.evaluateAsync(...rest), gives: (value) => value },
};

for (const [name, { ask, gives }] of Object.entries(WAYS)) {
  describe(name, () => {
    const functions = {
      "acme.owner": (id) => gives({ name: `the owner of ${id}` }),
      "acme.add": (a, b) => gives(a + b),
    };

    test("the policy is answered with what the functions give", async () => {
      const input = { order: "A", user: "the owner of A" };
      assert.equal((await ask(shop, "shop/allow", input, { functions })).value, true);
      assert.equal((await ask(shop, "shop/allow", { ...input, user: "eve" }, { functions })).value, false);
      assert.equal((await ask(shop, "shop/sum", { a: 1.5, b: 2 }, { functions })).value, 3.5);
    });

    test("the input may be text, bytes or absent, and other options hold", async () => {
      const text = '{"order": "A", "user": "the owner of A"}';
      for (const input of [text, new TextEncoder().encode(text), Buffer.from(text)]) {
        assert.equal((await ask(shop, "shop/allow", input, { functions })).value, true);
      }
      assert.deepEqual((await ask(shop, "shop/sum", undefined, { functions })).defined, false);
      const steps = { functions, limits: { steps: 3 } };
      await rejectsCode(ask(shop, "shop/allow", text, steps), "limit_exceeded");
    });

    test("each call is made once, and those of a loop in one round", async () => {
      const calls = [];
      const counted = { ...functions, "acme.owner": (id) => (calls.push(id), gives({ name: id })) };
      const { value } = await ask(shop, "shop/names", { orders: ["A", "B", "A"] }, { functions: counted });
      assert.deepEqual([value, calls.sort()], [["A", "B", "A"], ["A", "B"]]);
    });

    test("a call may wait for another", async () => {
      assert.equal((await ask(shop, "shop/chain", { order: "A" }, { functions })).value, "the owner of the owner of A");
    });

    test("what needs no function needs no call", async () => {
      const refusing = { "acme.owner": () => assert.fail("called"), "acme.add": () => assert.fail("called") };
      assert.equal((await ask(shop, "shop/limit", {}, { functions: refusing })).value, 10);
    });

    test("undefined is no value, and null and false are values", async () => {
      const policy = policyOf('package p\n\ndefault x := "none"\n\nx := acme.owner("A")\n');
      for (const [given, expected] of [[undefined, "none"], [null, null], [false, false], [0, 0], ["", ""]]) {
        assert.equal((await ask(policy, "p/x", {}, { functions: { "acme.owner": () => gives(given) } })).value, expected);
      }
      const absent = { ...functions, "acme.owner": () => gives(undefined) };
      assert.equal((await ask(shop, "shop/denied", { order: "A" }, { functions: absent })).value, true);
    });

    test("integers stay exact on both ways, or are an error", async () => {
      const seen = [];
      const adding = { ...functions, "acme.add": (a, b) => (seen.push(a, b), gives(BigInt(a) + BigInt(b))) };
      const input = '{"a": 9007199254740993, "b": 1}';
      assert.equal((await ask(shop, "shop/sum", input, { functions: adding, numbers: "exact" })).value, 9007199254740994n);
      assert.deepEqual(seen, [9007199254740993n, 1]);
      const error = await rejectsCode(ask(shop, "shop/sum", input, { functions: adding }), "number_not_exact");
      assert.match(error.message, /^the call of `acme\.add` holds the number 9007199254740993,/);
      assert.equal(seen.length, 2);
    });

    test("a function that throws ends the evaluation, whatever the policy makes of undefined", async () => {
      const cause = new Error("password=hunter2");
      const failing = { ...functions, "acme.owner": () => { throw cause; } };
      for (const entrypoint of ["shop/allow", "shop/denied", "shop/names"]) {
        const error = await rejectsCode(ask(shop, entrypoint, { order: "A", orders: ["A"] }, { functions: failing }), "host_failed");
        assert.equal(error.message, "the function `acme.owner` of the host failed");
        assert.equal(error.cause, cause);
      }
    });

    test("so does one that gives what JSON cannot say", async () => {
      const cycle = {};
      cycle.self = cycle;
      const wrong = [NaN, new Map(), () => 1, Symbol("s"), [undefined], { at: { x: 1n, y: Infinity } }, cycle, "\ud800", new Uint8Array(1)];
      for (const given of wrong) {
        const functions = { "acme.owner": () => gives(given), "acme.add": nothing };
        const error = await rejectsCode(ask(shop, "shop/denied", { order: "A" }, { functions }), "host_failed");
        assert.match(error.message, /^what the function `acme\.owner` of the host gave/);
      }
      const secretive = { "acme.add": nothing, "acme.owner": () => gives({ get name() { throw new Error("hunter2"); } }) };
      const error = await rejectsCode(ask(shop, "shop/denied", { order: "A" }, { functions: secretive }), "host_failed");
      assert.deepEqual([error.message, error.cause.message], ["the function `acme.owner` of the host failed", "hunter2"]);
    });

    test("so does one whose value is too deep beside the rest of what the engine is told, and is named", async () => {
      const nested = (levels) => Array.from({ length: levels }).reduce((value) => [value], 1);
      const policy = policyOf('package p\n\nx := acme.owner("A")\n');
      const asked = (levels) => ask(policy, "p/x", {}, { functions: { "acme.owner": () => gives(nested(levels)) } });
      const most = capabilities().limits.data_nesting - 3;
      assert.deepEqual((await asked(most)).value, nested(most));
      for (const levels of [most + 1, most + 2, most + 3, most + 4]) {
        const error = await rejectsCode(asked(levels), "host_failed", { limit: { name: "data_nesting", value: most } });
        assert.match(error.message, /^what the function `acme\.owner` of the host gave nests/);
      }
    });

    test("so does one whose value holds a number of too many digits, and is named", async () => {
      const { number_digits } = capabilities().limits;
      const policy = policyOf('package p\n\nx := acme.owner("A").n[0]\n');
      const asked = (n) => ask(policy, "p/x", {}, { functions: { "acme.owner": () => gives({ n: [n] }) }, numbers: "exact" });
      const most = 10n ** BigInt(number_digits) - 1n;
      for (const n of [most, -most]) assert.equal((await asked(n)).value, n);
      for (const n of [most + 1n, -most - 1n, 10n ** 20_000n]) {
        const limit = { name: "number_digits", value: number_digits };
        const error = await rejectsCode(asked(n), "host_failed", { limit, path: "/n/0" });
        assert.equal(error.message, `what the function \`acme.owner\` of the host gave holds a number of more than ${number_digits} digits`);
      }
    });

    test("all answers of an evaluation are within one limit, also of several rounds, and in bytes", async () => {
      const { input_bytes } = capabilities().limits;
      const limit = { name: "input_bytes", value: input_bytes };
      const sum = policyOf('package p\n\nx := count([1 | some id in input.ids; acme.owner(id)])\n\ny := acme.owner(sprintf("%d", [count(acme.owner("A"))]))\n');
      const asked = (entrypoint, ids, value) => ask(sum, entrypoint, { ids }, { functions: { "acme.owner": () => gives(value) } });
      const half = "x".repeat(input_bytes / 2);
      assert.equal((await asked("p/x", ["A"], half)).value, 1);
      for (const [entrypoint, ids, value] of [["p/x", ["A", "B"], half], ["p/y", [], half], ["p/x", ["A"], "é".repeat(input_bytes / 2)], ["p/x", ["A"], "x".repeat(input_bytes)]]) {
        const error = await rejectsCode(asked(entrypoint, ids, value), "limit_exceeded", { limit });
        assert.match(error.message, /^what the function `acme\.owner` of the host gave is\b/);
      }
    });

    test("every function that the policy calls must be there before one is called", async () => {
      const called = [];
      const owner = () => (called.push("owner"), gives({ name: "A" }));
      for (const wrong of [{}, { "acme.owner": owner }, { "acme.owner": owner, "acme.add": null }, { "acme.owner": owner, "acme.ad": nothing }]) {
        const error = await rejectsCode(ask(shop, "shop/limit", {}, { functions: wrong }), "host_function_missing");
        assert.match(error.path, /^\/functions\/acme\.(add|owner)$/);
        assert.equal(error.help, "it calls `acme.add`, `acme.owner`");
      }
      await rejectsCode(ask(shop, "shop/allow", { order: "A" }, { functions: Object.create({ "acme.owner": owner, "acme.add": nothing }) }), "host_function_missing");
      assert.deepEqual(called, []);
      for (const functions of [null, 7, "acme.owner"]) {
        await rejectsCode(ask(shop, "shop/limit", {}, { functions }), "malformed_request", { path: "/functions" });
      }
    });

    test("without functions, a policy that comes to one says so, and another answers", async () => {
      const error = await rejectsCode(ask(shop, "shop/denied", { order: "A" }), "host_not_asked");
      assert.match(error.message, /`acme\.owner`/);
      assert.match(error.help, /evaluate\(\).*evaluateAsync\(\)/);
      assert.equal((await ask(shop, "shop/limit", {})).value, 10);
    });

    test("an evaluation ends after as many rounds as there may be", async () => {
      const { rounds } = capabilities().limits;
      const chain = (length) => `package p\n\nx := ${"acme.add(1, ".repeat(length)}0${")".repeat(length)}\n`;
      let calls = 0;
      const counting = { "acme.add": (a, b) => (calls++, gives(a + b)) };
      assert.equal((await ask(policyOf(chain(rounds)), "p/x", {}, { functions: counting })).value, rounds);
      calls = 0;
      await rejectsCode(ask(policyOf(chain(rounds + 1)), "p/x", {}, { functions: counting }), "needs_did_not_converge");
      assert.equal(calls, rounds);
    });

    test("of one evaluation the time and the input stay the same", async () => {
      const policy = policyOf('package p\n\nx := [time.now_ns(), input.n, acme.add(1, 1), time.now_ns()]\n');
      const bytes = new TextEncoder().encode('{"n": 1}');
      let called;
      const slow = {
        "acme.add": (a, b) => {
          called ??= Date.now();
          bytes.fill(0x20);
          const until = Date.now() + 3;
          while (Date.now() < until);
          return gives(a + b);
        },
      };
      const { value } = await ask(policy, "p/x", bytes, { functions: slow, numbers: "exact" });
      assert.equal(value[0], value[3]);
      assert.ok(value[0] <= BigInt(called) * 1_000_000n, `${value[0]} and ${called}`);
      assert.deepEqual(value.slice(1, 3), [1, 2]);
      assert.equal((await ask(policy, "p/x", { n: 1 }, { functions: slow, nowMs: 5 })).value[0], 5_000_000);
    });

    test("a function may ask policies, also this one", async () => {
      const asking = { ...functions, "acme.owner": () => gives({ name: String(shop.evaluate("shop/limit", {}).value) }) };
      assert.equal((await ask(shop, "shop/allow", { order: "A", user: "10" }, { functions: asking })).value, true);
    });

    test("a policy that is released while its host is asked says so", async () => {
      const policy = policyOf(SHOP);
      const freeing = { ...functions, "acme.owner": (id) => (policy.free(), gives({ name: id })) };
      await rejectsCode(ask(policy, "shop/allow", { order: "A", user: "A" }, { functions: freeing }), "released");
    });

    test("functions are called on the object that they stand in, which may change meanwhile", async () => {
      const host = {
        suffix: "!",
        "acme.add": nothing,
        "acme.owner"(id) {
          delete host["acme.owner"];
          return gives({ name: id + this.suffix });
        },
      };
      assert.equal((await ask(shop, "shop/chain", { order: "A" }, { functions: host })).value, "A!!");
    });
  });
}

/** The two ways to ask a query. */
const QUERY_WAYS = {
  query: { ask: async (policy, ...rest) => policy.query(...rest), gives: (value) => value },
  "queryAsync, with promises": { ask: (policy, ...rest) => policy.queryAsync(...rest), gives: async (value) => value },
};

for (const [name, { ask, gives }] of Object.entries(QUERY_WAYS)) {
  describe(name, () => {
    const functions = {
      "acme.owner": (id) => gives({ name: `the owner of ${id}` }),
      "acme.add": (a, b) => gives(a + b),
    };

    test("what the query and the policy call is answered, each call once", async () => {
      const calls = [];
      const counted = { ...functions, "acme.owner": (id) => (calls.push(id), gives({ name: id })) };
      const { bindings, steps, memory_units } = await ask(shop, "some id in input.orders; n := acme.owner(id).name; n in data.shop.names", { orders: ["A", "B", "A"] }, { functions: counted });
      assert.deepEqual(bindings, [{ id: "A", n: "A" }, { id: "B", n: "B" }, { id: "A", n: "A" }]);
      assert.deepEqual(calls.sort(), ["A", "B"]);
      assert.ok(steps > 0 && memory_units > 0);
      assert.deepEqual((await ask(shop, "x := data.shop.sum", { a: 1, b: 2 }, { functions })).bindings, [{ x: 3 }]);
      assert.deepEqual((await ask(shop, "data.shop.denied", { order: "A" }, { functions })).bindings, []);
      assert.deepEqual((await ask(shop, "data.shop.denied", '{"order": "A"}', { functions: { ...functions, "acme.owner": () => gives(undefined) } })).bindings, [{}]);
      assert.deepEqual((await ask(shop, "x := acme.owner(acme.owner(\"A\").name).name", undefined, { functions })).bindings, [{ x: "the owner of the owner of A" }]);
      assert.deepEqual((await ask(shop, "x := data.shop.sum with acme.add as 7", { a: 1, b: 2 }, { functions })).bindings, [{ x: 7 }]);
    });

    test("a query may call what is declared and no policy calls", async () => {
      const policy = policyOf("package p\n\nx := 1\n");
      assert.deepEqual(policy.hostFunctions, []);
      const question = "y := acme.add(data.p.x, 1)";
      assert.deepEqual((await ask(policy, question, {}, { functions })).bindings, [{ y: 2 }]);
      for (const wrong of [{}, { "acme.add": 7 }, Object.create(functions)]) {
        const error = await rejectsCode(ask(policy, question, {}, { functions: wrong }), "host_function_missing");
        assert.equal(error.path, "/functions/acme.add");
      }
      await rejectsCode(ask(policy, "acme.other(1)", {}, { functions: { "acme.other": () => gives(true) } }), "rego_type_error");
    });

    test("what fails ends it, and what is wrong is said", async () => {
      const cause = new Error("password=hunter2");
      const failing = { ...functions, "acme.owner": () => { throw cause; } };
      for (const question of ["not acme.owner(\"A\")", "data.shop.denied", "x := [1 | acme.owner(\"A\")]"]) {
        const error = await rejectsCode(ask(shop, question, { order: "A" }, { functions: failing }), "host_failed");
        assert.equal(error.cause, cause);
      }
      const error = await rejectsCode(ask(shop, "data.shop.sum = x", { a: 1, b: 2 }), "host_not_asked");
      assert.match(error.help, /query\(\).*queryAsync\(\)/);
      await rejectsCode(ask(shop, "data.shop.sum = x", { a: 1, b: 2 }, { functions: { "acme.add": nothing } }), "host_function_missing");
      await rejectsCode(ask(shop, "true", {}, { functions: null }), "malformed_request", { path: "/functions" });
      await rejectsCode(ask(shop, "true", {}, { function: {} }), "malformed_request", { path: "/function" });
      await rejectsCode(ask(shop, 7), "malformed_request", { path: "/query" });
      const { rounds } = capabilities().limits;
      const chain = (length) => `x := ${"acme.add(1, ".repeat(length)}0${")".repeat(length)}`;
      assert.deepEqual((await ask(shop, chain(rounds), {}, { functions })).bindings, [{ x: rounds }]);
      await rejectsCode(ask(shop, chain(rounds + 1), {}, { functions }), "needs_did_not_converge");
    });

    test("the time and the input stay the same", async () => {
      const bytes = new TextEncoder().encode('{"n": 1}');
      const changing = { ...functions, "acme.add": (a, b) => (bytes.fill(0x20), gives(a + b)) };
      const question = "x := [time.now_ns(), input.n, acme.add(1, 1), time.now_ns()]";
      const { bindings } = await ask(shop, question, bytes, { functions: changing, nowMs: 5 });
      assert.deepEqual(bindings, [{ x: [5_000_000, 1, 2, 5_000_000] }]);
    });
  });
}

describe("query alone", () => {
  test("refuses a promise", () => {
    const functions = { "acme.owner": async () => "A", "acme.add": nothing };
    const error = throwsCode(() => shop.query('acme.owner("A")', {}, { functions }), "host_failed");
    assert.match(error.help, /Async/);
  });
});

describe("evaluate alone", () => {
  test("refuses a promise, and what becomes of it ends nothing", async () => {
    const unhandled = [];
    const listener = (reason) => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    const functions = { "acme.owner": async () => { throw new Error("late"); }, "acme.add": nothing };
    const error = throwsCode(() => shop.evaluate("shop/allow", { order: "A" }, { functions }), "host_failed");
    assert.equal(error.message, "the function `acme.owner` of the host gave a promise");
    assert.match(error.help, /evaluateAsync/);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listener);
    assert.deepEqual(unhandled, []);
    const failing = { get then() { throw new Error("read"); } };
    const given = throwsCode(() => shop.evaluate("shop/allow", { order: "A" }, { functions: { ...functions, "acme.owner": () => failing } }), "host_failed");
    assert.equal(given.cause.message, "read");
  });
});

describe("evaluateAsync alone", () => {
  test("calls what it needs side by side", async () => {
    let running = 0;
    let most = 0;
    const functions = {
      "acme.add": nothing,
      "acme.owner": async (id) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return { name: id };
      },
    };
    await shop.evaluateAsync("shop/names", { orders: ["A", "B", "C"] }, { functions });
    assert.equal(most, 3);
  });

  test("whatever is wrong is a rejection", async () => {
    await rejectsCode(shop.evaluateAsync(7), "malformed_request");
    await rejectsCode(shop.evaluateAsync("shop/allow", NaN), "input_not_json");
    await rejectsCode(shop.evaluateAsync("shop/allow", {}, { function: {} }), "malformed_request", { path: "/function" });
    await rejectsCode(shop.evaluateAsync("shop/nothing", {}), "unknown_entrypoint");
  });

  test("a function that is rejected is a failure, with what it was rejected with", async () => {
    const functions = { "acme.add": nothing, "acme.owner": (id) => Promise.reject(new TypeError(id)) };
    const error = await rejectsCode(shop.evaluateAsync("shop/names", { orders: ["A", "B"] }, { functions }), "host_failed");
    assert.equal(error.cause.message, "A");
  });
});

describe("declarations", () => {
  test("hold for compiling, bundles, bytes, checks and tests", () => {
    const files = { "p.rego": SHOP, "p_test.rego": 'package shop_test\n\ntest_x if data.shop.allow with acme.owner as {"name": "A"} with input as {"user": "A", "order": "B"}\n' };
    const bundles = { b: bundle(files) };
    assert.deepEqual(check(files, { hostFunctions }).diagnostics, []);
    assert.equal(runTests(files, { hostFunctions }).passed, 1);
    assert.equal(testBundles(bundles, { hostFunctions }).passed, 1);
    for (const known of [shop, fromBytes(shop.toBytes()), compileBundles(bundles, { hostFunctions }).policy]) {
      assert.deepEqual(known.hostFunctions, ["acme.add", "acme.owner"]);
      assert.equal(known.evaluate("shop/sum", { a: 1, b: 2 }, { functions: { "acme.owner": nothing, "acme.add": (a, b) => a + b } }).value, 3);
    }
    for (const { diagnostics } of [check(files), compile(files), compileBundles(bundles), runTests(files), testBundles(bundles)]) {
      assert.equal(diagnostics[0].code, "rego_type_error");
    }
  });

  test("only what is called must be there", () => {
    const policy = policyOf("package p\n\nx := 1\n");
    assert.deepEqual(policy.hostFunctions, []);
    assert.equal(policy.evaluate("p/x", {}, { functions: {} }).value, 1);
  });

  test("the names of what every object has are no functions of the host", () => {
    const policy = policyOf("package p\n\nx := toString()\n", [{ name: "toString", arguments: [], result: "string" }]);
    throwsCode(() => policy.evaluate("p/x", {}, { functions: {} }), "host_function_missing");
    assert.equal(policy.evaluate("p/x", {}, { functions: { toString: () => "mine" } }).value, "mine");
  });

  test("what is wrong with one is named", () => {
    for (const [declared, path] of [
      [[{ ...OWNER, name: "count" }], "/host_functions/0/name"],
      [[OWNER, { ...ADD, result: "strin" }], "/host_functions/1/result"],
      [[{ ...OWNER, about: "" }], undefined],
    ]) {
      const error = throwsCode(() => compile(SHOP, { hostFunctions: declared }), "malformed_request");
      if (path !== undefined) assert.equal(error.path, path);
    }
  });
});
