// Reading what the command line names: bytes, JSON and Rego files, with a sentence for whatever cannot be read.

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { TextDecoder } from "node:util";
import type { Module } from "../wire.js";
import { CliFailure } from "./failure.js";

/** Standard input. */
export const STDIN = "-";

/** The bytes of a file, or of standard input for `-`. */
export async function readBytes(path: string, what: string): Promise<Uint8Array> {
  if (path === STDIN) return readStandardInput();
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new CliFailure(`${what} \`${path}\` ${reasonOf(thrown)}`);
  }
}

/** The text of a UTF-8 file, or of standard input for `-`. */
export async function readText(path: string, what: string): Promise<string> {
  const bytes = await readBytes(path, what);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CliFailure(`${what} \`${path}\` is not UTF-8 text`);
  }
}

/** The value of a JSON file. */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readText(path, what);
  try {
    return JSON.parse(text) as unknown;
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

/** The names of the entries of a folder, sorted. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (thrown) {
    throw new CliFailure(`the folder \`${folder}\` ${reasonOf(thrown)}`);
  }
}

/** The Rego modules of files and folders. A folder is walked to its end for `*.rego`. */
export async function readModules(paths: readonly string[]): Promise<Module[]> {
  const modules = new Map<string, Module>();
  for (const path of paths) {
    const files = isFolder(path) ? regoFilesUnder(path) : [path];
    if (files.length === 0) throw new CliFailure(`there is no *.rego file under \`${path}\``);
    for (const file of files) {
      if (!modules.has(file)) modules.set(file, { path: nameOf(file), source: await readText(file, "the policy") });
    }
  }
  return [...modules.values()];
}

/** What a file is called in diagnostics. */
export function nameOf(path: string): string {
  return path === STDIN ? "<stdin>" : path;
}

/** Whether a folder, or one inside it, is a policy set with settings. */
export function holdsPolicySet(path: string): boolean {
  return isFolder(path) && filesUnder(path, (name) => name === "policy-set.json").length > 0;
}

function regoFilesUnder(folder: string): string[] {
  return filesUnder(folder, (name) => name.endsWith(".rego"));
}

function filesUnder(folder: string, wanted: (name: string) => boolean): string[] {
  const files: string[] = [];
  for (const name of entriesOf(folder)) {
    // What begins with a dot is a tool's, and packages bring policies of their own.
    if (name.startsWith(".") || name === "node_modules") continue;
    const path = join(folder, name);
    if (isFolder(path)) files.push(...filesUnder(path, wanted));
    else if (wanted(name)) files.push(path);
  }
  return files;
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
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

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
