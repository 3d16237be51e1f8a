// `regate action` as a shell sees it: policies checked, calls asked, ledgers simulated, policies compared; and exit codes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "pkg", "dist", "cli.js");
const examples = join(root, "pkg-template", "examples", "actions");
const example = (name) => join(examples, name);

let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-cli-action-"));
  const files = {
    "good.yaml": "session_budget: 1\ndenied_actions: [drop]\n",
    "nested.yml": "budgets:\n  session: 1\ndenied_actions: [drop]\n",
    "good.json": '{ "name": "good", "session_budget": 1, "denied_actions": ["drop"] }',
    "bad.yaml": "name: bad\nsession_budget: -1\nrunbudget: 5\nrate_limits:\n  a: { max_count: many }\n",
    "bad2.yaml": "name: bad2\nrun_budget: -2\n",
    "warned.yaml": "name: warned\ndenied_actions: [a]\nallowed_actions: [a, b]\n",
    "broken.yaml": "name: [\n",
    "prose.md": "Never drop a table.\n",
    "holds.yaml": "name: holds\nrequire_approval: true\napproval_actions: [pay]\ndefault_approvers: [dana@example.com]\n",
    "stricter.yaml": "name: good\nsession_budget: 0.5\ndenied_actions: [drop, pay]\nrate_limits:\n  look: { max_count: 1, window_seconds: 60 }\n",
    "call.json": '{ "name": "look", "cost_usd": 0.4, "session_id": "s" }',
    "drop.json": '{ "name": "drop" }',
    "pay.json": '{ "name": "pay" }',
    "nan.json": '{ "name": "look", "cost_usd": "NaN" }',
    "nocall.json": '{ "nmae": "look" }',
    "list.json": "[]",
    "state.json": '{ "spend": [{ "action": "look", "cost_usd": 0.7, "session_id": "s" }] }',
    "badstate.json": '{ "spent": [] }',
    "taken.json": '{ "taken": [{ "action": "look", "session_id": "s", "at_ms": 1000 }] }',
    "settings.json": '{ "enforcement_mode": "fail_open" }',
    "ledger.json": JSON.stringify([
      { id: "e-1", timestamp: "2026-03-02T09:00:00Z", action: "look", cost_usd: 0.4, outcome: "success", session_id: "s" },
      { id: "e-2", timestamp: "2026-03-02T09:00:10Z", action: "look", cost_usd: 0.4, outcome: "success", session_id: "s" },
      { id: "e-3", timestamp: "2026-03-02T09:00:20Z", action: "pay", cost_usd: 0.1, outcome: "success", session_id: "s" },
    ]),
    "ids.json": JSON.stringify({ name: "ids", argument_constraints: { pay: { properties: { id: { const: 9007199254740992 } } } } }),
    "grounded.yaml": "name: grounded\nevidence_actions: [look]\ngrounding_rules:\n  pay: { id: { source_action: look, source_field: id } }\n",
    "id-2.json": '{ "name": "pay", "run_id": "r", "kwargs": { "id": 9007199254740992 } }',
    "id-3.json": '{ "name": "pay", "run_id": "r", "kwargs": { "id": 9007199254740993, "note": "\\u0069nt:x" } }',
    "seen-3.json": '{ "evidence": [{ "action": "look", "run_id": "r", "result": { "id": 9007199254740993 } }] }',
    "ids-ledger.json": [2, 3].map((end) => `{ "id": "e-${end}", "timestamp": "2026-03-02T09:00:00Z", "action": "pay", "outcome": "success", "payload": { "inputs": { "args": [], "kwargs": { "id": 900719925474099${end} } } } }`).join(",").replace(/^.*$/, "[$&]"),
    "long.json": '{ 12345678901234567890: 1 }',
    "exceptions.json": '[{ "policy_id": "good", "agent_ids": ["bot"], "reason": "a release", "expires_at": "2100-01-01T00:00:00Z" }]',
    "badexceptions.json": '[{ "policy": "good" }]',
    "bot-drop.json": '{ "name": "drop", "agent_id": "bot" }',
    "moderated.yaml": "name: moderated\nmoderation_rules:\n  say: { strictness: strict }\n",
    "say.json": '{ "name": "say", "kwargs": { "text": "hello" } }',
    "clean.json": "[]",
    "flagged.json": '[{ "flagged": true, "categories": ["hate"], "field_path": "text" }]',
    "badmoderation.json": '[{ "flagged": "yes" }]',
    "badsettings.json": '{ "enforcement": "fail_open" }',
    "say-ledger.json": JSON.stringify([{ id: "s-1", timestamp: "2026-03-02T09:00:00Z", action: "say", outcome: "success", payload: { inputs: { args: [], kwargs: { text: "hello" } } } }]),
    "ledger.jsonl": ["drop", "look"].map((action, at) => `{ "id": "l-${at}", "timestamp": "2026-03-02T09:00:0${at}Z", "action": "${action}", "agent_id": "bot", "outcome": "success", "cost_usd": 0.4, "session_id": "s" }\r\n`).join("\n"),
    "one.json": '{ "timestamp": "2026-03-02T09:00:00Z", "action": "look", "outcome": "success" }',
    "broken.jsonl": '{ "timestamp": "2026-03-02T09:00:00Z", "action": "look" }\n{ "action": \n',
    "badline.jsonl": '{ "timestamp": "2026-03-02T09:00:00Z", "action": "look" }\n\n{ "timestamp": "yesterday", "action": "look" }\n',
    "broken-ledger.json": '[\n  { "timestamp": "2026-03-02T09:00:00Z", "action": "look" },\n  { "action": }\n]',
    "badledger.json": '[{ "timestamp": "yesterday", "action": "look" }]',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function regate(args, { input, cwd = folder } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "action", ...args], { cwd, encoding: "utf8", input: input ?? "", env: { ...process.env, NO_COLOR: "1" } });
  return { status, stdout, stderr, json: () => JSON.parse(stdout) };
}

