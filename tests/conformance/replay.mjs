// The evaluation cases in the built package: each call of the native engine again, whose answer must be the native one to the byte,
// steps and units of memory included.

import { readFileSync } from "node:fs";
import { print } from "../bench/table.mjs";

const SHOWN = 5;

// The package keeps its glue to itself.
const glueOf = (build, package_) => new URL(`../target/package-modules/${build}engine.js`, package_);

/** Replays what the native engine has recorded. Answers with how many calls answer otherwise. */
export async function replay(calls, package_) {
  const { instantiate } = await import(glueOf("", package_));
  const { Engine } = instantiate(new WebAssembly.Module(readFileSync(new URL("dist/engine.wasm", package_))));
  const lines = readFileSync(calls, "utf8").trimEnd().split("\n");
  const differing = [];
  let engine;
  for (const line of lines) {
    const { id, operation, request, document, answer } = JSON.parse(line);
    if (operation === "compile") {
      engine?.free();
      engine = new Engine();
    }
    const given = engine.call(operation, request, document === null ? undefined : new TextEncoder().encode(document));
    if (given !== answer) differing.push({ id, operation, given, answer });
  }
  engine?.free();
  print(`\nevaluation cases in wasm: ${lines.length} calls, ${differing.length} answers that are not those of the native engine to the byte`);
  for (const { id, operation, given, answer } of differing.slice(0, SHOWN)) print(`  ${id}, ${operation}\n    wasm:   ${given}\n    native: ${answer}`);
  return differing.length;
}

/**
 * The same for the edge build: what the full build compiles is loaded there, and both are asked for what each case asks for. Programs that call
 * what the edge build lacks must be refused. Answers with how many evaluations answer otherwise than in the full build.
 */
export async function replayInEdge(calls, package_) {
  const load = async (build, file) => {
    const { instantiate } = await import(glueOf(build, package_));
    return instantiate(new WebAssembly.Module(readFileSync(new URL(file, package_)))).Engine;
  };
  const Full = await load("", "dist/engine.wasm");
  const Edge = await load("edge/", "dist/edge.wasm");
  const bytesOf = (document) => (document === null ? undefined : new TextEncoder().encode(document));
  const counts = { equal: 0, refused: 0, unavailable: 0, waiting: 0 };
  const differing = [];
  let full;
  let edge;
  for (const line of readFileSync(calls, "utf8").trimEnd().split("\n")) {
    const { id, operation, request, document } = JSON.parse(line);
    if (operation === "compile") {
      full?.free();
      edge?.free();
      [full, edge] = [new Full(), undefined];
      const { ok } = JSON.parse(full.call(operation, request, bytesOf(document)));
      if (ok === undefined || ok.handle === null) continue;
      const { bytes } = JSON.parse(full.call("to_bytes", JSON.stringify({ handle: ok.handle }))).ok;
      edge = new Edge();
      const loaded = edge.call("from_bytes", "{}", Buffer.from(bytes, "base64"));
      const { ok: program, error } = JSON.parse(loaded);
      if (program?.handle === ok.handle) continue;
      if (error?.code === "builtin_not_available") counts.refused++;
      else differing.push({ id, operation, given: loaded, answer: JSON.stringify({ ok }) });
      edge.free();
      edge = undefined;
      continue;
    }
    const { query, ...fields } = JSON.parse(request);
    const [, path] = /^data((?:\.\w+)+) = x$/.exec(query) ?? [];
    if (edge === undefined || path === undefined) continue;
    const asked = JSON.stringify({ ...fields, entrypoint: path.slice(1).replaceAll(".", "/") });
    const [given, answer] = [edge, full].map((engine) => engine.call("evaluate", asked, bytesOf(document)));
    if (given === answer) counts.equal++;
    else if (given.includes('"code":"builtin_not_available"')) counts.unavailable++;
    else if (given.startsWith('{"ok":{"needs":') && given.includes("io.jwt.")) counts.waiting++;
    else differing.push({ id, operation, given, answer });
  }
  full?.free();
  edge?.free();
  const { equal, refused, unavailable, waiting } = counts;
  print(
    `\nin the edge build: ${equal} evaluations answer as in the full build to the byte, ${differing.length} otherwise; ${refused} programs call what it lacks and are ` +
      `refused, ${unavailable} evaluations end where they ask for tables that it lacks, ${waiting} wait for the driver`,
  );
  for (const { id, operation, given, answer } of differing.slice(0, SHOWN)) print(`  ${id}, ${operation}\n    edge: ${given}\n    full: ${answer}`);
  return differing.length;
}
