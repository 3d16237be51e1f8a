// The governance preview on the page: examples, files, what takes part, and what the page says when it cannot.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { dropFile, holdBackFirst, needsChromium, openBrowser, ready, root, typePolicy } from "./chromium.mjs";

const example = (name) => readFile(join(root, "pkg-template", "examples", "plans", `${name}.json`));
const RESTS = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains message if {\n\tfalse\n\tmessage := \"never\"\n}\n";

// What `terraform plan -json` prints, which people take for the plan.
const STREAM = [
  {
    "@level": "info",
    "@message": "Terraform 1.9.8",
    "@module": "terraform.ui",
    "@timestamp": "2026-03-02T08:00:00.000000Z",
    terraform: "1.9.8",
    type: "version",
    ui: "1.2",
  },
  {
    "@level": "info",
    "@message": "Plan: 0 to add, 0 to change, 0 to destroy.",
    "@module": "terraform.ui",
    "@timestamp": "2026-03-02T08:00:01.000000Z",
    changes: { add: 0, change: 0, remove: 0, operation: "plan" },
    type: "change_summary",
  },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

const verdict = (page) => page.locator(".verdict").getAttribute("data-verdict");
const waitForVerdict = (page, wanted) => page.locator(`.verdict[data-verdict="${wanted}"]`).waitFor();

describe("the governance preview", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  async function visit(steps, options) {
    const opened = await browser.open(options);
    await steps(opened.page);
    await opened.close();
  }

  /** Keeps an example waiting: `asked` when the page has asked for it, and `answer` answers it and lets the page show what it makes of that. */
  async function holdBackExample(page, name) {
    const address = new RegExp(`/${name}[^/]*\\.json$`);
    let held;
    const asked = new Promise((resolve) => (held = resolve));
    let fulfil;
    const fulfilled = new Promise((resolve) => (fulfil = resolve));
    await page.route(address, async (route) => {
      held();
      await route.fulfill(await fulfilled);
    });
    return {
      asked,
      async answer(response) {
        const answered = page.waitForResponse(address);
        fulfil(response);
        await answered;
        await page.waitForTimeout(300);
      },
    };
  }

  /** Opens "Takes part" and switches participants by their names. */
  async function switchParticipants(page, on, ...names) {
    const open = await page.locator("#participants").evaluate((details) => details.open);
    if (!open) await page.click("#participants > summary");
    for (const name of names) await page.locator(`#participants-form input[name="${name}"]`).setChecked(on);
  }

  /** Switches off all participants of a kind: `set:`, `rule:` or `check:`. */
  async function switchOffEvery(page, kind) {
    const boxes = page.locator(`#participants-form input[name^="${kind}"]`);
    await switchParticipants(page, false, ...(await boxes.evaluateAll((found) => found.map((box) => box.name))));
  }

  it("shows the verdict of an example plan first, then who objects, who approves and who is called", () =>
    visit(async (page) => {
      await page.selectOption("#plan", "quiet");
      await page.locator("#preview dl", { hasText: "0" }).waitFor();
      await page.selectOption("#plan", "webshop");
      await page.locator('.part[data-part="policies"] .result.mandatory').first().waitFor();
      assert.equal(await verdict(page), "rejected");
      const parts = await page.locator("#preview > section").evaluateAll((sections) =>
        sections.map((section) => section.dataset.part ?? "verdict"),
      );
      assert.deepEqual(parts, ["verdict", "policies", "approvals", "external-checks", "changes"]);
      assert.match(await page.locator('[data-part="policies"]').innerText(), /your policy \/ draft/);
      assert.equal(await page.locator('[data-part="approvals"] .stage').count(), 2);
      assert.match(await page.locator('[data-part="external-checks"]').innerText(), /https:\/\/scan\.example\.com\/checks/);
      const document = JSON.parse(await example("webshop"));
      const destroyed = document.resource_changes.filter(
        ({ mode, change }) => mode === "managed" && change.actions.includes("delete"),
      ).length;
      assert.match(await page.locator(".count-destroyed dd").innerText(), new RegExp(`${destroyed}$`));
    }));

  it("waits for approval when only rules and checks are left, and completes when nothing is", () =>
    visit(async (page) => {
      await typePolicy(page, RESTS);
      await switchOffEvery(page, "set:");
      await waitForVerdict(page, "waits");
      await switchOffEvery(page, "rule:");
      await switchOffEvery(page, "check:");
      await waitForVerdict(page, "completes");
    }));

  it("lets the edited policy take part: as typed, by its enforcement, and not while it is switched off", () =>
    visit(async (page) => {
      await switchOffEvery(page, "set:");
      await typePolicy(page, RESTS.replace("\tfalse\n", "").replace("never", "no change on my watch"));
      await page.locator('.verdict[data-verdict="rejected"]').waitFor();
      await page.locator(".violations", { hasText: "no change on my watch" }).waitFor();
      await page.selectOption("#draft-enforcement", "advisory");
      await waitForVerdict(page, "waits");
      assert.equal(await page.locator(".result.advisory").count(), 1);
      await switchParticipants(page, false, "draft");
      await page.locator(".result").waitFor({ state: "detached" });
    }));

  it("follows the run and the workspace of the form", () =>
    visit(async (page) => {
      await waitForVerdict(page, "rejected");
      await page.click("#run > summary");
      await page.selectOption("#run-trigger", "pr");
      await waitForVerdict(page, "completes");
      assert.match(await page.locator(".verdict").innerText(), /pull request/i);
      await typePolicy(page, RESTS.replace("\tfalse\n\tmessage := \"never\"", '\tmessage := input.workspace.attributes["tier"]'));
      await page.click("#add-attribute");
      await page.keyboard.type("tier");
      await page.keyboard.press("Tab");
      await page.keyboard.type("gold");
      await page.locator(".violations", { hasText: "gold" }).waitFor();
    }));

  it("takes the plan's own input into the input pane", () =>
    visit(async (page) => {
      await page.click("#tab-input");
      await page.locator("#use-plan-input:enabled").click();
      await page.click("#evaluate");
      await page.locator('.answer-rule[data-rule="require_approval"]', { hasText: "on-call" }).waitFor();
      assert.match(await page.locator("#input-editor .cm-content").innerText(), /webshop-production/);
    }));

  it("previews a file that is dropped anywhere, UTF-16 as PowerShell writes it too", () =>
    visit(async (page) => {
      const text = (await example("quiet")).toString("utf8");
      await dropFile(page, "utf8.json", Buffer.from(text));
      await page.locator("#plan option", { hasText: "utf8.json" }).waitFor({ state: "attached" });
      await page.locator('[aria-label="What utf8.json changes"]').waitFor();
      const counts = await page.locator(".counts").innerText();
      await dropFile(page, "utf16.json", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]));
      await page.locator('[aria-label="What utf16.json changes"]').waitFor();
      assert.equal(await page.locator(".counts").innerText(), counts);
    }));

  it("previews a file that is chosen, and edits a policy that is dropped", () =>
    visit(async (page) => {
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("#choose-plan")]);
      await chooser.setFiles({ name: "mine.json", mimeType: "application/json", buffer: await example("quiet") });
      await page.locator('[aria-label="What mine.json changes"]').waitFor();
      await dropFile(page, "mine.rego", Buffer.from("package mine\n\nx := 1\n"));
      await page.locator("#policy-kind", { hasText: "Rego module mine" }).waitFor();
    }));

  it("says what a file is that is no plan, and how to get one", () =>
    visit(async (page) => {
      await dropFile(page, "other.json", Buffer.from('{"hello": 1}'));
      await page.locator(".failure-code", { hasText: "not_a_plan" }).waitFor();
      await dropFile(page, "stream.json", Buffer.from(STREAM));
      await page.locator(".failure-code", { hasText: "plan_is_a_stream" }).waitFor();
      assert.match(await page.locator("#preview .failure").innerText(), /terraform show -json/);
    }));

  it("does not store a plan file: after a reload the last example is there", () =>
    visit(async (page) => {
      await dropFile(page, "secret.json", await example("quiet"));
      await page.locator('[aria-label="What secret.json changes"]').waitFor();
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      assert.equal(await page.locator("#plan option", { hasText: "secret.json" }).count(), 0);
      assert.equal(await page.locator("#plan").inputValue(), "webshop");
    }));

  it("keeps what was switched off over a reload", () =>
    visit(async (page) => {
      await switchParticipants(page, false, "set:cost");
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      await switchParticipants(page, true, "set:iam-review");
      assert.equal(await page.locator('input[name="set:cost"]').isChecked(), false);
    }));

  it("says nothing of an example that cannot be loaded once another was chosen, and says so of one that still is", () =>
    visit(
      async (page) => {
        const quiet = await holdBackExample(page, "quiet");
        await page.selectOption("#plan", "quiet");
        await quiet.asked;
        await page.selectOption("#plan", "pull-request");
        await page.locator('[aria-label="What Pull request changes"]').waitFor();
        await quiet.answer({ status: 404, body: "" });
        assert.equal(await page.locator("#preview .failure").count(), 0);
        await page.selectOption("#plan", "quiet");
        await page.locator("#preview .failure-message", { hasText: "The example plan could not be read (404" }).waitFor();
        assert.match(await page.locator("#preview .failure-help").innerText(), /example plans are files beside this page/);
      },
      { complaints: /404/ },
    ));

  it("previews the own file that was chosen again, and not an example that arrives after it", () =>
    visit(async (page) => {
      await dropFile(page, "mine.json", await example("quiet"));
      await page.locator('[aria-label="What mine.json changes"]').waitFor();
      const late = await holdBackExample(page, "pull-request");
      await page.selectOption("#plan", "pull-request");
      await late.asked;
      await page.selectOption("#plan", "own file");
      await late.answer({ body: await example("pull-request") });
      assert.equal(await page.locator("#plan option:checked").innerText(), "mine.json");
      assert.equal(await page.locator(".counts").getAttribute("aria-label"), "What mine.json changes");
    }));

  it("says what a folder is that is dropped, and goes on", () =>
    visit(async (page) => {
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: [join(root, "pkg-template", "examples", "plans")], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"]) await session.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
      await page.locator("#preview .failure-message", { hasText: "plans could not be read" }).waitFor();
      assert.match(await page.locator("#preview .failure-help").innerText(), /one file, not a folder/);
      await page.selectOption("#plan", "quiet");
      await page.locator(".verdict").waitFor();
    }));

  it("refuses a plan above the engine's limit without reading it, and advises what can be done", () =>
    visit(async (page) => {
      const transfer = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(32 * 1024 * 1024 + 64 * 1024)], "vast.json"));
        return data;
      });
      await page.dispatchEvent("#preview", "drop", { dataTransfer: transfer });
      await page.locator("#preview .failure-message", { hasText: "Vast.json has 32.1 MB, and a plan may have at most 32.0 MB" }).waitFor();
      assert.match(await page.locator("#preview .failure-help").innerText(), /smaller workspaces/);
    }));

  it("names a role of the organisation as a role", () =>
    visit(async (page) => {
      const asks = 'package forgecroft.policy\n\nimport rego.v1\n\nrequire_approval contains {"team": "org_role:admin", "min": 1, "reason": "roles are asked"}\n';
      await typePolicy(page, asks);
      const row = page.locator(".approval", { hasText: "roles are asked" });
      await row.waitFor();
      assert.match(await row.innerText(), /role admin · policy/);
      assert.doesNotMatch(await row.innerText(), /org_role|team/);
    }));

  it("lets a preview take its time, says what helps when that ends, and goes on with a new engine", () =>
    visit(
      async (page) => {
        await page.clock.runFor(59_000);
        assert.equal(await page.locator("#preview .failure").count(), 0);
        await page.clock.runFor(2_000);
        await page.locator("#preview .failure-code", { hasText: "no_answer_in_time" }).waitFor();
        const words = await page.locator("#preview .failure").innerText();
        assert.match(words, /did not answer within 60 s/);
        assert.match(words, /Takes part/);
        assert.doesNotMatch(words, /pair of two long lists/);
        await page.clock.resume();
        await page.selectOption("#plan", "quiet");
        await page.locator('[aria-label*="changes"]').waitFor();
      },
      {
        before: async (context) => {
          await context.clock.install();
          await holdBackFirst("preview")(context);
        },
      },
    ));

  it("previews the plan of a thousand changes", () =>
    visit(async (page) => {
      await page.selectOption("#plan", "platform");
      await page.locator('[aria-label="What Platform migration (large) changes"]').waitFor({ timeout: 20_000 });
      assert.ok(await verdict(page));
    }));
});
