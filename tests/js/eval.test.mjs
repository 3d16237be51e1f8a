// The command `regate` where its answer is easily wrong: queries that are false, inputs without end, names that meet.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { NO_DESTROYS, planOf } from "./plans.mjs";

const cli = fileURLToPath(new URL("../../pkg/dist/cli.js", import.meta.url));
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-eval-"));
  const files = {
    "p.rego": "package p\n\nimport rego.v1\n\ndefault allow := false\n",
    "plan.json": JSON.stringify(planOf("add")),
    "a/set/policy.rego": NO_DESTROYS,
    "a/set/policy-set.json": '{"enforcement": "advisory"}',
    "b/set/policy.rego": NO_DESTROYS,
    "b/set/policy-set.json": '{"enforcement": "advisory"}',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

const regate = (args, input = "") => spawnSync(process.execPath, [cli, ...args], { cwd: folder, input, encoding: "utf8" });

describe("a query", () => {
  for (const query of ['data.p["allow"]', "1 == 2", "false", "data.p.nothing == 1", "x := 1; x > 2", "x := 1; not x == 1", "some x in [1, 2]; x > 2"]) {
    test(`that is never true prints undefined: ${query}`, () => {
      assert.equal(regate(["eval", query, "--policies", "p.rego"]).stdout, "undefined\n");
      assert.equal(regate(["eval", query, "--policies", "p.rego"]).status, 0);
      assert.equal(regate(["eval", query, "--policies", "p.rego", "--fail"]).status, 1);
    });
  }

  test("that cannot be read is a mistake of the command line", () => {
    const { status, stdout, stderr } = regate(["eval", "x :=", "--policies", "p.rego"]);
    assert.equal(stdout, "");
    assert.match(stderr, /rego_parse_error/);
    assert.equal(status, 2);
  });
});

test("what an answer holds cannot steer the terminal, and stays what it is", () => {
  const value = "\u001b[2J \u007f \u009b2J";
  const { stdout } = regate(["eval", "x := input", "--input", "-"], JSON.stringify(value));
  assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  assert.equal(JSON.parse(stdout.slice("x = ".length)), value);
});

describe("what is read", () => {
  test("ends at the limit, from a device", { skip: !existsSync("/dev/zero") }, () => {
    const { status, stderr } = regate(["preview", "/dev/zero"]);
    assert.equal(status, 2);
    assert.match(stderr, /limit_exceeded[\s\S]*input_bytes/);
  });

  test("ends at the limit, from standard input that never ends", async () => {
    const child = spawn(process.execPath, [cli, "preview", "-"], { cwd: folder, stdio: ["pipe", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const chunk = Buffer.alloc(1 << 20, "y\n");
    const write = () => {
      if (child.stdin.writable) child.stdin.write(chunk, (error) => error ?? write());
    };
    child.stdin.on("error", () => {});
    write();
    const [status] = await once(child, "close");
    assert.equal(status, 2);
    assert.match(stderr, /limit_exceeded/);
  });

  test("standard input is one thing only", () => {
    for (const args of [["preview", "-", "--policies", "-"], ["preview", "plan.json", "--policies", "-", "--policies", "-"]]) {
      const { status, stderr } = regate(args, "{}");
      assert.equal(status, 2);
      assert.match(stderr, /only one of the files can be standard input/);
    }
  });
});

test("policy sets of one folder name are told apart by their paths, with settings that do not name them", () => {
  const { status, stdout, stderr } = regate(["preview", "plan.json", "--policies", "a/set", "--policies", "b/set", "--format", "json"]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout).policy_results.map(({ policy_set_name }) => policy_set_name), ["a/set", "b/set"]);
});
