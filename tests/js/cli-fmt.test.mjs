// `regate fmt` as a shell sees it: what it prints, what it writes and what it leaves alone, and its exit codes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "pkg", "dist", "cli.js");

const UNTIDY = "package shop\n\n# grown up\nallow   if input.user.age>=18\n\nprices := {\n  \"a\": 1,\n  \"b\": 2\n}\n";
const TIDY = "package shop\n\n# grown up\nallow if input.user.age >= 18\n\nprices := {\n\t\"a\": 1,\n\t\"b\": 2,\n}\n";
const BROKEN = "package bad\n\nx   :=   1\n\ny := ]\n";
const NESTED = join("app", "one.rego");
const OLDER = "package old\n\nallow { input.x;  input.y }\n";

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-fmt-"));
  write({
    "untidy.rego": UNTIDY,
    "tidy.rego": TIDY,
    "broken.rego": BROKEN,
    "older.rego": OLDER,
    "mixed.rego": "package p\n\ndeny[m] { m := \"x\" }\n\nallow = true if { input.x }\n",
    "latin1.rego": Buffer.from([0x23, 0xe9, 0x0a]),
    "app/one.rego": UNTIDY,
    "app/deep/two.rego": TIDY,
    "app/notes.txt": "x   :=  1",
    "set/policy-set.json": "{}",
    "set/older.rego": OLDER,
    "nothing/readme.txt": "no policy here",
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const read = (name) => readFileSync(join(folder, name), "utf8");

function fmt(args, { input = "", env = {} } = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "fmt", ...args], { cwd: folder, input, encoding: "utf8", env: { ...clean, ...env } });
  return { status, stdout, stderr };
}

/** The command says this and nothing beside it, and leaves every file as it was. */
function prints(args, stdout, status = 0, options) {
  assert.deepEqual(fmt(args, options), { status, stdout, stderr: "" });
  assert.deepEqual([read("untidy.rego"), read("app/one.rego"), read("broken.rego")], [UNTIDY, UNTIDY, BROKEN]);
}

describe("without an option", () => {
  test("prints the text of a file, of several, and of a folder", () => {
    prints(["untidy.rego"], TIDY);
    prints(["tidy.rego"], TIDY);
    prints(["untidy.rego", "tidy.rego"], TIDY + TIDY);
    prints(["app"], TIDY + TIDY);
  });

  test("prints standard input", () => prints(["-"], TIDY, 0, { input: UNTIDY }));

  test("prints every character as it is, for a program", () => {
    write({ "marks.rego": 'package a\n\nx := "\u202e\u200f" # \u2066\n' });
    prints(["marks.rego"], read("marks.rego"));
  });
});

describe("--check", () => {
  test("lists what is not formatted, and ends with 1 then", () => {
    prints(["--check", "untidy.rego", "tidy.rego", "app"], `untidy.rego\n${NESTED}\n`, 1);
    prints(["--check", "tidy.rego", "app/deep"], "");
    prints(["--check", "-"], "<stdin>\n", 1, { input: UNTIDY });
  });
});

