// The one engine of this program: its instance, what becomes of it after a trap, and the call through its door.

import { instantiate, type Engine, type EngineExports } from "./engine.js";
import { RegateError, errorFromWire, messageOf } from "./errors.js";
import { parseAnswer, type Numbers } from "./json-answer.js";
import { jsonText } from "./json-value.js";
import { documentBytes, documentTape, documentText, lengthOf, present, tooLarge, type DocumentLimits } from "./document.js";
import { answerOf, takenOutcome } from "./outcome.js";
import type { Reach } from "./reads.js";
import { giveBack, type Tape } from "./tape.js";
import type { Capabilities, ErrorAnswer } from "./wire.js";

/** The limits that hold on this side of the door. The engine states them, so that they stand in one place. */
export interface DriverLimits extends DocumentLimits {
  number_digits: number;
  number_exponent: number;
  rounds: number;
  commit_retries: number;
}

interface Instance {
  engine: Engine;
  exports: EngineExports;
  limits: DriverLimits;
}

let module: WebAssembly.Module | undefined;
let loadModule: (() => WebAssembly.Module) | undefined;
let instance: Instance | undefined;
// INVARIANT (generation): grows with each instance. A number that an earlier instance gave out is never passed to a later one.
let generation = 0;

/** Keeps the compiled module and starts the engine from it. */
export function startEngine(compiled: WebAssembly.Module): void {
  module = compiled;
  liveInstance();
}

/** Says how this platform loads the module at the first use, where it can do so without waiting. */
export function loadEngineWith(load: () => WebAssembly.Module): void {
  loadModule = load;
}

/** Whether a call can be made now, or as soon as it is made. */
export function engineStarts(): boolean {
  return module !== undefined || loadModule !== undefined;
}

/** The number of the live instance: what was made under another number is gone. */
export function engineGeneration(): number {
  liveInstance();
  return generation;
}

/** Whether the instance of this number is still the live one. Starts nothing. */
export function isLiveGeneration(number: number): boolean {
  return instance !== undefined && number === generation;
}

/** What is passed to an operation beside its name. */
export interface CallOptions {
  document?: Uint8Array | undefined;
  numbers?: Numbers | undefined;
}

/** Calls an operation of the engine and gives what its answer holds under `ok`. A string is the text of a request. */
export function callEngine(operation: string, request: object | string, options: CallOptions = {}): unknown {
  const { engine } = liveInstance();
  const text = typeof request === "string" ? request : requestText(request);
  // INVARIANT (door): taken when none of the caller's code (getters, toJSON) runs any more, which could transfer it away:
  // the glue ends in a trap for what it cannot copy, and a trap costs everybody's instance.
  const document = options.document === undefined ? undefined : present(options.document);
  const answer = survive(operation, () => engine.call(operation, text, document));
  return okOf(answer, options.numbers ?? "number");
}

/** The fast path of the operation `evaluate`, for a text that was checked or for bytes, and without other options than these. */
export function evaluateDocument(
  handle: number,
  entrypoint: string,
  document: Uint8Array | string,
  options: { nowMs: number; numbers: Numbers },
): unknown {
  const live = liveInstance();
  const { engine } = live;
  const taken = survive("evaluate", () => {
    const bytes = typeof document === "string" ? writtenText(live, document) : writtenBytes(live, present(document));
    return bytes === undefined ? undefined : takenOutcome(engine, engine.evaluate(handle, entrypoint, bytes, options.nowMs));
  });
  if (taken === undefined) throw tooLarge("the input", live.limits);
  return answerOf(taken, options.numbers) ?? okOf(taken.text, options.numbers);
}

// INVARIANT (room): none of the caller's code runs between making room and writing into it. An array says its own length by itself, and not by
// what somebody put over it.
function writtenBytes({ engine, exports }: Instance, bytes: Uint8Array): number {
  const length = lengthOf(bytes);
  const at = engine.reserve(length);
  new Uint8Array(exports.memory().buffer, at, length).set(bytes);
  return length;
}

// Most texts have one byte for each unit; no unit takes more than three. Undefined for a text that is too large: INVARIANT (memory) as documents
// have it.
function writtenText({ engine, exports, limits }: Instance, text: string): number | undefined {
  for (const room of [text.length, Math.min(3 * text.length, limits.input_bytes)]) {
    const at = engine.reserve(room);
    const { read, written } = encoder.encodeInto(text, new Uint8Array(exports.memory().buffer, at, room));
    if (read === text.length) return written;
  }
  return undefined;
}

const encoder = new TextEncoder();

