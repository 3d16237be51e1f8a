// JSON text of the engine, or of anybody, -> JS values, without ever rounding an integer.

import { RegateError } from "./errors.js";

/** What becomes of an integer that a JS number cannot hold. */
export type Numbers = "number" | "exact";

/**
 * The value of a text of the engine; `name` says which one in errors.
 *
 * `"exact"` gives a BigInt for every integer beyond 2^53 - 1; `"number"` throws `number_not_exact` for one that a number
 * cannot hold.
 */
export function parseAnswer(text: string, numbers: Numbers, name = "the answer"): unknown {
  const large = largeIntegers(text);
  if (large.length === 0) return JSON.parse(text);
  if (numbers === "exact") return parseWithBigInts(text, large, markNotIn(text));
  const token = large.map(({ start, end }) => text.slice(start, end)).find((digits) => !isHeldByNumber(digits));
  if (token === undefined) return JSON.parse(text);
  const shown = token.length > 60 ? `${token.slice(0, 57)}...` : token;
  throw new RegateError("number_not_exact", `${name} holds the number ${shown}, which a JS number cannot hold`, {
    help: 'ask with { numbers: "exact" } to get large integers as BigInt',
  });
}

/** The value of a JSON text that anybody wrote, with a BigInt for every integer beyond 2^53 - 1. Throws what `JSON.parse` throws. */
export function parseExactly(text: string): unknown {
  const large = largeIntegers(text);
  if (large.length === 0) return JSON.parse(text);
  // As it stands: once its large integers are strings, a text that is no JSON might be some. Nor is a string's text its value here.
  let mark = MARK;
  JSON.parse(text, (_key, value: unknown) => {
    while (typeof value === "string" && value.startsWith(mark)) mark = MARK + mark;
    return value;
  });
  return parseWithBigInts(text, large, mark);
}

function isHeldByNumber(digits: string): boolean {
  const number = Number(digits);
  return Number.isFinite(number) && BigInt(number) === BigInt(digits);
}

interface Span {
  start: number;
  end: number;
}

// Sixteen digits in a row are the least that an unsafe integer has: almost every answer is done after one scan.
// A float that overflows (1e400) is not an integer and cannot come out of the engine.
function largeIntegers(text: string): Span[] {
  if (!/[0-9]{16}/.test(text)) return [];
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      const token = text.slice(at, end);
      if (/^-?[0-9]+$/.test(token) && !Number.isSafeInteger(Number(token))) spans.push({ start: at, end });
      at = end;
    } else {
      at++;
    }
  }
  return spans;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && /[0-9.eE+-]/.test(text.charAt(at))) at++;
  return at;
}

const MARK = "int:";

// The engine escapes nothing but quotes, backslashes and control characters, so what is not in the text is in no string.
function markNotIn(text: string): string {
  let mark = MARK;
  while (text.includes(mark)) mark = MARK + mark;
  return mark;
}

// Each large integer is replaced by a string with a mark that no string of the text begins with, and turned into a BigInt afterwards.
function parseWithBigInts(text: string, spans: readonly Span[], mark: string): unknown {
  let marked = "";
  let from = 0;
  for (const span of spans) {
    marked += `${text.slice(from, span.start)}"${mark}${text.slice(span.start, span.end)}"`;
    from = span.end;
  }
  marked += text.slice(from);
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}
