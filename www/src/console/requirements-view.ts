// What a run waits for: requirements by stage, how far each is, who may vote on it, and the provider's own answer where it is a check.
import type { Requirement, RunApproval, StoredRun } from "regate";
import { amount } from "../amount";
import { element } from "../element";
import { section } from "../preview-view";
import { tag } from "../tables";
import { actionRow } from "./actions";
import type { ConsoleContext } from "./context";
import { personOf } from "./organisation";
import { approverInWords, escalationInWords, requirementState, timeInWords, untilInWords, votersOf } from "./words";

const LOOK: Record<Requirement["status"], string> = { pending: "", active: "advisory", satisfied: "passed", rejected: "mandatory", cancelled: "" };

export function requirementsSection(context: ConsoleContext, run: StoredRun, approvals: readonly RunApproval[]): HTMLElement {
  const { requirements } = run;
  const stages = [...new Set(requirements.map(({ stage }) => stage))].sort((a, b) => a - b);
  const met = requirements.filter(({ status }) => status === "satisfied").length;
  return section(
    "Approvals",
    requirements.length === 0 ? "none" : `${met} of ${amount(requirements.length, "requirement")} met, ${amount(stages.length, "stage")}`,
    requirements.length === 0 ? element("p", { class: "quiet" }, noneInWords(run)) : null,
    element(
      "ol",
      { class: "stages" },
      ...stages.map((stage) => {
        const here = requirements.filter((requirement) => requirement.stage === stage);
        return element(
          "li",
          { class: "stage", "data-stage": stage, "data-state": stageState(here) },
          element("div", { class: "stage-title" }, `Stage ${stage}`, element("span", { class: "stage-state" }, stageState(here))),
          element("ul", { class: "requirements" }, ...here.map((requirement) => requirementRow(context, run, requirement, approvals))),
        );
      }),
    ),
  );
}

function noneInWords({ evaluation, trigger, status }: StoredRun): string {
  if (evaluation === null) return "Nothing was evaluated yet: the run has no plan.";
  if (trigger === "pr") return "A pull request's plan is only evaluated: nobody is asked.";
  return status === "rejected" ? "Policies rejected the run, so nobody is asked any more." : "No rule matched and no policy asked for an approval.";
}

function stageState(requirements: readonly Requirement[]): string {
  if (requirements.some(({ status }) => status === "rejected")) return "rejected";
  if (requirements.some(({ status }) => status === "active")) return "open";
  if (requirements.every(({ status }) => status === "satisfied")) return "met";
  return requirements.some(({ status }) => status === "cancelled") ? "cancelled" : "opens later";
}

function requirementRow(context: ConsoleContext, run: StoredRun, requirement: Requirement, approvals: readonly RunApproval[]): HTMLElement {
  const { id, name, reason, status, approvals_count, min_approvals } = requirement;
  const voters = votersOf(requirement);
  const votes = approvals.filter(({ requirement_ids }) => requirement_ids.includes(id));
  return element(
    "li",
    { class: "requirement", "data-status": status },
    element(
      "p",
      { class: "requirement-title" },
      element("span", { class: "requirement-name" }, name),
      tag(requirementState(requirement), LOOK[status]),
      element("span", { class: "progress" }, pips(requirement), `${approvals_count} of ${min_approvals}`),
    ),
    reason === "" || reason === name ? null : element("p", { class: "requirement-reason" }, reason),
    element("p", { class: "quiet" }, `${approverInWords(requirement)}${voters.length === 0 ? "" : `: ${voters.join(", ")}`}`, timeOf(context, requirement)),
    requirement.forbids_self_approval === true ? element("p", { class: "quiet" }, "Not whoever started the run.") : null,
    votes.length === 0 ? null : element("p", { class: "quiet" }, `Voted: ${votes.map(({ user_id, decision }) => `${personOf(user_id)?.name ?? user_id} ${decision}`).join(", ")}`),
    requirement.approver_type === "external_provider" && status === "active" && run.status === "pending_approval" ? providerAnswer(context, run, requirement) : null,
  );
}

function pips({ approvals_count, min_approvals }: Requirement): HTMLElement | null {
  if (min_approvals > 8) return null;
  const pip = (_: unknown, at: number): HTMLElement => element("span", { class: at < approvals_count ? "pip full" : "pip" });
  return element("span", { class: "pips", "aria-hidden": "true" }, ...Array.from({ length: min_approvals }, pip));
}

function timeOf({ nowMs }: ConsoleContext, requirement: Requirement): HTMLElement | null {
  const { expires_at_ms, status, timeout_hours } = requirement;
  if (status === "pending" && timeout_hours > 0) return element("span", {}, ` · else ${escalationInWords(requirement)} ${timeout_hours} h after it opens`);
  if (status !== "active" || expires_at_ms === null) return null;
  const words = ` · else ${escalationInWords(requirement)} ${untilInWords(expires_at_ms, nowMs)}`;
  return element("span", { title: timeInWords(expires_at_ms), class: expires_at_ms <= nowMs ? "overdue" : "" }, words);
}

// The console answers in the provider's place, with the token that only its secret makes.
function providerAnswer(context: ConsoleContext, run: StoredRun, { id, name, approver_id }: Requirement): HTMLElement {
  const reason = element("input", { type: "text", id: `answer-${id}`, placeholder: "Reason, such as what was found", "aria-label": `Reason of ${name}`, autocomplete: "off" });
  const answer = (decision: "pass" | "fail") => async (): Promise<string> => {
    await context.client.answerCheck({ run_id: run.id, provider_id: approver_id ?? "", decision, reason: reason.value });
    return `${name} answered ${decision}.`;
  };
  return element(
    "div",
    { class: "provider-answer" },
    element("p", { class: "quiet" }, "Act as the provider: the host signs the answer with the stored secret."),
    reason,
    actionRow(
      context,
      `answer-${id}`,
      { id: `pass-${id}`, label: "Answer pass", about: name, perform: answer("pass") },
      { id: `fail-${id}`, label: "Answer fail", about: name, perform: answer("fail") },
    ),
  );
}
