// Reading and writing what the command line names: bytes, JSON and Rego files, with a sentence for whatever cannot be.

import { closeSync, openSync, readSync, readdirSync, statSync, writeFileSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { TextDecoder, TextEncoder } from "node:util";
import { capabilities } from "../capabilities.js";
import { RegateError } from "../errors.js";
import { parseExactly } from "../json-answer.js";
import type { Module } from "../wire.js";
import { CliFailure } from "./failure.js";
import { printable, type Terminal } from "./terminal.js";

/** Standard input. */
export const STDIN = "-";

/** Refuses paths of which more than one is standard input: it can be read once. */
export function requireOneStandardInput(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === STDIN).length > 1) throw new CliFailure("only one of the files can be standard input");
}

/** The bytes of a file, or of standard input for `-`. */
export async function readBytes(path: string, what: string): Promise<Uint8Array> {
  const limit = { name: "input_bytes", value: capabilities().limits["input_bytes"] ?? 0 };
  // A pipe or a device may never end.
  const bytes = path === STDIN ? await readStandardInput(limit.value + 1) : readFile(path, what, limit.value + 1);
  if (bytes.length <= limit.value) return bytes;
  throw new RegateError("limit_exceeded", `${what} \`${nameOf(path)}\` is larger than ${limit.value} bytes`, { limit });
}

const CHUNK = 1 << 20;

function readFile(path: string, what: string, most: number): Uint8Array {
  try {
    const file = openSync(path, "r");
    try {
      const chunks: Buffer[] = [];
      for (let length = 0; length < most; ) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK, most - length));
        const read = readSync(file, chunk);
        if (read === 0) break;
        chunks.push(chunk.subarray(0, read));
        length += read;
      }
      return Buffer.concat(chunks);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    throw new CliFailure(`${what} \`${path}\` ${reasonOf(thrown)}`);
  }
}

/** The text of a file in UTF-8, or in UTF-16 with a byte order mark; of standard input for `-`. */
export async function readText(path: string, what: string): Promise<string> {
  return textOf(await readBytes(path, what), path, what);
}

/** The bytes of a JSON file for the engine, which takes UTF-8, out of a file that may be UTF-16 with a byte order mark. */
export async function readDocument(path: string, what: string): Promise<Uint8Array> {
  const bytes = await readBytes(path, what);
  return markedUtf16(bytes) === undefined ? bytes : new TextEncoder().encode(textOf(bytes, path, what));
}

/** The text that bytes of a file are. */
export function textOf(bytes: Uint8Array, path: string, what: string): string {
  const utf16 = markedUtf16(bytes);
  try {
    return new TextDecoder(utf16 ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    const encoding = utf16 === undefined ? "UTF-8 text" : "UTF-16 text, which its first bytes announce";
    throw new CliFailure(`${what} \`${nameOf(path)}\` is not ${encoding}; save it as UTF-8`);
  }
}

// The `>` of Windows PowerShell writes UTF-16 with its mark.
function markedUtf16([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return undefined;
}

// What is said of a document, and of nothing that a policy does.
const DOCUMENT_CODES = new Set(["input_not_json", "not_a_plan", "plan_is_a_stream", "plan_is_binary", "plan_errored"]);

/** Does something with the document of a file. What is wrong with the document is said with the name of the file. */
export function aboutFile<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    throw ofFile(path, thrown);
  }
}

/** The same for what is waited for. */
export async function aboutFileAsync<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw ofFile(path, thrown);
  }
}

function ofFile(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof RegateError)) return thrown;
  const isLimit = thrown.code === "limit_exceeded" && /^the (data|document|plan) /.test(thrown.message);
  if (!isLimit && !DOCUMENT_CODES.has(thrown.code)) return thrown;
  return new RegateError(thrown.code, `${nameOf(path)}: ${thrown.message}`, thrown);
}

/** The value of a JSON file, its integers as they are written. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readText(path, what);
  try {
    return parseExactly(text);
  } catch (thrown) {
    throw new CliFailure(`${what} \`${path}\` is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** The value of a JSON file that must be an array. */
export async function readJsonArray(path: string, what: string): Promise<unknown[]> {
  const value = await readJson(path, what);
  if (Array.isArray(value)) return value as unknown[];
  throw new CliFailure(`${what} \`${path}\` must hold a JSON array, and holds ${kindOf(value)}`);
}

/** The value of a JSON file that must be an object. */
export async function readJsonObject(path: string, what: string): Promise<{ [key: string]: unknown }> {
  const value = await readJson(path, what);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as { [key: string]: unknown };
  throw new CliFailure(`${what} \`${path}\` must hold a JSON object, and holds ${kindOf(value)}`);
}

