// The algorithms that tokens are signed by, as WebCrypto names them.

/** How a token is signed. */
export interface Algorithm {
  name: "HMAC" | "RSASSA-PKCS1-v1_5" | "RSA-PSS" | "ECDSA" | "Ed25519";
  hash: "SHA-256" | "SHA-384" | "SHA-512";
  /** Bytes of the hash. */
  hashBytes: number;
}

const FAMILIES = { HS: "HMAC", RS: "RSASSA-PKCS1-v1_5", PS: "RSA-PSS", ES: "ECDSA" } as const;

/** The algorithm of a name as it stands in a header. `none` is none. */
export function algorithmNamed(alg: string): Algorithm | undefined {
  if (alg === "EdDSA") return { name: "Ed25519", hash: "SHA-512", hashBytes: 64 };
  const [, family, bits] = /^(HS|RS|PS|ES)(256|384|512)$/.exec(alg) ?? [];
  if (family === undefined) return undefined;
  return { name: FAMILIES[family as keyof typeof FAMILIES], hash: `SHA-${bits}` as Algorithm["hash"], hashBytes: Number(bits) / 8 };
}

/** Whether it is the name of an algorithm. */
export function isAlgorithm(alg: string): boolean {
  return algorithmNamed(alg) !== undefined;
}
