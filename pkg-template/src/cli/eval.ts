// `regate eval`: what does a policy, or a query, say about an input?

import { RegateError } from "../errors.js";
import type { Answer, EvaluateOptions, Policy } from "../policy.js";
import { ALLOW_NET_USAGE, functionsFor, netOf } from "./allow-net.js";
import { DATA_USAGE, SOURCES_USAGE, compiledPolicy } from "./compiled.js";
import { entrypointHelp, entrypointOf } from "./entrypoints.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { aboutFileAsync, readDocument, requireOneStandardInput } from "./files.js";
import { HOST_FUNCTIONS_USAGE, withoutHost } from "./host-functions.js";
import { prettyJson } from "./json-output.js";
import { readProgram, requireProgramAlone } from "./programs.js";
import { askQuery, holds, type QueryResult } from "./query.js";
import type { Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const evalCommand: Command = {
  name: "eval",
  summary: "Ask a policy about an input",
  usage: `Ask a policy, or a Rego query, about an input.

Usage: regate eval ENTRYPOINT|QUERY [options]

  ENTRYPOINT            A rule or package, as app/authz/allow or data.app.authz.allow
  QUERY                 Any other Rego query: of an expression, such as 'count(data.app.roles)', it prints the value,
                        else the variables of every way in which it is true, or true

Options:
  --policies PATH       A Rego file, or a folder: walked for *.rego, and for data.json, data.yaml and data.yml,
                        which stand in the data under the path of their folder; may be given several times
${SOURCES_USAGE}
  --program FILE        A program of regate build, in the place of policies, data and declarations
  --input FILE          The input, JSON; - for standard input
${DATA_USAGE}
${HOST_FUNCTIONS_USAGE}
${ALLOW_NET_USAGE}
  --dialect v0|v1       Read every file in this dialect
  --strict-builtin-errors
                        A builtin that fails ends the evaluation; otherwise it is undefined
  --now TIME            The time that time.now_ns gives, as 2026-01-31T12:00:00Z (default: now)
  --seed N              The seed of rand.intn and uuid.rfc4122, a whole number from 0; without it they fail
  --fail                Exit with 1 when the answer is undefined or false, or the query is never true

Files of JSON, YAML and Rego are UTF-8, or UTF-16 with a byte order mark. Of several documents of YAML in a file the
first is read. Warnings about policies stand on standard error.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments(
      "eval",
      args,
      {
        policies: "texts",
        bundle: "texts",
        program: "text",
        ignore: "texts",
        input: "text",
        data: "text",
        "host-functions": "text",
        "allow-net": "texts",
        dialect: "text",
        "strict-builtin-errors": "switch",
        now: "text",
        seed: "text",
        fail: "switch",
      },
      { bundle: "b" },
    );
    const [question, ...more] = positionals;
    if (question === undefined || more.length > 0) {
      throw new CliFailure("give one entrypoint or one query, in quotes where it has spaces; see regate eval --help");
    }
    const { program } = options;
    if (program !== undefined) requireProgramAlone(options);
    requireOneStandardInput([...options.policies, ...options.bundle, program, options.input, options.data, options["host-functions"]]);
    const evaluation: EvaluateOptions = {
      numbers: "exact",
      strictBuiltinErrors: options["strict-builtin-errors"],
      ...(options.seed === undefined ? {} : { seed: seedOf(options.seed) }),
      // One time for all that is asked.
      nowMs: options.now === undefined ? Date.now() : timeOf(options.now),
    };
    const net = netOf(options["allow-net"]);
    const input = options.input === undefined ? undefined : await readDocument(options.input, "the input");
    const policy = program === undefined ? await compiledPolicy({ ...options, strict: false, hostBuiltins: net?.hostBuiltins ?? [] }, "--policies", terminal, json) : await readProgram(program);
    if (policy === undefined) return EXIT_FAILED;
    const how = net === undefined ? evaluation : { ...evaluation, functions: functionsFor(net, policy.hostFunctions) };
    const asked = (): Promise<Answer | QueryResult> => withoutHost(() => ask(policy, question, input, how));
    const answer = await (options.input === undefined ? asked() : aboutFileAsync(options.input, asked));
    if (json) terminal.out(prettyJson(answer));
    else terminal.out("bindings" in answer ? resultText(answer, terminal) : valueText(answer, terminal));
    const passed = "bindings" in answer ? holds(answer) : answer.defined && answer.value !== false;
    return passed || !options.fail ? EXIT_OK : EXIT_FAILED;
  },
};

async function ask(policy: Policy, question: string, input: Uint8Array | undefined, options: EvaluateOptions): Promise<Answer | QueryResult> {
  const entrypoint = entrypointOf(question);
  if (entrypoint === undefined) return askWithHelp(policy, question, input, options);
  try {
    return await policy.evaluateAsync(entrypoint, input, options);
  } catch (thrown) {
    if (!(thrown instanceof RegateError) || thrown.code !== "unknown_entrypoint") throw thrown;
    // A path with dots may also lead into the data document, which declares nothing.
    const found = question.startsWith("data.") ? await askData(policy, question, input, options) : undefined;
    if (found?.value !== undefined) return { defined: true, value: found.value, steps: found.steps, memory_units: found.memory_units };
    throw new RegateError(thrown.code, thrown.message, { help: entrypointHelp(entrypoint, policy.entrypoints) });
  }
}

// A program without its sources answers no queries: then it is the entrypoint that is not there.
async function askData(policy: Policy, path: string, input: Uint8Array | undefined, options: EvaluateOptions): Promise<QueryResult | undefined> {
  try {
    return await askQuery(policy, path, input, options);
  } catch (thrown) {
    if (thrown instanceof RegateError && thrown.code === "sources_missing") return undefined;
    throw thrown;
  }
}

// A query may name a package as if it were a variable.
async function askWithHelp(policy: Policy, query: string, input: Uint8Array | undefined, options: EvaluateOptions): Promise<QueryResult> {
  try {
    return await askQuery(policy, query, input, options);
  } catch (thrown) {
    if (!(thrown instanceof RegateError) || thrown.code !== "rego_unsafe_var_error") throw thrown;
    const name = /^var (\w+) is unsafe/.exec(thrown.message)?.[1];
    if (name === undefined || !policy.entrypoints.some((known) => known.startsWith(`${name}/`))) throw thrown;
    const meant = /^[\w.]+$/.test(query) ? query : name;
    throw new RegateError(thrown.code, thrown.message, { help: `packages are under \`data\`: did you mean \`data.${meant}\`?` });
  }
}

