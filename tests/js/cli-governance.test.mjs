// The command `regate` against a server that mounts `governanceHandler`: runs, votes, lists, and servers that fail.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { governanceHandler, hostOver } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { NO_DESTROYS, planOf } from "./plans.mjs";

const cli = fileURLToPath(new URL("../../pkg/dist/cli.js", import.meta.url));
const VERBS = ["read", "write", "delete", "trigger", "apply", "approve", "reject", "abort"];
const PEOPLE = {
  adam: { org_role: "admin", is_session: true, may: VERBS },
  ann: { org_role: "member", is_session: true, may: ["read", "approve", "reject"] },
  bob: { org_role: "member", is_session: true, may: ["read", "approve", "reject"] },
  ci: { org_role: null, is_session: false, may: ["trigger", "read"] },
  blind: { org_role: null, is_session: false, may: ["trigger"] },
};

let folder;
const servers = [];

before(() => {
  folder = mkdtempSync(join(tmpdir(), "regate-cli-governance-"));
  writeFileSync(join(folder, "destroy.json"), JSON.stringify(planOf("destroy")));
  writeFileSync(join(folder, "add.json"), JSON.stringify(planOf("add")));
  writeFileSync(join(folder, "errored.json"), JSON.stringify({ ...planOf("add"), errored: true }));
  writeFileSync(join(folder, "notplan.json"), "[]");
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

// A server in this process, so that what it was asked can be looked at.
async function serve(listener) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${server.address().port}`;
}

async function bodyOf(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `governanceHandler` over a memory store, at `/api`; people are known by their tokens. `meet` may answer before the handler does. */
async function gate({ meet, functions = {} } = {}) {
  const store = memoryStore();
  const clock = { now: Date.UTC(2024, 10, 20, 12) };
  const host = hostOver(store, {
    who: ({ asker }) => {
      const name = /^Bearer token-of-(\w+)$/.exec(asker.headers.get("authorization") ?? "")?.[1];
      return name !== undefined && Object.hasOwn(PEOPLE, name) ? { id: name, email: `${name}@example.com`, ...PEOPLE[name] } : null;
    },
    notify: () => {},
    isMember: (user, team) => user === "ann" && team === "t-1",
    now: () => clock.now,
    ...functions,
  });
  const handler = governanceHandler(host, { org_id: "o-1", base: "/api" });
  const asked = [];
  const origin = await serve(async (message, response) => {
    asked.push(`${message.method} ${message.url}`);
    if ((await meet?.(message, response, asked)) === true) return;
    const body = await bodyOf(message);
    const init = { method: message.method, headers: message.headers, ...(body.length === 0 ? {} : { body }) };
    const answer = await handler(new Request(`http://gate.example${message.url}`, init));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const server = `${origin}/api`;
  const call = async (method, path, body) => {
    const response = await fetch(server + path, { method, headers: { authorization: "Bearer token-of-adam" }, body: body === undefined ? undefined : JSON.stringify(body) });
    assert.ok(response.ok, `${response.status} ${path}`);
    return response.json();
  };
  await call("PUT", "/workspaces/w-1", { name: "shop", project_id: "p-1" });
  const as = (name) => (...args) => regate(args, { server, token: `token-of-${name}` });
  return { server, store, clock, call, as, asked };
}

const asksAnn = (made) => made.call("POST", "/approval-rules", { name: "owners", approver_type: "team", approver_id: "t-1" });

async function withSet(made, enforcement) {
  const { id } = await made.call("POST", "/policy-sets", { name: "safety", enforcement });
  await made.call("POST", `/policy-sets/${id}/policies`, { name: "destroys", rego_source: NO_DESTROYS });
  return id;
}

function regate(args, { server, token, env = {} } = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, REGATE_SERVER: ___, REGATE_TOKEN: ____, ...clean } = process.env;
  const named = { ...(server === undefined ? {} : { REGATE_SERVER: server }), ...(token === undefined ? {} : { REGATE_TOKEN: token }) };
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: { ...clean, ...named, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.stderr += text));
  const ended = new Promise((done) => child.on("close", (status) => done({ status, ...said })));
  return Object.assign(ended, { said });
}

