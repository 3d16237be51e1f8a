// The request that an external check provider gets, sent to a real server: signed, tried again, bounded, and to no private address.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { governance, hostOver, providerTokens, requestCheck } from "regate";
import { memoryStore } from "regate/adapters/memory";
import { planOf } from "./plans.mjs";

const SECRET = "s3cret-of-the-scan";
const asked = [];
/** What the provider's server does with each request, the last of them for all that follow. */
let answers = [202];
let server;
let origin;

before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      asked.push({ headers: request.headers, body: JSON.parse(body) });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === "silence") return;
      if (answer === "hang up") return void request.socket.destroy();
      response.writeHead(answer, answer === 302 ? { location: `${origin}/elsewhere` } : {}).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** Goes to the server above wherever the provider is said to be: its certificate is not what is tested here. */
const send = (url, init) => fetch(url.replace("https://scan.example", origin), init);

/** The notice of a run that waits for a check, and the host that signs for it. */
async function noticed() {
  const notices = [];
  const host = hostOver(memoryStore(), {
    who: ({ asker }) => ({ id: asker, email: null, org_role: "admin", is_session: false, may: ["read", "trigger"] }),
    notify: (told) => void notices.push(...told),
    ...providerTokens(() => SECRET),
    storeSecret() {},
  });
  const service = governance(host, { org_id: "o-1", asker: "ci" });
  await service.workspaces.put("w-1", { name: "shop", project_id: "p-1" });
  const { id: provider } = await service.providers.create({ name: "scan", callback_url: "https://scan.example/checks" });
  await service.providers.attachScope(provider, { scope_type: "org", scope_id: "o-1" });
  const { id } = await service.runs.create({ workspace_id: "w-1", trigger: "push" });
  await service.runs.deliverPlan(id, planOf("add"));
  const notice = notices.find(({ kind }) => kind === "external_check_requested");
  // Pauses of a test.
  return { notice: { ...notice, delivery: { ...notice.delivery, first_pause_ms: 1 } }, provider, run: id, host, delivery: notice.delivery };
}

const fails = (promise, message) => assert.rejects(promise, (thrown) => thrown.code === "check_not_delivered" && message.test(thrown.message) && !String(thrown.stack).includes(SECRET));

describe("the request of an external check", () => {
  test("says how it is to be sent: three tries of ten seconds with growing pauses", async () => {
    assert.deepEqual((await noticed()).delivery, { tries: 3, timeout_ms: 10_000, first_pause_ms: 1_000 });
  });

  test("carries the run and the host's signature, and no secret", async () => {
    const { notice, provider, run, host } = await noticed();
    answers = [202];
    assert.equal(await requestCheck(notice, host, { fetch: send }), 202);
    const { headers, body } = asked.at(-1);
    assert.equal(headers.authorization, `Bearer ${createHmac("sha256", SECRET).update(`${provider}:${run}`).digest("hex")}`);
    assert.deepEqual([body.event, body.run_id, body.respond_to], ["external_check.requested", run, `/runs/${run}/external-checks/${provider}`]);
    assert.ok(!JSON.stringify([headers, body, notice]).includes(SECRET));
  });

  test("is sent again after an error of the server or the line, and not after any other answer", async () => {
    const { notice, host } = await noticed();
    for (const [sequence, status, tries] of [[[503, "hang up", 200], 200, 3], [[500, 404], 404, 2], [[302], 302, 1], [[401], 401, 1]]) {
      answers = [...sequence];
      const from = asked.length;
      assert.equal(await requestCheck(notice, host, { fetch: send }), status);
      assert.equal(asked.length - from, tries);
    }
  });

  test("ends after its tries, each within its time", async () => {
    const { notice, host } = await noticed();
    answers = [503];
    const from = asked.length;
    await fails(requestCheck(notice, host, { fetch: send }), /answered 503, 3 times/);
    assert.equal(asked.length - from, 3);
    answers = ["silence"];
    await fails(requestCheck({ ...notice, delivery: { tries: 2, timeout_ms: 20, first_pause_ms: 1 } }, host, { fetch: send }), /did not answer within 20 ms, 2 times/);
  });

  test("goes over https to public addresses alone", async () => {
    const { notice, host } = await noticed();
    const to = (callback_url, options = {}) => requestCheck({ ...notice, callback_url, delivery: { ...notice.delivery, tries: 1 } }, host, { fetch: async (url) => (reached.push(url), new Response(null)), ...options });
    const reached = [];
    for (const url of [
      "https://localhost/", "https://LOCALHOST./", "https://db.internal/", "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://10.1.2.3/", "https://172.16.0.1/",
      "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/", "https://0.0.0.0/", "https://224.0.0.1/", "https://[::1]/", "https://[::]/",
      "https://[fd00::1]/", "https://[fe80::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[::127.0.0.1]/", "https://[2002:7f00:1::]/", "https://[fec0::1]/", "https://[ff02::1]/", "https://198.18.0.1/", "https://192.0.0.1/",
    ]) {
      await fails(to(url), /of this machine or of a private network/);
    }
    await fails(to("http://scan.example/"), /not https/);
    await fails(to("no address"), /its address is none/);
    await assert.rejects(requestCheck(notice, host, { allowPrivateAdresses: true }), ({ code }) => code === "malformed_request");
    assert.deepEqual(reached, []);
    for (const url of ["https://scan.example/", "https://172.32.0.1/", "https://100.128.0.1/", "https://[2606:4700::1]/"]) await to(url);
    await to("https://127.0.0.1/", { allowPrivateAddresses: true });
    assert.equal(reached.length, 5);
  });

  test("of a host that cannot sign is not sent, and what its sign() throws is not passed on", async () => {
    const { notice, host } = await noticed();
    await fails(requestCheck(notice, { ...host, sign: undefined }, { fetch: send }), /no sign\(\)/);
    const sealed = { ...host, sign: () => { throw new Error(SECRET); } };
    await assert.rejects(requestCheck(notice, sealed, { fetch: send }), (thrown) => thrown.code === "host_failed" && thrown.cause === undefined && !String(thrown.stack).includes(SECRET));
  });
});
