// Signatures of tokens, verified by WebCrypto for a build of the engine that has no RSA, ECDSA and Ed25519.
//
// The verdict is the full engine's, with these exceptions, each of which is stricter:
// - a salt of PSS must be as long as the hash, also for `io.jwt.verify_ps*`, which takes any there;
// - what the platform does not have ends the evaluation: P-224 everywhere, and elsewhere RSA of some sizes and exponents, P-521 or Ed25519;
// - a certificate with a name that is not plainly one, such as a URI with a user in it, is refused;
// - what a platform holds against a point of Ed25519, such as that its order is small, holds here.

import { coordinateBytes, isScalar, numberOf, type Curve } from "./curves.js";
import type { Bytes } from "./base64.js";
import { bitsOf, isSoundRsa, type PublicKey } from "./public-keys.js";
import { algorithmNamed, type Algorithm } from "./token-algorithms.js";
import { compactToken, type Header } from "./token-compact.js";
import { TokenFailure, TokenUnjudged } from "./token-failures.js";
import { importedKey, judged, keysOf, webCrypto, type VerificationKey } from "./token-keys.js";

const DECODE_VERIFY = "io.jwt.decode_verify";

/** Whether the driver answers for a builtin by itself, where a build of the engine asks for it. */
export function isTokenBuiltin(name: string): boolean {
  return name === DECODE_VERIFY || algorithmOfBuiltin(name) !== undefined;
}

// The algorithm of `io.jwt.verify_*`. Those of a secret are in every build of the engine.
function algorithmOfBuiltin(name: string): Algorithm | undefined {
  const [, alg = ""] = /^io\.jwt\.verify_((?:rs|ps|es)(?:256|384|512)|eddsa)$/.exec(name) ?? [];
  return algorithmNamed(alg === "eddsa" ? "EdDSA" : alg.toUpperCase());
}

/**
 * Whether one of the keys of a text verifies the signature of a token: for `io.jwt.verify_*` by the algorithm of the builtin, whatever the
 * header says of algorithms, and for `io.jwt.decode_verify` by that of the header.
 *
 * Throws a `TokenFailure` where the builtin fails, and a `TokenUnjudged` where this platform cannot tell.
 */
export async function verifiesToken(builtin: string, jwt: string, key: string): Promise<boolean> {
  const ofBuiltin = algorithmOfBuiltin(builtin);
  if (ofBuiltin === undefined && builtin !== DECODE_VERIFY) throw new TypeError(`\`${builtin}\` is no builtin that verifies a signature`);
  const keys = await keysOf(key);
  const { header, signed, signature } = compactToken(jwt);
  // As in the engine, which does not come to the signature then.
  if (ofBuiltin === undefined && !header.isValid) return false;
  const algorithm = ofBuiltin ?? algorithmNamed(header.alg);
  const question = { signed, signature: signature(), split: ofBuiltin === undefined ? coordinates : halves };
  if (algorithm === undefined) return false;
  return verifiesWithAny(keys, header, (key) => {
    // Whoever has a private key or a secret for a builtin that verifies alone has mixed up the two.
    const isPublic = "public" in key.material && !key.material.isPrivate;
    return (isPublic || ofBuiltin === undefined) && verifies(key, algorithm, question);
  });
}

// What is signed, with what, and how the numbers of ECDSA stand in that.
interface Question {
  signed: Bytes;
  signature: Bytes;
  split: Split;
}

// The key that the header names counts, where there is one, and else any that is for the algorithm of the header or does not say what for.
async function verifiesWithAny(
  keys: readonly VerificationKey[],
  { alg, kid }: Header,
  verifiesWith: (key: VerificationKey) => boolean | Promise<boolean>,
): Promise<boolean> {
  const named = kid === "" ? undefined : keys.find((key) => key.kid === kid);
  if (named !== undefined) return verifiesWith(named);
  let unjudged: unknown;
  for (const key of keys.filter((key) => key.alg === "" || key.alg === alg)) {
    try {
      if (await verifiesWith(key)) return true;
    } catch (thrown) {
      // A key that the platform cannot use takes nothing away from another that verifies.
      if (!(thrown instanceof TokenUnjudged)) throw unjudged ?? thrown;
      unjudged ??= thrown;
    }
  }
  if (unjudged !== undefined) throw unjudged;
  return false;
}

