// The page of configurations: refused policies, decisions on a configuration, tests with their diffs, and queries.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { dropFile, holdBackFirst, needsChromium, openBrowser, policyText, ready, root, typePolicy } from "./chromium.mjs";
import { enabledRules, failures, problems, queryAnswer, tests, typeInto, waitForStatus, waitForTests } from "./config-steps.mjs";

const PATH = "/configs.html";
const FOREIGN = "production_context: release.deploy: uses context value(s) reserved to other projects: production";
const LATEST = "pinned_image: job deploy runs in webshop/deploy:latest: name a version";
const DEPLOYING = '{"project_id": "7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11"}';
const DIFF = `--- Expected
+++ Actual
@@ -3,3 +3,6 @@
     - production_context
-status: PASS
+soft_failures:
+    - reason: 'job deploy runs in webshop/deploy:latest: name a version'
+      rule: pinned_image
+status: SOFT_FAIL`;

const policy = (name, rest) => `package org\n\npolicy_name["${name}"]\n\n${rest}\n`;
const BROKEN = policy("production_contexts", 'import data.circleci.config\n\nenable_hard["production_context"]\n\nproduction_context = := config');
const UNUSED = 'package org\n\nimport data.circleci.config\n\npolicy_name["production_contexts"]\n\nx = 1 { y := 2 }\n';
// Slow where the input says so; the engine's own limit of steps ends each evaluation after a second or so.
const SLOW = policy("slow", 'enable_rule["slow"]\n\nslow = "no" {\n\tinput.slow\n\txs := numbers.range(1, 3000)\n\txs[_] + xs[_] + xs[_] < 0\n}');
const MANY_SLOW_TESTS = `test_slow:\n  input: {slow: true}\n  decision: {status: PASS}\n  cases:\n${Array.from({ length: 300 }, (_, at) => `    c${at}: {}\n`).join("")}`;

