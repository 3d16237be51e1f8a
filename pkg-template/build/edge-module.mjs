// `node pkg-template/build/edge-module.mjs FEATURES FILE`: an edge module with more families of builtins, such as `yaml,time-zones`.

import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { buildEngine } from "../build.mjs";
import { BuildError, say } from "./shell.mjs";
import { sizesOf } from "./sizes.mjs";

const FAMILIES = ["aws", "graphql", "json-schema", "network", "signatures", "templates", "time-zones", "unicode-patterns", "yaml"];

try {
  const [features = "", file] = process.argv.slice(2);
  const named = features.split(",").filter((name) => name !== "");
  const unknown = named.find((name) => !FAMILIES.includes(name));
  if (file === undefined || named.length === 0 || unknown !== undefined) {
    throw new BuildError(`give families with commas between them, of ${FAMILIES.join(", ")}, and the file that is written${unknown === undefined ? "" : `; there is no \`${unknown}\``}`);
  }
  const folder = buildEngine({ edge: true, features: named });
  copyFileSync(join(folder, "engine_bg.wasm"), file);
  const { raw, gzip, brotli } = sizesOf(file);
  say(`${file}: ${raw} bytes, gzip ${gzip}, brotli ${brotli}. Pass it to init() of regate/edge/slim.`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
