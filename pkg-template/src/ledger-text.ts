// Reads the text of a ledger: a JSON array, an object with `entries`, or JSON lines. Finds each entry's place in it.
// The command line and the page read with it: it imports nothing, and each brings its own reader of JSON.

/** An entry as it stands in a file. */
export interface EntrySeen {
  /** Its place, from 0. */
  index: number;
  /** The line of the file in which it begins, from 1. */
  line: number;
  /** Its text, indented where it is JSON. */
  text: string;
}

/** Reads a JSON text without rounding integers, and throws what `JSON.parse` throws. */
export type ReadJson = (text: string) => unknown;

export interface Ledger {
  entries: unknown[];
  /** An entry as it stands in the file. */
  seen(index: number): EntrySeen | null;
}

/** Why a text is no ledger. */
export class LedgerError extends Error {
  readonly help: string;
  readonly entry: EntrySeen | null;

  constructor(message: string, help: string, entry: EntrySeen | null = null) {
    super(message);
    this.help = help;
    this.entry = entry;
  }
}

const FORMS = "a ledger is a JSON array of entries, an object with `entries`, or one entry on each line";
// More of an entry than this nobody reads.
const SHOWN_CHARACTERS = 4_000;

/** The entries of a text, or a `LedgerError`. */
export function readLedger(text: string, readJson: ReadJson): Ledger {
  if (text.trim() === "") throw new LedgerError("the file is empty", FORMS);
  const lines = text.split("\n");
  if (isJsonLines(lines)) return readLines(lines, readJson);
  let whole: unknown;
  try {
    whole = readJson(text);
  } catch (thrown) {
    throw brokenJson(text, thrown);
  }
  if (isEntry(whole)) whole = [whole];
  const isList = Array.isArray(whole);
  const entries = isList ? whole : whole !== null && typeof whole === "object" ? (whole as { entries?: unknown }).entries : undefined;
  if (!Array.isArray(entries)) throw new LedgerError("the file is JSON and no ledger", FORMS);
  return { entries, seen: (index) => seenAt(text, slicesOf(text)[index]) };
}

function isEntry(value: unknown): boolean {
  return value !== null && typeof value === "object" && "action" in value && "timestamp" in value;
}

/** One object a line: the first line is whole by itself, and something follows it. */
function isJsonLines(lines: string[]): boolean {
  const first = lines.findIndex((line) => line.trim() !== "");
  if (!lines.slice(first + 1).some((line) => line.trim() !== "")) return false;
  try {
    const value: unknown = JSON.parse(lines[first] ?? "");
    return value !== null && typeof value === "object" && !Array.isArray(value);
  } catch {
    return false;
  }
}

function readLines(lines: string[], readJson: ReadJson): Ledger {
  const kept = lines.map((text, at) => ({ text, line: at + 1 })).filter(({ text }) => text.trim() !== "");
  const entryAt = (index: number): EntrySeen | null => {
    const found = kept[index];
    return found ? { index, line: found.line, text: shown(found.text) } : null;
  };
  const entries = kept.map(({ text }, index) => {
    try {
      return readJson(text);
    } catch (thrown) {
      throw new LedgerError(`an entry is not JSON: ${inWords(thrown)}`, "one entry is one line", entryAt(index));
    }
  });
  return { entries, seen: entryAt };
}

/** What is wrong with a text that is no JSON: the first entry that is none, or the list itself. */
function brokenJson(text: string, thrown: unknown): LedgerError {
  for (const slice of slicesOf(text)) {
    try {
      JSON.parse(text.slice(slice.from, slice.to));
    } catch (inside) {
      return new LedgerError(`an entry is not JSON: ${inWords(inside)}`, "mend the entry that is shown", seenAt(text, slice));
    }
  }
  return new LedgerError(`the file is not JSON: ${inWords(thrown)}`, FORMS);
}

/** Where an entry stands in the text, and the line in which it begins. */
interface Slice {
  index: number;
  line: number;
  from: number;
  to: number;
}

function seenAt(text: string, slice: Slice | undefined): EntrySeen | null {
  return slice === undefined ? null : { index: slice.index, line: slice.line, text: shown(text.slice(slice.from, slice.to)) };
}

/** The entries of a list of the text, by their brackets and commas alone: it need not be JSON. */
function slicesOf(text: string): Slice[] {
  const begin = text.trimStart().startsWith("[") ? text.indexOf("[") : (/"entries"\s*:\s*\[/.exec(text)?.index ?? -1);
  if (begin < 0) return [];
  const found: Slice[] = [];
  let depth = 0;
  let from = -1;
  let line = text.slice(0, begin).split("\n").length;
  let lineOfEntry = line;
  const close = (to: number): void => {
    if (from >= 0) found.push({ index: found.length, line: lineOfEntry, from, to });
    from = -1;
  };
  for (let at = text.indexOf("[", begin); at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === "\n") line += 1;
    if (/\s/.test(character)) continue;
    if (character === "," && depth === 1) {
      close(at);
      continue;
    }
    if (depth === 1 && from < 0 && character !== "]") {
      from = at;
      lineOfEntry = line;
    }
    if (character === '"') at = endOfString(text, at);
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth === 0) {
      close(at);
      break;
    }
  }
  close(text.length);
  return found;
}

/** The closing quote of a string; where it has none, the end of its line. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
    else if (text[at] === "\n") return at - 1;
  }
  return text.length;
}

function shown(text: string): string {
  const whole = text.trim();
  if (whole.length > SHOWN_CHARACTERS) return `${whole.slice(0, SHOWN_CHARACTERS)} …`;
  try {
    return JSON.stringify(JSON.parse(whole), null, 2);
  } catch {
    return whole;
  }
}

/** Without the excerpt that some browsers put into the sentence: the entry is shown. */
function inWords(thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  return said.replace(/, (?:"|\.\.\.)[\s\S]*is not valid JSON$/, " is not expected").replace(/ (?:in JSON )?at position \d+.*$/, "");
}