/** Whether a path is a folder. Fails where there is nothing. */
export function isFolder(path: string): boolean {
  if (path === STDIN) return false;
  try {
    return statSync(path).isDirectory();
  } catch (thrown) {
    throw new CliFailure(`\`${path}\` ${reasonOf(thrown)}`);
  }
}

/** The entries of a folder, sorted by name. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    throw new CliFailure(`the folder \`${folder}\` ${reasonOf(thrown)}`);
  }
}

/** The Rego modules of files and folders. A folder is walked to its end for `*.rego`; what is left out there is noted. */
export async function readModules(paths: readonly string[], terminal: Terminal): Promise<Module[]> {
  const modules = new Map<string, Module>();
  for (const path of paths) {
    const files = isFolder(path) ? filesUnder(path, (name) => name.endsWith(".rego"), leftOutNote(terminal)) : [path];
    if (files.length === 0) throw new CliFailure(`there is no *.rego file under \`${path}\``);
    for (const file of files) {
      if (!modules.has(file)) modules.set(file, { path: nameOf(file), source: await readText(file, "the policy") });
    }
  }
  return [...modules.values()];
}

/** Says on standard error that something in a folder is left out, and why. */
export function leftOutNote({ err, errorPaint }: Terminal): (path: string, why: string) => void {
  return (path, why) => err(errorPaint.dim(`note: \`${printable(path)}\` is left out: ${why}`));
}

/** Writes a text in UTF-8 in the place of what a file holds. Its permissions stay, and a link stays a link. */
export function writeText(path: string, text: string, what: string): void {
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw new CliFailure(`${what} \`${path}\` ${unwrittenReason(thrown)}`);
  }
}

/** Writes bytes as a file, in the place of what it holds. */
export function writeBytes(path: string, bytes: Uint8Array, what: string): void {
  try {
    writeFileSync(path, bytes);
  } catch (thrown) {
    throw new CliFailure(`${what} \`${path}\` ${unwrittenReason(thrown)}`);
  }
}

/** What a file is called in diagnostics. */
export function nameOf(path: string): string {
  return path === STDIN ? "<stdin>" : path;
}

/** Whether a folder, or one inside it, is a policy set with settings. */
export function holdsPolicySet(path: string): boolean {
  return isFolder(path) && filesUnder(path, (name) => name === "policy-set.json", () => {}).length > 0;
}

/**
 * The files with names that are `wanted` in a folder and in those inside it.
 *
 * INVARIANT (end): the walk follows no link to a folder, which may lead out of it or back to where it began.
 */
export function filesUnder(
  folder: string,
  wanted: (name: string) => boolean,
  leftOut: (path: string, why: string) => void,
  ignored: (name: string) => boolean = () => false,
): string[] {
  const files: string[] = [];
  for (const entry of entriesOf(folder)) {
    const { name } = entry;
    // What begins with a dot is a tool's, and packages bring policies of their own.
    if (name.startsWith(".") || name === "node_modules" || ignored(name)) continue;
    const path = join(folder, name);
    const kind = entry.isSymbolicLink() ? linkedKind(path) : kindOfEntry(entry);
    if (kind === "folder" && !entry.isSymbolicLink()) files.push(...filesUnder(path, wanted, leftOut, ignored));
    else if (kind === "folder") leftOut(path, "it is a link to a folder; name the folder itself where it is meant");
    else if (!wanted(name)) continue;
    else if (kind === "file") files.push(path);
    else leftOut(path, kind);
  }
  return files;
}

// "file", "folder", or in words what it is instead.
function kindOfEntry(entry: { isFile(): boolean; isDirectory(): boolean }): string {
  if (entry.isDirectory()) return "folder";
  return entry.isFile() ? "file" : "it is no file";
}

function linkedKind(path: string): string {
  try {
    return kindOfEntry(statSync(path));
  } catch (thrown) {
    return `what it links to ${reasonOf(thrown)}`;
  }
}

async function readStandardInput(most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= most) break;
  }
  return Buffer.concat(chunks);
}

function reasonOf(thrown: unknown): string {
  switch ((thrown as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "does not exist";
    case "EISDIR":
      return "is a folder, where a file is needed";
    case "ENOTDIR":
      return "does not exist: a part of its path is a file";
    case "EACCES":
    case "EPERM":
      return "may not be read";
    case "ELOOP":
      return "cannot be read: its links lead in a circle";
    case "ERR_FS_FILE_TOO_LARGE":
      return "is too large";
    default:
      return `cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

function unwrittenReason(thrown: unknown): string {
  switch ((thrown as NodeJS.ErrnoException).code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "may not be written";
    case "ENOENT":
    case "ENOTDIR":
      return "cannot be written: its folder does not exist";
    case "EISDIR":
      return "cannot be written: it is a folder";
    case "ENOSPC":
      return "cannot be written: the disk is full";
    default:
      return `cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
