// What survives a reload, part by part, in this browser's IndexedDB; where that fails the page works on, and says so.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

interface Schema extends DBSchema {
  drafts: { key: string; value: unknown };
}

/** What a stored part must be; one of another shape, from an older page, is left out. */
export type PartChecks<Parts> = { [Name in keyof Parts & string]: (value: unknown) => value is Parts[Name] };

const SAVE_DELAY_MS = 250;

export class DraftStore<Parts extends object> {
  #database: IDBPDatabase<Schema> | null = null;
  #kept = true;
  readonly #checks: PartChecks<Parts>;
  readonly #told: (kept: boolean) => void;
  readonly #unsaved = new Map<string, unknown>();
  #timer: number | undefined;

  private constructor(checks: PartChecks<Parts>, told: (kept: boolean) => void) {
    this.#checks = checks;
    this.#told = told;
  }

  /**
   * Opens the store. Where the browser refuses one, or refuses to read or write it, the page works without it; `told` is
   * called whenever it changes whether what is saved is kept.
   */
  static async open<Parts extends object>(name: string, checks: PartChecks<Parts>, told: (kept: boolean) => void): Promise<DraftStore<Parts>> {
    const drafts = new DraftStore<Parts>(checks, told);
    try {
      drafts.#database = await openDB<Schema>(name, 1, {
        upgrade(database) {
          database.createObjectStore("drafts");
        },
      });
    } catch {
      drafts.#tell(false);
    }
    addEventListener("pagehide", () => void drafts.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void drafts.flush();
    });
    return drafts;
  }

  #tell(kept: boolean): void {
    if (kept === this.#kept) return;
    this.#kept = kept;
    this.#told(kept);
  }

  /** What is stored over `fallback`, part by part. */
  async load(fallback: Parts): Promise<Parts> {
    const database = this.#database;
    if (database === null) return fallback;
    try {
      const loaded = { ...fallback };
      const load = async <Name extends keyof Parts & string>(name: Name): Promise<void> => {
        const stored: unknown = await database.get("drafts", name);
        if (this.#checks[name](stored)) loaded[name] = stored;
      };
      await Promise.all((Object.keys(this.#checks) as (keyof Parts & string)[]).map(load));
      return loaded;
    } catch {
      // Nothing is written over what could not be read.
      this.#database = null;
      this.#tell(false);
      return fallback;
    }
  }

  save<Name extends keyof Parts & string>(part: Name, value: Parts[Name]): void {
    this.#unsaved.set(part, structuredClone(value));
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.flush(), SAVE_DELAY_MS);
  }

  async flush(): Promise<void> {
    window.clearTimeout(this.#timer);
    if (this.#database === null || this.#unsaved.size === 0) return;
    const parts = [...this.#unsaved];
    this.#unsaved.clear();
    try {
      const transaction = this.#database.transaction("drafts", "readwrite");
      await Promise.all([...parts.map(([part, value]) => transaction.store.put(value, part)), transaction.done]);
      this.#tell(true);
    } catch {
      // Tried again with the next change, unless that is of the same part.
      for (const [part, value] of parts) if (!this.#unsaved.has(part)) this.#unsaved.set(part, value);
      this.#tell(false);
    }
  }

  async clear(): Promise<void> {
    window.clearTimeout(this.#timer);
    this.#unsaved.clear();
    try {
      await this.#database?.clear("drafts");
    } catch {
      this.#tell(false);
    }
  }
}
