// The file of a partition: read whole, kept while it is the same, and replaced in one step.

import { createHash, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RegateError } from "../../errors.js";

/** A record as it is kept: its value as JSON text, null where it was deleted. */
export interface Kept {
  version: string;
  text: string | null;
}

/** What a file says. */
export interface Partition {
  partition: string;
  /** The idempotency keys of all commits. */
  commits: ReadonlySet<string>;
  /** By kind, then key. */
  records: ReadonlyMap<string, ReadonlyMap<string, Kept>>;
}

/** What a commit writes. */
export interface Written {
  partition: string;
  idempotency_key: string;
  written: readonly { kind: string; key: string; text: string | null }[];
}

/** What was read, and of which file. */
interface Read {
  edition: string | undefined;
  kept: Partition | undefined;
}

const NOTHING: Read = { edition: undefined, kept: undefined };
const FORMAT = "regate-records-1";
const HEAD_BYTES = 64;

/** The file of a partition. Its name says it for people as far as a name may, and a digest tells apart what that does not. */
export function fileOfPartition(partition: string): string {
  const readable = partition.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60).toLowerCase();
  return `${readable}.${createHash("sha256").update(JSON.stringify(partition)).digest("hex").slice(0, 32)}.json`;
}

/** Whether a file of this name is one of a partition. */
export function isPartitionFile(name: string): boolean {
  return /^[a-z0-9_-]*\.[0-9a-f]{32}\.json$/.test(name);
}

/** Removes what commits left that did not come to their end. Whoever calls this holds the lock, so that none is on its way. */
export function sweepUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, whole = ""] = /^(.*)\.[0-9a-f-]{36}\.new$/.exec(name) ?? [];
    if (isPartitionFile(whole)) rmSync(join(folder, name), { force: true });
  }
}

/** One file. */
export class PartitionFile {
  readonly #path: string;
  readonly #partition: string | undefined;
  /** What was read last. */
  #last: Read = NOTHING;

  /** `partition` is whose file it is to be, where that is known. */
  constructor(path: string, partition?: string) {
    this.#path = path;
    this.#partition = partition;
  }

  /** What it says; undefined where there is none. */
  read(): Partition | undefined {
    this.#last = this.#opened(NOTHING, (file) => {
      const edition = editionOf(file);
      return edition !== undefined && edition === this.#last.edition ? this.#last : this.#checked(readFileSync(file, "utf8"));
    });
    return this.#last.kept;
  }

  /** Whether another file stands in the place of the one that was read last. */
  wasReplaced(): boolean {
    return this.#opened(undefined, editionOf) !== this.#last.edition;
  }

  /** Writes what a commit makes of it. Whoever calls this holds the lock, and `requireHeld` throws where it does so no more. */
  replace(before: Partition | undefined, { partition, idempotency_key, written }: Written, requireHeld: () => void): void {
    const records = new Map([...(before?.records ?? [])].map(([kind, keys]) => [kind, new Map(keys)]));
    for (const { kind, key, text } of written) {
      const keys = records.get(kind) ?? new Map<string, Kept>();
      records.set(kind, keys);
      keys.set(key, { version: String(Number(keys.get(key)?.version ?? 0) + 1), text });
    }
    const lines = [...records].flatMap(([kind, keys]) => [...keys].map(([key, { version, text }]) => JSON.stringify([kind, key, version, text])));
    const about = [partition, [...(before?.commits ?? []), idempotency_key]].map((part) => `${JSON.stringify(part)},\n`);
    replaceFile(this.#path, `["${FORMAT}","${randomUUID()}",\n${about.join("")}[\n${lines.join(",\n")}\n]]\n`, requireHeld);
  }

  #opened<T>(otherwise: T, act: (file: number) => T): T {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
      throw thrown;
    }
    try {
      return act(file);
    } finally {
      closeSync(file);
    }
  }

  #checked(text: string): Read {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Said below.
    }
    const [format, edition, partition, commits, lines] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
    const isWhole = format === FORMAT && typeof edition === "string" && typeof partition === "string" && isTexts(commits) && Array.isArray(lines) && lines.every(isLine);
    if (!isWhole || (this.#partition !== undefined && partition !== this.#partition)) {
      throw new RegateError("folder_damaged", `\`${this.#path}\` is no file of this store`, { help: "bring back a copy of it, or take it out of the folder" });
    }
    const records = new Map<string, Map<string, Kept>>();
    for (const [kind, key, version, value] of lines as [string, string, string, string | null][]) {
      const keys = records.get(kind) ?? new Map<string, Kept>();
      records.set(kind, keys.set(key, { version, text: value }));
    }
    return { edition, kept: { partition, commits: new Set(commits), records } };
  }
}

// Which file it is that is open: its first line says it. Numbers and times of files may be used again within a moment. What is read
// after this has all of the file.
function editionOf(file: number): string | undefined {
  const bytes = Buffer.alloc(HEAD_BYTES);
  const length = readSync(file, bytes, 0, HEAD_BYTES, 0);
  return /^\["regate-records-1","([0-9a-f-]{36})",\n/.exec(bytes.toString("latin1", 0, length))?.[1];
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isLine(line: unknown): boolean {
  if (!Array.isArray(line) || line.length !== 4) return false;
  const [kind, key, version, text] = line as unknown[];
  return isTexts([kind, key, version]) && (text === null || typeof text === "string");
}

/** Puts a text in the place of a file: whoever reads sees the old text or the new one, also after the machine has stopped. */
function replaceFile(path: string, text: string, requireHeld: () => void): void {
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    const file = openSync(fresh, "wx");
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    requireHeld();
    renameSync(fresh, path);
  } catch (thrown) {
    rmSync(fresh, { force: true });
    throw thrown;
  }
  syncFolder(dirname(path));
}

function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, "r");
  } catch {
    // Where folders cannot be opened, the system keeps their entries by itself.
    return;
  }
  try {
    fsyncSync(handle);
  } catch {
    // The same.
  } finally {
    closeSync(handle);
  }
}
