// Decisions in workerd, timed from outside. A program for the Node 22 of tests/workerd: reads what to measure from standard input and
// writes microseconds of one call, by its name and round, as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { BenchFailure } from "../failure.mjs";
import { pathOf, root } from "../places.mjs";

const tools = createRequire(new URL("tests/workerd/package.json", root));
const { build } = tools("esbuild");
const { Miniflare } = tools("miniflare");
const { rounds, times, decision } = JSON.parse(readFileSync(0, "utf8"));

const beside = () => ({ path: "./engine.wasm", external: true });
const { outputFiles } = await build({
  entryPoints: [pathOf(new URL("worker.mjs", import.meta.url))],
  bundle: true,
  format: "esm",
  target: "es2022",
  conditions: ["workerd"],
  plugins: [{ name: "wasm", setup: ({ onResolve }) => onResolve({ filter: /\.wasm$/ }, beside) }],
  write: false,
});
const modules = {
  "worker.js": { type: "esm", contents: outputFiles[0].text },
  "engine.wasm": { type: "wasm", contents: new Uint8Array(readFileSync(new URL("pkg/dist/engine.wasm", root))) },
};
const worker = { config: { name: "configs", compatibilityDate: "2026-10-01", manifest: { mainModule: "worker.js", modules } } };
const began = performance.now();
const miniflare = new Miniflare({ cf: false, enableDevRegistry: false, workers: [worker] });
try {
  const url = await miniflare.ready;
  const act = async (fields) => {
    const answer = await (await fetch(url, { method: "POST", body: JSON.stringify(fields) })).json();
    if (answer.error !== undefined) throw new BenchFailure(`in workerd: ${answer.error}`);
    return answer.ok;
  };
  const decided = await act({ act: "open" });
  const first_ms = performance.now() - began;
  if (JSON.stringify(decided) !== JSON.stringify(decision)) throw new BenchFailure("workerd decides something else");
  const measured = Object.fromEntries(Object.keys(times).map((call) => [call, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [call, count] of Object.entries(times)) {
      const empty = performance.now();
      await act({ call, times: 0 });
      const start = performance.now();
      await act({ call, times: count });
      const end = performance.now();
      if (round > 0) measured[call].push(((end - start - (start - empty)) * 1000) / count);
    }
  }
  process.stdout.write(JSON.stringify({ first_ms, measured }));
} finally {
  await miniflare.dispose();
}
