// What a set-up asks of a run, computed a second time and simply: from the records of the store, without the engine.

import { saidBy } from "./policies.mjs";

const RANK = (scoped) => (scoped.workspace_id != null ? 2 : scoped.project_id != null ? 1 : 0);
const byScopeAndName = (a, b) => RANK(a) - RANK(b) || (a.name < b.name ? -1 : 1);

/**
 * The status, results and requirements of a run under a set-up: the records of an organisation by kind. `actions` are what the plan
 * does, one resource each; `teams` says whether a team was there, of each moment at which it can have been looked up.
 */
export function expectedOf(setup, { org, run, actions, teams }) {
  const workspace = setup.workspace.get(run.workspace_id);
  const covers = ({ project_id, workspace_id }) =>
    workspace_id != null ? workspace_id === workspace.id : project_id == null || project_id === workspace.project_id;
  const sets = [...setup.policy_set.values()].filter((set) => set.enabled && covers(set)).sort(byScopeAndName);
  const said = { actions, trigger: run.trigger, environment: workspace.attributes.environment };
  const results = [];
  const asked = [];
  for (const set of sets) {
    for (const policy of [...set.policies].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { deny, asks, fails, couldAsk } = saidBy(setup.policy_source.get(policy.source_digest).rego_source, said);
      results.push({ set: set.name, policy: policy.name, enforcement: set.enforcement, violations: fails ? [FAILURE] : deny });
      for (const { team, min, stage, timeout_hours } of asks) asked.push({ policy, team, min, stage, timeout_hours });
      if (fails && couldAsk) asked.push({ policy, team: null, min: 1, stage: 1, timeout_hours: 0 });
    }
  }
  const count = (action) => actions.filter((known) => known === action).length;
  const holds = (condition) =>
    ({
      always: () => true,
      destroyed_gt: (most) => count("destroy") > most,
      added_gt: (most) => count("add") > most,
      changed_gt: (most) => count("change") > most,
      trigger_is: (trigger) => trigger === run.trigger,
    })[condition?.type ?? "always"](condition?.value);
  const rules = [...setup.approval_rule.values()].filter((rule) => rule.enabled && covers(rule) && holds(rule.condition));
  const attached = ({ scope_type, scope_id }) => scope_id === { org, project: workspace.project_id, workspace: workspace.id }[scope_type];
  const providers = [...setup.external_check_provider.values()].map(({ provider }) => provider).filter(({ scopes }) => scopes.some(attached));
  const isForbidden = setup.settings.get("all")?.forbid_self_approval === true;
  const requirements = [
    ...rules.map((rule) => ofRule(rule, isForbidden)),
    ...asked.map((one) => ofPolicy(one, teams, isForbidden)),
    ...providers.map((provider) => ofProvider(provider, isForbidden)),
  ];
  const mandatory = results.filter(({ enforcement }) => enforcement === "mandatory").flatMap(({ violations }) => violations).length;
  const isLookedAt = run.trigger === "pr" && run.run_type === "plan";
  const passed = run.run_type === "apply" ? "queued" : "completed";
  const enforced = mandatory > 0 ? "rejected" : requirements.length > 0 ? "pending_approval" : passed;
  return {
    results,
    mandatory,
    preview: { rules: rules.map(({ name }) => name), policies: asked.length, providers: providers.map(({ id }) => id) },
    bundles: sets.map((set) => bundleName(set)),
    status: isLookedAt ? "completed" : enforced,
    requirements: isLookedAt || enforced !== "pending_approval" ? [] : requirements,
  };
}

/** Stands for the text of a policy's failure. */
export const FAILURE = "policy evaluation error: ";

function bundleName({ name, project_id, workspace_id }) {
  if (workspace_id != null) return `workspace/${workspace_id}/${name}`;
  return project_id == null ? name : `project/${project_id}/${name}`;
}

const snapshot = (source, source_id, fields) => ({ source, source_id, min_approvals: 1, stage: 1, timeout_hours: 0, escalation_action: "reject", escalation_team_id: null, ...fields });

function ofRule(rule, isForbidden) {
  const { approver_type, approver_id, approver_role, min_approvals, stage, timeout_hours, escalation_action, escalation_team_id, forbid_self_approval } = rule;
  return snapshot("approval_rule", rule.id, {
    approvers: [{ approver_type, approver_id: approver_id ?? null, approver_role: approver_role ?? null }],
    min_approvals,
    stage,
    timeout_hours: timeout_hours ?? 0,
    escalation_action: escalation_action ?? "reject",
    escalation_team_id: escalation_team_id ?? null,
    forbids_self_approval: isForbidden || forbid_self_approval === true,
  });
}

// Where the team that a policy names is not there, administrators are asked.
function ofPolicy({ policy, team, min, stage, timeout_hours }, teams, isForbidden) {
  const found = team === null ? [null] : teams(team);
  const approvers = found.map((known) =>
    known === null ? { approver_type: "org_role", approver_id: null, approver_role: "admin" } : { approver_type: "team", approver_id: known.id, approver_role: null },
  );
  return snapshot("opa", policy.id, { approvers, min_approvals: min, stage, timeout_hours, forbids_self_approval: isForbidden });
}

function ofProvider({ id, timeout_hours, escalation_action, escalation_team_id }, isForbidden) {
  return snapshot("external_check", id, {
    approvers: [{ approver_type: "external_provider", approver_id: id, approver_role: null }],
    timeout_hours: timeout_hours ?? 24,
    escalation_action: escalation_action ?? "reject",
    escalation_team_id: escalation_team_id ?? null,
    forbids_self_approval: isForbidden,
  });
}

/** What differs between an expectation and an evaluated run with its results; undefined where nothing does. */
export function differenceOf(expected, { status, requirements, results }) {
  if (status !== expected.status) return `it is \`${status}\`, and the set-up makes it \`${expected.status}\``;
  return resultsDifference(expected.results, results) ?? requirementsDifference(expected.requirements, requirements);
}

export function resultsDifference(expected, results) {
  const told = ({ set, policy, enforcement, violations }) => JSON.stringify([set, policy, enforcement, violations.length === 0, violations]);
  const seen = results.map(({ policy_set_name, policy_name, enforcement, passed, violations }) => {
    const texts = violations.map((text) => (text.startsWith(FAILURE) ? FAILURE : text));
    return JSON.stringify([policy_set_name, policy_name, enforcement, passed, texts]);
  });
  const wanted = expected.map(told);
  return JSON.stringify(wanted) === JSON.stringify(seen) ? undefined : `its results are ${seen}, and the set-up gives ${wanted}`;
}

function requirementsDifference(expected, requirements) {
  const left = [...requirements];
  for (const { approvers, ...wanted } of expected) {
    const at = left.findIndex((requirement) => isLike(requirement, wanted) && approvers.some((approver) => isLike(requirement, approver)));
    if (at < 0) return `nothing is required of ${JSON.stringify({ approvers, ...wanted })}: there is ${JSON.stringify(left)}`;
    left.splice(at, 1);
  }
  return left.length === 0 ? undefined : `nobody asked for ${JSON.stringify(left)}`;
}

function isLike(requirement, fields) {
  // Written only where it is true.
  const { forbids_self_approval = false } = requirement;
  return Object.entries(fields).every(([name, value]) => ({ ...requirement, forbids_self_approval })[name] === value);
}
