// Loading the engine's module: from a URL, a response, bytes or a compiled module, with errors that say what was wrong.

import { engineGeneration, engineStarts, startEngine } from "./engine-instance.js";
import { RegateError, messageOf } from "./errors.js";

// Taken from the platform's types where it has them: a program for Node need not load those of the web for our sake.
type Platform<Name extends string> = typeof globalThis extends { [N in Name]: { prototype: infer T } } ? T : never;
type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;

type Fetched =
  | Platform<"URL">
  | string
  | Platform<"Response">
  | Promise<Platform<"Response">>
  | ArrayBuffer
  | ArrayBufferView;

/** Where the engine's module comes from: its URL, a `Response`, bytes, or a `WebAssembly.Module`. */
export type EngineSource = Fetched | CompiledModule;

let defaultSource: (() => EngineSource) | undefined;
let started: Promise<void> | undefined;

/** Sets where `init()` without an argument loads from. Called by the entry of a platform. */
export function loadEngineFrom(source: () => EngineSource): void {
  defaultSource = source;
}

/**
 * Makes the engine ready. Right everywhere: where the package loads its module by itself (Node, Workers) nothing is fetched.
 *
 * Without an argument it loads the `engine.wasm` that lies beside the package. With a `WebAssembly.Module` the engine is
 * ready when the call returns, without waiting for the promise. Later calls give the first promise; after a failure the
 * next call tries again.
 */
export function init(source?: EngineSource): Promise<void> {
  if (started === undefined) {
    const attempt = start(source);
    started = attempt;
    attempt.catch(() => {
      if (started === attempt) started = undefined;
    });
  }
  return started;
}

async function start(source: EngineSource | undefined): Promise<void> {
  if (engineStarts()) {
    engineGeneration();
    return;
  }
  const given = source ?? defaultSource?.();
  if (given === undefined) {
    throw new RegateError("not_initialised", "this entry of the package does not know where its module is", {
      help: "pass init() the module, its bytes, its URL or a response: `regate/engine.wasm` is the file",
    });
  }
  requireWebAssembly();
  // INVARIANT (module): no await before this line, so that a compiled module is started synchronously.
  if (isModule(given)) startEngine(given);
  else startEngine(await compiled(given as Fetched));
}

/**
 * Compiles the bytes of the module while the caller waits.
 *
 * @internal
 */
export function compileNow(bytes: Uint8Array<ArrayBuffer>, origin: string): WebAssembly.Module {
  requireWebAssembly();
  requireMagic(bytes, origin);
  try {
    return new WebAssembly.Module(bytes);
  } catch (thrown) {
    throw notCompiled(thrown);
  }
}

async function compiled(source: Fetched): Promise<WebAssembly.Module> {
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return compileBytes(bytesOf(source), "the bytes passed to init()");
  if (typeof source === "string" || source instanceof URL) return compileResponse(await fetched(source));
  return compileResponse(await awaited(source));
}

async function fetched(url: string | URL): Promise<Response> {
  try {
    return await fetch(url);
  } catch (thrown) {
    throw new RegateError("engine_not_loaded", `the engine could not be fetched from ${url}: ${messageOf(thrown)}`, {
      help: "check the address, or pass init() the bytes of engine.wasm",
      cause: thrown,
    });
  }
}

async function awaited(source: Response | Promise<Response>): Promise<Response> {
  let response: unknown;
  try {
    response = await source;
  } catch (thrown) {
    throw new RegateError("engine_not_loaded", `the response passed to init() failed: ${messageOf(thrown)}`, { cause: thrown });
  }
  if (typeof response === "object" && response !== null && "arrayBuffer" in response) return response as Response;
  throw new RegateError("malformed_request", "init() was passed something that is no module, bytes, URL or response");
}

