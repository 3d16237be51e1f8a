// Runs one case folder through the public functions of the package: the other reader of the form that `tests/cases.rs`
// describes. It needs no Node, so that it runs in a browser and in workerd too.

const NEUTRAL_ID = "00000000-0000-0000-0000-000000000000";

/**
 * What comes out of the steps of a case.
 * @param {typeof import("regate")} regate the package
 * @param {Record<string, string>} files the texts of the folder by file name
 */
export async function runCase(regate, files) {
  const { steps } = JSON.parse(files["case.json"]);
  const organisation = { store: caseStore(), ids: 0 };
  const outcomes = [];
  for (const step of steps) {
    const { pick, ...rest } = withFiles(step, files);
    const [[operation, request]] = Object.entries(rest);
    outcomes.push(picked(await attempt(regate, () => OPERATIONS[operation](regate, request, organisation)), pick));
  }
  return outcomes;
}

const OPERATIONS = {
  validate: (regate, { rego_source, ...options }) => regate.validate(rego_source, options),
  check: (regate, { modules, ...options }) => regate.check(modules, options),
  playground: (regate, { rego_source, input }) => regate.playground(rego_source, input ?? {}),
  read_plan: (regate, { plan }) => regate.readPlan(plan),
  test: (regate, { modules, data }) => regate.test(modules, { ...(data == null ? {} : { data }), nowMs: 0, seed: 0 }),
  evaluate(regate, { modules, dialect, data, entrypoint, input, limits, strict_builtin_errors }) {
    const { policy, diagnostics } = regate.compile(modules, { dialect, ...(data == null ? {} : { data }) });
    if (!policy) return { diagnostics };
    try {
      const options = { limits, strictBuiltinErrors: strict_builtin_errors, nowMs: 0, seed: 0, numbers: "exact" };
      return policy.evaluate(entrypoint, input ?? undefined, options);
    } finally {
      policy.free();
    }
  },
  preview(regate, { config, plan, context }) {
    const governance = regate.prepareGovernance(config);
    try {
      return governance.preview(plan, {
        workspace: { id: NEUTRAL_ID, name: "stub", attributes: {} },
        run: { id: NEUTRAL_ID, run_type: "plan", trigger: "push", triggered_by: "stub@example.invalid" },
        org: { id: NEUTRAL_ID },
        user: { id: NEUTRAL_ID, email: "stub@example.invalid" },
        nowMs: 0,
        ...context,
      });
    } finally {
      governance.free();
    }
  },
  administer(regate, { as, org_id, operation, facts = {} }, organisation) {
    const host = regate.hostOver(organisation.store, {
      who({ resource }) {
        const { id, email = null, org_role = null, is_session = false, may = {} } = as;
        return { id, email, org_role, is_session, may: may[`${resource.type}/${resource.id}`] ?? [] };
      },
      notify() {},
      now: () => 0,
      newId: () => `id-${++organisation.ids}`,
      user: (id) => known(facts.user, id, { id }),
      team: (team) => known(facts.team, team, { id: team, name: team }),
      files: (path) => known(facts.files, path, null),
    });
    const [[name, parameters]] = Object.entries(operation);
    return ADMINISTRATION[name](regate.governance(host, { org_id }), parameters);
  },
};

/** The public method of each operation of the wire. */
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

/** What a case says of a name, null included. */
function known(values = {}, name, otherwise) {
  return Object.hasOwn(values, name) ? values[name] : otherwise;
}

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
        .filter((record) => record.partition === partition && record.kind === kind && record.value !== null)
        .filter(({ key }) => key >= from && (to === undefined || key < to) && (cursor === null || key > cursor))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const page = structuredClone(matching.slice(0, limit));
      return { records: page, cursor: matching.length > page.length ? page.at(-1).key : null };
    },
  };
}

async function attempt(regate, run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "RegateError") throw error;
    const { code, message, help, limit, path } = error;
    if (error instanceof regate.RefusedError) {
      const diagnostics = error.diagnostics.length === 0 ? undefined : error.diagnostics;
      return { refused: plain({ code, message, path, diagnostics }) };
    }
    return { error: JSON.parse(JSON.stringify({ code, message, help, limit, path })) };
  }
}

function withFiles(value, files) {
  if (Array.isArray(value)) return value.map((item) => withFiles(item, files));
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$file === "string") return files[value.$file];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withFiles(item, files)]));
}

const ENDS = ["error", "refused"];

function picked(answer, pointers) {
  if (!pointers) return plain(answer);
  const ended = ENDS.find((end) => typeof answer[end] === "object" && answer[end] !== null);
  const chosen = pointers.filter((pointer) => ENDS.find((end) => pointer.startsWith(`/${end}/`)) === ended);
  if (ended !== undefined && chosen.length === 0) return plain(answer);
  return Object.fromEntries(chosen.map((pointer) => [pointer, plain(at(answer, pointer) ?? null)]));
}

function at(value, pointer) {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((inner, part) => (inner === null || inner === undefined ? undefined : inner[part]), value);
}

// Fields that are undefined are left out, as they are in JSON; an integer that a number cannot hold is its digits.
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? String(item) : item)));
}
