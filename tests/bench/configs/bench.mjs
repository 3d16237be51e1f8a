// `npm run bench -- --configs`: how many decisions on CI configurations there are in a second, cold and warm, in Node and in workerd, under
// 20 policies and over a configuration of 2,000 lines. Prints a table and writes target/bench/configs.json.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { BenchFailure, NotRun } from "../failure.mjs";
import { machine } from "../machine.mjs";
import { statistics } from "../measure.mjs";
import { benchFolder, pathOf } from "../places.mjs";
import { printMachine } from "../report.mjs";
import { number, print, table } from "../table.mjs";
import { measuredInWorkerd, workerdVersion } from "../workerd.mjs";
import { lane } from "./lane.mjs";

const FULL = { rounds: 16, cold: 15, times: { load: 4, yaml: 10, value: 40, read: 10 } };
const QUICK = { rounds: 4, cold: 3, times: { load: 2, yaml: 5, value: 20, read: 5 } };

const SHOWN = {
  load: "load the bundle",
  yaml: "decide, from YAML with what it was compiled to",
  value: "decide, from a JS value",
  read: "read the YAML alone",
};

export async function configsBench(quick) {
  const effort = quick ? QUICK : FULL;
  const results = { machine: machine(), kind: quick ? "quick" : "full", when: new Date().toISOString(), effort };
  printMachine(results.machine, results.kind);
  const regate = await import("regate");
  await regate.init();
  const opened = lane(regate);
  print(`a configuration of ${opened.lines} lines; ${opened.bytes} bytes with what it was compiled to: ${opened.decision.status}`);
  results.node = { version: process.version, calls: inNode(opened, effort), cold: coldStarts(effort) };
  try {
    const { first_ms, measured } = measuredInWorkerd(new URL("workerd-rounds.mjs", import.meta.url), { ...effort, decision: opened.decision });
    const calls = Object.fromEntries(Object.entries(measured).map(([call, times]) => [call, statistics(times)]));
    results.workerd = { version: workerdVersion(), first_ms, calls };
  } catch (error) {
    if (!(error instanceof NotRun)) throw error;
    print(`workerd: not run: ${error.message}`);
  }
  printed(results);
  mkdirSync(benchFolder, { recursive: true });
  writeFileSync(new URL("configs.json", benchFolder), `${JSON.stringify(results, null, 2)}\n`);
  print("\nwritten: target/bench/configs.json");
}

function inNode({ calls }, { rounds, times }) {
  const measured = Object.fromEntries(Object.keys(times).map((call) => [call, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [call, count] of Object.entries(times)) {
      const start = performance.now();
      for (let i = 0; i < count; i++) calls[call]();
      if (round > 0) measured[call].push(((performance.now() - start) * 1000) / count);
    }
  }
  return Object.fromEntries(Object.entries(measured).map(([call, times]) => [call, statistics(times)]));
}

// Each in a process of its own: the module is compiled, the bundle loaded, and one decision made.
function coldStarts({ cold }) {
  const runs = Array.from({ length: cold }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [pathOf(new URL("cold.mjs", import.meta.url))], { encoding: "utf8" });
    if (status !== 0) throw new BenchFailure(`a cold start failed: ${stderr}`);
    return JSON.parse(stdout);
  });
  return Object.fromEntries(["start", "load", "decide"].map((step) => [step, statistics(runs.map((run) => run[step] * 1000))]));
}

function printed({ node, workerd }) {
  const us = (of) => (of === undefined ? "-" : `${number(of.median)} us`);
  const second = (of) => (of === undefined ? "-" : Math.round(1e6 / of.median).toLocaleString("en"));
  print("\nwarm: the median of a call, and how many in a second");
  table(
    ["", "Node", "a second", "workerd", "a second"],
    Object.entries(SHOWN).map(([call, name]) => [name, us(node.calls[call]), second(node.calls[call]), us(workerd?.calls[call]), second(workerd?.calls[call])]),
  );
  const { start, load, decide } = node.cold;
  print(`\ncold, medians of fresh processes in Node: module ${number(start.median)} us, bundle ${number(load.median)} us, first decision ${number(decide.median)} us`);
  if (workerd !== undefined) print(`cold in workerd, once: started, bundle loaded and first decision made after ${Math.round(workerd.first_ms)} ms`);
}
