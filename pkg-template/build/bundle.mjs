// From the modules that TypeScript gives, a hundred of them, to few files: opening one after the other takes longer than all that is done until
// the first decision.

import { copyFileSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BuildError } from "./shell.mjs";

// The one effect that importing a module has.
const STARTS = /^(?:loadEngineWith|loadEngineFrom|startEngine)\(/m;
// What the package has for its programs to find: modules of other packages, of Node, and the builds of the engine beside it.
const EXTERNAL = [/^node:/, /^idb$/, /^drizzle-orm/, /\.wasm(\?module)?$/];

/**
 * Puts what `manifest` exports into `dist`: a file for each entry, and beside them what several of them share, with the declarations of all.
 *
 * INVARIANT (once): what is one module is one in the package, so that an error of `regate` is one of `regate/edge` as well. INVARIANT (places):
 * whoever looks for a file beside itself is an entry, which stays where it was. INVARIANT (effects): what has an effect when it is imported is an
 * entry too, which the manifest names: the bundlers of others drop an import of anything else of which they use nothing.
 */
export async function bundle(modules, dist, manifest) {
  const names = new Set([...entriesOf(manifest.exports), ...entriesOf(manifest.bin)]);
  // Only now: the build installs what it needs itself.
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    // Paths in what is written begin here, wherever the build was started.
    cwd: modules,
    input: Object.fromEntries([...names].map((name) => [name, join(modules, `${name}.js`)])),
    external: EXTERNAL,
    platform: "neutral",
    preserveEntrySignatures: "strict",
    plugins: [apartFromTheCommand, withSourceMaps],
  });
  const { output } = await build.write({
    dir: dist,
    format: "esm",
    entryFileNames: "[name].js",
    // What would be named after the folder is what the entries of the full build share.
    chunkFileNames: ({ name }) => `shared-${name === basename(modules) ? "full" : "[name]"}-[hash].js`,
    sourcemap: true,
  });
  await build.close();
  for (const { type, fileName, isEntry, code } of output) {
    if (type !== "chunk") continue;
    if (!isEntry && code.includes("import.meta")) throw new BuildError(`${fileName} looks for a file beside itself, and is no entry`);
    if (STARTS.test(code) && !manifest.sideEffects.includes(`./dist/${fileName}`)) throw new BuildError(`${fileName} loads the engine, and \`sideEffects\` of the manifest does not name it`);
  }
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

// Importing the entry for Node has an effect. The command does so as others do: it would be moved to where both share it otherwise.
const apartFromTheCommand = {
  name: "apart-from-the-command",
  resolveId: (source, importer) => (basename(importer ?? "") === "cli.js" && source === "./node.js" ? { id: source, external: true } : null),
};

// So that what a program is shown of the package is its TypeScript, but for the modules that the edge build has once more.
const withSourceMaps = {
  name: "source-maps",
  load(id) {
    if (!id.endsWith(".js")) return null;
    const code = readFileSync(id, "utf8");
    const [, name] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(code) ?? [];
    return name === undefined ? { code } : { code, map: JSON.parse(readFileSync(join(dirname(id), name), "utf8")) };
  },
};
