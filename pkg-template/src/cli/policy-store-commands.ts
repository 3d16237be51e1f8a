// The commands on policies of configurations that are stored in a folder.

import { policyDiffCommand } from "./policy-diff.js";
import { policyFetchCommand } from "./policy-fetch.js";
import { policyLogsCommand } from "./policy-logs.js";
import { policyPushCommand } from "./policy-push.js";
import { policySettingsCommand } from "./policy-settings.js";
import type { Command } from "./usage.js";

/** By the word behind `regate policy`. */
export const POLICY_STORE_COMMANDS: readonly Command[] = [policyPushCommand, policyDiffCommand, policyFetchCommand, policyLogsCommand, policySettingsCommand];
