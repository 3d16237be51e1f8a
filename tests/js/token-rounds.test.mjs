// Signatures of tokens where the platform lacks what verifies them, and in a round of the host.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { describe, test } from "node:test";
// Starts the engine that these modules ask, which is none of the package.
import { RegateError } from "../../target/package-modules/node.js";
import { HostRounds, functionsOf, hostNotAsked } from "../../target/package-modules/host-functions.js";
import { TokenUnjudged } from "../../target/package-modules/token-failures.js";
import { verifiesToken } from "../../target/package-modules/token-signatures.js";
import { pem } from "./made-certificates.mjs";
import {
  base64Url,
  builtinOf,
  DECODE_VERIFY,
  jwk,
  ofDriver,
  onCurve,
  pemOf,
  rsaOf,
  set,
  spki,
  token,
  tokenOf,
} from "./made-tokens.mjs";
import { checksOf } from "./regate-error.mjs";

const { rejectsCode, throwsCode } = checksOf(RegateError);

/** Does something with another `crypto`. */
async function withCrypto(value, act) {
  const before = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value, configurable: true, writable: true });
  try {
    return await act();
  } finally {
    Object.defineProperty(globalThis, "crypto", before);
  }
}

/** The WebCrypto of this platform with some of its methods replaced. */
function subtleWith(methods) {
  const { subtle } = globalThis.crypto;
  return { subtle: new Proxy(subtle, { get: (_, name) => methods[name] ?? ((...values) => subtle[name](...values)) }) };
}

const fresh = () => crypto.generateKeyPairSync("ed25519");
const refusing = () => Promise.reject(Object.assign(new Error("Unrecognized name."), { name: "NotSupportedError" }));

