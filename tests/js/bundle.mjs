// Bundles as `opa build` writes them: a tar archive, compressed.

import { gzipSync } from "node:zlib";

// A tar archive of one file, as its format has it: a header of 512 bytes, then the content in blocks of as many.
function archive(path, text) {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** The bytes of a bundle of files, by their paths in it. */
export function bundle(files) {
  const archives = Object.entries(files).map(([path, content]) => archive(path, content));
  return gzipSync(Buffer.concat([...archives, Buffer.alloc(1024)]));
}
