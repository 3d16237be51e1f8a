// `httpSend`: what `http.send` of a policy does, over `fetch`, for the addresses that a program allows.

import { RegateError, messageOf } from "./errors.js";
import { HttpSendCache, expiryOf, validatorsOf } from "./http-send-cache.js";
import { readBounded } from "./http-send-body.js";
import { Turns } from "./http-send-turns.js";
import { requireKnownOptions } from "./options.js";

/** What a policy sends with `http.send`. All of its fields are there, whatever the policy says. */
export interface HttpSendRequest {
  /** In upper case. */
  method: string;
  url: string;
  /** Names as HTTP writes them, such as `Content-Type`. */
  headers: { [name: string]: string };
  /** The text to send; null for none. */
  body: string | null;
  /** How long a try may take; 0 where the policy sets no bound. */
  timeout_ms: number;
  /** Whether redirects are followed. */
  enable_redirect: boolean;
  /** How often it is tried again where there is no response. */
  max_retry_attempts: number;
  /** What the policy asks of TLS, by the names of OPA without `tls_`; empty where it asks nothing. */
  tls: { [name: string]: string | true };
  /** Whether a response to an earlier evaluation may be given. */
  cache: boolean;
  /** For how long it may be, whatever the response says; null where that decides. */
  force_cache_seconds: number | null;
  /** The names of headers that do not tell requests apart. */
  cache_ignored_headers: string[];
}

/** What a host gives to it. The engine makes `body` of `raw_body`, and `status` where it is not there. */
export interface HttpSendResponse {
  status_code: number;
  /** Such as `200 OK`. */
  status?: string;
  /** Names in lower case, each with its values. */
  headers: { [name: string]: string[] };
  raw_body: string;
}

