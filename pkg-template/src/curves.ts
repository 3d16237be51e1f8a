// The elliptic curves of NIST: what is a point of one, and what a private key or a number of a signature.

/** A curve `y² = x³ - 3x + b` over the integers modulo `p`, with a group of `order`. */
export interface Curve {
  /** What WebCrypto and JSON web keys call it. */
  name: string;
  /** Bytes of a coordinate. */
  bytes: number;
  p: bigint;
  b: bigint;
  order: bigint;
}

/** A point that is on its curve. */
export interface Point {
  curve: Curve;
  x: bigint;
  y: bigint;
}

/** The curves, by their object identifiers. */
export const CURVES: { readonly [id: string]: Curve } = {
  "1.3.132.0.33": {
    name: "P-224",
    bytes: 28,
    p: 2n ** 224n - 2n ** 96n + 1n,
    b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
    order: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
  },
  "1.2.840.10045.3.1.7": {
    name: "P-256",
    bytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  "1.3.132.0.34": {
    name: "P-384",
    bytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  "1.3.132.0.35": {
    name: "P-521",
    bytes: 66,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    order: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
};

/** The point with these coordinates; undefined where it is not on the curve. */
export function pointOf(curve: Curve, x: bigint, y: bigint): Point | undefined {
  const { p, b } = curve;
  if (x >= p || y >= p) return undefined;
  return (y * y - x * x * x + 3n * x - b) % p === 0n ? { curve, x, y } : undefined;
}

/** The point that bytes say: four, and both coordinates. */
export function pointOfBytes(curve: Curve, bytes: Uint8Array): Point | undefined {
  if (bytes[0] !== 4 || bytes.length !== 1 + 2 * curve.bytes) return undefined;
  return pointOf(curve, numberOf(bytes.subarray(1, 1 + curve.bytes)), numberOf(bytes.subarray(1 + curve.bytes)));
}

/** Whether a number is one of 1 to the order of the group, without that: a private key, or a number of a signature. */
export function isScalar(number: bigint, { order }: Curve): boolean {
  return number > 0n && number < order;
}

/** The number that bytes say, the first one first. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}

/** The bytes of a number, as long as a coordinate. It fits. */
export function coordinateBytes(number: bigint, { bytes }: Curve): Uint8Array {
  const digits = number.toString(16).padStart(2 * bytes, "0");
  return Uint8Array.from({ length: bytes }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}
