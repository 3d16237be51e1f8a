// `npm run bench`: races Regate against its peers in one process, prints the figures and writes target/bench/results.json.
// `--quick` for a short run, whose figures are rough. It fails where answers differ, never because a goal is missed. With `BLESS=1` the results are
// committed, and the page of the documentation that tells of them.
// `--governance` measures evaluations, votes and sweeps on stores instead, `--actions` decisions on calls of agents, `--configs` decisions on CI configurations, `--growth` what grows alone, and `--profile` tells
// where decisions of the races spend their instructions; `--instructions` compares how many those are with what is committed.

import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BuildError } from "../../pkg-template/build/shell.mjs";
import { BenchFailure } from "./failure.mjs";
import { machine } from "./machine.mjs";
import { FULL, QUICK, race } from "./measure.mjs";
import { benchFolder, pathOf, regorusFolder, root } from "./places.mjs";
import { prepare } from "./prepare.mjs";
import * as report from "./report.mjs";

const asked = process.argv.slice(2);
const wrong = asked.find((argument) => !["--quick", "--governance", "--actions", "--configs", "--growth", "--profile", "--instructions"].includes(argument));
if (wrong !== undefined) {
  process.stderr.write(`there is no option \`${wrong}\`; there are --quick, --governance, --actions, --configs, --growth, --profile and --instructions\n`);
  process.exit(2);
}
const quick = asked.includes("--quick");
if (quick && process.env.BLESS && asked.length === 1) {
  process.stderr.write("a quick run is rough: what is committed comes from a whole one\n");
  process.exit(2);
}

try {
  if (asked.includes("--governance")) {
    const { governance } = await import("./governance/bench.mjs");
    await governance(quick);
  } else if (asked.includes("--actions")) {
    const { actionsBench } = await import("./actions/bench.mjs");
    await actionsBench(quick);
  } else if (asked.includes("--configs")) {
    const { configsBench } = await import("./configs/bench.mjs");
    await configsBench(quick);
  } else if (asked.includes("--growth")) {
    const { growthAlone } = await import("./growth/bench.mjs");
    await growthAlone(quick);
  } else if (asked.includes("--profile")) {
    const { profile } = await import("./profile/profile.mjs");
    profile();
  } else if (asked.includes("--instructions")) {
    const { compareInstructions } = await import("./profile/instructions.mjs");
    compareInstructions();
  } else {
    prepare();
    await bench();
  }
} catch (error) {
  if (!(error instanceof BenchFailure || error instanceof BuildError)) throw error;
  process.stderr.write(`\nthe benchmark failed: ${error.message}\n`);
  process.exitCode = 1;
}

async function bench() {
  // Loaded only now, because they import what prepare() makes.
  const { field, compareAnswers, inputsOf } = await import("./field.mjs");
  const { opaFolder } = await import("./engines/opa.mjs");
  const { workloads } = await import("./workloads.mjs");
  const authoring = await import("./authoring.mjs");
  const { goals } = await import("./goals.mjs");
  const effort = quick ? QUICK : FULL;
  const opa = opaFolder();
  const results = { machine: machine(), kind: quick ? "quick" : "full", when: new Date().toISOString(), races: [] };
  report.printMachine(results.machine, results.kind);

  const all = workloads();
  process.stdout.write("\nAll contestants are asked first, and compared.\n");
  const fields = [];
  for (const workload of all) {
    const present = await field(workload);
    const inputs = inputsOf(workload);
    const findings = compareAnswers(workload, present, inputs);
    process.stdout.write(`  ${workload.id}: equal answers of ${present.present.length} to ${workload.inputs.length} inputs, ${findings} findings\n`);
    fields.push({ workload, ...present, inputs });
  }

  for (const { workload, present, absent, inputs } of fields) {
    for (const form of workload.forms) add(raceOf(workload, form, present, absent, inputs, effort));
  }
  for (const lines of [100, 2_000]) {
    const { contestants, lines: count } = await authoring.checkRace(lines);
    add({ id: `check-${lines}`, title: `a policy of ${count} lines, for an editor`, contestants: race(contestants, effort) });
  }
  const small = all.find(({ id }) => id === "small");
  add({ id: "load", title: "the policy of small, from its text and from bytes", contestants: race(await authoring.loadRace(small), effort) });

  const { growth } = await import("./growth/bench.mjs");
  results.growth = await growth(effort);
  results.cold_start = await coldStarts(all, opa);
  report.printColdStarts(results.cold_start);
  results.workerd_start = await workerdStarts(small);
  report.printWorkerdStarts(results.workerd_start);
  results.sizes = await sizes(opa);
  report.printSizes(results.sizes);
  report.printRatios(results.races, opa !== undefined);
  report.printAgainstRegorus(results.races);
  results.goals = goals(results);
  report.printGoals(results.goals);

  mkdirSync(benchFolder, { recursive: true });
  const path = new URL("results.json", benchFolder);
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`\nwritten: target/bench/results.json\n`);
  if (process.env.BLESS) {
    const { keepResults, writePage } = await import("./page.mjs");
    keepResults(results);
    writePage();
    process.stdout.write("written: tests/bench/results.json, pkg-template/BENCHMARK.md\n");
  }

  function add(one) {
    results.races.push(one);
    report.printRace(one);
  }
}