async function ends(status, running) {
  const result = await running;
  assert.equal(result.status, status, `${result.stdout}${result.stderr}`);
  assert.doesNotMatch(result.stderr, /\n {4}at |node:internal/, "a stack is no sentence");
  return result;
}

const idIn = ({ stderr }) => /the run (\S+) is created/.exec(stderr)[1];
const until = async (holds) => {
  for (let i = 0; i < 1200 && !holds(); i++) await new Promise((done) => setTimeout(done, 25));
  assert.ok(holds());
};

describe("a run", { concurrency: 3 }, () => {
  test("is held, refused to whoever is not asked, approved, and then allowed", async () => {
    const made = await gate();
    await asksAnn(made);
    await withSet(made, "advisory");
    const held = await ends(1, made.as("ci")("run", "destroy.json", "--workspace", "w-1", "--source-ref", "abc", "--pr", "7", "--triggered-by", "dana@example.com"));
    const id = idIn(held);
    assert.match(held.stdout, /^● HELD {2}the run waits for 1 requirement$/m);
    assert.match(held.stdout, /2024-11-20T12:00:00Z · push by dana@example\.com/);
    assert.match(held.stdout, /^ {2}changeset {2}git abc · pull request 7$/m);
    assert.match(held.stdout, /^ {2}! safety\/destroys {2}advisory\n {6}aws_instance\.web\[0\] would be destroyed$/m);
    assert.match(held.stdout, /^ {2}stage 1\n {4}team t-1 {2}0 of 1 approval {2}open {2}rule: owners/m);

    const refused = await ends(1, made.as("bob")("approve", id));
    assert.match(refused.stderr, /^error\[not_permitted\]: bob@example\.com may not vote on this run now: no open requirement asks for them$/m);
    assert.equal(refused.stdout, "");
    await ends(1, made.as("ci")("show", id));

    const told = await ends(0, made.as("ann")("renotify", id));
    assert.match(told.stdout, /^the approvers are told again$/m);
    assert.match((await ends(1, made.as("ann")("renotify", id))).stderr, /^error\[too_soon\]/m);

    const approved = await ends(0, made.as("ann")("approve", id, "--comment", "looks right"));
    assert.match(approved.stdout, /^your vote is counted\n✓ ALLOWED {2}the run is completed$/m);
    assert.match((await ends(1, made.as("ann")("approve", id))).stderr, /^error\[wrong_state\]/m);
    const shown = await ends(0, made.as("bob")("show", id));
    assert.match(shown.stdout, /^Votes\n {2}ann@example\.com {2}approved {2}2024-11-20T12:00:00\S* {2}looks right$/m);

    const json = JSON.parse((await ends(0, made.as("bob")("show", id, "--format", "json"))).stdout);
    assert.deepEqual([json.run.status, json.policy_results.length, json.approvals[0].comment], ["completed", 1, "looks right"]);
    const { stdout } = await ends(0, made.as("bob")("timeline", id));
    const events = stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/).slice(1, 3).join(" "));
    assert.deepEqual(events, ["policy_evaluated system", "requirement_active system", "approvers_notified ann", "approval_received ann", "requirement_satisfied ann"]);

    const queued = await ends(0, made.as("adam")("apply", id));
    assert.match(queued.stdout, /^● QUEUED {2}the apply waits to be performed$/m);
    assert.match((await ends(1, made.as("adam")("discard", id))).stderr, /^error\[wrong_state\]/m);
  });

  test("is waited for until it is approved", async () => {
    const made = await gate();
    await asksAnn(made);
    const running = made.as("ci")("run", "add.json", "--workspace", "w-1", "--wait", "1", "--format", "json");
    await until(() => /waiting 1 minutes/.test(running.said.stderr));
    await ends(0, made.as("ann")("approve", idIn(running.said)));
    const { stdout } = await ends(0, running);
    const { run, decision } = JSON.parse(stdout);
    assert.deepEqual([run.status, decision.kind], ["completed", "hold"]);
  });

  test("is waited for until it is rejected, and a bare --wait waits, too", async () => {
    const made = await gate();
    await asksAnn(made);
    const running = made.as("ci")("run", "add.json", "--wait", "--workspace", "w-1");
    await until(() => /waiting 60 minutes/.test(running.said.stderr));
    await ends(0, made.as("ann")("reject", idIn(running.said), "--comment", "not on a Friday"));
    const { stdout } = await ends(1, running);
    assert.match(stdout, /^● HELD[\s\S]*^✗ REJECTED {2}the run was rejected for 1 reason$[\s\S]*^Reasons\n {2}.*not on a Friday/m);
  });

  test("that waits longer than it is waited for ends with 1", async () => {
    const made = await gate();
    await asksAnn(made);
    const { stderr } = await ends(1, made.as("ci")("run", "add.json", "--workspace", "w-1", "--wait", "0.02"));
    assert.match(stderr, /the run still waits after 0\.02 minutes/);
  });

  test("is waited for through failures of the server", async () => {
    let failing = 0;
    const meet = (message, response) => {
      if (message.method !== "GET" || !/\/runs\/[^/]+$/.test(message.url) || ++failing > 2) return false;
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
      return true;
    };
    const made = await gate({ meet });
    await asksAnn(made);
    const running = made.as("ci")("run", "add.json", "--workspace", "w-1", "--wait", "1");
    await until(() => failing > 2);
    await made.call("POST", `/workspaces/w-1/runs/${idIn(running.said)}/abort`);
    const { stdout, stderr } = await ends(1, running);
    assert.match(stdout, /^✗ ABORTED/m);
    assert.equal(stderr.match(/HTTP 502, text\/html; it is asked again/g).length, 2);
  });

  test("that a mandatory policy objects to is rejected, with its violations", async () => {
    const made = await gate();
    await withSet(made, "mandatory");
    const { stdout } = await ends(1, made.as("ci")("run", "destroy.json", "--workspace", "w-1"));
    assert.match(stdout, /^✗ REJECTED[\s\S]*^ {2}✗ safety\/destroys {2}mandatory\n {6}aws_instance\.web\[0\] would be destroyed$/m);
    // Whoever may not read the results sees the reasons of the decision.
    const blind = await ends(1, made.as("blind")("run", "destroy.json", "--workspace", "w-1"));
    assert.match(blind.stderr, /what the policies said cannot be read/);
    assert.match(blind.stdout, /^Reasons\n {2}safety\/destroys: .*would be destroyed/m);
  });

  test("is completed where nothing objects, and stopped or discarded", async () => {
    const made = await gate();
    const { stdout, stderr } = await ends(0, made.as("ci")("run", "add.json", "--workspace", "w-1"));
    assert.match(stdout, /^✓ ALLOWED {2}the run is completed$/m);
    const id = idIn({ stderr });
    assert.match((await ends(0, made.as("adam")("discard", id))).stdout, /^the changeset is never applied$/m);
    assert.match((await ends(1, made.as("adam")("apply", id))).stderr, /error\[wrong_state\]: the changeset was applied or discarded/);
    await asksAnn(made);
    const held = idIn(await ends(1, made.as("ci")("run", "add.json", "--workspace", "w-1")));
    assert.match((await ends(0, made.as("adam")("abort", held))).stdout, /^✗ ABORTED/m);
    await ends(1, made.as("ci")("show", held));
  });

  test("of a pull request completes, and its apply is decided on", async () => {
    const made = await gate();
    await asksAnn(made);
    const looked = await ends(0, made.as("ci")("run", "add.json", "--workspace", "w-1", "--trigger", "pr"));
    assert.match(looked.stdout, /^✓ ALLOWED .*as a pull request's plan is whatever was found$/m);
    const { stdout } = await ends(1, made.as("adam")("apply", idIn(looked), "--format", "json"));
    const { run, decision } = JSON.parse(stdout);
    assert.deepEqual([run.run_type, run.status, decision.kind], ["apply", "pending_approval", "hold"]);
    assert.match((await ends(0, made.as("ann")("approve", run.id))).stdout, /^● QUEUED {2}the apply waits/m);
  });

  test("is looked at again under the set-up of now", async () => {
    const made = await gate();
    const id = idIn(await ends(0, made.as("ci")("run", "destroy.json", "--workspace", "w-1")));
    assert.match((await ends(0, made.as("bob")("preview-run", id))).stdout, /^✓ ALLOWED/m);
    await asksAnn(made);
    assert.match((await ends(1, made.as("bob")("preview-run", id))).stdout, /^● HELD[\s\S]*^ {2}stage 1 {2}1 approval {2}rule: owners$/m);
    await withSet(made, "mandatory");
    assert.match((await ends(1, made.as("bob")("preview-run", id))).stdout, /^✗ REJECTED[\s\S]*would be destroyed/m);
    const { mandatory_violations } = JSON.parse((await ends(1, made.as("bob")("preview-run", id, "--format=json"))).stdout);
    assert.equal(mandatory_violations, 1);
  });

  test("is not made of a plan that cannot be read, and ended where the server refuses its plan", async () => {
    const made = await gate();
    const before = made.asked.length;
    assert.match((await ends(2, made.as("ci")("run", "notplan.json", "--workspace", "w-1"))).stderr, /error\[not_a_plan\]: notplan\.json/);
    assert.equal(made.asked.length, before, "the server is not asked");
    const refused = await ends(2, made.as("ci")("run", "errored.json", "--workspace", "w-1"));
    assert.match(refused.stderr, /error\[plan_errored\]/);
    assert.match(refused.stderr, /the run \S+ is ended as failed/);
    assert.match((await ends(1, made.as("ci")("show", idIn(refused)))).stdout, /^✗ FAILED {2}the run ended in an error: the plan ended in an error/m);
  });

  test("whose delivery had no answer is delivered again", async () => {
    let cut = 0;
    const meet = async (message) => {
      if (!message.url.endsWith("/plan") || ++cut > 1) return false;
      message.socket.destroy();
      return true;
    };
    const made = await gate({ meet });
    const { stderr } = await ends(0, made.as("ci")("run", "add.json", "--workspace", "w-1"));
    assert.match(stderr, /the plan is sent again/);
  });

  test("whose timeline was tampered with is told, and ends with 1", async () => {
    const made = await gate();
    await asksAnn(made);
    const id = idIn(await ends(1, made.as("ci")("run", "add.json", "--workspace", "w-1")));
    const partition = `run/${id}`;
    const { records } = made.store.list({ partition, kind: "governance_event", limit: 10, cursor: null });
    const [{ kind, key, value }] = records;
    const put = [{ kind, key, value: { ...value, actor_id: "mallory" } }];
    made.store.commit({ partition, idempotency_key: "tamper", expect: [], put, append: [] });
    const { stdout } = await ends(1, made.as("bob")("timeline", id));
    assert.match(stdout, /^✗ the timeline is not as it was recorded, from the entry \S+ on$/m);
    assert.equal(typeof JSON.parse((await ends(1, made.as("bob")("timeline", id, "--format", "json"))).stdout).broken_at, "string");
  });
});

