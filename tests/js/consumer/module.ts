// A program that brings the module itself, as a Worker does: compiled, never run.

import module from "regate/engine.wasm";
import { init } from "regate/slim";

export const ready: Promise<void> = init(module);
