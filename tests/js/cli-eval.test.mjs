// `regate eval` as a shell sees it: what policies and queries say, and how it is printed.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { bundle } from "./bundle.mjs";
import { FILES, cli, shell } from "./cli-shell.mjs";
import { loopback } from "./loopback.mjs";

const { inFolder, write, regate, ok, refused } = shell(FILES);

describe("eval", () => {
  const authz = ["--policies", "app", "--input", "input.json", "--data", "data.json"];

  test("an entrypoint, with slashes and with dots", () => {
    assert.equal(ok(["eval", "app/authz/allow", ...authz]), "true\n");
    assert.equal(ok(["eval", "data.app.authz.allow", ...authz]), "true\n");
    assert.equal(ok(["eval", "data.app.limits", ...authz]), '{\n  "max": 3\n}\n');
  });

  test("a query", () => {
    assert.equal(ok(["eval", "x := count(data.owners)", ...authz]), "x = 1\n");
    assert.equal(ok(["eval", "data.app.limits.max > 2", ...authz]), "true\n");
    assert.equal(ok(["eval", "data.app.limits.max > 5", ...authz]), "false\n");
    assert.equal(ok(["eval", "some i; data.owners[i] == input.user", ...authz]), "i = 0\n");
    assert.equal(ok(["eval", "x := 1 + 1"]), "x = 2\n");
  });

  test("--format json, with large integers as they are", () => {
    const answer = JSON.parse(ok(["eval", "app/authz/allow", ...authz, "--format", "json"]));
    const { steps, memory_units, ...said } = answer;
    assert.deepEqual(said, { defined: true, value: true });
    assert.ok(steps > 0 && memory_units >= 0);
    assert.match(ok(["eval", "app/authz/big", "--policies", "app", "--format", "json"]), /"value": 9007199254740993\b/);
    assert.deepEqual(JSON.parse(ok(["eval", "x := input.user", ...authz, "--format", "json"])).bindings, [{ x: "dana" }]);
  });

  test("a path into the data document", () => {
    assert.equal(ok(["eval", "data.owners", ...authz]), '[\n  "dana"\n]\n');
    const answer = JSON.parse(ok(["eval", "data.owners", ...authz, "--format", "json"]));
    assert.deepEqual([answer.defined, answer.value], [true, ["dana"]]);
    refused(["eval", "data.ownrs", ...authz], /unknown_entrypoint/);
  });

  test("the time and the seed that are given", () => {
    assert.equal(ok(["eval", "time.now_ns()", "--now", "2026-01-31T12:00:00.5+02:00"]), `${BigInt(Date.UTC(2026, 0, 31, 10, 0, 0, 500)) * 1000000n}\n`);
    write({ "clock.rego": "package clock\n\nyear := time.date(time.now_ns())[0]\n" });
    assert.equal(ok(["eval", "clock/year", "--policies", "clock.rego", "--now", "1999-12-31T23:59:59Z"]), "1999\n");
    const drawn = (seed) => ok(["eval", 'rand.intn("dice", 1000000)', "--seed", seed]);
    assert.equal(drawn("7"), drawn("7"));
    assert.notEqual(drawn("7"), drawn("18446744073709551615"));
    refused(["eval", 'rand.intn("dice", 6)'], /no random seed/, { status: 1 });
    for (const time of ["yesterday", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:00"]) {
      refused(["eval", "1", "--now", time], /--now is a time as RFC 3339 has it/);
    }
    refused(["eval", "1", "--now", "1969-12-31T23:59:59Z"], /--now is a time since 1970/);
    for (const seed of ["1.5", "", "x", "18446744073709551616"]) refused(["eval", "1", "--seed", seed], /--seed is a whole number from 0/);
  });

  test("files in UTF-16, as PowerShell writes them", () => {
    const bigEndian = (text) => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, "utf16le").swap16()]);
    write({
      "utf16-input.json": Buffer.from('\ufeff{"user": "dané"}', "utf16le"),
      "utf16-data.json": bigEndian('{"owners": ["dané"], "known": true}'),
      "utf16.rego": Buffer.from("\ufeffpackage wide\n\nuser := input.user\n", "utf16le"),
    });
    assert.equal(ok(["eval", "app/authz/allow", "--policies", "app", "--input", "utf16-input.json", "--data", "utf16-data.json"]), "true\n");
    assert.equal(ok(["eval", "wide/user", "--policies", "utf16.rego", "--input", "utf16-input.json"]), '"dané"\n');
    assert.equal(ok(["eval", "input.user", "--input", "-"], { input: Buffer.from('\ufeff{"user": 1}', "utf16le") }), "1\n");
    assert.match(ok(["test", "tests", "--data", "utf16-data.json"]), /^2 tests: 2 passed$/m);
    refused(["eval", "input", "--input", "cut-utf16.json"], /the input `cut-utf16\.json` is not UTF-16 text/);
  });

  test("input from standard input", () => {
    assert.equal(ok(["eval", "app/authz/allow", "--policies", "app", "--data", "data.json", "--input", "-"], { input: '{"user": "kim"}' }), "false\n");
  });

  test("standard input is read once", () => {
    refused(["eval", "app/authz/allow", "--policies", "-", "--input", "-"], /only one of the files can be standard input/);
    refused(["eval", "app/authz/allow", ...authz, "--input", "-", "--data", "-"], /only one of the files can be standard input/);
    refused(["test", "-", "--data", "-"], /only one of the files can be standard input/);
  });

  test("undefined is success, unless --fail is given", () => {
    assert.equal(ok(["eval", "app/limits/max", "--policies", "app"]), "3\n");
    assert.equal(ok(["eval", "data.old.allow", "--policies", "old.rego", "--dialect", "v0"]), "undefined\n");
    assert.equal(regate(["eval", "data.old.allow", "--policies", "old.rego", "--dialect", "v0", "--fail"]).status, 1);
  });

  test("policies that do not compile, and entrypoints that are not there", () => {
    const { status, stdout, stderr } = regate(["eval", "app/allow", "--policies", "bad.rego"]);
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /--> bad\.rego:6:/);
    assert.doesNotMatch(stderr, /--dialect/);
  });

  test("policies in the older dialect, and those that would be misread in it", () => {
    const said = (policies) => refused(["eval", "data.p", "--policies", policies], /the policies do not compile/, { status: 1 });
    assert.match(said("old.rego"), /^these files are in the older dialect of Rego: add --dialect v0$/m);
    assert.doesNotMatch(said("mixed.rego"), /--dialect/);
  });

  test("policies that compile with warnings, which stand beside the answer", () => {
    for (const format of ["text", "json"]) {
      const { status, stdout, stderr } = regate(["eval", "data.p", "--policies", "mixed.rego", "--dialect", "v0", "--format", format]);
      assert.equal(status, 0);
      const said = JSON.parse(stdout);
      assert.deepEqual(format === "json" ? said.value : said, { allow: true, deny: ["x"] });
      assert.match(stderr, /^warning\[keyword_not_imported\]: [^]*--> mixed\.rego:5:/m);
    }
  });

  test("an entrypoint that is not there is answered with those that are", () => {
    const asked = (question, policies = "app") => refused(["eval", question, "--policies", policies], /unknown_entrypoint/);
    assert.match(asked("app/authz/alow"), /`app\/authz\/alow`[\s\S]*did you mean `app\/authz\/allow`\?/);
    assert.match(asked("data.app.authz.alow"), /did you mean `app\/authz\/allow`\?/);
    assert.match(asked("authz/big"), /did you mean `app\/authz\/big`\?/);
    assert.match(asked("shop/orders/refund"), /the policies have `app\/authz\/allow`, `app\/authz\/big`, `app\/limits\/max`$/m);
    write({ "many.rego": `package many\n\n${[1, 2, 3, 4, 5, 6, 7].map((n) => `rule${n} := ${n}\n`).join("\n")}` });
    assert.match(asked("shop/orders/refund", "many.rego"), /the policies have `many\/rule1`, (`many\/rule\d`, ){3}`many\/rule5` and 2 more$/m);
    refused(["eval", "app/authz/allow"], /name the policies with --policies PATH/);
  });

  test("a package that is named as if it were a variable is looked for under data", () => {
    const asked = (query, policies = "app") => refused(["eval", query, "--policies", policies], /rego_unsafe_var_error/);
    assert.match(asked("app.limits.max"), /did you mean `data\.app\.limits\.max`\?/);
    assert.match(asked("app.limits.max + 1"), /did you mean `data\.app`\?/);
    assert.doesNotMatch(asked("shop.limits.max"), /did you mean/);
  });

  test("an evaluation that fails", () => {
    write({ "conflict.rego": "package c\n\nimport rego.v1\n\nx := 1 if true\n\nx := 2 if true\n" });
    refused(["eval", "c/x", "--policies", "conflict.rego"], /eval_conflict_error/, { status: 1 });
    refused(["eval", 'x := to_number("no")', "--strict-builtin-errors"], /eval_builtin_error/, { status: 1 });
  });
});

