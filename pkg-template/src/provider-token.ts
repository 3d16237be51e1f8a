// The tokens of external check providers, by WebCrypto: for hosts that hold the secrets themselves.

import { RegateError } from "./errors.js";
import type { MaybePromise } from "./host.js";

/** The secret of a provider; undefined or null where none is stored. */
export type SecretOf = (providerId: string) => MaybePromise<string | undefined | null>;

/** The two callbacks of a host that tokens are made and checked with. */
export interface ProviderTokens {
  /** The token of a message. Without a secret it throws `no_secret`. */
  sign(providerId: string, message: string): Promise<string>;
  /** Whether a token is the message's. False for whatever is no token, and without a secret. */
  verify(providerId: string, message: string, token: string): Promise<boolean>;
}

/**
 * `sign` and `verify` for a host: HMAC-SHA256 in lower-case hexadecimal, compared in constant time.
 *
 * `secretOf` is asked each time, so that a replaced secret counts at once. What it throws is thrown on: whether a token is good is
 * not known then.
 *
 * ```js
 * const host = hostOver(store, { ...callbacks, ...providerTokens((providerId) => vault.get(providerId)) });
 * ```
 */
export function providerTokens(secretOf: SecretOf): ProviderTokens {
  const keyOf = async (providerId: string, usage: "sign" | "verify"): Promise<CryptoKey | undefined> => {
    const secret = await secretOf(providerId);
    // An empty secret is everybody's.
    if (secret === undefined || secret === null || secret === "") return undefined;
    return crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, [usage]);
  };
  return {
    async sign(providerId, message) {
      const key = await keyOf(providerId, "sign");
      if (key === undefined) {
        throw new RegateError("no_secret", `the provider \`${providerId}\` has no secret to sign with`, { help: "store one with providers.storeSecret()" });
      }
      return hexOf(await crypto.subtle.sign("HMAC", key, bytesOf(message)));
    },
    async verify(providerId, message, token) {
      const signature = signatureOf(token);
      const key = await keyOf(providerId, "verify");
      if (key === undefined || signature === undefined) return false;
      return crypto.subtle.verify("HMAC", key, signature, bytesOf(message));
    },
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function hexOf(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a token; undefined for what sign() never gives. */
function signatureOf(token: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof token !== "string" || !/^[0-9a-f]{64}$/.test(token)) return undefined;
  return Uint8Array.from(token.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
