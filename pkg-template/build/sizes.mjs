// The size of a file as it lies on disk and as it travels.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { say } from "./shell.mjs";

/** Raw, gzip and brotli bytes at the highest levels. */
export function sizesOf(path) {
  const bytes = readFileSync(path);
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  };
}

/** Prints the sizes of modules in a folder. */
export function printSizes(folder, names) {
  say("pkg/ is ready.");
  for (const name of names) {
    const { raw, gzip, brotli } = sizesOf(join(folder, name));
    say(`${name}: ${raw} bytes, gzip ${gzip}, brotli ${brotli}.`);
  }
}
