// The types of the wire: what the engine takes and answers, field by field.

export type Dialect = "v0" | "v1";

export interface Module {
  path: string;
  source: string;
}

/** A place in a source text: byte offset from 0; line and UTF-16 column from 1. */
export interface Place {
  byte: number;
  line: number;
  column: number;
}

export interface LimitReached {
  name: string;
  value: number;
}

export type Severity = "error" | "warning";

export interface Diagnostic {
  code: string;
  severity: Severity;
  message: string;
  help?: string;
  file: string;
  start: Place;
  end: Place;
  limit?: LimitReached;
}

export type Enforcement = "mandatory" | "advisory";
export type SourceType = "db" | "git";
export type Profile = "terraform" | "kubernetes" | "security" | "custom";
export type PlanDetail = "summary" | "full";

export interface Policy {
  id?: string;
  name: string;
  description?: string;
  rego_source: string;
}

export interface PolicySet {
  id?: string;
  name: string;
  description?: string;
  enforcement?: Enforcement;
  enabled?: boolean;
  source_type?: SourceType;
  git_path?: string;
  profile?: Profile;
  project_id?: string | null;
  workspace_id?: string | null;
  plan_detail?: PlanDetail;
  policies?: Policy[];
}

export type ApproverType = "user" | "team" | "org_role";
export type EscalationAction = "auto_approve" | "escalate_to" | "reject";

export interface Condition {
  type: "always" | "destroyed_gt" | "added_gt" | "changed_gt" | "trigger_is";
  value?: number | string;
}

export interface ApprovalRule {
  id?: string;
  name: string;
  approver_type: ApproverType;
  approver_id?: string;
  approver_role?: string;
  min_approvals?: number;
  stage?: number;
  condition?: Condition;
  timeout_hours?: number;
  escalation_action?: EscalationAction;
  escalation_team_id?: string;
  escalation_reason?: string;
  project_id?: string | null;
  workspace_id?: string | null;
  created_by?: string | null;
  enabled?: boolean;
}

export interface ProviderScope {
  scope_type: "org" | "project" | "workspace";
  scope_id: string;
}

export interface ExternalCheckProvider {
  id: string;
  name: string;
  callback_url: string;
  description?: string;
  timeout_hours?: number;
  escalation_action?: EscalationAction;
  escalation_team_id?: string;
  scopes?: ProviderScope[];
}

export interface GovernanceConfig {
  policy_sets?: PolicySet[];
  approval_rules?: ApprovalRule[];
  external_check_providers?: ExternalCheckProvider[];
}

export type Trigger = "manual" | "push" | "schedule" | "pr" | "promotion";

export interface Workspace {
  id: string;
  name: string;
  attributes?: { [key: string]: unknown };
  project_id?: string | null;
  auto_apply?: boolean;
}

export interface Run {
  id: string;
  run_type?: "plan";
  trigger: Trigger;
  triggered_by?: string | null;
}

export interface Org {
  id: string;
}

export interface User {
  id: string | null;
  email: string | null;
}

export type Need =
  | { kind: "run"; run_id: string }
  | { kind: "approvals"; run_id: string; digest: string; revision: string };

export interface Fact {
  need: Need;
  version: string | null;
  value: unknown;
}

export interface Approval {
  requirement_id: string;
  approver_id: string;
  decision: "approved" | "rejected";
  digest: string;
  revision: string;
  comment?: string;
}

export interface Reason {
  code: string;
  message: string;
  policy_set?: string;
  policy?: string;
  requirement_id?: string;
}

export type RequirementStatus = "pending" | "active" | "satisfied" | "rejected" | "cancelled";

export interface Requirement {
  id: string;
  source: "approval_rule" | "opa" | "external_check";
  source_id: string;
  name: string;
  reason: string;
  approver_type: string;
  approver_id: string | null;
  approver_role: string | null;
  min_approvals: number;
  approvals_count: number;
  stage: number;
  status: RequirementStatus;
  activated_at_ms: number | null;
  expires_at_ms: number | null;
  timeout_hours: number;
  escalation_action: string;
  escalation_team_id: string | null;
  escalation_reason: string | null;
}

export type Decision =
  | { kind: "allow" }
  | { kind: "hold"; requirements: Requirement[] }
  | { kind: "deny"; reasons: Reason[] };

export interface PolicyResult {
  policy_set_name: string;
  policy_name: string;
  enforcement: Enforcement;
  passed: boolean;
  violations: string[];
}

