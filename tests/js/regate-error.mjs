// The check that something throws a `RegateError` of a code.

import assert from "node:assert/strict";
import { RegateError } from "regate";

/** Runs `call`, which must throw a `RegateError` with this code and these fields; gives the error. */
export function throwsCode(call, code, fields = {}) {
  let thrown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  return hasCode(thrown, code, fields);
}

/** As `throwsCode`, for a promise that must be rejected. */
export async function rejectsCode(promise, code, fields = {}) {
  return hasCode(await promise.then(() => undefined, (error) => error), code, fields);
}

function hasCode(thrown, code, fields) {
  assert.ok(thrown !== undefined, `expected a RegateError \`${code}\`, and nothing was thrown`);
  assert.ok(thrown instanceof RegateError, `expected a RegateError \`${code}\`, got ${thrown?.stack ?? thrown}`);
  assert.equal(thrown.code, code, thrown.message);
  assert.ok(thrown.message.length > 0);
  for (const [name, value] of Object.entries(fields)) assert.deepEqual(thrown[name], value, `${name} of ${thrown.message}`);
  return thrown;
}