describe("a platform", () => {
  test("without WebCrypto judges nothing, in a sentence", async () => {
    for (const crypto of [undefined, {}]) {
      await withCrypto(crypto, async () => {
        for (const builtin of ["io.jwt.verify_es256", DECODE_VERIFY]) {
          await assert.rejects(verifiesToken(builtin, tokenOf("p256", "ES256"), pemOf("p256")), (error) => error instanceof TokenUnjudged && /no WebCrypto/.test(error.message));
        }
      });
    }
    assert.equal(await ofDriver("io.jwt.verify_es256", tokenOf("p256", "ES256"), pemOf("p256")), true);
  });

  test("that lacks an algorithm judges nothing by it, and is asked again", async () => {
    const pair = fresh();
    const [made, key] = [token("EdDSA", pair.privateKey), pem("PUBLIC KEY", spki(pair))];
    for (const methods of [{ importKey: refusing }, { verify: refusing }]) {
      await withCrypto(subtleWith(methods), async () => {
        await assert.rejects(verifiesToken("io.jwt.verify_eddsa", made, key), (error) => error instanceof TokenUnjudged && /Ed25519/.test(error.message) && error.cause.name === "NotSupportedError");
      });
    }
    assert.equal(await ofDriver("io.jwt.verify_eddsa", made, key), true);
  });

  test("that cannot use one key of a set tries the others", async () => {
    const { subtle } = globalThis.crypto;
    const importKey = (...values) => (values[2].namedCurve === "P-521" ? refusing() : subtle.importKey(...values));
    await withCrypto(subtleWith({ importKey }), async () => {
      const key = onCurve("P-521").publicKey.export({ format: "jwk" });
      const ask = (...keys) => ofDriver(DECODE_VERIFY, tokenOf("p256", "ES256"), set(...keys));
      // A signature that is too short for the curve is false without an import, but for a builtin that takes numbers of any length.
      const askLoosely = (...keys) => ofDriver("io.jwt.verify_es256", tokenOf("p256", "ES256"), set(...keys));
      assert.equal(await ask(key, jwk("p256")), true);
      assert.equal(await askLoosely(key, jwk("p256")), true);
      assert.equal(await askLoosely(key, jwk("p384")), "unjudged");
      assert.equal(await askLoosely(key, jwk("p384", { kid: "a" }), jwk("rsa")), "unjudged");
    });
  });

  test("imports a key once for each text and algorithm, and keeps a bounded number of texts", async () => {
    const imports = [];
    const { subtle } = globalThis.crypto;
    const counting = subtleWith({ importKey: (...values) => (imports.push(values[2].name), subtle.importKey(...values)) });
    const pair = rsaOf(1024);
    const key = pem("PUBLIC KEY", spki(pair));
    const asked = async (alg) => assert.equal(await verifiesToken(builtinOf(alg), token(alg, pair.privateKey), key), true);
    await withCrypto(counting, async () => {
      for (const alg of ["RS256", "PS256", "RS256", "PS256", "RS256"]) await asked(alg);
      assert.deepEqual(imports.splice(0), ["RSASSA-PKCS1-v1_5", "RSA-PSS"]);
      const others = Array.from({ length: 70 }, fresh);
      for (const other of others) assert.equal(await verifiesToken("io.jwt.verify_eddsa", token("EdDSA", other.privateKey), pem("PUBLIC KEY", spki(other))), true);
      assert.equal(imports.splice(0).length, 70);
      await asked("RS256");
      assert.deepEqual(imports.splice(0), ["RSASSA-PKCS1-v1_5"]);
      const last = others.at(-1);
      assert.equal(await verifiesToken("io.jwt.verify_eddsa", token("EdDSA", last.privateKey), pem("PUBLIC KEY", spki(last))), true);
      assert.deepEqual(imports, []);
    });
  });

  // A search that goes back and forth over such a text would take hours.
  test("is not kept busy by texts that are made for it", { timeout: 300_000 }, async () => {
    const refused = async (jwt, key) => assert.ok([false, "failed", "unjudged"].includes(await ofDriver("io.jwt.verify_es256", jwt, key)), key.slice(0, 40));
    const texts = ["\n-----BEGIN X-----", "-----BEGIN X-----\n", "-----BEGIN X-----\nAAAA\n", "-----BEGIN X-----\na: b\n", " ", "=", "A", "[", '{"a":', '"\\', "-----BEGIN X-----\n-----END Y-----\n"].map((part) => part.repeat(100_000));
    const ends = ["", `\n-----END X-----${" ".repeat(100_000)}x`, "\n-----END X-----\n"];
    for (const text of texts) for (const end of ends) await refused(tokenOf("p256", "ES256"), text + end);
    for (const text of texts) await refused(`${base64Url(text)}.e30.${"A".repeat(1_000_000)}`, pemOf("p256"));
    await refused(".".repeat(1_000_000), pemOf("p256"));
    await refused(`${base64Url('{"alg":"ES256"}')}.e30.${"A".repeat(4_000_000)}`, pemOf("p256"));
  });

  test("says nothing of tokens and keys where they fail", async () => {
    const secret = "c2VjcmV0IHRoYXQgbm9ib2R5IG1heSBzZWU";
    const texts = [secret, `{"kty":"oct","k":"${secret}*"}`, `{"kty":"${secret}"}`, `{"kty":"EC","crv":"${secret}"}`, `{"kty":"oct","k":"${secret}"`, `-----BEGIN ${secret}-----\nAAAA\n-----END ${secret}-----\n`];
    const silent = (error) => !`${error.message} ${error.cause ?? ""}`.includes(secret);
    for (const text of texts) await assert.rejects(verifiesToken("io.jwt.verify_es256", tokenOf("p256", "ES256"), text), silent);
    for (const text of [secret, `${secret}.${secret}.*`, `${base64Url(secret)}.e30.`, `${secret}*.e30.`]) await assert.rejects(verifiesToken("io.jwt.verify_es256", text, pemOf("p256")), silent);
  });
});

