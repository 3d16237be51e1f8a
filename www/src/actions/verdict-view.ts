// Draws a decision: the word large, why and what to do about it, who is asked, what is worth a word, and the path there.
import type { ActionDecision, ApprovalOfDecision, ActionWarning, Remediation } from "regate";
import { element, sentenceParts } from "../element";
import { jsonText } from "../json-text";
import { section } from "../preview-view";
import { asSentence } from "../sentence";
import { checkPath } from "./check-path";
import { warningsSection, type WarningShown } from "./warnings-view";
import { DECISIONS, decisionInWords, dollars, duration, listed } from "./words";

/** `before` is the decision without what is proposed; null where nothing is. */
export function verdictParts(decision: ActionDecision, before: ActionDecision | null): (HTMLElement | null)[] {
  return [
    card(decision, before),
    facts(decision),
    decision.remediation ? remediation(decision.remediation) : null,
    decision.approval ? approval(decision.approval) : null,
    decision.warnings.length === 0 ? null : warningsSection("Warnings", decision.warnings.map(warningShown)),
    section("Path through the checks", reached(decision), checkPath(decision)),
    decision.details === undefined ? null : details(decision.details),
  ];
}

export function verdictInWords(decision: ActionDecision): string {
  const { title } = DECISIONS[decision.decision];
  return decision.message === undefined ? `${title}.` : `${title}: ${decision.message}.`;
}

function card(decision: ActionDecision, before: ActionDecision | null): HTMLElement {
  const { title, mark, look } = DECISIONS[decision.decision];
  const replayed = decision.idempotent_replay !== undefined;
  const said = decision.approval ? waitsFor(decision.approval) : decision.message ?? (replayed ? "the call was made before: its result is given, and it must not be made again" : "nothing stands against the call");
  return element(
    "section",
    { class: `verdict ${look}`, "aria-labelledby": "verdict-word", "data-decision": decision.decision },
    element("span", { class: "verdict-mark", "aria-hidden": "true" }, element("span", {}, replayed ? "↺" : mark)),
    element(
      "div",
      {},
      element("h3", { id: "verdict-word" }, replayed ? "Answered from before" : title),
      element("p", {}, ...sentenceParts(asSentence(said))),
      before === null ? null : element("p", { class: "before" }, beforeInWords(decision, before)),
    ),
  );
}

function waitsFor({ approvers, timeout_seconds }: ApprovalOfDecision): string {
  return `it waits for ${who(approvers)}, ${duration(timeout_seconds)} at the most`;
}

function who(approvers: readonly string[]): string {
  return approvers.length === 0 ? "whoever may approve" : listed(approvers);
}

function beforeInWords(decision: ActionDecision, before: ActionDecision): string {
  const isSame = before.decision === decision.decision && before.reason_code === decision.reason_code;
  return isSame ? "Without what is proposed: the same." : `Without what is proposed: ${decisionInWords(before)}.`;
}

function facts(decision: ActionDecision): HTMLElement {
  const { reason_code, policy_rule, policy_ids, budget_type, spent, limit, recoverable, exceptions_applied, idempotent_replay } = decision;
  const codes = (names: readonly string[]): Node[] => names.map((name) => element("code", {}, name));
  const from = decision.decision === "allow" ? "Policies looked at" : "Policies";
  const rows: [string, (Node | string)[]][] = [
    ["Reason", reason_code === undefined ? [] : codes([reason_code])],
    ["Rule", policy_rule === undefined ? [] : codes([policy_rule])],
    [from, codes(policy_ids)],
    ["Budget", budget_type === undefined || spent === undefined || limit === undefined ? [] : [`${budget_type}: ${dollars(spent)} of ${dollars(limit)}`]],
    ["The agent can mend it", decision.decision === "deny" ? [recoverable ? "yes" : "no"] : []],
    ["Exceptions used", codes(exceptions_applied)],
    ["Result of before", idempotent_replay === undefined ? [] : [element("code", {}, jsonText(idempotent_replay.value).replace(/\n\s*/g, " "))]],
  ];
  return element(
    "dl",
    { class: "verdict-facts" },
    ...rows.filter(([, values]) => values.length > 0).map(([name, values]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, ...values.flatMap((value, at) => (at === 0 ? [value] : [" ", value]))))),
  );
}

function remediation(advice: Remediation): HTMLElement {
  const { missing_requirements, required_prior_actions, safe_alternatives, stale_evidence, argument_violations, ungrounded_arguments, retry_after_seconds } = advice;
  const named = (title: string, names: readonly string[]): HTMLElement | null =>
    names.length === 0 ? null : element("li", {}, `${title} `, ...names.flatMap((name, at) => [at === 0 ? "" : ", ", element("code", {}, name)]));
  const retry = retry_after_seconds === undefined ? null : retry_after_seconds === null ? "Waiting does not help." : `It may be tried again in ${duration(retry_after_seconds)}.`;
  const rows = [
    named("Still missing:", missing_requirements),
    named("Too old:", stale_evidence),
    // All of them, where some are there already.
    required_prior_actions.length === missing_requirements.length + stale_evidence.length ? null : named("All that must come first:", required_prior_actions),
    ...argument_violations.map(({ message }) => element("li", {}, ...sentenceParts(asSentence(message)))),
    ...ungrounded_arguments.map(({ field, expected_source, actual_value }) =>
      element("li", {}, element("code", {}, field), " is ", element("code", {}, jsonText(actual_value).replace(/\n\s*/g, " ")), ", and must come from ", element("code", {}, expected_source), ".")),
    named("May be taken instead:", safe_alternatives),
    retry === null ? null : element("li", {}, retry),
  ].filter((row) => row !== null);
  return section(
    "What the agent can do",
    "",
    element("p", {}, ...sentenceParts(asSentence(advice.retry_guidance))),
    rows.length === 0 ? null : element("ul", { class: "violations" }, ...rows),
  );
}

function approval({ asked }: ApprovalOfDecision): HTMLElement {
  return section(
    "Approval",
    asked.length === 1 ? "" : "all of it must be approved",
    element(
      "ul",
      { class: "approvals" },
      ...asked.map(({ policy_id, matched_criterion, approvers, timeout_seconds, priority }) =>
        element(
          "li",
          { class: "result advisory" },
          element("p", { class: "result-title" }, element("span", { class: "policy-name" }, policy_id ?? "the call itself"), element("code", {}, matched_criterion)),
          element("p", { class: "quiet" }, `${who(approvers)} · within ${duration(timeout_seconds)} · ${priority} priority`),
        ),
      ),
    ),
  );
}

function warningShown({ kind, message, policy_ids, reason_code }: ActionWarning): WarningShown {
  return { kind, message, about: [reason_code ?? kind, ...policy_ids].join(" · ") };
}

function reached({ checks = [] }: ActionDecision): string {
  const last = checks.at(-1);
  if (last === undefined) return "no check was reached";
  return last.outcome === "passed" || last.outcome === "warned" ? "all were passed" : `decided at check ${checks.length}`;
}

function details(value: unknown): HTMLElement {
  const shown = element("pre", { class: "json-block", tabindex: 0, role: "region", "aria-label": "What the check found" }, jsonText(value));
  return section("What the check found", "", element("details", {}, element("summary", {}, "as JSON"), shown));
}
