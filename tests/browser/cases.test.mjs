// Every case folder under `tests/cases` through the built package in Chromium, as files that no bundler has touched.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readCases } from "../js/read-cases.mjs";
import { needsChromium, openBrowser, root } from "./chromium.mjs";

const cases = readCases();

describe("case folders", needsChromium(), () => {
  let browser;
  let opened;

  before(async () => {
    browser = await openBrowser();
    // Under the page's own origin, and so under its content security policy.
    const served = (context) =>
      Promise.all([
        context.route("**/package/*", (route) => route.fulfill({ path: fileOf("pkg/dist", route) })),
        context.route("**/case-reader/*", (route) => route.fulfill({ path: fileOf("tests/js", route) })),
      ]);
    opened = await browser.open({ before: served });
    await opened.page.evaluate(async () => {
      const [regate, { runCase }] = await Promise.all([import("/package/browser.js"), import("/case-reader/run-case.mjs")]);
      await regate.init();
      globalThis.answersOf = (files) => runCase(regate, files);
    });
  });
  after(async () => {
    await opened?.close();
    await browser?.close();
  });

  it("are found", () => assert.ok(Object.keys(cases).length > 40));

  for (const [name, { "expected.json": expected, ...files }] of Object.entries(cases)) {
    it(name, async () => {
      const answers = await opened.page.evaluate((texts) => globalThis.answersOf(texts), files);
      assert.deepEqual(answers, JSON.parse(expected));
    });
  }
});

function fileOf(folder, route) {
  return join(root, folder, new URL(route.request().url()).pathname.split("/").at(-1));
}
