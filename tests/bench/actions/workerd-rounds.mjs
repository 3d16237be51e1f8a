// Decisions in workerd, timed from outside: its clock stands still while code runs. A program for the Node 22 of tests/workerd: reads
// what to measure from standard input and writes the rows to standard output, both as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { BenchFailure } from "../failure.mjs";
import { pathOf, root } from "../places.mjs";
import { statistics } from "../measure.mjs";
import { PARTS, rounds } from "./rounds.mjs";

const tools = createRequire(new URL("tests/workerd/package.json", root));
const { build } = tools("esbuild");
const { Miniflare } = tools("miniflare");

const { effort, exchanges } = JSON.parse(readFileSync(0, "utf8"));
try {
  const modules = await bundled();
  const rows = [];
  for (const [at, policies] of effort.policies.entries()) rows.push(await row(modules, policies, exchanges?.[at]));
  process.stdout.write(JSON.stringify(rows));
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

// The package as a Worker gets it: bundled, with its module beside it, because workerd compiles none while it runs.
async function bundled() {
  const beside = () => ({ path: "./engine.wasm", external: true });
  const besideTheWorker = { name: "wasm", setup: ({ onResolve }) => onResolve({ filter: /\.wasm$/ }, beside) };
  const { outputFiles } = await build({
    entryPoints: [pathOf(new URL("worker.mjs", import.meta.url))],
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd"],
    plugins: [besideTheWorker],
    write: false,
  });
  return {
    "worker.js": { type: "esm", contents: outputFiles[0].text },
    "engine.wasm": { type: "wasm", contents: new Uint8Array(readFileSync(new URL("pkg/dist/engine.wasm", root))) },
  };
}

// Each number of policies has a workerd of its own.
async function row(modules, policies, exchange) {
  const worker = { config: { name: "decisions", compatibilityDate: "2026-10-01", manifest: { mainModule: "worker.js", modules } } };
  const miniflare = new Miniflare({ cf: false, enableDevRegistry: false, workers: [worker] });
  try {
    const url = await miniflare.ready;
    const act = async (fields) => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify(fields) });
      const answer = await response.json();
      if (answer.error !== undefined) throw new BenchFailure(`in workerd: ${answer.error}`);
      return answer.ok;
    };
    await act({ act: "fill", policies, records: effort.records_before });
    if (exchange !== undefined) await act({ act: "compare", exchanges: exchange });
    const before = await act({ act: "records" });
    const empty = [];
    const request = async (fields) => {
      const start = performance.now();
      await act(fields);
      return performance.now() - start;
    };
    const timed = async (operation, part, calls) => {
      empty.push(await request({ act: "nothing" }));
      return request({ act: "perform", operation, part, calls });
    };
    const overhead = () => statistics(empty).median;
    const operations = await rounds(timed, effort, exchange === undefined ? ["whole"] : PARTS, overhead);
    return { policies, records: { before, after: await act({ act: "records" }) }, empty_request_us: overhead() * 1_000, operations };
  } finally {
    await miniflare.dispose();
  }
}
