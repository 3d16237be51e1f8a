// What the store's tests call inside the page, as `globalThis.page`: the package as a bundler takes it, and a store of another tab.

import { hostOver, init, prepareGovernance } from "regate";
import { deleteStore, indexedDbStore } from "regate/adapters/indexeddb";
import { storeContract } from "regate/store-contract";
import { DESTROY_RULE, planOf, runContext } from "../../js/plans.mjs";

/** What a call throws, in words that reach the test; "nothing" if it throws nothing. */
async function thrownBy(call) {
  try {
    await call();
  } catch (error) {
    const { name, code, message, help, path, cause } = error;
    return { name, code, message, help, path, cause: cause?.name };
  }
  return "nothing";
}

/** A commit of a partition, with an idempotency key of its own if it is given none. */
function commitOf(partition, fields) {
  return { partition, idempotency_key: crypto.randomUUID(), expect: [], put: [], append: [], ...fields };
}

/** Counts a record up, as many tabs may do at once. */
async function countUp(store, partition, times) {
  for (let left = times; left > 0; ) {
    const [record] = await store.read([{ partition, kind: "run", key: "count" }]);
    const expect = [{ kind: "run", key: "count", version: record?.version ?? null }];
    const put = [{ kind: "run", key: "count", value: (record?.value ?? 0) + 1 }];
    if ((await store.commit(commitOf(partition, { expect, put }))) === "ok") left--;
  }
}

/** Lets other tabs use a store of this tab. */
function serveStore(store, channelName) {
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener("message", async ({ data: { call, id, argument } }) => {
    if (call === undefined) return;
    try {
      channel.postMessage({ id, answer: await store[call](argument) });
    } catch (error) {
      channel.postMessage({ id, message: error.message });
    }
  });
}

/** The store that another tab serves. */
function storeOfOtherTab(channelName) {
  const channel = new BroadcastChannel(channelName);
  const waiting = new Map();
  channel.addEventListener("message", ({ data: { call, id, answer, message } }) => {
    if (call !== undefined) return;
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (message === undefined) resolve(answer);
    else reject(new Error(message));
  });
  const ask = (call) => (argument) =>
    new Promise((resolve, reject) => {
      const id = crypto.randomUUID();
      waiting.set(id, { resolve, reject });
      channel.postMessage({ call, id, argument });
    });
  return { read: ask("read"), commit: ask("commit"), list: ask("list") };
}

/** A connection of a program that knows nothing of the store, and keeps it whatever happens. */
function foreignConnection(name, version, upgrade = () => {}) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another connection is in the way"));
  });
}

/** Decides on a plan that destroys something, which needs an approval. */
async function decideOnDestroy(store) {
  const governance = prepareGovernance({ approval_rules: [DESTROY_RULE] });
  const told = [];
  const who = () => ({ id: "u-1", email: "dana@example.com", may: ["trigger"] });
  const host = hostOver(store, { who, notify: (notices) => void told.push(...notices) });
  const decided = await governance.decide(planOf("destroy", "add"), runContext(), host);
  governance.free();
  return { decided, told };
}

await init();
globalThis.page = {
  commitOf,
  countUp,
  decideOnDestroy,
  deleteStore,
  foreignConnection,
  indexedDbStore,
  serveStore,
  storeContract,
  storeOfOtherTab,
  thrownBy,
};
document.documentElement.dataset.ready = "";
