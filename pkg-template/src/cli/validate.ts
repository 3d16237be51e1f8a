// `regate validate`: does each policy keep its contract?

import { validate } from "../authoring.js";
import type { Validation } from "../wire.js";
import { printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { isFolder, readModules } from "./files.js";
import { prettyJson } from "./json-output.js";
import { printable } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const validateCommand: Command = {
  name: "validate",
  summary: "Hold each policy to its contract, on a stub input",
  usage: `Hold each policy to its contract: it compiles, has the right package and rules, and they yield the right shapes
on a stub input. Each file is one policy; files that end in _test.rego are left out of folders.

Usage: regate validate PATH... [options]

  PATH                  A Rego file, a folder (walked for *.rego), or - for standard input

Options:
  --contract NAME       The contract (default: governance)

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("validate", args, { contract: "text" });
    if (positionals.length === 0) throw new CliFailure("no file or folder given; see regate validate --help");
    const modules = [];
    for (const path of positionals) {
      const found = await readModules([path], terminal);
      modules.push(...(isFolder(path) ? found.filter((module) => !module.path.endsWith("_test.rego")) : found));
    }
    if (modules.length === 0) throw new CliFailure("there are only tests in what was given, and no policy");
    const contract = options.contract === undefined ? {} : { contract: options.contract };
    const files = modules.map((module) => ({ path: module.path, ...validate(module.source, { path: module.path, ...contract }) }));
    const valid = files.every((file) => file.valid);
    if (json) {
      terminal.out(prettyJson(jsonResult(files, valid, positionals)));
    } else {
      const sources = new Map(modules.map(({ path, source }) => [path, source]));
      const { green, red, bold } = terminal.paint;
      for (const file of files) {
        terminal.out(file.valid ? `${green("valid")}    ${bold(printable(file.path))}` : `${red("invalid")}  ${bold(printable(file.path))}: ${printable(file.error ?? "")}`);
        if (file.diagnostics.length > 0) {
          terminal.out("");
          printDiagnostics(file.diagnostics, sources, terminal);
        }
      }
      const invalid = files.filter((file) => !file.valid).length;
      if (files.length > 1) terminal.out(valid ? green(`${files.length} policies are valid`) : red(`${invalid} of ${files.length} policies are not valid`));
    }
    return valid ? EXIT_OK : EXIT_FAILED;
  },
};

// One named file gives its validation as it is; more give a list.
function jsonResult(files: ({ path: string } & Validation)[], valid: boolean, positionals: readonly string[]): object {
  const [first] = files;
  if (files.length === 1 && first !== undefined && positionals.length === 1) {
    const { path: _, ...validation } = first;
    return validation;
  }
  return { valid, files };
}
