// Documents of data: one for all, or those of folders put together, each under the path of its folder.

import { RegateError } from "../errors.js";
import { parseExactly } from "../json-answer.js";
import { CliFailure } from "./failure.js";
import { aboutFile, nameOf, readDocument, textOf } from "./files.js";
import { isYaml, yamlValue } from "./yaml.js";

/** The document of one file, and the keys under which it stands. */
export interface DataFile {
  path: string;
  at: readonly string[];
  bytes: Uint8Array;
}

/** The data of a command. */
export interface Data {
  /** The bytes of JSON text, or a value; absent where there is none. */
  document: Uint8Array | object | undefined;
  /** Does something with it. What is wrong with it is said with the name of the file that says it. */
  about<T>(act: () => T): T;
}

/** The files of folders that are data. */
export const DATA_FILES: readonly string[] = ["data.json", "data.yaml", "data.yml"];

/** Reads a document. */
export async function readDataFile(path: string, at: readonly string[]): Promise<DataFile> {
  return { path, at, bytes: await readDocument(path, "the data") };
}

/** Puts documents together. What two of them say, where not both say it with an object, is refused. */
export function dataOf(files: readonly DataFile[]): Data {
  const [first, ...more] = files;
  if (first === undefined) return { document: undefined, about: (act) => act() };
  if (more.length === 0) {
    // As it is written: its numbers are not read here.
    const document = first.at.length === 0 && !isYaml(first.path) ? first.bytes : new Together(files).whole;
    const filesOf = (error: RegateError): string[] => (pathOfConflict(error) === undefined ? [] : [first.path]);
    return { document, about: (act) => aboutFile(first.path, () => withFiles(filesOf, act)) };
  }
  const together = new Together(files);
  return { document: together.whole, about: (act) => withFiles((error) => together.filesOf(error), act) };
}

// How the engine says that data stand where a rule does, or where rules stand below.
const CONFLICT = /^(?:conflicting rule for data path (.*) found|the data path (.*) holds no object, and rules stand below it)$/s;

function pathOfConflict({ code, message }: RegateError): string | undefined {
  const [, rule, above] = (code === "rego_compile_error" ? CONFLICT.exec(message) : null) ?? [];
  return rule ?? above;
}

function withFiles<T>(filesOf: (error: RegateError) => readonly string[], act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (!(thrown instanceof RegateError)) throw thrown;
    const files = filesOf(thrown).map(nameOf);
    if (files.length === 0) throw thrown;
    throw new RegateError(thrown.code, `${files.join(" and ")}: ${thrown.message}`, thrown);
  }
}

type JsonObject = Record<string, unknown>;

class Together {
  readonly whole: JsonObject = {};
  // Which file a value is of, by the path where it was put.
  readonly #origins = new Map<string, string>();

  constructor(files: readonly DataFile[]) {
    for (const file of files) this.#add(file);
  }

  /** The files that an error is about; none where it does not say. */
  filesOf(error: RegateError): string[] {
    const path = pathOfConflict(error);
    if (path !== undefined) return this.#filesAt(path);
    const file = error.code === "input_not_json" && error.path !== undefined ? this.#origin(keysOf(error.path)) : "";
    return file === "" ? [] : [file];
  }

  // The file whose value stands at a path, and those that have put more below.
  #filesAt(path: string): string[] {
    const keys = keysOfPath(this.whole, path);
    const below = `${JSON.stringify(keys).slice(0, -1)},`;
    const files = [...this.#origins].filter(([place]) => place.startsWith(below)).map(([, file]) => file);
    return [...new Set([this.#origin(keys), ...files])].filter((file) => file !== "");
  }

  #add(file: DataFile): void {
    let value = valueOf(file);
    for (const key of file.at.toReversed()) value = put({}, key, value);
    if (!isObject(value)) throw new CliFailure(`the data \`${nameOf(file.path)}\` must hold an object`);
    // A list of what is to be done, because a file may nest deeper than this could call itself.
    const waiting: { into: JsonObject; from: JsonObject; path: readonly string[] }[] = [{ into: this.whole, from: value, path: [] }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { into, from, path } = next;
      for (const [key, value] of Object.entries(from)) {
        const place = [...path, key];
        const known = Object.hasOwn(into, key) ? into[key] : undefined;
        if (known === undefined) {
          put(into, key, value);
          this.#origins.set(JSON.stringify(place), file.path);
        } else if (isObject(known) && isObject(value)) {
          waiting.push({ into: known, from: value, path: place });
        } else {
          throw new CliFailure(`\`${nameOf(this.#origin(place))}\` and \`${nameOf(file.path)}\` both say what \`data.${place.join(".")}\` is`);
        }
      }
    }
  }

  // What stands at a path was put there or above.
  #origin(path: readonly string[]): string {
    for (let length = path.length; length > 0; length--) {
      const origin = this.#origins.get(JSON.stringify(path.slice(0, length)));
      if (origin !== undefined) return origin;
    }
    return "";
  }
}

function valueOf({ path, bytes }: DataFile): unknown {
  const text = textOf(bytes, path, "the data");
  if (isYaml(path)) return yamlValue(text, `the data \`${path}\``);
  try {
    return parseExactly(text);
  } catch (thrown) {
    throw new CliFailure(`the data \`${nameOf(path)}\` is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

// As a property of its own, also where the key is `__proto__`.
function put(object: JsonObject, key: string, value: unknown): JsonObject {
  return Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

// The keys on the way to a value, from a path that does not tell a slash in a key from one between keys.
function keysOfPath(whole: JsonObject, path: string): string[] {
  const waiting: { value: unknown; keys: string[]; from: number }[] = [{ value: whole, keys: [], from: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, keys, from } = next;
    if (from > path.length) return keys;
    // The shortest key is tried first, and so put last.
    for (let end = path.length; end >= from && isObject(value); end = end === 0 ? -1 : path.lastIndexOf("/", end - 1)) {
      const key = path.slice(from, end);
      if (Object.hasOwn(value, key)) waiting.push({ value: value[key], keys: [...keys, key], from: end + 1 });
    }
  }
  return [];
}

// Of a JSON pointer.
function keysOf(pointer: string): string[] {
  return pointer.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
