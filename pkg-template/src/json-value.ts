// JS value -> JSON text. Refuses, with the path to it, everything that JSON cannot say, instead of changing it silently.

import { RegateError, messageOf } from "./errors.js";
import { isReadBelow, readBelow, type Reach } from "./reads.js";

/** How deep and how long the text may become. The engine holds the same limits against text that it is given. */
export interface TextLimits {
  /** Arrays and objects inside one another. */
  nesting: number;
  /** Length of the text in UTF-16 units, which is never more than its length in bytes. */
  length: number;
  /** Digits of one integer, where this side is to say that there are too many; otherwise the engine says it of the whole text. */
  digits?: number;
}

/** What is being written, for the sentences and codes of its errors. */
export interface TextSubject {
  /** Code of the error when the value is not JSON. */
  code: "input_not_json" | "malformed_request" | "host_failed";
  /** The value in words, such as "the input". */
  name: string;
  /** Name of the limit on its length. */
  lengthLimit: string;
}

/** The JSON text of what `reach` says of a JS value, or a `RegateError` with the JSON pointer of the value that has none. */
export function jsonText(value: unknown, subject: TextSubject, limits: TextLimits, reach?: Reach): string {
  return new Writer(subject, limits).textOf(value, reach);
}

const isWellFormed: unknown = Reflect.get(String.prototype, "isWellFormed");

/** Whether a string holds a UTF-16 surrogate without its partner, which UTF-8 cannot carry. */
export const hasLoneSurrogate: (text: string) => boolean =
  typeof isWellFormed === "function" ? (text) => !isWellFormed.call(text) : (text) => /\p{Surrogate}/u.test(text);

// A JSON pointer is built from these only when there is something to report.
type Path = (string | number)[];

// Pieces of text that are joined at once, and keys whose quoted form is kept.
const PIECES = 4096;
const KEYS = 1000;

class Writer {
  readonly #subject: TextSubject;
  readonly #limits: TextLimits;
  readonly #path: Path = [];
  // The containers that the current value lies in, outermost first. Bounded by the nesting limit.
  readonly #ancestors: object[] = [];
  // Many small texts are joined now and then: adding each to one long text would leave a tree of pieces behind.
  readonly #pieces: string[] = [];
  readonly #chunks: string[] = [];
  #length = 0;
  // The keys of a document repeat.
  readonly #quotedKeys = new Map<string, string>();

  constructor(subject: TextSubject, limits: TextLimits) {
    this.#subject = subject;
    this.#limits = limits;
  }

  // Getters, proxies and `toJSON` are the caller's code: what they throw is reported with the path that was reached.
  textOf(value: unknown, reach: Reach): string {
    try {
      this.#write(value, "", reach);
    } catch (thrown) {
      if (thrown instanceof RegateError) throw thrown;
      this.#refuse(`a value that failed when it was read (${messageOf(thrown)})`, undefined, thrown);
    }
    this.#join();
    return this.#chunks.join("");
  }

