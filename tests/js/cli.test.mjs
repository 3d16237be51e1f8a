// The command `regate` as a shell sees it: what it prints, where, and its exit codes.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { bundle } from "./bundle.mjs";
import { FILES, cli, examples, root, shell } from "./cli-shell.mjs";
import { DESTROY_RULE, NO_DESTROYS, planOf, runContext } from "./plans.mjs";

const { inFolder, write, regate, ok, refused } = shell({
  ...FILES,
  "good.rego": NO_DESTROYS,
  "notests/a.rego": "package a\n\nx := 1\n",
  "plan.json": JSON.stringify(planOf("destroy", "add", "replace")),
  "quiet.json": JSON.stringify(planOf("add")),
  "empty.json": "",
  "notjson.json": '{"a": }',
  "latin1.json": Buffer.from([0x22, 0xe9, 0x22]),
  "rules.json": JSON.stringify([DESTROY_RULE]),
  "badrules.json": JSON.stringify([{ ...DESTROY_RULE, min_approvals: 0 }]),
  "rules-object.json": JSON.stringify(DESTROY_RULE),
  "providers.json": JSON.stringify([{ id: "p-1", name: "Scanner", callback_url: "https://scan.example.com/", scopes: [{ scope_type: "org", scope_id: "o-1" }] }]),
  "run.json": JSON.stringify(runContext()),
  "pr.json": JSON.stringify(runContext("r-pr", { trigger: "pr" })),
  "fieldrules.json": JSON.stringify([{ ...DESTROY_RULE, stages: 1 }]),
  "nochange.json": JSON.stringify({ format_version: "1.2", resource_changes: [{ address: "a" }] }),
  "number.json": "[5]",
  "noname.json": JSON.stringify([{ id: "p-1" }]),
  "numberrun.json": JSON.stringify(runContext(5)),
  "badrun.json": JSON.stringify({ ...runContext(), tenant: 1 }),
  "wrongrun.json": JSON.stringify(runContext("r", { trigger: "tuesday" })),
  "safety/no_destroys.rego": NO_DESTROYS,
  "safety/no_destroys_test.rego": "package forgecroft.policy_test\n\nimport rego.v1\n\ntest_true if true\n",
  "warnings/policy-set.json": JSON.stringify({ name: "only warnings", enforcement: "advisory" }),
  "warnings/no_destroys.rego": NO_DESTROYS,
  "broken/policy.rego": "package forgecroft.policy\n\nimport rego.v1\n\ndeny contains \"x\" if {\n",
  "misconfigured/policy.rego": NO_DESTROYS,
  "misconfigured/policy-set.json": JSON.stringify({ enforcment: "advisory" }),
  "listing/policy.rego": NO_DESTROYS,
  "listing/policy-set.json": JSON.stringify({ policies: [] }),
  "parent/child/policy.rego": NO_DESTROYS,
  "other/safety/no_destroys.rego": NO_DESTROYS,
  "scoped/policy-set.json": JSON.stringify({ name: "production", workspace_id: "w-1" }),
  "scoped/no_destroys.rego": NO_DESTROYS,
  "norun.json": JSON.stringify({ org: { id: "o-1" } }),
  "exponent.json": `${JSON.stringify(planOf()).slice(0, -1)},"n":1e99999}`,
  "digits.json": `${JSON.stringify(planOf()).slice(0, -1)},"n":${"9".repeat(20_000)}}`,
  "links/good.rego": NO_DESTROYS,
  "links/inner/limits.rego": "package limits\n\nmax := 3\n",
  "nothing/readme.txt": "no policy here",
});

