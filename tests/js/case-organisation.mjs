// The organisation that the steps of a case share, through the public methods of the package: its store, people, clock and
// ids. `tests/case_organisation/mod.rs` does the same natively; `tests/cases.rs` describes the steps.

import { attempt } from "./case-outcome.mjs";

/** What the steps of a case share. */
export function caseOrganisation({ org_id, people = {}, secrets = {} }) {
  return { org_id, people, secrets, store: caseStore(), ids: 0, now_ms: 0, told: [] };
}

/** The steps that need an organisation. */
export const ORGANISATION_STEPS = {
  administer: (regate, step, organisation) => performed(ADMINISTRATION, serviceOf(regate, step, organisation), step),
  run: (regate, step, organisation) => performed(RUNS, serviceOf(regate, step, organisation), step),
  sweep: (regate, step, organisation) => serviceOf(regate, step, organisation).sweep(),
  async receive_check(regate, step, organisation) {
    const { run_id, provider_id, decision, reason = "", token_for = step } = step;
    const { token } = await ORGANISATION_STEPS.provider_token(regate, token_for, organisation);
    return serviceOf(regate, step, organisation).checks.receive({ run_id, provider_id, token, decision, reason });
  },
  action: (regate, step, organisation) => performed(ACTIONS, actionsOf(regate, step, organisation), step),
  async at_once(regate, { operations, ...step }, organisation) {
    const started = operations.map((each) => attempt(regate, () => ORGANISATION_STEPS.action(regate, { ...step, ...each }, organisation)));
    return { answers: await Promise.all(started) };
  },
  store(_regate, { records }, { store }) {
    for (const { partition, ...record } of records) store.commit({ partition, expect: [], put: [record], append: [] });
    return {};
  },
  told: (_regate, _step, organisation) => ({ notices: organisation.told.splice(0) }),
  async provider_token(regate, { provider_id, run_id }, { secrets }) {
    return { token: await regate.providerTokens((id) => secrets[id]).sign(provider_id, `${provider_id}:${run_id}`) };
  },
};

function performed(methods, service, { operation, plan }) {
  const [[name, parameters]] = Object.entries(operation);
  return methods[name](service, parameters, plan);
}

/** Governance on the organisation's store. */
function serviceOf(regate, step, organisation) {
  return regate.governance(hostOf(regate, step, organisation), { org_id: step.org_id ?? organisation.org_id });
}

/** Actions on the organisation's store. */
function actionsOf(regate, step, organisation) {
  return regate.actions(hostOf(regate, step, organisation), { org_id: step.org_id ?? organisation.org_id });
}

/** The organisation's store, asked by whoever asks in a step, when it does. */
function hostOf(regate, { as, hours, now_ms, facts = {} }, organisation) {
  const { people, secrets, store, told } = organisation;
  organisation.now_ms = now_ms ?? (hours === undefined ? organisation.now_ms : hours * 3_600_000);
  return regate.hostOver(store, {
    who({ resource }) {
      const { id, email = null, org_role = null, is_session = false, may = {} } = personOf(as, people);
      return { id, email, org_role, is_session, may: may[`${resource.type}/${resource.id}`] ?? [] };
    },
    notify: (notices) => void told.push(...notices),
    now: () => organisation.now_ms,
    newId: () => `id-${++organisation.ids}`,
    randomSeed: () => 0,
    user: (id) => known(facts.user, id, { id }),
    team: (team) => known(facts.team, team, { id: team, name: team }),
    isMember: (user, team) => people[user]?.teams?.includes(team) ?? false,
    files: (path) => known(facts.files, path, null),
    moderate: ({ action }) => known(facts.moderation, action, null),
    ...regate.providerTokens((id) => secrets[id]),
  });
}

/** Whoever asks, described in the step or named there and described in the case. */
function personOf(as, people) {
  if (typeof as !== "string") return as;
  if (!Object.hasOwn(people, as)) throw new Error(`the case has no \`${as}\``);
  return { ...people[as], id: as, email: `${as}@example.com` };
}

/** What a case says of a name, null included. */
function known(values = {}, name, otherwise) {
  return Object.hasOwn(values, name) ? values[name] : otherwise;
}

