// Certificates around any public key, made for tests: nobody has signed them, which nobody checks either.

/** The bytes of a value in DER. */
export function der(tag, ...parts) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : 4, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

/** An extension with an object identifier in bytes. */
export const extension = (id, value, critical = []) => der(0x30, der(0x06, id), ...critical, der(0x04, value));

const ECDSA_WITH_SHA256 = der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]));
const NAME = der(0x30, der(0x31, der(0x30, der(0x06, [0x55, 4, 3]), der(0x0c, Buffer.from("a test")))));
const VALIDITY = der(0x30, der(0x17, Buffer.from("200101000000Z")), der(0x18, Buffer.from("20991231235959Z")));
const IS_AUTHORITY = extension([0x55, 0x1d, 0x13], der(0x30, der(0x01, [0xff])), [der(0x01, [0xff])]);

/** The bytes of a certificate for a public key in DER. `parts` replaces some of what stands in it. */
export function certificateDer(key, parts = {}) {
  const { version = der(0xa0, der(0x02, [2])), serial = der(0x02, [7]), algorithm = ECDSA_WITH_SHA256, name = NAME, validity = VALIDITY, extensions = [IS_AUTHORITY] } = parts;
  const said = extensions.length === 0 ? [] : [der(0xa3, der(0x30, ...extensions))];
  const signed = der(0x30, version, serial, algorithm, name, validity, name, key, ...said);
  return der(0x30, signed, parts.outer ?? algorithm, der(0x03, [0, 1, 2, 3]));
}

/** Bytes as a block of PEM. */
export function pem(label, bytes) {
  return `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${label}-----\n`;
}
