// `regate action check`: every problem of action policies, at its place.

import { compileFiles, diagnosticsOf, sourcesOf } from "./action-files.js";
import { countText, hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { requireOneStandardInput } from "./files.js";
import { prettyJson } from "./json-output.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const actionCheckCommand: Command = {
  name: "check",
  summary: "Find every problem in action policies",
  usage: `Find every problem in action policies.

Usage: regate action check FILE... [options]

  FILE                  A policy in YAML or JSON, by its flat field names or in the nested form of callguard.yaml;
                        - for standard input

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { positionals, json } = readArguments("action check", args, {});
    if (positionals.length === 0) throw new CliFailure("no file given; see regate action check --help");
    requireOneStandardInput(positionals);
    const files = await compileFiles(positionals);
    const diagnostics = diagnosticsOf(files);
    const valid = files.every(({ compiled }) => compiled.ok);
    if (json) {
      const [only] = files;
      const whole = files.map(({ path, compiled }) => ({ path, ...compiled }));
      terminal.out(prettyJson(files.length === 1 && only !== undefined ? only.compiled : { ok: valid, files: whole }));
    } else {
      printDiagnostics(diagnostics, sourcesOf(files), terminal);
      const checked = `${files.length} ${files.length === 1 ? "policy" : "policies"} checked`;
      const found = countText(diagnostics);
      const { green, red, yellow } = terminal.paint;
      if (found === undefined) terminal.out(green(`${checked}: no problems`));
      else terminal.out((hasErrors(diagnostics) ? red : yellow)(`${checked}: ${found}`));
    }
    return valid ? EXIT_OK : EXIT_FAILED;
  },
};