export interface MatchedRule {
  name: string;
  min_approvals: number;
  stage: number;
}

export interface AskedRequirement {
  team: string;
  min: number;
  stage: number;
  reason: string;
}

export interface ProviderInScope {
  id: string;
  name: string;
}

export interface ApprovalPreview {
  would_require_approval: boolean;
  builtin_rules: MatchedRule[];
  opa_requirements: AskedRequirement[];
  external_providers: ProviderInScope[];
}

export interface PreviewResponse {
  policy_results: PolicyResult[];
  approval_preview: ApprovalPreview;
  mandatory_violations: number;
}

export interface Expectation {
  kind: string;
  key: string;
  version: string | null;
}

export interface Record {
  kind: string;
  key: string;
  value: unknown;
}

export interface Commit {
  partition: string;
  idempotency_key: string;
  expect: Expectation[];
  put: Record[];
  append: Record[];
}

export type RunStatus = "completed" | "pending_approval" | "rejected";

export type Notice =
  | { kind: "approval_requested"; id: string; run_id: string; digest: string; revision: string; requirement: Requirement }
  | {
      kind: "external_check_requested";
      id: string;
      run_id: string;
      digest: string;
      revision: string;
      provider_id: string;
      callback_url: string;
      sign_message: string;
      body: unknown;
    }
  | { kind: "run_decided"; id: string; run_id: string; run_status: string };

export interface Effects {
  commit: Commit | null;
  notices: Notice[];
}

export interface BundleRevision {
  revision: string;
}

export interface AuditRecord {
  decision_id: string;
  path: string;
  input: unknown;
  result: unknown;
  bundles: { [key in string]: BundleRevision };
  digest: string;
  timestamp: string;
}

export interface GovernanceOutcome {
  decision: Decision;
  run_status: RunStatus;
  response: PreviewResponse;
  requirements: Requirement[];
  digest: string;
  revision: string;
  effects: Effects;
  audit: AuditRecord;
}

export interface RunRecord {
  run_id: string;
  status: RunStatus;
  digest: string;
  revision: string;
  requirements: Requirement[];
  reasons: Reason[];
  response: PreviewResponse;
}

export type GovernAnswer = { needs: Need[] } | { outcome: GovernanceOutcome };

export interface CheckResult {
  diagnostics: Diagnostic[];
  dialects: { [path: string]: Dialect };
}

export interface Validation {
  valid: boolean;
  error?: string;
  diagnostics: Diagnostic[];
  dialect: Dialect;
}

export interface CompileAnswer {
  handle: number | null;
  revision: string | null;
  entrypoints: string[];
  dialects: { [path: string]: Dialect };
  diagnostics: Diagnostic[];
}

export interface EvaluationLimits {
  steps?: number;
  memory_bytes?: number;
  answer_bytes?: number;
}

export interface TestResult {
  package: string;
  name: string;
  file: string;
  line: number;
  outcome: "passed" | "failed" | "error" | "skipped";
  message?: string;
  prints: string[];
}

export interface TestReport {
  results: TestResult[];
  passed: number;
  failed: number;
  errors: number;
  skipped: number;
  diagnostics: Diagnostic[];
}

export interface ResourceChange {
  address: string;
  resource_type: string;
  provider_name: string;
}

export interface PlanChanges {
  added: ResourceChange[];
  changed: ResourceChange[];
  destroyed: ResourceChange[];
}

export interface DetectedAttributes {
  providers: string[];
  resource_types: string[];
}

export interface ChangeCounts {
  added: number;
  changed: number;
  destroyed: number;
}

export interface PlanSummary {
  format_version: string;
  terraform_version: string | null;
  plan_changes: PlanChanges;
  detected_attributes: DetectedAttributes;
  counts: ChangeCounts;
  notes: string[];
}

export interface PlaygroundAnswer {
  deny: string[];
  require_approval: { [key: string]: unknown }[];
}

export interface PrepareAnswer {
  handle: number;
  revision: string;
  diagnostics: Diagnostic[];
}

export interface Builtin {
  name: string;
  arguments: number;
  available: boolean;
}

export interface Capabilities {
  version: string;
  engine: string;
  builtins: Builtin[];
  limits: { [name: string]: number };
}

export interface ErrorAnswer {
  code: string;
  message: string;
  help?: string;
  limit?: LimitReached;
  path?: string;
}
