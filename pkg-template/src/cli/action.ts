// `regate action`: action policies in files on this machine, one verb a file.

import { actionAuthorizeCommand } from "./action-authorize.js";
import { actionCheckCommand } from "./action-check.js";
import { actionDiffCommand } from "./action-diff.js";
import { actionSimulateCommand } from "./action-simulate.js";
import { CliFailure } from "./failure.js";
import { COMMON_USAGE, nearest, pointer, type Command } from "./usage.js";

const VERBS: readonly Command[] = [actionCheckCommand, actionAuthorizeCommand, actionSimulateCommand, actionDiffCommand];

export const actionCommand: Command = {
  name: "action",
  summary: "Check, ask, simulate and compare policies of agents",
  usage: `What agents may do: policies with budgets, rates, evidence and approvals, in files on this machine.

Usage: regate action VERB ...

${VERBS.map(({ name, summary }) => `  ${name.padEnd(13)}${summary}`).join("\n")}

regate action VERB --help says the rest.

${COMMON_USAGE}`,
  verbs: VERBS,
  run(args) {
    const [given] = args;
    if (given === undefined) throw new CliFailure("no verb given; see regate action --help");
    throw new CliFailure(`there is no \`regate action ${given}\`${pointer(nearest(given, VERBS.map(({ name }) => name)), "regate action --help")}`);
  },
};
