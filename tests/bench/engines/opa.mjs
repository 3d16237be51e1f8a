// Modules that OPA compiled from the same policies, where someone has them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "../failure.mjs";

export const name = "OPA-compiled";

/** The folder with small.wasm, large.wasm and lookup.wasm; undefined where there is none. */
export function opaFolder() {
  const folder = process.env.REGATE_BENCH_OPA;
  if (folder === undefined || folder === "") return undefined;
  const missing = ["small.wasm", "large.wasm", "lookup.wasm"].filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new BenchFailure(`REGATE_BENCH_OPA is ${folder}, which lacks ${missing.join(", ")}`);
  return folder;
}

export async function contestants({ opa, entrypoint, data }) {
  const { loadPolicy } = (await import("@open-policy-agent/opa-wasm")).default;
  const policy = await loadPolicy(readFileSync(join(opaFolder(), opa)));
  if (!(entrypoint in policy.entrypoints)) {
    throw new BenchFailure(`${opa} has no entrypoint ${entrypoint}; it has ${Object.keys(policy.entrypoints).join(", ")}`);
  }
  if (data !== undefined) policy.setData(data);
  const ask = (input) => policy.evaluate(input, entrypoint)[0]?.result;
  const encoder = new TextEncoder();
  // It takes an ArrayBuffer as JSON text, and anything else as a value to be serialised.
  return { text: (text) => ask(encoder.encode(text).buffer), bytes: (bytes) => ask(bytes.slice().buffer), object: ask };
}
