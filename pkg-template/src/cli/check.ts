// `regate check`: every problem of modules, at its place.

import { check } from "../authoring.js";
import type { Bundles } from "../bundles.js";
import { compileBundles, type Target } from "../policy.js";
import type { CheckResult, HostFunction } from "../wire.js";
import { readBundles, requireAlone } from "./bundles.js";
import { areOlder, dialectOf, olderDialectHint } from "./dialect.js";
import { countText, hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { holdsPolicySet, readModules, requireOneStandardInput } from "./files.js";
import { HOST_FUNCTIONS_USAGE, aboutHostFunctions, readHostFunctions } from "./host-functions.js";
import { prettyJson } from "./json-output.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";
import { TARGET_USAGE, targetOf } from "./target.js";

export const checkCommand: Command = {
  name: "check",
  summary: "Find every problem in Rego files",
  usage: `Find every problem in Rego files. They are checked together, as one bundle.

Usage: regate check PATH... [options]
       regate check --bundle FILE [options]

  PATH                  A Rego file, a folder (walked for *.rego), or - for standard input

Options:
  --strict              Refuse what opa check --strict refuses: variables, arguments and imports that nothing
                        uses, and builtins of old policies
${TARGET_USAGE}
  --dialect v0|v1       Read every file in this dialect
  --contract NAME       The contract that says which dialects and builtins are allowed, such as governance.
                        Default: governance where a folder holds a policy-set.json, else none
  -b, --bundle FILE     A bundle of opa build, a .tar.gz; may be given several times
${HOST_FUNCTIONS_USAGE}

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments(
      "check",
      args,
      { strict: "switch", target: "text", dialect: "text", contract: "text", bundle: "texts", "host-functions": "text" },
      { bundle: "b" },
    );
    const isBundle = options.bundle.length > 0;
    if (positionals.length === 0 && !isBundle) throw new CliFailure("no file or folder given; see regate check --help");
    if (isBundle) requireAlone({ PATH: positionals, "--dialect": options.dialect, "--contract": options.contract });
    requireOneStandardInput([...positionals, ...options.bundle, options["host-functions"]]);
    const dialect = dialectOf(options.dialect);
    const hostFunctions = await readHostFunctions(options["host-functions"]);
    const modules = await readModules(positionals, terminal);
    const bundles = await readBundles(options.bundle);
    const contract = options.contract ?? (positionals.some(holdsPolicySet) ? "governance" : undefined);
    const { strict } = options;
    const target = targetOf(options.target);
    const result = aboutHostFunctions(options["host-functions"], () =>
      isBundle
        ? checkBundles(bundles, { strict, hostFunctions, ...target })
        : check(modules, {
            strict,
            hostFunctions,
            ...target,
            ...(dialect === undefined ? {} : { dialect }),
            ...(contract === undefined ? {} : { contract }),
          }),
    );
    const { diagnostics } = result;
    if (json) {
      terminal.out(prettyJson(result));
    } else {
      printDiagnostics(diagnostics, new Map(modules.map(({ path, source }) => [path, source])), terminal);
      const count = isBundle ? Object.keys(result.dialects).length : modules.length;
      const files = `${count} file${count === 1 ? "" : "s"} checked`;
      const found = countText(diagnostics);
      const { green, red, yellow } = terminal.paint;
      if (found === undefined) terminal.out(green(`${files}: no problems`));
      else terminal.out((hasErrors(diagnostics) ? red : yellow)(`${files}: ${found}`));
      const isOlder = (): boolean => !isBundle && areOlder(modules, hostFunctions);
      const hint = hasErrors(diagnostics) ? olderDialectHint(dialect, isOlder) : undefined;
      if (hint !== undefined) terminal.out(hint);
    }
    return hasErrors(diagnostics) ? EXIT_FAILED : EXIT_OK;
  },
};

function checkBundles(bundles: Bundles, options: { strict: boolean; hostFunctions: HostFunction[]; target?: Target }): CheckResult {
  const { policy, diagnostics, dialects } = compileBundles(bundles, options);
  policy?.free();
  return { diagnostics, dialects };
}
