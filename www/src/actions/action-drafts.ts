// What survives a reload: policies, call, state and settings. A ledger of one's own is never stored: it may hold secrets.
import type { SimulatedApprovals } from "regate";
import { DraftStore } from "../draft-store";

/** A policy of the page: its text, and the text that is proposed in its place. */
export interface PolicyDraft {
  id: string;
  /** What its tab is called until it says its own name. */
  title: string;
  text: string;
  proposed: string | null;
}

export type Version = "current" | "proposed";
export type CallPart = "call" | "state" | "set-up";

export interface ActionSettings {
  /** The id of the policy that is shown. */
  policy: string;
  version: Version;
  part: CallPart;
  /** The time of the call, as it was typed; blank: now. */
  time: string;
  /** The name of the example ledger. */
  ledger: string;
  approve: SimulatedApprovals;
  /** Whether the simulation begins with the state of the call. */
  beginsWithState: boolean;
  changedOnly: boolean;
}

export interface ActionDraft {
  policies: PolicyDraft[];
  call: string;
  state: string;
  setUp: string;
  settings: ActionSettings;
}

/** Opens the store; `told` is called whenever it changes whether what is saved is kept. */
export function openActionDrafts(told: (kept: boolean) => void): Promise<DraftStore<ActionDraft>> {
  const checks = { policies: arePolicies, call: isText, state: isText, setUp: isText, settings: areSettings };
  return DraftStore.open<ActionDraft>("regate-actions", checks, told);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function arePolicies(value: unknown): value is PolicyDraft[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPolicy);
}

function isPolicy(value: unknown): value is PolicyDraft {
  if (value === null || typeof value !== "object") return false;
  const { id, title, text, proposed } = value as Partial<Record<keyof PolicyDraft, unknown>>;
  return isText(id) && isText(title) && isText(text) && (proposed === null || isText(proposed));
}

function areSettings(value: unknown): value is ActionSettings {
  if (value === null || typeof value !== "object") return false;
  const { policy, version, part, time, ledger, approve, beginsWithState, changedOnly } = value as Partial<Record<keyof ActionSettings, unknown>>;
  return (
    isText(policy) &&
    (version === "current" || version === "proposed") &&
    (part === "call" || part === "state" || part === "set-up") &&
    isText(time) &&
    isText(ledger) &&
    (approve === "none" || approve === "all" || approve === "recorded") &&
    typeof beginsWithState === "boolean" &&
    typeof changedOnly === "boolean"
  );
}
