// The types that cross between the package and its engine. Generated from the engine's own: do not edit.

/**
 * An approval as it is kept and shown.
 */
export type ActionApproval = { 
/**
 * The id.
 */
approval_id: string, 
/**
 * The organisation.
 */
organization_id: string, 
/**
 * What is held for the call: what to resume with.
 */
reservation_id: string, 
/**
 * Where it stands.
 */
status: ActionApprovalStatus, 
/**
 * The action.
 */
action_name: string, 
/**
 * What it is for, where the call says.
 */
description: string | null, 
/**
 * The agent.
 */
agent_id: string | null, 
/**
 * The run.
 */
run_id: string | null, 
/**
 * The task.
 */
task_id: string | null, 
/**
 * The mission.
 */
mission_id: string | null, 
/**
 * What it will cost, at the most, in US dollars.
 */
estimated_cost_usd: number, 
/**
 * How urgent it is.
 */
priority: ApprovalPriority, 
/**
 * How risky it is.
 */
risk_level: RiskLevel, 
/**
 * How long is waited.
 */
timeout_seconds: number, 
/**
 * The arguments.
 */
action_inputs: Record<string, unknown>, 
/**
 * The labels of the call.
 */
tags: Array<string>, 
/**
 * What each policy asks for.
 */
asked: Array<ActionApprovalAsked>, 
/**
 * Who approved each of `asked`, in its order; null: nobody yet.
 */
approved_by: Array<string | null>, 
/**
 * Who asked.
 */
requested_by: string | null, 
/**
 * When it was asked for, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * When it expires.
 */
expires_at: string, 
/**
 * The same in milliseconds since 1970.
 */
expires_at_ms: number, 
/**
 * When it was decided.
 */
decided_at: string | null, 
/**
 * Who decided.
 */
decided_by_id: string | null, 
/**
 * Their e-mail.
 */
decided_by_email: string | null, 
/**
 * Why.
 */
decision_notes: string | null, 
/**
 * What an approver wants to know.
 */
info_request_message: string | null, 
/**
 * The answer.
 */
info_response: string | null, };

/**
 * An approval that is asked for: by one policy, or by the call itself (decision 48).
 */
export type ActionApprovalAsked = { 
/**
 * The policy; null: the call itself asks for it.
 */
policy_id: string | null, 
/**
 * What asked for it: `approval_rules[0]`, `approval_actions`, `approval_tags`, `approval_risk_levels`,
 * `approval_threshold_usd`, `require_approval` or `requires_human_approval`.
 */
matched_criterion: string, 
/**
 * Who may approve: e-mails or ids. Empty: whoever has the right to approve.
 */
approvers: Array<string>, 
/**
 * How long to wait.
 */
timeout_seconds: number, 
/**
 * How urgent it is.
 */
priority: ApprovalPriority, };

/**
 * A part of the list of approvals.
 */
export type ActionApprovalPage = { 
/**
 * The approvals, by their ids.
 */
approvals: Array<ActionApproval>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * Who may approve what (decision 24). Its criteria are all to be met; one without any matches every call.
 */
export type ActionApprovalRule = { 
/**
 * For people.
 */
name?: string | null, 
/**
 * The action is one of these.
 */
actions?: Array<string> | null, 
/**
 * A tag is one of these.
 */
tags?: Array<string> | null, 
/**
 * The risk level is one of these.
 */
risk_levels?: Array<RiskLevel> | null, 
/**
 * The cost is at least this.
 */
min_cost_usd?: number | null, 
/**
 * Who may approve: e-mails or ids.
 */
approvers: Array<string>, 
/**
 * How long to wait. Default: that of the policy.
 */
timeout_seconds?: number | null, 
/**
 * How urgent it is. Default `medium`.
 */
priority?: ApprovalPriority | null, };

/**
 * Where an approval stands.
 */
export type ActionApprovalStatus = "pending" | "approved" | "rejected" | "expired" | "cancelled" | "info_requested";

/**
 * One call of an action.
 */
export type ActionCall = { 
/**
 * The action. Names are compared exactly, with their case; there are no wildcards.
 */
name: string, 
/**
 * What it will cost in US dollars, at the most. Default 0. Anything but an amount from 0 is `INVALID_COST`.
 */
cost_usd?: number, 
/**
 * Labels that approval criteria look at.
 */
tags?: Array<string>, 
/**
 * The arguments by their names.
 */
kwargs?: Record<string, unknown>, 
/**
 * How risky it is.
 */
risk_level?: RiskLevel | null, 
/**
 * What it changes: `read`, `low`, `medium` or `high`. Only looked at where no policy can vouch, and then anything but the exact
 * words `read` and `low` is a write. Default `medium`.
 */
impact?: string | null, 
/**
 * Whether the call itself asks for an approval.
 */
requires_human_approval?: boolean, 
/**
 * What approvers are told.
 */
approval_description?: string | null, 
/**
 * The agent.
 */
agent_id?: string | null, 
/**
 * The run. Evidence and `run_budget` belong to it.
 */
run_id?: string | null, 
/**
 * The session: what `session_budget`, `action_budgets`, rates and loops are counted in. Without one, all such calls of the
 * organisation are one session.
 */
session_id?: string | null, 
/**
 * The task.
 */
task_id?: string | null, 
/**
 * The mission.
 */
mission_id?: string | null, 
/**
 * The group of agents.
 */
group_id?: string | null, 
/**
 * What runs the agent; for the records.
 */
harness?: string | null, 
/**
 * For whom the agent acts; for the records.
 */
principal?: string | null, 
/**
 * Whether its result is evidence, also where no policy says so.
 */
produces_evidence?: boolean, 
/**
 * Whether it changes something; for the records.
 */
is_commit?: boolean, 
/**
 * Actions that must have succeeded before, beside those of policies.
 */
requires?: Array<string>, 
/**
 * How old the evidence and the grounds that the call itself asks for may be.
 */
evidence_max_age_seconds?: number | null, 
/**
 * Where arguments must come from, beside what policies say.
 */
grounding_rules?: { [key in string]: GroundingRule }, 
/**
 * What the arguments must look like, beside what policies say.
 */
argument_constraints?: Record<string, unknown> | null, 
/**
 * The same key in the same run is one call: the second gets the result of the first.
 */
idempotency_key?: string | null, 
/**
 * How long a result is kept for that. Default 3600.
 */
idempotency_ttl_seconds?: number | null, 
/**
 * What holds where no policy can vouch: true is `fail_closed`, false `fail_open`. Default: the mode that is set.
 */
fail_closed?: boolean | null, };

/**
 * The arguments of a call.
 */
export type ActionCallInputs = { 
/**
 * Those by their places.
 */
args: unknown[], 
/**
 * Those by their names.
 */
kwargs: Record<string, unknown>, };

/**
 * What changed for a call.
 */
export type ActionChangeKind = "none" | "newly_blocked" | "newly_allowed" | "newly_needs_approval" | "reason_changed";

/**
 * What came of a check.
 */
export type ActionCheckOutcome = "passed" | "warned" | "refused" | "held" | "replayed";

/**
 * What of an organisation's settings a client needs to decide by.
 */
export type ActionClientSettings = { 
/**
 * What becomes of a call where no policy can vouch for it.
 */
enforcement_mode: EnforcementMode, 
/**
 * Whose spending budgets are compared with.
 */
budget_accounts: BudgetAccounts, 
/**
 * Whether only the newest fresh result of an action grounds an argument.
 */
latest_ground_only: boolean, 
/**
 * Whether the defects of AgentSentinel 0.4.0 are reproduced.
 */
compat_0_4: boolean, };

/**
 * A decision on one call (decision 3.11).
 */
export type ActionDecision = { 
/**
 * The final word.
 */
decision: ActionVerdict, 
/**
 * Why, unless it is allowed.
 */
reason_code?: ActionReasonCode, 
/**
 * One plain sentence, unless it is allowed.
 */
message?: string, 
/**
 * The rule that it comes from.
 */
policy_rule?: string, 
/**
 * Which budget does not suffice.
 */
budget_type?: BudgetType, 
/**
 * What would be spent with this call, in US dollars.
 */
spent?: number, 
/**
 * What may be spent.
 */
limit?: number, 
/**
 * The policies that it comes from; for an allowed call those that were looked at.
 */
policy_ids: Array<string>, 
/**
 * Whether the caller can mend it.
 */
recoverable: boolean, 
/**
 * What the caller can do.
 */
remediation?: Remediation, 
/**
 * What a check found beside that.
 */
details?: unknown, 
/**
 * What is waited for.
 */
approval?: ApprovalOfDecision, 
/**
 * What is worth a word and stopped nothing.
 */
warnings: Array<ActionWarning>, 
/**
 * The exceptions without which the word would be stricter.
 */
exceptions_applied: Array<string>, 
/**
 * What is held for the call until it is settled; of `ask` there is none.
 */
reservation?: ReservationOfDecision, 
/**
 * The call was made already: its result.
 */
idempotent_replay?: IdempotentReplay, 
/**
 * The way through the checks, where it was asked for.
 */
checks?: Array<CheckSeen>, };

/**
 * A decision that is another now.
 */
export type ActionDecisionDifference = { 
/**
 * The place of its entry in the request, from 0.
 */
index: number, 
/**
 * Its id.
 */
decision_id: string, 
/**
 * `action/authorize` or `action/resume`.
 */
path: string, 
/**
 * The action.
 */
action: string, 
/**
 * When it was made.
 */
timestamp: string, 
/**
 * The revision of the policies under which it was made.
 */
revision?: string, 
/**
 * What was decided.
 */
was: ActionDecisionInShort, 
/**
 * What is decided now.
 */
now: ActionDecisionInShort, };

/**
 * The parts of a decision that are compared.
 */
export type ActionDecisionInShort = { 
/**
 * The final word.
 */
decision: ActionVerdict, 
/**
 * Why, where it is refused.
 */
reason_code?: ActionReasonCode, 
/**
 * The same in words.
 */
message?: string, 
/**
 * The policies that it comes from; for an allowed call those that were looked at.
 */
policy_ids: Array<string>, };

/**
 * A part of the decision log.
 */
export type ActionDecisionLog = { 
/**
 * The entries, from the oldest.
 */
decisions: AuditRecord[], 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * What differs.
 */
export type ActionDecisionsReplay = { 
/**
 * Every decision that is another now: another word, another reason, or a refusal or a hold of other policies.
 */
differences: Array<ActionDecisionDifference>, 
/**
 * All of them together.
 */
summary: ActionDecisionsReplaySummary, 
/**
 * What makes this less certain.
 */
warnings: Array<ActionSimulationWarning>, };

/**
 * All entries together.
 */
export type ActionDecisionsReplaySummary = { 
/**
 * The entries of the log.
 */
entries: number, 
/**
 * The decisions among them.
 */
decisions: number, 
/**
 * The decisions that were made again.
 */
redecided: number, 
/**
 * Those of them that differ.
 */
differences: number, 
/**
 * The decisions that could not be made again: their inputs are not in the log, or a moderator would have to be asked.
 */
not_redecided: number, };

/**
 * An exception from one policy.
 */
export type ActionException = { 
/**
 * The id.
 */
id: string, 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The agents that it is for.
 */
agent_ids: Array<string>, 
/**
 * The runs that it is for. Where both lists are given, either may match.
 */
run_ids: Array<string>, 
/**
 * The actions that it is for; null: all.
 */
actions: Array<string> | null, 
/**
 * Why.
 */
reason: string, 
/**
 * When it begins, in milliseconds since 1970; null: it has begun.
 */
starts_at_ms: number | null, 
/**
 * When it is over; null: only its uses end it.
 */
expires_at_ms: number | null, 
/**
 * How often it may be used; null: only its time ends it.
 */
max_uses: number | null, };

/**
 * A part of the list of a policy's exceptions.
 */
export type ActionExceptionPage = { 
/**
 * The exceptions, by their ids.
 */
data: Array<StoredActionException>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * How a value differs.
 */
export type ActionFieldDiff = { 
/**
 * Those that are there now only.
 */
added: Record<string, unknown>, 
/**
 * Those that were there only.
 */
removed: Record<string, unknown>, 
/**
 * Those that differ.
 */
changed: Record<string, ActionFieldDiff>, } | { 
/**
 * Those that are there now only.
 */
added: unknown[], 
/**
 * Those that were there only.
 */
removed: unknown[], 
/**
 * Those that were and are there, where their order is another now. Approval rules go by it.
 */
order?: { from: unknown[], to: unknown[] }, } | { 
/**
 * What it was.
 */
from: unknown, 
/**
 * What it is.
 */
to: unknown, };

/**
 * An entry of a ledger.
 */
export type ActionLedgerEntry = { 
/**
 * The id.
 */
id?: string | null, 
/**
 * When it was made, as ISO 8601; in UTC where no zone is said.
 */
timestamp: string, 
/**
 * The action.
 */
action: string, 
/**
 * What it cost, in US dollars.
 */
cost_usd?: number | null, 
/**
 * How long it took.
 */
duration_ms?: number | null, 
/**
 * What became of it.
 */
outcome?: RecordedActionOutcome | null, 
/**
 * Its labels.
 */
tags?: Array<string> | null, 
/**
 * What went in and what came out.
 */
payload?: ActionLedgerPayload | null, 
/**
 * Whatever was kept for auditors.
 */
compliance_metadata?: unknown, 
/**
 * The agent.
 */
agent_id?: string | null, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The task.
 */
task_id?: string | null, 
/**
 * The mission.
 */
mission_id?: string | null, 
/**
 * The session.
 */
session_id?: string | null, 
/**
 * The group.
 */
group_id?: string | null, 
/**
 * Whether inputs were left out when it was recorded.
 */
inputs_redacted?: boolean | null, 
/**
 * What it changes.
 */
impact?: string | null, 
/**
 * How risky it was, where that is known.
 */
risk_level?: RiskLevel | null, 
/**
 * What a moderator says of its arguments.
 */
moderation?: Array<ModerationResult> | null, };

/**
 * What went into a call and what came out.
 */
export type ActionLedgerPayload = { 
/**
 * The arguments: those by their places and those by their names.
 */
inputs?: { args?: unknown[] | null, kwargs?: Record<string, unknown> | null } | null, 
/**
 * What it gave; of a call that failed the text of its error.
 */
outputs?: unknown, };

/**
 * One operation on actions.
 */
export type ActionOperation = { "authorize": { 
/**
 * The call.
 */
call: ActionCall, 
/**
 * Whether the way through the checks is told. Default false.
 */
explain?: boolean, } } | { "ask": { 
/**
 * The call.
 */
call: ActionCall, 
/**
 * Whether the way through the checks is told. Default false.
 */
explain?: boolean, } } | { "resume": { 
/**
 * What is held for it.
 */
reservation_id: string, 
/**
 * The same call again: action, arguments and run must be those that were approved, and it may not cost more.
 */
call: ActionCall, } } | { "settle": { 
/**
 * What is held for the call.
 */
reservation_id: string, 
/**
 * What it really cost, in US dollars.
 */
cost_usd: number, } } | { "release": { 
/**
 * What is held for the call.
 */
reservation_id: string, } } | { "record_result": { 
/**
 * What is held for the call.
 */
reservation_id: string, 
/**
 * Whether it succeeded.
 */
outcome: ActionResultOutcome, 
/**
 * What it gave, where it succeeded.
 */
result?: unknown, 
/**
 * What it really cost: settles it in the same commit. Absent: its cost stays as it is.
 */
cost_usd?: number, } } | { "reset_run": { 
/**
 * The session.
 */
session_id?: string | null, 
/**
 * The run; absent: the calls of the session that are in none.
 */
run_id?: string | null, } } | { "get_approval": { 
/**
 * The approval.
 */
id: string, } } | { "list_approvals": PageRequest } | { "list_pending_approvals": PageRequest } | { "decide_approval": { 
/**
 * The approval.
 */
id: string, 
/**
 * Yes, no, or a question.
 */
decision: ApprovalAct, 
/**
 * Why, or what is asked.
 */
notes?: string, } } | { "respond_to_approval": { 
/**
 * The approval.
 */
id: string, 
/**
 * The answer.
 */
response: string, } } | { "cancel_approval": { 
/**
 * The approval.
 */
id: string, } } | { "list_interventions": InterventionQuery } | { "list_decisions": PageRequest } | { "create_policy": { 
/**
 * What it says.
 */
policy: ActionPolicyFields, } } | { "list_policies": PageRequest } | { "get_policy": { 
/**
 * The policy.
 */
id: string, } } | { "replace_policy": { 
/**
 * The policy.
 */
id: string, 
/**
 * What it says from now on.
 */
policy: ActionPolicyFields, } } | { "patch_policy": { 
/**
 * The policy.
 */
id: string, 
/**
 * The fields, by their own names; null puts the default back.
 */
change: { [field in keyof ActionPolicyFields]?: ActionPolicyFields[field] | null }, } } | { "enable_policy": { 
/**
 * The policy.
 */
id: string, } } | { "disable_policy": { 
/**
 * The policy.
 */
id: string, } } | { "delete_policy": { 
/**
 * The policy.
 */
id: string, } } | { "test_alert": { 
/**
 * The policy.
 */
policy_id: string, } } | { "list_policy_versions": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * Which part of the list.
 */
page?: PageRequest, } } | { "get_policy_version": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The version, by its id.
 */
version_id: string, } } | { "draft_policy_version": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * What it says.
 */
policy: ActionPolicyFields, } } | { "submit_policy_version": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The version, by its id.
 */
version_id: string, } } | { "review_policy_version": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The version, by its id.
 */
version_id: string, } } | { "activate_policy_version": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The version, by its id.
 */
version_id: string, } } | { "roll_back_policy": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The version, by its id.
 */
version_id: string, } } | { "diff_policy_versions": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The version to compare from, by its id.
 */
from: string, 
/**
 * What to compare it with.
 */
to: ActionPolicyDiffTarget, } } | { "create_exception": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * For whom, why and how long.
 */
exception: NewActionException, } } | { "list_exceptions": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * Which part of the list.
 */
page?: PageRequest, } } | { "get_exception": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The exception.
 */
id: string, } } | { "delete_exception": { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The exception.
 */
id: string, } } | { "kill": { 
/**
 * What.
 */
target_type: KillTargetType, 
/**
 * Which.
 */
target_id: string, 
/**
 * Why.
 */
reason?: string | null, } } | { "revive": { 
/**
 * What.
 */
target_type: KillTargetType, 
/**
 * Which.
 */
target_id: string, } } | { "check_kill_switch": { 
/**
 * What.
 */
target_type: KillTargetType, 
/**
 * Which.
 */
target_id: string, } } | { "list_kill_switches": PageRequest } | { "get_settings": Record<symbol, never> } | { "put_settings": ActionSettings } | { "sync": ActionSyncRequest } | { "sweep": { 
/**
 * How long everything is kept after it is over. Default 30 days; at least one.
 */
older_than_seconds?: number | null, 
/**
 * Where an earlier step ended.
 */
cursor?: string | null, } };

/**
 * A policy as it is kept and shown (section 1.1).
 */
