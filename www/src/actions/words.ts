// Says in words what the page of actions shows: decisions, checks, changes, amounts.
import type { ActionChangeKind, ActionCheckOutcome, ActionDecision, ActionVerdict } from "regate";
import { amount } from "../amount";

/** `look` is the class of the colours. */
export const DECISIONS: Record<ActionVerdict, { title: string; word: string; mark: string; look: string }> = {
  allow: { title: "Allowed", word: "allowed", mark: "✓", look: "completes" },
  require_approval: { title: "Needs an approval", word: "needs approval", mark: "‖", look: "waits" },
  deny: { title: "Denied", word: "denied", mark: "✕", look: "rejected" },
};

export const OUTCOMES: Record<ActionCheckOutcome, { word: string; mark: string }> = {
  passed: { word: "passed", mark: "✓" },
  warned: { word: "warns only", mark: "▲" },
  refused: { word: "refused here", mark: "✕" },
  held: { word: "asks for approval", mark: "‖" },
  replayed: { word: "answered from before", mark: "↺" },
};

export const CHANGES: Record<ActionChangeKind, string> = {
  none: "",
  newly_blocked: "newly blocked",
  newly_allowed: "newly allowed",
  newly_needs_approval: "newly needs approval",
  reason_changed: "other reason",
};

export function decisionInWords({ decision, reason_code }: ActionDecision): string {
  return reason_code === undefined ? DECISIONS[decision].title : `${DECISIONS[decision].title} (${reason_code})`;
}

/** The decimals that an amount of the engine has, at the most: what is there is shown. */
const DECIMALS = 12;

/** An amount of US dollars, to its last decimal. */
export function dollars(usd: number): string {
  return usd.toLocaleString("en", { style: "currency", currency: "USD", maximumFractionDigits: DECIMALS });
}

/** `90 s`, `15 min`, `2 h`, `3 days`: the largest unit in which it is whole. */
export function duration(seconds: number): string {
  const whole = (unit: number): boolean => seconds >= unit && seconds % unit === 0;
  if (whole(86_400)) return amount(seconds / 86_400, "day");
  if (whole(3_600)) return `${seconds / 3_600} h`;
  if (whole(60)) return `${seconds / 60} min`;
  return `${seconds.toLocaleString("en")} s`;
}

/** A time of a ledger as people read it, without the parts of a second. */
export function timeShown(timestamp: string): string {
  return timestamp.replace("T", " ").replace(/\.\d+/, "").replace(/Z$/, "");
}

/** A list of names, the last joined by "and". */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
