// A folder with files, and the command `regate` as a shell sees it there: what it prints, where, and its exit codes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const cli = join(root, "pkg", "dist", "cli.js");
export const examples = join(root, "pkg-template", "examples");

/** Policies, tests and documents that several commands are tried on. */
export const FILES = {
  "bad.rego": 'package app\n\nimport rego.v1\n\n# wide\nx :=\t"宽é" + ]\n',
  "app/authz.rego": 'package app.authz\n\nimport rego.v1\n\ndefault allow := false\n\nallow if input.user in data.owners\n\nbig := 9007199254740993\n',
  "app/deep/limits.rego": "package app.limits\n\nmax := 3\n",
  "tests/limits.rego": "package app.limits\n\nmax := 3\n",
  "tests/limits_test.rego": "package app.limits_test\n\nimport rego.v1\n\ntest_max if data.app.limits.max == 3\n\ntest_known if data.known\n",
  "failing_test.rego": 'package f\n\nimport rego.v1\n\ntest_one if 1 == 2\n\ntest_two if {\n  print("looking")\n  false\n}\n',
  "table_test.rego": `package t

test_sum[note] if {
  some note, row in {
    "small": {"of": [1, 2], "is": 3},
    "none": {"of": [], "is": 0},
    "large": {"of": [100, 1], "is": 100},
  }
  print("at", note)
  sum(row.of) == row.is
}

test_pairs[x][y] if {
  some x in ["a"]
  some y in [1, 2]
}
`,
  "later_test.rego": "package l\n\ntest_now if 1 < 2\n\ntodo_test_much if 1 > 2\n",
  "old.rego": "package old\n\nallow { input.x }\n",
  // Older because of `deny[m]`, and newer because of `if`, which begins a rule of its own where it is no keyword.
  "mixed.rego": 'package p\n\ndeny[m] { m := "x" }\n\nallow = true if { input.x }\n',
  "input.json": '{"user": "dana"}',
  "data.json": '{"owners": ["dana"], "known": true}',
  "cut-utf16.json": Buffer.from([0xff, 0xfe, 0x5b, 0x00, 0x5d]),
};

/** A folder with these files, while the tests of the calling file run, and ways to use it. */
export function shell(files) {
  const folder = mkdtempSync(join(tmpdir(), "regate-cli-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const inFolder = (...names) => join(folder, ...names);
  write(files);

  function write(files) {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(inFolder(name)), { recursive: true });
      writeFileSync(inFolder(name), content);
    }
  }

  function regate(args, { input = "", env = {}, cwd = folder } = {}) {
    const { NO_COLOR: _, FORCE_COLOR: __, ...clean } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd, input, encoding: "utf8", env: { ...clean, ...env } });
    return { status, stdout, stderr };
  }

  function ok(args, options) {
    const result = regate(args, options);
    assert.equal(result.status, 0, `${result.stdout}${result.stderr}`);
    return result.stdout;
  }

  // One sentence on standard error, nothing on standard output.
  function refused(args, pattern, { status = 2, ...options } = {}) {
    const result = regate(args, options);
    assert.equal(result.status, status, `${result.stdout}${result.stderr}`);
    assert.match(result.stderr, pattern);
    assert.equal(result.stdout, "");
    assert.doesNotMatch(result.stderr, /\n {4}at |node:internal/, "a stack is no sentence");
    return result.stderr;
  }

  return { inFolder, write, regate, ok, refused };
}