/** The public method of each operation on what an organisation has set up. */
const ADMINISTRATION = {
  create_policy_set: ({ policySets }, set) => policySets.create(set),
  list_policy_sets: ({ policySets }, page) => policySets.list(page),
  get_policy_set: ({ policySets }, { id }) => policySets.get(id),
  change_policy_set: ({ policySets }, { id, change }) => policySets.change(id, change),
  delete_policy_set: ({ policySets }, { id }) => policySets.delete(id),
  load_policy_set: ({ policySets }, { id }) => policySets.load(id),
  list_policies: async ({ policySets }, { policy_set_id }) => ({ policies: await policySets.policies.list(policy_set_id) }),
  add_policy: ({ policySets }, { policy_set_id, policy }) => policySets.policies.add(policy_set_id, policy),
  change_policy: ({ policySets }, { policy_set_id, id, change }) => policySets.policies.change(policy_set_id, id, change),
  remove_policy: ({ policySets }, { policy_set_id, id }) => policySets.policies.remove(policy_set_id, id),
  list_policy_set_versions: ({ policySets }, { policy_set_id, page }) => policySets.versions.list(policy_set_id, page),
  get_policy_set_version: ({ policySets }, { policy_set_id, version }) => policySets.versions.get(policy_set_id, version),
  diff_policy_set_versions: ({ policySets }, { policy_set_id, from, to }) => policySets.versions.diff(policy_set_id, from, to),
  restore_policy_set_version: ({ policySets }, { policy_set_id, version }) => policySets.versions.restore(policy_set_id, version),
  create_approval_rule: ({ approvalRules }, rule) => approvalRules.create(rule),
  list_approval_rules: ({ approvalRules }, page) => approvalRules.list(page),
  get_approval_rule: ({ approvalRules }, { id }) => approvalRules.get(id),
  change_approval_rule: ({ approvalRules }, { id, change }) => approvalRules.change(id, change),
  delete_approval_rule: ({ approvalRules }, { id }) => approvalRules.delete(id),
  promote_approval_rule: ({ approvalRules }, { id }) => approvalRules.promote(id),
  create_external_check_provider: ({ providers }, provider) => providers.create(provider),
  list_external_check_providers: ({ providers }, page) => providers.list(page),
  get_external_check_provider: ({ providers }, { id }) => providers.get(id),
  change_external_check_provider: ({ providers }, { id, change }) => providers.change(id, change),
  delete_external_check_provider: ({ providers }, { id }) => providers.delete(id),
  attach_provider_scope: ({ providers }, { id, scope }) => providers.attachScope(id, scope),
  detach_provider_scope: ({ providers }, { id, scope }) => providers.detachScope(id, scope),
  put_settings: ({ settings }, values) => settings.put(values),
  get_settings: ({ settings }) => settings.get(),
  put_workspace: ({ workspaces }, { id, workspace }) => workspaces.put(id, workspace),
  get_workspace: ({ workspaces }, { id }) => workspaces.get(id),
};

/** The public method of each operation on a run. */
const RUNS = {
  create_run: ({ runs }, run) => runs.create(run),
  start_run: ({ runs }, { id }) => runs.start(id),
  deliver_plan: ({ runs }, { id }, plan) => runs.deliverPlan(id, plan),
  fail_run: ({ runs }, { id, error_summary }) => runs.fail(id, error_summary),
  vote: ({ runs }, { id, decision, comment }) => (decision === "approved" ? runs.approve(id, comment) : runs.reject(id, comment)),
  renotify: ({ runs }, { id }) => runs.renotify(id),
  abort_run: ({ runs }, { id }) => runs.abort(id),
  complete_apply: ({ runs }, { id }) => runs.completeApply(id),
  get_run: ({ runs }, { id }) => runs.get(id),
  list_requirements: async ({ runs }, { id }) => ({ requirements: await runs.requirements(id) }),
  list_approvals: async ({ runs }, { id }) => ({ approvals: await runs.approvals(id) }),
  list_policy_results: async ({ runs }, { id }) => ({ policy_results: await runs.policyResults(id) }),
  get_timeline: ({ runs }, { id }) => runs.timeline(id),
  preview_run: ({ runs }, { id }) => runs.preview(id),
  apply_changeset: ({ changesets }, { id }) => changesets.apply(id),
  discard_changeset: ({ changesets }, { id }) => changesets.discard(id),
};

