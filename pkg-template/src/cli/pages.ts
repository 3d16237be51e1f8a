// Lists of a server that come in pages: read to their end.

import { answered, type Check } from "./server-answers.js";
import { ServerFailure, UNEXPECTED } from "./server-failure.js";
import type { Server } from "./server.js";

const MOST_PAGES = 1000;

/** All pages of a list. A cursor that leads back would be followed for ever. */
export async function allPages<T extends { cursor: string | null }>(server: Server, path: readonly string[], check: Check<T>, what: string): Promise<T[]> {
  const pages: T[] = [];
  const seen = new Set<string>();
  for (let cursor: string | null = null; pages.length < MOST_PAGES; ) {
    const query: Record<string, string> = cursor === null ? {} : { cursor };
    const page: T = answered(check, (await server.get(path, { query })).value, what);
    pages.push(page);
    cursor = page.cursor ?? null;
    if (cursor === null) return pages;
    if (seen.has(cursor)) break;
    seen.add(cursor);
  }
  throw new ServerFailure(UNEXPECTED, `the server's list of ${path.at(-1) ?? ""} does not end`);
}
