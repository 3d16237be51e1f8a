// The front end in the built package: how long checking and formatting take an editor, nesting, and how large the module is.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { check, format } from "../../pkg/dist/node.js";
import { editorPolicy } from "../bench/generated-policies.mjs";
import { statistics } from "../bench/measure.mjs";
import { number, print, table } from "../bench/table.mjs";

const LINES = [100, 2_000];
const WARM_UP_MS = 300;
const MEASURED_MS = 1_000;
const DEPTH = 10_000;

/** Prints the figures of the package in `folder`. A trap ends the run. */
export function report(folder) {
  print("\n=== the front end in wasm, as the package has it\n");
  print("milliseconds, the median after a warm-up; no two texts are equal, as when somebody types\n");
  table(["lines", "check", "format"], LINES.map(times));
  const bytes = readFileSync(new URL("dist/engine.wasm", folder));
  print(`\nthe module: ${thousands(bytes.length)} bytes, ${thousands(gzipSync(bytes, { level: 9 }).length)} after gzip`);
  nesting();
}

function times(lines) {
  const text = editorPolicy(lines);
  const { diagnostics } = check(text);
  if (diagnostics.length > 0) throw new Error(`the editor's policy has a finding: ${diagnostics[0].message}`);
  return [`${text.split("\n").length}`, median((typed) => check(typed), text), median((typed) => format(typed), text)];
}

function median(work, text) {
  let typed = 0;
  const timed = () => {
    const now = `${text}# ${typed++}\n`;
    const start = performance.now();
    work(now);
    return performance.now() - start;
  };
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) timed();
  const samples = [];
  for (const end = performance.now() + MEASURED_MS; performance.now() < end; ) samples.push(timed());
  return number(statistics(samples).median);
}

function nesting() {
  const constructs = JSON.parse(readFileSync(new URL("nesting.json", import.meta.url), "utf8"));
  const answers = new Map();
  let slowest = { ms: 0 };
  for (const { construct, before, open, middle, close, after, dialect } of constructs) {
    const text = `${before}${open.repeat(DEPTH)}${middle}${close.repeat(DEPTH)}${after}`;
    for (const [operation, work] of [["check", check], ["format", format]]) {
      const start = performance.now();
      const { diagnostics } = work(text, { dialect });
      const ms = performance.now() - start;
      if (ms > slowest.ms) slowest = { ms, construct, operation };
      if (operation === "format") continue;
      const codes = [...new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code))].sort();
      const answer = codes.join(", ") || "accepted";
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  }
  print(`\nnesting, ${thousands(DEPTH)} deep: ${constructs.length} constructs checked and formatted without a trap`);
  for (const [answer, count] of answers) print(`  ${String(count).padStart(2)} ${answer}`);
  print(`  the slowest takes ${number(slowest.ms)} ms: ${slowest.operation} of ${slowest.construct}`);
}

function thousands(value) {
  return value.toLocaleString("en");
}
