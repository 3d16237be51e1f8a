// `regate build`: policies and their data as a program file, which is loaded where nothing is compiled.

import { resolve } from "node:path";
import type { Policy } from "../policy.js";
import { DATA_USAGE, SOURCES_USAGE, compiledPolicy } from "./compiled.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { requireOneStandardInput, writeBytes } from "./files.js";
import { HOST_FUNCTIONS_USAGE } from "./host-functions.js";
import { prettyJson } from "./json-output.js";
import { TARGET_USAGE } from "./target.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

const STDOUT = "-";

export const buildCommand: Command = {
  name: "build",
  summary: "Write policies as a program file",
  usage: `Compile policies and their data to a program file, which fromBytes() and regate eval --program load without
compiling it again.

Usage: regate build PATH... -o FILE [options]
       regate build --bundle FILE -o FILE [options]

  PATH                  A Rego file, or a folder: walked for *.rego, and for data.json, data.yaml and data.yml,
                        which stand in the data under the path of their folder

Options:
  -o, --output FILE     Where the program is written; - for standard output, which must not be a terminal
  --no-sources          Leave out the texts of the modules. The program answers no queries then
  --no-positions        Leave out the places of its code in them. Its errors do not say then where they are
${SOURCES_USAGE}
${DATA_USAGE}
${HOST_FUNCTIONS_USAGE}
  --dialect v0|v1       Read every file in this dialect
  --strict              Refuse what opa check --strict refuses: variables, arguments and imports that nothing
                        uses, and builtins of old policies
${TARGET_USAGE}

It prints the revision of the program, its size, and what whoever loads it must have: builtins, and functions of the
host. With -o - that stands on standard error. Problems are printed as regate check prints them, on standard error.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments(
      "build",
      args,
      {
        output: "text",
        "no-sources": "switch",
        "no-positions": "switch",
        bundle: "texts",
        ignore: "texts",
        data: "text",
        "host-functions": "text",
        dialect: "text",
        strict: "switch",
        target: "text",
      },
      { output: "o", bundle: "b" },
    );
    const { output } = options;
    if (positionals.length === 0 && options.bundle.length === 0) throw new CliFailure("no file or folder given; see regate build --help");
    if (output === undefined) throw new CliFailure("name the file of the program with --output FILE, or - for standard output");
    requireOneStandardInput([...positionals, ...options.bundle, options.data, options["host-functions"]]);
    if (output === STDOUT) {
      if (terminal.isScreen) throw new CliFailure("a program is bytes, and no text for a terminal: name a file with --output FILE");
      if (json) throw new CliFailure("--format json prints about the program where its bytes would stand: name a file with --output FILE");
    } else {
      const read = [...positionals, ...options.bundle, options.data, options["host-functions"]];
      const same = read.find((path) => path !== undefined && resolve(path) === resolve(output));
      if (/\.(rego|json|ya?ml|tar\.gz)$/.test(output)) throw new CliFailure(`\`${output}\` is named as what programs are made of is: name it otherwise, such as program.regate`);
      if (same !== undefined) throw new CliFailure(`\`${same}\` is what the program is made of: name another file with --output`);
    }
    const policy = await compiledPolicy({ ...options, policies: positionals }, "PATH", terminal, json);
    if (policy === undefined) return EXIT_FAILED;
    const bytes = policy.toBytes({ sources: !options["no-sources"], positions: !options["no-positions"] });
    if (output === STDOUT) {
      terminal.bytes(bytes);
      terminal.err(aboutProgram(policy, bytes));
      return EXIT_OK;
    }
    writeBytes(output, bytes, "the program");
    const { revision, entrypoints, builtins, hostFunctions } = policy;
    if (json) terminal.out(prettyJson({ output, bytes: bytes.length, revision, entrypoints, builtins, host_functions: hostFunctions }));
    else terminal.out(aboutProgram(policy, bytes));
    return EXIT_OK;
  },
};

function aboutProgram({ revision, builtins, hostFunctions }: Policy, bytes: Uint8Array): string {
  const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
  const lines = [`revision  ${revision}`, `bytes     ${bytes.length}`, `builtins  ${listed(builtins)}`];
  if (hostFunctions.length > 0) lines.push(`host      ${listed(hostFunctions)}`);
  return lines.join("\n");
}
