// `regate policy push`, `diff`, `fetch`, `logs` and `settings` as a shell sees them: what they print, where, and their exit codes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { configPolicies, hostOver } from "regate";
import { folderStore } from "regate/adapters/folder";
import { cli } from "./cli-shell.mjs";

const policy = (name, rules = "") => `package org\n\npolicy_name["${name}"]\n\n${rules}\n`;
const OWNER = policy("owner", 'enable_hard["needs_owner"]\n\nneeds_owner = "owner <label> missing" { not input.owner }');
const CREATED = '{\n  "created": [\n    "extra",\n    "owner"\n  ],\n  "deleted": [],\n  "modified": []\n}\n';

let folder;
const inFolder = (...names) => join(folder, ...names);

function write(files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(inFolder(name)), { recursive: true });
    writeFileSync(inFolder(name), text);
  }
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-policy-"));
  write({ "p/owner.rego": OWNER, "p/.hidden/extra.rego": policy("extra"), "p/notes.txt": "no policy", "p/upper.REGO": "no policy", "bad/a.rego": "package org\n\nx = 1\n" });
  mkdirSync(inFolder("empty"));
  symlinkSync("..", inFolder("p", "loop.rego"));
});
after(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(inFolder(".regate"), { recursive: true, force: true }));

function regate(args, input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "policy", ...args], { cwd: folder, encoding: "utf8", input, env: { ...process.env, NO_COLOR: "1" } });
  return { status, stdout, stderr };
}

const OWNED = ["--owner-id", "acme"];
const push = (input, ...more) => regate(["push", "p", ...OWNED, ...more], input);
const fetched = () => JSON.parse(regate(["fetch", ...OWNED]).stdout);

/** The same policies, for what the commands do not do. */
function service(clock) {
  const identity = { id: "ci", email: null, org_role: "owner", may: [] };
  return configPolicies(hostOver(folderStore(inFolder(".regate")), { who: () => identity, notify() {}, now: () => clock.now }), { org_id: "acme" });
}

describe("policy push", () => {
  test("shows what changes, asks, and pushes where the answer is yes", () => {
    for (const answer of ["y\n", "YES\n", "yes please\n", "y"]) {
      rmSync(inFolder(".regate"), { recursive: true, force: true });
      const { status, stdout, stderr } = push(answer);
      assert.equal(status, 0, stderr);
      assert.equal(stdout, CREATED);
      const question = "Do you wish to continue? (y/N) ";
      assert.equal(stderr, `The following changes are going to be made: ${CREATED}\n${question}Policy Bundle Pushed Successfully\n\ndiff: \n`);
      assert.deepEqual(Object.keys(fetched()), ["extra", "owner"]);
    }
  });

  test("any other answer pushes nothing, and no answer is an error", () => {
    for (const answer of ["n\n", "no\n", "yep\n", "1\n"]) {
      const { status, stdout, stderr } = push(answer);
      assert.deepEqual([status, stdout], [6, ""], answer);
      assert.match(stderr, /Nothing was pushed\n$/);
    }
    for (const answer of ["", "\n", "   \ny\n"]) {
      const { status, stderr } = push(answer);
      assert.equal(status, 2);
      assert.match(stderr, /error: error in input/);
    }
    assert.deepEqual(fetched(), {});
  });

  test("asks nobody with --no-prompt, and an empty folder empties the bundle", () => {
    const { status, stdout, stderr } = push("", "--no-prompt");
    assert.deepEqual([status, stdout, stderr], [0, CREATED, "Policy Bundle Pushed Successfully\n\ndiff: \n"]);
    const { stdout: emptied, stderr: warned } = regate(["push", "./empty/", "--no-prompt", ...OWNED]);
    assert.match(warned, /the bundle is empty now, and every configuration passes/);
    assert.deepEqual(JSON.parse(emptied), { created: [], deleted: ["extra", "owner"], modified: [] });
  });

  test("paths are as they were walked, and whoever runs it has pushed", async () => {
    regate(["push", "./p", "--no-prompt", ...OWNED]);
    const [{ policies }] = (await service({ now: 0 }).versions()).versions;
    assert.deepEqual(policies.map(({ path, created_by }) => [path, created_by]), ["p/.hidden/extra.rego", "p/owner.rego"].map((path) => [path, userInfo().username]));
  });

  test("policies that do not load are 7, with their places", () => {
    for (const more of [[], ["--no-prompt"]]) {
      const { status, stdout, stderr } = regate(["push", "bad", ...OWNED, ...more], "y\n");
      assert.deepEqual([status, stdout], [7, ""]);
      const failed = more.length === 0 ? "failed to get bundle diff" : "failed to push policy bundle";
      assert.match(stderr, new RegExp(`^error: ${failed}: failed to parse policy file\\(s\\): failed to parse file: "bad/a\\.rego": first rule`));
      assert.match(stderr, /bad\/a\.rego:3:1[^]*x = 1/, "the place, and what stands there");
    }
    const { status, stdout } = regate(["push", "bad", "--no-prompt", "--format", "json", ...OWNED]);
    const { error } = JSON.parse(stdout);
    assert.deepEqual([status, error.code, error.diagnostics[0].file], [7, "invalid_request", "bad/a.rego"]);
  });

  test("what is no folder, and a command line that is wrong, is 2", () => {
    for (const [args, message] of [
      [["push", "none", ...OWNED], /failed to walk policy directory path: failed to get path info: stat none: no such file or directory/],
      [["push", "p/owner.rego", ...OWNED], /failed to walk policy directory path: policy path is not a directory/],
      [["push", ...OWNED], /accepts 1 arg\(s\), received 0/],
      [["push", "p", "q", ...OWNED], /accepts 1 arg\(s\), received 2/],
      [["push", "p"], /required flag\(s\) "owner-id" not set/],
      [["push", "p", "--owner", "acme"], /there is no option `--owner`/],
    ]) {
      const { status, stderr } = regate(args, "y\n");
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    }
  });

  test("waits for another process, and says so at the end", { timeout: 60_000 }, () => {
    write({ ".regate/commit.lock": JSON.stringify({ token: "t", pid: 1, host: `${hostname()}-other` }) });
    const { status, stderr } = push("", "--no-prompt");
    assert.equal(status, 8, stderr);
    assert.match(stderr, /commit\.lock/);
  });
});