describe("regate action", () => {
  test("says its verbs, and what may have been meant", () => {
    assert.match(regate(["--help"]).stdout, /^ {2}authorize +May this call be made now\?$/m);
    assert.match(regate(["simulate", "--help"]).stdout, /--ledger FILE/);
    assert.match(spawnSync(process.execPath, [cli, "help", "action", "check"], { encoding: "utf8" }).stdout, /regate action check FILE/);
    const wrong = regate(["simluate"]);
    assert.deepEqual([wrong.status, wrong.stderr], [2, "error: there is no `regate action simluate`; did you mean `simulate`? See regate action --help\n"]);
    assert.equal(regate([]).status, 2);
  });
});

test("the commands of the package's README run on the examples", () => {
  const readme = readFileSync(join(root, "pkg-template", "README.md"), "utf8");
  const lines = [...readme.matchAll(/^npx regate action (.*)$/gm)].map(([, line]) => line.split(" "));
  assert.deepEqual(lines.map(([verb]) => verb), ["check", "authorize", "simulate", "diff"]);
  for (const line of lines) {
    const { status, stderr } = regate(line, { cwd: examples });
    assert.deepEqual([status === 0 || status === 1, stderr], [true, ""], line.join(" "));
  }
});

test("the program among the examples refuses, holds and takes", () => {
  // That of the package, beside which the package is found.
  const printed = spawnSync(process.execPath, [join(root, "pkg", "examples", "actions", "refunds.mjs")], { encoding: "utf8" });
  assert.equal(printed.stderr, "");
  const lines = printed.stdout.trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => line.split(/[:{]/)[0].trim()), ["denied", "done", "done", "denied", "done", "done", "done", "done", "held", "done", "17 entries in the decision log"]);
  assert.equal(lines[4], lines[5], "the same call gives the same result");
});