/** The public method of each operation on actions. */
const ACTIONS = {
  authorize: (actions, { call, explain = false }) => actions.authorize(call, { explain }),
  ask: (actions, { call, explain = false }) => actions.ask(call, { explain }),
  resume: (actions, { reservation_id, call }) => actions.resume(reservation_id, call),
  settle: (actions, { reservation_id, cost_usd }) => actions.settle(reservation_id, cost_usd),
  release: (actions, { reservation_id }) => actions.release(reservation_id),
  record_result: (actions, { reservation_id, ...result }) => actions.recordResult(reservation_id, result),
  reset_run: (actions, run) => actions.resetRun(run),
  get_approval: ({ approvals }, { id }) => approvals.get(id),
  list_approvals: ({ approvals }, page) => approvals.list(page),
  list_pending_approvals: ({ approvals }, page) => approvals.pending(page),
  sweep: (actions, { older_than_seconds, cursor }) => actions.sweep({ steps: 1, cursor, ...(older_than_seconds === undefined ? {} : { olderThanSeconds: older_than_seconds }) }),
  decide_approval({ approvals }, { id, decision, notes }) {
    if (decision === "request_info") return approvals.requestInfo(id, notes);
    return decision === "approve" ? approvals.approve(id, notes) : approvals.reject(id, notes);
  },
  respond_to_approval: ({ approvals }, { id, response }) => approvals.respond(id, response),
  cancel_approval: ({ approvals }, { id }) => approvals.cancel(id),
  list_interventions: ({ interventions }, query) => interventions.list(query),
  list_decisions: ({ decisions }, page) => decisions.list(page),
  create_policy: ({ policies }, { policy }) => policies.create(policy),
  list_policies: ({ policies }, page) => policies.list(page),
  get_policy: ({ policies }, { id }) => policies.get(id),
  replace_policy: ({ policies }, { id, policy }) => policies.replace(id, policy),
  patch_policy: ({ policies }, { id, change }) => policies.patch(id, change),
  enable_policy: ({ policies }, { id }) => policies.enable(id),
  disable_policy: ({ policies }, { id }) => policies.disable(id),
  delete_policy: ({ policies }, { id }) => policies.delete(id),
  test_alert: (actions, { policy_id }) => actions.testAlert(policy_id),
  list_policy_versions: ({ versions }, { policy_id, page }) => versions.list(policy_id, page),
  get_policy_version: ({ versions }, { policy_id, version_id }) => versions.get(policy_id, version_id),
  draft_policy_version: ({ versions }, { policy_id, policy }) => versions.draft(policy_id, policy),
  submit_policy_version: ({ versions }, { policy_id, version_id }) => versions.submit(policy_id, version_id),
  review_policy_version: ({ versions }, { policy_id, version_id }) => versions.review(policy_id, version_id),
  activate_policy_version: ({ versions }, { policy_id, version_id }) => versions.activate(policy_id, version_id),
  roll_back_policy: ({ versions }, { policy_id, version_id }) => versions.rollback(policy_id, version_id),
  diff_policy_versions: ({ versions }, { policy_id, from, to }) => versions.diff(policy_id, from, to),
  create_exception: ({ exceptions }, { policy_id, exception }) => exceptions.create(policy_id, exception),
  list_exceptions: ({ exceptions }, { policy_id, page }) => exceptions.list(policy_id, page),
  get_exception: ({ exceptions }, { policy_id, id }) => exceptions.get(policy_id, id),
  delete_exception: ({ exceptions }, { policy_id, id }) => exceptions.delete(policy_id, id),
  kill: ({ killSwitches }, { target_type, target_id, reason }) => killSwitches.kill(target_type, target_id, reason),
  revive: ({ killSwitches }, { target_type, target_id }) => killSwitches.revive(target_type, target_id),
  check_kill_switch: ({ killSwitches }, { target_type, target_id }) => killSwitches.check(target_type, target_id),
  list_kill_switches: ({ killSwitches }, page) => killSwitches.active(page),
  get_settings: ({ settings }) => settings.get(),
  put_settings: ({ settings }, values) => settings.put(values),
  sync: (actions, request) => actions.sync(request),
};

/** A store as small as the steps of a case need: the package's own is another entry, which a page without a bundler has not. */
function caseStore() {
  const records = new Map();
  const placeOf = ({ partition, kind, key }) => JSON.stringify([partition, kind, key]);
  return {
    read: (keys) => keys.flatMap((key) => structuredClone(records.get(placeOf(key))) ?? []),
    commit({ partition, expect, put, append }) {
      const versionOf = ({ kind, key }) => records.get(placeOf({ partition, kind, key }))?.version ?? null;
      if (expect.some((expected) => versionOf(expected) !== expected.version)) return "conflict";
      for (const { kind, key, value } of structuredClone([...put, ...append])) {
        const version = String(Number(versionOf({ kind, key })) + 1);
        records.set(placeOf({ partition, kind, key }), { partition, kind, key, version, value });
      }
      return "ok";
    },
    list({ partition, kind, from = "", to, limit, cursor }) {
      const matching = [...records.values()]
        .filter((record) => record.kind === kind && record.value !== null)
        .filter((record) => partition === undefined || record.partition === partition)
        .filter(({ key }) => key >= from && (to === undefined || key < to) && (cursor === null || key > cursor))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const page = structuredClone(matching.slice(0, limit));
      return { records: page, cursor: matching.length > page.length ? page.at(-1).key : null };
    },
  };
}
