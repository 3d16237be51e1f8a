// What the store was told, commit by commit: each is checked against the one before it, and what was set up is kept for the model.

import { History } from "./history.mjs";
import { ORGS, People } from "./people.mjs";
import { checkRunCommit } from "./run-commits.mjs";

/** The kinds of record that say what an organisation has set up. */
const SETUP_KINDS = ["policy_set", "policy_source", "approval_rule", "external_check_provider", "settings", "workspace"];
const empty = Object.fromEntries(SETUP_KINDS.map((kind) => [kind, new Map()]));

export class Journal {
  /** What was broken, as sentences. A violation is not thrown where it is found: the driver would take it for a failure of the store. */
  violations = [];
  /** Records by partition, then by kind, then by key, as they stand. */
  partitions = new Map();
  /** Every record of the decision log, by partition, in order. */
  audits = new Map();
  /** Everything that the policies were said to have found, by run. */
  results = new Map();
  /** Notices by id, as they were committed, and those that were told. */
  notices = new Map();
  told = new Map();
  /** Answers of providers that the host found right, as "provider run". */
  verified = new Set();
  /** The plan of each plan run, as its actions. */
  plans = new Map();
  /** Which contents stand behind a revision, where they are known for sure. */
  revisions = new Map();
  #operations = new Map();
  #performed = new Set();

  constructor(moments, clock, choices) {
    this.moments = moments;
    this.clock = clock;
    this.setups = Object.fromEntries(ORGS.map((org) => [org, new History(moments, empty)]));
    this.people = Object.fromEntries(ORGS.map((org) => [org, new People(moments, org, choices)]));
  }

  violation(text) {
    this.violations.push(text);
  }

  /** An operation begins under an id: what it sees is from now on. `plan` is what it delivers. */
  begin(id, plan) {
    this.#operations.set(id, { from: this.moments.next(), plan });
  }

  operation(id) {
    return this.#operations.get(id) ?? { from: 0 };
  }

  /** The runs of an organisation, in the order of their creation. */
  runs(org) {
    return [...this.partitions.values()].flatMap((kinds) => [...(kinds.governed_run?.values() ?? [])]).filter(({ org_id }) => org_id === org);
  }

  setup(org) {
    return this.setups[org].last;
  }

  /** Whether the store has performed a commit. */
  hasPerformed({ partition, idempotency_key }) {
    return this.#performed.has(`${partition} ${idempotency_key}`);
  }

  /** The store has answered a commit with "ok". */
  committed(commit) {
    // A repeated commit changes nothing.
    if (this.hasPerformed(commit)) return;
    const { partition, idempotency_key } = commit;
    const name = `${partition} ${idempotency_key}`;
    this.#performed.add(name);
    this.moments.next();
    const before = this.partitions.get(partition) ?? {};
    const after = changed(before, commit);
    this.partitions.set(partition, after);
    for (const { kind, key, value } of [...commit.put, ...commit.append]) {
      if (kind === "outbox" && value !== null) this.#told(key, value);
      if (kind === "policy_results") this.results.set(key, [...(this.results.get(key) ?? []), value.policy_results]);
      if (kind === "audit") this.audits.set(partition, [...(this.audits.get(partition) ?? []), value]);
    }
    if (partition.startsWith("org/")) return this.#setUp(partition.slice(4), commit);
    if (!partition.startsWith("run/")) return this.violation(`a commit touches ${partition}`);
    try {
      checkRunCommit({ commit, before, after, journal: this });
    } catch (thrown) {
      this.violation(`${name}: ${thrown.message}`);
    }
  }

  #told(id, notice) {
    if (this.notices.has(id)) this.violation(`two things are told under the id ${id}`);
    if (notice.id !== id) this.violation(`the notice ${notice.id} is kept as ${id}`);
    this.notices.set(id, notice);
  }

  #setUp(org, { put, append }) {
    if (!ORGS.includes(org)) return this.violation(`an organisation ${org} was set up`);
    const records = [...put, ...append].filter(({ kind }) => SETUP_KINDS.includes(kind));
    const strange = [...put, ...append].find(({ kind }) => ["governed_run", "audit", "outbox"].includes(kind));
    if (strange !== undefined) this.violation(`a ${strange.kind} was committed with what ${org} has set up`);
    const kinds = changed(this.setups[org].last, { put: records, append: [] });
    this.setups[org].become(kinds);
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
