// The changes that lead from a text to the same text laid out anew: few, so that cursors, marks and the view stay where they are.

/** Puts `insert` in the place of what lies between two offsets of the former text. */
export interface LayoutChange {
  from: number;
  to: number;
  insert: string;
}

export interface LayoutChanges {
  /** What changes, in order. */
  changes: LayoutChange[];
  /** Where a cursor belongs that stood inside of text that was replaced; null where the changes themselves carry it along. */
  placeInReplaced(offset: number): number | null;
}

/**
 * From both ends on, texts that differ in their blanks alone keep everything else. The stretch between the first and the last
 * character that are others is replaced whole; a cursor inside of it goes behind as many characters as stood before it.
 */
export function layoutChanges(before: string, after: string): LayoutChanges {
  const changes: LayoutChange[] = [];
  let [startA, startB] = [0, 0];
  for (;;) {
    const [a, b] = [inkFrom(before, startA), inkFrom(after, startB)];
    if (a === before.length || b === after.length || before[a] !== after[b]) break;
    changes.push({ from: startA, to: a, insert: after.slice(startB, b) });
    [startA, startB] = [a + 1, b + 1];
  }
  const behind: LayoutChange[] = [];
  let [endA, endB] = [before.length, after.length];
  for (;;) {
    const [a, b] = [inkBefore(before, endA, startA), inkBefore(after, endB, startB)];
    if (a === startA || b === startB || before[a - 1] !== after[b - 1]) break;
    behind.push({ from: a, to: endA, insert: after.slice(b, endB) });
    [endA, endB] = [a - 1, b - 1];
  }
  changes.push({ from: startA, to: endA, insert: after.slice(startB, endB) }, ...behind.reverse());
  return {
    changes: changes.map((change) => trimmed(change, before)).filter(({ from, to, insert }) => from < to || insert !== ""),
    placeInReplaced(offset) {
      if (offset <= startA || offset >= endA) return null;
      let place = startB;
      for (let a = inkFrom(before, startA); a < offset && place < endB; a = inkFrom(before, a + 1)) place = inkFrom(after, place) + 1;
      return Math.min(place, endB);
    },
  };
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

// The offset of the first character from `at` on that is no blank.
function inkFrom(text: string, at: number): number {
  while (at < text.length && isBlank(text.charCodeAt(at))) at += 1;
  return at;
}

// The offset behind the last character before `at` that is no blank, and not before `start`.
function inkBefore(text: string, at: number, start: number): number {
  while (at > start && isBlank(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

// Without what stands in both texts at the ends of a change.
function trimmed({ from, to, insert }: LayoutChange, before: string): LayoutChange {
  let start = 0;
  while (from + start < to && start < insert.length && before[from + start] === insert[start]) start += 1;
  let end = 0;
  while (to - end > from + start && insert.length - end > start && before[to - 1 - end] === insert[insert.length - 1 - end]) end += 1;
  return { from: from + start, to: to - end, insert: insert.slice(start, insert.length - end) };
}
