// The path through the checks: each in its order with what came of it, the one that decided, and those that were not reached.
import type { ActionDecision, CheckSeen } from "regate";
import { element, sentenceParts } from "../element";
import { asSentence } from "../sentence";
import { OUTCOMES } from "./words";

/** The checks in the order in which they are made, and what each wants. */
const CHECKS: [check: string, title: string][] = [
  ["kill_switch", "Nobody stopped it"],
  ["idempotency", "Not made before"],
  ["no_policy", "A policy is set up"],
  ["denied_actions", "Not denied"],
  ["allowed_actions", "Among the allowed ones"],
  ["rate_limits", "Not too often"],
  ["evidence", "What must come first did"],
  ["argument_constraints", "Arguments in shape"],
  ["pii", "No personal data"],
  ["moderation", "No unwanted content"],
  ["loop", "Not in circles"],
  ["grounding", "Arguments from their source"],
  ["declared", "What the call declares"],
  ["budgets", "Budgets suffice"],
  ["approval", "No approval needed"],
];

/** Which check a reason code of a warning belongs to. */
const CHECK_OF_REASON: Record<string, string> = {
  DENIED_ACTION: "denied_actions",
  NOT_IN_ALLOWLIST: "allowed_actions",
  RATE_LIMITED: "rate_limits",
  MISSING_EVIDENCE: "evidence",
  STALE_EVIDENCE: "evidence",
  ARGUMENT_CONSTRAINT_VIOLATED: "argument_constraints",
  PII_DETECTED: "pii",
  CONTENT_MODERATED: "moderation",
  LOOP_DETECTED: "loop",
  UNGROUNDED_ARGUMENT: "grounding",
  BUDGET_EXCEEDED: "budgets",
};

export function checkPath(decision: ActionDecision): HTMLElement {
  const seen = decision.checks ?? [];
  const notReached = CHECKS.filter(([check]) => !seen.some((step) => step.check === check));
  return element(
    "ol",
    { class: "check-path" },
    ...seen.map((step) => seenStep(step, decision)),
    ...notReached.map(([check, title]) => step(check, title, "not-reached", "○", "not reached", null)),
  );
}

function seenStep({ check, outcome }: CheckSeen, decision: ActionDecision): HTMLElement {
  const title = CHECKS.find(([name]) => name === check)?.[1] ?? check;
  const { word, mark } = OUTCOMES[outcome];
  const decides = outcome === "refused" || outcome === "held" || outcome === "replayed";
  const said = decides ? (decision.message ?? null) : outcome === "warned" ? warningOf(check, decision) : null;
  const made = step(check, title, outcome, mark, word, said);
  if (decides) made.setAttribute("aria-current", "step");
  return made;
}

function warningOf(check: string, { warnings }: ActionDecision): string | null {
  const matches = warnings.filter(({ kind, reason_code }) =>
    kind === "no_policy" ? check === "no_policy" : reason_code !== undefined && CHECK_OF_REASON[reason_code] === check,
  );
  return matches.length === 0 ? null : matches.map(({ message }) => asSentence(message)).join(" ");
}

function step(check: string, title: string, outcome: string, mark: string, word: string, said: string | null): HTMLElement {
  return element(
    "li",
    { class: `check ${outcome}`, "data-check": check, "data-outcome": outcome },
    element("span", { class: "check-mark", "aria-hidden": "true" }, mark),
    element("span", { class: "check-title" }, title, " ", element("code", {}, check)),
    element("span", { class: "check-outcome" }, word),
    said === null ? null : element("p", { class: "check-said" }, ...sentenceParts(asSentence(said))),
  );
}
