// Which lines tests have evaluated, for people, and whether that is enough.

import type { Coverage, LineRange } from "../wire.js";
import { CliFailure } from "./failure.js";
import { printable, type Terminal } from "./terminal.js";

/** Prints how much of each file is covered, and which lines are not. */
export function printCoverage(coverage: Coverage, { out, paint }: Terminal): void {
  const { covered_lines: covered, not_covered_lines: others } = coverage;
  const lines = covered + others;
  out(paint.bold(`coverage: ${percent(coverage.coverage)} (${covered} of ${lines} line${lines === 1 ? "" : "s"})`));
  const files = Object.entries(coverage.files).filter(([, file]) => file.covered_lines + file.not_covered_lines > 0);
  const width = Math.max(0, ...files.map(([path]) => printable(path).length));
  for (const [path, file] of files) {
    const missing = file.not_covered.length === 0 ? "" : `  ${paint.dim(`not covered: ${file.not_covered.map(rangeText).join(", ")}`)}`;
    out(`  ${printable(path).padEnd(width)}  ${percent(file.coverage).padStart(8)}${missing}`);
  }
}

/** The threshold that was asked for, in percent. */
export function thresholdOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const threshold = given.trim() === "" ? NaN : Number(given);
  if (threshold >= 0 && threshold <= 100) return threshold;
  throw new CliFailure(`--threshold is a number from 0 to 100, not \`${given}\``);
}

/** What is to be said where less is covered than was asked for. Modules that were not run are covered by nothing. */
export function belowThreshold(coverage: Coverage | undefined, threshold: number): string | undefined {
  const covered = coverage?.coverage ?? 0;
  return covered < threshold ? `the coverage is ${percent(covered)}, and the threshold ${threshold} %` : undefined;
}

// Cut and not rounded, so that what is too low does not look as if it were enough.
function percent(value: number): string {
  return `${(Math.floor(value * 100) / 100).toFixed(2)} %`;
}

function rangeText({ start, end }: LineRange): string {
  return start.row === end.row ? `${start.row}` : `${start.row}-${end.row}`;
}
