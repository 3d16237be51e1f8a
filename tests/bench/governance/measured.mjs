// One store of one size, in a process of its own: fills it, and measures a round whenever it is asked for one.

import { HOUR, START, organisationOn, plannedRun } from "./organisation.mjs";
import { STORED_ORG, setUpRecords, storedRuns } from "./stored-runs.mjs";
import { STORES } from "./stores.mjs";

const { name, count, waiting, setups } = JSON.parse(process.argv[2]);
const { store, fill, close } = await STORES[name]();

async function timed(act) {
  const start = performance.now();
  const value = await act();
  return { ms: performance.now() - start, value };
}

const filled = await timed(async () => {
  await fill(await storedRuns(count, waiting));
  for (const [at, setup] of setups.entries()) await fill([await setUpRecords(`o-${at}`, setup)]);
});
const organisations = await Promise.all(
  setups.map(async (setup, at) => {
    const organisation = organisationOn(store, `o-${at}`);
    return { organisation, many: await plannedRun(organisation, "many"), rule: await ruleOf(organisation) };
  }),
);
const stored = organisationOn(store, STORED_ORG);
let people = 0;

async function ruleOf({ as }) {
  const { approval_rules } = await as("admin").approvalRules.list({ limit: 1 });
  return approval_rules[0].id;
}

// What is not timed stays out of the way: the run that was evaluated is the one that is voted on, and then waits no more.
async function round(at) {
  const samples = [];
  // Whoever comes first pays for what was done elsewhere meanwhile.
  const order = organisations.map((_, turn) => (turn + at) % organisations.length);
  for (const place of order) {
    const { organisation, many, rule } = organisations[place];
    const evaluation = await timed(() => plannedRun(organisation, "one"));
    const run = evaluation.value;
    const vote = await timed(() => organisation.as(`p-${++people}`).runs.approve(run));
    if (vote.value.status !== "completed") throw new Error(`the run must be completed, and is ${vote.value.status}`);
    const sameRun = await timed(() => organisation.as(`p-${++people}`).runs.approve(many));
    const timeline = await timed(() => organisation.as("p-1").runs.timeline(run));
    const change = await timed(() => organisation.as("admin").approvalRules.change(rule, { escalation_reason: `round ${at}` }));
    const after = await timed(() => plannedRun(organisation, "one"));
    await organisation.as("p-1").runs.approve(after.value);
    samples[place] = { evaluation, vote, sameRun, timeline, change, after };
  }
  const sweep = await timed(() => stored.sweep());
  if (sweep.value.swept.length !== 0 || sweep.value.next_at_ms !== START + 24 * HOUR) throw new Error("nothing is up yet, and the next time must be known");
  const msOf = (sample) => Object.fromEntries(Object.entries(sample).map(([name, { ms }]) => [name, ms]));
  return { samples: samples.map(msOf), sweep: sweep.ms };
}

// Every run that waits is acted on, so this is done once.
async function lastSweep() {
  stored.clock.now = START + 25 * HOUR;
  const { ms, value } = await timed(() => stored.sweep());
  if (value.swept.length !== waiting || value.failed !== 0) throw new Error(`${waiting} runs must be acted on, and it was ${value.swept.length}`);
  return ms;
}

process.on("message", async (asked) => {
  try {
    if (asked.round !== undefined) process.send({ round: await round(asked.round) });
    if (asked.end === true) {
      const answer = { acted: await lastSweep(), heap_mib: Math.round(process.memoryUsage().heapUsed / 2 ** 20) };
      // Before it is sent: whoever asked ends this process then.
      close();
      process.send(answer);
    }
  } catch (error) {
    close();
    process.send({ error: error.stack });
  }
});
process.send({ filled: filled.ms });
