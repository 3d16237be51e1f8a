// The entry for Cloudflare Workers, which compile the module at deployment: it starts with the isolate, outside of any request.

import module from "../edge.wasm";
import { startEngine } from "../engine-instance.js";

startEngine(module);

export * from "./index.js";
