// Two processes on one store, and everything that goes wrong between them and it.

import { createHmac } from "node:crypto";
import { hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";

/** What a process throws that ends, what a line throws that breaks, and what a server throws that is down. */
export const FAULTS = { ended: new Error("the process has ended"), lost: new Error("the line broke"), down: new Error("the server is down") };

/** The hosts of a world, and its faults: none before `faults.on` is set. */
export function hostsOf(journal, { often, below }) {
  const faults = { on: false, counts: {} };
  const fault = (kind, probability) => {
    if (!faults.on || !often(probability)) return false;
    faults.counts[kind] = (faults.counts[kind] ?? 0) + 1;
    return true;
  };
  const store = memoryStore();
  const secrets = new Map();
  const ids = { made: 0 };
  const world = { journal, store, faults, fault, secrets, ids, delivering: undefined, focus: undefined, slowness: 0, hosts: [] };
  // Others come in between: a few steps of theirs, or now and then whole operations.
  const turns = async (most) => {
    for (let left = below(most + 1) + (fault("slow answer", world.slowness) ? below(1500) : 0); left > 0; left--) await null;
  };
  world.hosts.push(hostOf(world, turns), hostOf(world, turns));
  return world;
}

function hostOf(world, turns) {
  const { journal, fault, secrets, ids } = world;
  const fails = (kind, probability, thrown) => {
    if (fault(kind, probability)) throw thrown;
  };
  return hostOver(faultyStore(world, turns), {
    who({ asker, org_id }) {
      fails("nobody answers who asks", 0.01, FAULTS.down);
      return journal.people[org_id].identity(asker);
    },
    async notify(notices) {
      await turns(2);
      fails("notify failed", 0.1, FAULTS.lost);
      for (const notice of notices) {
        if (journal.told.has(notice.id)) fault("told twice", 1);
        journal.told.set(notice.id, notice);
      }
      fails("notify failed after it told", 0.03, FAULTS.lost);
    },
    async team(idOrName, org) {
      fails("a fact failed", 0.01, FAULTS.down);
      await turns(2);
      return journal.people[org].team(idOrName);
    },
    async isMember(user, team, org) {
      fails("a fact failed", 0.01, FAULTS.down);
      await turns(2);
      return journal.people[org].isMember(user, team);
    },
    now: () => journal.clock.now,
    newId() {
      const id = `id-${++ids.made}`;
      journal.begin(id, world.delivering);
      return id;
    },
    randomSeed: () => 0,
    sign: (provider, message) => tokenOf(secrets.get(provider) ?? "", message),
    async verify(provider, message, token) {
      fails("the vault failed", 0.05, FAULTS.down);
      await turns(2);
      const secret = secrets.get(provider);
      const isRight = secret !== undefined && token === tokenOf(secret, message);
      if (isRight) journal.verified.add(`${provider} ${message.slice(provider.length + 1)}`);
      return isRight;
    },
    async storeSecret(provider, secret) {
      fails("the vault failed", 0.1, FAULTS.down);
      await turns(2);
      secrets.set(provider, secret);
      fails("the vault failed after it stored", 0.05, FAULTS.down);
    },
  });
}

/** The token of a message, as the specification has it; at once, where WebCrypto would take its time. */
export function tokenOf(secret, message) {
  return createHmac("sha256", secret).update(message).digest("hex");
}

function faultyStore({ journal, store, fault }, turns) {
  const ended = new WeakSet();
  return {
    async read(keys) {
      await turns(2);
      if (fault("crash before a read", 0.02)) throw FAULTS.ended;
      const records = store.read(keys);
      await turns(3);
      return records;
    },
    async commit(commit) {
      // A process that has ended sends nothing again.
      if (ended.has(commit)) throw FAULTS.ended;
      const end = () => {
        ended.add(commit);
        throw FAULTS.ended;
      };
      await turns(2);
      if (fault("crash before a commit", 0.03)) end();
      // Of what was performed, a store says so, however often it is asked.
      if (!journal.hasPerformed(commit) && fault("conflict", 0.08)) return "conflict";
      const answer = store.commit(commit);
      if (answer === "ok") journal.committed(commit);
      if (answer === "ok" && fault("repeat", 0.05) && store.commit(commit) !== "ok") journal.violation("a repeated commit is a conflict");
      if (answer === "ok" && fault("crash after a commit", 0.03)) end();
      if (answer === "ok" && fault("lost reply", 0.04)) throw FAULTS.lost;
      await turns(2);
      return answer;
    },
    // Short pages, so that much happens between them.
    async list(query) {
      await turns(3);
      if (fault("crash before a list", 0.005)) throw FAULTS.ended;
      const page = store.list({ ...query, limit: Math.min(query.limit, 3) });
      await turns(3);
      return page;
    },
  };
}
