// Sends the request of an external check: signed by the host, tried again where the network or the server failed.

import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import { askHost, withHost } from "./host-calls.js";
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
  const { provider_id, sign_message, callback_url, body, delivery } = notice;
  const url = new URL(callback_url);
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
    return (first === 100 && second >= 64 && second < 128) || (first === 169 && second === 254) || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168);
  }
  if (!name.startsWith("[")) return false;
  // The unspecified and the loopback address, unique local and link local ones, and those that wrap an IPv4 address.
  return /^\[(::|::1|f[cd][0-9a-f]*:.*|fe[89ab][0-9a-f]:.*|::ffff:.*|64:ff9b:.*)\]$/.test(name);
}
