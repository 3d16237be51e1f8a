// Lines of a report: sentences that are indented, and rows in aligned columns.

import { shown } from "./display-width.js";
import { inLine, printable, wrapped } from "./terminal.js";

/** A text of somebody else's, wrapped and indented. */
export function indented(text: string, by: number, columns: number): string[] {
  return wrapped(printable(text), Math.max(columns - by, 30)).map((line) => " ".repeat(by) + line);
}

/** `1 policy set`, `2 policy sets`. */
export function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** A text in a row, and the colour that it gets. */
export interface Cell {
  text: string;
  paint: (text: string) => string;
}

/**
 * Rows in aligned columns, two spaces apart. What others wrote stays in its row.
 *
 * Where a row is wider than the window, its last cell goes on below it. Titles stay in one line.
 */
export function tableLines(rows: readonly (readonly (string | Cell)[])[], by: number, columns: number, titles?: readonly Cell[]): string[] {
  const cells = [...(titles === undefined ? [] : [titles]), ...rows].map((row) => row.map((cell) => (typeof cell === "string" ? { text: cell, paint: same } : cell)).map(measured));
  const widths: number[] = [];
  for (const row of cells) row.forEach(({ columns: width }, i) => (widths[i] = Math.max(widths[i] ?? 0, width)));
  return cells.flatMap((row, index) => {
    let line = " ".repeat(by);
    let at = by;
    for (const [i, { text, columns: width, paint }] of row.entries()) {
      if (i === row.length - 1 && i > 0 && at + width > columns) {
        if (titles !== undefined && index === 0) break;
        return [line.trimEnd(), ...wrapped(text, Math.max(columns - by - 4, 30)).map((part) => " ".repeat(by + 4) + paint(part))];
      }
      const room = i === row.length - 1 ? 0 : (widths[i] ?? 0) - width + 2;
      line += (text === "" ? "" : paint(text)) + " ".repeat(room);
      at += width + room;
    }
    return [line.trimEnd()];
  });
}

const same = (text: string): string => text;

function measured({ text, paint }: Cell): Cell & { columns: number } {
  return { paint, ...shown(inLine(text), 0) };
}