  #join(): void {
    this.#chunks.push(this.#pieces.join(""));
    this.#pieces.length = 0;
  }

  // `key` is the property or index under which the value stands: `toJSON` receives it.
  #write(value: unknown, key: string | number, reach: Reach): void {
    const plain = withoutToJson(value, key);
    switch (typeof plain) {
      case "string":
        return this.#append(this.#quoted(plain));
      case "number":
        return this.#number(plain);
      case "boolean":
        return this.#append(plain ? "true" : "false");
      case "bigint":
        return this.#integer(plain);
      case "object":
        if (plain === null) return this.#append("null");
        return Array.isArray(plain) ? this.#array(plain, reach) : this.#object(plain, reach);
      case "undefined":
        return this.#refuse("undefined", "use null, or leave the property out of its object");
      case "function":
        return this.#refuse("a function");
      case "symbol":
        return this.#refuse("a symbol");
    }
  }

  // INVARIANT (length): the text is refused before it grows past the limit, so that shared references that unfold
  // into an exponential tree end here.
  #append(piece: string): void {
    this.#length += piece.length;
    if (this.#length > this.#limits.length) {
      const limit = { name: this.#subject.lengthLimit, value: this.#limits.length };
      throw new RegateError(
        "limit_exceeded",
        `${this.#subject.name} is larger than ${limit.value} bytes of JSON text`,
        { limit },
      );
    }
    if (this.#pieces.push(piece) === PIECES) this.#join();
  }

  #key(key: string): void {
    let quoted = this.#quotedKeys.get(key);
    if (quoted === undefined) {
      quoted = `${this.#quoted(key)}:`;
      if (this.#quotedKeys.size < KEYS) this.#quotedKeys.set(key, quoted);
    }
    this.#append(quoted);
  }

  #quoted(text: string): string {
    const quoted = JSON.stringify(text);
    // Half of a pair is always written as an escape: a text that was only quoted holds none.
    if (quoted.length !== text.length + 2 && hasLoneSurrogate(text)) {
      this.#refuse("a string with half of a surrogate pair", "repair the text with toWellFormed()");
    }
    return quoted;
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) this.#refuse(String(value));
    // The shortest text that reads back as the same number, which is also JSON.
    this.#append(Object.is(value, -0) ? "0" : String(value));
  }

  #integer(value: bigint): void {
    const text = value.toString();
    const { digits } = this.#limits;
    if (digits !== undefined && text.length - (value < 0n ? 1 : 0) > digits) {
      const message = `${this.#subject.name} holds a number of more than ${digits} digits`;
      throw new RegateError(this.#subject.code, message, { limit: { name: "number_digits", value: digits }, path: this.#pointer() });
    }
    this.#append(text);
  }

  #array(list: readonly unknown[], reach: Reach): void {
    this.#enter(list);
    this.#append("[");
    const length = reach === undefined || reach.hasRest ? list.length : 0;
    for (let i = 0; i < length; i++) {
      this.#path.push(i);
      if (i > 0) this.#append(",");
      if (!(i in list)) this.#refuse("a hole in an array", "fill the array, for example with null");
      this.#write(list[i], i, reach?.rest);
      this.#path.pop();
    }
    this.#append("]");
    this.#ancestors.pop();
  }

  #object(object: object, reach: Reach): void {
    const kind = kindOfObject(object);
    if (kind !== undefined) this.#refuse(kind.name, kind.help);
    this.#enter(object);
    this.#append("{");
    let first = true;
    for (const key of Object.keys(object)) {
      if (reach !== undefined && !isReadBelow(reach, key)) continue;
      this.#path.push(key);
      const value = withoutToJson(Reflect.get(object, key), key);
      if (value !== undefined) {
        if (!first) this.#append(",");
        first = false;
        this.#key(key);
        // `toJSON` was asked already: its result is written as it is, as JSON.stringify does.
        this.#writeOnce(value, key, reach === undefined ? undefined : readBelow(reach, key));
      }
      this.#path.pop();
    }
    this.#append("}");
    this.#ancestors.pop();
  }

  #writeOnce(value: unknown, key: string, reach: Reach): void {
    if (typeof value === "object" && value !== null) {
      if (Array.isArray(value)) this.#array(value, reach);
      else this.#object(value, reach);
    } else {
      this.#write(value, key, reach);
    }
  }

  #enter(container: object): void {
    if (this.#ancestors.includes(container)) this.#refuse("a cycle: the object contains itself");
    if (this.#ancestors.length >= this.#limits.nesting) {
      const limit = { name: "data_nesting", value: this.#limits.nesting };
      const message = `${this.#subject.name} nests arrays and objects more than ${limit.value} deep`;
      throw new RegateError(this.#subject.code, message, { limit, path: this.#pointer() });
    }
    this.#ancestors.push(container);
  }

  #pointer(): string {
    return this.#path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  }

  #refuse(what: string, help?: string, cause?: unknown): never {
    const path = this.#pointer();
    const where = path === "" ? this.#subject.name : `${this.#subject.name} at \`${shown(path)}\``;
    throw new RegateError(this.#subject.code, `${where} is not JSON: it is ${what}`, { path, help, cause });
  }
}

/** What stands for a value in JSON: itself, or what its `toJSON` gives. `key` is the property or index under which it stands. */
export function withoutToJson(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === "function" ? toJSON.call(value, String(key)) : value;
}

// A pointer may hold a lone surrogate or a megabyte: the sentence shows a readable part, `path` has all of it.
function shown(path: string): string {
  const readable = path.replaceAll(/\p{Surrogate}/gu, "\ufffd");
  return readable.length > 120 ? `${readable.slice(0, 117)}...` : readable;
}

const toText = Object.prototype.toString;

/** Whether an object is one of JSON. A prototype without a prototype is the `Object.prototype` of some realm. */
export function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === null) return true;
  return (prototype === Object.prototype || Object.getPrototypeOf(prototype) === null) && toText.call(object) === "[object Object]";
}

// Undefined for a plain object; else what it is.
function kindOfObject(object: object): { name: string; help: string } | undefined {
  if (isPlainObject(object)) return undefined;
  const tag = toText.call(object).slice(8, -1);
  switch (tag) {
    case "Map":
      return { name: "a Map", help: "convert it with Object.fromEntries(map)" };
    case "Set":
      return { name: "a Set", help: "convert it with [...set]" };
    case "Promise":
      return { name: "a Promise", help: "await it first" };
  }
  if (ArrayBuffer.isView(object) || tag.endsWith("ArrayBuffer")) {
    return {
      name: tag === "Uint8Array" || tag === "ArrayBuffer" ? `bytes (${tag}) inside a value` : `a typed array (${tag})`,
      help: "convert it with Array.from(array), or pass UTF-8 JSON text as a Uint8Array in place of the whole document",
    };
  }
  return { name: `an instance of ${nameOf(object, tag)}`, help: "pass a plain object, or give the class a toJSON method" };
}

function nameOf(object: object, tag: string): string {
  const constructor: unknown = Reflect.get(object, "constructor");
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : tag;
}