describe("regate action check", () => {
  test("finds nothing in the examples", () => {
    const { status, stdout } = regate(["check", "refund-policy.yaml", "agent-policy.yaml"], { cwd: examples });
    assert.deepEqual([status, stdout], [0, "2 policies checked: no problems\n"]);
  });

  test("finds every problem at its place, in the order of the lines", () => {
    const { status, stdout } = regate(["check", "bad.yaml"]);
    assert.equal(status, 1);
    assert.deepEqual([...stdout.matchAll(/^(\w+)\[(\w+)\]|--> (.*)$/gm)].map(([, severity, code, place]) => place ?? `${severity} ${code}`), [
      "error RANGE", "bad.yaml:2:17", "error UNKNOWN_FIELD", "bad.yaml:3:1", "error TYPE", "bad.yaml:5:19",
    ]);
    assert.match(stdout, /^3 \| runbudget: 5\n {2}\| \^{9}$/m);
    assert.match(stdout, /1 policy checked: 3 errors\n$/);
  });

  test("warns, and reads JSON, the nested form and standard input", () => {
    const warned = regate(["check", "warned.yaml"]);
    assert.deepEqual([warned.status, /^warning\[policy\]: /m.test(warned.stdout), /1 warning\n$/.test(warned.stdout)], [0, true, true]);
    assert.equal(regate(["check", "good.json", "nested.yml"]).status, 0);
    assert.equal(regate(["check", "-"], { input: "session_budget: 1\n" }).status, 0);
    assert.equal(regate(["check", "-"], { input: '{"session_budget": -1}' }).status, 1);
  });

  test("prints what was compiled as JSON", () => {
    const good = regate(["check", "good.yaml", "--format", "json"]).json();
    assert.deepEqual([good.ok, good.policy.name, good.policy.session_budget], [true, "good", 1]);
    const bad = regate(["check", "bad.yaml", "--format", "json"]);
    assert.deepEqual([bad.status, bad.json().ok, bad.json().errors.length], [1, false, 3]);
    const both = regate(["check", "good.yaml", "bad.yaml", "--format", "json"]).json();
    assert.deepEqual([both.ok, both.files.map(({ path, ok }) => [path, ok])], [false, [["good.yaml", true], ["bad.yaml", false]]]);
  });

  test("refuses what it cannot read", () => {
    assert.match(regate(["check", "broken.yaml"]).stdout, /error\[SYNTAX\]/);
    assert.match(regate(["check", "prose.md"]).stdout, /error\[UNSUPPORTED_FORMAT\]/);
    for (const args of [[], ["none.yaml"], ["."], ["call.txt"], ["-", "-"]]) {
      const { status, stderr } = regate(["check", ...args]);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, /^error: /);
    }
  });
});

