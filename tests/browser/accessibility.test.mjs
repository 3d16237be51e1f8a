// The page for everyone: axe-core in light and dark, on a phone, announcements, and the pictures that people look at.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { typeInto, waitForTotal, waitForVerdict } from "./action-steps.mjs";
import { dropFile, needsChromium, openBrowser, screenshots, typePolicy } from "./chromium.mjs";
import * as configs from "./config-steps.mjs";
import { actAs, openSection, said, startRun, vote, waitForStatus } from "./console-steps.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const BROKEN = `# Nothing leaves production on a Friday.
package forgecroft.policy

import rego.v1

deny contains message if {
	some change in input.plan_changes.destroyed
	weekday(input.run) == "Friday"
	message := sprintf("%s would be destroyed on a Friday", [change.address])
}

require_approval contains "platform" if count(input.plan_changes.destroyed) > 3
`;

/** The violations that keep a person from using the page. */
async function seriousViolations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

describe("the page for everyone", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
    await mkdir(screenshots, { recursive: true });
  });
  after(() => browser?.close());

  for (const colorScheme of ["light", "dark"]) {
    it(`has no serious violation in ${colorScheme}, with a preview, problems, an answer and a dialog`, async () => {
      const opened = await browser.open({ colorScheme });
      const { page } = opened;
      const look = async (name) => {
        await page.mouse.move(0, 0);
        await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`) });
        assert.deepEqual(await seriousViolations(page), [], name);
      };
      await page.locator(".verdict").waitFor();
      await look("preview");
      await page.click("#participants > summary");
      await look("participants");
      await page.click("#run > summary");
      await look("run");
      await page.click("#evaluate");
      await page.locator(".answer-rule").first().waitFor();
      await look("answer");
      await typePolicy(page, BROKEN);
      await page.locator("#problem-list .problem.error").first().waitFor();
      await page.click("#tab-preview");
      await page.click("#run > summary");
      await look("diagnostics");
      await page.click("#open-examples");
      await page.locator("#examples-dialog[open]").waitFor();
      await look("examples");
      await opened.close();
    });
  }

  it("fits a phone: nothing is wider than the screen", async () => {
    const opened = await browser.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page } = opened;
    await page.locator(".verdict").waitFor();
    const { scrolled, screen } = await page.evaluate(() => ({
      scrolled: document.documentElement.scrollWidth,
      screen: document.documentElement.clientWidth,
    }));
    assert.ok(scrolled <= screen, `${scrolled} is wider than ${screen}`);
    await page.screenshot({ path: join(screenshots, "phone-light.png"), fullPage: true });
    assert.deepEqual(await seriousViolations(page), []);
    await opened.close();
  });

  it("announces the problems and the verdict", async () => {
    const opened = await browser.open();
    const { page } = opened;
    const region = page.locator('#announcements[role="status"]');
    await page.waitForFunction(() => /the run is rejected/.test(document.getElementById("announcements").textContent));
    await typePolicy(page, BROKEN);
    await page.waitForFunction(() => /\d+ errors?/.test(document.getElementById("announcements").textContent));
    assert.match(await region.innerText(), /errors?/);
    await opened.close();
  });

  it("changes the theme by its button, and remembers it", async () => {
    const opened = await browser.open({ colorScheme: "light" });
    const { page } = opened;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click("#theme-toggle");
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await ground(), dark);
    await opened.close();
  });

  it("moves nothing when problems come and go", async () => {
    const opened = await browser.open();
    const { page } = opened;
    const places = () =>
      page.evaluate(() =>
        ["#policy-editor", ".problems", "#preview", ".verdict"].map((selector) => {
          const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
          return [selector, x, y, width, height];
        }),
      );
    await page.locator(".verdict").waitFor();
    const before = await places();
    await typePolicy(page, BROKEN);
    await page.locator("#problem-list .problem.error").first().waitFor();
    assert.deepEqual(await places(), before);
    await opened.close();
  });
});

