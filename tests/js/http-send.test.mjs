// `http.send` and `net.lookup_ip_addr`: policies that reach a real server through `httpSend`, and what `httpSend` refuses.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { HttpSendCache, check, compile, fromBytes, httpSend, init, test as runTests, testAsync, testBundlesAsync } from "regate";
import { bundle } from "./bundle.mjs";
import { loopback } from "./loopback.mjs";
import { rejectsCode, throwsCode } from "./regate-error.mjs";

const hostBuiltins = ["http.send", "net.lookup_ip_addr"];
const json = (value, headers = {}) => (response) => response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));

let count = 0;
const ANSWERS = {
  "/json": json({ roles: ["admin"] }),
  "/yaml": (response) => response.writeHead(200, { "content-type": "application/yaml" }).end("roles: [admin]\n"),
  "/text": (response) => response.writeHead(202, { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] }).end("héllo"),
  "/echo": (response, request) => json(request)(response),
  "/broken": (response) => response.writeHead(500).end("oops"),
  "/slow": () => {},
  "/drip": (response) => void response.writeHead(200).write("a"),
  "/cut": (response) => response.destroy(),
  "/large": (response) => response.writeHead(200).end("x".repeat(5000)),
  "/here": (response) => response.writeHead(302, { location: "/echo" }).end(),
  "/kept": (response) => response.writeHead(307, { location: "/echo" }).end(),
  "/round": (response) => response.writeHead(302, { location: "/round" }).end(),
  "/away": (response) => response.writeHead(302, { location: `${other.origin}/echo` }).end(),
  "/count": (response) => json(++count)(response),
  "/fresh": (response) => json(++count, { "cache-control": "max-age=60" })(response),
  "/stale": (response) => json(++count, { "cache-control": "max-age=0" })(response),
  "/no-store": (response) => json(++count, { "cache-control": "no-store, max-age=60" })(response),
  "/expires": (response) => json(++count, { expires: new Date(Date.now() + 60_000).toUTCString() })(response),
  "/never": (response) => json(++count, { expires: "never 2050" })(response),
  "/fixed-date": (response) => json(++count, { expires: "Wed, 01 Jan 2098 00:00:00 GMT" })(response),
  "/old-date": (response) => json(++count, { expires: "Wednesday, 01-Jan-48 00:00:00 GMT" })(response),
  "/older-date": (response) => json(++count, { expires: "Wed Jan  1 00:00:00 2098" })(response),
  "/no-day": (response) => json(++count, { expires: "Wed, 31 Feb 2098 00:00:00 GMT" })(response),
  "/expired": (response) => json(++count, { expires: "0" })(response),
  "/tagged": (response, { headers }) => {
    if (headers["if-none-match"] === '"one"') return response.writeHead(304, { etag: '"one"', "x-count": String(++count) }).end();
    return json(++count, { etag: '"one"', "cache-control": "max-age=0" })(response);
  },
  "/mebibyte": async (response) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    response.writeHead(200).end("x".repeat(1 << 20));
  },
  "/flaky": (response) => (++count % 3 === 0 ? json(count)(response) : response.destroy()),
};
let server;
let other;

before(async () => {
  await init();
  other = await loopback({ "/echo": ANSWERS["/echo"] });
  server = await loopback(ANSWERS);
});
after(() => Promise.all([server.close(), other.close()]));
beforeEach(() => {
  count = 0;
  server.requests.length = 0;
  other.requests.length = 0;
});

/** A request as the engine asks it. */
function request(path, more = {}) {
  const url = path.startsWith("/") ? server.origin + path : path;
  return { method: "GET", url, headers: {}, body: null, timeout_ms: 5000, enable_redirect: false, max_retry_attempts: 0, tls: {}, cache: false, force_cache_seconds: null, cache_ignored_headers: [], ...more };
}

const rejectsNothing = async (sent) => assert.equal((await sent).status_code, 200);
const sender = (options = {}) => httpSend({ allow: [server.origin], ...options });
const bodyOf = async (sent) => JSON.parse((await sent).raw_body);

