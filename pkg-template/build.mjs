// `npm run build`: leaves the publishable package in `pkg/`. Installs what is missing, and does again only what changed.

import { existsSync, readFileSync, writeFileSync, mkdirSync, rmSync, renameSync, copyFileSync, chmodSync, cpSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { homedir } from "node:os";
import { pathToFileURL } from "node:url";
import { bundle } from "./build/bundle.mjs";
import { compact } from "./build/compact.mjs";
import { separateEdge } from "./build/edge.mjs";
import { fingerprint } from "./build/fingerprint.mjs";
import { instanceModule } from "./build/glue.mjs";
import { linkPackage } from "./build/link.mjs";
import { output, root, run, say, BuildError } from "./build/shell.mjs";
import { printSizes } from "./build/sizes.mjs";
import { installNodePackages, installStandardLibrary, installWasmTarget, installWasmTools, toolsPath } from "./build/tools.mjs";

const template = join(root, "pkg-template");
const packageFolder = join(root, "pkg");
// What a module is made of, and how.
const ENGINE_BUILD = ["compact", "module", "tools"].map((name) => `pkg-template/build/${name}.mjs`);
const ENGINE_SOURCES = ["src", "Cargo.toml", "Cargo.lock", "pkg-template/build.mjs", ...ENGINE_BUILD];
const fingerprintFile = ".build-fingerprint.json";
/** The modules of the package one by one, before they are put together: for tests of what the package does not export. */
export const modulesFolder = join(root, "target", "package-modules");

/** Builds the package. Quick when nothing changed. */
export async function build() {
  installNodePackages();
  const sources = {
    engine: engineFingerprint(),
    package: fingerprint(["pkg-template", "LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "package-lock.json"]),
  };
  const built = readFingerprint(packageFolder);
  if (built?.engine === sources.engine && built?.package === sources.package && readFingerprint(modulesFolder)?.package === sources.package) {
    linkPackage();
    say("pkg/ is up to date.");
    return;
  }
  const engineFolder = buildEngine({ fingerprint: sources.engine });
  const edgeFolder = buildEngine({ edge: true, fingerprint: sources.engine });
  const fresh = join(root, "target", `pkg-${process.pid}`);
  try {
    await assemble(fresh, engineFolder, edgeFolder);
    writeFileSync(join(modulesFolder, fingerprintFile), JSON.stringify(sources));
    writeFileSync(join(fresh, fingerprintFile), JSON.stringify(sources));
    replaceFolder(packageFolder, fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  linkPackage();
  // Compressing takes a while: said once for each module.
  if (built?.engine === sources.engine) say("pkg/ is ready.");
  else printSizes(join(packageFolder, "dist"), ["engine.wasm", "edge.wasm"]);
}

// Also who compiles it, with which standard library, and who makes it smaller.
function engineFingerprint() {
  const { binaryen } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;
  return fingerprint(ENGINE_SOURCES, [output("rustc", ["-vV"]) ?? "", binaryen]);
}

/**
 * Builds the engine's module and its glue with wasm-pack, into a folder that is kept until a source changes.
 *
 * `features` are cargo features: the tests use them for a module that can trap, and whoever wants more in the edge build names families.
 * The edge build has none by itself, and is optimised for its size alone.
 */
export function buildEngine({ edge = false, features = [], fingerprint: wanted = engineFingerprint() }) {
  const folder = join(root, "target", [edge ? "wasm-pack-edge" : "wasm-pack", ...features].join("-"));
  if (readFingerprint(folder)?.engine === wanted) return folder;
  installNodePackages();
  installWasmTarget();
  if (edge) installStandardLibrary();
  installWasmTools();
  say(`Compiling ${edge ? "the edge build of the engine" : "the engine"} to WebAssembly. The first time takes about 5 minutes, later ones about 2.`);
  const fresh = `${folder}-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  run(
    "wasm-pack",
    ["--quiet", "build", root, "--mode", "no-install", "--target", "web", "--release", "--no-pack", "--out-dir", fresh, "--out-name", "engine", "--", "--locked", ...compilerArguments({ edge, features })],
    { path: toolsPath, env: compilerEnvironment(edge) },
  );
  compact(join(fresh, "engine_bg.wasm"));
  writeFileSync(join(fresh, fingerprintFile), JSON.stringify({ engine: wanted }));
  replaceFolder(folder, fresh);
  return folder;
}

/**
 * What a build is told beside that: its features; for the edge that the digests be small as well, and that the standard library be compiled
 * with it, where a panic ends the module without a word. That takes 30 KB off after gzip: the texts of panics, and what writes them.
 */
export function compilerArguments({ edge = false, features = [] }) {
  if (!edge) return features.length > 0 ? ["--features", features.join(",")] : [];
  const standardLibrary = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "-Zpanic-immediate-abort"];
  return ["--no-default-features", "--features", ["sha2/force-soft-compact", ...features].join(","), "--config", 'profile.release.package.sha2.opt-level="z"', ...standardLibrary];
}

/** What the compiler is told: no paths of this machine, so that the same sources give the same module everywhere; at the edge, size alone. */
export function compilerEnvironment(edge) {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  // Where the source of the standard library is installed, its texts name that folder.
  const rust = output("rustc", ["--print", "sysroot"]);
  const folders = [[cargoHome, "cargo"], [root, "regate"], [rust, "rust"]].filter(([folder]) => folder !== undefined);
  const flags = folders.map(([folder, name]) => `--remap-path-prefix=${folder}=${name}`);
  const env = { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: flags.join(" ") };
  if (!edge) return env;
  return {
    // Of the thresholds that were tried, from -10 to 30, the module is the smallest with this one.
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: [...flags, "-Zlocation-detail=none", "-Cllvm-args=-inline-threshold=10"].join(" "),
    CARGO_PROFILE_RELEASE_OPT_LEVEL: "z",
    CARGO_PROFILE_RELEASE_PANIC: "immediate-abort",
    // What cargo and rustc are told of the standard library is not stable: a Rust of another version may want other words. Nothing else
    // that is not stable is used.
    RUSTC_BOOTSTRAP: "1",
  };
}

/** Puts a whole package into `folder`: the compiled TypeScript, both builds of the engine with their glue, and the texts. */
async function assemble(folder, engineFolder, edgeFolder) {
  const dist = join(folder, "dist");
  rmSync(folder, { recursive: true, force: true });
  compileModules(engineFolder, edgeFolder);
  await bundle(modulesFolder, dist, JSON.parse(readFileSync(join(template, "package.json"), "utf8")));
  for (const name of ["engine.wasm", "edge.wasm"]) {
    copyFileSync(join(modulesFolder, name), join(dist, name));
    writeFileSync(
      join(dist, `${name}.d.ts`),
      "/** The engine's module, on platforms that import it compiled. */\ndeclare const module: WebAssembly.Module;\nexport default module;\n",
    );
  }
  chmodSync(join(dist, "cli.js"), 0o755);
  for (const text of ["package.json", "README.md", "BENCHMARK.md", "CHANGELOG.md"]) copyFileSync(join(template, text), join(folder, text));
  for (const name of readdirSync(root)) {
    if (name.startsWith("LICENSE")) copyFileSync(join(root, name), join(folder, name));
  }
  cpSync(join(template, "examples"), join(folder, "examples"), { recursive: true, filter: isExampleSource });
}

/** Compiles the TypeScript, and puts the glue of both builds beside it. */
function compileModules(engineFolder, edgeFolder) {
  const fresh = `${modulesFolder}-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  say("Compiling the TypeScript. About 5 seconds.");
  run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", template, "--outDir", fresh]);
  writeFileSync(join(fresh, "engine.js"), instanceModule(readFileSync(join(engineFolder, "engine.js"), "utf8")));
  copyFileSync(join(template, "src", "engine.d.ts"), join(fresh, "engine.d.ts"));
  separateEdge(fresh);
  writeFileSync(join(fresh, "edge", "engine.js"), instanceModule(readFileSync(join(edgeFolder, "engine.js"), "utf8")));
  for (const [name, from] of [["engine.wasm", engineFolder], ["edge.wasm", edgeFolder]]) copyFileSync(join(from, "engine_bg.wasm"), join(fresh, name));
  replaceFolder(modulesFolder, fresh);
}

/** Examples as they stand in the repository: without what they write themselves, which their `.gitignore` names. */
function isExampleSource(path) {
  const generated = ["platform.json", "bundle.ts", "node_modules", ".wrangler", ".gitignore"];
  return !generated.includes(basename(path));
}

// INVARIANT (whole): a folder of this name is either as it was or as it should be, also when this program is interrupted.
function replaceFolder(folder, fresh) {
  const old = `${folder}-old-${process.pid}`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
}

function readFingerprint(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, fingerprintFile), "utf8"));
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await build();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
