// What comes out of a step of a case: its answer, or why there is none.

/** The answer of a call of the package, `{error}` or `{refused}`. */
export async function attempt(regate, run) {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "RegateError") throw error;
    const { code, message, help, limit, path } = error;
    if (error instanceof regate.RefusedError) {
      const [diagnostics, policy_errors] = [error.diagnostics, error.policyErrors].map((list) => (list.length === 0 ? undefined : list));
      return { refused: plain({ code, message, reason: error.reason, path, diagnostics, policy_errors }) };
    }
    return { error: JSON.parse(JSON.stringify({ code, message, help, limit, path })) };
  }
}

/** Without fields that are undefined, as in JSON; an integer that a number cannot hold is its digits. */
export function plain(value) {
  return JSON.parse(JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? String(item) : item)));
}
