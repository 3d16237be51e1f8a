// The results of tests for people: those that did not pass, or all, each with its cases and what it printed.

import type { Outcome, TestCase, TestReport, TestResult } from "../wire.js";
import { inLine, printable, type Terminal } from "./terminal.js";

/** Prints the tests that did not pass, or all of them, and how many ended in which way. */
export function printTests(report: TestReport, verbose: boolean, terminal: Terminal): void {
  for (const result of report.results) {
    if (verbose || result.outcome !== "passed") printResult(result, verbose, terminal);
  }
  if (report.results.length === 0) return;
  const { green, red, bold } = terminal.paint;
  const { passed, failed, errors, skipped } = report;
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (errors > 0) parts.push(`${errors} in error`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  const ok = failed === 0 && errors === 0;
  const all = passed + failed + errors + skipped;
  terminal.out(bold((ok ? green : red)(`${all} test${all === 1 ? "" : "s"}: ${parts.join(", ")}`)));
}

function printResult(result: TestResult, verbose: boolean, terminal: Terminal): void {
  const { out, paint } = terminal;
  const name = `${printable(result.package)}.${paint.bold(printable(result.name))}`;
  out(`${markOf(result.outcome, terminal)} ${name}  ${paint.dim(printable(`${result.file}:${result.line}`))}`);
  if (result.message !== undefined) out(`      ${printable(result.message)}`);
  printCases(result.cases ?? [], "      ", verbose, terminal);
  for (const print of result.prints) out(`      ${paint.dim(printable(`print: ${print}`))}`);
}

function printCases(cases: readonly TestCase[], indent: string, verbose: boolean, terminal: Terminal): void {
  for (const { name, outcome, cases: inner = [] } of cases) {
    if (!verbose && outcome === "passed") continue;
    terminal.out(`${indent}${markOf(outcome, terminal)} ${inLine(name)}`);
    printCases(inner, `${indent}      `, verbose, terminal);
  }
}

function markOf(outcome: Outcome, { paint }: Terminal): string {
  const marks = {
    passed: paint.green("pass "),
    failed: paint.red("fail "),
    error: paint.red("error"),
    skipped: paint.yellow("skip "),
  } as const;
  return marks[outcome];
}
