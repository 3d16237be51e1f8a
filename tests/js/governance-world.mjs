// A world for runs on a host's store: people with roles, rights and teams, a clock, and one call from a plan to a run.

import { governance, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { planOf } from "./plans.mjs";

/** Milliseconds. */
export const HOUR = 3_600_000;
const VERBS = ["read", "write", "trigger", "apply", "approve", "reject", "abort"];
/** A policy that never fires. */
export const ALLOWS = "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains \"never\" if false\n";

/** People: a role in the organisation, what they may do in workspaces, and their teams. */
const PEOPLE = {
  olga: { org_role: "owner", may: VERBS },
  adam: { org_role: "admin", may: VERBS },
  ann: { org_role: "member", may: VERBS, teams: ["t-one"] },
  bob: { org_role: "member", may: VERBS, teams: ["t-two"] },
  bea: { org_role: "member", may: VERBS, teams: ["t-two", "t-one"] },
  tim: { org_role: "member", may: ["read"], teams: ["t-one"] },
  key: { org_role: "admin", may: VERBS, is_session: false },
  ci: { org_role: null, may: ["trigger", "read"], is_session: false },
  nick: { org_role: null, may: [] },
};
const TEAMS = [{ id: "t-one", name: "one" }, { id: "t-two", name: "two" }, { id: "t-none", name: "none", is_empty: true }];

/** An organisation with one workspace, and with these rules and policy sets. */
export async function world({ workspace = {}, rules = [], policies = {}, functions = {} } = {}) {
  const store = memoryStore();
  const clock = { now: Date.UTC(2024, 10, 20, 12) };
  const told = [];
  let ids = 0;
  const host = hostOver(store, {
    who: ({ asker }) => {
      const { org_role, may, is_session = true } = PEOPLE[asker];
      return { id: asker, email: `${asker}@example.com`, org_role, is_session, may };
    },
    notify: (notices) => void told.push(...notices),
    team: (idOrName) => TEAMS.find(({ id }) => id === idOrName) ?? TEAMS.find(({ name }) => name === idOrName) ?? null,
    isMember: (user, team) => PEOPLE[user].teams?.includes(team) ?? false,
    now: () => clock.now,
    newId: () => `id-${++ids}`,
    randomSeed: () => 0,
    ...functions,
  });
  const service = governance(host, { org_id: "o-1" });
  const as = (name) => service.as(name);
  await as("adam").workspaces.put("w-1", { name: "shop-production", project_id: "shop", ...workspace });
  for (const rule of rules) await as("adam").approvalRules.create(rule);
  for (const [name, { rego_source, ...set }] of Object.entries(policies)) {
    const { id } = await as("adam").policySets.create({ name, ...set });
    await as("adam").policySets.policies.add(id, { name, rego_source });
  }
  const run = async (plan = planOf("destroy"), fields = {}) => {
    const created = await as("ci").runs.create({ workspace_id: "w-1", trigger: "push", ...fields });
    return (await as("ci").runs.deliverPlan(created.id, plan)).run;
  };
  const events = async (id) => (await as("adam").runs.timeline(id)).events.map(({ event_type, actor_id }) => (actor_id === null ? event_type : `${event_type} ${actor_id}`));
  return { store, host, clock, told, as, run, events };
}

/** A rule that asks a team. */
export const team = (name, more = {}) => ({ name: `team ${name}`, approver_type: "team", approver_id: `t-${name}`, ...more });
