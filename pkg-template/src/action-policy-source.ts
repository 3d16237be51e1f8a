// From what an author wrote to an action policy: YAML and JSON by the engine, prose by a converter of the host's.

import { callEngine, driverLimits, requestText } from "./engine-instance.js";
import { RegateError } from "./errors.js";
import type { MaybePromise } from "./host.js";
import { jsonText } from "./json-value.js";
import { requireKnownOptions } from "./options.js";
import type { CompiledActionPolicy } from "./wire.js";

/** What the text of an action policy is written in. The last three are prose. */
export type ActionPolicyFormat = "yaml" | "yml" | "json" | "prose" | "markdown" | "md";

/** Turns prose into the fields of a policy, such as by asking a language model. Whatever it gives is validated like any other. */
export type ConvertActionPolicy = (text: string, format: "prose" | "markdown" | "md") => MaybePromise<object>;

/** What may be said about a text that is compiled. */
export interface CompileActionPolicyOptions {
  /** The name of a policy that does not say its own, such as that of its file. Without it the name must be there. */
  name?: string | undefined;
  /** Reads prose. Without it `prose`, `markdown` and `md` are `UNSUPPORTED_FORMAT`. */
  convert?: ConvertActionPolicy | undefined;
}

const OPTIONS = ["name", "convert"] as const satisfies readonly (keyof CompileActionPolicyOptions)[];

/**
 * The policy that a text says, with every default, or everything that is wrong with it. Stores nothing.
 *
 * ```js
 * const compiled = await compileActionPolicy(text, "yaml", { name: "callguard" });
 * if (compiled.ok) console.log(compiled.policy, compiled.warnings);
 * else for (const { line, column, message } of compiled.errors) console.log(`${line}:${column} ${message}`);
 * ```
 */
export async function compileActionPolicy(
  source: string,
  format: ActionPolicyFormat,
  options: CompileActionPolicyOptions = {},
): Promise<CompiledActionPolicy> {
  requireKnownOptions(options, OPTIONS, "compileActionPolicy()");
  const { name, convert } = options;
  if (convert !== undefined && typeof convert !== "function") {
    throw new RegateError("malformed_request", "`convert` is no function", { path: "/convert" });
  }
  const compiled = compile({ source, source_format: format, name });
  // The engine judges the text first: nobody is asked to convert what is empty, too long or of no known format.
  if (compiled.ok || convert === undefined || !isProse(format)) return compiled;
  if (compiled.errors.some(({ code }) => code !== "UNSUPPORTED_FORMAT")) return compiled;
  const fields = await converted(source, format, convert);
  const rest = requestText({ name });
  return compile(`{"fields":${fields}${rest === "{}" ? "" : ","}${rest.slice(1)}`);
}

function compile(request: object | string): CompiledActionPolicy {
  // Exact, because a schema may hold integers that a JS number cannot.
  return callEngine("compile_action_policy", request, { numbers: "exact" }) as CompiledActionPolicy;
}

function isProse(format: ActionPolicyFormat): format is "prose" | "markdown" | "md" {
  return format === "prose" || format === "markdown" || format === "md";
}

/** The JSON text of what the host's converter gave. What it threw may hold secrets, so no message repeats it. */
async function converted(source: string, format: "prose" | "markdown" | "md", convert: ConvertActionPolicy): Promise<string> {
  let fields: unknown;
  try {
    fields = await convert(source, format);
  } catch (thrown) {
    throw new RegateError("host_failed", "`convert` failed", { help: "what it threw is the `cause` of this error", cause: thrown });
  }
  const { data_nesting, input_bytes } = driverLimits();
  const subject = { code: "host_failed", name: "what `convert` gave", lengthLimit: "input_bytes" } as const;
  return jsonText(fields, subject, { nesting: data_nesting, length: input_bytes });
}
