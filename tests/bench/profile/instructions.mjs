// The instructions of one decision of each workload, beside those that are committed: a change that makes one slower is seen, whatever
// machine it is tried on.

import { readFileSync, writeFileSync } from "node:fs";
import { BenchFailure } from "../failure.mjs";
import { print, table } from "../table.mjs";
import { writePage } from "../page.mjs";
import { countedInstructions } from "./profile.mjs";

const FILE = new URL("instructions.json", import.meta.url);
// Less is what another release of the standard library, or of what copies memory, may make of the same sources.
const TOLERANCE = 0.1;

/** Fails where a decision takes more instructions than is committed. `BLESS=1` commits what was counted. */
export function compareInstructions() {
  const counted = countedInstructions();
  if (process.env.BLESS) {
    writeFileSync(FILE, `${JSON.stringify(counted, null, 2)}\n`);
    writePage();
  }
  const committed = JSON.parse(readFileSync(FILE, "utf8"));
  const shares = Object.entries(counted).map(([id, count]) => ({ id, count, before: committed[id], share: count / committed[id] }));
  print("\ninstructions of one decision, native, counted by callgrind, beside those that are committed");
  table(["", "counted", "committed", "ratio"], shares.map(({ id, count, before, share }) => [id, count.toLocaleString("en"), (before ?? 0).toLocaleString("en"), share.toFixed(3)]));
  const slower = shares.filter(({ share }) => !(share <= 1 + TOLERANCE));
  if (slower.length > 0) {
    throw new BenchFailure(`${slower.map(({ id }) => id).join(", ")} take more instructions than tests/bench/profile/instructions.json allows; \`npm run bench -- --profile\` says where, and BLESS=1 commits what is meant`);
  }
  const faster = shares.filter(({ share }) => share < 1 - TOLERANCE);
  if (faster.length > 0) print(`${faster.map(({ id }) => id).join(", ")}: faster than committed; run it with BLESS=1, so that it stays so`);
}
