// `governance(host)`: what an organisation has set up, as one object with a method for each operation.

import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { isObject } from "./host-calls.js";
import { administer } from "./operation.js";
import { requireKnownOptions } from "./options.js";
import { storeProviderSecret } from "./provider-secret.js";
import { promote, type PromotionRequest } from "./promotion.js";
import { runsOf, type Changesets, type Checks, type Runs, type Sweep, type SweepOptions } from "./runs.js";
import type {
  AdministrationOperation,
  ApprovalRule,
  ApprovalRuleChange,
  ApprovalRulePage,
  ApprovalRuleSeen,
  AttachedScope,
  ExternalCheckProviderChange,
  ExternalCheckProviderPage,
  ExternalCheckProviderSeen,
  LoadedPolicySet,
  NewExternalCheckProvider,
  NewPolicy,
  NewPolicySet,
  NewWorkspace,
  PageRequest,
  PolicyChange,
  PolicySeen,
  PolicySetChange,
  PolicySetDiff,
  PolicySetPage,
  PolicySetSeen,
  PolicySetVersion,
  PolicySetVersionPage,
  ProviderScope,
  Settings,
  StoredRun,
  StoredWorkspace,
} from "./wire.js";

/** For whom, and of which organisation. */
export interface GovernanceOptions {
  org_id: string;
  /** Who asks: whatever the host's `who` understands, such as a session or an HTTP request. */
  asker?: unknown;
  /** The workspace that runs must lie in; runs elsewhere are not found. Default: any. */
  workspace_id?: string;
}

/**
 * Governance on the host's store.
 *
 * A method gives its answer when its change is committed. It throws a `RefusedError` (with `code` and HTTP `status`) when the
 * caller may not, or when what is asked breaks a rule; `host_failed` when a callback of the host failed; `conflict_not_resolved` when
 * others kept changing the same things.
 */
export interface GovernanceService {
  /** The same for somebody else. */
  as(asker: unknown): GovernanceService;
  readonly policySets: PolicySets;
  readonly approvalRules: ApprovalRules;
  readonly providers: ExternalCheckProviders;
  readonly settings: OrganisationSettings;
  readonly workspaces: Workspaces;
  readonly runs: Runs;
  readonly changesets: Changesets;
  readonly checks: Checks;
  /**
   * Acts on everything whose time is up, never before it is, and says when to call next. For a timer, a cron trigger or an alarm:
   * at least once an hour. Calling it twice, or from two places, is calling it once. It asks nobody for leave.
   */
  sweep(options?: SweepOptions): Promise<Sweep>;
}

/** Policy sets: at the organisation, a project or a workspace. */
export interface PolicySets {
  /** Needs `write` at the scope; for the organisation, an owner or administrator. */
  create(set: NewPolicySet): Promise<PolicySetSeen>;
  /** Those that the caller may see. A page may have fewer than its limit. */
  list(page?: PageRequest): Promise<PolicySetPage>;
  get(id: string): Promise<PolicySetSeen>;
  /** Changes enforcement, enabled, description, profile or plan_detail; nothing else ever changes. */
  change(id: string, change: PolicySetChange): Promise<PolicySetSeen>;
  /** Needs more than `write`: `delete` at the scope, or an owner or administrator. */
  delete(id: string): Promise<{ id: string }>;
  /** Makes the policies of a git set those of its folder, which the host's `files` reads. Invalid ones stay and fail closed. */
  load(id: string): Promise<LoadedPolicySet>;
  readonly policies: Policies;
  readonly versions: PolicySetVersions;
}

/** The policies of a set. Each is validated as in the editor before it is taken. */
export interface Policies {
  list(policySetId: string): Promise<PolicySeen[]>;
  add(policySetId: string, policy: NewPolicy): Promise<PolicySeen>;
  change(policySetId: string, policyId: string, change: PolicyChange): Promise<PolicySeen>;
  remove(policySetId: string, policyId: string): Promise<PolicySetSeen>;
}