describe("regate", () => {
  test("--version and --help", () => {
    assert.equal(ok(["--version"]).trim(), JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8")).version);
    const help = ok(["--help"]);
    for (const name of ["check", "fmt", "validate", "eval", "preview", "test"]) {
      assert.match(help, new RegExp(`^  ${name} `, "m"));
      const own = ok([name, "--help"]);
      assert.match(own, new RegExp(`Usage: regate ${name} `));
      assert.match(own, /Exit codes: 0 .*1 .*2 .*3/);
      assert.equal(ok(["help", name]), own);
      assert.equal(ok([name, "--version"]), ok(["--version"]));
      assert.equal(ok([name, "good.rego", "-V"]), ok(["--version"]));
      assert.match(own, /^ {2}-V, --version /m);
    }
  });

  test("what follows -- is no option", () => {
    refused(["check", "--", "--version"], /`--version` does not exist/);
    refused(["check", "--", "--help"], /`--help` does not exist/);
  });

  test("a wrong command line is one sentence that helps", () => {
    refused([], /no command/);
    refused(["chekc"], /no command `chekc`; did you mean `check`\? See regate --help$/m);
    refused(["deploy"], /no command `deploy`; see regate --help$/m);
    refused(["check"], /no file or folder given; see regate check --help/);
    refused(["check", "--dialct", "v0", "good.rego"], /no option `--dialct`; did you mean `--dialect`\? See regate check --help$/m);
    refused(["eval", "1", "--polices", "app"], /no option `--polices`; did you mean `--policies`\? See regate eval --help$/m);
    refused(["eval", "1", "--versoin"], /no option `--versoin`; did you mean `--version`\?/);
    refused(["check", "--colour", "good.rego"], /no option `--colour`; see regate check --help$/m);
    refused(["check", "good.rego", "--dialect"], /`--dialect` needs a value; see regate check --help$/m);
    refused(["check", "good.rego", "--dialect", "v7"], /v0 or v1, not `v7`/);
    refused(["check", "good.rego", "--format", "yaml"], /text or json, not `yaml`/);
    refused(["eval"], /one entrypoint or one query/);
    refused(["preview"], /no plan given/);
    refused(["preview", "plan.json", "quiet.json"], /one plan at a time/);
  });

  test("is started by its link, as npm installs it", () => {
    const link = inFolder("regate-link");
    symlinkSync(cli, link);
    const { status, stdout } = spawnSync(link, ["--version"], { encoding: "utf8" });
    assert.equal(status, 0);
    assert.match(stdout, /^\d/);
  });

  test("a reader that stops early is no failure", async () => {
    const child = spawn(process.execPath, [cli, "preview", "plans/webshop.json", "--format", "json"], { cwd: examples, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += chunk));
    await new Promise((resolve) => child.on("close", resolve));
    assert.equal(errors, "");
  });
});

describe("files that cannot be used", () => {
  const cases = {
    "a missing file": [["check", "nowhere.rego"], /`nowhere\.rego` does not exist/],
    "a missing plan": [["preview", "nowhere.json"], /the plan `nowhere\.json` does not exist/],
    "a rule with an unknown field": [["preview", "plan.json", "--rules", "fieldrules.json"], /^error: fieldrules\.json: unknown field `stages`/],
    "a rule that is a number": [["preview", "plan.json", "--rules", "number.json"], /^error: number\.json: a number is there, expected an object \(at \/0\)/],
    "a provider without a name": [["preview", "plan.json", "--providers", "noname.json"], /^error: noname\.json: missing field `name` \(at \/0\)/],
    "a run with a number as its id": [["preview", "plan.json", "--run", "numberrun.json"], /^error: numberrun\.json: integer `5`, expected a string \(at \/run\/id\)/],
    "data that is a list": [["eval", "app/authz/allow", "--policies", "app", "--input", "input.json", "--data", "number.json"], /number\.json: the data document is not a JSON object/],
    "data of tests that is a list": [["test", "tests", "--data", "number.json"], /number\.json: the data document is not a JSON object/],
    "an input with a number that is too long beside data": [["eval", "app/authz/allow", "--policies", "app", "--input", "digits.json", "--data", "data.json"], /digits\.json: the document holds/],
    "a folder as a plan": [["preview", "safety"], /the plan `safety` is a folder/],
    "a path through a file": [["preview", "plan.json/x"], /does not exist/],
    "a missing folder of policies": [["preview", "plan.json", "--policies", "nowhere"], /`nowhere` does not exist/],
    "a folder without policies": [["preview", "plan.json", "--policies", "nothing"], /`nothing` has no policy/],
    "a folder whose policies lie deeper": [["preview", "plan.json", "--policies", "parent"], /such as `parent.child`/],
    "a folder without Rego": [["check", "nothing"], /no \*\.rego file under `nothing`/],
    "an empty plan": [["preview", "empty.json"], /empty\.json: /],
    "a plan that is not JSON": [["preview", "notjson.json"], /notjson\.json: /],
    "a plan with a number that is too large": [["preview", "exponent.json"], /limit_exceeded[^]*number_exponent/],
    "a plan with a number that is too long": [["preview", "digits.json"], /limit_exceeded[^]*number_digits/],
    "an input with a number that is too large": [["eval", "input", "--input", "exponent.json"], /limit_exceeded[^]*number_exponent/],
    "a plan with a change that is none": [["preview", "nochange.json"], /not_a_plan\]: nochange\.json: .*\n {2}at: \/resource_changes\/0\/change\n {2}help: /],
    "JSON that is no plan": [["preview", "input.json"], /not_a_plan\]: input\.json: /],
    "rules that are not JSON": [["preview", "plan.json", "--rules", "notjson.json"], /the rules `notjson\.json` is not JSON: /],
    "rules that are not UTF-8": [["preview", "plan.json", "--rules", "latin1.json"], /not UTF-8/],
    "rules whose UTF-16 is cut": [["preview", "plan.json", "--rules", "cut-utf16.json"], /`cut-utf16\.json` is not UTF-16 text, .*; save it as UTF-8/],
    "rules that are no array": [["preview", "plan.json", "--rules", "rules-object.json"], /must hold a JSON array, and holds an object/],
    "rules that break a constraint": [["preview", "plan.json", "--rules", "badrules.json"], /badrules\.json: `min_approvals` is at least 1 \(at \/0\/min_approvals\)/],
    "providers that are no array": [["preview", "plan.json", "--providers", "rules-object.json"], /must hold a JSON array/],
    "a run with an unknown field": [["preview", "plan.json", "--run", "badrun.json"], /badrun\.json` has an unknown field `tenant`/],
    "a run with a wrong trigger": [["preview", "plan.json", "--run", "wrongrun.json"], /wrongrun\.json: .*tuesday.*\(at \/run\/trigger\)/],
    "a set with a scope, and no run": [["preview", "plan.json", "--policies", "scoped"], /the policy set `production` applies to one workspace only[^]*^ {2}at: \/workspace$[^]*--run FILE/m],
    "a check with a scope, and no run": [["preview", "plan.json", "--providers", "providers.json"], /`Scanner` applies to one organisation only[^]*--run FILE/],
    "a set with a scope, and a run without a workspace": [["preview", "plan.json", "--policies", "scoped", "--run", "norun.json"], /norun\.json: the policy set `production` applies to one workspace only/],
    "misspelt settings of a policy set": [["preview", "plan.json", "--policies", "misconfigured"], /misconfigured.policy-set\.json: .*enforcment/],
    "settings that list policies": [["preview", "plan.json", "--policies", "listing"], /must not list `policies`/],
    "an input that is not JSON": [["eval", "app/authz/allow", "--policies", "app", "--input", "notjson.json"], /input_not_json\]: notjson\.json: /],
    "a missing input": [["eval", "app/authz/allow", "--policies", "app", "--input", "nowhere.json"], /the input `nowhere\.json` does not exist/],
    "data that is not UTF-8": [["eval", "app/authz/allow", "--policies", "app", "--data", "latin1.json"], /input_not_json\]: latin1\.json: /],
    "standard input twice": [["preview", "-", "--rules", "-"], /only one/],
    "a folder without tests": [["test", "notests"], /no rule whose name begins with test_/],
    "a pattern that no test matches": [["test", "tests", "--run", "nonsense", "--data", "data.json"], /no test's name matches `nonsense`/],
    "a pattern for tests that is none": [["test", "tests", "--run", "test_("], /malformed_request\]: `test_\(` is no pattern/],
    "a threshold that is no part of a hundred": [["test", "tests", "--threshold", "101"], /--threshold is a number from 0 to 100, not `101`/],
    "a threshold that is no number": [["test", "tests", "--threshold", "most"], /--threshold is a number from 0 to 100, not `most`/],
    "a format that tests are not printed in": [["test", "tests", "--format", "xml"], /--format is text, json, pretty or junit, not `xml`/],
    "a format of tests for another command": [["check", "good.rego", "--format", "junit"], /--format is text or json, not `junit`/],
    "a name to be ignored that is no pattern": [["test", "tests", "--ignore", "[z-a]"], /`\[z-a\]` is no pattern for names/],
  };
  for (const [name, [args, pattern]] of Object.entries(cases)) test(name, () => void refused(args, pattern));

  test("a file that may not be read", { skip: process.getuid?.() === 0 && "root may read everything" }, () => {
    write({ "secret.rego": "package a\n" });
    chmodSync(inFolder("secret.rego"), 0);
    refused(["check", "secret.rego"], /may not be read/);
  });
});

describe("--format json of a command that fails", () => {
  // One JSON document on standard output, and the same in words on standard error.
  function failing(args, status, options) {
    const result = regate([...args, "--format", "json"], options);
    assert.equal(result.status, status, `${result.stdout}${result.stderr}`);
    assert.match(result.stderr, /\S/);
    return JSON.parse(result.stdout);
  }

  test("is an error with its code and sentence", () => {
    const usage = [
      ["check"],
      ["check", "nowhere.rego"],
      ["check", "--dialct", "v0", "good.rego"],
      ["validate", "nothing"],
      ["eval"],
      ["preview"],
      ["preview", "plan.json", "--rules", "notjson.json"],
      ["test", "notests"],
      ["test", "tests", "--run", "nonsense", "--data", "data.json"],
      ["deploy"],
      [],
    ];
    for (const args of usage) {
      const { error, ...more } = failing(args, 2);
      assert.deepEqual([more, error.code], [{}, "usage_or_input"], args.join(" "));
      assert.match(error.message, /\S/);
    }
    assert.equal(JSON.parse(regate(["check", "nowhere.rego", "--format=json"]).stdout).error.code, "usage_or_input");
  });

  test("holds everything that the error knows", () => {
    assert.deepEqual(failing(["preview", "exponent.json"], 2).error, {
      code: "limit_exceeded",
      message: "exponent.json: the plan holds a number whose exponent is beyond 1000; the limit is `number_exponent`",
      limit: { name: "number_exponent", value: 1000 },
    });
    const { code, help } = failing(["preview", "input.json"], 2).error;
    assert.deepEqual([code, typeof help], ["not_a_plan", "string"]);
    assert.equal(failing(["preview", "plan.json", "--policies", "scoped"], 2).error.path, "/workspace");
    assert.equal(failing(["eval", "rand.intn(\"dice\", 6)"], 1).error.code.slice(0, 5), "eval_");
    assert.equal(failing(["eval", "app/authz/alow", "--policies", "app"], 2).error.code, "unknown_entrypoint");
  });

  test("is the diagnostics of policies that do not compile", () => {
    for (const args of [["check", "bad.rego"], ["eval", "app/x", "--policies", "bad.rego"], ["test", "bad.rego"], ["validate", "bad.rego"]]) {
      const { status, stdout } = regate([...args, "--format", "json"]);
      assert.equal(status, 1);
      assert.equal(JSON.parse(stdout).diagnostics[0].code, "rego_parse_error", args.join(" "));
    }
  });

  test("is said in the help of every command", () => {
    for (const name of ["check", "fmt", "validate", "eval", "preview", "test"]) assert.match(ok([name, "--help"]), /"error": \{ "code", "message"/);
  });
});

describe("a folder with links", () => {
  before(() => {
    symlinkSync("nowhere.rego", inFolder("links", "dangling.rego"));
    symlinkSync("nowhere.txt", inFolder("links", "dangling.txt"));
    symlinkSync("../app/deep/limits.rego", inFolder("links", "linked.rego"));
    symlinkSync(".", inFolder("links", "itself"));
    symlinkSync("circle.rego", inFolder("links", "circle.rego"));
    symlinkSync("../../notests", inFolder("links", "inner", "other"));
  });

  test("is walked without those to folders and to nothing, which are noted", () => {
    const { status, stdout, stderr } = regate(["check", "links"]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^3 files checked: no problems$/m);
    assert.deepEqual(stderr.trimEnd().split("\n").map((line) => line.replaceAll("\\", "/")), [
      "note: `links/circle.rego` is left out: what it links to cannot be read: its links lead in a circle",
      "note: `links/dangling.rego` is left out: what it links to does not exist",
      "note: `links/inner/other` is left out: it is a link to a folder; name the folder itself where it is meant",
      "note: `links/itself` is left out: it is a link to a folder; name the folder itself where it is meant",
    ]);
    const listed = regate(["check", "links", "--format", "json"]);
    assert.deepEqual(Object.keys(JSON.parse(listed.stdout).dialects), ["links/good.rego", "links/inner/limits.rego", "links/linked.rego"].map((path) => join(path)));
  });

  test("that is named is a folder, link or not", () => {
    symlinkSync("links", inFolder("linked-folder"));
    assert.match(ok(["check", "linked-folder/inner"]), /^1 file checked: no problems$/m);
    assert.match(regate(["check", "linked-folder"]).stdout, /^3 files checked/m);
  });

  test("as a policy set is refused when one of its policies is not there", () => {
    refused(["preview", "plan.json", "--policies", "links"], /circle\.rego` cannot be read/);
  });
});

