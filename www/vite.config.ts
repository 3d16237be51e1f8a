// Builds and serves the page; the engine is the built package, taken by its name (`npm run build` links it).
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The large example plan is not stored in the repository: its script writes it, the same bytes each time.
const plans = here("../pkg-template/examples/plans/");
if (!existsSync(`${plans}platform.json`)) execFileSync(process.execPath, [`${plans}platform.mjs`]);

export default defineConfig({
  root: here("."),
  // Relative addresses: the built page works from any folder of any server.
  base: "./",
  server: { host: "127.0.0.1", fs: { allow: [here("..")] } },
  preview: { host: "127.0.0.1" },
  worker: { format: "es" },
  build: {
    outDir: here("dist"),
    // Four pages: the editor, the console, the actions of agents and the configurations of CI.
    rollupOptions: { input: [here("index.html"), here("console.html"), here("actions.html"), here("configs.html")] },
    emptyOutDir: true,
    target: "es2022",
    // Plans and the engine stay files: as text inside the script they would be loaded by everyone, asked for or not.
    assetsInlineLimit: 0,
    // The editor is most of it; the page shows nothing before the editor is there, so splitting would only add a round trip.
    chunkSizeWarningLimit: 700,
  },
});
