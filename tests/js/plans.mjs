// Small Terraform plans for tests.

const ACTIONS = { add: ["create"], change: ["update"], destroy: ["delete"], replace: ["delete", "create"] };

/** A plan that does the actions to one resource each: `planOf("destroy", "add")`. */
export function planOf(...actions) {
  return {
    format_version: "1.2",
    terraform_version: "1.9.8",
    resource_changes: actions.map((action, i) => ({
      address: `aws_instance.web[${i}]`,
      mode: "managed",
      type: "aws_instance",
      name: "web",
      index: i,
      provider_name: "registry.terraform.io/hashicorp/aws",
      change: {
        actions: ACTIONS[action],
        before: action === "add" ? null : { size: "small" },
        after: action === "destroy" ? null : { size: "large" },
        after_unknown: {},
        before_sensitive: {},
        after_sensitive: {},
      },
    })),
  };
}

/** What a decision is about, for a run of this id. */
export function runContext(id = "r-1", run = {}) {
  return {
    workspace: { id: "w-1", name: "shop-production", attributes: { environment: "production" } },
    run: { id, trigger: "push", triggered_by: "dana@example.com", ...run },
    org: { id: "o-1" },
    user: { id: "u-1", email: "dana@example.com" },
  };
}

/** A rule that asks an administrator about every destroy. */
export const DESTROY_RULE = {
  id: "rule-1",
  name: "Destroys are read",
  approver_type: "org_role",
  approver_role: "admin",
  condition: { type: "destroyed_gt", value: 0 },
};

/** A mandatory policy set with one policy. */
export function policySet(rego_source, fields = {}) {
  return { name: "safety", policies: [{ name: "policy", rego_source }], ...fields };
}

/** A policy that denies with a message whenever something is destroyed. */
export const NO_DESTROYS = `package forgecroft.policy

import rego.v1

deny contains message if {
  some change in input.plan_changes.destroyed
  message := sprintf("%s would be destroyed", [change.address])
}
`;
