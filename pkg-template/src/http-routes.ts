// Routes: from a method and a path to what answers them, for every HTTP handler of the package.

import { refusalOf, type Refuse } from "./http-refusal.js";

/** A request that was matched to a route. */
export interface Matched<Context> {
  request: Request;
  /** What the path has in the places of the pattern's names. */
  at: (name: string) => string;
  query: URLSearchParams;
  context: Context;
}

/** A method, a pattern such as `/runs/:id`, and what answers. Of two patterns that match, the first counts. */
export type Route<Context> = readonly [method: string, pattern: string, run: (matched: Matched<Context>) => Promise<Response>];

/** How routes are mounted. */
export interface Mounted<Context> {
  /** What all paths begin with. */
  base: string;
  /** Whether a path may end with slashes that say nothing. */
  trailingSlashes?: boolean;
  /** What every route is given, for the names of its path. */
  contextOf(request: Request, names: ReadonlyMap<string, string>): Promise<Context>;
  /** How an error is answered, where not as everywhere. */
  refuse?: Refuse;
}

/** Makes a handler of routes. What they throw becomes an answer `{error, code}`; what is unexpected a 500 without details. */
export function handlerOf<Context>(routes: readonly Route<Context>[], mounted: Mounted<Context>): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await answer(request, routes, mounted);
    } catch (thrown) {
      return mounted.refuse?.(thrown) ?? refusalOf(thrown);
    }
  };
}

async function answer<Context>(request: Request, routes: readonly Route<Context>[], mounted: Mounted<Context>): Promise<Response> {
  const url = new URL(request.url);
  const { base, trailingSlashes = false } = mounted;
  const whole = trailingSlashes ? url.pathname.replace(/\/+$/, "") : url.pathname;
  const path = whole.startsWith(base) ? whole.slice(base.length) : undefined;
  const found = path === undefined ? [] : routes.flatMap((route) => {
    const names = matched(route[1], path);
    return names === undefined ? [] : [{ route, names }];
  });
  if (found.length === 0) return errorAnswer(404, "not_found", `there is nothing at \`${url.pathname}\``);
  const match = found.find(({ route: [method] }) => method === request.method);
  if (match === undefined) {
    const methods = found.map(({ route: [method] }) => method).join(", ");
    return errorAnswer(405, "method_not_allowed", `\`${request.method}\` is not for this path: ${methods}`, { allow: methods });
  }
  const { names, route } = match;
  const context = await mounted.contextOf(request, names);
  return route[2]({ request, at: (name) => names.get(name) ?? "", query: url.searchParams, context });
}

// What stands in the places of the names, or undefined where the path is not of the pattern.
function matched(pattern: string, path: string): Map<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const names = new Map<string, string>();
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === "") return undefined;
    names.set(part.slice(1), decoded);
  }
  return names;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The answer that something went wrong. */
export function errorAnswer(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: message, code }, { status, headers });
}