describe("check", () => {
  test("good files", () => {
    assert.match(ok(["check", "good.rego"]), /^1 file checked: no problems$/m);
    assert.match(ok(["check", "app", "good.rego"]), /^3 files checked: no problems$/m);
  });

  test("shows the line with carets under the place, over tabs and wide characters", () => {
    const { status, stdout } = regate(["check", "bad.rego"]);
    assert.equal(status, 1);
    const lines = stdout.split("\n");
    assert.match(lines[0], /^error\[rego_parse_error\]: /);
    assert.match(lines[1], /^ {2}--> bad\.rego:6:\d+$/);
    const text = lines.findIndex((line) => line.startsWith("6 | "));
    assert.equal(lines[text], '6 | x :=    "宽é" + ]');
    const caret = lines[text + 1].indexOf("^");
    // The wide character takes two columns and one UTF-16 unit.
    assert.equal(caret, lines[text].indexOf("]") + 1, `${lines[text]}\n${lines[text + 1]}`);
    assert.match(stdout, /1 file checked: \d+ errors?/);
  });

  test("what is said beside the excerpt stands under its bars, however long the number of the line", () => {
    for (const line of [1, 42, 123]) {
      const source = `package a${"\n".repeat(line)}x := nosuchfunction(1)\n`;
      const { stdout } = regate(["check", "-"], { input: source });
      const lines = stdout.split("\n");
      const bar = lines.find((text) => /^ *\|$/.test(text)).indexOf("|");
      const help = lines.find((text) => /^ *= help/.test(text));
      assert.equal(help?.indexOf("="), bar, stdout);
      assert.equal(bar, String(line + 1).length + 1);
    }
  });

  test("standard input", () => {
    assert.match(ok(["check", "-"], { input: "package a\n\nx := 1\n" }), /no problems/);
    const { status, stdout } = regate(["check", "-"], { input: "package a\n\nx := ]\n" });
    assert.equal(status, 1);
    assert.match(stdout, /--> <stdin>:3:6/);
  });

  test("--format json", () => {
    const { status, stdout } = regate(["check", "bad.rego", "good.rego", "--format", "json"]);
    assert.equal(status, 1);
    const result = JSON.parse(stdout);
    assert.deepEqual(Object.keys(result).sort(), ["diagnostics", "dialects"]);
    assert.equal(result.diagnostics[0].file, "bad.rego");
    assert.deepEqual(JSON.parse(ok(["check", "good.rego", "--format", "json"])), { diagnostics: [], dialects: { "good.rego": "v1" } });
  });

  test("--strict refuses what nothing uses", () => {
    write({ "unused.rego": "package unused\n\nimport data.app.limits\n\nx := 1\n" });
    ok(["check", "unused.rego"]);
    const { status, stdout } = regate(["check", "unused.rego", "--strict"]);
    assert.equal(status, 1);
    assert.match(stdout, /^error\[rego_compile_error\]: .*unused\n {2}--> unused\.rego:3:1$/m);
    assert.match(ok(["check", "--strict", "good.rego", "app"]), /no problems/);
  });

  test("bundles, and functions of the host", () => {
    write({
      "functions.json": '[{"name": "acme.owner", "arguments": ["id: string"], "result": "string"}]',
      "calls.rego": 'package calls\n\nowner := acme.owner("A")\n\nwrong := acme.owner(1) if input.wrong\n',
      "calls.tar.gz": bundle({ "calls.rego": 'package calls\n\nowner := acme.owner("A")\n' }),
      "unused.tar.gz": bundle({ "p.rego": "package p\n\nimport data.q\n\nx := 1\n" }),
    });
    const declared = ["--host-functions", "functions.json"];
    assert.match(regate(["check", "calls.rego"]).stdout, /rego_type_error[^]*acme\.owner/);
    assert.match(regate(["check", "calls.rego", ...declared]).stdout, /^1 file checked: 1 error$/m);
    assert.match(ok(["check", "--bundle", "calls.tar.gz", ...declared]), /^1 file checked: no problems$/m);
    assert.equal(regate(["check", "-b", "calls.tar.gz"]).status, 1);
    assert.equal(regate(["check", "-b", "unused.tar.gz", "--strict"]).status, 1);
    assert.deepEqual(JSON.parse(ok(["check", "-b", "unused.tar.gz", "--format", "json"])), { diagnostics: [], dialects: { "p.rego": "v1" } });
    refused(["check", "-b", "unused.tar.gz", "good.rego"], /leave out PATH, or --bundle/);
  });

  test("the older dialect is named where it would have been right", () => {
    const { status, stdout } = regate(["check", "old.rego"]);
    assert.equal(status, 1);
    assert.match(stdout, /add --dialect v0/);
    assert.match(ok(["check", "old.rego", "--dialect", "v0"]), /no problems/);
  });

  test("the older dialect is not named where a rule would allow everything in it", () => {
    const { status, stdout } = regate(["check", "mixed.rego"]);
    assert.equal(status, 1);
    assert.match(stdout, /rego_parse_error/);
    assert.doesNotMatch(stdout, /--dialect/);
    assert.match(ok(["check", "mixed.rego", "--dialect", "v0"]), /keyword_not_imported[^]*^1 file checked: 1 warning$/m);
  });

  test("colours are for terminals, unless they are forced, and NO_COLOR wins", () => {
    const escape = "\u001b[";
    assert.ok(!regate(["check", "bad.rego"]).stdout.includes(escape));
    assert.ok(regate(["check", "bad.rego"], { env: { FORCE_COLOR: "1" } }).stdout.includes(escape));
    assert.ok(!regate(["check", "bad.rego"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } }).stdout.includes(escape));
    assert.ok(regate(["nope"], { env: { FORCE_COLOR: "1" } }).stderr.includes(escape));
  });

  test("a very long line is shown around the place", () => {
    write({ "long.rego": `package a\n\nx := [${"1, ".repeat(5000)}} ]\n` });
    const { stdout } = regate(["check", "long.rego"]);
    for (const line of stdout.split("\n")) assert.ok(line.length < 400, line.slice(0, 80));
    const lines = stdout.split("\n");
    const caretLine = lines.findIndex((line) => /^\s+\|\s+\^/.test(line));
    assert.ok(lines[caretLine - 1].includes("..."), stdout.slice(0, 600));
    assert.equal(lines[caretLine - 1][lines[caretLine].indexOf("^")], "}");
  });
});

