// The public fixtures of the tool that organisations know, where checkouts of them are present: REGATE_CONFIG_FIXTURES names a folder with
// `circle-policy-agent`, `circleci-cli` (its main line) and `circleci-cli-v0`.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { cli, root } from "./cli-shell.mjs";

const fixtures = process.env.REGATE_CONFIG_FIXTURES;
const folder = mkdtempSync(join(tmpdir(), "regate-fixtures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A test of a checkout; without it the test says that it is absent. */
function fixture(checkout, name, run) {
  const at = fixtures === undefined ? undefined : join(fixtures, checkout);
  const skip = at === undefined || !existsSync(at) ? `REGATE_CONFIG_FIXTURES names no folder with ${checkout}` : false;
  test(`${checkout}: ${name}`, { skip }, () => run(at));
}

function regate(args, cwd) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "policy", ...args], { cwd, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** A command that compiles: a module whose function `compile` makes a value of the configuration and the parameters. */
function compiler(name, body) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { readFileSync } from "node:fs";
import { init, readConfig } from ${JSON.stringify(new URL(`file://${join(root, "pkg/dist/node.js")}`).href)};
await init();
const config = readConfig(readFileSync(0, "utf8"));
const parameters = JSON.parse(process.env.REGATE_PIPELINE_PARAMETERS);
${body}
`,
  );
  return `${process.execPath} ${file}`;
}

const timeless = (text) =>
  text
    .replaceAll(/"Elapsed": ?"[^"]*"/g, '"Elapsed": "0s"')
    .replaceAll(/"ElapsedMS": ?\d+/g, '"ElapsedMS": 0')
    .replaceAll(/ time="[^"]*"/g, ' time="0"')
    .replaceAll(/timestamp="[^"]*"/g, 'timestamp="2024-03-04T10:50:05Z"')
    .replaceAll(/\d+\.\d{3}(?=s| )/g, "<T>");

fixture("circle-policy-agent", "the tree of policies, as JSON to the byte", (at) => {
  const tester = join(at, "cpa/tester");
  const { status, stdout } = regate(["test", "./policies/...", "--format", "json"], tester);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(timeless(stdout)), JSON.parse(readFileSync(join(tester, "policies/results.json"), "utf8")));
});

fixture("circle-policy-agent", "the tree of policies, as JUnit to the byte", (at) => {
  const tester = join(at, "cpa/tester");
  const { status, stdout } = regate(["test", "./policies/...", "--format", "junit"], tester);
  assert.equal(status, 0);
  const expected = timeless(readFileSync(join(tester, "policies/results.xml"), "utf8"));
  assert.equal(timeless(stdout), `<?xml version="1.0" encoding="UTF-8"?>\n${expected.trimEnd()}\n`);
});

fixture("circle-policy-agent", "a failing test rule", (at) => {
  const { status, stdout } = regate(["test", "./failed_policies/...", "--format", "json"], join(at, "cpa/tester"));
  assert.equal(status, 7);
  assert.deepEqual(JSON.parse(timeless(stdout)), [
    { Passed: false, Group: "<opa.tests>", Name: "data.org.test_int_is_string", Elapsed: "0s", ElapsedMS: 0 },
    { Passed: true, Group: "failed_policies", Elapsed: "0s", ElapsedMS: 0, Err: "no tests" },
  ]);
});

fixture("circle-policy-agent", "compiled inputs, with a compiler and without", (at) => {
  const tester = join(at, "cpa/tester");
  const stub = compiler("definition", "console.log(JSON.stringify(config.compiled_definition ?? null));");
  const compiled = regate(["test", "./compiler_policies/compile/...", "--compiler", stub], tester);
  assert.equal(compiled.status, 0, compiled.stdout);
  assert.match(compiled.stdout, /\n3\/3 tests passed/);
  const without = regate(["test", "./compiler_policies/compile/...", "--format", "json"], tester);
  const named = JSON.parse(without.stdout).filter(({ Name }) => Name !== undefined);
  const no = "test set compile to true but no compiler was provided";
  assert.deepEqual(named.map(({ Passed, Err }) => [Passed, Err]), [[false, no], [false, no], [true, undefined]]);
  assert.equal(without.status, 7);
});

fixture("circle-policy-agent", "parameters that are inherited and merged", async (at) => {
  const { init, loadConfigPolicies } = await import("regate");
  await init();
  const [policy, tests] = ["parameter.rego", "parameter_test.yaml"].map((name) => readFileSync(join(at, "cpa/tester/compiler_policies/parameters", name), "utf8"));
  const { policies, error } = loadConfigPolicies({ "parameter.rego": policy });
  assert.ok(policies, error?.message);
  const results = [];
  for await (const result of policies.test({ "parameter_test.yaml": tests }, { compiler: (_config, _parameters, given) => JSON.stringify(given) })) results.push(result);
  assert.deepEqual(results.map(({ passed, error }) => [passed, error]), [[true, undefined], [true, undefined]]);
});

fixture("circleci-cli-v0", "decisions on its policies", (at) => {
  const data = join(at, "cmd/policy");
  const decide = (...args) => regate(["decide", ...args, "--no-compile"], data);
  const pass = decide("./testdata/test0/policy.rego", "--input", "./testdata/test0/config.yml");
  assert.equal(pass.status, 0, pass.stderr);
  assert.equal(JSON.parse(pass.stdout).status, "PASS");
  const meta = decide("./testdata/test0/subdir/meta-policy-subdir/meta-policy.rego", "--input", "./testdata/test1/test.yml", "--metafile", "./testdata/test1/meta.yml");
  assert.deepEqual(JSON.parse(meta.stdout), { status: "PASS", enabled_rules: ["enabled"] });
  const hard = decide("./testdata/test2/hard_fail_policy.rego", "--input", "./testdata/test0/config.yml", "--strict");
  assert.equal(hard.status, 7);
  assert.equal(JSON.parse(hard.stdout).status, "HARD_FAIL");
  assert.match(hard.stderr, /policy decision status: HARD_FAIL/);
  const error = decide("./testdata/test3/runtime_error_policy.rego", "--input", "./testdata/test0/config.yml");
  assert.deepEqual(JSON.parse(error.stdout), {
    status: "ERROR",
    reason: "./testdata/test3/runtime_error_policy.rego:8: eval_conflict_error: complete rules must not produce multiple outputs",
  });
  const none = decide("./testdata/test0/no-valid-policy-files", "--input", "./testdata/test0/config.yml");
  assert.equal(none.status, 7);
  assert.match(none.stderr, /failed to make decision: failed to load policy files: no rego policies found/);
});

fixture("circleci-cli-v0", "its tests, also those that compile", (at) => {
  const data = join(at, "cmd/policy/testdata");
  const plain = regate(["test", "./test_policies"], data);
  assert.equal(plain.status, 0, plain.stdout);
  assert.match(plain.stdout, /\n2\/2 tests passed/);
  const size = "for (const job of Object.values(config.jobs)) job.resource_class = parameters.size ?? config.parameters.size.default;";
  const stub = compiler("sizes", `${size}\nconsole.log(JSON.stringify(config));`);
  const compiled = regate(["test", "./compile_policies", "--compiler", stub, "-v"], data);
  assert.match(compiled.stdout, /ok +test_compile_policy/, compiled.stdout);
});

fixture("circleci-cli", "what its main line prints of tests", (at) => {
  const policies = join(at, "..", "circleci-cli-v0", "cmd/policy/testdata/test_policies");
  const expected = (name) => readFileSync(join(at, "acceptance/testdata", `${name}.txt`), "utf8").replaceAll("<T>    |", "<T> |");
  const printed = (...args) => {
    const { stdout } = regate(["test", policies, ...args], at);
    return timeless(stdout).replaceAll(policies.replace(/^\.\//, ""), "<DIR>").replaceAll(/<T> +\|/g, "<T> |");
  };
  assert.equal(printed("--format", "markdown"), expected("TestPolicyTest"));
  assert.equal(printed("--format", "markdown", "--all"), expected("TestPolicyTest_All"));
  assert.equal(printed("--format", "markdown", "--explain"), expected("TestPolicyTest_Explain"));
  const junit = expected("TestPolicyTest_JUnit").replaceAll('time="<T>"', 'time="0"').replaceAll("<TS>", "2024-03-04T10:50:05Z");
  assert.equal(printed("--junit"), junit);
  assert.equal(printed("--junit", "--json"), junit);
  const json = JSON.parse(expected("TestPolicyTest_JSON").replaceAll('"Elapsed":"<T>"', '"Elapsed":"0s"'));
  assert.deepEqual(JSON.parse(printed("--json")), json);
});

fixture("circleci-cli", "what its main line answers to queries", (at) => {
  const data = join(at, "..", "circleci-cli-v0", "cmd/policy/testdata");
  const expected = (name) => readFileSync(join(at, "acceptance/testdata", `${name}.txt`), "utf8");
  const evaluate = (...args) => regate(["eval", ...args], data);
  const basic = evaluate("./test0/policy.rego", "--input", "./test1/test.yml", "--no-compile");
  assert.equal(basic.stdout, expected("TestPolicyEval"));
  const meta = ["./test0/subdir/meta-policy-subdir/meta-policy.rego", "--input", "./test1/test.yml", "--no-compile"];
  const inline = ["--meta", '{"project_id": "test-project-id","vcs": {"branch": "main"}}'];
  const file = ["--metafile", "./test1/meta.yml"];
  const enabled = ["--query", "data.org.enable_rule"];
  assert.equal(evaluate(...meta, ...inline).stdout, expected("TestPolicyEval_MetaAndQuery/meta_full_tree"));
  assert.equal(evaluate(...meta, ...inline, ...enabled).stdout, expected("TestPolicyEval_MetaAndQuery/meta_with_query"));
  assert.equal(evaluate(...meta, ...file).stdout, expected("TestPolicyEval_MetaAndQuery/metafile_full_tree"));
  assert.equal(evaluate(...meta, ...file, ...enabled).stdout, expected("TestPolicyEval_MetaAndQuery/metafile_with_query"));
  const stub = compiler("sentinel", 'console.log(\'{"version": "2.1", "sentinel": "compiled-marker"}\');');
  const compiled = ["./test0/policy.rego", "--input", "./test1/test.yml", "--compiler", stub];
  assert.equal(evaluate(...compiled, "--query", "input._compiled_.sentinel").stdout, expected("TestPolicyEval_Compile"));
  assert.equal(evaluate(...compiled, "--query", "input").stdout, expected("TestPolicyEval_Compile_Merged"));
  const missing = evaluate("./no_such.rego", "--input", "./test1/test.yml", "--no-compile");
  assert.equal(missing.status, 7);
  assert.match(missing.stderr, /failed to walk root: lstat \.\/no_such\.rego: no such file or directory/);
  const both = evaluate(...meta, ...inline, ...file);
  assert.equal(both.status, 2);
  assert.match(both.stderr, /use either --meta or --metafile flag, but not both/);
});
