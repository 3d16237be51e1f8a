// The lock of a folder: a file that one process at a time can make. What a process left that has ended is taken away.

import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RegateError } from "../../errors.js";
import { hasEnded, isOld, ownerFrom, thisProcess, type Owner } from "./lock-owner.js";

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

  /**
   * Does something that nobody else does at the same time. It must not wait for anything. Before it does what cannot be undone it calls
   * `requireHeld`, which throws `folder_locked` where the lock was taken away meanwhile.
   */
  async during<T>(act: (requireHeld: () => void) => T): Promise<T> {
    const token = await this.#taken();
    try {
      this.#sweep();
      return act(() => this.#requireHeld(token));
    } finally {
      // INVARIANT (its own lock alone): what stands in the place of a lock that was taken away is somebody else's.
      if (this.#isHeld(token)) rmSync(this.#path, { force: true });
    }
  }

  #isHeld(token: string): boolean {
    return tokenIn(this.#path) === token;
  }

  #requireHeld(token: string): void {
    if (this.#isHeld(token)) return;
    throw new RegateError("folder_locked", `\`${this.#path}\` was held for so long that another process took it away`, { help: "try it again" });
  }

  async #taken(): Promise<string> {
    const owner = thisProcess();
    const deadline = Date.now() + this.#waitMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      if (this.#isMade(this.#path, owner)) return owner.token;
      if (this.#takenAway()) continue;
      if (Date.now() > deadline) {
        throw new RegateError("folder_locked", `another process holds \`${this.#path}\``, { help: "where no other process is at work, delete the file" });
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pause));
    }
  }

  /**
   * Makes a file that names its owner; false where there is one already.
   *
   * INVARIANT (whole): it has all of its text from the first moment on, because it is a second name of a file that has.
   */
  #isMade(path: string, owner: Owner): boolean {
    const fresh = `${this.#path}.${randomUUID()}`;
    try {
      writeFileSync(fresh, JSON.stringify(owner), { flag: "wx" });
      linkSync(fresh, path);
      return true;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw thrown;
    } finally {
      rmSync(fresh, { force: true });
    }
  }

  /**
   * Takes away the lock of a process that has ended; whether it is gone.
   *
   * INVARIANT (that lock alone): only who makes the file that is named after a lock, its claim, takes that lock away, so that nobody takes
   * a newer one in its place. A claim is a lock itself: one that a process left is taken away in the same way.
   */
  #takenAway(path: string = this.#path): boolean {
    const owner = ownerOf(path);
    if (owner === undefined) return true;
    if (!hasEnded(owner, path)) return false;
    const claim = `${this.#path}.${owner.token}.ended`;
    const claimant = thisProcess();
    if (!this.#isMade(claim, claimant)) {
      return isSwept(claim, (other) => other === undefined && isOld(claim)) || this.#takenAway(claim);
    }
    try {
      if (tokenIn(path) === owner.token) rmSync(path, { force: true });
    } finally {
      if (tokenIn(claim) === claimant.token) rmSync(claim, { force: true });
    }
    return true;
  }

  /** Removes what processes left beside the lock that have ended. Whoever calls this holds it. */
  #sweep(): void {
    const folder = dirname(this.#path);
    const before = `${basename(this.#path)}.`;
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (name.startsWith(before)) isSwept(path, (owner) => (owner === undefined ? isOld(path) : hasEnded(owner, path)));
    }
  }
}

/** Removes a file beside a lock that was left, as its owner says, or that it names none; whether it did. */
function isSwept(path: string, isLeft: (owner: Owner | undefined) => boolean): boolean {
  try {
    if (!isLeft(ownerFrom(readFileSync(path, "utf8")))) return false;
    rmSync(path, { force: true });
    return true;
  } catch {
    // What cannot be read or removed stays.
    return false;
  }
}

// Undefined where there is no lock any more.
function ownerOf(path: string): Owner | undefined {
  const text = textOf(path);
  if (text === undefined) return undefined;
  const owner = ownerFrom(text);
  if (owner !== undefined) return owner;
  throw new RegateError("folder_locked", `\`${path}\` is no lock of this store`, { help: "where no other process is at work, delete the file" });
}

// Undefined where there is none, and where it is none.
function tokenIn(path: string): string | undefined {
  const text = textOf(path);
  return text === undefined ? undefined : ownerFrom(text)?.token;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}
