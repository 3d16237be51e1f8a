// Runs the tests in workerd: installs their tools, bundles the policies of the example Worker, takes the Durable Object out of the
// package's README, and starts vitest on Node 22.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../../pkg-template/build.mjs";
import { BuildError, root } from "../../pkg-template/build/shell.mjs";
import { nodePackagesAreInstalled } from "../../pkg-template/build/tools.mjs";
import { makeTrapPackage } from "./trap-package.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const worker = join(root, "pkg-template", "examples", "worker");
const node22 = join(folder, "node_modules", ".bin", "node");

// What keeps wrangler, which the tests start workerd with, from asking for anything over the network.
const OFFLINE = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
};

/** A reason why the tests cannot run here. */
class NotRun extends Error {}
/** A step that failed, and said why. */
class Failed extends Error {}

try {
  install();
  await build();
  makeTrapPackage();
  takeRunObject();
  run("the tests of the bundle", process.execPath, ["--test", "--test-reporter=spec", join(folder, "bundle.test.mjs")]);
  run("the bundle", "npm", ["run", "--silent", "bundle"], { cwd: worker });
  run("the types of the Worker", process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", worker]);
  // vitest behaves otherwise where CI is set, wrangler needs it: nobody is there to be asked.
  run("the tests", node22, [join(folder, "node_modules", "vitest", "vitest.mjs"), "run", ...process.argv.slice(2)], {
    cwd: folder,
    env: { ...OFFLINE, CI: "1" },
  });
} catch (error) {
  if (error instanceof NotRun) {
    console.log(`not run: ${error.message}`);
    process.exitCode = process.env.CI ? 1 : 0;
  } else if (error instanceof Failed || error instanceof BuildError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

function install() {
  if (!nodePackagesAreInstalled(folder)) {
    console.log("Installing the tools for Workers, with a Node 22 of their own. About 1 minute.");
    const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, stdio: "inherit" });
    if (status !== 0) throw new NotRun("the tools for Workers could not be installed in tests/workerd; what npm said stands above");
  }
  const version = spawnSync(node22, ["--version"], { encoding: "utf8" }).stdout?.trim();
  if (!version?.startsWith("v22.")) throw new NotRun(`Node 22 is not there in tests/workerd (found ${version || "none"})`);
}

// The tests run the very code that readers copy.
function takeRunObject() {
  const readme = readFileSync(join(root, "pkg-template", "README.md"), "utf8");
  const [code, ...more] = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block).filter((block) => block.includes("cloudflare:workers"));
  if (code === undefined || more.length > 0) throw new Failed("the package's README must hold one program for Workers, the Durable Object of a run");
  writeFileSync(join(folder, "store-worker", "src", "run-object.js"), code);
}

function run(what, program, args, { cwd = root, env } = {}) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: "inherit", env: { ...process.env, ...env } });
  if (error !== undefined) throw new Failed(`${what}: \`${program}\` could not be started: ${error.message}`);
  if (status !== 0) throw new Failed(`${what} failed`);
}
