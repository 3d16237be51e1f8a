// The package with a module that can trap, to show in workerd what becomes of a trapped instance.

import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildEngine, modulesFolder } from "../../pkg-template/build.mjs";
import { instanceModule } from "../../pkg-template/build/glue.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the tests import it from. */
export const trapPackage = join(root, "target", "trap-package-workerd");

/** The modules of the built package, but for the engine. */
export function makeTrapPackage() {
  const engine = buildEngine({ features: ["trap"] });
  rmSync(trapPackage, { recursive: true, force: true });
  cpSync(modulesFolder, join(trapPackage, "dist"), { recursive: true });
  writeFileSync(join(trapPackage, "dist", "engine.js"), instanceModule(readFileSync(join(engine, "engine.js"), "utf8")));
  copyFileSync(join(engine, "engine_bg.wasm"), join(trapPackage, "dist", "engine.wasm"));
}
