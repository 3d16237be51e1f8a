// `regate policy` as a shell sees it: tests with their reports, decisions and queries, and the exit codes.

import assert from "node:assert/strict";
import { readdirSync, symlinkSync } from "node:fs";
import { hostname } from "node:os";
import { test } from "node:test";
import { shell } from "./cli-shell.mjs";

const OWNER = `package org

policy_name["owner"]

enable_rule["needs_owner"]

hard_fail["needs_owner"] { data.meta.strict }

needs_owner = "owner label missing" { not input.owner }
`;

const ROOT = `test_owner:
  input: {owner: ops, tags: [a, b]}
  decision: {status: PASS, enabled_rules: [needs_owner]}
`;

const CASES = `${ROOT}  cases:
    removed:
      input: {owner: null}
      decision: {status: SOFT_FAIL, soft_failures: [{rule: needs_owner, reason: owner label missing}]}
      cases:
        strict:
          meta: {strict: true}
          decision: {status: HARD_FAIL, soft_failures: null, hard_failures: [{rule: needs_owner, reason: owner label missing}]}
`;

const WRONG = `${CASES}    wrong_expectation:
      decision: {status: HARD_FAIL}
`;

const { regate, write, inFolder } = shell({
  "root/policy.rego": OWNER,
  "root/policy_test.yaml": ROOT,
  "cases/policy.rego": OWNER,
  "cases/policy_test.yaml": CASES,
  "guard/policy.rego": `${OWNER}\ntest_builtin_unit { true }\n`,
  "guard/policy_test.yaml": WRONG,
  "names/policy.rego": OWNER,
  "names/p_test.yaml": ROOT.replace("test_owner", "test_p"),
  "names/q_test.yml": ROOT.replace("test_owner", "test_q"),
  "names/notest.yaml": ROOT.replace("test_owner", "test_r"),
  "twice/one/a.rego": OWNER,
  "twice/one/a_test.yaml": ROOT,
  "twice/two/b.rego": OWNER,
  "multi/sub1/policy.rego": OWNER,
  "multi/sub1/policy_test.yaml": ROOT,
  "multi/none/readme.txt": "nothing",
  "multi/sub2/policy.rego": OWNER.replace('"owner"', '"other"').replaceAll("needs_owner", "needs_other"),
  "multi/.hidden/h_test.yaml": ROOT,
  "broken/policy.rego": "package org\n\nr := 1\n",
  "broken/policy_test.yaml": ROOT,
  "config.yml": "owner: ops\n",
  "bare.yml": "jobs: {}\n",
});

const policy = (...args) => regate(["policy", ...args]);

/** A command that must not end well: its exit code, its sentence, and no result. */
function failed(args, status, pattern, options) {
  const result = regate(["policy", ...args], options);
  assert.equal(result.status, status, `${args.join(" ")}: ${result.stdout}${result.stderr}`);
  assert.match(result.stderr, pattern, args.join(" "));
  assert.doesNotMatch(result.stderr, /\n {4}at |node:internal/, "a stack is no sentence");
  assert.equal(result.stdout, "", args.join(" "));
}

const failureOf = (...args) => JSON.parse(policy(...args).stdout).error;

/** Lines without the blanks that end them, and without times. */
const lines = (text) => text.split("\n").map((line) => line.replaceAll(/\d+\.\d{3}s/g, "0.000s").trimEnd());

test("T01: a passing test is a row of its group alone", () => {
  const { status, stdout } = policy("test", "./root");
  assert.equal(status, 0);
  assert.deepEqual(lines(stdout), ["ok    root    0.000s", "", "1/1 tests passed (0.000s)", ""]);
  assert.match(stdout, /^ok {4}root {4}\d\.\d{3}s {4}\n/, "the last column is padded too");
});

test("a verbose run lists every test, and what differs", () => {
  const { status, stdout } = policy("test", "./guard", "-v");
  assert.equal(status, 7);
  assert.deepEqual(lines(stdout), [
    "ok      data.org.test_builtin_unit      0.000s",
    "ok      <opa.tests>                     0.000s",
    "ok      test_owner                      0.000s",
    "ok      test_owner/removed              0.000s",
    "ok      test_owner/removed/strict       0.000s",
    "FAIL    test_owner/wrong_expectation    0.000s",
    "",
    "    --- Expected",
    "    +++ Actual",
    "    @@ -2,3 +2,3 @@",
    "         - needs_owner",
    "    -status: HARD_FAIL",
    "    +status: PASS",
    "",
    "",
    "fail    guard    0.000s",
    "",
    "4/5 tests passed (0.000s)",
    "",
  ]);
});

