// `npm run conformance`: the conformance report of the native engine. Started by itself it passes its arguments on:
// `node tests/conformance/run.mjs --misses` lists every miss.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const result = spawnSync("cargo", ["test", "--locked", "--quiet", "--test", "conformance", "--", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
if (result.error !== undefined) console.error(`cargo could not be started: ${result.error.message}`);
process.exit(result.status ?? 1);
