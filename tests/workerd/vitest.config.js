// Runs the tests inside workerd, beside the example Worker as its own wrangler.jsonc builds it, or beside the Worker of the store's tests.

import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const trapPackage = fileURLToPath(new URL("../../target/trap-package-workerd/dist/", import.meta.url));

const EXAMPLE = "../../pkg-template/examples/worker/wrangler.jsonc";

function project(name, include, { worker = EXAMPLE, alias = [] } = {}) {
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: worker },
        // Without it, starting asks a server of Cloudflare for the properties of requests.
        miniflare: { cf: false },
      }),
    ],
    resolve: { alias },
    server: { fs: { allow: [repository] } },
    // Long, because each file starts an isolate, and machines may be slow or shared.
    test: { name, include, testTimeout: 120_000 },
  };
}

export default defineConfig({
  test: {
    projects: [
      project("package", ["test/*.spec.js"]),
      // The same Worker on a package that has a call which traps.
      project("trap", ["test/trap/*.spec.js"], {
        alias: [
          { find: /^regate$/, replacement: `${trapPackage}workerd.js` },
          { find: /^trap-package\//, replacement: trapPackage },
        ],
      }),
      // D1 and Durable Objects, which the example does without.
      project("store", ["test/store/*.spec.js"], { worker: "store-worker/wrangler.jsonc" }),
    ],
  },
});