describe("validate", () => {
  test("a valid policy, an invalid one, and both", () => {
    assert.match(ok(["validate", "good.rego"]), /^valid +good\.rego$/m);
    const { status, stdout } = regate(["validate", "app/authz.rego"]);
    assert.equal(status, 1);
    assert.match(stdout, /^invalid +app.authz\.rego: .*forgecroft\.policy/m);
    const both = regate(["validate", "good.rego", "app/authz.rego"]);
    assert.equal(both.status, 1);
    assert.match(both.stdout, /^1 of 2 policies are not valid$/m);
  });

  test("a folder, without its tests", () => {
    assert.match(ok(["validate", "safety"]), /^valid +safety.no_destroys\.rego\n$/);
    refused(["validate", "failing_test.rego", "nothing"], /no \*\.rego/);
  });

  test("--format json: one file as it is, more as a list", () => {
    const one = JSON.parse(ok(["validate", "good.rego", "--format", "json"]));
    assert.equal(one.valid, true);
    assert.deepEqual(one.diagnostics, []);
    const { status, stdout } = regate(["validate", "good.rego", "app/authz.rego", "--format", "json"]);
    assert.equal(status, 1);
    const both = JSON.parse(stdout);
    assert.deepEqual([both.valid, both.files.map(({ valid }) => valid)], [false, [true, false]]);
  });
});

