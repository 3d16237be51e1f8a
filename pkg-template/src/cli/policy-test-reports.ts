// The results of `regate policy test` for programs and for people who read a page: JSON, JUnit and Markdown.

import { goDuration, goXml, seconds } from "./go-text.js";
import { escapedJson } from "./json-output.js";
import type { TestedResult } from "./policy-test-run.js";
import { inLine, printable } from "./terminal.js";

/** A result as JSON has it: the keys and their order are those that programs know. */
function jsonOf({ passed, group, name, elapsedMs, error, context }: TestedResult, debug: boolean): object {
  return {
    Passed: passed,
    Group: group,
    ...(name === undefined || name === "" ? {} : { Name: name }),
    Elapsed: goDuration(elapsedMs),
    ElapsedMS: Math.trunc(elapsedMs),
    ...(error === undefined || error === "" ? {} : { Err: error }),
    ...(debug && context != null ? { Ctx: context.value } : {}),
  };
}

/** All results as one JSON array. */
export function jsonReport(results: readonly TestedResult[], debug: boolean): { text: string; ok: boolean } {
  const list = results.map((result) => jsonOf(result, debug));
  return { text: list.length === 0 ? "[]" : escapedJson(list), ok: results.every(({ passed }) => passed) };
}

interface Suite {
  name: string;
  timestamp: string;
  elapsedMs: number;
  failures: number;
  skipped?: string;
  tests: TestedResult[];
}

/** All results as JUnit: a suite for each group. */
export function junitReport(results: readonly TestedResult[], now: () => Date): { text: string; ok: boolean } {
  const suites: Suite[] = [];
  let open: Suite | undefined;
  let errors = 0;
  for (const result of results) {
    if (result.group !== open?.name) {
      open = { name: result.group, timestamp: rfc3339(now()), elapsedMs: 0, failures: 0, tests: [] };
      suites.push(open);
    }
    open.timestamp = rfc3339(now());
    if (result.name === undefined) {
      if (result.skipped === undefined) errors++;
      else open.skipped = result.skipped;
      open = undefined;
      continue;
    }
    open.elapsedMs += result.elapsedMs;
    open.tests.push(result);
    if (!result.passed) open.failures++;
  }
  const sum = (of: (suite: Suite) => number): number => suites.reduce((total, suite) => total + of(suite), 0);
  const failures = sum((suite) => suite.failures);
  const counts = `tests="${sum((suite) => suite.tests.length)}" failures="${failures}" errors="${errors}" time="${seconds(sum((suite) => suite.elapsedMs))}"`;
  const lines = [`<?xml version="1.0" encoding="UTF-8"?>`];
  if (suites.length === 0) lines.push(`<testsuites name="root" ${counts}></testsuites>`);
  else lines.push(`<testsuites name="root" ${counts}>`, ...suites.flatMap(suiteLines), "</testsuites>");
  return { text: lines.join("\n"), ok: failures + errors === 0 };
}

function suiteLines({ name, timestamp, elapsedMs, failures, skipped, tests }: Suite): string[] {
  const properties =
    skipped === undefined
      ? ["\t\t<properties></properties>"]
      : ["\t\t<properties>", `\t\t\t<property name="skipped" value="${skipped}"></property>`, "\t\t</properties>"];
  const attributes = `tests="${tests.length}" failures="${failures}" time="${seconds(elapsedMs)}" name="${goXml(name)}" timestamp="${timestamp}"`;
  return [`\t<testsuite ${attributes}>`, ...properties, ...tests.flatMap(testLines), "\t</testsuite>"];
}

function testLines({ group, name = "", elapsedMs, passed, error = "" }: TestedResult): string[] {
  const open = `\t\t<testcase classname="${goXml(group)}" name="${goXml(name)}" time="${seconds(elapsedMs)}">`;
  if (passed) return [`${open}</testcase>`];
  return [open, `\t\t\t<failure message="failed" type="">${goXml(error)}</failure>`, "\t\t</testcase>"];
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** All results as Markdown: a table of what is shown, and the details below it. */
export function markdownReport(results: readonly TestedResult[], { all, debug }: { all: boolean; debug: boolean }): { text: string; ok: boolean } {
  const rows: string[][] = [];
  const details: string[] = [];
  let [passed, failed, groups, elapsedMs] = [0, 0, 0, 0];
  for (const result of results) {
    elapsedMs += result.elapsedMs;
    const { skipped } = result;
    const group = inLine(result.group);
    const name = result.name === undefined ? undefined : inLine(result.name);
    const error = printable(result.error ?? "");
    const time = seconds(result.elapsedMs);
    if (name === undefined) {
      if (skipped !== undefined) {
        rows.push(["skip", `${group} (${skipped})`, ""]);
        continue;
      }
      groups++;
      rows.push(["ERROR", group, ""]);
      details.push(`### Error: ${group}\n\n${fenced("", error)}`);
      continue;
    }
    if (result.passed) {
      passed++;
      if (all) rows.push(["ok", name, time]);
    } else {
      failed++;
      rows.push(["FAIL", name, time]);
      if (error !== "") details.push(`### FAIL: ${name}\n\n${fenced("diff", error)}`);
    }
    if (debug) details.push(`### Debug Test Context: ${name}\n\n${fenced("yaml", printable(result.context?.yaml ?? "null\n"))}`);
  }
  const parts = ["# Policy tests", ...(rows.length === 0 ? [] : [table(["Result", "Test", "Time (s)"], rows)]), ...details];
  parts.push(`**${passed}/${passed + failed} tests passed** (${seconds(elapsedMs)}s)`);
  return { text: parts.join("\n\n"), ok: failed === 0 && groups === 0 };
}

// A fence is longer than any in the text.
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")));
  const widths = heads.map((_, at) => Math.max(3, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...rest] = cells;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)].join("\n");
}
