// `npm test sizes`: the module is no larger after gzip than `budgets.json` allows. What it is made of: `node tests/sizes/report.mjs`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../pkg-template/build/shell.mjs";
import { sizesOf } from "../../pkg-template/build/sizes.mjs";
import { print, table } from "../bench/table.mjs";

const budgets = JSON.parse(readFileSync(new URL("budgets.json", import.meta.url), "utf8"));
const rows = [];
let isOver = false;
for (const [file, { gzip: budget, goal }] of Object.entries(budgets)) {
  const { raw, gzip, brotli } = sizesOf(join(root, "pkg", "dist", file));
  const says = gzip > budget ? "TOO LARGE" : "within";
  isOver ||= gzip > budget;
  rows.push([file, ...[raw, gzip, brotli, budget, goal].map((bytes) => bytes.toLocaleString("en")), says]);
}
table(["", "raw", "gzip 9", "brotli 11", "budget, gzip", "goal, gzip", ""], rows);
if (isOver) {
  print("\nA module is larger than its budget: `node tests/sizes/report.mjs` says what of. Raise `tests/sizes/budgets.json` only for what is worth it.");
  process.exitCode = 1;
}
