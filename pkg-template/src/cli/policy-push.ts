// `regate policy push`: puts the policies of a folder in the place of the bundle that is stored.

import { createInterface } from "node:readline";
import type { ConfigService } from "../config-service.js";
import { EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { readPolicyArguments } from "./policy-arguments.js";
import { STORE_OPTIONS, STORE_USAGE, readBundle, requireCount, storedPolicies, withStore } from "./policy-store.js";
import { EXIT_ARGUMENTS, EXIT_CANCELLED, PolicyFailure } from "./policy-failure.js";
import type { Terminal } from "./terminal.js";
import type { Command } from "./usage.js";

export const policyPushCommand: Command = {
  name: "push",
  summary: "Put the policies of a folder in the place of the stored bundle",
  usage: `Put the policies of a folder in the place of the stored bundle. What would change is shown first, and asked about.

Usage: regate policy push DIR --owner-id ID [options]

  DIR                  A folder: every *.rego file in it and in the folders inside it. An empty one empties the bundle
  --no-prompt          Push without asking
${STORE_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readPolicyArguments("push", args, { ...STORE_OPTIONS, "no-prompt": "switch" });
    requireCount(positionals, 1);
    const service = storedPolicies(options);
    const policies = readBundle(positionals[0] ?? "");
    if (!options["no-prompt"]) {
      const ended = await asked(service, policies, json, terminal);
      if (ended !== undefined) return ended;
    }
    return withStore("failed to push policy bundle", { json, terminal, sources: policies }, async () => {
      const diff = await service.push(policies);
      // An empty bundle refuses nothing: whoever did not mean it must see it.
      if (Object.keys(policies).length === 0) terminal.err(terminal.errorPaint.yellow("warning: the bundle is empty now, and every configuration passes"));
      terminal.err("Policy Bundle Pushed Successfully\n\ndiff: ");
      terminal.out(escapedJson(diff));
      return EXIT_OK;
    });
  },
};

/** Shows what would change, and asks; the exit code where that is the end. */
async function asked(service: ConfigService, policies: { [path: string]: string }, json: boolean, terminal: Terminal): Promise<number | undefined> {
  let shown = "";
  const code = await withStore("failed to get bundle diff", { json, terminal, sources: policies }, async () => {
    shown = escapedJson(await service.diff(policies));
    return EXIT_OK;
  });
  if (code !== EXIT_OK) return code;
  terminal.err(`The following changes are going to be made: ${shown}\n`);
  const answer = await answerTo("Do you wish to continue? (y/N) ");
  if (answer === undefined) {
    throw new PolicyFailure("policy.push_requires_prompt", EXIT_ARGUMENTS, "error in input: nobody answered; --no-prompt pushes without asking");
  }
  if (/^y(es)?$/i.test(answer)) return undefined;
  throw new PolicyFailure("policy.push_aborted", EXIT_CANCELLED, "Nothing was pushed");
}

// The first word of the line that is typed; undefined where there is none.
async function answerTo(question: string): Promise<string | undefined> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line.trim().split(/\s+/)[0] || undefined;
    return undefined;
  } finally {
    lines.close();
  }
}
