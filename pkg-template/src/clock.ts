// The time of a call, as the engine takes it: the engine has no clock of its own.

import { RegateError } from "./errors.js";

/** The last time that a JS Date can say. */
export const MAX_TIME_MS = 8.64e15;

/** Whole milliseconds since 1970: what the caller gave, or now. */
export function wholeMs(nowMs: number | undefined): number {
  const now = nowMs ?? Date.now();
  if (Number.isFinite(now) && now >= 0) return Math.trunc(now);
  throw new RegateError("malformed_request", "`nowMs` is not a time in milliseconds since 1970", { path: "/now_ms" });
}
