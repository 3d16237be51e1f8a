// The script that bundles policies into the example Worker: what it writes, and what it refuses before anything is deployed.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../pkg-template/examples/worker/bundle-policies.mjs", import.meta.url));
const GOOD = 'package forgecroft.policy\n\nimport rego.v1\n\ndeny contains "no" if input.run.trigger == "schedule"\n';
const hasJq = spawnSync("jq", ["--version"]).status === 0;
const WORKSPACES = { org: { id: "o" }, workspaces: [{ id: "w", name: "one", attributes: { ["__proto__"]: "kept" } }] };

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-bundle-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script on policies and workspaces of these contents. */
function bundle({ rego = GOOD, settings, workspaces = WORKSPACES, rules, options = [] }) {
  const policies = join(folder, "set");
  rmSync(policies, { recursive: true, force: true });
  mkdirSync(policies);
  const file = (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    return path;
  };
  if (rego !== null) file("set/policy.rego", rego);
  file("set/policy_test.rego", "this is no policy");
  if (settings !== undefined) file("set/policy-set.json", settings);
  const out = join(folder, "bundle.ts");
  rmSync(out, { force: true });
  const args = ["--policies", policies, "--workspaces", file("workspaces.json", workspaces), "--out", out, ...options];
  if (rules !== undefined) args.push("--rules", file("rules.json", rules));
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  return { status, stderr, written: existsSync(out) ? readFileSync(out, "utf8") : undefined };
}

function bundled(source) {
  return JSON.parse(JSON.parse(/= JSON\.parse\((".*")\);\n$/.exec(source)[1]));
}

it("writes policies without their tests, with the settings of the folder, and workspaces as they are", () => {
  const { status, stderr, written } = bundle({ settings: { name: "named", enforcement: "advisory" } });
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const { org, workspaces, governance } = bundled(written);
  assert.deepEqual({ org, workspaces: JSON.stringify(workspaces) }, { org: { id: "o" }, workspaces: JSON.stringify(WORKSPACES.workspaces) });
  assert.deepEqual(governance, {
    policy_sets: [{ name: "named", enforcement: "advisory", policies: [{ name: "policy", rego_source: GOOD }] }],
    approval_rules: [],
    external_check_providers: [],
  });
});

const refused = [
  ["a policy that does not parse", { rego: "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains if {\n" }, /set\/policy:\d+:\d+: error rego_parse_error/],
  ["a policy of another package", { rego: "package elsewhere\n\nimport rego.v1\n\ndeny contains \"no\"\n" }, /set\/policy:1:\d+: error/],
  ["a folder without policies", { rego: null }, /has no policy/],
  ["settings with an unknown field", { settings: { enforcment: "advisory" } }, /enforcment/],
  ["settings that are no object", { settings: "null" }, /policy-set\.json must hold a JSON object/],
  ["settings that list policies", { settings: { policies: [] } }, /must not list `policies`/],
  ["a policy that is neither UTF-8 nor UTF-16", { rego: Buffer.from([0x22, 0xe9, 0x22]) }, /policy\.rego cannot be read/],
  ["a rule that cannot be", { rules: [{ name: "r", approver_type: "nobody" }] }, /nobody/],
  ["rules that are not JSON", { rules: "[" }, /rules\.json is not JSON/],
  ["no workspaces", { workspaces: { org: { id: "o" }, workspaces: [] } }, /lists no workspaces/],
  ["two workspaces of one name", { workspaces: { ...WORKSPACES, workspaces: [{ id: "a", name: "one" }, { id: "b", name: "one" }] } }, /two workspaces named one/],
  ["a workspace without an id", { workspaces: { ...WORKSPACES, workspaces: [{ name: "one" }] } }, /the workspace one: .*id/],
  ["a workspace with an unknown field", { workspaces: { ...WORKSPACES, workspaces: [{ id: "a", name: "one", atributes: {} }] } }, /atributes/],
  ["workspaces without an organisation", { workspaces: { workspaces: WORKSPACES.workspaces } }, /org/],
  ["an unknown option", { options: ["--polices", "x"] }, /--polices/],
];

it("reads files with a byte order mark and a lone Rego file, as `regate preview` does", () => {
  const lone = join(folder, "lone.rego");
  writeFileSync(lone, Buffer.from(`\ufeff${GOOD}`, "utf16le"));
  const marked = (value) => `\ufeff${JSON.stringify(value)}`;
  const { status, stderr, written } = bundle({
    rego: `\ufeff${GOOD}`,
    settings: marked({ name: "named" }),
    workspaces: marked(WORKSPACES),
    options: ["--policies", lone],
  });
  assert.equal(stderr, "");
  assert.equal(status, 0);
  assert.deepEqual(bundled(written).governance.policy_sets, [
    { name: "named", policies: [{ name: "policy", rego_source: GOOD }] },
    { name: "lone", policies: [{ name: "lone", rego_source: GOOD }] },
  ]);
});

it("refuses to bundle no policies at all, which would let everything pass", () => {
  const workspaces = join(folder, "some-workspaces.json");
  const out = join(folder, "nothing.ts");
  writeFileSync(workspaces, JSON.stringify(WORKSPACES));
  const { status, stderr } = spawnSync(process.execPath, [script, "--workspaces", workspaces, "--out", out], { encoding: "utf8" });
  assert.match(stderr, /--policies DIR is missing/);
  assert.equal(status, 1);
  assert.equal(existsSync(out), false);
});

it("the line of the example's README goes on with an allow that would hold when it is enforced, and with nothing else", { skip: !hasJq && "jq is not installed" }, () => {
  const readme = readFileSync(join(dirname(script), "README.md"), "utf8");
  const [, line] = /^(test .*) && terraform apply tfplan$/m.exec(readme);
  const goesOn = (answer) => {
    writeFileSync(join(folder, "answer.json"), answer);
    return spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" }).status === 0;
  };
  assert.equal(goesOn('{"decision":{"kind":"allow"},"enforced_status":"completed"}'), true);
  const others = [
    '{"decision":{"kind":"allow"},"enforced_status":"rejected"}',
    '{"decision":{"kind":"allow"},"enforced_status":"pending_approval"}',
    '{"decision":{"kind":"allow"},"enforced_status":null}',
    '{"decision":{"kind":"hold"},"enforced_status":"completed"}',
    '{"decision":{"kind":"deny"},"error":{"code":"not_a_plan"}}',
    '{"error":{"code":"not_a_plan"}}',
    "Bad gateway",
    "",
  ];
  for (const other of others) assert.equal(goesOn(other), false, other);
});

for (const [what, given, message] of refused) {
  it(`refuses ${what}, and writes nothing`, () => {
    const { status, stderr, written } = bundle(given);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^ {4}at /m);
    assert.equal(status, 1);
    assert.equal(written, undefined);
  });
}