test("T11: files whose names end in _test.yaml and _test.yml are read", () => {
  const { stdout } = policy("test", "./names", "-v");
  assert.match(stdout, /test_p\b/);
  assert.match(stdout, /test_q\b/);
  assert.doesNotMatch(stdout, /test_r\b/);
});

test("T12: a bundle that does not load fails its group, and the folders in it run by themselves", () => {
  const { status, stdout } = policy("test", "./twice/...");
  assert.equal(status, 7);
  const why = 'failed to parse bundle: policy "owner" declared 2 times';
  assert.deepEqual(lines(stdout).slice(0, 4), [
    `fail    <opa.tests>    ${why}`,
    `fail    twice          ${why}`,
    "ok      twice/one      0.000s",
    "?       twice/two      no tests",
  ]);
});

test("T13: folders without policies or without tests are told, hidden ones are not", () => {
  const { status, stdout } = policy("test", "./multi/...");
  assert.equal(status, 0);
  assert.match(stdout, /\? +multi\/none +no policies/);
  assert.match(stdout, /\? +multi\/sub2 +no tests/);
  assert.doesNotMatch(stdout, /hidden/);
});

test("T14: a pattern selects tests, and one that matches nothing is no failure", () => {
  const one = policy("test", "./cases", "--run", "strict$");
  assert.equal(one.status, 0);
  assert.match(one.stdout, /\n1\/1 tests passed/);
  const none = policy("test", "./cases", "--run", "nomatch");
  assert.equal(none.status, 0);
  assert.equal(none.stdout, "\n0/0 tests passed (0.000s)\n");
  const wrong = policy("test", "./cases", "--run", "(");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /--run value is not a valid regular expression/);
});

const DIFF = "--- Expected\n+++ Actual\n@@ -2,3 +2,3 @@\n     - needs_owner\n-status: HARD_FAIL\n+status: PASS\n \n";

test("T16: a failure as JSON", () => {
  const { status, stdout } = policy("test", "./guard", "--format", "json");
  assert.equal(status, 7);
  const { Elapsed, ElapsedMS, ...failure } = JSON.parse(stdout).find(({ Passed }) => !Passed);
  assert.deepEqual(failure, { Passed: false, Group: "guard", Name: "test_owner/wrong_expectation", Err: DIFF });
  assert.match(Elapsed, /^[\d.]+(ns|µs|ms|s)$/);
  assert.ok(Number.isInteger(ElapsedMS));
  assert.match(stdout, /"Group": "\\u003copa\.tests\\u003e"/);
});

test("T17: a failure as JUnit", () => {
  const { stdout } = policy("test", "./guard", "--format", "JUnit");
  assert.match(stdout, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="root" tests="5" failures="1" errors="0" /);
  assert.ok(stdout.includes(`<failure message="failed" type="">${DIFF.replaceAll("\n", "&#xA;")}</failure>`), stdout);
});

test("T18: a bundle that does not load as JUnit", () => {
  const { status, stdout, stderr } = policy("test", "./broken", "--format", "junit");
  assert.equal(status, 7);
  assert.match(stdout, /errors="2"/);
  assert.match(stdout, /<testsuite tests="0" failures="0" time="0\.000" name="broken"/);
  assert.doesNotMatch(stdout, /policy_name/);
  assert.match(stderr, /broken\/policy\.rego/, "what is wrong stands beside the report, at its place");
});

test("T24: without a compiler, tests that need one fail", () => {
  write({ "compiled/policy.rego": OWNER, "compiled/policy_test.yaml": ROOT.replace("  input:", "  compile: true\n  input:") });
  const { status, stdout } = policy("test", "./compiled");
  assert.equal(status, 7);
  assert.match(stdout, / {4}test set compile to true but no compiler was provided/);
});

