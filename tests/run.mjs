// `npm test`: every suite in order, then a summary. `npm test NAME...` runs the named suites only.
// A suite that cannot run here is one visible line `not run: ...`, and a failure where CI is set.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const node = process.execPath;
const typescript = join(root, "node_modules", "typescript", "bin", "tsc");

/** Why a suite cannot run here. */
class NotRun extends Error {}
/** A suite that ran, and failed. */
class Failed extends Error {}

const SUITES = [
  { name: "rust", what: "Rust tests", native: true, run: () => run("cargo", ["test", "--locked", "--quiet"]) },
  { name: "edge", what: "the engine without features", native: true, run: withoutFeatures },
  { name: "second-opinion", what: "answers beside those of regorus", native: true, run: () => run("cargo", ["test", "--locked", "--quiet", "--features", "second-opinion", "--test", "differential"]) },
  { name: "format", what: "Rust layout", run: () => run("cargo", ["fmt", "--check"]) },
  { name: "clippy", what: "Rust lints", native: true, run: clippy },
  { name: "build", what: "the package", run: () => run(node, ["pkg-template/build.mjs"]) },
  { name: "sizes", what: "the budgets of size", run: () => program("tests/sizes") },
  { name: "node", what: "the package in Node", run: () => testFiles("tests/js") },
  { name: "conformance", what: "the conformance floors", alone: true, native: true, run: () => program("tests/conformance") },
  { name: "page", what: "the types of the page", run: pageTypes },
  { name: "browser", what: "the page in Chromium", run: inBrowser },
  { name: "workerd", what: "the Worker in workerd", run: inWorkerd },
  { name: "instructions", what: "the instructions of decisions", native: true, run: countInstructions },
  { name: "bench", what: "the benchmark", alone: true, run: () => program("tests/bench") },
];

// What begins with `--` is for the one suite that is asked: `npm run bench -- --quick`.
const asked = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
if (options.length > 0 && asked.length !== 1) {
  console.error(`\`${options[0]}\` is for one suite: name it`);
  process.exit(2);
}
const unknown = asked.find((name) => !SUITES.some((suite) => suite.name === name));
if (unknown !== undefined) {
  console.error(`there is no suite \`${unknown}\`; there are ${SUITES.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const chosen = SUITES.filter(({ name, alone }) => (asked.length === 0 ? alone !== true : asked.includes(name)));
// What runs the package needs the package, which is quick to find up to date; native suites do not.
if (asked.length > 0 && !asked.includes("build") && chosen.some(({ native }) => native !== true)) run(node, ["pkg-template/build.mjs"]);
const results = chosen.map(perform);
if (results.length > 1) summarize(results);
process.exitCode = results.some(({ outcome }) => outcome === "failed") ? 1 : 0;

function perform({ name, what, run: runSuite }) {
  console.log(`\n=== ${name}: ${what}`);
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
  try {
    runSuite();
    return { name, outcome: "passed", note: seconds() };
  } catch (error) {
    if (error instanceof NotRun) {
      console.log(`not run: ${error.message}`);
      return { name, outcome: process.env.CI ? "failed" : "not run", note: error.message };
    }
    if (!(error instanceof Failed)) throw error;
    console.error(error.message);
    return { name, outcome: "failed", note: seconds() };
  }
}

function summarize(results) {
  console.log("\n=== summary");
  for (const { name, outcome, note } of results) console.log(`${outcome.padEnd(8)} ${name.padEnd(12)} ${note}`);
}

// What the edge build is made of: its own units, and no warning that a feature hides.
function withoutFeatures() {
  run("cargo", ["clippy", "--locked", "--quiet", "--lib", "--no-default-features", "--", "-D", "warnings"]);
  run("cargo", ["test", "--locked", "--quiet", "--lib", "--no-default-features"]);
}

function clippy() {
  for (const features of [[], ["--features", "second-opinion"]]) run("cargo", ["clippy", "--locked", "--quiet", "--all-targets", ...features, "--", "-D", "warnings"]);
}

function pageTypes() {
  requireFolder("www");
  run(node, [typescript, "-p", "www"]);
}

function inBrowser() {
  requireFolder("tests/browser");
  if (chromium() === undefined) throw new NotRun("Chromium is not installed (set CHROMIUM to its path if it is)");
  testFiles("tests/browser");
}

function countInstructions() {
  const { error } = spawnSync("valgrind", ["--version"]);
  if (error !== undefined) throw new NotRun("valgrind is not installed");
  run(node, ["tests/bench/run.mjs", "--instructions"]);
}

// Its own runner brings the Node 22 that the tools for Workers need.
function inWorkerd() {
  program("tests/workerd");
}

function program(folder) {
  requireFolder(folder);
  run(node, [join(folder, "run.mjs"), ...options]);
}

function testFiles(folder) {
  requireFolder(folder);
  const files = testFilesUnder(join(root, folder));
  if (files.length === 0) throw new NotRun(`there is no *.test.mjs in ${folder}`);
  run(node, ["--test", "--test-reporter=spec", ...files]);
}

function testFilesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .flatMap((entry) => (entry.isDirectory() ? testFilesUnder(join(folder, entry.name)) : join(folder, entry.name)))
    .filter((path) => path.endsWith(".test.mjs"))
    .sort();
}

function chromium() {
  const known = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
  return known.find((path) => path !== undefined && existsSync(path));
}

function requireFolder(folder) {
  if (!existsSync(join(root, folder))) throw new NotRun(`there is no ${folder}`);
}

function run(program, args, { cwd = root, env } = {}) {
  const result = spawnSync(program, args, { cwd, stdio: "inherit", env: { ...process.env, ...env } });
  if (result.error !== undefined) throw new Failed(`\`${program}\` could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Failed(`failed: ${program} ${args.slice(0, 4).join(" ")}${args.length > 4 ? " ..." : ""}`);
}
