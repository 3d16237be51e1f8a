// What survives a reload: the policy, the input and the settings, in this browser's IndexedDB. Plans are never stored: they may hold secrets.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Enforcement, Trigger } from "regate";

export interface RunSettings {
  trigger: Trigger;
  triggeredBy: string;
  workspaceName: string;
  /** Rows as typed: a value that reads as JSON is taken as JSON, anything else as text. */
  attributes: [key: string, value: string][];
}

export interface Settings {
  tab: "preview" | "input";
  plan: string;
  enforcement: Enforcement;
  /** What was switched off, as `set:name`, `rule:name`, `check:id` or `draft`. */
  off: string[];
  run: RunSettings;
}

export interface Draft {
  policy: string;
  input: string;
  settings: Settings;
}

interface Schema extends DBSchema {
  drafts: { key: keyof Draft; value: Draft[keyof Draft] };
}

const SAVE_DELAY_MS = 250;

export class Drafts {
  #database: IDBPDatabase<Schema> | null = null;
  #kept = true;
  readonly #told: (kept: boolean) => void;
  readonly #unsaved = new Map<keyof Draft, Draft[keyof Draft]>();
  #timer: number | undefined;

  private constructor(told: (kept: boolean) => void) {
    this.#told = told;
  }

  /**
   * Opens the store. Where the browser refuses one, or refuses to read or write it, the page works without it; `told` is
   * called whenever it changes whether what is saved is kept.
   */
  static async open(told: (kept: boolean) => void): Promise<Drafts> {
    const drafts = new Drafts(told);
    try {
      drafts.#database = await openDB<Schema>("regate", 1, {
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

  /** The stored draft over `fallback`, part by part; a part of another shape (from an older page) is left out. */
  async load(fallback: Draft): Promise<Draft> {
    const database = this.#database;
    if (database === null) return fallback;
    try {
      const [policy, input, settings] = await Promise.all([
        database.get("drafts", "policy"),
        database.get("drafts", "input"),
        database.get("drafts", "settings"),
      ]);
      return {
        policy: typeof policy === "string" ? policy : fallback.policy,
        input: typeof input === "string" ? input : fallback.input,
        settings: isSettings(settings) ? settings : fallback.settings,
      };
    } catch {
      // Nothing is written over what could not be read.
      this.#database = null;
      this.#tell(false);
      return fallback;
    }
  }

  save<K extends keyof Draft>(part: K, value: Draft[K]): void {
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

function isSettings(value: unknown): value is Settings {
  if (value === null || typeof value !== "object") return false;
  const { tab, plan, enforcement, off, run } = value as Partial<Record<keyof Settings, unknown>>;
  return (
    (tab === "preview" || tab === "input") &&
    typeof plan === "string" &&
    (enforcement === "mandatory" || enforcement === "advisory") &&
    Array.isArray(off) &&
    off.every((name) => typeof name === "string") &&
    isRun(run)
  );
}

function isRun(value: unknown): value is RunSettings {
  if (value === null || typeof value !== "object") return false;
  const { trigger, triggeredBy, workspaceName, attributes } = value as Partial<Record<keyof RunSettings, unknown>>;
  return (
    typeof trigger === "string" &&
    typeof triggeredBy === "string" &&
    typeof workspaceName === "string" &&
    Array.isArray(attributes) &&
    attributes.every((row) => Array.isArray(row) && row.length === 2 && row.every((cell) => typeof cell === "string"))
  );
}
