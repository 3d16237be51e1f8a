// The entry for Node, Deno and Bun: the module is read from its file at the first use.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadEngineWith } from "../engine-instance.js";
import { RegateError, messageOf } from "../errors.js";
import { compileNow } from "../init.js";

loadEngineWith(() => {
  const path = fileURLToPath(new URL("../edge.wasm", import.meta.url));
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (thrown) {
    throw new RegateError("engine_not_loaded", `the engine could not be read: ${messageOf(thrown)}`, {
      help: "a bundler left edge.wasm behind: keep the package external, or use regate/edge/slim and pass init() the module",
      cause: thrown,
    });
  }
  return compileNow(bytes, path);
});

export * from "./index.js";
