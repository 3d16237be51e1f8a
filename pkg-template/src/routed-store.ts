// One store over many: each partition in the store that holds it, such as a Durable Object of its own.

import { RegateError } from "./errors.js";
import type { MaybePromise } from "./host.js";
import type { HostRecord, RecordKey, Store } from "./store.js";

/**
 * Makes a store that sends every partition to its own: `run/…` to one Durable Object each, `org/…` to a database.
 *
 * Everything about an organisation's actions lies in `actions/…`, one partition for each organisation: a decision reads policies, kill
 * switches and spending, and writes some of it in one commit. On Cloudflare that is one Durable Object for each organisation.
 *
 * A commit lies in one partition, so it stays atomic. A read of several partitions is of one moment in each of them only. A
 * list needs its partition: nobody knows all stores; sweep and deliver where the partition lives.
 */
export function routedStore(storeOf: (partition: string) => MaybePromise<Store>): Store {
  return {
    async read(keys) {
      const byPartition = new Map<string, RecordKey[]>();
      for (const key of keys) byPartition.set(key.partition, [...(byPartition.get(key.partition) ?? []), key]);
      const records = await Promise.all([...byPartition].map(async ([partition, some]): Promise<HostRecord[]> => (await storeOf(partition)).read(some)));
      return records.flat();
    },
    commit: async (commit) => (await storeOf(commit.partition)).commit(commit),
    async list(query) {
      if (query.partition !== undefined) return (await storeOf(query.partition)).list(query);
      throw new RegateError("partition_needed", "a list over many stores needs its partition", { path: "/partition" });
    },
  };
}
