// The organisation that the steps of a case share, through the public methods of the package: its store, people, clock and
// ids. `tests/case_organisation/mod.rs` does the same natively; `tests/cases.rs` describes the steps.

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
  told: (_regate, _step, organisation) => ({ notices: organisation.told.splice(0) }),
  async provider_token(regate, { provider_id, run_id }, { secrets }) {
    return { token: await regate.providerTokens((id) => secrets[id]).sign(provider_id, `${provider_id}:${run_id}`) };
  },
};

function performed(methods, service, { operation, plan }) {
  const [[name, parameters]] = Object.entries(operation);
  return methods[name](service, parameters, plan);
}

/** Governance on the organisation's store, asked by whoever asks in a step, when it does. */
function serviceOf(regate, { as, org_id, hours, now_ms, facts = {} }, organisation) {
  const { people, secrets, store, told } = organisation;
  organisation.now_ms = now_ms ?? (hours === undefined ? organisation.now_ms : hours * 3_600_000);
  const host = regate.hostOver(store, {
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
    ...regate.providerTokens((id) => secrets[id]),
  });
  return regate.governance(host, { org_id: org_id ?? organisation.org_id });
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

/** A store as small as the steps of a case need: the package's own is another entry, which a page without a bundler has not. */
function caseStore() {
  const records = new Map();
  const placeOf = ({ partition, kind, key }) => JSON.stringify([partition, kind, key]);
  return {
    read: (keys) => keys.flatMap((key) => structuredClone(records.get(placeOf(key))) ?? []),
    commit({ partition, expect, put, append }) {
      const versionOf = ({ kind, key }) => records.get(placeOf({ partition, kind, key }))?.version ?? null;
      if (expect.some((expected) => versionOf(expected) !== expected.version)) throw new Error("nobody else writes");
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
