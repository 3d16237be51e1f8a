// Many inputs, each with its answer or its error.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as edge from "regate/edge";
import { RegateError, compile, init } from "regate";
import { throwsCode } from "./regate-error.mjs";

const SOURCE = `package gate

allow if input.user.role == "admin"

names contains user.name if some user in input.users

large := input.n + 1

fails := y if some y in numbers.range(1, input.many)

now := time.now_ns()
`;

let policy;

before(async () => {
  await init();
  policy = compile(SOURCE).policy;
});
after(() => policy.free());

const INPUTS = [{ user: { role: "admin" } }, '{"user": {"role": "guest"}}', new TextEncoder().encode('{"users": [{"name": "é"}, {"name": "a"}]}'), null, [1], { users: [{ name: "b", other: NaN }] }];

test("each answer is the one that the input has by itself, in order", () => {
  for (const entrypoint of ["gate/allow", "gate/names"]) {
    assert.deepEqual(policy.evaluateMany(entrypoint, INPUTS), INPUTS.map((input) => policy.evaluate(entrypoint, input)), entrypoint);
  }
  assert.deepEqual(policy.evaluateMany("gate/allow", []), []);
});

test("what fails is an error in its place, and nothing else fails", () => {
  const answers = policy.evaluateMany("gate/names", [{ users: [{ name: NaN }] }, '{"users": [}', { users: [] }, "\ud800", ""]);
  assert.deepEqual(answers.map(({ defined, error }) => error?.code ?? defined), ["input_not_json", "input_not_json", true, "input_not_json", "input_not_json"]);
  assert.ok(answers[0].error instanceof RegateError);
  assert.equal(answers[0].error.path, "/users/0/name");
  assert.equal(answers[0].defined, undefined);
  const [few, many] = policy.evaluateMany("gate/fails", [{ many: 1 }, { many: 1_000_000 }], { limits: { steps: 10_000 } });
  assert.equal(few.value, 1);
  assert.deepEqual([many.error.code, many.error.limit.name], ["limit_exceeded", "steps"]);
});

test("integers are kept, and the time is one", () => {
  const [{ value }] = policy.evaluateMany("gate/large", ['{"n": 9007199254740993}'], { numbers: "exact" });
  assert.equal(value, 9007199254740994n);
  const times = policy.evaluateMany("gate/now", [{}, {}, {}]).map((answer) => answer.value);
  assert.equal(new Set(times).size, 1);
  assert.equal(policy.evaluateMany("gate/now", [{}], { nowMs: 1 })[0].value, 1_000_000);
});

test("misuse is told", () => {
  throwsCode(() => policy.evaluateMany("gate/allow", { length: 1 }), "malformed_request", { path: "/inputs" });
  assert.deepEqual(policy.evaluateMany(1, [{}]).map(({ error }) => error.code), ["malformed_request"]);
  throwsCode(() => policy.evaluateMany("gate/allow", [], { now: 1 }), "malformed_request", { path: "/now" });
  throwsCode(() => policy.evaluateMany("gate/allow", [], { nowMs: NaN }), "malformed_request", { path: "/now_ms" });
  assert.deepEqual(policy.evaluateMany("gate/none", [{}]).map(({ error }) => error.code), ["unknown_entrypoint"]);
  const { policy: gone } = compile(SOURCE);
  gone.free();
  throwsCode(() => gone.evaluateMany("gate/allow", [{}]), "released");
});

test("the edge build says the same", async () => {
  await edge.init();
  const loaded = edge.fromBytes(policy.toBytes());
  assert.deepEqual(loaded.evaluateMany("gate/names", INPUTS), policy.evaluateMany("gate/names", INPUTS));
  loaded.free();
});