test("T27: with debug every test tells its context", () => {
  const { stdout } = policy("test", "./cases", "--debug");
  assert.equal(stdout.match(/---- Debug Test Context ----/g).length, 3);
  assert.equal(stdout.match(/---- End of Test Context ---\n\n/g).length, 3);
});

test("T28: JUnit goes before JSON", () => {
  assert.match(policy("test", "./root", "--junit", "--json").stdout, /^<\?xml/);
});

test("T29: Markdown of tests that all pass has no table", () => {
  const { stdout } = policy("test", "./root", "--format", "markdown");
  assert.match(stdout, /^# Policy tests\n\n\*\*1\/1 tests passed\*\* \(\d\.\d{3}s\)\n$/);
});

test("a path that is not there", () => {
  const plain = policy("test", "./missing");
  assert.equal(plain.status, 7);
  assert.deepEqual(lines(plain.stdout).slice(0, 2), [
    "fail    <opa.tests>    failed to walk root: lstat missing: no such file or directory",
    "fail    missing        failed to walk root: lstat missing: no such file or directory",
  ]);
  const below = policy("test", "./missing/...");
  assert.equal(below.status, 2);
  assert.match(below.stderr, /failed to lookup test folders: lstat missing: no such file or directory/);
});

test("decisions are JSON, and strict ones fail", () => {
  const pass = policy("decide", "root", "--input", "config.yml", "--no-compile");
  assert.equal(pass.status, 0, pass.stderr);
  assert.equal(pass.stdout, '{\n  "status": "PASS",\n  "enabled_rules": [\n    "needs_owner"\n  ]\n}\n');
  const strict = policy("decide", "root", "--input", "bare.yml", "--no-compile", "--meta", '{"strict": true}', "--strict");
  assert.equal(strict.status, 7);
  assert.equal(JSON.parse(strict.stdout).status, "HARD_FAIL");
  assert.match(strict.stderr, /policy decision status: HARD_FAIL/);
  const soft = policy("decide", "root", "--input", "bare.yml", "--no-compile", "--strict");
  assert.equal(soft.status, 0);
});

test("a configuration that nobody compiles is not decided on as if it were", () => {
  const { status, stdout, stderr } = policy("decide", "root", "--input", "config.yml");
  assert.equal(status, 7);
  assert.equal(stdout, "");
  assert.match(stderr, /failed to compile config: no compiler was given/);
  const other = policy("decide", "root", "--input", "config.yml", "--context", "other");
  assert.equal(other.status, 0, other.stderr);
});

test("what is wrong with what was given", () => {
  for (const [args, status, pattern] of [
    [["decide"], 2, /either \[policy_file_or_dir_path\] or --owner-id is required/],
    [["decide", "root"], 2, /required flag\(s\) "input" not set/],
    [["decide", "root", "--input", "missing.yml", "--no-compile"], 2, /failed to read input file/],
    [["decide", "root", "--input", "config.yml", "--meta", "{", "--no-compile"], 2, /failed to read metadata: failed to decode meta content/],
    [["decide", "multi/none", "--input", "config.yml", "--no-compile"], 7, /failed to make decision: failed to load policy files: no rego policies found/],
    [["decide", "broken", "--input", "config.yml", "--no-compile"], 7, /first rule declaration must be "policy_name" but found "r"/],
    [["eval", "root", "--input", "config.yml", "--no-compile", "--query", "data["], 7, /failed to prepare context for evaluation/],
    [["tset"], 2, /did you mean `test`/],
    [["test"], 2, /accepts 1 arg\(s\), received 0/],
  ]) {
    const result = policy(...args);
    assert.equal(result.status, status, `${args.join(" ")}: ${result.stdout}${result.stderr}`);
    assert.match(result.stderr, pattern, args.join(" "));
  }
  write({ "odd.rego": 'package org\n\npolicy_name["odd"]\n\nenable_rule["r"] = "yes"\n', "tabs.yml": "a:\n\t- b\n" });
  assert.match(policy("decide", "odd.rego", "--input", "config.yml", "--no-compile").stderr, /failed to make decision: failed to make decision: invalid enable_rule: value is not a slice/);
  const tabs = policy("decide", "root", "--input", "tabs.yml", "--no-compile");
  assert.equal(tabs.status, 2);
  assert.match(tabs.stderr, /failed to make decision: invalid input: yaml: line 2/);
});

test("standard input is read once", () => {
  const standard = /only one of the files can be standard input/;
  for (const verb of ["decide", "eval"]) {
    failed([verb, "root", "--input", "-", "--compiled", "-"], 2, standard, { input: "owner: ops\n" });
    failed([verb, "root", "--input", "-", "--metafile", "-", "--no-compile"], 2, standard, { input: "owner: ops\n" });
    failed([verb, "root", "--input", "config.yml", "--metafile", "-", "--compiled", "-"], 2, standard, { input: "owner: ops\n" });
  }
});

test("a path that is a link to a folder is that folder, and a link inside of one is none", () => {
  symlinkSync("root", inFolder("linked"));
  symlinkSync("root", inFolder("multi", "sub1", "linked"));
  const hard = policy("decide", "linked", "--input", "bare.yml", "--no-compile", "--meta", '{"strict": true}', "--strict");
  assert.equal(hard.status, 7, hard.stderr);
  assert.equal(JSON.parse(hard.stdout).status, "HARD_FAIL");
  const owned = ["--owner-id", "linked", "--store", "kept-linked"];
  assert.deepEqual(JSON.parse(policy("push", "linked", "--no-prompt", ...owned).stdout).created, ["owner"]);
  assert.deepEqual(JSON.parse(policy("diff", "linked", ...owned).stdout), { created: [], deleted: [], modified: [] });
  assert.match(policy("test", "linked/...", "-v").stdout, /^ok {4}test_owner .*\nok {4}linked /);
  assert.doesNotMatch(policy("test", "multi/...").stdout, /linked/);
});

test("PATH/... of what is no folder is a wrong command line", () => {
  failed(["test", "root/policy.rego/..."], 2, /failed to lookup test folders: root\/policy\.rego is not a directory/);
  failed(["test", "none/..."], 2, /failed to lookup test folders: lstat none: no such file or directory/);
  symlinkSync("nowhere", inFolder("dangling"));
  failed(["test", "dangling/..."], 2, /failed to lookup test folders: stat dangling: no such file or directory/);
  assert.equal(failureOf("test", "none/...", "--json").code, "policy.test_setup_failed");
});

test("an option that would do nothing is refused", () => {
  write({ "whole.yml": "owner: ops\n" });
  const asked = ["root", "--input", "config.yml"];
  for (const verb of ["decide", "eval"]) {
    failed([verb, ...asked, "--compiled", "whole.yml", "--compiler", "cat"], 2, /use either --compiled or --compiler/);
    failed([verb, ...asked, "--no-compile", "--compiled", "whole.yml"], 2, /--no-compile does not go together with --compiled/);
    failed([verb, ...asked, "--no-compile", "--compiler", "cat"], 2, /--no-compile does not go together with --compiler/);
    failed([verb, ...asked, "--no-compile", "--pipeline-parameters", "{}"], 2, /--pipeline-parameters is for a compiler/);
    failed([verb, ...asked, "--compiled", "whole.yml", "--pipeline-parameters", "{}"], 2, /--pipeline-parameters is for a compiler/);
    failed([verb, ...asked, "--context", "other", "--pipeline-parameters", "{}"], 2, /--pipeline-parameters is for a compiler/);
    failed([verb, ...asked, "--context", "other", "--compiler", "exit 3"], 7, /failed to compile config: the compiler ended with exit code 3/);
  }
  failed(["decide", ...asked, "--no-compile", "--store", "kept"], 2, /--store is for stored bundles/);
  assert.equal(policy("decide", ...asked, "--no-compile", "--owner-id", "anybody").status, 0, "for the compiler of the original");
  const other = policy("eval", ...asked, "--context", "other", "--compiler", "cat", "--query", "input._compiled_.owner");
  assert.equal(other.stdout, '"ops"\n');
});

test("a configuration that was compiled to no object is not decided on", () => {
  write({ "nothing.yml": "", "list.yml": "[1]\n", "tab.yml": "a:\n\t- b\n", "latin.yml": Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]) });
  const asked = ["root", "--input", "config.yml"];
  for (const verb of ["decide", "eval"]) {
    for (const command of ["true", "printf '# nothing'", "echo text", "echo '[1]'"]) failed([verb, ...asked, "--compiler", command], 7, /failed to compile config: .*is no object/);
    failed([verb, ...asked, "--compiler", "cat tab.yml"], 7, /failed to compile config: /);
    failed([verb, ...asked, "--compiler", "cat latin.yml"], 7, /failed to compile config: .*not UTF-8 text/);
    for (const name of ["nothing.yml", "list.yml"]) failed([verb, ...asked, "--compiled", name], 2, /failed to read compiled configuration: .*is no object/);
    failed([verb, ...asked, "--compiled", "tab.yml"], 2, /failed to read compiled configuration: /);
    failed([verb, ...asked, "--compiled", "latin.yml"], 2, /not UTF-8 text/);
  }
  assert.equal(failureOf("decide", ...asked, "--compiler", "true", "--json").code, "policy.compile_invalid");
});

