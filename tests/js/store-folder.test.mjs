// The store in a folder: the contract, several processes at once, crashes, and files that are none of its own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { folderStore } from "regate/adapters/folder";
import { storeContract } from "regate/store-contract";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const scratch = mkdtempSync(join(tmpdir(), "regate-folder-"));
after(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(scratch, String(++folders), "deep");

const commitOf = (fields) => ({ partition: "p", idempotency_key: crypto.randomUUID(), expect: [], put: [], append: [], ...fields });
const recordKey = (key, partition = "p") => ({ partition, kind: "run", key });
const filesOf = (folder) => readdirSync(folder).sort();

describe("the contract of a store", () => {
  describe("in one folder", () => {
    const store = folderStore(newFolder());
    for (const { name, run } of storeContract) test(name, () => run(() => store));
  });

  describe("in a folder that several stores have open", () => {
    const folder = newFolder();
    for (const { name, run } of storeContract) test(name, () => run(() => folderStore(folder)));
  });
});

/** A process that does something with a store in a folder; its last line. */
async function inProcess(folder, script) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", `
    import { folderStore } from ${JSON.stringify(import.meta.resolve("regate/adapters/folder"))};
    const store = folderStore(process.argv[1]);
    const commitOf = (fields) => ({ partition: "p", idempotency_key: crypto.randomUUID(), expect: [], put: [], append: [], ...fields });
    ${script}
  `, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part) => (text += part));
  const [code, signal] = await once(child, "close");
  return { code, signal, text: text.trim() };
}

describe("several processes", () => {
  test("lose no commit of one another", async () => {
    const folder = newFolder();
    const count = `
      for (let at = 0; at < 25; at++) {
        for (;;) {
          const [record] = store.read([{ partition: "p", kind: "run", key: "n" }]);
          const fields = { expect: [{ kind: "run", key: "n", version: record?.version ?? null }], put: [{ kind: "run", key: "n", value: (record?.value ?? 0) + 1 }] };
          if ((await store.commit(commitOf(fields))) === "ok") break;
        }
      }`;
    const ended = await Promise.all([1, 2, 3, 4].map(() => inProcess(folder, count)));
    assert.deepEqual(ended.map(({ code }) => code), [0, 0, 0, 0]);
    assert.equal(folderStore(folder).read([recordKey("n")])[0].value, 100);
    assert.equal(filesOf(folder).length, 1, "locks and new files are gone");
  });

  test("a process that ends in a commit leaves it undone, and nobody waits for it", async () => {
    const folder = newFolder();
    const store = folderStore(folder, { waitMs: 5_000 });
    await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    // It is killed when the lock is held and before the file is replaced: where the new file reaches the disk.
    const { signal } = await inProcess(folder, `
      import { syncBuiltinESMExports } from "node:module";
      import fs from "node:fs";
      fs.fsyncSync = () => process.kill(process.pid, "SIGKILL");
      syncBuiltinESMExports();
      await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 2 }] }));`);
    assert.equal(signal, "SIGKILL");
    assert.ok(filesOf(folder).includes("commit.lock"), filesOf(folder).join(" "));
    assert.equal(store.read([recordKey("a")])[0].value, 1);
    const answers = await Promise.all([3, 4].map((value) => folderStore(folder).commit(commitOf({ put: [{ kind: "run", key: "b", value }] }))));
    assert.deepEqual(answers, ["ok", "ok"]);
    assert.ok(!filesOf(folder).includes("commit.lock"));
    assert.equal(store.read([recordKey("b")])[0].version, "2");
  });

  test("a lock of another machine is waited for, and then said", async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const lock = join(folder, "commit.lock");
    writeFileSync(lock, JSON.stringify({ token: "t", pid: 1, host: `${hostname()}-other` }));
    const store = folderStore(folder, { waitMs: 50 });
    const write = commitOf({ put: [{ kind: "run", key: "a", value: 1 }] });
    await rejectsCode(store.commit(write), "folder_locked");
    setTimeout(() => rmSync(lock), 30);
    assert.equal(await folderStore(folder).commit(write), "ok");
  });
});

describe("files", () => {
  test("a partition is one file inside the folder, whatever it is called", async () => {
    const folder = newFolder();
    const store = folderStore(folder);
    const partitions = ["config/acme/config", "config/acme/Config", "../../out", "/etc/passwd", "", ".", "a\u0000b", "\ud800", "\udfff", "x".repeat(3000), "config/acme/conf ig"];
    for (const [at, partition] of partitions.entries()) await store.commit(commitOf({ partition, put: [{ kind: "run", key: "k", value: at }] }));
    assert.equal(new Set(filesOf(folder)).size, partitions.length);
    assert.deepEqual(filesOf(join(folder, "..")), ["deep"]);
    for (const [at, partition] of partitions.entries()) assert.equal(folderStore(folder).read([recordKey("k", partition)])[0].value, at, partition);
    const page = await folderStore(folder).list({ kind: "run", limit: 100, cursor: null });
    assert.deepEqual(page.records.map(({ value }) => value).sort((a, b) => a - b), partitions.map((_, at) => at));
    assert.deepEqual(page.records.map(({ partition }) => partition), [...partitions].sort());
  });

  test("reading makes no folder, and what is no file of the store is left alone", async () => {
    const folder = newFolder();
    const store = folderStore(folder);
    assert.deepEqual(store.read([recordKey("a")]), []);
    assert.deepEqual(await store.list({ kind: "run", limit: 1, cursor: null }), { records: [], cursor: null });
    assert.throws(() => readdirSync(folder), { code: "ENOENT" });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "notes.json"), "mine");
    await store.commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    assert.equal((await store.list({ kind: "run", limit: 9, cursor: null })).records.length, 1);
    assert.equal(readFileSync(join(folder, "notes.json"), "utf8"), "mine");
  });

  test("a file that was damaged is said, and nothing is written over it", async () => {
    const folder = newFolder();
    await folderStore(folder).commit(commitOf({ put: [{ kind: "run", key: "a", value: 1 }] }));
    const [name] = filesOf(folder);
    const whole = readFileSync(join(folder, name), "utf8");
    for (const text of ["", "{}", whole.slice(0, -10), whole.replace("regate-records-1", "regate-records-9"), whole.replace('"p"', '"q"')]) {
      writeFileSync(join(folder, name), text);
      throwsCode(() => folderStore(folder).read([recordKey("a")]), "folder_damaged");
      await rejectsCode(folderStore(folder).commit(commitOf({ put: [{ kind: "run", key: "a", value: 2 }] })), "folder_damaged");
      assert.equal(readFileSync(join(folder, name), "utf8"), text);
    }
    assert.deepEqual(filesOf(folder), [name], "locks are given back");
    writeFileSync(join(folder, name), whole);
    assert.equal(folderStore(folder).read([recordKey("a")])[0].value, 1);
  });
});
