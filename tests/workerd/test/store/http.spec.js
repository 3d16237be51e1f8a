// Governance over HTTP in workerd: the set-up on D1, each run in a Durable Object of its own, which is evicted while the run waits.

import { env } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { drizzle } from "drizzle-orm/d1";
import { governanceHandler, hostOver, routedStore } from "regate";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { beforeAll, expect, it } from "vitest";
import { planOf } from "../../../js/plans.mjs";

const VERBS = ["read", "write", "trigger", "approve", "reject", "apply"];
const PEOPLE = { ada: "admin", ann: "member", ci: null };
const notices = [];
const clock = { now: Date.UTC(2024, 10, 20) };
const setup = drizzleStore(drizzle(env.DB));
const objectOf = (partition) => env.PARTITIONS.getByName(partition);

const handler = governanceHandler(
  hostOver(
    routedStore((partition) => (partition.startsWith("run/") ? objectOf(partition) : setup)),
    {
      who: ({ asker }) => {
        const name = asker.headers.get("x-user") ?? "";
        if (!Object.hasOwn(PEOPLE, name)) throw new Error("nobody");
        return { id: name, email: null, org_role: PEOPLE[name], is_session: name !== "ci", may: VERBS };
      },
      notify: (told) => void notices.push(...told),
      isMember: (user, team) => team === "t-1" && user === "ann",
      now: () => clock.now,
    },
  ),
  { org_id: "o-1" },
);

async function call(user, method, path, body) {
  const init = { method, headers: { "x-user": user }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await handler(new Request(`https://gate.example${path}`, init));
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

beforeAll(() => createTables(drizzle(env.DB)));

it("takes a run from its plan to the last vote, across an object that was gone in between", async () => {
  expect((await call("ada", "PUT", "/workspaces/w-1", { name: "shop", project_id: "p-1" })).status).toBe(200);
  for (const rule of [
    { name: "owners", approver_type: "team", approver_id: "t-1" },
    { name: "administrators", approver_type: "org_role", approver_role: "admin", stage: 2 },
  ]) {
    expect((await call("ada", "POST", "/approval-rules", rule)).status).toBe(201);
  }
  const { body: run } = await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" });
  const planned = await call("ci", "POST", `/runs/${run.id}/plan`, planOf("destroy"));
  expect(planned).toMatchObject({ status: 200, body: { run: { status: "pending_approval" }, decision: { kind: "hold" } } });
  await evictDurableObject(objectOf(`run/${run.id}`));
  expect((await call("ci", "POST", `/workspaces/w-1/runs/${run.id}/approve`)).status).toBe(403);
  expect((await call("ada", "POST", `/workspaces/w-1/runs/${run.id}/approve`)).status).toBe(403);
  expect(await call("ann", "POST", `/workspaces/w-1/runs/${run.id}/approve`, { comment: "fine" })).toMatchObject({ status: 200, body: { status: "pending_approval" } });
  await evictDurableObject(objectOf(`run/${run.id}`));
  expect(await call("ada", "POST", `/workspaces/w-1/runs/${run.id}/approve`)).toMatchObject({ status: 200, body: { status: "completed" } });
  expect((await call("ann", "POST", `/workspaces/w-1/runs/${run.id}/approve`)).status).toBe(409);
  const { body: events } = await call("ann", "GET", `/runs/${run.id}/governance-timeline`);
  expect(events.map(({ event_type, actor_id }) => `${event_type} ${actor_id ?? ""}`.trim())).toEqual([
    "requirement_active",
    "approval_received ann",
    "requirement_satisfied ann",
    "requirement_active",
    "approval_received ada",
    "requirement_satisfied ada",
  ]);
  expect(notices.map(({ kind }) => kind)).toEqual(["approval_requested", "approval_requested", "run_decided"]);
  // The set-up lies in the database, the run in its object, and nothing of one in the other.
  const kinds = await env.DB.prepare("select distinct kind from regate_records").all();
  expect(kinds.results.map(({ kind }) => kind).sort()).toEqual(["approval_rule", "configuration", "workspace"]);
});

it("refuses what is no plan, and whoever is nobody", async () => {
  const { body: run } = await call("ci", "POST", "/workspaces/w-1/runs", { trigger: "push" });
  expect((await call("ci", "POST", `/runs/${run.id}/plan`, { hello: 1 })).status).toBe(400);
  expect(await call("mallory", "POST", `/runs/${run.id}/plan`, planOf("destroy"))).toEqual({ status: 500, body: { error: "the host failed", code: "host_failed" } });
  expect((await call("ci", "GET", `/runs/${run.id}`)).body.status).toBe("queued");
});
