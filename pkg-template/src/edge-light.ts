// The entry for edge runtimes that mark compiled modules with `?module`.

import module from "./engine.wasm?module";
import { startEngine } from "./engine-instance.js";

startEngine(module);

export * from "./index.js";
