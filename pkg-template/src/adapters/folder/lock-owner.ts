// Who holds a lock, as the lock says it, and whether that process has ended.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { hostname } from "node:os";

/** A process that made a file. */
export interface Owner {
  /** Of this one file. */
  token: string;
  pid: number;
  host: string;
  /** In which the number of the process means something; absent where the system has but one. */
  pids?: string;
  /** Since when the machine runs; absent where the system does not say. */
  boot?: string;
}

/** How old a lock may be whose process cannot be asked after: it is held for the time of one commit. */
const UNKNOWN_MS = 20_000;

/** This process as the owner of a file. */
export function thisProcess(): Owner {
  const [pids, boot] = [pidNamespace(), bootId()];
  return { token: randomUUID(), pid: process.pid, host: hostname(), ...(pids === undefined ? {} : { pids }), ...(boot === undefined ? {} : { boot }) };
}

/** The owner that a text names; undefined for a text that names none. */
export function ownerFrom(text: string): Owner | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const { token, pid, host, pids, boot } = parsed as { [name: string]: unknown };
  // The token becomes a part of the name of a file.
  const isOwner = typeof token === "string" && /^[\w-]{1,64}$/.test(token) && Number.isSafeInteger(pid) && (pid as number) > 0 && typeof host === "string";
  if (!isOwner) return undefined;
  return { token, pid: pid as number, host, ...(typeof pids === "string" ? { pids } : {}), ...(typeof boot === "string" ? { boot } : {}) };
}

/**
 * Whether the process that made the file at a path has ended.
 *
 * INVARIANT (known): a number says something of a process only where both count the same processes. Elsewhere on a machine of this name,
 * as in another container or before a restart, the age of the file decides. Of the processes of another machine nothing is known.
 */
export function hasEnded({ pid, host, pids, boot }: Owner, path: string): boolean {
  if (host !== hostname()) return false;
  // A number of this very process may be that of one before it, and is no sign either.
  if (pids !== pidNamespace() || boot !== bootId() || pid === process.pid) return isOld(path);
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Whether a file is older than a commit takes. */
export function isOld(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  // It changes for the last time when it becomes a lock.
  return stats !== undefined && Date.now() - stats.ctimeMs > UNKNOWN_MS;
}

function pidNamespace(): string | undefined {
  return known(() => readlinkSync("/proc/self/ns/pid"));
}

function bootId(): string | undefined {
  return known(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
}

// Where a system says nothing of this kind.
function known(ask: () => string): string | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
