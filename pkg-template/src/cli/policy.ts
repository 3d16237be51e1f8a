// `regate policy`: policies of CI configurations, one verb a file.

import { CliFailure } from "./failure.js";
import { policyDecideCommand } from "./policy-decide.js";
import { policyEvalCommand } from "./policy-eval.js";
import { POLICY_USAGE } from "./policy-failure.js";
import { POLICY_STORE_COMMANDS } from "./policy-store-commands.js";
import { policyTestCommand } from "./policy-test.js";
import { nearest, pointer, type Command } from "./usage.js";

const VERBS: readonly Command[] = [policyTestCommand, policyDecideCommand, policyEvalCommand, ...POLICY_STORE_COMMANDS];

export const policyCommand: Command = {
  name: "policy",
  summary: "Test, ask and keep policies of CI configurations",
  usage: `Policies of CI configurations, in package org: does a configuration comply?

Usage: regate policy VERB ...

${VERBS.map(({ name, summary }) => `  ${name.padEnd(13)}${summary}`).join("\n")}

regate policy VERB --help says the rest.

${POLICY_USAGE}`,
  verbs: VERBS,
  run(args) {
    const [given] = args;
    if (given === undefined) throw new CliFailure("no verb given; see regate policy --help");
    throw new CliFailure(`there is no \`regate policy ${given}\`${pointer(nearest(given, VERBS.map(({ name }) => name)), "regate policy --help")}`);
  },
};
