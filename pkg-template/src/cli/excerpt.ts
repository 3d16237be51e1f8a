// Diagnostics for people: what is wrong, where, the line itself with carets under the range, and how to mend it.

import type { Diagnostic } from "../wire.js";
import { shown } from "./display-width.js";
import { printable, type Paint, type Terminal } from "./terminal.js";

/** The source text of each file that diagnostics may name. */
export type Sources = ReadonlyMap<string, string>;

/** Prints diagnostics with excerpts of their sources, then how many there are. */
export function printDiagnostics(diagnostics: readonly Diagnostic[], sources: Sources, terminal: Terminal): void {
  for (const diagnostic of diagnostics) {
    terminal.out(diagnosticText(diagnostic, sources, terminal.paint, terminal.width));
    terminal.out("");
  }
}

/** `2 errors and 1 warning`; undefined for none. */
export function countText(diagnostics: readonly Diagnostic[]): string | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [count(errors, "error"), count(warnings, "warning")].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** Whether any is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

function count(number: number, word: string): string | undefined {
  if (number === 0) return undefined;
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

function diagnosticText(diagnostic: Diagnostic, sources: Sources, paint: Paint, width: number): string {
  const { severity, code, message, file, start, help, limit } = diagnostic;
  const colour = severity === "error" ? paint.red : paint.yellow;
  const lines = [
    `${colour(paint.bold(`${severity}[${code}]`))}: ${paint.bold(printable(message))}`,
    `  ${paint.cyan("-->")} ${printable(file)}:${start.line}:${start.column}`,
    ...excerpt(diagnostic, sources.get(file), paint, width),
  ];
  // Under the bars of the excerpt.
  const equals = `${" ".repeat(gutterOf(diagnostic))} ${paint.cyan("=")}`;
  if (limit !== undefined) lines.push(`${equals} limit: ${limit.name} = ${limit.value}`);
  if (help !== undefined) lines.push(`${equals} help: ${printable(help)}`);
  return lines.join("\n");
}

// Columns of the number of the line, which stands before the bars.
function gutterOf({ start }: Diagnostic): number {
  return String(start.line).length;
}

// How much of a long line is shown before the range begins.
const LEAD = 40;

function excerpt(diagnostic: Diagnostic, source: string | undefined, paint: Paint, width: number): string[] {
  const { start, end, severity } = diagnostic;
  const line = source?.split(/\r\n|\n|\r/, start.line)[start.line - 1];
  if (line === undefined) return [];
  const gutter = gutterOf(diagnostic);
  const room = Math.max(width - gutter - 4, 40);
  const from = start.column - 1;
  // The range ends with its first line, and a range of nothing still gets a caret.
  const to = end.line > start.line ? line.length : Math.max(end.column - 1, from + 1);
  const cut = from > room - 10 ? boundary(line, from - LEAD) : 0;
  const before = shown(line.slice(cut, from), cut === 0 ? 0 : 3);
  const ellipsis = cut === 0 ? "" : "...";
  const marked = shown(line.slice(from, to), before.columns + ellipsis.length);
  const after = shown(line.slice(to, to + room), before.columns + marked.columns + ellipsis.length);
  const text = clipped(`${ellipsis}${before.text}${marked.text}${after.text}`.trimEnd(), room);
  const carets = "^".repeat(Math.max(1, Math.min(marked.columns, room - before.columns - ellipsis.length)));
  const colour = severity === "error" ? paint.red : paint.yellow;
  const bar = paint.cyan("|");
  const empty = " ".repeat(gutter);
  return [
    `${empty} ${bar}`,
    `${paint.cyan(String(start.line))} ${bar} ${text}`,
    `${empty} ${bar} ${" ".repeat(before.columns + ellipsis.length)}${colour(carets)}`,
  ];
}

function clipped(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, boundary(text, room - 3))}...`;
}

// Never between the halves of a surrogate pair.
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
