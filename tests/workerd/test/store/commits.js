// Commits for the tests of stores.

/** A commit of a partition, with a new idempotency key. */
export function commitOf(partition, fields = {}) {
  return { partition, idempotency_key: crypto.randomUUID(), expect: [], put: [], append: [], ...fields };
}

/** The key of a record of the kind `run`. */
export function recordKey(partition, key) {
  return { partition, kind: "run", key };
}

/** Five records that a platform holds each, and not in one text of 2 MB. */
export function fiveLarge() {
  return Array.from({ length: 5 }, (_, at) => ({ kind: "run", key: String(at), value: `${at}"é`.repeat(at === 4 ? 350_000 : 200_000) }));
}

/** A small record, and one that is too large: the platform holds 2 MB, and workerd by itself somewhat more. */
export function tooLarge() {
  return [{ kind: "run", key: "a", value: 1 }, { kind: "run", key: "b", value: "x".repeat(10_000_000) }];
}
