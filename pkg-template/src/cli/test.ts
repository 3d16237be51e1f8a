// `regate test`: runs the rules whose names begin with `test_`.

import { test, testAsync, testBundles, testBundlesAsync } from "../authoring.js";
import type { Module, TestReport } from "../wire.js";
import { ALLOW_NET_USAGE, netOf } from "./allow-net.js";
import { readBundles, requireAlone } from "./bundles.js";
import { belowThreshold, printCoverage, thresholdOf } from "./coverage.js";
import { areOlder, dialectOf, olderDialectHint } from "./dialect.js";
import { hasErrors, printDiagnostics } from "./excerpt.js";
import { CliFailure, EXIT_FAILED, EXIT_OK } from "./failure.js";
import { holdsPolicySet, requireOneStandardInput } from "./files.js";
import { HOST_FUNCTIONS_USAGE, aboutHostFunctions, readHostFunctions } from "./host-functions.js";
import { prettyJson } from "./json-output.js";
import { junitText } from "./junit.js";
import { matcherOf } from "./name-pattern.js";
import { readPolicies } from "./policies.js";
import { besideResult, type Terminal } from "./terminal.js";
import { printTests } from "./test-report.js";
import { COMMON_USAGE, readArguments, type Command } from "./usage.js";

export const testCommand: Command = {
  name: "test",
  summary: "Run the test_ rules of policies",
  usage: `Run the rules whose names begin with test_. A test passes when it is true.

A rule with variables behind its name is a table, and each of its cases is a test of its own:

  test_sum[note] if {
    some note, row in {"small": {"of": [1, 2], "is": 3}, "none": {"of": [], "is": 0}}
    sum(row.of) == row.is
  }

Of several rules of one name each is a test: the second of test_sum is test_sum#01. Rules whose names
begin with todo_test_ are listed and not run.

Usage: regate test PATH... [options]
       regate test --bundle FILE [options]

  PATH                  A Rego file, or a folder: walked for *.rego, and for data.json, data.yaml and data.yml,
                        which stand in the data under the path of their folder. All are loaded together

Options:
  -r, --run PATTERN     Only the tests whose full names, such as data.shop.test_price, match this regular
                        expression (RE2) anywhere
  --ignore NAME         Leave out files and folders of this name where folders are walked; * and ? stand for
                        other characters. May be given several times
  -b, --bundle FILE     A bundle of opa build, a .tar.gz, in the place of paths; may be given several times
  --data FILE           A data document, an object: YAML where the name ends in .yaml or .yml, else JSON. What it
                        says no data of a folder may say
${HOST_FUNCTIONS_USAGE}.
                        A test replaces them by \`with\`
${ALLOW_NET_USAGE}:
                        a test that replaces them by \`with\` needs no host
  --dialect v0|v1       Read every file in this dialect
  --contract NAME       The contract that says which dialects and builtins are allowed, such as governance.
                        Default: governance where a folder holds a policy-set.json, else none
  -v, --verbose         List every test and every case, with what they printed
  -z, --exit-zero-on-skipped
                        Tests that were not run are no failure
  -c, --coverage        Say which lines the tests have evaluated: those on which a statement or the head of a
                        rule begins
  --threshold PERCENT   Fail where fewer of a hundred lines are covered; asks for --coverage
  --format pretty|json|junit
                        pretty is another word for text; junit is XML for build servers

Of several documents of YAML in a file the first is read. Warnings about modules stand on standard error.

${COMMON_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json, format } = readArguments(
      "test",
      args,
      {
        run: "text",
        ignore: "texts",
        bundle: "texts",
        data: "text",
        "host-functions": "text",
        "allow-net": "texts",
        dialect: "text",
        contract: "text",
        verbose: "switch",
        "exit-zero-on-skipped": "switch",
        coverage: "switch",
        threshold: "text",
      },
      { run: "r", bundle: "b", verbose: "v", "exit-zero-on-skipped": "z", coverage: "c" },
      ["pretty", "junit"],
    );
    const isBundle = options.bundle.length > 0;
    if (positionals.length === 0 && !isBundle) throw new CliFailure("no file or folder given; see regate test --help");
    if (isBundle) {
      const { data, dialect, contract, ignore } = options;
      requireAlone({ PATH: positionals, "--data": data, "--dialect": dialect, "--contract": contract, "--ignore": ignore });
    }
    requireOneStandardInput([...positionals, ...options.bundle, options.data, options["host-functions"]]);
    const dialect = dialectOf(options.dialect);
    const threshold = thresholdOf(options.threshold);
    const hostFunctions = await readHostFunctions(options["host-functions"]);
    const { modules, data } = await readPolicies(positionals, options.data, terminal, matcherOf(options.ignore));
    const bundles = await readBundles(options.bundle);
    const contract = options.contract ?? (positionals.some(holdsPolicySet) ? "governance" : undefined);
    const how = {
      hostFunctions,
      ...(options.run === undefined ? {} : { run: options.run }),
      coverage: options.coverage || threshold !== undefined,
    };
    const net = netOf(options["allow-net"]);
    const tested = (): TestReport | Promise<TestReport> => {
      if (isBundle) return net === undefined ? testBundles(bundles, how) : testBundlesAsync(bundles, { ...how, functions: net.functions });
      const ofModules = {
        ...how,
        ...(data.document === undefined ? {} : { data: data.document }),
        ...(dialect === undefined ? {} : { dialect }),
        ...(contract === undefined ? {} : { contract }),
      };
      return net === undefined ? test(modules, ofModules) : testAsync(modules, { ...ofModules, functions: net.functions });
    };
    const about = <T>(act: () => T): T => aboutHostFunctions(options["host-functions"], () => data.about(act));
    const report = await Promise.resolve(about(tested)).catch((thrown: unknown) =>
      about((): never => {
        throw thrown;
      }),
    );
    const broken = hasErrors(report.diagnostics);
    const beside = besideResult(terminal);
    const show = (where: Terminal): void => printDiagnostics(report.diagnostics, sourcesOf(modules), where);
    // Nothing that ran is nothing that passed: a misspelt name must not look like success.
    if (!broken && report.results.length === 0) {
      show(beside);
      const which = options.run === undefined ? "there is no rule whose name begins with test_" : `no test's name matches \`${options.run}\``;
      throw new CliFailure(`${which} in what was given`);
    }
    if (format === "json") {
      terminal.out(prettyJson(report));
    } else if (format === "junit") {
      terminal.out(junitText(report));
      show(beside);
    } else {
      // What is wrong with modules is the result; warnings stand beside that of their tests.
      show(broken ? terminal : beside);
      printTests(report, options.verbose, terminal);
      if (report.coverage !== undefined) printCoverage(report.coverage, terminal);
    }
    const isOlder = (): boolean => !isBundle && areOlder(modules, hostFunctions);
    const hint = broken && !json ? olderDialectHint(dialect, isOlder) : undefined;
    if (hint !== undefined) (format === "junit" ? terminal.err : terminal.out)(hint);
    const tooLow = threshold === undefined ? undefined : belowThreshold(report.coverage, threshold);
    if (tooLow !== undefined) terminal.err(`${terminal.errorPaint.red("error:")} ${tooLow}`);
    const skipped = report.skipped > 0 && !options["exit-zero-on-skipped"];
    const failed = broken || report.failed > 0 || report.errors > 0 || tooLow !== undefined;
    if (skipped && !failed) terminal.err(terminal.errorPaint.dim("note: tests that were skipped are no success, unless -z says otherwise"));
    return failed || skipped ? EXIT_FAILED : EXIT_OK;
  },
};

function sourcesOf(modules: readonly Module[]): Map<string, string> {
  return new Map(modules.map(({ path, source }) => [path, source]));
}
