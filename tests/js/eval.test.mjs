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
    "p.rego": "package p\n\nimport rego.v1\n\ndefault allow := false\n\nf(x) := x + 1\n\ng if input.x\n",
    "q.rego": "package q\n\nlimit := 3\n",
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
  const ask = (query, ...options) => regate(["eval", query, "--policies", "p.rego", ...options]);
  const asked = (query) => {
    const { status, stdout, stderr } = ask(query);
    assert.equal(status, 0, stderr);
    return stdout;
  };

  const EXPRESSIONS = {
    "1+1": "2\n",
    "4/2": "2\n",
    '{1,2,"a"}': '[\n  1,\n  2,\n  "a"\n]\n',
    null: "null\n",
    "9007199254740993": "9007199254740993\n",
    "data.p.f(2)": "3\n",
    "# first\n1 + # one\n1 # last": "2\n",
    '"a # b ) ; with"': '"a # b ) ; with"\n',
    "[1, 2][_]": "1\n2\n",
    "[x | x := 7]": "[\n  7\n]\n",
    "[regate_value__ | regate_value__ := 7]": "[\n  7\n]\n",
    'input.x with input as {"x": 3}': "3\n",
    "data.p.f(input.x)\n  with input as {\"x\": 3} # three\n  with data.q as 1": "4\n",
    "data.p.g with input.x as 1": "true\n",
  };
  for (const [query, printed] of Object.entries(EXPRESSIONS)) {
    test(`that is an expression prints its value: ${query}`, () => {
      assert.equal(asked(query), printed);
      assert.equal(ask(query, "--fail").status, 0);
    });
  }

  for (const query of ['data.p["allow"]', "data.p.allow", "p/allow", "1 == 2", "false", "1 == 2 # no", "data.p.allow with input as 1", "[true, false][_] == false"]) {
    test(`that is false prints false, and does not pass: ${query}`, () => {
      assert.match(asked(query), /^false\n(true\n)?$/);
      assert.equal(ask(query, "--fail").status, 1);
    });
  }

  for (const query of ["input", "data.p.nothing == 1", "data.p.g", "x := 1; x > 2", "x := 1; not x == 1", "some x in [1, 2]; x > 2", "[1, 2][i] > 2", "true; false", "true with input as 1; false", "true with input as 1\nfalse"]) {
    test(`that is undefined or never true prints undefined, and does not pass: ${query}`, () => {
      assert.equal(asked(query), "undefined\n");
      assert.equal(ask(query, "--fail").status, 1);
    });
  }

  for (const query of ["not false", "3; 4", "3\n4", "3 with input as 1; 4", "3 with input as 1\n4", "every x in [1] { x == 1 }", "count([1], 1)"]) {
    test(`that is no expression prints true where it is: ${query}`, () => {
      assert.equal(asked(query), "true\n");
      assert.equal(ask(query, "--fail").status, 0);
    });
  }

  test("prints its variables, and no others", () => {
    assert.equal(asked("x := 1; y := x + 1"), "x = 1\ny = 2\n");
    assert.equal(asked("[4, 5][i] > 4"), "i = 1\n");
    assert.equal(asked("regate_value__ := 3"), "regate_value__ = 3\n");
  });

  test("has its value beside its variables in JSON", () => {
    const json = (query) => {
      const { steps, memory_units, ...answer } = JSON.parse(ask(query, "--format", "json").stdout);
      assert.ok(steps > 0 && memory_units >= 0);
      return answer;
    };
    assert.deepEqual(json("1 + 1"), { bindings: [{}], value: 2 });
    assert.deepEqual(json("1 == 2"), { bindings: [], value: false });
    assert.deepEqual(json("data.p.nothing == 1"), { bindings: [] });
    assert.deepEqual(json("[1, false][_]"), { bindings: [{}], values: [1, false] });
    assert.deepEqual(json("x := 1"), { bindings: [{ x: 1 }] });
  });

  for (const query of ["1) == (2", "1)\nx := (2", "1 +", "nobody", "(", '"open', "", "# nothing"]) {
    test(`that is wrong is refused in words about itself: ${query}`, () => {
      const { status, stdout, stderr } = ask(query);
      assert.equal(stdout, "");
      assert.match(stderr, /^error\[\w+\]: ./);
      assert.doesNotMatch(stderr, /regate_value/);
      assert.ok(status === 2, stderr);
    });
  }

  test("for a whole document prints it", () => {
    assert.equal(regate(["eval", "data", "--policies", "q.rego"]).stdout, '{\n  "q": {\n    "limit": 3\n  }\n}\n');
    assert.equal(regate(["eval", "data"]).stdout, "{}\n");
    assert.equal(regate(["eval", "input", "--input", "-"], '{"a": 1}').stdout, '{\n  "a": 1\n}\n');
  });

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
