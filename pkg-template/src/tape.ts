// JS value -> tape: words and one text, which the engine reads without looking for the ends of anything. Only what a policy can look at is
// walked.
//
// What stands on a tape is described where it is read, in src/rego/value/tape.rs.

import { hasLoneSurrogate, isPlainObject, withoutToJson, type TextLimits } from "./json-value.js";
import { isReadBelow, readBelow, type Reach, type ReadPlace } from "./reads.js";

/** A value as the engine reads it. `giveBack` it when the engine has. */
export interface Tape {
  /** The words, in front of whatever an earlier tape left. */
  words: Uint32Array;
  wordCount: number;
  /** The strings in UTF-8, in front of whatever an earlier tape left. */
  text: Uint8Array;
  textBytes: number;
}

/**
 * The tape of what `reach` says of a JS value, or undefined for one that does not fit on one: what JSON cannot say or the limits forbid, and what is so large
 * that it might be longer than `length` as JSON text.
 *
 * Such a value is to be walked again, for its JSON text: that walk refuses it, or gives the text. So one place says what is wrong with a
 * value, and where.
 */
export function tapeOf(value: unknown, reach: Reach, limits: TextLimits): Tape | undefined {
  const writer = new TapeWriter(limits);
  try {
    return writer.tapeOf(value, reach);
  } catch {
    // Of the caller's code, too: what it throws, it throws again.
    return undefined;
  }
}

/** Lets later tapes have the memory of one that has been read. */
export function giveBack({ words, text }: Tape): void {
  if (words.length <= KEPT) spareWords = words;
  if (text.length <= KEPT) spareText = text;
}

const BITS = 3;
const CONSTANT = 0;
const INTEGER = 1;
const LONG_INTEGER = 2;
const NUMBER = 3;
const STRING = 4;
const ARRAY = 5;
const OBJECT = 6;
const RECORD = 7;

const NULL = CONSTANT;
const FALSE = (1 << BITS) | CONSTANT;
const TRUE = (2 << BITS) | CONSTANT;
const ABSENT = (3 << BITS) | CONSTANT;

// Bytes of JSON text that a unit of a string takes at the most (`\u0001`), and a word (`-268435456,`).
const BYTES_OF_UNIT = 6;
const BYTES_OF_WORD = 11;

// Words, and bytes of text, that are kept for later tapes, and that the first has.
const KEPT = 1 << 20;
const FIRST = 1 << 10;

// INVARIANT (spare): whoever writes takes them out, because the caller's code (getters, toJSON) may have another value written meanwhile.
let spareWords: Uint32Array | undefined;
let spareText: Uint8Array | undefined;

const encoder = new TextEncoder();

class TapeWriter {
  readonly #nesting: number;
  readonly #mostWords: number;
  readonly #mostUnits: number;
  readonly #mostBytes: number;
  #words: Uint32Array;
  #at = 0;
  // Appending is cheap, and the text is encoded in one go: encoding string by string takes most of the time.
  #text = "";
  #depth = 0;

  constructor({ nesting, length }: TextLimits) {
    this.#nesting = nesting;
    this.#mostWords = length / BYTES_OF_WORD;
    this.#mostUnits = length / BYTES_OF_UNIT;
    this.#mostBytes = length;
    this.#words = spareWords ?? new Uint32Array(FIRST);
    spareWords = undefined;
  }