describe("preview", () => {
  const KEYS = ["policy_results", "approval_preview", "mandatory_violations"];

  test("without policies it previews with none", () => {
    const stdout = ok(["preview", "plan.json", "--format", "json"]);
    assert.deepEqual(JSON.parse(stdout), {
      policy_results: [],
      approval_preview: { would_require_approval: false, builtin_rules: [], opa_requirements: [], external_providers: [] },
      mandatory_violations: 0,
    });
    assert.match(ok(["preview", "plan.json"]), /^✓ ALLOWED {2}the run would complete/);
  });

  test("--format json is exactly the object of the preview", () => {
    const { status, stdout, stderr } = regate(["preview", "plan.json", "--policies", "safety", "--rules", "rules.json", "--providers", "providers.json", "--run", "run.json", "--format", "json"]);
    assert.equal(status, 1);
    assert.equal(stderr, "");
    const response = JSON.parse(stdout);
    assert.deepEqual(Object.keys(response), KEYS);
    assert.deepEqual(response.policy_results, [
      {
        policy_set_name: "safety",
        policy_name: "no_destroys",
        enforcement: "mandatory",
        passed: false,
        violations: ["aws_instance.web[0] would be destroyed", "aws_instance.web[2] would be destroyed"],
      },
    ]);
    assert.deepEqual(response.approval_preview, {
      would_require_approval: true,
      builtin_rules: [{ name: "Destroys are read", min_approvals: 1, stage: 1 }],
      opa_requirements: [],
      external_providers: [{ id: "p-1", name: "Scanner" }],
    });
    assert.equal(response.mandatory_violations, 2);
  });

  test("the verdict first: rejected, held, allowed", () => {
    const rejected = regate(["preview", "plan.json", "--policies", "safety", "--rules", "rules.json"]);
    assert.equal(rejected.status, 1);
    assert.match(rejected.stdout, /^✗ REJECTED {2}the run would be rejected: 2 violations of mandatory policies\n/);
    assert.match(rejected.stdout, /aws_instance\.web\[0\] would be destroyed/);
    assert.match(rejected.stdout, /2 to add, 0 to change, 2 to destroy/);

    const held = regate(["preview", "plan.json", "--policies", "warnings", "--rules", "rules.json", "--providers", "providers.json", "--run", "run.json"]);
    assert.equal(held.status, 1);
    assert.match(held.stdout, /^● HELD {2}the run would wait for 2 requirements\n/);
    assert.match(held.stdout, /! only warnings\/no_destroys +advisory/);
    assert.match(held.stdout, /stage 1\n +role admin +1 approval +rule: Destroys are read/);
    assert.match(held.stdout, /Scanner +would be called +https:\/\/scan\.example\.com\//);
    assert.match(held.stdout, /push by dana@example\.com · workspace shop-production/);

    assert.match(ok(["preview", "quiet.json", "--policies", "safety", "--rules", "rules.json"]), /^✓ ALLOWED[\s\S]*✓ safety\/no_destroys +mandatory/);
  });

  test("a pull request's plan is allowed, with its findings", () => {
    const args = ["preview", "plan.json", "--policies", "safety", "--rules", "rules.json", "--run", "pr.json"];
    assert.match(ok(args), /^✓ ALLOWED {2}the run would complete, as a pull request's plan does; enforced, it would be rejected\n[\s\S]*✗ safety\/no_destroys/);
    const response = JSON.parse(ok([...args, "--format", "json"]));
    assert.equal(response.mandatory_violations, 2);
    assert.equal(response.approval_preview.builtin_rules.length, 1);
  });

  test("a policy that does not compile rejects, with its place", () => {
    const { status, stdout } = regate(["preview", "plan.json", "--policies", "broken"]);
    assert.equal(status, 1);
    assert.match(stdout, /--> broken.policy\.rego:\d+:\d+/);
    assert.match(stdout, /✗ REJECTED/);
    assert.match(stdout, /policy evaluation error/);
  });

  test("several sets, a lone file, and folders of one name", () => {
    const { stdout } = regate(["preview", "plan.json", "--policies", "safety", "--policies", "warnings/", "--policies", "good.rego", "--format", "json"]);
    assert.deepEqual(JSON.parse(stdout).policy_results.map(({ policy_set_name, policy_name }) => `${policy_set_name}/${policy_name}`), [
      "good/good",
      "only warnings/no_destroys",
      "safety/no_destroys",
    ]);
    const twins = regate(["preview", "plan.json", "--policies", "safety", "--policies", "other/safety", "--format", "json"]);
    assert.deepEqual(JSON.parse(twins.stdout).policy_results.map(({ policy_set_name }) => policy_set_name), [join("other", "safety"), "safety"]);
  });

  test("what plans and policies say cannot steer the terminal", () => {
    const plan = planOf("destroy");
    plan.resource_changes[0].address = "aws_instance.web\u001b[2J\u001b]0;owned\u0007";
    write({ "steering.json": JSON.stringify(plan) });
    const { stdout } = regate(["preview", "steering.json", "--policies", "safety"]);
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    assert.match(stdout, /aws_instance\.web\ufffd\[2J/);
  });

  test("a plan from standard input, and files in UTF-16 as PowerShell writes them", () => {
    const text = readFileSync(inFolder("plan.json"), "utf8");
    assert.match(ok(["preview", "-"], { input: text }), /<stdin>.*2 to add, 0 to change, 2 to destroy/);
    write({ "utf16-rules.json": Buffer.from(`\ufeff${JSON.stringify([DESTROY_RULE])}`, "utf16le") });
    write({ "utf16-run.json": Buffer.from(`\ufeff${JSON.stringify(runContext())}`, "utf16le") });
    write({ "utf16-providers.json": Buffer.from(`\ufeff${readFileSync(inFolder("providers.json"), "utf8")}`, "utf16le") });
    const held = regate(["preview", "plan.json", "--rules", "utf16-rules.json", "--run", "utf16-run.json", "--providers", "utf16-providers.json"]);
    assert.match(held.stdout, /^● HELD {2}the run would wait for 2 requirements\n/, held.stderr);
    write({ "utf16.json": Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]) });
    assert.match(ok(["preview", "utf16.json"]), /2 to add, 0 to change, 2 to destroy/);
  });

  test("the example of the first command", () => {
    const sets = ["production-safety", "cost", "iam-review", "ownership"].flatMap((name) => ["--policies", join("policies", name)]);
    const args = ["preview", "plans/webshop.json", ...sets, "--rules", "approval-rules.json", "--providers", "providers.json", "--run", "run.json"];
    const { status, stdout } = regate(args, { cwd: examples });
    assert.equal(status, 1);
    assert.match(stdout, /^✗ REJECTED {2}the run would be rejected: 5 violations/);
    assert.ok(!stdout.includes("hidden-"), "a sensitive value was shown");
    assert.ok(!regate([...args, "--format", "json"], { cwd: examples }).stdout.includes("hidden-"));
  });
});
