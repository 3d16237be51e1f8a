// How many columns of a terminal a text takes, and where its tabs end.

const TAB = 4;

// East Asian wide and fullwidth characters, and the emoji that are shown as pictures by themselves.
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;

// Combining marks, joiners, and controls, which a terminal draws over their neighbour or not at all.
const NARROWEST = /^[\p{Mark}\p{Format}\p{Control}]+$/u;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A text without tabs and controls, as it is printed, together with the columns it takes. */
export interface Shown {
  text: string;
  columns: number;
}

/** A text as it is printed when it begins at `column`, counted from 0. */
export function shown(text: string, column: number): Shown {
  let out = "";
  let at = column;
  for (const { segment } of graphemes.segment(text)) {
    const width = segment === "\t" ? TAB - (at % TAB) : columnsOf(segment);
    out += segment === "\t" ? " ".repeat(width) : segment.replaceAll(/\p{Control}/gu, "");
    at += width;
  }
  return { text: out, columns: at - column };
}

function columnsOf(grapheme: string): number {
  if (NARROWEST.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
