// Where a page of a list ends, as text that a host passes back unread.

import { RegateError } from "./errors.js";
import type { ListQuery } from "./store.js";

/** Where a record stands in a list of its kind. */
export interface Place {
  partition: string;
  key: string;
}

/** The cursor behind a page, or null when nothing follows. */
export function cursorOf(records: readonly Place[], isMore: boolean): string | null {
  const last = records.at(-1);
  return isMore && last !== undefined ? JSON.stringify([last.partition, last.key]) : null;
}

/** The place that a cursor names. */
export function placeOf(cursor: string | null): Place | undefined {
  if (cursor === null) return undefined;
  try {
    const parts = JSON.parse(cursor) as unknown;
    if (Array.isArray(parts) && parts.length === 2 && typeof parts[0] === "string" && typeof parts[1] === "string") {
      return { partition: parts[0], key: parts[1] };
    }
  } catch {
    // Said below.
  }
  throw new RegateError("malformed_request", "the cursor is none of this list's", { path: "/cursor" });
}

/** The limit of a list. */
export function checkedListLimit({ limit }: ListQuery): number {
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new RegateError("malformed_request", "the limit of a list is a whole number from 1", { path: "/limit" });
}