describe("regate action authorize", () => {
  const ask = (args, more) => regate(["authorize", ...args], more);

  test("allows, denies and holds, with an exit code that a script reads", () => {
    const allowed = ask(["--policy", "good.yaml", "--call", "call.json"]);
    assert.deepEqual([allowed.status, allowed.stdout], [0, "✓ ALLOWED  `look` may be taken\n  policies  good\n"]);
    const denied = ask(["--policy", "good.yaml", "--call", "drop.json"]);
    assert.deepEqual([denied.status, denied.stdout.split("\n")[0]], [1, "✗ DENIED  DENIED_ACTION: the action `drop` is denied"]);
    const held = ask(["--policy", "holds.yaml", "--call", "pay.json"]);
    assert.equal(held.status, 1);
    assert.match(held.stdout, /^● HELD {2}`pay` needs an approval\n[\s\S]*approvers +dana@example\.com/);
  });

  test("judges by what earlier calls left behind, and by the time", () => {
    const broke = ask(["--policy", "good.yaml", "--call", "call.json", "--state", "state.json", "--format", "json"]);
    assert.deepEqual([broke.status, broke.json().reason_code, broke.json().spent], [1, "BUDGET_EXCEEDED", 1.1]);
    const at = (now) => ask(["--policy", "stricter.yaml", "--call", "call.json", "--state", "taken.json", "--now", now, "--format", "json"]).json();
    assert.deepEqual([at("1000").reason_code, at("60999").reason_code, at("61000").decision], ["RATE_LIMITED", "RATE_LIMITED", "allow"]);
    assert.equal(at("1970-01-01T00:01:00Z").reason_code, "RATE_LIMITED");
  });

  test("asks without any policy, as the settings say", () => {
    assert.equal(ask(["--call", "call.json", "--format", "json"]).json().reason_code, "NO_POLICY_FOR_WRITE");
    assert.equal(ask(["--call", "call.json", "--settings", "settings.json"]).status, 0);
    assert.equal(ask(["--call", "nan.json", "--settings", "settings.json", "--format", "json"]).json().reason_code, "INVALID_COST");
  });

  test("reads integers of any size as they are written", () => {
    const reason = (...args) => ask([...args, "--format", "json"]).json().reason_code;
    assert.deepEqual([reason("--policy", "ids.json", "--call", "id-2.json"), reason("--policy", "ids.json", "--call", "id-3.json")], [undefined, "ARGUMENT_CONSTRAINT_VIOLATED"]);
    const grounded = ["--policy", "grounded.yaml", "--state", "seen-3.json", "--call"];
    assert.deepEqual([reason(...grounded, "id-3.json"), reason(...grounded, "id-2.json")], [undefined, "UNGROUNDED_ARGUMENT"]);
    assert.match(ask(["--call", "long.json"]).stderr, /^error: the call `long\.json` is not JSON/);
  });

  test("knows exceptions, and what a moderator says", () => {
    const drop = ["--policy", "good.yaml", "--call", "bot-drop.json"];
    assert.equal(ask(drop).status, 1);
    const lifted = ask([...drop, "--exceptions", "exceptions.json"]);
    assert.deepEqual([lifted.status, /^ {2}exceptions +exception-1$/m.test(lifted.stdout)], [0, true]);
    const say = ["--policy", "moderated.yaml", "--call", "say.json", "--format", "json"];
    const reason = (...more) => ask([...say, ...more]).json().reason_code;
    assert.deepEqual([reason(), reason("--moderation", "flagged.json"), reason("--moderation", "clean.json")], ["EVALUATION_ERROR", "CONTENT_MODERATED", undefined]);
  });

  test("reads the call from standard input, and explains", () => {
    const { status, stdout } = ask(["--policy", "good.yaml", "--call", "-", "--explain"], { input: '{"name":"look"}' });
    assert.equal(status, 0);
    assert.match(stdout, /^15 checks\n {2}kill_switch +passed$/m);
    const run = ask(["--policy", example("refund-policy.yaml"), "--policy", example("agent-policy.yaml"), "--call", example("call.json"), "--state", example("state.json"), "--now", "2026-03-02T09:05:00Z"]);
    assert.deepEqual([run.status, run.stdout.split("\n")[0]], [0, "✓ ALLOWED  `issue_refund` may be taken"]);
  });

  test("says what is wrong with what it was given, and decides nothing", () => {
    const wrong = [
      [["--policy", "bad.yaml", "--call", "call.json"], /error\[RANGE\]/],
      [["--policy", "good.yaml"], /no call given/],
      [["--policy", "good.yaml", "--call", "nocall.json"], /^error: nocall\.json: unknown field `nmae`/],
      [["--policy", "good.yaml", "--call", "list.json"], /must hold a JSON object/],
      [["--policy", "good.yaml", "--call", "none.json"], /none\.json/],
      [["--policy", "good.yaml", "--call", "call.json", "--state", "badstate.json"], /^error: badstate\.json: unknown field `spent`/],
      [["--policy", "good.yaml", "--policy", "good.json", "--call", "call.json"], /two policies are named `good`/],
      [["--policy", "good.yaml", "--call", "call.json", "--now", "noon"], /--now is a time/],
      [["--policy", "good.yaml", "--call", "call.json", "extra"], /`extra` is no option/],
      [["--policy", "-", "--call", "-"], /only one of the files/],
      [["--call", "-", "--exceptions", "-"], /only one of the files/],
      [["--call", "-", "--moderation", "-"], /only one of the files/],
      [["--call", "call.json", "--exceptions", "call.json"], /the exceptions `call\.json` must hold a JSON array/],
      [["--call", "call.json", "--exceptions", "badexceptions.json"], /^error: badexceptions\.json: .*\(at \/0\b.*\)/],
      [["--call", "call.json", "--moderation", "badmoderation.json"], /^error: badmoderation\.json: .*\(at \/0\b.*\)/],
      [["--call", "call.json", "--settings", "badsettings.json"], /^error: badsettings\.json: /],
    ];
    for (const [args, pattern] of wrong) {
      const { status, stdout, stderr } = ask(args);
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.match(stderr, pattern);
    }
    assert.equal(ask(["--policy", "bad.yaml", "--call", "call.json", "--format", "json"]).json().diagnostics.length, 3);
  });
});

