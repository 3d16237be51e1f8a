// `npm start`: builds what is missing, shows the governance of an example plan, then serves the page.
// Without a terminal it ends after the preview.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { BuildError, root, say } from "./build/shell.mjs";

const PREVIEW = [
  "preview",
  "plans/webshop.json",
  ...["production-safety", "cost", "iam-review", "ownership"].flatMap((set) => ["--policies", `policies/${set}`]),
  ...["--rules", "approval-rules.json"],
  ...["--providers", "providers.json"],
  ...["--run", "run.json"],
];

try {
  await build();
  preview();
  if (process.stdout.isTTY) serve();
  else say("\nThere is no terminal, so the page is not served. In a terminal, npm start serves it.");
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

function preview() {
  say(`\nIn pkg-template/examples: npx regate ${PREVIEW.join(" ")}\n`);
  const examples = join(root, "pkg-template", "examples");
  const { status } = spawnSync(process.execPath, [join(root, "pkg", "dist", "cli.js"), ...PREVIEW], { cwd: examples, stdio: "inherit" });
  // 0 and 1 are verdicts; anything else is a preview that did not come about.
  if (status !== 0 && status !== 1) throw new BuildError("the preview of the example failed; what it printed stands above");
}

function serve() {
  if (!existsSync(join(root, "www", "index.html"))) throw new BuildError("there is no page to serve: www/index.html is missing");
  say("\nServing the page. Open the address below; end with Ctrl+C.");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  spawnSync(process.execPath, [vite, "--config", join(root, "www", "vite.config.ts"), join(root, "www")], { cwd: root, stdio: "inherit" });
}