function valueText({ defined, value }: Answer, { paint }: Terminal): string {
  return defined ? prettyJson(value) : paint.dim("undefined");
}

function resultText({ bindings, value, values }: QueryResult, { paint }: Terminal): string {
  if (values !== undefined) return values.map((each) => prettyJson(each)).join("\n");
  if (value !== undefined) return prettyJson(value);
  if (bindings.length === 0) return paint.dim("undefined");
  return bindings
    .map((binding) => {
      const variables = Object.entries(binding);
      if (variables.length === 0) return "true";
      return variables.map(([name, value]) => `${paint.bold(name)} = ${prettyJson(value)}`).join("\n");
    })
    .join("\n\n");
}

function seedOf(option: string): bigint {
  if (/^\d+$/.test(option) && BigInt(option) < 1n << 64n) return BigInt(option);
  throw new CliFailure(`--seed is a whole number from 0 to 2^64 - 1, not \`${option}\``);
}

function timeOf(option: string): number {
  const [, date = "", day = ""] = /^(\d{4}-\d\d-(\d\d))[Tt ](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,3})?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(option) ?? [];
  const time = Date.parse(option.toUpperCase().replace(" ", "T"));
  // JavaScript takes the 30th of February for the 2nd of March.
  if (date !== "" && !Number.isNaN(time) && new Date(date).getUTCDate() === Number(day)) {
    if (time >= 0) return time;
    throw new CliFailure(`--now is a time since 1970, not \`${option}\``);
  }
  throw new CliFailure(`--now is a time as RFC 3339 has it, at most to the millisecond, such as 2026-01-31T12:00:00Z, not \`${option}\``);
}
