// `regate build` and `regate eval --program` as a shell sees them: a program file, and what is asked of it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import { compile, fromBytes } from "regate";
import { bundle } from "./bundle.mjs";
import { FILES, cli, shell } from "./cli-shell.mjs";

const { inFolder, write, regate, ok, refused } = shell(FILES);

const authz = ["app", "--data", "data.json"];
const bytesOf = (name) => new Uint8Array(readFileSync(inFolder(name)));

describe("build", () => {
  test("writes what fromBytes loads, and says what it is", () => {
    write({ "uses.rego": 'package uses\n\nx := count(split("a b", " ")) + 1\n' });
    const said = ok(["build", ...authz, "uses.rego", "-o", "app.regate"]);
    const bytes = bytesOf("app.regate");
    const policy = fromBytes(bytes);
    assert.equal(said, `revision  ${policy.revision}\nbytes     ${bytes.length}\nbuiltins  count, split\n`);
    assert.equal(policy.evaluate("app/authz/allow", { user: "dana" }).value, true);
    assert.equal(policy.evaluate("uses/x").value, 3);
    assert.deepEqual(policy.query("x := data.known").bindings, [{ x: true }]);
    const { policy: compiled } = compile("package uses\n\nx := lower(upper(input.a))\n");
    assert.deepEqual(compiled.builtins, ["lower", "upper"]);
  });

  test("--format json", () => {
    const said = JSON.parse(ok(["build", "app", "-o", "json.regate", "--format", "json"]));
    const { revision, builtins } = fromBytes(bytesOf("json.regate"));
    const entrypoints = ["app/authz/allow", "app/authz/big", "app/limits/max"];
    const bytes = statSync(inFolder("json.regate")).size;
    assert.deepEqual(said, { output: "json.regate", bytes, revision, entrypoints, builtins: [...builtins], host_functions: [] });
  });

  test("leaves out sources and positions", () => {
    const size = (name, ...options) => (ok(["build", ...authz, "-o", name, ...options]), statSync(inFolder(name)).size);
    const whole = size("whole.regate");
    const bare = size("bare.regate", "--no-sources");
    assert.ok(size("barest.regate", "--no-sources", "--no-positions") < bare && bare < whole);
    const secret = Buffer.from("input.user in data.owners");
    assert.ok(readFileSync(inFolder("whole.regate")).includes(secret) && !readFileSync(inFolder("bare.regate")).includes(secret));
    assert.equal(ok(["eval", "app/authz/allow", "--program", "barest.regate", "--input", "input.json"]), "true\n");
    refused(["eval", "x := 1", "--program", "bare.regate"], /sources_missing/);
    refused(["eval", "data.app.authz.alow", "--program", "bare.regate"], /unknown_entrypoint[^]*did you mean `app\/authz\/allow`\?/);
  });

  test("of bundles, and of policies that call functions of the host", () => {
    write({
      "b.tar.gz": bundle({ ".manifest": '{"roots": ["a"]}', "a/p.rego": "package a.p\n\nx := data.a.size\n", "a/data.yaml": "size: 7\n" }),
      "functions.json": '[{"name": "acme.owner", "arguments": ["id: string"], "result": "string"}]',
      "calls.rego": 'package calls\n\nowner := acme.owner("A")\n',
    });
    assert.match(ok(["build", "-b", "b.tar.gz", "-o", "b.regate"]), /^builtins {2}none$/m);
    assert.equal(ok(["eval", "a/p/x", "--program", "b.regate"]), "7\n");
    const calling = ["build", "calls.rego", "--host-functions", "functions.json", "-o", "calls.regate"];
    assert.match(ok(calling), /^host {6}acme\.owner$/m);
    assert.equal(ok(["eval", 'data.calls.owner with acme.owner as "ada"', "--program", "calls.regate"]), '"ada"\n');
    refused(["eval", "calls/owner", "--program", "calls.regate"], /host_not_asked/);
  });

  test("to standard output, where no terminal is", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "build", "app", "-o", "-"], { cwd: inFolder() });
    assert.equal(status, 0, String(stderr));
    const policy = fromBytes(new Uint8Array(stdout));
    assert.equal(policy.evaluate("app/limits/max").value, 3);
    assert.match(String(stderr), new RegExp(`^revision {2}${policy.revision}$`, "m"));
    const inTheWay = regate(["build", "app", "-o", "-", "--format", "json"]);
    assert.equal(inTheWay.status, 2);
    assert.match(inTheWay.stderr, /name a file with --output FILE/);
  });

  test("never to a terminal", { skip: spawnSync("script", ["--version"]).status !== 0 && "there is no script(1)" }, () => {
    const command = `'${process.execPath}' '${cli}' build app -o -`;
    const { stdout, status } = spawnSync("script", ["-qec", command, "/dev/null"], { cwd: inFolder(), encoding: "utf8" });
    assert.match(stdout, /a program is bytes, and no text for a terminal/);
    assert.equal(status, 2);
  });

  test("nothing is written where something is wrong", () => {
    const broken = refused(["build", "bad.rego", "-o", "broken.regate"], /--> bad\.rego:6:/, { status: 1 });
    assert.match(broken, /the policies do not compile/);
    const { status, stdout } = regate(["build", "bad.rego", "-o", "broken.regate", "--format", "json"]);
    assert.equal(status, 1);
    assert.equal(JSON.parse(stdout).diagnostics[0].code, "rego_parse_error");
    assert.match(refused(["build", "old.rego", "-o", "broken.regate"], /do not compile/, { status: 1 }), /add --dialect v0/);
    write({ "unused.rego": "package p\n\nimport data.q\n\nx := 1\n" });
    refused(["build", "unused.rego", "--strict", "-o", "broken.regate"], /import data\.q unused/, { status: 1 });
    assert.ok(!existsSync(inFolder("broken.regate")));
    refused(["build", "app"], /--output FILE/);
    refused(["build", "-o", "x.regate"], /no file or folder given/);
    refused(["build", "app", "-o", "nowhere/x.regate"], /the program `nowhere\/x\.regate` cannot be written: its folder does not exist/);
    refused(["build", "app", "-o", "tests"], /the program `tests` cannot be written: it is a folder/);
    refused(["build", "app", "-b", "b.tar.gz", "-o", "x.regate"], /leave out PATH, or --bundle/);
    write({ "odd": "package odd\n\nx := 1\n" });
    refused(["build", "odd", "-o", "./odd"], /`odd` is what the program is made of/);
    const before = readFileSync(inFolder("app/authz.rego"), "utf8");
    refused(["build", "app", "-o", "app/authz.rego"], /is named as what programs are made of is/);
    assert.equal(readFileSync(inFolder("app/authz.rego"), "utf8"), before);
  });
});

