// The two streams of a command, and colours where a person looks at them.

import { styleText } from "node:util";

/** Text in a colour, or as it is where colours are off. */
export type Paint = Record<"red" | "green" | "yellow" | "cyan" | "bold" | "dim", (text: string) => string>;

/** Where a command writes. */
export interface Terminal {
  /** Writes a line of the result. */
  out(text: string): void;
  /** Writes a line beside the result. */
  err(text: string): void;
  /** Colours for the result. */
  paint: Paint;
  /** Colours for what stands beside the result. */
  errorPaint: Paint;
  /** Columns of the window. */
  width: number;
}

/** The streams of this process. Colours follow NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
export function standardTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: paintFor(process.stdout),
    errorPaint: paintFor(process.stderr),
    width: process.stdout.columns ?? 100,
  };
}

function paintFor(stream: NodeJS.WriteStream): Paint {
  const on = wantsColours(stream);
  const painted = (style: keyof Paint) => (text: string) => (on ? styleText(style, text) : text);
  return {
    red: painted("red"),
    green: painted("green"),
    yellow: painted("yellow"),
    cyan: painted("cyan"),
    bold: painted("bold"),
    dim: painted("dim"),
  };
}

function wantsColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}
