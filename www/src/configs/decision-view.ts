// Draws a decision: its status large, the failures with their reasons, what was passed over, and which rules took part.
import type { ConfigDecided, ConfigDecision, ConfigViolation, Diagnostic } from "regate";
import { amount } from "../amount";
import { element, sentenceParts } from "../element";
import { section } from "../preview-view";
import { asSentence } from "../sentence";
import { STATUSES, meaningOf } from "./words";

export interface DecisionViewWiring {
  /** Shows the place of a warning. */
  show(warning: Diagnostic): void;
  /** Shows the place that a reason names; null where it names none. */
  wayTo(reason: string): (() => void) | null;
}

export function decisionInWords(decision: ConfigDecision): string {
  return `${decision.status}. ${decision.reason ?? meaningOf(decision)}`;
}

export function decisionParts({ decision, warnings, steps, memory_units }: ConfigDecided, wiring: DecisionViewWiring): (HTMLElement | null)[] {
  const { enabled_rules = [], hard_failures = [], soft_failures = [] } = decision;
  return [
    card(decision, wiring),
    hard_failures.length === 0 ? null : failures("Hard failures", hard_failures, "mandatory"),
    soft_failures.length === 0 ? null : failures("Soft failures", soft_failures, "advisory"),
    warnings.length === 0 ? null : passedOver(warnings, wiring),
    decision.status === "ERROR" ? null : enabled(enabled_rules, hard_failures, soft_failures, warnings),
    element("p", { class: "quiet cost" }, `${steps.toLocaleString("en")} steps, ${memory_units.toLocaleString("en")} units of memory.`),
  ];
}

function card(decision: ConfigDecision, { wayTo }: DecisionViewWiring): HTMLElement {
  const { status, reason } = decision;
  const { mark, look } = STATUSES[status];
  const way = reason === undefined ? null : wayTo(reason);
  return element(
    "section",
    { class: `verdict ${look}`, "aria-labelledby": "verdict-word", "data-status": status },
    element("span", { class: "verdict-mark", "aria-hidden": "true" }, element("span", {}, mark)),
    element(
      "div",
      {},
      element("h3", { id: "verdict-word" }, status),
      element("p", {}, meaningOf(decision)),
      reason === undefined ? null : element("p", { class: "error-reason" }, reason),
      way === null ? null : element("button", { type: "button", class: "small", id: "show-reason", onclick: way }, "Go to the policy"),
    ),
  );
}

function failures(title: string, violations: readonly ConfigViolation[], look: string): HTMLElement {
  // The failures of one rule stand together, as the decision has them.
  const rules = [...new Set(violations.map(({ rule }) => rule))];
  const row = (rule: string): HTMLLIElement =>
    element(
      "li",
      { class: `result ${look}`, "data-rule": rule },
      element("p", { class: "result-title" }, element("code", { class: "policy-name" }, rule)),
      element("ul", { class: "violations" }, ...violations.filter((each) => each.rule === rule).map(({ reason }) => element("li", {}, reason === "" ? element("span", { class: "quiet" }, "an empty text") : reason))),
    );
  return section(title, amount(violations.length, "failure"), element("ul", {}, ...rules.map(row)));
}

function passedOver(warnings: readonly Diagnostic[], { show }: DecisionViewWiring): HTMLElement {
  const row = (warning: Diagnostic): HTMLLIElement => {
    const { file, start, message, help, code } = warning;
    return element(
      "li",
      { class: "result advisory", "data-code": code },
      element("p", {}, ...sentenceParts(asSentence(message))),
      help === undefined ? null : element("p", { class: "quiet" }, ...sentenceParts(asSentence(help))),
      element("button", { type: "button", class: "small place-link", onclick: () => show(warning) }, element("span", { class: "visually-hidden" }, "Go to "), `${file}:${start.line}`),
    );
  };
  return section("Passed over in silence", amount(warnings.length, "warning"), element("ul", {}, ...warnings.map(row)));
}

type RuleOutcome = "passes" | "fails softly" | "fails hard" | "passed over";

const OUTCOMES: Record<RuleOutcome, { mark: string; look: string }> = {
  passes: { mark: "✓", look: "completes" },
  "fails softly": { mark: "▲", look: "waits" },
  "fails hard": { mark: "✕", look: "rejected" },
  "passed over": { mark: "▲", look: "waits" },
};

function enabled(rules: readonly string[], hard: readonly ConfigViolation[], soft: readonly ConfigViolation[], warnings: readonly Diagnostic[]): HTMLElement {
  const outcomeOf = (rule: string): RuleOutcome => {
    if (hard.some((each) => each.rule === rule)) return "fails hard";
    if (soft.some((each) => each.rule === rule)) return "fails softly";
    // A rule that cannot fail has not passed either.
    return warnings.some(({ message }) => message.includes(`\`${rule}\``) || message.includes(`"${rule}"`)) ? "passed over" : "passes";
  };
  const row = (rule: string): HTMLLIElement => {
    const word = outcomeOf(rule);
    const { mark, look } = OUTCOMES[word];
    return element(
      "li",
      { class: look, "data-rule": rule },
      element("span", { class: "rule-mark", "aria-hidden": "true" }, mark),
      element("code", {}, rule),
      element("span", { class: "rule-word" }, word),
    );
  };
  return section(
    "Enabled rules",
    amount(rules.length, "rule"),
    rules.length === 0
      ? element("p", { class: "quiet" }, "No policy enables a rule for this configuration.")
      : element("ul", { class: "enabled-rules" }, ...rules.map(row)),
  );
}
