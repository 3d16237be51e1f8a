// Organisations for the benchmark of governance: a host over a store, and what is set up.

import { governance, hostOver } from "regate";

/** Milliseconds. */
export const HOUR = 3_600_000;
/** When the stored runs and the measured ones are. */
export const START = Date.UTC(2024, 10, 20, 12);

const VERBS = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];

/** Governance of an organisation on a store. Everybody is in every team; `admin` administers, `ci` starts runs, whoever else asks votes. */
export function organisationOn(store, orgId, clock = { now: START }) {
  const host = hostOver(store, {
    who: ({ asker }) => ({ id: asker, email: null, org_role: asker === "admin" ? "admin" : "member", is_session: asker !== "ci", may: VERBS }),
    isMember: () => true,
    notify: () => {},
    now: () => clock.now,
  });
  const service = governance(host, { org_id: orgId });
  return { clock, as: (name) => service.as(name), sweep: (options) => service.sweep(options) };
}

// One approval lets a run of `one` go on; a run of `many` waits for more people than ever vote. All other rules and all policies are asked
// about every run, and say nothing of it.
/** Sets up two workspaces, policy sets with a policy each, and approval rules. */
export async function setUp({ as }, { sets, rules }) {
  const admin = as("admin");
  const team = { approver_type: "team", approver_id: "t-1", timeout_hours: 24 };
  const asked = [
    { ...team, name: "one", workspace_id: "one" },
    { ...team, name: "many", workspace_id: "many", min_approvals: 100_000 },
    ...Array.from({ length: rules - 2 }, (_, at) => ({ ...team, name: `rule ${at}`, condition: { type: "destroyed_gt", value: 1_000 + at } })),
  ];
  for (const id of ["one", "many"]) await admin.workspaces.put(id, { name: id, project_id: "p-1" });
  for (const rule of asked) await admin.approvalRules.create(rule);
  for (let at = 0; at < sets; at++) {
    const { id } = await admin.policySets.create({ name: `set ${at}` });
    await admin.policySets.policies.add(id, { name: "policy", rego_source: policy(at) });
  }
}

function policy(at) {
  return `package forgecroft.policy

import rego.v1

deny contains message if {
  some change in input.plan_changes.destroyed
  change.type == "aws_thing_${at}"
  message := sprintf("%s would be destroyed", [change.address])
}
`;
}

/** A plan of two changes. */
export const PLAN = JSON.stringify({
  format_version: "1.2",
  terraform_version: "1.9.8",
  resource_changes: [["delete"], ["create"]].map((actions, at) => ({
    address: `aws_instance.web[${at}]`,
    mode: "managed",
    type: "aws_instance",
    name: "web",
    index: at,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: {
      actions,
      before: at === 0 ? { size: "small" } : null,
      after: at === 0 ? null : { size: "large" },
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
    },
  })),
});

/** A run whose small plan was delivered. */
export async function plannedRun({ as }, workspace_id) {
  const { id } = await as("ci").runs.create({ workspace_id, trigger: "push" });
  const { run } = await as("ci").runs.deliverPlan(id, PLAN);
  if (run.status !== "pending_approval") throw new Error(`the run of the benchmark must wait, and is ${run.status}`);
  return id;
}
