// The store in IndexedDB in Chromium: the contract of every store, two tabs, what a browser takes away, and a run that waits.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { indexedDbStore } from "regate/adapters/indexeddb";
import { storeContract } from "regate/store-contract";
import { build } from "vite";
import { rejectsCode } from "../js/regate-error.mjs";
import { needsChromium, openBrowser, ready, root } from "./chromium.mjs";

/** Builds the page of the tests with a bundler, as users do. */
async function buildStorePage() {
  await mkdir(join(root, "target"), { recursive: true });
  const folder = await mkdtemp(join(root, "target", "store-page-"));
  await build({
    configFile: false,
    root: join(root, "tests", "browser", "store-page"),
    base: "./",
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  });
  return folder;
}

const PATH = "/store-page/index.html";
// The same page in a place where the browser keeps no data: an origin that is equal to no other.
const OPAQUE = "/opaque/store-page/index.html";
const OPAQUE_HEADERS = { "content-security-policy": "sandbox allow-scripts", "access-control-allow-origin": "*" };

describe("the store in IndexedDB", needsChromium(), () => {
  let browser;
  let folder;

  before(async () => {
    folder = await buildStorePage();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** A page of the store in an empty profile, and a way to more tabs of it. */
  async function openTab(options = {}) {
    const fileOf = (route) => join(folder, new URL(route.request().url()).pathname.split("/store-page/")[1]);
    const opened = await browser.open({
      path: PATH,
      before: async (context) => {
        await context.route("**/store-page/**", (route) => route.fulfill({ path: fileOf(route) }));
        await context.route("**/opaque/store-page/**", async (route) => {
          const contentType = route.request().url().endsWith(".wasm") ? "application/wasm" : undefined;
          await route.fulfill({ path: fileOf(route), headers: OPAQUE_HEADERS, ...(contentType && { contentType }) });
        });
      },
      ...options,
    });
    const anotherTab = async () => {
      const page = await opened.context.newPage();
      await page.goto(browser.origin + PATH);
      await ready(page);
      return page;
    };
    return { ...opened, anotherTab };
  }

  /** Performs the steps in an empty profile, and checks what the page did behind its back. */
  async function visit(steps, options) {
    const opened = await openTab(options);
    await steps(opened);
    await opened.close();
  }

  describe("keeps the contract of every store", () => {
    let opened;
    before(async () => {
      opened = await openTab();
    });
    after(() => opened?.close());

    storeContract.forEach(({ name }, at) => {
      it(name, () =>
        opened.page.evaluate(async (index) => {
          const stores = [];
          const open = () => stores[stores.push(page.indexedDbStore()) - 1];
          await page.storeContract[index].run(open);
          for (const store of stores) store.close();
        }, at));
    });
  });

  describe("keeps it between two tabs", () => {
    let opened;
    before(async () => {
      opened = await openTab();
      const other = await opened.anotherTab();
      await other.evaluate(() => page.serveStore(page.indexedDbStore(), "other tab"));
      await opened.page.evaluate(() => {
        const stores = [page.indexedDbStore(), page.storeOfOtherTab("other tab")];
        // A check that opens one store gets this tab's; one that opens more gets those of both tabs, in turn.
        globalThis.opened = new Map();
        globalThis.open = (partition) => {
          const calls = globalThis.opened.get(partition) ?? 0;
          globalThis.opened.set(partition, calls + 1);
          return stores[calls % 2];
        };
      });
    });
    after(() => opened?.close());

    storeContract.forEach(({ name }, at) => {
      it(name, () => opened.page.evaluate((index) => page.storeContract[index].run(globalThis.open), at));
    });

    it("of which some have used both", async () => {
      assert.ok(await opened.page.evaluate(() => [...globalThis.opened.values()].filter((calls) => calls > 1).length >= 3));
    });
  });

  it("loses nothing when two tabs count one record up, a hundred times each", () =>
    visit(async ({ page: first, anotherTab }) => {
      const second = await anotherTab();
      const count = (tab) => tab.evaluate(() => page.countUp(page.indexedDbStore(), "p", 100));
      await Promise.all([count(first), count(second)]);
      const records = await first.evaluate(() => page.indexedDbStore().read([{ partition: "p", kind: "run", key: "count" }]));
      assert.deepEqual(records, [{ partition: "p", kind: "run", key: "count", version: "200", value: 200 }]);
    }));

  it("has what was put after the page is loaded again, and knows which commits it performed", () =>
    visit(async ({ page: tab }) => {
      const commit = { partition: "p", idempotency_key: "once", expect: [], put: [{ kind: "run", key: "a", value: { list: [1, null] } }], append: [] };
      const perform = () => tab.evaluate((whole) => page.indexedDbStore().commit(whole), commit);
      const read = () => tab.evaluate(() => page.indexedDbStore().read([{ partition: "p", kind: "run", key: "a" }]));
      assert.equal(await perform(), "ok");
      const before = await read();
      assert.deepEqual(before, [{ partition: "p", kind: "run", key: "a", version: "1", value: { list: [1, null] } }]);
      await tab.reload();
      await ready(tab);
      assert.deepEqual(await read(), before);
      assert.equal(await perform(), "ok");
      assert.deepEqual(await read(), before, "a repeated commit changes nothing");
    }));

  it("keeps databases of different names apart", () =>
    visit(async ({ page: tab }) => {
      const read = await tab.evaluate(async () => {
        const [a, b] = [page.indexedDbStore({ name: "a" }), page.indexedDbStore({ name: "b" })];
        await a.commit(page.commitOf("p", { put: [{ kind: "run", key: "k", value: 1 }] }));
        return b.read([{ partition: "p", kind: "run", key: "k" }]);
      });
      assert.deepEqual(read, []);
    }));

  describe("lists", () => {
    it("records of all partitions in order, with bounds and small pages", () =>
      visit(async ({ page: tab }) => {
        const list = (query, limit) =>
          tab.evaluate(
            async ([asked, size]) => {
              const store = page.indexedDbStore();
              const pages = [];
              let cursor = null;
              do {
                const { records, cursor: next } = await store.list({ kind: "run", ...asked, limit: size, cursor });
                pages.push(records.map(({ partition, key }) => `${partition}:${key}`));
                cursor = next;
              } while (cursor !== null);
              return pages;
            },
            [query, limit],
          );
        await tab.evaluate(async () => {
          const store = page.indexedDbStore();
          for (const partition of ["b", "a", "a/b", ""]) {
            const put = ["k3", "k1", "k4", "k2"].map((key) => ({ kind: "run", key, value: 1 }));
            await store.commit(page.commitOf(partition, { put: [...put, { kind: "audit", key: "k2", value: 1 }] }));
          }
          await store.commit(page.commitOf("a", { put: [{ kind: "run", key: "k2", value: null }] }));
        });
        const keys = { "": ["k1", "k2", "k3", "k4"], a: ["k1", "k3", "k4"], "a/b": ["k1", "k2", "k3", "k4"], b: ["k1", "k2", "k3", "k4"] };
        const expected = (isIn) => Object.entries(keys).flatMap(([partition, all]) => all.filter(isIn).map((key) => `${partition}:${key}`));
        for (const limit of [1, 2, 3, 100]) {
          assert.deepEqual((await list({}, limit)).flat(), expected(() => true));
          assert.deepEqual((await list({ from: "k2" }, limit)).flat(), expected((key) => key >= "k2"));
          assert.deepEqual((await list({ to: "k3" }, limit)).flat(), expected((key) => key < "k3"));
          assert.deepEqual((await list({ from: "k2", to: "k4" }, limit)).flat(), expected((key) => key >= "k2" && key < "k4"));
          assert.deepEqual((await list({ partition: "a", from: "k2" }, limit)).flat(), ["a:k3", "a:k4"]);
        }
        assert.deepEqual(await list({}, Number.MAX_SAFE_INTEGER), [expected(() => true)]);
        assert.deepEqual(await list({ from: "k4", to: "k2" }, 2), [[]]);
        assert.deepEqual(await list({ from: "k2", to: "k2" }, 2), [[]]);
        assert.deepEqual(await list({ partition: "a", from: "k4", to: "k2" }, 2), [[]]);
        const full = await list({ from: "k2", to: "k4" }, 2);
        assert.deepEqual(full.map((records) => records.length), [2, 2, 2, 1], "every page is full but the last");
      }));

    it("from where the cursor of another list stands", () =>
      visit(async ({ page: tab }) => {
        const keys = await tab.evaluate(async () => {
          const store = page.indexedDbStore();
          await store.commit(page.commitOf("m", { put: ["a", "b"].map((key) => ({ kind: "run", key, value: 1 })) }));
          const from = (cursor) => store.list({ partition: "m", kind: "run", limit: 9, cursor: JSON.stringify(cursor) });
          const pages = await Promise.all([["a", "z"], ["m", "a"], ["m", "b"], ["z", "a"]].map(from));
          return pages.map(({ records }) => records.map(({ key }) => key).join());
        });
        assert.deepEqual(keys, ["a,b", "b", "", ""]);
      }));

    it("without touching what was deleted, and no more than a page needs", () =>
      visit(async ({ page: tab }) => {
        const { inIndex, inStore, asked } = await tab.evaluate(async () => {
          const store = page.indexedDbStore();
          const put = (value) => Array.from({ length: 300 }, (_, at) => ({ kind: "outbox", key: String(at), value }));
          await store.commit(page.commitOf("p", { put: put("to be told") }));
          await store.commit(page.commitOf("p", { put: put(null) }));
          await store.commit(page.commitOf("p", { put: put("again").slice(0, 5) }));
          const asked = [];
          const getAll = IDBIndex.prototype.getAll;
          IDBIndex.prototype.getAll = function (range, count) {
            asked.push(count);
            return getAll.call(this, range, count);
          };
          for (const partition of [undefined, "p"]) await store.list({ ...(partition && { partition }), kind: "outbox", limit: 3, cursor: null });
          const records = (await page.foreignConnection("regate")).transaction("records").objectStore("records");
          const counted = (source) => new Promise((resolve) => (source.count().onsuccess = ({ target }) => resolve(target.result)));
          return { inIndex: await counted(records.index("listed")), inStore: await counted(records), asked };
        });
        assert.deepEqual({ inIndex, inStore, asked }, { inIndex: 5, inStore: 300, asked: [4, 4] });
      }));
  });

  describe("when another tab is in the way", () => {
    it("a database that it deletes is let go of, and begins again", () =>
      visit(async ({ page: tab, anotherTab }) => {
        await tab.evaluate(async () => {
          globalThis.store = page.indexedDbStore();
          for (const value of [1, 2]) await store.commit(page.commitOf("p", { put: [{ kind: "run", key: "a", value }] }));
        });
        const other = await anotherTab();
        const waited = await other.evaluate(async () => {
          const began = performance.now();
          await page.deleteStore();
          return performance.now() - began;
        });
        assert.ok(waited < 5000, `deleted in ${waited} ms`);
        const after = await tab.evaluate(async () => {
          const read = await store.read([{ partition: "p", kind: "run", key: "a" }]);
          const put = [{ kind: "run", key: "a", value: 3 }];
          const stale = await store.commit(page.commitOf("p", { expect: [{ kind: "run", key: "a", version: "2" }], put }));
          const fresh = await store.commit(page.commitOf("p", { expect: [{ kind: "run", key: "a", version: null }], put }));
          return { read, stale, fresh };
        });
        assert.deepEqual(after, { read: [], stale: "conflict", fresh: "ok" });
        const seen = await other.evaluate(() => page.indexedDbStore().read([{ partition: "p", kind: "run", key: "a" }]));
        assert.deepEqual(seen.map(({ value, version }) => [value, version]), [[3, "1"]]);
      }));

    it("commits go on while it deletes again and again", () =>
      visit(async ({ page: tab, anotherTab }) => {
        const other = await anotherTab();
        const committing = tab.evaluate(async () => {
          const store = page.indexedDbStore();
          const answers = new Set();
          globalThis.isOver = false;
          while (!globalThis.isOver) {
            const put = Array.from({ length: 20 }, (_, at) => ({ kind: "run", key: String(at), value: "x".repeat(1000) }));
            answers.add(await store.commit(page.commitOf("p", { put })));
            // Whole or not at all: a deletion never leaves half of a commit.
            answers.add((await store.list({ partition: "p", kind: "run", limit: 100, cursor: null })).records.length);
          }
          return [...answers];
        });
        await other.evaluate(async () => {
          for (let times = 0; times < 20; times++) await page.deleteStore();
        });
        await tab.evaluate(() => void (globalThis.isOver = true));
        const answers = await committing;
        assert.ok(answers.includes("ok"));
        assert.deepEqual(answers.filter((answer) => !["ok", 0, 20].includes(answer)), []);
      }));

    it("a newer layout is let in, and this tab then says that it is out of date", () =>
      visit(async ({ page: tab, anotherTab }) => {
        await tab.evaluate(async () => {
          globalThis.store = page.indexedDbStore();
          await store.commit(page.commitOf("p", { put: [{ kind: "run", key: "a", value: 1 }] }));
        });
        const other = await anotherTab();
        await other.evaluate(() => page.foreignConnection("regate", 2).then((database) => database.close()));
        const thrown = await tab.evaluate(() => page.thrownBy(() => store.read([{ partition: "p", kind: "run", key: "a" }])));
        assert.equal(thrown.code, "store_failed");
        assert.equal(thrown.cause, "VersionError");
        assert.match(thrown.message, /^the browser failed on the database `regate`: VersionError: \S.*[^.]$/);
        assert.match(thrown.help, /reload the page/);
      }));

    it("a tab that holds on makes nothing hang: it is said, and mended when that tab is closed", { timeout: 60_000 }, () =>
      visit(async ({ page: tab, anotherTab }) => {
        await tab.evaluate(async () => {
          globalThis.store = page.indexedDbStore();
          await store.commit(page.commitOf("p", { put: [{ kind: "run", key: "a", value: 1 }] }));
        });
        const other = await anotherTab();
        await other.evaluate(() => page.foreignConnection("regate").then((database) => void (globalThis.kept = database)));
        const thrown = await tab.evaluate(async () => {
          const deletion = page.thrownBy(() => page.deleteStore());
          // A store that opens later stands behind the deletion.
          globalThis.later = page.indexedDbStore();
          const commit = page.thrownBy(() => later.commit(page.commitOf("p", { put: [{ kind: "run", key: "b", value: 1 }] })));
          return Promise.all([deletion, commit]);
        });
        assert.deepEqual(thrown.map(({ code }) => code), ["store_blocked", "store_blocked"]);
        assert.match(thrown[0].help, /close the other tabs/);
        await other.close();
        const keys = await tab.evaluate(async () => {
          await later.commit(page.commitOf("p", { put: [{ kind: "run", key: "c", value: 1 }] }));
          return (await store.list({ kind: "run", limit: 10, cursor: null })).records.map(({ key }) => key);
        });
        assert.deepEqual(keys, ["c"], "what was there was deleted, and what was blocked was not performed");
      }));

    it("a database of another program is not taken for this one's", () =>
      visit(async ({ page: tab }) => {
        const thrown = await tab.evaluate(async () => {
          (await page.foreignConnection("regate", 1, (database) => database.createObjectStore("notes"))).close();
          const store = page.indexedDbStore();
          const commit = page.commitOf("p", { put: [{ kind: "run", key: "a", value: 1 }] });
          return Promise.all([() => store.read([{ partition: "p", kind: "run", key: "a" }]), () => store.commit(commit)].map(page.thrownBy));
        });
        assert.deepEqual(thrown.map(({ code, cause }) => [code, cause]), [["store_failed", "NotFoundError"], ["store_failed", "NotFoundError"]]);
        assert.match(thrown[0].help, /choose another name/);
      }));
  });

  describe("when the browser fails", () => {
    it("a connection that it drops is opened again", () =>
      visit(async ({ page: tab, context }) => {
        const put = (value) =>
          tab.evaluate(async (wanted) => {
            globalThis.store ??= page.indexedDbStore();
            const answer = await store.commit(page.commitOf("p", { put: [{ kind: "run", key: "a", value: wanted }] }));
            return [answer, ...(await store.read([{ partition: "p", kind: "run", key: "a" }])).map(({ value }) => value)];
          }, value);
        assert.deepEqual(await put(1), ["ok", 1]);
        const browserTools = await context.newCDPSession(tab);
        await browserTools.send("Storage.clearDataForOrigin", { origin: browser.origin, storageTypes: "indexeddb" });
        assert.deepEqual(await tab.evaluate(() => store.list({ kind: "run", limit: 1, cursor: null })), { records: [], cursor: null });
        assert.deepEqual(await put(2), ["ok", 2]);
      }));

    it("a connection that is gone without a word is opened again", () =>
      visit(async ({ page: tab }) => {
        const values = await tab.evaluate(async () => {
          const opened = [];
          const open = IDBFactory.prototype.open;
          IDBFactory.prototype.open = function (...asked) {
            return opened[opened.push(open.apply(this, asked)) - 1];
          };
          const store = page.indexedDbStore();
          const key = { partition: "p", kind: "run", key: "a" };
          const put = (value) => store.commit(page.commitOf("p", { put: [{ kind: "run", key: "a", value }] }));
          const values = [];
          for (const value of [1, 2]) {
            values.push(await put(value), (await store.read([key]))[0].value);
            opened.at(-1).result.close();
            values.push((await store.read([key]))[0].value);
          }
          return [...values, opened.length];
        });
        assert.deepEqual(values, ["ok", 1, 1, "ok", 2, 2, 3]);
      }));

    it("a read that it ends midway is made once more on a new connection, a commit is not and says so", () =>
      visit(async ({ page: tab }) => {
        const seen = await tab.evaluate(async () => {
          const store = page.indexedDbStore();
          const read = async () => (await store.read([{ partition: "p", kind: "run", key: "a" }])).map(({ value }) => value);
          await store.commit(page.commitOf("p", { put: [{ kind: "run", key: "a", value: 1 }] }));
          const [begin, open] = [IDBDatabase.prototype.transaction, IDBFactory.prototype.open];
          let [ends, opened] = [0, 0];
          IDBFactory.prototype.open = function (...asked) {
            opened++;
            return open.apply(this, asked);
          };
          IDBDatabase.prototype.transaction = function (...asked) {
            const begun = begin.apply(this, asked);
            if (ends-- > 0) queueMicrotask(() => begun.abort());
            return begun;
          };
          ends = 1;
          const once = await read();
          const openedFor = { once: opened };
          // As the first thing that is asked of a store.
          const fresh = page.indexedDbStore();
          [ends, opened] = [1, 0];
          const first = (await fresh.read([{ partition: "p", kind: "run", key: "a" }])).map(({ value }) => value);
          openedFor.first = opened;
          ends = 2;
          const twice = await page.thrownBy(read);
          ends = 1;
          const second = page.commitOf("p", { put: [{ kind: "run", key: "a", value: 2 }] });
          const commit = await page.thrownBy(() => store.commit(second));
          ends = 0;
          return { once, first, openedFor, twice, commit, kept: await read(), again: await store.commit(second), last: await read() };
        });
        const { twice, commit, ...answers } = seen;
        assert.deepEqual(answers, { once: [1], first: [1], openedFor: { once: 1, first: 2 }, kept: [1], again: "ok", last: [2] });
        for (const thrown of [twice, commit]) {
          assert.equal(thrown.code, "store_failed");
          assert.match(thrown.help, /ask again/);
        }
      }));

    it("a commit for which there is no room is thrown and leaves nothing, and there is room again later", () =>
      visit(async ({ page: tab, context }) => {
        const browserTools = await context.newCDPSession(tab);
        const setQuota = (quotaSize) => browserTools.send("Storage.overrideQuotaForOrigin", { origin: browser.origin, quotaSize });
        // Set before anything is written: the browser remembers for a while how much room there was.
        await setQuota(1_000_000);
        await tab.evaluate(async () => {
          globalThis.store = page.indexedDbStore();
          await store.commit(page.commitOf("p", { put: [{ kind: "run", key: "small", value: 1 }] }));
          const put = [{ kind: "run", key: "small", value: 2 }, { kind: "run", key: "large", value: "x".repeat(6_000_000) }];
          globalThis.large = page.commitOf("p", { put, append: [{ kind: "audit", key: "x", value: 1 }] });
        });
        const thrown = await tab.evaluate(() => page.thrownBy(() => store.commit(large)));
        assert.equal(thrown.code, "store_failed");
        assert.equal(thrown.cause, "QuotaExceededError");
        assert.match(thrown.message, /^the browser failed on the database `regate`: QuotaExceededError(: .*[^.])?$/);
        assert.match(thrown.help, /disk is full/);
        const keys = [["run", "small"], ["run", "large"], ["audit", "x"]].map(([kind, key]) => ({ partition: "p", kind, key }));
        const read = () => tab.evaluate(async (asked) => (await store.read(asked)).map(({ version, value }) => [version, value.length ?? value]), keys);
        assert.deepEqual(await read(), [["1", 1]]);
        await setQuota(1_000_000_000);
        assert.equal(await tab.evaluate(() => store.commit(large)), "ok");
        assert.deepEqual(await read(), [["2", 2], ["1", 6_000_000], ["1", 1]]);
      }));

    it("a page for which nothing is kept is told so at every call", () =>
      visit(
        async ({ page: tab }) => {
          const thrown = await tab.evaluate(() => {
            const store = page.indexedDbStore();
            const calls = [
              () => store.read([]),
              () => store.commit(page.commitOf("p")),
              () => store.list({ kind: "run", limit: 1, cursor: null }),
              () => page.deleteStore(),
            ];
            return Promise.all(calls.map(page.thrownBy));
          });
          for (const { name, code, cause, help } of thrown) {
            assert.deepEqual([name, code, cause], ["RegateError", "store_failed", "SecurityError"]);
            assert.match(help, /keeps no data for this page/);
          }
        },
        { path: OPAQUE },
      ));

    it("a store that was closed stays closed, and what it began is performed", () =>
      visit(async ({ page: tab }) => {
        const { begun, thrown, read } = await tab.evaluate(async () => {
          const key = { partition: "p", kind: "run", key: "a" };
          const store = page.indexedDbStore();
          await store.read([key]);
          const put = [{ kind: "run", key: "a", value: 1 }];
          const commit = store.commit(page.commitOf("p", { put }));
          // The transaction has begun when the one of a second store, asked later, waits for it.
          await page.indexedDbStore().commit(page.commitOf("q"));
          store.close();
          const thrown = await page.thrownBy(() => store.commit(page.commitOf("p", { put })));
          const unused = page.indexedDbStore();
          unused.close();
          const read = (await page.indexedDbStore().read([key])).map(({ version }) => version);
          return { begun: await commit, thrown: [thrown, await page.thrownBy(() => unused.read([key]))], read };
        });
        assert.equal(begun, "ok");
        assert.deepEqual(thrown.map(({ code, message }) => [code, message]), Array(2).fill(["store_closed", "the store `regate` was closed"]));
        assert.deepEqual(read, ["1"]);
      }));
  });

  describe("refuses", () => {
    let opened;
    before(async () => {
      opened = await openTab();
    });
    after(() => opened?.close());

    const NOT_JSON = {
      "a function": () => () => 1,
      undefined: () => undefined,
      "undefined in an object": () => ({ a: [{ b: undefined }] }),
      "a hole": () => [1, , 2],
      "a BigInt": () => 1n,
      "a BigInt in a list": () => ({ a: [1n] }),
      NaN: () => [Number.NaN],
      "an infinity": () => -Infinity,
      "a symbol": () => Symbol("a"),
      "a Map": () => ({ a: new Map([[1, 2]]) }),
      "a Set": () => new Set(),
      bytes: () => new Uint8Array(2),
      "a Blob": () => new Blob(["a"]),
      "an error": () => new Error("a"),
      "a cycle": () => {
        const value = {};
        value.self = { value };
        return value;
      },
      "half of a surrogate pair": () => "\ud800",
      "a getter that throws": () => ({
        get a() {
          throw new TypeError("no");
        },
      }),
      "a deep list": () => {
        let value = [];
        for (let depth = 0; depth < 100_000; depth++) value = [value];
        return value;
      },
    };

    for (const [what, make] of Object.entries(NOT_JSON)) {
      it(`${what} as a value, and what stands beside it`, async () => {
        const { thrown, left, again } = await opened.page.evaluate(async (source) => {
          const value = new Function(`return (${source})()`)();
          const store = page.indexedDbStore();
          const partition = crypto.randomUUID();
          const put = [{ kind: "run", key: "a", value: 1 }, { kind: "run", key: "b", value }];
          const commit = page.commitOf(partition, { put, append: [{ kind: "audit", key: "x", value: 1 }] });
          const thrown = [await page.thrownBy(() => store.commit(commit)), await page.thrownBy(() => store.commit({ ...commit, put: [], append: put }))];
          const left = await store.read(["a", "b"].map((key) => ({ partition, kind: "run", key })));
          // The key was not used up by what was refused.
          const again = await store.commit({ ...commit, put: put.slice(0, 1) });
          const read = await store.read([{ partition, kind: "run", key: "a" }]);
          store.close();
          return { thrown, left, again: [again, read.length] };
        }, make.toString());
        for (const { name, code, message } of thrown) {
          assert.deepEqual([name, code], ["RegateError", "input_not_json"]);
          assert.match(message, /^the value of the record `b` /);
        }
        assert.deepEqual(left, []);
        assert.deepEqual(again, ["ok", 1]);
      });
    }

    it("keys, commits and queries that are none", () =>
      visit(async ({ page: tab }) => {
        const { thrown, records: left } = await tab.evaluate(async () => {
          const store = page.indexedDbStore();
          const record = { kind: "run", key: "a", value: 1 };
          const query = { partition: "p", kind: "run", limit: 1, cursor: null };
          const commits = [
            undefined,
            null,
            "p",
            {},
            { ...page.commitOf("p"), partition: 1 },
            { ...page.commitOf("p"), idempotency_key: undefined },
            { ...page.commitOf("p"), put: undefined },
            { ...page.commitOf("p"), put: [null] },
            { ...page.commitOf("p"), put: [{ ...record, key: 1 }] },
            { ...page.commitOf("p"), put: [{ ...record, key: new Date(0) }] },
            { ...page.commitOf("p"), append: [record, { ...record, kind: ["run"] }] },
            { ...page.commitOf("p"), expect: [{ kind: "run", key: "a" }] },
            { ...page.commitOf("p"), expect: [{ kind: "run", key: "a", version: 1 }] },
          ];
          const reads = [undefined, [undefined], [{ partition: "p", kind: "run", key: 1 }], [{ partition: ["p"], kind: "run", key: "a" }]];
          const lists = [{ ...query, kind: 1 }, { ...query, partition: 1 }, { ...query, partition: null }, { ...query, from: 1 }, { ...query, to: [] }];
          const calls = [
            ...commits.map((one) => () => store.commit(one)),
            ...reads.map((one) => () => store.read(one)),
            ...lists.map((one) => () => store.list(one)),
          ];
          const thrown = await Promise.all(calls.map(page.thrownBy));
          const { records } = await store.list({ kind: "run", limit: 10, cursor: null });
          return { thrown, records };
        });
        assert.equal(thrown.length, 22);
        for (const [at, { name, code, path }] of thrown.entries()) {
          assert.deepEqual([name, code, typeof path], ["RegateError", "malformed_request", "string"], `call ${at}`);
        }
        assert.equal(thrown[9].path, "/put/0/key");
        assert.deepEqual(left, []);
      }));
  });

  it("takes a value as it is at the call, and hands out copies", () =>
    visit(async ({ page: tab }) => {
      const values = await tab.evaluate(async () => {
        const store = page.indexedDbStore();
        const key = { partition: "p", kind: "run", key: "a" };
        const commit = page.commitOf("p", { put: [{ kind: "run", key: "a", value: { list: [1], when: new Date(0) } }] });
        const performed = store.commit(commit);
        commit.put[0].value.list.push(2);
        commit.put.push({ kind: "run", key: "b", value: 1 });
        commit.partition = "q";
        await performed;
        (await store.read([key]))[0].value.list.push(3);
        return (await store.list({ kind: "run", limit: 10, cursor: null })).records.map(({ partition, value }) => [partition, value]);
      });
      assert.deepEqual(values, [["p", { list: [1], when: "1970-01-01T00:00:00.000Z" }]]);
    }));

  it("keeps a run that waits for approval while the page is loaded again, and the votes on it", () =>
    visit(async ({ page: tab, anotherTab }) => {
      const decide = () => tab.evaluate(() => page.decideOnDestroy(page.indexedDbStore()));
      const held = await decide();
      assert.equal(held.decided.decision.kind, "hold");
      assert.equal(held.decided.committed, true);
      assert.deepEqual(held.told.map(({ kind }) => kind), ["approval_requested"]);

      await tab.reload();
      await ready(tab);
      const still = await decide();
      assert.equal(still.decided.decision.kind, "hold", "nothing was approved");
      assert.deepEqual(still.told, [], "asked for once");

      // The approver sits at another tab, and has the run from the store alone.
      const approver = await anotherTab();
      const voted = await approver.evaluate(async () => {
        const store = page.indexedDbStore();
        const [{ value: run }] = await store.read([{ partition: "run/r-1", kind: "run", key: "r-1" }]);
        const { digest, revision, requirements } = run;
        const vote = { requirement_id: requirements[0].id, approver_id: "u-9", decision: "approved", digest, revision };
        return store.commit(page.commitOf("run/r-1", { append: [{ kind: "approval", key: "000000001", value: vote }] }));
      });
      assert.equal(voted, "ok");

      const allowed = await decide();
      assert.equal(allowed.decided.decision.kind, "allow");
      assert.equal(allowed.decided.run_status, "completed");
      assert.deepEqual(allowed.told.map(({ kind }) => kind), ["run_decided"]);
      const left = await approver.evaluate(async () => {
        const all = async (kind) => (await page.indexedDbStore().list({ kind, limit: 10, cursor: null })).records;
        return { audits: (await all("audit")).length, outbox: await all("outbox"), status: (await all("run")).map(({ value }) => value.status) };
      });
      assert.deepEqual(left, { audits: 3, outbox: [], status: ["completed"] });
    }));
});

describe("the store in IndexedDB, where there is none", () => {
  it("says so", async () => {
    await rejectsCode(indexedDbStore().read([]), "store_failed");
  });
});
