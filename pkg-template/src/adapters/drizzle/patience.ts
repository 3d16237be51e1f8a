// When a locked database is tried again, and for how long.

import { RegateError } from "../../errors.js";
import type { MaybePromise } from "../../host.js";

// Longer than any commit, and shorter than a platform waits for an answer.
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 50;

/** Runs something again while somebody else has the database locked. What it does must be all or nothing. */
export async function withPatience<T>(attempt: () => MaybePromise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!isLocked(thrown)) throw thrown;
      if (Date.now() >= until) {
        throw new RegateError("database_busy", `the database was locked for ${PATIENCE_MS / 1000} seconds`, {
          help: "somebody holds a transaction open: end it sooner",
          cause: thrown,
        });
      }
    }
    // At random, so that two who wait do not meet again.
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

// Drizzle wraps what the driver throws, and drivers wrap what SQLite says.
function isLocked(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
    const code: unknown = Reflect.get(error, "code");
    if (typeof code === "string" && /^SQLITE_(BUSY|LOCKED)/.test(code)) return true;
  }
  return false;
}
