// The shape of `engine.js`, which the build makes from the glue that wasm-bindgen generates.

/** The exports of one instance of the engine. */
export interface EngineExports {
  /** The memory of the instance. What it holds moves where the memory grows, so that every use asks for its buffer anew. */
  memory: () => WebAssembly.Memory;
  Engine: new () => Engine;
  /** Traps on purpose. Only in the test build of the module. */
  trap?: () => void;
}

/** One engine inside one instance. Every method may trap, after which the instance must be dropped. */
export interface Engine {
  call(operation: string, request: string, document?: Uint8Array): string;
  /** Lets go of the memory behind this object without touching it. */
  __destroy_into_raw(): number;
  /** Makes room for the bytes of an input, and says where in the memory it begins. It is there until the next call. */
  reserve(bytes: number): number;
  /** Evaluates as many bytes as were written there. Says how it ended: `outcome.ts` reads the number, and takes what it left. */
  evaluate(handle: number, entrypoint: string, bytes: number, now_ms: number): number;
  evaluate_tape(handle: number, entrypoint: string, tape: Uint32Array, text: Uint8Array, now_ms: number): number;
  /** What the last evaluation took, where it gave an answer. */
  steps(): number;
  memory_units(): number;
  /** The text behind the outcome of the last evaluation, where it has one. */
  take_text(): string;
}

/** Makes an instance of the module with glue of its own: nothing is shared with an earlier instance. */
export function instantiate(module: WebAssembly.Module): EngineExports;
