// The extensions of a certificate. What they say decides nothing about its key: but a certificate of which one is malformed is none, as in the
// engine. Names are looked at by a rule that is simpler than the engine's, and lets through no more.

import type { Bytes } from "./base64.js";
import { BOOLEAN, DerReader, INTEGER, OCTET_STRING, SEQUENCE } from "./der.js";
import { TokenFailure } from "./token-failures.js";

/** The tag of a part that is told by its number, and has no parts itself. */
export const partOf = (number: number): number => 0x80 | number;
/** The tag of a part that is told by its number, and has parts. */
export const listOf = (number: number): number => 0xa0 | number;

// Extensions of one certificate, and policies of one extension.
const MOST = 256;

/** Requires that each extension of a list is written as one, and stands there once. */
export function requireExtensions(written: Bytes): void {
  const list = new DerReader(written).list("x509: malformed extensions");
  const extensions = new Map<string, { isCritical: boolean; value: Bytes }>();
  while (!list.isEmpty) {
    const extension = list.list("x509: malformed extension");
    const id = extension.objectId("x509: malformed extension OID field");
    const isCritical = extension.tag === BOOLEAN && extension.boolean("x509: malformed extension critical field");
    const value = extension.take(OCTET_STRING, "x509: malformed extension value field");
    if (extensions.has(id)) throw new TokenFailure(`x509: certificate contains duplicate extension with OID "${id}"`);
    if (extensions.size === MOST) throw new TokenFailure(`x509: a certificate may have ${MOST} extensions`);
    extensions.set(id, { isCritical, value });
  }
  for (const [id, { isCritical, value }] of extensions) {
    const [what, requireSound, mayBeCritical = true] = KNOWN.get(id) ?? [];
    if (what === undefined || requireSound === undefined) continue;
    if (isCritical && !mayBeCritical) throw new TokenFailure(`x509: ${what} incorrectly marked critical`);
    requireSound(new DerReader(value), `x509: invalid ${what}`);
  }
}

// Reads an extension; `invalid` is the failure where it cannot.
type RequireSound = (value: DerReader, invalid: string) => void;

const KNOWN: ReadonlyMap<string, [what: string, requireSound: RequireSound, mayBeCritical?: boolean]> = new Map([
  ["2.5.29.14", ["subject key identifier", (value, invalid) => void value.take(OCTET_STRING, invalid), false]],
  ["2.5.29.15", ["key usage", (value, invalid) => void value.bits(invalid)]],
  ["2.5.29.17", ["subject alternative names", requireNames]],
  ["2.5.29.19", ["basic constraints", requireBasicConstraints]],
  ["2.5.29.30", ["name constraints", requireNameConstraints]],
  ["2.5.29.31", ["CRL distribution points", requireDistributionPoints]],
  ["2.5.29.32", ["certificate policies", requirePolicies]],
  ["2.5.29.33", ["policy mappings", requireMappings]],
  ["2.5.29.35", ["authority key identifier", (value, invalid) => void value.list(invalid).takeOptional(partOf(0), invalid), false]],
  ["2.5.29.36", ["policy constraints", requirePolicyConstraints]],
  ["2.5.29.37", ["extended key usages", requireUsages]],
  ["2.5.29.54", ["inhibit any policy", (value, invalid) => void small(value, invalid)]],
  ["1.3.6.1.5.5.7.1.1", ["authority info access", requireAccess, false]],
]);

// The bytes of an integer of 64 bits.
function small(value: DerReader, invalid: string): Bytes {
  const bytes = value.integer(invalid);
  if (bytes.length > 8) throw new TokenFailure(invalid);
  return bytes;
}

function each(list: DerReader, read: (list: DerReader) => void): void {
  while (!list.isEmpty) read(list);
}

function requireBasicConstraints(value: DerReader, invalid: string): void {
  const parts = value.list(invalid);
  if (parts.tag === BOOLEAN) parts.boolean(invalid);
  if (parts.tag === INTEGER && (small(parts, invalid)[0] ?? 0) >= 0x80) throw new TokenFailure(invalid);
}

function requirePolicies(value: DerReader, invalid: string): void {
  const ids = new Set<string>();
  each(value.list(invalid), (list) => {
    const id = list.list(invalid).objectId(invalid);
    if (ids.has(id) || ids.size === MOST) throw new TokenFailure(invalid);
    ids.add(id);
  });
}

