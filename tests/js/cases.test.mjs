// Every case folder under `tests/cases` through the package in Node. `cargo test --test cases` runs the same natively.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as regate from "regate";
import { readCases } from "./read-cases.mjs";
import { runCase } from "./run-case.mjs";

const cases = readCases();

describe("case folders", () => {
  test("are found", () => assert.ok(Object.keys(cases).length > 40));

  for (const [name, files] of Object.entries(cases)) {
    test(name, async () => assert.deepEqual(await runCase(regate, files), JSON.parse(files["expected.json"])));
  }
});
