// Rounds of one lane, in Node and in workerd alike. Times are of one call, in microseconds: those of a round over its calls, because
// in workerd nothing shorter than a request can be timed.

import { BenchFailure } from "../failure.mjs";

export const OPERATIONS = ["ask", "authorize", "settle"];
/** Parts of an operation that can be measured: all of it, its calls of the engine alone, its JSON alone. */
export const PARTS = ["whole", "engine", "json"];

/** What leaves no records behind can be done more often in a round. */
const MORE = 5;

/**
 * Measures a lane. `timed(operation, part, calls)` gives milliseconds, of which `overhead()` are not the lane's;
 * `parts` are those that it can do.
 */
export async function rounds(timed, { rounds: count, calls }, parts, overhead = () => 0) {
  const samples = [];
  for (let round = 0; round <= count; round++) {
    for (const operation of OPERATIONS) {
      for (const part of parts) {
        const times = part === "whole" ? calls : MORE * calls;
        const ms = await timed(operation, part, times);
        // The first round warms up.
        if (round > 0) samples.push({ operation, part, times, ms });
      }
    }
  }
  const lost = overhead();
  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, Object.fromEntries(parts.map((part) => [part, []]))]));
  for (const { operation, part, times, ms } of samples) {
    if (ms <= lost) {
      const what = `${times} calls of ${operation} (${part}) took ${ms} ms, no longer than an empty request (${lost} ms)`;
      throw new BenchFailure(`${what}: measure on a machine with less to do`);
    }
    operations[operation][part].push(((ms - lost) * 1_000) / times);
  }
  return operations;
}
