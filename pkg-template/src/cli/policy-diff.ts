// `regate policy diff`: what pushing the policies of a folder would change.

import { EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { readPolicyArguments } from "./policy-arguments.js";
import { STORE_OPTIONS, STORE_USAGE, readBundle, requireCount, storedPolicies, withStore } from "./policy-store.js";
import type { Command } from "./usage.js";

export const policyDiffCommand: Command = {
  name: "diff",
  summary: "What would pushing the policies of a folder change?",
  usage: `Say what pushing the policies of a folder would change, by the names of policies. Nothing is kept.

Usage: regate policy diff DIR --owner-id ID [options]

  DIR                  A folder: every *.rego file in it and in the folders inside it
${STORE_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readPolicyArguments("diff", args, STORE_OPTIONS);
    requireCount(positionals, 1);
    const service = storedPolicies(options);
    const policies = readBundle(positionals[0] ?? "");
    return withStore("failed to get diff", { json, terminal, sources: policies }, async () => {
      terminal.out(escapedJson(await service.diff(policies)));
      return EXIT_OK;
    });
  },
};
