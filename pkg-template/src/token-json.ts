// JSON in tokens and keys, read as the engine reads it: the last of equal members counts, within the engine's bounds.

import { driverLimits } from "./engine-instance.js";
import { TokenFailure, TokenUnjudged } from "./token-failures.js";

/** An object, of which only its own members are any: names such as `__proto__` are names. */
export type JsonObject = { readonly [name: string]: unknown };

/** The object that a text says; `what` names the text. */
export function objectOfJson(text: string, what: string): JsonObject {
  requireBounds(text, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without the words of the platform, which show the text.
    throw new TokenFailure(`${what}: invalid JSON`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TokenFailure(`${what}: it is no object`);
  return value as JsonObject;
}

/** A member; undefined where there is none. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

/** A text as the engine holds it: half of a character stands for the sign that says so. */
export function wholeCharacters(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

// One byte of more than 7 bits, or the bytes of a character in UTF-8.
const NOT_ASCII =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The characters of bytes. Each byte that is of none stands for the sign that says so, where a TextDecoder takes several as one. */
export function charactersOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return binary.replace(NOT_ASCII, (found) => (found.length === 1 ? "\ufffd" : utf8.decode(Uint8Array.from(found, (byte) => byte.charCodeAt(0)))));
  }
}

// What is larger ends an evaluation of the full engine, too, with a limit: it is no failure of the builtin. Looked at first, so that a text
// which is no JSON either ends it as well, where the engine says what it comes to first.
function requireBounds(text: string, what: string): void {
  const { data_nesting, number_digits, number_exponent } = driverLimits();
  const beyond = (how: string): TokenUnjudged => new TokenUnjudged(`${what}: its JSON ${how}`);
  const number = /([0-9.]+)(?:[eE][+-]?0*([0-9]*))?/y;
  let levels = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
    } else if (character === "{" || character === "[") {
      if (++levels > data_nesting) throw beyond(`nests deeper than ${data_nesting} levels`);
    } else if (character === "}" || character === "]") {
      levels--;
    } else if (character >= "0" && character <= "9") {
      number.lastIndex = at;
      const [whole = character, mantissa = "", exponent = ""] = number.exec(text) ?? [];
      if (mantissa.length > number_digits) throw beyond(`has a number of more than ${number_digits} digits`);
      if (Number(exponent) > number_exponent) throw beyond(`has a number with an exponent beyond ${number_exponent}`);
      at += whole.length - 1;
    }
  }
}

// Where the quotation mark stands that ends the string which begins at a place.
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}
