// From the modules that TypeScript gives, a hundred of them, to few files: opening one after the other takes longer than all that is done until
// the first decision.

import { copyFileSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

// What the package has for its programs to find: modules of other packages, of Node, and the builds of the engine beside it.
const EXTERNAL = [/^node:/, /^idb$/, /^drizzle-orm/, /\.wasm(\?module)?$/];

/**
 * Puts what `manifest` exports into `dist`: a file for each entry, and beside them what several of them share, with the declarations of all.
 *
 * INVARIANT (once): what is one module is one in the package, so that an error of `regate` is one of `regate/edge` as well. INVARIANT (places):
 * entries stay where they were, and what they share lies beside them: whoever looks for a file beside itself finds it.
 */
export async function bundle(modules, dist, manifest) {
  const names = new Set([...entriesOf(manifest.exports), ...entriesOf(manifest.bin)]);
  // Only now: the build installs what it needs itself.
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    input: Object.fromEntries([...names].map((name) => [name, join(modules, `${name}.js`)])),
    external: EXTERNAL,
    platform: "neutral",
    preserveEntrySignatures: "strict",
    plugins: [withSourceMaps],
  });
  await build.write({ dir: dist, format: "esm", entryFileNames: "[name].js", chunkFileNames: ({ name }) => `shared-${name === "package-modules" ? "full" : "[name]"}-[hash].js`, sourcemap: true });
  await build.close();
  for (const name of readdirSync(modules, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    copyFileSync(join(modules, name), join(dist, name));
  }
}

/** The names of the modules that a part of a manifest names, below `dist` and without their ends. */
function entriesOf(part) {
  if (typeof part !== "string") return Object.values(part ?? {}).flatMap(entriesOf);
  return /^(?:\.\/)?dist\/(.*)\.js$/.exec(part)?.slice(1) ?? [];
}

// So that what a program is shown of the package is its TypeScript.
const withSourceMaps = {
  name: "source-maps",
  load(id) {
    if (!id.endsWith(".js")) return null;
    const code = readFileSync(id, "utf8");
    const [, name] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(code) ?? [];
    return name === undefined ? { code } : { code, map: JSON.parse(readFileSync(join(dirname(id), name), "utf8")) };
  },
};
