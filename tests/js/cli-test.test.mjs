// `regate test` as a shell sees it: which tests it runs, on which data, and how it says what became of them.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { bundle } from "./bundle.mjs";
import { FILES, examples, shell } from "./cli-shell.mjs";

const { write, regate, ok, refused } = shell(FILES);

describe("test", () => {
  test("tests that pass", () => {
    const stdout = ok(["test", "tests", "--data", "data.json"]);
    assert.match(stdout, /^2 tests: 2 passed$/m);
    assert.doesNotMatch(stdout, /test_max/);
    assert.match(ok(["test", "tests", "--data", "data.json", "--verbose"]), /pass {2}app\.limits_test\.test_max {2}tests.limits_test\.rego:5/);
    assert.match(ok(["test", "tests", "--run", "test_max"]), /^1 test: 1 passed$/m);
  });

  test("a policy set is read as its contract says, in either dialect", () => {
    const sets = ["production-safety", "cost", "iam-review", "ownership"].map((name) => join("policies", name));
    const { status, stdout } = regate(["test", ...sets], { cwd: examples });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^\d{2,} tests: \d+ passed$/m);
    refused(["test", "old.rego", "--contract", "nobody"], /there is no contract `nobody`/);
  });

  test("tests that fail, with what they printed", () => {
    const { status, stdout } = regate(["test", "failing_test.rego"]);
    assert.equal(status, 1);
    assert.match(stdout, /fail {2}f\.test_one {2}failing_test\.rego:5/);
    assert.match(stdout, /print: .*looking/);
    assert.match(stdout, /2 tests: 0 passed, 2 failed/);
  });

  test("--format json", () => {
    const { status, stdout } = regate(["test", "failing_test.rego", "--format", "json"]);
    assert.equal(status, 1);
    const report = JSON.parse(stdout);
    assert.deepEqual([report.passed, report.failed, report.errors], [0, 2, 0]);
    assert.match(report.results[1].prints[0], /looking$/);
  });

  test("modules that do not compile", () => {
    const { status, stdout } = regate(["test", "bad.rego"]);
    assert.equal(status, 1);
    assert.match(stdout, /--> bad\.rego:6:/);
  });

  test("modules that compile with warnings, which stand beside the results", () => {
    write({ "mixed_test.rego": "package p\n\ntest_allow { data.p.allow }\n" });
    const older = ["mixed.rego", "--dialect", "v0"];
    const warning = /^warning\[keyword_not_imported\]: [^]*--> mixed\.rego:5:/m;
    for (const [format, passed] of [["text", /^1 test: 1 passed$/m], ["junit", /tests="1" failures="0"/]]) {
      const { status, stdout, stderr } = regate(["test", "mixed_test.rego", ...older, "--format", format]);
      assert.deepEqual([status, warning.test(stdout), warning.test(stderr)], [0, false, true]);
      assert.match(stdout, passed);
    }
    const json = regate(["test", "mixed_test.rego", ...older, "--format", "json"]);
    assert.deepEqual([json.stderr, JSON.parse(json.stdout).diagnostics[0].code], ["", "keyword_not_imported"]);
    refused(["test", ...older], /keyword_not_imported[^]*there is no rule whose name begins with test_/);
    const newer = regate(["test", "mixed.rego"]);
    assert.equal(newer.status, 1);
    assert.doesNotMatch(newer.stdout, /--dialect/);
    assert.match(regate(["test", "old.rego"]).stdout, /^these files are in the older dialect of Rego: add --dialect v0$/m);
  });

  test("tables, case by case", () => {
    const { status, stdout } = regate(["test", "table_test.rego"]);
    assert.equal(status, 1);
    assert.match(stdout, /^fail {2}t\.test_sum {2}table_test\.rego:3\n {6}1 of 3 cases failed\n {6}fail {2}large\n {6}print: .*at large/m);
    assert.doesNotMatch(stdout, /^ *pass /m);
    assert.match(stdout, /^5 tests: 4 passed, 1 failed$/m);
    const verbose = regate(["test", "table_test.rego", "-v"]).stdout;
    assert.match(verbose, /^ {6}fail {2}large\n {6}pass {2}none\n {6}pass {2}small$/m);
    assert.match(verbose, /^pass {2}t\.test_pairs .*\n {6}pass {2}a\n {12}pass {2}1\n {12}pass {2}2$/m);
    const report = JSON.parse(regate(["test", "table_test.rego", "--format", "json"]).stdout);
    assert.deepEqual([report.passed, report.failed, report.results.length], [4, 1, 2]);
    assert.deepEqual(report.results[0].cases, [
      { name: "large", outcome: "failed" },
      { name: "none", outcome: "passed" },
      { name: "small", outcome: "passed" },
    ]);
    assert.equal("cases" in JSON.parse(regate(["test", "failing_test.rego", "--format", "json"]).stdout).results[0], false);
  });

  test("a pattern selects by the full name", () => {
    assert.match(ok(["test", "tests", "-r", "^data\\.app\\.limits_test\\.test_m"]), /^1 test: 1 passed$/m);
    assert.match(ok(["test", "tests", "--run", "(?i)TEST_MAX$"]), /^1 test: 1 passed$/m);
  });

  test("tests that are not run are no success, unless that was said", () => {
    const { status, stdout, stderr } = regate(["test", "later_test.rego"]);
    assert.equal(status, 1);
    assert.match(stderr, /skipped are no success, unless -z/);
    assert.match(stdout, /^skip {2}l\.todo_test_much {2}later_test\.rego:5$/m);
    assert.match(stdout, /^2 tests: 1 passed, 1 skipped$/m);
    assert.equal(regate(["test", "later_test.rego", "-z"]).stderr, "");
    ok(["test", "later_test.rego", "-z"]);
    ok(["test", "later_test.rego", "--exit-zero-on-skipped"]);
    assert.equal(regate(["test", "failing_test.rego", "-z"]).status, 1);
  });

  test("--ignore leaves files and folders out by their names", () => {
    write({
      "ignoring/a_test.rego": "package a_test\n\nimport rego.v1\n\ntest_a if true\n",
      "ignoring/vendor/b_test.rego": "package b_test\n\nimport rego.v1\n\ntest_b if true\n",
      "ignoring/drafts/c1_test.rego": "package c\n\nnot rego at all\n",
    });
    const files = (...args) => JSON.parse(ok(["test", "ignoring", ...args, "--format", "json"])).results.map(({ file }) => file.replaceAll("\\", "/"));
    assert.deepEqual(files("--ignore", "drafts"), ["ignoring/a_test.rego", "ignoring/vendor/b_test.rego"]);
    assert.deepEqual(files("--ignore", "draf*", "--ignore", "vendo?"), ["ignoring/a_test.rego"]);
    assert.deepEqual(files("--ignore", "[a-d][0-9]_test.rego"), ["ignoring/a_test.rego", "ignoring/vendor/b_test.rego"]);
    assert.equal(regate(["test", "ignoring", "--ignore", "raft"]).status, 1);
  });

  test("--format junit", () => {
    const table = regate(["test", "table_test.rego", "later_test.rego", "--format", "junit"]);
    assert.equal(table.status, 1);
    const lines = table.stdout.split("\n");
    assert.equal(lines[0], '<?xml version="1.0" encoding="UTF-8"?>');
    assert.equal(lines[1], '<testsuites name="regate test" tests="7" failures="1" errors="0" skipped="1">');
    assert.match(table.stdout, /^ {2}<testsuite name="t" tests="5" failures="1" errors="0" skipped="0">$/m);
    assert.match(table.stdout, /<testcase name="test_sum\[large\]" classname="t" file="table_test\.rego" line="3">\n {6}<failure message="the case is not true"\/>\n {6}<system-out>.*at large/);
    assert.match(table.stdout, /<testcase name="test_pairs\[a\]\[2\]" classname="t" file="table_test\.rego" line="\d+"\/>/);
    assert.match(table.stdout, /<testcase name="todo_test_much" [^>]*>\n {6}<skipped\/>/);

    write({ "signs_test.rego": 'package s\n\nimport rego.v1\n\ntest_signs if {\n  print("<&>\\u0001\\"")\n  false\n}\n' });
    const signs = regate(["test", "signs_test.rego", "--format", "junit"]).stdout;
    assert.match(signs, /<failure message="the test is undefined"\/>\n {6}<system-out>.*&lt;&amp;&gt;\ufffd&quot;<\/system-out>/);

    const broken = regate(["test", "bad.rego", "--format", "junit"]);
    assert.equal(broken.status, 1);
    assert.match(broken.stdout, /<testsuite name="modules" [^>]*errors="[1-9]/);
    assert.match(broken.stdout, /<testcase name="bad\.rego:6:\d+" [^>]*>\n {6}<error message="[^"]+" type="rego_parse_error"\/>/);
    assert.match(broken.stderr, /--> bad\.rego:6:/);
  });

  test("coverage, with a threshold", () => {
    const covered = regate(["test", "tests", "--data", "data.json", "--coverage"]);
    assert.match(covered.stdout, /^coverage: 100\.00 % \(3 of 3 lines\)\n {2}tests.limits\.rego {7}100\.00 %$/m);
    const report = JSON.parse(regate(["test", "failing_test.rego", "--coverage", "--format", "json"]).stdout);
    assert.deepEqual(report.coverage.files["failing_test.rego"].covered, [
      { start: { row: 5 }, end: { row: 5 } },
      { start: { row: 8 }, end: { row: 9 } },
    ]);
    const low = regate(["test", "later_test.rego", "-z", "--threshold", "60"]);
    assert.equal(low.status, 1);
    assert.match(low.stderr, /the coverage is 50\.00 %, and the threshold 60 %/);
    assert.equal(regate(["test", "later_test.rego", "-z", "--threshold", "50"]).status, 0);
  });

  test("the tests of the example policies", () => {
    const sets = ["production-safety", "cost", "iam-review"].map((name) => join("policies", name));
    assert.match(ok(["test", ...sets], { cwd: examples }), /^\d+ tests: \d+ passed$/m);
  });
});

