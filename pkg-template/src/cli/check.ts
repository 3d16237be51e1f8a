// `regate check`: every problem of modules, at its place.

import { check } from "../authoring.js";
import { dialectOf, olderDialectHint } from "./dialect.js";
import { countText, hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { holdsPolicySet, readModules } from "./files.js";
import { prettyJson } from "./json-output.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const checkCommand: Command = {
  name: "check",
  summary: "Find every problem in Rego files",
  usage: `Find every problem in Rego files. They are checked together, as one bundle.

Usage: regate check PATH... [options]

  PATH                  A Rego file, a folder (walked for *.rego), or - for standard input

Options:
  --strict              Refuse what opa check --strict refuses: variables, arguments and imports that nothing
                        uses, and builtins of old policies
  --dialect v0|v1       Read every file in this dialect
  --contract NAME       The contract that says which dialects and builtins are allowed, such as governance.
                        Default: governance where a folder holds a policy-set.json, else none

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("check", args, { strict: "switch", dialect: "text", contract: "text" });
    if (positionals.length === 0) throw new CliFailure("no file or folder given; see regate check --help");
    const dialect = dialectOf(options.dialect);
    const modules = await readModules(positionals, terminal);
    const contract = options.contract ?? (positionals.some(holdsPolicySet) ? "governance" : undefined);
    const result = check(modules, {
      strict: options.strict,
      ...(dialect === undefined ? {} : { dialect }),
      ...(contract === undefined ? {} : { contract }),
    });
    const { diagnostics } = result;
    if (json) {
      terminal.out(prettyJson(result));
    } else {
      printDiagnostics(diagnostics, new Map(modules.map(({ path, source }) => [path, source])), terminal);
      const files = `${modules.length} file${modules.length === 1 ? "" : "s"} checked`;
      const found = countText(diagnostics);
      const { green, red, yellow } = terminal.paint;
      if (found === undefined) terminal.out(green(`${files}: no problems`));
      else terminal.out((hasErrors(diagnostics) ? red : yellow)(`${files}: ${found}`));
      const hint = hasErrors(diagnostics) ? olderDialectHint(dialect, () => !hasErrors(check(modules, { dialect: "v0" }).diagnostics)) : undefined;
      if (hint !== undefined) terminal.out(hint);
    }
    return hasErrors(diagnostics) ? EXIT_FAILED : EXIT_OK;
  },
};