describe("eval, data in folders", () => {
  const shown = (question, ...args) => JSON.parse(ok(["eval", question, ...args]));

  test("stands under the path of its folder below the folder that was named", () => {
    write({
      "tree/policy.rego": "package shop\n\nlimit := data.prices.limit\n",
      "tree/data.json": '{"owners": ["dana"], "prices": {"big": 9007199254740993}}',
      "tree/prices/data.json": '{"limit": 7, "__proto__": {"x": 1}}',
      "tree/prices/eu/data.json": '"EUR"',
      "tree/prices/other.json": '{"limit": 8}',
    });
    assert.equal(ok(["eval", "data.shop.limit", "--policies", "tree"]), "7\n");
    assert.equal(ok(["eval", "data.prices.eu", "--policies", "tree"]), '"EUR"\n');
    assert.equal(ok(["eval", "data.prices.big", "--policies", "tree"]), "9007199254740993\n");
    assert.deepEqual(shown('data.prices["__proto__"].x', "--policies", "tree"), 1);
    assert.equal(ok(["eval", "data.limit", "--policies", join("tree", "prices")]), "7\n");
    assert.equal(ok(["eval", "data.owners", "--policies", "tree/policy.rego", "--policies", "tree/prices", "--data", "tree/data.json"]), '[\n  "dana"\n]\n');
  });

  test("of several folders and of --data is one document, which says nothing twice", () => {
    write({
      "one/data.json": '{"a": {"b": {"c": 1}}}',
      "one/x/data.json": '{"y": {"z": 1}}',
      "two/data.json": '{"a": {"b": {"d": 2}}}',
      "same/data.json": '{"a": {"b": {"c": 1}}}',
      "value/a/data.json": "3",
      "list/data.json": "[1]",
      "broken/data.json": '{"a": ',
      "extra.json": '{"x": {"y": {"z": 2}}}',
    });
    assert.deepEqual(shown("data.a", "--policies", "one", "--policies", "two"), { b: { c: 1, d: 2 } });
    assert.deepEqual(shown("data.a", "--policies", "one", "--policies", "one"), { b: { c: 1 } });
    const twice = (other, path) => new RegExp(`\`.*one.*data\\.json\` and \`.*${other}.*\` both say what \`${path}\` is`);
    refused(["eval", "data.a", "--policies", "one", "--policies", "same"], twice("same", "data\\.a\\.b\\.c"));
    refused(["eval", "data.a", "--policies", "one", "--policies", "value"], twice("value", "data\\.a"));
    refused(["eval", "data.a", "--policies", "one", "--data", "extra.json"], /`extra\.json` and `one.x.data\.json` both say what `data\.x\.y\.z` is/);
    refused(["eval", "data.a", "--policies", "list", "--policies", "one"], /the data `list.data\.json` must hold an object/);
    refused(["eval", "data.a", "--policies", "list"], /input_not_json\]: list.data\.json: /);
    refused(["eval", "data.a", "--policies", "broken", "--policies", "one"], /the data `broken.data\.json` is not JSON/);
    refused(["eval", "data.a", "--policies", "broken"], /input_not_json\]: broken.data\.json: /);
  });

  test("is left out by its name, and where a rule stands it is an error", () => {
    write({ "rule/p.rego": "package shop\n\nlimit := 1\n", "rule/shop/limit/data.json": "2", "rule/drafts/data.json": "{}" });
    refused(["eval", "shop/limit", "--policies", "rule"], /rego_compile_error\]: rule.shop.limit.data\.json: conflicting rule for data path shop\/limit found$/m);
    assert.equal(ok(["eval", "shop/limit", "--policies", "rule", "--ignore", "limit"]), "1\n");
    assert.equal(ok(["eval", "shop/limit", "--policies", "rule", "--ignore", "data.json"]), "1\n");
  });

  test("where rules stand is told with the files that say it", () => {
    write({
      "stands/p.rego": "package shop\n\nlimit := 1\n\nprices.eu := 2\n\nowner := input.owner\n",
      "limit.json": '{"shop": {"limit": 2}}',
      "shop.json": '{"shop": 3}',
      "limit/shop/data.json": '{"limit": {}}',
      "more/shop/limit/data.json": '{"eu": 3}',
      "other/shop/data.json": '{"name": "a"}',
      "other/data.json": '{"shop/limit": {"x": 1}, "x": {"shop": 1}}',
    });
    const conflict = (files, ...args) => {
      const pattern = new RegExp(`rego_compile_error\\]: ${files}: conflicting rule for data path shop/limit found$`, "m");
      for (const command of [["eval", "data.shop.owner", "--policies", "stands", ...args], ["test", "stands", ...args.filter((arg) => arg !== "--policies")]]) {
        refused(command, pattern);
      }
    };
    conflict("limit\\.json", "--data", "limit.json");
    conflict("limit\\.json", "--data", "limit.json", "--policies", "other");
    conflict("limit.shop.data\\.json", "--policies", "limit");
    conflict("limit.shop.data\\.json and more.shop.limit.data\\.json", "--policies", "other", "--policies", "limit", "--policies", "more");
    write({ "slash/p.rego": "package a[\"b/c\"].d\n\nx := 1\n", "slash/data.json": '{"a": {"b/c": {"d": {"x": 1}}}}', "flat/data.json": '{"c": 1}' });
    refused(["eval", "1", "--policies", "flat", "--policies", "slash"], /slash.data\.json: conflicting rule for data path a\/b\/c\/d\/x found$/m);
    refused(["eval", "data.shop.owner", "--policies", "stands", "--data", "shop.json"], /\]: shop\.json: the data path shop holds no object, and rules stand below it$/m);
    assert.equal(ok(["eval", "data.shop.name", "--policies", "stands", "--policies", "other"]), '"a"\n');
  });

  test("that nests too deep is told with its file", () => {
    write({ "deep/a/data.json": `{"b": ${"[".repeat(600)}${"]".repeat(600)}}`, "flat/data.json": '{"c": 1}', "deep.json": `{"b": ${"[".repeat(600)}${"]".repeat(600)}}` });
    refused(["eval", "1", "--policies", "flat", "--policies", "deep"], /input_not_json\]: deep.a.data\.json: the data nests/);
    refused(["eval", "1", "--policies", "deep"], /input_not_json\]: deep.a.data\.json: the data nests/);
    refused(["eval", "1", "--data", "deep.json"], /limit_exceeded\]: deep\.json: the document nests/);
  });

  test("in YAML is read where the build reads YAML, and refused elsewhere", () => {
    write({ "yaml/p.rego": "package p\n", "yaml/shop/data.yaml": "owners: [dana]\nlarge: 9007199254740993\n", "notyaml/data.yml": "a: [\n" });
    const { status, stdout, stderr } = regate(["eval", "data.shop.owners", "--policies", "yaml"]);
    if (status === 0) {
      assert.equal(stdout, '[\n  "dana"\n]\n');
      assert.equal(ok(["eval", "data.shop.large", "--policies", "yaml"]), "9007199254740993\n");
      const broken = /^error: the data `notyaml.data\.yml` is not YAML: line 1: did not find expected node content$/m;
      refused(["eval", "data.a", "--policies", "notyaml"], broken);
      refused(["test", "notyaml"], broken);
      const both = { "both/data.json": '{"shop": {"owners": []}}', "both/shop/data.yml": "owners: [kim]\n", "sequence/data.yaml": "[1]\n", "empty/data.yaml": "" };
      write({ ...both, "several/data.yaml": "a: 1\n---\nb: [\n", "wide/data.yml": Buffer.from("\ufeffname: dané\n", "utf16le") });
      refused(["eval", "1", "--policies", "both"], /`both.data\.json` and `both.shop.data\.yml` both say what `data\.shop\.owners` is/);
      for (const folder of ["sequence", "empty"]) refused(["eval", "1", "--policies", folder], new RegExp(`the data \`${folder}.data\\.yaml\` must hold an object`));
      assert.deepEqual(shown("data", "--policies", "several"), { a: 1 });
      assert.deepEqual(shown("data", "--policies", "wide"), { name: "dané" });
    } else {
      assert.match(stderr, /the data `yaml.shop.data\.yaml` is YAML, which this build does not read/);
    }
    assert.equal(ok(["eval", "1", "--policies", "yaml", "--ignore", "*.yaml"]), "1\n");
  });

  test("of --data is YAML by its name, and else JSON", () => {
    write({ "named.yaml": "name: kim\n", "named.yml": "name: ann\n", "flow.yaml": '{"name": "bob"}', "yaml.txt": "name: kim\n" });
    const name = (file, options) => regate(["eval", "data.name", "--data", file], options);
    for (const [file, said] of [["named.yaml", "kim"], ["named.yml", "ann"], ["flow.yaml", "bob"]]) {
      const { stdout, stderr } = name(file);
      assert.ok(stdout === `"${said}"\n` || stderr.includes(`the data \`${file}\` is YAML, which this build does not read`), stdout + stderr);
    }
    assert.match(name("yaml.txt").stderr, /input_not_json\]: yaml\.txt: /);
    assert.match(name("-", { input: "name: kim\n" }).stderr, /input_not_json\]: <stdin>: /);
    assert.equal(name("-", { input: '{"name": "eve"}' }).stdout, '"eve"\n');
  });
});