describe("a round of the host", () => {
  const need = (name, ...values) => ({ function: name, arguments: JSON.stringify(values) });
  const good = () => need("io.jwt.verify_es256", tokenOf("p256", "ES256"), pemOf("p256"));

  test("is answered by the driver where no function is given", async () => {
    const rounds = new HostRounds(new Map(), "number");
    const needs = [good(), need(DECODE_VERIFY, tokenOf("p256", "ES256"), pemOf("p384")), need("io.jwt.verify_rs256", "a", pemOf("rsa")), need("io.jwt.verify_rs256", 1, null)];
    await rounds.answerAsync({ needs });
    const answers = JSON.parse(rounds.answers);
    assert.deepEqual(answers.map(({ function: name, arguments: text }) => ({ function: name, arguments: text })), needs);
    assert.deepEqual(answers.map(({ value }) => value), [true, false, undefined, undefined]);
    assert.deepEqual(answers.slice(0, 2).map(({ error }) => error), [undefined, undefined]);
    assert.equal(answers[2].error, "encoded JWT had no period separators");
    assert.match(answers[3].error, /takes a token/);
    assert.ok(answers.every((answer) => !("refused" in answer)));
  });

  test("asks a function that is given first", async () => {
    const rounds = new HostRounds(new Map([["io.jwt.verify_es256", () => false], ["acme.id", () => 7]]), "number");
    await rounds.answerAsync({ needs: [good(), need("acme.id"), need(DECODE_VERIFY, tokenOf("p256", "ES256"), pemOf("p256"))] });
    assert.deepEqual(JSON.parse(rounds.answers).map(({ value }) => value), [false, 7, true]);
    const atOnce = new HostRounds(new Map([["io.jwt.verify_es256", () => true]]), "number");
    atOnce.answer({ needs: [good()] });
    assert.deepEqual(JSON.parse(atOnce.answers).map(({ value }) => value), [true]);
  });

  test("ends the evaluation where the signature cannot be judged", async () => {
    const pair = onCurve("secp224r1");
    const needs = [good(), need("io.jwt.verify_es256", token("ES256", pair.privateKey), pem("PUBLIC KEY", spki(pair)))];
    const error = await rejectsCode(new HostRounds(new Map(), "number").answerAsync({ needs }), "host_failed");
    assert.match(error.message, /`io\.jwt\.verify_es256`: WebCrypto has no curve P-224/);
    await withCrypto(undefined, async () => {
      const error = await rejectsCode(new HostRounds(new Map(), "number").answerAsync({ needs: [good()] }), "host_failed");
      assert.match(error.message, /no WebCrypto/);
    });
  });

  test("that does not wait is refused, with what to do", () => {
    const error = throwsCode(() => new HostRounds(new Map(), "number").answer({ needs: [good()] }), "host_not_asked");
    assert.match(error.help, /evaluateAsync\(\)/);
    // Before any function is called.
    const rounds = new HostRounds(new Map([["acme.id", () => assert.fail("called")]]), "number");
    throwsCode(() => rounds.answer({ needs: [need("acme.id"), good()] }), "host_not_asked");
    assert.match(hostNotAsked({ needs: [good()] }, "evaluate").help, /evaluateAsync\(\)/);
    assert.match(hostNotAsked({ needs: [good(), need("acme.id")] }, "evaluate").message, /`acme\.id`/);
  });

  test("needs no function for what the driver answers, and one for all else", () => {
    assert.deepEqual([...functionsOf({}, ["io.jwt.verify_es256", DECODE_VERIFY]).keys()], []);
    assert.deepEqual([...functionsOf({ [DECODE_VERIFY]: () => true }, [DECODE_VERIFY]).keys()], [DECODE_VERIFY]);
    throwsCode(() => functionsOf({}, ["io.jwt.verify_es256", "acme.id"]), "host_function_missing");
    throwsCode(() => functionsOf({}, ["io.jwt.verify_hs256"]), "host_function_missing");
  });
});
