// What every store must do, as checks that run anywhere: in Node's test runner, in vitest, in a page. For adapters, ours and yours.

import type { HostRecord, ListQuery, Page, Store } from "./store.js";
import type { Commit, StoredRecord } from "./wire.js";

/**
 * Opens a store that serves a partition. Called more than once for a partition, it gives another handle on the same data
 * where the database has such (a second connection, tab or stub).
 */
export type OpenStore = (partition: string) => Store | Promise<Store>;

/** One promise of a store. */
export interface StoreCheck {
  /** What is promised, in a sentence. */
  name: string;
  /** Throws an `Error` that says what was broken. Writes into partitions of its own, with random names. */
  run(open: OpenStore): Promise<void>;
}

/**
 * Every promise of `Store`.
 *
 * ```js
 * for (const { name, run } of storeContract) test(name, () => run(() => myStore()));
 * ```
 */
export const storeContract: readonly StoreCheck[] = [
  check("a record that was never put is left out", async (open) => {
    const { store, partition } = await opened(open);
    equal(await store.read([{ partition, kind: "run", key: "none" }]), [], "what is read");
    equal(await store.list({ partition, kind: "run", limit: 10, cursor: null }), { records: [], cursor: null }, "the list");
  }),

  check("a record is read and listed as it was put", async (open) => {
    const { store, partition } = await opened(open);
    for (const [at, value] of VALUES.entries()) {
      const key = `value-${at}`;
      await put(store, partition, [{ kind: "run", key, value }]);
      const [record] = await store.read([{ partition, kind: "run", key }]);
      equal(record?.value, value, `value ${at}`);
      equal({ ...record, version: "", value: null }, { partition, kind: "run", key, version: "", value: null }, "the key");
      if (typeof record?.version !== "string" || record.version === "") throw new Error("a version is a string that is not empty");
    }
    const listed = await everything(store, { partition, kind: "run" });
    equal(listed.map(({ value }) => value), VALUES, "the listed values");
  }),

  check("keys of any text are told apart", async (open) => {
    const { store, partition } = await opened(open);
    await put(store, partition, KEYS.map((key) => ({ kind: "run", key, value: { key } })));
    for (const key of KEYS) equal((await one(store, partition, "run", key)).value, { key }, `the record \`${key}\``);
    const listed = await everything(store, { partition, kind: "run" });
    equal(listed.map(({ key }) => key).sort(), [...KEYS].sort(), "the listed keys");
  }),

  check("partitions and kinds are told apart", async (open) => {
    const [a, b] = [await opened(open), await opened(open)];
    await put(a.store, a.partition, [{ kind: "run", key: "k", value: "a" }, { kind: "audit", key: "k", value: "audit" }]);
    await put(b.store, b.partition, [{ kind: "run", key: "k", value: "b" }]);
    equal((await one(a.store, a.partition, "run", "k")).value, "a", "the record of the first partition");
    equal((await one(a.store, a.partition, "audit", "k")).value, "audit", "the record of the other kind");
    equal((await one(b.store, b.partition, "run", "k")).value, "b", "the record of the second partition");
    equal((await everything(a.store, { partition: a.partition, kind: "run" })).length, 1, "the records of the first partition");
  }),

  check("a version differs from every earlier one, also after a deletion", async (open) => {
    const { store, partition } = await opened(open);
    const versions = new Set<string>();
    for (const value of [1, 1, null, 1, null, null, 2]) {
      await put(store, partition, [{ kind: "run", key: "k", value }]);
      versions.add((await one(store, partition, "run", "k")).version);
    }
    equal(versions.size, 7, "the number of versions");
  }),

  check("a deleted record is read as null with its version, and is not listed", async (open) => {
    const { store, partition } = await opened(open);
    await put(store, partition, [{ kind: "run", key: "a", value: 1 }, { kind: "run", key: "b", value: 2 }]);
    await put(store, partition, [{ kind: "run", key: "a", value: null }]);
    const deleted = await one(store, partition, "run", "a");
    equal(deleted.value, null, "the deleted value");
    equal((await everything(store, { partition, kind: "run" })).map(({ key }) => key), ["b"], "the listed keys");
    const stale = { expect: [{ kind: "run", key: "a", version: null }], put: [{ kind: "run", key: "a", value: 3 }] };
    equal(await commit(store, partition, stale), "conflict", "a commit that expects it never to have been there");
    const fresh = { ...stale, expect: [{ kind: "run", key: "a", version: deleted.version }] };
    equal(await commit(store, partition, fresh), "ok", "a commit that expects the deletion");
  }),

  check("a commit that expects another version is a conflict, and writes nothing", async (open) => {
    const { store, partition } = await opened(open);
    await put(store, partition, [{ kind: "run", key: "a", value: 1 }]);
    const { version } = await one(store, partition, "run", "a");
    await put(store, partition, [{ kind: "run", key: "a", value: 2 }]);
    const write = { put: [{ kind: "run", key: "b", value: 1 }, { kind: "run", key: "a", value: 3 }], append: [{ kind: "audit", key: "x", value: 1 }] };
    for (const expected of [
      [{ kind: "run", key: "a", version }],
      [{ kind: "run", key: "a", version: null }],
      [{ kind: "run", key: "b", version }],
      [{ kind: "run", key: "b", version: null }, { kind: "run", key: "a", version }],
    ]) {
      equal(await commit(store, partition, { ...write, expect: expected }), "conflict", JSON.stringify(expected));
    }
    equal((await one(store, partition, "run", "a")).value, 2, "the record");
    equal(await store.read([{ partition, kind: "run", key: "b" }, { partition, kind: "audit", key: "x" }]), [], "the other records");
  }),

  check("a commit that expects what is there is performed whole", async (open) => {
    const { store, partition } = await opened(open);
    await put(store, partition, [{ kind: "run", key: "a", value: 1 }]);
    const { version } = await one(store, partition, "run", "a");
    const fields = {
      expect: [{ kind: "run", key: "a", version }, { kind: "run", key: "b", version: null }],
      put: [{ kind: "run", key: "a", value: 2 }, { kind: "run", key: "b", value: 3 }],
      append: [{ kind: "audit", key: "x", value: 4 }],
    };
    equal(await commit(store, partition, fields), "ok", "the commit");
    const keys = [["run", "a"], ["run", "b"], ["audit", "x"]].map(([kind = "", key = ""]) => ({ partition, kind, key }));
    const records = await store.read(keys);
    equal(keys.map(({ kind, key }) => records.find((record) => record.kind === kind && record.key === key)?.value), [2, 3, 4], "the records");
  }),

  check("an appended record is never replaced", async (open) => {
    const { store, partition } = await opened(open);
    const append = [{ kind: "audit", key: "x", value: 1 }];
    equal(await commit(store, partition, { append }), "ok", "the first");
    const again = { append: [{ kind: "audit", key: "x", value: 2 }], put: [{ kind: "run", key: "a", value: 1 }] };
    equal(await commit(store, partition, again), "conflict", "the second");
    equal((await one(store, partition, "audit", "x")).value, 1, "the record");
    equal(await store.read([{ partition, kind: "run", key: "a" }]), [], "what stood beside it");
  }),

  check("the same idempotency key again is ok, and changes nothing", async (open) => {
    const { store, partition } = await opened(open);
    const first = whole(partition, { expect: [{ kind: "run", key: "a", version: null }], put: [{ kind: "run", key: "a", value: 1 }] });
    equal(await store.commit(first), "ok", "the first");
    const { version } = await one(store, partition, "run", "a");
    equal(await store.commit(first), "ok", "the same again, whose expectation no longer holds");
    const other = { ...first, expect: [], put: [{ kind: "run", key: "a", value: 2 }] };
    equal(await store.commit(other), "ok", "another commit with the key");
    equal(await one(store, partition, "run", "a"), { partition, kind: "run", key: "a", version, value: 1 }, "the record");
  }),

  check("a commit that met a conflict may come again with its key", async (open) => {
    const { store, partition } = await opened(open);
    const stale = whole(partition, { expect: [{ kind: "run", key: "a", version: "never" }], put: [{ kind: "run", key: "a", value: 1 }] });
    equal(await store.commit(stale), "conflict", "the first");
    equal(await store.commit({ ...stale, expect: [] }), "ok", "the second");
    equal((await one(store, partition, "run", "a")).value, 1, "the record");
  }),

  check("an idempotency key counts in its partition alone", async (open) => {
    const [a, b] = [await opened(open), await opened(open)];
    const first = whole(a.partition, { put: [{ kind: "run", key: "k", value: 1 }] });
    equal(await a.store.commit(first), "ok", "the first");
    equal(await b.store.commit({ ...first, partition: b.partition }), "ok", "the second");
    equal((await one(b.store, b.partition, "run", "k")).value, 1, "the record of the second partition");
  }),

  check("of many commits that expect one version exactly one is performed", async (open) => {
    const { store, partition } = await opened(open);
    const stores = await Promise.all([store, open(partition), open(partition), store]);
    for (const version of [null, "there"]) {
      const expected = version === null ? null : (await one(store, partition, "run", "k")).version;
      const write = (value: number) => ({ expect: [{ kind: "run", key: "k", version: expected }], put: [{ kind: "run", key: "k", value }] });
      const answers = await Promise.all(range(12).map((at) => commit(stores[at % stores.length] ?? store, partition, write(at))));
      equal(answers.filter((answer) => answer === "ok").length, 1, `commits that were performed (expecting ${String(expected)})`);
      equal((await one(store, partition, "run", "k")).value, answers.indexOf("ok"), "the value of the one");
    }
  }),

  check("nothing is lost when many count at once", async (open) => {
    const { store, partition } = await opened(open);
    const stores = await Promise.all([store, open(partition), open(partition)]);
    const count = async (mine: Store): Promise<void> => {
      for (;;) {
        const [record] = await mine.read([{ partition, kind: "run", key: "count" }]);
        const value = ((record?.value as number | undefined) ?? 0) + 1;
        const fields = { expect: [{ kind: "run", key: "count", version: record?.version ?? null }], put: [{ kind: "run", key: "count", value }] };
        if ((await commit(mine, partition, fields)) === "ok") return;
      }
    };
    await Promise.all(range(15).map((at) => count(stores[at % stores.length] ?? store)));
    equal((await one(store, partition, "run", "count")).value, 15, "the count");
  }),

  check("one commit that is sent many times at once is performed once", async (open) => {
    const { store, partition } = await opened(open);
    const stores = await Promise.all([store, open(partition)]);
    const same = whole(partition, { expect: [{ kind: "run", key: "k", version: null }], put: [{ kind: "run", key: "k", value: 1 }], append: [{ kind: "audit", key: "x", value: 1 }] });
    const answers = await Promise.all(range(8).map((at) => (stores[at % stores.length] ?? store).commit(same)));
    equal(answers, range(8).map(() => "ok"), "the answers");
    const { version } = await one(store, partition, "run", "k");
    equal(await commit(store, partition, { expect: [{ kind: "run", key: "k", version }] }), "ok", "the version after it");
  }),

  check("a list has its records once, in order, however small its pages are", async (open) => {
    const { store, partition } = await opened(open);
    const keys = range(25).map((at) => `k-${String(at).padStart(2, "0")}`);
    await put(store, partition, shuffled(keys).map((key) => ({ kind: "run", key, value: key })));
    await put(store, partition, [{ kind: "other", key: "k-03", value: 0 }]);
    for (const limit of [1, 4, 25, 26, 100]) {
      const listed = await everything(store, { partition, kind: "run" }, limit);
      equal(listed.map(({ key }) => key), keys, `pages of ${limit}`);
    }
    const middle = await everything(store, { partition, kind: "run", from: "k-03", to: "k-07" }, 3);
    equal(middle.map(({ key }) => key), ["k-03", "k-04", "k-05", "k-06"], "from the first bound to before the second");
    equal((await everything(store, { partition, kind: "run", from: "k-24" }, 3)).map(({ key }) => key), ["k-24"], "without an end");
    equal((await everything(store, { partition, kind: "run", from: "k-09", to: "k-03" }, 3)), [], "bounds in the wrong order");
  }),

  check("keys of ASCII are in the order of their characters", async (open) => {
    const { store, partition } = await opened(open);
    const keys = ["", " ", "!", "/", "0", "10", "9", "A", "Z", "_", "a", "a/", "a/b", "a0", "aa", "z", "{", "~"];
    await put(store, partition, shuffled(keys).map((key) => ({ kind: "run", key, value: 1 })));
    equal((await everything(store, { partition, kind: "run" }, 5)).map(({ key }) => key), keys, "the order");
    equal((await everything(store, { partition, kind: "run", from: "a/", to: "a0" }, 5)).map(({ key }) => key), ["a/", "a/b"], "a folder");
  }),

  check("a record that is put between two pages disturbs no other", async (open) => {
    const { store, partition } = await opened(open);
    await put(store, partition, ["b", "d", "f"].map((key) => ({ kind: "run", key, value: key })));
    const first = await store.list({ partition, kind: "run", limit: 2, cursor: null });
    await put(store, partition, [{ kind: "run", key: "a", value: "a" }, { kind: "run", key: "d", value: null }]);
    const second = await store.list({ partition, kind: "run", limit: 2, cursor: first.cursor });
    equal([...first.records, ...second.records].map(({ key }) => key), ["b", "d", "f"], "the keys of both pages");
    equal(second.cursor, null, "the last cursor");
  }),

  check("a limit or cursor that makes no sense is refused", async (open) => {
    const { store, partition } = await opened(open);
    for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { limit: Number.NaN }, { cursor: "no cursor" }, { cursor: "[1]" }]) {
      const query: ListQuery = { partition, kind: "run", limit: 1, cursor: null, ...wrong };
      await rejects(async () => store.list(query), JSON.stringify(wrong));
    }
  }),

  check("a commit that cannot be written is thrown, and writes nothing", async (open) => {
    const { store, partition } = await opened(open);
    const put = [{ kind: "run", key: "a", value: 1 }, { kind: "run", key: "b", value: () => 1 }];
    await rejects(async () => commit(store, partition, { put }), "a function as a value");
    equal(await store.read([{ partition, kind: "run", key: "a" }]), [], "what stood beside it");
  }),

  check("large values and long commits are kept", async (open) => {
    const { store, partition } = await opened(open);
    const large = "ä".repeat(200_000);
    await put(store, partition, [{ kind: "run", key: "large", value: { large } }]);
    equal((await one(store, partition, "run", "large")).value, { large }, "the value");
    const many = range(150).map((at) => ({ kind: "event", key: String(at).padStart(3, "0"), value: at }));
    equal(await commit(store, partition, { append: many }), "ok", "a commit of 150 records");
    equal((await everything(store, { partition, kind: "event" })).map(({ value }) => value), range(150), "the records");
    const records = await store.read(many.map(({ kind, key }) => ({ partition, kind, key })));
    equal(records.length, 150, "the number of records that are read at once");
    const expected = records.map(({ kind, key, version }) => ({ kind, key, version }));
    equal(await commit(store, partition, { expect: expected, put: many.map((record) => ({ ...record, value: "new" })) }), "ok", "a commit that expects 150");
  }),
];

