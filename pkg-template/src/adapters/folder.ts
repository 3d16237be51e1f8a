// A store in a folder of this machine, for Node: a file of JSON for each partition, replaced whole by each commit.

import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RegateError } from "../errors.js";
import type { Commit } from "../wire.js";
import type { HostRecord, ListQuery, Page, RecordKey, Store } from "../store.js";
import { checkedListLimit, cursorOf, placeOf, type Place } from "../store-cursor.js";
import { FolderLock } from "./folder/folder-lock.js";
import { PartitionFile, fileOfPartition, isPartitionFile, sweepUnfinished, type Partition } from "./folder/partition-file.js";
import { textOfValue } from "./value-text.js";

/** How a folder store works. */
export interface FolderStoreOptions {
  /** How long a commit waits for those of other processes, in milliseconds. Default 10,000. */
  waitMs?: number;
}

/**
 * Makes a store in a folder, which is made with the first commit. For command lines and small servers on one machine: a commit writes
 * all of its partition, and what is committed in the folder at the same time waits.
 *
 * Any number of processes of one machine may use the folder. What they read is whole: a file is replaced by another in one step, after
 * it is on the disk. A process that ends in between leaves the commit undone. The lock that it leaves is taken away: at once where it can
 * be seen that the process has ended; after 20 seconds where that cannot be seen, as in another container of the same host name or after a
 * restart; and never where the lock names another host. A commit that is held up for longer than that fails before it writes, unless it
 * is held up between its last look at the lock and the step that replaces the file.
 *
 * Values are JSON: what JSON cannot say is refused with `input_not_json` before anything is written. `folder_locked`: another process
 * has held the folder for all of `waitMs`, took the lock of this one away, or writes faster than this one reads. `folder_damaged`: a file
 * is none of this store's.
 */
export function folderStore(folder: string, options: FolderStoreOptions = {}): Store {
  return new FolderStore(folder, options.waitMs ?? 10_000);
}

/** How often several files are read again that were replaced while they were read. */
const MOST_ROUNDS = 100;

class FolderStore implements Store {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #files = new Map<string, PartitionFile>();

  constructor(folder: string, waitMs: number) {
    this.#folder = folder;
    this.#lock = new FolderLock(join(folder, "commit.lock"), waitMs);
  }

  read(keys: readonly RecordKey[]): HostRecord[] {
    const partitions = this.#ofOneMoment([...new Set(keys.map(({ partition }) => partition))]);
    const seen = new Set<string>();
    return keys.flatMap((key) => {
      const { partition, kind } = key;
      const id = JSON.stringify([partition, kind, key.key]);
      const kept = partitions.get(partition)?.records.get(kind)?.get(key.key);
      if (kept === undefined || seen.has(id)) return [];
      seen.add(id);
      return [recordOf(partition, kind, key.key, kept)];
    });
  }

  async commit(commit: Commit): Promise<"ok" | "conflict"> {
    // As it is now, and before anything waits: what cannot be written is thrown, whatever stands in the store.
    const written = [...commit.put, ...commit.append].map(({ kind, key, value }) => ({ kind, key, text: textOfValue(value) }));
    const { partition, idempotency_key } = commit;
    const expected = commit.expect.map(({ kind, key, version }) => ({ kind, key, version }));
    const appended = commit.append.map(({ kind, key }) => ({ kind, key }));
    mkdirSync(this.#folder, { recursive: true });
    return this.#lock.during((requireHeld) => {
      sweepUnfinished(this.#folder);
      const file = this.#file(partition);
      const before = file.read();
      if (before?.commits.has(idempotency_key) === true) return "ok";
      const versionOf = (kind: string, key: string): string | null => before?.records.get(kind)?.get(key)?.version ?? null;
      if (expected.some(({ kind, key, version }) => versionOf(kind, key) !== version)) return "conflict";
      if (appended.some(({ kind, key }) => versionOf(kind, key) !== null)) return "conflict";
      file.replace(before, { partition, idempotency_key, written }, requireHeld);
      return "ok";
    });
  }

  list(query: ListQuery): Page {
    const limit = checkedListLimit(query);
    const { kind, from, to } = query;
    const after = placeOf(query.cursor);
    const found: (Place & { record: HostRecord })[] = [];
    for (const [partition, { records }] of this.#listed(query.partition)) {
      if (after !== undefined && partition < after.partition) continue;
      for (const [key, kept] of records.get(kind) ?? []) {
        const isBehind = after === undefined || partition > after.partition || key > after.key;
        const isInRange = (from === undefined || key >= from) && (to === undefined || key < to);
        if (kept.text !== null && isBehind && isInRange) found.push({ partition, key, record: recordOf(partition, kind, key, kept) });
      }
    }
    found.sort((a, b) => (a.partition === b.partition ? byUnits(a.key, b.key) : byUnits(a.partition, b.partition)));
    const page = found.slice(0, limit);
    return { records: page.map(({ record }) => record), cursor: cursorOf(page, found.length > limit) };
  }

  #file(partition: string): PartitionFile {
    return this.#fileNamed(fileOfPartition(partition), partition);
  }

  #fileNamed(name: string, partition?: string): PartitionFile {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const file = new PartitionFile(join(this.#folder, name), partition);
    this.#files.set(name, file);
    return file;
  }

  // INVARIANT (one moment): where the files of several partitions are read, none of them was replaced meanwhile.
  #ofOneMoment(partitions: readonly string[]): Map<string, Partition> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const files = partitions.map((partition) => [partition, this.#file(partition)] as const);
      const read = files.map(([partition, file]) => [partition, file.read()] as const);
      if (partitions.length > 1 && files.some(([, file]) => file.wasReplaced())) continue;
      return new Map(read.flatMap(([partition, kept]) => (kept === undefined ? [] : [[partition, kept] as const])));
    }
    throw new RegateError("folder_locked", `the files in \`${this.#folder}\` are replaced faster than they are read together`, { help: "try it again" });
  }

  #listed(partition: string | undefined): [string, Partition][] {
    const files = partition === undefined ? namesIn(this.#folder).map((name) => this.#fileNamed(name)) : [this.#file(partition)];
    return files.flatMap((file) => {
      const kept = file.read();
      return kept === undefined ? [] : [[kept.partition, kept]];
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isPartitionFile);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}

function recordOf(partition: string, kind: string, key: string, { version, text }: { version: string; text: string | null }): HostRecord {
  return { partition, kind, key, version, value: text === null ? null : (JSON.parse(text) as unknown) };
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
