// What the store was told, commit by commit: each is checked against everything before it.

import { Moments } from "../world/history.mjs";
import { checkCommit } from "./commits.mjs";

export const ORGS = ["o-1", "o-2"];
/** A person who may do everything, one who approves and refuses, and an agent's service. */
export const PEOPLE = {
  ada: { org_role: "admin", is_session: true, may: ["read", "write", "delete", "trigger", "approve", "reject", "abort"] },
  ann: { org_role: "member", is_session: true, may: ["read", "approve", "reject"] },
  bot: { org_role: null, is_session: false, may: ["trigger"] },
};

export class Journal {
  /** What was broken, as sentences. A violation is not thrown where it is found: the driver would take it for a failure of the store. */
  violations = [];
  moments = new Moments();
  told = new Map();
  notices = new Map();
  /** What is known of each organisation beside its records. */
  known = Object.fromEntries(ORGS.map((org) => [org, { records: {}, audits: new Map(), times: new Map(), latest: 0, epochs: new Map(), ofRun: new Map(), succeeded: new Map(), calls: new Map() }]));
  people = Object.fromEntries(ORGS.map((org) => [org, { identity: (name) => ({ id: name, email: `${name}@example.com`, ...PEOPLE[name] }) }]));
  #performed = new Set();
  #begun = new Set();

  constructor(clock) {
    this.clock = clock;
  }

  violation(text) {
    this.violations.push(text);
  }

  /** An operation begins under an id. */
  begin(id) {
    if (this.#begun.has(id)) this.violation(`two operations are ${id}`);
    this.#begun.add(id);
  }

  hasPerformed({ partition, idempotency_key }) {
    return this.#performed.has(`${partition} ${idempotency_key}`);
  }

  /** The store has answered a commit with "ok". */
  committed(commit) {
    // A repeated commit changes nothing.
    if (this.hasPerformed(commit)) return;
    const { partition, idempotency_key } = commit;
    this.#performed.add(`${partition} ${idempotency_key}`);
    const org = ORGS.find((known) => partition === `actions/${known}`);
    if (org === undefined) return this.violation(`a commit touches ${partition}`);
    const known = this.known[org];
    const before = known.records;
    known.records = changed(before, commit);
    for (const { kind, key, value } of commit.put) {
      if (kind !== "outbox" || value === null) continue;
      if (this.notices.has(key)) this.violation(`two things are told under the id ${key}`);
      this.notices.set(key, value);
    }
    try {
      checkCommit({ commit, before, after: known.records, known, isBegun: this.#begun.has(idempotency_key) });
    } catch (thrown) {
      this.violation(`${partition} ${idempotency_key}: ${thrown.message}`);
    }
  }
}

/** Records by kind and key after a commit; those before stay as they are. */
function changed(before, { put, append }) {
  const after = { ...before };
  const copied = new Set();
  for (const { kind, key, value } of structuredClone([...put, ...append])) {
    if (!copied.has(kind)) after[kind] = new Map(after[kind]);
    copied.add(kind);
    if (value === null) after[kind].delete(key);
    else after[kind].set(key, value);
  }
  return after;
}
