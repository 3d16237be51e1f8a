// The policy editor: findings at their exact place, evaluation, drafts, and a person who uses the keyboard alone.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { holdBackFirst, needsChromium, openBrowser, policyText, ready, typePolicy } from "./chromium.mjs";

const BROKEN = `package forgecroft.policy

import rego.v1

deny contains message if {
	message := nosuchfunction(input.run.trigger)
}
`;
const MENDED = BROKEN.replace("nosuchfunction(input.run.trigger)", '"never on a Friday"');

const UNTIDY = MENDED.replace("\tmessage := ", "    message   :=   ");

describe("the policy editor", needsChromium(), () => {
  let browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  /** Runs `visit` in a fresh profile and checks what the page did behind its back. */
  async function visit(steps, options) {
    const opened = await browser.open(options);
    await steps(opened.page);
    await opened.close();
  }

  it("underlines an error at its place and lists its message; mending clears both", () =>
    visit(async (page) => {
      await typePolicy(page, BROKEN);
      const squiggle = page.locator("#policy-editor .cm-lintRange-error").first();
      await squiggle.waitFor();
      assert.match(await squiggle.innerText(), /^nosuchfunction/);
      const place = await page.locator("#problem-list .problem.error .problem-place").first().innerText();
      assert.equal(place, "6:13");
      assert.match(await page.locator("#problem-list .problem-message").first().innerText(), /nosuchfunction/);
      assert.equal(await page.locator("#policy-editor .cm-lint-marker-error").count(), 1);
      assert.equal(await page.locator("#draft-notice").getAttribute("data-state"), "left out");

      await typePolicy(page, MENDED);
      await page.locator("#problem-list .problem-none").waitFor();
      assert.equal(await page.locator("#policy-editor .cm-lintRange-error").count(), 0);
      assert.equal(await page.locator("#draft-notice").getAttribute("data-state"), "in");
    }));

  it("places an error after characters of two UTF-16 units", () =>
    visit(async (page) => {
      await typePolicy(page, 'package forgecroft.policy\n\nimport rego.v1\n\ndeny contains "🚀🚀" if nosuchfunction(1)\n');
      const squiggle = page.locator("#policy-editor .cm-lintRange-error").first();
      await squiggle.waitFor();
      assert.match(await squiggle.innerText(), /^nosuchfunction/);
    }));

  it("shows all the findings of a governance policy, and goes to the one that is chosen", () =>
    visit(async (page) => {
      await typePolicy(page, 'package forgecroft.policy\n\nimport rego.v1\n\ndeny contains 1 if true\n\nrequire_approval contains "x" if true\n');
      await page.locator("#problem-list .problem").nth(1).waitFor();
      await page.locator("#problem-list .problem").nth(1).click();
      const selected = await page.evaluate(() => getSelection().anchorNode?.parentElement?.closest(".cm-line")?.textContent);
      assert.match(selected, /require_approval/);
    }));

  it("says plainly which kind of Rego it sees", () =>
    visit(async (page) => {
      const kind = page.locator("#policy-kind");
      await page.locator('#policy-kind[data-kind="governance"]').waitFor();
      assert.match(await kind.innerText(), /Governance policy, Rego v1/);
      await typePolicy(page, "# package forgecroft.policy\npackage shop.prices\n\ntotal := 7\n");
      await page.locator('#policy-kind[data-kind="module"]').waitFor();
      assert.match(await kind.innerText(), /Rego module shop\.prices/);
      assert.match(await page.locator("#draft-notice").innerText(), /its package is shop\.prices/);
    }));

  it("evaluates a governance policy to deny and require_approval", () =>
    visit(async (page) => {
      await page.click("#evaluate");
      const deny = page.locator('.answer-rule[data-rule="deny"]');
      await deny.waitFor();
      assert.match(await deny.innerText(), /aws_s3_bucket\.archive would be destroyed/);
      assert.match(await page.locator('.answer-rule[data-rule="require_approval"]').innerText(), /on-call/);
      assert.match(await page.locator("#answer .reads summary").innerText(), /^What the policy can look at\s*\d+$/);
    }));

  it("evaluates any other package whole, and rounds no integer", () =>
    visit(async (page) => {
      await typePolicy(page, "package shop.prices\n\nimport rego.v1\n\ntotal := sum([price | some price in input.prices])\n\nlarge := 9007199254740993\n");
      await page.click("#tab-input");
      await page.locator("#input-editor .cm-content").focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText('{"prices": [3, 4]}');
      await page.keyboard.press("ControlOrMeta+Enter");
      const answer = page.locator("#answer .json-block");
      await answer.waitFor();
      assert.deepEqual((await answer.innerText()).split(/\s+/).join(""), '{"large":9007199254740993,"total":7}');
      const reads = page.locator("#answer .reads");
      await reads.locator("summary").click();
      assert.deepEqual(await reads.locator("li").allInnerTexts(), ["input.prices[_] and all below it"]);
    }));

  it("shows the error of an input that is no JSON, at its place, and the engine's words for it", () =>
    visit(async (page) => {
      await page.click("#tab-input");
      await page.locator("#input-editor .cm-content").focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText('{\n  "run": tru\n}');
      await page.locator("#input-editor .cm-lintRange-error").waitFor();
      assert.match(await page.locator("#input-problem").innerText(), /^Line 2, column \d+/);
      await page.click("#evaluate");
      await page.locator("#answer .failure-code", { hasText: "input_not_json" }).waitFor();
    }));

  it("completes builtins and the fields of the sample input", () =>
    visit(async (page) => {
      await typePolicy(page, "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains message if {\n\tmessage := ");
      await page.keyboard.type("sprin");
      await page.locator(".cm-tooltip-autocomplete li", { hasText: "sprintf" }).waitFor();
      assert.match(await page.locator(".cm-completionInfo").innerText(), /^sprintf\(.*\) -> .*string\n+\S/);
      await page.keyboard.press("Escape");
      await typePolicy(page, "package forgecroft.policy\n\nx := ");
      await page.keyboard.type("input.plan_changes.");
      await page.locator(".cm-tooltip-autocomplete li", { hasText: "destroyed" }).waitFor();
    }));

  /** Waits for what the page says of a format. */
  const formatSays = (page, words) => page.locator("#format-status", { hasText: words }).waitFor();

  it("formats by its button: the cursor stays at its place, and undo gives the text back in one step", () =>
    visit(async (page) => {
      await typePolicy(page, UNTIDY);
      await page.keyboard.press("ControlOrMeta+Home");
      for (let row = 1; row < 6; row += 1) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("End");
      await page.click("#format");
      await formatSays(page, /^Formatted\.$/);
      assert.equal(await policyText(page), MENDED);
      await page.waitForFunction(() => /Formatted\./.test(document.getElementById("announcements").textContent));

      await page.keyboard.insertText(" # as agreed");
      assert.equal(await policyText(page), MENDED.replace('Friday"', 'Friday" # as agreed'));
      assert.equal(await page.locator("#format-status").innerText(), "", "what was said of another text is gone");
      await page.keyboard.press("ControlOrMeta+Z");
      assert.equal(await policyText(page), MENDED);
      await page.keyboard.press("ControlOrMeta+Z");
      assert.equal(await policyText(page), UNTIDY);
    }));

  it("formats by its key, and says so where nothing changes", () =>
    visit(async (page) => {
      await typePolicy(page, UNTIDY);
      await page.keyboard.press("Shift+Alt+F");
      await formatSays(page, /^Formatted\.$/);
      assert.equal(await policyText(page), MENDED);
      await page.keyboard.press("Shift+Alt+F");
      await formatSays(page, /^Already formatted\.$/);
      assert.equal(await policyText(page), MENDED);
      await page.waitForFunction(() => /Already formatted\./.test(document.getElementById("announcements").textContent));
      await page.keyboard.press("ControlOrMeta+Z");
      assert.equal(await policyText(page), UNTIDY, "nothing stands between the format and the text before it");
    }));

  it("formats around what cannot be read, and formats a policy of the older dialect as one", () =>
    visit(async (page) => {
      await typePolicy(page, `${UNTIDY}\nx   :=   ]\n`);
      await page.click("#format");
      await formatSays(page, /^Formatted, except for what cannot be read\.$/);
      assert.equal(await policyText(page), `${MENDED}\nx   :=   ]\n`);
      await typePolicy(page, "package forgecroft.policy\n\ndeny[message] { message := 1 }\n");
      await page.click("#format");
      await formatSays(page, /^Formatted\.$/);
      assert.equal(await policyText(page), "package forgecroft.policy\n\ndeny[message] {\n\tmessage := 1\n}\n");
    }));

  it("does not overwrite what was typed while the engine formats", () =>
    visit(
      async (page) => {
        await typePolicy(page, UNTIDY);
        await page.click("#format");
        await page.keyboard.insertText("# more\n");
        await page.waitForFunction(() => globalThis.delivered > 0);
        await page.waitForTimeout(300);
        assert.equal(await policyText(page), `${UNTIDY}# more\n`);
        assert.equal(await page.locator("#format-status").innerText(), "");
      },
      {
        // The question reaches the worker late, so that its answer comes when the text is another.
        before: (context) =>
          context.addInitScript(() => {
            const send = Worker.prototype.postMessage;
            globalThis.delivered = 0;
            Worker.prototype.postMessage = function (message, ...rest) {
              if (message?.path?.[0] !== "format") return send.call(this, message, ...rest);
              setTimeout(() => {
                globalThis.delivered += 1;
                send.call(this, message, ...rest);
              }, 300);
            };
          }),
      },
    ));

  it("keeps the policy, the input and the settings over a reload, and forgets them on reset", () =>
    visit(async (page) => {
      await typePolicy(page, MENDED);
      await page.click("#tab-input");
      await page.locator("#input-editor .cm-content").focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText('{"kept": true}');
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      assert.equal(await policyText(page), MENDED);
      assert.equal(await page.locator("#tab-input").getAttribute("aria-selected"), "true");
      assert.match(await page.locator("#input-editor .cm-content").innerText(), /"kept": true/);

      await page.click("#reset");
      await page.click('#reset-dialog button[value="reset"]');
      await page.locator('#tab-preview[aria-selected="true"]').waitFor();
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      assert.notEqual(await policyText(page), MENDED);
    }));

  it("survives a policy that never ends: the tab answers, and the next evaluation works", () =>
    visit(async (page) => {
      await typePolicy(page, "package slow\n\nimport rego.v1\n\nn := count([1 | numbers.range(1, 4000)[_]; numbers.range(1, 4000)[_]; numbers.range(1, 4000)[_]])\n");
      await page.click("#evaluate");
      // The page's own thread must answer while the engine works.
      assert.equal(await page.evaluate(() => 1 + 1), 2);
      await page.locator("#answer .failure").waitFor({ timeout: 20_000 });
      assert.match(await page.locator("#answer .failure-code").innerText(), /limit_exceeded|no_answer_in_time/);
      await typePolicy(page, "package quick\n\nx := 1\n");
      await page.keyboard.press("ControlOrMeta+Enter");
      await page.locator("#answer .json-block", { hasText: '"x": 1' }).waitFor();
    }));

  it("ends an engine that does not answer a check within its time, says so, and checks again afterwards", () =>
    visit(
      async (page) => {
        await page.locator("#problem-list .problem-notice", { hasText: "did not answer within 2 s" }).waitFor({ timeout: 10_000 });
        assert.equal(await page.locator("#policy-kind").getAttribute("data-kind"), "failed");
        // The worker that follows is a sound one.
        await typePolicy(page, MENDED);
        await page.locator("#problem-list .problem-none").waitFor();
        assert.equal(await page.locator("#policy-kind").getAttribute("data-kind"), "governance");
      },
      { before: holdBackFirst("check") },
    ));

  it("shows nothing of a check whose text has changed meanwhile", () =>
    visit(
      async (page) => {
        await page.evaluate(() => {
          globalThis.underlined = 0;
          new MutationObserver(() => {
            globalThis.underlined += document.querySelectorAll(".cm-lintRange-error").length;
          }).observe(document.getElementById("policy-editor"), { childList: true, subtree: true, attributes: true });
        });
        await typePolicy(page, BROKEN);
        await page.waitForFunction(() => globalThis.delayed > 0);
        await typePolicy(page, MENDED);
        await page.waitForFunction(() => globalThis.delivered > 0);
        await page.waitForTimeout(500);
        assert.equal(await page.evaluate(() => globalThis.underlined), 0);
        await typePolicy(page, BROKEN.replace("nosuchfunction", "othername"));
        await page.locator("#policy-editor .cm-lintRange-error").first().waitFor();
      },
      {
        // The broken text reaches the worker late, so that its answer comes when the text is another.
        before: (context) =>
          context.addInitScript(() => {
            const send = Worker.prototype.postMessage;
            globalThis.delayed = 0;
            globalThis.delivered = 0;
            Worker.prototype.postMessage = function (message, ...rest) {
              if (!JSON.stringify(message)?.includes("nosuchfunction")) return send.call(this, message, ...rest);
              globalThis.delayed += 1;
              setTimeout(() => {
                globalThis.delivered += 1;
                send.call(this, message, ...rest);
              }, 700);
            };
          }),
      },
    ));

  it("lets the person stop an evaluation, and goes on with a new engine", () =>
    visit(
      async (page) => {
        await page.click("#evaluate");
        await page.locator("#stop:enabled").click();
        await page.locator("#answer .failure-code", { hasText: "stopped" }).waitFor();
        await page.click("#evaluate");
        await page.locator('.answer-rule[data-rule="deny"]').waitFor();
        assert.equal(await page.locator("#stop").isEnabled(), false);
      },
      { before: holdBackFirst("evaluate") },
    ));

  for (const [what, refuse] of Object.entries({
    "opens no store": () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("no storage here", "SecurityError");
      };
    },
    "cannot read its store": () => {
      IDBObjectStore.prototype.get = () => {
        throw new DOMException("the file is damaged", "UnknownError");
      };
    },
  })) {
    it(`works where the browser ${what}, and says that nothing is kept`, () =>
      visit(
        async (page) => {
          await page.locator("#kept", { hasText: "Nothing you change is kept" }).waitFor();
          await typePolicy(page, MENDED);
          await page.locator("#problem-list .problem-none").waitFor();
          await page.locator(".verdict").waitFor();
          await page.reload();
          await ready(page);
          assert.notEqual(await policyText(page), MENDED);
        },
        { before: (context) => context.addInitScript(refuse) },
      ));
  }

  it("says that nothing is kept while the store cannot be written, and keeps what was changed when it can again", () =>
    visit(
      async (page) => {
        assert.equal(await page.locator("#kept").isVisible(), false);
        await page.evaluate(() => (globalThis.storeIsFull = true));
        await typePolicy(page, MENDED);
        await page.locator("#kept", { hasText: "Nothing you change is kept" }).waitFor();
        await page.evaluate(() => (globalThis.storeIsFull = false));
        await page.selectOption("#plan", "quiet");
        await page.locator("#kept").waitFor({ state: "hidden" });
        await page.reload();
        await ready(page);
        assert.equal(await policyText(page), MENDED);
        assert.equal(await page.locator("#plan").inputValue(), "quiet");
      },
      {
        before: (context) =>
          context.addInitScript(() => {
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (...args) {
              if (globalThis.storeIsFull) throw new DOMException("no room", "QuotaExceededError");
              return put.apply(this, args);
            };
          }),
      },
    ));

  it("says why when the engine cannot be loaded, and loads it when it is there again", async () => {
    const opened = await browser.open({
      before: (context) => context.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" })),
      complaints: /404|wasm/i,
    });
    const { page, context } = opened;
    await page.locator("#problem-list .problem-notice").waitFor();
    assert.match(await page.locator("#preview .failure").innerText(), /404/);
    await context.unroute("**/*.wasm");
    await typePolicy(page, MENDED);
    await page.locator("#problem-list .problem-none").waitFor();
    await opened.close();
  });

  it("can be used by keyboard alone: write, go to a problem and back, evaluate, change the plan", () =>
    visit(async (page) => {
      const focused = (selector) => page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector);
      async function tabTo(selector) {
        for (let press = 0; press < 30; press += 1) {
          if (await focused(selector)) return;
          await page.keyboard.press("Tab");
        }
        assert.fail(`Tab does not reach ${selector}`);
      }
      await page.keyboard.press("Tab");
      assert.ok(await focused(".skip"), "the first stop skips to the policy");
      await page.keyboard.press("Enter");
      await tabTo("#policy-editor");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(BROKEN);
      await page.locator("#problem-list .problem.error").first().waitFor();
      await tabTo("#problem-list");
      await page.keyboard.press("Enter");
      assert.ok(await focused("#policy-editor"), "Enter on a problem goes to its place");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(MENDED);
      await page.locator("#problem-list .problem-none").waitFor();
      await page.keyboard.press("ControlOrMeta+Enter");
      await page.locator('.answer-rule[data-rule="deny"] li', { hasText: "never on a Friday" }).waitFor();
      await tabTo("#result-tabs");
      await page.keyboard.press("ArrowLeft");
      assert.equal(await page.locator("#tab-preview").getAttribute("aria-selected"), "true");
      await tabTo("#plan");
      const before = await page.locator("#plan").inputValue();
      await page.keyboard.press("ArrowDown");
      assert.notEqual(await page.locator("#plan").inputValue(), before);
    }));
});
