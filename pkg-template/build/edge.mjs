// The folder `edge` of the modules: those that hold the engine's instance once more, for the edge build's. A program may use both builds: each has its own.

import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "./shell.mjs";

const HOLDER = "engine-instance.js";
const GLUE = "engine.js";
const IMPORT = /(\bfrom |\bimport )"\.\/([\w-]+\.js)"/g;
const IMPORT_FROM_EDGE = /(\bfrom |\bimport )"\.\.\/([\w-]+\.js)"/g;

/**
 * Copies into `edge` what its entries import and through which the instance is reached, and has them import the copies. What keeps
 * nothing of the engine, such as the errors, stays one for both.
 */
export function separateEdge(modules) {
  const edge = join(modules, "edge");
  const entries = readdirSync(edge).filter((name) => name.endsWith(".js"));
  const texts = new Map();
  const text = (name) => {
    if (!texts.has(name)) texts.set(name, readFileSync(join(modules, name), "utf8"));
    return texts.get(name);
  };
  const importsOf = (source, pattern) => [...source.matchAll(pattern)].map((match) => match[2]);
  const holds = new Map([[HOLDER, true]]);
  const holdsInstance = (name) => {
    if (name === GLUE) return false;
    if (!holds.has(name)) {
      holds.set(name, false);
      holds.set(name, importsOf(text(name), IMPORT).some(holdsInstance));
    }
    return holds.get(name);
  };
  const copied = new Set();
  const rewritten = (source, pattern) =>
    source
      .replace(pattern, (_, keyword, name) => {
        if (name === GLUE) return `${keyword}"./${GLUE}"`;
        if (!holdsInstance(name)) return `${keyword}"../${name}"`;
        copy(name);
        return `${keyword}"./${name}"`;
      })
      .replaceAll("engine.wasm", "edge.wasm");
  const copy = (name) => {
    if (copied.has(name)) return;
    copied.add(name);
    if (existsSync(join(edge, name))) throw new BuildError(`edge/${name} is an entry, and a module of that name would be copied beside it`);
    // Its source map tells of the other file.
    writeFileSync(join(edge, name), rewritten(text(name), IMPORT).replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n"));
  };
  for (const name of entries) {
    const source = readFileSync(join(edge, name), "utf8");
    writeFileSync(join(edge, name), rewritten(source, IMPORT_FROM_EDGE));
  }
}
