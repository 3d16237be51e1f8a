// `regate policy decide`: does a configuration comply with policies in files?

import { RegateError } from "../errors.js";
import type { ConfigDecided, ConfigDecision } from "../wire.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { bundleFiles, requirePolicies, showDiagnostics } from "./policy-bundle.js";
import { EXIT_ARGUMENTS, EXIT_INVALID, POLICY_USAGE, PolicyFailure } from "./policy-failure.js";
import { QUESTION_OPTIONS, QUESTION_USAGE, readQuestion, type AskedConfig } from "./policy-question.js";
import { storedPolicies, type StoreArguments } from "./policy-store.js";
import type { Terminal } from "./terminal.js";
import { readOptions, type Command } from "./usage.js";

const PREFIX = "failed to make decision: ";

export const policyDecideCommand: Command = {
  name: "decide",
  summary: "Decide whether a configuration complies",
  usage: `Decide whether a configuration complies with policies: PASS, SOFT_FAIL, HARD_FAIL or ERROR.

Usage: regate policy decide [PATH] --input FILE [options]

  PATH                  A policy, or a folder: every *.rego below it. Without it the stored bundle of --owner-id decides,
                        and the decision is kept in its log

Options:
${QUESTION_USAGE}
  --strict              Fail with exit code 7 where the decision is HARD_FAIL or ERROR
  --owner-id ID         The organisation whose stored bundle decides
  --store FOLDER        Where it is kept (default: .regate)

The decision is JSON. What the policies say and no decision looks at stands on standard error, as a warning.

${POLICY_USAGE}`,
  async run(args, terminal) {
    const { options, positionals } = readOptions("regate policy decide --help", args, {
      ...QUESTION_OPTIONS,
      strict: "switch",
      "owner-id": "text",
      store: "text",
    });
    const [path] = positionals;
    if (positionals.length > 1) throw new CliFailure(`accepts at most 1 arg(s), received ${positionals.length}`);
    if (path === undefined && options["owner-id"] === undefined) throw new CliFailure("either [policy_file_or_dir_path] or --owner-id is required");
    const asked = await readQuestion(options);
    const decision = path === undefined ? await storedDecision(options, asked, terminal) : localDecision(path, asked, terminal);
    terminal.verbatim(`${escapedJson(decision)}\n`);
    const isRefused = decision.status === "HARD_FAIL" || decision.status === "ERROR";
    if (options.strict && isRefused) throw new PolicyFailure("policy.hard_fail", EXIT_INVALID, `policy decision status: ${decision.status}`);
    return EXIT_OK;
  },
};

/** Decides under the policies of a file or a folder. */
function localDecision(path: string, { input, question }: AskedConfig, terminal: Terminal): ConfigDecision {
  const policies = requirePolicies(path, PREFIX, terminal);
  try {
    const { decision, warnings } = madeOf(() => policies.decide(input, question));
    showDiagnostics(warnings, bundleFiles(path), terminal);
    return decision;
  } finally {
    policies.free();
  }
}

/** Decides under the stored bundle, which keeps the decision. */
async function storedDecision(options: StoreArguments, { input, question }: AskedConfig, terminal: Terminal): Promise<ConfigDecision> {
  const { meta, compiled } = question;
  const metadata = meta === null || meta === undefined ? {} : { metadata: meta as Record<string, unknown> };
  const asked = { inputYaml: Buffer.from(input).toString("utf8"), ...metadata, ...(compiled === undefined ? {} : { compiled }) };
  try {
    const { enabled, decision, warnings } = await storedPolicies(options).decide(asked);
    if (!enabled) terminal.err(terminal.errorPaint.dim("note: the settings say that nothing is evaluated"));
    showDiagnostics(warnings, [], terminal);
    return decision ?? { status: "PASS" };
  } catch (thrown) {
    if (!(thrown instanceof RegateError)) throw thrown;
    const [code, exit] = thrown.code === "input_not_yaml" ? (["policy.input_invalid", EXIT_ARGUMENTS] as const) : (["policy.eval_failed", EXIT_INVALID] as const);
    throw new PolicyFailure(code, exit, `${PREFIX}${thrown.message}`);
  }
}

/** Runs a decision. A call that fails is no decision, and says so. */
function madeOf(decide: () => ConfigDecided): ConfigDecided {
  try {
    return decide();
  } catch (thrown) {
    if (!(thrown instanceof RegateError)) throw thrown;
    if (thrown.code === "input_not_yaml") throw new PolicyFailure("policy.input_invalid", EXIT_ARGUMENTS, `${PREFIX}${thrown.message}`);
    throw new PolicyFailure("policy.eval_failed", EXIT_INVALID, `${PREFIX}${PREFIX}${thrown.message}`);
  }
}
