// Draws a governance preview: the verdict first, then who objects, who must approve, who would be called, and what changes.
import type {
  ApprovalRule,
  ExternalCheckProvider,
  GovernanceConfig,
  GovernanceOutcome,
  PlanSummary,
  PreviewResponse,
  RunContext,
} from "regate";
import { amount } from "./amount";
import { approverInWords, conditionInWords, teamInWords, timeoutInWords } from "./condition-words";
import { element } from "./element";
import type { PreviewAnswer } from "./engine-operations";

export type Verdict = "completes" | "waits" | "rejected";

const VERDICTS: Record<Verdict, { title: string; mark: string }> = {
  completes: { title: "The run completes", mark: "✓" },
  waits: { title: "The run waits for approval", mark: "‖" },
  rejected: { title: "The run is rejected", mark: "✕" },
};

// A list longer than this is cut: nobody reads it, and a phone should not draw it.
const LONGEST_LIST = 200;

export function verdictOf(outcome: GovernanceOutcome): Verdict {
  switch (outcome.run_status) {
    case "completed":
      return "completes";
    case "pending_approval":
      return "waits";
    case "rejected":
      return "rejected";
  }
}

export function verdictInWords(outcome: GovernanceOutcome, trigger: string): string {
  const { response } = outcome;
  const { builtin_rules, opa_requirements, external_providers } = response.approval_preview;
  const violations = response.mandatory_violations;
  const asked = builtin_rules.length + opa_requirements.length;
  const needs = [
    asked > 0 ? amount(asked, "approval requirement") : "",
    external_providers.length > 0 ? amount(external_providers.length, "external check") : "",
  ].filter((part) => part !== "");
  switch (verdictOf(outcome)) {
    case "rejected":
      return violations > 0
        ? `${amount(violations, "mandatory violation")}. A rejected run cannot be approved: mend the change and plan again.`
        : "The evaluation failed, and what fails never lets a run through.";
    case "waits":
      return `No mandatory policy objects. First come ${needs.join(" and ")}.`;
    case "completes":
      if (trigger === "pr" && (violations > 0 || needs.length > 0)) {
        const findings = [violations > 0 ? amount(violations, "mandatory violation") : "", ...needs].filter((part) => part !== "");
        return `A pull request's plan is only evaluated, never held. Found: ${findings.join(", ")}.`;
      }
      return "No mandatory policy objects and nobody needs to approve.";
  }
}

export function previewParts(
  { outcome, plan }: PreviewAnswer,
  config: GovernanceConfig,
  context: RunContext,
  planTitle: string,
): HTMLElement[] {
  const trigger = context.run?.trigger ?? "manual";
  return [
    verdictCard(outcome, plan, trigger, planTitle),
    policiesSection(outcome.response),
    approvalsSection(outcome.response, config, context),
    checksSection(outcome.response, config),
    changesSection(plan),
  ];
}

function verdictCard(outcome: GovernanceOutcome, plan: PlanSummary, trigger: string, planTitle: string): HTMLElement {
  const verdict = verdictOf(outcome);
  const { title, mark } = VERDICTS[verdict];
  const { added, changed, destroyed } = plan.counts;
  return element(
    "section",
    { class: `verdict ${verdict}`, "aria-labelledby": "verdict-title", "data-verdict": verdict },
    element("span", { class: "verdict-mark", "aria-hidden": "true" }, element("span", {}, mark)),
    element(
      "div",
      {},
      element("h3", { id: "verdict-title" }, title),
      element("p", {}, verdictInWords(outcome, trigger)),
    ),
    element(
      "dl",
      { class: "counts", "aria-label": `What ${planTitle} changes` },
      count("added", "+", added),
      count("changed", "~", changed),
      count("destroyed", "−", destroyed),
    ),
  );
}

/** One of the three counts of a plan, with its sign. */
export function count(name: string, sign: string, value: number): HTMLElement {
  return element(
    "div",
    { class: `count-${name}` },
    element("dt", {}, name),
    element("dd", {}, element("span", { "aria-hidden": "true" }, sign), value.toLocaleString("en")),
  );
}

