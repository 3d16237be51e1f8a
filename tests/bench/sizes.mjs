// How large modules are, on disk and on their way.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { sizesOf } from "../../pkg-template/build/sizes.mjs";
import { benchFolder } from "./places.mjs";

const known = new URL("sizes.json", benchFolder);

/** Raw, gzip 9 and brotli 11 bytes of each file. `quick` leaves out brotli, which takes seconds, where it is not known. */
export function moduleSizes(files, { quick }) {
  const cache = existsSync(known) ? JSON.parse(readFileSync(known, "utf8")) : {};
  const sizes = files.map(({ name, path }) => {
    const bytes = readFileSync(path);
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (cache[digest] === undefined && quick) {
      return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: null };
    }
    cache[digest] ??= sizesOf(path);
    return { name, ...cache[digest] };
  });
  mkdirSync(benchFolder, { recursive: true });
  writeFileSync(known, JSON.stringify(cache));
  return sizes;
}
