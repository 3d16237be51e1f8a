// Decisions in this very process.

import { readFileSync } from "node:fs";
import { init } from "regate";
import { root } from "../places.mjs";
import { Lane } from "./lane.mjs";
import { PARTS, rounds } from "./rounds.mjs";

/** A row for each number of policies. `exchanges` are those of the native engine, by the number of policies; undefined: there are none. */
export async function inNode(effort, exchanges) {
  await init();
  const { instantiate } = await import(new URL("target/package-modules/engine.js", root));
  const module = new WebAssembly.Module(readFileSync(new URL("pkg/dist/engine.wasm", root)));
  const rows = [];
  for (const policies of effort.policies) {
    const lane = new Lane();
    await lane.fill(policies, effort.records_before);
    if (exchanges !== undefined) lane.compare(new (instantiate(module).Engine)(), exchanges.get(policies));
    const before = await lane.records();
    const timed = async (operation, part, calls) => {
      const start = performance.now();
      await lane.perform(operation, part, calls);
      return performance.now() - start;
    };
    const operations = await rounds(timed, effort, exchanges === undefined ? ["whole"] : PARTS);
    rows.push({ policies, records: { before, after: await lane.records() }, operations });
  }
  return rows;
}
