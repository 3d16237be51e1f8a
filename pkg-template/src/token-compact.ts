// A token as it is sent, and what its header says that matters for checking its signature.

import { bytesOfBase64Url, type Bytes } from "./base64.js";
import { TokenFailure } from "./token-failures.js";
import { charactersOf, memberOf, objectOfJson, wholeCharacters } from "./token-json.js";

/** What a header says; texts are empty where it does not. */
export interface Header {
  alg: string;
  kid: string;
  /** Whether it names an algorithm, and nothing as critical that is not known here. */
  isValid: boolean;
}

/** A token in its parts. */
export interface CompactToken {
  header: Header;
  /** What is signed. */
  signed: Bytes;
  /** The bytes of the signature, which may be no base64. */
  signature(): Bytes;
}

/** The parts of a token: header, payload and signature in base64, with dots between them. The payload may be anything. */
export function compactToken(jwt: string): CompactToken {
  const parts = jwt.split(".", 4);
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length === 1) throw new TokenFailure("encoded JWT had no period separators");
  if (parts.length !== 3) throw new TokenFailure("encoded JWT must have 3 sections");
  return {
    header: headerOf(charactersOf(decoded(header, "JWT header had invalid encoding"))),
    signed: new TextEncoder().encode(`${header}.${payload}`),
    signature: () => decoded(signature, "JWT signature had invalid encoding"),
  };
}

function decoded(text: string, failure: string): Bytes {
  const bytes = bytesOfBase64Url(text);
  if (bytes === undefined) throw new TokenFailure(failure);
  return bytes;
}

// What a token calls itself, and its payload, decides nothing here, and yet must be a text.
const TEXTS: readonly string[] = ["alg", "kid", "cty", "typ"];

function headerOf(text: string): Header {
  const object = objectOfJson(text, "bad JWT header");
  if (memberOf(object, "enc") !== undefined) throw new TokenFailure("JWT is a JWE object, which is not supported");
  for (const name of TEXTS) {
    const value = memberOf(object, name);
    if (value !== undefined && typeof value !== "string") throw new TokenFailure(`${name}: must be a string`);
  }
  const textOf = (name: string): string => wholeCharacters((memberOf(object, name) ?? "") as string);
  const critical = memberOf(object, "crit");
  const unknown = critical === undefined ? [] : unknownNames(object, new Set(criticalNames(critical)));
  return { alg: textOf("alg"), kid: textOf("kid"), isValid: textOf("alg") !== "" && unknown.length === 0 };
}

// The members that are called critical, and that are not known here.
function unknownNames(object: object, critical: ReadonlySet<string>): string[] {
  return Object.keys(object).filter((name) => ![...TEXTS, "crit"].includes(name) && critical.has(wholeCharacters(name)));
}

// Names that a token may call critical.
const MOST_CRITICAL = 64;

function criticalNames(value: unknown): string[] {
  if (!Array.isArray(value)) throw new TokenFailure("crit: must be a list");
  if (value.length > MOST_CRITICAL) throw new TokenFailure(`crit: must have ${MOST_CRITICAL} names at the most`);
  if (!value.every((name) => typeof name === "string")) throw new TokenFailure("crit: must be a list of strings");
  if (value.length === 0) throw new TokenFailure("crit: must be a nonempty list");
  return value.map((name) => wholeCharacters(name));
}
