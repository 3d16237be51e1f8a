// `regate policy decide`: does a configuration comply with policies in files?

import { RegateError } from "../errors.js";
import type { ConfigDecided } from "../wire.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { goJson } from "./go-text.js";
import { bundleFiles, requirePolicies, showDiagnostics } from "./policy-bundle.js";
import { EXIT_INVALID, POLICY_USAGE, PolicyFailure } from "./policy-failure.js";
import { QUESTION_OPTIONS, QUESTION_USAGE, readQuestion } from "./policy-question.js";
import { readOptions, type Command } from "./usage.js";

const PREFIX = "failed to make decision: ";

export const policyDecideCommand: Command = {
  name: "decide",
  summary: "Decide whether a configuration complies",
  usage: `Decide whether a configuration complies with policies: PASS, SOFT_FAIL, HARD_FAIL or ERROR.

Usage: regate policy decide PATH --input FILE [options]

  PATH                  A policy, or a folder: every *.rego below it

Options:
${QUESTION_USAGE}
  --strict              Fail with exit code 7 where the decision is HARD_FAIL or ERROR

The decision is JSON. What the policies say and no decision looks at stands on standard error, as a warning.

${POLICY_USAGE}`,
  async run(args, terminal) {
    const { options, positionals } = readOptions("regate policy decide --help", args, { ...QUESTION_OPTIONS, strict: "switch" });
    const [path] = positionals;
    if (path === undefined) throw new CliFailure("no policy or folder given; see regate policy decide --help");
    if (positionals.length > 1) throw new CliFailure(`accepts 1 arg(s), received ${positionals.length}`);
    const { input, question } = await readQuestion(options);
    const policies = requirePolicies(path, PREFIX, terminal);
    try {
      const { decision, warnings } = madeOf(() => policies.decide(input, question));
      showDiagnostics(warnings, bundleFiles(path), terminal);
      terminal.verbatim(`${goJson(decision, 2)}\n`);
      const isRefused = decision.status === "HARD_FAIL" || decision.status === "ERROR";
      if (options.strict && isRefused) throw new PolicyFailure("policy.hard_fail", EXIT_INVALID, `policy decision status: ${decision.status}`);
      return EXIT_OK;
    } finally {
      policies.free();
    }
  },
};

/** Runs a decision. A call that fails is no decision, and says so. */
function madeOf(decide: () => ConfigDecided): ConfigDecided {
  try {
    return decide();
  } catch (thrown) {
    if (!(thrown instanceof RegateError)) throw thrown;
    if (thrown.code === "input_not_yaml") throw new PolicyFailure("policy.input_invalid", 2, `${PREFIX}${thrown.message}`);
    throw new PolicyFailure("policy.eval_failed", EXIT_INVALID, `${PREFIX}${PREFIX}${thrown.message}`);
  }
}
