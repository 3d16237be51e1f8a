// `regate/edge` in workerd: programs of the full build, and signatures by the WebCrypto of the platform.

import { compile } from "regate";
import { capabilities, fromBytes } from "regate/edge";
import { expect, it } from "vitest";

const encoded = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const part = (value) => encoded(new TextEncoder().encode(JSON.stringify(value)));

function loaded(source) {
  const { policy } = compile(source, { target: "edge" });
  return [policy, fromBytes(policy.toBytes({ sources: false }))];
}

it("answers as the full build, at the same cost", () => {
  const [full, edge] = loaded(`package p
    allow if regex.match("^[a-z]+$", input.user)
    names contains upper(item) if some item in input.items
    digest := crypto.sha256(input.user)`);
  for (const input of [{ user: "ada", items: ["a", "b"] }, { user: "Ada", items: [] }]) {
    for (const entrypoint of full.entrypoints) expect(edge.evaluate(entrypoint, input)).toEqual(full.evaluate(entrypoint, input));
  }
  expect(capabilities().builtins.find(({ name }) => name === "yaml.marshal").available).toBe(false);
});

const ALGORITHMS = [
  ["es256", { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }, "ES256"],
  ["es384", { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" }, "ES384"],
  ["rs256", { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, "RS256"],
  ["ps512", { name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-512", saltLength: 64 }, "PS512"],
  ["eddsa", { name: "Ed25519" }, "EdDSA"],
];

it.each(ALGORITHMS)("verifies %s", async (name, algorithm, alg) => {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const key = JSON.stringify(await crypto.subtle.exportKey("jwk", publicKey));
  const [full, edge] = loaded(`package p
    verified := io.jwt.verify_${name}(input.token, input.key)
    decoded := io.jwt.decode_verify(input.token, {"cert": input.key, "alg": "${alg}"})`);
  const token = async (claims) => {
    const signed = `${part({ alg })}.${part(claims)}`;
    const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed));
    return `${signed}.${encoded(new Uint8Array(signature))}`;
  };
  const right = await token({ sub: "ada" });
  const wrong = `${part({ alg })}.${part({ sub: "eve" })}.${right.split(".")[2]}`;
  for (const [given, expected] of [[right, true], [wrong, false], [await token({ exp: 1 }), true]]) {
    const input = { token: given, key };
    expect((await edge.evaluateAsync("p/verified", input)).value).toBe(expected);
    const [here, there] = [await edge.evaluateAsync("p/decoded", input, { nowMs: 1e12 }), full.evaluate("p/decoded", input, { nowMs: 1e12 })];
    expect(here.value).toEqual(there.value);
  }
});
