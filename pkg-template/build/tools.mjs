// What a build needs beside Rust and Node: the wasm target, two pinned tools, the npm packages. Installed without root.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BuildError, output, root, run, say } from "./shell.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";
const WASM_PACK = "0.15.1";

/** Where the pinned tools are. */
export const toolsPath = join(root, "target", "tools", "bin");

/** Installs the npm packages when one of them is missing or has another version than the lock file says. */
export function installNodePackages() {
  if (nodePackagesAreInstalled(root)) return;
  say("Installing the npm packages. About 1 minute.");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Installs the wasm target of Rust. */
export function installWasmTarget() {
  if (output("cargo", ["--version"]) === undefined) {
    throw new BuildError("Rust is missing: install it from https://rustup.rs and run this again.");
  }
  const libraries = output("rustc", ["--print", "target-libdir", "--target", WASM_TARGET]);
  if (libraries !== undefined && existsSync(libraries)) return;
  if (output("rustup", ["--version"]) === undefined) {
    throw new BuildError(`This Rust cannot compile to ${WASM_TARGET}, and there is no rustup to add it: install Rust from https://rustup.rs.`);
  }
  say(`Adding the Rust target ${WASM_TARGET}. About 1 minute.`);
  run("rustup", ["target", "add", WASM_TARGET]);
}

/** Installs the source of Rust's standard library, which the edge build compiles. */
export function installStandardLibrary() {
  const sources = () => existsSync(join(output("rustc", ["--print", "sysroot"]) ?? "", "lib", "rustlib", "src", "rust", "library", "Cargo.lock"));
  if (sources()) return;
  if (output("rustup", ["--version"]) === undefined) {
    throw new BuildError("This Rust has no source of its standard library, and there is no rustup to add it: install Rust from https://rustup.rs.");
  }
  say("Adding the source of Rust's standard library. A few seconds.");
  run("rustup", ["component", "add", "rust-src"]);
}

/** Installs wasm-pack, and wasm-bindgen in the very version that the crate uses. */
export function installWasmTools() {
  installTool("wasm-bindgen", "wasm-bindgen-cli", wasmBindgenVersion(), 6);
  installTool("wasm-pack", "wasm-pack", WASM_PACK, 4);
}

/** Installs one program of a crate in one version, unless it is there. */
export function installTool(program, crate, version, minutes) {
  if (output(program, ["--version"], { path: toolsPath }) === `${program} ${version}`) return;
  say(`Installing ${crate} ${version} under target/tools. About ${minutes} minutes on two cores, once.`);
  // Its own folder for objects, so that an interrupted installation goes on where it was.
  const objects = join(root, "target", "tools", "build");
  run("cargo", ["install", "--quiet", "--root", join(root, "target", "tools"), "--target-dir", objects, "--locked", "--force", "--version", version, crate]);
  rmSync(objects, { recursive: true, force: true });
}

// One version in one place: the tool and the crate must be equal.
function wasmBindgenVersion() {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  const version = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1];
  if (version === undefined) throw new BuildError("Cargo.lock does not name wasm-bindgen.");
  return version;
}

/** Whether a folder's npm packages are there in the versions of its lock file. */
export function nodePackagesAreInstalled(folder) {
  // npm writes what it installed into a lock file of the same form inside node_modules, at the very end.
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const installed = packagesOf(join(folder, "node_modules", ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, link }]) => path === "" || optional || link || installed[path]?.version === version,
  );
}

function packagesOf(lock) {
  try {
    return JSON.parse(readFileSync(lock, "utf8")).packages;
  } catch {
    return undefined;
  }
}