/** What each policy said, those that object first. */
export function policiesSection(response: Pick<PreviewResponse, "policy_results">): HTMLElement {
  const results = response.policy_results;
  // What rejects the run comes before what only warns.
  const fired = results
    .filter((result) => !result.passed)
    .sort((a, b) => Number(a.enforcement === "advisory") - Number(b.enforcement === "advisory"));
  const passed = results.filter((result) => result.passed);
  return section(
    "Policies",
    results.length === 0 ? "none" : `${fired.length} of ${results.length} fire`,
    results.length === 0 ? element("p", { class: "quiet" }, "No policy set takes part.") : null,
    fired.length === 0 ? null : element("ul", { class: "results" }, ...fired.map(firedRow)),
    passed.length === 0
      ? null
      : element(
          "details",
          { class: "passed", open: fired.length === 0 && passed.length <= 4 },
          element("summary", {}, `${amount(passed.length, "policy", "policies")} passed`),
          element("ul", {}, ...passed.map((result) => element("li", {}, policyName(result)))),
        ),
  );
}

function policyName(result: PreviewResponse["policy_results"][number]): HTMLElement {
  return element(
    "span",
    { class: "policy-name" },
    element("span", { class: "quiet" }, `${result.policy_set_name} / `),
    result.policy_name,
  );
}

function firedRow(result: PreviewResponse["policy_results"][number]): HTMLElement {
  const shown = result.violations.slice(0, LONGEST_LIST);
  return element(
    "li",
    { class: `result ${result.enforcement}` },
    element("p", { class: "result-title" }, policyName(result), element("span", { class: `tag ${result.enforcement}` }, result.enforcement)),
    element(
      "ul",
      { class: "violations" },
      ...shown.map((message) => element("li", {}, message)),
      shown.length < result.violations.length
        ? element("li", { class: "quiet" }, `and ${result.violations.length - shown.length} more`)
        : null,
    ),
  );
}

interface Approval {
  stage: number;
  who: string;
  min: number;
  name: string;
  why: string;
}

function approvalsSection(response: PreviewResponse, config: GovernanceConfig, context: RunContext): HTMLElement {
  const { builtin_rules, opa_requirements } = response.approval_preview;
  const rules = config.approval_rules ?? [];
  const approvals: Approval[] = [
    ...builtin_rules.map(({ name, min_approvals, stage }) => {
      const rule = rules.find((candidate) => candidate.name === name);
      return {
        stage,
        min: min_approvals,
        name,
        who: rule ? approverInWords(rule) : "",
        why: rule ? [`rule: ${conditionInWords(rule.condition)}`, timeoutInWords(rule)].filter((part) => part !== "").join(", ") : "rule",
      };
    }),
    ...opa_requirements.map(({ team, min, stage, reason }) => ({
      stage,
      min,
      who: teamInWords(team),
      name: reason === "" ? "asked for by a policy" : reason,
      why: "policy",
    })),
  ];
  const stages = [...new Set(approvals.map(({ stage }) => stage))].sort((a, b) => a - b);
  const unmatched = rules.filter((rule) => !builtin_rules.some(({ name }) => name === rule.name));
  return section(
    "Approvals",
    approvals.length === 0 ? "none" : `${amount(approvals.length, "requirement")} in ${amount(stages.length, "stage")}`,
    approvals.length === 0 ? element("p", { class: "quiet" }, "No approval rule matches and no policy asks for an approval.") : null,
    approvals.length === 0
      ? null
      : element(
          "ol",
          { class: "stages" },
          ...stages.map((stage) =>
            element(
              "li",
              { class: "stage" },
              element("p", { class: "stage-title" }, `Stage ${stage}`),
              element("ul", {}, ...approvals.filter((approval) => approval.stage === stage).map(approvalRow)),
            ),
          ),
        ),
    unmatched.length === 0
      ? null
      : element(
          "p",
          { class: "quiet unmatched" },
          "Not matched: ",
          unmatched.map((rule) => `${rule.name} (${whyNot(rule, context)})`).join("; "),
          ".",
        ),
  );
}

