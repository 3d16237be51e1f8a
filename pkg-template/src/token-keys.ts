// The keys that signatures of tokens are verified with: of a certificate, a public key or JSON web keys, kept for the next token.

import { base64UrlOf, type Bytes } from "./base64.js";
import { keyOfCertificate } from "./certificates.js";
import { webKeysOf, type Material } from "./json-web-keys.js";
import { firstPemBlock } from "./pem.js";
import { keyOfBlock, pointBytes, rsaJsonWebKey, type PublicKey } from "./public-keys.js";
import { isAlgorithm, type Algorithm } from "./token-algorithms.js";
import { TokenFailure, TokenUnjudged } from "./token-failures.js";

/** A key to verify with, and what else is said of it; empty where that is not said. */
export interface VerificationKey {
  material: Material;
  alg: string;
  kid: string;
  /** What WebCrypto made of it, by what it is imported for. */
  imported: Map<string, CryptoKey>;
}

// Texts that are kept, of so many characters at the most: a platform verifies with the same keys again and again. What was not used for the
// longest time goes first.
const MOST_TEXTS = 64;
const MOST_CHARACTERS = 64 * 1024;
// Values and no promises of them: in a Worker a request must not wait for what another one began. Two that begin at once both import.
const known = new Map<string, readonly VerificationKey[]>();

/** The keys of a text. Those for an algorithm that nobody knows are left out. */
export async function keysOf(text: string): Promise<readonly VerificationKey[]> {
  const keys = known.get(text) ?? (await readKeys(text));
  if (text.length <= MOST_CHARACTERS) keep(text, keys);
  return keys;
}

function keep(text: string, keys: readonly VerificationKey[]): void {
  known.delete(text);
  known.set(text, keys);
  const [oldest = ""] = known.keys();
  if (known.size > MOST_TEXTS) known.delete(oldest);
}

async function readKeys(text: string): Promise<VerificationKey[]> {
  const block = firstPemBlock(text);
  if (block === undefined) {
    const keys = webKeysOf(text);
    for (const { material, seed } of keys) {
      if (seed !== undefined && "public" in material) await requireSeedOf(seed, material.public);
    }
    const usable = keys.filter(({ alg }) => alg === "" || isAlgorithm(alg));
    return usable.map(({ material, alg, kid }) => ({ material, alg, kid, imported: new Map() }));
  }
  if (!block.isLast) throw new TokenFailure("extra data after a PEM certificate block");
  return [{ material: { public: keyOfPem(block.label, block.bytes), isPrivate: false }, alg: "", kid: "", imported: new Map() }];
}

function keyOfPem(label: string, bytes: Bytes): PublicKey {
  if (label === "CERTIFICATE") return keyOfCertificate(bytes);
  if (label === "PUBLIC KEY") return keyOfBlock(bytes);
  throw new TokenFailure("failed to extract a Key from the PEM certificate");
}

// What stands in PKCS #8 in front of the seed of a private key of Ed25519.
const BEFORE_SEED = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

async function requireSeedOf(seed: Bytes, key: PublicKey): Promise<void> {
  const crypto = webCrypto();
  const { x } = await judged("make the public key of a private key of Ed25519", async () => {
    const made = await crypto.importKey("pkcs8", Uint8Array.of(...BEFORE_SEED, ...seed), { name: "Ed25519" }, true, ["sign"]);
    return crypto.exportKey("jwk", made);
  });
  if (key.kind !== "Ed25519" || x !== base64UrlOf(key.bytes)) throw new TokenFailure("invalid key: `x` does not belong to `d`");
}

/** The key as WebCrypto verifies with it by an algorithm of its kind. */
export async function importedKey(key: VerificationKey, algorithm: Algorithm): Promise<CryptoKey> {
  const [purpose, importKey] = importOf(key.material, algorithm);
  const found = key.imported.get(purpose);
  if (found !== undefined) return found;
  const imported = await judged(`import a key for ${purpose}`, importKey);
  key.imported.set(purpose, imported);
  return imported;
}

// What a key is imported for, and how.
function importOf(material: Material, { name, hash }: Algorithm): [purpose: string, importKey: () => Promise<CryptoKey>] {
  const crypto = webCrypto();
  if ("secret" in material) {
    return [`${name} with ${hash}`, () => crypto.importKey("raw", material.secret, { name, hash }, false, ["verify"])];
  }
  const { public: key } = material;
  switch (key.kind) {
    case "RSA":
      return [`${name} with ${hash}`, () => crypto.importKey("jwk", rsaJsonWebKey(key), { name, hash }, false, ["verify"])];
    case "EC": {
      const namedCurve = key.point.curve.name;
      return [`${name} on ${namedCurve}`, () => crypto.importKey("raw", pointBytes(key.point), { name, namedCurve }, false, ["verify"])];
    }
    case "Ed25519":
      return [name, () => crypto.importKey("raw", key.bytes, { name }, false, ["verify"])];
    case "other":
      throw new TypeError("a key that verifies nothing is not imported");
  }
}

/** The WebCrypto of this platform. */
export function webCrypto(): SubtleCrypto {
  const subtle = (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto?.subtle;
  if (subtle !== undefined) return subtle;
  throw new TokenUnjudged("this platform has no WebCrypto (`crypto.subtle`), which browsers give to secure contexts alone");
}

/** Does something with WebCrypto, which refuses what it does not have. */
export async function judged<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new TokenUnjudged(`the WebCrypto of this platform cannot ${what}`, { cause });
  }
}
