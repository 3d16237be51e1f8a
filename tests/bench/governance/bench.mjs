// `npm run bench -- --governance`: how long evaluations, votes and sweeps take as stores and set-ups grow. Prints tables and writes
// target/bench/governance.json.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { BenchFailure } from "../failure.mjs";
import { machine } from "../machine.mjs";
import { statistics } from "../measure.mjs";
import { benchFolder, pathOf } from "../places.mjs";
import { printMachine } from "../report.mjs";
import { printGovernance } from "./report.mjs";

const STORES = ["memory", "libsql", "libsql with a write-ahead log"];
const WAITING = 100;
const SETUPS = [
  { sets: 1, rules: 10 },
  { sets: 100, rules: 10 },
  { sets: 1, rules: 1_000 },
  { sets: 100, rules: 1_000 },
];
const FULL = { counts: [10, 1_000, 100_000], rounds: 21 };
const QUICK = { counts: [10, 1_000], rounds: 5 };

export async function governance(quick) {
  const { counts, rounds } = quick ? QUICK : FULL;
  const results = { machine: machine(), kind: quick ? "quick" : "full", when: new Date().toISOString(), stores: [] };
  printMachine(results.machine, results.kind);
  for (const name of STORES) {
    process.stdout.write(`\n${name}: filling stores with ${counts.map((count) => count.toLocaleString("en")).join(", ")} runs.\n`);
    results.stores.push({ name, sizes: await sizes(name, counts, rounds) });
  }
  printGovernance(results.stores);
  mkdirSync(benchFolder, { recursive: true });
  writeFileSync(new URL("governance.json", benchFolder), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write("\nwritten: target/bench/governance.json\n");
}

// All sizes take turns, each in a process of its own: what slows the machine slows all of them, and none fills another's heap.
async function sizes(name, counts, rounds) {
  const lanes = [];
  try {
    for (const count of counts) lanes.push(await laneOf(name, count));
    for (let round = 0; round < rounds + 1; round++) {
      for (const lane of lanes) {
        const { round: measured } = await asked(lane, { round });
        // The first round prepares what is kept afterwards.
        if (round > 0) lane.rounds.push(measured);
      }
    }
    for (const lane of lanes) lane.end = await asked(lane, { end: true });
    return lanes.map(sizeOf);
  } finally {
    for (const { child } of lanes) child.kill();
  }
}

async function laneOf(name, count) {
  const waiting = Math.min(WAITING, count);
  const program = pathOf(new URL("measured.mjs", import.meta.url));
  const child = fork(program, [JSON.stringify({ name, count, waiting, setups: SETUPS })], { execArgv: ["--max-old-space-size=12288"] });
  const lane = { child, count, waiting, rounds: [], end: undefined };
  lane.filled = (await answerOf(lane)).filled;
  return lane;
}

async function asked(lane, message) {
  lane.child.send(message);
  return answerOf(lane);
}

async function answerOf({ child, count }) {
  const ended = new AbortController();
  const exit = once(child, "exit", { signal: ended.signal }).then(([code]) => ({ error: `its process ended with ${code}` }));
  const [answer] = await Promise.race([once(child, "message", { signal: ended.signal }), exit.then((failed) => [failed])]);
  ended.abort();
  exit.catch(() => {});
  if (answer.error !== undefined) throw new BenchFailure(`governance with ${count} stored runs: ${answer.error}`);
  return answer;
}

function sizeOf({ count, waiting, rounds, filled, end }) {
  const setups = SETUPS.map((setup, at) => {
    const names = Object.keys(rounds[0].samples[at]);
    const figure = (name) => statistics(rounds.map(({ samples }) => samples[at][name]));
    return { ...setup, ms: Object.fromEntries(names.map((name) => [name, figure(name)])) };
  });
  const sweep = { nothing_is_up: statistics(rounds.map((round) => round.sweep)), all_are_up_once: end.acted };
  return { count, waiting, rounds: rounds.length, filled_ms: filled, heap_mib: end.heap_mib, setups, sweep_ms: sweep };
}
