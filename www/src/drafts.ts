// What survives a reload: the policy, the input and the settings, in this browser's IndexedDB. Plans are never stored: they may hold secrets.
import type { Enforcement, Trigger } from "regate";
import { DraftStore } from "./draft-store";

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

/** Opens the store; `told` is called whenever it changes whether what is saved is kept. */
export function openDrafts(told: (kept: boolean) => void): Promise<DraftStore<Draft>> {
  return DraftStore.open<Draft>("regate", { policy: isText, input: isText, settings: isSettings }, told);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
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
