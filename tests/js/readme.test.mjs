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
  for (const file of ["approval-rules.json", "run.json"]) cpSync(join(examples, file), join(folder, file));
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

test("the Worker's snippet decides in the workspace that is named, and denies everything else", async () => {
  const rego_source = readFileSync(join(folder, "destroys.rego"), "utf8");
  const bundle = {
    config: { policy_sets: [{ name: "production", workspace_id: "w-1", policies: [{ name: "destroys", rego_source }] }] },
    org: { id: "o-1" },
    workspaces: [{ id: "w-1", name: "shop-production" }, { id: "w-2", name: "sandbox" }],
  };
  const lines = Object.entries(bundle).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(join(folder, "bundle.mjs"), lines.join(""));
  const file = join(folder, "worker.mjs");
  writeFileSync(file, snippets("js")[2]);
  const { default: worker } = await import(pathToFileURL(file));
  const plan = readFileSync(join(folder, "plan.json"));
  const post = async (query, body = plan, headers = { "content-length": String(body.length) }) => {
    const response = await worker.fetch(new Request(`https://gate.example/${query}`, { method: "POST", body, headers }));
    return { status: response.status, body: await response.json() };
  };
  const denied = await post("?workspace=shop-production&run=r-1");
  assert.deepEqual([denied.body.kind, denied.body.reasons[0].message], ["deny", "something is destroyed"]);
  assert.deepEqual(await post("?workspace=sandbox&run=r-1"), { status: 200, body: { kind: "allow" } });
  const wrong = [
    ["", "malformed_request"],
    ["?workspace=nowhere&run=r-1", "malformed_request"],
    ["?workspace=sandbox", "malformed_request"],
    ["?workspace=sandbox&run=r-1", "input_not_json", "no plan"],
    ["?workspace=sandbox&run=r-1", "unexpected", plan, {}],
    ["?workspace=sandbox&run=r-1", "unexpected", plan, { "content-length": "8000001" }],
    ["?workspace=sandbox&run=r-1", "unexpected", plan, { "content-length": "many" }],
  ];
  for (const [query, code, ...rest] of wrong) {
    const { status, body } = await post(query, ...rest);
    assert.deepEqual([status, body.kind, body.reasons[0].code], [403, "deny", code], `${query}: ${JSON.stringify(body)}`);
  }
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