describe("test, what stands beside the policies", () => {
  test("data.json in folders, under the path of its folder", () => {
    write({
      "shop/price.rego": "package shop\n\nprice := data.prices.apple\n",
      "shop/price_test.rego": "package shop_test\n\ntest_price if data.shop.price == 3\n\ntest_extra if data.extra == 1\n",
      "shop/prices/data.json": '{"apple": 3}',
      "fixtures/data.json": '{"extra": 1}',
      "extra.json": '{"extra": 1}',
    });
    assert.match(ok(["test", "shop", "fixtures"]), /^2 tests: 2 passed$/m);
    assert.match(ok(["test", "shop", "--data", "extra.json"]), /^2 tests: 2 passed$/m);
    assert.equal(regate(["test", "shop"]).status, 1);
    assert.equal(regate(["test", "shop", "fixtures", "--ignore", "prices"]).status, 1);
    refused(["test", "shop", "fixtures", "--data", "extra.json"], /`extra\.json` and `fixtures.data\.json` both say what `data\.extra` is/);
  });

  test("bundles, in the place of paths", () => {
    write({
      "tested.tar.gz": bundle({
        "p.rego": "package p\n\nx := data.n\n\ny := 1\n",
        "p_test.rego": "package p_test\n\ntest_x if data.p.x == 7\n",
        "data.json": '{"n": 7}',
      }),
      "untested.tar.gz": bundle({ ".manifest": '{"roots": ["q"]}', "q.rego": "package q\n\nx := 1\n" }),
      "broken.tar.gz": bundle({ "p.rego": "package p\n\nx := ]\n" }),
    });
    assert.match(ok(["test", "--bundle", "tested.tar.gz"]), /^1 test: 1 passed$/m);
    assert.match(ok(["test", "-b", "tested.tar.gz", "-v", "--coverage", "--threshold", "10"]), /pass {2}p_test\.test_x {2}p_test\.rego:3[^]*^coverage: /m);
    assert.equal(JSON.parse(ok(["test", "-b", "tested.tar.gz", "-r", "test_x$", "--format", "json"])).passed, 1);
    const broken = regate(["test", "-b", "broken.tar.gz"]);
    assert.equal(broken.status, 1);
    assert.match(broken.stdout, /--> p\.rego:3:/);
    refused(["test", "-b", "untested.tar.gz"], /no rule whose name begins with test_/);
    refused(["test", "tests", "-b", "tested.tar.gz"], /leave out PATH, or --bundle/);
    refused(["test", "-b", "tested.tar.gz", "--data", "data.json", "--contract", "governance"], /leave out --data and --contract, or --bundle/);
    refused(["test", "-b", "tested.tar.gz", "-b", "untested.tar.gz"], /bundle_refused\]: .*overlap/);
  });

  test("functions of the host, which tests replace", () => {
    write({
      "functions.json": '[{"name": "acme.owner", "arguments": ["id: string"], "result": "string"}]',
      "calls/p.rego": 'package calls\n\nowner := acme.owner("A")\n',
      "calls/p_test.rego": 'package calls_test\n\ntest_owner if data.calls.owner == "ada" with acme.owner as "ada"\n',
      "asks/p_test.rego": 'package asks_test\n\ntest_owner if acme.owner("A") == "ada"\n',
    });
    assert.match(ok(["test", "calls", "--host-functions", "functions.json"]), /^1 test: 1 passed$/m);
    assert.match(regate(["test", "calls"]).stdout, /rego_type_error/);
    const asking = regate(["test", "asks", "--host-functions", "functions.json"]);
    assert.equal(asking.status, 1);
    assert.match(asking.stdout, /the policy calls `acme\.owner`, a function of the host, which is not asked here/);
  });
});