describe("the console for everyone", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
    await mkdir(screenshots, { recursive: true });
  });
  after(() => browser?.close());

  /** Goes through the console; `look` is given a name for what is shown. */
  async function goThrough(page, look) {
    await look("console-runs");
    await page.locator(".row-link").first().click();
    await page.locator("#content .verdict").waitFor();
    await actAs(page, "Lena");
    await page.click("#approve");
    await page.locator("#decide-refusal", { hasText: "may not" }).waitFor();
    await page.click("#preview-run");
    await page.locator("#preview-box").waitFor();
    await look("console-run");
    await actAs(page, "Ines");
    await startRun(page, { workspace: "payments-production" });
    await vote(page, "approve", "as agreed in the change meeting");
    await page.locator(".votes .vote").waitFor();
    await look("console-check");
    await page.click("#day-later");
    await said(page, "overdue: acted on.");
    await look("console-escalated");
    await vote(page, "reject", "nobody has looked at the scan");
    await page.locator("#decide-refusal", { hasText: "no open requirement" }).waitFor();
    await actAs(page, "Mei");
    await vote(page, "reject", "nobody has looked at the scan");
    await waitForStatus(page, "rejected");
    await look("console-rejected");
    await openSection(page, "Policy sets");
    await look("console-sets");
    await page.locator(".row-link", { hasText: "ownership" }).click();
    await page.locator(".policy summary").first().click();
    await page.click('[aria-label^="Compare with now"] >> nth=0');
    await page.locator("#diff").waitFor();
    await look("console-set");
    await actAs(page, "Ines");
    await page.click("#new-policy");
    await page.locator("#policy-editor .cm-content").focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.insertText(BROKEN);
    await page.locator("#problem-list .problem.error").first().waitFor();
    await page.click("#save-policy");
    await page.locator("#policy-refusal p").waitFor();
    await look("console-policy");
    await page.keyboard.press("Escape");
    await page.locator(".policy-dialog").waitFor({ state: "detached" });
    await openSection(page, "Approval rules");
    await look("console-rules");
    await page.click("#new-rule");
    await page.selectOption("#field-condition", "destroyed_gt");
    await page.fill("#field-timeout_hours", "5");
    await page.click(".form-dialog[open] .primary");
    await page.locator(".form-dialog[open] .refusal p").waitFor();
    await look("console-rule");
    await page.keyboard.press("Escape");
    await openSection(page, "Providers");
    await look("console-providers");
    await openSection(page, "Organisation");
    await look("console-organisation");
    await openSection(page, "Runs");
    await page.click("#new-run");
    await look("console-new-run");
    await page.keyboard.press("Escape");
  }

  for (const colorScheme of ["light", "dark"]) {
    it(`has no serious violation in ${colorScheme}, in any view, with refusals and dialogs`, async () => {
      const opened = await browser.open({ path: "/console.html", colorScheme });
      const { page } = opened;
      await goThrough(page, async (name) => {
        await page.mouse.move(0, 0);
        await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`), fullPage: !/policy$|rule$|new-run/.test(name) });
        assert.deepEqual(await seriousViolations(page), [], name);
      });
      await opened.close();
    });
  }

  it("fits a phone: nothing is wider than the screen, in any view", async () => {
    const opened = await browser.open({ path: "/console.html", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page } = opened;
    await goThrough(page, async (name) => {
      const { scrolled, screen } = await page.evaluate(() => ({
        scrolled: Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("dialog[open]")].map((dialog) => dialog.scrollWidth)),
        screen: document.documentElement.clientWidth,
      }));
      assert.ok(scrolled <= screen, `${name}: ${scrolled} is wider than ${screen}`);
      await page.screenshot({ path: join(screenshots, `${name}-phone.png`), fullPage: !/policy$|rule$|new-run/.test(name) });
      assert.deepEqual(await seriousViolations(page), [], name);
    });
    await opened.close();
  });

  it("announces what was done and what was refused", async () => {
    const opened = await browser.open({ path: "/console.html" });
    const { page } = opened;
    await actAs(page, "Kim");
    await page.locator(".row-link").first().click();
    await vote(page, "approve");
    await page.waitForFunction(() => /Kim approved/.test(document.getElementById("announcements").textContent));
    await page.click("#approve");
    assert.equal(await page.locator("#decide-refusal").getAttribute("role"), "alert");
    await page.locator("#decide-refusal", { hasText: "may not vote on this run now" }).waitFor();
    await opened.close();
  });

  it("says a refusal also where the view is drawn anew while it comes", async () => {
    const opened = await browser.open({ path: "/console.html" });
    const { page } = opened;
    await page.locator(".row-link").first().click();
    await page.locator("#content .verdict").waitFor();
    await actAs(page, "Lena");
    for (let wait = 0; wait <= 120; wait += 8) {
      await page.evaluate(async (ms) => {
        window.dispatchEvent(new Event("focus"));
        await new Promise((resolve) => setTimeout(resolve, ms));
        document.querySelector("#approve").click();
      }, wait);
      await page.locator("#decide-refusal", { hasText: "may not" }).waitFor();
    }
    await opened.close();
  });

  it("moves nothing when something is refused, or drawn anew", async () => {
    const opened = await browser.open({ path: "/console.html" });
    const { page } = opened;
    await page.locator(".row-link").first().click();
    await page.locator("#content .verdict").waitFor();
    const places = () =>
      page.evaluate(() =>
        [".verdict", ".stages", "#approve", '[data-part="policies"]', ".timeline"].map((selector) => {
          const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
          return [selector, x, y, width, height];
        }),
      );
    const before = await places();
    await actAs(page, "Lena");
    await page.click("#approve");
    await page.locator("#decide-refusal", { hasText: "may not" }).waitFor();
    await page.click("#sweep-now");
    await said(page, "Nothing was overdue.");
    assert.deepEqual(await places(), before);
    await opened.close();
  });
});

describe("the page of actions for everyone", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
    await mkdir(screenshots, { recursive: true });
  });
  after(() => browser?.close());

  const WRONG_LEDGER = '[\n{"timestamp": "2026-03-02T09:00:00Z", "action": "pay"},\n{"timestamp": "yesterday", "action": "pay"}\n]';

  /** Goes through the page; `look` is given a name for what is shown. */
  async function goThrough(page, look) {
    await waitForVerdict(page, "allow");
    await waitForTotal(page, "Calls", "49");
    await look("actions-allowed");
    await page.selectOption("#situation", "large");
    await waitForVerdict(page, "require_approval");
    await look("actions-approval");
    await page.selectOption("#situation", "email");
    await waitForVerdict(page, "deny");
    await page.click('[data-part="what-the-check-found"] summary');
    await look("actions-denied");
    await page.click("#propose");
    await typePolicy(page, "name: refund-policy\nstrict_mode: false\nrun_budget: 10\ndenied_actions: [get_order]\npii_rules:\n  send_email: {}\n");
    await page.locator(".verdict .before").waitFor();
    await page.locator("#simulation-notice", { hasText: "without what is proposed" }).waitFor();
    await page.check("#changed-only");
    await look("actions-proposed");
    await typePolicy(page, "name: refund-policy\nscopes: global\nrun_budget: -1\n");
    await waitForVerdict(page, "none");
    await page.locator("#simulation-notice", { hasText: "Not simulated" }).waitFor();
    await look("actions-errors");
    await page.click("#discard");
    await typeInto(page, "call", '{\n  "name": "pay",\n  "kwargs": [1]\n}');
    await page.fill("#call-time", "yesterday");
    await waitForVerdict(page, "none", "expected an object");
    await dropFile(page, "wrong.json", Buffer.from(WRONG_LEDGER), "#simulation-result");
    await page.locator(".wrong-entry").waitFor();
    await look("actions-wrong-texts");
    await page.click("#open-examples");
    await look("actions-examples");
    await page.keyboard.press("Escape");
    await page.click("#remove-policy");
    await look("actions-remove");
    await page.keyboard.press("Escape");
  }

  for (const colorScheme of ["light", "dark"]) {
    it(`has no serious violation in ${colorScheme}, with verdicts, errors, a simulation and dialogs`, async () => {
      const opened = await browser.open({ path: "/actions.html", colorScheme });
      const { page } = opened;
      await goThrough(page, async (name) => {
        await page.mouse.move(0, 0);
        await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`), fullPage: !/examples|remove/.test(name) });
        assert.deepEqual(await seriousViolations(page), [], name);
      });
      await opened.close();
    });
  }

  for (const [what, viewport] of Object.entries({ phone: { width: 390, height: 844 }, tablet: { width: 820, height: 1180 } })) {
    it(`fits a ${what}: nothing is wider than the screen`, async () => {
      const opened = await browser.open({ path: "/actions.html", viewport, hasTouch: true, isMobile: true });
      const { page } = opened;
      await goThrough(page, async (name) => {
        const { scrolled, screen } = await page.evaluate(() => ({
          scrolled: Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("dialog[open]")].map((dialog) => dialog.scrollWidth)),
          screen: document.documentElement.clientWidth,
        }));
        assert.ok(scrolled <= screen, `${name}: ${scrolled} is wider than ${screen}`);
        await page.screenshot({ path: join(screenshots, `${name}-${what}.png`), fullPage: !/examples|remove/.test(name) });
        assert.deepEqual(await seriousViolations(page), [], name);
      });
      await opened.close();
    });
  }

  it("announces the problems, the verdict and the simulation", async () => {
    const opened = await browser.open({ path: "/actions.html" });
    const { page } = opened;
    const hears = (words) => page.waitForFunction((wanted) => document.getElementById("announcements").textContent.includes(wanted), words);
    await hears("49 calls: 35 allowed, 3 need approval, 11 denied; 13 changed");
    await page.selectOption("#situation", "denied");
    await hears("Denied: the action `delete_customer` is denied");
    await typePolicy(page, "name: refund-policy\nrun_budget: -1\n");
    await hears("refund-policy: 1 error.");
    await hears("Not judged: The policy `refund-policy` has 1 error.");
    await opened.close();
  });

  it("changes the theme by its button, and the other pages follow", async () => {
    const opened = await browser.open({ path: "/actions.html", colorScheme: "light" });
    const { page } = opened;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click("#theme-toggle");
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.click('.pages a:has-text("Editor")');
    await page.waitForSelector("html[data-ready]");
    assert.equal(await ground(), dark);
    await opened.close();
  });

  it("moves nothing when problems come and go, and the verdict with them", async () => {
    const opened = await browser.open({ path: "/actions.html" });
    const { page } = opened;
    const places = () =>
      page.evaluate(() =>
        ["#policy-editor", ".problems", "#call-editor", "#call-problem", "#verdict", "#simulation", ".totals"].map((selector) => {
          const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
          return [selector, x, y, width, height];
        }),
      );
    await waitForVerdict(page, "allow");
    await waitForTotal(page, "Calls", "49");
    const before = await places();
    await typePolicy(page, "name: refund-policy\nscopes: global\nrun_budget: -1\n");
    await waitForVerdict(page, "none");
    await page.locator("#simulation-notice", { hasText: "Not simulated" }).waitFor();
    assert.deepEqual(await places(), before);
    await page.locator("#call-editor .cm-content").focus();
    await page.keyboard.insertText("{");
    await page.locator("#call-problem[data-wrong]").waitFor();
    assert.deepEqual(await places(), before);
    await opened.close();
  });
});

