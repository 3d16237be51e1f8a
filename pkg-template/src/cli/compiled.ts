// What `regate eval` asks and `regate build` writes: policies and their data, compiled from files, folders or bundles.

import type { HostBuiltin } from "../host-functions.js";
import { compile, compileBundles, type Compilation, type Policy } from "../policy.js";
import { readBundles, requireAlone } from "./bundles.js";
import { areOlder, dialectOf, olderDialectHint } from "./dialect.js";
import { hasErrors, printDiagnostics } from "./excerpt.js";
import { aboutHostFunctions, readHostFunctions } from "./host-functions.js";
import { prettyJson } from "./json-output.js";
import { matcherOf } from "./name-pattern.js";
import { readPolicies } from "./policies.js";
import { besideResult, type Terminal } from "./terminal.js";
import { targetOf } from "./target.js";

/** What is compiled, as a command line says it. */
export interface Sources {
  /** Files and folders. */
  policies: readonly string[];
  /** Bundles in their place. */
  bundle: readonly string[];
  data: string | undefined;
  ignore: readonly string[];
  dialect: string | undefined;
  strict: boolean;
  /** The build that is to run it. */
  target?: string | undefined;
  "host-functions": string | undefined;
  /** The builtins that are granted. */
  hostBuiltins?: readonly HostBuiltin[];
}

/** Options that many commands have for what they compile. */
export const SOURCES_USAGE = `  -b, --bundle FILE     A bundle of opa build, a .tar.gz, in the place of policies and data; may be given
                        several times
  --ignore NAME         Leave out files and folders of this name where folders are walked; * and ? stand for
                        other characters. May be given several times`;

/** How a file of `--data` is read. */
export const DATA_USAGE = `  --data FILE           A data document, an object: YAML where the name ends in .yaml or .yml, else JSON. What it
                        says no data of a folder may say`;

/**
 * Compiles policies. Their problems are printed beside the result, as `regate check` prints them; where one is an error there is no
 * policy. `named` is how the command line names files and folders, such as `--policies`.
 */
export async function compiledPolicy(sources: Sources, named: string, terminal: Terminal, json: boolean): Promise<Policy | undefined> {
  const { strict, hostBuiltins = [] } = sources;
  const target = targetOf(sources.target);
  const functionsFile = sources["host-functions"];
  const isBundle = sources.bundle.length > 0;
  if (isBundle) {
    requireAlone({ [named]: sources.policies, "--data": sources.data, "--dialect": sources.dialect, "--ignore": sources.ignore });
  }
  const dialect = dialectOf(sources.dialect);
  const hostFunctions = await readHostFunctions(functionsFile);
  const { modules, data } = await readPolicies(sources.policies, sources.data, terminal, matcherOf(sources.ignore));
  const bundles = await readBundles(sources.bundle);
  const compiled = (): Compilation =>
    isBundle
      ? compileBundles(bundles, { strict, hostFunctions, hostBuiltins, ...target })
      : compile(modules, {
          strict,
          hostFunctions,
          hostBuiltins,
          ...target,
          ...(data.document === undefined ? {} : { data: data.document }),
          ...(dialect === undefined ? {} : { dialect }),
        });
  const { policy, diagnostics } = aboutHostFunctions(functionsFile, () => data.about(compiled));
  printDiagnostics(diagnostics, new Map(modules.map(({ path, source }) => [path, source])), besideResult(terminal));
  if (policy !== null && !hasErrors(diagnostics)) return policy;
  terminal.err(terminal.errorPaint.red("the policies do not compile"));
  const hint = olderDialectHint(dialect, () => !isBundle && areOlder(modules, hostFunctions, hostBuiltins));
  if (hint !== undefined) terminal.err(hint);
  if (json) terminal.out(prettyJson({ diagnostics }));
  return undefined;
}
