// The benchmark as a page of the documentation: `pkg-template/BENCHMARK.md`, made of the committed results of one run.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OPA_QUOTED } from "./goals.mjs";
import { number } from "./table.mjs";

/** The results of the run that the page tells of, and the page. */
export const RESULTS = new URL("results.json", import.meta.url);
export const PAGE = new URL("../../pkg-template/BENCHMARK.md", import.meta.url);
const INSTRUCTIONS = new URL("profile/instructions.json", import.meta.url);

/** Commits the results of a run. */
export function keepResults(results) {
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

/** Writes the page anew from what is committed. */
export function writePage() {
  writeFileSync(PAGE, committedPage());
}

/** The page as the committed results have it. */
export function committedPage() {
  const read = (url) => JSON.parse(readFileSync(fileURLToPath(url), "utf8"));
  return pageOf(read(RESULTS), read(INSTRUCTIONS));
}

function pageOf(results, instructions) {
  return [
    "# Benchmark",
    "",
    "<!-- Written by `BLESS=1 npm run bench`, and compared with its results by a test. -->",
    "",
    "Regate beside what one would use instead, in one process and one run. Ratios can be compared between machines; times belong to this one.",
    "",
    machineOf(results),
    "",
    ...ratios(results),
    ...workloadsOf(results),
    ...native(instructions),
    ...growth(results),
    ...starts(results),
    ...sizes(results),
    ...goals(results),
    ...HOW,
  ].join("\n");
}

const HOW = [
  "## How to run it",
  "",
  "In the repository: `npm run bench`. The first run installs the peers and compiles regorus, some minutes; a run takes about 8 minutes then, with",
  "`--quick` two, for figures that are rough. `--growth` measures what grows alone, `--profile` tells where a decision spends its instructions, and",
  "`--instructions` compares their numbers with the committed ones, as every test run does where valgrind is installed.",
  "",
  "All contestants are asked about all inputs first, and one answer that differs fails the run. A race is interleaved, each round in another order,",
  "and takes its inputs in turn; figures are medians of one call. Cold starts are fresh processes.",
  "",
];

function machineOf({ machine, kind, when }) {
  const { cpu, cores, memory_gib, system, node, v8, load_at_start } = machine;
  return `Measured on ${when.slice(0, 10)}: ${cpu}, ${cores} cores, ${memory_gib} GiB, ${system}, Node ${node} (V8 ${v8}), load ${load_at_start} at the start; a ${kind} run.`;
}

const COLUMNS = ["regate", "regate, bytes", "regorus interpreter", "regorus VM", "cedar-wasm", "OPA-compiled"];

function ratios({ races }) {
  const raced = races.filter(({ contestants }) => contestants.some(({ ratio }) => ratio !== undefined));
  const cell = (race, column) => {
    const one = race.contestants.find(({ name }) => name === column);
    if (one !== undefined) return number(one.ratio);
    return column === "OPA-compiled" && OPA_QUOTED[race.id] !== undefined ? `(${OPA_QUOTED[race.id]})` : "-";
  };
  return [
    "## Against hand-written JavaScript",
    "",
    "Ratios of medians: how many times as long as `JSON.parse` of the text and the checks that a programmer would write. In brackets: measured",
    "beforehand on another machine.",
    "",
    ...table(
      ["workload", "hand-written JS", ...COLUMNS],
      raced.map((race) => [race.id, time(race.contestants[0].median), ...COLUMNS.map((column) => cell(race, column))]),
    ),
    "",
  ];
}

function workloadsOf({ races }) {
  return ["The workloads, whose policies and inputs are in `tests/bench` of the repository:", "", ...races.map(({ id, title }) => `- **${id}**: ${title}`), ""];
}

function native(instructions) {
  return [
    "## Instructions",
    "",
    "Of one decision, from the bytes of an input to the text of the answer, native, compiled for size as the module is; counted, not timed.",
    "",
    ...table(["workload", "instructions"], Object.entries(instructions).map(([id, count]) => [id, count.toLocaleString("en")])),
    "",
  ];
}

function growth({ growth: series }) {
  return [
    "## What grows",
    "",
    "Medians of one decision, and in brackets how many times that of the smallest.",
    "",
    ...series.flatMap(({ title, unit, sizes: all, lanes }) => [
      `**${title}**`,
      "",
      ...table(
        [unit, ...lanes.map(({ name }) => name)],
        all.map((size, at) => [size.toLocaleString("en"), ...lanes.map(({ medians }) => `${time(medians[at])} (${number(medians[at] / medians[0])})`)]),
      ),
      "",
    ]),
  ];
}

function starts({ cold_start, workerd_start }) {
  const steps = ["compile module", "start", "load program", "first decision"];
  const rows = cold_start.map(({ name, median, steps: of }) => [name, median, ...steps.map((step) => of[step])]);
  const ms = (value) => (value === undefined ? "-" : typeof value === "number" ? value.toFixed(1) : value);
  const nothing = workerd_start.find(({ name }) => name === "nothing")?.median;
  return [
    "## Cold start",
    "",
    "Fresh processes of Node, in ms: load the module, load a program, first decision.",
    "",
    ...table(["", "all", ...steps], rows.map((row) => row.map(ms))),
    "",
    ...(nothing === undefined
      ? []
      : [
          "From starting workerd to the first answer of a Worker, in ms, over one that decides nothing:",
          "",
          ...table(["", "over nothing"], workerd_start.filter(({ name }) => name !== "nothing").map(({ name, median }) => [name, ms(median - nothing)])),
          "",
        ]),
  ];
}

function sizes({ sizes: all }) {
  const bytes = (size) => (size === null ? "-" : size.toLocaleString("en"));
  return ["## Sizes", "", "Bytes of modules.", "", ...table(["", "raw", "gzip 9", "brotli 11"], all.map(({ name, raw, gzip, brotli }) => [name, bytes(raw), bytes(gzip), bytes(brotli)])), ""];
}

function goals({ goals: all }) {
  return [
    "## What we want to reach",
    "",
    ...table(["", "goal", "measured", ""], all.map(({ goal, limit, measured, unit, met }) => [goal, `${limit} ${unit}`, `${number(measured)} ${unit}`, met ? "met" : "missed"])),
    "",
  ];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)];
}

function time(microseconds) {
  if (microseconds >= 1_000) return `${number(microseconds / 1_000)} ms`;
  return `${number(microseconds)} us`;
}