test("a configuration is one text, whoever reads it", () => {
  const utf16 = (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  write({ "wide.yml": utf16("owner: \u00e9\n"), "odd.yml": Buffer.from([0x6f, 0x3a, 0x20, 0xe9, 0x0a]) });
  const echo = ["--compiler", `${process.execPath} -e "process.stdin.pipe(process.stdout)"`];
  const { stdout } = policy("eval", "root", "--input", "wide.yml", ...echo, "--query", "input");
  assert.deepEqual(JSON.parse(stdout), { owner: "\u00e9", _compiled_: { owner: "\u00e9" } });
  const owned = ["--owner-id", "texts", "--store", "kept-texts"];
  assert.equal(policy("push", "root", "--no-prompt", ...owned).status, 0);
  assert.equal(JSON.parse(policy("decide", ...owned, "--input", "wide.yml", "--no-compile").stdout).status, "PASS");
  for (const args of [["decide", "root"], ["decide", ...owned], ["eval", "root"]]) failed([...args, "--input", "odd.yml", "--no-compile"], 2, /failed to read input file: .*not UTF-8 text/);
});

test("integers of metadata are kept as they are written", () => {
  const { stdout } = policy("eval", "root", "--input", "config.yml", "--no-compile", "--meta", '{"n": 9007199254740993}', "--query", "data.meta.n");
  assert.equal(stdout, "9007199254740993\n");
});

test("an owner or a context that has no bundle decides nothing", () => {
  const asked = ["decide", "--input", "config.yml", "--no-compile", "--store", "kept-none"];
  failed([...asked, "--owner-id", "acme"], 5, /failed to make decision: no policies were pushed for the owner `acme` and the context `config`/);
  assert.equal(policy("push", "root", "--no-prompt", "--owner-id", "acme", "--store", "kept-none").status, 0);
  assert.equal(policy(...asked, "--owner-id", "acme").status, 0);
  failed([...asked, "--owner-id", "acme", "--context", "confg"], 5, /no policies were pushed/);
  failed([...asked, "--owner-id", "acem"], 5, /no policies were pushed/);
  assert.equal(JSON.parse(policy("logs", "--owner-id", "acme", "--store", "kept-none").stdout).length, 1);
});

test("what the folder of a store failed at is told as by the other verbs", { timeout: 60_000 }, () => {
  const owned = ["--owner-id", "acme", "--store", "kept-locked"];
  const asked = ["decide", ...owned, "--input", "config.yml", "--no-compile"];
  assert.equal(policy("push", "root", "--no-prompt", ...owned).status, 0);
  const [name] = readdirSync(inFolder("kept-locked"));
  write({ "kept-locked/commit.lock": JSON.stringify({ token: "t", pid: 1, host: `${hostname()}-other` }) });
  failed(asked, 8, /failed to make decision: another process holds[^]*help: /);
  write({ [`kept-locked/${name}`]: "broken" });
  failed(asked, 1, /failed to make decision: .*is no file of this store[^]*help: /);
  const { status, stdout } = policy(...asked, "--json");
  assert.deepEqual([status, JSON.parse(stdout).error.code], [1, "folder_damaged"]);
});

test("a mistake of the program is told as one", async () => {
  const { RegateError } = await import(new URL("../../target/package-modules/errors.js", import.meta.url));
  const { failureOfDecision } = await import(new URL("../../target/package-modules/cli/policy-failure.js", import.meta.url));
  for (const code of ["engine_trapped", "released", "unknown_handle", "host_failed"]) {
    const thrown = new RegateError(code, "what happened");
    assert.equal(failureOfDecision(thrown), thrown);
  }
  const { code, exitCode } = failureOfDecision(new RegateError("limit_exceeded", "too much"));
  assert.deepEqual([code, exitCode], ["policy.eval_failed", 7]);
});

test("a pattern that is none is refused, whatever there is to test", () => {
  for (const path of ["root", "broken", "multi/none", "multi/...", "missing"]) failed(["test", path, "--run", "("], 2, /--run value is not a valid regular expression/);
  assert.equal(failureOf("test", "broken", "--run", "(", "--json").code, "policy.invalid_run");
});

test("what is wrong with policies is shown once", () => {
  const { status, stderr } = policy("test", "broken");
  assert.equal(status, 7);
  assert.equal(stderr.match(/broken\/policy\.rego:3:1/g).length, 1, stderr);
});

test("the options of every verb", () => {
  const owned = ["--owner-id", "acme"];
  assert.equal(policy("test", "root", ...owned).status, 0);
  assert.equal(policy("eval", "root", "--input", "config.yml", "--no-compile", ...owned).status, 0);
  for (const more of [["--json"], ["--format", "json"], ["--format=text"]]) {
    assert.equal(JSON.parse(policy("decide", "root", "--input", "config.yml", "--no-compile", ...more).stdout).status, "PASS");
    assert.equal(policy("eval", "root", "--input", "config.yml", "--no-compile", "--query", "1", ...more).stdout, "1\n");
    assert.equal(policy("fetch", ...owned, "--store", "kept-options", ...more).stdout, "{}\n");
  }
  assert.equal(policy("decide", "root", "--input", "config.yml", "--no-compile", "--format", "junit").status, 2);
  for (const flags of [["--json"], ["--format", "json"]]) {
    assert.equal(failureOf("decide", "broken", "--input", "config.yml", "--no-compile", ...flags).code, "policy.load_failed");
    assert.equal(failureOf("eval", "root", "--input", "config.yml", "--no-compile", "--query", "data[", ...flags).code, "policy.eval_failed");
    assert.equal(failureOf("fetch", "none", ...owned, "--store", "kept-options", ...flags).code, "not_found");
  }
  const strict = policy("decide", "root", "--input", "bare.yml", "--no-compile", "--meta", '{"strict": true}', "--strict", "--json");
  assert.deepEqual([strict.status, JSON.parse(strict.stdout).status], [7, "HARD_FAIL"], "a decision stands alone");
});

test("pushes that come to nothing have codes", () => {
  const owned = ["--owner-id", "acme", "--store", "kept-codes", "--json"];
  const pushed = (path, input) => {
    const { status, stdout } = regate(["policy", "push", path, ...owned], { input });
    return [status, JSON.parse(stdout).error.code];
  };
  assert.deepEqual(pushed("root", ""), [2, "policy.push_requires_prompt"]);
  assert.deepEqual(pushed("root", "n\n"), [6, "policy.push_aborted"]);
  assert.deepEqual(pushed("root/policy.rego", "y\n"), [2, "policy.bundle_not_dir"]);
  write({ "unread/a.rego": Buffer.from([0xff]) });
  for (const path of ["none", "unread"]) assert.deepEqual(pushed(path, "y\n"), [2, "policy.bundle_read_failed"]);
});

test("the name of a folder paints nothing", () => {
  write({ "odd\u001b[2K\nok/policy.rego": OWNER, "odd\u001b[2K\nok/policy_test.yaml": WRONG });
  for (const format of ["text", "markdown"]) {
    const { status, stdout } = policy("test", "odd\u001b[2K\nok", "--format", format);
    assert.equal(status, 7);
    assert.doesNotMatch(stdout, /\u001b|^ok/m);
  }
  write({ "bad\u001b[2K/policy.rego": "package org\n\nr := 1\n" });
  for (const format of ["text", "markdown"]) assert.doesNotMatch(policy("test", "bad\u001b[2K", "--format", format).stdout, /\u001b/);
});

test("what no decision looks at is a warning at its place", () => {
  write({ "loud.rego": 'package org\n\npolicy_name["loud"]\n\nenable_rule["flag"]\n\nflag { true }\n' });
  const { status, stdout, stderr } = policy("decide", "loud.rego", "--input", "config.yml", "--no-compile");
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).status, "PASS");
  assert.match(stderr, /warning\[config_no_violation\]/);
  assert.match(stderr, /loud\.rego:7:1/);
});

