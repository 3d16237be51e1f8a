// Two texts as one list of lines that stayed, went and came.

/** A line, and what became of it. */
export interface DiffLine {
  change: " " | "-" | "+";
  text: string;
}

// Beyond this the lines between the first and the last difference are shown as replaced: comparing takes their product.
const MOST_COMPARISONS = 4_000_000;

/** The lines of both texts, the longest common part kept. */
export function diffLines(from: string, to: string): DiffLine[] {
  return diffLists(from.split("\n"), to.split("\n"));
}

/** The same for texts that are lists of lines already. */
export function diffLists(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const kept = (texts: readonly string[]): DiffLine[] => texts.map((text) => ({ change: " ", text }));
  const middle = changed(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...kept(before.slice(0, start)), ...middle, ...kept(before.slice(before.length - end))];
}

function changed(before: readonly string[], after: readonly string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ change: "-", text });
  const come = (text: string): DiffLine => ({ change: "+", text });
  const width = after.length + 1;
  if (before.length * after.length > MOST_COMPARISONS) return [...before.map(gone), ...after.map(come)];
  // The length of the longest common part of what begins at i and at j.
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      lines.push({ change: " ", text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(gone(old));
      i++;
    } else if (fresh !== undefined) {
      lines.push(come(fresh));
      j++;
    }
  }
  return lines;
}