describe("httpSend", () => {
  test("sends what it is asked and gives what comes", async () => {
    const send = sender();
    const { status_code, status, headers, raw_body } = await send(request("/text"));
    assert.deepEqual([status_code, status, raw_body], [202, "202 Accepted", "héllo"]);
    assert.deepEqual([headers["content-type"], headers["set-cookie"]], [["text/plain"], ["a=1", "b=2"]]);
    const echoed = await bodyOf(send(request("/echo?a=b", { method: "POST", headers: { "X-Id": "7" }, body: "a=1" })));
    assert.deepEqual([echoed.method, echoed.url, echoed.body, echoed.headers["x-id"]], ["POST", "/echo?a=b", "a=1", "7"]);
    assert.equal(echoed.headers["content-type"], undefined);
    assert.equal((await send(request("/broken"))).status_code, 500);
    assert.equal((await send(request("/nowhere"))).status_code, 404);
  });

  test("asks nobody who is not allowed", async () => {
    await rejectsCode(sender()(request(`${other.origin}/echo`)), "request_refused");
    await rejectsCode(sender({ allow: [] })(request("/json")), "request_refused");
    await rejectsCode(sender({ allow: ["http://127.0.0.1"] })(request("/json")), "request_refused");
    await rejectsCode(sender({ allow: () => "yes" })(request("/json")), "request_refused");
    const asked = [];
    const send = sender({ allow: (address) => asked.push(address.pathname) > 0 && address.pathname === "/json" });
    assert.equal((await send(request("/json"))).status_code, 200);
    await rejectsCode(send(request("/echo")), "request_refused");
    assert.deepEqual([...new Set(asked)], ["/json", "/echo"]);
    for (const url of ["file:///etc/passwd", "data:text/plain,a", "", "nowhere", server.origin.replace("//", "//user:word@")]) {
      await rejectsCode(sender({ allow: () => true })(request(url === "" ? "" : url, { url })), "request_refused");
    }
    assert.deepEqual(server.requests.map(({ url }) => url), ["/json"]);
    assert.deepEqual(other.requests, []);
  });

  test("says what is no allow-list, and no limit", () => {
    for (const [options, path] of [
      [{}, "/allow"],
      [{ allow: "https://a.test" }, "/allow"],
      [{ allow: ["a.test"] }, "/allow/0"],
      [{ allow: ["https://a.test", "https://b.test/path"] }, "/allow/1"],
      [{ allow: ["ftp://a.test"] }, "/allow/0"],
      [{ allow: [], maxTimeoutMs: 0 }, "/maxTimeoutMs"],
      [{ allow: [], maxResponseBytes: Infinity }, "/maxResponseBytes"],
      [{ allow: [], origins: [] }, "/origins"],
    ]) {
      throwsCode(() => httpSend(options), "malformed_request", { path });
    }
    throwsCode(() => new HttpSendCache({ maxBytes: -1 }), "malformed_request", { path: "/maxBytes" });
  });

  test("refuses what fetch would leave out", async () => {
    for (const more of [
      { tls: { insecure_skip_verify: true } },
      { tls: { client_cert: "a" } },
      { tls: { ca_cert: "a" } },
      { url: "unix://localhost/a?socket=b" },
      { body: "a" },
      { method: "TRACE" },
      { headers: { Host: "elsewhere.test" } },
      { headers: { "X Y": "1" } },
      { method: "POST", body: "ab", headers: { "Content-Length": "1" } },
      { headers: { "Content-Length": "2" } },
      { headers: { "Sec-Fetch-Mode": "navigate" } },
    ]) {
      await rejectsCode(sender()(request("/json", more)), "request_refused");
    }
    assert.deepEqual(server.requests, []);
    assert.equal((await sender()(request("/json", { tls: { use_system_certs: true } }))).status_code, 200);
    const sent = await bodyOf(sender()(request("/echo", { method: "POST", body: "é", headers: { "Content-Length": "2" } })));
    assert.deepEqual([sent.body, sent.headers["content-length"]], ["é", "2"]);
  });

  test("says nothing of what is secret in what it refuses", async () => {
    for (const [more, expected] of [
      [{ headers: { Authorization: "Bearer top\nSECRET" } }, 'net/http: invalid header field value for "Authorization"'],
      [{ headers: { Authorization: "SECRET\n" } }, 'net/http: invalid header field value for "Authorization"'],
      [{ headers: { Authorization: "SECRET€" } }, 'net/http: invalid header field value for "Authorization"'],
      [{ headers: { A: "SECRET", "X Y": "SECRET" } }, 'net/http: invalid header field name "X Y"'],
      [{ url: "http://u:SECRET@a b/" }, 'parse "…@a b/": it is no address'],
      [{ url: "http://u:SEC@RET@a:b/" }, 'parse "…@a:b/": it is no address'],
    ]) {
      const { message } = await rejectsCode(sender()(request("/json", more)), "request_refused");
      assert.equal(message, expected);
    }
    assert.deepEqual(server.requests, []);
  });

  test("has so many requests under way at once, and waits no longer than it may", async () => {
    for (const [options, expected] of [[{}, 16], [{ maxConcurrentRequests: 3 }, 3]]) {
      let [underWay, most] = [0, 0];
      const fetchLater = async (...asked) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay--;
        return fetch(...asked);
      };
      const send = sender({ fetch: fetchLater, ...options });
      await Promise.all(Array.from({ length: 40 }, (_, i) => send(request(`/json?${i}`))));
      assert.deepEqual([server.requests.splice(0).length, most], [40, expected]);
    }
    const slow = sender({ maxConcurrentRequests: 1, maxTimeoutMs: 1500 });
    const asked = [slow(request("/slow")), slow(request("/json"))];
    for (const given of asked) await assert.rejects(given, /request timed out/);
    assert.equal((await slow(request("/json"))).status_code, 200);
    throwsCode(() => sender({ maxConcurrentRequests: 0 }), "malformed_request", { path: "/maxConcurrentRequests" });
  });

  test("stops when nobody wants to know any more", async () => {
    const stop = new AbortController();
    const send = sender({ maxConcurrentRequests: 1 });
    const asked = ["/slow", "/json"].map((path) => send(request(path, { max_retry_attempts: 3 }), { signal: stop.signal }));
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    for (const given of asked) await assert.rejects(given);
    await rejectsNothing(send(request("/json")));
    assert.deepEqual(server.requests.map(({ url }) => url), ["/slow", "/json"]);
  });

  test("gives up in time, and says so as OPA does", async () => {
    const asked = sender()(request("/slow", { timeout_ms: 50 }));
    await assert.rejects(asked, { message: `Get "${server.origin}/slow": request timed out` });
    await assert.rejects(sender()(request("/drip", { timeout_ms: 50 })), /request timed out/);
    await assert.rejects(sender({ maxTimeoutMs: 50 })(request("/slow", { timeout_ms: 0 })), /request timed out/);
    await assert.rejects(sender({ maxTimeoutMs: 50 })(request("/slow", { max_retry_attempts: 1e9 })), /request timed out/);
    await assert.rejects(sender()(request("/cut")), /^Error: Get "http/);
  });

  test("reads no more of a response than it may", async () => {
    assert.equal((await sender({ maxResponseBytes: 5000 })(request("/large"))).raw_body.length, 5000);
    await assert.rejects(sender({ maxResponseBytes: 4999 })(request("/large")), /the response is larger than 4999 bytes/);
  });

  test("follows redirects where that is asked, and only to who is allowed", async () => {
    const send = sender();
    const { status_code, headers } = await send(request("/here"));
    assert.deepEqual([status_code, headers.location], [302, ["/echo"]]);
    const post = { method: "POST", body: "a", headers: { "Content-Type": "text/plain", Authorization: "b" }, enable_redirect: true };
    const moved = await bodyOf(send(request("/here", post)));
    assert.deepEqual([moved.method, moved.body, moved.headers["content-type"], moved.headers.authorization], ["GET", "", undefined, "b"]);
    const kept = await bodyOf(send(request("/kept", post)));
    assert.deepEqual([kept.method, kept.body, kept.headers["content-type"]], ["POST", "a", "text/plain"]);
    await rejectsCode(send(request("/away", { enable_redirect: true })), "request_refused");
    assert.deepEqual(other.requests, []);
    const everywhere = sender({ allow: [server.origin, other.origin] });
    const away = await bodyOf(everywhere(request("/away", { enable_redirect: true, headers: { Authorization: "b", "X-Id": "1" } })));
    assert.deepEqual([away.headers.authorization, away.headers["x-id"]], [undefined, "1"]);
    const host = { Host: new URL(server.origin).host };
    const elsewhere = await bodyOf(everywhere(request("/away", { enable_redirect: true, headers: host })));
    assert.equal(elsewhere.headers.host, new URL(other.origin).host);
    await assert.rejects(send(request("/round", { enable_redirect: true })), /stopped after 10 redirects/);
  });

  test("tries again where there was no response", async () => {
    assert.equal(await bodyOf(sender()(request("/flaky", { max_retry_attempts: 2 }))), 3);
    count = 0;
    await assert.rejects(sender()(request("/flaky", { max_retry_attempts: 1 })));
    assert.equal((await sender()(request("/broken", { max_retry_attempts: 2 }))).status_code, 500);
  });

  test("keeps responses for as long as they say, where that is asked", async () => {
    for (const [path, more, expected] of [
      ["/fresh", {}, [1, 2]],
      ["/fresh", { cache: true }, [1, 1]],
      ["/expires", { cache: true }, [1, 1]],
      ["/stale", { cache: true }, [1, 2]],
      ["/fixed-date", { cache: true }, [1, 1]],
      ["/old-date", { cache: true }, [1, 1]],
      ["/older-date", { cache: true }, [1, 1]],
      ["/never", { cache: true }, [1, 2]],
      ["/no-day", { cache: true }, [1, 2]],
      ["/expired", { cache: true }, [1, 2]],
      ["/no-store", { cache: true }, [1, 2]],
      ["/count", { cache: true }, [1, 2]],
      ["/count", { cache: true, force_cache_seconds: 60 }, [1, 1]],
      ["/no-store", { cache: true, force_cache_seconds: 60 }, [1, 1]],
    ]) {
      count = 0;
      const send = sender();
      const asked = [await bodyOf(send(request(path, more))), await bodyOf(send(request(path, more)))];
      assert.deepEqual(asked, expected, `${path} ${JSON.stringify(more)}`);
    }
  });

  test("asks whether a response is still what it was", async () => {
    const send = sender();
    const first = await send(request("/tagged", { cache: true }));
    const second = await send(request("/tagged", { cache: true }));
    assert.deepEqual([first.raw_body, second.raw_body, second.status_code, second.headers["x-count"]], ["1", "1", 200, ["2"]]);
  });

  test("a forced duration ends", async () => {
    const send = sender();
    const forced = { cache: true, force_cache_seconds: 1 };
    assert.deepEqual([await bodyOf(send(request("/count", forced))), await bodyOf(send(request("/count", forced)))], [1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    assert.equal(await bodyOf(send(request("/count", forced))), 2);
  });

  test("requests are told apart by all but the headers that they name", async () => {
    const send = sender();
    const asked = (more) => bodyOf(send(request("/fresh", { cache: true, ...more })));
    assert.equal(await asked({ headers: { A: "1", B: "1" }, cache_ignored_headers: ["B"] }), 1);
    assert.equal(await asked({ headers: { A: "1", B: "2" }, cache_ignored_headers: ["B"] }), 1);
    assert.equal(await asked({ headers: { A: "2", B: "1" }, cache_ignored_headers: ["B"] }), 2);
    assert.equal(await asked({ method: "POST" }), 3);
    // Whether such a header is there tells requests apart, and so does which headers they are: what one is let see is not for all.
    const secret = { headers: { Authorization: "admin" }, cache_ignored_headers: ["Authorization"] };
    assert.equal(await asked(secret), 4);
    assert.equal(await asked({}), 5);
    assert.equal(await asked({ headers: { Cookie: "admin" }, cache_ignored_headers: ["Cookie"] }), 6);
    assert.equal(await asked({ headers: { Authorization: "admin" } }), 7);
    assert.equal(await asked(secret), 4);
  });

  test("what is forced is given to those alone that force it as long", async () => {
    const cache = new HttpSendCache();
    const asked = (path, force_cache_seconds) => bodyOf(sender({ cache })(request(path, { cache: true, force_cache_seconds })));
    for (const path of ["/no-store", "/fresh"]) {
      count = 0;
      assert.equal(await asked(path, 3600), 1, path);
      assert.equal(await asked(path, null), 2, path);
      assert.equal(await asked(path, 1), 3, path);
      assert.equal(await asked(path, 3600), 1, path);
    }
  });

  test("what is given may be changed, and changes nothing that is kept", async () => {
    const send = sender();
    for (const path of ["/fresh", "/tagged"]) {
      count = 0;
      for (let time = 0; time < 3; time++) {
        const response = await send(request(path, { cache: true }));
        assert.deepEqual([response.status_code, response.raw_body, response.headers.added], [200, "1", undefined]);
        assert.equal(response.headers["content-type"].length, 1);
        response.status_code = 403;
        response.raw_body = "false";
        response.headers.added = ["1"];
        response.headers["content-type"].push("text/plain");
      }
    }
  });

  test("a cache is shared and bounded, and gives nobody what is not allowed", async () => {
    const cache = new HttpSendCache({ maxBytes: 4000 });
    const [one, two] = [sender({ cache }), sender({ cache })];
    assert.equal(await bodyOf(one(request("/fresh", { cache: true }))), 1);
    assert.equal(await bodyOf(two(request("/fresh", { cache: true }))), 1);
    await rejectsCode(sender({ cache, allow: [other.origin] })(request("/fresh", { cache: true })), "request_refused");
    for (let i = 0; i < 20; i++) await one(request(`/fresh?${i}`, { cache: true }));
    assert.ok(cache.bytes > 0 && cache.bytes <= 4000, String(cache.bytes));
    assert.equal(await bodyOf(one(request("/fresh?19", { cache: true }))), 21);
    assert.equal(await bodyOf(one(request("/fresh", { cache: true }))), 22);
    cache.clear();
    assert.equal(cache.bytes, 0);
    const everywhere = sender({ cache, allow: [server.origin, other.origin] });
    const away = request("/away", { enable_redirect: true, cache: true, force_cache_seconds: 60 });
    await everywhere(away);
    await rejectsCode(one(away), "request_refused");
  });
});

describe("a policy", () => {
  const functions = () => ({ "http.send": sender(), "net.lookup_ip_addr": async (name) => (name === "a.test" ? ["::1", "10.0.0.1"] : Promise.reject(new Error(`lookup ${name}: no such host`))) });
  const policyOf = (source) => {
    const { policy, diagnostics } = compile(`package p\n\n${source}\n`, { hostBuiltins });
    assert.deepEqual(diagnostics, []);
    return policy;
  };
  const ask = (source, options = {}) => policyOf(source).evaluateAsync("p/x", { origin: server.origin }, { functions: functions(), ...options });
  const get = (path, more = "") => `http.send({"method": "get", "url": concat("", [input.origin, "${path}"])${more}})`;

  test("is answered with JSON, YAML and text", async () => {
    assert.deepEqual((await ask(`x := ${get("/json")}.body.roles`)).value, ["admin"]);
    assert.deepEqual((await ask(`x := ${get("/yaml")}.body.roles`)).value, ["admin"]);
    const { value } = await ask(`x := ${get("/text")}`);
    assert.deepEqual([value.status, value.status_code, value.body, value.raw_body], ["202 Accepted", 202, null, "héllo"]);
    assert.deepEqual(value.headers["set-cookie"], ["a=1", "b=2"]);
    const echoed = await ask(`x := http.send({"method": "post", "url": concat("", [input.origin, "/echo"]), "body": {"b": 1}, "headers": {"x-id": "1"}}).body`);
    assert.deepEqual([echoed.value.method, echoed.value.body, echoed.value.headers["x-id"]], ["POST", '{"b":1}', "1"]);
  });

  test("asks once for what it asks several times", async () => {
    assert.deepEqual((await ask(`x := [${get("/count")}.body, ${get("/count")}.body]`)).value, [1, 1]);
    assert.equal(server.requests.length, 1);
  });

  test("leaves nothing under way when it has failed", async () => {
    const source = `x := [answer.status_code | some i in numbers.range(1, 400); answer := http.send({"method": "get", "url": sprintf("%s/mebibyte?%d", [input.origin, i])})]`;
    await rejectsCode(ask(source), "limit_exceeded");
    const asked = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(asked < 100, String(asked));
    // Those that were on their way.
    assert.ok(server.requests.length <= asked + 16, `${server.requests.length} after ${asked}`);
  });

  test("sees what failed where it says so, and is undefined otherwise", async () => {
    const down = "http://127.0.0.1:1";
    assert.equal((await ask(`default x := "none"\n\nx := ${get("/cut")}`)).value, "none");
    await rejectsCode(ask(`x := ${get("/cut")}`, { strictBuiltinErrors: true }), "eval_builtin_error");
    const { value } = await ask(`x := ${get("/cut", ', "raise_error": false')}`);
    assert.deepEqual([value.status_code, value.error.code], [0, "eval_http_send_network_error"]);
    assert.match(value.error.message, /^Get "http/);
    const refused = await ask(`x := http.send({"method": "get", "url": "${down}", "raise_error": false})`);
    assert.equal(refused.value.error.code, "eval_http_send_internal_error");
    assert.match(refused.value.error.message, /http\.send: unallowed host: 127\.0\.0\.1:1$/);
  });

  test("looks names up", async () => {
    assert.deepEqual((await ask('x := net.lookup_ip_addr("a.test")')).value, ["10.0.0.1", "::1"]);
    assert.deepEqual(await ask('x := net.lookup_ip_addr("b.test")').then(({ defined }) => defined), false);
    const error = await rejectsCode(ask('x := net.lookup_ip_addr("b.test")', { strictBuiltinErrors: true }), "eval_builtin_error");
    assert.match(error.message, /^net\.lookup_ip_addr: lookup b\.test: no such host/);
  });

  test("is tested with what answers, where it is to be", async () => {
    const source = `package p\n\ntest_one if http.send({"method": "GET", "url": "${server.origin}/json"}).body.roles == ["admin"]\n\ntest_two if net.lookup_ip_addr("a.test") == {"::1", "10.0.0.1"}\n\ntest_mocked if http.send({}).status_code == 1 with http.send as {"status_code": 1}\n`;
    assert.deepEqual([runTests(source).passed, runTests(source).errors], [1, 2]);
    for (const report of [await testAsync(source, { functions: functions() }), await testBundlesAsync({ b: bundle({ "p.rego": source }) }, { functions: functions(), run: "test_" })]) {
      assert.deepEqual([report.passed, report.failed, report.errors], [3, 0, 0], JSON.stringify(report.results));
    }
    assert.equal(server.requests.length, 2);
    await rejectsCode(testAsync(source, { functions: {} }), "host_function_missing");
    await rejectsCode(testAsync(source, {}), "malformed_request", { path: "/functions" });
  });

  test("needs the grant, and its host", async () => {
    const source = 'package p\n\nx := http.send({"method": "get", "url": "http://a.test"})\n\ntest_x if x.status_code == 1 with http.send as {"status_code": 1}\n';
    for (const { diagnostics } of [compile(source), check(source), compile(source, { hostBuiltins: ["net.lookup_ip_addr"] })]) {
      assert.equal(diagnostics[0].code, "builtin_not_available");
      assert.match(diagnostics[0].help, /hostBuiltins: \["http\.send"\]/);
    }
    assert.deepEqual(check(source, { hostBuiltins }).diagnostics, []);
    assert.deepEqual([runTests(source).passed, runTests(source, { hostBuiltins }).passed], [1, 1]);
    throwsCode(() => compile(source, { hostBuiltins: ["count"] }), "malformed_request", { path: "/host_builtins/0" });
    const { policy } = compile(source, { hostBuiltins });
    for (const known of [policy, fromBytes(policy.toBytes())]) {
      assert.deepEqual([known.hostFunctions, known.builtins], [["http.send"], []]);
      await rejectsCode(known.evaluateAsync("p/x", {}, { functions: {} }), "host_function_missing");
      await rejectsCode(known.evaluateAsync("p/x", {}), "host_not_asked");
      const given = () => ({ status_code: 200, headers: {}, raw_body: "" });
      assert.equal(known.evaluate("p/x", {}, { functions: { "http.send": given } }).value.status, "200 OK");
    }
  });
});
