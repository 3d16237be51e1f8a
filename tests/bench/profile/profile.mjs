// Where a decision spends its instructions: each workload runs natively under valgrind's callgrind, which counts the same ones in every run.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "../failure.mjs";
import { benchFolder, pathOf, root } from "../places.mjs";
import { print, table } from "../table.mjs";
import { workloads } from "../workloads.mjs";

const folder = new URL("profile/", benchFolder);
// Enough for every input of a workload to be decided on several times, and few enough for a program that runs fifty times slower.
const COUNTS = { small: 640, large: 4, lookup: 640, scan: 4, "rules-10": 640, "rules-10000": 640 };
const ROWS = 14;

/** Prints, for each workload, the instructions of one decision and the functions that take most of them. */
export function profile() {
  const program = build();
  const rows = [];
  const details = [];
  for (const workload of workloads()) {
    const count = COUNTS[workload.id];
    const { total, functions } = counted(program, written(workload), count);
    const bytes = workload.inputs.reduce((sum, input) => sum + Buffer.byteLength(JSON.stringify(input)), 0) / workload.inputs.length;
    rows.push([workload.id, Math.round(bytes).toLocaleString("en"), Math.round(total / count).toLocaleString("en"), (total / count / bytes).toFixed(1)]);
    details.push({ workload, total, functions });
  }
  print("\ninstructions of one decision, from the bytes of an input to the text of the answer; native, counted by callgrind");
  table(["", "input bytes", "instructions", "a byte"], rows);
  for (const { workload, total, functions } of details) {
    print(`\n${workload.id}: ${workload.title}; the functions that take most, with what is inlined into them and without what they call`);
    table(["", "share"], functions.slice(0, ROWS).map(({ name, count }) => [name, `${((100 * count) / total).toFixed(1)} %`]));
  }
}

/** The instructions of one decision, by workload. */
export function countedInstructions() {
  const program = build();
  return Object.fromEntries(
    workloads().map((workload) => [workload.id, Math.round(counted(program, written(workload), COUNTS[workload.id]).total / COUNTS[workload.id])]),
  );
}

function written({ id, source, entrypoint, dataText, inputs }) {
  const place = new URL(`${id}/`, folder);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  writeFileSync(new URL("policy.rego", place), source);
  writeFileSync(new URL("entrypoint", place), entrypoint);
  if (dataText !== undefined) writeFileSync(new URL("data.json", place), dataText);
  inputs.forEach((input, at) => writeFileSync(new URL(`${at}.json`, place), JSON.stringify(input)));
  return pathOf(place);
}

// With names of functions, which releases leave out.
function build() {
  const env = { ...process.env, CARGO_PROFILE_BENCH_STRIP: "none", CARGO_PROFILE_BENCH_DEBUG: "line-tables-only" };
  const { status, stdout } = spawnSync("cargo", ["bench", "--locked", "--no-run", "--bench", "rego_decisions", "--message-format", "json"], {
    cwd: pathOf(root), encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "inherit"], env,
  });
  if (status !== 0) throw new BenchFailure("the native decisions could not be built; what cargo printed stands above");
  const artefact = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line)).find(({ target, executable }) => target?.name === "rego_decisions" && executable);
  return artefact.executable;
}

function counted(program, place, count) {
  const out = join(place, "callgrind.out");
  const options = ["--tool=callgrind", "--toggle-collect=*decided*", "--dump-instr=no", `--callgrind-out-file=${out}`];
  const { status, error, stderr } = spawnSync("valgrind", [...options, program, place, String(count)], { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (error?.code === "ENOENT") throw new BenchFailure("there is no valgrind: install it to count instructions");
  if (status !== 0) throw new BenchFailure(`the native decisions failed under valgrind:\n${stderr}`);
  const annotated = spawnSync("callgrind_annotate", ["--auto=no", "--tree=none", "--threshold=100", out], { encoding: "utf8", maxBuffer: 2 ** 26 }).stdout;
  return annotation(annotated);
}

// Lines such as `1,234,567 (12.3%)  file.rs:function [object]`; functions of one name are put together.
function annotation(text) {
  const functions = new Map();
  let total = 0;
  for (const line of text.split("\n")) {
    const [, digits, what] = /^\s*([\d,]+)\s+(?:\(\s*[\d.]+%\)\s+)?(.*)$/.exec(line) ?? [];
    if (digits === undefined) continue;
    const number = Number(digits.replaceAll(",", ""));
    if (what === "PROGRAM TOTALS") total = number;
    else if (/:\S/.test(what)) {
      const name = named(what);
      functions.set(name, (functions.get(name) ?? 0) + number);
    }
  }
  if (!(total > 0)) throw new BenchFailure("callgrind has counted nothing: the function `decided` was not found");
  const sorted = [...functions].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
  return { total, functions: sorted };
}

function named(what) {
  const behindFile = what.replace(/ \[[^\]]*\]$/, "").replace(/^[^:]*:(?!:)/, "");
  return behindFile.replace(/'\d+$/, "").replace(/::h[0-9a-f]{16}$/, "");
}
