// The console's host: the store in IndexedDB, the fixed people, a clock that can be moved ahead, and a desk that keeps what is sent.
import { hostOver, providerTokens, type Host } from "regate";
import { indexedDbStore } from "regate/adapters/indexeddb";
import { examplePolicies } from "../examples";
import type { Desk } from "./desk";
import { membersOf, personOf, rightsOf, teamOf } from "./organisation";

/** The database of the records. The editor's drafts have another one. */
export const STORE = "regate-console";

/** How far the clock is ahead; read before each operation, because another tab may have moved it. */
export interface Clock {
  ahead_ms: number;
}

export function nowOf(clock: Clock): number {
  return Date.now() + clock.ahead_ms;
}

export function consoleHost(desk: Desk, clock: Clock): Host {
  const now = (): number => nowOf(clock);
  return hostOver(indexedDbStore({ name: STORE }), {
    who({ asker, resource }) {
      const person = personOf(typeof asker === "string" ? asker : null);
      if (person === undefined) throw new Error("nobody is acting");
      const { id, email, org_role, is_session } = person;
      return { id, email, org_role, is_session, may: rightsOf(person, resource) };
    },
    notify: (notices) => desk.keepSent(notices, now()),
    user: (id) => personOf(id) ?? null,
    team: (idOrName) => teamOf(idOrName) ?? null,
    isMember: (userId, teamId) => membersOf(teamId).some(({ id }) => id === userId),
    files: (folder) => filesOf(folder),
    now,
    newId: () => newestFirstId(now()),
    ...providerTokens((providerId) => desk.secretOf(providerId)),
    storeSecret: (providerId, secret) => desk.keepSecret(providerId, secret),
  });
}

// The folders that sets from git name are those of the examples.
function filesOf(folder: string): { path: string; text: string }[] | null {
  const files = examplePolicies.filter(({ set }) => `policies/${set}` === folder);
  return files.length === 0 ? null : files.map(({ file, source }) => ({ path: `${folder}/${file}`, text: source }));
}

const LATEST_MS = 8.64e15;
let lastMs = 0;

// Ids that sort backwards in time: the store's lists, which go by ids, are newest first.
function newestFirstId(nowMs: number): string {
  lastMs = Math.max(lastMs + 1, Math.trunc(nowMs));
  const chance = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return `${(LATEST_MS - lastMs).toString(36).padStart(11, "0")}-${chance.toString(36).padStart(7, "0")}`;
}
