// Documents (input, data, plan) that cross to the engine as bytes: JSON text, UTF-8 bytes or any JS value that JSON can say.

import { RegateError } from "./errors.js";
import { hasLoneSurrogate, jsonText, type TextLimits } from "./json-value.js";
import type { Reach } from "./reads.js";
import { tapeOf, type Tape } from "./tape.js";

/** A value that JSON can say. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue | undefined };

/**
 * A document for the engine.
 *
 * - `Uint8Array` or `ArrayBuffer`: JSON text in UTF-8. The fastest.
 * - `string`: JSON **text**. To pass a string as the value, pass its JSON text: `JSON.stringify("like this")`.
 * - anything else: a JS value. What JSON cannot say (NaN, a Map, a cycle, a hole, half of a surrogate pair, ...)
 *   throws `RegateError` `input_not_json` with the path to it. `toJSON` is honoured; a BigInt is an integer. The input of
 *   `Policy.evaluate` is walked where the policy can look (`Policy.reads`), and nowhere else.
 */
export type Input = Uint8Array | ArrayBuffer | string | JsonValue | object;

/** The limits that hold for documents, as the engine states them. */
export interface DocumentLimits {
  data_nesting: number;
  input_bytes: number;
}

const encoder = new TextEncoder();

/**
 * The UTF-8 bytes of a document; `name` says which one in errors, such as "the input". Of a JS value they are those of what `reach` says of
 * it.
 */
export function documentBytes(document: unknown, name: string, limits: DocumentLimits, reach?: Reach): Uint8Array {
  // INVARIANT (memory): the length is tested before anything is copied, because the engine's memory never shrinks.
  if (isUint8Array(document)) return withinLimit(document, name, limits);
  if (isArrayBuffer(document)) return withinLimit(bytesOfBuffer(document), name, limits);
  const text = typeof document === "string" ? documentText(document, name, limits) : valueText(document, name, limits, reach);
  return withinLimit(encoder.encode(text), name, limits);
}

/** A document that is a text, whole and no longer than it may be in UTF-16; UTF-8 is longer. */
export function documentText(text: string, name: string, limits: DocumentLimits): string {
  if (text.length > limits.input_bytes) throw tooLarge(name, limits);
  return wellFormed(text, name);
}

/** The tape of what `reach` says of a document that is a JS value; undefined for text and bytes, and for what `documentBytes` is to write or refuse. */
export function documentTape(document: unknown, reach: Reach, limits: DocumentLimits): Tape | undefined {
  if (typeof document === "string" || isBytes(document)) return undefined;
  return tapeOf(document, reach, textLimits(limits));
}

/** Bytes that stay as they are while the caller goes on using the array they came in. */
export function ownedBytes(document: unknown, bytes: Uint8Array): Uint8Array {
  // Not `slice()`: that of Node's Buffer shares the memory.
  return isUint8Array(document) || isArrayBuffer(document) ? new Uint8Array(present(bytes)) : bytes;
}

function valueText(value: unknown, name: string, limits: DocumentLimits, reach: Reach): string {
  return jsonText(value, { code: "input_not_json", name, lengthLimit: "input_bytes" }, textLimits(limits), reach);
}

function textLimits(limits: DocumentLimits): TextLimits {
  return { nesting: limits.data_nesting, length: limits.input_bytes };
}

function wellFormed(text: string, name: string): string {
  if (!hasLoneSurrogate(text)) return text;
  throw new RegateError("input_not_json", `${name} is not JSON text: it holds half of a surrogate pair`, {
    path: "",
    help: "repair the text with toWellFormed(), or pass the original bytes",
  });
}

function withinLimit(bytes: Uint8Array, name: string, limits: DocumentLimits): Uint8Array {
  if (bytes.length > limits.input_bytes) throw tooLarge(name, limits);
  return bytes;
}

/** The error for a document that is longer than it may be. */
export function tooLarge(name: string, limits: DocumentLimits): RegateError {
  const limit = { name: "input_bytes", value: limits.input_bytes };
  return new RegateError("limit_exceeded", `${name} is larger than ${limit.value} bytes`, { limit });
}

// Asks the array itself: `instanceof` fails for one of another realm (an iframe, a vm context), and is true of a proxy and
// of an object that only has the prototype, which the glue could not read.
const arrayTag = Reflect.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)?.get;

const lengthGetter = Reflect.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, "length")?.get;

/** How many bytes there are, whatever somebody has made of `length`. */
export function lengthOf(bytes: Uint8Array): number {
  return lengthGetter?.call(bytes) as number;
}

/** Whether a value is JSON in bytes. */
export function isBytes(value: unknown): boolean {
  return isUint8Array(value) || isArrayBuffer(value);
}

/** Whether a value is bytes, of whatever realm. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return arrayTag?.call(value) === "Uint8Array";
}

/** Bytes that can be copied: those of an array whose buffer was transferred away are gone, and it is as good as empty. */
export function present(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? new Uint8Array() : bytes;
}

function bytesOfBuffer(buffer: ArrayBuffer): Uint8Array {
  return buffer.byteLength === 0 ? new Uint8Array() : new Uint8Array(buffer);
}

// `instanceof` fails for a buffer of another realm (an iframe, a vm context).
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}
