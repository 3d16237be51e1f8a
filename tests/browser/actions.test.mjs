// The page of actions: errors of policies at their places, the verdict on a call with its path, and a ledger that is dropped.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { checkPath, decisiveStep, problems, rows, totals, typeInto, waitForTotal, waitForVerdict } from "./action-steps.mjs";
import { dropFile, holdBackFirst, needsChromium, openBrowser, policyText, ready, root, typePolicy } from "./chromium.mjs";

const PATH = "/actions.html";
const CHECKS = [
  "kill_switch", "idempotency", "no_policy", "denied_actions", "allowed_actions", "rate_limits", "evidence", "argument_constraints", "pii",
  "moderation", "loop", "grounding", "declared", "budgets", "approval",
];
const example = (name) => readFile(join(root, "pkg-template", "examples", "actions", name));
const drop = (page, name, content) => dropFile(page, name, Buffer.from(content), "#simulation-result");
/** The path that ends at a check with an outcome. */
const pathTo = (check, outcome) => {
  const at = CHECKS.indexOf(check);
  return CHECKS.map((name, index) => `${name}: ${index < at ? "passed" : index === at ? outcome : "not-reached"}`);
};

const BROKEN = `name: refund-policy
scopes: global
run_budget: -100
session_budget: lots
rate_limits:
  issue_refund: { max_count: -1 }
denied_actions: delete_customer
argument_constraints:
  issue_refund: { properties: { order_id: { pattern: "(" } } }
`;
const SMALL = "name: small\nrun_budget: 100\n";

const entry = (at, action, more = {}) => ({
  id: `e-${at}`,
  timestamp: new Date(Date.UTC(2026, 2, 2, 9) + at * 1000).toISOString(),
  action,
  cost_usd: 1,
  outcome: "success",
  tags: [],
  payload: { inputs: { args: [], kwargs: { at } }, outputs: null },
  run_id: "run-1",
  ...more,
});

