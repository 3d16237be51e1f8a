// regorus without Regate: its interpreter and its virtual machine, in a module of their own.

import { existsSync, readFileSync } from "node:fs";
import { regorusFolder } from "../places.mjs";

export const interpreterName = "regorus interpreter";
export const machineName = "regorus VM";

let loaded;

/** The glue of the module, with the module loaded. */
export async function regorus() {
  loaded ??= load();
  return loaded;
}

async function load() {
  const module = new URL("regorus_direct_bg.wasm", regorusFolder);
  if (!existsSync(module)) throw new Error("regorus-direct is not built");
  const glue = await import(new URL("regorus_direct.js", regorusFolder));
  glue.initSync({ module: new WebAssembly.Module(readFileSync(module)) });
  return glue;
}

export async function interpreter({ source, entrypoint, dataText }) {
  const { Interpreter } = await regorus();
  return forms(new Interpreter(source, dataText), rulePath(entrypoint));
}

export async function machine({ source, entrypoint, dataText }) {
  const { Machine, compile_to_bytes } = await regorus();
  const rule = rulePath(entrypoint);
  return forms(new Machine(compile_to_bytes(source, rule), dataText), rule);
}

/** `data.a.b` from `a/b`. */
export function rulePath(entrypoint) {
  return `data.${entrypoint.replaceAll("/", ".")}`;
}

function forms(engine, rule) {
  const text = (input) => JSON.parse(engine.ask(rule, input));
  return { text, object: (input) => text(JSON.stringify(input)) };
}
