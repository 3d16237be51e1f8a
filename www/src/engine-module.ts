// The engine's module, compiled once for all workers: a worker that has to be replaced is back in a moment.
import address from "regate/engine.wasm?url";

/** The compiled module; null when that failed, and a worker then loads it by itself and says in its own words why not. */
export const engineModule: Promise<WebAssembly.Module | null> = WebAssembly.compileStreaming(fetch(address)).catch(() => null);