/** The same for an input that is on a tape, which is nobody's afterwards. */
export function evaluateTape(handle: number, entrypoint: string, tape: Tape, options: { nowMs: number; numbers: Numbers }): unknown {
  const { engine } = liveInstance();
  const words = tape.words.subarray(0, tape.wordCount);
  const text = tape.text.subarray(0, tape.textBytes);
  const taken = survive("evaluate", () => takenOutcome(engine, engine.evaluate_tape(handle, entrypoint, words, text, options.nowMs)));
  giveBack(tape);
  return answerOf(taken, options.numbers) ?? okOf(taken.text, options.numbers);
}

/** The text of a request: what the caller may change afterwards, this keeps. */
export function requestText(request: object): string {
  const { limits } = liveInstance();
  const subject = { code: "malformed_request", name: "the request", lengthLimit: "request_bytes" } as const;
  return jsonText(request, subject, { nesting: limits.data_nesting, length: 2 * limits.input_bytes });
}

/** The bytes of a document, within the limits of the engine; of a JS value those of what `reach` says of it. */
export function engineDocument(document: unknown, name: string, reach?: Reach): Uint8Array {
  return documentBytes(document, name, liveInstance().limits, reach);
}

/** A document that is a text, where it is one that the engine may take as it is; undefined for any other. */
export function engineText(document: unknown, name: string): string | undefined {
  return typeof document === "string" ? documentText(document, name, liveInstance().limits) : undefined;
}

/** The tape of what `reach` says of a document, or undefined where `engineDocument` is to give its bytes or refuse it. */
export function engineTape(document: unknown, reach: Reach): Tape | undefined {
  return documentTape(document, reach, liveInstance().limits);
}

/** The limits that the driver holds. */
export function driverLimits(): DriverLimits {
  return liveInstance().limits;
}

/** Calls the export of the test build that traps, as any operation might. */
export function trapOnPurpose(): void {
  const { trap } = liveInstance().exports;
  if (trap === undefined) throw new RegateError("unknown_operation", "this build of the engine has no `trap`");
  survive("trap", trap);
}

function liveInstance(): Instance {
  if (instance !== undefined) return instance;
  module ??= loadModule?.();
  if (module === undefined) {
    throw new RegateError("not_initialised", "the engine is not loaded yet", { help: "call `await init()` first" });
  }
  instance = newInstance(module);
  generation++;
  return instance;
}

function newInstance(compiled: WebAssembly.Module): Instance {
  const { engine, exports, stated } = startedEngine(compiled);
  const limits: DriverLimits = {
    data_nesting: limitOf(stated, "data_nesting"),
    input_bytes: limitOf(stated, "input_bytes"),
    number_digits: limitOf(stated, "number_digits"),
    number_exponent: limitOf(stated, "number_exponent"),
    rounds: limitOf(stated, "rounds"),
    commit_retries: limitOf(stated, "commit_retries"),
  };
  return { engine, exports, limits };
}

// A module that is not ours fails somewhere in here: it lacks an import, an export, or gives another answer.
function startedEngine(compiled: WebAssembly.Module): { engine: Engine; exports: EngineExports; stated: Capabilities["limits"] } {
  try {
    const exports = instantiate(compiled);
    const engine = new exports.Engine();
    const stated = okOf(engine.call("limits", "{}"), "number") as Capabilities["limits"];
    return { engine, exports, stated };
  } catch (thrown) {
    throw new RegateError("engine_not_supported", `the engine could not be started: ${messageOf(thrown)}`, {
      help: "pass the engine.wasm of the same version of the package",
      cause: thrown,
    });
  }
}

function limitOf(limits: Capabilities["limits"], name: keyof DriverLimits): number {
  const value = limits[name];
  if (value === undefined) throw new RegateError("engine_not_supported", `the engine does not state its limit \`${name}\``);
  return value;
}

// INVARIANT (survival): whatever an instance throws, it is never called again, because a trap leaves its memory half changed.
// The next use makes a new one. The call that trapped is not tried again: it would trap again.
function survive<T>(operation: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    // Else the glue would free it in the broken instance when JS collects it, and trap where nobody can catch it.
    instance?.engine.__destroy_into_raw();
    instance = undefined;
    throw new RegateError("engine_trapped", `the engine failed inside \`${operation}\`: ${messageOf(thrown)}`, {
      help: "this is a bug of the engine; it was started anew and later calls work. Please report what led to it",
      cause: thrown,
    });
  }
}

function okOf(text: string, numbers: Numbers): unknown {
  const answer = parseAnswer(text, numbers) as { ok?: unknown; error?: ErrorAnswer };
  if (answer.error !== undefined) throw errorFromWire(answer.error);
  return answer.ok;
}