describe("the page of actions", needsChromium(), () => {
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

  it("a first visit finds two policies, a call that is allowed with its whole path, and a simulated ledger", () =>
    visit(async (page) => {
      await waitForVerdict(page, "allow");
      assert.deepEqual(await checkPath(page), CHECKS.map((check) => `${check}: passed`));
      assert.equal(await page.locator('.check[aria-current="step"]').count(), 0);
      assert.deepEqual(await page.locator("#policy-tabs .tab-title").allInnerTexts(), ["refund-policy", "support-bot"]);
      assert.match(await page.locator(".verdict-facts").innerText(), /Policies looked at\s+refund-policy support-bot/);
      await waitForTotal(page, "Calls", "49");
      const { Allowed, "Need approval": waits, Denied, "Newly blocked": blocked, "Newly allowed": allowed, "Cost allowed": spent, "Cost prevented": saved } = await totals(page);
      assert.deepEqual([Allowed, waits, Denied, blocked, allowed, spent, saved], ["35", "3", "11", "10", "1", "$721.40", "$828.50"]);
    }));

  it("the pages lead to one another", () =>
    visit(async (page) => {
      await page.click('.pages a:has-text("Editor")');
      await ready(page);
      await page.click('.pages a:has-text("Actions")');
      await ready(page);
      await page.click('.pages a:has-text("Console")');
      await ready(page);
      await page.click('.pages a:has-text("Actions")');
      await ready(page);
      assert.equal(await page.locator(".pages a[aria-current]").innerText(), "Actions");
      await waitForVerdict(page, "allow");
    }));

  it("shows every error of a policy at its place, marks its tab, and judges nothing; mending clears all of it", () =>
    visit(async (page) => {
      await typePolicy(page, BROKEN);
      await page.locator("#problem-list .problem.error").nth(5).waitFor();
      assert.deepEqual(await problems(page), {
        underlined: ["scopes", "-100", "lots", "-1", "delete_customer", '"("'],
        listed: ["2:1 UNKNOWN_FIELD", "3:13 RANGE", "4:17 TYPE", "6:30 RANGE", "7:17 TYPE", "9:54 BAD_REGEX"],
      });
      assert.equal(await page.locator("#problem-count").innerText(), "6 errors");
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-mark.error').count(), 1);
      await waitForVerdict(page, "none", "The policy refund-policy has 6 errors");
      await page.locator("#simulation-notice", { hasText: "Not simulated: a policy has errors" }).waitFor();
      assert.match(await page.locator("#simulation-notice").innerText(), /the simulation of before/);

      await page.click("#tab-state");
      await page.click("#policy-tabs >> text=support-bot");
      await page.click("#show-obstacle");
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"]').getAttribute("data-policy"), "refund-policy");
      assert.equal(await page.evaluate(() => getSelection().toString()), "scopes");

      await typePolicy(page, SMALL);
      await page.locator("#problem-list .problem-none").waitFor();
      assert.equal(await page.locator("#policy-editor .cm-lintRange").count(), 0);
      await waitForVerdict(page, "deny", "Budget of 100 USD");
      await page.locator('#simulation-notice[data-state="in"]').waitFor();
    }));

  it("reads a policy in braces as JSON, with its errors at their places", () =>
    visit(async (page) => {
      await typePolicy(page, '{\n  "name": "🚀 money", "run_budget": "5",\n  "denied_actions": ["pay", "pay"]\n}\n');
      await page.locator("#problem-list .problem.error").waitFor();
      assert.deepEqual(await problems(page), { underlined: ['"5"'], listed: ["2:37 TYPE"] });
      assert.equal(await page.locator("#policy-kind").innerText(), "JSON, no policy");
      await typePolicy(page, '{"name": "money", "run_budget": 5,}');
      await page.locator("#problem-list .problem-code", { hasText: "SYNTAX" }).waitFor();
      await typePolicy(page, '{"name": "money", "run_budget": 5, "scope": "agent", "target_id": "till"}');
      await page.locator("#policy-kind", { hasText: "JSON, agent till" }).waitFor();
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-title').innerText(), "money");
    }));

  it("shows the warnings of a policy that has no errors", () =>
    visit(async (page) => {
      await typePolicy(page, "name: odd\ndenied_actions: [pay]\nallowed_actions: [pay]\n");
      await page.locator("#problem-list .problem.warning").first().waitFor();
      assert.equal(await page.locator("#problem-count").innerText(), "1 warning");
      assert.match(await page.locator("#problem-list .problem-message").innerText(), /pay/);
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-mark.warning').count(), 1);
      await waitForVerdict(page, "deny", "issue_refund");
    }));

  it("denies with the reason, what the agent can do, and the step that refused; later steps were not reached", () =>
    visit(async (page) => {
      await page.selectOption("#situation", "unlooked");
      await waitForVerdict(page, "deny", "needs a result of get_order, get_payment first");
      assert.deepEqual(await checkPath(page), pathTo("evidence", "refused"));
      assert.match(await decisiveStep(page), /refused here[\s\S]*needs a result of get_order/);
      assert.match(await page.locator(".verdict-facts").innerText(), /MISSING_EVIDENCE[\s\S]*evidence_requirements[\s\S]*refund-policy[\s\S]*mend it\s+yes/);
      assert.match(await page.locator('[data-part="what-the-agent-can-do"]').innerText(), /Still missing: get_order, get_payment/);

      await page.selectOption("#situation", "constraints");
      await waitForVerdict(page, "deny", "break a constraint");
      assert.deepEqual(await checkPath(page), pathTo("argument_constraints", "refused"));
      assert.equal(await page.locator('[data-part="what-the-agent-can-do"] li').count(), 2);

      await page.selectOption("#situation", "invented");
      await waitForVerdict(page, "deny", "amount");
      await page.locator(".verdict-facts", { hasText: "UNGROUNDED_ARGUMENT" }).waitFor();
      assert.match(await page.locator('[data-part="what-the-agent-can-do"]').innerText(), /amount is 80, and must come from get_payment\.refundable/);

      await page.selectOption("#situation", "rate");
      await page.locator(".verdict-facts", { hasText: "RATE_LIMITED" }).waitFor();
      assert.match(await page.locator('[data-part="what-the-agent-can-do"]').innerText(), /may be tried again in 1 h/);

      await page.selectOption("#situation", "budget");
      await waitForVerdict(page, "deny", "run budget");
      assert.match(await page.locator(".verdict-facts").innerText(), /BUDGET_EXCEEDED[\s\S]*support-bot[\s\S]*run: \$522\.50 of \$500\.00[\s\S]*mend it\s+no/);
      assert.deepEqual(await checkPath(page), pathTo("budgets", "refused"));

      await page.selectOption("#situation", "email");
      await waitForVerdict(page, "deny", "personal data");
      await page.click('[data-part="what-the-check-found"] summary');
      assert.match(await page.locator("#verdict .json-block").innerText(), /"category": "credit_card"/);

      await page.selectOption("#situation", "denied");
      await waitForVerdict(page, "deny", "delete_customer is denied");
      assert.deepEqual(await checkPath(page), pathTo("denied_actions", "refused"));
      await page.selectOption("#situation", "killed");
      await waitForVerdict(page, "deny", "riddles");
      assert.deepEqual(await checkPath(page), pathTo("kill_switch", "refused"));
    }));

  it("holds with who is asked, for how long and why, at the last step", () =>
    visit(async (page) => {
      await page.selectOption("#situation", "large");
      await waitForVerdict(page, "require_approval", "waits for refunds@example.com, 1 h at the most");
      assert.deepEqual(await checkPath(page), pathTo("approval", "held"));
      assert.match(await decisiveStep(page), /asks for approval/);
      assert.match(await page.locator('[data-part="approval"]').innerText(), /refund-policy\s+approval_rules\[0\]\s+refunds@example\.com · within 1 h · high priority/);
      await typePolicy(page, "name: all\nrequire_approval: true\n");
      await waitForVerdict(page, "require_approval", "waits for whoever may approve");
    }));

  it("allows with warnings: a budget that is nearly used up, and what a policy that is not strict would refuse", () =>
    visit(async (page) => {
      await page.selectOption("#situation", "nearly");
      await waitForVerdict(page, "allow");
      await page.locator('[data-part="warnings"] [data-kind="budget_warning"]', { hasText: "84 % of the run budget" }).waitFor();
      await page.click("#remove-policy");
      await page.click('#remove-dialog button[value="remove"]');
      await typePolicy(page, "name: loose\nstrict_mode: false\ndenied_actions: [issue_refund]\n");
      await page.locator('[data-kind="not_strict"]', { hasText: "DENIED_ACTION" }).waitFor();
      await waitForVerdict(page, "allow");
      assert.deepEqual(await checkPath(page), CHECKS.map((check) => `${check}: ${check === "denied_actions" ? "warned" : "passed"}`));
      assert.match(await page.locator('.check[data-outcome="warned"]').innerText(), /warns only[\s\S]*is denied/);
    }));

  it("adds and removes policies; the verdict is that of all of them", () =>
    visit(async (page) => {
      await page.click("#add-policy");
      await page.locator('#policy-tabs [aria-selected="true"]', { hasText: "policy-3" }).waitFor();
      await typePolicy(page, "name: freeze\ndenied_actions: [issue_refund]\n");
      await waitForVerdict(page, "deny", "issue_refund is denied");
      assert.deepEqual(await page.locator("#policy-tabs .tab-title").allInnerTexts(), ["refund-policy", "support-bot", "freeze"]);

      await typePolicy(page, "name: support-bot\n");
      await waitForVerdict(page, "none", "Two policies have the id support-bot");
      await typePolicy(page, "name: freeze\nenabled: false\ndenied_actions: [issue_refund]\n");
      await waitForVerdict(page, "allow");
      assert.equal(await page.locator("#policy-kind").innerText(), "YAML, switched off");

      await page.click("#remove-policy");
      await page.locator("#remove-title", { hasText: "Remove freeze?" }).waitFor();
      await page.click('#remove-dialog button[value="cancel"]');
      assert.equal(await page.locator("#policy-tabs .tab-title").count(), 3);
      for (const left of [2, 1]) {
        await page.click("#remove-policy");
        await page.click('#remove-dialog button[value="remove"]');
        await page.waitForFunction((wanted) => document.querySelectorAll("#policy-tabs .tab-title").length === wanted, left);
      }
      assert.equal(await page.locator("#remove-policy").isEnabled(), false, "one is always there");
    }));

  it("compares what is proposed with what is: the verdict before, and the changes of the ledger", () =>
    visit(async (page) => {
      await page.click("#propose");
      await typePolicy(page, "name: refund-policy\ndenied_actions: [issue_refund]\n");
      await waitForVerdict(page, "deny", "issue_refund is denied");
      assert.match(await page.locator(".verdict .before").innerText(), /Without what is proposed: Allowed/);
      await page.locator("#simulation-notice", { hasText: "beside the policies without what is proposed" }).waitFor();
      // Of the twelve refunds those are newly blocked that were allowed or could have been approved; credit needs no approval any more,
      // and an e-mail may hold a card number.
      await waitForTotal(page, "Newly blocked", "7");
      assert.equal((await totals(page))["Newly allowed"], "3");

      await page.click("#version-current");
      assert.match(await policyText(page), /# of what was looked up/);
      await page.click("#version-proposed");
      assert.match(await policyText(page), /^name: refund-policy\ndenied_actions/);
      await typePolicy(page, "name: [");
      await waitForVerdict(page, "none", "What is proposed for refund-policy has 1 error");
      await page.click("#discard");
      await waitForVerdict(page, "allow");
      assert.equal(await page.locator(".verdict .before").count(), 0);
      await page.locator("#simulation-notice", { hasText: "beside what was recorded" }).waitFor();
    }));

  it("shows what is wrong with the call, the state, the set-up and the time at its place, and leads there", () =>
    visit(async (page) => {
      await typeInto(page, "call", '{\n  "name": "pay",\n  "kwargs": [1]\n}');
      await waitForVerdict(page, "none", "expected an object");
      assert.equal(await page.locator("#call-editor .cm-lintRange-error").innerText(), "[1]");
      assert.match(await page.locator("#call-problem").innerText(), /^Line 3, column 13: .*expected an object/);
      await typeInto(page, "call", '{ "name": "pay", }');
      await waitForVerdict(page, "none", "The call is not JSON");
      await page.click("#tab-state");
      await page.click("#show-obstacle");
      assert.equal(await page.locator("#tab-call").getAttribute("aria-selected"), "true");
      await typeInto(page, "call", "");
      await waitForVerdict(page, "none", "There is no call");
      await typeInto(page, "call", '{ "name": "get_order", "agent_id": "support-bot" }');
      await waitForVerdict(page, "allow");

      await typeInto(page, "state", '{\n  "spend": [{ "action": "pay", "cost_usd": 1 }, { "action": "pay" }]\n}');
      await waitForVerdict(page, "none", "missing field cost_usd");
      assert.equal(await page.locator("#state-editor .cm-lintRange-error").innerText(), '{ "action": "pay" }');
      await typeInto(page, "state", "");
      await waitForVerdict(page, "allow");

      await typeInto(page, "set-up", '{ "settings": {}, "policies": [] }');
      await waitForVerdict(page, "none", "The set-up has no policies");
      await typeInto(page, "set-up", '{ "exceptions": [{ "policy_id": "support-bot", "agent_ids": ["support-bot"], "max_uses": 1 }] }');
      await waitForVerdict(page, "allow");

      await page.fill("#call-time", "yesterday");
      await waitForVerdict(page, "none", "The time of the call is none");
      assert.equal(await page.locator("#call-time").getAttribute("aria-invalid"), "true");
      await page.click("#show-obstacle");
      assert.equal(await page.evaluate(() => document.activeElement.id), "call-time");
      await page.fill("#call-time", "");
      await waitForVerdict(page, "allow");
    }));

  it("applies an exception of the set-up, and says so", () =>
    visit(async (page) => {
      await page.selectOption("#situation", "budget");
      await waitForVerdict(page, "deny");
      await typeInto(page, "set-up", '{ "exceptions": [{ "id": "x-1", "policy_id": "support-bot", "agent_ids": ["support-bot"], "max_uses": 1 }] }');
      await waitForVerdict(page, "allow");
      assert.match(await page.locator(".verdict-facts").innerText(), /Exceptions used\s+x-1/);
    }));

  it("judges at the time that is given: evidence is fresh to the second, and stale after it", () =>
    visit(async (page) => {
      const at = Date.UTC(2026, 2, 2, 9);
      const state = JSON.parse(await example("state.json"));
      for (const evidence of state.evidence) evidence.at_ms = at;
      await typeInto(page, "state", JSON.stringify(state));
      await page.fill("#call-time", "2026-03-02T09:15:00Z");
      await waitForVerdict(page, "allow");
      await page.fill("#call-time", "2026-03-02T09:15:01Z");
      await waitForVerdict(page, "deny");
      assert.match(await page.locator(".verdict-facts").innerText(), /STALE_EVIDENCE/);
    }));

  it("rounds no integer: an order number of nineteen digits grounds itself alone", () =>
    visit(async (page) => {
      await typePolicy(page, "name: exact\nevidence_actions: [look]\ngrounding_rules:\n  pay:\n    order: { source_action: look, source_field: order }\n");
      await typeInto(page, "state", '{ "evidence": [{ "action": "look", "result": { "order": 9007199254740993123 } }] }');
      await typeInto(page, "call", '{ "name": "pay", "kwargs": { "order": 9007199254740993124 } }');
      await waitForVerdict(page, "deny");
      assert.match(await page.locator('[data-part="what-the-agent-can-do"]').innerText(), /order is 9007199254740993124, and must come from look\.order/);
      await typeInto(page, "call", '{ "name": "pay", "kwargs": { "order": 9007199254740993123 } }');
      await waitForVerdict(page, "allow");
    }));

  it("simulates a ledger that is dropped, in each of its forms, and one that is chosen", () =>
    visit(async (page) => {
      await typePolicy(page, "name: small\nrun_budget: 2\n");
      const entries = [0, 1, 2, 3].map((at) => entry(at, "pay"));
      const lines = entries.map((each) => JSON.stringify(each)).join("\r\n");
      const forms = {
        "array.json": JSON.stringify(entries, null, 1),
        "lines.jsonl": `${lines}\r\n`,
        "object.json": JSON.stringify({ run_id: "run-1", entries }),
        "utf16.json": Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(JSON.stringify(entries), "utf16le")]),
      };
      for (const [name, content] of Object.entries(forms)) {
        await page.selectOption("#ledger", "ledger");
        await waitForTotal(page, "Calls", "49");
        await drop(page, name, content);
        await waitForTotal(page, "Calls", "4");
        assert.equal(await page.locator("#ledger option:checked").innerText(), name);
        const { Allowed, Denied, "Newly blocked": blocked, "Cost allowed": spent, "Cost prevented": saved } = await totals(page);
        assert.deepEqual([Allowed, Denied, blocked, spent, saved], ["2", "2", "2", "$2.00", "$2.00"], name);
        assert.match(await page.locator(".reasons").innerText(), /BUDGET_EXCEEDED\s+2/);
      }
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("#choose-ledger")]);
      await chooser.setFiles({ name: "one.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(entry(0, "pay"))) });
      await waitForTotal(page, "Calls", "1");
      assert.deepEqual(await rows(page), [["1 e-0", "2026-03-02 09:00:00", "pay", "$1.00", "success", "✓ allowed", "", ""]]);
    }));

  it("shows the smallest amounts that there are, and sums of them", () =>
    visit(async (page) => {
      await typePolicy(page, "name: small\nrun_budget: 2\n");
      const costs = [1e-7, 1e-12, 1.25, 0.000000123456];
      await drop(page, "small.json", JSON.stringify(costs.map((cost_usd, at) => ({ ...entry(at, "pay"), cost_usd }))));
      await waitForTotal(page, "Cost allowed", "$1.250000223457");
      assert.deepEqual((await rows(page)).map((cells) => cells[3]), ["$0.0000001", "$0.000000000001", "$1.25", "$0.000000123456"]);
    }));

  it("shows what became of each call, and those alone that are decided otherwise", () =>
    visit(async (page) => {
      await waitForTotal(page, "Calls", "49");
      const all = await rows(page);
      assert.equal(all.length, 49);
      assert.deepEqual(all[9], ["10 act-010", "2026-03-02 09:04:27", "issue_refund", "$25.00", "success", "✕ denied", "MISSING_EVIDENCE evidence_requirements of refund-policy", "newly blocked"]);
      await page.check("#changed-only");
      assert.equal(await page.locator("#calls-shown").innerText(), "13 of 49");
      const changed = await rows(page);
      assert.equal(changed.length, 13);
      assert.ok(changed.every((row) => row[7] !== ""));
      assert.deepEqual(changed, all.filter((row) => row[7] !== ""));
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      await waitForTotal(page, "Calls", "49");
      assert.equal((await rows(page)).length, 13, "the filter is kept");
      await page.uncheck("#changed-only");
      assert.equal((await rows(page)).length, 49);
    }));

  it("lets approvals be given or not, begins with the state on request, and says what is less certain", () =>
    visit(async (page) => {
      await waitForTotal(page, "Cost allowed", "$721.40");
      await page.selectOption("#approve", "none");
      await waitForTotal(page, "Cost allowed", "$357.40");
      await page.selectOption("#approve", "all");
      await waitForTotal(page, "Cost allowed", "$751.40");
      await typeInto(page, "state", '{ "killed": [{ "target_type": "agent", "target_id": "support-bot" }] }');
      await page.check("#begins-with-state");
      await waitForTotal(page, "Allowed", "3");
      await typePolicy(page, "name: shape\nargument_constraints:\n  pay: { required: [amount] }\n");
      await drop(page, "thin.json", JSON.stringify([entry(5, "pay", { payload: { inputs: { args: [3], kwargs: {} } } }), entry(1, "pay", { inputs_redacted: true, colour: "red" })]));
      await waitForTotal(page, "Calls", "2");
      const said = await page.locator('[data-part="less-certain"]').innerText();
      assert.match(said, /not in the order of their times[\s\S]*Entry 2/);
      assert.match(said, /passed by their places[\s\S]*Entry 1/);
      assert.match(said, /not looked at: colour/);
    }));

  it("shows what is wrong with a ledger at its entry", () =>
    visit(async (page) => {
      const good = JSON.stringify(entry(0, "pay"));
      const failure = page.locator("#simulation-result .failure");
      await drop(page, "time.json", `[\n${good},\n${JSON.stringify(entry(1, "pay", { timestamp: "yesterday" }))}\n]`);
      await failure.getByText("time.json, entry 2 (line 3) cannot be read").waitFor();
      assert.equal(await page.locator(".wrong-entry mark").innerText(), '"yesterday"');
      assert.equal(await page.locator("#simulation-notice").innerText(), "Nothing is simulated.");
      await drop(page, "missing.jsonl", `${good}\n\n${JSON.stringify({ ...entry(1, "pay"), action: undefined })}\n`);
      await failure.getByText("missing.jsonl, entry 2 (line 3) cannot be read").waitFor();
      assert.match(await failure.innerText(), /missing field action/);
      await drop(page, "comma.json", `{"entries": [\n${good},\n{"action": "pay",}, ${good}]}`);
      await failure.getByText("comma.json, entry 2 (line 3) cannot be read").waitFor();
      assert.equal(await page.locator(".wrong-entry").innerText(), '{"action": "pay",}');
      await drop(page, "broken.jsonl", `${good}\n{"action": \n${good}\n`);
      await failure.getByText("broken.jsonl, entry 2 (line 2) cannot be read").waitFor();
      await drop(page, "end.json", `[${good}`);
      await failure.getByText("end.json cannot be read").waitFor();
      await drop(page, "other.json", '{"hello": 1}');
      await failure.getByText("The file is JSON and no ledger").waitFor();
      await drop(page, "empty.json", "");
      await failure.getByText("The file is empty").waitFor();
      await page.selectOption("#ledger", "ledger");
      await waitForTotal(page, "Calls", "49");
    }));

  it("simulates ten thousand entries while the tab answers, and draws rows on request", () =>
    visit(async (page) => {
      await page.waitForTimeout(500);
      const ledger = Array.from({ length: 10_000 }, (_, at) => entry(at, at % 4 === 0 ? "delete_customer" : "get_order", { run_id: `run-${at >> 3}`, session_id: `session-${at >> 6}` }));
      await drop(page, "large.json", JSON.stringify(ledger));
      // From here on: a test makes the file that is dropped on the page's own thread.
      await page.evaluate(() => {
        globalThis.longest = 0;
        let last = performance.now();
        const tick = () => {
          const now = performance.now();
          globalThis.longest = Math.max(globalThis.longest, now - last);
          last = now;
          setTimeout(tick, 10);
        };
        tick();
      });
      await waitForTotal(page, "Calls", "10,000");
      await waitForTotal(page, "Newly blocked", "2,500");
      const longest = await page.evaluate(() => globalThis.longest);
      const took = Number(/Simulated in ([\d,]+) ms/.exec(await page.locator("#simulation-notice").innerText())?.[1].replaceAll(",", ""));
      // On a busy machine everything takes longer; a tab that simulates itself does not answer for the whole of it.
      assert.ok(longest < Math.max(1_000, took / 3), `the tab did not answer for ${Math.round(longest)} of ${took} ms`);
      assert.equal((await rows(page)).length, 100);
      assert.match(await page.locator("#more-calls").innerText(), /Show 500 more \(9,900 not shown\)/);
      await page.click("#more-calls");
      assert.equal((await rows(page)).length, 600);
      await page.check("#changed-only");
      assert.match(await page.locator("#more-calls").innerText(), /2,400 not shown/);
      assert.equal(await page.locator("#calls-shown").innerText(), "2,500 of 10,000");
    }));

  it("edits a policy that is dropped: one of a known name in its place, another beside them", () =>
    visit(async (page) => {
      await drop(page, "support-bot.yaml", "name: support-bot\nscope: agent\ntarget_id: support-bot\ndenied_actions: [issue_refund]\n");
      await waitForVerdict(page, "deny", "issue_refund is denied");
      assert.equal(await page.locator("#policy-tabs .tab-title").count(), 2);
      await drop(page, "money.json", '{"name": "money", "run_budget": 1}');
      await page.locator('#policy-tabs [aria-selected="true"]', { hasText: "money" }).waitFor();
      assert.equal(await page.locator("#policy-tabs .tab-title").count(), 3);
      assert.equal(await page.locator("#ledger option:checked").innerText(), "A morning of the support bot");
      await page.click("#open-examples");
      await page.click('#examples-list button:has-text("refund-policy.yaml")');
      await page.locator('#policy-tabs [aria-selected="true"]', { hasText: "refund-policy" }).waitFor();
      await page.click("#open-examples");
      await page.click('#examples-list button:has-text("agent-policy.yaml")');
      await page.locator('#policy-tabs [aria-selected="true"]', { hasText: "support-bot" }).waitFor();
      assert.deepEqual(await page.locator("#policy-tabs .tab-title").allInnerTexts(), ["refund-policy", "support-bot", "money"], "it is known by its own name");
    }));

  it("edits a policy that is dropped although a ledger is chosen before it is read", () =>
    visit(async (page) => {
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["name: money\nrun_budget: 1\n"], "money.yaml"));
        document.querySelector("#simulation-result").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        document.querySelector("#ledger").dispatchEvent(new Event("change"));
      });
      await page.locator('#policy-tabs [aria-selected="true"]', { hasText: "money" }).waitFor({ timeout: 5_000 });
      await waitForTotal(page, "Calls", "49");
    }));

  it("says what a folder is that is dropped, and what is too large, and goes on", () =>
    visit(async (page) => {
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: [join(root, "pkg-template", "examples", "actions")], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"]) await session.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
      await page.locator("#simulation-result .failure-help", { hasText: "one file, not a folder" }).waitFor();
      const transfer = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(32 * 1024 * 1024 + 64 * 1024)], "vast.json"));
        return data;
      });
      await page.dispatchEvent("#simulation-result", "drop", { dataTransfer: transfer });
      await page.locator("#simulation-result .failure-message", { hasText: "Vast.json has 32.1 MB, and a ledger may have at most 32.0 MB" }).waitFor();
      await page.selectOption("#ledger", "ledger");
      await waitForTotal(page, "Calls", "49");
    }));

  it("keeps policies, call, state and settings over a reload, but no ledger of one's own, and forgets all on reset", () =>
    visit(async (page) => {
      await page.click("#policy-tabs >> text=support-bot");
      await page.click("#propose");
      await typePolicy(page, "name: support-bot\nscope: agent\ntarget_id: support-bot\nrun_budget: 7\n");
      await typeInto(page, "state", "");
      await page.fill("#call-time", "2026-03-02T09:15:00Z");
      await page.selectOption("#approve", "all");
      await drop(page, "secret.json", JSON.stringify([entry(0, "pay")]));
      await waitForTotal(page, "Calls", "1");
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      assert.match(await policyText(page), /run_budget: 7/);
      assert.equal(await page.locator("#version-proposed").getAttribute("aria-pressed"), "true");
      assert.equal(await page.locator("#tab-state").getAttribute("aria-selected"), "true");
      assert.equal(await page.locator("#call-time").inputValue(), "2026-03-02T09:15:00Z");
      assert.equal(await page.locator("#approve").inputValue(), "all");
      await waitForTotal(page, "Calls", "49");
      assert.equal(await page.locator("#ledger option", { hasText: "secret.json" }).count(), 0);
      await waitForVerdict(page, "deny", "needs a result");

      await page.click("#reset");
      await page.click('#reset-dialog button[value="reset"]');
      await waitForVerdict(page, "allow");
      await page.waitForTimeout(400);
      await page.reload();
      await ready(page);
      await waitForVerdict(page, "allow");
      assert.equal(await page.locator("#policy-tabs .tab-note").count(), 0);
      assert.equal(await page.locator("#call-time").inputValue(), "");
    }));

  it("works where the browser opens no store, and says that nothing is kept", () =>
    visit(
      async (page) => {
        await page.locator("#kept", { hasText: "Nothing you change is kept" }).waitFor();
        await typePolicy(page, SMALL);
        await waitForVerdict(page, "deny");
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

  it("ends an engine that does not answer, says so, and judges again afterwards", () =>
    visit(
      async (page) => {
        await page.locator("#problem-list .problem-notice", { hasText: "did not answer in time" }).waitFor({ timeout: 10_000 });
        assert.equal(await page.locator("#verdict .failure-code").innerText(), "no_answer_in_time");
        await typePolicy(page, SMALL);
        await waitForVerdict(page, "deny");
      },
      { before: holdBackFirst("judge") },
    ));

  it("shows no verdict on a call that has changed meanwhile", () =>
    visit(
      async (page) => {
        await waitForVerdict(page, "allow");
        await page.evaluate(() => {
          globalThis.seen = [];
          new MutationObserver(() => globalThis.seen.push(document.getElementById("verdict").textContent)).observe(document.getElementById("verdict"), { childList: true, subtree: true });
        });
        await typeInto(page, "call", '{ "name": "latecomer", "agent_id": "support-bot" }');
        await page.waitForFunction(() => globalThis.delayed > 0);
        await typeInto(page, "call", '{ "name": "delete_customer" }');
        await page.waitForFunction(() => globalThis.delivered > 0);
        await waitForVerdict(page, "deny", "delete_customer is denied");
        assert.doesNotMatch((await page.evaluate(() => globalThis.seen)).join(), /latecomer/);
        await typeInto(page, "call", '{ "name": "newcomer", "agent_id": "support-bot" }');
        await waitForVerdict(page, "deny", "newcomer");
        assert.match((await page.evaluate(() => globalThis.seen)).join(), /newcomer/, "what is shown is seen");
      },
      {
        // That call reaches the worker late, so that its answer comes when the call is another.
        before: (context) =>
          context.addInitScript(() => {
            const send = Worker.prototype.postMessage;
            globalThis.delayed = 0;
            globalThis.delivered = 0;
            Worker.prototype.postMessage = function (message, ...rest) {
              if (!JSON.stringify(message)?.includes("latecomer")) return send.call(this, message, ...rest);
              globalThis.delayed += 1;
              setTimeout(() => {
                globalThis.delivered += 1;
                send.call(this, message, ...rest);
              }, 700);
            };
          }),
      },
    ));

  it("lets the person stop a simulation, and goes on with a new engine", () =>
    visit(
      async (page) => {
        await page.locator("#stop:enabled").click();
        await page.locator("#simulation-result .failure-code", { hasText: "stopped" }).waitFor();
        await page.selectOption("#approve", "all");
        await waitForTotal(page, "Calls", "49");
        assert.equal(await page.locator("#stop").isEnabled(), false);
      },
      { before: holdBackFirst("simulate") },
    ));

  it("ends the simulation of a former text for the one of the text as it is", () =>
    visit(async (page) => {
      const ledger = Array.from({ length: 20_000 }, (_, at) => entry(at, "get_order", { run_id: `run-${at >> 3}`, session_id: `session-${at >> 6}` }));
      await drop(page, "large.json", JSON.stringify(ledger));
      await page.waitForTimeout(700);
      await typePolicy(page, "name: none\ndenied_actions: [get_order]\n");
      await waitForTotal(page, "Denied", "20,000");
    }));

  it("says why when the engine cannot be loaded, and loads it when it is there again", async () => {
    const opened = await browser.open({
      path: PATH,
      before: (context) => context.route("**/*.wasm", (route) => route.fulfill({ status: 404, body: "" })),
      complaints: /404|wasm/i,
    });
    const { page, context } = opened;
    await page.locator("#problem-list .problem-notice").waitFor();
    assert.match(await page.locator("#verdict .failure").innerText(), /404/);
    assert.match(await page.locator("#simulation-result .failure").innerText(), /404/);
    await context.unroute("**/*.wasm");
    await typePolicy(page, SMALL);
    await waitForVerdict(page, "deny");
    await waitForTotal(page, "Calls", "49");
    await opened.close();
  });

  it("can be used by keyboard alone: write, go to a problem and back, change the policy, the call and the ledger's filter", () =>
    visit(async (page) => {
      const focused = (selector) => page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector);
      async function tabTo(selector) {
        for (let press = 0; press < 40; press += 1) {
          if (await focused(selector)) return;
          await page.keyboard.press("Tab");
        }
        assert.fail(`Tab does not reach ${selector}`);
      }
      await page.keyboard.press("Tab");
      assert.ok(await focused(".skip"), "the first stop skips to the policies");
      await page.keyboard.press("Enter");
      await tabTo("#policy-tabs");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-title').innerText(), "support-bot");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator('#policy-tabs [aria-selected="true"] .tab-title').innerText(), "refund-policy");
      assert.ok(await focused("#policy-tabs"), "the focus goes along");
      await tabTo("#policy-editor");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(BROKEN);
      await page.locator("#problem-list .problem.error").first().waitFor();
      await tabTo("#problem-list");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => getSelection().toString()), "-100");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.insertText(SMALL);
      await waitForVerdict(page, "deny");
      await tabTo("#call-tabs");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator("#tab-state").getAttribute("aria-selected"), "true");
      await tabTo("#situation");
      await page.keyboard.press("ArrowDown");
      await tabTo("#changed-only");
      await page.keyboard.press("Space");
      await page.locator("#calls-shown", { hasText: " of " }).waitFor();
    }));
});
