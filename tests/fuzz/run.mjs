// `npm run fuzz -- --minutes 30`: gives the parser, the checks and the formatter texts that nobody would write, one target after the
// other, and prints how many, and what was found. `--target NAME` runs one of them. What the fuzzer learns stays in target/fuzz, so
// that the next run goes on from there. It runs on stable Rust: libFuzzer alone, without a sanitizer, since there is no unsafe code.
//
// A finding is the text that led to it, and ends its target. `target/fuzz/build/…/release/TARGET FILE` plays it again, with the same
// words as the log, and `cargo fuzz tmin --fuzz-dir tests/fuzz --target-dir target/fuzz/build --sanitizer none TARGET FILE` makes it
// smaller. It becomes a case of tests/syntax.rs, tests/checks.rs or tests/laws before it is mended.

import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BuildError, root, run, say } from "../../pkg-template/build/shell.mjs";
import { installTool, toolsPath } from "../../pkg-template/build/tools.mjs";
import { writeSeeds } from "./seeds.mjs";

const CARGO_FUZZ = "0.13.2";
const TARGETS = ["parse", "check", "format"];
const OF_CARGO = ["--fuzz-dir", "tests/fuzz", "--target-dir", "target/fuzz/build", "--sanitizer", "none"];
// A text of more bytes finds nothing that a short one does not. A text for which ten seconds do not do is a finding.
const OF_FUZZER = ["-max_len=4096", "-timeout=10", "-report_slow_units=2", "-print_final_stats=1", "-dict=tests/fuzz/rego.dict"];

try {
  const { minutes, targets } = options(process.argv.slice(2));
  installTool("cargo-fuzz", "cargo-fuzz", CARGO_FUZZ, 2);
  say("Building the targets. About 10 minutes on two cores, whenever the engine changed.");
  for (const target of targets) run("cargo", ["fuzz", "build", ...OF_CARGO, target], { path: toolsPath });
  const results = targets.map((target) => fuzz(target, (minutes * 60) / targets.length));
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function options(words) {
  let minutes = 6;
  let targets = TARGETS;
  for (let at = 0; at < words.length; at += 2) {
    const value = words[at + 1];
    if (words[at] === "--minutes" && Number(value) > 0) minutes = Number(value);
    else if (words[at] === "--target" && TARGETS.includes(value)) targets = [value];
    else throw new BuildError(`there are --minutes NUMBER and --target ${TARGETS.join("|")}, and not \`${words.slice(at, at + 2).join(" ")}\``);
  }
  return { minutes, targets };
}

// One target, until its time is over or something is found.
function fuzz(target, seconds) {
  const folder = (name) => `target/fuzz/${name}/${target}`;
  for (const name of ["corpus", "findings"]) mkdirSync(join(root, folder(name)), { recursive: true });
  const seeds = writeSeeds(join(root, folder("seeds")), { asBundles: target === "check" });
  const known = new Set(readdirSync(join(root, folder("findings"))));
  say(`${target}: ${(seconds / 60).toFixed(1)} minutes from ${seeds} seeds and what earlier runs left; the log is target/fuzz/${target}.log`);
  const log = join(root, `target/fuzz/${target}.log`);
  const file = openSync(log, "w");
  const { status, error } = spawnSync(
    "cargo",
    ["fuzz", "run", ...OF_CARGO, target, folder("corpus"), folder("seeds"), "--", ...OF_FUZZER, `-max_total_time=${Math.ceil(seconds)}`, `-artifact_prefix=${folder("findings")}/`],
    { cwd: root, stdio: ["ignore", file, file], env: { ...process.env, PATH: `${toolsPath}${delimiter}${process.env.PATH}` } },
  );
  closeSync(file);
  if (error !== undefined) throw new BuildError(`cargo could not be started: ${error.message}`);
  const text = readFileSync(log, "utf8");
  const executions = Number(/number_of_executed_units: *(\d+)/.exec(text)?.[1] ?? 0);
  const found = readdirSync(join(root, folder("findings"))).filter((name) => !known.has(name));
  const kept = readdirSync(join(root, folder("corpus"))).length;
  say(`${target}: ${executions.toLocaleString("en")} executions, ${kept.toLocaleString("en")} texts that each reach something new, ${found.length} findings`);
  for (const name of found) say(`  ${folder("findings")}/${name}`);
  if (status !== 0 && found.length === 0) say(`  it ended with ${status}; the log says why`);
  return { passed: status === 0 };
}
