// `npm run conformance`: the conformance report of the native engine with the figures of its front end, then those of the package.
// Started by itself it passes its arguments on: `node tests/conformance/run.mjs --misses` lists every miss.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const asked = process.argv.slice(2);
const result = spawnSync("cargo", ["test", "--locked", "--quiet", "--test", "conformance", "--", "--front-end", ...asked], { cwd: root, stdio: "inherit" });
if (result.error !== undefined) console.error(`cargo could not be started: ${result.error.message}`);
process.exitCode = result.status ?? 1;
if (!asked.includes("--list")) await inWasm();

async function inWasm() {
  const package_ = new URL("../../pkg/", import.meta.url);
  if (!existsSync(new URL("package.json", package_))) {
    console.log("the front end in wasm: not measured; `npm run build` makes the package");
    return;
  }
  const { report } = await import("./wasm.mjs");
  report(package_);
}
