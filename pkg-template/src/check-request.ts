// Sends the request of an external check: signed by the host, tried again where the network or the server failed.

import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, withHost } from "./host-calls.js";
import { requireKnownOptions } from "./options.js";
import type { Notice } from "./wire.js";

/** The notice of a check that a provider is asked for. */
export type CheckRequest = Extract<Notice, { kind: "external_check_requested" }>;

/** What a sender may be told. */
export interface RequestCheckOptions {
  /** How it is sent. Default: the platform's `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Whether addresses of the own machine and of private networks may be called. Default: they are refused. */
  allowPrivateAddresses?: boolean;
}

/**
 * Sends a provider the request of an `external_check_requested` notice, as the notice's `delivery` says: with the host's signature, a
 * limit on time, and growing pauses between the tries. Gives the status of the provider's answer.
 *
 * Call it from the host's `notify`. It throws `check_not_delivered` when no try was answered with less than 500; the requirement stays
 * open then, and its timeout decides. A redirect is an answer and is not followed. Names are not resolved: where a name may lead
 * into a private network, let the network refuse it.
 */
export async function requestCheck(notice: CheckRequest, host: Host, options: RequestCheckOptions = {}): Promise<number> {
  requireKnownOptions(options, ["fetch", "allowPrivateAddresses"], "requestCheck()");
  const { provider_id, sign_message, callback_url, body, delivery } = notice;
  const url = addressOf(callback_url);
  if (url.protocol !== "https:") throw notDelivered("its address is not https");
  if (options.allowPrivateAddresses !== true && isPrivate(url.hostname)) throw notDelivered("its address is of this machine or of a private network");
  if (host.sign === undefined) throw notDelivered("the host has no sign()");
  const token = await withHost(() => askHost("sign", () => host.sign?.(provider_id, sign_message) ?? ""));
  const init = { method: "POST", redirect: "manual", headers: { "content-type": "application/json", authorization: `Bearer ${token}` }, body: JSON.stringify(body) } as const;
  const send = options.fetch ?? fetch;
  let failure = "";
  for (let attempt = 0; attempt < delivery.tries; attempt++) {
    if (attempt > 0) await pause(delivery.first_pause_ms * 2 ** (attempt - 1));
    try {
      const { status } = await send(url.href, { ...init, signal: AbortSignal.timeout(delivery.timeout_ms) });
      // A redirect that is not followed has the status 0 in a browser.
      if (status < 500) return status;
      failure = `it answered ${status}`;
    } catch (thrown) {
      failure = thrown instanceof Error && thrown.name === "TimeoutError" ? `it did not answer within ${delivery.timeout_ms} ms` : "it could not be reached";
    }
  }
  throw notDelivered(`${failure}, ${delivery.tries} times`);
}

function addressOf(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw notDelivered("its address is none");
  }
}

function notDelivered(why: string): RegateError {
  return new RegateError("check_not_delivered", `the provider was not asked: ${why}`, { help: "the check stays open; its timeout decides" });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// URL has written every form of an IPv4 address as four decimal numbers, and of an IPv6 address in brackets, shortened.
function isPrivate(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || /\.(localhost|local|internal)$/.test(name)) return true;
  const parts = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(name);
  if (parts !== null) {
    const [first, second] = [Number(parts[1]), Number(parts[2])];
    if ([0, 10, 127].includes(first) || first >= 224) return true;
    if (first === 100) return second >= 64 && second < 128;
    if (first === 169) return second === 254;
    if (first === 172) return second >= 16 && second < 32;
    // Of 192.0 the first 256 alone, but nothing public lies in the rest.
    if (first === 192) return second === 168 || second === 0;
    return first === 198 && (second === 18 || second === 19);
  }
  if (!name.startsWith("[")) return false;
  // Public addresses begin with 2 or 3, and those of 2002 wrap an IPv4 address.
  const first = /^\[([0-9a-f]{1,4}):/.exec(name)?.[1]?.padStart(4, "0") ?? "";
  return !/^[23]/.test(first) || first === "2002";
}