const VALUES: unknown[] = [
  { text: "plain", list: [1, 2.5, -0.125, true, false, null, [], {}] },
  "ünï😀\u0000\u2028\"'\\",
  0,
  -9007199254740991,
  1e300,
  false,
  "",
  [],
  {},
  // An own key that assignment would take for the prototype.
  JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "": 3, "10": 4, "9": 5}'),
];

const KEYS = ["", " ", "a", "A", "a ", "a/b", "a%2Fb", "a:b", "é", "e\u0301", "日本", "😀", "'; drop table records; --", "x".repeat(500), "10", "9", "null"];

function check(name: string, run: (open: OpenStore) => Promise<void>): StoreCheck {
  return { name, run };
}

async function opened(open: OpenStore): Promise<{ store: Store; partition: string }> {
  const partition = `contract/${crypto.randomUUID()}`;
  return { store: await open(partition), partition };
}

function whole(partition: string, fields: Partial<Commit>): Commit {
  return { partition, idempotency_key: crypto.randomUUID(), expect: [], put: [], append: [], ...fields };
}

async function commit(store: Store, partition: string, fields: Partial<Commit>): Promise<"ok" | "conflict"> {
  return store.commit(whole(partition, fields));
}

async function put(store: Store, partition: string, records: StoredRecord[]): Promise<void> {
  equal(await commit(store, partition, { put: records }), "ok", "a commit without expectations");
}

