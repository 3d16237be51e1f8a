// Answers that cross from the engine as a number: they are what they are on the way where they cross as a text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "regate";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const { policy } = compile(
  `package p

  default denied := false

  denied if input.no

  allowed if input.yes

  loud if {
    print("asked about", input)
    input.yes
  }

  word := "true"

  words := [true, false]

  split := 1 if input.yes

  split := 2 if input.yes

  owned if acme.owner(input.yes)

  default known := false

  known if acme.owner(input.yes)
  `,
  { hostFunctions: [{ name: "acme.owner", arguments: ["any"], result: "any" }] },
);

/** The ways in which an input crosses, beside the one of an evaluation with limits, which always gives a text. */
function ways(entrypoint, input) {
  const text = JSON.stringify(input);
  const nowMs = 5;
  return {
    text: () => policy.evaluate(entrypoint, text, { nowMs }),
    bytes: () => policy.evaluate(entrypoint, new TextEncoder().encode(text)),
    value: () => policy.evaluate(entrypoint, input),
    exact: () => policy.evaluate(entrypoint, input, { numbers: "exact" }),
    async: () => policy.evaluateAsync(entrypoint, input),
  };
}

test("true, false and undefined, with what they took", async () => {
  for (const [entrypoint, input, expected] of [
    ["p/allowed", { yes: true }, true],
    ["p/allowed", { yes: false }, undefined],
    ["p/allowed", {}, undefined],
    ["p/denied", { no: 1 }, true],
    ["p/denied", {}, false],
    ["p/denied", [], false],
    ["p/loud", { yes: "x" }, true],
    ["p/loud", {}, undefined],
    ["p/words/0", {}, true],
    ["p/words/1", {}, false],
  ]) {
    const whole = policy.evaluate(entrypoint, JSON.stringify(input), { limits: { steps: 1000 } });
    assert.deepEqual([whole.defined, whole.value], [expected !== undefined, expected]);
    assert.ok(whole.steps > 0);
    for (const [way, ask] of Object.entries(ways(entrypoint, input))) {
      const answer = await ask();
      assert.deepEqual(answer, whole, `${entrypoint} of ${JSON.stringify(input)} as ${way}`);
      assert.deepEqual(Object.keys(answer), Object.keys(whole));
    }
  }
});

test("what is no boolean is a text, and never taken for one", async () => {
  for (const [entrypoint, expected] of [["p/word", "true"], ["p/words", [true, false]], ["p/words/2", undefined]]) {
    for (const ask of Object.values(ways(entrypoint, {}))) assert.deepEqual((await ask()).value, expected);
  }
});

test("errors are errors, and the next answer is its own", async () => {
  for (const ask of Object.values(ways("p/split", { yes: 1 }))) {
    await rejectsCode((async () => ask())(), "eval_conflict_error");
    assert.equal(policy.evaluate("p/allowed", { yes: 1 }).value, true);
  }
  throwsCode(() => policy.evaluate("p/none", {}), "unknown_entrypoint");
  throwsCode(() => policy.evaluate("p/allowed", "tru"), "input_not_json");
  assert.equal(policy.evaluate("p/allowed", "{}").defined, false);
});

test("what the host is asked for", async () => {
  const input = { yes: 1 };
  const gives = (value) => ({ functions: { "acme.owner": () => value } });
  const later = (value) => ({ functions: { "acme.owner": async () => value } });
  throwsCode(() => policy.evaluate("p/owned", input), "host_not_asked");
  await rejectsCode(policy.evaluateAsync("p/owned", input), "host_not_asked");
  for (const [entrypoint, given, expected] of [["p/owned", true, true], ["p/owned", false, undefined], ["p/owned", undefined, undefined], ["p/known", false, false], ["p/known", 0, true]]) {
    assert.deepEqual(policy.evaluate(entrypoint, input, gives(given)).value, expected);
    assert.deepEqual((await policy.evaluateAsync(entrypoint, input, later(given))).value, expected);
  }
  assert.equal(policy.evaluate("p/denied", {}, gives(true)).value, false);
});
