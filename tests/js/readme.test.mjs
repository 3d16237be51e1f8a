// Every snippet of the README runs, against the built package, as a reader would run it.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const examples = join(root, "pkg-template", "examples");
const readme = readFileSync(join(root, "README.md"), "utf8");
const cli = join(root, "pkg", "dist", "cli.js");

/** The code of the fenced blocks of a language, in order. */
function snippets(language) {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, code]) => code);
}

let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-readme-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "pkg"), join(folder, "node_modules", "regate"));
  cpSync(join(examples, "plans", "webshop.json"), join(folder, "plan.json"));
  cpSync(join(examples, "policies"), join(folder, "policies"), { recursive: true });
  cpSync(join(examples, "approval-rules.json"), join(folder, "approval-rules.json"));
  writeFileSync(
    join(folder, "destroys.rego"),
    'package forgecroft.policy\n\nimport rego.v1\n\ndeny contains "something is destroyed" if count(input.plan_changes.destroyed) > 0\n',
  );
});

after(() => rmSync(folder, { recursive: true, force: true }));

function runSnippet(name, code) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, code);
  return execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
}

test("the README has a snippet for each of its three readers", () => {
  assert.equal(snippets("js").length, 3);
});

test("the author's snippet shows two errors with their places, and an answer", () => {
  const output = runSnippet("author", snippets("js")[0]);
  assert.match(output, /^policy\.rego:\d+:\d+ .+$/m);
  assert.match(output, /^true$/m);
});

test("the engineer's snippet previews a plan", () => {
  const output = runSnippet("engineer", snippets("js")[1]);
  assert.match(output, /^rejected /);
  assert.match(output, /something is destroyed/);
});

test("the Worker's snippet answers a plan with a decision, and what is no plan with a denial", async () => {
  const file = join(folder, "worker.mjs");
  writeFileSync(file, snippets("js")[2]);
  const { default: worker } = await import(pathToFileURL(file));
  const post = (body) => worker.fetch(new Request("https://gate.example/", { method: "POST", body }));
  const allowed = await post(readFileSync(join(folder, "plan.json")));
  assert.deepEqual(await allowed.json(), { kind: "allow" }, "no policy set, rule or provider: nothing keeps a plan from completing");
  const denied = await post("no plan");
  assert.equal(denied.status, 403);
  assert.equal((await denied.json()).kind, "deny");
});

test("the commands of the README exist and run", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lines = snippets("sh").flatMap((code) => code.trim().split("\n"));
  assert.ok(lines.length >= 5);
  for (const line of lines) {
    const [program, ...args] = line.split(" ");
    if (program === "npm") {
      // The two commands themselves run this very test, so they are only looked up.
      assert.ok(scripts[args[0]], `${line}: package.json has no such script`);
      continue;
    }
    assert.deepEqual([program, args[0]], ["npx", "regate"]);
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args.slice(1)], { cwd: folder, encoding: "utf8" });
    assert.ok(status === 0 || status === 1, `${line}: exit ${status}\n${stderr}`);
    assert.equal(stderr, "", line);
  }
});