describe("eval --program", () => {
  test("asks as the policies would be asked", () => {
    ok(["build", ...authz, "-o", "asked.regate"]);
    const asked = (question, ...more) => ok(["eval", question, "--program", "asked.regate", ...more]);
    assert.equal(asked("app/authz/allow", "--input", "input.json"), "true\n");
    assert.equal(asked("data.app.limits"), '{\n  "max": 3\n}\n');
    assert.equal(asked("x := data.app.limits.max + 1"), "x = 4\n");
    assert.equal(asked("data.owners"), '[\n  "dana"\n]\n');
    assert.equal(regate(["eval", "app/authz/allow", "--program", "asked.regate", "--fail"]).status, 1);
    const { status, stdout } = spawnSync(process.execPath, [cli, "eval", "app/limits/max", "--program", "-"], { cwd: inFolder(), input: readFileSync(inFolder("asked.regate")) });
    assert.deepEqual([status, String(stdout)], [0, "3\n"]);
  });

  test("a file that is none, or was changed, is told by its name", () => {
    ok(["build", "app", "-o", "changed.regate"]);
    const whole = readFileSync(inFolder("changed.regate"));
    for (const at of [0, Math.floor(whole.length / 2), whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x55;
      write({ "changed.regate": changed });
      refused(["eval", "app/limits/max", "--program", "changed.regate"], /error\[program_(damaged|version)\]: changed\.regate: /);
    }
    for (const [name, content] of [["cut.regate", whole.subarray(0, whole.length / 2)], ["empty.regate", ""], ["foreign.regate", "\0asm\u0001\0\0\0"]]) {
      write({ [name]: content });
      refused(["eval", "app/limits/max", "--program", name], new RegExp(`program_damaged\\]: ${name}: these bytes are no Regate program`));
    }
    refused(["eval", "x", "--program", "nothing.regate"], /the program `nothing\.regate` does not exist/);
    refused(["eval", "x", "--program", "app"], /the program `app` is a folder/);
  });

  test("stands alone", () => {
    ok(["build", "app", "-o", "alone.regate"]);
    const alone = ["eval", "app/limits/max", "--program", "alone.regate"];
    refused([...alone, "--policies", "app", "--data", "data.json"], /leave out --policies and --data, or --program/);
    for (const more of [["-b", "b.tar.gz"], ["--dialect", "v0"], ["--ignore", "x"], ["--host-functions", "functions.json"]]) {
      refused([...alone, ...more], /a program holds its policies, data and declarations/);
    }
    refused(["eval", "app/limits/max", "--program", "-", "--input", "-"], /only one of the files can be standard input/);
  });
});
