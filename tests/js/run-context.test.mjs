// What a caller may say about a run: the parts of a context, nothing of the request beside them, and only plain JSON.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compile, prepareGovernance } from "regate";
import { memoryHost } from "regate/adapters/memory";
import { NO_DESTROYS, planOf, policySet, runContext } from "./plans.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const strict = () => prepareGovernance({ policy_sets: [policySet(NO_DESTROYS)] });
const withAttribute = (value) => {
  const context = runContext();
  context.workspace.attributes = { account: { ids: [value] } };
  return context;
};

describe("a context", () => {
  test("cannot put another governance, facts or an id into the request", async () => {
    const governance = strict();
    const lax = prepareGovernance({});
    assert.equal(lax.preview(planOf("destroy")).decision.kind, "allow");
    const parts = { handle: 2, facts: [], decision_id: "mine", now_ms: 1, seed: 1, tenant: "t", "a/b": 1 };
    for (const [part, value] of Object.entries(parts)) {
      const path = `/${part.replace("/", "~1")}`;
      const context = { ...runContext(), [part]: value };
      const error = throwsCode(() => governance.preview(planOf("destroy"), context), "malformed_request", { path });
      assert.ok(error.message.includes(`\`${part}\``));
      await rejectsCode(governance.decide(planOf("destroy"), context, memoryHost()), "malformed_request", { path });
    }
    for (const context of [null, [], "context", 5]) throwsCode(() => governance.preview(planOf(), context), "malformed_request");
  });

  test("holds no integer that a number would round", async () => {
    const governance = prepareGovernance({});
    const path = "/workspace/attributes/account/ids/0";
    for (const value of [12345678901234567890n, 2 ** 53, -(2n ** 53n), 1e300]) {
      throwsCode(() => governance.preview(planOf(), withAttribute(value)), "malformed_request", { path });
      await rejectsCode(governance.decide(planOf(), withAttribute(value), memoryHost()), "malformed_request", { path });
    }
    for (const value of ["12345678901234567890", Number.MAX_SAFE_INTEGER, 5n, 0.1]) {
      const outcome = governance.preview(planOf(), withAttribute(value));
      assert.doesNotThrow(() => JSON.stringify(outcome));
    }
  });

  test("with a time that is none is the caller's mistake", async () => {
    for (const nowMs of [-1, 9e15, "now"]) {
      await rejectsCode(strict().decide(planOf(), { ...runContext(), nowMs }, memoryHost()), "malformed_request", { path: "/now_ms" });
    }
  });
});

describe("the caller's own code", () => {
  test("that frees what is asked, while its input is read, meets `released`", () => {
    const { policy } = compile("package p\n\nimport rego.v1\n\nx := input.a\n");
    const freeing = { get a() { policy.free(); return 1; } };
    throwsCode(() => policy.evaluate("p/x", freeing), "released");

    const governance = strict();
    const plan = { toJSON() { governance.free(); return planOf("destroy"); } };
    throwsCode(() => governance.preview(plan), "released");
  });

  test("cannot ask another policy through its options", () => {
    const { policy } = compile("package p\n\nimport rego.v1\n\nx := 1\n");
    const { policy: other } = compile("package p\n\nimport rego.v1\n\nx := 2\n");
    for (let handle = 0; handle < 8; handle++) {
      let answer;
      try {
        answer = policy.evaluate("p/x", undefined, { handle });
      } catch {
        continue;
      }
      assert.equal(answer.value, 1);
    }
    other.free();
  });
});
