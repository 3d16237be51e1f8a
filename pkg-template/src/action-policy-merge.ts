// What several action policies say together, and where they differ: for people who look at them. Decisions are made policy by policy.

import { callEngine, requestText } from "./engine-instance.js";
import type { ActionPolicyFields, MergedActionPolicies } from "./wire.js";

/** A policy to merge: its fields, and its id where it has one. */
export type PolicyToMerge = ActionPolicyFields & { id?: string | null };

/**
 * What policies say together. One without an id goes by its name. What is wrong with one is `invalid_configuration` with the place of it.
 */
export function mergeActionPolicies(policies: readonly PolicyToMerge[]): MergedActionPolicies {
  return callEngine("merge_action_policies", requestText({ policies })) as MergedActionPolicies;
}
