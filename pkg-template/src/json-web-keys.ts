// JSON web keys, and sets of them, read as the engine reads them.

import { bytesOfBase64Url, type Bytes } from "./base64.js";
import { CURVES, isScalar, numberOf, pointOf } from "./curves.js";
import { MOST_RSA_BITS, withoutZeros, type PublicKey } from "./public-keys.js";
import { TokenFailure } from "./token-failures.js";
import { memberOf, objectOfJson, wholeCharacters } from "./token-json.js";

/** What a key holds: what verifies, of a private key as well, or bytes that both sides know. */
export type Material = { public: PublicKey; isPrivate: boolean } | { secret: Bytes };

/** A key with what else is said of it; empty where that is not said. */
export interface WebKey {
  material: Material;
  alg: string;
  kid: string;
  /** The seed that the public key of Ed25519 must follow from, which takes WebCrypto to see. */
  seed?: Bytes;
}

// Keys that a set may have.
const MOST_KEYS = 1_000;

/** The keys of a text: one, or a set. */
export function webKeysOf(text: string): WebKey[] {
  const value = objectOfJson(text, "failed to parse a JWK key (set)");
  const keys = memberOf(value, "keys");
  if (keys === undefined) return [webKey(value, "failed to parse sole key in key set")];
  if (!Array.isArray(keys)) throw new TokenFailure('failed to decode "keys": it is no array');
  if (keys.length > MOST_KEYS) throw new TokenFailure(`a JWK set may have ${MOST_KEYS} keys`);
  return keys.map((key, at) => webKey(key, `failed to decode key #${at} in "keys"`));
}

function webKey(value: unknown, where: string): WebKey {
  const key = new Fields(value, where);
  const [kty, alg, kid] = [key.text("kty") ?? "", key.text("alg") ?? "", key.text("kid") ?? ""];
  const isPrivate = (memberOf(value, "d") ?? null) !== null;
  if (kty === "RSA") return { material: { public: rsaKey(key, isPrivate), isPrivate }, alg, kid };
  if (kty === "EC") return { material: { public: ecKey(key, isPrivate), isPrivate }, alg, kid };
  if (kty === "oct") return { material: { secret: key.bytes("k") }, alg, kid };
  if (kty === "OKP") return { ...okpKey(key, isPrivate), alg, kid };
  throw key.failure("invalid key type");
}

function rsaKey(key: Fields, isPrivate: boolean): PublicKey {
  const [n, e] = [key.number("n"), key.number("e")];
  if (isPrivate) {
    key.number("d");
    for (const prime of ["p", "q"]) if (key.text(prime) !== undefined) key.number(prime);
  }
  return { kind: "RSA", n, e };
}

function ecKey(key: Fields, isPrivate: boolean): PublicKey {
  const name = key.text("crv");
  const curve = Object.values(CURVES).find((curve) => curve.name === name);
  // P-224 has no name among those of JSON web keys.
  if (curve === undefined || name === "P-224") throw key.failure("invalid curve");
  const point = pointOf(curve, numberOf(key.number("x")), numberOf(key.number("y")));
  if (point === undefined) throw key.failure("invalid key: it is no point of its curve");
  if (isPrivate && !isScalar(numberOf(key.number("d")), curve)) throw key.failure("invalid key: `d` is no private key of its curve");
  return { kind: "EC", point };
}

function okpKey(key: Fields, isPrivate: boolean): Pick<WebKey, "material" | "seed"> {
  const curve = key.text("crv");
  const bytes = key.bytes("x");
  if (curve === "X25519") return { material: { public: { kind: "other" }, isPrivate } };
  if (curve !== "Ed25519") throw key.failure("invalid curve");
  const of32 = (bytes: Bytes): Bytes => {
    if (bytes.length !== 32) throw key.failure("invalid key: a key of Ed25519 has 32 bytes");
    return bytes;
  };
  const material: Material = { public: { kind: "Ed25519", bytes: of32(bytes) }, isPrivate };
  return isPrivate ? { material, seed: of32(key.bytes("d")) } : { material };
}

// The members of a key. What they say stands in no message: it may be secret.
class Fields {
  readonly #value: unknown;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    this.#value = value;
    this.#where = where;
  }

  failure(why: string): TokenFailure {
    return new TokenFailure(`${this.#where}: ${why}`);
  }

  /** A text; undefined where there is none. */
  text(name: string): string | undefined {
    const value = memberOf(this.#value, name) ?? undefined;
    if (value !== undefined && typeof value !== "string") throw this.failure(`"${name}" must be a string`);
    return value === undefined ? undefined : wholeCharacters(value);
  }

  /** Bytes that must be there, in base64, of which either alphabet will do. */
  bytes(name: string): Bytes {
    const text = this.text(name);
    if (text === undefined) throw this.failure(`required field ${name} is missing`);
    const isMixed = /[+/]/.test(text) && /[-_]/.test(text);
    const bytes = isMixed ? undefined : bytesOfBase64Url(text.replaceAll("+", "-").replaceAll("/", "_"));
    if (bytes === undefined) throw this.failure(`"${name}" is no base64`);
    return bytes;
  }

  /** A number that must be there, without the zeros in front. */
  number(name: string): Bytes {
    const bytes = this.bytes(name);
    if (bytes.length * 8 > MOST_RSA_BITS) throw this.failure(`"${name}" has more than ${MOST_RSA_BITS} bits`);
    return withoutZeros(bytes);
  }
}
