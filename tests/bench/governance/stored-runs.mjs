// Runs that lie in a store before anything is measured: those of one real run, again and again under other ids.

import { memoryStore } from "regate/adapters/memory";
import { organisationOn, plannedRun, setUp } from "./organisation.mjs";

/** The organisation of the stored runs. */
export const STORED_ORG = "o-stored";

/** `count` runs, of which the first `waiting` wait and the rest was approved, as partitions. */
export async function storedRuns(count, waiting) {
  const { store, commits } = recorded();
  const organisation = organisationOn(store, STORED_ORG);
  await setUp(organisation, { sets: 1, rules: 10 });
  const waits = await plannedRun(organisation, "one");
  const ended = await plannedRun(organisation, "one");
  await organisation.as("p-1").runs.approve(ended);
  const [waitingText, endedText] = [waits, ended].map((id) => ({ id, text: JSON.stringify(partitionOf(store, commits, `run/${id}`)) }));
  return (function* () {
    yield partitionOf(store, commits, `org/${STORED_ORG}`);
    for (let at = 0; at < count; at++) {
      const { id, text } = at < waiting ? waitingText : endedText;
      yield JSON.parse(text.replaceAll(id, crypto.randomUUID()));
    }
  })();
}

/** What an organisation has set up, as one partition. */
export async function setUpRecords(orgId, setup) {
  const { store, commits } = recorded();
  await setUp(organisationOn(store, orgId), setup);
  return partitionOf(store, commits, `org/${orgId}`);
}

// A store in memory, and the commits that were performed on it.
function recorded() {
  const inner = memoryStore();
  const commits = [];
  const store = {
    read: (keys) => inner.read(keys),
    list: (query) => inner.list(query),
    commit(commit) {
      const outcome = inner.commit(commit);
      if (outcome === "ok") commits.push(commit);
      return outcome;
    },
  };
  return { store, commits };
}

function partitionOf(store, commits, partition) {
  const own = commits.filter((commit) => commit.partition === partition);
  const keys = new Map(own.flatMap(({ put, append }) => [...put, ...append]).map(({ kind, key }) => [JSON.stringify([kind, key]), { partition, kind, key }]));
  const records = store.read([...keys.values()]).map(({ kind, key, value }) => ({ kind, key, value }));
  return { partition, records, commits: own.map(({ idempotency_key }) => idempotency_key) };
}
