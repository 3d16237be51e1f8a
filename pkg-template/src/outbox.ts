// The outbox: each notice is a record of the commit that made it necessary, until it was told. So no crash loses one.

import type { Host } from "./host.js";
import type { HostRecord } from "./store.js";
import type { Commit, Notice } from "./wire.js";

/** The kind of the records that hold notices that are to be told. */
export const OUTBOX = "outbox";

/** The commit that takes notices out of the outbox after they were told. */
export function toldCommit({ partition, idempotency_key }: Commit, notices: readonly Notice[]): Commit {
  return {
    partition,
    idempotency_key: `${idempotency_key}:told`,
    expect: [],
    put: notices.map(({ id }) => ({ kind: OUTBOX, key: id, value: null })),
    append: [],
  };
}

/** What became of an outbox. */
export interface Delivery {
  /** How many notices were told. */
  delivered: number;
  /** How many are still there, because `notify` failed. */
  failed: number;
  /** What the first `notify` that failed threw. */
  failure?: unknown;
}

/**
 * Tells what is left in the outbox: after a crash between a commit and its notices, or when `notify` failed.
 *
 * Call it at the start of a program, from a timer, or where `decide` gave `undelivered`; of every partition, or of one. Two callers at once
 * may tell a notice twice. What a callback other than `notify` throws is thrown.
 */
export async function deliverNotices(host: Host, options: { partition?: string } = {}): Promise<Delivery> {
  const delivery: Delivery = { delivered: 0, failed: 0 };
  let cursor: string | null = null;
  do {
    const page = await host.list({ ...options, kind: OUTBOX, limit: 100, cursor });
    for (const record of page.records) await deliver(record, host, delivery);
    cursor = page.cursor;
  } while (cursor !== null);
  return delivery;
}

async function deliver(record: HostRecord, host: Host, delivery: Delivery): Promise<void> {
  const { partition, kind, key, version } = record;
  try {
    await host.notify([record.value as Notice]);
  } catch (thrown) {
    if (delivery.failed++ === 0) delivery.failure = thrown;
    return;
  }
  delivery.delivered++;
  // A conflict means that somebody else has told it, or put another in its place: that one stays.
  const put = [{ kind, key, value: null }];
  await host.commit({ partition, idempotency_key: `told:${key}:${version}`, expect: [{ kind, key, version }], put, append: [] });
}
