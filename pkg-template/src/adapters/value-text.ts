// The value of a record -> JSON text that reads back as the same value, or an error before anything is written.

import { RegateError } from "../errors.js";
import { jsonText, type TextSubject } from "../json-value.js";

// As deep as no value of the engine is, and as long as no database holds.
const LIMITS = { nesting: 1000, length: 256 * 1024 * 1024 };

const SUBJECT: TextSubject = { code: "input_not_json", name: "the value of a record", lengthLimit: "record_bytes" };

/** The text of a value: null for null, which deletes the record. */
export function textOfValue(value: unknown): string | null {
  if (value === null) return null;
  const text = jsonText(value, SUBJECT, LIMITS);
  refuseInexact(value, "");
  return text;
}

// INVARIANT (as it was put): `jsonText` is for inputs, and takes BigInts, properties that are undefined and `toJSON` as JSON.stringify
// would like to. Read again, these are something else. It has refused cycles before this walk begins.
function refuseInexact(value: unknown, path: string): void {
  if (typeof value === "bigint") throw inexact("a BigInt", path);
  if (value === undefined) throw inexact("undefined", path);
  if (typeof value !== "object" || value === null) return;
  if ("toJSON" in value && typeof value.toJSON === "function") throw inexact("an object with a toJSON method", path);
  for (const [key, part] of Object.entries(value)) refuseInexact(part, `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

function inexact(what: string, path: string): RegateError {
  const where = path === "" ? SUBJECT.name : `${SUBJECT.name} at \`${path}\``;
  return new RegateError(SUBJECT.code, `${where} is not JSON: it is ${what}`, { path });
}
