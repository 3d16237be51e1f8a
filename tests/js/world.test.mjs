// A simulated world: people, rules, runs and time under conflicts, lost replies, repeats, crashes, facts that change, and a clock
// that jumps. Whatever the schedule: no run is decided twice, no vote is lost or counted twice, no stage opens early, no
// requirement is dropped, each evaluation is audited once, a final word stays, and everything that is to be told is told.
//
// REGATE_WORLD_SEEDS=200 runs more seeds; a failure prints its seed, and REGATE_WORLD_SEED=N runs that one alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RegateError, deliverNotices, governance, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { planOf } from "./plans.mjs";

const STEPS = 60;
const HOUR = 3_600_000;
const PEOPLE = ["ada", "ann", "bob", "bea", "cy"];
const TEAMS = ["t-one", "t-two"];
const ENDED = new Error("the process has ended");
const LOST = new Error("the line broke");
const TERMINAL = ["completed", "rejected", "aborted", "failed"];
const seeds = process.env.REGATE_WORLD_SEED
  ? [Number(process.env.REGATE_WORLD_SEED)]
  : Array.from({ length: Number(process.env.REGATE_WORLD_SEEDS ?? 25) }, (_, at) => at + 1);

/** Numbers from 0 to below 1, the same for a seed. */
function chance(seed) {
  let state = seed * 2654435761;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Time and chance of the driver, from a seed: a pause ends when nothing else goes on, the shortest first. So the schedule of a seed
 * is always the same, and no pause takes time. Gives what puts the platform's back.
 */
function ownTime(random) {
  const { setTimeout: platformTimer, clearTimeout: platformClear } = globalThis;
  const { random: platformRandom } = Math;
  const timers = new Map();
  let passed = 0;
  let made = 0;
  let isAsked = false;
  const ask = () => {
    if (isAsked || timers.size === 0) return;
    isAsked = true;
    // After everything that can go on has done so.
    setImmediate(() => {
      isAsked = false;
      const [next] = [...timers].sort(([a, one], [b, other]) => one.at - other.at || a - b);
      if (next === undefined) return;
      timers.delete(next[0]);
      passed = next[1].at;
      next[1].run();
      ask();
    });
  };
  globalThis.setTimeout = (run, ms = 0) => {
    timers.set(++made, { at: passed + ms, run });
    ask();
    return made;
  };
  globalThis.clearTimeout = (timer) => void timers.delete(timer);
  Math.random = random;
  return () => {
    Object.assign(globalThis, { setTimeout: platformTimer, clearTimeout: platformClear });
    Math.random = platformRandom;
  };
}

async function simulate(seed, counts) {
  const random = chance(seed);
  const giveBack = ownTime(chance(-seed));
  try {
    await live(random, counts);
  } finally {
    giveBack();
  }
}

async function live(random, counts) {
  const pick = (items) => items[Math.floor(random() * items.length)];
  const store = memoryStore();
  const members = new Map(TEAMS.map((team) => [team, new Set(PEOPLE.filter(() => random() < 0.6))]));
  const told = new Set();
  const seen = new Map();
  const acknowledged = [];
  let now = Date.UTC(2024, 10, 20);
  let ids = 0;
  let faulty = false;
  const ended = new WeakSet();
  const fault = (kind, probability) => {
    if (!faulty || random() >= probability) return false;
    counts.faults[kind] = (counts.faults[kind] ?? 0) + 1;
    return true;
  };
  const functions = {
    who: ({ asker }) => ({ id: asker, email: null, org_role: asker === "ada" ? "admin" : "member", is_session: true, may: ["read", "write", "trigger", "apply", "approve", "reject", "abort"] }),
    notify(notices) {
      if (fault("notify failed", 0.1)) throw new Error("no line");
      for (const { id } of notices) told.add(id);
    },
    isMember: (user, team) => members.get(team)?.has(user) ?? false,
    now: () => now,
    newId: () => `id-${++ids}`,
    randomSeed: () => 0,
  };
  const host = hostOver(
    {
      async read(keys) {
        if (fault("crash before a read", 0.03)) throw ENDED;
        const records = store.read(keys);
        // Others come in between.
        for (let turns = Math.floor(random() * 4); turns > 0; turns--) await null;
        return records;
      },
      async commit(commit) {
        // A process that has ended sends nothing again.
        if (ended.has(commit)) throw ENDED;
        const end = () => {
          ended.add(commit);
          throw ENDED;
        };
        if (fault("crash before a commit", 0.04)) end();
        if (fault("conflict", 0.1)) return "conflict";
        const answer = store.commit(commit);
        if (fault("repeat", 0.05)) assert.equal(store.commit(commit), answer === "ok" ? "ok" : "conflict");
        if (answer === "ok" && fault("crash after a commit", 0.04)) end();
        if (answer === "ok" && fault("lost reply", 0.04)) throw LOST;
        await null;
        return answer;
      },
      list: (query) => store.list(query),
    },
    functions,
  );
  const service = governance(host, { org_id: "o-1" });
  const as = (name) => service.as(name);
  await as("ada").workspaces.put("w-1", { name: "shop", project_id: "p-1", auto_apply: true });
  const rule = () => ({
    name: `rule ${++ids}`,
    approver_type: "team",
    approver_id: pick(TEAMS),
    min_approvals: 1 + Math.floor(random() * 2),
    stage: 1 + Math.floor(random() * 3),
    ...(random() < 0.4 ? { timeout_hours: 1 + Math.floor(random() * 5), escalation_action: pick(["auto_approve", "reject", "escalate_to"]), escalation_team_id: pick(TEAMS) } : {}),
  });
  const rules = [];
  for (let at = 0; at < 2; at++) rules.push((await as("ada").approvalRules.create(rule())).id);
  const runs = [];

  // Answers may come late, after newer ones: what they say is compared with how the run is in the end.
  const look = (run) => seen.set(run.id, [...(seen.get(run.id) ?? []), run]);
  const actions = [
    async () => {
      const { id } = await as("bob").runs.create({ workspace_id: "w-1", trigger: "manual" });
      runs.push(id);
      look((await as("bob").runs.deliverPlan(id, planOf("destroy"))).run);
    },
    async () => void look((await as("bob").runs.deliverPlan(pick(runs), planOf("destroy"))).run),
    ...Array.from({ length: 6 }, () => async () => {
      const [id, person] = [pick(runs), pick(PEOPLE)];
      const run = await as(person).runs.approve(id);
      acknowledged.push({ id, person });
      look(run);
    }),
    async () => void (random() < 0.3 && look(await as(pick(PEOPLE)).runs.reject(pick(runs), "no"))),
    async () => void (random() < 0.2 && look(await as(pick(PEOPLE)).runs.abort(pick(runs)))),
    async () => void (await service.sweep()),
    async () => void (await as("ann").runs.renotify(pick(runs))),
    async () => void (await as("ada").approvalRules.change(pick(rules), { min_approvals: 1 + Math.floor(random() * 3), approver_id: pick(TEAMS) })),
    async () => void rules.push((await as("ada").approvalRules.create(rule())).id),
    async () => void (await deliverNotices(host)),
    async () => void look(await as("ann").runs.get(pick(runs))),
    async () => {
      const team = members.get(pick(TEAMS));
      const person = pick(PEOPLE);
      if (!team.delete(person)) team.add(person);
      counts.faults["late fact"] = (counts.faults["late fact"] ?? 0) + 1;
    },
    async () => {
      now += Math.floor(random() * 3 * HOUR);
      counts.faults["clock jump"] = (counts.faults["clock jump"] ?? 0) + 1;
    },
  ];

  await actions[0]();
  faulty = true;
  for (let step = 0; step < STEPS; step++) {
    const together = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(actions));
    counts.steps += together.length;
    await Promise.all(together.map((act) => act().catch((thrown) => {
      // Refusals and failures of the host are expected; anything else is a defect.
      const isExpected = thrown instanceof RegateError ? thrown.code !== "engine_trapped" : [ENDED, LOST].includes(thrown);
      if (!isExpected) throw thrown;
    })));
  }
  faulty = false;
  await deliverNotices(host);
  assert.deepEqual(await deliverNotices(host), { delivered: 0, failed: 0 });

  for (const id of runs) {
    const run = await as("ann").runs.get(id);
    for (const earlier of seen.get(id) ?? []) {
      if (TERMINAL.includes(earlier.status)) assert.equal(run.status, earlier.status, `${id} was ${earlier.status} and came back`);
      const known = new Set(run.requirements.map((requirement) => requirement.id));
      for (const requirement of earlier.requirements) assert.ok(known.has(requirement.id), `${id} lost ${requirement.name}`);
    }
    const approvals = await as("ann").runs.approvals(id);
    const { events, broken_at } = await as("ann").runs.timeline(id);
    assert.equal(broken_at, null, `${id}: the timeline is broken`);
    const audits = store.list({ partition: `run/${id}`, kind: "audit", limit: 100, cursor: null }).records;
    // One for the evaluation, and one for the final word of a run that waited for it.
    const waited = run.requirements.length > 0 && ["completed", "rejected"].includes(run.status);
    assert.equal(audits.length, (run.evaluation === null ? 0 : 1) + (waited ? 1 : 0), `${id}: audits`);
    const pairs = approvals.flatMap(({ user_id, requirement_ids }) => requirement_ids.map((requirement) => `${user_id} ${requirement}`));
    assert.equal(new Set(pairs).size, pairs.length, `${id}: a vote counts twice`);
    assert.deepEqual(run.votes.map(({ user_id, requirement_id }) => `${user_id} ${requirement_id}`), pairs, `${id}: votes`);
    for (const { id: of, person } of acknowledged.filter((vote) => vote.id === id)) {
      assert.ok(approvals.some(({ user_id }) => user_id === person), `${of}: an acknowledged vote of ${person} is lost`);
    }
    const auto = new Set(events.filter(({ event_type }) => event_type === "requirement_auto_approved").map(({ details }) => details.requirement_id));
    for (const requirement of run.requirements) {
      const yes = approvals.filter(({ decision, requirement_ids }) => decision === "approved" && requirement_ids.includes(requirement.id));
      assert.equal(requirement.approvals_count, yes.length, `${id}: the count of ${requirement.name}`);
      if (requirement.status === "satisfied" && !auto.has(requirement.id)) {
        assert.ok(new Set(yes.map(({ user_id }) => user_id)).size >= requirement.min_approvals, `${id}: ${requirement.name} is met by too few`);
      }
      if (requirement.status !== "pending" && requirement.activated_at_ms !== null) {
        assert.ok(told.has(`${requirement.id}:requested`), `${id}: nobody was asked about ${requirement.name}`);
      }
    }
    // Stages open in order: when one opened, everything before it had been met.
    const met = new Set();
    for (const { event_type, details } of events) {
      if (["requirement_satisfied", "requirement_auto_approved"].includes(event_type)) met.add(details.requirement_id);
      if (event_type !== "requirement_active") continue;
      for (const earlier of run.requirements.filter(({ stage }) => stage < details.stage)) {
        assert.ok(met.has(earlier.id), `${id}: stage ${details.stage} opened before ${earlier.name} was met`);
      }
    }
    if (run.status === "completed") {
      assert.ok(run.requirements.every(({ status }) => status === "satisfied"), `${id}: completed with something open`);
      assert.equal(run.changeset.apply_runs.length, 1, `${id}: applies`);
    } else {
      assert.deepEqual(run.changeset.apply_runs, [], `${id} is ${run.status} and is applied`);
    }
    if (TERMINAL.includes(run.status) && run.status !== "aborted") assert.ok(told.has(`${id}:${run.status}`), `${id}: nobody was told of the end`);
    counts.ends[run.status] = (counts.ends[run.status] ?? 0) + 1;
  }
}

test(`${seeds.length} worlds of ${STEPS} rounds`, async (context) => {
  const counts = { steps: 0, faults: {}, ends: {} };
  for (const seed of seeds) {
    try {
      await simulate(seed, counts);
    } catch (thrown) {
      throw new Error(`REGATE_WORLD_SEED=${seed}: ${thrown.message}`, { cause: thrown });
    }
  }
  context.diagnostic(`${counts.steps} steps; faults ${JSON.stringify(counts.faults)}; runs ended ${JSON.stringify(counts.ends)}`);
  for (const end of ["completed", "rejected", "pending_approval"]) assert.ok(seeds.length === 1 || counts.ends[end] > 0, `no run is ${end}`);
});
