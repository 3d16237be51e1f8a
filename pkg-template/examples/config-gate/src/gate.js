// The gate before a pipeline: policies of an organisation's CI configurations, over D1.

import { drizzle } from "drizzle-orm/d1";
import { configHandler, hostOver } from "regate";
import { createTables, drizzleStore } from "regate/adapters/drizzle";

const EVERYTHING = ["read", "write", "delete", "trigger"];

/**
 * Makes the handler of an environment: its database `DB`, the organisation `ORG`, its tokens `ADMIN_TOKEN` and `PIPELINE_TOKEN`, and
 * `COMPILER_URL`, the service that compiles configurations, or `none` where no policy looks at what they compile to.
 */
export function gateOf(env) {
  const database = drizzle(env.DB);
  const host = hostOver(drizzleStore(database), {
    // The tokens are those of one organisation. Of any other they know nothing.
    who: ({ asker, org_id }) => (org_id === env.ORG ? whoAsks(asker, env) : null),
    // Nobody waits for anybody here.
    notify() {},
  });
  const handle = configHandler(host, { compiler: compilerOf(env) });
  let ready;
  return async (request) => {
    try {
      await (ready ??= createTables(database));
    } catch {
      // Tried again by the next request.
      ready = undefined;
      return Response.json({ triggered: false, error: "the database is not ready" }, { status: 503 });
    }
    return handle(request);
  };
}

// Administrators push policies and change settings; the service that starts pipelines asks.
async function whoAsks(request, env) {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? request.headers.get("circle-token") ?? "";
  if (await isSame(given, env.ADMIN_TOKEN)) return { id: "admin", email: null, org_role: "admin", is_session: false, may: EVERYTHING };
  if (await isSame(given, env.PIPELINE_TOKEN)) return { id: "pipelines", email: null, org_role: null, is_session: false, may: ["read", "trigger"] };
  return null;
}

// Digests are compared, so that the time says nothing of the token. A token that is not set is nobody's.
async function isSame(given, token) {
  if (given === "" || typeof token !== "string" || token === "") return false;
  const [a, b] = await Promise.all([given, token].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
  const [left, right] = [new Uint8Array(a), new Uint8Array(b)];
  return left.reduce((difference, byte, at) => difference | (byte ^ right[at]), 0) === 0;
}

/** Milliseconds that a compiler may take. */
const COMPILER_MS = 20_000;

function compilerOf({ COMPILER_URL: url, ORG, COMPILER_TOKEN }) {
  if (url === "none") return "none";
  if (typeof url !== "string" || !URL.canParse(url)) throw new Error("COMPILER_URL is the address of a compiler, or none");
  return async (config, parameters) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...(COMPILER_TOKEN === undefined ? {} : { "circle-token": COMPILER_TOKEN }) },
      body: JSON.stringify({ config_yaml: config, options: { owner_id: ORG, pipeline_parameters: parameters } }),
      signal: AbortSignal.timeout(COMPILER_MS),
    });
    if (!response.ok) throw new Error(`the compiler answered with ${response.status}`);
    const { valid, "output-yaml": output, errors = [] } = await response.json();
    if (valid !== true || typeof output !== "string") throw new Error(errors.map(({ message }) => message).join("; ") || "config is invalid");
    return output;
  };
}
