// What an organisation has set up for its agents: policies with their versions and exceptions, kill switches, settings.

import type {
  ActionExceptionPage,
  ActionOperation,
  ActionPolicy,
  ActionPolicyDiffTarget,
  ActionPolicyFields,
  ActionPolicyPage,
  ActionPolicyVersion,
  ActionPolicyVersionDiff,
  ActionPolicyVersionPage,
  ActionSettings,
  ActionSync,
  ActionSyncRequest,
  ActionTestAlert,
  ChangedActionPolicy,
  DraftedActionPolicyVersion,
  KillSwitch,
  KillSwitchCheck,
  KillSwitchPage,
  KillTargetType,
  NewActionException,
  PageRequest,
  StoredActionException,
} from "./wire.js";

/** What is changed of a policy: fields in the place of its own; null puts the default back. */
export type ActionPolicyPatch = { [Field in keyof ActionPolicyFields]?: ActionPolicyFields[Field] | null };

/**
 * Policies. What is wrong with one is a `RefusedError` `invalid_request` with all of it in `policyErrors`. Seeing them needs `read` on the
 * organisation, changing them `write`, deleting one `delete`.
 */
export interface ActionPolicies {
  /** With its first version, which is in force. Its name is unique in the organisation. */
  create(policy: ActionPolicyFields): Promise<ChangedActionPolicy>;
  list(page?: PageRequest): Promise<ActionPolicyPage>;
  get(id: string): Promise<ActionPolicy>;
  /** These fields, and the defaults of all others. What changes nothing makes no version. */
  replace(id: string, policy: ActionPolicyFields): Promise<ChangedActionPolicy>;
  /** These fields in the place of its own. */
  patch(id: string, change: ActionPolicyPatch): Promise<ChangedActionPolicy>;
  enable(id: string): Promise<ChangedActionPolicy>;
  disable(id: string): Promise<ChangedActionPolicy>;
  /** Its exceptions go with it. */
  delete(id: string): Promise<{ id: string }>;
}

/** Versions of policies. */
export interface ActionPolicyVersions {
  list(policyId: string, page?: PageRequest): Promise<ActionPolicyVersionPage>;
  get(policyId: string, versionId: string): Promise<ActionPolicyVersion>;
  /** A version that is not in force yet. */
  draft(policyId: string, policy: ActionPolicyFields): Promise<DraftedActionPolicyVersion>;
  /** Says that somebody is to look at a draft. */
  submit(policyId: string, versionId: string): Promise<ActionPolicyVersion>;
  /** Whoever asks becomes the reviewer. Needs `approve`; the author may not, unless the settings say so. */
  review(policyId: string, versionId: string): Promise<ActionPolicyVersion>;
  /** What was reviewed comes into force. */
  activate(policyId: string, versionId: string): Promise<ChangedActionPolicy>;
  /** What was in force is so again, as a new version. */
  rollback(policyId: string, versionId: string): Promise<ChangedActionPolicy>;
  /** What differs between a version and another one, or fields that are kept nowhere. */
  diff(policyId: string, from: string, to: ActionPolicyDiffTarget): Promise<ActionPolicyVersionDiff>;
}

/** Exceptions: one policy says nothing about some agents or runs, for a time or a number of calls. */
export interface ActionExceptions {
  create(policyId: string, exception: NewActionException): Promise<StoredActionException>;
  list(policyId: string, page?: PageRequest): Promise<ActionExceptionPage>;
  get(policyId: string, id: string): Promise<StoredActionException>;
  /** It ends at once. What was spent under it stays spent. */
  delete(policyId: string, id: string): Promise<{ id: string }>;
}

/** What stops an agent, a run or a mission at once. Turning a switch needs `abort` on the organisation. */
export interface KillSwitches {
  kill(targetType: KillTargetType, targetId: string, reason?: string): Promise<KillSwitch>;
  revive(targetType: KillTargetType, targetId: string): Promise<KillSwitch>;
  /** For whoever may `trigger` for the agent, or `read` the organisation. */
  check(targetType: KillTargetType, targetId: string): Promise<KillSwitchCheck>;
  /** Those that are stopped now, the newest first. */
  active(page?: PageRequest): Promise<KillSwitchPage>;
}

/** What holds for all decisions of the organisation. */
export interface ActionSettingsOf {
  get(): Promise<ActionSettings>;
  /** These, and the defaults of all others. For owners and administrators. */
  put(settings: ActionSettings): Promise<ActionSettings>;
}

/** All of it. */
export interface ActionSetUp {
  readonly policies: ActionPolicies;
  readonly versions: ActionPolicyVersions;
  readonly exceptions: ActionExceptions;
  readonly killSwitches: KillSwitches;
  readonly settings: ActionSettingsOf;
  /** The policies that apply to an agent or a run, for a client that decides by itself. With an `etag` that it has: whether they changed. */
  sync(request?: ActionSyncRequest): Promise<ActionSync>;
  /** Tells the `default_approvers` of a policy, as a test; without any: `no_approvers`. */
  testAlert(policyId: string): Promise<ActionTestAlert>;
}

/** The set-up of a service, whose operations `perform` performs. */
export function setUpOf(perform: <T>(operation: ActionOperation) => Promise<T>): ActionSetUp {
  return {
    policies: {
      create: (policy) => perform({ create_policy: { policy } }),
      list: (page = {}) => perform({ list_policies: page }),
      get: (id) => perform({ get_policy: { id } }),
      replace: (id, policy) => perform({ replace_policy: { id, policy } }),
      patch: (id, change) => perform({ patch_policy: { id, change } }),
      enable: (id) => perform({ enable_policy: { id } }),
      disable: (id) => perform({ disable_policy: { id } }),
      delete: (id) => perform({ delete_policy: { id } }),
    },
    versions: {
      list: (policy_id, page = {}) => perform({ list_policy_versions: { policy_id, page } }),
      get: (policy_id, version_id) => perform({ get_policy_version: { policy_id, version_id } }),
      draft: (policy_id, policy) => perform({ draft_policy_version: { policy_id, policy } }),
      submit: (policy_id, version_id) => perform({ submit_policy_version: { policy_id, version_id } }),
      review: (policy_id, version_id) => perform({ review_policy_version: { policy_id, version_id } }),
      activate: (policy_id, version_id) => perform({ activate_policy_version: { policy_id, version_id } }),
      rollback: (policy_id, version_id) => perform({ roll_back_policy: { policy_id, version_id } }),
      diff: (policy_id, from, to) => perform({ diff_policy_versions: { policy_id, from, to } }),
    },
    exceptions: {
      create: (policy_id, exception) => perform({ create_exception: { policy_id, exception } }),
      list: (policy_id, page = {}) => perform({ list_exceptions: { policy_id, page } }),
      get: (policy_id, id) => perform({ get_exception: { policy_id, id } }),
      delete: (policy_id, id) => perform({ delete_exception: { policy_id, id } }),
    },
    killSwitches: {
      kill: (target_type, target_id, reason) => perform({ kill: { target_type, target_id, ...(reason === undefined ? {} : { reason }) } }),
      revive: (target_type, target_id) => perform({ revive: { target_type, target_id } }),
      check: (target_type, target_id) => perform({ check_kill_switch: { target_type, target_id } }),
      active: (page = {}) => perform({ list_kill_switches: page }),
    },
    settings: {
      get: () => perform({ get_settings: {} }),
      put: (settings) => perform({ put_settings: settings }),
    },
    sync: (request = {}) => perform({ sync: request }),
    testAlert: (policy_id) => perform({ test_alert: { policy_id } }),
  };
}
