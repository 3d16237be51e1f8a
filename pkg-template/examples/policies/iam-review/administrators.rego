# Refuses to make administrators: by an attached policy, by a role on a project, by a binding in a cluster.
package forgecroft.policy

import rego.v1

deny contains message if {
	some change in administrator_changes
	name := administrator_name(change)
	message := sprintf("%s would give the rights of %s: give a role made for the task", [change.address, name])
}

deny contains "administrators were not looked for: the policy set needs plan_detail \"full\"" if not input.plan

administrator_changes contains change if {
	some change in input.plan.resource_changes
	some action in change.change.actions
	action in {"create", "update"}
}

administrator_name(change) := name if {
	startswith(change.type, "aws_iam_")
	endswith(change.type, "_policy_attachment")
	parts := split(change.change.after.policy_arn, "/")
	name := parts[count(parts) - 1]
	name in {"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"}
} else := name if {
	regex.match(`^google_(project|folder|organization)_iam_(member|binding)$`, change.type)
	name := change.change.after.role
	name in {"roles/owner", "roles/editor", "roles/resourcemanager.organizationAdmin"}
} else := name if {
	regex.match(`^kubernetes_(cluster_)?role_binding(_v1)?$`, change.type)
	some reference in change.change.after.role_ref
	name := reference.name
	name == "cluster-admin"
}
