// Time, in workerd: the Durable Object of the package's README holds a run, and its alarm acts when nobody decided in time. The clock
// of the Worker is moved on; the alarms, the objects' SQLite, their evictions and D1 are the platform's.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/d1";
import { governanceHandler, hostOver, routedStore } from "regate";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { beforeAll, expect, it } from "vitest";
import { planOf } from "../../../js/plans.mjs";
import { callbacksOf, clock } from "../../store-worker/src/host.js";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const setup = drizzleStore(drizzle(env.DB));
const objectOf = ({ id }) => env.RUNS.getByName(`run/${id}`);
const handler = governanceHandler(
  hostOver(
    routedStore((partition) => (partition.startsWith("run/") ? env.RUNS.getByName(partition) : setup)),
    callbacksOf(env),
  ),
  { org_id: "o-1" },
);

async function call(user, method, path, body) {
  const init = { method, headers: { "x-user": user }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await handler(new Request(`https://gate.example${path}`, init));
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

/** A run whose plan was delivered, and which waits. */
async function waitingRun(workspace) {
  const { body: run } = await call("ci", "POST", `/workspaces/${workspace}/runs`, { trigger: "push" });
  const planned = await call("ci", "POST", `/runs/${run.id}/plan`, planOf("destroy"));
  expect(planned).toMatchObject({ status: 200, body: { run: { status: "pending_approval" } } });
  return planned.body.run;
}

const seen = async ({ id }) => (await call("ada", "GET", `/runs/${id}`)).body;
const eventsOf = async ({ id }) => (await call("ada", "GET", `/runs/${id}/governance-timeline`)).body.map(({ event_type }) => event_type);
const alarmOf = (run) => runInDurableObject(objectOf(run), (_, { storage }) => storage.getAlarm());
/** How long until the alarm, by the clock of the Worker. */
const alarmIn = async (run) => (await alarmOf(run)) - clock.now();
const outboxOf = async ({ id }) => (await objectOf({ id }).list({ partition: `run/${id}`, kind: "outbox", limit: 10, cursor: null })).records;

/** The notices that were told about a run, in order. */
async function toldOf({ id }) {
  const { results } = await env.DB.prepare("select notice from told order by rowid").all();
  return results.map(({ notice }) => JSON.parse(notice)).filter(({ run_id }) => run_id === id);
}

async function expectAlarmIn(run, ms) {
  const left = await alarmIn(run);
  expect(left).toBeLessThanOrEqual(ms);
  expect(left).toBeGreaterThan(ms - MINUTE / 2);
}

beforeAll(async () => {
  await createTables(drizzle(env.DB));
  await env.DB.prepare("create table told (id text primary key, notice text not null)").run();
  const timed = { approver_type: "team", approver_id: "t-1", timeout_hours: 1 };
  const RULES = {
    escalates: { ...timed, name: "handed on", escalation_action: "escalate_to", escalation_team_id: "t-2" },
    rejects: { ...timed, name: "in time", escalation_action: "reject" },
  };
  for (const [workspace_id, rule] of Object.entries(RULES)) {
    expect((await call("ada", "PUT", `/workspaces/${workspace_id}`, { name: workspace_id, project_id: "p-1" })).status).toBe(200);
    expect((await call("ada", "POST", "/approval-rules", { ...rule, workspace_id })).status).toBe(201);
  }
});

it("takes a run from its plan to the approval of the team that it was escalated to, across an object that was gone in between", async () => {
  const run = await waitingRun("escalates");
  // The first alarm is for notices whose teller never came to telling them. It comes early for the requirement.
  await expectAlarmIn(run, MINUTE);
  await evictDurableObject(objectOf(run));
  const before = await seen(run);
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect(await seen(run)).toEqual(before);
  expect((await toldOf(run)).map(({ kind }) => kind)).toEqual(["approval_requested"]);
  await expectAlarmIn(run, HOUR);

  clock.moved_ms += HOUR - 5 * MINUTE;
  await evictDurableObject(objectOf(run));
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect(await seen(run)).toEqual(before);
  await expectAlarmIn(run, 5 * MINUTE);

  clock.moved_ms += 5 * MINUTE;
  await evictDurableObject(objectOf(run));
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect((await seen(run)).requirements).toMatchObject([{ status: "active", approver_type: "team", approver_id: "t-2" }]);
  expect((await toldOf(run)).map(({ kind, requirement }) => [kind, requirement.approver_id])).toEqual([
    ["approval_requested", "t-1"],
    ["approval_requested", "t-2"],
  ]);
  expect(await outboxOf(run)).toEqual([]);
  // There is no second deadline.
  expect(await alarmOf(run)).toBe(null);

  await evictDurableObject(objectOf(run));
  expect((await call("ann", "POST", `/workspaces/escalates/runs/${run.id}/approve`)).status).toBe(403);
  expect(await call("bob", "POST", `/workspaces/escalates/runs/${run.id}/approve`)).toMatchObject({ status: 200, body: { status: "completed" } });
  expect(await eventsOf(run)).toEqual(["requirement_active", "requirement_escalated", "approval_received", "requirement_satisfied"]);
  expect((await toldOf(run)).at(-1)).toMatchObject({ kind: "run_decided", run_status: "completed" });
  // The alarm behind the last notice finds nothing, and is the last.
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(false);
});

it("rejects a run whose time is up, once, and leaves another as it is", async () => {
  const [run, other] = [await waitingRun("rejects"), await waitingRun("escalates")];
  clock.moved_ms += HOUR;
  await evictDurableObject(objectOf(run));
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  const rejected = await seen(run);
  expect(rejected).toMatchObject({ status: "rejected", reasons: [{ code: "approval_timed_out" }] });
  await runInDurableObject(objectOf(run), (object) => object.alarm());
  expect(await seen(run)).toEqual(rejected);
  expect((await toldOf(run)).map(({ kind }) => kind)).toEqual(["approval_requested", "run_decided"]);
  expect(await alarmOf(run)).toBe(null);
  expect((await seen(other)).requirements).toMatchObject([{ status: "active", approver_id: "t-1" }]);
  // What lies in the database is the set-up alone.
  const kinds = await env.DB.prepare("select distinct kind from regate_records").all();
  expect(kinds.results.map(({ kind }) => kind).sort()).toEqual(["approval_rule", "configuration", "workspace"]);
});

it("comes by itself, to an object that was gone", async () => {
  const run = await waitingRun("rejects");
  clock.moved_ms += HOUR;
  await runInDurableObject(objectOf(run), (_, { storage }) => storage.setAlarm(Date.now() + 200));
  await evictDurableObject(objectOf(run));
  await expect.poll(async () => (await toldOf(run)).length, { timeout: 60_000, interval: 100 }).toBe(2);
  expect(await seen(run)).toMatchObject({ status: "rejected" });
});

it("knows its run where the platform gives an object no name", async () => {
  const run = await waitingRun("rejects");
  clock.moved_ms += HOUR;
  await runInDurableObject(objectOf(run), async (object, ctx) => {
    Object.defineProperty(ctx, "id", { value: { name: undefined } });
    await new object.constructor(ctx, env).alarm();
  });
  expect(await seen(run)).toMatchObject({ status: "rejected" });
});

/** Takes a table away while something is done, as a database that fails would. */
async function without(exec, table, act) {
  await exec(`alter table ${table} rename to gone`);
  try {
    return await act();
  } finally {
    await exec(`alter table gone rename to ${table}`);
  }
}
const inDatabase = (sql) => env.DB.prepare(sql).run();

it("is tried again a minute later where the set-up cannot be read", async () => {
  const run = await waitingRun("rejects");
  clock.moved_ms += HOUR;
  await without(inDatabase, "regate_records", () => runDurableObjectAlarm(objectOf(run)));
  expect(await seen(run)).toMatchObject({ status: "pending_approval" });
  await expectAlarmIn(run, MINUTE);
  clock.moved_ms += MINUTE;
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect(await seen(run)).toMatchObject({ status: "rejected" });
});

it("is tried again a minute later where the object's own records cannot be read", async () => {
  const run = await waitingRun("rejects");
  clock.moved_ms += HOUR;
  const inObject = (sql) => runInDurableObject(objectOf(run), (_, { storage }) => void storage.sql.exec(sql));
  await without(inObject, "regate_records", () => runDurableObjectAlarm(objectOf(run)));
  await expectAlarmIn(run, MINUTE);
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect(await seen(run)).toMatchObject({ status: "rejected" });
});

it("tells again what could not be told, and nothing twice", async () => {
  const run = await waitingRun("rejects");
  clock.moved_ms += HOUR;
  await without(inDatabase, "told", () => runDurableObjectAlarm(objectOf(run)));
  // What was decided stands, whether it was told or not.
  expect(await seen(run)).toMatchObject({ status: "rejected" });
  expect((await outboxOf(run)).map(({ value }) => value.kind)).toEqual(["run_decided"]);
  expect((await toldOf(run)).map(({ kind }) => kind)).toEqual(["approval_requested"]);
  await expectAlarmIn(run, MINUTE);
  await evictDurableObject(objectOf(run));
  expect(await runDurableObjectAlarm(objectOf(run))).toBe(true);
  expect((await toldOf(run)).map(({ kind }) => kind)).toEqual(["approval_requested", "run_decided"]);
  expect(await outboxOf(run)).toEqual([]);
  expect(await alarmOf(run)).toBe(null);
});