export type ActionPolicy = { 
/**
 * The id.
 */
id: string, 
/**
 * The organisation.
 */
organization_id: string, 
/**
 * The version that is in force.
 */
current_version_id: string, 
/**
 * When it was created, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * When it was changed last.
 */
updated_at: string, 
/**
 * The number of its newest version, drafts included.
 */
newest_version: number, 
/**
 * Unique in the organisation.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * A policy that is off says nothing. Default true.
 */
enabled?: boolean, 
/**
 * Whom it is about. Default `global`.
 */
scope?: ActionScope, 
/**
 * The agent, run, group or mission; none for `global`.
 */
target_id?: string | null, 
/**
 * The most that a session may cost, in US dollars. Default: no limit.
 */
session_budget?: number | null, 
/**
 * The most that a run may cost. Default: no limit.
 */
run_budget?: number | null, 
/**
 * The most that an action may cost in a session, over all its calls.
 */
action_budgets?: Record<string, number>, 
/**
 * Actions that are never allowed.
 */
denied_actions?: Array<string>, 
/**
 * The only actions that are allowed; an empty list allows none. Default: no such list.
 */
allowed_actions?: Array<string> | null, 
/**
 * How often an action may be taken.
 */
rate_limits?: { [key in string]: RateLimit }, 
/**
 * Whether violations stop a call; false warns only, where no other policy is strict. Default true.
 */
strict_mode?: boolean, 
/**
 * Whether the approval criteria of this policy count. Without any criterion every action needs an approval. Default false.
 */
require_approval?: boolean, 
/**
 * Actions that need an approval.
 */
approval_actions?: Array<string>, 
/**
 * Tags that need an approval; compared with their case.
 */
approval_tags?: Array<string>, 
/**
 * Risk levels that need an approval: exactly these, not "or above".
 */
approval_risk_levels?: Array<RiskLevel>, 
/**
 * The cost from which on an approval is needed.
 */
approval_threshold_usd?: number | null, 
/**
 * How long to wait for an approval: 1 to 2592000. Default 3600.
 */
approval_timeout_seconds?: number, 
/**
 * Who may approve where no rule names anybody: e-mails or ids.
 */
default_approvers?: Array<string>, 
/**
 * Who may approve what; the first that matches counts (decision 24).
 */
approval_rules?: Array<ActionApprovalRule>, 
/**
 * The actions that must have succeeded before an action, in the same run.
 */
evidence_requirements?: { [key in string]: Array<string> }, 
/**
 * How old evidence and grounds may be, by the action that relies on them.
 */
evidence_max_age_seconds?: Record<string, number>, 
/**
 * Actions that change something. They have no effect by themselves; compiling warns of one that nothing precedes.
 */
commit_actions?: Array<string>, 
/**
 * Actions whose results are kept as evidence.
 */
evidence_actions?: Array<string>, 
/**
 * What the arguments of an action must look like: a subset of JSON Schema.
 */
argument_constraints?: Record<string, Record<string, unknown>>, 
/**
 * Where the arguments of an action must come from: action, argument, rule.
 */
grounding_rules?: { [key in string]: { [key in string]: GroundingRule } }, 
/**
 * What personal data the arguments of an action must not hold.
 */
pii_rules?: { [key in string]: PiiRule }, 
/**
 * What content the arguments of an action must not hold.
 */
moderation_rules?: { [key in string]: ModerationRule }, 
/**
 * How often an action may be tried with the same arguments.
 */
loop_rules?: { [key in string]: LoopRule }, 
/**
 * Whether every action without a rule in `pii_rules` has the default one. Default false.
 */
pii_default_enabled?: boolean, 
/**
 * The same for `moderation_rules`.
 */
moderation_default_enabled?: boolean, 
/**
 * The same for `loop_rules`.
 */
loop_default_enabled?: boolean, 
/**
 * The parts of a budget, in percent, from which on a warning is given: 1 to 100. Default `[80]`.
 */
budget_warning_thresholds?: Array<number>, };

/**
 * A field for which two policies give different values.
 */
export type ActionPolicyConflict = { 
/**
 * The field, such as `run_budget` or `rate_limits.search`.
 */
field: string, 
/**
 * What comes of it, in one sentence.
 */
description: string, 
/**
 * What holds: the value, or every value where all of them hold.
 */
resolved_value: unknown, 
/**
 * The policies that say something about it.
 */
policy_ids: Array<string>, };

/**
 * What differs, by field. What is the same is left out.
 */
export type ActionPolicyDiff = Record<string, ActionFieldDiff>;

/**
 * With what a version is compared.
 */
export type ActionPolicyDiffTarget = { "version": string } | { "fields": ActionPolicyFields };

/**
 * One error of a policy.
 */
export type ActionPolicyError = { 
/**
 * The way to the value, as the author wrote it. Empty: the whole text.
 */
path: Array<PathPart>, 
/**
 * The stable code.
 */
code: ActionPolicyErrorCode, 
/**
 * One plain sentence, with the way to mend it where that is known.
 */
message: string, 
/**
 * The line, from 1; of a text only.
 */
line?: number, 
/**
 * The column in UTF-16 units, from 1; of a text only.
 */
column?: number, 
/**
 * The value, where it is a scalar and may help.
 */
value?: unknown, };

/**
 * A kind of error, in a word that never changes its meaning.
 */
export type ActionPolicyErrorCode = "SYNTAX" | "NOT_A_MAPPING" | "UNKNOWN_FIELD" | "TYPE" | "RANGE" | "ENUM" | "MISSING" | "CONFLICT" | "BAD_REGEX" | "UNSUPPORTED_SCHEMA_KEYWORD" | "UNSUPPORTED_FORMAT" | "EMPTY_SOURCE" | "DUPLICATE_KEY" | "MORE_ERRORS";

/**
 * What an author says in one policy.
 *
 * INVARIANT: whatever holds one has been validated: ranges, patterns and schemas are right.
 */
export type ActionPolicyFields = { 
/**
 * Unique in the organisation.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * A policy that is off says nothing. Default true.
 */
enabled?: boolean, 
/**
 * Whom it is about. Default `global`.
 */
scope?: ActionScope, 
/**
 * The agent, run, group or mission; none for `global`.
 */
target_id?: string | null, 
/**
 * The most that a session may cost, in US dollars. Default: no limit.
 */
session_budget?: number | null, 
/**
 * The most that a run may cost. Default: no limit.
 */
run_budget?: number | null, 
/**
 * The most that an action may cost in a session, over all its calls.
 */
action_budgets?: Record<string, number>, 
/**
 * Actions that are never allowed.
 */
denied_actions?: Array<string>, 
/**
 * The only actions that are allowed; an empty list allows none. Default: no such list.
 */
allowed_actions?: Array<string> | null, 
/**
 * How often an action may be taken.
 */
rate_limits?: { [key in string]: RateLimit }, 
/**
 * Whether violations stop a call; false warns only, where no other policy is strict. Default true.
 */
strict_mode?: boolean, 
/**
 * Whether the approval criteria of this policy count. Without any criterion every action needs an approval. Default false.
 */
require_approval?: boolean, 
/**
 * Actions that need an approval.
 */
approval_actions?: Array<string>, 
/**
 * Tags that need an approval; compared with their case.
 */
approval_tags?: Array<string>, 
/**
 * Risk levels that need an approval: exactly these, not "or above".
 */
approval_risk_levels?: Array<RiskLevel>, 
/**
 * The cost from which on an approval is needed.
 */
approval_threshold_usd?: number | null, 
/**
 * How long to wait for an approval: 1 to 2592000. Default 3600.
 */
approval_timeout_seconds?: number, 
/**
 * Who may approve where no rule names anybody: e-mails or ids.
 */
default_approvers?: Array<string>, 
/**
 * Who may approve what; the first that matches counts (decision 24).
 */
approval_rules?: Array<ActionApprovalRule>, 
/**
 * The actions that must have succeeded before an action, in the same run.
 */
evidence_requirements?: { [key in string]: Array<string> }, 
/**
 * How old evidence and grounds may be, by the action that relies on them.
 */
evidence_max_age_seconds?: Record<string, number>, 
/**
 * Actions that change something. They have no effect by themselves; compiling warns of one that nothing precedes.
 */
commit_actions?: Array<string>, 
/**
 * Actions whose results are kept as evidence.
 */
evidence_actions?: Array<string>, 
/**
 * What the arguments of an action must look like: a subset of JSON Schema.
 */
argument_constraints?: Record<string, Record<string, unknown>>, 
/**
 * Where the arguments of an action must come from: action, argument, rule.
 */
grounding_rules?: { [key in string]: { [key in string]: GroundingRule } }, 
/**
 * What personal data the arguments of an action must not hold.
 */
pii_rules?: { [key in string]: PiiRule }, 
/**
 * What content the arguments of an action must not hold.
 */
moderation_rules?: { [key in string]: ModerationRule }, 
/**
 * How often an action may be tried with the same arguments.
 */
loop_rules?: { [key in string]: LoopRule }, 
/**
 * Whether every action without a rule in `pii_rules` has the default one. Default false.
 */
pii_default_enabled?: boolean, 
/**
 * The same for `moderation_rules`.
 */
moderation_default_enabled?: boolean, 
/**
 * The same for `loop_rules`.
 */
loop_default_enabled?: boolean, 
/**
 * The parts of a budget, in percent, from which on a warning is given: 1 to 100. Default `[80]`.
 */
budget_warning_thresholds?: Array<number>, };

/**
 * A part of the list of policies.
 */
export type ActionPolicyPage = { 
/**
 * The policies, by their ids.
 */
data: Array<ActionPolicy>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * A version of a policy (section 1.6).
 */
export type ActionPolicyVersion = { 
/**
 * The id.
 */
id: string, 
/**
 * The policy.
 */
policy_id: string, 
/**
 * Counts from 1.
 */
version_number: number, 
/**
 * Where it stands.
 */
status: ActionPolicyVersionStatus, 
/**
 * All fields of the policy.
 */
policy_data: Required<ActionPolicyFields>, 
/**
 * What it changed, in a line for people.
 */
change_summary: string, 
/**
 * Who made it.
 */
author_id: string | null, 
/**
 * Who reviewed it. Whoever changes a policy directly reviews that change.
 */
reviewer_id: string | null, 
/**
 * When, as RFC 3339 in UTC.
 */
reviewed_at: string | null, 
/**
 * When it was made, as RFC 3339 in UTC.
 */
created_at: string, };

/**
 * What differs between two versions, or between a version and fields.
 */
export type ActionPolicyVersionDiff = { 
/**
 * The version that is compared from.
 */
from: string, 
/**
 * The version that is compared to; null: the fields that were given.
 */
to: string | null, 
/**
 * In a line for people.
 */
change_summary: string, 
/**
 * The fields that differ.
 */
fields: ActionPolicyDiff, };

/**
 * A part of the list of a policy's versions.
 */
export type ActionPolicyVersionPage = { 
/**
 * The versions, by their numbers.
 */
data: Array<ActionPolicyVersion>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * Where a version stands.
 */
export type ActionPolicyVersionStatus = "draft" | "in_review" | "active" | "archived";

/**
 * Something that is allowed and rarely meant.
 */
export type ActionPolicyWarning = { 
/**
 * The way to the value, as the author wrote it.
 */
path: Array<PathPart>, 
/**
 * One plain sentence.
 */
message: string, 
/**
 * The line, from 1; of a text only.
 */
line?: number, 
/**
 * The column in UTF-16 units, from 1; of a text only.
 */
column?: number, };

/**
 * Why a call is refused, in a word that never changes its meaning.
 */
export type ActionReasonCode = "AGENT_KILLED" | "IDEMPOTENCY_IN_PROGRESS" | "POLICY_NOT_CONFIGURED" | "NO_POLICY_FOR_WRITE" | "DENIED_ACTION" | "NOT_IN_ALLOWLIST" | "RATE_LIMITED" | "MISSING_EVIDENCE" | "STALE_EVIDENCE" | "ARGUMENT_CONSTRAINT_VIOLATED" | "PII_DETECTED" | "CONTENT_MODERATED" | "LOOP_DETECTED" | "UNGROUNDED_ARGUMENT" | "BUDGET_EXCEEDED" | "POLICY_VIOLATION" | "INVALID_COST" | "EVALUATION_ERROR";

/**
 * A question to [`ActionService`].
 */
export type ActionRequest = { 
/**
 * The organisation.
 */
org_id: string, 
/**
 * What is asked for.
 */
operation: ActionOperation, 
/**
 * The host's id for this operation: what is created gets it, and the same operation twice is one.
 */
operation_id: string, 
/**
 * The time, in milliseconds since 1970.
 */
now_ms: number, 
/**
 * The answers to the needs of earlier rounds.
 */
facts: Array<Fact>, };

/**
 * What became of a call.
 */
export type ActionResultOutcome = "success" | "error";

/**
 * Whom a policy is about, from broad to narrow.
 */
export type ActionScope = "global" | "group" | "mission" | "agent" | "run";

/**
 * What holds for a whole organisation.
 */
export type ActionSettings = { 
/**
 * What becomes of a call where no policy can vouch for it. Default `fail_closed_writes`.
 */
enforcement_mode?: EnforcementMode, 
/**
 * Whose spending the budgets of a policy are compared with (decision 10). Default `caller`.
 */
budget_accounts?: BudgetAccounts, 
/**
 * Whether only the newest fresh result of an action grounds an argument (decision 12). Default false: any fresh one.
 */
latest_ground_only?: boolean, 
/**
 * Whether the author of a version may review it (decision 34). Default false.
 */
may_review_own?: boolean, 
/**
 * How long an allowed call may take until it is settled, in seconds: 1 to 86400. Its cost stays spent afterwards. Default 900.
 */
reservation_seconds?: number, 
/**
 * How long clients may use the policies that they fetched before they fetch again, in seconds: 1 to 86400. Default 300.
 */
refresh_seconds?: number, 
/**
 * What is left out of the decision log, as JSON pointers that begin with `/input/` or `/result/`, such as `/input/kwargs/token`.
 */
audit_masks?: Array<string>, 
/**
 * Whether the defects of AgentSentinel 0.4.0 are reproduced that its users may depend on: budgets are checked before what the call
 * itself declares, refused calls use up rates and money, empty arguments pass every constraint, and of several policies the
 * narrowest alone constrains and grounds an action's arguments. Default false.
 */
compat_0_4?: boolean, };

/**
 * What became of each call.
 */
export type ActionSimulation = { 
/**
 * One for each entry that was not skipped, in the order in which they were decided: that of their times.
 */
results: Array<SimulatedActionResult>, 
/**
 * All of them together.
 */
summary: ActionSimulationSummary, 
/**
 * What makes the results less certain.
 */
warnings: Array<ActionSimulationWarning>, };

/**
 * All calls together.
 */
export type ActionSimulationSummary = { 
/**
 * How many were decided.
 */
total: number, 
/**
 * How many are allowed.
 */
allowed: number, 
/**
 * How many are refused.
 */
denied: number, 
/**
 * How many need an approval, whether they get it or not.
 */
needs_approval: number, 
/**
 * How many are refused that were not.
 */
newly_blocked: number, 
/**
 * How many are allowed that were not.
 */
newly_allowed: number, 
/**
 * How many need an approval that did not.
 */
newly_needs_approval: number, 
/**
 * How many are refused for another reason.
 */
reason_changed: number, 
/**
 * How many were not decided, because something stood in for the call: `replayed` and `idempotent_replay`.
 */
skipped: number, 
/**
 * What the calls cost that are made: the allowed ones and those that are approved.
 */
cost_allowed_usd: number, 
/**
 * What the others would have cost.
 */
cost_prevented_usd: number, 
/**
 * How many are refused for each reason.
 */
by_reason: Partial<Record<ActionReasonCode, number>>, };

/**
 * A warning, with the entries that it is about.
 */
export type ActionSimulationWarning = { 
/**
 * What kind.
 */
kind: ActionSimulationWarningKind, 
/**
 * One plain sentence.
 */
message: string, 
/**
 * How many entries it is about.
 */
count: number, 
/**
 * Their places in the request, from 0; of more than 100 the first.
 */
indices: Array<number>, };

/**
 * A kind of warning.
 */
export type ActionSimulationWarningKind = "entries_out_of_order" | "inputs_redacted" | "positional_inputs" | "inputs_empty" | "risk_level_missing" | "moderation_missing" | "unknown_fields" | "unknown_entries" | "decision_missing" | "not_redecided";

/**
 * The state that an answer gives back, to begin the next request with.
 */
export type ActionStateAfter = { 
/**
 * Its parts, as a store keeps them.
 */
records: Array<ActionStateRecord>, };

/**
 * A part of the state as a store keeps it. Its version and its partition may stand there, and say nothing.
 */
export type ActionStateRecord = { 
/**
 * Its kind, such as `action_account`.
 */
kind: string, 
/**
 * Its key.
 */
key: string, 
/**
 * What it says.
 */
value: unknown, 
/**
 * Its version.
 */
version?: string, 
/**
 * Its partition.
 */
partition?: string, };

/**
 * What one step of a sweep did.
 */
export type ActionSweepStep = { 
/**
 * How many records were forgotten.
 */
forgotten: number, 
/**
 * Where the next step goes on; null: everything was looked through.
 */
cursor: string | null, };

/**
 * What a client fetches.
 */
export type ActionSync = { 
/**
 * That it has.
 */
not_modified: true, 
/**
 * As below.
 */
configured: boolean, 
/**
 * As below.
 */
etag: string, 
/**
 * As below.
 */
refresh_after_seconds: number, } | { 
/**
 * That it has not.
 */
not_modified: false, 
/**
 * Whether anybody ever made a policy. Where it is false the mode decides; where it is true and there are no policies, everything
 * is allowed.
 */
configured: boolean, 
/**
 * The policies that apply and are on, from broad to narrow.
 */
policies: Array<SyncedActionPolicy>, 
/**
 * Where they give different values for one field.
 */
conflicts: Array<ActionPolicyConflict>, 
/**
 * What holds beside them.
 */
settings: ActionClientSettings, 
/**
 * A digest of all this: given back, it saves sending the same again.
 */
etag: string, 
/**
 * How long it may be used, in seconds.
 */
refresh_after_seconds: number, };

/**
 * For whom a client asks. All that is given applies.
 */
export type ActionSyncRequest = { 
/**
 * The agent.
 */
agent_id?: string | null, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The group of agents.
 */
group_id?: string | null, 
/**
 * The mission.
 */
mission_id?: string | null, 
/**
 * The etag of what the client has.
 */
etag?: string | null, };

/**
 * A test alert that is told.
 */
export type ActionTestAlert = { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * Who is told: e-mails or ids.
 */
recipients: Array<string>, 
/**
 * What it is.
 */
kind: "test", };

/**
 * The final word.
 */
export type ActionVerdict = "allow" | "deny" | "require_approval";

/**
 * Something that is worth a word and stops nothing.
 */
export type ActionWarning = { 
/**
 * What kind.
 */
kind: ActionWarningKind, 
/**
 * One plain sentence.
 */
message: string, 
/**
 * The policies that it comes from.
 */
policy_ids: Array<string>, 
/**
 * The code with which a strict policy would refuse the call.
 */
reason_code?: ActionReasonCode, 
/**
 * The budget, for `budget_warning`.
 */
budget_type?: BudgetType, 
/**
 * The threshold that was crossed, in percent.
 */
threshold?: number, 
/**
 * What is spent with this call, in percent of the budget, rounded down.
 */
percent?: number, };

/**
 * A kind of warning.
 */
export type ActionWarningKind = "budget_warning" | "not_strict" | "no_policy";

/**
 * One operation on what an organisation has set up.
 */
export type AdministrationOperation = { "create_policy_set": NewPolicySet } | { "list_policy_sets": PageRequest } | { "get_policy_set": { 
/**
 * The set.
 */
id: string, } } | { "change_policy_set": { 
/**
 * The set.
 */
id: string, 
/**
 * What changes.
 */
change: PolicySetChange, } } | { "delete_policy_set": { 
/**
 * The set.
 */
id: string, } } | { "list_policies": { 
/**
 * The set.
 */
policy_set_id: string, } } | { "add_policy": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * The policy.
 */
policy: NewPolicy, } } | { "change_policy": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * The policy.
 */
id: string, 
/**
 * What changes.
 */
change: PolicyChange, } } | { "remove_policy": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * The policy.
 */
id: string, } } | { "load_policy_set": { 
/**
 * The set.
 */
id: string, } } | { "list_policy_set_versions": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * Which part of the list.
 */
page?: PageRequest, } } | { "get_policy_set_version": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * The version.
 */
version: number, } } | { "diff_policy_set_versions": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * The version to compare from.
 */
from: number, 
/**
 * The version to compare to.
 */
to: number, } } | { "restore_policy_set_version": { 
/**
 * The set.
 */
policy_set_id: string, 
/**
 * The version to bring back.
 */
version: number, } } | { "create_approval_rule": ApprovalRule } | { "list_approval_rules": PageRequest } | { "get_approval_rule": { 
/**
 * The rule.
 */
id: string, } } | { "change_approval_rule": { 
/**
 * The rule.
 */
id: string, 
/**
 * What changes.
 */
change: ApprovalRuleChange, } } | { "delete_approval_rule": { 
/**
 * The rule.
 */
id: string, } } | { "promote_approval_rule": { 
/**
 * The rule.
 */
id: string, } } | { "create_external_check_provider": NewExternalCheckProvider } | { "list_external_check_providers": PageRequest } | { "get_external_check_provider": { 
/**
 * The provider.
 */
id: string, } } | { "change_external_check_provider": { 
/**
 * The provider.
 */
id: string, 
/**
 * What changes.
 */
change: ExternalCheckProviderChange, } } | { "delete_external_check_provider": { 
/**
 * The provider.
 */
id: string, } } | { "attach_provider_scope": { 
/**
 * The provider.
 */
id: string, 
/**
 * Where it is to take part.
 */
scope: ProviderScope, } } | { "detach_provider_scope": { 
/**
 * The provider.
 */
id: string, 
/**
 * Where it is to take part no more.
 */
scope: ProviderScope, } } | { "authorize_provider_secret": { 
/**
 * The provider.
 */
id: string, } } | { "record_provider_secret": { 
/**
 * The provider.
 */
id: string, } } | { "put_settings": Settings } | { "get_settings": Record<symbol, never> } | { "put_workspace": { 
/**
 * The workspace.
 */
id: string, 
/**
 * What it is.
 */
workspace: NewWorkspace, } } | { "get_workspace": { 
/**
 * The workspace.
 */
id: string, } };