// The race from text has bytes in it as well, where a contestant takes them.
function raceOf(workload, form, present, absent, inputs, effort) {
  const lanes = [];
  for (const { name, forms } of present) {
    for (const [label, own] of [[name, form], [`${name}, bytes`, form === "text" ? "bytes" : undefined]]) {
      const call = own === undefined ? undefined : forms[own];
      if (call === undefined) continue;
      const list = inputs[own];
      lanes.push({ name: label, call: (i) => call(list[i % list.length]) });
    }
  }
  const contestants = race(lanes, effort);
  const measure = contestants[0].median;
  const bytes = Math.round(inputs.bytes.reduce((sum, one) => sum + one.length, 0) / inputs.bytes.length);
  return {
    id: `${workload.id}, ${form}`,
    title: `${workload.title}, from ${form === "text" ? "JSON text" : "a JS object"} of ${bytes.toLocaleString("en")} bytes`,
    contestants: contestants.map((one) => ({ ...one, ratio: one.median / measure })),
    absent,
  };
}

async function coldStarts(all, opa) {
  const { coldStarts: start } = await import("./cold-start.mjs");
  const { compile } = await import("regate");
  const { regorus, rulePath } = await import("./engines/regorus.mjs");
  const { compile_to_bytes } = await regorus();
  const small = all.find(({ id }) => id === "small");
  const lookup = all.find(({ id }) => id === "lookup");
  const rule = rulePath(small.entrypoint);
  const files = {
    "policy.rego": small.source,
    "entrypoint": small.entrypoint,
    "rule": rule,
    "input.json": JSON.stringify(small.inputs[0]),
    "regate.program": compile(small.source).policy.toBytes(),
    "regorus.program": compile_to_bytes(small.source, rule),
    "roles.cedar": lookup.cedar.policies,
    "cedar-call.json": JSON.stringify(lookup.cedar.call(lookup.inputs[0])),
    "opa-path": opa === undefined ? "" : join(opa, "small.wasm"),
  };
  process.stdout.write("\nStarting fresh processes.\n");
  return start({ files, runs: quick ? 3 : 15, withOpa: opa !== undefined });
}

// Nothing where the tools for Workers are not installed, which is said.
async function workerdStarts(small) {
  const { NotRun } = await import("./failure.mjs");
  const { measuredInWorkerd } = await import("./workerd.mjs");
  const { compile } = await import("regate");
  const program = Buffer.from(compile(small.source).policy.toBytes()).toString("base64");
  const given = { runs: quick ? 3 : 15, program, entrypoint: small.entrypoint, input: small.inputs[0] };
  try {
    return measuredInWorkerd(new URL("workerd-start/starts.mjs", import.meta.url), given);
  } catch (error) {
    if (!(error instanceof NotRun)) throw error;
    process.stdout.write(`\nstarts in workerd: not measured; ${error.message}\n`);
    return [];
  }
}

async function sizes(opa) {
  const { moduleSizes } = await import("./sizes.mjs");
  const cedar = createRequire(import.meta.url).resolve("@cedar-policy/cedar-wasm/nodejs");
  const files = [
    { name: "regate, full", path: pathOf(new URL("pkg/dist/engine.wasm", root)) },
    { name: "regate, edge", path: pathOf(new URL("pkg/dist/edge.wasm", root)) },
    { name: "regorus, interpreter and VM", path: pathOf(new URL("regorus_direct_bg.wasm", regorusFolder)) },
    { name: "cedar-wasm", path: join(cedar, "..", "cedar_wasm_bg.wasm") },
  ];
  for (const name of opa === undefined ? [] : ["small", "large", "lookup"]) {
    files.push({ name: `OPA-compiled, ${name}`, path: join(opa, `${name}.wasm`) });
  }
  return moduleSizes(files, { quick });
}