describe("policy diff", () => {
  test("says what a push would change, and changes nothing", () => {
    const { status, stdout, stderr } = regate(["diff", "p", ...OWNED]);
    assert.deepEqual([status, stdout, stderr], [0, CREATED, ""]);
    assert.deepEqual(fetched(), {});
    const refused = regate(["diff", "bad", ...OWNED]);
    assert.equal(refused.status, 7);
    assert.match(refused.stderr, /^error: failed to get diff: /);
  });
});

describe("policy fetch", () => {
  test("shows all policies or one, with what means something in HTML escaped", () => {
    push("", "--no-prompt");
    const { stdout } = regate(["fetch", "owner", ...OWNED]);
    assert.match(stdout, /^\{\n {2}"content": ".*owner \\u003clabel\\u003e missing/);
    const one = JSON.parse(stdout);
    assert.deepEqual([one.content, one.name, Object.keys(one)], [OWNER, "owner", ["content", "created_at", "created_by", "name"]]);
    assert.deepEqual(fetched().owner, one);
  });

  test("a policy that is not there is 5", () => {
    push("", "--no-prompt");
    const { status, stdout, stderr } = regate(["fetch", "none", ...OWNED]);
    assert.deepEqual([status, stdout, stderr], [5, "", "error: failed to fetch policy bundle: there is no policy `none`\n"]);
    assert.equal(JSON.parse(regate(["fetch", "none", "--format", "json", ...OWNED]).stdout).error.code, "not_found");
    assert.equal(regate(["fetch", "a", "b", ...OWNED]).status, 2);
  });

  test("contexts and stores are apart", () => {
    push("", "--no-prompt");
    assert.equal(regate(["fetch", ...OWNED, "--context", "other"]).stdout, "{}\n");
    assert.equal(regate(["fetch", ...OWNED, "--store", "elsewhere"]).stdout, "{}\n");
    assert.equal(regate(["fetch", "--owner-id", "emca"]).stdout, "{}\n");
  });
});

describe("policy logs", () => {
  test("shows no decision, one, and all of more than a page", async () => {
    assert.deepEqual(regate(["logs", ...OWNED]), { status: 0, stdout: "[]\n", stderr: "" });
    const clock = { now: Date.parse("2022-03-14T00:00:00Z") };
    const policies = service(clock);
    const { log } = await policies.decide({ input: {} });
    const { stdout } = regate(["logs", ...OWNED]);
    assert.deepEqual(JSON.parse(stdout), [log]);
    assert.match(stdout, /^\[\n {2}\{\n {4}"id": /);
    for (let at = 0; at < 105; at++) {
      clock.now++;
      await policies.decide({ input: {} });
    }
    const all = JSON.parse(regate(["logs", ...OWNED]).stdout);
    assert.equal(all.length, 106);
    assert.deepEqual(all.at(-1), log);
  });

  test("has filters, times in many spellings among them", async () => {
    const clock = { now: 0 };
    const policies = service(clock);
    await policies.push({ "a.rego": OWNER });
    for (const [time, branch, project_id, owner] of [
      ["2022-03-13T23:59:59Z", "b", "p", "ops"],
      ["2022-03-14T00:00:00Z", "b", "p", "ops"],
      ["2022-03-14T12:00:00Z", "b", "p", undefined],
      ["2022-03-14T12:00:01Z", "c", "p", "ops"],
      ["2022-03-14T12:00:02Z", "b", "q", "ops"],
      ["2022-03-15T00:00:00Z", "b", "p", "ops"],
    ]) {
      clock.now = Date.parse(time);
      await policies.decide({ input: { owner }, metadata: { project_id, vcs: { branch }, build_number: clock.now / 1000 } });
    }
    const times = (...filters) => {
      const { status, stdout, stderr } = regate(["logs", ...OWNED, ...filters]);
      assert.equal(status, 0, stderr);
      return JSON.parse(stdout).map(({ created_at }) => created_at.slice(8, 19));
    };
    const whole = ["--after", "2022/03/14", "--before", "2022/03/15", "--branch", "b", "--project-id", "p", "--status", "PASS"];
    assert.deepEqual(times(...whole), ["14T00:00:00"]);
    assert.deepEqual(times("--status", "HARD_FAIL"), ["14T12:00:00"]);
    assert.deepEqual(times("--project-id", "q"), ["14T12:00:02"]);
    assert.deepEqual(times("--build-number", String(Date.parse("2022-03-14T12:00:01Z") / 1000)), ["14T12:00:01"]);
    for (const after of ["2022-03-15", "2022-03-15T00:00:00", "2022-03-15 00:00", "2022-03-15T01:00:00+01:00", "20220315", "15 March 2022", "Mar 15, 2022", "1647302400", "1647302400000"]) {
      assert.deepEqual(times("--after", after), ["15T00:00:00"], after);
    }
    assert.deepEqual(times("--after", "2022-03-15T00:00:00-01:00"), []);
  });

  test("shows one decision, and the bundle that made it", async () => {
    const policies = service({ now: 0 });
    await policies.push({ "a.rego": OWNER });
    const { log } = await policies.decide({ input: {} });
    await policies.push({});
    assert.deepEqual(JSON.parse(regate(["logs", log.id, ...OWNED]).stdout), log);
    assert.deepEqual(Object.keys(JSON.parse(regate(["logs", log.id, "--policy-bundle", ...OWNED]).stdout)), ["owner"]);
    assert.deepEqual(regate(["logs", log.id, "--out", "log.json", ...OWNED]), { status: 0, stdout: "", stderr: "" });
    assert.deepEqual(JSON.parse(readFileSync(inFolder("log.json"), "utf8")), log);
    const missing = regate(["logs", "none", ...OWNED]);
    assert.deepEqual([missing.status, missing.stderr], [5, "error: failed to get policy decision logs: there is no decision `none`\n"]);
  });

  test("what does not go together, and what is no time, is 2", () => {
    const ambiguous = "This date has ambiguous mm/dd vs dd/mm type format";
    for (const [args, message] of [
      [["id", "--status", "PASS"], "filters are not accepted when decision_id is provided"],
      [["id", "--after", "2022-01-01"], "filters are not accepted when decision_id is provided"],
      [["--policy-bundle"], "decision_id is required when --policy-bundle flag is used"],
      [["--after", "03/14/2022"], `error in parsing --after value: ${ambiguous}`],
      [["--before", "3/4/22"], `error in parsing --before value: ${ambiguous}`],
      [["--before", "soon"], 'error in parsing --before value: Could not find format for "soon"'],
      [["--after", "2022-02-30"], 'error in parsing --after value: Could not find format for "2022-02-30"'],
      [["--status", "pass"], "--status is PASS, SOFT_FAIL, HARD_FAIL, ERROR, not `pass`"],
      [["--build-number", "x"], "--build-number is a whole number, not `x`"],
      [["--out", "none/log.json"], "failed to create output file: ENOENT"],
    ]) {
      const { status, stdout, stderr } = regate(["logs", ...args, ...OWNED]);
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.ok(stderr.startsWith(`error: ${message}`), stderr);
    }
  });
});

describe("policy settings", () => {
  test("shows them, and changes them where that is asked", () => {
    const settings = (...args) => regate(["settings", ...OWNED, ...args]);
    const shown = (enabled) => ({ status: 0, stdout: `{\n  "enabled": ${enabled}\n}\n`, stderr: "" });
    assert.deepEqual(settings(), shown(true));
    assert.deepEqual(settings("--enabled=false"), shown(false));
    assert.deepEqual(settings(), shown(false));
    assert.deepEqual(settings("--context", "other"), shown(true));
    assert.deepEqual(settings("--enabled"), shown(true));
    assert.deepEqual(settings("--enabled=F"), shown(false));
    for (const [args, message] of [[["--enabled=maybe"], /invalid argument "maybe" for "--enabled" flag/], [["--enabled", "false"], /accepts 0 arg\(s\), received 1/]]) {
      const { status, stderr } = settings(...args);
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
    assert.deepEqual(settings(), shown(false));
  });

  test("a folder that is damaged is said", () => {
    push("", "--no-prompt");
    write({ [`.regate/${nameOfFile()}`]: "broken" });
    const { status, stderr } = regate(["settings", ...OWNED]);
    assert.equal(status, 1);
    assert.match(stderr, /^error: failed to run settings : .*is no file of this store\n {2}help: /);
  });
});

function nameOfFile() {
  const [name] = spawnSync("ls", [inFolder(".regate")], { encoding: "utf8" }).stdout.split("\n");
  return name;
}
