// Where things lie.

import { fileURLToPath } from "node:url";

/** The repository. */
export const root = new URL("../../", import.meta.url);
/** What the benchmark makes: the peers' modules, files for the cold starts, the results. */
export const benchFolder = new URL("target/bench/", root);
/** The module of regorus and its glue. */
export const regorusFolder = new URL("regorus-direct/", benchFolder);

export const pathOf = (url) => fileURLToPath(url);