describe("the page of configurations for everyone", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
    await mkdir(screenshots, { recursive: true });
  });
  after(() => browser?.close());

  const REFUSED = 'package org\n\nimport data.circleci.config\n\npolicy_name["production_contexts"]\n\nx = 1 { y := 2 }\n\nz = count(1)\n';
  const SILENT = 'package org\n\npolicy_name["a_silent"]\n\nenable_rule["nowhere"]\n\nenable_rule["counted"]\n\ncounted = 5\n';
  const CLASH = 'package org\n\npolicy_name["clash"]\n\nx = 1 { input.version }\n\nx = 2 { input.jobs }\n';
  const FAILING = 'package org\n\npolicy_name["failing"]\n\nenable_hard = "pinned_image"\n';

  /** Goes through the page; `look` is given a name for what is shown. */
  async function goThrough(page, look) {
    await configs.waitForStatus(page, "HARD_FAIL");
    await configs.waitForTests(page, "4 of 5 tests passed");
    await page.click('[data-result="failed"] summary');
    await look("configs-hard");
    await page.selectOption("#situation", "deploying");
    await configs.waitForStatus(page, "SOFT_FAIL");
    await page.click("#tab-compiled");
    await page.fill("#query", "data.org[");
    await configs.queryAnswer(page, "not answered");
    await look("configs-soft");
    await page.selectOption("#situation", "sound");
    await configs.waitForStatus(page, "PASS");
    await typePolicy(page, SILENT);
    await page.locator('[data-part="passed-over-in-silence"]').waitFor();
    await look("configs-silent");
    await typePolicy(page, CLASH);
    await configs.waitForStatus(page, "ERROR");
    await look("configs-error");
    await typePolicy(page, FAILING);
    await page.locator("#decision:not([aria-busy]) .failure").waitFor();
    await look("configs-failed");
    await typePolicy(page, REFUSED);
    await page.locator("#load-error").waitFor();
    await page.locator("#tests-notice", { hasText: "Not run" }).waitFor();
    await configs.typeInto(page, "config", "jobs:\n  build: [\n");
    await page.locator("#tab-config[data-wrong]").waitFor();
    await look("configs-refused");
    await page.click("#add-policy");
    await page.fill("#file-name", "images.rego");
    await page.keyboard.press("Enter");
    await page.locator("#file-name-problem", { hasText: "There is a file" }).waitFor();
    await look("configs-name");
    await page.keyboard.press("Escape");
    await page.click("#open-examples");
    await look("configs-examples");
    await page.keyboard.press("Escape");
    await typePolicy(page, 'package org\n\npolicy_name["small"]\n');
    await page.locator("#load-error").waitFor({ state: "hidden" });
    await page.fill("#tests-run", "(");
    await page.locator("#tests-run-problem", { hasText: "not closed" }).waitFor();
    await look("configs-pattern");
    await page.fill("#tests-run", "");
    await configs.typeInto(page, "tests", "test_a:\n  decision: {status: PASS}\ntest_b: none\n");
    await page.locator("#tests-problem[data-wrong]").waitFor();
    await look("configs-wrong-tests");
  }

  const isDialog = (name) => /name|examples/.test(name);

  for (const colorScheme of ["light", "dark"]) {
    it(`has no serious violation in ${colorScheme}, with decisions, failures, tests, errors and dialogs`, async () => {
      const opened = await browser.open({ path: "/configs.html", colorScheme });
      const { page } = opened;
      await goThrough(page, async (name) => {
        await page.mouse.move(0, 0);
        await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`), fullPage: !isDialog(name) });
        assert.deepEqual(await seriousViolations(page), [], name);
      });
      await opened.close();
    });
  }

  for (const [what, viewport] of Object.entries({ phone: { width: 360, height: 780 }, tablet: { width: 820, height: 1180 } })) {
    it(`fits a ${what}: nothing is wider than the screen`, async () => {
      const opened = await browser.open({ path: "/configs.html", viewport, hasTouch: true, isMobile: true });
      const { page } = opened;
      await goThrough(page, async (name) => {
        const { scrolled, screen } = await page.evaluate(() => ({
          scrolled: Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll("dialog[open]")].map((dialog) => dialog.scrollWidth)),
          screen: document.documentElement.clientWidth,
        }));
        assert.ok(scrolled <= screen, `${name}: ${scrolled} is wider than ${screen}`);
        await page.screenshot({ path: join(screenshots, `${name}-${what}.png`), fullPage: !isDialog(name) });
        assert.deepEqual(await seriousViolations(page), [], name);
      });
      await opened.close();
    });
  }

  it("announces the problems, the decision and the tests", async () => {
    const opened = await browser.open({ path: "/configs.html" });
    const { page } = opened;
    const hears = (words) => page.waitForFunction((wanted) => document.getElementById("announcements").textContent.includes(wanted), words);
    await hears("HARD_FAIL. 1 hard failure: the pipeline is not triggered.");
    await page.selectOption("#situation", "deploying");
    await hears("SOFT_FAIL. 1 soft failure");
    await typePolicy(page, REFUSED);
    await hears("3 errors.");
    await hears("Not decided: The policies are refused: 3 errors.");
    await typePolicy(page, CLASH);
    await hears("ERROR. contexts.rego:7: eval_conflict_error");
    await configs.typeInto(page, "tests", "");
    await hears("2 of 2 tests passed.");
    await opened.close();
  });

  it("changes the theme by its button, and the other pages follow", async () => {
    const opened = await browser.open({ path: "/configs.html", colorScheme: "light" });
    const { page } = opened;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click("#theme-toggle");
    const dark = await ground();
    assert.notEqual(dark, light);
    await page.click('.pages a:has-text("Editor")');
    await page.waitForSelector("html[data-ready]");
    assert.equal(await ground(), dark);
    await opened.close();
  });

  it("moves nothing when policies are refused and taken again", async () => {
    const opened = await browser.open({ path: "/configs.html" });
    const { page } = opened;
    const places = () =>
      page.evaluate(() =>
        ["#policy-editor", ".problems", "#config-editor", "#config-problem", "#decision", "#tests-editor", "#tests-result", ".test-group", "#query-answer"].map((selector) => {
          const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
          return [selector, x, y, width, height];
        }),
      );
    await configs.waitForTests(page, "4 of 5 tests passed");
    const before = await places();
    await typePolicy(page, REFUSED);
    await page.locator("#load-error").waitFor();
    await page.locator("#tests-notice", { hasText: "Not run" }).waitFor();
    assert.deepEqual(await places(), before);
    await page.locator("#config-editor .cm-content").focus();
    await page.keyboard.insertText("[");
    await page.locator("#config-problem[data-wrong]").waitFor();
    assert.deepEqual(await places(), before);
    await opened.close();
  });
});
