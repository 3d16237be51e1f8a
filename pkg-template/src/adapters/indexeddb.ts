// A store in IndexedDB, which every tab and worker of an origin shares and which outlives the page. Over the package `idb`.

import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPIndex, type IDBPTransaction } from "idb";
import { RegateError, messageOf } from "../errors.js";
import { jsonText } from "../json-value.js";
import { checkedListLimit, cursorOf, placeOf, type Place } from "../store-cursor.js";
import type { HostRecord, ListQuery, Page, RecordKey, Store } from "../store.js";
import type { Commit, Expectation, StoredRecord } from "../wire.js";

/** Where the records are. */
export interface IndexedDbOptions {
  /** The name of the database, which nobody else in the origin may use. Default: `regate`. */
  name?: string;
}

/** A store with a connection that can be closed. */
export interface IndexedDbStore extends Store {
  /** Closes the connection for good. A transaction that was begun is completed; every other call throws `store_closed`. */
  close(): void;
}

const DEFAULT_NAME = "regate";

/**
 * Makes a store in the browser's IndexedDB, for pages and for workers of every kind.
 *
 * The connection is opened at the first use. When another tab wants to delete the database or to change its layout, this one
 * lets go of it, once the commit that is being performed is done, and opens it again at the next use: after a deletion the
 * store is then empty. The same happens when the browser itself drops the connection, as when a person clears the site's data;
 * a commit that was being performed then throws, and may be sent again with the same `idempotency_key`.
 *
 * What goes wrong is thrown as `RegateError`:
 *
 * - `store_failed`: the browser refused or failed, with its words in the sentence and its exception as `cause`. So where data
 *   are not kept at all (some private modes), and where there is no room for more.
 * - `store_blocked`: the database does not open, because a tab of another program keeps it from being deleted or changed. It is
 *   used as soon as it does open.
 * - `input_not_json`, `limit_exceeded`: a value is not plain JSON, or is too deep or too large. Nothing of its commit is written.
 * - `malformed_request`: a commit, key or query that is none. `store_closed`: `close()` was called.
 *
 * A browser may delete what an origin keeps when the disk is full. Whether to ask it not to, with
 * `navigator.storage.persist()`, which may ask the person, is up to the page: the store never does.
 */
export function indexedDbStore(options: IndexedDbOptions = {}): IndexedDbStore {
  return new StoreInIndexedDb(new Connection(options.name ?? DEFAULT_NAME));
}

/**
 * Deletes a database with everything in it. Stores on it, in every tab, let go of it and find themselves empty.
 *
 * Versions begin again: what was read before does not belong into a commit after it. Where a tab of another program holds the
 * database, this throws `store_blocked`, and the browser deletes it when that tab is closed.
 */
export async function deleteStore(name: string = DEFAULT_NAME): Promise<void> {
  try {
    requireIndexedDb();
    await soonEnough(deleteDB(name), name);
  } catch (thrown) {
    throw storeFailure(name, thrown);
  }
}

/** A record as it lies in the database. */
interface Row {
  partition: string;
  kind: string;
  key: string;
  /** Counts the changes, from 1. */
  version: number;
  /** Null: deleted. */
  value: unknown;
  // INVARIANT (deleted): only a record that is not deleted has it. What lacks a part of an index's key is not in the index, so
  // that lists never touch what was deleted, however much that has become.
  listed_kind?: string;
}

interface Schema extends DBSchema {
  records: { key: [string, string, string]; value: Row; indexes: { [LISTED]: IDBValidKey[] } };
  commits: { key: [string, string]; value: { partition: string; idempotency_key: string } };
}

const LISTED = "listed";
const LAYOUT = 1;
type StoreNames = ("records" | "commits")[];
type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, StoreNames, Mode>;
type ListedIndex = IDBPIndex<Schema, StoreNames, "records", typeof LISTED>;