  tapeOf(value: unknown, reach: Reach): Tape {
    this.#write(withoutToJson(value, ""), reach);
    const text = this.#text;
    if (text.length * BYTES_OF_UNIT + this.#at * BYTES_OF_WORD > this.#mostBytes) throw UNFIT;
    let bytes = spareText ?? new Uint8Array(FIRST);
    spareText = undefined;
    if (bytes.length < text.length) bytes = new Uint8Array(text.length);
    let { read, written } = encoder.encodeInto(text, bytes);
    if (read < text.length) {
      bytes = new Uint8Array(3 * text.length);
      ({ read, written } = encoder.encodeInto(text, bytes));
    }
    if (written !== text.length && hasLoneSurrogate(text)) throw UNFIT;
    return { words: this.#words, wordCount: this.#at, text: bytes, textBytes: written };
  }

  #write(value: unknown, reach: Reach): void {
    switch (typeof value) {
      case "string":
        return this.#textual(STRING, value);
      case "number":
        return this.#number(value);
      case "boolean":
        return this.#word(value ? TRUE : FALSE);
      case "bigint":
        return this.#textual(NUMBER, value.toString());
      case "object":
        if (value === null) return this.#word(NULL);
        return Array.isArray(value) ? this.#array(value, reach) : this.#object(value, reach);
      default:
        throw UNFIT;
    }
  }

  #word(word: number): void {
    if (this.#at === this.#words.length) this.#grow();
    this.#words[this.#at++] = word;
  }

  #grow(): void {
    if (this.#at > this.#mostWords) throw UNFIT;
    const words = new Uint32Array(2 * this.#at);
    words.set(this.#words);
    this.#words = words;
  }

  #textual(kind: number, text: string): void {
    // INVARIANT (halves): two halves of a pair never meet in the text, where they would be one character.
    const first = text.charCodeAt(0);
    if (first >= 0xdc00 && first <= 0xdfff) throw UNFIT;
    this.#text += text;
    if (this.#text.length > this.#mostUnits) throw UNFIT;
    this.#word((text.length << BITS) | kind);
  }

  #number(value: number): void {
    // Negative zero is zero.
    if ((value << BITS) >> BITS === value) return this.#word((value << BITS) | INTEGER);
    if (Number.isSafeInteger(value)) {
      this.#word((Math.floor(value / 2 ** 32) << BITS) | LONG_INTEGER);
      return this.#word(value);
    }
    if (!Number.isFinite(value)) throw UNFIT;
    this.#textual(NUMBER, String(value));
  }

  #array(list: readonly unknown[], reach: Reach): void {
    const at = this.#open();
    let items = 0;
    if (reach === undefined || reach.hasRest) {
      const rest = reach?.rest;
      // A hole is undefined.
      for (; items < list.length; items++) this.#write(withoutToJson(list[items], items), rest);
    }
    this.#close(at, ARRAY, items);
  }

  #object(object: object, reach: Reach): void {
    if (!isPlainObject(object)) throw UNFIT;
    const at = this.#open();
    if (reach?.hasSlots === true) return this.#record(object, reach, at);
    let pairs = 0;
    for (const key of Object.keys(object)) {
      if (reach !== undefined && !isReadBelow(reach, key)) continue;
      const value = withoutToJson((object as Record<string, unknown>)[key], key);
      if (value === undefined) continue;
      pairs++;
      this.#textual(STRING, key);
      this.#write(value, reach === undefined ? undefined : readBelow(reach, key));
    }
    this.#close(at, OBJECT, pairs);
  }

  // What is inherited or not enumerable is no property of JSON.
  #record(object: object, { keys, below }: ReadPlace, at: number): void {
    for (let slot = 0; slot < keys.length; slot++) {
      const key = keys[slot] as string;
      const found = (object as Record<string, unknown>)[key];
      const value = found !== undefined && isOwn.call(object, key) ? withoutToJson(found, key) : undefined;
      if (value === undefined) this.#word(ABSENT);
      else this.#write(value, below[slot]);
    }
    this.#close(at, RECORD, keys.length);
  }

  // How many parts follow is known when they are there. A cycle is too deep in the end.
  #open(): number {
    if (++this.#depth > this.#nesting) throw UNFIT;
    this.#word(0);
    return this.#at - 1;
  }

  #close(at: number, kind: number, parts: number): void {
    this.#depth--;
    this.#words[at] = (parts << BITS) | kind;
  }
}

const isOwn = Object.prototype.propertyIsEnumerable;

// One for all: nobody sees it, and to make an error takes its time.
const UNFIT = new Error("no tape");