/** The states that a set was in. */
export interface PolicySetVersions {
  list(policySetId: string, page?: PageRequest): Promise<PolicySetVersionPage>;
  get(policySetId: string, version: number): Promise<PolicySetVersion>;
  diff(policySetId: string, from: number, to: number): Promise<PolicySetDiff>;
  /** Makes an earlier state the present one, as a new version. */
  restore(policySetId: string, version: number): Promise<PolicySetSeen>;
}

/** Approval rules. Administrators change any; others those that they made and that nobody has promoted. */
export interface ApprovalRules {
  /** Needs `write` at the scope; for the organisation, an owner or administrator. Who is named must exist. */
  create(rule: NewApprovalRule): Promise<ApprovalRuleSeen>;
  /** Those that the caller may see. A page may have fewer than its limit. */
  list(page?: PageRequest): Promise<ApprovalRulePage>;
  get(id: string): Promise<ApprovalRuleSeen>;
  /** Changes any field but id, creator and scope; null takes a field back to its default. Pending runs keep what was asked of them. */
  change(id: string, change: ApprovalRuleChange): Promise<ApprovalRuleSeen>;
  delete(id: string): Promise<{ id: string }>;
  /** Reserves a rule to administrators, who alone may do this. */
  promote(id: string): Promise<ApprovalRuleSeen>;
}

/** What an approval rule is created from. */
export type NewApprovalRule = Omit<ApprovalRule, "id" | "created_by">;

/**
 * External check providers: systems that are asked about a run and answer later. Owners and administrators change them; whoever
 * has a role in the organisation sees them.
 */
export interface ExternalCheckProviders {
  /** Its name is unique in the organisation, and its `callback_url` HTTPS. It takes part in nothing until it is attached to a scope. */
  create(provider: NewExternalCheckProvider): Promise<ExternalCheckProviderSeen>;
  /** Those that the caller may see. */
  list(page?: PageRequest): Promise<ExternalCheckProviderPage>;
  get(id: string): Promise<ExternalCheckProviderSeen>;
  /** Changes any field that it was created from; null takes a field back to its default. Pending runs keep what was asked of it. */
  change(id: string, change: ExternalCheckProviderChange): Promise<ExternalCheckProviderSeen>;
  /** Its secret stays with the host, which may forget it now: the id is never used again. */
  delete(id: string): Promise<{ id: string }>;
  /** From now on it takes part in the runs of this scope. Warns of a provider without a secret; one that is attached already is refused. */
  attachScope(id: string, scope: ProviderScope): Promise<AttachedScope>;
  detachScope(id: string, scope: ProviderScope): Promise<ExternalCheckProviderSeen>;
  /**
   * Stores or replaces the secret that the provider's tokens are made with, through the host's `storeSecret`. It reaches neither
   * the engine nor the store. A host without that function: `not_implemented`, 501.
   */
  storeSecret(id: string, secret: string): Promise<ExternalCheckProviderSeen>;
}

/** What holds for the whole organisation. */
export interface OrganisationSettings {
  get(): Promise<Settings>;
  /** For owners and administrators. */
  put(settings: Settings): Promise<Settings>;
}

/** Workspaces, as far as governance goes. */
export interface Workspaces {
  put(id: string, workspace: NewWorkspace): Promise<StoredWorkspace>;
  get(id: string): Promise<StoredWorkspace>;
  /**
   * Queues a plan run with the trigger `promotion` in each workspace that follows, as the host's `downstream` says; those in which
   * the caller may not `trigger` are left out. Needs `read` here.
   */
  promote(id: string, request?: PromotionRequest): Promise<StoredRun[]>;
}