async function one(store: Store, partition: string, kind: string, key: string): Promise<HostRecord> {
  const [record, ...more] = await store.read([{ partition, kind, key }]);
  if (record === undefined || more.length > 0) throw new Error(`reading \`${kind}\` \`${key}\` gave ${record === undefined ? "no record" : "more than one"}`);
  return record;
}

async function everything(store: Store, query: Omit<ListQuery, "limit" | "cursor">, limit = 100): Promise<HostRecord[]> {
  const records: HostRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await store.list({ ...query, limit, cursor });
    if (page.records.length > limit) throw new Error(`a page of at most ${limit} records has ${page.records.length}`);
    records.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== null);
  return records;
}

async function rejects(call: () => Promise<unknown>, what: string): Promise<void> {
  let answer: unknown;
  try {
    answer = await call();
  } catch {
    return;
  }
  throw new Error(`${what}: must be thrown, and gave ${JSON.stringify(answer)}`);
}

function equal(actual: unknown, expected: unknown, what: string): void {
  const [is, must] = [canonical(actual), canonical(expected)];
  if (is !== must) throw new Error(`${what}: is ${brief(is)}, must be ${brief(must)}`);
}

function brief(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

// JSON text with sorted keys, in which an absent value differs from null.
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

// Neither in order nor in reverse, the same each time.
function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item, at) => ({ item, rank: (at * 7919) % 31 })).sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}
