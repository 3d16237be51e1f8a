// The entry for browsers and bundlers: `await init()` fetches the module that lies beside this file.

import { loadEngineFrom } from "../init.js";

// Written in this form so that bundlers find the file and give it its final address.
loadEngineFrom(() => new URL("../edge.wasm", import.meta.url));

export * from "./index.js";
