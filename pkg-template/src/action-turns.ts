// Which operations on actions take turns: those of one session, because they spend from the same accounts.

import type { Host } from "./host.js";

/** How many calls of a host are remembered until they are settled: the sessions of older ones are forgotten. */
const REMEMBERED = 10_000;

const sessions = new WeakMap<Host, Map<string, string>>();

/**
 * The turns of a decision or a settlement. Those of one session take turns; different sessions do not wait for each other, as long as
 * they do not meet: what two sessions spend from together, such as the budget of an agent, is decided in turns of the organisation
 * from the first conflict on.
 */
export function turnsOfSession(orgId: string, session: string): readonly string[] {
  return [`actions ${orgId} session ${session}`, ...turnsOfOrganisation(orgId)];
}

/** The turns of everything else that changes something: the set-up, approvals, runs that begin anew. */
export function turnsOfOrganisation(orgId: string): readonly string[] {
  return [`actions ${orgId}`];
}

/** The turns of what is said of a call by the id of its reservation. */
export function turnsOfReservation(host: Host, orgId: string, reservationId: string): readonly string[] {
  const session = sessions.get(host)?.get(`${orgId} ${reservationId}`);
  // That of another process: nobody here decides on its session, as far as is known.
  if (session === undefined) return [`actions ${orgId} reservation ${reservationId}`, ...turnsOfOrganisation(orgId)];
  return turnsOfSession(orgId, session);
}

/** Remembers the session of a call, for speed alone: what keeps operations apart is the commit. */
export function rememberSession(host: Host, orgId: string, reservationId: string, session: string): void {
  const known = sessions.get(host) ?? new Map<string, string>();
  sessions.set(host, known);
  known.set(`${orgId} ${reservationId}`, session);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
}