// The two numbers of a signature by ECDSA.
type Split = (signature: Bytes, curve: Curve) => [r: Bytes, s: Bytes];

// As the builtins of OPA that verify alone take them.
const halves: Split = (signature) => {
  const half = Math.floor(signature.length / 2);
  return [signature.subarray(0, half), signature.subarray(half)];
};

// As the standard says, each as long as a coordinate.
const coordinates: Split = (signature, curve) => (signature.length === 2 * curve.bytes ? halves(signature, curve) : [new Uint8Array(), new Uint8Array()]);

// INVARIANT (verdict): true comes from WebCrypto alone. What it is not asked about is false: a key of another kind than the algorithm's, or a
// signature that is none of the key.
async function verifies(key: VerificationKey, algorithm: Algorithm, { signed, signature, split }: Question): Promise<boolean> {
  const { material } = key;
  const written = "secret" in material ? ofSecret(material.secret, algorithm, signature) : ofPublic(material.public, algorithm, signature, split);
  if (written === undefined) return false;
  const { name, hash, hashBytes } = algorithm;
  const crypto = webCrypto();
  const imported = await importedKey(key, algorithm);
  const verdict = await judged(`verify with ${name}`, () => crypto.verify({ name, hash, saltLength: hashBytes }, imported, written, signed));
  return verdict === true;
}

// The signature as WebCrypto takes it; undefined where nothing but false can come of it.
function ofPublic(key: PublicKey, { name, hashBytes }: Algorithm, signature: Bytes, split: Split): Bytes | undefined {
  if (key.kind === "RSA" && (name === "RSASSA-PKCS1-v1_5" || name === "RSA-PSS")) {
    // A key may be too short for hash and salt.
    const fits = name !== "RSA-PSS" || Math.ceil((bitsOf(key.n) - 1) / 8) >= 2 * hashBytes + 2;
    return isSoundRsa(key) && fits && signature.length === key.n.length ? signature : undefined;
  }
  if (key.kind === "EC" && name === "ECDSA") return ofPoint(key.point.curve, signature, split);
  return key.kind === name && signature.length === 64 ? signature : undefined;
}

function ofPoint(curve: Curve, signature: Bytes, split: Split): Bytes | undefined {
  // Zeros in front do not make a number longer. What is longer without them is none of the curve.
  const numbers = split(signature, curve).map((bytes) => numberWithin(bytes, curve.bytes));
  const [r, s] = numbers;
  if (r === undefined || s === undefined || !isScalar(r, curve) || !isScalar(s, curve)) return undefined;
  if (curve.name === "P-224") throw new TokenUnjudged("WebCrypto has no curve P-224");
  return Uint8Array.of(...coordinateBytes(r, curve), ...coordinateBytes(s, curve));
}

function numberWithin(bytes: Bytes, length: number): bigint | undefined {
  const surplus = Math.max(bytes.length - length, 0);
  return bytes.subarray(0, surplus).every((byte) => byte === 0) ? numberOf(bytes.subarray(surplus)) : undefined;
}

// What everybody may know is no secret: whoever mixes up the two would let everybody sign.
function isPublic(text: string): boolean {
  const labels = text.split("-----BEGIN ").slice(1).map((label) => label.split(/[\r\n]/, 1)[0] ?? label);
  return labels.some((label) => label.includes("CERTIFICATE") || label.includes("PUBLIC KEY")) || isOtherWebKey(text);
}

// A JSON web key that is no secret, or a set of keys.
function isOtherWebKey(text: string): boolean {
  const trimmed = text.replace(/^\ufeff+/, "").trimStart();
  if (!trimmed.startsWith("{")) return false;
  try {
    const { kty, keys } = JSON.parse(trimmed) as { kty?: unknown; keys?: unknown };
    return keys !== undefined || (kty !== undefined && kty !== "oct");
  } catch {
    return false;
  }
}

function ofSecret(secret: Bytes, { name }: Algorithm, signature: Bytes): Bytes | undefined {
  if (name !== "HMAC") return undefined;
  if (isPublic(textOf(secret))) throw new TokenFailure("the secret is a public key or a certificate");
  return secret.length === 0 ? undefined : signature;
}

// Bytes that are no text are none that begins as a key does.
function textOf(bytes: Bytes): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "";
  }
}
