// The governance preview for people: the verdict first, then why, then who would be asked.

import type { RunContext } from "../governance.js";
import type {
  ApprovalRule,
  AskedRequirement,
  Diagnostic,
  GovernanceConfig,
  GovernanceOutcome,
  MatchedRule,
  PlanSummary,
} from "../wire.js";
import { printDiagnostics } from "./excerpt.js";
import { indented, plural } from "./lines.js";
import { policyLines } from "./policy-lines.js";
import { printable, type Paint, type Terminal } from "./terminal.js";

/** Everything that the report speaks of. */
export interface Preview {
  plan: string;
  summary: PlanSummary;
  context: RunContext;
  config: GovernanceConfig;
  outcome: GovernanceOutcome;
  diagnostics: readonly Diagnostic[];
  sources: ReadonlyMap<string, string>;
}

/** Prints the report. */
export function printPreview(preview: Preview, terminal: Terminal): void {
  const { out, paint } = terminal;
  if (preview.diagnostics.length > 0) printDiagnostics(preview.diagnostics, preview.sources, terminal);
  out(verdict(preview, paint));
  out("");
  for (const line of about(preview, paint)) out(line);
  const columns = terminal.wraps ? terminal.width : Infinity;
  for (const section of [policies(preview, paint, columns), approvals(preview, paint, columns), checks(preview, paint)]) {
    if (section.length === 0) continue;
    out("");
    for (const line of section) out(line);
  }
}

function verdict({ outcome }: Preview, paint: Paint): string {
  const { decision } = outcome;
  switch (decision.kind) {
    case "deny":
      return `${paint.red(paint.bold("✗ REJECTED"))}  ${denial(outcome, decision.reasons)}`;
    case "hold": {
      const stages = new Set(decision.requirements.map(({ stage }) => stage)).size;
      const waits = `the run would wait for ${plural(decision.requirements.length, "requirement")}`;
      return `${paint.yellow(paint.bold("● HELD"))}  ${waits}${stages > 1 ? ` in ${stages} stages` : ""}`;
    }
    case "allow":
      return `${paint.green(paint.bold("✓ ALLOWED"))}  the run would complete${unenforced(outcome)}`;
  }
}

// A pull request's plan completes whatever was found: say what the same plan would meet later.
function unenforced({ enforced_status }: GovernanceOutcome): string {
  switch (enforced_status) {
    case "completed":
      return "";
    case "pending_approval":
      return ", as a pull request's plan does; enforced, it would wait for approval";
    case "rejected":
      return ", as a pull request's plan does; enforced, it would be rejected";
  }
}

function denial({ response }: GovernanceOutcome, reasons: readonly { message: string }[]): string {
  const { mandatory_violations } = response;
  if (mandatory_violations > 0) return `the run would be rejected: ${plural(mandatory_violations, "violation")} of mandatory policies`;
  return `the run would be rejected: ${printable(reasons.map(({ message }) => message).join("; "))}`;
}

function about({ plan, summary, context }: Preview, paint: Paint): string[] {
  const { counts, terraform_version, notes } = summary;
  const changes = `${paint.green(`${counts.added} to add`)}, ${paint.yellow(`${counts.changed} to change`)}, ${paint.red(`${counts.destroyed} to destroy`)}`;
  const made = terraform_version === null || terraform_version === "" ? "" : ` · Terraform ${terraform_version}`;
  const lines = [`  ${paint.dim("plan")}  ${printable(plan + made)} · ${changes}`];
  const { workspace, run } = context;
  const parts = [];
  if (run !== undefined) parts.push(run.triggered_by == null ? run.trigger : `${run.trigger} by ${run.triggered_by}`);
  if (workspace !== undefined) parts.push(`workspace ${workspace.name}`);
  if (parts.length > 0) lines.push(`  ${paint.dim("run ")}  ${printable(parts.join(" · "))}`);
  for (const note of notes) lines.push(`  ${paint.dim("note")}  ${printable(note)}`);
  return lines;
}