describe("eval, bundles", () => {
  test("are asked in the place of policies and data", () => {
    write({
      "one.tar.gz": bundle({ ".manifest": '{"roots": ["a"]}', "a.rego": "package a\n\nx := data.b.n\n" }),
      "two.tar.gz": bundle({ ".manifest": '{"roots": ["b"]}', "b/data.json": '{"n": 7}' }),
      "broken.tar.gz": bundle({ "p.rego": "package p\n\nx := ]\n" }),
      "old.tar.gz": bundle({ ".manifest": '{"rego_version": 0}', "p.rego": "package p\n\nx { input.y }\n" }),
    });
    assert.equal(ok(["eval", "a/x", "-b", "one.tar.gz", "--bundle", "two.tar.gz"]), "7\n");
    assert.equal(ok(["eval", "y := data.a.x + 1", "-b", "one.tar.gz", "-b", "two.tar.gz"]), "y = 8\n");
    assert.equal(ok(["eval", "p/x", "-b", "old.tar.gz", "--input", "-"], { input: '{"y": 1}' }), "true\n");
    const broken = regate(["eval", "p/x", "-b", "broken.tar.gz"]);
    assert.deepEqual([broken.status, broken.stdout], [1, ""]);
    assert.match(broken.stderr, /--> p\.rego:3:/);
    refused(["eval", "a/x", "-b", "one.tar.gz", "-b", "old.tar.gz"], /bundle_refused\]: .*overlap/);
    refused(["eval", "a/x", "-b", "data.json"], /bundle_refused\]: data\.json: /);
    refused(["eval", "a/x", "-b", "nowhere.tar.gz"], /the bundle `nowhere\.tar\.gz` does not exist/);
    refused(["eval", "a/x", "-b", "app"], /the bundle `app` is a folder/);
    refused(["eval", "a/x", "-b", "one.tar.gz", "--data", "data.json"], /leave out --data, or --bundle/);
    refused(["eval", "a/x", "-b", "one.tar.gz", "--policies", "app", "--dialect", "v0"], /leave out --policies and --dialect, or --bundle/);
  });
});

