// What `httpSend` keeps of responses for later evaluations, as OPA does: for as long as a response says, or a policy forces.

import { RegateError } from "./errors.js";
import { requireKnownOptions } from "./options.js";
import type { HttpSendResponse } from "./http-send.js";

/** What may be said about a cache. */
export interface HttpSendCacheOptions {
  /** How much it holds at most, in bytes. What was not used for the longest time goes first. Default: 16 MiB. */
  maxBytes?: number;
}

/** A response that is kept, with all that it went through. */
export interface KeptResponse {
  response: HttpSendResponse;
  /** The addresses that were asked for it, redirects included. */
  addresses: readonly string[];
  /** Until when it may be given without asking again, in milliseconds since 1970. */
  expiresAt: number;
}

const MAX_BYTES = 16 * 1024 * 1024;
// An entry takes more than its texts.
const BYTES_OF_ENTRY = 512;

/** Responses of `http.send` that later evaluations are given. Several `httpSend` may share one. */
export class HttpSendCache {
  readonly #entries = new Map<string, { kept: KeptResponse; bytes: number }>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(options: HttpSendCacheOptions = {}) {
    requireKnownOptions(options, ["maxBytes"], "HttpSendCache()");
    const { maxBytes = MAX_BYTES } = options;
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
      throw new RegateError("malformed_request", "`maxBytes` is a whole number from 0", { path: "/maxBytes" });
    }
    this.#maxBytes = maxBytes;
  }

  /** How many bytes it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Forgets all of it. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** @internal */
  get(key: string): KeptResponse | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // The one that was used last stands last.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return copied(entry.kept);
  }

  /** @internal */
  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  /** @internal */
  set(key: string, kept: KeptResponse): void {
    this.delete(key);
    // A character takes two bytes at the most.
    const bytes = BYTES_OF_ENTRY + 2 * (key.length + JSON.stringify(kept).length);
    if (bytes > this.#maxBytes) return;
    this.#entries.set(key, { kept: copied(kept), bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(oldest);
    }
  }
}

// INVARIANT: what is kept is nobody else's: whoever is given a response may change it.
function copied({ response, addresses, expiresAt }: KeptResponse): KeptResponse {
  const headers = Object.entries(response.headers).map(([name, values]) => [name, [...values]]);
  return { response: { ...response, headers: Object.fromEntries(headers) as HttpSendResponse["headers"] }, addresses: [...addresses], expiresAt };
}

// Those that OPA keeps.
const KEPT_STATUS_CODES = [200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501];

/** Until when a response may be given again, in milliseconds since 1970; nothing where it may not be kept. 0 is to be asked about each time. */
export function expiryOf({ status_code, headers }: HttpSendResponse, forcedSeconds: number | null, now: number): number | undefined {
  if (!KEPT_STATUS_CODES.includes(status_code)) return undefined;
  if (forcedSeconds !== null) return now + forcedSeconds * 1000;
  const directives = directivesOf(headers["cache-control"]?.[0]);
  if (directives.has("no-store")) return undefined;
  const maxAge = directives.get("max-age");
  if (maxAge !== undefined) {
    const date = timeOf(headers["date"]?.[0]);
    // Without a date nobody knows how old it is.
    return /^\d+$/.test(maxAge) && date !== undefined ? date + Number(maxAge) * 1000 : undefined;
  }
  return timeOf(headers["expires"]?.[0]) ?? 0;
}

/** The headers that ask whether a response is still what it was; none where it cannot be asked. */
export function validatorsOf({ headers }: HttpSendResponse): { [name: string]: string } {
  const [etag, lastModified] = [headers["etag"]?.[0] ?? "", headers["last-modified"]?.[0] ?? ""];
  return { ...(etag === "" ? {} : { "If-None-Match": etag }), ...(lastModified === "" ? {} : { "If-Modified-Since": lastModified }) };
}

function directivesOf(header = ""): Map<string, string> {
  const directives = new Map<string, string>();
  for (const part of header.split(",")) {
    const [name = "", value = ""] = part.split("=", 2);
    if (name.trim() !== "") directives.set(name.trim().toLowerCase(), value.trim());
  }
  return directives;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
// The three forms of dates that HTTP has, of which two are old. `Expires: 0` and such are none, and say that it has expired.
const DATES = [
  String.raw`[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) ${TIME} GMT`,
  String.raw`[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) ${TIME} GMT`,
  String.raw`[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`));

function timeOf(header = ""): number | undefined {
  const found = DATES.map((form) => form.exec(header)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  const number = (name: string): number => Number(found[name]);
  // Of two digits, those from 69 are of the last century, as Go has it.
  const century = (found["year"] ?? "").length > 2 ? 0 : number("year") < 69 ? 2000 : 1900;
  const fields = [century + number("year"), MONTHS.indexOf(found["month"] ?? ""), number("day"), number("hour"), number("minute"), number("second")] as const;
  const date = new Date(Date.UTC(...fields));
  // What is no day or no time would be another one.
  const kept = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return fields.every((field, at) => field === kept[at]) ? date.getTime() : undefined;
}
