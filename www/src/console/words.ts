// Says what the console shows in words: scopes, approvers, times, states, and what happened.
import type { ApprovalRule, Requirement, RunState, ScopeType, TimelineEntry } from "regate";
import type { RunNotice } from "./desk";
import { ORG_ID, ORG_NAME, membersOf, people, personOf, projects, teamOf, workspaces } from "./organisation";

export function workspaceName(id: string): string {
  return workspaces.find((workspace) => workspace.id === id)?.name ?? id;
}

export function scopeInWords({ project_id, workspace_id }: { project_id?: string | null; workspace_id?: string | null }): string {
  if (workspace_id != null) return `workspace ${workspaceName(workspace_id)}`;
  if (project_id != null) return `project ${projects.find(({ id }) => id === project_id)?.name ?? project_id}`;
  return "whole organisation";
}

export function providerScopeInWords(type: ScopeType, id: string): string {
  if (type === "org") return scopeInWords({});
  return scopeInWords(type === "project" ? { project_id: id } : { workspace_id: id });
}

/** The scopes that something can be set up at, as options of a select: `org`, `project:ID`, `workspace:ID`. */
export const scopeOptions: [string, string][] = [
  [`org:${ORG_ID}`, `${ORG_NAME} (organisation)`],
  ...projects.map(({ id, name }): [string, string] => [`project:${id}`, `project ${name}`]),
  ...workspaces.map(({ id, name }): [string, string] => [`workspace:${id}`, `workspace ${name}`]),
];

/** The two fields of a scope that was chosen among `scopeOptions`. */
export function scopeFields(chosen: string | undefined): { project_id?: string; workspace_id?: string } {
  const [type, id = ""] = (chosen ?? "").split(":");
  return type === "project" ? { project_id: id } : type === "workspace" ? { workspace_id: id } : {};
}

export const triggerOptions: [string, string][] = [
  ["push", "push"],
  ["manual", "manual"],
  ["schedule", "schedule"],
  ["promotion", "promotion"],
  ["pr", "pull request"],
];

type Approver = Pick<ApprovalRule, "approver_id" | "approver_role"> & { approver_type: string };

export function approverInWords({ approver_type, approver_id, approver_role }: Approver): string {
  switch (approver_type) {
    case "user":
      return personOf(approver_id)?.name ?? `person ${approver_id ?? "unknown"}`;
    case "team":
      return `team ${teamOf(approver_id)?.name ?? approver_id ?? "unknown"}`;
    case "org_role":
      return `role ${approver_role ?? "unknown"} or higher`;
    default:
      return "the provider itself";
  }
}

const RANK: Record<string, number> = { reader: -1, member: 0, admin: 1, owner: 2 };

/** The names of those who can vote on it; in the place of a team that nobody is in, administrators. */
export function votersOf({ approver_type, approver_id, approver_role }: Approver): string[] {
  const ofRole = (role: string): string[] =>
    people.filter(({ org_role }) => org_role !== null && (RANK[org_role] ?? -2) >= (RANK[role] ?? 3)).map(({ name }) => name);
  if (approver_type === "user") return [approverInWords({ approver_type, approver_id: approver_id ?? null })];
  if (approver_type === "org_role") return ofRole(approver_role ?? "");
  if (approver_type !== "team") return [];
  const members = membersOf(approver_id ?? "").map(({ name }) => name);
  return members.length > 0 ? members : ofRole("admin");
}

export function timeoutInWords(rule: Pick<ApprovalRule, "escalation_action" | "escalation_team_id" | "timeout_hours">): string {
  const hours = rule.timeout_hours ?? 0;
  return hours === 0 ? "waits without end" : `${escalationInWords(rule)} after ${hours} h`;
}

