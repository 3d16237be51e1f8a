// Agents at the edge: many calls at once over HTTP, in real workerd, on D1 and in a Durable Object of the organisation. A budget that
// admits ten admits ten, whatever the schedule.

import { env, exports } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { drizzle } from "drizzle-orm/d1";
import { createTables } from "regate/adapters/drizzle";
import { beforeAll, describe, expect, it } from "vitest";

const CALLS = 200;

beforeAll(() => createTables(drizzle(env.DB)));

async function call(base, user, method, path, body, org = "o-1") {
  const headers = { "x-user": user, "x-org": org };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await exports.default.fetch(`https://gate.example${base}${path}`, init);
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

/** What many calls at once are told: how often each word. */
async function race(base, org, callOf) {
  const answers = await Promise.all(Array.from({ length: CALLS }, (_, at) => call(base, "agent", "POST", "/actions/authorize", callOf(at), org)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const words = {};
  for (const { body } of answers) {
    const word = body.reason_code ?? body.decision;
    words[word] = (words[word] ?? 0) + 1;
  }
  return { words, answers };
}

describe.each([["D1", "/d1"], ["a Durable Object for each organisation", "/objects"]])("on %s", (_, base) => {
  it(`${CALLS} calls at once on a budget that admits ten: ten are allowed, and every decision is in the log`, async () => {
    const made = await call(base, "ada", "POST", "/policies", { name: "budget", session_budget: 1 });
    expect(made.status).toBe(201);
    const { words, answers } = await race(base, "o-1", () => ({ name: "search", cost_usd: 0.1, session_id: "s" }));
    expect(words).toEqual({ allow: 10, BUDGET_EXCEEDED: CALLS - 10 });
    const log = await call(base, "ada", "GET", "/decisions?limit=1000");
    expect(log.body.decisions.length).toBe(CALLS);
    // What is given back may be spent by another, and by one alone.
    const { id } = answers.find(({ body }) => body.decision === "allow").body.reservation;
    expect((await call(base, "agent", "POST", `/actions/${id}/release`)).body.status).toBe("released");
    const again = await race(base, "o-1", () => ({ name: "search", cost_usd: 0.1, session_id: "s" }));
    expect(again.words).toEqual({ allow: 1, BUDGET_EXCEEDED: CALLS - 1 });
  });

  it("of different sessions too, where an agent's budget is for all of them", async () => {
    await call(base, "ada", "PUT", "/settings", { budget_accounts: "scope" }, "o-2");
    await call(base, "ada", "POST", "/policies", { name: "budget", scope: "agent", target_id: "bot", session_budget: 1 }, "o-2");
    const { words } = await race(base, "o-2", (at) => ({ name: "search", cost_usd: 0.1, agent_id: "bot", session_id: `s-${at}` }));
    expect(words).toEqual({ allow: 10, BUDGET_EXCEEDED: CALLS - 10 });
  });

  it("on a rate, and on the last use of an exception", async () => {
    await call(base, "ada", "POST", "/policies", { name: "rate", rate_limits: { search: { max_count: 10, window_seconds: 3600 } }, denied_actions: [] }, "o-3");
    const drops = (await call(base, "ada", "POST", "/policies", { name: "drops", denied_actions: ["drop"] }, "o-3")).body;
    await call(base, "ada", "POST", `/policies/${drops.id}/exceptions`, { agent_ids: ["bot"], reason: "once", max_uses: 1 }, "o-3");
    const rated = await race(base, "o-3", () => ({ name: "search", session_id: "s" }));
    expect(rated.words).toEqual({ allow: 10, RATE_LIMITED: CALLS - 10 });
    const excepted = await race(base, "o-3", (at) => ({ name: "drop", agent_id: "bot", session_id: `s-${at}` }));
    expect(excepted.words).toEqual({ allow: 1, DENIED_ACTION: CALLS - 1 });
  });

  it("with one idempotency key: one is made", async () => {
    await call(base, "ada", "POST", "/policies", { name: "open" }, "o-4");
    const { words } = await race(base, "o-4", () => ({ name: "pay", cost_usd: 1, run_id: "r", idempotency_key: "k" }));
    expect(words).toEqual({ allow: 1, IDEMPOTENCY_IN_PROGRESS: CALLS - 1 });
  });

  it("a target that is stopped while calls go on stops all that are decided afterwards", async () => {
    await call(base, "ada", "POST", "/policies", { name: "open" }, "o-5");
    const running = race(base, "o-5", (at) => ({ name: "search", agent_id: "bot", session_id: `s-${at % 5}` }));
    expect((await call(base, "ada", "POST", "/kill-switch/kill", { target_type: "agent", target_id: "bot" }, "o-5")).status).toBe(200);
    const after = await race(base, "o-5", () => ({ name: "search", agent_id: "bot" }));
    expect(after.words).toEqual({ AGENT_KILLED: CALLS });
    const { words } = await running;
    expect((words.allow ?? 0) + (words.AGENT_KILLED ?? 0)).toBe(CALLS);
  });
});

it("keeps everything about an organisation in its object, across an object that was gone in between, and nothing in D1", async () => {
  const org = "o-6";
  const policy = { name: "payments", require_approval: true, approval_actions: ["pay"], session_budget: 1 };
  await call("/objects", "ada", "POST", "/policies", policy, org);
  const held = (await call("/objects", "agent", "POST", "/actions/authorize", { name: "pay", cost_usd: 1 }, org)).body;
  expect(held.decision).toBe("require_approval");
  await evictDurableObject(env.PARTITIONS.getByName(`actions/${org}`));
  expect((await call("/objects", "ada", "POST", `/approvals/${held.approval.approval_id}/approve`, undefined, org)).body.status).toBe("approved");
  await evictDurableObject(env.PARTITIONS.getByName(`actions/${org}`));
  const resumed = await call("/objects", "agent", "POST", `/actions/${held.reservation.id}/resume`, { name: "pay", cost_usd: 1 }, org);
  expect(resumed.body.decision).toBe("allow");
  const rows = await env.DB.prepare("select count(*) as rows from regate_records where partition = ?").bind(`actions/${org}`).first("rows");
  expect(rows).toBe(0);
});
