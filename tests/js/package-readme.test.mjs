// Every program in the package's README runs, and prints what its comments say. What runs in Workers only, tests/workerd runs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(root, "pkg-template", "README.md"), "utf8");
// A program belongs to the title that it stands under. One that goes on with the plan of an earlier one begins with it.
const plan = /^const plan = \{[\s\S]*?^\};$/m.exec(readme)[0];
const all = [...readme.matchAll(/```js\n([\s\S]*?)```/g)];
const programs = all.filter(({ 1: code }) => !code.includes("cloudflare:workers")).map(({ 1: code, index }) => ({
  title: [...readme.slice(0, index).matchAll(/^##+ (.*)$/gm)].at(-1)[1],
  code: code.includes("const plan = ") ? code : `${plan}\n${code}`,
}));
const folder = mkdtempSync(join(root, "target", "readme-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("there are programs", () => assert.deepEqual([programs.length, all.length - programs.length], [19, 1]));

test("every table is whole: its second line parts its titles from its rows", () => {
  const tables = readme.split("\n").reduce((found, line, i, lines) => {
    if (!line.startsWith("|")) return found;
    return lines[i - 1]?.startsWith("|") ? [...found.slice(0, -1), [...found.at(-1), line]] : [...found, [line]];
  }, []);
  assert.ok(tables.length >= 3);
  for (const table of tables) assert.match(table[1] ?? "", /^\|( -+ \|)+$/, table[0]);
});

programs.forEach(({ title, code }, i) => {
  test(title, () => {
    const file = join(folder, `${i}.mjs`);
    writeFileSync(file, code);
    const printed = execFileSync(process.execPath, [file], { encoding: "utf8" });
    // `console.log(...); // "hold"`: the text or word that the comment begins with.
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (?:"([^"]*)"|(\w+))/g)].map(([, text, word]) => text ?? word);
    const lines = printed.trimEnd().split("\n");
    assert.deepEqual(lines.filter((line) => promised.includes(line)), promised, printed);
  });
});
