// Answers of a server, checked as far as they are read: what is not as it should be is never taken for a result.

import type { RunPage } from "../run-list.js";
import type {
  ApprovalRulePage,
  Decision,
  Diagnostic,
  ExternalCheckProviderPage,
  PlannedRun,
  PolicyResult,
  PolicySetDiff,
  PolicySetPage,
  PolicySetVersionPage,
  PreviewResponse,
  RunApproval,
  StoredRun,
  TimelineEntry,
} from "../wire.js";
import { ServerFailure, UNEXPECTED } from "./server-failure.js";

/** Whether a value is what a type says, as far as commands read it. */
export type Check<T> = (value: unknown) => value is T;

/** The value of an answer. Fails where it is not what was asked for. */
export function answered<T>(check: Check<T>, value: unknown, what: string): T {
  if (check(value)) return value;
  throw new ServerFailure(UNEXPECTED, `the server's answer is not ${what}`, { help: "is it governanceHandler() of a version that fits?" });
}

export function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === "string";
const flag: Test = (value) => typeof value === "boolean";
const count: Test = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
// What `Date` can hold.
const time: Test = (value) => typeof value === "number" && Math.abs(value) <= 8.64e15;
const any: Test = () => true;
const orNone = (test: Test): Test => (value) => value === null || value === undefined || test(value);
const optional = (test: Test): Test => (value) => value === undefined || test(value);
const oneOf = (...words: readonly string[]): Test => (value) => typeof value === "string" && words.includes(value);
const listOf = (test: Test): Test => (value) => Array.isArray(value) && value.every(test);
const object = (fields: { [name: string]: Test }): Test => (value) =>
  isObject(value) && Object.entries(fields).every(([name, test]) => test(value[name]));
const as = <T>(test: Test): Check<T> => test as Check<T>;

const enforcement = oneOf("mandatory", "advisory");
const reason = object({ code: text, message: text, policy_set: orNone(text), policy: orNone(text) });

const requirement = object({
  id: text,
  source: oneOf("approval_rule", "opa", "external_check"),
  name: text,
  reason: text,
  approver_type: text,
  approver_id: orNone(text),
  approver_role: orNone(text),
  min_approvals: count,
  approvals_count: count,
  stage: count,
  status: oneOf("pending", "active", "satisfied", "rejected", "cancelled"),
  expires_at_ms: orNone(time),
});

const changeset = object({
  source_type: text,
  source_ref: orNone(text),
  pr_number: orNone(count),
  applied_at_ms: orNone(time),
  discarded_at_ms: orNone(time),
  apply_runs: listOf(text),
});

/** What a run can be. */
export const RUN_STATES: readonly string[] = ["queued", "in_progress", "pending_approval", "completed", "failed", "rejected", "aborted"] satisfies StoredRun["status"][];

const run = object({
  id: text,
  workspace_id: text,
  run_type: oneOf("plan", "apply"),
  trigger: text,
  triggered_by: orNone(text),
  status: oneOf(...RUN_STATES),
  added_count: orNone(count),
  changed_count: orNone(count),
  destroyed_count: orNone(count),
  error_summary: orNone(text),
  reasons: listOf(reason),
  requirements: listOf(requirement),
  changeset: orNone(changeset),
  created_at_ms: time,
});

// A hold says what it waits for, and a deny says why; neither is one without.
const some = (test: Test): Test => (value) => Array.isArray(value) && value.length > 0 && value.every(test);
const decision: Test = (value) => {
  const { kind, requirements, reasons } = isObject(value) ? value : {};
  if (kind === "hold") return some(requirement)(requirements);
  return kind === "deny" ? some(reason)(reasons) : kind === "allow";
};

/** What a decision makes of the status of a run. */
const STATUSES: { [kind in Decision["kind"]]: readonly StoredRun["status"][] } = {
  // An apply that is allowed is queued, and a plan that was decided on once may have come further since.
  allow: ["completed", "queued", "in_progress"],
  hold: ["pending_approval"],
  // What ended otherwise may not go ahead either.
  deny: ["rejected", "aborted", "failed"],
};

export const isRun = as<StoredRun>(run);
export const isRunPage = as<RunPage>(object({ runs: listOf(run), cursor: orNone(text) }));
// A decision that its run contradicts is none.
export const isPlannedRun: Check<PlannedRun> = (value): value is PlannedRun => {
  if (!object({ run, decision })(value)) return false;
  const planned = value as PlannedRun;
  return STATUSES[planned.decision.kind].includes(planned.run.status);
};
export const isPolicyResults = as<PolicyResult[]>(
  listOf(object({ policy_set_name: text, policy_name: text, enforcement, passed: flag, violations: listOf(text) })),
);
export const isApprovals = as<RunApproval[]>(
  listOf(object({ user_id: text, user_email: orNone(text), decision: oneOf("approved", "rejected"), comment: text, created_at: text })),
);
export const isTimeline = as<TimelineEntry[]>(
  listOf(object({ id: text, occurred_at: text, event_type: text, actor_type: text, actor_id: orNone(text), details: isObject })),
);
export const isPreview = as<PreviewResponse>(
  object({
    policy_results: isPolicyResults,
    mandatory_violations: count,
    approval_preview: object({
      would_require_approval: flag,
      builtin_rules: listOf(object({ name: text, min_approvals: count, stage: count })),
      opa_requirements: listOf(object({ team: text, min: count, stage: count, reason: text })),
      external_providers: listOf(object({ id: text, name: text })),
    }),
  }),
);

const scoped = { project_id: orNone(text), workspace_id: orNone(text) };
const cursor = orNone(text);
const set = { id: text, name: text, enforcement, enabled: flag, version: count, policies: listOf(object({ name: text })), ...scoped };

export const isPolicySetPage = as<PolicySetPage>(object({ policy_sets: listOf(object(set)), cursor }));
export const isVersionPage = as<PolicySetVersionPage>(
  object({
    versions: listOf(object({ version: count, change: text, about: orNone(text), author_id: orNone(text), author_email: orNone(text), created_at: text })),
    cursor,
  }),
);
const policyText = object({ description: text, rego_source: text });
export const isDiff = as<PolicySetDiff>(
  object({
    from: count,
    to: count,
    fields: listOf(object({ field: text, from: any, to: any })),
    policies: listOf(object({ name: text, from: orNone(policyText), to: orNone(policyText) })),
  }),
);
export const isRulePage = as<ApprovalRulePage>(
  object({
    approval_rules: listOf(
      object({
        name: text,
        approver_type: oneOf("user", "team", "org_role"),
        approver_id: orNone(text),
        approver_role: orNone(text),
        min_approvals: orNone(count),
        stage: orNone(count),
        condition: orNone(object({ type: text })),
        enabled: orNone(flag),
        ...scoped,
      }),
    ),
    cursor,
  }),
);
export const isProviderPage = as<ExternalCheckProviderPage>(
  object({
    external_check_providers: listOf(
      object({ id: text, name: text, callback_url: text, has_secret: flag, scopes: listOf(object({ scope_type: text, scope_id: text })) }),
    ),
    cursor,
  }),
);

const position = object({ line: count, column: count });
const diagnostic = object({
  severity: oneOf("error", "warning"),
  code: text,
  message: text,
  file: text,
  start: position,
  end: position,
  help: optional(text),
  limit: optional(object({ name: text, value: count })),
});

/** The diagnostics of a refusal. Those that are none are left out: the refusal stands without them. */
export function diagnosticsOf(value: unknown): Diagnostic[] {
  return Array.isArray(value) ? value.filter((found): found is Diagnostic => diagnostic(found)) : [];
}