describe("--diff", () => {
  const DIFF = `--- untidy.rego
+++ untidy.rego
@@ -1,9 +1,9 @@
 package shop
 
 # grown up
-allow   if input.user.age>=18
+allow if input.user.age >= 18
 
 prices := {
-  "a": 1,
-  "b": 2
+	"a": 1,
+	"b": 2,
 }
`;

  test("shows what would change", () => {
    prints(["--diff", "untidy.rego", "tidy.rego"], DIFF);
    prints(["--diff", "tidy.rego"], "");
  });

  test("with --check it ends with 1 where something would", () => {
    prints(["--diff", "--check", "untidy.rego", "tidy.rego"], DIFF, 1);
    prints(["--diff", "--check", "tidy.rego"], "");
  });

  const rules = (count, from = 1) => Array.from({ length: count }, (_, i) => `\nr${from + i} := ${from + i}\n`).join("");
  const texts = {
    "an end without a line end": "package a\n\nx := 1",
    "two places far from each other": `package a\n\nfirst:=1\n${rules(20)}\nlast:=1\n`,
    "two places near each other": `package a\n\nfirst:=1\n${rules(2)}\nlast:=1\n`,
    "lines that come and go": `package a\n${rules(4)}\n\n\n\nx if {\ninput.a}\n${rules(9, 5)}`,
    "line ends of Windows": "package a\r\n\r\nx := 1\r\n",
  };
  for (const [name, text] of Object.entries(texts)) {
    test(`is a diff that git applies: ${name}`, () => {
      write({ "a.rego": text });
      const { stdout } = fmt(["--diff", "a.rego"]);
      const formatted = fmt(["a.rego"]).stdout;
      assert.notEqual(formatted, text);
      const { status, stderr } = spawnSync("git", ["apply", "-p0", "--whitespace=nowarn", "-"], { cwd: folder, input: stdout, encoding: "utf8", env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } });
      assert.equal(status, 0, `${stderr}\n${stdout}`);
      assert.equal(read("a.rego"), formatted);
    });
  }

  test("colors are for terminals, unless they are forced", () => {
    assert.ok(fmt(["--diff", "untidy.rego"], { env: { FORCE_COLOR: "1" } }).stdout.includes("\u001b["));
  });
});

describe("--write", () => {
  test("writes the files that change, lists them, and finds nothing to do afterwards", () => {
    for (const flag of ["--write", "-w"]) {
      write({ "untidy.rego": UNTIDY, "app/one.rego": UNTIDY });
      const before = statSync(join(folder, "tidy.rego")).mtimeMs;
      assert.deepEqual(fmt([flag, "untidy.rego", "tidy.rego", "app"]), { status: 0, stdout: `untidy.rego\n${NESTED}\n`, stderr: "" });
      assert.deepEqual([read("untidy.rego"), read("app/one.rego"), read("app/notes.txt")], [TIDY, TIDY, "x   :=  1"]);
      assert.equal(statSync(join(folder, "tidy.rego")).mtimeMs, before);
      assert.deepEqual(fmt([flag, "untidy.rego", "tidy.rego", "app"]), { status: 0, stdout: "", stderr: "" });
    }
  });

  test("a link stays a link, and permissions stay", () => {
    chmodSync(join(folder, "untidy.rego"), 0o640);
    symlinkSync("untidy.rego", join(folder, "linked.rego"));
    assert.equal(fmt(["-w", "linked.rego"]).stdout, "linked.rego\n");
    assert.ok(lstatSync(join(folder, "linked.rego")).isSymbolicLink());
    assert.equal(read("untidy.rego"), TIDY);
    assert.equal(statSync(join(folder, "untidy.rego")).mode & 0o777, 0o640);
  });

  test("a file in UTF-16 is written in UTF-8, which OPA reads", () => {
    write({ "untidy.rego": Buffer.from(`\ufeff${UNTIDY}`, "utf16le") });
    assert.equal(fmt(["-w", "untidy.rego"]).status, 0);
    assert.equal(read("untidy.rego"), TIDY);
  });

  test("a file that may not be written", { skip: process.getuid?.() === 0 && "root may write everything" }, () => {
    chmodSync(join(folder, "untidy.rego"), 0o444);
    const { status, stdout, stderr } = fmt(["-w", "untidy.rego"]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /the policy `untidy\.rego` may not be written/);
  });
});

describe("a file that cannot be read as Rego", () => {
  for (const flags of [[], ["--check"], ["--diff"], ["--write"]]) {
    test(`is left out, with its errors at their places: ${flags.join(" ") || "without an option"}`, () => {
      const { status, stdout, stderr } = fmt([...flags, "broken.rego", "tidy.rego"]);
      assert.deepEqual([status, stdout], [1, flags.length === 0 ? TIDY : ""]);
      assert.match(stderr, /^error\[rego_parse_error\]: .*\n {2}--> broken\.rego:5:6\n {2}\|\n5 \| y := \]\n {2}\| {6}\^$/m);
      assert.doesNotMatch(stderr, /older dialect/);
      assert.equal(read("broken.rego"), BROKEN);
    });
  }

  test("does not keep the others from being written", () => {
    const { status, stdout } = fmt(["-w", "broken.rego", "untidy.rego"]);
    assert.deepEqual([status, stdout, read("untidy.rego")], [1, "untidy.rego\n", TIDY]);
  });

  test("is read in the dialect that is asked for, or that the contract of a policy set allows", () => {
    const formatted = "package old\n\nallow {\n\tinput.x\n\tinput.y\n}\n";
    const { status, stderr } = fmt(["older.rego"]);
    assert.equal(status, 1);
    assert.match(stderr, /^these files are in the older dialect of Rego: add --dialect v0$/m);
    assert.match(fmt(["mixed.rego"]).stderr, /^(?![^]*--dialect)[^]*rego_parse_error/);
    prints(["older.rego", "--dialect", "v0"], formatted);
    prints(["older.rego", "--contract", "governance"], formatted);
    prints(["set"], formatted);
  });
});

