// `npm run bench -- --actions`: how many decisions on calls of agents there are in a second, natively, in Node and in workerd, under
// more and more policies. Prints a table and writes target/bench/actions.json.

import { mkdirSync, writeFileSync } from "node:fs";
import { NotRun } from "../failure.mjs";
import { machine } from "../machine.mjs";
import { statistics } from "../measure.mjs";
import { benchFolder } from "../places.mjs";
import { printMachine } from "../report.mjs";
import { number, print, table } from "../table.mjs";
import { inNode } from "./in-node.mjs";
import { inWorkerd, workerdVersion } from "./in-workerd.mjs";
import { natively, rustVersion } from "./natively.mjs";
import { OPERATIONS } from "./rounds.mjs";
import { RECORDS_OF_A_CALL } from "./workload.mjs";

const SIZES = { policies: [1, 10, 100], records: 10_000 };
const FULL = { ...SIZES, rounds: 15, calls: 80 };
const QUICK = { ...SIZES, rounds: 3, calls: 40 };

export async function actionsBench(quick) {
  const effort = quick ? QUICK : FULL;
  // Half of what the rounds leave behind comes on each side of the records that are wanted.
  effort.records_before = effort.records - Math.floor((effort.calls * (effort.rounds + 1) * RECORDS_OF_A_CALL) / 2);
  const results = { machine: machine(), kind: quick ? "quick" : "full", when: new Date().toISOString(), effort, places: [] };
  printMachine(results.machine, results.kind);
  print("Natively, which is compiled first: about 3 minutes, once.");
  const native = await placed("native", () => natively(effort), rustVersion);
  // The very texts that crossed the native engine's door: the others are asked the same, and must say the same.
  const exchanges = native.rows === undefined ? undefined : new Map(native.rows.map((row) => [row.policies, row.exchanges]));
  print("In Node.");
  const node = await placed("node", () => inNode(effort, exchanges), () => process.version);
  print("In workerd.");
  const workerd = await placed("workerd", () => inWorkerd(effort, exchanges), workerdVersion);
  results.places = [native, node, workerd].map(summed);
  printDecisions(results.places);
  mkdirSync(benchFolder, { recursive: true });
  writeFileSync(new URL("actions.json", benchFolder), `${JSON.stringify(results, null, 2)}\n`);
  print("\nwritten: target/bench/actions.json");
}

async function placed(place, measure, version) {
  try {
    return { place, rows: await measure(), version: version() };
  } catch (error) {
    if (!(error instanceof NotRun)) throw error;
    print(`not run: ${error.message}`);
    return { place, not_run: error.message };
  }
}

function summed({ place, version, rows, not_run }) {
  if (rows === undefined) return { place, not_run };
  return {
    place,
    version,
    rows: rows.map(({ policies, records, empty_request_us, operations }) => ({
      policies,
      records,
      ...(empty_request_us === undefined ? {} : { empty_request_us }),
      ...Object.fromEntries(OPERATIONS.map((name) => [name, figures(operations[name])])),
    })),
  };
}

// Every round has as many calls, so the mean of the rounds is that of all calls.
function figures({ whole, engine, json }) {
  const { median, p10 } = statistics(whole);
  const per_second = 1_000_000 / (whole.reduce((sum, time) => sum + time, 0) / whole.length);
  const figures = { per_second, median_us: median, p10_us: p10 };
  if (engine === undefined) return figures;
  const json_us = statistics(json).median;
  return { ...figures, engine_us: statistics(engine).median, json_us, against_json: median / json_us };
}

function printDecisions(places) {
  print("\ndecisions on calls of agents, one after another: how many in a second, and the median of a call");
  const head = ["", "", "policies", "records", "a second", "median", "engine alone", "JSON alone", "median / JSON"];
  const rows = OPERATIONS.flatMap((operation) => places.flatMap((place) => rowsOf(operation, place)));
  table(head, rows);
  for (const { place, not_run } of places) if (not_run !== undefined) print(`  ${place}: not run: ${not_run}`);
  print("  JSON alone: each text that crosses the engine's door for one call, read and written once by JSON.parse and JSON.stringify,");
  print("  natively by serde_json. Engine alone: those same calls of the engine, without driver and store.");
}

function rowsOf(operation, { place, rows, not_run }) {
  if (rows === undefined) return [[operation, place, "-", "-", "not run", "-", "-", "-", "-"]];
  const us = (value) => (value === undefined ? "-" : `${number(value)} us`);
  return rows.map(({ policies, records, [operation]: of }) => [
    operation,
    place,
    String(policies),
    `${records.before.toLocaleString("en")} to ${records.after.toLocaleString("en")}`,
    Math.round(of.per_second).toLocaleString("en"),
    us(of.median_us),
    us(of.engine_us),
    us(of.json_us),
    of.against_json === undefined ? "-" : number(of.against_json),
  ]);
}
