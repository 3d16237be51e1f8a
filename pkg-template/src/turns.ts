// Turns: operations on the same records that run at once meet conflicts, and all but one are done in vain. So those of one process
// take turns. That is for speed alone: what keeps them apart is the commit.

import type { Host } from "./host.js";

/** The operations that take turns, each beginning when those before it have ended. */
interface Queue {
  /** The ticket of the next that comes, and of the one whose turn it is. */
  next: number;
  serving: number;
  /** Those behind the one whose turn it is that have ended. */
  over: Set<number>;
  /** What wakes whoever waits, by ticket. */
  waiting: Map<number, () => void>;
  /** How many ended in their turn: whoever waits sees by this that it goes on. */
  ended: number;
}

const queues = new WeakMap<Host, Map<string, Queue>>();

/** How long an operation waits while the one whose turn it is does not end. */
const STUCK_MS = 2000;

// In a Worker an operation belongs to a request, and the platform lets no request go on by what another one does: it may take a
// promise across for a hung request, or refuse its I/O. There whoever waits looks again, by timers of its own.
const mayWakeOthers = (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent !== "Cloudflare-Workers" && !("EdgeRuntime" in globalThis);
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 50;

/**
 * Does something when all that came before it under the name has ended. Without a name it is done at once.
 *
 * INVARIANT (no deadlock): nobody waits for ever. A callback of the host that uses the service would wait for the operation that
 * waits for it; an operation may never end, as where a server drops a request. So who waits in a queue that is stuck goes on without
 * a turn, and who comes later finds a new queue.
 */
export async function inTurn<T>(host: Host, name: string | undefined, act: () => Promise<T>): Promise<T> {
  if (name === undefined) return act();
  const named = queues.get(host) ?? new Map<string, Queue>();
  queues.set(host, named);
  const queue = named.get(name) ?? { next: 0, serving: 0, over: new Set<number>(), waiting: new Map<number, () => void>(), ended: 0 };
  named.set(name, queue);
  const ticket = queue.next++;
  const leave = (): void => {
    if (named.get(name) === queue) named.delete(name);
  };
  const isTurn = await turn(queue, ticket);
  if (!isTurn) leave();
  try {
    return await act();
  } finally {
    if (isTurn) queue.ended++;
    queue.over.add(ticket);
    while (queue.over.delete(queue.serving)) queue.serving++;
    if (queue.serving === queue.next) leave();
    queue.waiting.get(queue.serving)?.();
  }
}

// Whether the turn came; false where the queue is stuck.
async function turn(queue: Queue, ticket: number): Promise<boolean> {
  while (queue.serving !== ticket) {
    const { ended } = queue;
    if (mayWakeOthers) await woken(queue, ticket);
    else await lookedAgain(queue, ticket);
    if (queue.serving !== ticket && queue.ended === ended) return false;
  }
  return true;
}

/** Until somebody says that the turn has come, or for as long as a turn may take. */
async function woken(queue: Queue, ticket: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, STUCK_MS);
    queue.waiting.set(ticket, () => {
      clearTimeout(timer);
      resolve();
    });
  });
  queue.waiting.delete(ticket);
}

/** Until the turn has come, or for as long as a turn may take; who is far behind looks more seldom. */
async function lookedAgain(queue: Queue, ticket: number): Promise<void> {
  const { ended } = queue;
  for (let waited = 0; waited < STUCK_MS && queue.serving !== ticket && queue.ended === ended; ) {
    const pause = Math.min(Math.max(ticket - queue.serving, FIRST_LOOK_MS), LAST_LOOK_MS);
    await new Promise((resolve) => setTimeout(resolve, pause));
    waited += pause;
  }
}
