// `npm run conformance`: the conformance report of the native engine with the figures of its front end, then those of the package.
// Started by itself it passes its arguments on: `node tests/conformance/run.mjs --misses` lists every miss.

import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const asked = process.argv.slice(2);
process.exitCode = natively("--front-end", ...asked);
if (!asked.includes("--list")) await inWasm();

async function inWasm() {
  const package_ = new URL("../../pkg/", import.meta.url);
  // The package, and the glue of its engines, which it keeps to itself.
  if (!["package.json", "../target/package-modules/engine.js"].every((name) => existsSync(new URL(name, package_)))) {
    console.log("in wasm: not measured; `npm run build` makes the package");
    return;
  }
  const { report } = await import("./wasm.mjs");
  report(package_);
  const calls = join(root, "target", "conformance-calls.jsonl");
  rmSync(calls, { force: true });
  process.exitCode ||= natively(`--record=${calls}`);
  // Without the data there is nothing to replay, and the run has said so.
  if (!existsSync(calls)) return;
  const { replay, replayInEdge } = await import("./replay.mjs");
  if ((await replay(calls, package_)) > 0) process.exitCode = 1;
  if ((await replayInEdge(calls, package_)) > 0) process.exitCode = 1;
}

function natively(...arguments_) {
  const result = spawnSync("cargo", ["test", "--locked", "--quiet", "--test", "conformance", "--", ...arguments_], { cwd: root, stdio: "inherit" });
  if (result.error !== undefined) console.error(`cargo could not be started: ${result.error.message}`);
  return result.status ?? 1;
}
