// Bodies in which no integer is rounded: what is checked must be what the caller wrote.

import { RegateError } from "./errors.js";
import { readBody } from "./http-body.js";
import { parseAnswer } from "./json-answer.js";
import { RefusedError } from "./refused-error.js";

/** Reads a body of JSON. An integer that a number does not hold is refused: two such could pass for one. */
export async function exactBody(request: Request, most: number): Promise<unknown> {
  return parsed(await readBody(request, most));
}

/** The same; without a body, an empty object. */
export async function optionalExactBody(request: Request, most: number): Promise<unknown> {
  const bytes = await readBody(request, most);
  return bytes.length === 0 ? {} : parsed(bytes);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Tells first whether it is JSON at all.
    JSON.parse(text);
    return parseAnswer(text, "number");
  } catch (thrown) {
    const isInexact = thrown instanceof RegateError && thrown.code === "number_not_exact";
    const message = isInexact ? "the body holds an integer that would be rounded: write its digits as a string" : "the body is not JSON";
    throw new RefusedError({ code: "invalid_request", message });
  }
}
