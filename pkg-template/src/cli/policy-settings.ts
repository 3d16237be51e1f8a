// `regate policy settings`: whether configurations are decided on.

import { CliFailure, EXIT_OK } from "./failure.js";
import { escapedJson } from "./json-output.js";
import { readPolicyArguments } from "./policy-arguments.js";
import { STORE_OPTIONS, STORE_USAGE, requireCount, storedPolicies, withStore } from "./policy-store.js";
import type { Command } from "./usage.js";

export const policySettingsCommand: Command = {
  name: "settings",
  summary: "Show or change whether configurations are decided on",
  usage: `Show whether configurations are decided on, or change it.

Usage: regate policy settings --owner-id ID [--enabled[=true|false]] [options]

  --enabled[=BOOL]     Decide from now on, or with =false no more
  --errors-trigger[=BOOL]
                       Let pipelines be triggered whose policies cannot be evaluated, or with =false no more, as at
                       first
${STORE_USAGE}`,
  async run(args, terminal) {
    const { options, positionals, json } = readPolicyArguments("settings", withValue(args), { ...STORE_OPTIONS, enabled: "text", "errors-trigger": "text" });
    requireCount(positionals, 0);
    const enabled = truthOf(options.enabled, "enabled");
    const errors_trigger = truthOf(options["errors-trigger"], "errors-trigger");
    const change = { ...(enabled === undefined ? {} : { enabled }), ...(errors_trigger === undefined ? {} : { errors_trigger }) };
    const service = storedPolicies(options);
    return withStore("failed to run settings ", { json, terminal }, async () => {
      const settings = Object.keys(change).length === 0 ? await service.settings() : await service.setSettings(change);
      // Where nothing was opened there is one setting to speak of.
      terminal.out(escapedJson({ enabled: settings.enabled, ...(settings.errors_trigger ? { errors_trigger: true } : {}) }));
      return EXIT_OK;
    });
  },
};

const SWITCHES = ["--enabled", "--errors-trigger"];

// A switch may stand alone, and its value never stands behind it.
function withValue(args: readonly string[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((arg, at) => (SWITCHES.includes(arg) && at < end ? `${arg}=true` : arg));
}

function truthOf(text: string | undefined, name: string): boolean | undefined {
  if (text === undefined) return undefined;
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return false;
  throw new CliFailure(`invalid argument "${text}" for "--${name}" flag: it is true or false`);
}
