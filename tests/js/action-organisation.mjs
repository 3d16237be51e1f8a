// An organisation with action policies on a host's store: people, agents, a clock that tests move, and what was told.

import { actions, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";

/** Milliseconds. */
export const SECOND = 1000;
export const HOUR = 3_600_000;

const VERBS = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];

/** Who asks: a role in the organisation, what they may do, and whether a person is there. */
const PEOPLE = {
  adam: { org_role: "admin", may: VERBS, is_session: true },
  ann: { org_role: "member", may: ["read", "approve", "reject"], is_session: true },
  bob: { org_role: "member", may: ["read", "approve", "reject"], is_session: true },
  eve: { org_role: "member", may: ["read"], is_session: true },
  agent: { org_role: null, may: ["trigger"], is_session: false },
};

/** An organisation with these policies and settings. `later` answers of the store come after others had their turn. */
export async function organisation({ policies = [], settings, functions = {}, later = false } = {}) {
  const store = memoryStore();
  const clock = { now: Date.UTC(2024, 10, 20, 12) };
  const told = [];
  let ids = 0;
  const soon = () => new Promise((resolve) => setTimeout(resolve, 1));
  const slow = {
    read: async (keys) => (await soon(), store.read(keys)),
    commit: async (commit) => (await soon(), store.commit(commit)),
    list: async (query) => (await soon(), store.list(query)),
  };
  const people = {
    who: ({ asker }) => (Object.hasOwn(PEOPLE, asker) ? { id: asker, email: `${asker}@example.com`, ...PEOPLE[asker] } : null),
    now: () => clock.now,
  };
  await setUp(hostOver(store, { ...people, notify() {}, newId: () => `p-${++ids}` }), policies, settings);
  const host = hostOver(later ? slow : store, { ...people, notify: (notices) => void told.push(...notices), newId: () => `id-${++ids}`, ...functions });
  const service = actions(host, { org_id: "o-1", asker: "agent" });
  const as = (name) => service.as(name);
  const partition = "actions/o-1";
  const kept = (kind) => store.list({ partition, kind, limit: 1000, cursor: null }).records.map(({ value }) => value);
  // Without what setting up has entered into the log: its ids begin with `p-`.
  const all = (kind) => kept(kind).filter(({ decision_id }) => !decision_id?.startsWith("p-"));
  const audit = () => all("audit").map(({ path, result }) => (result?.decision === undefined ? path : `${path} ${result.decision}`));
  /** What a session has spent. */
  const spent = (session = "") => store.read([{ partition, kind: "action_account", key: `session/${session}` }])[0]?.value.spent ?? "0";
  return { store, host, clock, told, service, as, all, audit, spent };
}

// Policies get the ids p-1, p-2, ... and their names.
async function setUp(host, policies, settings) {
  const service = actions(host, { org_id: "o-1", asker: "adam" });
  for (const [at, fields] of policies.entries()) await service.policies.create({ name: `policy ${at + 1}`, ...fields });
  if (settings !== undefined) await service.settings.put(settings);
}
