// Texts as Go's library writes them, which the reports of `regate policy test` are made of.

/** A duration as Go prints it: `306.467µs`, `1.5ms`, `0s`. */
export function goDuration(ms: number): string {
  const ns = Math.round(ms * 1e6);
  if (ns === 0) return "0s";
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${ns / 1e3}µs`;
  if (ns < 1e9) return `${ns / 1e6}ms`;
  const seconds = ns / 1e9;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Number((seconds % 60).toFixed(9))];
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${rest}s`;
}

/** Seconds with three decimals. */
export function seconds(ms: number): string {
  return (ms / 1e3).toFixed(3);
}

/** A text in XML, of an attribute and of an element alike. */
export function goXml(text: string): string {
  const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;" };
  return text.replaceAll(/[&<>"'\t\n\r]/g, (sign) => escapes[sign] ?? sign).replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}

/** Blanks between columns. */
const PADDING = 4;

/**
 * Rows in columns, as Go's column writer lays them out. A cell is as wide as the widest of those right above and below it, and the last
 * cell of a row ends with blanks too. An end of a line inside of a cell begins another row.
 */
export function columns(rows: readonly (readonly string[])[]): string {
  // The last part of a line is not in a column.
  const lines = rows.map((cells) => `${cells.join("\t")}\t`).join("\n").split("\n").map((line) => line.split("\t"));
  const widths: number[][] = lines.map(() => []);
  layOut(lines, widths, 0, 0, lines.length);
  const padded = (cell: string, width: number | undefined): string => (width === undefined ? cell : cell + " ".repeat(Math.max(0, width - [...cell].length)));
  return lines.map((cells, row) => cells.map((cell, at) => padded(cell, at < cells.length - 1 ? widths[row]?.[at] : undefined)).join("")).join("\n");
}

function layOut(lines: readonly (readonly string[])[], widths: number[][], column: number, from: number, to: number): void {
  for (let row = from; row < to; ) {
    if (column >= (lines[row]?.length ?? 0) - 1) {
      row++;
      continue;
    }
    let end = row;
    let width = 0;
    for (; end < to && column < (lines[end]?.length ?? 0) - 1; end++) width = Math.max(width, [...(lines[end]?.[column] ?? "")].length + PADDING);
    for (let at = row; at < end; at++) (widths[at] ??= [])[column] = width;
    layOut(lines, widths, column + 1, row, end);
    row = end;
  }
}
