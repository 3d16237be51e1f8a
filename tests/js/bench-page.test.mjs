import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { PAGE, committedPage } from "../bench/page.mjs";

describe("the page of the benchmark", () => {
  it("is that of the committed results", () => {
    assert.equal(readFileSync(PAGE, "utf8"), committedPage(), "BLESS=1 npm run bench writes both, and BLESS=1 npm run bench -- --instructions the page alone");
  });
});
