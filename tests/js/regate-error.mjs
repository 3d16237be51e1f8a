// The check that something throws a `RegateError` of a code.

import assert from "node:assert/strict";
import { RefusedError, RegateError } from "regate";

/** The checks for errors of a class: the package has one, and its modules by themselves another. */
export function checksOf(ErrorClass) {
  const hasCode = (thrown, code, fields) => {
    assert.ok(thrown !== undefined, `expected a RegateError \`${code}\`, and nothing was thrown`);
    assert.ok(thrown instanceof ErrorClass, `expected a RegateError \`${code}\`, got ${thrown?.stack ?? thrown}`);
    assert.equal(thrown.code, code, thrown.message);
    assert.ok(thrown.message.length > 0);
    for (const [name, value] of Object.entries(fields)) assert.deepEqual(thrown[name], value, `${name} of ${thrown.message}`);
    return thrown;
  };
  return {
    /** Runs `call`, which must throw a `RegateError` with this code and these fields; gives the error. */
    throwsCode(call, code, fields = {}) {
      let thrown;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
      return hasCode(thrown, code, fields);
    },
    /** As `throwsCode`, for a promise that must be rejected. */
    async rejectsCode(promise, code, fields = {}) {
      return hasCode(await promise.then(() => undefined, (error) => error), code, fields);
    },
  };
}

export const { throwsCode, rejectsCode } = checksOf(RegateError);

/** An operation is refused with a code and the HTTP status that fits, in a sentence. */
export async function refused(call, code, status, pattern) {
  await assert.rejects(call, (thrown) => {
    assert.ok(thrown instanceof RefusedError, String(thrown?.stack));
    assert.deepEqual([thrown.code, thrown.status], [code, status], thrown.message);
    if (pattern !== undefined) assert.match(thrown.message, pattern);
    return true;
  });
}