test("runs are listed, of all workspaces or one, newest first", async () => {
  const made = await gate();
  await made.call("PUT", "/workspaces/w-2", { name: "other", project_id: "p-1" });
  const ids = [];
  for (const workspace of ["w-1", "w-2"]) {
    ids.push(idIn(await ends(0, made.as("ci")("run", "add.json", "--workspace", workspace))));
    made.clock.now += 1000;
  }
  await asksAnn(made);
  ids.push(idIn(await ends(1, made.as("ci")("run", "add.json", "--workspace", "w-1"))));
  const listed = async (...args) => JSON.parse((await ends(0, made.as("bob")("runs", "--format", "json", ...args))).stdout).runs.map(({ id }) => id);
  assert.deepEqual(await listed(), [ids[2], ids[1], ids[0]]);
  assert.deepEqual(await listed("--workspace", "w-1"), [ids[2], ids[0]]);
  assert.deepEqual(await listed("--status", "pending_approval"), [ids[2]]);
  const { stdout } = await ends(0, made.as("bob")("runs", "--workspace", "w-2"));
  assert.match(stdout, new RegExp(`^created .*\\n2024-11-20T12:00:01Z {2}completed {2}w-2 {8}${ids[1]} {2}push\\n$`));
  assert.match((await ends(2, made.as("bob")("runs", "--status", "open"))).stderr, /--status is queued, .*, not `open`/);
});

