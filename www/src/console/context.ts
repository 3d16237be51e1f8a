// What every view of the console gets: who acts, the service that answers them, the time, and how to tell that something changed.
import type { ConsoleClient } from "./console-client";
import type { PersonsService } from "./console-operations";
import type { Person } from "./organisation";

export interface ConsoleContext {
  readonly client: ConsoleClient;
  readonly person: Person;
  readonly service: PersonsService;
  /** The console's time when the view was last drawn. */
  readonly nowMs: number;
  /** Draws the view again, tells the other tabs, and says it to whoever cannot see it. */
  changed(words: string): Promise<void>;
  /** Shows another view, by its address such as `#/runs`. */
  go(address: string): void;
}

/** A view: what its heading is, and how it is drawn from what is kept now. */
export interface View {
  title: string;
  draw(context: ConsoleContext): Promise<HTMLElement[]>;
}

/** Every part of a list that comes page by page, up to a number that a console still shows. */
export async function everyPage<T>(page: (cursor: string | null) => Promise<{ items: T[]; cursor: string | null }>, most = 500): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const { items, cursor: next }: { items: T[]; cursor: string | null } = await page(cursor);
    all.push(...items);
    cursor = next;
  } while (cursor !== null && all.length < most);
  return all;
}