describe("the page of configurations", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  /** Performs the steps in an empty profile, and checks what the page did behind its back: no stranger was asked, nothing complained. */
  async function visit(steps, options) {
    const opened = await browser.open({ path: PATH, ...options });
    await steps(opened.page, opened);
    await opened.close();
  }

  it("a first visit finds two policies, a HARD_FAIL with its reasons, tests of which one fails, and all that the policies say", () =>
    visit(async (page) => {
      assert.match(await waitForStatus(page, "HARD_FAIL"), /1 hard failure: the pipeline is not triggered/);
      assert.deepEqual(await page.locator("#policy-tabs .tab-title").allInnerTexts(), ["contexts.rego", "images.rego"]);
      assert.equal(await page.locator("#policy-kind").innerText(), "production_contexts");
      assert.deepEqual([await failures(page, "hard"), await failures(page, "soft")], [[FOREIGN], [LATEST]]);
      assert.deepEqual(await enabledRules(page), ["pinned_image fails softly", "production_context fails hard"]);
      await waitForTests(page, "4 of 5 tests passed");
      assert.deepEqual(await tests(page), [
        "test_deploy passed",
        "test_deploy/from_a_project_that_deploys passed",
        "test_deploy/from_a_project_that_deploys/in_an_image_without_a_version failed",
      ]);
      assert.deepEqual(await tests(page, "rules"), ["data.org.test_latest_is_no_version passed", "data.org.test_a_version_is_one passed"]);
      assert.match(await queryAnswer(page), /"policy_name": \[\s+"pinned_images",\s+"production_contexts"\s+\]/);
    }));

  it("shows a broken policy at its place with the whole error, decides nothing, and mending clears all of it", () =>
    visit(async (page) => {
      await waitForTests(page, "4 of 5 tests passed");
      await typePolicy(page, BROKEN);
      await page.locator("#problem-list .problem.error").first().waitFor();
      assert.match(await page.locator("#load-error").innerText(), /^failed to parse policy file\(s\): failed to parse file "contexts\.rego": 1 error occurred: contexts\.rego:9: rego_parse_error: /);
      assert.deepEqual(await problems(page), { underlined: [":="], listed: ["contexts.rego:9:22 rego_parse_error"] });
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-mark.error').count(), 1);
      assert.equal(await page.locator("#policy-kind").innerText(), "Refused");
      await waitForStatus(page, "none", "The policies are refused: 1 error");
      await page.locator("#tests-notice", { hasText: "Not run: the policies are refused. What is shown is of before." }).waitFor();
      assert.match(await queryAnswer(page), /Not asked: the policies are refused/);

      await typePolicy(page, UNUSED);
      await page.locator("#problem-list .problem.error").nth(1).waitFor();
      assert.deepEqual(await problems(page), {
        underlined: ["import data.circleci.config", "y"],
        listed: ["contexts.rego:3:1 rego_compile_error", "contexts.rego:7:9 rego_compile_error"],
      });
      // The other file is shown, and the way back leads to the place.
      await page.click("#policy-tabs >> text=images.rego");
      assert.equal(await page.locator("#policy-editor .cm-lintRange").count(), 0);
      await page.locator("#show-obstacle").click();
      assert.equal(await page.evaluate(() => getSelection().toString()), "import data.circleci.config");

      await typePolicy(page, policy("production_contexts", 'enable_hard["frozen"]\n\nfrozen = "nothing is released this week"'));
      await page.locator("#problem-list .problem-none").waitFor();
      assert.equal(await page.locator("#load-error").isVisible(), false);
      await waitForStatus(page, "HARD_FAIL");
      assert.deepEqual(await failures(page, "hard"), ["frozen: nothing is released this week"]);
    }));

  it("names in one list what is wrong in several files, and marks the tab of each", () =>
    visit(async (page) => {
      await typePolicy(page, policy("pinned_images", ""));
      await page.locator("#problem-list .problem.error").nth(1).waitFor();
      assert.deepEqual((await problems(page)).listed, ["contexts.rego:3:1 config_policy_name_repeated", "images.rego:4:1 config_policy_name_repeated"]);
      assert.equal(await page.locator("#load-error").innerText(), 'failed to parse bundle: policy "pinned_images" declared 2 times');
      assert.equal(await page.locator("#policy-tabs .tab-mark.error").count(), 2);
      await page.locator("#problem-list .problem").nth(1).click();
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-title').innerText(), "images.rego");
      assert.equal(await page.evaluate(() => getSelection().toString()), 'policy_name["pinned_images"]');
    }));

  it("another project makes of it a SOFT_FAIL, a branch a HARD_FAIL, and a version a PASS", () =>
    visit(async (page) => {
      await waitForStatus(page, "HARD_FAIL");
      await typeInto(page, "meta", DEPLOYING);
      assert.match(await waitForStatus(page, "SOFT_FAIL"), /the pipeline runs, and the failures are logged/);
      assert.deepEqual([await failures(page, "hard"), await failures(page, "soft")], [[], [LATEST]]);
      await typeInto(page, "meta", "project_id: 7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11\nvcs:\n  branch: main\n");
      await waitForStatus(page, "HARD_FAIL");
      assert.deepEqual(await failures(page, "hard"), [LATEST]);
      await typeInto(page, "compiled", "jobs: {deploy: {docker: [{image: webshop/deploy:1.8}]}}\n");
      assert.match(await waitForStatus(page, "PASS"), /2 rules enabled, none fails/);
      assert.deepEqual(await enabledRules(page), ["pinned_image passes", "production_context passes"]);
      await typeInto(page, "meta", "");
      await waitForStatus(page, "PASS");
      await page.selectOption("#situation", "main");
      await waitForStatus(page, "HARD_FAIL");
      await page.selectOption("#situation", "sound");
      await waitForStatus(page, "PASS");
    }));

  it("shows what is wrong with each text at its line, whatever the policies are, and decides nothing", () =>
    visit(async (page) => {
      await typeInto(page, "config", "jobs:\n  build: {}\n  build: {}\n");
      await waitForStatus(page, "none", 'mapping key "build" already defined at line 2');
      assert.deepEqual(await page.locator("#config-editor .cm-lintRange").allInnerTexts(), ["build: {}"]);
      assert.match(await page.locator("#config-problem").innerText(), /line 3/);
      await typeInto(page, "meta", '{\n  "vcs": {"branch": "main"\n');
      await page.locator("#tab-meta[data-wrong]").waitFor();
      assert.match(await page.locator("#meta-problem").innerText(), /line \d/);
      await typePolicy(page, BROKEN);
      await waitForStatus(page, "none", "policies are refused");
      assert.equal(await page.locator("#given-tabs [data-wrong]").count(), 2);
      await page.selectOption("#situation", "foreign");
      await page.locator("#tab-meta:not([data-wrong])").waitFor();
      await typeInto(page, "compiled", "a: 1\n b: 2\n");
      await page.locator("#tab-compiled[data-wrong]").waitFor();
      await page.click("#tab-config");
      await typePolicy(page, policy("small", ""));
      await waitForStatus(page, "none", "The compiled configuration is not read");
      await page.click("#show-obstacle");
      assert.equal(await page.locator("#tab-compiled").getAttribute("aria-selected"), "true");
      assert.equal(await page.evaluate(() => document.activeElement.closest("#compiled-editor") !== null), true);
    }));

  it("shows an ERROR with its reason and the way to its place", () =>
    visit(async (page) => {
      await typePolicy(page, policy("clash", "x = 1 { input.version }\n\nx = 2 { input.jobs }"));
      const card = await waitForStatus(page, "ERROR");
      assert.match(card, /contexts\.rego:7: eval_conflict_error: complete rules must not produce multiple outputs/);
      assert.equal(await page.locator(".enabled-rules").count(), 0);
      await page.click("#policy-tabs >> text=images.rego");
      await page.click("#show-reason");
      assert.equal(await page.evaluate(() => getSelection().toString()), "x = 2 { input.jobs }");
    }));

  it("shows a call that fails as a failure, and never as a decision", () =>
    visit(async (page) => {
      await typePolicy(page, policy("odd", 'hard_fail = "pinned_image"'));
      // Two files that say otherwise are refused: the other one goes first.
      await page.locator("#problem-list .problem.error").first().waitFor();
      await page.click("#policy-tabs >> text=images.rego");
      await page.click("#remove-policy");
      await page.click('#remove-dialog button[value="remove"]');
      const failure = page.locator("#decision:not([aria-busy]) .failure");
      await failure.waitFor();
      assert.match(await failure.innerText(), /There is no decision[\s\S]*Invalid hard_fail: value is not a slice[\s\S]*invalid_configuration/);
      assert.equal(await page.locator("#decision .verdict").count(), 0);
      await page.click("#show-reason");
      assert.equal(await page.evaluate(() => getSelection().toString()), 'hard_fail = "pinned_image"');

      await typePolicy(page, SLOW);
      await waitForStatus(page, "PASS");
      await typeInto(page, "config", "slow: true\n");
      await page.locator("#decision .failure-code", { hasText: "limit_exceeded" }).waitFor({ timeout: 20_000 });
      assert.match(await page.locator("#decision .failure").innerText(), /limit `?steps`? of 10000000/);
    }));

  it("warns of what is passed over in silence, at its place in the decision and in the policy", () =>
    visit(async (page) => {
      await typePolicy(page, policy("a_silent", 'enable_rule["nowhere"]\n\nenable_rule["counted"]\n\ncounted = 5'));
      await page.locator('[data-part="passed-over-in-silence"]').waitFor();
      assert.deepEqual(
        await page.locator('[data-part="passed-over-in-silence"] .result').evaluateAll((rows) => rows.map(({ dataset }) => dataset.code)),
        ["config_rule_missing", "config_no_violation"],
      );
      assert.deepEqual((await problems(page)).listed, ["contexts.rego:5:1 config_rule_missing", "contexts.rego:9:1 config_no_violation"]);
      assert.equal(await page.locator("#problem-count").innerText(), "2 warnings");
      // What cannot fail has not passed.
      assert.deepEqual(await enabledRules(page), ["counted passed over", "nowhere passed over", "pinned_image fails softly"]);
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-mark.warning').count(), 1);
      await page.click("#policy-tabs >> text=images.rego");
      await page.locator('[data-code="config_no_violation"] .place-link').click();
      assert.equal(await page.evaluate(() => getSelection().toString()), "counted");
    }));

  it("adds, renames and removes files, and refuses a name that is none of a policy or is taken", () =>
    visit(async (page) => {
      await page.click("#add-policy");
      await page.fill("#file-name", "images.rego");
      await page.keyboard.press("Enter");
      await page.locator("#file-name-problem", { hasText: "There is a file of this name" }).waitFor();
      await page.fill("#file-name", "freeze.txt");
      await page.click("#name-action");
      await page.locator("#file-name-problem", { hasText: "ends with .rego" }).waitFor();
      await page.fill("#file-name", "team/freeze.rego");
      await page.keyboard.press("Enter");
      await page.locator('#policy-tabs [aria-selected="true"]', { hasText: "team/freeze.rego" }).waitFor();
      assert.match(await policyText(page), /policy_name\["freeze"\]/);
      await typePolicy(page, policy("freeze", 'enable_hard["frozen"]\n\nfrozen = "not today"'));
      await page.locator('[data-rule="frozen"].result').waitFor();
      assert.deepEqual(await failures(page, "hard"), ["frozen: not today", FOREIGN]);

      await page.click("#rename-policy");
      assert.equal(await page.locator("#file-name").inputValue(), "team/freeze.rego");
      await page.fill("#file-name", "freeze.rego");
      await page.click("#name-action");
      await page.locator('#policy-tabs [aria-selected="true"] .tab-title', { hasText: /^freeze\.rego$/ }).waitFor();
      assert.deepEqual(await page.locator("#policy-tabs .tab-title").allInnerTexts(), ["contexts.rego", "images.rego", "freeze.rego"]);
      await typePolicy(page, "package org\n");
      await page.locator("#load-error", { hasText: 'failed to parse file: "freeze.rego": must declare rule "policy_name" but module contains no rules' }).waitFor();

      await page.click("#remove-policy");
      await page.click('#remove-dialog button[value="remove"]');
      await waitForStatus(page, "HARD_FAIL");
      assert.deepEqual(await failures(page, "hard"), [FOREIGN]);
      await page.click("#add-policy");
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#policy-tabs [role=tab]").count(), 2);
    }));

  it("opens examples, which all stand beside one another, and takes files that are dropped to their places", () =>
    visit(async (page) => {
      for (const name of ["orbs.rego", "runners.rego", "images.rego"]) {
        await page.click("#open-examples");
        await page.click(`#examples-list >> text=${name}`);
      }
      await page.locator('[data-part="enabled-rules"]', { hasText: "5 rules" }).waitFor();
      await page.selectOption("#situation", "machine");
      await page.locator('[data-part="hard-failures"]', { hasText: 'project is not allowed to use resource_class "webshop/large" declared in job "deploy"' }).waitFor();
      const shipped = await readFile(join(root, "pkg-template", "examples", "configs", "policy_test.yaml"));
      await dropFile(page, "policy_test.yaml", shipped, "#tests-result");
      await waitForTests(page, "6 of 6 tests passed");
      await dropFile(page, "freeze.rego", Buffer.from(policy("freeze", 'enable_hard["frozen"]\n\nfrozen = "not today"')), "#decision");
      await page.locator('[data-rule="frozen"].result').waitFor();
      await dropFile(page, "meta.json", Buffer.from(DEPLOYING), "#decision");
      await page.locator("#meta-editor .cm-line", { hasText: "project_id" }).waitFor();
      await dropFile(page, "large.rego", Buffer.alloc(2 * 1024 * 1024, "a"), "#decision");
      await page.locator("#file-notice", { hasText: "large.rego has 2.0 MB, and a file may have at most 1.0 MB" }).waitFor();
    }));

  it("opens the diff of a failed test, whose lines are told apart, and keeps it open when the tests run again", () =>
    visit(async (page) => {
      await waitForTests(page, "4 of 5 tests passed");
      await page.click('[data-result="failed"] summary');
      const diff = page.locator(".unified-diff");
      const lines = await diff.locator(".line").evaluateAll((found) => found.map((line) => [line.className, line.lastChild.textContent]));
      assert.equal(lines.map(([, text]) => text).join("").trimEnd(), DIFF);
      assert.deepEqual(lines.slice(0, 6).map(([name]) => name), ["line head", "line head", "line hunk", "line same", "line out", "line in"]);
      const colours = await diff.locator(".line").evaluateAll((found) => found.map((line) => getComputedStyle(line).backgroundColor));
      assert.equal(new Set([colours[3], colours[4], colours[5]]).size, 3);
      await typePolicy(page, `# ${"x".repeat(20)}\n${await readFile(join(root, "pkg-template", "examples", "configs", "contexts.rego"), "utf8")}`);
      await page.locator('#tests-notice[data-state="in"]').waitFor();
      await page.waitForTimeout(600);
      assert.equal(await diff.isVisible(), true);

      // The expectation is mended as the diff says.
      const text = await page.locator("#tests-editor .cm-content").evaluate((content) => content.cmTile?.view?.state.doc.toString() ?? content.cmView.view.state.doc.toString());
      await typeInto(page, "tests", text.replace("decision: {status: PASS}\n", 'decision:\n            status: SOFT_FAIL\n            soft_failures: [{rule: pinned_image, reason: "job deploy runs in webshop/deploy:latest: name a version"}]\n'));
      await waitForTests(page, "5 of 5 tests passed");
      assert.equal(await page.locator("#tests-count").getAttribute("data-state"), "passed");
    }));

  it("chooses tests by a pattern, and says where it is none", () =>
    visit(async (page) => {
      await page.fill("#tests-run", "without");
      await waitForTests(page, "0 of 1 test passed");
      assert.deepEqual(await tests(page), [
        "test_deploy not-run",
        "test_deploy/from_a_project_that_deploys not-run",
        "test_deploy/from_a_project_that_deploys/in_an_image_without_a_version failed",
      ]);
      assert.equal(await page.locator('[data-group="rules"]').count(), 0);
      await page.fill("#tests-run", "data.org");
      await waitForTests(page, "2 of 2 tests passed");
      await page.fill("#tests-run", "(");
      await page.locator("#tests-run-problem", { hasText: "a group is not closed" }).waitFor();
      assert.equal(await page.locator("#tests-run").getAttribute("aria-invalid"), "true");
      assert.equal(await page.locator(".test-group").count(), 0);
      await page.fill("#tests-run", "");
      await waitForTests(page, "4 of 5 tests passed");
      assert.equal(await page.locator("#tests-run-problem").innerText(), "");
    }));

  it("says at its line why a file of tests is not read, and runs the test rules all the same", () =>
    visit(async (page) => {
      await typeInto(page, "tests", "test_a:\n  decision: {status: PASS}\ntest_b: none\n");
      await page.locator("#tests-problem[data-wrong]", { hasText: "line 3: cannot unmarshal !!str `none` into tester.Test" }).waitFor();
      await page.locator('[data-group="file"] .failure', { hasText: "config_tests_refused" }).waitFor();
      assert.equal(await page.locator("#tests-editor .cm-lintRange").innerText(), "test_b: none");
      assert.equal(await page.locator("#tests-count").getAttribute("data-state"), "failed");
      assert.equal((await tests(page, "rules")).length, 2);
      await page.click("#show-wrong-tests");
      assert.equal(await page.evaluate(() => document.activeElement.closest("#tests-editor") !== null), true);
      await typeInto(page, "tests", "test_c:\n  compile: true\n  decision: {status: PASS}\n");
      await waitForTests(page, "2 of 3 tests passed");
      await page.click('[data-test="test_c"] summary');
      assert.equal(await page.locator(".test-error").innerText(), "test set compile to true but no compiler was provided");
      await typeInto(page, "tests", "");
      await waitForTests(page, "2 of 2 tests passed");
    }));

  it("answers queries as they are typed: values, several values, nothing, and mistakes", () =>
    visit(async (page) => {
      await page.fill("#query", "data.org.deploying_projects");
      assert.match(await queryAnswer(page, "1f0c3a52"), /^\[\s+"1f0c3a52-8c1e-4b7e-9a55-0c2f6f1f7a10",\s+"7d9be0e4/);
      await page.fill("#query", "input._compiled_.jobs.deploy.docker[_].image");
      assert.equal(await queryAnswer(page, "webshop"), '"webshop/deploy:latest"');
      await page.fill("#query", "12345678901234567890 + 1");
      assert.equal(await queryAnswer(page, "1234"), "12345678901234567891");
      await page.fill("#query", "data.org.nothing");
      assert.equal(await queryAnswer(page, "null"), "null");
      await page.fill("#query", "data.org[");
      assert.match(await queryAnswer(page, "not answered"), /rego_parse_error/);
      await page.fill("#query", "");
      assert.match(await queryAnswer(page, "circleci"), /"build_number": 318/);
    }));

  it("stops tests that do not end, waits to be asked before it runs them again, and goes on with a new engine", () =>
    visit(async (page) => {
      await waitForTests(page, "4 of 5 tests passed");
      await typePolicy(page, SLOW);
      await typeInto(page, "tests", MANY_SLOW_TESTS);
      // What is known is shown while they run, and stays when they are stopped.
      await page.locator('[data-test="test_slow"][data-result="failed"]').waitFor({ timeout: 20_000 });
      await page.locator("#stop:enabled").click();
      await page.locator("#tests-result .failure-code", { hasText: "stopped" }).waitFor();
      assert.equal(await page.locator('[data-test="test_slow"]').count(), 1);
      assert.equal(await page.locator("#stop").isEnabled(), false);
      // The decision was made meanwhile.
      await waitForStatus(page, "SOFT_FAIL");
      await typeInto(page, "tests", "test_fast:\n  decision: {status: SOFT_FAIL}\n");
      await page.locator("#tests-notice", { hasText: "press Run tests" }).waitFor();
      await page.click("#run-tests");
      await waitForTests(page, "2 of 3 tests passed");
      await typeInto(page, "tests", "test_other:\n  decision: {status: SOFT_FAIL}\n");
      await page.locator('[data-test="test_other"]').waitFor();
    }));

  it("ends tests that take long when what they are about changes", () =>
    visit(async (page) => {
      await waitForTests(page, "4 of 5 tests passed");
      await typePolicy(page, SLOW);
      await typeInto(page, "tests", MANY_SLOW_TESTS);
      await page.locator('#tests-notice[data-state="busy"]').waitFor();
      await page.waitForTimeout(2_500);
      await typeInto(page, "tests", "test_fast:\n  decision: {status: SOFT_FAIL}\n");
      await page.locator("#tests-notice", { hasText: "press Run tests" }).waitFor();
      await page.click("#run-tests");
      await page.locator('[data-test="test_fast"]').waitFor();
    }));

  it("lets the person stop a decision that does not come, and decides again", () =>
    visit(
      async (page) => {
        await page.locator("#stop-decision:enabled").click();
        await page.locator("#decision .failure-code", { hasText: "stopped" }).waitFor();
        assert.equal(await page.locator("#decision .verdict").count(), 0);
        await typeInto(page, "meta", DEPLOYING);
        await waitForStatus(page, "SOFT_FAIL");
        assert.equal(await page.locator("#stop-decision").isEnabled(), false);
      },
      { before: async (context) => {
        await holdBackFirst("decideConfig")(context);
        // The page is ready when it has decided: it is looked at before.
        await context.addInitScript(() => addEventListener("DOMContentLoaded", () => (document.documentElement.dataset.ready = "")));
      } },
    ));

  it("lets the person stop a query that is not answered", () =>
    visit(
      async (page) => {
        await page.locator("#stop-query:enabled").click();
        await page.locator("#query-answer .failure-code", { hasText: "stopped" }).waitFor();
        await page.fill("#query", "1 + 1");
        assert.equal(await queryAnswer(page, "2"), "2");
      },
      { before: holdBackFirst("queryConfigs") },
    ));

  it("ends an engine that does not answer, says so, and decides again afterwards", () =>
    visit(
      async (page) => {
        await page.locator("#problem-list .problem-notice", { hasText: "did not answer in time" }).waitFor({ timeout: 10_000 });
        assert.equal(await page.locator("#decision .failure-code").innerText(), "no_answer_in_time");
        await typePolicy(page, policy("small", ""));
        await waitForStatus(page, "SOFT_FAIL");
      },
      { before: holdBackFirst("loadConfigs") },
    ));

  it("shows no decision on metadata that have changed meanwhile", () =>
    visit(
      async (page) => {
        await waitForStatus(page, "HARD_FAIL");
        await page.evaluate(() => {
          globalThis.seen = [];
          new MutationObserver(() => globalThis.seen.push(document.querySelector("#decision .verdict")?.dataset.status)).observe(document.getElementById("decision"), { childList: true });
        });
        await typeInto(page, "meta", '{"latecomer": 1, "project_id": "7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11"}');
        await page.waitForFunction(() => globalThis.delayed > 0);
        await typeInto(page, "meta", "{}");
        await page.waitForFunction(() => globalThis.delivered > 0);
        await page.locator("#decision:not([aria-busy])").waitFor();
        await page.waitForTimeout(300);
        assert.ok(!(await page.evaluate(() => globalThis.seen)).includes("HARD_FAIL"));
        await waitForStatus(page, "SOFT_FAIL");
      },
      {
        // The question with that metadata reaches the worker late, so that its answer comes when they are others.
        before: (context) =>
          context.addInitScript(() => {
            const send = Worker.prototype.postMessage;
            globalThis.delayed = 0;
            globalThis.delivered = 0;
            Worker.prototype.postMessage = function (message, ...rest) {
              if (message?.path?.[0] !== "decideConfig" || !JSON.stringify(message).includes("latecomer")) return send.call(this, message, ...rest);
              globalThis.delayed += 1;
              setTimeout(() => {
                globalThis.delivered += 1;
                send.call(this, message, ...rest);
              }, 700);
            };
          }),
      },
    ));

  it("keeps files, texts, tests, query and filter over a reload, and starting over brings the first visit back", () =>
    visit(async (page) => {
      await typePolicy(page, policy("kept", 'enable_rule["soft"]\n\nsoft = "kept over a reload"'));
      await typeInto(page, "meta", DEPLOYING);
      await typeInto(page, "tests", "test_kept:\n  decision: {status: PASS}\n");
      await page.fill("#tests-run", "kept");
      await page.fill("#query", "data.org.soft");
      await page.waitForTimeout(500);
      await page.reload();
      await ready(page);
      assert.match(await policyText(page), /kept over a reload/);
      assert.equal(await page.locator("#tab-meta").getAttribute("aria-selected"), "true");
      assert.equal(await queryAnswer(page, "kept"), '"kept over a reload"');
      await waitForTests(page, "0 of 1 test passed");
      await waitForStatus(page, "SOFT_FAIL");
      assert.deepEqual(await failures(page, "soft"), [LATEST, "soft: kept over a reload"]);

      await page.click("#reset");
      await page.click('#reset-dialog button[value="reset"]');
      await waitForStatus(page, "HARD_FAIL");
      await waitForTests(page, "4 of 5 tests passed");
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      assert.deepEqual(await page.locator("#policy-tabs .tab-title").allInnerTexts(), ["contexts.rego", "images.rego"]);
      assert.equal(await page.locator("#query").inputValue(), "data");
      assert.equal(await page.locator("#tests-run").inputValue(), "");
    }));

  it("works where the browser opens no store, and says that nothing is kept", () =>
    visit(
      async (page) => {
        await page.locator("#kept", { hasText: "Nothing you change is kept" }).waitFor();
        await typeInto(page, "meta", DEPLOYING);
        await waitForStatus(page, "SOFT_FAIL");
      },
      {
        before: (context) =>
          context.addInitScript(() => {
            IDBFactory.prototype.open = () => {
              throw new DOMException("no storage here", "SecurityError");
            };
          }),
      },
    ));

  it("lets the browser itself refuse what would leave the page", async () => {
    const opened = await browser.open({ path: PATH, complaints: /Content Security Policy|Failed to load|Refused|Fetch API/i });
    const { page } = opened;
    const outcome = await page.evaluate(() => fetch("https://example.com/").then(() => "sent", () => "refused"));
    assert.equal(outcome, "refused");
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.intruded = true";
      document.body.append(script);
      return globalThis.intruded === true;
    });
    assert.equal(ran, false);
    await opened.context.close();
  });

  it("says why when the engine cannot be loaded, and loads it when it is there again", async () => {
    const opened = await browser.open({
      path: PATH,
      before: (context) => context.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" })),
      complaints: /404|wasm/i,
    });
    const { page, context } = opened;
    await page.locator("#problem-list .problem-notice").waitFor();
    for (const pane of ["#decision", "#tests-result", "#query-answer"]) assert.match(await page.locator(`${pane} .failure`).innerText(), /404/, pane);
    await context.unroute("**/*.wasm");
    await typePolicy(page, policy("small", ""));
    await waitForStatus(page, "SOFT_FAIL");
    await waitForTests(page, "2 of 5 tests passed");
    await opened.close();
  });

  it("the four pages lead to one another", () =>
    visit(async (page) => {
      for (const name of ["Editor", "Configs", "Console", "Configs", "Actions", "Configs"]) {
        await page.click(`.pages a:has-text("${name}")`);
        await ready(page);
        assert.equal(await page.locator(".pages a[aria-current]").innerText(), name);
      }
      await waitForStatus(page, "HARD_FAIL");
    }));

  it("can be used by keyboard alone: write, go to a problem and back, change the metadata, run tests, open a diff, ask", () =>
    visit(async (page) => {
      const focused = (selector) => page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector);
      async function tabTo(selector) {
        for (let press = 0; press < 60; press += 1) {
          if (await focused(selector)) return;
          await page.keyboard.press("Tab");
        }
        assert.fail(`Tab does not reach ${selector}`);
      }
      await waitForTests(page, "4 of 5 tests passed");
      await page.keyboard.press("Tab");
      assert.ok(await focused(".skip"), "the first stop skips to the policies");
      await page.keyboard.press("Enter");
      await tabTo("#policy-tabs");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-title').innerText(), "images.rego");
      await page.keyboard.press("Home");
      await tabTo("#policy-editor");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(UNUSED);
      await page.locator("#problem-list .problem.error").nth(1).waitFor();
      await tabTo("#problem-list");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => getSelection().toString()), "y");
      await page.keyboard.press("ControlOrMeta+Z");
      await waitForStatus(page, "HARD_FAIL");
      await tabTo("#given-tabs");
      await page.keyboard.press("ArrowRight");
      await tabTo("#meta-editor");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(DEPLOYING);
      await waitForStatus(page, "SOFT_FAIL");
      await tabTo("#run-tests");
      await page.keyboard.press("Enter");
      await tabTo("#tests-result summary");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator(".unified-diff").isVisible(), true);
      await tabTo("#query");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type("count(data.org.pinned_image)");
      await page.keyboard.press("Enter");
      assert.equal(await queryAnswer(page, "1"), "1");
    }));
});