function requireMappings(value: DerReader, invalid: string): void {
  each(value.list(invalid), (list) => {
    const pair = list.list(invalid);
    pair.objectId(invalid);
    pair.objectId(invalid);
  });
}

function requirePolicyConstraints(value: DerReader, invalid: string): void {
  const parts = value.list(invalid);
  for (const number of [0, 1]) {
    const count = parts.takeOptional(partOf(number), invalid);
    if (count !== undefined && (count.length > 4 || (count[0] ?? 0x80) >= 0x80)) throw new TokenFailure(invalid);
  }
}

function requireUsages(value: DerReader, invalid: string): void {
  each(value.list(invalid), (list) => void list.objectId(invalid));
}

function requireDistributionPoints(value: DerReader, invalid: string): void {
  each(value.list(invalid), (list) => {
    const name = list.list(invalid).takeOptional(listOf(0), invalid);
    if (name === undefined) return;
    const names = new DerReader(new DerReader(name).take(listOf(0), invalid));
    while (names.tag === partOf(6)) names.take(partOf(6), invalid);
  });
}

function requireAccess(value: DerReader, invalid: string): void {
  each(value.list(invalid), (list) => {
    const access = list.list(invalid);
    access.objectId(invalid);
    access.takeOptional(partOf(6), invalid);
  });
}

// Kinds of names: mail, host, URI, address. Others are passed over.
const MAIL = partOf(1);
const HOST = partOf(2);
const URI = partOf(6);
const ADDRESS = partOf(7);

// Of what Go takes for a URI, what has no user and no address in brackets.
const PLAIN_URI = /^[a-z][a-z0-9+.-]*:(?:\/\/(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::[0-9]*)?)?(?:\/(?:[a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?(?:\?[ !"$-~]*)?|[a-z0-9._~!$&'()*+,;=:@-]+)(?:#(?:[ !"$&-~]|%[0-9a-f]{2})*)?$/i;
// Labels with dots between them, with one in front for all below, or nothing.
const HOST_CONSTRAINT = /^(?:\.?[!-\-/-~]+(?:\.[!-\-/-~]+)*)?$/;

function requireNames(value: DerReader, invalid: string): void {
  each(value.list(invalid), (list) => {
    const { tag, content } = list.part(invalid);
    if (tag === MAIL || tag === HOST) asciiOf(content, invalid);
    if (tag === URI && !PLAIN_URI.test(asciiOf(content, invalid))) throw new TokenFailure(invalid);
    if (tag === ADDRESS && (![4, 16].includes(content.length) || isMapped(content))) throw new TokenFailure(invalid);
  });
}

function requireNameConstraints(value: DerReader, invalid: string): void {
  const parts = value.list(invalid);
  const subtrees = [parts.takeOptional(listOf(0), invalid), parts.takeOptional(listOf(1), invalid)].filter((found) => found !== undefined);
  const isWhole = value.isEmpty && parts.isEmpty && subtrees.length > 0 && subtrees.every(({ length }) => length > 0);
  if (!isWhole) throw new TokenFailure(invalid);
  for (const subtree of subtrees) {
    each(new DerReader(subtree), (list) => {
      const { tag, content } = new DerReader(list.take(SEQUENCE, invalid)).part(invalid);
      if (tag === ADDRESS && !isNetwork(content)) throw new TokenFailure(invalid);
      if (tag !== MAIL && tag !== HOST && tag !== URI) return;
      const text = asciiOf(content, invalid);
      const mayBeAddress = tag === URI && (/^[0-9.]+$/.test(text) || text.includes(":"));
      if (mayBeAddress || !HOST_CONSTRAINT.test(text)) throw new TokenFailure(invalid);
    });
  }
}

function asciiOf(bytes: Bytes, invalid: string): string {
  if (bytes.some((byte) => byte >= 0x80)) throw new TokenFailure(invalid);
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

// Whether an address of 16 bytes stands for one of 4.
function isMapped(address: Bytes): boolean {
  return address.length === 16 && address.subarray(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;
}

// An address, and a mask of as many bytes.
function isNetwork(bytes: Bytes): boolean {
  const half = bytes.length / 2;
  const mask = Array.from(bytes.subarray(half), (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (half === 4 || half === 16) && /^1*0*$/.test(mask) && !isMapped(bytes.subarray(0, half));
}