describe("what is set up", { concurrency: 3 }, () => {
  test("is listed, page by page", async () => {
    const made = await gate();
    await withSet(made, "mandatory");
    await asksAnn(made);
    await made.call("POST", "/external-check-providers", { name: "scan", callback_url: "https://scan.example/" });
    const sets = await ends(0, made.as("bob")("sets"));
    assert.match(sets.stdout, /^name {4}enforcement {2}scope {9}version {2}policies {2}id\nsafety {2}mandatory {4}organisation {2}2 {8}1 policy {2}\S+\n$/);
    assert.match((await ends(0, made.as("bob")("rules"))).stdout, /^owners {2}team t-1 {2}1 in stage 1 {2}always {2}organisation {2}\S+$/m);
    assert.match((await ends(0, made.as("bob")("providers"))).stdout, /^scan {2}nothing {8}none {4}https:\/\/scan\.example\/ {2}\S+$/m);
    for (let i = 0; i < 120; i++) await made.call("POST", "/approval-rules", { name: `rule ${i}`, approver_type: "team", approver_id: "t-1" });
    const before = made.asked.length;
    const { approval_rules, cursor } = JSON.parse((await ends(0, made.as("bob")("rules", "--format", "json"))).stdout);
    assert.deepEqual([approval_rules.length, cursor], [121, null]);
    assert.ok(made.asked.length - before > 1, "there was more than one page");
  });

  test("versions of a set are listed and compared", async () => {
    const made = await gate();
    const id = await withSet(made, "mandatory");
    const [policy] = await made.call("GET", `/policy-sets/${id}/policies`);
    await made.call("PATCH", `/policy-sets/${id}/policies/${policy.id}`, { rego_source: NO_DESTROYS.replace("would be destroyed", "would go") });
    await made.call("PATCH", `/policy-sets/${id}`, { enforcement: "advisory" });
    const { stdout } = await ends(0, made.as("bob")("versions", "safety"));
    assert.match(stdout, /^3 {8}policy changed: destroys {2}adam@example\.com {2}2024-11-20T12:00:00/m);
    assert.equal(JSON.parse((await ends(0, made.as("bob")("versions", id, "--format", "json"))).stdout).versions.length, 4);
    const diff = await ends(0, made.as("bob")("diff", "safety", "v2", "4"));
    assert.match(diff.stdout, /^enforcement: mandatory → advisory$/m);
    assert.match(diff.stdout, /^policy destroys: changed$[\s\S]*^ {2}- {3}message := .*would be destroyed.*\n {2}\+ {3}message := .*would go/m);
    assert.match((await ends(0, made.as("bob")("diff", "safety", "1", "2"))).stdout, /^policy destroys: added\n {2}\+ package forgecroft\.policy$/m);
    assert.match((await ends(2, made.as("bob")("diff", "safety", "2", "9"))).stderr, /^error\[not_found\]/m);
    assert.match((await ends(2, made.as("bob")("diff", "safety", "two", "9"))).stderr, /`two` is no number of a version/);
    assert.match((await ends(2, made.as("bob")("versions", "saftey"))).stderr, /no policy set `saftey` that you may see/);
    await made.call("POST", "/policy-sets", { name: "safety", project_id: "p-1" });
    assert.match((await ends(2, made.as("bob")("versions", "safety"))).stderr, /2 policy sets are named `safety`: give one by its id/);
  });
});

