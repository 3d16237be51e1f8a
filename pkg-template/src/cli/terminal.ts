// The two streams of a command, and colours where a person looks at them.

import { styleText } from "node:util";

/** Text in a colour, or as it is where colours are off. */
export type Paint = Record<"red" | "green" | "yellow" | "cyan" | "bold" | "dim", (text: string) => string>;

/** Where a command writes. */
export interface Terminal {
  /** Writes a line of the result. */
  out(text: string): void;
  /** Writes a part of the result that brings its line ends with it, and that a program wants to the character. */
  verbatim(text: string): void;
  /** Writes a result that is no text. */
  bytes(bytes: Uint8Array): void;
  /** Writes a line beside the result. */
  err(text: string): void;
  /** Colours for the result. */
  paint: Paint;
  /** Colours for what stands beside the result. */
  errorPaint: Paint;
  /** Whether people look at the result: it goes to no file and to no program. */
  isScreen: boolean;
  /** Columns of the window. Where there is none: room for excerpts, and no reason to wrap. */
  width: number;
  /** Whether long sentences are wrapped: for people they are, for programs that search them they are not. */
  wraps: boolean;
}

/** The streams of this process. Colours follow NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
export function standardTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    verbatim: (text) => void process.stdout.write(text),
    bytes: (bytes) => void process.stdout.write(bytes),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: paintFor(process.stdout),
    errorPaint: paintFor(process.stderr),
    isScreen: process.stdout.isTTY === true,
    width: process.stdout.columns ?? 100,
    wraps: process.stdout.isTTY === true,
  };
}

/** The same terminal for what stands beside the result. */
export function besideResult(terminal: Terminal): Terminal {
  return { ...terminal, out: terminal.err, paint: terminal.errorPaint };
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

/** A sentence in lines of at most `columns`, broken at spaces. A word that is longer keeps a line of its own. */
export function wrapped(text: string, columns: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    return [...lines, line];
  });
}

// Beside the controls: what turns the direction of the writing, and so shows another text than the one that is there.
const STEERING = /[^\P{Control}\n\t]|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text of somebody else's without the characters that could move the cursor or paint a lie. Keeps line ends. */
export function printable(text: string): string {
  return text.replaceAll(STEERING, "\ufffd");
}

/** A text of somebody else's that stays in its line: a line of its own could look like one of ours. */
export function inLine(text: string): string {
  return printable(text).replaceAll(/[\n\t]+/g, " ");
}
