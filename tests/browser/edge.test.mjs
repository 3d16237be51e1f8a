// The edge build in Chromium, as files that no bundler has touched, under the page's content security policy: programs that were compiled
// in Node, and tokens whose signatures the browser verifies.

import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compile } from "regate";
import { needsChromium, openBrowser, root } from "./chromium.mjs";

const source = `package gate
import rego.v1

default allow := false

allow if {
  glob.match("*.example.com", [], input.host)
  io.jwt.verify_es256(input.token, input.key)
}

names contains lower(name) if some name in input.names
digest := crypto.sha256(json.marshal(input.names))`;

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const base64Url = (bytes) => Buffer.from(bytes).toString("base64url");
const signed = `${base64Url('{"alg":"ES256"}')}.${base64Url('{"sub":"ann"}')}`;
const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
const input = {
  host: "a.example.com",
  names: ["Ann", "BOB"],
  key: publicKey.export({ type: "spki", format: "pem" }),
  token: `${signed}.${base64Url(signature)}`,
};

describe("the edge build in Chromium", needsChromium(), () => {
  const { policy } = compile(source);
  let browser;
  let opened;

  before(async () => {
    browser = await openBrowser();
    const fileOf = (route) => join(root, "pkg", "dist", new URL(route.request().url()).pathname.replace(/^.*\/package\//, ""));
    const served = (context) => context.route("**/package/**", (route) => route.fulfill({ path: fileOf(route) }));
    opened = await browser.open({ before: served });
    await opened.page.evaluate(async (bytes) => {
      const edge = await import("/package/edge/browser.js");
      await edge.init();
      const program = edge.fromBytes(Uint8Array.from(bytes));
      globalThis.asked = (entrypoint, given) => program.evaluateAsync(entrypoint, given);
      globalThis.compiles = "compile" in edge;
    }, [...policy.toBytes({ sources: false })]);
  });
  after(async () => {
    await opened?.close();
    await browser?.close();
  });

  const asked = (entrypoint, given) => opened.page.evaluate(([at, value]) => globalThis.asked(at, value), [entrypoint, given]);

  it("answers what the full build answers in Node, at the same cost", async () => {
    for (const entrypoint of ["gate/names", "gate/digest"]) assert.deepEqual(await asked(entrypoint, input), policy.evaluate(entrypoint, input));
    assert.equal(await opened.page.evaluate(() => globalThis.compiles), false);
  });

  it("lets the browser verify a signature, and allows nothing where it is another's", async () => {
    assert.equal((await asked("gate/allow", input)).value, true);
    const other = input.token.replace(/\.[^.]*$/, `.${base64Url(Buffer.alloc(64, 1))}`);
    assert.equal((await asked("gate/allow", { ...input, token: other })).value, false);
    assert.equal((await asked("gate/allow", { ...input, host: "example.org" })).value, false);
  });
});
