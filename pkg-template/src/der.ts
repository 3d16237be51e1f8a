// DER: values of ASN.1 one after the other, as certificates and keys are written. Nothing recurses: whoever reads asks for the parts of a
// value one level at a time.

import type { Bytes } from "./base64.js";
import { TokenFailure } from "./token-failures.js";

/** Tags of values. */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;

/** A value: its tag, what it holds, and all of its bytes. */
export interface Part {
  tag: number;
  content: Bytes;
  whole: Bytes;
}

/**
 * Values that have not been read yet.
 *
 * `what` of each method names what is read: a value that is cut short, has another tag, or is not written in the one way that DER has, is
 * the failure `what`.
 */
export class DerReader {
  #rest: Bytes;

  constructor(bytes: Bytes) {
    this.#rest = bytes;
  }

  /** Whether there are no more. */
  get isEmpty(): boolean {
    return this.#rest.length === 0;
  }

  /** The tag of the next value. */
  get tag(): number | undefined {
    return this.#rest[0];
  }

  /** The next value. */
  part(what: string): Part {
    const [tag = 0, first = 0] = this.#rest;
    // A tag of 31 or more would stand in bytes of its own: nothing that is read here has one.
    if (this.#rest.length < 2 || (tag & 0x1f) === 0x1f) throw new TokenFailure(what);
    const count = first < 0x80 ? 0 : first & 0x7f;
    const digits = this.#rest.subarray(2, 2 + count);
    const length = first < 0x80 ? first : digits.reduce((number, digit) => number * 256 + digit, 0);
    const isShortest = first < 0x80 || (count > 0 && count <= 4 && digits.length === count && length >= 0x80 && digits[0] !== 0);
    const end = 2 + count + length;
    if (!isShortest || end > this.#rest.length) throw new TokenFailure(what);
    const whole = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end);
    return { tag, content: whole.subarray(2 + count), whole };
  }

  /** The content of the next value, which has this tag. */
  take(tag: number, what: string): Bytes {
    if (this.tag !== tag) throw new TokenFailure(what);
    return this.part(what).content;
  }

  /** The content of the next value where it has this tag. */
  takeOptional(tag: number, what: string): Bytes | undefined {
    return this.tag === tag ? this.take(tag, what) : undefined;
  }

  /** The values in the next one, which is a list. */
  list(what: string): DerReader {
    return new DerReader(this.take(SEQUENCE, what));
  }

  /** The bytes of the next value, which is an integer, negative ones as their two's complement, in as few bytes as can be. */
  integer(what: string): Bytes {
    const content = this.take(INTEGER, what);
    const [first, second] = content;
    const isLonger = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
    if (first === undefined || isLonger) throw new TokenFailure(what);
    return content;
  }

  /** The next value, which is a boolean. */
  boolean(what: string): boolean {
    const content = this.take(BOOLEAN, what);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new TokenFailure(what);
    return content[0] === 0xff;
  }

  /** The bytes of the next value, which is a string of bits. Bits behind the last one are zero, and are moved in front of the first. */
  bits(what: string): Bytes {
    const content = this.take(BIT_STRING, what);
    const [unused = 8] = content;
    const bytes = content.subarray(1);
    const last = bytes.at(-1) ?? 0;
    if (unused > 7 || (bytes.length === 0 && unused > 0) || (last & ((1 << unused) - 1)) !== 0) throw new TokenFailure(what);
    if (unused === 0) return bytes;
    return bytes.map((byte, at) => ((bytes[at - 1] ?? 0) << (8 - unused)) | (byte >> unused));
  }

  /** The next value, which is an object identifier, as people write it. */
  objectId(what: string): string {
    const numbers: number[] = [];
    let number = 0;
    let isOpen = false;
    for (const byte of this.take(OBJECT_ID, what)) {
      if (!isOpen && byte === 0x80) throw new TokenFailure(what);
      number = number * 128 + (byte & 0x7f);
      // As Go reads them, in which a number has 31 bits.
      if (number > 0x7fff_ffff) throw new TokenFailure(what);
      isOpen = byte >= 0x80;
      if (isOpen) continue;
      if (numbers.length === 0) {
        const first = Math.min(Math.floor(number / 40), 2);
        numbers.push(first);
        number -= first * 40;
      }
      numbers.push(number);
      number = 0;
    }
    if (isOpen || numbers.length === 0) throw new TokenFailure(what);
    return numbers.join(".");
  }
}
