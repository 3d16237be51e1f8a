// `npm run bench -- --actions`: how many decisions on calls of agents there are in a second, as policies and state grow. Prints a table
// and writes target/bench/actions.json.

import { mkdirSync, writeFileSync } from "node:fs";
import { actions, init } from "regate";
import { memoryHost } from "regate/adapters/memory";
import { BenchFailure } from "../failure.mjs";
import { machine } from "../machine.mjs";
import { statistics } from "../measure.mjs";
import { benchFolder } from "../places.mjs";
import { printMachine } from "../report.mjs";

const POLICIES = [1, 10, 100];
/** Calls that are made before anything is measured; each leaves records behind. */
const FILLED = { full: 2_500, quick: 500 };
const SAMPLES = { full: 2_000, quick: 300 };
const SESSIONS = 250;

export async function actionsBench(quick) {
  await init();
  const kind = quick ? "quick" : "full";
  const results = { machine: machine(), kind, when: new Date().toISOString(), rows: [] };
  printMachine(results.machine, kind);
  for (const count of POLICIES) results.rows.push(await measured(count, FILLED[kind], SAMPLES[kind]));
  print(results.rows);
  mkdirSync(benchFolder, { recursive: true });
  writeFileSync(new URL("actions.json", benchFolder), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write("\nwritten: target/bench/actions.json\n");
}

// Each policy has something to say about the call: a budget, a rate, a list, constraints, evidence.
function policy(at) {
  return {
    name: `policy ${at}`,
    run_budget: 1_000_000 + at,
    denied_actions: [`forbidden-${at}`],
    rate_limits: { pay: { max_count: 1_000, window_seconds: 60 + at } },
    evidence_actions: ["look"],
    evidence_requirements: { refund: ["look"] },
    argument_constraints: { pay: { required: ["to"], properties: { amount: { type: "number", maximum: 1_000 + at } } } },
  };
}

async function measured(count, filled, samples) {
  let now = 1_000_000;
  const host = memoryHost({ now: () => (now += 7) });
  const service = actions(host, { org_id: "acme" });
  for (let at = 0; at < count; at++) await service.policies.create(policy(at));
  for (let at = 0; at < filled; at++) await authorized(service, at);
  const records = new Set(host.commits.flatMap(({ put, append }) => [...put, ...append].map(({ kind, key }) => `${kind} ${key}`))).size;
  const row = { policies: count, records, ask: [], authorize: [], settle: [] };
  for (let at = 0; at < samples; at++) {
    const start = performance.now();
    await service.ask(call(at));
    const asked = performance.now();
    const { reservation } = await authorized(service, at);
    const decided = performance.now();
    await service.settle(reservation.id, 0.005);
    row.ask.push((asked - start) * 1_000);
    row.authorize.push((decided - asked) * 1_000);
    row.settle.push((performance.now() - decided) * 1_000);
  }
  return { policies: count, records, ...Object.fromEntries(["ask", "authorize", "settle"].map((name) => [name, statistics(row[name])])) };
}

const call = (at) => ({
  name: "pay",
  cost_usd: 0.01,
  session_id: `s${at % SESSIONS}`,
  run_id: `r${at % SESSIONS}`,
  agent_id: "a",
  kwargs: { to: "bob", amount: at % 100 },
});

async function authorized(service, at) {
  const decision = await service.authorize(call(at));
  if (decision.decision !== "allow") throw new BenchFailure(`the call ${at} was not allowed: ${decision.message}`);
  return decision;
}

function print(rows) {
  const cell = (text, width) => String(text).padStart(width);
  process.stdout.write(`\n${cell("policies", 9)}${cell("records", 9)}${cell("ask", 12)}${cell("authorize", 12)}${cell("settle", 12)}${cell("decisions/s", 13)}\n`);
  for (const { policies, records, ask, authorize, settle } of rows) {
    const times = [ask, authorize, settle].map(({ median }) => cell(`${median.toFixed(0)} us`, 12)).join("");
    process.stdout.write(`${cell(policies, 9)}${cell(records, 9)}${times}${cell(Math.round(1_000_000 / authorize.median), 13)}\n`);
  }
}
