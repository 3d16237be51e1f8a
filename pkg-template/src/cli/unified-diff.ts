// Two texts as a unified diff, which `patch` and `git apply` read.

import { diffLists, type DiffLine } from "./line-diff.js";

/** A line of a unified diff. */
export interface UnifiedLine {
  /** What it is: the name of the file, the place of what follows, a line of the texts, or a note on the line before. */
  kind: "file" | "place" | "note" | DiffLine["change"];
  /** The line as it is printed, without its end. */
  text: string;
}

const CONTEXT = 3;

/** What leads from one text of a file to the other; nothing where they are equal. */
export function unifiedDiff(path: string, from: string, to: string): UnifiedLine[] {
  if (from === to) return [];
  const lines = diffLists(linesOf(from), linesOf(to));
  const printed: UnifiedLine[] = ["---", "+++"].map((mark) => ({ kind: "file", text: `${mark} ${path}` }));
  let at = 0;
  // The numbers of the next line on both sides.
  const next = { old: 1, fresh: 1 };
  for (const range of rangesOf(lines)) {
    for (const line of lines.slice(at, range.from)) count(line, next);
    const begin = { ...next };
    const head: UnifiedLine = { kind: "place", text: "" };
    printed.push(head);
    for (const line of lines.slice(range.from, range.to)) {
      count(line, next);
      printed.push({ kind: line.change, text: line.change + line.text.replace(/\n$/, "") });
      if (!line.text.endsWith("\n")) printed.push({ kind: "note", text: "\\ No newline at end of file" });
    }
    at = range.to;
    head.text = `@@ -${sideText(begin.old, next.old)} +${sideText(begin.fresh, next.fresh)} @@`;
  }
  return printed;
}

// With their ends, because a last line without one is another line.
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

// The changed lines with those around them, as half-open ranges.
function rangesOf(lines: readonly DiffLine[]): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  lines.forEach(({ change }, i) => {
    if (change === " ") return;
    const from = Math.max(0, i - CONTEXT);
    const to = Math.min(lines.length, i + CONTEXT + 1);
    const last = ranges.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else ranges.push({ from, to });
  });
  return ranges;
}

function count({ change }: DiffLine, next: { old: number; fresh: number }): void {
  if (change !== "+") next.old++;
  if (change !== "-") next.fresh++;
}

// A side without lines is named by the line before it.
function sideText(begin: number, end: number): string {
  const count = end - begin;
  return `${count === 0 ? begin - 1 : begin},${count}`;
}
