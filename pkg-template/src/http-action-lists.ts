// Lists over HTTP with `skip` and `limit`, over pages of the store that end at a cursor.

import { whole } from "./http-fields.js";
import { RefusedError } from "./refused-error.js";

/** A page that is asked of a service. */
export interface Asked {
  limit: number;
  cursor?: string;
}

/** A page of those that match: fewer than were looked at, where a filter left some out. */
export interface Found<Item> {
  items: Item[];
  cursor: string | null;
}

/** Which part of a list is asked for. */
export interface Range {
  skip: number;
  limit: number;
  cursor: string | null;
}

const LIMIT = 50;
const MOST = 1000;
/** How many entries one request looks at. Beyond, its answer ends with a cursor where the next goes on. */
const LOOKED_AT = 10_000;
// The largest page of a service, and the smallest that is worth asking for.
const PAGE = 100;
const LEAST = 20;

/** Which part of a list a query asks for: `limit` from 1 to 1000. */
export function limitOf({ skip, limit, cursor }: { skip?: string; limit?: string; cursor?: string }): Range {
  const range = { skip: skip === undefined ? 0 : whole(skip, "skip"), limit: limit === undefined ? LIMIT : whole(limit, "limit"), cursor: cursor ?? null };
  if (range.limit >= 1 && range.limit <= MOST) return range;
  throw new RefusedError({ code: "invalid_request", message: `\`limit\` is from 1 to ${MOST}`, path: "/limit" });
}

/** Gathers a part of a list from as many pages as it takes. The cursor is where the next part begins; null: nothing follows. */
export async function gathered<Item>({ skip, limit, cursor: begin }: Range, list: (page: Asked) => Promise<Found<Item>>): Promise<Found<Item>> {
  const pageAt = (size: number, cursor: string | null): Promise<Found<Item>> => list({ limit: size, ...(cursor === null ? {} : { cursor }) });
  const items: Item[] = [];
  let left = skip;
  let cursor = begin;
  for (let looked = 0; looked < LOOKED_AT; ) {
    const wanted = left + limit - items.length;
    let size = Math.min(PAGE, Math.max(wanted, LEAST));
    looked += size;
    let page = await pageAt(size, cursor);
    // A page that holds too much is asked for again, smaller, so that the next part begins right behind this one.
    while (page.items.length > wanted && size > 1) {
      size = Math.ceil(size / 2);
      page = await pageAt(size, cursor);
    }
    items.push(...page.items.slice(left));
    left = Math.max(0, left - page.items.length);
    cursor = page.cursor;
    if (cursor === null || items.length >= limit) break;
  }
  return { items, cursor };
}
