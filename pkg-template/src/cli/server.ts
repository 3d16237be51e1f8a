// A server that mounts `governanceHandler`: its address, the token, one request, and what came of it.

import type { Diagnostic } from "../wire.js";
import { CliFailure } from "./failure.js";
import { diagnosticsOf, isObject } from "./server-answers.js";
import { ServerFailure, TIMED_OUT, UNEXPECTED, UNREACHABLE } from "./server-failure.js";

/** The options of every command that asks a server. */
export const SERVER_OPTIONS = { server: "text", timeout: "text" } as const;

/** What they are, for `--help`. */
export const SERVER_USAGE = `Server:
  --server URL         Where governanceHandler() is mounted, with its base path, such as https://gate.example/api.
                       Default: REGATE_SERVER. Plain http only to this machine
  --timeout SECONDS    How long one request may take (default: 30)
  REGATE_TOKEN         The token that is sent as Authorization: Bearer, from the environment alone

What a rule of the server refuses ends with 1; an unknown run, a wrong request or token with 2; a server that cannot be
reached, fails, or gives an answer that is not governanceHandler()'s with 3.`;

/** What a request is made of beside its path. */
export interface Sent {
  query?: Record<string, string>;
  /** A document as it is, or a value that becomes JSON. */
  body?: Uint8Array | object;
}

/** What the server answered. */
export interface Answered {
  value: unknown;
  headers: Headers;
}

/** Asks a server. The parts of a path are names or ids as they are. */
export interface Server {
  get(path: readonly string[], sent?: Sent): Promise<Answered>;
  post(path: readonly string[], sent?: Sent): Promise<Answered>;
}

/** The server of a command line and its environment. */
export function serverOf({ server, timeout }: { server: string | undefined; timeout: string | undefined }): Server {
  const base = baseOf(server ?? process.env["REGATE_SERVER"] ?? "");
  const token = tokenOf(process.env["REGATE_TOKEN"] ?? "");
  const seconds = timeout === undefined ? DEFAULT_SECONDS : secondsOf(timeout);
  const ask = (method: string) => (path: readonly string[], sent?: Sent) => request(method, urlOf(base, path, sent?.query ?? {}), sent?.body, token, seconds);
  return { get: ask("GET"), post: ask("POST") };
}

const DEFAULT_SECONDS = 30;
const MOST_SECONDS = 3600;

function secondsOf(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw new CliFailure(`--timeout is a number of seconds up to ${MOST_SECONDS}, not \`${text}\``);
}

// INVARIANT (secrets): no sentence has the token, or an address that holds a password.
function baseOf(text: string): URL {
  if (text === "") throw new CliFailure("no server given: name it with --server URL, or in REGATE_SERVER");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    throw new CliFailure("the server's address must not hold a name or password; a token goes into REGATE_TOKEN");
  }
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new CliFailure(`the server \`${text}\` is no address such as https://gate.example/api`);
  }
  if (url.search !== "" || url.hash !== "") throw new CliFailure(`the server \`${text}\` must end with its path, without ? or #`);
  if (url.protocol === "http:" && !isThisMachine(url.hostname)) {
    throw new CliFailure(`\`${url.origin}\` is not asked over plain http, which anybody on the way can read and change: use https`);
  }
  return url;
}

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

// What a header cannot carry would be shown in the error of whoever tries.
function tokenOf(text: string): string | undefined {
  const token = text.trim();
  if (token === "") return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new CliFailure("REGATE_TOKEN has a character that no token has, such as a space or a line end");
}

function urlOf(base: URL, path: readonly string[], query: Record<string, string>): URL {
  // Dots would climb out of the path, escaped or not.
  const wrong = path.find((part) => part === "" || part === "." || part === "..");
  if (wrong !== undefined) throw new CliFailure(wrong === "" ? "an id must not be empty" : `\`${wrong}\` is no id`);
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}/${path.map((part) => encodeURIComponent(part)).join("/")}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

async function request(method: string, url: URL, body: Sent["body"], token: string | undefined, seconds: number): Promise<Answered> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  const init: RequestInit = { method, headers, redirect: "manual", signal: AbortSignal.timeout(seconds * 1000) };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body);
  }
  const { response, text } = await answerOf(url, init, seconds);
  const { status } = response;
  if (status >= 300 && status < 400) throw redirected(url, response);
  const value = jsonOf(text);
  if (status >= 200 && status < 300 && value !== undefined) return { value, headers: response.headers };
  throw failureOf(url, response, value, token !== undefined);
}

async function answerOf(url: URL, init: RequestInit, seconds: number): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init);
    return { response, text: await textOf(response, url) };
  } catch (thrown) {
    if (thrown instanceof ServerFailure) throw thrown;
    if (init.signal?.aborted === true) throw new ServerFailure(TIMED_OUT, `the server ${url.origin} did not answer within ${seconds} s`);
    throw new ServerFailure(UNREACHABLE, `the server ${url.origin} cannot be reached: ${causeOf(thrown)}`);
  }
}

const ANSWER_BYTES = 64 * 1024 * 1024;

async function textOf(response: Response, url: URL): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > ANSWER_BYTES) throw new ServerFailure(UNEXPECTED, `the answer of ${url.origin} is larger than ${ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk as Uint8Array, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const CAUSES: { [code: string]: string } = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "no machine has this name",
  EAI_AGAIN: "its name cannot be looked up",
};

function causeOf(thrown: unknown): string {
  const cause: unknown = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = isObject(cause) || cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  const known = typeof code === "string" ? CAUSES[code] : undefined;
  return known ?? (cause instanceof Error && cause.message !== "" ? cause.message : String(code ?? "it failed"));
}

// INVARIANT (redirects): none is followed. The token is for the server that was named, and a request that changes something is sent once.
function redirected(url: URL, response: Response): ServerFailure {
  const location = response.headers.get("location") ?? "";
  const to = URL.canParse(location, url) ? new URL(location, url).origin : "somewhere else";
  return new ServerFailure(UNEXPECTED, `the server ${url.origin} sends on to ${to} (HTTP ${response.status}), which is not followed`, {
    status: response.status,
    help: "name the server that answers itself",
  });
}

function failureOf(url: URL, response: Response, value: unknown, hasToken: boolean): ServerFailure {
  const { status } = response;
  const { error, code, path, diagnostics } = isObject(value) ? value : {};
  if (typeof error !== "string" || typeof code !== "string" || !/^\w{1,64}$/.test(code) || status < 400) {
    const type = response.headers.get("content-type")?.split(";")[0] ?? "no content type";
    return new ServerFailure(UNEXPECTED, `${url.origin}${url.pathname} answers what governanceHandler() does not: HTTP ${status}, ${type}`, {
      status,
      help: "is the server's address right, with its base path?",
    });
  }
  const found: readonly Diagnostic[] = diagnosticsOf(diagnostics);
  const help = helpFor(status, error, hasToken);
  return new ServerFailure(code, error, {
    status,
    ...(help === undefined ? {} : { help }),
    ...(typeof path === "string" ? { path } : {}),
    ...(found.length === 0 ? {} : { diagnostics: found }),
  });
}

function helpFor(status: number, error: string, hasToken: boolean): string | undefined {
  if (status === 401) return hasToken ? "the server does not know the token in REGATE_TOKEN" : "set REGATE_TOKEN: no token was sent";
  if (status === 404 && error.startsWith("there is nothing at ")) return "is the server's address right, with its base path?";
  return undefined;
}
