// The results of `regate policy test` as text: a row for each test that is shown and for each group.

import { columns, seconds } from "./go-text.js";
import type { TestedResult } from "./policy-test-run.js";
import { inLine, printable, type Terminal } from "./terminal.js";

/** Prints results as they come, and says whether all is well. */
export async function printText(
  results: AsyncIterable<TestedResult>,
  { verbose, debug }: { verbose: boolean; debug: boolean },
  terminal: Terminal,
): Promise<boolean> {
  let rows: string[][] = [];
  const flush = (): void => {
    if (rows.length > 0) terminal.out(columns(rows));
    rows = [];
  };
  const text = (free: string): void => {
    flush();
    terminal.out(free);
  };
  let group: { name: string; status: string; elapsedMs: number } | undefined;
  const endGroup = (): void => {
    if (group !== undefined) rows.push([group.status, inLine(group.name), `${seconds(group.elapsedMs)}s`]);
    group = undefined;
  };
  const count = { passed: 0, failed: 0, groups: 0, elapsedMs: 0 };
  for await (const result of results) {
    count.elapsedMs += result.elapsedMs;
    if (result.group !== group?.name) endGroup();
    if (result.name === undefined) {
      if (result.skipped === undefined) count.groups++;
      const name = inLine(result.group);
      rows.push(result.skipped === undefined ? ["fail", name, printable(result.error ?? "")] : ["?", name, result.skipped]);
      group = undefined;
      continue;
    }
    group ??= { name: result.group, status: "ok", elapsedMs: 0 };
    group.elapsedMs += result.elapsedMs;
    const row = (status: string): string[] => [status, printable(result.name ?? ""), `${seconds(result.elapsedMs)}s`];
    if (result.passed) {
      count.passed++;
      if (verbose) rows.push(row("ok"));
    } else {
      count.failed++;
      group.status = "fail";
      rows.push(row("FAIL"));
      if (result.error !== undefined) text(`\n${indented(printable(result.error))}`);
    }
    if (debug) text(`---- Debug Test Context ----\n${printable(result.context?.yaml ?? "null\n")}---- End of Test Context ---\n`);
  }
  endGroup();
  text(`\n${count.passed}/${count.passed + count.failed} tests passed (${seconds(count.elapsedMs)}s)`);
  return count.failed === 0 && count.groups === 0;
}

function indented(text: string): string {
  return text.split("\n").map((line) => `    ${line}`).join("\n");
}
