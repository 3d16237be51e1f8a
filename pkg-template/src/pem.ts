// PEM: bytes in base64 between two lines that say what they are, found as the engine finds them.

import { bytesOfBase64, type Bytes } from "./base64.js";

/** A block. */
export interface PemBlock {
  /** What stands behind `BEGIN`. */
  label: string;
  bytes: Bytes;
  /** Whether nothing stands behind it. */
  isLast: boolean;
}

const START = "-----BEGIN ";
const END = "-----END ";
const DASHES = "-----";

/** The first block of a text; undefined where there is none. What is no block is passed over. */
export function firstPemBlock(text: string): PemBlock | undefined {
  let at = 0;
  // INVARIANT (time): the next end of a block is searched once for all blocks that may begin before it, and of those only the last one has
  // no dash before that end. So each character is looked at a bounded number of times, however many blocks begin.
  let nextEnd = -1;
  for (;;) {
    if (!text.startsWith(START, at)) {
      const found = text.indexOf(`\n${START}`, at);
      if (found < 0) return undefined;
      at = found + 1;
    }
    const first = lineAt(text, at + START.length);
    at = first.behind;
    if (!first.line.endsWith(DASHES)) continue;
    const label = first.line.slice(0, -DASHES.length);
    const begin = at;
    for (;;) {
      if (at === text.length) return undefined;
      const { line, behind } = lineAt(text, at);
      if (!line.includes(":")) break;
      at = behind;
    }
    const isEmpty = at === begin && text.startsWith(END, at);
    if (!isEmpty && nextEnd < at) nextEnd = text.indexOf(`\n${END}`, at);
    // No block ends any more.
    if (!isEmpty && nextEnd < 0) return undefined;
    const bodyEnd = isEmpty ? at : nextEnd;
    const dash = text.indexOf("-", at);
    if (dash < bodyEnd) continue;
    const trailer = dash + END.length;
    if (!text.startsWith(label + DASHES, trailer)) continue;
    const last = lineAt(text, trailer + label.length + DASHES.length);
    if (last.line !== "") continue;
    const bytes = bytesOfBase64(text.slice(at, bodyEnd).replace(/[ \t]/g, ""));
    if (bytes !== undefined) return { label, bytes, isLast: last.behind === text.length };
  }
}

// A line without the white space at its end, and where the next one begins. A return belongs to the end of a line, and where there is none to
// the line.
function lineAt(text: string, at: number): { line: string; behind: number } {
  const found = text.indexOf("\n", at);
  const behind = found < 0 ? text.length : found + 1;
  let end = found < 0 ? text.length : found;
  if (found > at && text.charAt(end - 1) === "\r") end--;
  while (end > at && " \t".includes(text.charAt(end - 1))) end--;
  return { line: text.slice(at, end), behind };
}