function whyNot(rule: ApprovalRule, context: RunContext): string {
  const elsewhere = (wanted: string | null | undefined, actual: string | null | undefined) => wanted != null && wanted !== actual;
  if (elsewhere(rule.workspace_id, context.workspace?.id)) return "another workspace";
  if (elsewhere(rule.project_id, context.workspace?.project_id)) return "another project";
  if (rule.enabled === false) return "disabled";
  return conditionInWords(rule.condition);
}

function approvalRow(approval: Approval): HTMLElement {
  return element(
    "li",
    { class: "approval" },
    element("span", { class: "approval-min", title: amount(approval.min, "approval") }, `${approval.min}×`),
    element(
      "span",
      { class: "approval-text" },
      element("span", {}, approval.name),
      element("span", { class: "quiet" }, [approval.who, approval.why].filter((part) => part !== "").join(" · ")),
    ),
  );
}

function checksSection(response: PreviewResponse, config: GovernanceConfig): HTMLElement {
  const called = response.approval_preview.external_providers;
  const describe = (id: string): ExternalCheckProvider | undefined =>
    config.external_check_providers?.find((provider) => provider.id === id);
  return section(
    "External checks",
    called.length === 0 ? "none" : `${called.length} would be called`,
    called.length === 0
      ? element("p", { class: "quiet" }, "No external check is in scope.")
      : element(
          "ul",
          { class: "checks" },
          ...called.map(({ id, name }) => {
            const provider = describe(id);
            return element(
              "li",
              {},
              element("span", {}, name),
              provider ? element("code", { class: "quiet" }, provider.callback_url) : null,
            );
          }),
        ),
  );
}

function changesSection(plan: PlanSummary): HTMLElement {
  const { added, changed, destroyed } = plan.plan_changes;
  const rows: [string, string, string, string][] = [
    ...destroyed.map(({ address, resource_type }): [string, string, string, string] => ["destroyed", "−", address, resource_type]),
    ...changed.map(({ address, resource_type }): [string, string, string, string] => ["changed", "~", address, resource_type]),
    ...added.map(({ address, resource_type }): [string, string, string, string] => ["added", "+", address, resource_type]),
  ];
  const shown = rows.slice(0, LONGEST_LIST);
  return section(
    "Changes",
    plan.terraform_version ? `Terraform ${plan.terraform_version}` : "",
    plan.notes.length === 0 ? null : element("ul", { class: "notes" }, ...plan.notes.map((note) => element("li", {}, note))),
    rows.length === 0
      ? element("p", { class: "quiet" }, "The plan changes nothing.")
      : element(
          "details",
          {},
          element("summary", {}, `${amount(rows.length, "address", "addresses")} as the policies see them`),
          element(
            "ul",
            { class: "changes" },
            ...shown.map(([kind, sign, address, type]) =>
              element(
                "li",
                { class: `change-${kind}` },
                element("span", { class: "sign", "aria-hidden": "true" }, sign),
                element("span", { class: "visually-hidden" }, `${kind} `),
                element("code", {}, address),
                element("span", { class: "quiet" }, type),
              ),
            ),
            shown.length < rows.length ? element("li", { class: "quiet" }, `and ${(rows.length - shown.length).toLocaleString("en")} more`) : null,
          ),
        ),
  );
}

/** A titled part of a page. */
export function section(title: string, about: string, ...children: (HTMLElement | null)[]): HTMLElement {
  return element(
    "section",
    { class: "part", "data-part": title.toLowerCase().replaceAll(/[^a-z]+/g, "-") },
    element("h3", {}, title, about === "" ? null : element("span", { class: "about" }, about)),
    ...children,
  );
}
