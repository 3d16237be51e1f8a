// `regate policy settings`: whether configurations are decided on.

import { CliFailure, EXIT_OK } from "./failure.js";
import { STORE_OPTIONS, STORE_USAGE, escapedJson, requireCount, storedPolicies, withStore } from "./policy-store.js";
import { readArguments, type Command } from "./usage.js";

export const policySettingsCommand: Command = {
  name: "settings",
  summary: "Show or change whether configurations are decided on",
  usage: `Show whether configurations are decided on, or change it.

Usage: regate policy settings --owner-id ID [--enabled[=true|false]] [options]

  --enabled[=BOOL]     Decide from now on, or with =false no more
${STORE_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readArguments("policy settings", withValue(args), { ...STORE_OPTIONS, enabled: "text" });
    requireCount(positionals, 0);
    const enabled = options.enabled === undefined ? undefined : truthOf(options.enabled);
    const service = storedPolicies(options);
    return withStore("failed to run settings ", { json, terminal }, async () => {
      const settings = enabled === undefined ? await service.settings() : await service.setSettings({ enabled });
      terminal.out(escapedJson({ enabled: settings.enabled }));
      return EXIT_OK;
    });
  },
};

// The switch may stand alone, and its value never stands behind it.
function withValue(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((arg, at) => (arg === "--enabled" && at < end ? "--enabled=true" : arg));
}

function truthOf(text: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return false;
  throw new CliFailure(`invalid argument "${text}" for "--enabled" flag: it is true or false`);
}