test("the commands of the READMEs run", async () => {
  const made = await gate();
  await asksAnn(made);
  const { id } = await made.call("POST", "/policy-sets", { name: "production-safety" });
  for (const enforcement of ["advisory", "mandatory", "advisory"]) await made.call("PATCH", `/policy-sets/${id}`, { enforcement });
  writeFileSync(join(folder, "plan.json"), JSON.stringify(planOf("add")));
  const texts = ["README.md", "pkg-template/README.md"].map((file) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));
  const wordsOf = (line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain).map((word) => (word === "$SHA" ? "abc" : word));
  const verbs = /npx regate ((?:run|show|approve|diff) [^\n`]+)/g;
  const commands = texts.map((text) => [...text.matchAll(verbs)].map(([, line]) => wordsOf(line)));
  assert.deepEqual(commands.map((of) => of.map(([verb]) => verb)), [["run", "approve"], ["run", "show", "approve", "diff"]]);
  for (const [run, ...others] of commands) {
    const running = made.as("ci")(...run);
    await until(() => /waiting 30 minutes/.test(running.said.stderr));
    const named = others.map((words) => words.map((word) => (word === "RUN" ? idIn(running.said) : word)));
    for (const words of named) await ends(words[0] === "show" ? 1 : 0, made.as("ann")(...words));
    await ends(0, running);
  }
});

test("the lines of a comparison are those of both texts, whatever differs and however much", async () => {
  const { diffLines } = await import(new URL("../../target/package-modules/cli/line-diff.js", import.meta.url));
  const long = (word) => Array.from({ length: 2500 }, (_, i) => `${word} ${i}`).join("\n");
  const pairs = [["", ""], ["", "a"], ["a\nb\nc", "a\nc"], ["a\nb", "x\na\nb\ny"], ["a\na\nb", "a\nb\na"], [long("old"), long("new")]];
  for (const [from, to] of pairs) {
    const found = diffLines(from, to);
    const without = (change) => found.filter((line) => line.change !== change).map(({ text }) => text).join("\n");
    assert.deepEqual([without("+"), without("-")], [from, to]);
  }
  const { length } = diffLines("a\nb\nc\nd", "a\nx\nc\nd").filter(({ change }) => change === " ");
  assert.equal(length, 3, "what both have stays");
});

describe("a command line", { concurrency: 3 }, () => {
  test("lists what asks a server apart, and each command has its help", async () => {
    const { stdout } = await ends(0, regate(["--help"]));
    const [files, server] = stdout.split("With a server");
    for (const name of ["run", "runs", "show", "timeline", "preview-run", "approve", "reject", "renotify", "abort", "apply", "discard", "sets", "rules", "providers", "versions", "diff"]) {
      assert.match(server, new RegExp(`^  ${name} `, "m"));
      assert.doesNotMatch(files, new RegExp(`^  ${name} `, "m"));
      assert.match((await ends(0, regate([name, "--help"]))).stdout, new RegExp(`Usage: regate ${name} [\\s\\S]*REGATE_TOKEN[\\s\\S]*Exit codes: 0`));
    }
    assert.match(files, /^ {2}check /m);
  });

  test("that is wrong is one sentence", async () => {
    const wrong = async (args, pattern, more) => assert.match((await ends(2, regate(args, { server: "http://127.0.0.1:9/", ...more }))).stderr, pattern);
    await wrong(["show", "r"], /no server given: name it with --server URL, or in REGATE_SERVER/, { server: undefined });
    await wrong(["show"], /no run given; see regate show --help/);
    await wrong(["show", "a", "b"], /one run at a time: `b` is too much/);
    await wrong(["show", ".."], /`\.\.` is no id/);
    await wrong(["run", "add.json"], /no workspace given: name it with --workspace ID/);
    await wrong(["run", "add.json", "--workspace", "w-1", "--wait=long"], /--wait is a number of minutes up to \d+, not `long`/);
    await wrong(["run", "add.json", "--workspace", "w-1", "--pr", "x"], /--pr is the number of a pull request, not `x`/);
    await wrong(["run", "gone.json", "--workspace", "w-1"], /the plan `gone\.json`/);
    await wrong(["show", "r", "--timeout", "0"], /--timeout is a number of seconds/);
    await wrong(["approve", "r", "--token", "s3cret"], /no option `--token`/);
    await wrong(["sets", "x"], /`x` is too much/);
    await wrong(["show", "r"], /is no address such as https:/, { server: "gate.example" });
    await wrong(["show", "r"], /is not asked over plain http/, { server: "http://gate.example/", token: "token-of-ci" });
    await wrong(["show", "r"], /must end with its path/, { server: "https://gate.example/?a=1" });
  });

  test("never shows the token, or a password in an address", async () => {
    for (const token of ["s3cret token", "s3cret\nX-Evil: 1", "s3crét"]) {
      const { stdout, stderr } = await ends(2, regate(["show", "r"], { server: "http://127.0.0.1:9/", token }));
      assert.match(stderr, /REGATE_TOKEN has a character that no token has/);
      assert.doesNotMatch(stdout + stderr, /s3cr/);
    }
    const { stderr } = await ends(2, regate(["show", "r"], { server: "https://user:s3cret@gate.example/" }));
    assert.match(stderr, /must not hold a name or password/);
    assert.doesNotMatch(stderr, /s3cret/);
  });
});

describe("a server", { concurrency: 3 }, () => {
  const asks = async (listener, args = ["show", "r-1"], more = {}) => regate(args, { server: await serve(listener), token: "token-of-ci", ...more });
  const json = (status, value) => (_, response) => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

  test("that says no is told in its words", async () => {
    const made = await gate();
    await withSet(made, "advisory");
    assert.match((await ends(2, made.as("mallory")("sets"))).stderr, /^error\[unauthorized\][\s\S]*help: the server does not know the token in REGATE_TOKEN/);
    assert.match((await ends(2, regate(["sets"], { server: made.server }))).stderr, /help: set REGATE_TOKEN: no token was sent/);
    assert.match((await ends(2, made.as("ann")("approve", "unknown"))).stderr, /^error\[not_found\]/);
    assert.match((await ends(2, regate(["show", "r-1"], { server: made.server.replace("/api", "/other"), token: "token-of-ann" }))).stderr, /help: is the server's address right, with its base path\?/);
    const trigger = await ends(2, made.as("ci")("run", "add.json", "--workspace", "w-1", "--trigger", "tuesday"));
    assert.match(trigger.stderr, /^error\[\w+\]: .*tuesday/);
    assert.match((await ends(1, made.as("ann")("run", "add.json", "--workspace", "w-1"))).stderr, /^error\[not_permitted\]/);
    const failed = JSON.parse((await ends(2, made.as("ann")("approve", "unknown", "--format", "json"))).stdout);
    assert.deepEqual([failed.error.code, failed.error.status], ["not_found", 404]);
  });

  test("that is down, slow or broken ends with 3", async () => {
    const closed = createServer();
    await new Promise((ready) => closed.listen(0, "127.0.0.1", ready));
    const { port } = closed.address();
    await new Promise((done) => closed.close(done));
    assert.match((await ends(3, regate(["sets"], { server: `http://127.0.0.1:${port}/` }))).stderr, /error\[server_unreachable\]: the server http:\/\/127\.0\.0\.1:\d+ cannot be reached: nothing listens there/);
    const silent = await ends(3, asks(() => {}, ["sets", "--timeout", "0.3"]));
    assert.match(silent.stderr, /error\[server_timed_out\].*did not answer within 0\.3 s/);
    const halting = await ends(3, asks((_, response) => void response.writeHead(200).write("["), ["sets", "--timeout", "0.3"]));
    assert.match(halting.stderr, /server_timed_out/);
    assert.match((await ends(3, asks(json(500, { error: "the request failed", code: "internal_error" })))).stderr, /error\[internal_error\]: the request failed/);
    assert.match((await ends(3, asks((_, response) => void response.writeHead(500).end("oops s3cret")))).stderr, /HTTP 500, no content type/);
    assert.match((await ends(3, asks((_, response) => void response.socket.destroy()))).stderr, /the connection was cut/);
    const created = { n: 0 };
    const broken = await gate({ meet: (message, response) => message.url.endsWith("/plan") && (created.n++, json(503, { error: "later", code: "busy" })(message, response), true) });
    assert.match((await ends(3, broken.as("ci")("run", "add.json", "--workspace", "w-1"))).stderr, /may be decided all the same: see regate show \S+\nerror\[busy\]: later/);
    assert.equal(created.n, 3);
  });

  test("that answers what it should not is never taken for a yes", async () => {
    for (const status of [200, 401, 403, 404, 409]) {
      const html = (_, response) => void response.writeHead(status, { "content-type": "text/html" }).end("<p>sign in</p>");
      assert.match((await ends(3, asks(html))).stderr, new RegExp(`error\\[unexpected_answer\\]: .* HTTP ${status}, text/html`));
    }
    for (const value of [null, [], {}, { id: "r-1", status: "completed" }, "completed"]) {
      assert.match((await ends(3, asks(json(200, value)))).stderr, /the server's answer is not a run/);
    }
    assert.match((await ends(3, asks(json(200, { error: "no", code: "wrong_state" })))).stderr, /the server's answer is not a run/);
  });

  // An answer that is right but for one thing.
  const changed = (suffix, change) => async (message, response) => {
    if (!message.url.endsWith(suffix)) return false;
    const answer = await fetch(`http://${message.headers.host}${message.url}?real`, { method: message.method, headers: { authorization: message.headers.authorization }, body: message.method === "POST" ? await bodyOf(message) : undefined });
    const value = await answer.json();
    json(answer.status, change(value) ?? value)(message, response);
    return true;
  };

  test("that contradicts itself, or answers about another run, is not believed", async () => {
    const plan = (change) => async () => {
      const made = await gate({ meet: changed("/plan", change) });
      await asksAnn(made);
      return ends(3, made.as("ci")("run", "add.json", "--workspace", "w-1"));
    };
    const cases = [
      (answer) => void (answer.run.status = "completed"),
      (answer) => void (answer.decision = { kind: "allow" }),
      (answer) => void (answer.decision = { kind: "permit" }),
      (answer) => void (answer.decision.requirements = []),
      (answer) => void (answer.run.requirements[0].status = "done"),
      (answer) => void (answer.run.id = "another"),
      ({ run }) => run,
    ];
    for (const change of cases) assert.match((await plan(change)()).stderr, /error\[unexpected_answer\]/);
    const made = await gate({ meet: changed("/reject", (run) => void (run.status = "completed")) });
    await asksAnn(made);
    const id = idIn(await ends(1, made.as("ci")("run", "add.json", "--workspace", "w-1")));
    assert.match((await ends(3, made.as("ann")("reject", id))).stderr, /the server took `reject`, but the run is completed/);
  });

  test("that sends on elsewhere is not followed with the token", async () => {
    const asked = [];
    const other = await serve((message, response) => {
      asked.push(message.headers.authorization);
      json(200, {})(message, response);
    });
    const away = (_, response) => void response.writeHead(307, { location: `${other}/runs/r-1` }).end();
    assert.match((await ends(3, asks(away))).stderr, /sends on to http:\/\/127\.0\.0\.1:\d+ \(HTTP 307\), which is not followed/);
    assert.deepEqual(asked, []);
  });

  test("whose list does not end is not read for ever", async () => {
    const page = json(200, { approval_rules: [], cursor: "again" });
    assert.match((await ends(3, asks(page, ["rules"]))).stderr, /the server's list of approval-rules does not end/);
  });

  test("steers no terminal with what it sends", async () => {
    const evil = "\u001b[2J\u009b2K\u202egood\n✓ ALLOWED  the run is completed";
    const made = await gate();
    await made.call("POST", "/approval-rules", { name: evil, approver_type: "team", approver_id: "t-1" });
    const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    const results = [
      await ends(1, made.as("ci")("run", "add.json", "--workspace", "w-1")),
      await ends(0, made.as("ci")("rules")),
      await ends(0, made.as("ci")("rules", "--format", "json")),
      await ends(1, asks(json(403, { error: evil, code: "not_permitted", path: evil, diagnostics: [{ severity: "error", code: evil, message: evil, file: evil, start: { line: evil }, end: {} }] }))),
      await ends(3, asks(json(403, { error: "no", code: evil }))),
    ];
    for (const { stdout, stderr } of results) {
      assert.doesNotMatch(stdout, steering);
      assert.doesNotMatch(stderr, steering);
      assert.doesNotMatch(stdout, /^✓ ALLOWED/m);
    }
  });
});
