// What of a configuration applies in some workspaces only: a preview that names none cannot say whether it does.

import { RegateError } from "./errors.js";
import type { KeptContext } from "./run-context.js";
import type { GovernanceConfig, ScopeType } from "./wire.js";

/** Something with a scope, and the part of a context that says whether the run lies in it. */
interface Scoped {
  /** Such as "the policy set `production`". */
  name: string;
  scope: ScopeType;
  part: "workspace" | "org";
}

/**
 * Refuses a context that leaves out what the configuration depends on.
 *
 * INVARIANT (fail closed): a set that does not apply objects to nothing. In a neutral workspace none with a scope applies,
 * and leaving it out in silence would turn its deny into an allow.
 */
export function requireScopesKnown(config: GovernanceConfig, context: KeptContext): void {
  const [first, ...others] = scopedOf(config).filter(({ part }) => context[part] === undefined);
  if (first === undefined) return;
  const more = others.length === 0 ? "" : `, and so ${others.length === 1 ? "does" : "do"} ${others.length} more`;
  const where = first.scope === "org" ? "one organisation" : `one ${first.scope}`;
  throw new RegateError("malformed_request", `${first.name} applies to ${where} only${more}, and the context names no \`${first.part}\``, {
    path: `/${first.part}`,
    help: "pass what the preview is about: { workspace, run, org }",
  });
}

function scopedOf({ policy_sets = [], approval_rules = [], external_check_providers = [] }: GovernanceConfig): Scoped[] {
  const scoped: Scoped[] = [];
  const narrow = (what: string, all: readonly { name: string; enabled?: boolean; project_id?: string | null; workspace_id?: string | null }[]): void => {
    for (const { name, enabled, project_id, workspace_id } of all) {
      if (enabled === false || (project_id == null && workspace_id == null)) continue;
      scoped.push({ name: `${what} \`${name}\``, scope: workspace_id == null ? "project" : "workspace", part: "workspace" });
    }
  };
  narrow("the policy set", policy_sets);
  narrow("the approval rule", approval_rules);
  for (const { name, scopes = [] } of external_check_providers) {
    for (const { scope_type: scope } of scopes) {
      scoped.push({ name: `the external check \`${name}\``, scope, part: scope === "org" ? "org" : "workspace" });
    }
  }
  return scoped;
}
