// Says an approval rule's condition and its approver in words.
import type { ApprovalRule } from "regate";

export function conditionInWords(condition: ApprovalRule["condition"]): string {
  switch (condition?.type) {
    case undefined:
    case "always":
      return "every run";
    case "destroyed_gt":
      return moreThan(condition.value, "destroyed");
    case "added_gt":
      return moreThan(condition.value, "added");
    case "changed_gt":
      return moreThan(condition.value, "changed");
    case "trigger_is":
      return `trigger is ${condition.value}`;
  }
}

function moreThan(limit: number, what: string): string {
  return limit === 0 ? `anything ${what}` : `more than ${limit} ${what}`;
}

/** Who may approve: a rule names a user or a team by id, or a role of the organisation. */
export function approverInWords(rule: Pick<ApprovalRule, "approver_type" | "approver_id" | "approver_role">): string {
  if (rule.approver_type === "org_role") return `role ${rule.approver_role ?? "unknown"}`;
  return `${rule.approver_type} ${shortId(rule.approver_id)}`;
}

/** Whom a policy asks: a team, or a role of the organisation, which stands as `org_role:` in the place of a team. */
export function teamInWords(team: string): string {
  const role = /^org_role:(.*)$/.exec(team)?.[1];
  return role === undefined ? `team ${team}` : `role ${role}`;
}

/** What happens when nobody answers, or an empty text. */
export function timeoutInWords(rule: ApprovalRule): string {
  const hours = rule.timeout_hours ?? 0;
  if (hours === 0) return "";
  const action = {
    auto_approve: "approved by itself",
    escalate_to: `passed to team ${shortId(rule.escalation_team_id)}`,
    reject: "rejected",
  }[rule.escalation_action ?? "reject"];
  return `${action} after ${hours}\u00a0h`;
}

/** The first part of a UUID is enough to tell a handful of teams apart. */
function shortId(id: string | null | undefined): string {
  if (id == null || id === "") return "unknown";
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id) ? `${id.slice(0, 8)}…` : id;
}