/** What may be said about `httpSend`. */
export interface HttpSendOptions {
  /**
   * Where a policy may send requests: origins, such as `https://api.example.com`, or a function that says it of an address. Redirects
   * are followed to these alone, too. There is no default: what a policy sends can reach whatever this program can.
   */
  allow: readonly string[] | ((address: URL) => boolean);
  /** How long a request may take with all of its tries and redirects, whatever the policy says. Default: 30 seconds. */
  maxTimeoutMs?: number;
  /** How many bytes of a response are read at most. Default: 8 MiB. */
  maxResponseBytes?: number;
  /** How many requests are under way at once. Others wait, which is part of the time that they may take. Default: 16. */
  maxConcurrentRequests?: number;
  /** Responses for later evaluations, where the policy asks for that. Default: one of its own. */
  cache?: HttpSendCache;
  /** How it is sent. Default: the platform's `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Who asks for what `http.send` does. */
export interface HttpSendAsking {
  /** Ends it: the evaluation that asks has ended. */
  signal?: AbortSignal;
}

/** What answers `http.send`. `evaluateAsync` says who asks. */
export type HttpSend = (request: HttpSendRequest, asking?: HttpSendAsking) => Promise<HttpSendResponse>;

const OPTIONS = ["allow", "maxTimeoutMs", "maxResponseBytes", "maxConcurrentRequests", "cache", "fetch"] as const satisfies readonly (keyof HttpSendOptions)[];
const MAX_TIMEOUT_MS = 30_000;
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
const MAX_CONCURRENT_REQUESTS = 16;
const MAX_REDIRECTS = 10;
const FIRST_PAUSE_MS = 100;

/**
 * The function for `http.send`, as `evaluateAsync` takes it. What is not allowed, and what `fetch` cannot do as the policy asks (client
 * certificates, sockets), is refused and never left out.
 *
 * ```js
 * const functions = { "http.send": httpSend({ allow: ["https://api.example.com"] }) };
 * const { value } = await policy.evaluateAsync("shop/allow", input, { functions });
 * ```
 */
export function httpSend(options: HttpSendOptions): HttpSend {
  requireKnownOptions(options, OPTIONS, "httpSend()");
  const sender: Sender = {
    isAllowed: allowed(options.allow),
    maxTimeoutMs: wholeNumber(options.maxTimeoutMs ?? MAX_TIMEOUT_MS, "maxTimeoutMs"),
    maxResponseBytes: wholeNumber(options.maxResponseBytes ?? MAX_RESPONSE_BYTES, "maxResponseBytes"),
    turns: new Turns(wholeNumber(options.maxConcurrentRequests ?? MAX_CONCURRENT_REQUESTS, "maxConcurrentRequests")),
    cache: options.cache ?? new HttpSendCache(),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  };
  return (request, asking = {}) => send(sender, request, asking);
}

interface Sender {
  isAllowed(address: URL): boolean;
  maxTimeoutMs: number;
  maxResponseBytes: number;
  turns: Turns;
  cache: HttpSendCache;
  fetch(url: string, init: RequestInit): Promise<Response>;
}

interface Sent {
  response: HttpSendResponse;
  addresses: string[];
}

async function send(sender: Sender, request: HttpSendRequest, asking: HttpSendAsking): Promise<HttpSendResponse> {
  const address = checkedAddress(sender, request);
  requirePossible(request, address);
  if (!request.cache) return (await tried(sender, request, {}, asking)).response;
  const key = keyOf(request);
  const kept = sender.cache.get(key);
  // What another `httpSend` with the same cache was led to may not be allowed here.
  const mayBeGiven = kept?.addresses.every((asked) => sender.isAllowed(new URL(asked))) === true;
  if (kept !== undefined && mayBeGiven && Date.now() < kept.expiresAt) return kept.response;
  const validators = kept !== undefined && mayBeGiven ? validatorsOf(kept.response) : {};
  sender.cache.delete(key);
  if (kept !== undefined && Object.keys(validators).length > 0) {
    const sent = await tried(sender, request, validators, asking);
    if (sent.response.status_code === 304) {
      const response = { ...kept.response, headers: { ...kept.response.headers, ...sent.response.headers } };
      return keep(sender, request, key, { response, addresses: [...kept.addresses] });
    }
    if (sent.response.status_code === 200) return keep(sender, request, key, sent);
  }
  return keep(sender, request, key, await tried(sender, request, {}, asking));
}

function keep({ cache }: Sender, request: HttpSendRequest, key: string, { response, addresses }: Sent): HttpSendResponse {
  const now = Date.now();
  const expiresAt = expiryOf(response, request.force_cache_seconds, now);
  const isOfUse = expiresAt !== undefined && (expiresAt > now || Object.keys(validatorsOf(response)).length > 0);
  if (isOfUse) cache.set(key, { response, addresses, expiresAt });
  return response;
}

// INVARIANT: a response is given to those alone that asked as it was asked for. Who forces it to be kept, and for how long, asks otherwise
// than who lets its headers decide; who sends a header that is ignored, such as one with a secret, otherwise than who does not.
function keyOf({ method, url, headers, body, enable_redirect, force_cache_seconds, cache_ignored_headers }: HttpSendRequest): string {
  const [ignored, telling] = [new Set(cache_ignored_headers), [] as [string, string | null][]];
  for (const [name, value] of Object.entries(headers)) telling.push([name, ignored.has(name) ? null : value]);
  telling.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([method, url, telling, [...ignored].sort(), body, enable_redirect, force_cache_seconds]);
}

// Tries until there is a response, with growing pauses between the tries.
function tried(sender: Sender, request: HttpSendRequest, more: { [name: string]: string }, { signal }: HttpSendAsking): Promise<Sent> {
  const { maxTimeoutMs, turns } = sender;
  const deadline = Date.now() + maxTimeoutMs;
  return within(maxTimeoutMs, signal, async (whole) => {
    const timeoutMs = request.timeout_ms === 0 ? maxTimeoutMs : Math.min(request.timeout_ms, maxTimeoutMs);
    const once = (): Promise<Sent> => within(timeoutMs, whole, (until) => followed(sender, request, more, until));
    for (let retry = 0; ; retry++) {
      try {
        return await turns.take(once, whole);
      } catch (thrown) {
        // Its turn has not come.
        if (thrown === whole.reason) throw failed(request, reasonOf(thrown));
        const pauseMs = FIRST_PAUSE_MS * 2 ** retry;
        const isLast = retry >= request.max_retry_attempts || Date.now() + pauseMs >= deadline;
        // What was refused would be refused again.
        if (thrown instanceof RegateError || isLast || whole.aborted) throw thrown;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  });
}

// Does something until its time is up, or until another signal ends it.
async function within<Given>(ms: number, parent: AbortSignal | undefined, act: (signal: AbortSignal) => Promise<Given>): Promise<Given> {
  // By hand, because a platform may forget `AbortSignal.any` of a timeout that nothing else holds.
  const controller = new AbortController();
  const end = (): void => controller.abort(parent?.reason);
  const timer = setTimeout(() => controller.abort(new DOMException("request timed out", "TimeoutError")), ms);
  if (parent?.aborted === true) end();
  parent?.addEventListener("abort", end);
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
    parent?.removeEventListener("abort", end);
  }
}

async function followed(sender: Sender, request: HttpSendRequest, more: { [name: string]: string }, signal: AbortSignal): Promise<Sent> {
  const addresses: string[] = [];
  let { method, body } = request;
  // These two are as `fetch` says them itself, and another address has another host.
  let headers = without({ ...request.headers, ...more }, ["host", "content-length"]);
  let address = checkedAddress(sender, request);
  for (;;) {
    addresses.push(address.href);
    const response = await once(sender, { method, url: address.href, headers, body, signal });
    const location = request.enable_redirect && isRedirect(response.status) ? response.headers.get("location") : null;
    if (location === null) return { response: await read(sender, { method, url: address.href }, response), addresses };
    await response.body?.cancel();
    if (addresses.length > MAX_REDIRECTS) throw failed({ method, url: address.href }, `stopped after ${MAX_REDIRECTS} redirects`);
    const next = addressOf(location, address.href);
    requireAllowed(sender, next);
    if (next.origin !== address.origin) headers = without(headers, ["authorization", "cookie", "proxy-authorization"]);
    // Only these two statuses keep what is sent.
    if (![307, 308].includes(response.status) && !["GET", "HEAD"].includes(method)) {
      [method, body] = ["GET", null];
      headers = without(headers, ["content-type", "content-encoding"]);
    }
    address = next;
  }
}

interface Attempt {
  method: string;
  url: string;
  headers: { [name: string]: string };
  body: string | null;
  signal: AbortSignal;
}

async function once({ fetch: sendBy }: Sender, { method, url, headers, body, signal }: Attempt): Promise<Response> {
  // As bytes, so that `fetch` adds no content type that the policy has not given.
  const sent = body === null ? {} : { body: new TextEncoder().encode(body) };
  let response: Response;
  try {
    response = await sendBy(url, { method, headers, ...sent, redirect: "manual", signal, ...ofBrowsers() });
  } catch (thrown) {
    throw failed({ method, url }, reasonOf(thrown));
  }
  // A browser shows neither a redirect nor where it leads, so that nobody can say whether that is allowed.
  if (response.type === "opaqueredirect") throw refused(`${method} ${url} is a redirect, which this platform does not show`);
  return response;
}

async function read(sender: Sender, asked: { method: string; url: string }, response: Response): Promise<HttpSendResponse> {
  let raw_body: string | undefined;
  try {
    raw_body = await readBounded(response, sender.maxResponseBytes);
  } catch (thrown) {
    throw failed(asked, reasonOf(thrown));
  }
  if (raw_body === undefined) throw failed(asked, `the response is larger than ${sender.maxResponseBytes} bytes`);
  const headers: [string, string[]][] = [];
  for (const [name, value] of response.headers) if (name !== "set-cookie") headers.push([name, [value]]);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers.push(["set-cookie", cookies]);
  const status = response.statusText === "" ? {} : { status: `${response.status} ${response.statusText}` };
  return { status_code: response.status, ...status, headers: Object.fromEntries(headers), raw_body };
}

// A Worker refuses what it does not know, and has neither.
function ofBrowsers(): RequestInit {
  const knows = (name: string): boolean => typeof Request === "function" && name in Request.prototype;
  return { ...(knows("credentials") ? { credentials: "omit" } : {}), ...(knows("cache") ? { cache: "no-store" } : {}) };
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function without(headers: { [name: string]: string }, names: readonly string[]): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

function checkedAddress(sender: Sender, { url, tls }: HttpSendRequest): URL {
  const address = addressOf(url);
  if (address.protocol === "unix:") throw refused("a socket of this machine cannot be asked by fetch");
  requireAllowed(sender, address);
  // The certificates that the platform trusts are those of the system, as far as it shows them.
  const asked = Object.keys(tls).find((name) => name !== "use_system_certs");
  if (asked !== undefined) throw refused(`fetch cannot do what \`tls_${asked}\` asks`);
  return address;
}

function requireAllowed(sender: Sender, address: URL): void {
  if (!["http:", "https:"].includes(address.protocol)) throw refused(`unsupported protocol scheme "${address.protocol.slice(0, -1)}"`);
  if (!sender.isAllowed(address)) throw refused(`unallowed host: ${address.host}`);
  if (address.username !== "" || address.password !== "") throw refused("an address with a user or a password is not asked; send the header `authorization`");
}

// What `fetch` would leave out or change.
function requirePossible({ method, headers, body }: HttpSendRequest, address: URL): void {
  if (body !== null && ["GET", "HEAD"].includes(method)) throw refused(`fetch sends no body with ${method}`);
  if (["CONNECT", "TRACE", "TRACK"].includes(method)) throw refused(`fetch does not send ${method}`);
  const length = new TextEncoder().encode(body ?? "").length;
  for (const [name, value] of Object.entries(headers)) {
    requireHeader(name, value);
    const [header, isOther] = [name.toLowerCase(), value.toLowerCase() !== address.host];
    if (header === "host" && isOther) throw refused("fetch sends no other `Host` than that of the address");
    if (header === "content-length" && value !== String(length)) throw refused("fetch sends no other `Content-Length` than that of the body");
    // Node puts its own in the place of these.
    if (header.startsWith("sec-fetch-")) throw refused(`fetch does not send the header \`${name}\` here`);
  }
  const sent = without(headers, ["host", "content-length"]);
  let kept: Headers;
  try {
    kept = new Request(address.href, { method, headers: sent }).headers;
  } catch {
    throw refused(`fetch does not send ${method} with these headers`);
  }
  const dropped = Object.keys(sent).find((name) => !kept.has(name));
  if (dropped !== undefined) throw refused(`fetch does not send the header \`${dropped}\` here`);
}

// One by one, and in the words of Go: what a platform says of a value has the value in it, which may be a secret.
function requireHeader(name: string, value: string): void {
  const isPossible = (value: string): boolean => {
    try {
      new Headers([[name, value]]);
      return true;
    } catch {
      return false;
    }
  };
  if (!isPossible("")) throw refused(`net/http: invalid header field name ${JSON.stringify(name)}`);
  // The platform takes ends of lines away at both ends.
  if (/[\r\n]/.test(value) || !isPossible(value)) throw refused(`net/http: invalid header field value for ${JSON.stringify(name)}`);
}

function addressOf(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch {
    // A user and a password may stand before an `@`.
    throw refused(`parse "${text.replace(/^.*@/s, "…@")}": it is no address`);
  }
}

function allowed(allow: unknown): (address: URL) => boolean {
  if (typeof allow === "function") return (address) => allow(address) === true;
  const origins = Array.isArray(allow) ? allow.map(originOf) : undefined;
  if (origins === undefined) {
    throw new RegateError("malformed_request", "`allow` is an array of origins, or a function", { path: "/allow", help: 'such as ["https://api.example.com"]' });
  }
  return ({ origin }) => origins.includes(origin);
}

function originOf(given: unknown, at: number): string {
  const address = typeof given === "string" && URL.canParse(given) ? new URL(given) : undefined;
  const isOrigin = address !== undefined && /^https?:$/.test(address.protocol) && address.href === `${address.origin}/`;
  if (isOrigin) return address.origin;
  throw new RegateError("malformed_request", `\`${String(given)}\` is no origin, such as https://api.example.com`, { path: `/allow/${at}` });
}

function wholeNumber(given: number, name: string): number {
  // Timers of platforms take no more than this.
  if (Number.isSafeInteger(given) && given > 0 && given < 2 ** 31) return given;
  throw new RegateError("malformed_request", `\`${name}\` is a whole number from 1 to ${2 ** 31 - 1}`, { path: `/${name}` });
}

// A refusal is told from a failure of the network by its type: OPA has two codes for them.
function refused(why: string): RegateError {
  return new RegateError("request_refused", why);
}

// In the form in which Go says it.
function failed({ method, url }: { method: string; url: string }, why: string): Error {
  return new Error(`${method.charAt(0)}${method.slice(1).toLowerCase()} "${url}": ${why}`);
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error && (thrown.name === "TimeoutError" || thrown.name === "AbortError")) return "request timed out";
  // Node says "fetch failed", and why in the cause.
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return messageOf(cause);
}