/** Governance of an organisation on a host. Throws `malformed_request` without the id of one. */
export function governance(host: Host, options: GovernanceOptions): GovernanceService {
  const { org_id, asker, workspace_id } = checkedOptions(options);
  const place = { org_id, ...(workspace_id === undefined ? {} : { workspace_id }) };
  // The answer of each operation is the engine's: its type is written beside the call.
  const ask = async <T>(operation: AdministrationOperation): Promise<T> => (await administer(operation, host, { asker, org_id })) as T;
  return {
    ...runsOf(host, { asker, ...place }),
    as: (other) => governance(host, { ...place, asker: other }),
    policySets: {
      create: (set) => ask({ create_policy_set: set }),
      list: (page = {}) => ask({ list_policy_sets: page }),
      get: (id) => ask({ get_policy_set: { id } }),
      change: (id, change) => ask({ change_policy_set: { id, change } }),
      delete: (id) => ask({ delete_policy_set: { id } }),
      load: (id) => ask({ load_policy_set: { id } }),
      policies: {
        list: async (policy_set_id) => (await ask<{ policies: PolicySeen[] }>({ list_policies: { policy_set_id } })).policies,
        add: (policy_set_id, policy) => ask({ add_policy: { policy_set_id, policy } }),
        change: (policy_set_id, id, change) => ask({ change_policy: { policy_set_id, id, change } }),
        remove: (policy_set_id, id) => ask({ remove_policy: { policy_set_id, id } }),
      },
      versions: {
        list: (policy_set_id, page = {}) => ask({ list_policy_set_versions: { policy_set_id, page } }),
        get: (policy_set_id, version) => ask({ get_policy_set_version: { policy_set_id, version } }),
        diff: (policy_set_id, from, to) => ask({ diff_policy_set_versions: { policy_set_id, from, to } }),
        restore: (policy_set_id, version) => ask({ restore_policy_set_version: { policy_set_id, version } }),
      },
    },
    approvalRules: {
      create: (rule) => ask({ create_approval_rule: rule }),
      list: (page = {}) => ask({ list_approval_rules: page }),
      get: (id) => ask({ get_approval_rule: { id } }),
      change: (id, change) => ask({ change_approval_rule: { id, change } }),
      delete: (id) => ask({ delete_approval_rule: { id } }),
      promote: (id) => ask({ promote_approval_rule: { id } }),
    },
    providers: {
      create: (provider) => ask({ create_external_check_provider: provider }),
      list: (page = {}) => ask({ list_external_check_providers: page }),
      get: (id) => ask({ get_external_check_provider: { id } }),
      change: (id, change) => ask({ change_external_check_provider: { id, change } }),
      delete: (id) => ask({ delete_external_check_provider: { id } }),
      attachScope: (id, scope) => ask({ attach_provider_scope: { id, scope } }),
      detachScope: (id, scope) => ask({ detach_provider_scope: { id, scope } }),
      storeSecret: (id, secret) => storeProviderSecret(id, secret, host, { asker, org_id }),
    },
    settings: {
      get: () => ask({ get_settings: {} }),
      put: (settings) => ask({ put_settings: settings }),
    },
    workspaces: {
      put: (id, workspace) => ask({ put_workspace: { id, workspace } }),
      get: (id) => ask({ get_workspace: { id } }),
      promote: async (id, request = {}) => promote(id, request, host, { asker, org_id }),
    },
  };
}

const GOVERNANCE_OPTIONS = ["org_id", "asker", "workspace_id"] as const satisfies readonly (keyof GovernanceOptions)[];

// A program in JS may leave them out.
function checkedOptions(options: unknown): GovernanceOptions {
  const { org_id, asker, workspace_id } = isObject(options) ? options : {};
  for (const [name, value, isMissing] of [["org_id", org_id, false], ["workspace_id", workspace_id, workspace_id === undefined]] as const) {
    if (typeof value === "string" || isMissing) continue;
    throw new RegateError("malformed_request", `governance() needs \`${name}\`, a string`, {
      path: `/${name}`,
      help: "call governance(host, { org_id, asker })",
    });
  }
  // A misspelt `workspace_id` would open every workspace.
  requireKnownOptions(options, GOVERNANCE_OPTIONS, "governance()");
  return { org_id, asker, workspace_id } as GovernanceOptions;
}
