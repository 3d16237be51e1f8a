// The evaluation cases in the built package: each call of the native engine again, whose answer must be the native one to the byte,
// steps and units of memory included.

import { readFileSync } from "node:fs";
import { print } from "../bench/table.mjs";

const SHOWN = 5;

/** Replays what the native engine has recorded. Answers with how many calls answer otherwise. */
export async function replay(calls, package_) {
  const { instantiate } = await import(new URL("dist/engine.js", package_));
  const { Engine } = instantiate(new WebAssembly.Module(readFileSync(new URL("dist/engine.wasm", package_))));
  const lines = readFileSync(calls, "utf8").trimEnd().split("\n");
  const differing = [];
  let engine;
  for (const line of lines) {
    const { id, operation, request, document, answer } = JSON.parse(line);
    if (operation === "compile") {
      engine?.free();
      engine = new Engine();
    }
    const given = engine.call(operation, request, document === null ? undefined : new TextEncoder().encode(document));
    if (given !== answer) differing.push({ id, operation, given, answer });
  }
  engine?.free();
  print(`\nevaluation cases in wasm: ${lines.length} calls, ${differing.length} answers that are not those of the native engine to the byte`);
  for (const { id, operation, given, answer } of differing.slice(0, SHOWN)) print(`  ${id}, ${operation}\n    wasm:   ${given}\n    native: ${answer}`);
  return differing.length;
}
