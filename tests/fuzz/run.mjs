// `npm run fuzz -- --minutes 90`: gives the parser, the checks, the formatter and the builtins that read keys, certificates, tokens, YAML,
// GraphQL and JSON schemas texts that nobody would write, one target after the other, and prints how many, and what was found. The
// minutes are shared among the targets; `--target NAME` gives them to one. What the fuzzer learns stays in target/fuzz, so that the next
// run goes on from there. It runs on stable Rust: libFuzzer alone, without a sanitizer, since there is no unsafe code.
//
// A finding is the text that led to it, and ends its target. `target/fuzz/build/…/release/TARGET FILE` plays it again, with the same
// words as the log, and `cargo fuzz tmin --fuzz-dir tests/fuzz --target-dir target/fuzz/build --sanitizer none TARGET FILE` makes it
// smaller. It becomes a case of tests/syntax.rs, tests/checks.rs, tests/engine or tests/laws before it is mended.
//
// What was learned about the builtins is kept in tests/fuzz/corpus, a folder a target: few and small texts, from which every run begins,
// and which `cargo test --test laws untrusted` plays. `npm run fuzz -- --keep` writes them anew from what earlier runs left.

import { spawnSync } from "node:child_process";
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { BuildError, root, run, say } from "../../pkg-template/build/shell.mjs";
import { installTool, toolsPath } from "../../pkg-template/build/tools.mjs";
import { writeSeeds } from "./seeds.mjs";

const CARGO_FUZZ = "0.13.2";
const OF_REGO = ["parse", "check", "format"];
const OF_BUILTINS = ["keys", "certificates", "tokens", "yaml", "graphql", "schemas"];
const TARGETS = [...OF_REGO, ...OF_BUILTINS];
const OF_CARGO = ["--fuzz-dir", "tests/fuzz", "--target-dir", "target/fuzz/build", "--sanitizer", "none"];
// A text of more bytes finds nothing that a short one does not. A text for which ten seconds do not do is a finding.
const OF_FUZZER = ["-max_len=4096", "-timeout=10", "-report_slow_units=2", "-print_final_stats=1"];
// The smallest texts that reach all that is reached, by edges alone: how often one is passed would keep ten times as many.
const OF_KEEPING = ["-merge=1", "-set_cover_merge=1", "-use_counters=0", "-max_len=4096"];
// Bytes that are kept of one target.
const KEPT_BYTES = 32 * 1024;
const folder = (name, target) => `target/fuzz/${name}/${target}`;
const kept = (target) => `tests/fuzz/corpus/${target}`;

try {
  const { minutes, targets, keeps } = options(process.argv.slice(2));
  installTool("cargo-fuzz", "cargo-fuzz", CARGO_FUZZ, 2);
  say("Building the targets. About 10 minutes on two cores, whenever the engine changed.");
  for (const target of targets) run("cargo", ["fuzz", "build", ...OF_CARGO, target], { path: toolsPath });
  if (keeps) {
    targets.filter((target) => OF_BUILTINS.includes(target)).forEach(keep);
  } else {
    const results = targets.map((target) => fuzz(target, (minutes * 60) / targets.length));
    process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function options(words) {
  const given = [...words];
  let minutes = 2 * TARGETS.length;
  let targets = TARGETS;
  let keeps = false;
  while (given.length > 0) {
    const word = given.shift();
    const value = word === "--keep" ? undefined : given.shift();
    if (word === "--keep") keeps = true;
    else if (word === "--minutes" && Number(value) > 0) minutes = Number(value);
    else if (word === "--target" && TARGETS.includes(value)) targets = [value];
    else throw new BuildError(`there are --minutes NUMBER, --target ${TARGETS.join("|")} and --keep, and not \`${[word, value].join(" ").trim()}\``);
  }
  return { minutes, targets, keeps };
}

// One target, until its time is over or something is found.
function fuzz(target, seconds) {
  for (const name of ["corpus", "findings"]) mkdirSync(join(root, folder(name, target)), { recursive: true });
  const seeds = writeSeeds(join(root, folder("seeds", target)), target);
  const known = new Set(readdirSync(join(root, folder("findings", target))));
  const from = [folder("seeds", target), kept(target)].filter((place) => existsSync(join(root, place)));
  const dictionary = OF_REGO.includes(target) ? "rego" : target;
  say(`${target}: ${(seconds / 60).toFixed(1)} minutes from ${seeds} seeds and what earlier runs left; the log is target/fuzz/${target}.log`);
  const own = [`-dict=tests/fuzz/${dictionary}.dict`, `-max_total_time=${Math.ceil(seconds)}`, `-artifact_prefix=${folder("findings", target)}/`];
  const status = libFuzzer(target, [folder("corpus", target), ...from], [...OF_FUZZER, ...own]);
  const text = readFileSync(join(root, `target/fuzz/${target}.log`), "utf8");
  const executions = Number(/number_of_executed_units: *(\d+)/.exec(text)?.[1] ?? 0);
  const found = readdirSync(join(root, folder("findings", target))).filter((name) => !known.has(name));
  const learned = readdirSync(join(root, folder("corpus", target))).length;
  say(`${target}: ${executions.toLocaleString("en")} executions, ${learned.toLocaleString("en")} texts that each reach something new, ${found.length} findings`);
  for (const name of found) say(`  ${folder("findings", target)}/${name}`);
  if (status !== 0 && found.length === 0) say(`  it ended with ${status}; the log says why`);
  return { passed: status === 0 };
}

// What the repository keeps of a target, written anew. Of the smallest texts those that fit.
function keep(target) {
  const places = [folder("corpus", target), kept(target)].filter((place) => existsSync(join(root, place)));
  const chosen = folder("kept", target);
  rmSync(join(root, chosen), { recursive: true, force: true });
  mkdirSync(join(root, chosen), { recursive: true });
  const status = libFuzzer(target, [chosen, ...places], OF_KEEPING);
  if (status !== 0) throw new BuildError(`${target}: choosing what is kept ended with ${status}; target/fuzz/${target}.log says why`);
  const size = (name) => statSync(join(root, chosen, name)).size;
  const texts = readdirSync(join(root, chosen)).sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1));
  rmSync(join(root, kept(target)), { recursive: true, force: true });
  mkdirSync(join(root, kept(target)), { recursive: true });
  let bytes = 0;
  let count = 0;
  for (const name of texts) {
    if ((bytes += size(name)) > KEPT_BYTES) break;
    copyFileSync(join(root, chosen, name), join(root, kept(target), name.slice(0, 16)));
    count += 1;
  }
  say(`${target}: ${count} of ${texts.length} texts are kept`);
}

// Runs a target, whose words go to its log, and says how it ended.
function libFuzzer(target, places, words) {
  const file = openSync(join(root, `target/fuzz/${target}.log`), "w");
  const { status, error } = spawnSync("cargo", ["fuzz", "run", ...OF_CARGO, target, ...places, "--", ...words], {
    cwd: root,
    stdio: ["ignore", file, file],
    env: { ...process.env, PATH: `${toolsPath}${delimiter}${process.env.PATH}` },
  });
  closeSync(file);
  if (error !== undefined) throw new BuildError(`cargo could not be started: ${error.message}`);
  return status;
}
