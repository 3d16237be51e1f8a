// From starting workerd to the first answer of a Worker, timed from outside: on the full build, the edge build, and on nothing. A program for
// the Node 22 of tests/workerd: reads what to measure from standard input and writes the samples to standard output, both as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathOf, root } from "../places.mjs";
import { statistics } from "../measure.mjs";

const tools = createRequire(new URL("tests/workerd/package.json", root));
const { build } = tools("esbuild");
const { Miniflare } = tools("miniflare");
const WORKERS = { nothing: [], edge: ["edge.wasm"], full: ["engine.wasm"] };

const { runs, program, entrypoint, input } = JSON.parse(readFileSync(0, "utf8"));
const names = Object.keys(WORKERS);
const modules = new Map();
for (const name of names) modules.set(name, await bundled(name));
const samples = new Map(names.map((name) => [name, []]));
for (let run = 0; run < runs; run++) {
  for (let i = 0; i < names.length; i++) {
    const name = names[(run + i) % names.length];
    samples.get(name).push(await startOnce(name));
  }
}
process.stdout.write(JSON.stringify(names.map((name) => ({ name, ...statistics(samples.get(name)), samples: runs }))));

async function bundled(name) {
  const beside = ({ path }) => ({ path: `./${path.split("/").at(-1)}`, external: true });
  const besideTheWorker = { name: "beside", setup: ({ onResolve }) => onResolve({ filter: /\.(wasm|bin)$/ }, beside) };
  const entry = pathOf(new URL(`${name}.mjs`, import.meta.url));
  const options = { bundle: true, format: "esm", target: "es2022", conditions: ["workerd"], plugins: [besideTheWorker], write: false, minify: true };
  const { outputFiles } = await build({ entryPoints: [entry], ...options });
  const all = { "worker.js": { type: "esm", contents: outputFiles[0].text } };
  for (const wasm of WORKERS[name]) {
    all[wasm] = { type: "wasm", contents: new Uint8Array(readFileSync(new URL(`pkg/dist/${wasm}`, root))) };
    all["program.bin"] = { type: "data", contents: new Uint8Array(Buffer.from(program, "base64")) };
  }
  return all;
}

async function startOnce(name) {
  const config = { name: "start", compatibilityDate: "2026-10-01", manifest: { mainModule: "worker.js", modules: modules.get(name) } };
  const began = performance.now();
  const miniflare = new Miniflare({ cf: false, enableDevRegistry: false, workers: [{ config }] });
  try {
    const url = await miniflare.ready;
    const response = await fetch(url, { method: "POST", body: JSON.stringify({ entrypoint, input }) });
    const answer = await response.json();
    if (!(answer > 0)) throw new Error(`the Worker on ${name} answered ${JSON.stringify(answer)}`);
    return performance.now() - began;
  } finally {
    await miniflare.dispose();
  }
}
