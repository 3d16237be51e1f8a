// Which lines of a text were taken out and which were put in: the longest common run of lines stays.

export interface DiffLine {
  kind: "same" | "out" | "in";
  text: string;
}

// Beyond this many pairs of lines the middle is shown as taken out and put in whole.
const MOST_PAIRS = 4_000_000;

export function lineDiff(from: string, to: string): DiffLine[] {
  const [a, b] = [linesOf(from), linesOf(to)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return [
    ...a.slice(0, start).map(same),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(same),
  ];
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const out = a.map((text): DiffLine => ({ kind: "out", text }));
  const put = b.map((text): DiffLine => ({ kind: "in", text }));
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_PAIRS) return [...out, ...put];
  // common[i][j]: how many lines a[i..] and b[j..] have in common, in order.
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "out", text: left });
      i += 1;
    } else {
      lines.push({ kind: "in", text: right ?? "" });
      j += 1;
    }
  }
  return lines;
}
