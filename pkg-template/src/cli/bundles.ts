// The option `--bundle`: bundles of `opa build` in the place of files and folders.

import type { Bundles } from "../bundles.js";
import { CliFailure } from "./failure.js";
import { nameOf, readBytes } from "./files.js";

/** The bytes of each bundle, under the path that was given. */
export async function readBundles(paths: readonly string[]): Promise<Bundles> {
  const bundles: [string, Uint8Array][] = [];
  for (const path of paths) bundles.push([nameOf(path), await readBytes(path, "the bundle")]);
  return Object.fromEntries(bundles);
}

/** Refuses what was given beside bundles: they hold modules, data and dialects of their own. */
export function requireAlone(beside: { readonly [name: string]: string | readonly string[] | undefined }): void {
  const given = Object.keys(beside).filter((name) => beside[name] !== undefined && beside[name].length > 0);
  if (given.length === 0) return;
  throw new CliFailure(`a bundle says itself what it holds: leave out ${given.join(" and ")}, or --bundle`);
}