describe("--format json", () => {
  const file = (path, more) => ({ path, formatted: TIDY, changed: true, dialect: "v1", diagnostics: [], ...more });
  const json = (args, options) => {
    const { status, stdout, stderr } = fmt([...args, "--format", "json"], options);
    assert.equal(stderr, "");
    return [status, JSON.parse(stdout)];
  };

  test("holds every file", () => {
    assert.deepEqual(json(["untidy.rego", "tidy.rego"]), [0, { files: [file("untidy.rego"), file("tidy.rego", { changed: false })] }]);
    assert.deepEqual(json(["--check", "untidy.rego"]), [1, { files: [file("untidy.rego")] }]);
    assert.deepEqual(json(["-"], { input: UNTIDY }), [0, { files: [file("<stdin>")] }]);
  });

  test("holds the diff, and whether it was written", () => {
    const { stdout: diff } = fmt(["--diff", "untidy.rego"]);
    assert.deepEqual(json(["--diff", "untidy.rego"]), [0, { files: [file("untidy.rego", { diff })] }]);
    const [status, { files }] = json(["--write", "untidy.rego", "tidy.rego", "broken.rego"]);
    assert.deepEqual([status, files.map(({ written }) => written)], [1, [true, false, false]]);
    assert.deepEqual([read("untidy.rego"), read("broken.rego")], [TIDY, BROKEN]);
    assert.deepEqual(files[2].diagnostics.map(({ file, start }) => [file, start.line, start.column]), [["broken.rego", 5, 6]]);
  });
});

describe("what cannot be used", () => {
  const cases = {
    "nothing": [[], /no file or folder given; see regate fmt --help/],
    "a missing file": [["nowhere.rego"], /`nowhere\.rego` does not exist/],
    "a folder without Rego": [["nothing"], /no \*\.rego file under `nothing`/],
    "a file that is not UTF-8": [["latin1.rego"], /the policy `latin1\.rego` is not UTF-8 text; save it as UTF-8/],
    "a dialect that there is not": [["tidy.rego", "--dialect", "v2"], /--dialect is v0 or v1, not `v2`/],
    "a contract that there is not": [["tidy.rego", "--contract", "nobody"], /there is no contract `nobody`/],
    "a misspelt option": [["tidy.rego", "--wirte"], /no option `--wirte`; did you mean `--write`\? See regate fmt --help/],
    "a letter that is no option": [["tidy.rego", "-d"], /no option `-d`; see regate fmt --help/],
    "to write and only to look": [["-w", "--check", "untidy.rego"], /--write goes with neither --check nor --diff/],
    "to write and to compare": [["-w", "--diff", "untidy.rego"], /--write goes with neither --check nor --diff/],
    "to write standard input": [["-w", "-"], /standard input cannot be written back/],
    "a file of many that is not there": [["-w", "untidy.rego", "nowhere.rego"], /`nowhere\.rego` does not exist/],
  };
  for (const [name, [args, pattern]] of Object.entries(cases)) {
    test(name, () => {
      const { status, stdout, stderr } = fmt(args, { input: UNTIDY });
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, pattern);
      assert.equal(read("untidy.rego"), UNTIDY);
    });
  }
});

test("the examples of the package are laid out", () => {
  const examples = join(root, "pkg-template", "examples");
  prints(["--check", join(examples, "policies")], "");
  prints(["--check", "--dialect", "v0", join(examples, "configs")], "");
});
