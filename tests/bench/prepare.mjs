// What the benchmark needs and installs or builds itself: the peers from npm, and regorus in a module of its own.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint } from "../../pkg-template/build/fingerprint.mjs";
import { run, say } from "../../pkg-template/build/shell.mjs";
import { installWasmTarget, installWasmTools, nodePackagesAreInstalled, toolsPath } from "../../pkg-template/build/tools.mjs";
import { BenchFailure } from "./failure.mjs";
import { benchFolder, pathOf, regorusFolder, root } from "./places.mjs";

const here = pathOf(new URL(".", import.meta.url));

export function prepare() {
  if (!existsSync(new URL("pkg/dist/engine.wasm", root))) throw new BenchFailure("the package is not built: run `npm run build` first");
  installPeers();
  buildRegorus();
}

function installPeers() {
  if (nodePackagesAreInstalled(here)) return;
  say("Installing the peers from npm. About half a minute.");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  if (status !== 0) throw new BenchFailure("the peers could not be installed; what npm printed stands above");
}

function buildRegorus() {
  const stamp = new URL("fingerprint", regorusFolder);
  const wanted = fingerprint(["tests/bench/regorus-direct/src", "tests/bench/regorus-direct/Cargo.toml", "tests/bench/regorus-direct/Cargo.lock"]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  installWasmTarget();
  installWasmTools();
  say("Compiling regorus to a WebAssembly module of its own. About 3 minutes, once.");
  const target = join(pathOf(root), "target");
  const manifest = join(here, "regorus-direct", "Cargo.toml");
  // The folder of the main crate, so that there is one to delete.
  const env = { CARGO_TARGET_DIR: target };
  run("cargo", ["build", "--quiet", "--locked", "--release", "--target", "wasm32-unknown-unknown", "--manifest-path", manifest], { env });
  const built = join(target, "wasm32-unknown-unknown", "release", "regorus_direct.wasm");
  const fresh = join(pathOf(benchFolder), `regorus-${process.pid}`);
  mkdirSync(benchFolder, { recursive: true });
  run("wasm-bindgen", [built, "--target", "web", "--no-typescript", "--out-dir", fresh, "--out-name", "regorus_direct"], { path: toolsPath });
  writeFileSync(join(fresh, "fingerprint"), wanted);
  rmSync(regorusFolder, { recursive: true, force: true });
  renameSync(fresh, pathOf(regorusFolder));
}
