// `regate test`: runs the rules whose names begin with `test_`.

import { check, test } from "../authoring.js";
import type { Module, TestReport, TestResult } from "../wire.js";
import { dialectOf, olderDialectHint } from "./dialect.js";
import { hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { aboutFile, holdsPolicySet, readDocument, readModules, requireOneStandardInput } from "./files.js";
import { prettyJson } from "./json-output.js";
import { printable, type Terminal } from "./terminal.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const testCommand: Command = {
  name: "test",
  summary: "Run the test_ rules of policies",
  usage: `Run the rules whose names begin with test_. A test passes when it is true.

Usage: regate test PATH... [options]

  PATH                  A Rego file or a folder (walked for *.rego); all are loaded together

Options:
  --run TEXT            Only the tests whose package.name contains this text
  --data FILE           The data document, a JSON object
  --dialect v0|v1       Read every file in this dialect
  --contract NAME       The contract that says which dialects and builtins are allowed, such as governance.
                        Default: governance where a folder holds a policy-set.json, else none
  --verbose             List the tests that passed, too

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("test", args, {
      run: "text",
      data: "text",
      dialect: "text",
      contract: "text",
      verbose: "switch",
    });
    if (positionals.length === 0) throw new CliFailure("no file or folder given; see regate test --help");
    requireOneStandardInput([...positionals, options.data]);
    const dialect = dialectOf(options.dialect);
    const modules = await readModules(positionals, terminal);
    const contract = options.contract ?? (positionals.some(holdsPolicySet) ? "governance" : undefined);
    const data = options.data === undefined ? undefined : await readDocument(options.data, "the data");
    const tested = (): TestReport =>
      test(modules, {
        ...(data === undefined ? {} : { data }),
        ...(dialect === undefined ? {} : { dialect }),
        ...(contract === undefined ? {} : { contract }),
        ...(options.run === undefined ? {} : { run: options.run }),
      });
    const report = options.data === undefined ? tested() : aboutFile(options.data, tested);
    const broken = hasErrors(report.diagnostics);
    // Nothing that ran is nothing that passed: a misspelt name must not look like success.
    if (!broken && report.results.length === 0) {
      if (!json) printDiagnostics(report.diagnostics, sourcesOf(modules), terminal);
      const which = options.run === undefined ? "there is no rule whose name begins with test_" : `no test's name contains \`${options.run}\``;
      throw new CliFailure(`${which} in what was given`);
    }
    if (json) terminal.out(prettyJson(report));
    else printReport(report, sourcesOf(modules), options.verbose, terminal);
    const hint = broken && !json ? olderDialectHint(dialect, () => !hasErrors(check(modules, { dialect: "v0" }).diagnostics)) : undefined;
    if (hint !== undefined) terminal.out(hint);
    return broken || report.failed > 0 || report.errors > 0 ? EXIT_FAILED : EXIT_OK;
  },
};

function sourcesOf(modules: readonly Module[]): Map<string, string> {
  return new Map(modules.map(({ path, source }) => [path, source]));
}

function printReport(report: TestReport, sources: ReadonlyMap<string, string>, verbose: boolean, terminal: Terminal): void {
  printDiagnostics(report.diagnostics, sources, terminal);
  for (const result of report.results) {
    if (verbose || result.outcome !== "passed") printResult(result, terminal);
  }
  if (report.results.length === 0) return;
  const { green, red, bold } = terminal.paint;
  const parts = [`${report.passed} passed`];
  if (report.failed > 0) parts.push(`${report.failed} failed`);
  if (report.errors > 0) parts.push(`${report.errors} in error`);
  if (report.skipped > 0) parts.push(`${report.skipped} skipped`);
  const ok = report.failed === 0 && report.errors === 0;
  terminal.out(bold((ok ? green : red)(`${report.results.length} test${report.results.length === 1 ? "" : "s"}: ${parts.join(", ")}`)));
}

function printResult(result: TestResult, { out, paint }: Terminal): void {
  const marks = {
    passed: paint.green("pass "),
    failed: paint.red("fail "),
    error: paint.red("error"),
    skipped: paint.yellow("skip "),
  } as const;
  out(`${marks[result.outcome]} ${printable(result.package)}.${paint.bold(printable(result.name))}  ${paint.dim(printable(`${result.file}:${result.line}`))}`);
  if (result.message !== undefined) out(`      ${printable(result.message)}`);
  for (const print of result.prints) out(`      ${paint.dim(printable(`print: ${print}`))}`);
}
