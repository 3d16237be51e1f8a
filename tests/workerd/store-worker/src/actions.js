// Action policies behind the Worker: below `/d1` everything lies in D1, below `/objects` each organisation in a Durable Object of its own.

import { drizzle } from "drizzle-orm/d1";
import { actionHandler, hostOver, routedStore } from "regate";
import { drizzleStore } from "regate/adapters/drizzle";
import { clock } from "./host.js";

const VERBS = ["read", "write", "delete", "trigger", "approve", "reject", "abort"];

/** The handlers of the Worker, made once for each isolate: calls of one session take turns there. */
export function handlersOf(env) {
  const stores = {
    "/d1": drizzleStore(drizzle(env.DB)),
    "/objects": routedStore((partition) => env.PARTITIONS.getByName(partition)),
  };
  return Object.entries(stores).map(([base, store]) => {
    const host = hostOver(store, {
      // The console of an administrator; agents name themselves.
      who: ({ asker }) => {
        const name = asker.headers.get("x-user");
        return name === null ? null : { id: name, email: null, org_role: name === "ada" ? "admin" : null, is_session: name === "ada", may: name === "ada" ? VERBS : ["trigger"] };
      },
      notify() {},
      now: clock.now,
    });
    const org_id = (request) => request.headers.get("x-org") ?? "o-1";
    return { base, handle: actionHandler(host, { org_id, base }) };
  });
}
