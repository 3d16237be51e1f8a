// The governance console: an example organisation from its set-up to the last vote, over reloads, tabs and time.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { dropFile, needsChromium, openBrowser, ready, root } from "./chromium.mjs";
import { actAs, events, openSection, runStatus, said, startRun, vote, waitForStatus } from "./console-steps.mjs";

const PATH = "/console.html";
const refusal = (page, row) => page.locator(`[id="${row}-refusal"]`);

describe("the governance console", needsChromium(), () => {
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

  it("a first visit finds an organisation with sets, rules, a provider and runs", () =>
    visit(async (page) => {
      assert.deepEqual(await page.locator("#content .state").allInnerTexts(), ["Waits for approval", "Rejected", "Completed"]);
      await openSection(page, "Policy sets");
      assert.deepEqual(await page.locator("#content .row-link").allInnerTexts(), ["cost", "ownership", "production-safety"]);
      await openSection(page, "Approval rules");
      assert.equal(await page.locator(".card[data-rule]").count(), 4);
      await openSection(page, "Providers");
      assert.match(await page.locator(".card[data-provider]").innerText(), /secret stored[\s\S]*payments-production/);
      await openSection(page, "Organisation");
      assert.match(await page.locator('.card[data-workspace="webshop-production"]').innerText(), /environment\s+production/);
    }));

  it("a run is approved in two stages, by those who are asked and by nobody else", () =>
    visit(async (page) => {
      await actAs(page, "CI");
      await startRun(page, { plan: "pull-request" });
      assert.equal(await runStatus(page), "pending_approval");
      assert.deepEqual(await page.locator(".stage").evaluateAll((stages) => stages.map(({ dataset }) => dataset.state)), ["open", "opens later"]);

      await page.click("#approve");
      await refusal(page, "decide").getByText("ci@example.com may not approve in the workspace webshop-production").waitFor();
      await actAs(page, "Sara");
      await page.click("#approve");
      await refusal(page, "decide").getByText("no open requirement asks for them").waitFor();
      assert.equal(await page.locator(".votes .vote").count(), 0);

      await actAs(page, "Piotr");
      assert.equal(await refusal(page, "decide").innerText(), "", "another person's refusal is gone");
      await vote(page, "approve", "read it");
      await page.locator(".progress", { hasText: "1 of 2" }).waitFor();
      assert.equal(await page.locator("#comment").inputValue(), "");
      await page.click("#approve");
      await refusal(page, "decide").getByText("has voted on everything that is open").waitFor();
      await actAs(page, "Mei");
      await vote(page, "approve");
      await page.locator('.stage[data-stage="2"][data-state="open"]').waitFor();
      assert.equal(await runStatus(page), "pending_approval");
      await actAs(page, "Sara");
      await vote(page, "approve", "no secret in it");
      await waitForStatus(page, "completed");

      assert.deepEqual(await events(page), [
        "policy_evaluated",
        "policy_evaluated",
        "requirement_active",
        "approval_received",
        "approval_received",
        "requirement_satisfied",
        "requirement_active",
        "approval_received",
        "requirement_satisfied",
      ]);
      assert.match(await page.locator("#chain").innerText(), /whole/);
      assert.match(await page.locator(".votes").innerText(), /Piotr approved[\s\S]*read it[\s\S]*Mei approved[\s\S]*Sara approved/);
      assert.match(await page.locator("#sent").innerText(), /team platform \(Piotr, Mei\)[\s\S]*team security \(Sara\)[\s\S]*The run is completed/);

      await page.click("#apply");
      await refusal(page, "changeset").getByText("may not").waitFor();
      await actAs(page, "Dana");
      await page.click("#apply");
      await page.locator("#content a", { hasText: "apply 1" }).click();
      await waitForStatus(page, "queued");
      await actAs(page, "CI");
      await page.click("#complete-apply");
      await waitForStatus(page, "completed");
    }));

  it("a rejection ends the run, with its comment as the reason", () =>
    visit(async (page) => {
      await actAs(page, "Dana");
      await startRun(page, { plan: "pull-request", trigger: "manual" });
      await actAs(page, "Mei");
      await vote(page, "reject", "the bucket is still read by billing");
      await waitForStatus(page, "rejected");
      assert.match(await page.locator(".verdict .reasons").innerText(), /mei@example\.com rejected .*: the bucket is still read by billing/);
      assert.deepEqual(await page.locator(".requirement").evaluateAll((rows) => rows.map(({ dataset }) => dataset.status)), ["rejected", "cancelled"]);
      assert.equal(await page.locator("#approve").count(), 0, "there is nothing to vote on any more");
    }));

  it("what nobody decides in time is handed on by a sweep, and is kept over a reload", () =>
    visit(async (page) => {
      await actAs(page, "CI");
      await startRun(page, { trigger: "promotion" });
      assert.match(await page.locator(".requirement").innerText(), /team orders: Dana, Kim · else handed to team platform in 3 h/);
      await page.click("#hour-later");
      await said(page, "Nothing was overdue.");
      assert.match(await page.locator(".requirement").innerText(), /in 2 h/);
      await actAs(page, "Piotr");
      await page.click("#approve");
      await refusal(page, "decide").getByText("no open requirement asks for them").waitFor();
      await page.click("#day-later");
      await said(page, "overdue: acted on.");
      await page.locator(".requirement", { hasText: "team platform: Piotr, Mei" }).waitFor();
      assert.match(await page.locator('.event[data-event="requirement_escalated"]').innerText(), /Regate handed .* on, its time was up: The owners did not answer in time/);

      await page.reload();
      await ready(page);
      assert.match(await page.locator("#clock").innerText(), /moved 25 h ahead/);
      assert.equal(await page.locator("#acting-as option:checked").innerText(), "Piotr (member, platform)");
      await vote(page, "approve", "in the owners' place");
      await waitForStatus(page, "completed");
      assert.deepEqual((await events(page)).slice(-4), ["requirement_active", "requirement_escalated", "approval_received", "requirement_satisfied"]);
      await page.reload();
      await ready(page);
      await waitForStatus(page, "completed");
      assert.match(await page.locator(".votes").innerText(), /in the owners' place/);
    }));

  it("a provider answers with its token, and without a secret is refused in words", () =>
    visit(async (page) => {
      await actAs(page, "Ines");
      await startRun(page, { workspace: "payments-production" });
      await page.locator(".requirement", { hasText: "Infrastructure scan" }).waitFor();
      await vote(page, "approve");
      await page.locator(".requirement", { hasText: "An administrator reads every change to payments" }).getByText("met").waitFor();
      await page.getByLabel("Reason of Infrastructure scan").fill("clean");
      await page.click('[aria-label="Answer pass: Infrastructure scan"]');
      await waitForStatus(page, "completed");
      assert.match(await page.locator('.event[data-event="external_check_received"]').innerText(), /Infrastructure scan answered pass: clean/);

      await openSection(page, "Providers");
      await page.click("#new-provider");
      await page.fill("#field-name", "Second scan");
      await page.fill("#field-callback_url", "http://scan.example.com/");
      await page.click(".form-dialog[open] .primary");
      await page.locator(".form-dialog[open] .refusal", { hasText: /https/i }).waitFor();
      await page.fill("#field-callback_url", "https://scan.example.com/");
      await page.click(".form-dialog[open] .primary");
      const card = page.locator('.card[data-provider="Second scan"]');
      await card.getByText("attached nowhere").waitFor();
      await card.locator("button", { hasText: "Attach to a scope" }).click();
      await page.selectOption("#field-scope", { label: "workspace webshop-production" });
      await page.click(".form-dialog[open] .primary");
      await card.getByText("Takes part in").waitFor();
      await card.locator("button", { hasText: "Detach from workspace webshop-production" }).waitFor();

      const address = await startRun(page);
      await page.click('[aria-label="Answer fail: Second scan"]');
      await page.locator(".provider-answer .refusal", { hasText: "has no secret to sign with" }).waitFor();
      await openSection(page, "Providers");
      await card.locator("button", { hasText: "Store a secret" }).click();
      await page.fill("#field-secret", "correct horse battery");
      await page.click(".form-dialog[open] .primary");
      await card.getByText("secret stored").waitFor();
      assert.doesNotMatch(await page.content(), /correct horse battery/);
      await page.goto(address);
      await page.click('[aria-label="Answer fail: Second scan"]');
      await waitForStatus(page, "rejected");
    }));

  it("a policy with an error is not saved, and its finding stands at its line", () =>
    visit(async (page) => {
      await actAs(page, "Ines");
      await openSection(page, "Policy sets");
      await page.locator(".row-link", { hasText: "ownership" }).click();
      await page.click("#new-policy");
      await page.fill("#policy-name", "fridays");
      await page.locator("#policy-editor .cm-content").focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText('package forgecroft.policy\n\nimport rego.v1\n\ndeny contains message if {\n\tmessage := concat("", [mesage, "!"])\n}\n');
      const finding = page.locator("#problem-list .problem.error");
      await finding.waitFor();
      assert.equal(await finding.locator(".problem-place").innerText(), "6:25");
      await page.click("#save-policy");
      await page.locator("#policy-refusal", { hasText: "mesage" }).waitFor();
      assert.equal(await page.locator(".policy-dialog[open]").count(), 1);
      assert.equal(await page.locator("#policy-editor .cm-activeLine").innerText(), '\tmessage := concat("", [mesage, "!"])');
      assert.equal(await page.locator("#policy-editor .cm-lint-marker-error").count(), 1);

      await page.locator("#policy-editor .cm-content").focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText('package forgecroft.policy\n\nimport rego.v1\n\ndeny contains "not by hand" if   input.run.trigger=="manual"\n');
      await page.locator("#problem-list", { hasText: "No problems." }).waitFor();
      await page.click(".policy-dialog #format");
      await page.locator("#format-status", { hasText: /^Formatted\.$/ }).waitFor();
      assert.equal(await page.locator("#policy-editor .cm-line").nth(4).innerText(), 'deny contains "not by hand" if input.run.trigger == "manual"');
      await page.click("#save-policy");
      await page.locator('.policy[data-policy="fridays"]').waitFor();

      await page.click('[aria-label^="Compare with now"] >> nth=0');
      await page.locator("#diff", { hasText: "fridays added" }).waitFor();
      await startRun(page);
      await waitForStatus(page, "rejected");
      assert.match(await page.locator(".verdict .reasons").innerText(), /ownership \/ fridays: not by hand/);

      await openSection(page, "Policy sets");
      await page.locator(".row-link", { hasText: "ownership" }).click();
      await page.click('[aria-label^="Restore"] >> nth=0');
      await page.locator('.policy[data-policy="fridays"]').waitFor({ state: "detached" });

      await openSection(page, "Runs");
      await page.locator(".row-link").first().click();
      await waitForStatus(page, "rejected");
      await page.click("#preview-run");
      await page.locator('#preview-box[data-verdict="completes"]').waitFor();
      assert.equal(await runStatus(page), "rejected", "a preview changes nothing");
    }));

  it("whoever may not change the set-up is told so, and sees it all the same", () =>
    visit(async (page) => {
      await actAs(page, "Lena");
      await openSection(page, "Policy sets");
      await page.locator(".row-link", { hasText: "ownership" }).click();
      await page.click("#switch-set");
      await refusal(page, "set").getByText("lena@example.com may not change what lives in the organisation").waitFor();
      await page.click("#delete-set");
      await page.locator("dialog[open] .danger").click();
      await refusal(page, "set").getByText("may not delete").waitFor();
      await openSection(page, "Approval rules");
      await page.click("#new-rule");
      await page.fill("#field-name", "mine");
      await page.click(".form-dialog[open] .primary");
      await page.locator(".form-dialog[open] .refusal", { hasText: "may not" }).waitFor();
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".card[data-rule]").count(), 4);
    }));

  it("a member's own rule is theirs until an administrator promotes it", () =>
    visit(async (page) => {
      await actAs(page, "Kim");
      await openSection(page, "Approval rules");
      await page.click("#new-rule");
      await page.fill("#field-name", "Additions are read");
      await page.selectOption("#field-scope", { label: "workspace webshop-production" });
      await page.selectOption("#field-condition", "added_gt");
      await page.fill("#field-threshold", "3");
      await page.selectOption("#field-approver_type", "org_role");
      await page.fill("#field-timeout_hours", "5");
      await page.selectOption("#field-escalation_action", "auto_approve");
      await page.click(".form-dialog[open] .primary");
      const card = page.locator('.card[data-rule="Additions are read"]');
      await card.getByText("made by Kim").waitFor();
      assert.match(await card.innerText(), /more than 3 added[\s\S]*role admin or higher[\s\S]*approved by itself after 5 h/);
      await page.click('[aria-label="Edit: Additions are read"]');
      await page.fill("#field-stage", "0");
      await page.click(".form-dialog[open] .primary");
      await page.locator('#field-stage[aria-invalid="true"]').waitFor();
      await page.fill("#field-stage", "2");
      await page.click(".form-dialog[open] .primary");
      await card.getByText("stage 2").waitFor();
      await page.click('[aria-label="Promote: Additions are read"]');
      await card.locator(".refusal", { hasText: "kim@example.com" }).waitFor();
      await actAs(page, "Olga");
      await page.click('[aria-label="Promote: Additions are read"]');
      await card.getByText("made by Kim").waitFor({ state: "detached" });
      await actAs(page, "Kim");
      await page.click('[aria-label="Disable: Additions are read"]');
      await card.locator(".refusal", { hasText: "kim@example.com" }).waitFor();
    }));

  it("starts a run with a file that is dropped, and says what is no plan", () =>
    visit(async (page) => {
      const bytes = await readFile(join(root, "pkg-template", "examples", "plans", "quiet.json"));
      await dropFile(page, "mine.json", bytes, "#content");
      await page.locator("#run-dialog[open]").waitFor();
      await page.click("#run-start");
      await waitForStatus(page, "completed");
      await dropFile(page, "other.json", Buffer.from('{"hello": 1}'), "#content");
      await page.click("#run-start");
      await page.locator("#run-refusal", { hasText: "not_a_plan" }).waitFor();
      await page.click("#run-cancel");
      await openSection(page, "Runs");
      assert.deepEqual((await page.locator("#content .state").allInnerTexts()).slice(0, 2), ["Failed", "Completed"]);
    }));

  it("two tabs that are opened at once on a first visit make one organisation", () => {
    let other;
    const before = async (context) => {
      other = await context.newPage();
      await other.goto(browser.origin + PATH, { waitUntil: "commit" });
    };
    return visit(async (page) => {
      await ready(other);
      await other.bringToFront();
      for (const tab of [page, other]) {
        await tab.reload();
        await ready(tab);
        assert.equal(await tab.locator("#content .state").count(), 3);
      }
      await openSection(page, "Approval rules");
      assert.equal(await page.locator(".card[data-rule]").count(), 4);
    }, { before });
  });

  it("time that passes is acted on without being asked: the timer sweeps when the next limit is reached", () =>
    visit(async (page) => {
      await actAs(page, "CI");
      await startRun(page, { trigger: "promotion" });
      const opened = await page.locator('.event[data-event="requirement_active"] time').getAttribute("datetime");
      // Nobody waits three hours: the console's clock is put a few seconds before the limit.
      await page.evaluate(
        (ahead) =>
          new Promise((resolve, reject) => {
            const request = indexedDB.open("regate-console-desk");
            request.onerror = () => reject(request.error);
            request.onsuccess = () => {
              const transaction = request.result.transaction("facts", "readwrite");
              transaction.objectStore("facts").put(ahead, "clock_ahead_ms");
              transaction.oncomplete = () => resolve(request.result.close());
            };
          }),
        Date.parse(opened) + 3 * 3_600_000 - Date.now() - 3_000,
      );
      await page.click("#sweep-now");
      await said(page, "Nothing was overdue.");
      assert.equal(await page.locator('.event[data-event="requirement_escalated"]').count(), 0);
      await said(page, "1 run overdue: acted on.");
      await page.locator('.event[data-event="requirement_escalated"]').waitFor();
    }));

  it("two tabs are two people, and see each other's changes", () =>
    visit(async (page, { context }) => {
      await actAs(page, "CI");
      const address = await startRun(page, { trigger: "promotion" });
      const other = await context.newPage();
      await other.goto(address);
      await ready(other);
      await actAs(other, "Kim");
      await page.bringToFront();
      await actAs(page, "Dana");
      await page.fill("#comment", "half a sentence");
      await vote(other, "approve", "from the other tab");
      await waitForStatus(page, "completed");
      assert.match(await page.locator(".votes").innerText(), /from the other tab/);
      await other.close();
    }));

  it("starting over brings back the first visit", () =>
    visit(async (page, { context }) => {
      await actAs(page, "CI");
      await startRun(page);
      await page.click("#day-later");
      await said(page, "overdue");
      const other = await context.newPage();
      await other.goto(browser.origin + PATH);
      await ready(other);
      assert.equal(await other.locator("#content .state").count(), 4);
      await page.bringToFront();
      await page.click("#reset");
      await page.click("#reset-dialog .danger");
      await said(page, "Everything is as on a first visit.");
      assert.equal(await page.locator("#content .state").count(), 3);
      assert.doesNotMatch(await page.locator("#clock").innerText(), /ahead/);
      await other.locator("#content .state").nth(3).waitFor({ state: "detached" });
      await other.close();
    }));

  it("the keyboard reaches everything: a run is approved without a mouse", () =>
    visit(async (page) => {
      await actAs(page, "Kim");
      const tabTo = async (selector) => {
        for (let presses = 0; presses < 60; presses++) {
          if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
          await page.keyboard.press("Tab");
        }
        assert.fail(`Tab does not reach ${selector}`);
      };
      await tabTo(".row-link");
      await page.keyboard.press("Enter");
      await page.locator("#content .verdict").waitFor();
      await tabTo("#comment");
      await page.keyboard.type("for both teams");
      await tabTo("#approve");
      await page.keyboard.press("Enter");
      await page.locator(".votes", { hasText: "for both teams" }).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.id), "approve", "the focus stays where it was");
    }));

  it("says why it cannot start, and starts when it can", () => {
    let isBroken = true;
    const before = (context) => context.route("**/console.worker*", (route) => (isBroken ? route.abort() : route.continue()));
    return visit(async (page) => {
      await page.locator(".failure", { hasText: "The console could not start" }).waitFor();
      assert.match(await page.locator(".failure").innerText(), /reload the page/i);
      isBroken = false;
      await page.reload();
      await ready(page);
      assert.equal(await page.locator("#content .state").count(), 3);
    }, { before, complaints: /ERR_FAILED|console\.worker/ });
  });

  it("the two pages lead to each other", () =>
    visit(async (page) => {
      await page.locator(".pages a", { hasText: "Editor" }).click();
      await page.waitForURL(/index\.html/);
      await ready(page);
      await page.locator(".pages a", { hasText: "Console" }).click();
      await page.waitForURL(/console\.html/);
      await ready(page);
      await page.locator("#content .state").first().waitFor();
    }));
});