function policies({ outcome, config }: Preview, paint: Paint, columns: number): string[] {
  const results = outcome.response.policy_results;
  const known = (config.policy_sets ?? []).length;
  return policyLines(results, known === 0 ? "none were given" : "no policy set applies to this run", paint, columns);
}

// One line of the approvals: who, how many, why.
interface Asked {
  stage: number;
  who: string;
  approvals: number;
  why: string;
}

function approvals({ outcome, config }: Preview, paint: Paint, columns: number): string[] {
  const { builtin_rules, opa_requirements, would_require_approval } = outcome.response.approval_preview;
  const asked = [...ofRules(builtin_rules, config.approval_rules ?? []), ...opa_requirements.map(ofPolicy)];
  if (asked.length === 0) return would_require_approval ? [] : [paint.bold("Approvals"), `  ${paint.dim("nobody is asked")}`];
  const title = outcome.decision.kind === "hold" ? "Approvals" : "Approvals (asked for when nothing rejects the run)";
  const lines = [paint.bold(outcome.decision.kind === "allow" ? "Approvals (shown, not enforced)" : title)];
  const column = Math.max(...asked.map(({ who }) => who.length));
  const stages = [...new Set(asked.map(({ stage }) => stage))].sort((a, b) => a - b);
  for (const stage of stages) {
    lines.push(`  ${paint.cyan(`stage ${stage}`)}`);
    for (const { who, approvals, why } of asked.filter((one) => one.stage === stage)) {
      const asked = `    ${who.padEnd(column)}  ${plural(approvals, "approval").padEnd(11)}`;
      if (asked.length + 2 + why.length <= columns) lines.push(`${asked}  ${paint.dim(why)}`);
      else lines.push(asked.trimEnd(), ...indented(why, 8, columns).map((line) => paint.dim(line)));
    }
  }
  return lines;
}

// The response names a rule; who approves stands in the configuration, where one name may occur once for each scope.
function ofRules(matched: readonly MatchedRule[], rules: readonly ApprovalRule[]): Asked[] {
  const left = [...rules];
  return matched.map(({ name, min_approvals, stage }) => {
    const index = left.findIndex(
      (rule) => rule.name === name && (rule.min_approvals ?? 1) === min_approvals && (rule.stage ?? 1) === stage,
    );
    const [rule] = index < 0 ? [] : left.splice(index, 1);
    return { stage, who: rule === undefined ? "an approver" : printable(approverOf(rule)), approvals: min_approvals, why: printable(`rule: ${name}`) };
  });
}

function approverOf(rule: ApprovalRule): string {
  switch (rule.approver_type) {
    case "user":
      return `user ${rule.approver_id ?? ""}`;
    case "team":
      return `team ${rule.approver_id ?? ""}`;
    case "org_role":
      return `role ${rule.approver_role ?? ""}`;
  }
}

function ofPolicy({ team, min, stage, reason }: AskedRequirement): Asked {
  const role = /^org_role:(.*)$/.exec(team)?.[1];
  const who = printable(role === undefined ? `team ${team}` : `role ${role}`);
  return { stage, who, approvals: min, why: reason === "" ? "asked for by a policy" : printable(`policy: ${reason}`) };
}

function checks({ outcome, config }: Preview, paint: Paint): string[] {
  const providers = outcome.response.approval_preview.external_providers;
  if (providers.length === 0) return [];
  const would = outcome.decision.kind === "hold" ? "would be called" : "not called";
  const column = Math.max(...providers.map(({ name }) => name.length));
  const lines = [paint.bold("External checks")];
  for (const { id, name } of providers) {
    const url = config.external_check_providers?.find((provider) => provider.id === id)?.callback_url ?? "";
    lines.push(`    ${printable(name).padEnd(column)}  ${would}  ${paint.dim(printable(url))}`);
  }
  return lines;
}
