// A run of a server for people: the verdict first, then what was planned, why, who is asked, and who voted.

import type { PolicyResult, Requirement, RunApproval, StoredRun } from "../wire.js";
import { EXIT_FAILED, EXIT_OK } from "./failure.js";
import { indented, plural, tableLines, type Cell } from "./lines.js";
import { policyLines } from "./policy-lines.js";
import { inLine, type Paint, type Terminal } from "./terminal.js";

/** A run, and what is known beside it. */
export interface RunSeen {
  run: StoredRun;
  results?: readonly PolicyResult[];
  approvals?: readonly RunApproval[];
}

/** INVARIANT (fail closed): only a run that is completed ends with 0. */
export function exitOfRun({ status }: StoredRun): number {
  return status === "completed" ? EXIT_OK : EXIT_FAILED;
}

/** Prints the report. */
export function printRun(seen: RunSeen, terminal: Terminal): void {
  const { out, paint } = terminal;
  const columns = columnsOf(terminal);
  out(verdictOf(seen.run, paint));
  out("");
  for (const line of tableLines(about(seen.run, paint), 2, columns)) out(line);
  const { run, approvals = [] } = seen;
  const sections = [
    policies(seen, paint, columns),
    reasons(seen, paint, columns),
    requirements(run, paint, columns),
    votes(approvals, paint, columns),
  ];
  for (const section of sections) {
    if (section.length === 0) continue;
    out("");
    for (const line of section) out(line);
  }
}

/** The columns that lines may take. */
export function columnsOf({ wraps, width }: Terminal): number {
  return wraps ? width : Infinity;
}

/** What became of a run, in one line. */
export function verdictOf(run: StoredRun, paint: Paint): string {
  const good = (word: string, then: string): string => `${paint.green(paint.bold(`✓ ${word}`))}  ${then}`;
  const open = (word: string, then: string): string => `${paint.yellow(paint.bold(`● ${word}`))}  ${then}`;
  const bad = (word: string, then: string): string => `${paint.red(paint.bold(`✗ ${word}`))}  ${then}`;
  switch (run.status) {
    case "completed":
      if (run.run_type === "apply") return good("COMPLETED", "the apply was performed");
      return good("ALLOWED", `the run is completed${run.trigger === "pr" ? ", as a pull request's plan is whatever was found" : ""}`);
    case "pending_approval": {
      const left = run.requirements.filter(({ status }) => status === "active" || status === "pending");
      const stages = new Set(left.map(({ stage }) => stage)).size;
      return open("HELD", `the run waits for ${plural(left.length, "requirement")}${stages > 1 ? ` in ${stages} stages` : ""}`);
    }
    case "queued":
      return open("QUEUED", run.run_type === "apply" ? "the apply waits to be performed" : "the run waits for its plan");
    case "in_progress":
      return open("IN PROGRESS", "somebody works on the run");
    case "rejected":
      return bad("REJECTED", `the run was rejected for ${plural(run.reasons.length, "reason")}`);
    case "failed":
      return bad("FAILED", `the run ended in an error${run.error_summary == null ? "" : `: ${inLine(run.error_summary)}`}`);
    case "aborted":
      return bad("ABORTED", "the run was stopped");
  }
}

