// `regate eval`: what does a policy, or a query, say about an input?

import { compile, type Policy } from "../policy.js";
import { hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { readBytes, readModules, requireOneStandardInput } from "./files.js";
import { dialectOf } from "./dialect.js";
import { prettyJson } from "./json-output.js";
import type { Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const evalCommand: Command = {
  name: "eval",
  summary: "Ask a policy about an input",
  usage: `Ask a policy, or a Rego query, about an input.

Usage: regate eval ENTRYPOINT|QUERY [options]

  ENTRYPOINT            A rule or package, as app/authz/allow or data.app.authz.allow
  QUERY                 Any other Rego query, such as 'x := count(data.app.roles)'; prints its variables

Options:
  --policies PATH       A Rego file or a folder (walked for *.rego); may be given several times
  --input FILE          The input, JSON in UTF-8; - for standard input
  --data FILE           The data document, a JSON object
  --dialect v0|v1       Read every file in this dialect
  --strict-builtin-errors
                        A builtin that fails ends the evaluation; otherwise it is undefined
  --fail                Exit with 1 when the answer is undefined or the query is never true

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("eval", args, {
      policies: "texts",
      input: "text",
      data: "text",
      dialect: "text",
      "strict-builtin-errors": "switch",
      fail: "switch",
    });
    const [question, ...more] = positionals;
    if (question === undefined || more.length > 0) {
      throw new CliFailure("give one entrypoint or one query, in quotes where it has spaces; see regate eval --help");
    }
    requireOneStandardInput([...options.policies, options.input, options.data]);
    const dialect = dialectOf(options.dialect);
    // A query needs no policy: one that defines nothing stands in for none.
    const modules = options.policies.length === 0 ? [NOTHING] : await readModules(options.policies);
    const input = options.input === undefined ? undefined : await readBytes(options.input, "the input");
    const data = options.data === undefined ? undefined : await readBytes(options.data, "the data");
    const { policy, diagnostics } = compile(modules, {
      ...(data === undefined ? {} : { data }),
      ...(dialect === undefined ? {} : { dialect }),
    });
    if (policy === null || hasErrors(diagnostics)) {
      printDiagnostics(diagnostics, new Map(modules.map(({ path, source }) => [path, source])), { ...terminal, out: terminal.err });
      terminal.err(terminal.errorPaint.red("the policies do not compile"));
      return EXIT_FAILED;
    }
    const asked = { policy, question, input, strict: options["strict-builtin-errors"] };
    const answered = ask(asked, json, terminal);
    return answered || !options.fail ? EXIT_OK : EXIT_FAILED;
  },
};

const NOTHING = { path: "<none>", source: "package regate.nothing\n" };

interface Asked {
  policy: Policy;
  question: string;
  input: Uint8Array | undefined;
  strict: boolean;
}

// Prints the answer, and says whether there is one.
function ask({ policy, question, input, strict }: Asked, json: boolean, terminal: Terminal): boolean {
  const options = { numbers: "exact", strictBuiltinErrors: strict } as const;
  const entrypoint = entrypointOf(question);
  if (entrypoint !== undefined) {
    const answer = policy.evaluate(entrypoint, input, options);
    if (json) terminal.out(prettyJson(answer));
    else terminal.out(answer.defined ? prettyJson(answer.value) : terminal.paint.dim("undefined"));
    return answer.defined;
  }
  const answer = policy.query(question, input, options);
  if (json) terminal.out(prettyJson(answer));
  else terminal.out(bindingsText(answer.bindings, terminal));
  return answer.bindings.length > 0;
}

function bindingsText(bindings: readonly { [variable: string]: unknown }[], { paint }: Terminal): string {
  if (bindings.length === 0) return paint.dim("undefined");
  return bindings
    .map((binding) => {
      const variables = Object.entries(binding);
      if (variables.length === 0) return "true";
      return variables.map(([name, value]) => `${paint.bold(name)} = ${prettyJson(value)}`).join("\n");
    })
    .join("\n\n");
}

// `app/authz/allow` and `data.app.authz.allow` name a rule or package; everything else is a query.
function entrypointOf(question: string): string | undefined {
  if (/^[\w-]+(\/[\w-]+)+$/.test(question) && !/^\d/.test(question)) return question;
  const path = /^data((?:\.[A-Za-z_]\w*)+)$/.exec(question)?.[1];
  if (path !== undefined) return path.slice(1).replaceAll(".", "/");
  if (/^[A-Za-z_][\w-]*$/.test(question) && !["true", "false", "null", "input", "data"].includes(question)) return question;
  return undefined;
}
