// A Worker whose Durable Objects hold one partition each, in their own SQLite, and whose methods are a store's.

import { DurableObject } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { createTables, drizzleStore } from "regate/adapters/drizzle";
import { handlersOf } from "./actions.js";

export { RunObject } from "./run-object.js";

export class Partition extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.db = drizzle(ctx.storage);
    this.store = drizzleStore(this.db, { partition: ctx.id.name });
    ctx.blockConcurrencyWhile(() => createTables(this.db));
  }

  read(keys) {
    return this.store.read(keys);
  }

  commit(commit) {
    return this.store.commit(commit);
  }

  list(query) {
    return this.store.list(query);
  }
}

let handlers;

export default {
  fetch(request, env) {
    handlers ??= handlersOf(env);
    const { pathname } = new URL(request.url);
    const found = handlers.find(({ base }) => pathname.startsWith(`${base}/`));
    return found?.handle(request) ?? new Response("the tests call the objects themselves", { status: 404 });
  },
};