/** A point in time, to the second. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

function about(run: StoredRun, paint: Paint): (string | Cell)[][] {
  const title = (text: string): Cell => ({ text, paint: paint.dim });
  const by = run.triggered_by === null || run.triggered_by === undefined ? "" : ` by ${run.triggered_by}`;
  const rows: (string | Cell)[][] = [
    [title("run"), run.id],
    [title("created"), `${timeText(run.created_at_ms)} · ${run.trigger}${by}`],
    [title("workspace"), run.workspace_id],
  ];
  const { added_count: added, changed_count: changed, destroyed_count: destroyed, changeset } = run;
  if (added !== null && added !== undefined) rows.push([title(run.run_type), `${added} to add, ${changed ?? 0} to change, ${destroyed ?? 0} to destroy`]);
  if (changeset !== null && changeset !== undefined) {
    const parts = [
      ...(changeset.source_ref == null ? [] : [`${changeset.source_type} ${changeset.source_ref}`]),
      ...(changeset.pr_number == null ? [] : [`pull request ${changeset.pr_number}`]),
      ...(changeset.applied_at_ms == null ? [] : [`applied ${timeText(changeset.applied_at_ms)}`]),
      ...(changeset.discarded_at_ms == null ? [] : [`discarded ${timeText(changeset.discarded_at_ms)}`]),
      ...changeset.apply_runs.map((id) => `apply run ${id}`),
    ];
    if (parts.length > 0) rows.push([title("changeset"), parts.join(" · ")]);
  }
  return rows;
}

function policies({ run, results }: RunSeen, paint: Paint, columns: number): string[] {
  // An apply is evaluated only where its plan was of a pull request.
  if (results === undefined || (run.run_type === "apply" && results.length === 0)) return [];
  const isOpen = run.status === "queued" || run.status === "in_progress";
  return policyLines(results, isOpen ? "not evaluated yet" : "no policy set applied to this run", paint, columns);
}

// What a policy said stands with the policy where its results are known.
function reasons({ run, results }: RunSeen, paint: Paint, columns: number): string[] {
  const told = run.reasons.filter(({ policy }) => policy === undefined || policy === null || results === undefined || results.length === 0);
  if (run.status !== "rejected" || told.length === 0) return [];
  const of = ({ policy_set, policy }: (typeof told)[number]): string => (policy == null ? "" : `${policy_set ?? ""}/${policy}: `);
  return [paint.bold("Reasons"), ...told.flatMap((reason) => indented(`${of(reason)}${reason.message}`, 2, columns))];
}

function requirements(run: StoredRun, paint: Paint, columns: number): string[] {
  const lines = run.requirements.length === 0 ? [] : [paint.bold("Approvals")];
  const stages = [...new Set(run.requirements.map(({ stage }) => stage))].sort((a, b) => a - b);
  for (const stage of stages) {
    lines.push(`  ${paint.cyan(`stage ${stage}`)}`);
    const rows = run.requirements.filter((one) => one.stage === stage).map((one) => requirementRow(one, paint));
    lines.push(...tableLines(rows, 4, columns));
  }
  return lines;
}

function requirementRow(requirement: Requirement, paint: Paint): (string | Cell)[] {
  const { source, name, reason, min_approvals, approvals_count, status, expires_at_ms } = requirement;
  const colour = { satisfied: paint.green, rejected: paint.red, cancelled: paint.dim, pending: paint.dim, active: paint.yellow }[status];
  const why = { approval_rule: `rule: ${name}`, opa: `policy: ${reason === "" ? name : reason}`, external_check: `check: ${name}` }[source];
  const until = status === "active" && expires_at_ms !== null && expires_at_ms !== undefined ? ` · until ${timeText(expires_at_ms)}` : "";
  return [
    whoOf(requirement),
    source === "external_check" ? "" : `${approvals_count} of ${plural(min_approvals, "approval")}`,
    { text: status === "pending" ? "not open yet" : status === "active" ? "open" : status, paint: colour },
    { text: why + until, paint: paint.dim },
  ];
}

function whoOf({ source, approver_type, approver_id, approver_role, name }: Requirement): string {
  if (source === "external_check") return `check ${name}`;
  if (approver_type === "org_role") return `role ${approver_role ?? ""}`;
  return `${approver_type} ${approver_id ?? ""}`;
}

function votes(approvals: readonly RunApproval[], paint: Paint, columns: number): string[] {
  if (approvals.length === 0) return [];
  const rows = approvals.map(({ user_id, user_email, decision, created_at, comment }) => [
    user_email ?? user_id,
    { text: decision, paint: decision === "approved" ? paint.green : paint.red },
    { text: created_at, paint: paint.dim },
    comment,
  ]);
  return [paint.bold("Votes"), ...tableLines(rows, 2, columns)];
}
