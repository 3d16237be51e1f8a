// JS value -> JSON text. Refuses, with the path to it, everything that JSON cannot say, instead of changing it silently.

import { RegateError, messageOf } from "./errors.js";

/** How deep and how long the text may become. The engine holds the same limits against text that it is given. */
export interface TextLimits {
  /** Arrays and objects inside one another. */
  nesting: number;
  /** Length of the text in UTF-16 units, which is never more than its length in bytes. */
  length: number;
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

/** The JSON text of a JS value, or a `RegateError` with the JSON pointer of the value that has none. */
export function jsonText(value: unknown, subject: TextSubject, limits: TextLimits): string {
  const writer = new Writer(subject, limits);
  writer.write(value, "");
  return writer.text();
}

/** Whether a string holds a UTF-16 surrogate without its partner, which UTF-8 cannot carry. */
export function hasLoneSurrogate(text: string): boolean {
  const wellFormed: unknown = Reflect.get(String.prototype, "isWellFormed");
  return typeof wellFormed === "function" ? !wellFormed.call(text) : /\p{Surrogate}/u.test(text);
}

// A JSON pointer is built from these only when there is something to report.
type Path = (string | number)[];

class Writer {
  readonly #subject: TextSubject;
  readonly #limits: TextLimits;
  readonly #path: Path = [];
  // The containers that the current value lies in, outermost first. Bounded by the nesting limit.
  readonly #ancestors: object[] = [];
  #text = "";

  constructor(subject: TextSubject, limits: TextLimits) {
    this.#subject = subject;
    this.#limits = limits;
  }

  text(): string {
    return this.#text;
  }

  // `key` is the property under which the value stands: `toJSON` receives it.
  write(value: unknown, key: string): void {
    const plain = this.#withoutToJson(value, key);
    switch (typeof plain) {
      case "string":
        return this.#string(plain);
      case "number":
        return this.#number(plain);
      case "boolean":
        return this.#append(plain ? "true" : "false");
      case "bigint":
        return this.#append(plain.toString());
      case "object":
        if (plain === null) return this.#append("null");
        return Array.isArray(plain) ? this.#array(plain) : this.#object(plain);
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
    if (this.#text.length + piece.length > this.#limits.length) {
      const limit = { name: this.#subject.lengthLimit, value: this.#limits.length };
      throw new RegateError(
        "limit_exceeded",
        `${this.#subject.name} is larger than ${limit.value} bytes of JSON text`,
        { limit },
      );
    }
    this.#text += piece;
  }

  #string(text: string): void {
    if (hasLoneSurrogate(text)) {
      this.#refuse("a string with half of a surrogate pair", "repair the text with toWellFormed()");
    }
    this.#append(JSON.stringify(text));
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) this.#refuse(String(value));
    this.#append(JSON.stringify(value));
  }

  #array(list: readonly unknown[]): void {
    this.#enter(list);
    this.#append("[");
    for (let i = 0; i < list.length; i++) {
      this.#path.push(i);
      if (i > 0) this.#append(",");
      if (!(i in list)) this.#refuse("a hole in an array", "fill the array, for example with null");
      this.write(this.#read(list, i), String(i));
      this.#path.pop();
    }
    this.#append("]");
    this.#ancestors.pop();
  }

  #object(object: object): void {
    const kind = kindOfObject(object);
    if (kind !== undefined) this.#refuse(kind.name, kind.help);
    this.#enter(object);
    this.#append("{");
    let first = true;
    for (const key of this.#keys(object)) {
      this.#path.push(key);
      const value = this.#withoutToJson(this.#read(object, key), key);
      if (value !== undefined) {
        if (!first) this.#append(",");
        first = false;
        this.#string(key);
        this.#append(":");
        // `toJSON` was asked already: its result is written as it is, as JSON.stringify does.
        this.#writeOnce(value, key);
      }
      this.#path.pop();
    }
    this.#append("}");
    this.#ancestors.pop();
  }

  #writeOnce(value: unknown, key: string): void {
    if (typeof value === "object" && value !== null) {
      if (Array.isArray(value)) this.#array(value);
      else this.#object(value);
    } else {
      this.write(value, key);
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

  #withoutToJson(value: unknown, key: string): unknown {
    if (typeof value !== "object" || value === null) return value;
    const toJson = this.#read(value, "toJSON");
    if (typeof toJson !== "function") return value;
    try {
      return toJson.call(value, key);
    } catch (thrown) {
      return this.#refuse(`an object whose toJSON failed (${messageOf(thrown)})`, undefined, thrown);
    }
  }

  // Getters and proxies are the caller's code: what they throw is reported with its place.
  #read(object: object, key: string | number): unknown {
    try {
      return Reflect.get(object, key);
    } catch (thrown) {
      return this.#refuse(`an object whose property \`${key}\` failed (${messageOf(thrown)})`, undefined, thrown);
    }
  }

  #keys(object: object): string[] {
    try {
      return Object.keys(object);
    } catch (thrown) {
      return this.#refuse(`an object whose keys cannot be read (${messageOf(thrown)})`, undefined, thrown);
    }
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

// A pointer may hold a lone surrogate or a megabyte: the sentence shows a readable part, `path` has all of it.
function shown(path: string): string {
  const readable = path.replaceAll(/\p{Surrogate}/gu, "\ufffd");
  return readable.length > 120 ? `${readable.slice(0, 117)}...` : readable;
}

// Undefined for a plain object; else what it is. A prototype without a prototype is the `Object.prototype` of some realm.
function kindOfObject(object: object): { name: string; help: string } | undefined {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === null) return undefined;
  const tag = Object.prototype.toString.call(object).slice(8, -1);
  if (tag === "Object" && Object.getPrototypeOf(prototype) === null) return undefined;
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
