// The reader of documents against `JSON.parse`: written and mutated texts and random bytes, of which both accept the same and read the same.
// Half of a character (`\ud800`) is the exception: no string of ours can hold it, so it is refused. `REGATE_TEXTS=400000` tries as many,
// `REGATE_SEED` others.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { compile, init, RegateError } from "regate";

const TEXTS = Number(process.env.REGATE_TEXTS ?? 20_000);
const SEED = Number(process.env.REGATE_SEED ?? 1);

const WORDS = ["", "a", "b", "__proto__", "length", "0", "é", "🚧", "\\", '"', "\n", "\u0000", "\u2028", "😀x"];
const NUMBERS = ["0", "-0", "1", "-1", "1.5", "1e3", "1E+2", "1e-7", "123456789012345678901234567890", "0.1", "9007199254740993", "1.0", "-0.0e5", "5e-324", "1e308"];
const ESCAPES = ["\\u0041", "\\ud83d\\ude00", "\\ud800", "\\udc00", "\\/", "\\b", "\\f", "\\u00e9", "\\uD83D\\u0041", "\\x41", "\\u12"];
const BLANKS = ["", "", "", " ", "\n", "\t", "\r\n", "  "];
const BITS = ["{", "}", "[", "]", ",", ":", '"', "\\", "0", "-", ".", "e", "E", "+", "t", "n", "\u00a0", "\ufeff", "\v", "\u0000", "//", "/*", "'", "NaN", "Infinity", "01", "\\u", "\ud800", "tru", " "];

/** Texts by chance, the same for the same seed. */
class Texts {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  next() {
    const share = this.#share();
    if (share < 0.1) return Buffer.from(Array.from({ length: this.#below(12) }, () => this.#below(256)));
    const mark = this.#share() < 0.03 ? "\ufeff" : "";
    const text = Buffer.from(mark + this.#blank() + this.#value(0) + this.#blank());
    return share < 0.75 ? this.#mutated(text) : text;
  }

  #share() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  #below(bound) {
    return Math.floor(this.#share() * bound);
  }

  #one(list) {
    return list[this.#below(list.length)];
  }

  #blank() {
    return this.#one(BLANKS);
  }

  #string() {
    const written = JSON.stringify(this.#one(WORDS) + (this.#share() < 0.3 ? this.#one(WORDS) : ""));
    return this.#share() < 0.3 ? `${written.slice(0, -1)}${this.#one(ESCAPES)}"` : written;
  }

  #value(depth) {
    switch (this.#below(depth > 4 ? 5 : 8)) {
      case 0:
        return "null";
      case 1:
        return "true";
      case 2:
        return "false";
      case 3:
        return this.#one(NUMBERS);
      case 4:
        return this.#string();
      case 5:
      case 6: {
        const pair = () => this.#string() + this.#blank() + ":" + this.#blank() + this.#value(depth + 1);
        return `{${this.#blank()}${Array.from({ length: this.#below(4) }, pair).join("," + this.#blank())}${this.#blank()}}`;
      }
      default:
        return `[${Array.from({ length: this.#below(4) }, () => this.#blank() + this.#value(depth + 1) + this.#blank()).join(",")}]`;
    }
  }

  #mutated(text) {
    for (let times = 1 + this.#below(3); times > 0; times--) {
      const at = this.#below(text.length + 1);
      const [before, behind] = [text.subarray(0, at), text.subarray(at)];
      const from = this.#below(text.length + 1);
      text = [
        () => Buffer.concat([before, Buffer.from([this.#below(256)]), behind.subarray(1)]),
        () => Buffer.concat([before, Buffer.from(this.#one(BITS)), behind]),
        () => Buffer.concat([before, behind.subarray(1 + this.#below(3))]),
        () => Buffer.concat([before, text.subarray(from, from + this.#below(6)), behind]),
        () => before,
      ][this.#below(5)]();
    }
    return text;
  }
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** What `JSON.parse` makes of bytes, or that it refuses them. The decoder skips a byte order mark, as our reader does. */
function parsed(bytes) {
  try {
    return { value: JSON.parse(strict.decode(bytes)) };
  } catch {
    return "refused";
  }
}

/** Integers that only a BigInt holds, as the numbers that `JSON.parse` makes of them. */
function asNumbers(value) {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(asNumbers);
  if (value === null || typeof value !== "object") return value;
  const pairs = Object.entries(value).map(([key, part]) => [key, asNumbers(part)]);
  return Object.fromEntries(pairs);
}

describe(`${TEXTS} texts, read by both`, () => {
  let echo;

  before(async () => {
    await init();
    echo = compile("package t\n\nanswer := input\n").policy;
  });
  after(() => echo.free());

  function ours(input) {
    try {
      return { value: asNumbers(echo.evaluate("t/answer", input, { numbers: "exact" }).value) };
    } catch (error) {
      if (error instanceof RegateError && error.code === "input_not_json") return "refused";
      if (error instanceof RegateError && error.code === "limit_exceeded") return "too much";
      throw error;
    }
  }

  test("are accepted by both or neither, with the same values", () => {
    const texts = new Texts(SEED);
    let [accepted, halves, limits] = [0, 0, 0];
    for (let i = 0; i < TEXTS; i++) {
      const bytes = texts.next();
      const [theirs, own] = [parsed(bytes), ours(bytes)];
      // A number such as 1e1000000000 is infinite to `JSON.parse`.
      if (own === "too much") {
        limits++;
        continue;
      }
      // Where the half of a character stands, also in a value that a later key replaces.
      if (own === "refused" && theirs !== "refused" && /\\ud[89a-f]/i.test(bytes.toString())) {
        halves++;
        continue;
      }
      assert.ok(isDeepStrictEqual(own, theirs), `${JSON.stringify(bytes.toString())}: ${JSON.stringify(own)} instead of ${JSON.stringify(theirs)}`);
      if (own !== "refused") accepted++;
    }
    const counts = `${accepted} accepted, ${halves} with half of a character, ${limits} beyond a limit`;
    assert.ok(accepted > TEXTS / 5 && accepted < TEXTS && halves > 0 && limits < TEXTS / 1_000, counts);
  });
});