/**
 * A question to [`Administration`].
 */
export type AdministrationRequest = { 
/**
 * The organisation.
 */
org_id: string, 
/**
 * What is asked for.
 */
operation: AdministrationOperation, 
/**
 * The host's id for this operation: what is created gets it, and the same operation twice is one.
 */
operation_id: string, 
/**
 * The time, in milliseconds since 1970.
 */
now_ms: number, 
/**
 * The answers to the needs of earlier rounds.
 */
facts: Array<Fact>, };

/**
 * A decision that somebody gave on a requirement, as the host answers the need `approvals`.
 */
export type Approval = { 
/**
 * The requirement.
 */
requirement_id: string, 
/**
 * Who decided: a user, or the provider for its check. The host has checked that they may.
 */
approver_id: string, 
/**
 * What they decided.
 */
decision: Vote, 
/**
 * The digest of what was evaluated when they decided.
 */
digest: string, 
/**
 * The revision under which approval was asked.
 */
revision: string, 
/**
 * Why.
 */
comment?: string | null, };

/**
 * What an approver does.
 */
export type ApprovalAct = "approve" | "reject" | "request_info";

/**
 * When a policy requires an approval, and by whom.
 */
export type ApprovalCriteriaOfPolicy = { 
/**
 * As the policy says it.
 */
approval_actions: Array<string>, 
/**
 * As the policy says it.
 */
approval_tags: Array<string>, 
/**
 * As the policy says it.
 */
approval_risk_levels: Array<RiskLevel>, 
/**
 * As the policy says it.
 */
approval_threshold_usd: number | null, 
/**
 * As the policy says it.
 */
approval_timeout_seconds: number, 
/**
 * As the policy says it.
 */
default_approvers: Array<string>, 
/**
 * As the policy says it.
 */
approval_rules: Array<ActionApprovalRule>, };

/**
 * What is waited for, of all policies together.
 */
export type ApprovalOfDecision = { 
/**
 * The approval to ask after; of `ask` there is none.
 */
approval_id?: string, 
/**
 * Who may approve, of all of `asked`.
 */
approvers: Array<string>, 
/**
 * The shortest of `asked`.
 */
timeout_seconds: number, 
/**
 * The most urgent of `asked`.
 */
priority: ApprovalPriority, 
/**
 * The first of `asked`.
 */
matched_criterion: string, 
/**
 * What each policy asks for. All of it must be approved.
 */
asked: Array<ActionApprovalAsked>, };

/**
 * What would ask for approval.
 */
export type ApprovalPreview = { 
/**
 * Whether any of the lists below has an entry.
 */
would_require_approval: boolean, 
/**
 * Approval rules that match.
 */
builtin_rules: Array<MatchedRule>, 
/**
 * What policies asked for.
 */
opa_requirements: Array<AskedRequirement>, 
/**
 * Providers in scope.
 */
external_providers: Array<ProviderInScope>, };

/**
 * How urgent an approval is, from the most to the least.
 */
export type ApprovalPriority = "critical" | "high" | "medium" | "low";

/**
 * An approval rule (section 1.8).
 */
export type ApprovalRule = { 
/**
 * The host's id.
 */
id?: string | null, 
/**
 * Shown to approvers.
 */
name: string, 
/**
 * Who approves.
 */
approver_type: ApproverType, 
/**
 * The user or team.
 */
approver_id?: string | null, 
/**
 * The lowest role, for `org_role`.
 */
approver_role?: string | null, 
/**
 * Default 1.
 */
min_approvals?: number, 
/**
 * Default 1, the first.
 */
stage?: number, 
/**
 * Absent: always.
 */
condition?: Condition | null, 
/**
 * Hours to escalation; absent or 0: never.
 */
timeout_hours?: number, 
/**
 * Absent: reject.
 */
escalation_action?: EscalationAction | null, 
/**
 * The team, for `escalate_to`.
 */
escalation_team_id?: string | null, 
/**
 * For the timeline.
 */
escalation_reason?: string | null, 
/**
 * Project scope.
 */
project_id?: string | null, 
/**
 * Workspace scope; it wins over `project_id`.
 */
workspace_id?: string | null, 
/**
 * Whether whoever started the run may not vote on what this rule asks for. Default false.
 */
forbid_self_approval?: boolean, 
/**
 * Who made it, when no administrator did.
 */
created_by?: string | null, 
/**
 * Default true.
 */
enabled?: boolean, };

/**
 * What may be changed of an approval rule: any of its fields but id, scope and creator; null takes one back to its default.
 */
export type ApprovalRuleChange = Partial<Omit<ApprovalRule, "id" | "created_by" | "project_id" | "workspace_id">>;

/**
 * A part of a list of approval rules.
 */