class StoreInIndexedDb implements IndexedDbStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async read(keys: readonly RecordKey[]): Promise<HostRecord[]> {
    const asked = listOf(keys, "").map((key, at) => [textOf(key, "partition", `/${at}`), ...pairOf(key, `/${at}`)] as const);
    return this.#connection.transact("readonly", async (transaction) => {
      const records = transaction.objectStore("records");
      const rows = await Promise.all(asked.map((key) => records.get([...key])));
      return rows.flatMap((row) => (row === undefined ? [] : [recordOf(row)]));
    });
  }

  async commit(commit: Commit): Promise<"ok" | "conflict"> {
    // INVARIANT (as it was called): all that the caller may change, or that may throw, is copied before anything is awaited.
    const partition = textOf(commit, "partition");
    const idempotencyKey = textOf(commit, "idempotency_key");
    const expect = listOf(commit.expect, "/expect").map((expectation, at) => expectationOf(expectation, `/expect/${at}`));
    const put = listOf(commit.put, "/put").map((record, at) => plainRecord(record, `/put/${at}`));
    const append = listOf(commit.append, "/append").map((record, at) => plainRecord(record, `/append/${at}`));

    // INVARIANT (one transaction): nothing but IndexedDB is awaited in it, or the browser ends it halfway. Those of all tabs
    // that write come one after the other, so what is compared here still holds when it is written.
    return this.#connection.transact("readwrite", async (transaction) => {
      const [records, commits] = [transaction.objectStore("records"), transaction.objectStore("commits")];
      if ((await commits.getKey([partition, idempotencyKey])) !== undefined) return "ok";

      const versions = new Map<string, number>();
      const touched = new Map([...expect, ...put, ...append].map(({ kind, key }) => [pairText(kind, key), { kind, key }]));
      const readVersion = async (id: string, kind: string, key: string): Promise<void> => {
        const row = await records.get([partition, kind, key]);
        if (row !== undefined) versions.set(id, row.version);
      };
      await Promise.all([...touched].map(([id, { kind, key }]) => readVersion(id, kind, key)));
      const isOther = ({ kind, key, version }: Expectation): boolean => versionText(versions.get(pairText(kind, key))) !== version;
      if (expect.some(isOther) || append.some(({ kind, key }) => versions.has(pairText(kind, key)))) return "conflict";

      const written = [...put, ...append].map(({ kind, key, value }) => {
        const version = (versions.get(pairText(kind, key)) ?? 0) + 1;
        versions.set(pairText(kind, key), version);
        return records.put({ partition, kind, key, version, value, ...(value === null ? {} : { listed_kind: kind }) });
      });
      await Promise.all([...written, commits.add({ partition, idempotency_key: idempotencyKey })]);
      return "ok";
    });
  }

  async list(query: ListQuery): Promise<Page> {
    const limit = checkedListLimit(query);
    const bounds = boundsOf(query);
    return this.#connection.transact("readonly", async (transaction) => {
      // One more than the page has tells whether anything follows.
      const rows = await listedRows(transaction.objectStore("records").index(LISTED), bounds, limit + 1);
      const records = rows.slice(0, limit).map(recordOf);
      return { records, cursor: cursorOf(records, rows.length > limit) };
    });
  }

  close(): void {
    this.#connection.close();
  }
}

/** A transaction, and the connection that it runs on. */
interface Begun<Mode extends "readonly" | "readwrite"> {
  transaction: Transaction<Mode>;
  opened: Promise<IDBPDatabase<Schema>>;
}

