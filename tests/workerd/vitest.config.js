// Runs the tests inside workerd, beside the example Worker as its own wrangler.jsonc builds it.

import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const trapPackage = fileURLToPath(new URL("../../target/trap-package-workerd/dist/", import.meta.url));

function project(name, include, alias = []) {
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "../../pkg-template/examples/worker/wrangler.jsonc" },
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
      project("trap", ["test/trap/*.spec.js"], [
        { find: /^regate$/, replacement: `${trapPackage}workerd.js` },
        { find: /^trap-package\//, replacement: trapPackage },
      ]),
    ],
  },
});