describe("regate action simulate", () => {
  test("tells what changes beside what became of the calls", () => {
    const { status, stdout } = regate(["simulate", "--policy", "stricter.yaml", "--ledger", "ledger.json"]);
    assert.equal(status, 1);
    assert.match(stdout, /^entry +time +action +cost +decision +reason +change$/m);
    assert.match(stdout, /^e-1 .* allow$/m);
    assert.match(stdout, /^e-2 .* deny +RATE_LIMITED +newly blocked$/m);
    assert.match(stdout, /^e-3 .* deny +DENIED_ACTION +newly blocked$/m);
    assert.match(stdout, /^3 calls: 1 allowed, 2 denied, 0 in need of an approval\n2 newly blocked$/m);
    const changed = regate(["simulate", "--policy", "stricter.yaml", "--ledger", "ledger.json", "--changed"]).stdout;
    assert.doesNotMatch(changed, /^e-1/m);
  });

  test("tells what changes beside other policies, and ends with 0 where nothing is blocked", () => {
    const same = regate(["simulate", "--policy", "good.yaml", "--base", "good.json", "--ledger", "ledger.json"]);
    assert.deepEqual([same.status, /^nothing changes$/m.test(same.stdout)], [0, true]);
    const report = regate(["simulate", "--policy", "holds.yaml", "--base", "good.yaml", "--ledger", "ledger.json", "--approve", "all", "--format", "json"]);
    assert.deepEqual([report.status, report.json().summary.newly_needs_approval, report.json().results.length], [1, 1, 3]);
  });

  test("reads integers of any size as they are written", () => {
    const { results } = regate(["simulate", "--policy", "ids.json", "--ledger", "ids-ledger.json", "--format", "json"]).json();
    assert.deepEqual(results.map(({ entry_id, reason_code }) => [entry_id, reason_code]), [["e-2", null], ["e-3", "ARGUMENT_CONSTRAINT_VIOLATED"]]);
  });

  test("begins with what earlier calls left behind, and knows exceptions and what a moderator says", () => {
    const reasons = (...args) => regate(["simulate", "--format", "json", ...args]).json().results.map(({ reason_code }) => reason_code);
    const good = ["--policy", "good.yaml", "--ledger", "ledger.jsonl"];
    assert.deepEqual(reasons(...good), ["DENIED_ACTION", null]);
    assert.deepEqual(reasons(...good, "--exceptions", "exceptions.json"), [null, null]);
    assert.deepEqual(reasons(...good, "--state", "state.json"), ["DENIED_ACTION", "BUDGET_EXCEEDED"]);
    const say = ["--policy", "moderated.yaml", "--ledger", "say-ledger.json"];
    assert.deepEqual([reasons(...say, "--moderation", "clean.json"), reasons(...say, "--moderation", "flagged.json")], [[null], ["CONTENT_MODERATED"]]);
  });

  test("takes ledgers in each form: a list, its object, one entry a line, and a single one", () => {
    const entries = readFileSync(join(folder, "ledger.json"), "utf8");
    for (const [ledger, input, count] of [["ledger.json", "", 3], ["-", `{ "entries": ${entries} }`, 3], ["ledger.jsonl", "", 2], ["-", readFileSync(join(folder, "ledger.jsonl"), "utf8"), 2], ["one.json", "", 1]]) {
      assert.match(regate(["simulate", "--policy", "stricter.yaml", "--ledger", ledger], { input }).stdout, new RegExp(`^${count} calls?: `, "m"), ledger);
    }
  });

  test("of the ledger that is an example", () => {
    const { status, stdout } = regate(["simulate", "--policy", example("refund-policy.yaml"), "--policy", example("agent-policy.yaml"), "--ledger", example("ledger.json")]);
    assert.equal(status, 1);
    assert.match(stdout, /^49 calls: 35 allowed, 11 denied, 3 in need of an approval, 1 left out$/m);
  });

  test("says what is wrong with what it was given", () => {
    const wrong = [
      [["--policy", "good.yaml"], /no ledger given/],
      [["--ledger", "ledger.json"], /no policy given/],
      [["--policy", "good.yaml", "--ledger", "call.json"], /^error: call\.json: the file is JSON and no ledger; a ledger is a JSON array of entries/],
      [["--policy", "good.yaml", "--ledger", "badledger.json"], /^error: badledger\.json: .*\(at \/0\/timestamp, in line 1\)/],
      [["--policy", "good.yaml", "--ledger", "badline.jsonl"], /^error: badline\.jsonl: .*\(at \/1\/timestamp, in line 3\)/],
      [["--policy", "good.yaml", "--ledger", "broken.jsonl"], /^error: broken\.jsonl: an entry is not JSON: .*; one entry is one line \(in line 2\)/],
      [["--policy", "good.yaml", "--ledger", "broken-ledger.json"], /^error: broken-ledger\.json: an entry is not JSON: .*\(in line 3\)/],
      [["--policy", "good.yaml", "--ledger", "-"], /^error: <stdin>: the file is empty/],
      [["--policy", "good.yaml", "--ledger", "ledger.json", "--state", "badstate.json"], /^error: badstate\.json: unknown field `spent`/],
      [["--policy", "good.yaml", "--ledger", "ledger.json", "--exceptions", "badexceptions.json"], /^error: badexceptions\.json: /],
      [["--policy", "good.yaml", "--ledger", "ledger.json", "--moderation", "badmoderation.json"], /^error: badmoderation\.json: /],
      [["--policy", "good.yaml", "--ledger", "ledger.json", "--settings", "badsettings.json"], /^error: badsettings\.json: /],
      [["--policy", "good.yaml", "--ledger", "-", "--state", "-"], /only one of the files/],
      [["--policy", "good.yaml", "--ledger", "ledger.json", "--approve", "some"], /--approve is none, all, recorded/],
      [["--policy", "good.yaml", "--base", "bad.yaml", "--ledger", "ledger.json"], /error\[RANGE\]/],
    ];
    for (const [args, pattern] of wrong) {
      const { status, stdout, stderr } = regate(["simulate", ...args]);
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.match(stderr, pattern);
    }
  });
});

