// The key of a certificate.
//
// Nobody checks who made a certificate, or how long it is valid: whoever writes a policy says that its key is trusted. What is checked is
// that it is written as one.

import type { Bytes } from "./base64.js";
import { listOf, partOf, requireExtensions } from "./certificate-extensions.js";
import { DerReader, GENERALIZED_TIME, SEQUENCE, SET, UTC_TIME } from "./der.js";
import { keyOfParts, type PublicKey } from "./public-keys.js";
import { TokenFailure } from "./token-failures.js";

/** The key of the one certificate in bytes. */
export function keyOfCertificate(bytes: Bytes): PublicKey {
  const reader = new DerReader(bytes);
  const parts = reader.list("x509: malformed certificate");
  if (!reader.isEmpty) throw new TokenFailure("x509: trailing data");
  const fields = parts.list("x509: malformed tbs certificate");
  const version = versionOf(fields);
  const serial = fields.integer("x509: malformed serial number");
  if ((serial[0] ?? 0) >= 0x80) throw new TokenFailure("x509: negative serial number");
  const inner = fields.take(SEQUENCE, "x509: malformed signature algorithm identifier");
  const outer = parts.take(SEQUENCE, "x509: malformed algorithm identifier");
  if (inner.length !== outer.length || inner.some((byte, at) => byte !== outer[at])) {
    throw new TokenFailure("x509: inner and outer signature algorithm identifiers don't match");
  }
  const algorithm = new DerReader(inner);
  algorithm.objectId("x509: malformed OID");
  if (!algorithm.isEmpty) algorithm.part("x509: malformed parameters");
  requireName(fields.list("x509: malformed issuer"));
  const validity = fields.list("x509: malformed validity");
  requireTime(validity);
  requireTime(validity);
  requireName(fields.list("x509: malformed issuer"));
  const { key } = keyOfParts(fields.list("x509: malformed spki"));
  if (version > 1) {
    fields.takeOptional(partOf(1), "x509: malformed issuerUniqueID");
    fields.takeOptional(partOf(2), "x509: malformed subjectUniqueID");
  }
  const extensions = version > 2 ? fields.takeOptional(listOf(3), "x509: malformed extensions") : undefined;
  if (extensions !== undefined) requireExtensions(extensions);
  parts.bits("x509: malformed signature");
  return key;
}

// From 1. Where none is said it is the first.
function versionOf(fields: DerReader): number {
  const malformed = "x509: malformed version";
  const written = fields.takeOptional(listOf(0), malformed);
  if (written === undefined) return 1;
  const reader = new DerReader(written);
  const [version = 0, ...rest] = reader.integer(malformed);
  if (!reader.isEmpty || rest.length > 0 || version > 3) throw new TokenFailure(malformed);
  if (version === 3) throw new TokenFailure("x509: invalid version");
  return version + 1;
}

// Whom it is for, or who made it.
function requireName(sets: DerReader): void {
  const malformed = "x509: invalid RDNSequence";
  while (!sets.isEmpty) {
    const set = new DerReader(sets.take(SET, malformed));
    while (!set.isEmpty) {
      const attribute = set.list(`${malformed}: invalid attribute`);
      attribute.objectId(`${malformed}: invalid attribute type`);
      const { tag, content } = attribute.part(`${malformed}: invalid attribute value`);
      if (TEXTS[tag]?.(content) !== true) throw new TokenFailure(`${malformed}: invalid attribute value`);
    }
  }
}

const ascii = (bytes: Bytes, allowed: RegExp): boolean => bytes.every((byte) => byte < 0x80 && allowed.test(String.fromCharCode(byte)));

// Whether bytes are a text of the kind that a tag says: UTF-8, digits, printable, T.61 (as Latin-1), ASCII, or of 16 bits.
const TEXTS: { readonly [tag: number]: (bytes: Bytes) => boolean } = {
  0x0c: isUtf8,
  0x12: (bytes) => ascii(bytes, /[0-9 ]/),
  0x13: (bytes) => ascii(bytes, /[A-Za-z0-9 '()+,\-./:=?*&]/),
  0x14: () => true,
  0x16: (bytes) => ascii(bytes, /[^]/),
  0x1e: isBmp,
};

function isUtf8(bytes: Bytes): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isBmp(bytes: Bytes): boolean {
  for (let at = 0; at < bytes.length; at += 2) {
    const unit = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const isNone = unit === 0xfffe || unit === 0xffff || (unit >= 0xfdd0 && unit <= 0xfdef) || (unit >= 0xd800 && unit <= 0xdfff);
    if (isNone) return false;
  }
  return bytes.length % 2 === 0;
}

// In years of two digits the seconds may be missing. UTC is the only zone.
function requireTime(reader: DerReader): void {
  const kind = { [UTC_TIME]: "UTCTime", [GENERALIZED_TIME]: "GeneralizedTime" }[reader.tag ?? 0];
  if (kind === undefined) throw new TokenFailure("x509: unsupported time format");
  const isLong = reader.tag === GENERALIZED_TIME;
  const { content } = reader.part(`x509: malformed ${kind}`);
  const digits = Array.from(content, (byte) => String.fromCharCode(byte)).join("");
  const form = isLong ? /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/ : /^([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?Z$/;
  const found = form.exec(digits);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (found ?? []).slice(1).map((text) => Number(text ?? 0));
  const isTime = hour <= 23 && minute <= 59 && second <= 59;
  if (found === null || !isTime || !isDate(isLong ? year : year + (year < 50 ? 2000 : 1900), month, day)) {
    throw new TokenFailure(`x509: malformed ${kind}`);
  }
}

function isDate(year: number, month: number, day: number): boolean {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days;
}
