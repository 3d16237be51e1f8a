// `regate policy test`: runs the tests of policies of CI configurations.

import { RegateError } from "../errors.js";
import { COMPILER_USAGE, commandCompiler } from "./policy-compiler.js";
import { showDiagnostics } from "./policy-bundle.js";
import { EXIT_ARGUMENTS, EXIT_INVALID, POLICY_USAGE, PolicyFailure } from "./policy-failure.js";
import { testFolders } from "./policy-test-folders.js";
import { jsonReport, junitReport, markdownReport } from "./policy-test-reports.js";
import { testedFolders, type TestedResult } from "./policy-test-run.js";
import { printText } from "./policy-test-text.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { inLine, type Terminal } from "./terminal.js";
import { readOptions, type Command } from "./usage.js";

const FORMATS = ["text", "json", "junit", "markdown"] as const;

export const policyTestCommand: Command = {
  name: "test",
  summary: "Run the tests of policies",
  usage: `Run the tests of policies: the rules whose names begin with test_, and files that end in _test.yaml or _test.yml.

Usage: regate policy test PATH [options]

  PATH                  A folder; PATH/... is every folder below it too, but hidden ones. The policies of a folder are
                        all *.rego below it

Options:
  --run PATTERN         Only the tests whose full names, such as test_a/case, match this regular expression (RE2)
                        anywhere
  -v, --verbose, --all  List every test
  --debug, --explain    List every test with what it went through
  --format text|json|junit|markdown
                        How to print the results (default: text); --json and --junit are short for two of them
${COMPILER_USAGE}
  --owner-id ID         Is accepted, and changes nothing: no organisation is asked

A file of tests has an object from name to test: its \`input\` and \`meta\`, the \`decision\` that is expected, and \`cases\`,
which inherit all of that and change it:

  test_needs_owner:
    input: {owner: ops}
    decision: {status: PASS, enabled_rules: [needs_owner]}
    cases:
      without_one:
        input: {owner: null}
        decision: {status: SOFT_FAIL, soft_failures: [{rule: needs_owner, reason: owner label missing}]}

${POLICY_USAGE}`,
  async run(args, terminal) {
    const { options, positionals } = readOptions(
      "regate policy test --help",
      args,
      {
        run: "text",
        verbose: "switch",
        all: "switch",
        debug: "switch",
        explain: "switch",
        format: "text",
        json: "switch",
        junit: "switch",
        compiler: "text",
        "owner-id": "text",
      },
      { verbose: "v" },
    );
    if (positionals.length !== 1) throw new CliFailure(`accepts 1 arg(s), received ${positionals.length}`);
    const format = formatOf(options);
    const debug = options.debug || options.explain;
    const verbose = options.verbose || options.all || debug;
    const folders = testFolders(positionals[0] ?? "");
    const results = testedFolders({ folders, run: options.run, debug, compiler: commandCompiler(options.compiler) });
    const told = toldOf(refusedPattern(results, options.run), terminal);
    if (format === "text") return exitOf(await printText(told, { verbose, debug }, terminal));
    const all: TestedResult[] = [];
    for await (const result of told) all.push(result);
    const report =
      format === "json" ? jsonReport(all, debug) : format === "junit" ? junitReport(all, () => new Date()) : markdownReport(all, { all: verbose, debug });
    terminal.verbatim(`${report.text}\n`);
    return exitOf(report.ok);
  },
};

function exitOf(ok: boolean): number {
  return ok ? EXIT_OK : EXIT_INVALID;
}

function formatOf({ format, json, junit }: { format: string | undefined; json: boolean; junit: boolean }): (typeof FORMATS)[number] {
  if (format !== undefined) {
    const known = FORMATS.find((name) => name === format.toLowerCase());
    if (known === undefined) throw new CliFailure(`--format is ${FORMATS.slice(0, -1).join(", ")} or ${FORMATS.at(-1) ?? ""}, not \`${format}\``);
    return known;
  }
  return junit ? "junit" : json ? "json" : "text";
}

async function* refusedPattern(results: AsyncIterable<TestedResult>, run: string | undefined): AsyncGenerator<TestedResult, void, undefined> {
  try {
    yield* results;
  } catch (thrown) {
    if (run !== undefined && thrown instanceof RegateError && thrown.path === "/run") {
      throw new PolicyFailure("policy.invalid_run", EXIT_ARGUMENTS, `--run value is not a valid regular expression: ${thrown.message}`);
    }
    throw thrown;
  }
}

/** Milliseconds after which a run is long, and between two lines that say how far it is. */
const LONG_MS = 2000;

// Says beside the result what is wrong with policies, and on long runs how far they are.
async function* toldOf(results: AsyncIterable<TestedResult>, terminal: Terminal): AsyncGenerator<TestedResult, void, undefined> {
  let last = performance.now();
  let count = 0;
  let failed = 0;
  for await (const result of results) {
    if (result.diagnostics !== undefined) showDiagnostics(result.diagnostics.findings, result.diagnostics.files, terminal);
    count += result.name === undefined ? 0 : 1;
    failed += result.passed ? 0 : 1;
    if (performance.now() - last > LONG_MS) {
      last = performance.now();
      terminal.err(terminal.errorPaint.dim(`${count} tests so far, ${failed} failed; in ${inLine(result.group)}`));
    }
    yield result;
  }
}
