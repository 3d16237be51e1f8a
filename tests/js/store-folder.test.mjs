// The store in a folder: the contract, several processes at once, crashes, and files that are none of its own.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
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

  // A process that has ended, and one that has not.
  const ended = () => spawnSync(process.execPath, ["-e", ""]).pid;
  const known = (from) => { try { return from(); } catch { return undefined; } };
  const here = {
    host: hostname(),
    pids: known(() => readlinkSync("/proc/self/ns/pid")),
    boot: known(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()),
  };
  const lockOf = (fields) => JSON.stringify({ token: "t", pid: process.pid, ...here, ...fields });
  const write = (value = 1) => commitOf({ put: [{ kind: "run", key: "a", value }] });
  const folderWith = (files) => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  /** What a commit of another process comes to, a minute later where that is said. */
  const committed = async (folder, before = "", { later = false } = {}) => {
    const { text } = await inProcess(folder, `
      import { syncBuiltinESMExports } from "node:module";
      import fs from "node:fs";
      import { join } from "node:path";
      const now = Date.now;
      const lock = join(process.argv[1], "commit.lock");
      ${later ? "Date.now = () => now() + 60_000;" : ""}
      ${before}
      syncBuiltinESMExports();
      const write = commitOf({ put: [{ kind: "run", key: "a", value: 2 }] });
      console.log(await folderStore(process.argv[1], { waitMs: 100 }).commit(write).catch(({ code }) => code));`);
    return text;
  };
  const OTHER = lockOf({ token: "other" });

  test("who lost the lock writes nothing, and leaves the lock of another alone", async () => {
    const folder = newFolder();
    await folderStore(folder).commit(write());
    const lose = `() => fs.writeFileSync(lock, ${JSON.stringify(OTHER)})`;
    assert.equal(await committed(folder, `fs.fsyncSync = ${lose};`), "folder_locked");
    assert.equal(folderStore(folder).read([recordKey("a")])[0].value, 1);
    assert.deepEqual(filesOf(folder).length, 2, "the new file is gone");
    assert.equal(readFileSync(join(folder, "commit.lock"), "utf8"), OTHER);
    rmSync(join(folder, "commit.lock"));
    assert.equal(await committed(folder, `const rename = fs.renameSync; fs.renameSync = (...paths) => { rename(...paths); (${lose})(); };`), "ok");
    assert.equal(readFileSync(join(folder, "commit.lock"), "utf8"), OTHER);
  });

  test("the number of a process of another container, or before a restart, says nothing", async () => {
    for (const fields of [{ pids: "pid:[1]" }, { pids: undefined }, { boot: "other" }, { boot: undefined }]) {
      // Without either, a system is as it is everywhere on it.
      if (Object.entries(fields).every(([name, value]) => here[name] === value)) continue;
      for (const pid of [ended(), process.pid]) {
        const folder = folderWith({ "commit.lock": lockOf({ pid, ...fields }) });
        assert.equal(await committed(folder), "folder_locked", JSON.stringify(fields));
        assert.equal(await committed(folder, "", { later: true }), "ok", JSON.stringify(fields));
        assert.equal(filesOf(folder).length, 1);
      }
    }
    assert.equal(await committed(folderWith({ "commit.lock": lockOf({}) }), "", { later: true }), "folder_locked", "one that is at work is waited for");
    const far = folderWith({ "commit.lock": lockOf({ pid: ended(), host: `${hostname()}-other` }) });
    assert.equal(await committed(far, "", { later: true }), "folder_locked");
  });

  test("a claim that was left stands in nobody's way", async () => {
    const lock = lockOf({ pid: ended() });
    const left = lockOf({ token: "claim", pid: ended() });
    const chain = { "commit.lock": lock, "commit.lock.t.ended": left, "commit.lock.claim.ended": lockOf({ token: "second", pid: ended() }) };
    for (const files of [{ "commit.lock": lock, "commit.lock.t.ended": left }, chain]) {
      const folder = folderWith(files);
      assert.equal(await committed(folder), "ok");
      assert.equal(filesOf(folder).length, 1, filesOf(folder).join(" "));
    }
    const silent = folderWith({ "commit.lock": lock, "commit.lock.t.ended": "" });
    assert.equal(await committed(silent, "", { later: true }), "ok");
    assert.equal(filesOf(silent).length, 1);
    const live = folderWith({ "commit.lock": lock, "commit.lock.t.ended": OTHER });
    assert.equal(await committed(live), "folder_locked");
  });

  test("what crashes left is swept, and nothing else", async () => {
    const id = () => crypto.randomUUID();
    const folder = folderWith({
      [`commit.lock.${id()}`]: lockOf({ pid: ended() }),
      [`p.${"0".repeat(32)}.json.${id()}.new`]: "half",
      "commit.lock.live": OTHER,
      "notes.new": "mine",
    });
    mkdirSync(join(folder, "commit.lock.folder"));
    assert.equal(await committed(folder), "ok");
    assert.deepEqual(filesOf(folder).filter((name) => !/^p\.[0-9a-f]{32}\.json$/.test(name)), ["commit.lock.folder", "commit.lock.live", "notes.new"]);
    assert.equal(filesOf(folder).length, 4);
  });

  test("a lock that names nobody is said, and stays", async () => {
    for (const text of ["null", "[]", "7", "", "{}", lockOf({ token: "../../out" }), lockOf({ pid: -1 })]) {
      const folder = folderWith({ "commit.lock": text });
      const { message } = await rejectsCode(folderStore(folder).commit(write()), "folder_locked");
      assert.match(message, /is no lock/);
      assert.deepEqual(filesOf(folder), ["commit.lock"]);
    }
  });

  test("files that never stand still are not read for ever", async () => {
    const folder = newFolder();
    for (const partition of ["p", "q"]) await folderStore(folder).commit({ ...write(), partition });
    const { text } = await inProcess(folder, `
      import { syncBuiltinESMExports } from "node:module";
      import fs from "node:fs";
      const open = fs.openSync;
      fs.openSync = (path, ...more) => {
        fs.writeFileSync(path + ".x", fs.readFileSync(path, "utf8").replace(/[0-9a-f-]{36}/, crypto.randomUUID()));
        fs.renameSync(path + ".x", path);
        return open(path, ...more);
      };
      syncBuiltinESMExports();
      try {
        store.read(["p", "q"].map((partition) => ({ partition, kind: "run", key: "a" })));
      } catch ({ code }) {
        console.log(code);
      }`);
    assert.equal(text, "folder_locked");
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
