// `npm run bench -- --growth`: what a decision takes as rules, inputs, matches, data, batches and policy sets grow. Prints tables, and is part of
// the results of a whole run.

import { BenchFailure } from "../failure.mjs";
import { machine } from "../machine.mjs";
import { FULL, QUICK, race } from "../measure.mjs";
import { printMachine } from "../report.mjs";
import { number, print, table } from "../table.mjs";

/** Measures all series, prints them, and gives them as they are printed: `{ id, title, unit, sizes, lanes: [{ name, medians }] }` in microseconds. */
export async function growth(effort) {
  const { series } = await import("./series.mjs");
  return series().map((one) => {
    const measured = measuredSeries(one, effort);
    printSeries(measured);
    return measured;
  });
}

/** The same by itself. */
export async function growthAlone(quick) {
  printMachine(machine(), quick ? "quick" : "full");
  await growth(quick ? QUICK : FULL);
}

// Sizes take turns as contestants do, so that what slows the machine slows all of them.
function measuredSeries({ id, title, unit, sizes, lanes }, effort) {
  const cells = sizes.flatMap((size) => {
    const made = lanes.map((lane) => ({ lane, size, ...lane.at(size) }));
    const other = made.find(({ answers }) => answers !== made[0].answers);
    if (other !== undefined) throw new BenchFailure(`${id}, ${size} ${unit}: ${other.lane.name} answers ${other.answers.slice(0, 200)}, and ${made[0].lane.name} ${made[0].answers.slice(0, 200)}`);
    return made;
  });
  const results = race(cells.map(({ lane, size, call }) => ({ name: `${lane.name} of ${size}`, call })), effort);
  const medianOf = (lane, size) => {
    const at = cells.findIndex((cell) => cell.lane === lane && cell.size === size);
    return results[at].median / (lane.divides ? size : 1);
  };
  return { id, title, unit, sizes, lanes: lanes.map((lane) => ({ name: lane.name, medians: sizes.map((size) => medianOf(lane, size)) })) };
}

function printSeries({ id, title, unit, sizes, lanes }) {
  print(`\n${id}: ${title}; median of one, in us, and how many times that of the smallest`);
  const head = [unit, ...lanes.flatMap(({ name }) => [name, "x"])];
  const rows = sizes.map((size, at) => [
    size.toLocaleString("en"),
    ...lanes.flatMap(({ medians }) => [number(medians[at]), number(medians[at] / medians[0])]),
  ]);
  table(head, rows);
}
