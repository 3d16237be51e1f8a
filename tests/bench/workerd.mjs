// Programs that measure in workerd, on the Node 22 that the tools for it need, where those are installed.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { BenchFailure, NotRun } from "./failure.mjs";
import { pathOf, root } from "./places.mjs";

const installed = new URL("tests/workerd/node_modules/", root);
const node22 = new URL(".bin/node", installed);
const TOOLS = [".bin/node", "esbuild/package.json", "miniflare/package.json", "workerd/package.json"];

// What keeps the tools from asking for anything over the network.
const OFFLINE = { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" };

/** Runs a program with a value as JSON on its standard input, and gives what it writes as JSON. */
export function measuredInWorkerd(program, value) {
  requireTools();
  const options = { input: JSON.stringify(value), encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...OFFLINE } };
  const { status, signal, error, stdout } = spawnSync(pathOf(node22), [pathOf(program)], options);
  if (error !== undefined) throw new BenchFailure(`workerd: Node 22 could not be started: ${error.message}`);
  if (status !== 0) throw new BenchFailure(`what is measured in workerd failed (${signal ?? `exit code ${status}`}); what was printed stands above`);
  return JSON.parse(stdout);
}

/** The version of workerd. */
export function workerdVersion() {
  requireTools();
  return JSON.parse(readFileSync(new URL("workerd/package.json", installed), "utf8")).version;
}

function requireTools() {
  const missing = TOOLS.filter((path) => !existsSync(new URL(path, installed)));
  if (missing.length === 0) return;
  throw new NotRun(`tests/workerd/node_modules has no ${missing.join(", ")}: \`npm test workerd\` installs the tools for Workers`);
}
