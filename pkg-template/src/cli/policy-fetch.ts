// `regate policy fetch`: the stored bundle, or one policy of it.

import { EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { readPolicyArguments } from "./policy-arguments.js";
import { STORE_OPTIONS, STORE_USAGE, requireCount, storedPolicies, withStore } from "./policy-store.js";
import type { Command } from "./usage.js";

export const policyFetchCommand: Command = {
  name: "fetch",
  summary: "Show the stored bundle, or one policy of it",
  usage: `Show the policies of the stored bundle with their texts, or one of them.

Usage: regate policy fetch [NAME] --owner-id ID [options]

  NAME                 The name that a policy declares (default: all policies)
${STORE_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readPolicyArguments("fetch", args, STORE_OPTIONS);
    requireCount(positionals, 0, 1);
    const service = storedPolicies(options);
    const [name] = positionals;
    return withStore("failed to fetch policy bundle", { json, terminal }, async () => {
      terminal.out(escapedJson(name === undefined ? await service.fetch() : await service.fetch(name)));
      return EXIT_OK;
    });
  },
};
