// What the console's host keeps beside the records: the moved clock, the providers' secrets and what was sent. In this browser's IndexedDB.
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Notice } from "regate";

/** A notice about a run: the console has no agents, whose actions others are about. */
export type RunNotice = Extract<Notice, { run_id: string }>;

/** A notice with the time, by the console's clock, at which it was sent. */
export interface SentNotice {
  sent_at_ms: number;
  notice: RunNotice;
}

interface Schema extends DBSchema {
  facts: { key: "clock_ahead_ms" | "is_seeded"; value: number | boolean };
  secrets: { key: string; value: string };
  sent: { key: string; value: SentNotice };
}

const NAME = "regate-console-desk";

export class Desk {
  #opened: Promise<IDBPDatabase<Schema>> | undefined;

  /** How far the clock was moved ahead. */
  async clockAhead(): Promise<number> {
    return Number((await (await this.#database()).get("facts", "clock_ahead_ms")) ?? 0);
  }

  async moveClock(byMs: number): Promise<void> {
    const transaction = (await this.#database()).transaction("facts", "readwrite");
    const ahead = Number((await transaction.store.get("clock_ahead_ms")) ?? 0);
    await Promise.all([transaction.store.put(ahead + byMs, "clock_ahead_ms"), transaction.done]);
  }

  async isSeeded(): Promise<boolean> {
    return (await (await this.#database()).get("facts", "is_seeded")) === true;
  }

  async setSeeded(): Promise<void> {
    await (await this.#database()).put("facts", true, "is_seeded");
  }

  async secretOf(providerId: string): Promise<string | undefined> {
    return (await this.#database()).get("secrets", providerId);
  }

  async keepSecret(providerId: string, secret: string): Promise<void> {
    await (await this.#database()).put("secrets", secret, providerId);
  }

  /** Keeps what was sent. A notice may come twice, with the same id: the first time stands. */
  async keepSent(notices: readonly Notice[], sent_at_ms: number): Promise<void> {
    const transaction = (await this.#database()).transaction("sent", "readwrite");
    for (const notice of notices) {
      if (!("run_id" in notice)) continue;
      if ((await transaction.store.getKey(notice.id)) === undefined) await transaction.store.put({ sent_at_ms, notice }, notice.id);
    }
    await transaction.done;
  }

  /** What was sent about a run, in the order of time. */
  async sentAbout(runId: string): Promise<SentNotice[]> {
    const all = await (await this.#database()).getAll("sent");
    return all.filter(({ notice }) => notice.run_id === runId).sort((a, b) => a.sent_at_ms - b.sent_at_ms);
  }

  /** Forgets everything; every tab lets go of the database. */
  async clear(): Promise<void> {
    (await this.#opened)?.close();
    this.#opened = undefined;
    await deleteDB(NAME);
  }

  #database(): Promise<IDBPDatabase<Schema>> {
    if (this.#opened !== undefined) return this.#opened;
    const letGo = (): void => {
      void this.#opened?.then((database) => database.close(), () => undefined);
      this.#opened = undefined;
    };
    this.#opened = openDB<Schema>(NAME, 1, {
      upgrade(database) {
        for (const name of ["facts", "secrets", "sent"] as const) database.createObjectStore(name);
      },
      // Another tab starts over, and would wait for this connection.
      blocking: letGo,
      terminated: letGo,
    });
    // An opening that failed is tried again at the next use.
    this.#opened.catch(() => (this.#opened = undefined));
    return this.#opened;
  }
}
