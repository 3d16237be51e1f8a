// The lock of a folder: a file that one process at a time can make. What a process left that has ended is taken away.

import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { RegateError } from "../../errors.js";

/** Who holds a lock. */
interface Owner {
  token: string;
  pid: number;
  host: string;
}

/** How old a lock with the number of this very process may be: it is held for the time of one commit. */
const OWN_MS = 20_000;
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/** A lock. Those of one process that wait for it come one after the other, too. */
export class FolderLock {
  readonly #path: string;
  readonly #waitMs: number;

  constructor(path: string, waitMs: number) {
    this.#path = path;
    this.#waitMs = waitMs;
  }

  /** Does something that nobody else does at the same time. It must not wait for anything. */
  async during<T>(act: () => T): Promise<T> {
    const token = await this.#taken();
    try {
      return act();
    } finally {
      rmSync(this.#path, { force: true });
      rmSync(this.#ownPath(token), { force: true });
    }
  }

  #ownPath(token: string): string {
    return `${this.#path}.${token}`;
  }

  async #taken(): Promise<string> {
    const token = randomUUID();
    const own = this.#ownPath(token);
    // INVARIANT (whole): the lock has all of its text from the first moment on, because it is a second name of a file that has.
    writeFileSync(own, JSON.stringify({ token, pid: process.pid, host: hostname() } satisfies Owner), { flag: "wx" });
    const deadline = Date.now() + this.#waitMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        linkSync(own, this.#path);
        return token;
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") {
          rmSync(own, { force: true });
          throw thrown;
        }
      }
      if (this.#takenAway()) continue;
      if (Date.now() > deadline) {
        rmSync(own, { force: true });
        throw new RegateError("folder_locked", `another process holds \`${this.#path}\``, { help: "where no other process is at work, delete the file" });
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pause));
    }
  }

  /**
   * Takes away the lock of a process that has ended; whether it is gone.
   *
   * INVARIANT (its own lock alone): only who makes the file that is named after a lock takes that lock away, so that nobody takes a
   * newer one in its place.
   */
  #takenAway(): boolean {
    const owner = ownerOf(this.#path);
    if (owner === undefined) return true;
    if (!hasEnded(owner, this.#path)) return false;
    const claim = `${this.#ownPath(owner.token)}.ended`;
    try {
      writeFileSync(claim, "", { flag: "wx" });
    } catch {
      return false;
    }
    try {
      if (ownerOf(this.#path)?.token === owner.token) rmSync(this.#path, { force: true });
      rmSync(this.#ownPath(owner.token), { force: true });
    } finally {
      rmSync(claim, { force: true });
    }
    return true;
  }
}

// Undefined where there is no lock any more.
function ownerOf(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Owner;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new RegateError("folder_locked", `\`${path}\` is no lock of this store`, { help: "where no other process is at work, delete the file" });
  }
}

function hasEnded({ pid, host }: Owner, path: string): boolean {
  // Of the processes of another machine nothing is known.
  if (host !== hostname()) return false;
  if (pid === process.pid) {
    const stats = statSync(path, { throwIfNoEntry: false });
    // The name that makes it the lock was its last change.
    return stats !== undefined && Date.now() - stats.ctimeMs > OWN_MS;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
}
