// The body of a request, and never more of it than a limit.

import { RegateError } from "./errors.js";
import { RefusedError } from "./refused-error.js";

/** Reads a body, and stops reading as soon as it is too large (`limit_exceeded`). */
export async function readBody(request: Request, most: number): Promise<Uint8Array> {
  // The header saves reading a body that is known to be too large. It may be missing, so what arrives is counted, too.
  if (Number(request.headers.get("content-length")) > most) throw tooLarge(most);
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > most) {
      // Nobody waits for the rest.
      reader.cancel().catch(() => {});
      throw tooLarge(most);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** Reads a body of JSON. */
export async function readJson(request: Request, most: number): Promise<unknown> {
  const bytes = await readBody(request, most);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new RefusedError({ code: "invalid_request", message: "the body is not JSON" });
  }
}

function tooLarge(most: number): RegateError {
  return new RegateError("limit_exceeded", `the body is larger than ${most} bytes`, { limit: { name: "input_bytes", value: most } });
}