test("documents that nobody reads are told, and are no tests", () => {
  write({
    "documents.yml": "owner: ops\n---\nowner: null\n",
    "documents/policy.rego": OWNER,
    "documents/policy_test.yaml": `${ROOT}---\ntest_never_run:\n  decision: {status: HARD_FAIL}\n`,
  });
  const { status, stdout, stderr } = policy("decide", "root", "--input", "documents.yml", "--no-compile");
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).status, "PASS");
  assert.match(stderr, /warning\[config_document_unread\]: only the first YAML document/);
  const tests = policy("test", "documents");
  assert.notEqual(tests.status, 0);
  assert.match(`${tests.stdout}${tests.stderr}`, /something stands behind the first document/);
});

test("T33: what a configuration was compiled to replaces what it says of that itself", () => {
  write({ "own.yml": "_compiled_: old\ntest: config\n", "compiled.yml": "test: config\n" });
  const { stdout } = policy("eval", "root", "--input", "own.yml", "--compiled", "compiled.yml", "--query", "input");
  assert.deepEqual(JSON.parse(stdout), { _compiled_: { test: "config" }, test: "config" });
});

test("parameters come from a file or from what is given", () => {
  write({ "parameters.yml": "size: small\n" });
  const compiler = `${process.execPath} -e "process.stdout.write(process.env.REGATE_PIPELINE_PARAMETERS)"`;
  const evaluate = (parameters) =>
    policy("eval", "root", "--input", "config.yml", "--compiler", compiler, "--pipeline-parameters", parameters, "--query", "input._compiled_");
  assert.deepEqual(JSON.parse(evaluate("parameters.yml").stdout), { size: "small" });
  assert.deepEqual(JSON.parse(evaluate("{size: large}").stdout), { size: "large" });
  const wrong = evaluate("[1]");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /parameters must be a YAML map/);
  const failing = policy("eval", "root", "--input", "config.yml", "--compiler", "echo broken >&2; exit 3");
  assert.equal(failing.status, 7);
  assert.match(failing.stderr, /failed to compile config: broken/);
});

