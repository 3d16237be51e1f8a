// Base64 text -> bytes, with what every platform has.

/** Bytes in memory that nobody shares, as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The bytes of standard base64 text. */
export function bytesFromBase64(text: string): Bytes {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * The bytes of base64 that anybody wrote; undefined for what is none. As the engine reads it: padded in full, ends of lines count for
 * nothing, and neither do the bits behind the last byte.
 */
export function bytesOfBase64(text: string): Bytes | undefined {
  const digits = text.replace(/[\r\n]/g, "");
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  return bytesFromBase64(digits);
}

/** The same for the base64 of URLs, of which the padding may be missing as a whole. */
export function bytesOfBase64Url(text: string): Bytes | undefined {
  const missing = text.endsWith("=") ? 0 : -text.length & 3;
  if (missing === 3 || /[+/]/.test(text)) return undefined;
  return bytesOfBase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat(missing));
}

/** Bytes as the base64 of URLs, without padding. */
export function base64UrlOf(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
