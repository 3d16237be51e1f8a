// The results for people: tables as plain text.

import { OPA_QUOTED } from "./goals.mjs";
import { number, print, table } from "./table.mjs";

export function printMachine({ cpu, cores, memory_gib, system, node, v8, load_at_start }, kind) {
  print(`${cpu}, ${cores} cores, ${memory_gib} GiB, ${system}, Node ${node} (V8 ${v8}), load ${load_at_start}; ${kind} run`);
}

/** The figures of one race, as soon as it is over. */
export function printRace({ id, title, contestants, absent }) {
  print(`\n${id}: ${title}`);
  const rows = contestants.map(({ name, median, p10, ratio, samples, calls_per_sample }) => [
    name,
    time(median),
    time(p10),
    ratio === undefined ? "" : number(ratio),
    `${samples} x ${calls_per_sample}`,
  ]);
  table(["", "median", "p10", ratioTitle(contestants), "samples"], rows);
  for (const { name, why } of absent ?? []) print(`  ${name} does not take part: ${why}`);
}

function ratioTitle(contestants) {
  return contestants.some(({ ratio }) => ratio !== undefined) ? "ratio" : "";
}

export function printWorkerdStarts(starts) {
  if (starts.length === 0) return;
  print(`\nfrom starting workerd to the first answer of a Worker, ${starts[0].samples} times each, ms; over a Worker that decides nothing`);
  const nothing = starts.find(({ name }) => name === "nothing").median;
  table(["", "median", "10th percentile", "over nothing"], starts.map(({ name, median, p10 }) => [name, median.toFixed(1), p10.toFixed(1), (median - nothing).toFixed(1)]));
}

export function printColdStarts(starts) {
  print(`\ncold start: load the module, load a program, first decision; ${starts[0].samples} fresh processes each, ms`);
  const steps = ["compile module", "start", "load program", "first decision"];
  const rows = starts.map(({ name, median, p10, steps: of }) => [
    name,
    median.toFixed(1),
    p10.toFixed(1),
    ...steps.map((step) => (of[step] === undefined ? "-" : of[step].toFixed(1))),
  ]);
  table(["", "median", "p10", ...steps], rows);
}

export function printSizes(sizes) {
  print("\nsizes of modules, bytes");
  const bytes = (size) => (size === null ? "not measured" : size.toLocaleString("en"));
  table(["", "raw", "gzip 9", "brotli 11"], sizes.map(({ name, raw, gzip, brotli }) => [name, bytes(raw), bytes(gzip), bytes(brotli)]));
}

/** Every race against hand-written JS on one screen. */
export function printRatios(races, withOpa) {
  print("\nratios of medians, hand-written JS = 1");
  const columns = ["regate", "regate, bytes", "regorus interpreter", "regorus VM", "cedar-wasm", "OPA-compiled"];
  const rows = races
    .filter(({ contestants }) => contestants.some(({ ratio }) => ratio !== undefined))
    .map(({ id, contestants }) => [
      id,
      ...columns.map((column) => {
        const one = contestants.find(({ name }) => name === column);
        if (one !== undefined) return number(one.ratio);
        return column === "OPA-compiled" && OPA_QUOTED[id] !== undefined && !withOpa ? `(${OPA_QUOTED[id]})` : "-";
      }),
    ]);
  table(["", ...columns], rows);
  if (withOpa) return;
  print("  (...) was measured beforehand on another machine: REGATE_BENCH_OPA names no folder with small.wasm, large.wasm and lookup.wasm.");
  print(`  OPA-compiled, cold start: ${OPA_QUOTED["cold start"]}; size: ${OPA_QUOTED["size"]}.`);
}

// The contestants of a race that do the same: the first of each that took part.
const OURS = ["regate", "regate check", "regate compile"];
const THEIRS = ["regorus interpreter", "regorus parse + analyse"];

/** Every race in which regorus takes part, also those without hand-written JS. */
export function printAgainstRegorus(races) {
  print("\nratios of medians, the interpreter of regorus = 1");
  const rows = [];
  for (const { id, contestants } of races) {
    const [ours, theirs] = [OURS, THEIRS].map((names) => contestants.find(({ name }) => names.includes(name)));
    if (ours !== undefined && theirs !== undefined) rows.push([id, number(ours.median / theirs.median)]);
  }
  table(["", "regate"], rows);
}

export function printGoals(goals) {
  print("\ngoals");
  const rows = goals.map(({ goal, limit, measured, unit, met }) => [
    goal,
    `at most ${limit} ${unit}`,
    `${number(measured)} ${unit}`,
    met ? "met" : "MISSED",
  ]);
  table(["", "goal", "measured", ""], rows);
  const count = (wanted) => goals.filter(({ met }) => met === wanted).length;
  print(`  ${count(true)} met, ${count(false)} missed`);
}

function time(microseconds) {
  return microseconds >= 1_000 ? `${number(microseconds / 1_000)} ms` : `${number(microseconds)} us`;
}