export function escalationInWords({ escalation_action, escalation_team_id }: { escalation_action?: string | null; escalation_team_id?: string | null }): string {
  if (escalation_action === "auto_approve") return "approved by itself";
  if (escalation_action !== "escalate_to") return "rejected";
  return `handed to ${escalation_team_id == null ? "the administrators" : `team ${teamOf(escalation_team_id)?.name ?? escalation_team_id}`}`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export function timeInWords(time: number | string): string {
  return TIME.format(new Date(time));
}

/** `in 2 h 10 min`, or `overdue`. */
export function untilInWords(atMs: number, nowMs: number): string {
  const minutes = Math.ceil((atMs - nowMs) / 60_000);
  if (minutes <= 0) return "overdue";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? `in ${rest} min` : rest === 0 ? `in ${hours} h` : `in ${hours} h ${rest} min`;
}

export const STATES: Record<RunState, { words: string; verdict: "completes" | "waits" | "rejected" | "neutral"; mark: string }> = {
  queued: { words: "Queued", verdict: "neutral", mark: "…" },
  in_progress: { words: "In progress", verdict: "neutral", mark: "…" },
  pending_approval: { words: "Waits for approval", verdict: "waits", mark: "‖" },
  completed: { words: "Completed", verdict: "completes", mark: "✓" },
  failed: { words: "Failed", verdict: "rejected", mark: "✕" },
  rejected: { words: "Rejected", verdict: "rejected", mark: "✕" },
  aborted: { words: "Aborted", verdict: "neutral", mark: "■" },
};

export function requirementState({ status }: Requirement): string {
  return { pending: "opens later", active: "open", satisfied: "met", rejected: "rejected", cancelled: "cancelled" }[status];
}

/** Who did it. Providers are named by those who know them. */
export function actorInWords({ actor_type, actor_id }: TimelineEntry, providerName: (id: string) => string): string {
  if (actor_id === null) return "Regate";
  return actor_type === "external_provider" ? providerName(actor_id) : (personOf(actor_id)?.name ?? actor_id);
}

/** What happened, without who did it. */
export function eventInWords({ event_type, details }: TimelineEntry): string {
  const of = (name: string): string => (typeof details[name] === "string" ? (details[name] as string) : "");
  const after = (text: string): string => (text === "" ? "" : `: ${text}`);
  const quoted = `“${of("name")}”`;
  switch (event_type) {
    case "policy_evaluated": {
      const count = Number(details["violations_count"] ?? 0);
      return `evaluated the policy set ${of("policy_set_name")}: ${count === 0 ? "no violation" : `${count} ${count === 1 ? "violation" : "violations"}`}`;
    }
    case "requirement_active":
      return `opened ${quoted} in stage ${String(details["stage"])}${after(of("reason"))}`;
    case "requirement_satisfied":
      return `met ${quoted}`;
    case "requirement_rejected":
      return `rejected ${quoted}${after(of("comment"))}`;
    case "requirement_escalated":
      return `handed ${quoted} on, its time was up${after(of("reason"))}`;
    case "requirement_auto_approved":
      return `approved ${quoted} by itself, its time was up`;
    case "approval_received":
      return `${of("decision")}${details["self_approval"] === true ? " a run of their own" : ""}${after(of("comment"))}`;
    case "external_check_received":
      return `answered ${of("decision")}${after(of("reason"))}`;
    case "approvers_notified":
      return "told the approvers again";
    case "changeset_discarded":
      return "discarded the changeset";
    case "apply_requested":
      return "asked for the apply";
    case "apply_completed":
      return "applied it";
    case "run_aborted":
      return "aborted the run";
    case "run_failed":
      return `said that it failed${after(of("error_summary"))}`;
    default:
      return event_type.replaceAll("_", " ");
  }
}

/** To whom a notice goes, and what it says. */
export function noticeInWords(notice: RunNotice): { to: string; what: string } {
  switch (notice.kind) {
    case "approval_requested": {
      const names = votersOf(notice.requirement);
      return { to: `${approverInWords(notice.requirement)}${names.length === 0 ? "" : ` (${names.join(", ")})`}`, what: `Approval is asked for: ${notice.requirement.name}` };
    }
    case "external_check_requested":
      return { to: notice.callback_url, what: "A check of the run is asked for, with a signed token" };
    case "apply_queued":
      return { to: "whoever applies", what: "An apply is queued" };
    case "run_decided":
      return { to: "whoever started the run", what: `The run is ${notice.run_status.replace("_", " ")}` };
  }
}

export function personName(id: string | null, email: string | null): string {
  return personOf(id)?.name ?? email ?? id ?? "nobody";
}
