// Documents of data: one for all, or those of folders put together, each under the path of its folder.

import { capabilities } from "../authoring.js";
import { RegateError } from "../errors.js";
import { parseExactly } from "../json-answer.js";
import { compile } from "../policy.js";
import { CliFailure } from "./failure.js";
import { aboutFile, nameOf, readDocument, textOf } from "./files.js";

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
  /** Does something with it. What is wrong with it is said with the name of its file, where it is of one file. */
  about<T>(act: () => T): T;
}

const YAML = ["data.yaml", "data.yml"];

/** Whether a file of this name in a folder is data. */
export function isDataFile(name: string): boolean {
  return name === "data.json" || YAML.includes(name);
}

/** Reads a document. */
export async function readDataFile(path: string, at: readonly string[]): Promise<DataFile> {
  return { path, at, bytes: await readDocument(path, "the data") };
}

/** Puts documents together. What two of them say, where not both say it with an object, is refused. */
export function dataOf(files: readonly DataFile[]): Data {
  const [first, ...more] = files;
  if (first === undefined) return { document: undefined, about: (act) => act() };
  // As it is written: its numbers are not read here.
  if (more.length === 0 && first.at.length === 0 && !isYaml(first.path)) {
    return { document: first.bytes, about: (act) => aboutFile(first.path, act) };
  }
  const together = new Together();
  for (const file of files) together.add(file);
  return { document: together.whole, about: (act) => act() };
}

type JsonObject = Record<string, unknown>;

class Together {
  readonly whole: JsonObject = {};
  // Which file a value is of, by the path where it was put.
  readonly #origins = new Map<string, string>();

  add(file: DataFile): void {
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
  if (isYaml(path)) return yamlValue(path, text);
  try {
    return parseExactly(text);
  } catch (thrown) {
    throw new CliFailure(`the data \`${nameOf(path)}\` is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function isYaml(path: string): boolean {
  return YAML.some((name) => path.endsWith(name));
}

// Read by the builtin of Rego, so that there is one reading of YAML.
function yamlValue(path: string, text: string): unknown {
  if (capabilities().builtins.find(({ name }) => name === "yaml.unmarshal")?.available !== true) {
    throw new CliFailure(`the data \`${path}\` is YAML, which this build does not read: write it as data.json, or leave it out with --ignore`);
  }
  const { policy } = compile("package yaml_file\n\nvalue := yaml.unmarshal(input)\n");
  try {
    const answer = policy?.evaluate("yaml_file/value", JSON.stringify(text), { numbers: "exact", strictBuiltinErrors: true });
    return answer?.value;
  } catch (thrown) {
    if (!(thrown instanceof RegateError) || thrown.code !== "eval_builtin_error") throw thrown;
    throw new CliFailure(`the data \`${path}\` is not YAML: ${thrown.message}`);
  } finally {
    policy?.free();
  }
}

// As a property of its own, also where the key is `__proto__`.
function put(object: JsonObject, key: string, value: unknown): JsonObject {
  return Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
