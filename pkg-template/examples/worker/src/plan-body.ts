// The plan in the body of a request, never more of it than the limit.

import { Refusal } from "./refusal.ts";

/** The largest plan in bytes. The engine takes more; an isolate shares 128 MB of memory among its requests. */
export const PLAN_BYTES = 8 * 1024 * 1024;

const FIRST_BYTES = 64 * 1024;

/** Reads the body, and stops reading as soon as it is too large. */
export async function planBody(request: Request): Promise<Uint8Array> {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new Refusal(415, {
      code: "content_encoding_not_supported",
      message: `the body is encoded as \`${encoding}\``,
      help: "send the plan as it is, without content-encoding",
    });
  }
  // The header saves reading a body that is known to be too large. It may be missing, so what arrives is counted, too.
  if (Number(request.headers.get("content-length")) > PLAN_BYTES) throw tooLarge();
  if (request.body === null) return new Uint8Array();

  const reader = request.body.getReader();
  // One buffer that grows, instead of a list of chunks: many tiny chunks must not cost more memory than their bytes.
  let bytes = new Uint8Array(FIRST_BYTES);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    const needed = length + value.byteLength;
    if (needed > PLAN_BYTES) {
      // Nobody waits for the rest.
      reader.cancel().catch(() => {});
      throw tooLarge();
    }
    if (needed > bytes.byteLength) {
      const larger = new Uint8Array(Math.min(PLAN_BYTES, Math.max(needed, 2 * bytes.byteLength)));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(value, length);
    length = needed;
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, {
    code: "limit_exceeded",
    message: `the plan is larger than ${PLAN_BYTES} bytes`,
    help: "split the configuration into smaller workspaces, or ask governance in the pipeline with `npx regate preview`",
    limit: { name: "input_bytes", value: PLAN_BYTES },
  });
}