async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  const origin = response.url === "" ? "the response passed to init()" : response.url;
  if (!response.ok) {
    throw new RegateError("engine_not_loaded", `${origin} answered ${response.status} ${response.statusText}`.trimEnd(), {
      help: "serve engine.wasm there, or pass init() its right address",
    });
  }
  const streams = response.headers.get("content-type")?.startsWith("application/wasm") === true;
  if (streams && typeof WebAssembly.compileStreaming === "function") {
    const spare = response.clone();
    try {
      return await WebAssembly.compileStreaming(response);
    } catch {
      // Compiled again from its bytes, which says what is wrong with them.
      response = spare;
    }
  }
  return compileBytes(new Uint8Array(await response.arrayBuffer()), origin);
}

async function compileBytes(bytes: Uint8Array<ArrayBuffer>, origin: string): Promise<WebAssembly.Module> {
  requireMagic(bytes, origin);
  try {
    return await WebAssembly.compile(bytes);
  } catch (thrown) {
    throw notCompiled(thrown);
  }
}

// `instanceof` fails for a module of another realm.
function isModule(source: EngineSource): source is WebAssembly.Module {
  return Object.prototype.toString.call(source) === "[object WebAssembly.Module]";
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (!ArrayBuffer.isView(source)) return new Uint8Array(source);
  // A view of shared memory cannot be compiled: it is left to the platform to say so.
  return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
}

function requireWebAssembly(): void {
  if (typeof WebAssembly === "object") return;
  throw new RegateError("engine_not_supported", "this JavaScript engine has no WebAssembly", {
    help: "switch it on, or use an engine that has it",
  });
}

function requireMagic(bytes: Uint8Array, origin: string): void {
  if (bytes[0] === 0x00 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d) return;
  throw new RegateError("not_a_wasm_file", `${origin} is not a wasm file: ${firstBytes(bytes)}`, {
    help: firstBytesHelp(bytes),
  });
}

function firstBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty";
  const first = [...bytes.subarray(0, 8)];
  const printable = first.every((byte) => byte >= 0x20 && byte < 0x7f);
  const shown = printable
    ? `\`${String.fromCharCode(...first)}\``
    : first.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `its first bytes are ${shown}`;
}

function firstBytesHelp(bytes: Uint8Array): string {
  if (bytes[0] === 0x3c) return "the server sent a page, often its page for a missing file: check the address of engine.wasm";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "it is compressed: serve it with the header content-encoding: gzip";
  return "pass the engine.wasm of this package";
}

function notCompiled(thrown: unknown): RegateError {
  const message = messageOf(thrown);
  if (/unsafe-eval|content security policy|disallowed by embedder/i.test(message)) {
    return new RegateError("engine_not_supported", "this page or runtime forbids compiling WebAssembly", {
      help: "add 'wasm-unsafe-eval' to script-src of the Content-Security-Policy; in a Worker pass init() an imported module",
      cause: thrown,
    });
  }
  const missing = missingFeatures();
  if (missing.length > 0) {
    return new RegateError("engine_not_supported", `this JavaScript engine is too old: its WebAssembly lacks ${missing.join(" and ")}`, {
      help: "use Chrome 75, Firefox 79, Safari 15, Node 20.19 or later",
      cause: thrown,
    });
  }
  return new RegateError("not_a_wasm_file", `the engine's module is damaged: ${message}`, {
    help: "pass the whole engine.wasm of this package",
    cause: thrown,
  });
}

// The smallest modules that use what the engine's module needs beyond the first version of WebAssembly.
const FEATURE_PROBES: readonly (readonly [name: string, body: readonly number[]])[] = [
  ["bulk memory operations", [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0]],
  ["sign extension", [0x41, 0, 0xc0, 0x1a]],
];

function missingFeatures(): string[] {
  return FEATURE_PROBES.filter(([, body]) => !WebAssembly.validate(probeModule(body))).map(([name]) => name);
}

// One function without parameters and results, beside one memory.
function probeModule(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [0, ...body, 0x0b];
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...[1, 4, 1, 0x60, 0, 0],
    ...[3, 2, 1, 0],
    ...[5, 3, 1, 0, 1],
    ...[10, code.length + 2, 1, code.length, ...code],
  ]);
}
