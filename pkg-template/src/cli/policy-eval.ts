// `regate policy eval`: asks policies of CI configurations a query.

import { RegateError } from "../errors.js";
import { CliFailure, EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { requirePolicies } from "./policy-bundle.js";
import { EXIT_ARGUMENTS, EXIT_INVALID, POLICY_USAGE, PolicyFailure } from "./policy-failure.js";
import { QUESTION_OPTIONS, QUESTION_USAGE, readQuestion } from "./policy-question.js";
import { readOptions, type Command } from "./usage.js";

const PREFIX = "failed to make decision: ";

export const policyEvalCommand: Command = {
  name: "eval",
  summary: "Ask policies a query",
  usage: `Ask policies a query, and print the value as JSON: of its only expression, or an array of all values.

Usage: regate policy eval PATH --input FILE [options]

  PATH                  A policy, or a folder: every *.rego below it

Options:
  --query QUERY         The query (default: data)
${QUESTION_USAGE}

${POLICY_USAGE}`,
  async run(args, terminal) {
    const { options, positionals } = readOptions("regate policy eval --help", args, { ...QUESTION_OPTIONS, query: "text" });
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new CliFailure(`accepts 1 arg(s), received ${positionals.length}`);
    const { input, question } = await readQuestion(options);
    const policies = requirePolicies(path, PREFIX, terminal);
    try {
      const value = policies.query(options.query ?? "data", input, question);
      terminal.verbatim(`${escapedJson(value ?? null)}\n`);
      return EXIT_OK;
    } catch (thrown) {
      if (!(thrown instanceof RegateError)) throw thrown;
      const isInput = thrown.code === "input_not_yaml";
      throw new PolicyFailure(isInput ? "policy.input_invalid" : "policy.eval_failed", isInput ? EXIT_ARGUMENTS : EXIT_INVALID, `${PREFIX}${thrown.message}`);
    } finally {
      policies.free();
    }
  },
};
