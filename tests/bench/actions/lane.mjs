// One organisation of so many policies on the store in memory, and what is done over and over in it. Runs in Node and in workerd.

import { actions, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { BenchFailure } from "../failure.mjs";
import { RECORDS_OF_A_CALL, SESSIONS, SETTLED_USD, call, policy, timeOf } from "./workload.mjs";

const ORG = "acme";
const IDENTITY = {
  id: null,
  email: null,
  org_role: "owner",
  is_session: true,
  may: ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"],
};

export class Lane {
  #store = memoryStore();
  // Every kind that was ever written, to count by.
  #kinds = new Set();
  #ids = 0;
  // The number of the next call, and the calls that were authorized and not settled yet.
  #next = 0;
  #open = [];
  #service;
  #engine;
  #exchanges;

  constructor() {
    const host = hostOver(this.#store, {
      who: () => IDENTITY,
      notify() {},
      now: () => timeOf(this.#next),
      newId: () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`,
    });
    const { commit } = host;
    host.commit = (one) => {
      for (const { kind } of one.put) this.#kinds.add(kind);
      for (const { kind } of one.append) this.#kinds.add(kind);
      return commit(one);
    };
    this.#service = actions(host, { org_id: ORG });
  }

  /** Makes the policies, and then calls until there are so many records. */
  async fill(policies, records) {
    for (let at = 0; at < policies; at++) await this.#service.policies.create(policy(at));
    // Every session has its accounts from its first call on.
    await this.#take(SESSIONS);
    await this.#take(Math.floor((records - (await this.records())) / RECORDS_OF_A_CALL));
  }

  async #take(calls) {
    for (let at = 0; at < calls; at++) {
      await this.authorize();
      await this.settle();
    }
  }

  /** How many records there are that were not deleted: the store is asked for them. */
  async records() {
    let count = 0;
    for (const kind of this.#kinds) {
      let cursor = null;
      do {
        const page = await this.#store.list({ partition: `actions/${ORG}`, kind, limit: 100, cursor });
        count += page.records.length;
        cursor = page.cursor;
      } while (cursor !== null);
    }
    return count;
  }

  async ask() {
    allowed(await this.#service.ask(call(this.#next)));
  }

  async authorize() {
    const { reservation } = allowed(await this.#service.authorize(call(this.#next)));
    this.#open.push(reservation.id);
    this.#next++;
  }

  async settle() {
    const settled = await this.#service.settle(this.#open.shift(), SETTLED_USD);
    if (settled.status !== "settled") throw new BenchFailure(`a call was not settled: ${JSON.stringify(settled)}`);
  }

  /** Takes an engine of its own, and what crossed the door of the native one: this one must say the same to the same. */
  compare(engine, exchanges) {
    for (const [name, texts] of Object.entries({ cold: exchanges.cold, ...exchanges })) {
      for (const [request, answer] of texts) {
        const here = engine.call("perform_action", request);
        if (here === answer) continue;
        const what = "the package answers otherwise than the native engine, so they are not of one state of the sources";
        throw new BenchFailure(`${name}: ${what}:\n${here}\n${answer}`);
      }
    }
    this.#engine = engine;
    this.#exchanges = exchanges;
  }

  /** Does one part of an operation so many times: the whole of it, its calls of the engine alone, or its JSON alone. */
  async perform(operation, part, calls) {
    if (part === "whole") {
      for (let at = 0; at < calls; at++) await this[operation]();
      return;
    }
    const texts = this.#exchanges[operation];
    let length = 0;
    for (let at = 0; at < calls; at++) {
      for (const [request, answer] of texts) {
        if (part === "engine") length += this.#engine.call("perform_action", request).length;
        else length += JSON.stringify(JSON.parse(request)).length + JSON.stringify(JSON.parse(answer)).length;
      }
    }
    // Looked at, so that no work can be left out as useless.
    if (length === 0) throw new BenchFailure(`${operation}: no text crossed the engine's door`);
  }
}

function allowed(decision) {
  if (decision.decision !== "allow") throw new BenchFailure(`a call was not allowed: ${decision.message}`);
  return decision;
}
