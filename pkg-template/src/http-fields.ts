// What a request says: its query and the fields of its body, and the answers of JSON.

import { readBody, readJson } from "./http-body.js";
import { RefusedError } from "./refused-error.js";
import type { PageRequest } from "./wire.js";

/** An answer of JSON. */
export async function json(value: unknown, status = 200): Promise<Response> {
  return Response.json(await value, { status });
}

/** An answer without a body, when something was done. */
export async function nothing(done: Promise<unknown>): Promise<Response> {
  await done;
  return new Response(null, { status: 204 });
}

/** Which page of a list the query asks for. */
export function pageOf(query: URLSearchParams): PageRequest {
  const [limit, cursor] = [query.get("limit"), query.get("cursor")];
  return { ...(limit === null ? {} : { limit: whole(limit, "limit") }), ...(cursor === null ? {} : { cursor }) };
}

/** A whole number of a query or a path. */
export function whole(value: string | null, name: string): number {
  if (value !== null && /^\d{1,15}$/.test(value)) return Number(value);
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is a whole number`, path: `/${name}` });
}

/** The one field of a body, a text. */
export function textField(fields: unknown, name: string): string {
  const only = onlyFields(fields, [name]);
  const value = only[name];
  if (typeof value === "string") return value;
  throw new RefusedError({ code: "invalid_request", message: `\`${name}\` is a string`, path: `/${name}` });
}

/** A body that is an object with no other fields than these. */
export function onlyFields(value: unknown, names: readonly string[]): { [name: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RefusedError({ code: "invalid_request", message: `the body is an object with ${names.map((name) => `\`${name}\``).join(", ")}` });
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RefusedError({ code: "invalid_request", message: `unknown field \`${unknown}\``, path: `/${unknown}` });
  return value as { [name: string]: unknown };
}

/** A body of JSON that may be missing: then it is an empty object. */
export async function optionalBody(request: Request, most: number): Promise<object> {
  const bytes = await readBody(request, most);
  if (bytes.length === 0) return {};
  return (await readJson(new Request(request.url, { method: "POST", body: bytes as BodyInit }), most)) as object;
}
