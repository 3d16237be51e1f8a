// Bundles of `opa build`, as they cross to the engine: a list of names and lengths, and all bytes as one document.

import { isUint8Array, present } from "./document.js";
import { RegateError } from "./errors.js";

/** The bytes of a `.tar.gz` each, under a name of yours. */
export type Bundles = { readonly [name: string]: Uint8Array };

/** Bundles for the engine. The bytes are a copy. */
export interface BundleDocument {
  parts: { name: string; bytes: number }[];
  document: Uint8Array;
}

/** Copies bundles into one document. */
export function bundleDocument(bundles: Bundles): BundleDocument {
  // A Map has entries of its own, and would be taken for no bundles, in which nothing is wrong.
  if (typeof bundles !== "object" || bundles === null || Symbol.iterator in bundles) {
    throw new RegateError("malformed_request", "bundles are an object from name to bytes");
  }
  const given = Object.entries(bundles).map(([name, bytes]) => ({ name, bytes: bundleBytes(name, bytes) }));
  const document = new Uint8Array(given.reduce((length, { bytes }) => length + bytes.length, 0));
  let at = 0;
  for (const { bytes } of given) {
    document.set(bytes, at);
    at += bytes.length;
  }
  return { parts: given.map(({ name, bytes }) => ({ name, bytes: bytes.length })), document };
}

function bundleBytes(name: string, bytes: unknown): Uint8Array {
  if (isUint8Array(bytes)) return present(bytes);
  throw new RegateError("malformed_request", `the bundle ${name} is not a Uint8Array`, { help: "read the file or the response as bytes" });
}
