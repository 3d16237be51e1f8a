// Tokens and keys of each kind, and what the full engine and WebCrypto say of them.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { compile } from "regate";
// Starts the engine that these modules ask, which is none of the package.
import "../../target/package-modules/node.js";
import { TokenFailure, TokenUnjudged } from "../../target/package-modules/token-failures.js";
import { verifiesToken } from "../../target/package-modules/token-signatures.js";
import { certificateDer, pem } from "./made-certificates.mjs";

const NAMES = ["rs256", "rs384", "rs512", "ps256", "ps384", "ps512", "es256", "es384", "es512", "eddsa"];
const VERIFY = NAMES.map((name) => `io.jwt.verify_${name}`);
export const DECODE_VERIFY = "io.jwt.decode_verify";

// In an array, so that undefined, true and false are three answers.
const rules = NAMES.map((name) => `verify_${name} := [io.jwt.verify_${name}(input.jwt, input.key)]`);
const { policy } = compile(`package full\n\n${rules.join("\n\n")}\n\ndecode_verify := [io.jwt.decode_verify(input.jwt, {"cert": input.key, "aud": "tests"})[0]]\n`);

/** What the full engine says: `true`, `false`, `failed`, or which limit stopped it. */
export function ofEngine(builtin, jwt, key) {
  try {
    const answer = policy.evaluate(`full/${builtin.slice("io.jwt.".length)}`, { jwt, key }, { limits: { steps: 1_000_000_000 } });
    return answer.defined ? answer.value[0] : "failed";
  } catch (error) {
    return `stopped: ${error.limit?.name ?? error.message}`;
  }
}

/** What WebCrypto says: `true`, `false`, `failed`, or that it cannot tell. */
export async function ofDriver(builtin, jwt, key) {
  try {
    return await verifiesToken(builtin, jwt, key);
  } catch (error) {
    if (error instanceof TokenFailure) return "failed";
    if (error instanceof TokenUnjudged) return "unjudged";
    throw error;
  }
}

/** Both say the same; what they say. */
export async function verdict(builtin, jwt, key) {
  const [engine, driver] = [ofEngine(builtin, jwt, key), await ofDriver(builtin, jwt, key)];
  assert.equal(driver, engine, `${builtin}\n${jwt}\n${key}`);
  return driver;
}

/** What both say for all builtins, in the order of `VERIFY`, then `io.jwt.decode_verify`. */
export async function verdicts(jwt, key) {
  const all = [];
  for (const builtin of [...VERIFY, DECODE_VERIFY]) all.push(await verdict(builtin, jwt, key));
  return all;
}

export const onCurve = (namedCurve) => crypto.generateKeyPairSync("ec", { namedCurve });
export const rsaOf = (modulusLength, publicExponent = 65537) => crypto.generateKeyPairSync("rsa", { modulusLength, publicExponent });
export const PAIRS = {
  rsa: rsaOf(2048),
  p256: onCurve("P-256"),
  p384: onCurve("P-384"),
  p521: onCurve("P-521"),
  ed25519: crypto.generateKeyPairSync("ed25519"),
};
const ALGORITHMS = {
  rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  p256: ["ES256", "ES384", "ES512"],
  p384: ["ES256", "ES384", "ES512"],
  p521: ["ES256", "ES384", "ES512"],
  ed25519: ["EdDSA"],
};
export const EACH = Object.entries(ALGORITHMS).flatMap(([name, algorithms]) => algorithms.map((alg) => [name, alg]));
// One of each kind, where all would take long.
export const SOME = [["rsa", "RS256"], ["rsa", "PS384"], ["p256", "ES256"], ["p384", "ES384"], ["p521", "ES512"], ["ed25519", "EdDSA"]];
const PAYLOAD = '{"aud":"tests"}';
export const SECRET = "a secret that is long enough";
export const OCT = { kty: "oct", k: Buffer.from(SECRET).toString("base64url") };

export const base64Url = (text) => Buffer.from(text).toString("base64url");
export const builtinOf = (alg) => `io.jwt.verify_${alg.toLowerCase()}`;

function signatureOf(alg, key, signed, saltLength = crypto.constants.RSA_PSS_SALTLEN_DIGEST) {
  const [bytes, hash] = [Buffer.from(signed), `sha${alg.slice(2)}`];
  if (alg === "EdDSA") return crypto.sign(null, bytes, key);
  if (alg.startsWith("HS")) return crypto.createHmac(hash, key).update(bytes).digest();
  if (alg.startsWith("ES")) return crypto.sign(hash, bytes, { key, dsaEncoding: "ieee-p1363" });
  if (alg.startsWith("PS")) return crypto.sign(hash, bytes, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength });
  return crypto.sign(hash, bytes, key);
}

/** A token that is signed by an algorithm, whatever its header says. */
export function token(alg, key, header = { alg }, saltLength = undefined) {
  const signed = `${base64Url(typeof header === "string" || Buffer.isBuffer(header) ? header : JSON.stringify(header))}.${base64Url(PAYLOAD)}`;
  return `${signed}.${base64Url(signatureOf(alg, key, signed, saltLength))}`;
}

export const tokenOf = (name, alg, header) => token(alg, PAIRS[name].privateKey, header);
export const spki = ({ publicKey }) => publicKey.export({ type: "spki", format: "der" });
export const pemOf = (name) => pem("PUBLIC KEY", spki(PAIRS[name]));
export const certificateOf = (name, parts) => pem("CERTIFICATE", certificateDer(spki(PAIRS[name]), parts));
export const jwk = (name, more = {}) => ({ ...PAIRS[name].publicKey.export({ format: "jwk" }), ...more });
export const privateJwk = (name, more = {}) => ({ ...PAIRS[name].privateKey.export({ format: "jwk" }), ...more });
export const set = (...keys) => JSON.stringify({ keys });
export const without = (key, ...names) => Object.fromEntries(Object.entries(key).filter(([name]) => !names.includes(name)));

// Keys and tokens that OpenSSL made.
const folder = new URL("../engine/pem/", import.meta.url);
export const file = (name) => readFileSync(new URL(name, folder), "utf8");
export const MADE = JSON.parse(file("tokens.json"));