describe("eval, functions of the host", () => {
  test("are declared in a file, and replaced in a query", () => {
    write({
      "functions.json": '[{"name": "acme.owner", "arguments": ["id: string"], "result": "string"}]',
      "badfunctions.json": '[{"name": "acme.owner", "arguments": ["id: strin"], "result": "string"}]',
      "calls.rego": 'package calls\n\nowner := acme.owner("A")\n',
      "calls.tar.gz": bundle({ "calls.rego": 'package calls\n\nowner := acme.owner("A")\n' }),
    });
    const declared = ["--host-functions", "functions.json"];
    for (const calls of [["--policies", "calls.rego"], ["--bundle", "calls.tar.gz"]]) {
      assert.equal(regate(["eval", "calls/owner", ...calls]).status, 1);
      assert.equal(ok(["eval", 'data.calls.owner with acme.owner as "ada"', ...calls, ...declared]), '"ada"\n');
      for (const question of ["calls/owner", "x := data.calls.owner"]) {
        const text = refused(["eval", question, ...calls, ...declared], /host_not_asked\]: .*`acme\.owner`/);
        assert.match(text, /help: .*with acme\.owner as/);
      }
      refused(["eval", "calls/owner", ...calls, "--host-functions", "badfunctions.json"], /malformed_request\]: badfunctions\.json: [^]*at: \/0\/arguments\/0$/m);
    }
    refused(["eval", "1", "--host-functions", "data.json"], /the host functions `data\.json` must hold a JSON array/);
  });
});

