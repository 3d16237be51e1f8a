// A query as a terminal asks it: the ways in which it is true, and the value of one that is an expression.

import { RegateError } from "../errors.js";
import type { EvaluateOptions, Policy, QueryAnswer } from "../policy.js";

/** The answer to a query. An expression without variables has a value, or several where `_` stands for each of many. */
export interface QueryResult extends QueryAnswer {
  value?: unknown;
  values?: unknown[];
}

/** Asks a query. Throws what is wrong with the query itself. */
export async function askQuery(policy: Policy, query: string, input: Uint8Array | undefined, options: EvaluateOptions): Promise<QueryResult> {
  const answer = await policy.queryAsync(query, input, options);
  if (answer.bindings.some((binding) => Object.keys(binding).length > 0)) return answer;
  const values = await valuesOf(policy, query, input, options);
  // A call that has the place of its result among its arguments is true, and has no value.
  if (values.length < answer.bindings.length) return answer;
  if (values.length > 1) return { ...answer, values };
  return values.length === 0 ? answer : { ...answer, value: values[0] };
}

/** What is true or has a value that is not false. */
export function holds({ bindings, value, values = [value] }: QueryResult): boolean {
  return bindings.length > 0 && !values.includes(false);
}

// The values of a query that is an expression; none for any other query.
async function valuesOf(policy: Policy, query: string, input: Uint8Array | undefined, options: EvaluateOptions): Promise<unknown[]> {
  let name = "regate_value__";
  while (query.includes(name)) name += "_";
  const [expression, modifiers] = partsOf(query);
  if (modifiers === undefined) return [];
  try {
    // Parentheses take one expression and nothing else. The last stands on a line of its own: a comment may close the query.
    const { bindings } = await policy.queryAsync(`${name} := (${expression}\n) ${modifiers}`, input, options);
    return bindings.every((binding) => Object.keys(binding).length === 1) ? bindings.map((binding) => binding[name]) : [];
  } catch (thrown) {
    // The query was asked before, so that its text is Rego: refused here, it is no expression.
    if (thrown instanceof RegateError && thrown.code.startsWith("rego_")) return [];
    throw thrown;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|`[^`]*`|#[^\n]*|[\w.]+|\s+|./gsu;

// A query before its first `with`, and from there on: `with` stands behind an expression and not in it.
// No second part: another statement follows.
function partsOf(query: string): [expression: string, modifiers: string | undefined] {
  let depth = 0;
  let start: number | undefined;
  let ended = false;
  for (const { 0: token, index } of query.matchAll(TOKEN)) {
    if ("([{".includes(token)) depth++;
    if (")]}".includes(token)) depth--;
    if (depth > 0 || token.startsWith("#")) continue;
    if (token === "with") {
      start ??= index;
      ended = false;
    } else if (start !== undefined && (token === ";" || (/^\s/.test(token) && token.includes("\n")))) {
      ended = true;
    } else if (ended && token.trim() !== "") {
      return [query, undefined];
    }
  }
  return start === undefined ? [query, ""] : [query.slice(0, start), query.slice(start)];
}
