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

/** An organisation with these policies, exceptions and settings. `later` answers of the store come after others had their turn. */
export async function organisation({ policies = [], exceptions = [], settings, functions = {}, later = false } = {}) {
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
  const host = hostOver(later ? slow : store, {
    who: ({ asker }) => (Object.hasOwn(PEOPLE, asker) ? { id: asker, email: `${asker}@example.com`, ...PEOPLE[asker] } : null),
    notify: (notices) => void told.push(...notices),
    now: () => clock.now,
    newId: () => `id-${++ids}`,
    ...functions,
  });
  setUp(store, { policies, exceptions, settings });
  const service = actions(host, { org_id: "o-1", asker: "agent" });
  const partition = "actions/o-1";
  const all = (kind) => store.list({ partition, kind, limit: 1000, cursor: null }).records.map(({ value }) => value);
  const audit = () => all("audit").map(({ path, result }) => (result?.decision === undefined ? path : `${path} ${result.decision}`));
  /** What a session has spent. */
  const spent = (session = "") => store.read([{ partition, kind: "action_account", key: `session/${session}` }])[0]?.value.spent ?? "0";
  return { store, host, clock, told, service, as: (name) => service.as(name), all, audit, spent };
}

function setUp(store, { policies, exceptions, settings }) {
  if (policies.length + exceptions.length === 0 && settings === undefined) return;
  const put = policies.map((fields, at) => ({
    kind: "action_policy",
    key: `p-${at + 1}`,
    value: { id: `p-${at + 1}`, organization_id: "o-1", current_version_id: "v-1", created_at: "", updated_at: "", newest_version: 1, name: `p-${at + 1}`, ...fields },
  }));
  for (const exception of exceptions) put.push({ kind: "action_exception", key: `${exception.policy_id}/${exception.id}`, value: { created_by: null, created_at: "", ...exception } });
  if (settings !== undefined) put.push({ kind: "action_settings", key: "all", value: settings });
  const counts = { action_policy: policies.length, action_exception: exceptions.length, action_settings: settings === undefined ? 0 : 1 };
  put.push({ kind: "configuration", key: "all", value: { changes: 1, counts, digest: `sha256:${JSON.stringify(put)}` } });
  store.commit({ partition: "actions/o-1", idempotency_key: "set-up", expect: [], put, append: [] });
}
