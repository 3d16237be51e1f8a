// `regate reads`: what can policies look at of their input?

import { RegateError } from "../errors.js";
import type { Policy } from "../policy.js";
import type { InputRead } from "../reads.js";
import { DATA_USAGE, SOURCES_USAGE, compiledPolicy } from "./compiled.js";
import { EXIT_FAILED, EXIT_OK } from "./failure.js";
import { requireOneStandardInput } from "./files.js";
import { HOST_FUNCTIONS_USAGE } from "./host-functions.js";
import { prettyJson } from "./json-output.js";
import { entrypointHelp, entrypointOf } from "./entrypoints.js";
import { readProgram, requireProgramAlone } from "./programs.js";
import { printable, type Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const readsCommand: Command = {
  name: "reads",
  summary: "List what policies can look at of their input",
  usage: `List what policies can look at of their input: whatever else an input holds has no influence on the answer.

Usage: regate reads [ENTRYPOINT...] [options]

  ENTRYPOINT            A rule or package, as app/authz/allow or data.app.authz.allow (default: each rule)

Options:
  --policies PATH       A Rego file, or a folder: walked for *.rego, and for data.json, data.yaml and data.yml,
                        which stand in the data under the path of their folder; may be given several times
${SOURCES_USAGE}
  --program FILE        A program of regate build, in the place of policies, data and declarations
${DATA_USAGE}
${HOST_FUNCTIONS_USAGE}
  --dialect v0|v1       Read every file in this dialect

Each line is a reference: [_] is every item, and keys that only an evaluation knows. A star marks what is looked at with
everything below it; of the others only what a scalar says, and of an array or object that it is there.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments(
      "reads",
      args,
      {
        policies: "texts",
        bundle: "texts",
        program: "text",
        ignore: "texts",
        data: "text",
        "host-functions": "text",
        dialect: "text",
      },
      { bundle: "b" },
    );
    const { program } = options;
    if (program !== undefined) requireProgramAlone(options);
    requireOneStandardInput([...options.policies, ...options.bundle, program, options.data, options["host-functions"]]);
    const policy = program === undefined ? await compiledPolicy({ ...options, strict: false }, "--policies", terminal, json) : await readProgram(program);
    if (policy === undefined) return EXIT_FAILED;
    const asked = positionals.length === 0 ? policy.entrypoints : positionals.map((name) => entrypointOf(name) ?? name);
    const reads = asked.map((entrypoint) => [entrypoint, readsOf(policy, entrypoint)] as const);
    if (json) terminal.out(prettyJson(Object.fromEntries(reads)));
    else terminal.out(reads.map(([entrypoint, list]) => listText(entrypoint, list, terminal)).join("\n\n"));
    return EXIT_OK;
  },
};

function readsOf(policy: Policy, entrypoint: string): InputRead[] {
  try {
    return policy.reads(entrypoint);
  } catch (thrown) {
    if (!(thrown instanceof RegateError) || thrown.code !== "unknown_entrypoint") throw thrown;
    throw new RegateError(thrown.code, thrown.message, { help: entrypointHelp(entrypoint, policy.entrypoints) });
  }
}

function listText(entrypoint: string, reads: readonly InputRead[], { paint }: Terminal): string {
  const lines = reads.map(({ text, whole }) => `  ${printable(text)}${whole ? " *" : ""}`);
  return [paint.bold(printable(entrypoint)), ...(isNothing(reads) ? [paint.dim("  nothing of its input")] : lines)].join("\n");
}

function isNothing([first, ...more]: readonly InputRead[]): boolean {
  return more.length === 0 && first !== undefined && first.path.length === 0 && !first.whole;
}
