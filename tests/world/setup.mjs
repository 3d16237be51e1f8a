// What administrators do: rules, policy sets, providers, settings and workspaces come, change and go while plans are delivered.

import { SOURCES } from "./policies.mjs";
import { ADMINISTRATOR } from "./people.mjs";

const MOST = { approval_rule: 4, policy_set: 3, external_check_provider: 2 };
const CONDITIONS = [
  null,
  { type: "always" },
  { type: "destroyed_gt", value: 0 },
  { type: "destroyed_gt", value: 1 },
  { type: "added_gt", value: 0 },
  { type: "changed_gt", value: 1 },
  { type: "trigger_is", value: "push" },
  { type: "trigger_is", value: "pr" },
];

export function setupOperations({ journal, ids }, { pick, often, below }, { as, organisation, teams }) {
  const name = (kind, org) => `${kind} ${org} ${++ids.made}`;
  const scope = (org) => pick([{}, {}, { project_id: "p-1" }, { workspace_id: org === "o-1" ? pick(["w-1", "w-2"]) : "w-1" }]);
  const escalation = () => (often(0.5) ? { timeout_hours: 1 + below(5), escalation_action: pick(["auto_approve", "reject", "escalate_to"]), escalation_team_id: pick(teams) } : {});
  const approver = () => {
    const approver_type = pick(["team", "team", "org_role", "user"]);
    if (approver_type === "org_role") return { approver_type, approver_role: pick(["member", "admin"]) };
    return { approver_type, approver_id: pick(approver_type === "team" ? teams : ["ann", "bob"]) };
  };
  const terms = () => ({ min_approvals: often(0.75) ? 1 : 2, stage: 1 + below(3), condition: pick(CONDITIONS), forbid_self_approval: often(0.2) });
  const known = (org, kind) => [...journal.setup(org)[kind].values()];
  // By whoever may, and now and then by somebody who may not.
  const service = (org) => as(often(0.92) ? ADMINISTRATOR[org] : "bob", org);
  const some = (kind, { create, change, remove }) => async () => {
    const org = organisation();
    const there = known(org, kind);
    if (there.length === 0 || (there.length < MOST[kind] && often(0.45))) return create(service(org), org);
    return often(0.25) || there.length > MOST[kind] ? remove(service(org), pick(there)) : change(service(org), pick(there), org);
  };

  return [
    {
      about: "setup",
      name: "change approval rules",
      weight: 3,
      act: some("approval_rule", {
        create: ({ approvalRules }, org) => approvalRules.create({ name: name("rule", org), ...approver(), ...terms(), ...escalation(), ...scope(org) }),
        change({ approvalRules }, { id }) {
          if (often(0.1)) return approvalRules.promote(id);
          return approvalRules.change(id, pick([terms(), escalation(), { enabled: often(0.7) }, { ...terms(), enabled: true }]));
        },
        remove: ({ approvalRules }, { id }) => approvalRules.delete(id),
      }),
    },
    {
      about: "setup",
      name: "change policy sets",
      weight: 4,
      act: some("policy_set", {
        create: ({ policySets }, org) => policySets.create({ name: name("set", org), enforcement: pick(["mandatory", "advisory", "advisory"]), ...scope(org) }),
        change: changeSet,
        remove: ({ policySets }, { id }) => policySets.delete(id),
      }),
    },
    {
      about: "setup",
      name: "change providers",
      weight: 3,
      act: some("external_check_provider", {
        create: ({ providers }, org) => providers.create({ name: name("scan", org), callback_url: "https://scan.example/checks", ...escalation() }),
        change: changeProvider,
        remove: ({ providers }, { provider: { id } }) => providers.delete(id),
      }),
    },
    {
      about: "setup",
      name: "change settings",
      weight: 1.5,
      async act() {
        const org = organisation();
        await service(org).settings.put({ forbid_self_approval: often(0.4), audit_masks: often(0.3) ? ["/input/user"] : [] });
      },
    },
    {
      about: "setup",
      name: "change a workspace",
      weight: 2,
      async act() {
        const org = organisation();
        const workspace = pick(known(org, "workspace"));
        const project_id = often(0.8) ? workspace.project_id : pick(["p-1", "p-2"]);
        const attributes = often(0.4) ? { environment: "production" } : {};
        await service(org).workspaces.put(workspace.id, { name: workspace.name, project_id, auto_apply: often(0.5), attributes });
      },
    },
  ];

  function changeSet({ policySets }, { id, policies, version }, org) {
    const enforce = () => policySets.change(id, pick([{ enforcement: pick(["mandatory", "advisory"]) }, { enabled: often(0.6) }]));
    const add = () => policySets.policies.add(id, { name: name("policy", org), rego_source: pick(SOURCES) });
    if (policies.length === 0) return add();
    const { id: policy } = pick(policies);
    return pick([
      enforce,
      ...(policies.length < 3 ? [add] : []),
      () => policySets.policies.change(id, policy, { rego_source: pick(SOURCES) }),
      () => policySets.policies.remove(id, policy),
      () => policySets.versions.restore(id, 1 + below(version)),
    ])();
  }

  function changeProvider({ providers }, { provider: { id, scopes }, has_secret }, org) {
    const place = pick([{ scope_type: "org", scope_id: org }, { scope_type: "project", scope_id: "p-1" }, { scope_type: "workspace", scope_id: "w-1" }]);
    if (!has_secret && often(0.7)) return providers.storeSecret(id, `secret ${++ids.made}`);
    if (scopes.length === 0) return providers.attachScope(id, place);
    return pick([
      () => providers.attachScope(id, place),
      () => providers.detachScope(id, pick(scopes)),
      () => providers.change(id, { timeout_hours: null, escalation_team_id: null, ...escalation() }),
      () => providers.storeSecret(id, `secret ${++ids.made}`),
    ])();
  }
}
