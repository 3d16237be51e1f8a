// Public keys as certificates and PEM have them, and what of them WebCrypto verifies with.

import { base64UrlOf, type Bytes } from "./base64.js";
import { CURVES, coordinateBytes, pointOfBytes, type Point } from "./curves.js";
import { DerReader } from "./der.js";
import { TokenFailure } from "./token-failures.js";

/** A key that signatures are verified with. The numbers of RSA are without zeros in front. */
export type PublicKey = { kind: "RSA"; n: Bytes; e: Bytes } | { kind: "EC"; point: Point } | { kind: "Ed25519"; bytes: Bytes } | { kind: "other" };

/** Bits that the modulus of a key may have at the most, and must have at the least to verify with. */
export const MOST_RSA_BITS = 16_384;
const LEAST_RSA_BITS = 1_024;

const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";
// Keys that verify nothing: of DSA, and of X25519.
const OTHERS: readonly string[] = ["1.2.840.10040.4.1", "1.3.101.110"];

/** The key of the bytes in a block `PUBLIC KEY`. */
export function keyOfBlock(bytes: Bytes): PublicKey {
  const reader = new DerReader(bytes);
  const parts = reader.list("asn1: structure error: malformed public key");
  if (!reader.isEmpty) throw new TokenFailure("x509: trailing data after ASN.1 of public-key");
  const { kind, key } = keyOfParts(parts);
  if (key.kind === "other" && !OTHERS.includes(kind)) throw new TokenFailure("x509: unknown public key algorithm");
  return key;
}

/** The key in a list of its kind and its bits, and the object identifier of the kind. */
export function keyOfParts(parts: DerReader): { kind: string; key: PublicKey } {
  const named = parts.list("x509: malformed public key algorithm identifier");
  const kind = named.objectId("x509: malformed OID");
  const parameters = named.isEmpty ? new Uint8Array() : named.part("x509: malformed parameters").whole;
  return { kind, key: keyOf(kind, parameters, parts.bits("x509: malformed subjectPublicKey")) };
}

function keyOf(kind: string, parameters: Bytes, bytes: Bytes): PublicKey {
  if (kind === RSA) return rsaKey(parameters, bytes);
  if (kind === EC) {
    const curve = CURVES[new DerReader(parameters).objectId("x509: invalid ECDSA parameters")];
    if (curve === undefined) throw new TokenFailure("x509: unsupported elliptic curve");
    const point = pointOfBytes(curve, bytes);
    if (point === undefined) throw new TokenFailure("x509: failed to unmarshal elliptic curve point");
    return { kind: "EC", point };
  }
  if (kind !== ED25519) return { kind: "other" };
  if (parameters.length > 0) throw new TokenFailure("x509: Ed25519 key encoded with illegal parameters");
  if (bytes.length !== 32) throw new TokenFailure("x509: wrong Ed25519 public key size");
  return { kind: "Ed25519", bytes };
}

function rsaKey(parameters: Bytes, bytes: Bytes): PublicKey {
  if (parameters.length !== 2 || parameters[0] !== 5 || parameters[1] !== 0) throw new TokenFailure("x509: RSA key missing NULL parameters");
  const parts = new DerReader(bytes).list("x509: invalid RSA public key");
  const positive = (name: string): Bytes => {
    const integer = parts.integer(`x509: invalid RSA ${name}`);
    if ((integer[0] ?? 0) >= 0x80 || withoutZeros(integer).length === 0) throw new TokenFailure(`x509: RSA ${name} is not a positive number`);
    return withoutZeros(integer);
  };
  const n = positive("modulus");
  const e = positive("public exponent");
  if (bitsOf(n) > MOST_RSA_BITS) throw new TokenFailure(`x509: the RSA modulus has ${bitsOf(n)} bits, and may have ${MOST_RSA_BITS}`);
  if (bitsOf(e) > 63) throw new TokenFailure("x509: invalid RSA public exponent");
  return { kind: "RSA", n, e };
}

/** The bytes of a number without the zeros in front. */
export function withoutZeros(bytes: Bytes): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array() : bytes.subarray(first);
}

/** The bits of a number that has no zeros in front. */
export function bitsOf(bytes: Bytes): number {
  const [first] = bytes;
  return first === undefined ? 0 : bytes.length * 8 - (Math.clz32(first) - 24);
}

/** Whether a key of RSA is one to verify with: with others nothing is verified, as in Go. */
export function isSoundRsa({ n, e }: { n: Bytes; e: Bytes }): boolean {
  const isOdd = (bytes: Bytes): boolean => ((bytes.at(-1) ?? 0) & 1) === 1;
  const isWithin = bitsOf(n) >= LEAST_RSA_BITS && bitsOf(n) <= MOST_RSA_BITS;
  return isWithin && isOdd(n) && isOdd(e) && bitsOf(e) > 1 && bitsOf(e) <= 31;
}

/** What WebCrypto reads a key of RSA from. */
export function rsaJsonWebKey({ n, e }: { n: Bytes; e: Bytes }): JsonWebKey {
  return { kty: "RSA", n: base64UrlOf(n), e: base64UrlOf(e) };
}

/** What WebCrypto reads a point from. */
export function pointBytes({ curve, x, y }: Point): Bytes {
  return Uint8Array.of(4, ...coordinateBytes(x, curve), ...coordinateBytes(y, curve));
}