describe("eval, the network", () => {
  const policy = `package net

fetched := http.send({"method": "GET", "url": input.url}).body

addresses := net.lookup_ip_addr("localhost")
`;
  const run = promisify(execFile);
  const withNet = async (args) => (await run(process.execPath, [cli, ...args], { cwd: inFolder() })).stdout;

  test("is reached at the hosts that are named, and nowhere else", async () => {
    const server = await loopback({ "/": (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"a": 1}') });
    try {
      write({ "net.rego": policy, "url.json": JSON.stringify({ url: server.origin }) });
      const asking = ["eval", "net/fetched", "--policies", "net.rego", "--input", "url.json"];
      const { status, stderr } = regate(asking);
      assert.equal(status, 1);
      assert.match(stderr, /builtin_not_available/);
      assert.deepEqual(JSON.parse(await withNet([...asking, "--allow-net", "a.test,127.0.0.1"])), { a: 1 });
      assert.deepEqual(JSON.parse(await withNet(["eval", "data.net.fetched.a", ...asking.slice(2), "--allow-net", "127.0.0.1"])), 1);
      assert.equal(await withNet([...asking, "--allow-net", "a.test"]), "undefined\n");
      // A query is asked for its value once more, and what it sends is sent once.
      const query = ['http.send({"method": "GET", "url": input.url}).body.a + 1', ...asking.slice(2)];
      assert.equal(await withNet(["eval", ...query, "--allow-net", "127.0.0.1"]), "2\n");
      assert.equal(server.requests.length, 3);
      write({ "net_test.rego": `package net_test\n\ntest_fetched if data.net.fetched.a == 1 with input as {"url": "${server.origin}"}\n` });
      assert.equal(regate(["test", "net.rego", "net_test.rego"]).status, 1);
      assert.match(await withNet(["test", "net.rego", "net_test.rego", "--allow-net", "127.0.0.1"]), /1 passed|PASS|passed/i);
      const addresses = JSON.parse(await withNet(["eval", "net/addresses", "--policies", "net.rego", "--allow-net", "localhost"]));
      assert.ok(addresses.includes("127.0.0.1") || addresses.includes("::1"), String(addresses));
    } finally {
      await server.close();
    }
  });

  test("is named by hosts alone", () => {
    for (const wrong of ["http://a.test", "a.test:80", "a.test/b", "", "a.test,"]) {
      refused(["eval", "1", "--allow-net", wrong], /--allow-net takes names or addresses of hosts/);
    }
  });
});
