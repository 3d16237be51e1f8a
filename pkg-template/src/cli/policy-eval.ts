// `regate policy eval`: asks policies of CI configurations a query.

import { CliFailure, EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { FORMAT_USAGE, readPolicyArguments } from "./policy-arguments.js";
import { requirePolicies } from "./policy-bundle.js";
import { POLICY_USAGE, failureOfDecision } from "./policy-failure.js";
import { QUESTION_OPTIONS, QUESTION_USAGE, readQuestion } from "./policy-question.js";
import type { Command } from "./usage.js";

export const policyEvalCommand: Command = {
  name: "eval",
  summary: "Ask policies a query",
  usage: `Ask policies a query, and print the value as JSON: of its only expression, or an array of all values.

Usage: regate policy eval PATH --input FILE [options]

  PATH                  A policy, or a folder: every *.rego below it

Options:
  --query QUERY         The query (default: data)
${QUESTION_USAGE}
  --owner-id ID         Is accepted, and changes nothing: no organisation is asked
${FORMAT_USAGE}

${POLICY_USAGE}`,
  async run(args, terminal) {
    const { options, positionals } = readPolicyArguments("eval", args, { ...QUESTION_OPTIONS, query: "text", "owner-id": "text" });
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new CliFailure(`accepts 1 arg(s), received ${positionals.length}`);
    const { input, question } = await readQuestion(options);
    const { policies } = requirePolicies(path, terminal);
    try {
      const value = policies.query(options.query ?? "data", input, question);
      terminal.verbatim(`${escapedJson(value ?? null)}\n`);
      return EXIT_OK;
    } catch (thrown) {
      throw failureOfDecision(thrown);
    } finally {
      policies.free();
    }
  },
};