/** The one connection of a store: opened at the first use, and again when it was lost. */
class Connection {
  readonly #name: string;
  // Undefined: the next use opens.
  #database: Promise<IDBPDatabase<Schema>> | undefined;
  #isClosed = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** What a transaction answers, once the browser has completed it; or what went wrong, and then nothing of it is written. */
  async transact<Mode extends "readonly" | "readwrite", T>(mode: Mode, body: (transaction: Transaction<Mode>) => Promise<T>): Promise<T> {
    try {
      const first = await this.#begin(mode);
      try {
        return await answerOf(first.transaction, body);
      } catch (thrown) {
        // A browser that drops a connection ends what runs on it before it says so. A read changes nothing: it is made once more, on a new one.
        if (mode !== "readonly" || !WHEN_DROPPED.includes(nameOf(thrown) ?? "")) throw thrown;
        this.#letGo(first.opened);
        return await answerOf((await this.#begin(mode)).transaction, body);
      }
    } catch (thrown) {
      throw storeFailure(this.#name, thrown);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo(this.#database);
  }

  async #begin<Mode extends "readonly" | "readwrite">(mode: Mode): Promise<Begun<Mode>> {
    const begun = (database: IDBPDatabase<Schema>): Transaction<Mode> => {
      const names: StoreNames = mode === "readonly" ? ["records"] : ["records", "commits"];
      return database.transaction(names, mode, { durability: "strict" });
    };
    const opened = this.#opened();
    const database = await soonEnough(opened, this.#name);
    try {
      return { transaction: begun(database), opened };
    } catch (thrown) {
      // Lost since it was opened, and not every browser tells. Nothing was begun, so nothing is done twice.
      if (nameOf(thrown) !== "InvalidStateError") throw thrown;
      this.#letGo(opened);
      const again = this.#opened();
      return { transaction: begun(await soonEnough(again, this.#name)), opened: again };
    }
  }

  #opened(): Promise<IDBPDatabase<Schema>> {
    if (this.#isClosed) throw new RegateError("store_closed", `the store \`${this.#name}\` was closed`);
    if (this.#database !== undefined) return this.#database;
    requireIndexedDb();
    const database = openDB<Schema>(this.#name, LAYOUT, {
      upgrade: (created) => {
        created.createObjectStore("records", { keyPath: ["partition", "kind", "key"] }).createIndex(LISTED, ["listed_kind", "partition", "key"]);
        created.createObjectStore("commits", { keyPath: ["partition", "idempotency_key"] });
      },
      // Another tab waits for this: it would hang as long as this connection is open.
      blocking: () => this.#letGo(database),
      terminated: () => this.#letGo(database),
    });
    this.#database = database;
    // INVARIANT (another try): an opening that failed is not kept.
    database.catch(() => this.#letGo(database));
    return database;
  }

  #letGo(database: Promise<IDBPDatabase<Schema>> | undefined): void {
    if (this.#database === database) this.#database = undefined;
    // Closes when the transactions that were begun are done.
    database?.then((opened) => opened.close(), () => undefined);
  }
}

/** What a transaction has, once the browser has completed it. */
async function answerOf<Mode extends "readonly" | "readwrite", T>(transaction: Transaction<Mode>, body: (transaction: Transaction<Mode>) => Promise<T>): Promise<T> {
  // Awaited where the body does not fail; where it fails, nobody else would take note of it.
  transaction.done.catch(() => undefined);
  try {
    const answer = await body(transaction);
    // INVARIANT (acknowledged): nothing is "ok" before the browser says that it is written.
    await transaction.done;
    return answer;
  } catch (thrown) {
    // The transaction knows why it failed better than a request in it that failed with it.
    const cause = transaction.error ?? thrown;
    abort(transaction);
    throw cause;
  }
}

function abort(transaction: Transaction<"readonly" | "readwrite">): void {
  try {
    transaction.abort();
  } catch {
    // The browser has ended it already.
  }
}

const WAIT_SECONDS = 10;

// What waits for another tab never fails by itself: it waits until that tab is closed.
async function soonEnough<T>(opened: Promise<T>, name: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const blocked = new RegateError("store_blocked", `the database \`${name}\` did not become free within ${WAIT_SECONDS} seconds`, {
      help: "another tab may hold it: close the other tabs of this site",
    });
    timer = setTimeout(() => reject(blocked), WAIT_SECONDS * 1000);
  });
  try {
    return await Promise.race([opened, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function requireIndexedDb(): void {
  if (typeof indexedDB === "undefined" || indexedDB === null) {
    throw new RegateError("store_failed", "this platform has no IndexedDB", { help: "use this store in a browser, and another one elsewhere" });
  }
}

// What a request is told whose connection was dropped: on its way, or just before.
const WHEN_DROPPED = ["AbortError", "InvalidStateError"];
const DROPPED_HELP = "the browser dropped the connection: ask again, a commit with the same idempotency key";

const HELP: Readonly<Record<string, string>> = {
  ...Object.fromEntries(WHEN_DROPPED.map((name) => [name, DROPPED_HELP])),
  QuotaExceededError: "this site may keep no more in this browser, or its disk is full: delete what is not needed any more",
  VersionError: "a newer version of this program has changed the database: reload the page",
  NotFoundError: "the database was made by another program: choose another name",
  SecurityError: "this browser keeps no data for this page: allow it, or use a store in memory",
};

function storeFailure(name: string, thrown: unknown): RegateError {
  if (thrown instanceof RegateError) return thrown;
  const kind = nameOf(thrown);
  // Some exceptions of a browser have no words but their name.
  const sentence = messageOf(thrown).replaceAll(/\s+/g, " ").replace(/\.$/, "");
  const words = kind === undefined || kind === sentence ? sentence : `${kind}: ${sentence}`;
  return new RegateError("store_failed", `the browser failed on the database \`${name}\`: ${words}`, {
    cause: thrown,
    help: kind === undefined ? undefined : HELP[kind],
  });
}

function nameOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.name : undefined;
}

function recordOf({ partition, kind, key, version, value }: Row): HostRecord {
  return { partition, kind, key, version: String(version), value };
}

function versionText(version: number | undefined): string | null {
  return version === undefined ? null : String(version);
}

function pairText(kind: string, key: string): string {
  return JSON.stringify([kind, key]);
}

/** What a list is of, with texts that were checked. */
interface Bounds {
  kind: string;
  partition: string | undefined;
  from: string | undefined;
  to: string | undefined;
  after: Place | undefined;
}

function boundsOf(query: ListQuery): Bounds {
  const optional = (name: "partition" | "from" | "to"): string | undefined =>
    query[name] === undefined ? undefined : textOf(query, name);
  return {
    kind: textOf(query, "kind"),
    partition: optional("partition"),
    from: optional("from"),
    to: optional("to"),
    after: placeOf(query.cursor),
  };
}

// A list sorts after every text, and a list of fewer parts before one of more: `[kind, []]` is behind all records of a kind.
const BEHIND: IDBValidKey = [];

// Undefined where nothing can lie in it: IndexedDB would throw.
function rangeOf({ kind, partition, from, to, after }: Bounds): IDBKeyRange | undefined {
  const first = partition === undefined ? [kind] : [kind, partition, from ?? ""];
  const end: IDBValidKey[] = partition === undefined ? [kind, BEHIND] : [kind, partition, to ?? BEHIND];
  const last = after === undefined ? undefined : [kind, after.partition, after.key];
  // The cursor of another list may stand before this one.
  const isLater = last !== undefined && indexedDB.cmp(last, first) >= 0;
  const begin = isLater ? last : first;
  return indexedDB.cmp(begin, end) < 0 ? IDBKeyRange.bound(begin, end, isLater, true) : undefined;
}

async function listedRows(index: ListedIndex, bounds: Bounds, count: number): Promise<Row[]> {
  const { kind, partition, from, to } = bounds;
  const range = rangeOf(bounds);
  if (range === undefined || (from !== undefined && to !== undefined && from >= to)) return [];
  // The most that IndexedDB counts to.
  if (partition !== undefined || (from === undefined && to === undefined)) return index.getAll(range, Math.min(count, 2 ** 32 - 1));

  // Some keys of every partition: the cursor jumps over what lies between them.
  const rows: Row[] = [];
  let cursor = await index.openCursor(range);
  while (cursor !== null) {
    const row = cursor.value;
    if (from !== undefined && row.key < from) cursor = await cursor.continue([kind, row.partition, from]);
    else if (to !== undefined && row.key >= to) cursor = await cursor.continue([kind, row.partition, BEHIND]);
    else if (rows.push(row) === count) break;
    else cursor = await cursor.continue();
  }
  return rows;
}

// IndexedDB takes numbers, dates and lists as keys, too: they would be other records than those of the same text.
function textOf(holder: unknown, name: string, path = ""): string {
  const value: unknown = typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
  if (typeof value === "string") return value;
  throw new RegateError("malformed_request", `\`${name}\` must be a text`, { path: `${path}/${name}` });
}

function pairOf(holder: unknown, path: string): [kind: string, key: string] {
  return [textOf(holder, "kind", path), textOf(holder, "key", path)];
}

function listOf<T>(list: readonly T[], path: string): readonly T[] {
  if (Array.isArray(list)) return list;
  throw new RegateError("malformed_request", `${path === "" ? "what to read" : `\`${path.slice(1)}\``} must be a list`, { path });
}

function expectationOf(expectation: Expectation, path: string): Expectation {
  const [kind, key] = pairOf(expectation, path);
  return { kind, key, version: expectation.version === null ? null : textOf(expectation, "version", path) };
}

// The limits that the engine sets its documents.
const VALUE_LIMITS = { nesting: 512, length: 32 * 1024 * 1024 };

// A copy that is plain JSON. Structured clone keeps more, and other stores would not: a value is the same in all of them.
function plainRecord(record: StoredRecord, path: string): StoredRecord {
  const [kind, key] = pairOf(record, path);
  const { value } = record;
  const name = `the value of the record \`${key}\``;
  const text = jsonText(value, { code: "input_not_json", name, lengthLimit: "value_length" }, VALUE_LIMITS);
  // Documents for the engine may hold these two, values may not: they would not come back as they were put.
  JSON.stringify(value, (_, part: unknown) => {
    if (part === undefined) throw notPlain(name, "undefined", "use null, or leave the property out of its object");
    if (typeof part === "bigint") throw notPlain(name, "a BigInt", "use a number, or a string of its digits");
    return part;
  });
  return { kind, key, value: JSON.parse(text) as unknown };
}

function notPlain(name: string, what: string, help: string): RegateError {
  return new RegateError("input_not_json", `${name} is not JSON: it holds ${what}`, { help });
}
