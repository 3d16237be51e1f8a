// What the module is made of: `node tests/sizes/report.mjs [--edge] [--features a,b] [--depth 2] [--top 40]` builds the full
// module, or that of the edge, with the names of its functions, and prints how large the parts of each crate and family are. Families of
// builtins are told apart with `--depth 4`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { compilerArguments, compilerEnvironment } from "../../pkg-template/build.mjs";
import { root, run } from "../../pkg-template/build/shell.mjs";
import { installStandardLibrary, installWasmTarget, installWasmTools, toolsPath } from "../../pkg-template/build/tools.mjs";
import { print, table } from "../bench/table.mjs";
import { takenApart } from "../../pkg-template/build/module.mjs";

const words = process.argv.slice(2);
const valueOf = (name, otherwise) => (words.includes(name) ? words[words.indexOf(name) + 1] : otherwise);
const depth = Number(valueOf("--depth", "2"));
const top = Number(valueOf("--top", "40"));

const bytes = readFileSync(valueOf("--module", undefined) ?? built());
const { functions, data } = takenApart(bytes);

const groups = new Map();
for (const { name, body } of functions) {
  const group = familyOf(name);
  if (!groups.has(group)) groups.set(group, []);
  groups.get(group).push(body);
}
groups.set("(data: texts, tables)", [data]);
const rows = [...groups].map(([name, parts]) => ({ name, count: parts.length, ...compressed(Buffer.concat(parts)) }));
rows.sort((a, b) => b.gzip - a.gzip);
print(`\n${bytes.length.toLocaleString("en")} bytes with names; each family is compressed alone, so that their sum is not the module`);
table(["", "functions", "raw", "gzip 9", "brotli 11"], rows.slice(0, top).map(({ name, count, raw, gzip, brotli }) => [name, ...[count, raw, gzip, brotli].map((number) => number.toLocaleString("en"))]));

const largest = functions.map(({ name, body }) => [name.slice(0, 150), body.length]).sort((a, b) => b[1] - a[1]);
print("\nthe largest functions");
table(["", "raw"], largest.slice(0, top).map(([name, size]) => [name, size.toLocaleString("en")]));

// With names, and nothing else changed.
function built() {
  installWasmTarget();
  installWasmTools();
  const edge = words.includes("--edge");
  if (edge) installStandardLibrary();
  const features = words.includes("--features") ? valueOf("--features").split(",") : [];
  const target = join(root, "target", "sizes");
  const env = { ...compilerEnvironment(edge), CARGO_PROFILE_RELEASE_STRIP: "none", CARGO_TARGET_DIR: target };
  run("cargo", ["build", "--quiet", "--locked", "--release", "--target", "wasm32-unknown-unknown", "--lib", ...compilerArguments({ edge, features })], { env });
  const module = join(target, "wasm32-unknown-unknown", "release", "regate.wasm");
  run("wasm-bindgen", [module, "--target", "web", "--no-typescript", "--out-dir", join(target, "named")], { path: toolsPath });
  return join(target, "named", "regate_bg.wasm");
}

function compressed(part) {
  const brotli = brotliCompressSync(part, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return { raw: part.length, gzip: gzipSync(part, { level: 9 }).length, brotli: brotli.length };
}

// Where a function comes from: what it is of ours, wherever that stands in its name, else the first crate that is named.
function familyOf(name) {
  const glue = /drop_in_place/.test(name) ? " (dropping)" : "";
  const ours = /\bregate::((?:[a-z_0-9]+::)*)/.exec(name);
  if (ours !== null) {
    const reads = /serde|Deserialize|Visitor|Serialize/.test(name) ? " (serde)" : "";
    const path = ours[1].split("::").filter(Boolean).slice(0, depth);
    return `regate::${path.join("::")}${glue || reads}`;
  }
  const crate = /\b([a-z_][a-z_0-9]*)::/.exec(name)?.[1];
  return crate === undefined ? "(no name)" : `${crate}${glue}`;
}
