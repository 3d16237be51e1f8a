// The entry for edge runtimes that mark compiled modules with `?module`.

import module from "../edge.wasm?module";
import { startEngine } from "../engine-instance.js";

startEngine(module);

export * from "./index.js";