test("policies that are wrong in two places are told once, each of them", () => {
  const found = ["bad.yaml", "bad.yaml", "bad.yaml", "bad2.yaml"];
  for (const args of [["diff", "bad.yaml", "bad2.yaml"], ["simulate", "--policy", "bad.yaml", "--base", "bad2.yaml", "--base", "bad.yaml", "--ledger", "ledger.json"]]) {
    const { status, json, stderr } = regate([...args, "--format", "json"]);
    assert.deepEqual([status, json().diagnostics.map(({ file }) => file), stderr.match(/^error\[/gm).length], [2, found, 4], args[0]);
    assert.deepEqual([regate(args).stdout, regate(args).stderr.match(/^error\[/gm).length], ["", 4]);
  }
  assert.deepEqual(regate(["diff", "good.yaml", "bad2.yaml", "--format", "json"]).json().diagnostics.map(({ code }) => code), ["RANGE"]);
  assert.equal(regate(["diff", "good.yaml", "good.yaml"]).stdout, "nothing differs\n");
});

describe("regate action diff", () => {
  test("tells each field that differs, and nothing of defaults", () => {
    assert.deepEqual(regate(["diff", "good.yaml", "good.json"]).stdout, "nothing differs\n");
    const { status, stdout } = regate(["diff", "good.yaml", "stricter.yaml"]);
    assert.equal(status, 0);
    assert.equal(stdout, 'session_budget: 1 → 0.5\ndenied_actions\n  + pay\nrate_limits\n  + look: {"max_count":1,"window_seconds":60}\n');
    const { fields, change_summary } = regate(["diff", "good.yaml", "stricter.yaml", "--format", "json"]).json();
    assert.deepEqual([Object.keys(fields), change_summary], [["session_budget", "denied_actions", "rate_limits"], "Updated: session_budget, denied_actions, rate_limits"]);
  });

  test("says what is wrong with what it was given", () => {
    for (const [args, pattern] of [[["good.yaml"], /give two policies/], [["good.yaml", "bad.yaml"], /error\[RANGE\]/], [["good.yaml", "none.yaml"], /none\.yaml/]]) {
      const { status, stderr } = regate(["diff", ...args]);
      assert.equal(status, 2);
      assert.match(stderr, pattern);
    }
  });
});