export type ApprovalRulePage = { 
/**
 * Those that the caller may see.
 */
approval_rules: Array<ApprovalRuleSeen>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * An approval rule as a caller sees it.
 */
export type ApprovalRuleSeen = { 
/**
 * What the caller may do with it.
 */
effective_role: EffectiveRole, 
/**
 * The host's id.
 */
id?: string | null, 
/**
 * Shown to approvers.
 */
name: string, 
/**
 * Who approves.
 */
approver_type: ApproverType, 
/**
 * The user or team.
 */
approver_id?: string | null, 
/**
 * The lowest role, for `org_role`.
 */
approver_role?: string | null, 
/**
 * Default 1.
 */
min_approvals?: number, 
/**
 * Default 1, the first.
 */
stage?: number, 
/**
 * Absent: always.
 */
condition?: Condition | null, 
/**
 * Hours to escalation; absent or 0: never.
 */
timeout_hours?: number, 
/**
 * Absent: reject.
 */
escalation_action?: EscalationAction | null, 
/**
 * The team, for `escalate_to`.
 */
escalation_team_id?: string | null, 
/**
 * For the timeline.
 */
escalation_reason?: string | null, 
/**
 * Project scope.
 */
project_id?: string | null, 
/**
 * Workspace scope; it wins over `project_id`.
 */
workspace_id?: string | null, 
/**
 * Whether whoever started the run may not vote on what this rule asks for. Default false.
 */
forbid_self_approval?: boolean, 
/**
 * Who made it, when no administrator did.
 */
created_by?: string | null, 
/**
 * Default true.
 */
enabled?: boolean, };

/**
 * Who approves.
 */
export type ApproverType = "user" | "team" | "org_role";

/**
 * A keyword of a schema that arguments can break.
 */
export type ArgumentRule = "required" | "type" | "enum" | "const" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "minLength" | "maxLength" | "pattern" | "additionalProperties";

/**
 * A rule of a schema that arguments break: one violation each.
 */
export type ArgumentViolation = { 
/**
 * The way to the argument, such as `order.items[0].price`.
 */
argument: string, 
/**
 * The keyword of the schema that it breaks.
 */
rule: ArgumentRule, 
/**
 * One plain sentence that says what is expected. It never repeats the value, which may be a secret.
 */
message: string, };

/**
 * What a policy asked for.
 */
export type AskedRequirement = { 
/**
 * The team as the policy wrote it; `org_role:admin` where a policy failed that could have asked.
 */
team: string, 
/**
 * Approvals needed.
 */
min: number, 
/**
 * The stage.
 */
stage: number, 
/**
 * Why.
 */
reason: string, };

/**
 * What attaching a scope gave.
 */
export type AttachedScope = { 
/**
 * The provider as it is now.
 */
external_check_provider: ExternalCheckProviderSeen, 
/**
 * What will keep the provider from answering, for people; null: nothing that is known.
 */
warning: string | null, };

/**
 * What was decided, on what, under which policies.
 */
export type AuditRecord = { 
/**
 * The id that the host gave the decision.
 */
decision_id: string, 
/**
 * What was asked, such as `governance/run`.
 */
path: string, 
/**
 * What was evaluated. Values that a plan marks as sensitive never reach it.
 */
input: unknown, 
/**
 * What came out.
 */
result: unknown, 
/**
 * The revision of each bundle by its name.
 */
bundles: { [key in string]: BundleRevision }, 
/**
 * The digest of what was evaluated.
 */
digest: string, 
/**
 * When, as RFC 3339 in UTC.
 */
timestamp: string, 
/**
 * The pointers of what was there and was left out.
 */
erased?: Array<string>, };

/**
 * Whose spending the budgets of a policy are compared with.
 */
export type BudgetAccounts = "caller" | "scope";

/**
 * A kind of budget, in the order in which they are checked.
 */
export type BudgetType = "session" | "run" | "action";

/**
 * A builtin of OPA.
 */
export type Builtin = { 
/**
 * The name.
 */
name: string, 
/**
 * How many arguments it takes.
 */
arguments: number, 
/**
 * What it takes and gives, as `(string: string, search: string) -> output: boolean`.
 */
signature: string, 
/**
 * What it does, in one sentence.
 */
about: string, 
/**
 * What its arguments and its result are, by their names; empty where the names say it.
 */
operands: Record<string, string>, 
/**
 * The categories that OPA puts it in.
 */
categories: Array<string>, 
/**
 * The sign that calls it, where there is one.
 */
infix?: string, 
/**
 * Which build carries it.
 */
carrier: BuiltinCarrier, 
/**
 * Whether the same arguments may give different answers: clock, chance and network.
 */
nondeterministic: boolean, 
/**
 * Whether it is kept for old policies alone.
 */
deprecated: boolean, 
/**
 * Whether this engine evaluates it.
 */
available: boolean, };

/**
 * Which build carries a builtin.
 */
export type BuiltinCarrier = "edge" | "driver" | "full" | "host";

/**
 * The revision of one bundle.
 */
export type BundleRevision = { 
/**
 * The content digest.
 */
revision: string, };

/**
 * Bytes in base64.
 */
export type Bytes = { 
/**
 * The bytes.
 */
bytes: string, };

/**
 * What this build can do.
 */
export type Capabilities = { 
/**
 * The version of the package.
 */
version: string, 
/**
 * The engine that evaluates.
 */
engine: string, 
/**
 * Every builtin of OPA, and whether this build has it.
 */
builtins: Array<Builtin>, 
/**
 * The limits in force by their names.
 */
limits: Record<string, number>, };

/**
 * The lengths of the three lists.
 */
export type ChangeCounts = { 
/**
 * Entries in `added`.
 */
added: number, 
/**
 * Entries in `changed`.
 */
changed: number, 
/**
 * Entries in `destroyed`.
 */
destroyed: number, };

/**
 * What a change did.
 */
export type ChangeKind = "created" | "changed" | "policy_added" | "policy_changed" | "policy_removed" | "loaded" | "restored" | "deleted";

/**
 * A policy that was changed, and what its fields say and may not mean.
 */
export type ChangedActionPolicy = { 
/**
 * What its fields say and may not mean.
 */
warnings: Array<ActionPolicyWarning>, 
/**
 * The id.
 */
id: string, 
/**
 * The organisation.
 */
organization_id: string, 
/**
 * The version that is in force.
 */
current_version_id: string, 
/**
 * When it was created, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * When it was changed last.
 */
updated_at: string, 
/**
 * The number of its newest version, drafts included.
 */
newest_version: number, 
/**
 * Unique in the organisation.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * A policy that is off says nothing. Default true.
 */
enabled?: boolean, 
/**
 * Whom it is about. Default `global`.
 */
scope?: ActionScope, 
/**
 * The agent, run, group or mission; none for `global`.
 */
target_id?: string | null, 
/**
 * The most that a session may cost, in US dollars. Default: no limit.
 */
session_budget?: number | null, 
/**
 * The most that a run may cost. Default: no limit.
 */
run_budget?: number | null, 
/**
 * The most that an action may cost in a session, over all its calls.
 */
action_budgets?: Record<string, number>, 
/**
 * Actions that are never allowed.
 */
denied_actions?: Array<string>, 
/**
 * The only actions that are allowed; an empty list allows none. Default: no such list.
 */
allowed_actions?: Array<string> | null, 
/**
 * How often an action may be taken.
 */
rate_limits?: { [key in string]: RateLimit }, 
/**
 * Whether violations stop a call; false warns only, where no other policy is strict. Default true.
 */
strict_mode?: boolean, 
/**
 * Whether the approval criteria of this policy count. Without any criterion every action needs an approval. Default false.
 */
require_approval?: boolean, 
/**
 * Actions that need an approval.
 */
approval_actions?: Array<string>, 
/**
 * Tags that need an approval; compared with their case.
 */
approval_tags?: Array<string>, 
/**
 * Risk levels that need an approval: exactly these, not "or above".
 */
approval_risk_levels?: Array<RiskLevel>, 
/**
 * The cost from which on an approval is needed.
 */
approval_threshold_usd?: number | null, 
/**
 * How long to wait for an approval: 1 to 2592000. Default 3600.
 */
approval_timeout_seconds?: number, 
/**
 * Who may approve where no rule names anybody: e-mails or ids.
 */
default_approvers?: Array<string>, 
/**
 * Who may approve what; the first that matches counts (decision 24).
 */
approval_rules?: Array<ActionApprovalRule>, 
/**
 * The actions that must have succeeded before an action, in the same run.
 */
evidence_requirements?: { [key in string]: Array<string> }, 
/**
 * How old evidence and grounds may be, by the action that relies on them.
 */
evidence_max_age_seconds?: Record<string, number>, 
/**
 * Actions that change something. They have no effect by themselves; compiling warns of one that nothing precedes.
 */
commit_actions?: Array<string>, 
/**
 * Actions whose results are kept as evidence.
 */
evidence_actions?: Array<string>, 
/**
 * What the arguments of an action must look like: a subset of JSON Schema.
 */
argument_constraints?: Record<string, Record<string, unknown>>, 
/**
 * Where the arguments of an action must come from: action, argument, rule.
 */
grounding_rules?: { [key in string]: { [key in string]: GroundingRule } }, 
/**
 * What personal data the arguments of an action must not hold.
 */
pii_rules?: { [key in string]: PiiRule }, 
/**
 * What content the arguments of an action must not hold.
 */
moderation_rules?: { [key in string]: ModerationRule }, 
/**
 * How often an action may be tried with the same arguments.
 */
loop_rules?: { [key in string]: LoopRule }, 
/**
 * Whether every action without a rule in `pii_rules` has the default one. Default false.
 */
pii_default_enabled?: boolean, 
/**
 * The same for `moderation_rules`.
 */
moderation_default_enabled?: boolean, 
/**
 * The same for `loop_rules`.
 */
loop_default_enabled?: boolean, 
/**
 * The parts of a budget, in percent, from which on a warning is given: 1 to 100. Default `[80]`.
 */
budget_warning_thresholds?: Array<number>, };

/**
 * What a plan was made from, and what became of it (section 1.3).
 */
export type Changeset = { 
/**
 * `git` or `api`.
 */
source_type: string, 
/**
 * The commit, for git.
 */
source_ref: string | null, 
/**
 * The pull request that made it.
 */
pr_number: number | null, 
/**
 * When it was applied, in milliseconds since 1970.
 */
applied_at_ms: number | null, 
/**
 * When it was discarded: it is never applied then.
 */
discarded_at_ms: number | null, 
/**
 * The runs that apply it, in their order.
 */
apply_runs: Array<string>, };

/**
 * For what a call is checked.
 */
export type CheckActionPurpose = "ask" | "authorize";

/**
 * A call, and everything that it is judged by.
 */
export type CheckActionRequest = { 
/**
 * The policies. Without an id a policy is called by its name, or `policy-1` and so on.
 */
policies: Array<GivenActionPolicy>, 
/**
 * The exceptions from them.
 */
exceptions?: Array<GivenActionException>, 
/**
 * What holds for all decisions.
 */
settings?: ActionSettings, 
/**
 * Whether anything was ever set up. True also where there are policies. Default false.
 */
configured?: boolean, 
/**
 * The call.
 */
call: ActionCall, 
/**
 * What earlier calls left behind. Default: nothing.
 */
state?: GivenActionState, 
/**
 * What a moderator says of the arguments. Absent: there is no moderator, and a policy that wants one refuses the call.
 */
moderation?: Array<ModerationResult> | null, 
/**
 * The time, in milliseconds since 1970.
 */
now_ms: number, 
/**
 * Whether the way through the checks is told. Default false.
 */
explain?: boolean, 
/**
 * Whether it is only asked, or taken: then the answer has the state afterwards. Default `ask`.
 */
purpose?: CheckActionPurpose, 
/**
 * What the call gives, where it is taken and allowed: its result is recorded at once. Absent: no result is recorded.
 */
result?: unknown, };

/**
 * What a provider says.
 */
export type CheckDecision = "pass" | "fail";

/**
 * Every finding in modules, in source order.
 */
export type CheckResult = { 
/**
 * The findings.
 */
diagnostics: Array<Diagnostic>, 
/**
 * The dialect of each module by its path.
 */
dialects: { [key in string]: Dialect }, };

/**
 * One check on the way of a call.
 */
export type CheckSeen = { 
/**
 * The check.
 */
check: string, 
/**
 * What came of it.
 */
outcome: ActionCheckOutcome, };

/**
 * The decision on a call.
 */
export type CheckedAction = { 
/**
 * The decision.
 */
decision: ActionDecision, 
/**
 * The state afterwards, where the call was to be taken: give it back to check the next call on it.
 */
state?: ActionStateAfter, };

/**
 * One atomic change of the host's store, inside one partition.
 */
export type Commit = { 
/**
 * The partition that every key lies in.
 */
partition: string, 
/**
 * The same key twice is one commit.
 */
idempotency_key: string, 
/**
 * The versions that were read. One that differs now is a conflict.
 */
expect: Array<Expectation>, 
/**
 * Records to replace.
 */
put: Array<StoredRecord>, 
/**
 * Records to add; they are never changed.
 */
append: Array<StoredRecord>, };

/**
 * A compiled program, or why there is none.
 */
export type CompileAnswer = { 
/**
 * The handle; null when a diagnostic is an error.
 */
handle: number | null, 
/**
 * The content digest of modules, dialects and data.
 */
revision: string | null, 
/**
 * What can be asked.
 */
entrypoints: Array<string>, 
/**
 * The builtins that it calls, sorted: whoever loads its bytes must have them.
 */
builtins: Array<string>, 
/**
 * The functions of the host that it calls, and the builtins for which the host answers, sorted.
 */
host_functions: Array<string>, 
/**
 * The dialect of each module by its path.
 */
dialects: { [key in string]: Dialect }, 
/**
 * Every finding, in source order.
 */
diagnostics: Array<Diagnostic>, };

/**
 * What became of a text.
 */
export type CompiledActionPolicy = { 
/**
 * That it is one.
 */
ok: true, 
/**
 * Its fields, with every default.
 */
policy: Required<ActionPolicyFields>, 
/**
 * What it says and may not mean.
 */
warnings: Array<ActionPolicyWarning>, } | { 
/**
 * That it is none.
 */
ok: false, 
/**
 * Everything that is wrong with it, by path and code; at least one. Of very many the first, and then how many more there are.
 */
errors: Array<ActionPolicyError>, };

/**
 * When an approval rule matches (section 1.9).
 */
export type Condition = { "type": "always" } | { "type": "destroyed_gt", "value": number } | { "type": "added_gt", "value": number } | { "type": "changed_gt", "value": number } | { "type": "trigger_is", "value": Trigger };

/**
 * What differs between two bundles, by the names of policies. All three are always there.
 */
export type ConfigBundleDiff = { 
/**
 * In the new bundle alone.
 */
created: Array<string>, 
/**
 * In the old bundle alone.
 */
deleted: Array<string>, 
/**
 * In both, with texts that differ in any way.
 */
modified: Array<string>, };

/**
 * A bundle that was pushed.
 */
export type ConfigBundleVersion = { 
/**
 * Counts from 1. 0 is what was there before the first: nothing.
 */
version: number, 
/**
 * The digest of names, files and texts.
 */
digest: string, 
/**
 * The policies, by name.
 */
policies: Array<ConfigPolicyOfBundle>, 
/**
 * When it was pushed, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * Who pushed it.
 */
created_by: string | null, };

/**
 * A part of the list of versions.
 */
export type ConfigBundleVersionPage = { 
/**
 * The versions, the newest first.
 */
versions: Array<ConfigBundleVersion>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * A decision and what stands beside it.
 */
export type ConfigDecided = { 
/**
 * The decision.
 */
decision: ConfigDecision, 
/**
 * What the decision passes over in silence: a rule that answers what is no violation, a name that leads nowhere.
 */
warnings: Array<Diagnostic>, 
/**
 * Evaluation steps.
 */
steps: number, 
/**
 * Units of memory.
 */
memory_units: number, };

/**
 * A decision, as it is told and kept. What is empty is left out.
 */
export type ConfigDecision = { 
/**
 * What was decided.
 */
status: ConfigStatus, 
/**
 * Why the policies could not be evaluated.
 */
reason?: string, 
/**
 * The rules that took part, in the order of their bytes. One that an array names twice is here twice.
 */
enabled_rules?: Array<string>, 
/**
 * Violations of rules that are hard.
 */
hard_failures?: Array<ConfigViolation>, 
/**
 * Violations of all other rules.
 */
soft_failures?: Array<ConfigViolation>, };

/**
 * A part of the decision log. A page may have fewer than its limit.
 */
export type ConfigDecisionLog = { 
/**
 * Those that match, the newest first.
 */
decisions: Array<ConfigDecisionRecord>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * What was decided, or that nothing is.
 */
export type ConfigDecisionMade = { 
/**
 * Whether the settings let anything be decided.
 */
enabled: boolean, 
/**
 * Whether the pipeline may be triggered. Whoever gates one looks at this, and at nothing else.
 */
triggers: boolean, 
/**
 * The decision; null where nothing was evaluated.
 */
decision: ConfigDecision | null, 
/**
 * What is kept of it, masked; null where nothing is.
 */
log: ConfigDecisionRecord | null, 
/**
 * What the decision passes over in silence.
 */
warnings: Array<Diagnostic>, };

/**
 * Which decisions. What was masked matches nothing.
 */
export type ConfigDecisionQuery = { 
/**
 * What was decided.
 */
status?: ConfigStatus | null, 
/**
 * Not earlier than this, as RFC 3339.
 */
after?: string | null, 
/**
 * Earlier than this, as RFC 3339.
 */
before?: string | null, 
/**
 * `vcs.branch` of the metadata.
 */
branch?: string | null, 
/**
 * `project_id` of the metadata.
 */
project_id?: string | null, 
/**
 * `build_number` of the metadata.
 */
build_number?: number | null, 
/**
 * The most entries that are looked at: 1 to 100. Default 50.
 */
limit?: number | null, 
/**
 * Where an earlier page ended.
 */
cursor?: string | null, };

/**
 * A decision as it is kept.
 */
export type ConfigDecisionRecord = { 
/**
 * The id that the host gave it.
 */
id: string, 
/**
 * When, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * What was decided.
 */
decision: ConfigDecision, 
/**
 * What was known of the pipeline, without what the settings mask.
 */
metadata: Record<string, unknown>, 
/**
 * The SHA-512 of the text of each policy by its name, in hexadecimal.
 */
policies: { [key in string]: string }, 
/**
 * How long the evaluation took, in milliseconds.
 */
time_taken_ms: number, 
/**
 * The version of the bundle that decided; 0: nothing was pushed yet.
 */
bundle_version: number, 
/**
 * Its digest.
 */
bundle_digest: string, 
/**
 * That a gate asked: a pipeline was triggered, or was not, because of this decision. Otherwise somebody asked what it would be.
 */
gate?: boolean, 
/**
 * The pointers of what was there and was left out.
 */
erased?: Array<string>, };

/**
 * What a configuration is written in. It is the document beside the request.
 */
export type ConfigFormat = "json" | "yaml";

/**
 * What a gate asks.
 */
export type ConfigGateStep = "ask" | "decide";

/**
 * Why a bundle is refused.
 */
export type ConfigLoadError = { 
/**
 * The stage.
 */
stage: ConfigLoadStage, 
/**
 * All that the stage found, as the original tells it (section 1.3).
 */
message: string, };

/**
 * The stage of loading that refuses a bundle.
 */
export type ConfigLoadStage = "parse" | "names" | "lint" | "compile";

/**
 * One operation on the policies of a context.
 */
export type ConfigOperation = { "push": { 
/**
 * Texts by the paths of their files. None at all empties the bundle.
 */
policies: { [key in string]: string }, 
/**
 * Whether nothing is kept. Default false.
 */
dry?: boolean, } } | { "get_bundle": { 
/**
 * An earlier version. Default: the one in force.
 */
version?: number | null, } } | { "get_policy": { 
/**
 * The name that the policy declares.
 */
name: string, 
/**
 * An earlier version of the bundle. Default: the one in force.
 */
version?: number | null, } } | { "list_versions": PageRequest } | { "decide": DecideConfigOptions } | { "list_decisions": ConfigDecisionQuery } | { "get_decision": { 
/**
 * The decision.
 */
id: string, } } | { "get_decision_bundle": { 
/**
 * The decision.
 */
id: string, } } | { "get_settings": Record<symbol, never> } | { "change_settings": ConfigSettingsChange };

/**
 * One policy of a bundle.
 */
export type ConfigPolicy = { 
/**
 * Its name.
 */
name: string, 
/**
 * The path of its file.
 */
path: string, };

/**
 * A policy of a bundle.
 */
export type ConfigPolicyOfBundle = { 
/**
 * The name that it declares.
 */
name: string, 
/**
 * The path of its file.
 */
path: string, 
/**
 * The SHA-512 of its text, in hexadecimal.
 */
sha512: string, 
/**
 * When this text was pushed first under this name.
 */
created_at: string, 
/**
 * Who pushed it.
 */
created_by: string | null, };

/**
 * A question to [`ConfigService`].
 */
export type ConfigServiceRequest = { 
/**
 * The organisation.
 */
org_id: string, 
/**
 * Which of the organisation's bundles. Default `config`.
 */
context?: string, 
/**
 * What is asked for.
 */
operation: ConfigOperation, 
/**
 * The host's id for this operation: what is created gets it, and the same operation twice is one.
 */
operation_id: string, 
/**
 * The time, in milliseconds since 1970.
 */
now_ms: number, 
/**
 * The seed of the random builtins of a decision.
 */
seed?: number | null, 
/**
 * How long the evaluation took, in milliseconds. Only the host has a clock: it asks for a decision, and once more with the time
 * that this took.
 */
time_taken_ms?: number, 
/**
 * The answers to the needs of earlier rounds.
 */
facts: Array<Fact>, };

/**
 * What holds for all decisions of a context.
 */
export type ConfigSettings = { 
/**
 * Whether configurations are decided on. Default true.
 */
enabled: boolean, 
/**
 * Whether a pipeline is triggered although its policies could not be evaluated (`ERROR`). Default false: what nobody could judge is
 * refused.
 */
errors_trigger: boolean, 
/**
 * What of the metadata is not kept in the log: pointers that begin with `/metadata/`. Default none.
 */
mask: Array<string>, };

/**
 * What is changed of the settings: what is absent stays.
 */
export type ConfigSettingsChange = { 
/**
 * Whether configurations are decided on.
 */
enabled?: boolean | null, 
/**
 * Whether a pipeline is triggered although its policies could not be evaluated.
 */
errors_trigger?: boolean | null, 
/**
 * What of the metadata is not kept in the log.
 */
mask?: Array<string> | null, };

/**
 * What was decided.
 */
export type ConfigStatus = "PASS" | "SOFT_FAIL" | "HARD_FAIL" | "ERROR";

/**
 * What a test went through.
 */
export type ConfigTestContext = { 
/**
 * `input`, `decision` and `evaluation`, which is all of `data`; where the input was not compiled, `input` and
 * `pipeline-parameters`.
 */
value: Record<string, unknown>, 
/**
 * The same in YAML.
 */
yaml: string, };

/**
 * How one test ended.
 */
export type ConfigTestEnd = { 
/**
 * Its name with those of the tests around it: `test_a/case`; of a rule, `data.org.test_x`.
 */
name: string, 
/**
 * Whether it passed.
 */
passed: boolean, 
/**
 * Why it did not, where that is known: for a decision that is another one, what differs.
 */
error?: string, 
/**
 * What it went through, where that was asked for.
 */
context?: ConfigTestContext, };

/**
 * A configuration that the host is to compile.
 */
export type ConfigToCompile = { 
/**
 * The configuration in YAML.
 */
config: string, 
/**
 * The whole of `pipeline_parameters`; its member `parameters` holds those of the pipeline.
 */
pipeline_parameters: Record<string, unknown> | null, };

/**
 * The results of test rules.
 */
export type ConfigUnitTestsAnswer = { 
/**
 * One for each rule, by file and place.
 */
results: Array<ConfigTestEnd>, };

/**
 * What a text in YAML says, or what a query answers.
 */
export type ConfigValue = { 
/**
 * The value.
 */
value: unknown, };

/**
 * One violation of one rule.
 */
export type ConfigViolation = { 
/**
 * The name of the rule.
 */
rule: string, 
/**
 * What the rule says.
 */
reason: string, };

/**
 * Rules for scalars, for keys that stand twice and for what is merged.
 */
export type ConfigYamlRules = "configuration" | "tests";

/**
 * What policies of one kind have in common.
 */
export type Contract = { 
/**
 * The name that messages use.
 */
name: string, 
/**
 * The package that a policy declares, exactly, without `data`.
 */
package: string, 
/**
 * How the dialect of a policy is found.
 */
dialect?: ContractDialect, 
/**
 * The rules that are asked. A policy declares at least one.
 */
rules: Array<RuleContract>, 
/**
 * Builtins that a policy may not call.
 */
refused_builtins?: Array<string>, 
/**
 * The input that a policy is run on while it is validated. Absent: it is not run.
 */
stub_input?: unknown, };

/**
 * How the dialect of a policy is found.
 */
export type ContractDialect = "v0" | "v1" | "v1_then_v0";

/**
 * A vote that counts for a requirement.
 */
export type CountedVote = { 
/**
 * The requirement.
 */
requirement_id: string, 
/**
 * The person.
 */
user_id: string, };

/**
 * The coverage of a program. Its fields are those of OPA.
 */
export type Coverage = { 
/**
 * Each module by its path.
 */
files: { [key in string]: FileCoverage }, 
/**
 * How many lines were evaluated.
 */
covered_lines: number, 
/**
 * How many were not.
 */
not_covered_lines: number, 
/**
 * How many of a hundred were; 0 where no line counts.
 */
coverage: number, };

/**
 * How is decided on the configuration that is the document beside the request.
 */
export type DecideConfigOptions = { 
/**
 * What it is written in. Default JSON.
 */
format?: ConfigFormat, 
/**
 * What it was compiled to, in YAML: it is put under `_compiled_`.
 */
compiled?: string, 
/**
 * What is known of the pipeline: `data.meta` of the policies. Default null there, and empty in the log.
 */
metadata?: Record<string, unknown> | null, 
/**
 * Whether the decision is kept in the log. Default true.
 */
store?: boolean, 
/**
 * That a gate asks, about what somebody wants to get through it: a configuration that could be read in two ways or says itself what it
 * compiles to is refused, and so is one for which no bundle was ever pushed.
 */
gate?: ConfigGateStep | null, 
/**
 * What the evaluation may use. A limit that is reached fails the call.
 */
limits?: EvaluationLimits, };

/**
 * The final word.
 *
 * INVARIANT: a hold says what it waits for, and a deny says why; neither can be built without. There is no default:
 * what it means that nothing applied is a product's written choice.
 */
export type Decision = { "kind": "allow" } | { "kind": "hold", 
/**
 * What would lift the hold.
 */
requirements: Array<Requirement>, } | { "kind": "deny", 
/**
 * Why.
 */
reasons: Array<Reason>, };

/**
 * The decision log of a run's changeset.
 */
export type DecisionLog = { 
/**
 * In the order of time: the evaluations of its runs, and the final words that votes, checks or time gave later. What the settings mask is left out.
 */
decisions: AuditRecord[], };

/**
 * How the host sends a request, and tries again after an error of the network or the server. What is never delivered leaves the
 * requirement open, so that its timeout decides.
 */
export type Delivery = { 
/**
 * How often it is sent at the most.
 */
tries: number, 
/**
 * How long one try may take, in milliseconds.
 */
timeout_ms: number, 
/**
 * The pause before the second try, in milliseconds; each later one is twice as long.
 */
first_pause_ms: number, };

/**
 * What the workspace is made of, by its plan: sorted, each name once.
 *
 * Every managed resource that the plan lists counts, also one that does not change (Terraform lists it as a no-op) and
 * one that is destroyed or forgotten: these are attributes of the workspace, and a plan without changes must not empty
 * them. Data sources do not count: a plan lists one only when its read has to wait for the apply.
 */
export type DetectedAttributes = { 
/**
 * Short names of providers.
 */
providers: Array<string>, 
/**
 * Types of resources.
 */
resource_types: Array<string>, };

/**
 * One finding about one text.
 */
export type Diagnostic = { 
/**
 * The stable code; OPA's where OPA has one.
 */
code: string, 
/**
 * Whether it keeps the text from being used.
 */
severity: Severity, 
/**
 * What is wrong, in one sentence.
 */
message: string, 
/**
 * How to mend it, where that is known.
 */
help?: string, 
/**
 * The path of the module.
 */
file: string, 
/**
 * Where the faulty text begins.
 */
start: Place, 
/**
 * Where it ends: the first place after it.
 */
end: Place, 
/**
 * The limit that was reached, for `limit_exceeded`.
 */
limit?: LimitReached, 
/**
 * The stage in which OPA finds it; absent where OPA does not find it, or stops before it gets there.
 */
stage?: Stage, 
/**
 * Where OPA reports it, where that is another place than the faulty text.
 */
opa_place?: OpaPlace, };

/**
 * Which Rego a module is written in.
 */
export type Dialect = "v0" | "v1";

/**
 * What an operation answers and does.
 */
export type Done = { 
/**
 * The answer.
 */
answer: unknown, 
/**
 * What is committed and told.
 */
effects: Effects, };

/**
 * A draft, and what its fields say and may not mean.
 */
export type DraftedActionPolicyVersion = { 
/**
 * What its fields say and may not mean.
 */
warnings: Array<ActionPolicyWarning>, 
/**
 * The id.
 */
id: string, 
/**
 * The policy.
 */
policy_id: string, 
/**
 * Counts from 1.
 */
version_number: number, 
/**
 * Where it stands.
 */
status: ActionPolicyVersionStatus, 
/**
 * All fields of the policy.
 */
policy_data: Required<ActionPolicyFields>, 
/**
 * What it changed, in a line for people.
 */
change_summary: string, 
/**
 * Who made it.
 */
author_id: string | null, 
/**
 * Who reviewed it. Whoever changes a policy directly reviews that change.
 */
reviewer_id: string | null, 
/**
 * When, as RFC 3339 in UTC.
 */
reviewed_at: string | null, 
/**
 * When it was made, as RFC 3339 in UTC.
 */
created_at: string, };

/**
 * What the caller may do with something in a scope, from the least to the most (section 1.5).
 */
export type EffectiveRole = "read" | "write" | "admin";

/**
 * What enforcement does. A preview performs none of it.
 */
export type Effects = { 
/**
 * Applied first, whole or not at all.
 */
commit: Commit | null, 
/**
 * Sent after the commit was acknowledged, each at least once. The commit puts each as a record of the kind `outbox`.
 */
notices: Array<Notice>, };

/**
 * Whether a violation rejects a run.
 */
export type Enforcement = "mandatory" | "advisory";

/**
 * What becomes of a call where no policy can vouch for it because nothing was ever set up (section 3.3).
 */
export type EnforcementMode = "fail_open" | "fail_closed_writes" | "fail_closed";

/**
 * A mistake of the calling program, or an evaluation that could not end. Never an author's text error: that is a diagnostic.
 */
export type ErrorAnswer = { 
/**
 * The stable code.
 */
code: ErrorCode, 
/**
 * One plain sentence: lower case, no final period, the caller's words in backticks.
 */
message: string, 
/**
 * How to mend it, where that is known.
 */
help?: string, 
/**
 * Which limit was reached, for `limit_exceeded`.
 */
limit?: LimitReached, 
/**
 * The path to the faulty value inside the request or document, as a JSON pointer.
 */
path?: string, };

/**
 * What went wrong, in a word that never changes its meaning.
 *
 * Programs match on [`ErrorCode::as_str`]; people read [`Error::message`].
 */
export type ErrorCode = "malformed_request" | "unknown_operation" | "unknown_entrypoint" | "unknown_handle" | "input_not_json" | "input_not_yaml" | "bundle_refused" | "program_damaged" | "program_version" | "sources_missing" | "host_not_asked" | "builtin_not_available" | "builtin_not_allowed" | "limit_exceeded" | "not_a_plan" | "plan_is_a_stream" | "plan_is_binary" | "plan_errored" | "fact_not_asked" | "fact_wrong_shape" | "invalid_configuration" | "replay_exhausted" | "rego_parse_error" | "rego_compile_error" | "rego_type_error" | "rego_unsafe_var_error" | "rego_recursion_error" | "not_evaluated" | "eval_conflict_error" | "eval_builtin_error" | "eval_type_error" | "eval_internal_error";

/**
 * What happens when a requirement is not decided in time.
 */
export type EscalationAction = "auto_approve" | "escalate_to" | "reject";

/**
 * The limits of one evaluation that a caller may raise or lower.
 */
export type EvaluationLimits = { 
/**
 * Evaluation steps. Default [`STEPS`].
 */
steps?: number, 
/**
 * Units of memory that the evaluation may make. Default [`MEMORY_UNITS`].
 */
memory_units?: number, 
/**
 * Bytes of the answer as JSON text. Default [`ANSWER_BYTES`].
 */
answer_bytes?: number, };

/**
 * Calls that the host is to answer before there is an answer.
 */
export type EvaluationNeeds = { 
/**
 * The calls, each once.
 */
needs: Array<NeededHostCall>, };

/**
 * What was evaluated, and under what.
 */
export type EvaluationOfRun = { 
/**
 * The digest of the plan and the input.
 */
digest: string, 
/**
 * The digest of the plan's text alone.
 */
plan_digest: string, 
/**
 * The revision of policies, rules and providers.
 */
revision: string, 
/**
 * Violations of mandatory sets.
 */
mandatory_violations: number, };

/**
 * The version of a record that a commit stands on.
 */
export type Expectation = { 
/**
 * The kind of record.
 */
kind: string, 
/**
 * Its key.
 */
key: string, 
/**
 * The version that was read; null: there was none.
 */
version: string | null, };

/**
 * An external check provider (section 1.12) with the scopes that it is attached to.
 */
export type ExternalCheckProvider = { 
/**
 * The host's id: part of the message that is signed.
 */
id: string, 
/**
 * Unique within the organisation.
 */
name: string, 
/**
 * Where it is called; HTTPS.
 */
callback_url: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * Hours to escalation. Default 24.
 */
timeout_hours?: number, 
/**
 * Default reject.
 */
escalation_action?: EscalationAction | null, 
/**
 * The team, for `escalate_to`; without it, administrators.
 */
escalation_team_id?: string | null, 
/**
 * Where it takes part; without any, nowhere.
 */
scopes?: Array<ProviderScope>, };

/**
 * What may be changed of a provider: any field that it is created from; null takes one back to its default.
 */
export type ExternalCheckProviderChange = Partial<NewExternalCheckProvider>;

/**
 * A part of a list of providers.
 */
export type ExternalCheckProviderPage = { 
/**
 * Those that the caller may see.
 */
external_check_providers: Array<ExternalCheckProviderSeen>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * An external check provider as a caller sees it.
 */
export type ExternalCheckProviderSeen = { 
/**
 * The id: part of the message that is signed.
 */
id: string, 
/**
 * Unique within the organisation.
 */
name: string, 
/**
 * Where it is called; HTTPS.
 */
callback_url: string, 
/**
 * For people.
 */
description: string | null, 
/**
 * Hours to escalation; 0: never.
 */
timeout_hours: number, 
/**
 * What happens then.
 */
escalation_action: EscalationAction, 
/**
 * The team, for `escalate_to`; without it, administrators.
 */
escalation_team_id: string | null, 
/**
 * Where it takes part; without any, nowhere.
 */
scopes: Array<ProviderScope>, 
/**
 * Whether a secret was stored for it. The secret itself is the host's, and never shown.
 */
has_secret: boolean, 
/**
 * What the caller may do with it: `admin`, or `read`.
 */
effective_role: EffectiveRole, };

/**
 * An answer to a need.
 */
export type Fact = { 
/**
 * The need that it answers.
 */
need: Need, 
/**
 * The version of the record that was read; null where there is none.
 */
version: string | null, 
/**
 * What was read.
 */
value: unknown, };

/**
 * A policy with its text.
 */
export type FetchedConfigPolicy = { 
/**
 * The text.
 */
content: string, 
/**
 * When this text was pushed first under this name, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * Who pushed it.
 */
created_by: string | null, 
/**
 * The name that it declares.
 */
name: string, };

/**
 * One key of a yielded object.
 */
export type Field = { 
/**
 * The key.
 */
name: string, 
/**
 * The kind of its value.
 */
kind: FieldKind, 
/**
 * Whether it must be there.
 */
required?: boolean, 
/**
 * The least value of an integer.
 */
minimum?: number, };

/**
 * A field that differs.
 */
export type FieldDiff = { 
/**
 * The field.
 */
field: string, 
/**
 * Its value in the first version.
 */
from: unknown, 
/**
 * Its value in the second.
 */
to: unknown, };

/**
 * The kind of a field's value.
 */
export type FieldKind = "name" | "string" | "integer";

/**
 * The coverage of one module.
 */
export type FileCoverage = { 
/**
 * The lines that were evaluated.
 */
covered: Array<LineRange>, 
/**
 * Those that were not.
 */
not_covered: Array<LineRange>, 
/**
 * How many were.
 */
covered_lines: number, 
/**
 * How many were not.
 */
not_covered_lines: number, 
/**
 * How many of a hundred were; 0 where no line counts.
 */
coverage: number, };

/**
 * A module as it is usually laid out.
 */
export type FormatResult = { 
/**
 * The text. A statement that cannot be read stands in it as it was written.
 */
formatted: string, 
/**
 * Whether it is another text than before.
 */
changed: boolean, 
/**
 * The dialect that it was read in.
 */
dialect: Dialect, 
/**
 * What cannot be read in it.
 */
diagnostics: Array<Diagnostic>, };

/**
 * An attempt that counts as a loop.
 */
export type GivenActionAttempt = { 
/**
 * The action.
 */
action: string, 
/**
 * The session.
 */
session_id?: string | null, 
/**
 * The agent, run, mission and group say which policies' loop rules see it.
 */
agent_id?: string | null, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The mission.
 */
mission_id?: string | null, 
/**
 * The group.
 */
group_id?: string | null, 
/**
 * Its arguments.
 */
kwargs?: Record<string, unknown>, 
/**
 * When, in milliseconds since 1970. Absent: just now.
 */
at_ms?: number | null, };

/**
 * The result of an action.
 */
export type GivenActionEvidence = { 
/**
 * The action.
 */
action: string, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The session, where there is no run.
 */
session_id?: string | null, 
/**
 * Its arguments.
 */
kwargs?: Record<string, unknown>, 
/**
 * What it gave.
 */
result?: unknown, 
/**
 * When, in milliseconds since 1970. Absent: just now.
 */
at_ms?: number | null, };

/**
 * An exception of a request, as it is listed or written by hand. How often it was used, the state says.
 */
export type GivenActionException = { 
/**
 * The id. Default: `exception-1` and so on.
 */
id?: string | null, 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The agents that it is for. At least one agent or run is named.
 */
agent_ids?: Array<string> | null, 
/**
 * The runs that it is for. Where both lists are given, either may match.
 */
run_ids?: Array<string> | null, 
/**
 * The actions that it is for. Default: all.
 */
actions?: Array<string> | null, 
/**
 * Why.
 */
reason?: string | null, 
/**
 * When it begins, as RFC 3339. Default: it has begun.
 */
starts_at?: string | null, 
/**
 * When it is over, as RFC 3339. At least one of this and `max_uses` is given; whichever comes first ends it.
 */
expires_at?: string | null, 
/**
 * The same as `starts_at`, in milliseconds since 1970.
 */
starts_at_ms?: number | null, 
/**
 * The same as `expires_at`.
 */
expires_at_ms?: number | null, 
/**
 * How often it may be used, from 1.
 */
max_uses?: number | null, 
/**
 * In a list; not looked at.
 */
uses?: unknown, 
/**
 * In a list; not looked at.
 */
is_live?: unknown, 
/**
 * In a list; not looked at.
 */
created_by?: unknown, 
/**
 * In a list; not looked at.
 */
created_at?: unknown, };

/**
 * A target that was stopped.
 */
export type GivenActionKill = { 
/**
 * What kind of target.
 */
target_type: KillTargetType, 
/**
 * Which.
 */
target_id: string, 
/**
 * Why.
 */
reason?: string | null, };

/**
 * A policy of a request: the fields of its author, as they are listed or written by hand.
 */
export type GivenActionPolicy = Omit<ActionPolicyFields, "name"> & { id?: string, name?: string };

/**
 * The result of a call with an idempotency key.
 */
export type GivenActionResult = { 
/**
 * The action.
 */
action: string, 
/**
 * The key.
 */
idempotency_key: string, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The session, where there is no run.
 */
session_id?: string | null, 
/**
 * What it gave. Absent: the call is under way.
 */
result?: unknown, 
/**
 * When the key was seen first, in milliseconds since 1970. Absent: just now.
 */
at_ms?: number | null, 
/**
 * Until when the key is taken.
 */
expires_at_ms: number, };

/**
 * What was spent on an action, or is held for a call that waits.
 */
export type GivenActionSpend = { 
/**
 * The action.
 */
action: string, 
/**
 * How much, in US dollars.
 */
cost_usd: number, 
/**
 * The session.
 */
session_id?: string | null, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The agent: only looked at where budgets are counted by scope.
 */
agent_id?: string | null, 
/**
 * The mission: likewise.
 */
mission_id?: string | null, 
/**
 * The group: likewise.
 */
group_id?: string | null, 
/**
 * Until when it is held for a call that waits, in milliseconds since 1970. Absent: it was spent.
 */
held_until_ms?: number | null, };

/**
 * What earlier calls left behind. Everything may be left out: then there is nothing of it.
 */
export type GivenActionState = { 
/**
 * What was spent.
 */
spend?: Array<GivenActionSpend>, 
/**
 * The results of actions.
 */
evidence?: Array<GivenActionEvidence>, 
/**
 * The calls that count for rate limits.
 */
taken?: Array<GivenActionTaking>, 
/**
 * The attempts that count as loops.
 */
tried?: Array<GivenActionAttempt>, 
/**
 * The results of calls with an idempotency key.
 */
made?: Array<GivenActionResult>, 
/**
 * What was stopped.
 */
killed?: Array<GivenActionKill>, 
/**
 * How often exceptions were used.
 */
exception_uses?: Array<GivenExceptionUses>, 
/**
 * Records of a store, or those that an earlier answer gave. What stands in the other lists comes on top of them.
 */
records?: Array<ActionStateRecord>, };

/**
 * A call that counts for rate limits.
 */
export type GivenActionTaking = { 
/**
 * The action.
 */
action: string, 
/**
 * The session.
 */
session_id?: string | null, 
/**
 * When, in milliseconds since 1970. Absent: just now.
 */
at_ms?: number | null, 
/**
 * Until when its slot is held for a call that waits. Absent: the call was made.
 */
held_until_ms?: number | null, };

/**
 * How often an exception was used.
 */
export type GivenExceptionUses = { 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The exception.
 */
exception_id: string, 
/**
 * How often.
 */
uses: number, };

/**
 * What an evaluation needs, or what it decided.
 */
export type GovernAnswer = { "needs": Array<Need> } | { "outcome": GovernanceOutcome };

/**
 * Policy sets, approval rules and providers as the host keeps them.
 */
export type GovernanceConfig = { 
/**
 * Layer 1.
 */
policy_sets?: Array<PolicySet>, 
/**
 * Layer 2.
 */
approval_rules?: Array<ApprovalRule>, 
/**
 * Layer 3.
 */
external_check_providers?: Array<ExternalCheckProvider>, };

/**
 * The final word on a run, what every layer said, and what enforcement does.
 */
export type GovernanceOutcome = { 
/**
 * The final word.
 */
decision: Decision, 
/**
 * The status that the run gets.
 */
run_status: RunStatus, 
/**
 * The status that enforcement gives to a plan like this. It differs from `run_status` for the plan of a pull request,
 * which completes whatever was found.
 */
enforced_status: RunStatus, 
/**
 * What every layer said.
 */
response: PreviewResponse, 
/**
 * Every requirement with where it stands, later stages included.
 */
requirements: Array<Requirement>, 
/**
 * The digest of what was evaluated: an approval names it.
 */
digest: string, 
/**
 * The revision of policies, rules and providers: an approval names it.
 */
revision: string, 
/**
 * What enforcement does.
 */
effects: Effects, 
/**
 * The entry of the decision log.
 */
audit: AuditRecord, };

/**
 * One question: may this run go ahead?
 */
export type GovernanceRequest = { 
/**
 * Where the run takes place.
 */
workspace: Workspace, 
/**
 * The run.
 */
run: Run, 
/**
 * The organisation.
 */
org: Org, 
/**
 * Who started the run; null for a push, a schedule or a promotion.
 */
user: User | null, 
/**
 * The host's id for this decision.
 */
decision_id: string, 
/**
 * The time, in milliseconds since 1970.
 */
now_ms: number, 
/**
 * Seeds `rand.intn` and `uuid.rfc4122`.
 */
seed?: number, 
/**
 * The answers to the needs of earlier rounds.
 */
facts: Array<Fact>, };

/**
 * Where an argument must come from: a field of an earlier result, or of the arguments of an earlier call (section 1.3).
 */
export type GroundingRule = { 
/**
 * The action that gave it.
 */
source_action: string, 
/**
 * The dotted path to it. A whole number is a place in a list (decision 14).
 */
source_field: string, 
/**
 * In what of that action. Default `result`.
 */
source_from?: SourceFrom, };

/**
 * How a host declares a function of its own.
 */
export type HostFunction = { 
/**
 * The name that a policy calls: words with dots between them.
 */
name: string, 
/**
 * The type of each argument, with a name before it or without one: `id: string`, `array[number]`.
 */
arguments: Array<string>, 
/**
 * The type of the result, with a name before it or without one.
 */
result: string, };

/**
 * The result of the call that had the same idempotency key.
 */
export type IdempotentReplay = { 
/**
 * What the action gave then. Do not take it again.
 */
value: unknown, 
/**
 * When the key was seen first, in milliseconds since 1970.
 */
first_seen_at_ms: number, };

/**
 * Who is asking, and what they may do with one resource.
 */
export type Identity = { 
/**
 * The person's or key's id; none: nobody in particular.
 */
id?: string | null, 
/**
 * The e-mail.
 */
email?: string | null, 
/**
 * The role in the organisation; none: no role in it.
 */
org_role?: OrgRole | null, 
/**
 * Whether a person is there (a session), and not an API key: only people vote. Default: no.
 */
is_session?: boolean, 
/**
 * What they may do with the resource. A verb that is not here is refused.
 */
may: Array<Verb>, };

/**
 * Something that was done about a call.
 */
export type Intervention = { 
/**
 * The id.
 */
id: string, 
/**
 * What was done.
 */
type: InterventionType, 
/**
 * What came of it.
 */
outcome: InterventionOutcome, 
/**
 * The action.
 */
action_name: string, 
/**
 * What it was for, where the call says.
 */
description: string | null, 
/**
 * The agent.
 */
agent_id: string | null, 
/**
 * The run.
 */
run_id: string | null, 
/**
 * The task.
 */
task_id: string | null, 
/**
 * The mission.
 */
mission_id: string | null, 
/**
 * The policy; the first where there are several.
 */
policy_id: string | null, 
/**
 * What it would have cost, in US dollars.
 */
estimated_cost_usd: number, 
/**
 * What it cost.
 */
actual_cost_usd: number, 
/**
 * What was not spent.
 */
cost_prevented_usd: number, 
/**
 * How grave it was.
 */
risk_level: RiskLevel, 
/**
 * What was protected.
 */
blast_radius: Record<string, number>, 
/**
 * Why.
 */
reason: string, 
/**
 * What a check found.
 */
context: unknown, 
/**
 * What the caller was told to do.
 */
remediation_payload: unknown, 
/**
 * The organisation.
 */
organization_id: string, 
/**
 * When, as RFC 3339 in UTC.
 */
timestamp: string, };

/**
 * What came of it.
 */
export type InterventionOutcome = "blocked" | "escalated" | "approved_after_review" | "rejected_after_review" | "modified" | "warned";

/**
 * A part of the list of interventions. A page may have fewer than its limit.
 */
export type InterventionPage = { 
/**
 * Those that match, from the oldest.
 */
data: Array<Intervention>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * Which interventions. All that is given must match.
 */
export type InterventionQuery = { 
/**
 * What was done.
 */
type?: InterventionType | null, 
/**
 * What came of it.
 */
outcome?: InterventionOutcome | null, 
/**
 * The action, exactly.
 */
action_name?: string | null, 
/**
 * The agent.
 */
agent_id?: string | null, 
/**
 * The run.
 */
run_id?: string | null, 
/**
 * The policy.
 */
policy_id?: string | null, 
/**
 * How grave it was.
 */
risk_level?: RiskLevel | null, 
/**
 * Not earlier than this, as RFC 3339.
 */
start_date?: string | null, 
/**
 * Earlier than this, as RFC 3339.
 */
end_date?: string | null, 
/**
 * The most entries that are looked at: 1 to 100. Default 50.
 */
limit?: number | null, 
/**
 * Where an earlier page ended.
 */
cursor?: string | null, };

/**
 * What was done.
 */
export type InterventionType = "hard_block" | "approval_required" | "rate_limited" | "budget_exceeded" | "budget_warning" | "warning" | "missing_evidence" | "pii_blocked" | "content_blocked" | "loop_detected" | "idempotent_replay";

/**
 * A target that is or was stopped.
 */
export type KillSwitch = { 
/**
 * The id.
 */
id: string, 
/**
 * The organisation.
 */
organization_id: string, 
/**
 * What is stopped.
 */
target_type: KillTargetType, 
/**
 * Which.
 */
target_id: string, 
/**
 * Why.
 */
reason: string | null, 
/**
 * Whether it is stopped now.
 */
is_active: boolean, 
/**
 * Who stopped it.
 */
killed_by: string | null, 
/**
 * When, as RFC 3339 in UTC.
 */
killed_at: string, 
/**
 * Who revived it.
 */
revived_by: string | null, 
/**
 * When, as RFC 3339 in UTC.
 */
revived_at: string | null, };

/**
 * Whether a target is stopped.
 */
export type KillSwitchCheck = { 
/**
 * Whether it is.
 */
is_killed: boolean, 
/**
 * What.
 */
target_type: KillTargetType, 
/**
 * Which.
 */
target_id: string, 
/**
 * Why, where it is stopped.
 */
reason: string | null, 
/**
 * Since when, as RFC 3339 in UTC.
 */
killed_at: string | null, };

/**
 * A part of the list of stopped targets.
 */
export type KillSwitchPage = { 
/**
 * Those that are stopped now, the newest first.
 */
data: Array<KillSwitch>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * What can be stopped.
 */
export type KillTargetType = "agent" | "run" | "mission";

/**
 * A limit that was reached: its name in `limits.rs` and the value that was in force.
 */
export type LimitReached = { 
/**
 * The name of the limit, such as `steps` or `data_nesting`.
 */
name: string, 
/**
 * The value that was in force, in the limit's unit.
 */
value: number, };

/**
 * A line.
 */
export type Line = { 
/**
 * Its number, from 1.
 */
row: number, };

/**
 * Lines one after the other.
 */
export type LineRange = { 
/**
 * The first.
 */
start: Line, 
/**
 * The last.
 */
end: Line, };

/**
 * A program that was compiled before, and is there now.
 */
export type LoadAnswer = { 
/**
 * The handle.
 */
handle: number, 
/**
 * The content digest of modules, dialects and data.
 */
revision: string, 
/**
 * What can be asked.
 */
entrypoints: Array<string>, 
/**
 * The builtins that it calls, sorted.
 */
builtins: Array<string>, 
/**
 * The functions of the host that it calls, and the builtins for which the host answers, sorted.
 */
host_functions: Array<string>, };

/**
 * Policies of configurations, or why they are refused.
 */
export type LoadConfigPoliciesAnswer = { 
/**
 * The handle; absent where they are refused.
 */
handle?: number, 
/**
 * The content digest of the bundle.
 */
revision?: string, 
/**
 * The policies, by name.
 */
policies: Array<ConfigPolicy>, 
/**
 * Why they are refused.
 */
error?: ConfigLoadError, 
/**
 * Every finding, by path and place.
 */
diagnostics: Array<Diagnostic>, };

/**
 * What loading a git set gave.
 */
export type LoadedPolicySet = { 
/**
 * The set as it is now.
 */
policy_set: PolicySetSeen, 
/**
 * What is wrong with its policies. One that is not valid stays, and fails closed when it is asked.
 */
diagnostics: Array<Diagnostic>, };

/**
 * How often an action may be tried with the same arguments (section 1.2).
 */
export type LoopRule = { 
/**
 * The attempt that is refused, from 1. Default 5.
 */
threshold?: number, 
/**
 * The window in seconds; a fraction is fine. Default 10.
 */
window_seconds?: number, 
/**
 * Arguments that do not count.
 */
arg_exclude?: Array<string>, };

/**
 * An approval rule that matches.
 */
export type MatchedRule = { 
/**
 * The rule.
 */
name: string, 
/**
 * Approvals needed.
 */
min_approvals: number, 
/**
 * The stage.
 */
stage: number, };

/**
 * What several policies say together, and where they differ.
 */
export type MergedActionPolicies = { 
/**
 * What they say together.
 */
merged: MergedActionPolicy, 
/**
 * Where two of them give different values for one field.
 */
conflicts: Array<ActionPolicyConflict>, };

/**
 * What several policies say together. Policies that are off say nothing.
 */
export type MergedActionPolicy = { 
/**
 * The policies.
 */
policy_ids: Array<string>, 
/**
 * Whether violations stop a call: unless all policies say no.
 */
strict_mode: boolean, 
/**
 * The lowest.
 */
session_budget: number | null, 
/**
 * The lowest.
 */
run_budget: number | null, 
/**
 * The lowest of each action.
 */
action_budgets: Record<string, number>, 
/**
 * What any policy denies.
 */
denied_actions: Array<string>, 
/**
 * What all lists allow; null: there is no list. An empty list allows nothing.
 */
allowed_actions: Array<string> | null, 
/**
 * Every limit: all of them hold.
 */
rate_limits: { [key in string]: Array<RuleOfPolicies<RateLimit>> }, 
/**
 * Whether any policy requires approvals.
 */
require_approval: boolean, 
/**
 * The actions of all policies. Which of them count is in `approvals`.
 */
approval_actions: Array<string>, 
/**
 * The tags of all policies.
 */
approval_tags: Array<string>, 
/**
 * The risk levels of all policies.
 */
approval_risk_levels: Array<RiskLevel>, 
/**
 * The lowest.
 */
approval_threshold_usd: number | null, 
/**
 * The shortest of the policies that require approvals; null: none does.
 */
approval_timeout_seconds: number | null, 
/**
 * The criteria of each policy that requires approvals, by its id: each is judged on its own, and any hold holds.
 */
approvals: { [key in string]: ApprovalCriteriaOfPolicy }, 
/**
 * What any policy requires before an action.
 */
evidence_requirements: { [key in string]: Array<string> }, 
/**
 * The lowest of each action.
 */
evidence_max_age_seconds: Record<string, number>, 
/**
 * What any policy says.
 */
commit_actions: Array<string>, 
/**
 * What any policy says.
 */
evidence_actions: Array<string>, 
/**
 * Every schema: arguments must fit all of them.
 */
argument_constraints: Record<string, RuleOfPolicies<Record<string, unknown>>[]>, 
/**
 * Every rule, by action and argument: an argument must fit all of its rules.
 */
grounding_rules: { [key in string]: { [key in string]: Array<RuleOfPolicies<GroundingRule>> } }, 
/**
 * Every rule: all of them are checked.
 */
pii_rules: { [key in string]: Array<RuleOfPolicies<PiiRule>> }, 
/**
 * Every rule.
 */
moderation_rules: { [key in string]: Array<RuleOfPolicies<ModerationRule>> }, 
/**
 * Every rule.
 */
loop_rules: { [key in string]: Array<RuleOfPolicies<LoopRule>> }, 
/**
 * The policies with `pii_default_enabled`: each has the default rule for every action for which it has none of its own.
 */
pii_default_policy_ids: Array<string>, 
/**
 * The same with `moderation_default_enabled`.
 */
moderation_default_policy_ids: Array<string>, 
/**
 * The same with `loop_default_enabled`.
 */
loop_default_policy_ids: Array<string>, 
/**
 * The thresholds of all policies.
 */
budget_warning_thresholds: Array<number>, };

/**
 * What a moderator says of one text of the arguments (section 1.2).
 */
export type ModerationResult = { 
/**
 * Whether anything is wrong with it.
 */
flagged: boolean, 
/**
 * What.
 */
categories: Array<string>, 
/**
 * Where the text stands in the arguments.
 */
field_path: string, 
/**
 * A part of the text, of at most 120 characters.
 */
snippet?: string, 
/**
 * How bad it is.
 */
severity?: string, };

/**
 * What content arguments must not hold, as the host's moderator judges it (section 1.2).
 */
export type ModerationRule = { 
/**
 * `strict` refuses whatever is flagged; the others only the categories below. Default `balanced`.
 */
strictness?: Strictness, 
/**
 * Categories that are always refused.
 */
block_categories?: Array<string>, 
/**
 * Which of the host's moderators judges. Default: the host's only one.
 */
moderator?: string | null, };

/**
 * One named text of Rego.
 */
export type Module = { 
/**
 * The name that diagnostics carry; a relative path by custom.
 */
path: string, 
/**
 * The text.
 */
source: string, };

/**
 * Something that an operation must know before it can decide. Its fields are its key.
 */
export type Need = { "kind": "run", 
/**
 * The run.
 */
run_id: string, } | { "kind": "approvals", 
/**
 * The run.
 */
run_id: string, 
/**
 * The digest of what was evaluated.
 */
digest: string, 
/**
 * The revision of the policies, rules and providers under which approvals were asked.
 */
revision: string, } | { "kind": "record", 
/**
 * Where it is kept.
 */
partition: string, 
/**
 * Its kind.
 */
record: string, 
/**
 * Its key.
 */
key: string, 
/**
 * Read once more, after everything that was asked for before: whether it is still as it was.
 */
again?: boolean, } | { "kind": "records", 
/**
 * Where they are kept.
 */
partition: string, 
/**
 * Their kind.
 */
record: string, 
/**
 * The first key; absent: the first of all.
 */
from?: string, 
/**
 * The key before which they end; absent: all.
 */
to?: string, 
/**
 * The most that are wanted; absent: all of them.
 */
limit?: number, 
/**
 * Where an earlier page ended; absent: the first page.
 */
cursor?: string, } | { "kind": "access", 
/**
 * The resource.
 */
resource: Resource, } | { "kind": "user", 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The id.
 */
id: string, } | { "kind": "team", 
/**
 * The organisation.
 */
org_id: string, 
/**
 * Id or name.
 */
team: string, } | { "kind": "member", 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The person.
 */
user_id: string, 
/**
 * The team's id.
 */
team_id: string, } | { "kind": "moderation", 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The action.
 */
action: string, 
/**
 * Which moderator; absent: the host's only one.
 */
moderator?: string, 
/**
 * The arguments.
 */
arguments: Record<string, unknown>, } | { "kind": "files", 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The folder.
 */
path: string, };

/**
 * A call of a function of the host.
 */
export type NeededHostCall = { 
/**
 * The function.
 */
function: string, 
/**
 * Its arguments: the text of a JSON array.
 */
arguments: string, };

/**
 * What an exception is made from.
 */
export type NewActionException = { 
/**
 * The agents that it is for. At least one agent or run is named.
 */
agent_ids?: Array<string>, 
/**
 * The runs that it is for. Where both lists are given, either may match.
 */
run_ids?: Array<string>, 
/**
 * The actions that it is for. Default: all.
 */
actions?: Array<string> | null, 
/**
 * Why, in at most 2000 characters.
 */
reason: string, 
/**
 * When it begins, as RFC 3339. Default: at once.
 */
starts_at?: string | null, 
/**
 * When it is over, as RFC 3339. At least one of this and `max_uses` is given; whichever comes first ends it.
 */
expires_at?: string | null, 
/**
 * How often it may be used, from 1.
 */
max_uses?: number | null, };

/**
 * What a changeset is created from.
 */
export type NewChangeset = { 
/**
 * `git` or `api`. Default api.
 */
source_type?: string | null, 
/**
 * The commit, for git.
 */
source_ref?: string | null, 
/**
 * The pull request.
 */
pr_number?: number | null, };

/**
 * What an external check provider is created from.
 */
export type NewExternalCheckProvider = { 
/**
 * Unique within the organisation.
 */
name: string, 
/**
 * Where it is called; HTTPS.
 */
callback_url: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * Hours to escalation; 0: never. Default 24.
 */
timeout_hours?: number | null, 
/**
 * Default reject.
 */
escalation_action?: EscalationAction | null, 
/**
 * The team, for `escalate_to`; without it, administrators.
 */
escalation_team_id?: string | null, };

/**
 * What a policy is added from.
 */
export type NewPolicy = { 
/**
 * Unique within the set.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * The text.
 */
rego_source: string, };

/**
 * What a policy set is created from.
 */
export type NewPolicySet = { 
/**
 * Unique within its scope.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * Default mandatory.
 */
enforcement?: Enforcement | null, 
/**
 * Default db.
 */
source_type?: SourceType | null, 
/**
 * Default terraform.
 */
profile?: Profile | null, 
/**
 * Project scope.
 */
project_id?: string | null, 
/**
 * Workspace scope. Together with `project_id`, that must be the workspace's.
 */
workspace_id?: string | null, 
/**
 * The folder, for a git set.
 */
git_path?: string | null, 
/**
 * Default summary.
 */
plan_detail?: PlanDetail | null, };

/**
 * What a run is created from.
 */
export type NewRun = { 
/**
 * Where it takes place; the workspace must be known.
 */
workspace_id: string, 
/**
 * What starts it. A person starts runs by hand, `manual`; all else is reported by a service.
 */
trigger: Trigger, 
/**
 * Who or what, for people: the e-mail of who pushed, as a rule. A person starts a run as who they are.
 */
triggered_by?: string | null, 
/**
 * Who starts it; absent for a push, a schedule or a promotion.
 */
user?: User | null, 
/**
 * What the plan is made from.
 */
changeset?: NewChangeset | null, 
/**
 * The workspace that is promoted, where the host has found that this one follows it: a person may start such a run.
 */
promoted_from?: string | null, };

/**
 * What a workspace is put from.
 */
export type NewWorkspace = { 
/**
 * The name.
 */
name: string, 
/**
 * The project that it lives in.
 */
project_id: string, 
/**
 * What users have set, for policies to read. Default: nothing.
 */
attributes?: Record<string, unknown>, 
/**
 * Default false.
 */
auto_apply?: boolean | null, };

/**
 * What came next in a run of tests: one of the two, or neither at its end.
 */
export type NextConfigTestAnswer = { 
/**
 * A test has ended.
 */
result?: ConfigTestEnd, 
/**
 * The host is to compile a configuration, and to go on with what came of it.
 */
compile?: ConfigToCompile, };

/**
 * Something to tell, with an id that stays the same when it is told again.
 */
export type Notice = { "kind": "approval_requested", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The run.
 */
run_id: string, 
/**
 * The digest that an approval must name.
 */
digest: string, 
/**
 * The revision that an approval must name.
 */
revision: string, 
/**
 * What is asked for.
 */
requirement: Requirement, } | { "kind": "external_check_requested", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The run.
 */
run_id: string, 
/**
 * The digest that the result must name.
 */
digest: string, 
/**
 * The revision that the result must name.
 */
revision: string, 
/**
 * The provider.
 */
provider_id: string, 
/**
 * Where to send it.
 */
callback_url: string, 
/**
 * What the host signs with the provider's secret: `providerID:runID`.
 */
sign_message: string, 
/**
 * The body to send.
 */
body: unknown, 
/**
 * How to send it.
 */
delivery: Delivery, } | { "kind": "apply_queued", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The apply run.
 */
run_id: string, 
/**
 * The run whose plan is applied.
 */
plan_run_id: string, } | { "kind": "action_approval_requested", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The approval.
 */
approval_id: string, 
/**
 * Who is asked: e-mails or ids; nobody in particular where it is empty.
 */
approvers: Array<string>, 
/**
 * The approval as it is kept.
 */
approval: ActionApproval, } | { "kind": "action_approval_decided", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The approval.
 */
approval_id: string, 
/**
 * What is held for the call.
 */
reservation_id: string, 
/**
 * `approved` or `rejected`.
 */
status: string, } | { "kind": "action_test_alert", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The policy.
 */
policy_id: string, 
/**
 * Who is told: e-mails or ids.
 */
recipients: Array<string>, } | { "kind": "run_decided", 
/**
 * The stable id.
 */
id: string, 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The run.
 */
run_id: string, 
/**
 * `completed`, `rejected`, `failed` or `aborted`.
 */
run_status: string, };

/**
 * The place under which OPA reports a finding.
 */
export type OpaPlace = { 
/**
 * The path of the module.
 */
file: string, 
/**
 * The line, from 1.
 */
line: number, };

/**
 * Tests that can be run, or why there are none.
 */
export type OpenConfigTestsAnswer = { 
/**
 * The handle of the run; absent where there is nothing to run.
 */
handle?: number, 
/**
 * Why none is run: a file that is not read, or two tests of one name.
 */
error?: string, };

/**
 * The recording of a run, and which part of it is played.
 */
export type OpenReplayRequest = { 
/**
 * The entries, in the order in which they were recorded: of a ledger, or of a bundle, whose `inputs` and `outputs` stand in the
 * entry itself.
 */
entries: RecordedActionEntry[], 
/**
 * Only those of this run.
 */
run_id?: string | null, };

/**
 * The calls that a recording has outputs for.
 */
export type OpenedReplay = { 
/**
 * The calls, in the order in which they must come.
 */
calls: Array<RecordedActionCall>, };

/**
 * An organisation.
 */
export type Org = { 
/**
 * The id.
 */
id: string, };

/**
 * A role in the organisation, from the lowest rank to the highest.
 */
export type OrgRole = "reader" | "member" | "admin" | "owner";

/**
 * How one test ended.
 */
export type Outcome = "passed" | "failed" | "error" | "skipped";

/**
 * Which part of a list.
 */
export type PageRequest = { 
/**
 * The most entries that are wanted: 1 to 100. Default 50.
 */
limit?: number | null, 
/**
 * Where an earlier page ended.
 */
cursor?: string | null, };

/**
 * A step on the way to a value: a field or a place in a list.
 */
export type PathPart = number | string;

/**
 * A kind of personal or secret data.
 */
export type PiiCategory = "email" | "us_ssn" | "credit_card" | "phone_us" | "api_key_like" | "aws_access_key" | "private_key_block";

/**
 * What personal data arguments must not hold (section 1.2).
 */
export type PiiRule = { 
/**
 * What is looked for. Default: all categories.
 */
categories?: Array<PiiCategory>, 
/**
 * Further patterns by the names of their categories.
 */
extra_patterns?: { [key in string]: string }, 
/**
 * Categories that may be there, those of `extra_patterns` included.
 */
allow_categories?: Array<string>, 
/**
 * Whether what was found is shown with all but its ends masked; false shows nothing of it. Default true.
 */
redact_preview?: boolean, };

/**
 * A place in a text.
 */
export type Place = { 
/**
 * Bytes of UTF-8 before the place.
 */
byte: number, 
/**
 * The line, from 1.
 */
line: number, 
/**
 * The column, from 1, in UTF-16 units: what an editor counts.
 */
column: number, };

/**
 * What the plan does, in the order of the document. All three lists are always present.
 */
export type PlanChanges = { 
/**
 * Objects that are created, replacements included.
 */
added: Array<ResourceChange>, 
/**
 * Objects that are updated in place.
 */
changed: Array<ResourceChange>, 
/**
 * Objects that are destroyed, replacements included.
 */
destroyed: Array<ResourceChange>, };

/**
 * How much of the plan the policies of a set see.
 */
export type PlanDetail = "summary" | "full";

/**
 * What a plan says of itself and of its changes, without any attribute value.
 */
export type PlanSummary = { 
/**
 * The version of the plan format, such as `1.2`.
 */
format_version: string | null, 
/**
 * The version of Terraform or OpenTofu that made the plan.
 */
terraform_version: string | null, 
/**
 * What is added, changed and destroyed.
 */
plan_changes: PlanChanges, 
/**
 * Providers and resource types of the workspace.
 */
detected_attributes: DetectedAttributes, 
/**
 * The lengths of the lists.
 */
counts: ChangeCounts, 
/**
 * What a reader of the lists should know besides, as sentences.
 */
notes: Array<string>, };

/**
 * A run after its plan was delivered.
 */
export type PlannedRun = { 
/**
 * The run.
 */
run: StoredRun, 
/**
 * The final word on it, as it stands.
 */
decision: Decision, };

/**
 * What a policy says of an input. Both keys are always there.
 */
export type PlaygroundAnswer = { 
/**
 * The violations.
 */
deny: Array<string>, 
/**
 * The approvals that it asks for, as the policy wrote them.
 */
require_approval: Record<string, unknown>[], };

/**
 * A policy (section 1.6).
 */
export type Policy = { 
/**
 * The host's id.
 */
id?: string | null, 
/**
 * Unique within its set.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * The text.
 */
rego_source: string, };

/**
 * What may be changed of a policy; at least one of these.
 */
export type PolicyChange = { 
/**
 * Unique within the set.
 */
name?: string | null, 
/**
 * For people.
 */
description?: string | null, 
/**
 * The text.
 */
rego_source?: string | null, };

/**
 * A policy that differs. A policy that is there only once has null on the other side.
 */
export type PolicyDiff = { 
/**
 * Its name.
 */
name: string, 
/**
 * The policy in the first version.
 */
from: PolicyText | null, 
/**
 * The policy in the second.
 */
to: PolicyText | null, };

/**
 * The policies of a set.
 */
export type PolicyList = { 
/**
 * By their names.
 */
policies: Array<PolicySeen>, };

/**
 * The result of one policy (section 1.7).
 */
export type PolicyResult = { 
/**
 * The set.
 */
policy_set_name: string, 
/**
 * The policy.
 */
policy_name: string, 
/**
 * Whether a violation rejects the run.
 */
enforcement: Enforcement, 
/**
 * Whether there is no violation.
 */
passed: boolean, 
/**
 * The messages of `deny`.
 */
violations: Array<string>, };

/**
 * What the policies said of a run.
 */
export type PolicyResultList = { 
/**
 * One for each policy; empty before an evaluation.
 */
policy_results: Array<PolicyResult>, };

/**
 * A policy as a caller sees it.
 */
export type PolicySeen = { 
/**
 * The id.
 */
id: string, 
/**
 * The set that it belongs to.
 */
policy_set_id: string, 
/**
 * The name.
 */
name: string, 
/**
 * For people.
 */
description: string, 
/**
 * The text.
 */
rego_source: string, };

/**
 * A policy set (section 1.5).
 */
export type PolicySet = { 
/**
 * The host's id.
 */
id?: string | null, 
/**
 * Unique within its scope.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * Whether a violation rejects a run. Default mandatory.
 */
enforcement?: Enforcement, 
/**
 * Default true.
 */
enabled?: boolean, 
/**
 * Default db.
 */
source_type?: SourceType, 
/**
 * The folder, for a git set.
 */
git_path?: string | null, 
/**
 * A label.
 */
profile?: Profile, 
/**
 * Project scope.
 */
project_id?: string | null, 
/**
 * Workspace scope; it wins over `project_id`.
 */
workspace_id?: string | null, 
/**
 * How much of the plan the policies see. Default summary.
 */
plan_detail?: PlanDetail, 
/**
 * The policies. Each is evaluated on its own.
 */
policies?: Array<Policy>, };

/**
 * What may be changed of a policy set; at least one of these.
 */
export type PolicySetChange = { 
/**
 * Whether a violation rejects a run.
 */
enforcement?: Enforcement | null, 
/**
 * Whether it is evaluated.
 */
enabled?: boolean | null, 
/**
 * For people.
 */
description?: string | null, 
/**
 * A label.
 */
profile?: Profile | null, 
/**
 * How much of the plan its policies see.
 */
plan_detail?: PlanDetail | null, };

/**
 * What differs between two versions of a set.
 */
export type PolicySetDiff = { 
/**
 * The earlier, or the one compared from.
 */
from: number, 
/**
 * The one compared to.
 */
to: number, 
/**
 * Fields of the set that differ.
 */
fields: Array<FieldDiff>, 
/**
 * Policies that differ, by their names.
 */
policies: Array<PolicyDiff>, };

/**
 * A part of a list of policy sets.
 */
export type PolicySetPage = { 
/**
 * Those that the caller may see.
 */
policy_sets: Array<PolicySetSeen>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * A policy set as a caller sees it.
 */
export type PolicySetSeen = { 
/**
 * What the caller may do with it.
 */
effective_role: EffectiveRole, 
/**
 * The id.
 */
id: string, 
/**
 * Unique within its scope; never changes.
 */
name: string, 
/**
 * For people.
 */
description: string, 
/**
 * Whether a violation rejects a run.
 */
enforcement: Enforcement, 
/**
 * Where its policies come from; never changes.
 */
source_type: SourceType, 
/**
 * A label.
 */
profile: Profile, 
/**
 * Project scope; never changes.
 */
project_id: string | null, 
/**
 * Workspace scope; never changes.
 */
workspace_id: string | null, 
/**
 * The folder, for a git set; never changes.
 */
git_path: string | null, 
/**
 * Whether it is evaluated.
 */
enabled: boolean, 
/**
 * How much of the plan its policies see.
 */
plan_detail: PlanDetail, 
/**
 * Counts the states that it was in, from 1.
 */
version: number, 
/**
 * Its policies, by their names.
 */
policies: Array<StoredPolicy>, };

/**
 * A state that a policy set was in. It never changes.
 */
export type PolicySetVersion = { 
/**
 * Counts from 1.
 */
version: number, 
/**
 * What led to it.
 */
change: ChangeKind, 
/**
 * The policy that was added, changed or removed, or the version that was brought back.
 */
about: string | null, 
/**
 * Who did it.
 */
author_id: string | null, 
/**
 * Their e-mail.
 */
author_email: string | null, 
/**
 * When, as RFC 3339 in UTC.
 */
created_at: string, 
/**
 * The set in this state.
 */
set: StoredPolicySet, };

/**
 * A part of the list of a set's versions.
 */
export type PolicySetVersionPage = { 
/**
 * The versions, the first first.
 */
versions: Array<PolicySetVersion>, 
/**
 * Where the next page begins; null: nothing follows.
 */
cursor: string | null, };

/**
 * A policy with its text.
 */
export type PolicyText = { 
/**
 * For people.
 */
description: string, 
/**
 * The text.
 */
rego_source: string, };

/**
 * A governance configuration that can be asked.
 */
export type PrepareAnswer = { 
/**
 * The handle.
 */
handle: number, 
/**
 * The content digest of the whole configuration.
 */
revision: string, 
/**
 * What is wrong with its policies. Those that are not valid fail closed.
 */
diagnostics: Array<Diagnostic>, };

/**
 * The object of section 8.
 */
export type PreviewResponse = { 
/**
 * One result for each policy, passed ones included.
 */
policy_results: Array<PolicyResult>, 
/**
 * What would ask for approval.
 */
approval_preview: ApprovalPreview, 
/**
 * Violation messages of mandatory sets.
 */
mandatory_violations: number, };

/**
 * A label; it filters nothing.
 */
export type Profile = "terraform" | "kubernetes" | "security" | "custom";

/**
 * A provider in scope.
 */
export type ProviderInScope = { 
/**
 * The id.
 */
id: string, 
/**
 * The name.
 */
name: string, };

/**
 * One scope that a provider is attached to.
 */
export type ProviderScope = { 
/**
 * What kind of scope.
 */
scope_type: ScopeType, 
/**
 * Which.
 */
scope_id: string, };

/**
 * How often an action may be taken.
 */
export type RateLimit = { 
/**
 * Calls in the window. Default 999999; 0 refuses every call.
 */
max_count?: number, 
/**
 * The window, from 1. Default 60.
 */
window_seconds?: number, };

/**
 * Why something was denied.
 */
export type Reason = { 
/**
 * The stable code.
 */
code: string, 
/**
 * The reason in words; a policy's own words where it gave them.
 */
message: string, 
/**
 * The policy set that gave it.
 */
policy_set?: string, 
/**
 * The policy that gave it.
 */
policy?: string, 
/**
 * The requirement that was rejected.
 */
requirement_id?: string, };

/**
 * A call that was recorded.
 */
export type RecordedActionCall = { 
/**
 * The id of its entry.
 */
id: string | null, 
/**
 * The action.
 */
action: string, 
/**
 * What went in.
 */
inputs: ActionCallInputs, 
/**
 * What came out; of a call that failed the text of its error.
 */
outputs: unknown, 
/**
 * What became of it.
 */
outcome: RecordedActionOutcome | null, 
/**
 * What it cost, in US dollars.
 */
cost_usd: number, };

/**
 * The fields of an entry that are played; it may have more.
 */
export type RecordedActionEntry = { 
/**
 * The id.
 */
id?: string | null, 
/**
 * The action.
 */
action: string, 
/**
 * What went in: `args` and `kwargs`, or the arguments by their names.
 */
inputs?: object | null, 
/**
 * What came out.
 */
outputs?: unknown, 
/**
 * Both, where the entry is one of a ledger.
 */
payload?: { inputs?: object | null, outputs?: unknown } | null, 
/**
 * What it cost, in US dollars. Default 0.
 */
cost_usd?: number | null, 
/**
 * What became of it.
 */
outcome?: RecordedActionOutcome | null, 
/**
 * The run.
 */
run_id?: string | null, };

/**
 * What became of a call when it was recorded.
 */
export type RecordedActionOutcome = "success" | "error" | "blocked" | "rejected" | "replayed" | "idempotent_replay";

/**
 * A refused operation. Nothing was changed.
 */
export type Refusal = { 
/**
 * The stable code.
 */
code: RefusalCode, 
/**
 * One plain sentence.
 */
message: string, 
/**
 * The word that a product's own specification has for this, where it is more exact than the code, such as
 * `INVALID_VERSION_STATE`.
 */
reason?: string, 
/**
 * The field of the request that is wrong, as a JSON pointer into the operation's parameters.
 */
path?: string, 
/**
 * What is wrong with a policy, each finding at its place.
 */
diagnostics?: Array<Diagnostic>, 
/**
 * Everything that is wrong with an action policy, each error at its place.
 */
policy_errors?: Array<ActionPolicyError>, };

/**
 * Why an operation is refused.
 */
export type RefusalCode = "invalid_request" | "unauthorized" | "not_permitted" | "not_found" | "name_in_use" | "wrong_state" | "no_approvers" | "too_soon";

/**
 * What the caller of a refused action can do (section 1.12).
 */
export type Remediation = { 
/**
 * The code of the refusal.
 */
reason_code: ActionReasonCode, 
/**
 * Actions that must succeed first, and never did.
 */
missing_requirements: Array<string>, 
/**
 * All actions that must succeed first.
 */
required_prior_actions: Array<string>, 
/**
 * What to do, in words.
 */
retry_guidance: string, 
/**
 * Actions that may be taken instead.
 */
safe_alternatives: Array<string>, 
/**
 * Actions that succeeded too long ago.
 */
stale_evidence: Array<string>, 
/**
 * What is wrong with the arguments.
 */
argument_violations: Array<ArgumentViolation>, 
/**
 * Arguments that do not come from where they must.
 */
ungrounded_arguments: Array<UngroundedArgument>, 
/**
 * When to try again, in whole seconds; null: waiting does not help. Of rates and of calls under way only.
 */
retry_after_seconds?: number | null, };

/**
 * A decision log, and the policies under which its decisions are made again.
 */
export type ReplayActionDecisionsRequest = { 
/**
 * The entries, from the oldest, as `listDecisions` gives them.
 */
decisions: AuditRecord[], 
/**
 * The policies: those of then, or others.
 */
policies: Array<GivenActionPolicy>, 
/**
 * The exceptions from them.
 */
exceptions?: Array<GivenActionException>, 
/**
 * What holds for all decisions.
 */
settings?: ActionSettings, 
/**
 * Whether anything was ever set up. Absent: whether there are policies, or any decision of the log was made under some.
 */
configured?: boolean | null, 
/**
 * The state with which the log begins. Default: nothing, which is right for a log from its beginning.
 */
initial_state?: GivenActionState, };

/**
 * Calls that are made now, beside those that were recorded.
 */
export type ReplayCallsRequest = { 
/**
 * The recorded calls, from the one that comes next.
 */
recorded: Array<RecordedActionCall>, 
/**
 * The calls that are made, in their order.
 */
calls: Array<ReplayedActionCall>, 
/**
 * Whether the first divergence ends it, before anything is given for that call. Default true.
 */
strict?: boolean, 
/**
 * Whether the run ended in an exception: then the report says `failed`. Default false.
 */
failed?: boolean, 
/**
 * The place of the first recorded call in its recording. Default 0.
 */
first_index?: number, };

/**
 * How a call differs from the recorded one in its place.
 */
export type ReplayDivergence = { "type": "action_mismatch", 
/**
 * The recorded action.
 */
expected: string, 
/**
 * The action that was called.
 */
actual: string, 
/**
 * The place in the recording.
 */
index: number, } | { "type": "input_mismatch", 
/**
 * The action that was called.
 */
action: string, 
/**
 * The recorded arguments.
 */
expected_inputs: ActionCallInputs, 
/**
 * The arguments of the call.
 */
actual_inputs: ActionCallInputs, 
/**
 * The place in the recording.
 */
index: number, };

/**
 * What became of a replay.
 */
export type ReplayReport = { 
/**
 * In a word.
 */
status: ReplayStatus, 
/**
 * How many recorded calls gave their outputs.
 */
actions_replayed: number, 
/**
 * How many were recorded.
 */
actions_total: number, 
/**
 * How many divergences were found.
 */
divergences_detected: number, 
/**
 * All of them.
 */
divergences: Array<ReplayDivergence>, 
/**
 * What the calls would have cost that were replayed, in US dollars.
 */
cost_savings: number, };

/**
 * What became of a replay, in a word.
 */
export type ReplayStatus = "success" | "partial" | "failed";

/**
 * A call that is made now.
 */
export type ReplayedActionCall = { 
/**
 * The action.
 */
action: string, 
/**
 * Its arguments: `args` and `kwargs`, or those by their names alone.
 */
inputs?: object | null, };

/**
 * What recorded calls gave for calls that were made now.
 */
export type ReplayedCalls = { 
/**
 * One for each call, in their order. A strict replay ends with the first that diverges.
 */
outcomes: Array<ReplayedOutcome>, 
/**
 * All of them together.
 */
report: ReplayReport, };

/**
 * What a recorded call gave.
 */
export type ReplayedOutcome = { 
/**
 * Its place in the recording.
 */
index: number, 
/**
 * The id of its entry.
 */
entry_id?: string, 
/**
 * What came out then; absent: a strict replay gives nothing for a call that diverges.
 */
outputs: unknown, 
/**
 * What became of it then.
 */
outcome?: RecordedActionOutcome, 
/**
 * How it differs from what was recorded.
 */
divergences: Array<ReplayDivergence>, };

/**
 * One requirement, as a snapshot: later edits of what asked for it do not touch it.
 */
export type Requirement = { 
/**
 * A digest of what it was asked for: the same evaluation gives the same id.
 */
id: string, 
/**
 * What asked for it.
 */
source: Source, 
/**
 * The id of the rule, policy or provider.
 */
source_id: string, 
/**
 * Shown to approvers.
 */
name: string, 
/**
 * Why it is asked for; empty where nobody said.
 */
reason: string, 
/**
 * `user`, `team`, `org_role` or `external_provider`.
 */
approver_type: string, 
/**
 * The user, team or provider; a team named by a policy stands as the policy wrote it.
 */
approver_id: string | null, 
/**
 * The lowest role that may approve, for `org_role`.
 */
approver_role: string | null, 
/**
 * Approvals needed, by different approvers.
 */
min_approvals: number, 
/**
 * Approvals counted.
 */
approvals_count: number, 
/**
 * The stage, from 1.
 */
stage: number, 
/**
 * Where it stands.
 */
status: RequirementStatus, 
/**
 * When it opened, in milliseconds since 1970.
 */
activated_at_ms: number | null, 
/**
 * When it escalates, in milliseconds since 1970; null: never.
 */
expires_at_ms: number | null, 
/**
 * Hours from opening to escalation; 0: never.
 */
timeout_hours: number, 
/**
 * What escalation does: `auto_approve`, `escalate_to` or `reject`.
 */
escalation_action: string, 
/**
 * The team that it is handed to.
 */
escalation_team_id: string | null, 
/**
 * Why, for the timeline.
 */
escalation_reason: string | null, 
/**
 * Whether whoever started the run may not vote on it.
 */
forbids_self_approval?: boolean, };

/**
 * The requirements of a run.
 */
export type RequirementList = { 
/**
 * In the order rules, policies, providers.
 */
requirements: Array<Requirement>, };

/**
 * Where a requirement stands.
 */
export type RequirementStatus = "pending" | "active" | "satisfied" | "rejected" | "cancelled";

/**
 * What is held for a call.
 */
export type ReservationOfDecision = { 
/**
 * The id to settle, release or resume with.
 */
id: string, 
/**
 * The money, in US dollars.
 */
amount_usd: number, 
/**
 * Until when, in milliseconds since 1970. The cost of an allowed call stays spent afterwards; a hold is given back.
 */
expires_at_ms: number, };

/**
 * Where a reservation stands.
 */
export type ReservationStatus = "held" | "open" | "settled" | "released";

/**
 * What somebody may do something with.
 */
export type Resource = { 
/**
 * What kind of thing.
 */
type: ResourceType, 
/**
 * Which.
 */
id: string, };

/**
 * One resource object that the plan changes.
 */
export type ResourceChange = { 
/**
 * The address of the resource instance, as in the plan.
 */
address: string, 
/**
 * The type of the resource, such as `aws_instance`.
 */
resource_type: string, 
/**
 * The short name of the provider, such as `aws`: the last part of its source address.
 */
provider_name: string, };

/**
 * The kinds of resource that rights are held on.
 */
export type ResourceType = "org" | "project" | "workspace" | "agent";

/**
 * How risky a call is, from the most to the least.
 */
export type RiskLevel = "critical" | "high" | "medium" | "low" | "minimal";

/**
 * One rule of a contract.
 */
export type RuleContract = { 
/**
 * The name of the rule.
 */
name: string, 
/**
 * What it yields.
 */
yields: Yields, };

/**
 * A rule, and the policies that have it.
 */
export type RuleOfPolicies<T> = { 
/**
 * The rule.
 */
rule: T, 
/**
 * The policies.
 */
policy_ids: Array<string>, };

/**
 * A run (section 1.4).
 */
export type Run = { 
/**
 * The id.
 */
id: string, 
/**
 * `plan`: only plans are evaluated.
 */
run_type?: string, 
/**
 * What started it.
 */
trigger: Trigger, 
/**
 * Who or what, for people; an e-mail as a rule.
 */
triggered_by?: string | null, };

/**
 * A vote, as it was cast (section 1.11).
 */
export type RunApproval = { 
/**
 * The id.
 */
id: string, 
/**
 * The run.
 */
run_id: string, 
/**
 * Who.
 */
user_id: string, 
/**
 * Their e-mail.
 */
user_email: string | null, 
/**
 * `approved` or `rejected`.
 */
decision: string, 
/**
 * Why.
 */
comment: string, 
/**
 * The requirements that it counts for.
 */
requirement_ids: Array<string>, 
/**
 * When, as RFC 3339 in UTC.
 */
created_at: string, };

/**
 * The votes on a run.
 */
export type RunApprovalList = { 
/**
 * In the order in which they were cast.
 */
approvals: Array<RunApproval>, };

/**
 * One operation on a run.
 */
export type RunOperation = { "create_run": NewRun } | { "start_run": { 
/**
 * The run.
 */
id: string, } } | { "deliver_plan": { 
/**
 * The run.
 */
id: string, } } | { "fail_run": { 
/**
 * The run.
 */
id: string, 
/**
 * What went wrong.
 */
error_summary: string, } } | { "vote": { 
/**
 * The run.
 */
id: string, 
/**
 * Yes or no.
 */
decision: Vote, 
/**
 * Why.
 */
comment?: string, } } | { "receive_check": { 
/**
 * The run.
 */
id: string, 
/**
 * The provider.
 */
provider_id: string, 
/**
 * What it says.
 */
decision: CheckDecision, 
/**
 * Why.
 */
reason?: string, } } | { "sweep_run": { 
/**
 * The run.
 */
id: string, } } | { "renotify": { 
/**
 * The run.
 */
id: string, } } | { "abort_run": { 
/**
 * The run.
 */
id: string, } } | { "apply_changeset": { 
/**
 * The run whose plan is applied.
 */
id: string, } } | { "discard_changeset": { 
/**
 * The run whose plan is discarded.
 */
id: string, } } | { "complete_apply": { 
/**
 * The apply run.
 */
id: string, } } | { "get_run": { 
/**
 * The run.
 */
id: string, } } | { "list_requirements": { 
/**
 * The run.
 */
id: string, } } | { "list_approvals": { 
/**
 * The run.
 */
id: string, } } | { "list_policy_results": { 
/**
 * The run.
 */
id: string, } } | { "get_timeline": { 
/**
 * The run.
 */
id: string, } } | { "get_decision_log": { 
/**
 * The run.
 */
id: string, } } | { "preview_run": { 
/**
 * The run.
 */
id: string, } };

/**
 * What is kept of a run. Requirements and digests are snapshots of the evaluation that made them.
 */
export type RunRecord = { 
/**
 * The run.
 */
run_id: string, 
/**
 * Where governance has left it.
 */
status: RunStatus, 
/**
 * What started the run.
 */
trigger: Trigger, 
/**
 * The status that enforcement gives; for a pull request's plan it is not the run's.
 */
enforced_status: RunStatus, 
/**
 * The digest of what was evaluated.
 */
digest: string, 
/**
 * The revision under which it was.
 */
revision: string, 
/**
 * What was asked for.
 */
requirements: Array<Requirement>, 
/**
 * Why it was rejected; empty otherwise.
 */
reasons: Array<Reason>, 
/**
 * What the layers said.
 */
response: PreviewResponse, };

/**
 * A question to [`Runs`].
 */
export type RunRequest = { 
/**
 * The organisation.
 */
org_id: string, 
/**
 * The workspace that the run must lie in, where the caller has named one: elsewhere it is not found.
 */
workspace_id?: string, 
/**
 * What is asked for.
 */
operation: RunOperation, 
/**
 * The host's id for this operation: a run that is created gets it, and the same operation twice is one.
 */
operation_id: string, 
/**
 * The time, in milliseconds since 1970.
 */
now_ms: number, 
/**
 * Seeds the random builtins of an evaluation.
 */
seed?: number, 
/**
 * The answers to the needs of earlier rounds.
 */
facts: Array<Fact>, };

/**
 * Where a run stands (section 1.4).
 */
export type RunState = "queued" | "in_progress" | "pending_approval" | "completed" | "failed" | "rejected" | "aborted";

/**
 * Where governance has left a run.
 */
export type RunStatus = "completed" | "pending_approval" | "rejected";

/**
 * The kinds of run that governance knows.
 */
export type RunType = "plan" | "apply";

/**
 * The kinds of scope.
 */
export type ScopeType = "org" | "project" | "workspace";

/**
 * A program on new data.
 */
export type SetDataAnswer = { 
/**
 * The same handle.
 */
handle: number, 
/**
 * The new content digest.
 */
revision: string, };

/**
 * What holds for the whole organisation.
 */
export type Settings = { 
/**
 * Whether nobody may vote on a run that they started, whatever the rule says. Default false.
 */
forbid_self_approval?: boolean, 
/**
 * What is left out of the decision log, as JSON pointers that begin with `/input/` or `/result/`, such as
 * `/input/workspace/attributes/token`. Default: nothing.
 */
audit_masks?: Array<string>, };

/**
 * Where a call stands.
 */
export type SettledCall = { 
/**
 * What is held for it.
 */
reservation_id: string, 
/**
 * Where it stands.
 */
status: ReservationStatus, 
/**
 * What it costs, in US dollars.
 */
cost_usd: number, 
/**
 * Whether its result was recorded.
 */
has_result: boolean, 
/**
 * Whether this came after the time that calls are given: it counts all the same.
 */
late: boolean, };

/**
 * Whether a finding keeps the text from being used.
 */
export type Severity = "error" | "warning";

/**
 * Calls, and the policies that they are decided under.
 */
export type SimulateActionsRequest = { 
/**
 * The policies, all of them. What changes is told beside what became of each call when it was recorded.
 */
policies?: Array<GivenActionPolicy> | null, 
/**
 * In their place: the policies as they might be, all of them. What changes is told beside `base`.
 */
candidate?: Array<GivenActionPolicy> | null, 
/**
 * The policies as they are, all of them.
 */
base?: Array<GivenActionPolicy> | null, 
/**
 * The exceptions from all these.
 */
exceptions?: Array<GivenActionException>, 
/**
 * What holds for all decisions.
 */
settings?: ActionSettings, 
/**
 * Whether anything was ever set up. True also where there are policies. Default false.
 */
configured?: boolean, 
/**
 * The calls, written out.
 */
calls?: Array<SimulatedActionCall> | null, 
/**
 * In their place: the entries of a ledger.
 */
ledger_entries?: Array<ActionLedgerEntry> | null, 
/**
 * What earlier calls left behind. Default: nothing.
 */
initial_state?: GivenActionState, 
/**
 * What becomes of calls that need an approval. Default `none`.
 */
approve?: SimulatedApprovals, 
/**
 * What a moderator says of entries that do not say it themselves: `[]` is that nothing is wrong.
 */
moderation?: Array<ModerationResult> | null, };

/**
 * A call that is written out.
 */
export type SimulatedActionCall = { 
/**
 * An id, to find it again.
 */
id?: string | null, 
/**
 * When it is made, as ISO 8601; in UTC where no zone is said.
 */
timestamp?: string | null, 
/**
 * The same in milliseconds since 1970. One of the two must be there.
 */
at_ms?: number | null, 
/**
 * The call.
 */
call: ActionCall, 
/**
 * What became of it, or is to become of it where it is allowed.
 */
outcome?: RecordedActionOutcome | null, 
/**
 * What it gives.
 */
outputs?: unknown, 
/**
 * What a moderator says of its arguments.
 */
moderation?: Array<ModerationResult> | null, };

/**
 * The decision on one call.
 */
export type SimulatedActionResult = { 
/**
 * The place of its entry in the request, from 0.
 */
index: number, 
/**
 * The id of its entry.
 */
entry_id?: string, 
/**
 * The action.
 */
action: string, 
/**
 * When.
 */
timestamp: string, 
/**
 * The final word. A call that needs an approval and gets it stays `require_approval`.
 */
decision: ActionVerdict, 
/**
 * Why, where it is refused.
 */
reason_code: ActionReasonCode | null, 
/**
 * The rule that it comes from, unless it is allowed.
 */
policy_rule: string | null, 
/**
 * The policies that it comes from; for an allowed call those that were looked at.
 */
policy_ids: Array<string>, 
/**
 * What became of it when it was recorded.
 */
recorded_outcome?: RecordedActionOutcome, 
/**
 * What changed.
 */
changed: ActionChangeKind, 
/**
 * What it costs, in US dollars.
 */
cost_usd: number, };

/**
 * What becomes of calls that need an approval.
 */
export type SimulatedApprovals = "none" | "all" | "recorded";

/**
 * What asked for it.
 */
export type Source = "approval_rule" | "opa" | "external_check";

/**
 * In what of an earlier action a ground is looked for.
 */
export type SourceFrom = "result" | "kwargs";

/**
 * Where a set's policies come from.
 */
export type SourceType = "db" | "git";

/**
 * A stage of OPA's compiler. It stops behind the first stage that finds an error, so that what it prints of a bundle are
 * the findings of the earliest stage that has any.
 */
export type Stage = "parse" | "resolve_refs" | "rewrite_rule_head_refs" | "check_keyword_overrides" | "check_duplicate_imports" | "rewrite_local_vars" | "rewrite_template_strings" | "check_void_calls" | "rewrite_print_calls" | "rewrite_expr_terms" | "set_annotation_set" | "rewrite_with_values" | "check_rule_conflicts" | "check_undefined_funcs" | "check_safety_rule_heads" | "check_safety_rule_bodies" | "check_recursion" | "check_types" | "check_unsafe_builtins" | "check_deprecated_builtins";

/**
 * One round of an operation.
 */
export type Step = { "needs": Array<Need> } | "stale" | { "refused": Refusal } | { "done": Done };

/**
 * An exception as it is shown.
 */
export type StoredActionException = { 
/**
 * The id.
 */
id: string, 
/**
 * The policy.
 */
policy_id: string, 
/**
 * The agents that it is for.
 */
agent_ids: Array<string>, 
/**
 * The runs that it is for.
 */
run_ids: Array<string>, 
/**
 * The actions that it is for; null: all.
 */
actions: Array<string> | null, 
/**
 * Why.
 */
reason: string, 
/**
 * When it begins, as RFC 3339 in UTC; null: it has begun.
 */
starts_at: string | null, 
/**
 * When it is over; null: only its uses end it.
 */
expires_at: string | null, 
/**
 * How often it may be used; null: only its time ends it.
 */
max_uses: number | null, 
/**
 * How often it was used, with the calls that wait for an approval.
 */
uses: number, 
/**
 * Whether it may be used now.
 */
is_live: boolean, 
/**
 * Who made it.
 */
created_by: string | null, 
/**
 * When, as RFC 3339 in UTC.
 */
created_at: string, };

/**
 * A policy of a set.
 */
export type StoredPolicy = { 
/**
 * The id.
 */
id: string, 
/**
 * Unique within the set.
 */
name: string, 
/**
 * For people.
 */
description: string, 
/**
 * The digest of its text: `sha256:` and lower-case hexadecimal.
 */
source_digest: string, };

/**
 * A policy set, without the texts of its policies.
 */
export type StoredPolicySet = { 
/**
 * The id.
 */
id: string, 
/**
 * Unique within its scope; never changes.
 */
name: string, 
/**
 * For people.
 */
description: string, 
/**
 * Whether a violation rejects a run.
 */
enforcement: Enforcement, 
/**
 * Where its policies come from; never changes.
 */
source_type: SourceType, 
/**
 * A label.
 */
profile: Profile, 
/**
 * Project scope; never changes.
 */
project_id: string | null, 
/**
 * Workspace scope; never changes.
 */
workspace_id: string | null, 
/**
 * The folder, for a git set; never changes.
 */
git_path: string | null, 
/**
 * Whether it is evaluated.
 */
enabled: boolean, 
/**
 * How much of the plan its policies see.
 */
plan_detail: PlanDetail, 
/**
 * Counts the states that it was in, from 1.
 */
version: number, 
/**
 * Its policies, by their names.
 */
policies: Array<StoredPolicy>, };

/**
 * A record to write. The host gives it its version.
 */
export type StoredRecord = { 
/**
 * The kind of record.
 */
kind: string, 
/**
 * Its key.
 */
key: string, 
/**
 * What it says; null deletes the record.
 */
value: unknown, };

/**
 * A run.
 */
export type StoredRun = { 
/**
 * The id.
 */
id: string, 
/**
 * The organisation. To every other one the run does not exist: roles are held in an organisation.
 */
org_id: string, 
/**
 * Where it takes place.
 */
workspace_id: string, 
/**
 * What it does.
 */
run_type: RunType, 
/**
 * What started it; for an apply, what started the plan.
 */
trigger: Trigger, 
/**
 * Who or what, for people.
 */
triggered_by: string | null, 
/**
 * Who started it, for policies.
 */
user: User | null, 
/**
 * Who asked for it, as the host knew them: whatever `user` says, this is who may not vote where self-approval is forbidden.
 */
asked_by: User | null, 
/**
 * Where it stands.
 */
status: RunState, 
/**
 * Entries of the plan, once there is one.
 */
added_count: number | null, 
/**
 * As `added_count`.
 */
changed_count: number | null, 
/**
 * As `added_count`.
 */
destroyed_count: number | null, 
/**
 * Why it failed.
 */
error_summary: string | null, 
/**
 * Why it was rejected; empty otherwise.
 */
reasons: Array<Reason>, 
/**
 * What was asked for: snapshots of the evaluation.
 */
requirements: Array<Requirement>, 
/**
 * Who has voted, and on what.
 */
votes: Array<CountedVote>, 
/**
 * What the evaluation was about; absent before it.
 */
evaluation: EvaluationOfRun | null, 
/**
 * Where it came from, on the plan run.
 */
changeset: Changeset | null, 
/**
 * The parts that the plan is kept in, on the plan run.
 */
plan_parts: number, 
/**
 * Entries of the timeline so far.
 */
events: number, 
/**
 * The hash of the last of them.
 */
last_event_hash: string, 
/**
 * When approvers were last told again on demand, in milliseconds since 1970.
 */
renotified_at_ms: number | null, 
/**
 * When it was created, in milliseconds since 1970.
 */
created_at_ms: number, 
/**
 * When it was last changed.
 */
updated_at_ms: number, };

/**
 * A workspace (section 1.2), as far as governance goes.
 */
export type StoredWorkspace = { 
/**
 * The id.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * The project that it lives in.
 */
project_id: string, 
/**
 * What users have set, for policies to read.
 */
attributes: Record<string, unknown>, 
/**
 * Whether a plan that governance lets pass is applied without being asked for.
 */
auto_apply: boolean, };

/**
 * How strictly content is judged.
 */
export type Strictness = "strict" | "balanced" | "permissive";

/**
 * What a sweep did to a run, and when the next has something to do.
 */
export type SweptRun = { 
/**
 * The run.
 */
run_id: string, 
/**
 * The requirements that were acted on.
 */
acted_on: Array<string>, 
/**
 * The first time at which something is up, in milliseconds since 1970; null: nothing is.
 */
next_at_ms: number | null, };

/**
 * A policy as a client fetches it.
 */
export type SyncedActionPolicy = { 
/**
 * The id.
 */
id: string, 
/**
 * Unique in the organisation.
 */
name: string, 
/**
 * For people.
 */
description?: string | null, 
/**
 * A policy that is off says nothing. Default true.
 */
enabled?: boolean, 
/**
 * Whom it is about. Default `global`.
 */
scope?: ActionScope, 
/**
 * The agent, run, group or mission; none for `global`.
 */
target_id?: string | null, 
/**
 * The most that a session may cost, in US dollars. Default: no limit.
 */
session_budget?: number | null, 
/**
 * The most that a run may cost. Default: no limit.
 */
run_budget?: number | null, 
/**
 * The most that an action may cost in a session, over all its calls.
 */
action_budgets?: Record<string, number>, 
/**
 * Actions that are never allowed.
 */
denied_actions?: Array<string>, 
/**
 * The only actions that are allowed; an empty list allows none. Default: no such list.
 */
allowed_actions?: Array<string> | null, 
/**
 * How often an action may be taken.
 */
rate_limits?: { [key in string]: RateLimit }, 
/**
 * Whether violations stop a call; false warns only, where no other policy is strict. Default true.
 */
strict_mode?: boolean, 
/**
 * Whether the approval criteria of this policy count. Without any criterion every action needs an approval. Default false.
 */
require_approval?: boolean, 
/**
 * Actions that need an approval.
 */
approval_actions?: Array<string>, 
/**
 * Tags that need an approval; compared with their case.
 */
approval_tags?: Array<string>, 
/**
 * Risk levels that need an approval: exactly these, not "or above".
 */
approval_risk_levels?: Array<RiskLevel>, 
/**
 * The cost from which on an approval is needed.
 */
approval_threshold_usd?: number | null, 
/**
 * How long to wait for an approval: 1 to 2592000. Default 3600.
 */
approval_timeout_seconds?: number, 
/**
 * Who may approve where no rule names anybody: e-mails or ids.
 */
default_approvers?: Array<string>, 
/**
 * Who may approve what; the first that matches counts (decision 24).
 */
approval_rules?: Array<ActionApprovalRule>, 
/**
 * The actions that must have succeeded before an action, in the same run.
 */
evidence_requirements?: { [key in string]: Array<string> }, 
/**
 * How old evidence and grounds may be, by the action that relies on them.
 */
evidence_max_age_seconds?: Record<string, number>, 
/**
 * Actions that change something. They have no effect by themselves; compiling warns of one that nothing precedes.
 */
commit_actions?: Array<string>, 
/**
 * Actions whose results are kept as evidence.
 */
evidence_actions?: Array<string>, 
/**
 * What the arguments of an action must look like: a subset of JSON Schema.
 */
argument_constraints?: Record<string, Record<string, unknown>>, 
/**
 * Where the arguments of an action must come from: action, argument, rule.
 */
grounding_rules?: { [key in string]: { [key in string]: GroundingRule } }, 
/**
 * What personal data the arguments of an action must not hold.
 */
pii_rules?: { [key in string]: PiiRule }, 
/**
 * What content the arguments of an action must not hold.
 */
moderation_rules?: { [key in string]: ModerationRule }, 
/**
 * How often an action may be tried with the same arguments.
 */
loop_rules?: { [key in string]: LoopRule }, 
/**
 * Whether every action without a rule in `pii_rules` has the default one. Default false.
 */
pii_default_enabled?: boolean, 
/**
 * The same for `moderation_rules`.
 */
moderation_default_enabled?: boolean, 
/**
 * The same for `loop_rules`.
 */
loop_default_enabled?: boolean, 
/**
 * The parts of a budget, in percent, from which on a warning is given: 1 to 100. Default `[80]`.
 */
budget_warning_thresholds?: Array<number>, };

/**
 * One case of a table, or several that have the first parts of their names in common.
 */
export type TestCase = { 
/**
 * Its name: a string as it is, another value as JSON.
 */
name: string, 
/**
 * How it ended: passed or failed.
 */
outcome: Outcome, 
/**
 * The cases inside it, by their names.
 */
cases?: Array<TestCase>, };

/**
 * The results of test rules.
 */
export type TestReport = { 
/**
 * One for each test, in source order.
 */
results: Array<TestResult>, 
/**
 * How many are true. Of a table, each innermost case counts.
 */
passed: number, 
/**
 * How many are not; of a table, each such case.
 */
failed: number, 
/**
 * How many ended in an error.
 */
errors: number, 
/**
 * How many were not run.
 */
skipped: number, 
/**
 * Which lines they have evaluated, where that was asked for and something was run.
 */
coverage?: Coverage, 
/**
 * What is wrong with the modules; with an error among them nothing was run.
 */
diagnostics: Array<Diagnostic>, };

/**
 * One test.
 */
export type TestResult = { 
/**
 * The package, without `data`.
 */
package: string, 
/**
 * The name of the rule, with what stands in front of it in the head: `a.test_x`. Further rules of one name are
 * numbered: `test_x#01`, `a["test_x#01"]`.
 */
name: string, 
/**
 * The module that declares it.
 */
file: string, 
/**
 * The line, from 1.
 */
line: number, 
/**
 * How it ended.
 */
outcome: Outcome, 
/**
 * Why, where it did not pass.
 */
message?: string, 
/**
 * What it printed.
 */
prints: Array<string>, 
/**
 * The cases of a table, by their names.
 */
cases?: Array<TestCase>, };

/**
 * What happened to a run.
 */
export type Timeline = { 
/**
 * In order.
 */
events: Array<TimelineEntry>, 
/**
 * The first entry that is not as it was recorded; null: all are.
 */
broken_at: string | null, };

/**
 * An entry of the timeline.
 */
export type TimelineEntry = { 
/**
 * The id: the run's and a number.
 */
id: string, 
/**
 * The run.
 */
run_id: string, 
/**
 * When, as RFC 3339 in UTC.
 */
occurred_at: string, 
/**
 * What, such as `approval_received`.
 */
event_type: string, 
/**
 * `system`, `user` or `external_provider`.
 */
actor_type: string, 
/**
 * Who; null for the system.
 */
actor_id: string | null, 
/**
 * More, by the kind of event.
 */
details: Record<string, unknown>, 
/**
 * The hash of the entry before; empty for the first.
 */
previous_hash: string, 
/**
 * SHA-256 over this entry without this field, keys sorted.
 */
hash: string, };

/**
 * What starts a run.
 */
export type Trigger = "manual" | "push" | "schedule" | "pr" | "promotion";

/**
 * An argument that does not come from where it must (section 3.8).
 */
export type UngroundedArgument = { 
/**
 * The argument.
 */
field: string, 
/**
 * Where it must come from: `action.field`.
 */
expected_source: string, 
/**
 * What it is.
 */
actual_value: unknown, };

/**
 * A person.
 */
export type User = { 
/**
 * The id.
 */
id: string | null, 
/**
 * The e-mail.
 */
email: string | null, };

/**
 * What validation found.
 */
export type Validation = { 
/**
 * Whether the policy may be used.
 */
valid: boolean, 
/**
 * The message of the first failing check, in the order text, package, rules, answers.
 */
error?: string, 
/**
 * Every finding in source order.
 */
diagnostics: Array<Diagnostic>, 
/**
 * The dialect that the policy was read in.
 */
dialect: Dialect, };

/**
 * Something that may be done with a resource (section 1.1).
 */
export type Verb = "read" | "write" | "delete" | "trigger" | "apply" | "approve" | "reject" | "abort";

/**
 * What an approver decides.
 */
export type Vote = "approved" | "rejected";

/**
 * A workspace (section 1.2).
 */
export type Workspace = { 
/**
 * The id.
 */
id: string, 
/**
 * The name.
 */
name: string, 
/**
 * What users have set, for policies to read.
 */
attributes?: Record<string, unknown>, 
/**
 * The project, for scopes. Policies do not see it.
 */
project_id?: string | null, 
/**
 * Accepted and not used: it is taken from the plan.
 */
detected_attributes?: unknown, };

/**
 * What a rule yields.
 */
export type Yields = "anything" | "strings" | { "objects": Array<Field> };
