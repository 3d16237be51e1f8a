// The results of tests as build servers read them: XML in the form of JUnit, a suite for each package.

import type { Diagnostic, TestCase, TestReport, TestResult } from "../wire.js";
import { printable } from "./terminal.js";

interface Entry {
  suite: string;
  name: string;
  file: string;
  line: number;
  kind: "passed" | "failure" | "error" | "skipped";
  message?: string;
  type?: string;
  output: readonly string[];
}

/** The report as XML. Modules that do not compile are a suite of errors, so that a build server shows why nothing ran. */
export function junitText(report: TestReport): string {
  const entries = [...report.diagnostics.filter(({ severity }) => severity === "error").map(entryOfDiagnostic), ...report.results.flatMap(entriesOf)];
  const suites = new Map<string, Entry[]>();
  for (const entry of entries) {
    const members = suites.get(entry.suite);
    if (members === undefined) suites.set(entry.suite, [entry]);
    else members.push(entry);
  }
  const lines = [`<?xml version="1.0" encoding="UTF-8"?>`, `<testsuites name="regate test"${counts(entries)}>`];
  for (const [name, members] of suites) {
    lines.push(`  <testsuite name="${attribute(name)}"${counts(members)}>`, ...members.flatMap(linesOf), "  </testsuite>");
  }
  return [...lines, "</testsuites>"].join("\n");
}

function entryOfDiagnostic({ file, start, code, message }: Diagnostic): Entry {
  const name = `${file}:${start.line}:${start.column}`;
  return { suite: "modules", name, file, line: start.line, kind: "error", type: code, message, output: [] };
}

function entriesOf(result: TestResult): Entry[] {
  const { package: suite, file, line, outcome, message, prints, cases = [] } = result;
  if (cases.length === 0 || outcome === "error") {
    const kind = outcome === "failed" ? "failure" : outcome;
    return [{ suite, name: result.name, file, line, kind, ...(message === undefined ? {} : { message }), output: prints }];
  }
  // Nobody knows which case printed a line: it stands with the first.
  return innermost(cases, result.name).map(([name, passed], i) => {
    const output = i === 0 ? prints : [];
    return passed ? { suite, name, file, line, kind: "passed", output } : { suite, name, file, line, kind: "failure", message: "the case is not true", output };
  });
}

function innermost(cases: readonly TestCase[], before: string): [name: string, passed: boolean][] {
  return cases.flatMap(({ name, outcome, cases: inner = [] }) => {
    const whole = `${before}[${name}]`;
    return inner.length === 0 ? [[whole, outcome === "passed"] as [string, boolean]] : innermost(inner, whole);
  });
}

function linesOf({ suite, name, file, line, kind, message = "", type, output }: Entry): string[] {
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(suite)}" file="${attribute(file)}" line="${line}"`;
  const inner: string[] = [];
  if (kind === "skipped") inner.push("      <skipped/>");
  if (kind === "failure" || kind === "error") inner.push(`      <${kind} message="${attribute(message)}"${type === undefined ? "" : ` type="${attribute(type)}"`}/>`);
  if (output.length > 0) inner.push(`      <system-out>${text(output.join("\n"))}</system-out>`);
  return inner.length === 0 ? [`${open}/>`] : [`${open}>`, ...inner, "    </testcase>"];
}

function counts(entries: readonly Entry[]): string {
  const count = (kind: Entry["kind"]): number => entries.filter((entry) => entry.kind === kind).length;
  return ` tests="${entries.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
}

// XML has no way at all to write most control characters, half pairs and the last two of the first plane.
function text(of: string): string {
  const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return printable(of)
    .replaceAll(/[\p{Surrogate}\ufffe\uffff]/gu, "\ufffd")
    .replaceAll(/[&<>"]/g, (sign) => escapes[sign] ?? sign);
}

// A line end in an attribute would be read as a space.
function attribute(of: string): string {
  return text(of).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}