test("the stored bundle decides where no path is given, and keeps what it decided", () => {
  const owned = ["--owner-id", "acme", "--store", "kept"];
  assert.equal(policy("push", "root", "--no-prompt", ...owned).status, 0);
  const { status, stdout } = policy("decide", ...owned, "--input", "bare.yml", "--no-compile", "--meta", '{"strict": true}');
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).status, "HARD_FAIL");
  const logged = JSON.parse(policy("logs", ...owned).stdout);
  assert.deepEqual(logged.map(({ decision, metadata }) => [decision.status, metadata]), [["HARD_FAIL", { strict: true }]]);
  assert.deepEqual(JSON.parse(policy("settings", ...owned, "--enabled=false").stdout), { enabled: false });
  const off = policy("decide", ...owned, "--input", "bare.yml", "--no-compile");
  assert.deepEqual(JSON.parse(off.stdout), { status: "PASS" });
  assert.match(off.stderr, /nothing is evaluated/);
  assert.deepEqual(JSON.parse(policy("settings", ...owned, "--enabled", "--errors-trigger").stdout), { enabled: true, errors_trigger: true });
});

test("help names the verbs, and every verb has some", () => {
  for (const [args, pattern] of [
    [["policy", "--help"], /regate policy VERB/],
    [["policy", "test", "--help"], /PATH\/\.\.\./],
    [["policy", "decide", "--help"], /--strict[^]*belongs in a database[^]*1 failed[^]*8 another process/],
    [["policy", "eval", "--help"], /--query/],
  ]) {
    const { status, stdout } = regate(args);
    assert.equal(status, 0);
    assert.match(stdout, pattern);
  }
  assert.ok(inFolder("root").endsWith("root"));
});
